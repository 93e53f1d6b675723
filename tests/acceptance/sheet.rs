//! The contact sheet: what a contact has, as it is and as it was (rows K2, K3, K8, K9, B1, B2, B7).

use crate::place::{codes, everywhere, text};
use chrono::TimeDelta;
use serde_json::json;

const SHEET: &str = "query($id: ID!, $asOf: DateTime, $min: Position) { contact(id: $id, asOf: $asOf, minPosition: $min) {
    id version kind profile status displayName firstName lastName companyName email emailVerified phone fax erased deletedAt createdAt externalId
    address { line1 city text missing } registration { status since }
    accesses { id mode opening { kind } origin grantedAt orderedOn anchor { kind at } accessibleSince opensAt
               product { name } decision { open reason } }
    subscriptions { id type state product { name } } } }";

#[tokio::test]
async fn k2_the_sheet_shows_what_was_recorded_and_opens_after_erasure() {
    for place in everywhere().await {
        let input = json!({ "accountId": place.account, "firstName": " Zoe\u{301} ", "lastName": "Ibañez", "email": "Zoé@École.fr", "phone": "+33 1 23",
            "fax": "01 24", "address": { "line1": "1 rue A", "postalCode": "75007", "city": "Paris" }, "clientMutationId": "m1" });
        let added = place.done("addContact", input, "contact { id version }").await;
        assert_eq!(added["clientMutationId"], "m1");
        let id = text(&added["contact"]["id"]);
        let sheet = place.data(SHEET, json!({ "id": id, "min": added["position"] })).await["contact"].clone();
        assert_eq!(
            (&sheet["firstName"], &sheet["email"], &sheet["phone"]),
            (&json!("Zoé"), &json!("zoé@xn--cole-9oa.fr"), &json!("+33 1 23"))
        );
        assert_eq!(
            sheet["address"],
            json!({ "line1": "1 rue A", "city": "Paris", "text": "1 rue A\n75007 Paris", "missing": [] })
        );
        assert_eq!(sheet["registration"], json!({ "status": "NOT_REGISTERED", "since": null }));
        assert_eq!(
            (&sheet["profile"], &sheet["status"], &sheet["kind"]),
            (&json!("CONTACT"), &json!("ACTIVE"), &json!("PERSON"))
        );
        place.later(TimeDelta::hours(1));
        place.done("eraseContact", json!({ "contactId": id, "confirm": true }), "contact { erased lastName }").await;
        for as_of in [None, Some("2026-03-31T10:30:00Z")] {
            let erased = place.data(SHEET, json!({ "id": id, "asOf": as_of })).await["contact"].clone();
            assert_eq!(erased["erased"], true);
            assert!(text(&erased["lastName"]).starts_with("Contact ") && erased["displayName"] == erased["lastName"]);
            for field in ["firstName", "companyName", "email", "phone", "fax", "address"] {
                assert_eq!(erased[field], json!(null), "{field}");
            }
        }
    }
}

#[tokio::test]
async fn k3_every_access_is_on_the_sheet_suspended_and_unopened_ones_too() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        for (name, mode, opening) in [
            ("Ouvert", "ACTIVATED", json!({ "full": true })),
            ("Suspendu", "SUSPENDED", json!({ "full": true })),
            ("Plus tard", "ACTIVATED", json!({ "fromDate": "2026-06-01" })),
            ("Automatique", "AUTOMATIC", json!({ "fromOrderDate": true })),
        ] {
            let p = place.product(name, &[]).await;
            place
                .done("grantAccess", json!({ "contactId": c, "productId": p, "mode": mode, "opening": opening }), "")
                .await;
        }
        let sheet = place.data(SHEET, json!({ "id": c })).await;
        let rows: Vec<_> = sheet["contact"]["accesses"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| (text(&a["product"]["name"]), text(&a["mode"]), text(&a["decision"]["reason"])))
            .collect();
        let expected = [
            ("Ouvert", "ACTIVATED", "OPEN"),
            ("Suspendu", "SUSPENDED", "SUSPENDED"),
            ("Plus tard", "ACTIVATED", "NOT_YET_OPEN"),
            ("Automatique", "AUTOMATIC", "NO_SUBSCRIPTION"),
        ]
        .map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(rows, expected);
    }
}

#[tokio::test]
async fn k8_since_when_is_not_when_it_was_granted() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        place.done("grantAccess", json!({ "contactId": c, "productId": p, "mode": "SUSPENDED" }), "").await;
        place.later(TimeDelta::days(3));
        place.done("setAccessMode", json!({ "contactId": c, "productId": p, "mode": "ACTIVATED" }), "").await;
        place.later(TimeDelta::days(1));
        let access = place.data(SHEET, json!({ "id": c })).await["contact"]["accesses"][0].clone();
        assert_eq!(
            (&access["grantedAt"], &access["accessibleSince"]),
            (&json!("2026-03-31T10:00:00Z"), &json!("2026-04-03T10:00:00Z"))
        );
        assert_eq!(access["origin"], "MANUAL");
    }
}

#[tokio::test]
async fn b1_the_decision_explains_itself_gate_by_gate() {
    for mut place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[0, 7]).await);
        place
            .done("grantAccess", json!({ "contactId": c, "productId": p, "opening": { "fromDate": "2026-04-10" } }), "")
            .await;
        let decision = place.decision(&c, &p, None).await;
        let gates: Vec<_> = decision["trace"]
            .as_array()
            .unwrap()
            .iter()
            .map(|g| (text(&g["gate"]), g["passed"].as_bool().unwrap()))
            .collect();
        let expected = [("CONTACT", true), ("VALIDATION", true), ("MODE", true), ("OPENING", false), ("DRIP", false)]
            .map(|(g, p)| (g.to_owned(), p));
        assert_eq!(gates, expected);
        let opening = &decision["trace"][3];
        assert_eq!(opening["detail"], "The content opens from a given date: 10 April 2026.");
        assert_eq!(opening["event"]["actor"]["kind"], "TOKEN");
        assert_eq!(opening["event"]["at"], "2026-03-31T10:00:00Z");
        assert_eq!(
            (&decision["reason"], &decision["opensAt"]),
            (&json!("NOT_YET_OPEN"), &json!("2026-04-09T22:00:00Z"))
        );
        place.lang = "fr";
        let french = place.decision(&c, &p, None).await;
        assert_eq!(french["trace"][3]["detail"], "Le contenu s’ouvre à partir d’une date précise\u{202f}: 10/04/2026.");
        // A product that was never granted has its answer too.
        let other = place.product("Pilates", &[]).await;
        assert_eq!(place.decision(&c, &other, None).await["reason"], "NOT_GRANTED");
    }
}

#[tokio::test]
async fn b2_the_same_question_about_the_past_and_the_future() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[0, 7]).await);
        place.later(TimeDelta::days(1));
        place.done("grantAccess", json!({ "contactId": c, "productId": p }), "").await;
        place.later(TimeDelta::days(1));
        place.done("setAccessMode", json!({ "contactId": c, "productId": p, "mode": "SUSPENDED" }), "").await;
        for (when, reason) in [
            ("2026-03-31T12:00:00Z", "NOT_GRANTED"),
            ("2026-04-01T10:00:00Z", "OPEN"),
            ("2026-04-02T09:59:59Z", "OPEN"),
            ("2026-04-02T10:00:00Z", "SUSPENDED"),
            ("2030-01-01T00:00:00Z", "SUSPENDED"),
            ("2020-01-01T00:00:00Z", "NOT_GRANTED"),
        ] {
            assert_eq!(place.decision(&c, &p, Some(when)).await["reason"], reason, "{when}");
        }
        let then = place.data(SHEET, json!({ "id": c, "asOf": "2026-04-01T12:00:00Z" })).await["contact"]["accesses"]
            [0]
        .clone();
        assert_eq!((&then["mode"], &then["decision"]["reason"]), (&json!("ACTIVATED"), &json!("OPEN")));
        // The children are of then too: an access's product had its name of then.
        place.later(TimeDelta::days(1));
        place.done("renameProduct", json!({ "productId": p, "name": "Hatha" }), "").await;
        let then = place.data(SHEET, json!({ "id": c, "asOf": "2026-04-01T12:00:00Z" })).await;
        assert_eq!(then["contact"]["accesses"][0]["product"]["name"], "Yoga");
        let query = "query($id: ID!) { contact(id: $id) { accesses { now: decision { reason } then: decision(at: \"2026-04-01T12:00:00Z\") { reason } } } }";
        let both = place.data(query, json!({ "id": c })).await["contact"]["accesses"][0].clone();
        assert_eq!(both, json!({ "now": { "reason": "SUSPENDED" }, "then": { "reason": "OPEN" } }));
        assert_eq!(
            codes(&place.ask(SHEET, json!({ "id": c, "asOf": "2026-12-01T00:00:00Z" })).await),
            ["DATE_INVALID"]
        );
        assert_eq!(codes(&place.ask(SHEET, json!({ "id": c, "asOf": "2020-01-01T00:00:00Z" })).await), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn b7_a_mutation_s_position_reads_what_it_wrote() {
    for place in everywhere().await {
        let p = place.product("Yoga", &[]).await;
        let position =
            place.done("renameProduct", json!({ "productId": p, "name": "Hatha" }), "").await["position"].clone();
        let query = "query($id: ID!, $min: Position) { product(id: $id, minPosition: $min) { name } }";
        assert_eq!(place.data(query, json!({ "id": p, "min": position })).await["product"]["name"], "Hatha");
        // A refusal has one too.
        let refused = place.change("renameProduct", json!({ "productId": p, "name": "" }), "product { name }").await;
        assert_eq!((&refused["position"], &refused["product"]["name"]), (&position, &json!("Hatha")));
        assert_eq!(
            codes(&place.ask(query, json!({ "id": p, "min": "not a position" })).await),
            ["GRAPHQL_VALIDATION_FAILED"]
        );
        // Of another log, as after a restored backup.
        assert_eq!(
            codes(&place.ask(query, json!({ "id": p, "min": "AAAAAAAAAAAAAAAAAAAAAQ" })).await),
            ["READ_MODEL_BEHIND"]
        );
    }
}

#[tokio::test]
async fn anything_is_found_by_its_id() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let access = text(&place.grant(&c, &p).await["id"]);
        let start = json!({ "contactId": c, "productId": p, "type": "Annuel", "billing": "ONE_OFF" });
        let s = text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"]);
        let query = "query($id: ID!) { node(id: $id) { __typename id ... on Access { mode product { name } } } }";
        for (id, kind) in
            [(&place.account, "Account"), (&c, "Contact"), (&p, "Product"), (&s, "Subscription"), (&access, "Access")]
        {
            let node = place.data(query, json!({ "id": id })).await["node"].clone();
            assert_eq!((&node["__typename"], &node["id"]), (&json!(kind), &json!(id)));
        }
        let viewer = place.data("{ viewer { actor { kind label } account { id companyName timeZone policies { graceDays deletion } } } }", json!({})).await;
        assert_eq!(viewer["viewer"]["account"]["id"], place.account.as_str());
        assert_eq!(viewer["viewer"]["actor"], json!({ "kind": "TOKEN", "label": "Access token" }));
    }
}
