//! What people and the law ask of whoever keeps data about them: a trail that says from where and why (row P2), all that is kept about one person handed out
//! (P3), the receipt of an erasure (P4), what is forgotten in time (P6).

use crate::{
    http::{Listening, get},
    place::{Place, codes, everywhere, text},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::TimeDelta;
use domain::ContactId;
use projections::Ask;
use serde_json::{Value, json};
use sesame::{
    clock::Clock,
    erasure::{self, receipt},
    http::Peer,
    retention::{LINES, Retention, purge},
};
use uuid::Uuid;

const TRAIL: &str = "query($a: ID!, $n: Int) { auditTrail(accountId: $a, first: $n) { edges { node {
    type sentence reason address userAgent actor { kind } onBehalfOf changes { field before after } } } } }";

/// The newest entries of the account's trail.
pub async fn newest(place: &Place, count: usize) -> Vec<Value> {
    let data = place.data(TRAIL, json!({ "a": place.account, "n": count })).await;
    data["auditTrail"]["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect()
}

/// A mutation that comes from afar, from a browser.
async fn from_afar(place: &Place, token: &str, mutation: &str, input: Value, reason: Option<&str>) -> Value {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code field }} }} }}");
    let body = json!({ "query": query, "variables": { "input": input }, "extensions": { "reason": reason } });
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::USER_AGENT, "Navigateur/7")
        .extension(Peer([203, 0, 113, 77].into()))
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = place.send(request).await.json()["data"][mutation].clone();
    assert_eq!(answer["userErrors"], json!([]), "{answer:#}");
    answer
}

#[tokio::test]
async fn p2_a_reason_that_is_no_text_is_refused_and_nothing_is_done() {
    for place in everywhere().await {
        let contact = place.person("Durand", "durand@exemple.fr").await;
        let before = newest(&place, 1).await;
        let query = "mutation($input: EditContactInput!) { editContact(input: $input) { userErrors { code } } }";
        let input = json!({ "contactId": contact, "phone": "0102" });
        let body =
            json!({ "query": query, "variables": { "input": input }, "extensions": { "reason": { "text": "Appel" } } });
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", place.staff().await))
            .body(Body::from(body.to_string()))
            .unwrap();
        let error = place.send(request).await.json()["errors"][0].clone();
        assert_eq!(error["extensions"]["code"], "INVALID");
        assert!(error["message"].as_str().unwrap().contains("extensions.reason"), "{error:#}");
        assert_eq!(newest(&place, 1).await, before);
    }
}

#[tokio::test]
async fn p2_the_trail_says_from_where_a_person_acted_for_whom_and_why() {
    for place in everywhere().await {
        let contact = place.person("Durand", "durand@exemple.fr").await;
        let edit = |phone: &str| json!({ "contactId": contact, "phone": phone });
        let staff = place.staff().await;
        from_afar(&place, &staff, "editContact", edit("0102"), Some("Appel, dossier 12")).await;
        let told = newest(&place, 1).await[0].clone();
        assert_eq!(
            told,
            json!({ "type": "contact.edited.v1", "sentence": "Details changed: Phone", "reason": "Appel, dossier 12",
                "address": "203.0.113.77", "userAgent": "Navigateur/7", "actor": { "kind": "STAFF" }, "onBehalfOf": place.account,
                "changes": [{ "field": "phone", "before": null, "after": "0102" }] })
        );
        // Of a program nothing is kept but its token, and of a request by nobody known nothing at all.
        from_afar(&place, &place.token, "editContact", edit("0304"), None).await;
        let told = newest(&place, 1).await[0].clone();
        assert_eq!((&told["address"], &told["userAgent"], &told["reason"]), (&Value::Null, &Value::Null, &Value::Null));

        // A user's address goes with their login; what they did stays.
        let (user, token) = place.user("zoe@exemple.fr").await;
        place.guest("zoe@exemple.fr", &token, json!(["SUPPORT"])).await;
        from_afar(&place, &token, "editContact", edit("0506"), None).await;
        assert_eq!(newest(&place, 1).await[0]["address"], "203.0.113.77");
        let kept = Ask::<(Vec<u8>,)>::new("SELECT sealed FROM whence", []);
        let kept = place.service.db().fetch(kept).await.unwrap();
        assert_eq!(kept.len(), 2);
        let holds = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
        assert!(kept.iter().all(|(sealed,)| !holds(sealed, "203.0.113") && !holds(sealed, "Navigateur")));
        place.done_as(&token, "eraseUser", json!({ "userId": user }), "").await;
        let entries = newest(&place, 20).await;
        let theirs = entries.iter().find(|e| e["actor"]["kind"] == "USER" && e["type"] == "contact.edited.v1").unwrap();
        assert_eq!((&theirs["address"], &theirs["changes"][0]["after"]), (&Value::Null, &json!("0506")));
        assert_eq!(entries.iter().filter(|e| e["address"] == "203.0.113.77").count(), 2, "the others' stay");
    }
}

#[tokio::test]
async fn p2_the_address_is_the_other_end_of_the_connection() {
    for place in everywhere().await {
        let listening = Listening::to(&place).await;
        let staff = place.staff().await;
        let query = format!(
            "mutation {{ renameAccount(input: {{ accountId: \"{}\", companyName: \"Phare\" }}) {{ userErrors {{ code }} }} }}",
            place.account
        );
        let answer = listening.ask(&staff, &query).await;
        assert_eq!(answer["data"]["renameAccount"]["userErrors"], json!([]), "{answer:#}");
        assert_eq!(newest(&place, 1).await[0]["address"], "127.0.0.1");
        listening.stop().await;
    }
}

#[tokio::test]
async fn p2_an_export_is_in_the_trail_before_its_first_byte_and_what_is_not_allowed_is_not() {
    for mut place in everywhere().await {
        let address = json!({ "line1": "1 rue A", "postalCode": "75007", "city": "Paris" });
        for name in ["Anne", "Zoé"] {
            let add = json!({ "accountId": place.account, "lastName": name, "address": address });
            place.done("addContact", add, "").await;
        }
        for (form, said) in [("csv", "CSV"), ("xlsx", "XLSX")] {
            let got = get(&place, &format!("/export/subscribers.{form}?account={}", place.account)).await;
            assert_eq!(got.status, 200);
            let told = newest(&place, 1).await[0].clone();
            assert_eq!(told["type"], "account.list_exported.v1");
            assert_eq!(told["sentence"], json!(format!("List “Subscribers” exported: 2 rows, as {said}")));
        }
        place.lang = "fr";
        let said = text(&newest(&place, 1).await[0]["sentence"]);
        assert!(said.contains("Abonnés") && said.contains("exportée") && said.contains("2 lignes"), "{said}");
        let other = place.another("Autre").await;
        let got = get(&place, &format!("/export/subscribers.csv?account={}", other.account)).await;
        assert_eq!(got.status, 404);
        let told = newest(&other, 10).await;
        assert!(told.iter().all(|e| e["type"] != "account.list_exported.v1"), "{told:#?}");
    }
}

/// A file about a contact, as someone asks for it.
async fn handed_out(place: &Place, token: &str, contact: &str, ending: &str) -> (u16, axum::http::HeaderMap, String) {
    let request = Request::get(format!("/contacts/{contact}/personal-data.{ending}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT_LANGUAGE, place.lang)
        .body(Body::empty())
        .unwrap();
    let answer = place.send(request).await;
    (answer.status.as_u16(), answer.headers, answer.text)
}

#[tokio::test]
async fn p3_everything_that_is_kept_about_a_person_is_handed_out_as_json_and_as_a_page() {
    for mut place in everywhere().await {
        let address = json!({ "line1": "1 rue du Port", "postalCode": "75007", "city": "Paris" });
        let add = json!({ "accountId": place.account, "firstName": "Anne", "lastName": "<script>alert(1)</script>", "email": "anne@exemple.fr",
            "phone": "0612345678", "externalId": "C-77", "address": address });
        let c = text(&place.done("addContact", add, "contact { id }").await["contact"]["id"]);
        let p = place.product("Revue du Large", &[0]).await;
        place.grant(&c, &p).await;
        let start = json!({ "contactId": c, "productId": p, "type": "Annuel", "billing": "RECURRING", "startsOn": "2026-03-01" });
        let s = text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"]);
        place.done("openClaim", json!({ "contactId": c, "subscriptionId": s, "text": "Page 3 déchirée" }), "").await;
        let (status, headers, json_text) = handed_out(&place, &place.token, &c, "json").await;
        assert_eq!((status, headers[header::CONTENT_TYPE].to_str().unwrap()), (200, "application/json; charset=utf-8"));
        let all: Value = serde_json::from_str(&json_text).unwrap();
        assert_eq!((&all["sheet"]["email"], &all["sheet"]["phone"]), (&json!("anne@exemple.fr"), &json!("0612345678")));
        assert_eq!(
            (&all["addresses"][0]["line1"], &all["sheet"]["externalId"]),
            (&json!("1 rue du Port"), &json!("C-77"))
        );
        assert_eq!(
            (&all["accesses"][0]["product"], &all["subscriptions"][0]["type"]),
            (&json!("Revue du Large"), &json!("Annuel"))
        );
        assert_eq!(all["claims"][0]["steps"][0]["text"], "Page 3 déchirée");
        assert!(
            all["deliveries"].as_array().is_some_and(|mails| mails.iter().any(|m| m["template"] == "verify_email")),
            "{all:#}"
        );
        // Every event of its trail is in it, oldest first, this act last.
        let query = "query($a: ID!, $c: ID!) { auditTrail(accountId: $a, filter: { contactId: $c }, first: 100) { edges { node { type sentence } } } }";
        let trail = place.data(query, json!({ "a": place.account, "c": c })).await["auditTrail"]["edges"].clone();
        let kinds = |events: &Value| events.as_array().unwrap().iter().map(|e| text(&e["type"])).collect::<Vec<_>>();
        let mut told: Vec<String> = trail.as_array().unwrap().iter().map(|e| text(&e["node"]["type"])).collect();
        assert_eq!(
            (told[0].as_str(), trail[0]["node"]["sentence"].as_str()),
            ("contact.data_exported.v1", Some("Personal data handed out, as JSON"))
        );
        told.reverse();
        assert_eq!(kinds(&all["trail"]), told);
        // The same by GraphQL, and as a page that loads and runs nothing.
        let asked =
            place.data("query($c: ID!) { personalData(contactId: $c) }", json!({ "c": c })).await["personalData"]
                .clone();
        assert_eq!((&asked["sheet"], &asked["claims"]), (&all["sheet"], &all["claims"]));
        place.lang = "fr";
        let (status, headers, page) = handed_out(&place, &place.token, &c, "html").await;
        assert_eq!(status, 200);
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"));
        for said in [
            "<html lang=\"fr\">",
            "Données personnelles",
            "&lt;script&gt;alert(1)",
            "1 rue du Port",
            "Page 3 déchirée",
            "Revue du Large",
            "Historique",
        ] {
            assert!(page.contains(said), "{said} is not in {page}");
        }
        // In people's words: no name of the API, no word of a program.
        let names = page.split("<dt>").skip(1).filter_map(|rest| rest.split_once("</dt>")).map(|(name, _)| name);
        let raw: Vec<&str> = names.filter(|name| name.chars().next().is_none_or(char::is_lowercase)).collect();
        assert!(raw.is_empty(), "{raw:?}");
        for word in [">PERSON<", ">CONTACT<", ">ACTIVE<", ">RECURRING<", ">false<", ">2026-03-01<", ">OPEN<"] {
            assert!(!page.contains(word), "{word} is in {page}");
        }
        assert!(page.contains("<dd>01/03/2026</dd>") && page.contains("31/03/2026, 10:00 UTC"), "{page}");
        assert!(!page.contains("<script") && page.trim_end().ends_with("</html>"));
        // Erased, nothing personal is left to hand out.
        place.done("eraseContact", json!({ "contactId": c, "confirm": true }), "").await;
        for ending in ["json", "html"] {
            let (status, _, left) = handed_out(&place, &place.token, &c, ending).await;
            assert_eq!(status, 200);
            assert!(
                ["anne@", "0612345678", "rue du port", "déchirée", "c-77"]
                    .iter()
                    .all(|word| !left.to_lowercase().contains(word)),
                "{left}"
            );
        }
    }
}

#[tokio::test]
async fn p3_whoever_may_not_have_it_learns_nothing_and_people_have_their_own() {
    for place in everywhere().await {
        let own = place.person("Durand", "zoe@exemple.fr").await;
        let other = place.person("Martin", "martin@exemple.fr").await;
        let (_, token) = place.user("zoe@exemple.fr").await;
        assert_eq!(handed_out(&place, &token, &own, "json").await.0, 200);
        let (status, _, theirs) = handed_out(&place, &token, &other, "json").await;
        let (_, _, nobody) = handed_out(&place, &token, "con_00000000000000000000000000000001", "json").await;
        assert_eq!((status, theirs), (404, nobody), "another's answers like none");
        let elsewhere = place.another("Autre").await;
        assert_eq!(handed_out(&elsewhere, &elsewhere.token, &own, "json").await.0, 404);
        let query = "query($c: ID!) { personalData(contactId: $c) }";
        assert_eq!(codes(&place.ask_as(&token, query, json!({ "c": other })).await.json()), ["NOT_FOUND"]);
        // Support of the account's contacts is not enough; security is.
        for (permission, status) in [("SUPPORT", 404), ("SECURITY", 200)] {
            let email = format!("{}@exemple.fr", permission.to_lowercase());
            let (_, member) = place.user(&email).await;
            place.guest(&email, &member, json!([permission])).await;
            assert_eq!(handed_out(&place, &member, &other, "json").await.0, status, "{permission}");
        }
        for path in [format!("/contacts/{own}/personal-data.pdf"), format!("/contacts/{own}/other.json")] {
            assert_eq!(get(&place, &path).await.status, 404);
        }
        let told = newest(&place, 40).await;
        assert_eq!(
            told.iter().filter(|e| e["type"] == "contact.data_exported.v1").count(),
            2,
            "what was refused is no act"
        );
    }
}

#[tokio::test]
async fn p3_a_long_history_is_handed_out_whole_and_in_order() {
    for place in everywhere().await {
        let c = place.person("Durand", "durand@exemple.fr").await;
        let id: ContactId = c.parse().unwrap();
        let account = place.account.parse().unwrap();
        for n in 0..1_100 {
            let patch = domain::contact::ContactPatch { phone: Some(Some(format!("06{n:08}"))), ..Default::default() };
            let command = sesame::app::Command::EditContact(id, patch);
            place.service.app.execute(&sesame::app::Caller::operator(Some(account)), command.into()).await.unwrap();
        }
        let (_, _, all) = handed_out(&place, &place.token, &c, "json").await;
        let all: Value = serde_json::from_str(&all).unwrap();
        let events = all["trail"].as_array().unwrap();
        let phones: Vec<&Value> =
            events.iter().filter(|e| e["type"] == "contact.edited.v1").map(|e| &e["changes"][0]["after"]).collect();
        assert_eq!(phones.len(), 1_100);
        assert!(phones.iter().enumerate().all(|(n, phone)| **phone == json!(format!("06{n:08}"))));
        assert_eq!(events.last().unwrap()["type"], "contact.data_exported.v1");
    }
}

async fn receipt_of(place: &Place, contact: &str) -> Value {
    let query = "query($c: ID!) { erasureReceipt(contactId: $c) }";
    let now = place.clock.now().timestamp_micros();
    erasure::clean(place.service.db(), now).await.unwrap();
    receipt::write_due(&place.service.app).await.unwrap();
    place.data(query, json!({ "c": contact })).await["erasureReceipt"].clone()
}

#[tokio::test]
async fn p4_an_erasure_ends_with_a_receipt_of_everywhere_that_was_searched() {
    for place in everywhere().await {
        let person = |last: &str, email: &str| {
            json!({ "accountId": place.account, "lastName": last, "email": email, "phone": "06 55 44 33 22",
                "address": { "line1": "17 quai Mystère", "postalCode": "29200", "city": "Plougastel" } })
        };
        let c = text(
            &place.done("addContact", person("Introuvable", "introuvable@exemple.fr"), "contact { id }").await["contact"]
                ["id"],
        );
        // A neighbour, of the same town and telephone: what both have proves nothing.
        let other = json!({ "accountId": place.account, "lastName": "Voisin", "phone": "06 55 44 33 22",
            "address": { "line1": "19 quai Mystère", "postalCode": "29200", "city": "Plougastel" } });
        place.done("addContact", other, "").await;
        place.done("editContact", json!({ "contactId": c, "lastName": "Autrefois" }), "").await;
        place.done("eraseContact", json!({ "contactId": c, "confirm": true }), "").await;
        let receipt = receipt_of(&place, &c).await;
        assert_eq!((&receipt["verdict"], &receipt["subject"]), (&json!("CLEAN"), &json!(c)), "{receipt:#}");
        assert!(receipt["values"].as_u64() >= Some(6) && receipt["shared"].as_u64() >= Some(2), "{receipt:#}");
        let places: Vec<String> = receipt["places"].as_array().unwrap().iter().map(|p| text(&p["place"])).collect();
        for looked in [
            "the key",
            "unique values",
            "table event",
            "table outbox",
            "table import_row",
            "sealed events that can be read",
        ] {
            assert!(places.iter().any(|place| place == looked), "{looked} is not among {places:?}");
        }
        let files = places.iter().filter(|place| place.ends_with("sesame.db")).count();
        let reach = receipt["outOfReach"].as_array().unwrap().len();
        assert_eq!(
            (files, reach),
            if place.service.db().sqlite_path().is_some() { (1, 0) } else { (0, 1) },
            "{places:?}"
        );
        let said = receipt.to_string().to_lowercase();
        assert!(
            ["introuvable", "autrefois", "mystère", "plougastel", "55 44"].iter().all(|word| !said.contains(word)),
            "{said}"
        );
        let elsewhere = place.another("Autre").await;
        let query = "query($c: ID!) { erasureReceipt(contactId: $c) }";
        assert_eq!(codes(&elsewhere.ask(query, json!({ "c": c })).await), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn p4_what_is_left_somewhere_is_found_and_what_cannot_be_told_is_not_claimed() {
    for place in everywhere().await {
        let db = place.service.db();
        // A fault, or somebody's script: a word of the person in a table that holds none.
        let c = place.person("Introuvable", "introuvable@exemple.fr").await;
        let leak =
            "INSERT INTO erp_run (id, account, source, mode, door, started_at) VALUES ($1, $2, $3, 'FULL', 'API', 0)";
        let account: domain::AccountId = place.account.parse().unwrap();
        let args = [Uuid::from_u128(9).into(), account.0.into(), "de introuvable@exemple.fr".into()];
        db.execute(Ask::new(leak, args)).await.unwrap();
        place.done("eraseContact", json!({ "contactId": c, "confirm": true }), "").await;
        let receipt = receipt_of(&place, &c).await;
        assert_eq!(receipt["verdict"], "FOUND", "{receipt:#}");
        let found: Vec<String> = receipt["places"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| p["found"] != 0)
            .map(|p| text(&p["place"]))
            .collect();
        assert!(found.contains(&"table erp_run".to_owned()), "{found:?}");

        // A process that was started anew knows the words no more, and says so.
        let c = place.person("Oublié", "oublie@exemple.fr").await;
        place.done("eraseContact", json!({ "contactId": c, "confirm": true }), "").await;
        let id: ContactId = c.parse().unwrap();
        assert!(place.service.app.needles().take(id.0).is_some());
        assert_eq!(receipt_of(&place, &c).await["verdict"], "NO_KEY_NO_ROW");
        // Rows that would go with them are seen without their words.
        let erased = receipt::erased(db, id.0).await.unwrap().unwrap();
        let seen = Ask::new("INSERT INTO device_seen (contact, device, at) VALUES ($1, 1, 1)", [id.0.into()]);
        db.execute(seen).await.unwrap();
        let now = receipt::check(&place.service.app, &erased, None, &[]).await.unwrap();
        assert_eq!(now.verdict, receipt::Verdict::Found);
        assert_eq!(
            now.places.iter().filter(|p| p.found > 0).map(|p| p.place.as_str()).collect::<Vec<_>>(),
            ["devices last seen"]
        );
    }
}

#[tokio::test]
async fn p4_several_people_are_searched_for_in_one_pass_and_each_is_told_their_own() {
    for place in everywhere().await {
        let db = place.service.db();
        let erased = async |last: &str| {
            let c = place.person(last, &format!("{}@exemple.fr", last.to_lowercase())).await;
            place.done("eraseContact", json!({ "contactId": c, "confirm": true }), "").await;
            c
        };
        let statements = async || {
            erasure::clean(db, place.clock.now().timestamp_micros()).await.unwrap();
            let before = db.statements();
            assert!(receipt::write_due(&place.service.app).await.unwrap() > 0);
            db.statements() - before
        };
        let verdict = async |contact: &String| {
            let id: ContactId = contact.parse().unwrap();
            receipt::of(db, id.0).await.unwrap().unwrap().verdict
        };
        let alone = erased("Solitaire").await;
        let of_one = statements().await;
        // One's name begins as another's ends, and one is within the other: what is left of each is found all the same.
        let three = [erased("Introuvable").await, erased("Trouvable").await, erased("Ablette").await];
        let leak =
            "INSERT INTO erp_run (id, account, source, mode, door, started_at) VALUES ($1, $2, $3, 'FULL', 'API', 0)";
        let account: domain::AccountId = place.account.parse().unwrap();
        let args = [Uuid::from_u128(9).into(), account.0.into(), "Introuvablette".into()];
        db.execute(Ask::new(leak, args)).await.unwrap();
        let of_three = statements().await;
        for contact in &three {
            assert_eq!(verdict(contact).await, receipt::Verdict::Found);
        }
        assert_eq!(verdict(&alone).await, receipt::Verdict::Clean);
        // What reads every column of every table is done once, whatever their number; each has a few look-ups of their own.
        let columns = db.columns().await.unwrap().len() as u64;
        assert!(of_one > columns && of_three < of_one + columns, "{of_one}, {of_three}, of {columns} columns");
    }
}

#[tokio::test]
async fn p6_what_the_log_does_not_need_is_deleted_in_time_and_the_event_stays() {
    for place in everywhere().await {
        let c = place.person("Durand", "durand@exemple.fr").await;
        let staff = place.staff().await;
        from_afar(&place, &staff, "editContact", json!({ "contactId": c, "phone": "0102" }), None).await;
        place.mails().await;
        let db = place.service.db();
        let count = async |table: &str| {
            let ask = Ask::<(i64,)>::new(format!("SELECT COUNT(*) FROM {table}"), []);
            db.fetch_optional(ask).await.unwrap().unwrap().0
        };
        let retention = Retention::default();
        assert!(count("whence").await == 1 && count("outbox").await > 0);
        for (days, whence, outbox) in [(89, 1, true), (2, 1, false), (274, 1, false), (1, 0, false)] {
            place.later(TimeDelta::days(days));
            purge(db, &retention, place.clock.now()).await.unwrap();
            assert_eq!((count("whence").await, count("outbox").await > 0), (whence, outbox), "{days} days later");
        }
        let told = newest(&place, 1).await[0].clone();
        assert_eq!((&told["address"], &told["changes"][0]["after"]), (&Value::Null, &json!("0102")));
        for line in LINES {
            assert_eq!(line.overdue(db, &retention, place.clock.now()).await.unwrap(), 0, "{}", line.what);
        }
        // What is overdue is seen.
        let row = Ask::new("INSERT INTO member_seen (contact, account, at) VALUES ($1, $1, 0)", [Uuid::nil().into()]);
        db.execute(row).await.unwrap();
        let mut overdue = Vec::new();
        for line in LINES {
            overdue.push((line.what, line.overdue(db, &retention, place.clock.now()).await.unwrap()));
        }
        assert_eq!(overdue.iter().filter(|(_, rows)| *rows > 0).collect::<Vec<_>>(), [&("last visits", 1)]);
    }
}
