//! Subscribers: addresses, completeness, and the list (rows U1 to U3, U7, U8).

use crate::place::{Place, everywhere, refusal, refusals, text};
use serde_json::{Value, json};

const LIST: &str = "query($a: ID!, $s: String, $first: Int, $after: String, $last: Int) {
    subscribers(accountId: $a, search: $s, first: $first, after: $after, last: $last) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { displayName address { city } } } } }";

async fn listed(place: &Place, mut variables: Value) -> Vec<String> {
    variables["a"] = json!(place.account);
    let data = place.data(LIST, variables).await;
    data["subscribers"]["edges"].as_array().unwrap().iter().map(|e| text(&e["node"]["displayName"])).collect()
}

async fn subscriber(place: &Place, last: &str, city: &str) -> String {
    let address = json!({ "line1": "1 rue A", "postalCode": "75007", "city": city });
    let input = json!({ "accountId": place.account, "lastName": last, "address": address });
    text(&place.done("addContact", input, "contact { id }").await["contact"]["id"])
}

#[tokio::test]
async fn u1_the_account_sees_all_its_subscribers_and_only_its_own() {
    for place in everywhere().await {
        let other = place.another("Autre").await;
        for name in ["Bernard", "Abadie", "Élan"] {
            subscriber(&place, name, "Paris").await;
        }
        place.contact("Sans", "Adresse").await;
        subscriber(&other, "Ailleurs", "Lyon").await;
        assert_eq!(listed(&place, json!({})).await, ["Abadie", "Bernard", "Élan"]);
        assert_eq!(listed(&other, json!({})).await, ["Ailleurs"]);
        assert_eq!(listed(&place, json!({ "last": 1 })).await, ["Élan"]);
        assert_eq!(listed(&place, json!({ "s": "ela" })).await, ["Élan"]);
        assert_eq!(listed(&place, json!({ "s": "sans" })).await, Vec::<String>::new());
        let first = place.data(LIST, json!({ "a": place.account, "first": 2 })).await["subscribers"].clone();
        assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
        assert_eq!(listed(&place, json!({ "after": first["pageInfo"]["endCursor"] })).await, ["Élan"]);
    }
}

#[tokio::test]
async fn u3_an_address_has_its_days_and_a_history() {
    for place in everywhere().await {
        let c = subscriber(&place, "Dupont", "Paris").await;
        let summer = json!({ "line1": "2 quai B", "postalCode": "29000", "city": "Quimper" });
        let wanted = "contact { address { city } deliveryAddresses { from until address { city } } }";
        let set = json!({ "contactId": c, "address": summer, "from": "2026-07-01", "until": "2026-08-31" });
        let contact = place.done("setDeliveryAddress", set, wanted).await["contact"].clone();
        assert_eq!(contact["address"]["city"], "Paris", "an issue in flight goes where it was sent");
        let of = |from: Option<&str>, until: Option<&str>, city: &str| json!({ "from": from, "until": until, "address": { "city": city } });
        assert_eq!(
            contact["deliveryAddresses"],
            json!([
                of(None, Some("2026-06-30"), "Paris"),
                of(Some("2026-07-01"), Some("2026-08-31"), "Quimper"),
                of(Some("2026-09-01"), None, "Paris")
            ])
        );
        place.clock.set(crate::place::at("2026-07-14T10:00:00Z"));
        let sheet = place.data("query($id: ID!) { contact(id: $id) { address { city } } }", json!({ "id": c })).await;
        assert_eq!(sheet["contact"]["address"]["city"], "Quimper");
        let listed = place.data(LIST, json!({ "a": place.account })).await;
        assert_eq!(listed["subscribers"]["edges"][0]["node"]["address"]["city"], "Quimper");
        let then = "query($id: ID!, $t: DateTime) { contact(id: $id, asOf: $t) { address { city } } }";
        let past = place.data(then, json!({ "id": c, "t": "2026-05-01T00:00:00Z" })).await;
        assert_eq!(past["contact"]["address"]["city"], "Paris");
    }
}

#[tokio::test]
async fn u7_every_wrong_field_is_named_at_once_and_the_form_knows_what_is_mandatory() {
    for mut place in everywhere().await {
        let input = json!({ "accountId": place.account, "firstName": "x".repeat(201), "lastName": "a\u{7}b", "email": "nobody", "phone": "1".repeat(51),
            "address": { "country": "France" } });
        let payload = place.change("addContact", input, "contact { id }").await;
        let expected = [
            ("INVALID", "address.country"),
            ("TOO_LONG", "firstName"),
            ("INVALID", "lastName"),
            ("EMAIL_INVALID", "email"),
            ("TOO_LONG", "phone"),
        ];
        let mut found = refusals(&payload);
        found.sort();
        let mut expected = expected.map(|(c, f)| (c.to_owned(), f.to_owned()));
        expected.sort();
        assert_eq!((found, &payload["contact"]), (expected.to_vec(), &json!(null)));
        let nobody = json!({ "accountId": place.account, "email": "a@exemple.fr" });
        assert_eq!(place.refused("addContact", nobody).await, refusal("NAME_OR_COMPANY_REQUIRED", "lastName"));
        place.lang = "fr-FR,fr;q=0.9";
        let query = "query($f: InputForm!, $c: String) { formFields(form: $f, country: $c) { path label required oneOf maxLength choices { value label } } }";
        let fields = place.data(query, json!({ "f": "CONTACT" })).await["formFields"].clone();
        let field = |path: &str| fields.as_array().unwrap().iter().find(|f| f["path"] == path).unwrap().clone();
        assert_eq!(
            field("lastName"),
            json!({ "path": "lastName", "label": "Nom", "required": false, "oneOf": "name", "maxLength": 200, "choices": [] })
        );
        assert_eq!(
            field("kind")["choices"],
            json!([{ "value": "PERSON", "label": "Personne" }, { "value": "GROUP", "label": "Groupe" }])
        );
    }
}

#[tokio::test]
async fn u8_completeness_depends_on_the_country_and_the_form_says_the_same() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        for (country, given) in [
            ("FR", json!({})),
            ("GH", json!({})),
            ("MC", json!({ "line1": "1 rue A" })),
            ("BE", json!({ "city": "Bruxelles" })),
        ] {
            let mut address = given.clone();
            address["country"] = json!(country);
            let query = "query($c: String) { formFields(form: DELIVERY_ADDRESS, country: $c) { path required } }";
            let fields = place.data(query, json!({ "c": country })).await;
            let needed =
                fields["formFields"].as_array().unwrap().iter().any(|f| {
                    f["required"] == true && given.get(text(&f["path"]).trim_start_matches("address.")).is_none()
                });
            assert!(needed);
            let refused = place.refused("setDeliveryAddress", json!({ "contactId": c, "address": address })).await;
            assert_eq!(refused, refusal("ADDRESS_INCOMPLETE", "address"), "{country}");
            // With exactly what the form calls mandatory it is complete.
            for field in fields["formFields"].as_array().unwrap().iter().filter(|f| f["required"] == true) {
                // A postal code has the form that its country gives it.
                let filled = match country {
                    "BE" => "1000",
                    "MC" => "98000",
                    _ => "75007",
                };
                address[text(&field["path"]).trim_start_matches("address.")] = json!(filled);
            }
            place
                .done(
                    "setDeliveryAddress",
                    json!({ "contactId": c, "address": address }),
                    "contact { address { missing } }",
                )
                .await;
        }
    }
}
