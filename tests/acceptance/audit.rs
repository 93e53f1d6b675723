//! The audit trail: who did what, when, through which door, and what it changed (row K8's history; B1's events).

use crate::place::{everywhere, text};
use chrono::TimeDelta;
use serde_json::{Value, json};

const TRAIL: &str = "query($a: ID!, $f: AuditFilter, $first: Int, $after: String, $last: Int, $before: String) {
    auditTrail(accountId: $a, filter: $f, first: $first, after: $after, last: $last, before: $before) {
        totalCount totalCountIsCapped
        pageInfo { hasNextPage endCursor startCursor hasPreviousPage }
        edges { cursor node { position at type sentence actor { kind id label } onBehalfOf origin commandId correlationId
            changes { field before after } contact { displayName } product { name } } } } }";

fn entries(data: &Value) -> Vec<Value> {
    data["auditTrail"]["edges"].as_array().unwrap().iter().map(|e| e["node"].clone()).collect()
}

#[tokio::test]
async fn k8_the_history_says_what_changed_in_the_reader_s_language() {
    for mut place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        place.grant(&c, &p).await;
        place.later(TimeDelta::hours(1));
        place.done("editAccess", json!({ "contactId": c, "productId": p, "mode": "SUSPENDED", "opening": { "advanced": { "by": 2, "unit": "MONTHS" } } }), "").await;
        place.done("editContact", json!({ "contactId": c, "lastName": "Durand", "phone": "01" }), "").await;
        let newest = entries(&place.data(TRAIL, json!({ "a": place.account })).await);
        let change =
            |field: &str, before: Value, after: Value| json!({ "field": field, "before": before, "after": after });
        assert_eq!(newest[0]["sentence"], "Details changed: Last name and Phone");
        assert_eq!(
            newest[0]["changes"],
            json!([change("lastName", json!("Dupont"), json!("Durand")), change("phone", json!(null), json!("01"))])
        );
        assert_eq!(newest[1]["sentence"], "Access to the content of “Yoga” changed: advanced by 2 months");
        assert_eq!(
            newest[1]["changes"],
            json!([change("opening", json!("FROM_ORDER_DATE"), json!("ADVANCED 2 MONTHS"))])
        );
        assert_eq!(newest[2]["changes"], json!([change("mode", json!("ACTIVATED"), json!("SUSPENDED"))]));
        assert_eq!(newest[1]["commandId"], newest[2]["commandId"]);
        assert_eq!(newest[2]["product"]["name"], "Yoga");
        assert_eq!(newest[2]["contact"]["displayName"], "Anne Durand", "what it is called now");
        assert_eq!(
            (&newest[2]["origin"], &newest[2]["actor"]["kind"], &newest[2]["at"]),
            (&json!("API"), &json!("TOKEN"), &json!("2026-03-31T11:00:00Z"))
        );
        place.lang = "fr";
        let french = entries(&place.data(TRAIL, json!({ "a": place.account })).await);
        assert_eq!(french[2]["sentence"], "Mode d’accès à «\u{202f}Yoga\u{202f}» passé à Suspendu");
        assert_eq!(french[2]["actor"]["label"], "Jeton d’accès");
        assert_eq!(french.last().unwrap()["type"], "account.opened.v1");
    }
}

#[tokio::test]
async fn the_trail_is_narrowed_and_paged_both_ways() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        place.later(TimeDelta::days(1));
        place.grant(&c, &p).await;
        let q = place.product("Pilates", &[]).await;
        place.later(TimeDelta::days(1));
        place.done("setAccessMode", json!({ "contactId": c, "productId": p, "mode": "SUSPENDED" }), "").await;
        let kinds = async |filter: Value| {
            let data = place.data(TRAIL, json!({ "a": place.account, "f": filter, "first": 100 })).await;
            let kinds = entries(&data).iter().map(|e| text(&e["type"])).collect::<Vec<_>>();
            assert_eq!(data["auditTrail"]["totalCount"], kinds.len());
            kinds
        };
        assert_eq!(
            kinds(json!({ "productId": p })).await,
            ["access.mode_set.v1", "access.granted.v1", "product.created.v1"]
        );
        assert_eq!(kinds(json!({ "productId": q })).await, ["product.created.v1"]);
        assert_eq!(
            kinds(json!({ "contactId": c, "types": ["access.granted", "contact.added.v1"] })).await,
            ["access.granted.v1", "contact.added.v1"]
        );
        assert_eq!(
            kinds(json!({ "from": "2026-04-01T00:00:00Z", "to": "2026-04-02T00:00:00Z" })).await,
            ["product.created.v1", "access.granted.v1"]
        );
        assert_eq!(kinds(json!({ "origin": "IMPORT" })).await, Vec::<String>::new());
        assert_eq!(kinds(json!({ "origin": "CLI" })).await, ["account.opened.v1"]);
        let me = text(&entries(&place.data(TRAIL, json!({ "a": place.account, "first": 1 })).await)[0]["actor"]["id"]);
        assert_eq!(kinds(json!({ "actorId": me })).await.len(), 5);
        assert_eq!(kinds(json!({ "actorId": "nobody" })).await.len(), 0);

        let mut seen = Vec::new();
        let mut after = Value::Null;
        loop {
            let data = place.data(TRAIL, json!({ "a": place.account, "first": 2, "after": after })).await;
            seen.extend(entries(&data).iter().map(|e| text(&e["position"])));
            after = data["auditTrail"]["pageInfo"]["endCursor"].clone();
            if data["auditTrail"]["pageInfo"]["hasNextPage"] != true {
                break;
            }
        }
        assert_eq!(seen.len(), 6);
        let oldest = place.data(TRAIL, json!({ "a": place.account, "last": 2 })).await;
        assert_eq!(entries(&oldest).iter().map(|e| text(&e["position"])).collect::<Vec<_>>(), seen[4..]);
        let before = place
            .data(
                TRAIL,
                json!({ "a": place.account, "last": 2, "before": oldest["auditTrail"]["pageInfo"]["startCursor"] }),
            )
            .await;
        assert_eq!(entries(&before).iter().map(|e| text(&e["position"])).collect::<Vec<_>>(), seen[2..4]);
    }
}

#[tokio::test]
async fn an_erased_person_is_a_pseudonym_in_the_trail_too() {
    for place in everywhere().await {
        let c = place.person("Ineffable", "ineffable@exemple.fr").await;
        place.done("editContact", json!({ "contactId": c, "firstName": "Ineffable", "phone": "0123456789" }), "").await;
        place.done("eraseContact", json!({ "contactId": c, "confirm": true }), "").await;
        let data = place.data(TRAIL, json!({ "a": place.account, "f": { "contactId": c } })).await;
        assert!(
            !data.to_string().to_lowercase().contains("ineffable") && !data.to_string().contains("0123456789"),
            "{data:#}"
        );
        let newest = entries(&data);
        assert_eq!(newest[0]["sentence"], "Personal data erased");
        assert_eq!(newest[0]["changes"], json!([{ "field": "erased", "before": "false", "after": "true" }]));
        assert!(newest.iter().all(|e| text(&e["contact"]["displayName"]).starts_with("Contact ")));
    }
}
