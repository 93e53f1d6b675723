//! Subscriptions and payments, and what they open (rows K11, K13, K22, B4, U5, U9).

use crate::place::{Place, everywhere, refusal, refusals, text};
use chrono::TimeDelta;
use serde_json::{Value, json};

async fn start(place: &Place, contact: &str, product: &str, from: &str, to: Option<&str>) -> Value {
    let input = json!({ "contactId": contact, "productId": product, "type": "Annuel", "billing": "RECURRING", "startsOn": from, "endsOn": to });
    place
        .done(
            "startSubscription",
            input,
            "subscription { id version state startsOn endsOn } contact { accesses { mode origin } }",
        )
        .await
}

async fn reason(place: &Place, c: &str, p: &str, when: Option<&str>) -> String {
    text(&place.decision(c, p, when).await["reason"])
}

#[tokio::test]
async fn k11_automatic_access_follows_the_subscription() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let started = start(&place, &c, &p, "2026-03-01", Some("2026-04-30")).await;
        assert_eq!(started["contact"]["accesses"], json!([{ "mode": "AUTOMATIC", "origin": "SUBSCRIPTION" }]));
        assert_eq!(started["subscription"]["state"], "RUNNING");
        let s = started["subscription"]["id"].clone();
        assert_eq!(reason(&place, &c, &p, None).await, "OPEN");
        assert_eq!(reason(&place, &c, &p, Some("2026-04-30T21:59:59Z")).await, "OPEN");
        assert_eq!(reason(&place, &c, &p, Some("2026-04-30T22:00:00Z")).await, "NO_SUBSCRIPTION");
        // Cancelled, and paid to the end of the period.
        let cancelled =
            place.done("cancelSubscription", json!({ "subscriptionId": s }), "subscription { state endsOn }").await;
        assert_eq!(cancelled["subscription"], json!({ "state": "CANCELLED", "endsOn": "2026-04-30" }));
        assert_eq!(reason(&place, &c, &p, None).await, "OPEN");
        let renewed = place
            .done(
                "renewSubscription",
                json!({ "subscriptionId": s, "endsOn": "2026-12-31" }),
                "subscription { state periods { startsOn endsOn } }",
            )
            .await;
        assert_eq!(
            renewed["subscription"],
            json!({ "state": "RUNNING", "periods": [{ "startsOn": "2026-03-01", "endsOn": "2026-12-31" }] })
        );
        place.done("pauseSubscription", json!({ "subscriptionId": s }), "subscription { state paused }").await;
        assert_eq!(reason(&place, &c, &p, None).await, "NO_SUBSCRIPTION");
        place.done("resumeSubscription", json!({ "subscriptionId": s }), "").await;
        assert_eq!(reason(&place, &c, &p, None).await, "OPEN");
        // Several are a union; detaching the last closes.
        let other = start(&place, &c, &p, "2026-01-01", None).await["subscription"]["id"].clone();
        place
            .done("detachContact", json!({ "subscriptionId": s, "contactId": c }), "contact { subscriptions { id } }")
            .await;
        assert_eq!(reason(&place, &c, &p, None).await, "OPEN");
        place.done("detachContact", json!({ "subscriptionId": other, "contactId": c }), "").await;
        assert_eq!(reason(&place, &c, &p, None).await, "NO_SUBSCRIPTION");
        place
            .done(
                "attachContact",
                json!({ "subscriptionId": other, "contactId": c }),
                "subscription { id } contact { id }",
            )
            .await;
        assert_eq!(reason(&place, &c, &p, None).await, "OPEN");
    }
}

#[tokio::test]
async fn k13_activated_is_for_ever_whatever_the_payments() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let s = start(&place, &c, &p, "2026-03-01", Some("2026-03-31")).await["subscription"]["id"].clone();
        place.done("setAccessMode", json!({ "contactId": c, "productId": p, "mode": "ACTIVATED" }), "").await;
        let failed =
            json!({ "subscriptionId": s, "state": "FAILED", "occurredAt": "2026-03-31T09:00:00Z", "eventId": "e1" });
        place.done("recordPayment", failed, "").await;
        for when in [None, Some("2027-01-01T00:00:00Z"), Some("2100-01-01T00:00:00Z")] {
            assert_eq!(reason(&place, &c, &p, when).await, "OPEN");
        }
    }
}

#[tokio::test]
async fn k22_payment_facts_count_once_and_the_newest_wins() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let s = start(&place, &c, &p, "2026-01-01", None).await["subscription"]["id"].clone();
        let fact = |state: &str, at: &str, id: &str| json!({ "subscriptionId": s, "state": state, "occurredAt": at, "eventId": id });
        let pay = async |fact: Value| {
            place.done("recordPayment", fact, "subscription { version payment { state eventId } }").await["subscription"].clone()
        };
        let one = pay(fact("FAILED", "2026-03-30T00:00:00Z", "e1")).await;
        assert_eq!(pay(fact("FAILED", "2026-03-30T00:00:00Z", "e1")).await, one, "the same fact twice counts once");
        assert_eq!(reason(&place, &c, &p, None).await, "NO_SUBSCRIPTION");
        // Recorded later, occurred before: it does not win.
        assert_eq!(
            pay(fact("PAID", "2026-03-29T00:00:00Z", "e0")).await["payment"],
            json!({ "state": "FAILED", "eventId": "e1" })
        );
        pay(fact("PAST_DUE", "2026-03-31T00:00:00Z", "e2")).await;
        assert_eq!(reason(&place, &c, &p, None).await, "NO_SUBSCRIPTION");
        place
            .done(
                "setPolicies",
                json!({ "accountId": place.account, "graceDays": 10 }),
                "account { policies { graceDays } }",
            )
            .await;
        assert_eq!(reason(&place, &c, &p, None).await, "OPEN", "within the grace days");
        assert_eq!(reason(&place, &c, &p, Some("2026-04-11T00:00:00Z")).await, "NO_SUBSCRIPTION");
        pay(fact("PAID", "2026-03-31T09:00:00Z", "e3")).await;
        assert_eq!(reason(&place, &c, &p, Some("2026-04-11T00:00:00Z")).await, "OPEN");
        for (bad, expected) in [
            (fact("PAID", "2026-04-03T00:00:00Z", "e9"), refusal("DATE_INVALID", "occurredAt")),
            (fact("PAID", "1800-01-01T00:00:00Z", "e9"), refusal("DATE_INVALID", "occurredAt")),
            (fact("PAID", "2026-03-31T00:00:00Z", " "), refusal("REQUIRED", "eventId")),
            (fact("PAID", "2026-03-31T00:00:00Z", &"x".repeat(201)), refusal("TOO_LONG", "eventId")),
        ] {
            assert_eq!(place.refused("recordPayment", bad).await, expected);
        }
    }
}

#[tokio::test]
async fn b4_entitled_days_stand_still_while_paused() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        let input = json!({ "accountId": place.account, "name": "Yoga", "dripClock": "ENTITLED_DAYS", "modules": [{ "name": "Dix", "opensAfterDays": 10 }] });
        let p = text(&place.done("createProduct", input, "product { id dripClock }").await["product"]["id"]);
        let s = start(&place, &c, &p, "2026-03-31", None).await["subscription"]["id"].clone();
        let opens = async || place.decision(&c, &p, None).await["modules"][0]["opensAt"].clone();
        let planned = opens().await;
        assert!(text(&planned).starts_with("2026-04-"), "{planned}");
        place.later(TimeDelta::days(2));
        place.done("pauseSubscription", json!({ "subscriptionId": s }), "").await;
        place.later(TimeDelta::days(5));
        place.done("resumeSubscription", json!({ "subscriptionId": s }), "").await;
        let later: chrono::DateTime<chrono::Utc> = text(&opens().await).parse().unwrap();
        let before: chrono::DateTime<chrono::Utc> = text(&planned).parse().unwrap();
        assert_eq!(later - before, TimeDelta::days(5));
    }
}

#[tokio::test]
async fn u5_the_sheet_lists_the_subscriptions() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        start(&place, &c, &p, "2026-05-01", Some("2026-06-30")).await;
        start(&place, &c, &p, "2020-01-01", Some("2020-12-31")).await;
        let sheet = place.data("query($id: ID!) { contact(id: $id) { subscriptions { type billing state startsOn endsOn product { name } } } }", json!({ "id": c })).await;
        let of = |state: &str, from: &str, to: &str| json!({ "type": "Annuel", "billing": "RECURRING", "state": state, "startsOn": from, "endsOn": to, "product": { "name": "Yoga" } });
        assert_eq!(
            sheet["contact"]["subscriptions"],
            json!([of("SCHEDULED", "2026-05-01", "2026-06-30"), of("ENDED", "2020-01-01", "2020-12-31")])
        );
        let past = json!({ "contactId": c, "productId": p, "type": "X", "billing": "ONE_OFF", "startsOn": "2026-05-01", "endsOn": "2026-04-01" });
        assert_eq!(place.refused("startSubscription", past).await, refusal("DATE_INVALID", "endsOn"));
    }
}

#[tokio::test]
async fn u9_a_delivered_product_needs_a_subscriber_and_a_live_subscription_keeps_the_contact() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        let input = json!({ "accountId": place.account, "name": "La Revue", "delivered": true });
        let p = text(&place.done("createProduct", input, "product { id delivered }").await["product"]["id"]);
        let order = json!({ "contactId": c, "productId": p, "type": "Annuel", "billing": "RECURRING" });
        let refused = place.change("startSubscription", order.clone(), "subscription { id }").await;
        assert_eq!(refusals(&refused), refusal("SUBSCRIBER_REQUIRED", "contactId"));
        let said = text(&refused["userErrors"][0]["message"]);
        assert!(said.contains("Address (line 1), Postal code and City"), "{said}");
        let address = json!({ "line1": "1 rue A", "postalCode": "75007", "city": "Paris" });
        place.done("setDeliveryAddress", json!({ "contactId": c, "address": address }), "").await;
        let started = place.done("startSubscription", order, "subscription { id startsOn endsOn }").await;
        assert_eq!(started["subscription"]["startsOn"], "2026-03-31", "today, in the account's time zone");
        assert_eq!(
            place.refused("deleteContact", json!({ "contactId": c })).await,
            refusal("HAS_LIVE_SUBSCRIPTION", "")
        );
        let s = &started["subscription"]["id"];
        place.done("cancelSubscription", json!({ "subscriptionId": s, "endsOn": "2026-03-31" }), "").await;
        place.later(TimeDelta::days(1));
        let deleted = place
            .done(
                "deleteContact",
                json!({ "contactId": c, "confirm": true }),
                "contact { deletedAt accesses { decision { reason } } }",
            )
            .await;
        assert_eq!(deleted["contact"]["accesses"][0]["decision"]["reason"], "CONTACT_DELETED");
        assert_eq!(
            place.refused("editContact", json!({ "contactId": c, "lastName": "X" })).await,
            refusal("CONTACT_DELETED", "")
        );
    }
}
