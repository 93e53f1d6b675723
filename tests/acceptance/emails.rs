//! The e-mail as the key of a contact (row A8), under races too.

use crate::place::{everywhere, refusal, refusals, text};
use futures::future::join_all;
use serde_json::json;

#[tokio::test]
async fn a8_one_address_is_one_contact_of_the_account_however_it_is_written() {
    for place in everywhere().await {
        let anne = place.person("Dupont", "Anne.Dupont@Exemple.fr ").await;
        for same in ["anne.dupont@exemple.fr", " ANNE.DUPONT@EXEMPLE.FR"] {
            let input = json!({ "accountId": place.account, "lastName": "X", "email": same });
            assert_eq!(place.refused("addContact", input).await, refusal("EMAIL_TAKEN", "email"), "{same}");
        }
        place.person("Tag", "anne.dupont+club@exemple.fr").await;
        place.another("Autre").await.person("Ailleurs", "anne.dupont@exemple.fr").await;
        // Another's address cannot be taken over by an edit; giving it up frees it, and so does deleting.
        let paul = place.person("Martin", "paul@exemple.fr").await;
        let take = json!({ "contactId": paul, "email": "anne.dupont@exemple.fr" });
        assert_eq!(place.refused("editContact", take.clone()).await, refusal("EMAIL_TAKEN", "email"));
        let cleared =
            place.done("editContact", json!({ "contactId": anne, "email": null }), "contact { email lastName }").await;
        assert_eq!(cleared["contact"], json!({ "email": null, "lastName": "Dupont" }), "absent keeps, null clears");
        place.done("editContact", take, "contact { email emailVerified }").await;
        place.done("deleteContact", json!({ "contactId": paul, "confirm": true }), "").await;
        place.person("Nouveau", "anne.dupont@exemple.fr").await;
    }
}

#[tokio::test]
async fn a8_fifty_at_once_with_one_address_leave_one_contact() {
    for place in everywhere().await {
        let add = |n: usize| {
            let input =
                json!({ "accountId": place.account, "lastName": format!("N{n}"), "email": "unique@exemple.fr" });
            place.change("addContact", input, "contact { id }")
        };
        let payloads = join_all((0..50).map(add)).await;
        let won = payloads.iter().filter(|p| p["userErrors"] == json!([])).count();
        assert_eq!(won, 1);
        assert_eq!(payloads.iter().filter(|p| refusals(p) == refusal("EMAIL_TAKEN", "email")).count(), 49);
        let found = place
            .data("query($a: ID!) { contacts(accountId: $a) { totalCount } }", json!({ "a": place.account }))
            .await;
        assert_eq!(found["contacts"]["totalCount"], 1);
    }
}

#[tokio::test]
async fn a_thousand_contacts_are_each_read_listed_and_found_as_soon_as_they_are_added() {
    for place in everywhere().await {
        let check = async |n: usize| {
            let email = format!("personne{n}@exemple.fr");
            let id = place.person(&format!("Nom{n}"), &email).await;
            let query = "query($id: ID!, $a: ID!, $e: String!) {
                contact(id: $id) { email }
                mail: contacts(accountId: $a, filter: { email: $e }) { edges { node { id } } }
                search: contacts(accountId: $a, filter: { search: $e }) { edges { node { id } } }
                newest: contacts(accountId: $a, orderBy: { field: CREATED_AT, direction: DESC }, first: 100) { edges { node { id } } } }";
            let data = place.data(query, json!({ "id": id, "a": place.account, "e": email })).await;
            assert_eq!(data["contact"]["email"], email.as_str());
            for list in ["mail", "search"] {
                assert_eq!(text(&data[list]["edges"][0]["node"]["id"]), id, "{list} {n}");
            }
            let listed = data["newest"]["edges"].as_array().unwrap().iter().any(|e| e["node"]["id"] == id.as_str());
            assert!(listed, "listed {n}");
        };
        for batch in 0..50 {
            join_all((0..20).map(|n| check(batch * 20 + n))).await;
        }
    }
}
