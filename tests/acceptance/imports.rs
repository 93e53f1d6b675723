//! Files that are planned, applied as planned, and taken back (rows A10, A13, B5).

use crate::place::{Answer, Place, codes, everywhere, refusal, text};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What a client asks of an import.
const IMPORT: &str = "id version status policy label mayBeApplied leftOut errorsFile
    counts { created updated unchanged duplicates rejected blank } done { created updated unchanged duplicates rejected blank }
    progress { status total done leftOut rowsPerSecond } undo { removed restored kept endedAt } sameFileAs { id }";

pub async fn post_as(place: &Place, token: &str, csv: &str, options: &str) -> Answer {
    at_once_as(place, token, csv, &format!("&plan=true{options}")).await
}

/// Sends a file by a holder of `token`.
pub async fn at_once_as(place: &Place, token: &str, csv: &str, options: &str) -> Answer {
    let request = Request::post(format!("/import/contacts?account={}{options}", place.account))
        .header(header::CONTENT_TYPE, "text/csv")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT_LANGUAGE, place.lang)
        .body(Body::from(csv.to_owned()))
        .unwrap();
    place.send(request).await
}

async fn post(place: &Place, csv: &str, options: &str) -> Answer {
    post_as(place, &place.token, csv, options).await
}

/// Plans a file; what was answered.
pub async fn plan(place: &Place, csv: &str, options: &str) -> Value {
    let answer = post(place, csv, options).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

async fn import(place: &Place, id: &str) -> Value {
    let query = format!("query($id: ID!) {{ import(id: $id) {{ {IMPORT} }} }}");
    place.data(&query, json!({ "id": id })).await["import"].clone()
}

/// Waits until the work is through.
pub async fn until(place: &Place, id: &str, status: &str) -> Value {
    let began = Instant::now();
    loop {
        let import = import(place, id).await;
        if import["status"] == status {
            return import;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "not {status}: {import:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub async fn apply(place: &Place, id: &str) -> Value {
    place.done("applyImport", json!({ "importId": id }), "import { status }").await;
    until(place, id, "APPLIED").await
}

pub async fn undo(place: &Place, id: &str) -> Value {
    place.done("undoImport", json!({ "importId": id }), "import { status }").await;
    until(place, id, "UNDONE").await
}

/// Rows of an outcome (none: all), in order.
pub async fn rows(place: &Place, id: &str, outcome: Option<&str>) -> Vec<Value> {
    let query = "query($id: ID!, $o: ImportOutcome, $after: String) { import(id: $id) { rows(outcome: $o, first: 2, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { row line outcome done sameAs contact { displayName }
            differences { field before after } errors { code column value message } warnings { code column value }
            kept { code fields message } } } } } }";
    let (mut all, mut after) = (Vec::new(), json!(null));
    loop {
        let data = place.data(query, json!({ "id": id, "o": outcome, "after": after })).await;
        let page = &data["import"]["rows"];
        all.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], json!(all.len()));
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

pub async fn names(place: &Place, filter: Value) -> Vec<String> {
    let query = "query($a: ID!, $f: ContactFilter) { contacts(accountId: $a, filter: $f, first: 100) { edges { node { displayName } } } }";
    let data = place.data(query, json!({ "a": place.account, "f": filter })).await;
    data["contacts"]["edges"].as_array().unwrap().iter().map(|e| text(&e["node"]["displayName"])).collect()
}

async fn sheet(place: &Place, id: &str) -> Value {
    let query = "query($id: ID!) { contact(id: $id) { kind firstName lastName companyName email phone fax externalId deletedAt labels
        address { text } deliveryAddresses { from until address { text } } } }";
    place.data(query, json!({ "id": id })).await["contact"].clone()
}

/// Someone with everything, as `C1`; the id.
async fn durand(place: &Place) -> String {
    let input = json!({ "accountId": place.account, "lastName": "Durand", "firstName": "Anne", "email": "anne@exemple.fr", "phone": "01",
        "externalId": "C1", "address": { "line1": "1 rue A", "postalCode": "29200", "city": "Brest" } });
    text(&place.done("addContact", input, "contact { id }").await["contact"]["id"])
}

/// One row of each kind; the duplicate is that of row 2.
const FILE: &str = "ID;Nom;Prénom;E-mail;Téléphone;Adresse\n\
    C1;Durand;Anne;anne@exemple.fr;02;2 rue B\n\
    C2;Le Goff;Yann;yann@exemple.fr;;\n\
    ;;;;;\n\
    C1;Durand;;;;\n\
    C3;Kerner;;faux;;\n\
    C4;Martin;Zoé;;03;\n";

async fn martin(place: &Place) -> String {
    let input = json!({ "accountId": place.account, "lastName": "Martin", "firstName": "Zoé", "phone": "03", "externalId": "C4" });
    text(&place.done("addContact", input, "contact { id }").await["contact"]["id"])
}

#[tokio::test]
async fn b5_a_plan_says_row_by_row_what_it_would_do_and_changes_nothing() {
    for place in everywhere().await {
        let (one, _) = (durand(&place).await, martin(&place).await);
        let before = (sheet(&place, &one).await, names(&place, json!({})).await);
        let planned = plan(&place, FILE, "&label=Salon%202026").await;
        let id = text(&planned["importId"]);
        let counts = json!({ "created": 1, "updated": 1, "unchanged": 1, "duplicates": 1, "rejected": 1, "blank": 1 });
        for (key, value) in counts.as_object().unwrap() {
            assert_eq!(&planned[key], value, "{key}");
        }
        assert_eq!(
            (&planned["mayBeApplied"], &planned["dataRows"], &planned["notices"]),
            (&json!(true), &json!(6), &json!([]))
        );
        assert_eq!(planned["errors"][1]["code"], "EMAIL_INVALID");
        let stands = import(&place, &id).await;
        assert_eq!(
            (&stands["status"], &stands["counts"], &stands["label"]),
            (&json!("PLANNED"), &counts, &json!("Salon 2026"))
        );
        assert_eq!((&stands["progress"]["total"], &stands["progress"]["rowsPerSecond"]), (&json!(3), &json!(null)));

        let all = rows(&place, &id, None).await;
        let told: Vec<_> = all.iter().map(|r| (r["row"].as_u64().unwrap(), text(&r["outcome"]))).collect();
        let of = |row, outcome: &str| (row, outcome.to_owned());
        assert_eq!(
            told,
            [of(2, "UPDATED"), of(3, "CREATED"), of(5, "DUPLICATE"), of(6, "REJECTED"), of(7, "UNCHANGED")]
        );
        let change = |field: &str, before: Option<&str>, after: &str| json!({ "field": field, "before": before, "after": after });
        assert_eq!(
            all[0]["differences"],
            json!([change("phone", Some("01"), "02"), change("address", Some("1 rue A\n29200 Brest"), "2 rue B")])
        );
        assert_eq!((&all[0]["contact"]["displayName"], &all[0]["done"]), (&json!("Anne Durand"), &json!(false)));
        let new = all[1]["differences"].as_array().unwrap();
        assert!(new.contains(&change("lastName", None, "Le Goff")) && all[1]["contact"].is_null(), "{new:?}");
        assert_eq!((&all[2]["sameAs"], &all[2]["errors"][0]["code"]), (&json!(2), &json!("DUPLICATE_IN_FILE")));
        let wrong = &all[3]["errors"][0];
        assert_eq!(
            (&wrong["code"], &wrong["column"], &wrong["value"]),
            (&json!("EMAIL_INVALID"), &json!("E-mail"), &json!("faux"))
        );
        assert_eq!(rows(&place, &id, Some("UPDATED")).await, all[..1]);
        assert_eq!(rows(&place, &id, Some("LEFT_OUT")).await, Vec::<Value>::new());

        assert_eq!((sheet(&place, &one).await, names(&place, json!({})).await), before);
        let list =
            "query($a: ID!) { imports(accountId: $a) { totalCount edges { node { id status plannedBy { kind } } } } }";
        let listed = place.data(list, json!({ "a": place.account })).await["imports"].clone();
        assert_eq!(
            listed["edges"][0]["node"],
            json!({ "id": id, "status": "PLANNED", "plannedBy": { "kind": "TOKEN" } })
        );
        assert_eq!(listed["totalCount"], 1);
    }
}

#[tokio::test]
async fn b5_applying_does_exactly_what_the_plan_says() {
    for place in everywhere().await {
        let (one, _) = (durand(&place).await, martin(&place).await);
        let planned = plan(&place, FILE, "&label=Salon").await;
        let id = text(&planned["importId"]);
        let version = import(&place, &id).await["version"].as_u64().unwrap();
        let wrong = json!({ "importId": id, "expectedVersion": version + 1 });
        assert_eq!(place.refused("applyImport", wrong).await, refusal("VERSION_CONFLICT", "expectedVersion"));
        let applied = apply(&place, &id).await;
        assert_eq!((&applied["done"], &applied["leftOut"]), (&applied["counts"], &json!(0)));
        assert_eq!(applied["progress"]["done"], applied["progress"]["total"]);
        assert!(applied["progress"]["rowsPerSecond"].is_number());
        let now = sheet(&place, &one).await;
        assert_eq!(
            (&now["phone"], &now["address"]["text"], &now["lastName"]),
            (&json!("02"), &json!("2 rue B"), &json!("Durand"))
        );
        assert_eq!(names(&place, json!({})).await, ["Anne Durand", "Yann Le Goff", "Zoé Martin"]);
        assert!(
            rows(&place, &id, Some("CREATED"))
                .await
                .iter()
                .all(|r| r["done"] == true && r["contact"]["displayName"] == "Yann Le Goff")
        );
        // Doing it again is doing nothing; the trail says it was a file, and which.
        place.done("applyImport", json!({ "importId": id }), "import { status }").await;
        let trail = "query($a: ID!) { auditTrail(accountId: $a, filter: { origin: IMPORT }, first: 100) { edges { node { type correlationId sentence } } } }";
        let trail = place.data(trail, json!({ "a": place.account })).await["auditTrail"]["edges"].clone();
        let types: Vec<_> = trail
            .as_array()
            .unwrap()
            .iter()
            .map(|e| text(&e["node"]["type"]).trim_end_matches(".v1").to_owned())
            .collect();
        for (event, times) in
            [("contact.added", 1), ("contact.edited", 1), ("contact.labelled", 3), ("import.applied", 1)]
        {
            assert_eq!(types.iter().filter(|t| *t == event).count(), times, "{event}: {types:?}");
        }
        // Who is labelled, also those whose row changed nothing.
        for filter in [json!({ "label": "Salon" }), json!({ "label": "Salon", "kind": "PERSON" })] {
            assert_eq!(names(&place, filter).await, ["Anne Durand", "Yann Le Goff", "Zoé Martin"]);
        }
        assert_eq!(names(&place, json!({ "label": "Salon", "search": "zoe" })).await, ["Zoé Martin"]);
        assert_eq!(names(&place, json!({ "label": "salon" })).await, Vec::<String>::new());
        let labels = place.data("query($a: ID!) { labels(accountId: $a) }", json!({ "a": place.account })).await;
        assert_eq!((&labels["labels"], &now["labels"]), (&json!(["Salon"]), &json!(["Salon"])));
    }
}

#[tokio::test]
async fn b5_a_row_whose_contact_was_changed_since_is_left_out_and_told() {
    for place in everywhere().await {
        let (one, two) = (durand(&place).await, martin(&place).await);
        let csv = "ID;Nom;E-mail;Téléphone\nC1;Durand;;09\nC4;Martin;;08\nC5;Neuve;prise@exemple.fr;\nC6;Autre;;\n";
        let id = text(&plan(&place, csv, "").await["importId"]);
        place.done("editContact", json!({ "contactId": one, "fax": "99" }), "contact { id }").await;
        place.done("deleteContact", json!({ "contactId": two, "confirm": true }), "contact { id }").await;
        place.person("Voleur", "prise@exemple.fr").await;
        let applied = apply(&place, &id).await;
        assert_eq!(
            (&applied["done"]["created"], &applied["done"]["updated"], &applied["leftOut"]),
            (&json!(1), &json!(0), &json!(3))
        );
        let out = rows(&place, &id, Some("LEFT_OUT")).await;
        let told: Vec<_> = out
            .iter()
            .map(|r| (r["row"].as_u64().unwrap(), text(&r["outcome"]), text(&r["errors"][0]["code"])))
            .collect();
        let of = |row, code: &str| (row, "LEFT_OUT".to_owned(), code.to_owned());
        assert_eq!(told, [of(2, "CHANGED_SINCE_PLAN"), of(3, "CONTACT_DELETED"), of(4, "EMAIL_TAKEN")]);
        assert_eq!(sheet(&place, &one).await["phone"], "01");
        // They are given back to be mended, as they were sent.
        let path = text(&applied["errorsFile"]);
        let file = crate::http::get(&place, &path).await.lossy;
        let lines: Vec<&str> = file.lines().collect();
        assert_eq!(lines.len(), 4, "{file}");
        assert!(lines[1].ends_with("C1;Durand;;09") && lines[3].ends_with("C5;Neuve;prise@exemple.fr;"), "{file}");
    }
}

#[tokio::test]
async fn b5_undoing_gives_back_fields_and_lists() {
    for place in everywhere().await {
        let (one, two) = (durand(&place).await, martin(&place).await);
        let state = async || (sheet(&place, &one).await, sheet(&place, &two).await, names(&place, json!({})).await);
        let before = state().await;
        let id = text(&plan(&place, FILE, "&label=Salon").await["importId"]);
        apply(&place, &id).await;
        assert_ne!(state().await, before);
        let undone = undo(&place, &id).await;
        assert_eq!(undone["undo"]["removed"], 1);
        assert_eq!((&undone["undo"]["restored"], &undone["undo"]["kept"]), (&json!(1), &json!(0)));
        assert!(undone["undo"]["endedAt"].is_string());
        assert_eq!(state().await, before);
        assert_eq!(names(&place, json!({ "label": "Salon" })).await, Vec::<String>::new());
        assert_eq!(rows(&place, &id, Some("KEPT")).await, Vec::<Value>::new());
        // The e-mail it gave is free again, and the same file may be planned anew.
        let again = plan(&place, FILE, "").await;
        assert_eq!((&again["created"], &again["updated"]), (&json!(1), &json!(1)));
        place.done("undoImport", json!({ "importId": id }), "import { status }").await;
        assert_eq!(place.refused("applyImport", json!({ "importId": id })).await, refusal("NOT_ALLOWED_NOW", ""));
    }
}

#[tokio::test]
async fn b5_undoing_keeps_and_lists_what_people_changed_since() {
    for place in everywhere().await {
        let (one, two) = (durand(&place).await, martin(&place).await);
        let csv = "ID;Nom;Téléphone;Fax\nC1;Durand;09;5\nC4;Martin;08;\nC5;Neuve;;\nC6;Seule;;\n";
        let id = text(&plan(&place, csv, "").await["importId"]);
        apply(&place, &id).await;
        place.done("editContact", json!({ "contactId": one, "phone": "10" }), "contact { id }").await;
        place.done("editContact", json!({ "contactId": two, "phone": "11" }), "contact { id }").await;
        let query =
            "query($a: ID!) { contacts(accountId: $a, filter: { search: \"neuve\" }) { edges { node { id } } } }";
        let found = place.data(query, json!({ "a": place.account })).await;
        let new = text(&found["contacts"]["edges"][0]["node"]["id"]);
        let product = place.product("Yoga", &[]).await;
        place.grant(&new, &product).await;
        let undone = undo(&place, &id).await;
        let counts = [&undone["undo"]["removed"], &undone["undo"]["restored"], &undone["undo"]["kept"]];
        assert_eq!(counts, [&json!(1), &json!(1), &json!(2)]);
        let kept: Vec<_> = rows(&place, &id, Some("KEPT"))
            .await
            .iter()
            .map(|r| (r["row"].clone(), r["kept"]["code"].clone(), r["kept"]["fields"].clone()))
            .collect();
        assert_eq!(
            kept,
            [
                (json!(2), json!("PARTLY"), json!(["phone"])),
                (json!(3), json!("CHANGED_SINCE_IMPORT"), json!(["phone"])),
                (json!(4), json!("CHANGED_SINCE_IMPORT"), json!([]))
            ]
        );
        let now = sheet(&place, &one).await;
        assert_eq!((&now["phone"], &now["fax"]), (&json!("10"), &json!(null)));
        assert_eq!(sheet(&place, &two).await["phone"], "11");
        assert_eq!(names(&place, json!({})).await, ["Anne Durand", "Zoé Martin", "Neuve"]);
    }
}

#[tokio::test]
async fn b5_an_import_is_taken_back_within_a_day_and_its_rows_go_then() {
    for place in everywhere().await {
        let id = text(&plan(&place, "Nom\nUn\nDeux\n", "").await["importId"]);
        apply(&place, &id).await;
        assert_eq!(rows(&place, &id, None).await.len(), 2);
        place.later(TimeDelta::hours(24));
        assert_eq!(place.refused("undoImport", json!({ "importId": id })).await, refusal("NOT_ALLOWED_NOW", ""));
        assert_eq!(place.service.app.purge_imports().await.unwrap(), 1);
        assert_eq!(rows(&place, &id, None).await, Vec::<Value>::new());
        assert_eq!(import(&place, &id).await["done"]["created"], 2);
        // A plan waits a week.
        let waits = text(&plan(&place, "Nom\nTrois\n", "").await["importId"]);
        place.later(TimeDelta::days(6));
        assert_eq!(place.service.app.purge_imports().await.unwrap(), 0);
        assert_eq!(rows(&place, &waits, None).await.len(), 1);
        place.later(TimeDelta::days(1));
        assert_eq!(place.refused("applyImport", json!({ "importId": waits })).await, refusal("NOT_ALLOWED_NOW", ""));
        assert_eq!(place.service.app.purge_imports().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn b5_a_policy_says_what_refused_rows_do() {
    const BAD: &str = "ID;Nom;E-mail;Pays\nC1;Un;faux;\nC2;Deux;deux@exemple.fr;Atlantide\nC3;;;\n";
    for place in everywhere().await {
        let strict = plan(&place, BAD, "&policy=REJECT_EVERYTHING").await;
        assert_eq!((&strict["mayBeApplied"], &strict["rejected"]), (&json!(false), &json!(3)));
        let id = text(&strict["importId"]);
        assert_eq!(import(&place, &id).await["mayBeApplied"], false);
        assert_eq!(place.refused("applyImport", json!({ "importId": id })).await, refusal("NOT_ALLOWED_NOW", ""));

        let lenient = plan(&place, BAD, "&policy=IGNORE_FAILED").await;
        assert_eq!((&lenient["created"], &lenient["rejected"]), (&json!(2), &json!(1)), "{lenient:#}");
        assert_eq!(lenient["leftOut"][0]["code"], "EMAIL_INVALID");
        let id = text(&lenient["importId"]);
        let warned = rows(&place, &id, Some("CREATED")).await;
        assert_eq!(warned[0]["warnings"], json!([{ "code": "EMAIL_INVALID", "column": "E-mail", "value": "faux" }]));
        assert_eq!(warned[1]["warnings"][0]["column"], "Pays");
        assert_eq!(apply(&place, &id).await["done"]["created"], 2);
        assert_eq!(names(&place, json!({ "hasEmail": false })).await, ["Un"]);

        // An e-mail that someone else has is left out too; with the usual policy its row is.
        let taken = "ID;Nom;E-mail\nC1;Un;deux@exemple.fr\n";
        assert_eq!(plan(&place, taken, "").await["errors"][0]["code"], "EMAIL_TAKEN");
        let lenient = plan(&place, taken, "&policy=IGNORE_FAILED").await;
        assert_eq!((&lenient["unchanged"], &lenient["leftOut"][0]["code"]), (&json!(1), &json!("EMAIL_TAKEN")));
        // A policy or a label of what is no plan would be passed over, and rows taken that were not to be.
        for options in ["&policy=REJECT_EVERYTHING", "&label=Salon", "&plan=true&dryRun=true"] {
            let wrong = at_once_as(&place, &place.token, BAD, options).await;
            assert_eq!((wrong.status, codes(&wrong.json())), (StatusCode::BAD_REQUEST, vec!["INVALID".to_owned()]));
        }
        let wrong = post(&place, taken, "&policy=SOMETIMES").await;
        assert_eq!((wrong.status, codes(&wrong.json())), (StatusCode::BAD_REQUEST, vec!["INVALID".to_owned()]));
    }
}

#[tokio::test]
async fn a13_an_import_is_stopped_between_rows_and_goes_on_where_it_stopped() {
    for place in everywhere().await {
        let csv: String =
            std::iter::once("ID;Nom\n".to_owned()).chain((0..3_000).map(|n| format!("K{n};Nom {n}\n"))).collect();
        let id = text(&plan(&place, &csv, "").await["importId"]);
        place.done("applyImport", json!({ "importId": id }), "import { status }").await;
        let began = Instant::now();
        while import(&place, &id).await["progress"]["done"] == 0 {
            assert!(began.elapsed() < Duration::from_secs(30));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let stop = place.change("cancelImport", json!({ "importId": id }), "import { status }").await;
        let stopped = import(&place, &id).await;
        if stop["userErrors"] == json!([]) {
            assert_eq!(stopped["status"], "CANCELLED");
            let done = stopped["done"]["created"].as_u64().unwrap();
            assert!((1..3_000).contains(&done), "{done}");
            tokio::time::sleep(Duration::from_millis(600)).await;
            assert_eq!(import(&place, &id).await, stopped, "nothing goes on after a stop");
        } else {
            eprintln!("it was through before it could be stopped");
        }
        let applied = apply(&place, &id).await;
        assert_eq!(applied["done"]["created"], 3_000);
        let count = "query($a: ID!) { contacts(accountId: $a) { totalCount } }";
        assert_eq!(place.data(count, json!({ "a": place.account })).await["contacts"]["totalCount"], 3_000);
        let undone = undo(&place, &id).await;
        assert_eq!(undone["undo"]["removed"], 3_000);
        assert_eq!(place.data(count, json!({ "a": place.account })).await["contacts"]["totalCount"], 0);
        // A plan that was dropped is not applied.
        let dropped = text(&plan(&place, "Nom\nUn\n", "").await["importId"]);
        place.done("cancelImport", json!({ "importId": dropped }), "import { status }").await;
        assert_eq!(place.refused("applyImport", json!({ "importId": dropped })).await, refusal("NOT_ALLOWED_NOW", ""));
    }
}

#[tokio::test]
async fn b5_the_same_file_twice_is_warned_of() {
    for place in everywhere().await {
        let first = text(&plan(&place, "Nom\nUn\n", "").await["importId"]);
        let second = plan(&place, "Nom\nUn\n", "").await;
        let notice = &second["notices"][0];
        assert_eq!((&notice["code"], &notice["importId"]), (&json!("FILE_IMPORTED_BEFORE"), &json!(first)));
        let same = import(&place, &text(&second["importId"])).await["sameFileAs"].clone();
        assert_eq!(same, json!([{ "id": first }]));
        assert_eq!(plan(&place, "Nom\nUne\n", "").await["notices"], json!([]));
        let other = place.another("Autre").await;
        assert_eq!(plan(&other, "Nom\nUn\n", "").await["notices"], json!([]), "another account's files are its own");
    }
}

#[tokio::test]
async fn b8_rows_about_an_erased_person_are_deleted_with_them() {
    for place in everywhere().await {
        let one = durand(&place).await;
        let csv = "ID;Nom;E-mail;Téléphone\nC1;Durand;;09\nC1;Durand;;\nC9;Autre;;\nC8;Refusé;faux;\n";
        let id = text(&plan(&place, csv, "").await["importId"]);
        assert_eq!(rows(&place, &id, None).await.len(), 4);
        place.done("eraseContact", json!({ "contactId": one, "confirm": true }), "contact { erased }").await;
        // Whom a refused row is about nobody can tell: it goes too.
        let left: Vec<_> = rows(&place, &id, None).await.iter().map(|r| r["row"].clone()).collect();
        assert_eq!(left, [json!(4)]);
        let applied = apply(&place, &id).await;
        assert_eq!((&applied["done"]["created"], &applied["done"]["updated"]), (&json!(1), &json!(0)));
    }
}

#[tokio::test]
async fn u1_another_account_s_import_is_unknown() {
    for place in everywhere().await {
        let other = place.another("Autre").await;
        let id = text(&plan(&place, "Nom;E-mail\nUn;faux\nDeux;\n", "").await["importId"]);
        let query = "query($id: ID!) { import(id: $id) { status } }";
        for unknown in [id.as_str(), "imp_00000000000000000000000000000001", "rien"] {
            assert_eq!(codes(&other.ask(query, json!({ "id": unknown })).await), ["NOT_FOUND"]);
            for mutation in ["applyImport", "cancelImport", "undoImport"] {
                let refused = other.refused(mutation, json!({ "importId": unknown })).await;
                assert_eq!(refused, refusal("NOT_FOUND", "importId"), "{mutation}");
            }
            let request = Request::get(format!("/import/{unknown}/errors.csv"))
                .header(header::AUTHORIZATION, format!("Bearer {}", other.token))
                .body(Body::empty())
                .unwrap();
            assert_eq!(other.send(request).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(import(&place, &id).await["status"], "PLANNED");
        let node = "query($id: ID!) { node(id: $id) { ... on Import { status } } }";
        assert_eq!(place.data(node, json!({ "id": id })).await["node"]["status"], "PLANNED");
        assert_eq!(codes(&other.ask(node, json!({ "id": id })).await), ["NOT_FOUND"]);
    }
}
