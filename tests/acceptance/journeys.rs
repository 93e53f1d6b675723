//! Journeys: contacts that are staged in a form and submitted together (rows S1, S5 to S13).

use crate::place::{Place, everywhere, refusal, refusals, text};
use projections::Ask;
use serde_json::{Value, json};

const WANTED: &str = "contacts { created addedAt contact { id lastName email accesses { mode } subscriptions { id } } } subscription { id }";

async fn events(place: &Place) -> i64 {
    let count = Ask::<(i64,)>::new("SELECT COUNT(*) FROM event", []);
    place.service.db().fetch_optional(count).await.unwrap().unwrap().0
}

async fn subscription(place: &Place, product: &str) -> String {
    let holder = place.contact("Tenante", "Abonnement").await;
    let input = json!({ "contactId": holder, "productId": product, "type": "Annuel", "billing": "RECURRING" });
    text(&place.done("startSubscription", input, "subscription { id }").await["subscription"]["id"])
}

fn created(payload: &Value) -> Vec<bool> {
    payload["contacts"].as_array().unwrap().iter().map(|c| c["created"].as_bool().unwrap()).collect()
}

#[tokio::test]
async fn s1_the_same_command_stands_behind_three_ways_in() {
    for place in everywhere().await {
        let (account, product) = (place.account.clone(), place.product("Yoga", &[]).await);
        // The popup of the account's pages: contacts and nothing else.
        let popup = json!({ "accountId": account, "contacts": [{ "lastName": "Un", "email": "un@exemple.fr" }] });
        let one = place.done("submitContacts", popup, WANTED).await;
        assert_eq!((created(&one), &one["subscription"]), (vec![true], &Value::Null));
        // Within the journey of a subscription, which starts with them.
        let start = json!({ "productId": product, "type": "Club", "billing": "ONE_OFF" });
        let journey = json!({ "accountId": account, "contacts": [{ "lastName": "Deux", "email": "deux@exemple.fr" }], "startSubscription": start });
        let two = place.done("submitContacts", journey, WANTED).await;
        let s = text(&two["subscription"]["id"]);
        assert_eq!(two["contacts"][0]["contact"]["subscriptions"], json!([{ "id": s }]));
        assert_eq!(two["contacts"][0]["contact"]["accesses"], json!([{ "mode": "AUTOMATIC" }]));
        // By user: users first, then a subscription that the account has.
        let by_user =
            json!({ "accountId": account, "contacts": [{ "email": "un@exemple.fr" }], "subscriptionIds": [s] });
        let three = place.done("setSubscriptionByUser", by_user, WANTED).await;
        assert_eq!(created(&three), [false]);
        assert_eq!(three["contacts"][0]["contact"]["id"], one["contacts"][0]["contact"]["id"]);
        assert_eq!(three["contacts"][0]["contact"]["subscriptions"], json!([{ "id": s }]));
        // The same validation at all three.
        for (mutation, input) in [
            ("submitContacts", json!({ "accountId": account, "contacts": [{ "email": "x" }] })),
            ("submitContacts", json!({ "accountId": account, "contacts": [{ "email": "x" }], "subscriptionIds": [s] })),
            (
                "setSubscriptionByUser",
                json!({ "accountId": account, "contacts": [{ "email": "x" }], "subscriptionIds": [s] }),
            ),
        ] {
            assert_eq!(place.refused(mutation, input).await[0], refusal("EMAIL_INVALID", "contacts.0.email")[0]);
        }
    }
}

#[tokio::test]
async fn s5_contacts_are_attached_to_account_level_subscriptions_of_a_type() {
    for place in everywhere().await {
        let product = place.product("Yoga", &[]).await;
        let (s, t) = (subscription(&place, &product).await, subscription(&place, &product).await);
        let known = place.contact("Anne", "Dupont").await;
        let input = json!({ "accountId": place.account, "subscriptionIds": [s, t],
            "contacts": [{ "contactId": known }, { "lastName": "Neuf" }] });
        let done = place.done("submitContacts", input.clone(), WANTED).await;
        assert_eq!(created(&done), [false, true]);
        for n in 0..2 {
            assert_eq!(done["contacts"][n]["contact"]["subscriptions"], json!([{ "id": s }, { "id": t }]));
            assert_eq!(done["contacts"][n]["contact"]["accesses"], json!([{ "mode": "AUTOMATIC" }]));
        }
        let unknown =
            json!({ "accountId": place.account, "subscriptionIds": ["sub_1"], "contacts": [{ "lastName": "X" }] });
        assert_eq!(place.refused("submitContacts", unknown).await, refusal("NOT_FOUND", "subscriptionIds"));
        let none = json!({ "accountId": place.account, "subscriptionIds": [], "contacts": [{ "lastName": "X" }] });
        assert_eq!(place.refused("setSubscriptionByUser", none).await, refusal("REQUIRED", "subscriptionIds"));
        // A delivered product needs an address, and the refusal says whose.
        let delivered = json!({ "accountId": place.account, "name": "La Revue", "delivered": true });
        let p = text(&place.done("createProduct", delivered, "product { id }").await["product"]["id"]);
        let start = json!({ "productId": p, "type": "Revue", "billing": "RECURRING" });
        let address = json!({ "line1": "1 rue A", "postalCode": "75007", "city": "Paris" });
        let revue = json!({ "accountId": place.account, "startSubscription": start,
            "contacts": [{ "lastName": "A", "address": address }, { "lastName": "B" }, { "contactId": known }] });
        let before = events(&place).await;
        let refused = place.refused("submitContacts", revue).await;
        assert_eq!(
            refused,
            [
                refusal("SUBSCRIBER_REQUIRED", "contacts.1.address"),
                refusal("SUBSCRIBER_REQUIRED", "contacts.2.contactId")
            ]
            .concat()
        );
        assert_eq!(events(&place).await, before, "nothing is written if one is refused");
    }
}

#[tokio::test]
async fn s7_find_or_create_by_email_makes_nobody_twice() {
    for place in everywhere().await {
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        let input =
            json!({ "accountId": place.account, "contacts": [{ "lastName": "Autre", "email": " ANNE@exemple.fr" }] });
        let found = place.done("submitContacts", input, WANTED).await;
        assert_eq!(found["contacts"][0]["contact"]["id"], anne);
        assert_eq!(found["contacts"][0]["contact"]["lastName"], "Dupont", "who is found stays as it is");
        // Twenty at the same time with the same new address: one is recorded, all get it.
        let input =
            json!({ "accountId": place.account, "contacts": [{ "lastName": "Neuf", "email": "neuf@exemple.fr" }] });
        let all = futures::future::join_all((0..20).map(|_| place.done("submitContacts", input.clone(), WANTED))).await;
        assert_eq!(all.iter().filter(|done| created(done) == [true]).count(), 1);
        let ids: std::collections::BTreeSet<String> =
            all.iter().map(|done| text(&done["contacts"][0]["contact"]["id"])).collect();
        assert_eq!(ids.len(), 1);
        // Chosen and typed: one contact, one line each in the answer.
        let both =
            json!({ "accountId": place.account, "contacts": [{ "contactId": anne }, { "email": "anne@exemple.fr" }] });
        assert_eq!(created(&place.done("submitContacts", both, WANTED).await), [false, false]);
        let mixed = json!({ "accountId": place.account, "contacts": [{ "contactId": anne, "lastName": "X" }] });
        assert_eq!(place.refused("submitContacts", mixed).await, refusal("INVALID", "contacts.0.contactId"));
        let other = place.another("Autre maison").await;
        let theirs = json!({ "accountId": other.account, "contacts": [{ "contactId": anne }] });
        assert_eq!(other.refused("submitContacts", theirs).await, refusal("NOT_FOUND", "contacts.0.contactId"));
        let intruder = json!({ "accountId": place.account, "contacts": [{ "lastName": "X" }] });
        assert_eq!(other.refused("submitContacts", intruder).await, refusal("NOT_FOUND", "accountId"));
    }
}

#[tokio::test]
async fn s8_the_create_form_names_every_wrong_field_of_every_contact() {
    for place in everywhere().await {
        let before = events(&place).await;
        let contacts = json!([
            { "lastName": "Dupont", "email": "anne@exemple.fr" },
            { "lastName": "x".repeat(201), "email": "no" },
            { "email": "seule@exemple.fr" },
            { "lastName": "Encore", "email": " Anne@Exemple.fr" },
        ]);
        let input = json!({ "accountId": place.account, "contacts": contacts });
        let expected = [
            refusal("TOO_LONG", "contacts.1.lastName"),
            refusal("EMAIL_INVALID", "contacts.1.email"),
            refusal("NAME_OR_COMPANY_REQUIRED", "contacts.2.lastName"),
            refusal("EMAIL_REPEATED", "contacts.3.email"),
        ];
        assert_eq!(place.refused("submitContacts", input).await, expected.concat());
        assert_eq!(events(&place).await, before, "one wrong field and nothing is recorded");
    }
}

#[tokio::test]
async fn s9_new_ones_can_be_shown_first_or_last() {
    for place in everywhere().await {
        let old = place.person("Ancien", "ancien@exemple.fr").await;
        place.later(chrono::TimeDelta::hours(1));
        let input = json!({ "accountId": place.account,
            "contacts": [{ "lastName": "A", "email": "a@exemple.fr" }, { "contactId": old }, { "lastName": "B" }] });
        let done = place.done("submitContacts", input, WANTED).await;
        assert_eq!(created(&done), [true, false, true], "in the order of the form");
        let added: Vec<String> = (0..3).map(|n| text(&done["contacts"][n]["addedAt"])).collect();
        assert!(added[1] < added[0] && added[0] == added[2], "{added:?}");
    }
}

#[tokio::test]
async fn s10_a_draft_that_is_refused_or_cancelled_leaves_nothing() {
    for place in everywhere().await {
        let (events_before, waiting) = (events(&place).await, waiting(&place).await);
        let input = json!({ "accountId": place.account, "contacts": [
            { "lastName": "Bon", "email": "bon@exemple.fr" }, { "firstName": "x".repeat(201) }, { "email": "Bon@Exemple.fr", "lastName": "Encore" } ] });
        let payload = place.change("submitContacts", input, WANTED).await;
        assert_eq!(
            refusals(&payload),
            [refusal("TOO_LONG", "contacts.1.firstName"), refusal("EMAIL_REPEATED", "contacts.2.email")].concat()
        );
        assert!(text(&payload["userErrors"][1]["message"]).contains("contact no. 1"), "{payload}");
        assert_eq!(payload["contacts"], Value::Null);
        assert_eq!((events(&place).await, self::waiting(&place).await), (events_before, waiting));
    }
}

/// What waits to be done outside.
async fn waiting(place: &Place) -> i64 {
    let count = Ask::<(i64,)>::new("SELECT COUNT(*) FROM outbox", []);
    place.service.db().fetch_optional(count).await.unwrap().unwrap().0
}

#[tokio::test]
async fn s11_a_hundred_in_one_submission_and_a_retry_gets_the_first_answer() {
    for place in everywhere().await {
        let product = place.product("Yoga", &[]).await;
        let s = subscription(&place, &product).await;
        let staged = |n: usize| -> Vec<Value> {
            (0..n).map(|i| json!({ "lastName": format!("N{i}"), "email": format!("n{i}@exemple.fr") })).collect()
        };
        let input = json!({ "accountId": place.account, "contacts": staged(100), "subscriptionIds": [s], "idempotencyKey": "k1" });
        let wanted = "contacts { created contact { id } }";
        let first = place.done("submitContacts", input.clone(), wanted).await;
        assert_eq!(created(&first), vec![true; 100]);
        let before = events(&place).await;
        let again = place.done("submitContacts", input, wanted).await;
        assert_eq!((&again["contacts"], &again["position"]), (&first["contacts"], &first["position"]));
        assert_eq!(events(&place).await, before);
        let too_many = json!({ "accountId": place.account, "contacts": staged(101) });
        assert_eq!(place.refused("submitContacts", too_many).await, refusal("TOO_LONG", "contacts"));
        let nobody = json!({ "accountId": place.account, "contacts": [] });
        assert_eq!(place.refused("submitContacts", nobody).await, refusal("REQUIRED", "contacts"));
    }
}
