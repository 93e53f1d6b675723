//! Reading leaves a trace and is in nobody's way (rows P2, P3).

use crate::{
    imports::{apply, plan, undo},
    place::{Place, everywhere, refusal, refusals, text},
    privacy::newest,
};
use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

/// Has everything about a contact handed out; the newest entries of the trails of the account and of the contact.
async fn handed_out(place: &Place, token: &str, contact: &str, reason: Option<&str>) -> (Value, Value) {
    let body = json!({ "query": "query($c: ID!) { personalData(contactId: $c) }", "variables": { "c": contact },
        "extensions": { "reason": reason } });
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = place.send(request).await.json();
    assert_eq!(answer["data"]["personalData"]["sheet"]["email"], "anne@exemple.fr", "{answer:#}");
    let query = "query($a: ID!, $c: ID!) { auditTrail(accountId: $a, filter: { contactId: $c }, first: 1) {
        edges { node { type sentence reason actor { kind } onBehalfOf } } } }";
    let trail = place.data(query, json!({ "a": place.account, "c": contact })).await;
    (newest(place, 1).await[0].clone(), trail["auditTrail"]["edges"][0]["node"].clone())
}

async fn version(place: &Place, contact: &str) -> u64 {
    let query = "query($c: ID!) { contact(id: $c) { version } }";
    place.data(query, json!({ "c": contact })).await["contact"]["version"].as_u64().unwrap()
}

#[tokio::test]
async fn p3_handing_out_what_is_kept_is_in_both_trails_and_in_the_way_of_no_form_that_is_open() {
    for place in everywhere().await {
        let contact = place.person("Durand", "anne@exemple.fr").await;
        let open = version(&place, &contact).await;
        let staff = place.staff().await;
        for (token, actor, reason) in
            [(&place.token, "TOKEN", None), (&staff, "STAFF", Some("Demande écrite, dossier 12"))]
        {
            let (of_account, of_contact) = handed_out(&place, token, &contact, reason).await;
            for told in [of_account, of_contact] {
                assert_eq!(told["type"], "contact.data_exported.v1");
                assert_eq!((&told["actor"]["kind"], &told["reason"]), (&json!(actor), &json!(reason)));
            }
            assert_eq!(version(&place, &contact).await, open);
        }
        let edit = |expected: u64, phone: &str| json!({ "input": { "contactId": contact, "phone": phone, "expectedVersion": expected } });
        let query = "mutation($input: EditContactInput!) { editContact(input: $input) { contact { version } userErrors { code field message } } }";
        let edited = place.ask(query, edit(open, "0102")).await["data"]["editContact"].clone();
        assert_eq!(refusals(&edited), [], "{edited:#}");
        let after = edited["contact"]["version"].as_u64().unwrap();
        assert!(after > open + 1, "a change counts what was noted before it");
        // Whoever still has the sheet of before the change is told so, whatever was read since.
        handed_out(&place, &place.token, &contact, None).await;
        assert_eq!(version(&place, &contact).await, after);
        let late = place.ask(query, edit(open, "0304")).await["data"]["editContact"].clone();
        assert_eq!(refusals(&late), refusal("VERSION_CONFLICT", "expectedVersion"));
        assert_eq!(refusals(&place.ask(query, edit(after, "0304")).await["data"]["editContact"]), []);
    }
}

#[tokio::test]
async fn p3_a_list_that_is_exported_is_in_the_way_of_no_settings_that_are_open() {
    for place in everywhere().await {
        let asked = "query($a: ID!) { account(id: $a) { version } }";
        let version = async || place.data(asked, json!({ "a": place.account })).await["account"]["version"].clone();
        let open = version().await;
        let export = format!("/export/subscribers.csv?account={}", place.account);
        assert_eq!(crate::http::get(&place, &export).await.status, 200);
        assert_eq!(newest(&place, 1).await[0]["type"], "account.list_exported.v1");
        assert_eq!(version().await, open);
        let rename = json!({ "accountId": place.account, "companyName": "Phare", "expectedVersion": open });
        place.done("renameAccount", rename, "").await;
        assert_ne!(version().await, open);
    }
}

#[tokio::test]
async fn p3_a_planned_import_is_applied_and_taken_back_although_somebody_was_handed_out_between() {
    for place in everywhere().await {
        let contact = place.person("Durand", "anne@exemple.fr").await;
        let id = text(&plan(&place, &format!("ID;Nom;Téléphone\n{contact};Durand;0102\n"), "").await["importId"]);
        handed_out(&place, &place.token, &contact, None).await;
        let applied = apply(&place, &id).await;
        assert_eq!((&applied["done"]["updated"], &applied["leftOut"]), (&json!(1), &json!(0)));
        handed_out(&place, &place.token, &contact, None).await;
        let undone = undo(&place, &id).await;
        assert_eq!((&undone["undo"]["restored"], &undone["undo"]["kept"]), (&json!(1), &json!(0)));
        let query = "query($c: ID!) { contact(id: $c) { phone } }";
        assert_eq!(place.data(query, json!({ "c": contact })).await["contact"]["phone"], Value::Null);
    }
}

/// Goes through a list to its end, a hundred at a time, and past it, by a holder of `token`.
async fn goes_through(place: &Place, token: &str, list: &str, narrowed: &str) -> usize {
    let query = format!(
        "query($a: ID!, $after: String) {{ {list}(accountId: $a, first: 100, after: $after{narrowed}) {{
            pageInfo {{ hasNextPage endCursor }} edges {{ node {{ id }} }} }} }}"
    );
    let (mut shown, mut after) = (0, Value::Null);
    loop {
        let page = place.data_as(token, &query, json!({ "a": place.account, "after": after })).await[list].clone();
        shown += page["edges"].as_array().unwrap().len();
        if page["pageInfo"]["hasNextPage"] == false {
            return shown;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// Who was noted to have read which list, newest first.
async fn read(place: &Place) -> Vec<(String, String)> {
    let told = newest(place, 20).await;
    let told = told.iter().filter(|e| e["type"] == "account.list_read.v1");
    told.map(|e| (text(&e["actor"]["kind"]), text(&e["sentence"]))).collect()
}

#[tokio::test]
async fn p2_who_reads_a_whole_list_page_by_page_is_in_the_trail_once_a_day() {
    for place in everywhere().await {
        let lines = (0..999).map(|n| format!("K{n};Nom {n};1 rue {n};75007;Paris\n"));
        let csv: String = std::iter::once("ID;Nom;Adresse;Code postal;Ville\n".to_owned()).chain(lines).collect();
        crate::http::import(&place, &csv).await;
        let token = place.token.clone();
        // However often the same ones are looked at.
        for _ in 0..2 {
            assert_eq!(goes_through(&place, &token, "contacts", "").await, 999);
        }
        assert_eq!(read(&place).await, []);
        let version = async || {
            let asked = "query($a: ID!) { account(id: $a) { version } }";
            place.data(asked, json!({ "a": place.account })).await["account"]["version"].clone()
        };
        let open = version().await;
        place.person("Durand", "durand@exemple.fr").await;
        // Found by its beginning, which is one more than nine hundred and ninety-nine.
        assert_eq!(goes_through(&place, &token, "contacts", ", filter: { search: \"durand\" }").await, 1);
        let said = "List “Contacts” read page by page: 1000 different sheets or more in a day".to_owned();
        assert_eq!(read(&place).await, [("TOKEN".to_owned(), said.clone())]);
        assert_eq!(goes_through(&place, &token, "contacts", "").await, 1_000);
        assert_eq!(read(&place).await.len(), 1, "once a day");
        // Another list, another caller, another day: each by itself.
        assert_eq!(goes_through(&place, &token, "subscribers", "").await, 999);
        let staff = place.staff().await;
        assert_eq!(goes_through(&place, &staff, "contacts", "").await, 1_000);
        assert_eq!(read(&place).await[0], ("STAFF".to_owned(), said));
        assert_eq!(read(&place).await.len(), 2);
        place.later(chrono::TimeDelta::days(1));
        assert_eq!(goes_through(&place, &token, "contacts", "").await, 1_000);
        assert_eq!(read(&place).await.len(), 3);
        assert_eq!(version().await, open, "in the way of no settings that are open");
    }
}
