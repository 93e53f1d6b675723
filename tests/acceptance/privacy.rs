//! What people and the law ask of whoever keeps data about them: a trail that says from where and why (row P2).

use crate::{
    http::{Listening, get},
    place::{Place, everywhere, text},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use projections::Ask;
use serde_json::{Value, json};
use sesame::http::Peer;

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
