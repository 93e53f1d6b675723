//! Retries: the same key and input get the first answer, another input is a mistake.

use crate::place::{everywhere, refusal, refusals};
use futures::future::join_all;
use serde_json::json;

#[tokio::test]
async fn a_retry_gets_the_first_answer_and_another_input_is_refused() {
    for place in everywhere().await {
        let add = |last: &str, id: Option<&str>| json!({ "accountId": place.account, "lastName": last, "email": "anne@exemple.fr", "idempotencyKey": "k1", "clientMutationId": id });
        let first = place.done("addContact", add("Dupont", Some("a")), "contact { id lastName }").await;
        let again = place.done("addContact", add("Dupont", Some("b")), "contact { id lastName }").await;
        assert_eq!((&again["contact"], &again["position"]), (&first["contact"], &first["position"]));
        assert_eq!(again["clientMutationId"], "b");
        assert_eq!(
            place.refused("addContact", add("Martin", None)).await,
            refusal("IDEMPOTENCY_MISMATCH", "idempotencyKey")
        );
        // Absent and null are two inputs: one keeps, the other clears.
        let id = &first["contact"]["id"];
        place
            .done("editContact", json!({ "contactId": id, "phone": "1", "email": null, "idempotencyKey": "k2" }), "")
            .await;
        let absent = json!({ "contactId": id, "phone": "1", "idempotencyKey": "k2" });
        assert_eq!(place.refused("editContact", absent).await, refusal("IDEMPOTENCY_MISMATCH", "idempotencyKey"));
        // Written in the document or in variables, it is the same input.
        let literal = format!(
            "mutation {{ editContact(input: {{ email: null, idempotencyKey: \"k2\", phone: \"1\", contactId: {id} }}) {{ userErrors {{ code field }} }} }}"
        );
        assert_eq!(refusals(&place.data(&literal, json!({})).await["editContact"]), []);
        // Another account's key is another key.
        let other = place.another("Autre").await;
        other
            .done("addContact", json!({ "accountId": other.account, "lastName": "X", "idempotencyKey": "k1" }), "")
            .await;
    }
}

#[tokio::test]
async fn twenty_retries_at_once_do_it_once() {
    for place in everywhere().await {
        let input = json!({ "accountId": place.account, "lastName": "Dupont", "idempotencyKey": "once" });
        let payloads = join_all((0..20).map(|_| place.done("addContact", input.clone(), "contact { id }"))).await;
        assert!(payloads.iter().all(|p| p["contact"] == payloads[0]["contact"]));
        let count = place
            .data("query($a: ID!) { contacts(accountId: $a) { totalCount } }", json!({ "a": place.account }))
            .await;
        assert_eq!(count["contacts"]["totalCount"], 1);
    }
}
