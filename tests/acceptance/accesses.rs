//! Giving, editing and taking away access (rows K4 to K22).

use crate::place::{everywhere, refusal, refusals, text};
use chrono::TimeDelta;
use serde_json::json;

#[tokio::test]
async fn k4_granting_what_is_granted_answers_the_access_there_is() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let first = place.grant(&c, &p).await;
        assert_eq!(first["mode"], "ACTIVATED", "a person who grants means it");
        let again = place
            .change(
                "grantAccess",
                json!({ "contactId": c, "productId": p, "mode": "SUSPENDED" }),
                "access { id version mode }",
            )
            .await;
        assert_eq!(refusals(&again), refusal("ALREADY_GRANTED", "productId"));
        assert_eq!(again["access"], first);
        assert_eq!(
            again["userErrors"][0]["message"],
            "This contact already has access to this product. Edit the existing access."
        );
    }
}

#[tokio::test]
async fn k5_archived_unknown_and_foreign_products_are_refused() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        let archived = place.product("Ancien", &[]).await;
        place.done("archiveProduct", json!({ "productId": archived }), "product { archived }").await;
        assert_eq!(
            place.refused("grantAccess", json!({ "contactId": c, "productId": archived })).await,
            refusal("PRODUCT_ARCHIVED", "productId")
        );
        let other = place.another("Autre").await;
        let foreign = other.product("Secret", &[]).await;
        for id in [foreign.as_str(), "prd_00000000000000000000000000000001", "nonsense", ""] {
            assert_eq!(
                place.refused("grantAccess", json!({ "contactId": c, "productId": id })).await,
                refusal("NOT_FOUND", "productId"),
                "{id}"
            );
        }
        place.done("restoreProduct", json!({ "productId": archived }), "product { archived }").await;
        place.grant(&c, &archived).await;
    }
}

#[tokio::test]
async fn k6_the_order_mail_is_off_unless_asked_for_and_its_absence_is_a_warning() {
    for place in everywhere().await {
        let (c, p) = (place.person("Dupont", "anne@exemple.fr").await, place.product("Yoga", &[]).await);
        let payload = place
            .done("grantAccess", json!({ "contactId": c, "productId": p, "sendOrderEmail": true }), "access { mode }")
            .await;
        assert_eq!(payload["warnings"][0]["code"], "ORDER_EMAIL_NOT_CONFIGURED");
        assert_eq!(payload["access"]["mode"], "ACTIVATED");
        let mail = json!({ "subject": "Bienvenue {{firstName}}", "body": "Ouvrez {{accessUrl}}" });
        let input = json!({ "productId": p, "orderEmail": mail });
        let set = place.done("setOrderEmail", input, "product { orderEmail { subject } }").await;
        assert_eq!(set["product"]["orderEmail"]["subject"], "Bienvenue {{firstName}}");
        let other = place.person("Martin", "paul@exemple.fr").await;
        let later = json!({ "contactId": other, "productId": p, "sendOrderEmail": true, "opening": { "fromDate": "2026-09-01" } });
        let payload = place.done("grantAccess", later, "").await;
        assert_eq!(payload["warnings"][0]["code"], "ACCESS_NOT_OPEN", "{payload:#}");
        let bad = json!({ "productId": p, "orderEmail": { "subject": "{{password}}", "body": "x" } });
        assert_eq!(place.refused("setOrderEmail", bad).await, refusal("INVALID", "orderEmail.subject"));
    }
}

#[tokio::test]
async fn k7_a_double_click_grants_once() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let input = json!({ "contactId": c, "productId": p, "idempotencyKey": "click-1" });
        let one = place.done("grantAccess", input.clone(), "access { id version }").await;
        let two = place.done("grantAccess", input, "access { id version }").await;
        assert_eq!(one, two);
    }
}

#[tokio::test]
async fn k10_two_people_editing_one_access_conflict_and_see_the_current_one() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let seen = place.grant(&c, &p).await["version"].clone();
        let edit = |mode: &str| json!({ "contactId": c, "productId": p, "mode": mode, "expectedVersion": seen });
        place.done("editAccess", edit("SUSPENDED"), "").await;
        let lost = place.change("editAccess", edit("AUTOMATIC"), "access { mode version }").await;
        assert_eq!(refusals(&lost), refusal("VERSION_CONFLICT", "expectedVersion"));
        assert_eq!(lost["access"]["mode"], "SUSPENDED");
        assert!(lost["access"]["version"].as_u64() > seen.as_u64());
        // Another access of the same contact is no conflict.
        let q = place.product("Pilates", &[]).await;
        let other = place.grant(&c, &q).await["version"].clone();
        place.done("setAccessMode", json!({ "contactId": c, "productId": p, "mode": "ACTIVATED" }), "").await;
        place
            .done(
                "setAccessMode",
                json!({ "contactId": c, "productId": q, "mode": "SUSPENDED", "expectedVersion": other }),
                "",
            )
            .await;
    }
}

#[tokio::test]
async fn k12_suspended_closes_whatever_else_and_keeps_the_opening() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        place.done("grantAccess", json!({ "contactId": c, "productId": p, "opening": { "full": true } }), "").await;
        assert_eq!(place.decision(&c, &p, None).await["open"], true);
        let set = json!({ "contactId": c, "productId": p, "mode": "SUSPENDED" });
        let payload =
            place.done("setAccessMode", set, "access { mode opening { kind } opensAt decision { open reason } }").await;
        assert_eq!(
            payload["access"],
            json!({ "mode": "SUSPENDED", "opening": { "kind": "FULL" }, "opensAt": null,
                                              "decision": { "open": false, "reason": "SUSPENDED" } })
        );
    }
}

#[tokio::test]
async fn k15_a_grant_by_hand_opens_from_its_own_moment_and_says_so() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[0, 7]).await);
        let wanted = "access { anchor { kind at } accessibleSince opensAt grantedAt orderedOn
                               decision { modules { open opensAt module { opensAfterDays } } } }";
        let access =
            place.done("grantAccess", json!({ "contactId": c, "productId": p }), wanted).await["access"].clone();
        assert_eq!(access["anchor"], json!({ "kind": "GRANT_DATE", "at": "2026-03-31T10:00:00Z" }));
        assert_eq!(access["accessibleSince"], "2026-03-31T10:00:00Z");
        assert_eq!(
            access["decision"]["modules"][1],
            json!({ "open": false, "opensAt": "2026-04-07T10:00:00Z", "module": { "opensAfterDays": 7 } })
        );
        let dated = json!({ "contactId": c, "productId": p, "orderedOn": "2026-03-20" });
        let access = place.done("editAccess", dated, wanted).await["access"].clone();
        assert_eq!(access["anchor"]["kind"], "ORDER_DATE");
        assert_eq!(access["decision"]["modules"][1]["open"], true);
        // Null: as the grant says again; absent would have kept it.
        let kept =
            place.done("editAccess", json!({ "contactId": c, "productId": p, "mode": "ACTIVATED" }), wanted).await;
        assert_eq!(kept["access"]["orderedOn"], "2026-03-20");
        let cleared =
            place.done("editAccess", json!({ "contactId": c, "productId": p, "orderedOn": null }), wanted).await;
        assert_eq!(cleared["access"]["orderedOn"], json!(null));
    }
}

#[tokio::test]
async fn k16_full_access_opens_later_modules_too() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[0, 30]).await);
        place.done("grantAccess", json!({ "contactId": c, "productId": p, "opening": { "full": true } }), "").await;
        let modules = json!([{ "name": "Un", "opensAfterDays": 0 }, { "name": "Bonus", "opensAfterDays": 365 }]);
        place
            .done(
                "setModules",
                json!({ "productId": p, "modules": modules }),
                "product { modules { name } schedules { since } }",
            )
            .await;
        let decision = place.decision(&c, &p, None).await;
        assert!(decision["modules"].as_array().unwrap().iter().all(|m| m["open"] == true), "{decision:#}");
    }
}

#[tokio::test]
async fn k17_advancing_has_bounds_and_shifts_what_is_to_come() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[0, 90]).await);
        place.grant(&c, &p).await;
        let advance = |by: i64, unit: &str| json!({ "contactId": c, "productId": p, "by": by, "unit": unit });
        for (by, unit) in [(0, "DAYS"), (-3, "DAYS"), (3651, "DAYS"), (121, "MONTHS"), (11, "YEARS")] {
            assert_eq!(
                place.refused("advanceAccess", advance(by, unit)).await,
                refusal("ADVANCE_OUT_OF_RANGE", "by"),
                "{by} {unit}"
            );
        }
        let set = json!({ "contactId": c, "productId": p, "opening": { "advanced": { "by": 0, "unit": "DAYS" } } });
        assert_eq!(place.refused("setOpening", set).await, refusal("ADVANCE_OUT_OF_RANGE", "opening.advanced.by"));
        place.done("advanceAccess", advance(1, "MONTHS"), "").await;
        let decision = place.decision(&c, &p, None).await;
        // 31 March + 90 days = 29 June, less one month = 29 May.
        assert_eq!(decision["modules"][1]["opensAt"], "2026-05-29T10:00:00Z");
    }
}

#[tokio::test]
async fn k18_a_chosen_day_opens_at_its_midnight_in_the_account_s_zone() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let grant = json!({ "contactId": c, "productId": p, "opening": { "fromDate": "2026-09-01" } });
        let payload = place
            .done("grantAccess", grant, "access { opensAt opening { kind date timeZone } decision { open reason } }")
            .await;
        assert_eq!(payload["access"]["opensAt"], "2026-08-31T22:00:00Z");
        assert_eq!(
            payload["access"]["opening"],
            json!({ "kind": "FROM_DATE", "date": "2026-09-01", "timeZone": "Europe/Paris" })
        );
        assert_eq!(payload["access"]["decision"], json!({ "open": false, "reason": "NOT_YET_OPEN" }));
        assert_eq!(place.decision(&c, &p, Some("2026-08-31T21:59:59Z")).await["open"], false);
        assert_eq!(place.decision(&c, &p, Some("2026-08-31T22:00:00Z")).await["open"], true);
        let past = json!({ "contactId": c, "productId": p, "opening": { "fromDate": "2020-01-01" } });
        assert_eq!(
            place.done("setOpening", past, "access { decision { open } }").await["access"]["decision"]["open"],
            true
        );
        for bad in ["1899-12-31", "2201-01-01", "9999-01-01"] {
            let set = json!({ "contactId": c, "productId": p, "opening": { "fromDate": bad } });
            assert_eq!(place.refused("setOpening", set).await, refusal("DATE_INVALID", "opening.fromDate"), "{bad}");
        }
    }
}

#[tokio::test]
async fn k19_the_form_s_save_is_one_change_and_answers_the_new_state() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        place.grant(&c, &p).await;
        let before = place
            .data(
                "query($id: ID!) { contact(id: $id) { auditTrail { edges { node { commandId type } } } } }",
                json!({ "id": c }),
            )
            .await;
        let save = json!({ "contactId": c, "productId": p, "mode": "AUTOMATIC", "opening": { "full": true }, "orderedOn": "2026-03-01" });
        let saved =
            place.done("editAccess", save, "access { mode opening { kind } orderedOn decision { reason } }").await;
        assert_eq!(
            saved["access"],
            json!({ "mode": "AUTOMATIC", "opening": { "kind": "FULL" }, "orderedOn": "2026-03-01",
                                            "decision": { "reason": "NO_SUBSCRIPTION" } })
        );
        let after = place
            .data(
                "query($id: ID!) { contact(id: $id) { auditTrail { edges { node { commandId type } } } } }",
                json!({ "id": c }),
            )
            .await;
        let edges = after["contact"]["auditTrail"]["edges"].as_array().unwrap();
        assert_eq!(edges.len(), before["contact"]["auditTrail"]["edges"].as_array().unwrap().len() + 3);
        assert!(edges[..3].iter().all(|e| e["node"]["commandId"] == edges[0]["node"]["commandId"]), "one command");
    }
}

#[tokio::test]
async fn k20_removing_closes_at_once_and_the_history_stays() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        assert_eq!(
            place.refused("removeAccess", json!({ "contactId": c, "productId": p })).await,
            refusal("NOT_GRANTED", "productId")
        );
        place.grant(&c, &p).await;
        place.later(TimeDelta::days(1));
        let removed = place
            .done(
                "removeAccess",
                json!({ "contactId": c, "productId": p }),
                "access { id } contact { accesses { id } }",
            )
            .await;
        assert_eq!((&removed["access"], &removed["contact"]["accesses"]), (&json!(null), &json!([])));
        assert_eq!(place.decision(&c, &p, None).await["reason"], "NOT_GRANTED");
        place.later(TimeDelta::days(1));
        place.grant(&c, &p).await;
        let kinds = place
            .data("query($id: ID!) { contact(id: $id) { auditTrail { edges { node { type } } } } }", json!({ "id": c }))
            .await;
        let kinds: Vec<String> = kinds["contact"]["auditTrail"]["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| text(&e["node"]["type"]))
            .collect();
        assert_eq!(kinds, ["access.granted.v1", "access.removed.v1", "access.granted.v1", "contact.added.v1"]);
    }
}

#[tokio::test]
async fn k21_a_new_schedule_never_locks_what_was_open() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[0, 5]).await);
        place.grant(&c, &p).await;
        place.later(TimeDelta::days(6));
        let modules =
            place.data("query($id: ID!) { product(id: $id) { modules { id name } } }", json!({ "id": p })).await;
        let id = |n: usize| modules["product"]["modules"][n]["id"].clone();
        let slower = json!([{ "id": id(0), "name": "Un", "opensAfterDays": 0 }, { "id": id(1), "name": "Deux", "opensAfterDays": 60 }]);
        place.done("setModules", json!({ "productId": p, "modules": slower }), "").await;
        let decision = place.decision(&c, &p, None).await;
        assert_eq!(decision["modules"][1]["open"], true, "{decision:#}");
        let bad = json!([{ "id": "mod_00000000000000000000000000000009", "name": "X", "opensAfterDays": 0 }, { "name": "", "opensAfterDays": -1 }]);
        let codes = place.refused("setModules", json!({ "productId": p, "modules": bad })).await;
        assert_eq!(
            codes,
            [("NOT_FOUND", "modules.0.id"), ("REQUIRED", "modules.1.name"), ("INVALID", "modules.1.opensAfterDays")]
                .map(|(c, f)| (c.to_owned(), f.to_owned()))
        );
    }
}

#[tokio::test]
async fn one_module_can_be_asked_about() {
    for place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[0, 7]).await);
        place.grant(&c, &p).await;
        let modules = place.data("query($id: ID!) { product(id: $id) { modules { id } } }", json!({ "id": p })).await;
        let query = "query($c: ID!, $p: ID!, $m: ID!, $at: DateTime) {
            accessDecision(contactId: $c, productId: $p, moduleId: $m, at: $at) { open reason opensAt accessibleSince } }";
        let of = |at: Option<&str>| json!({ "c": c, "p": p, "m": modules["product"]["modules"][1]["id"], "at": at });
        let now = place.data(query, of(None)).await;
        let closed = json!({ "open": false, "reason": "NOT_YET_OPEN", "opensAt": "2026-04-07T10:00:00Z", "accessibleSince": null });
        assert_eq!(now["accessDecision"], closed);
        let then = place.data(query, of(Some("2026-04-08T00:00:00Z"))).await;
        assert_eq!(then["accessDecision"]["accessibleSince"], "2026-04-07T10:00:00Z");
    }
}
