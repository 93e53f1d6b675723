//! Bad input has a clear, typed answer, and nothing half done.

use crate::place::{codes, everywhere, refusal, refusals, text};
use serde_json::{Value, json};

const UNKNOWN: [&str; 5] =
    ["con_00000000000000000000000000000001", "con_", "", "💥", "con_0000000000000000000000000000000G"];

/// An input with this id in it.
type InputWith<'a> = Box<dyn Fn(&str) -> Value + Send + Sync + 'a>;

#[tokio::test]
async fn an_unknown_id_a_foreign_one_and_no_id_at_all_answer_alike() {
    for place in everywhere().await {
        let other = place.another("Autre").await;
        let (foreign_c, foreign_p) = (other.contact("Secret", "Secret").await, other.product("Secret", &[]).await);
        other.grant(&foreign_c, &foreign_p).await;
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let start = json!({ "contactId": foreign_c, "productId": foreign_p, "type": "X", "billing": "ONE_OFF" });
        let foreign_s =
            text(&other.done("startSubscription", start, "subscription { id }").await["subscription"]["id"]);

        let mutations: Vec<(&str, InputWith<'_>, &str)> = vec![
            ("editContact", Box::new(|id| json!({ "contactId": id, "lastName": "X" })), &foreign_c),
            (
                "editContact",
                Box::new(|id| json!({ "contactId": id, "lastName": "X", "expectedVersion": 99 })),
                &foreign_c,
            ),
            ("setDeliveryAddress", Box::new(|id| json!({ "contactId": id })), &foreign_c),
            ("deleteContact", Box::new(|id| json!({ "contactId": id })), &foreign_c),
            ("eraseContact", Box::new(|id| json!({ "contactId": id })), &foreign_c),
            ("grantAccess", Box::new(|id| json!({ "contactId": id, "productId": p })), &foreign_c),
            ("grantAccess", Box::new(|id| json!({ "contactId": c, "productId": id })), &foreign_p),
            ("editAccess", Box::new(|id| json!({ "contactId": id, "productId": foreign_p })), &foreign_c),
            (
                "setAccessMode",
                Box::new(|id| json!({ "contactId": c, "productId": id, "mode": "SUSPENDED" })),
                &foreign_p,
            ),
            ("removeAccess", Box::new(|id| json!({ "contactId": id, "productId": foreign_p })), &foreign_c),
            (
                "advanceAccess",
                Box::new(|id| json!({ "contactId": id, "productId": foreign_p, "by": 1, "unit": "DAYS" })),
                &foreign_c,
            ),
            ("renameProduct", Box::new(|id| json!({ "productId": id, "name": "X" })), &foreign_p),
            ("archiveProduct", Box::new(|id| json!({ "productId": id })), &foreign_p),
            (
                "startSubscription",
                Box::new(|id| json!({ "contactId": c, "productId": id, "type": "X", "billing": "ONE_OFF" })),
                &foreign_p,
            ),
            ("cancelSubscription", Box::new(|id| json!({ "subscriptionId": id })), &foreign_s),
            ("attachContact", Box::new(|id| json!({ "subscriptionId": id, "contactId": c })), &foreign_s),
            (
                "recordPayment",
                Box::new(
                    |id| json!({ "subscriptionId": id, "state": "PAID", "occurredAt": "2026-03-01T00:00:00Z", "eventId": "e" }),
                ),
                &foreign_s,
            ),
            ("addContact", Box::new(|id| json!({ "accountId": id, "lastName": "X" })), &other.account),
            ("createProduct", Box::new(|id| json!({ "accountId": id, "name": "X" })), &other.account),
            ("renameAccount", Box::new(|id| json!({ "accountId": id, "companyName": "X" })), &other.account),
        ];
        for (mutation, input, foreign) in &mutations {
            let of_foreign = place.change(mutation, input(foreign), "").await;
            if *mutation != "setAccessMode" {
                assert_eq!(refusals(&of_foreign)[0].0, "NOT_FOUND", "{mutation}: {of_foreign:#}");
            }
            for unknown in UNKNOWN {
                assert_eq!(
                    place.change(mutation, input(unknown), "").await.to_string(),
                    of_foreign.to_string(),
                    "{mutation} {unknown:?}"
                );
            }
        }

        let access = format!("axs_{}_{}", &foreign_c[4..], &foreign_p[4..]);
        for (query, foreign) in [
            ("query($id: ID!) { contact(id: $id) { lastName } }", &foreign_c),
            ("query($id: ID!) { contact(id: $id, asOf: \"2026-03-31T10:00:00Z\") { lastName } }", &foreign_c),
            ("query($id: ID!) { product(id: $id) { name } }", &foreign_p),
            ("query($id: ID!) { account(id: $id) { companyName } }", &other.account),
            ("query($id: ID!) { node(id: $id) { id } }", &foreign_c),
            ("query($id: ID!) { node(id: $id) { id } }", &foreign_s),
            ("query($id: ID!) { node(id: $id) { id } }", &access),
            ("query($id: ID!) { contacts(accountId: $id) { totalCount } }", &other.account),
            ("query($id: ID!) { products(accountId: $id) { totalCount } }", &other.account),
            ("query($id: ID!) { subscribers(accountId: $id) { totalCount } }", &other.account),
            ("query($id: ID!) { auditTrail(accountId: $id) { edges { cursor } } }", &other.account),
            (
                &format!("query($id: ID!) {{ accessDecision(contactId: \"{c}\", productId: $id) {{ open }} }}"),
                &foreign_p,
            ),
            (
                &format!("query($id: ID!) {{ accessDecision(contactId: $id, productId: \"{p}\") {{ open }} }}"),
                &foreign_c,
            ),
        ] {
            let of_foreign = place.ask(query, json!({ "id": foreign })).await;
            assert_eq!(codes(&of_foreign), ["NOT_FOUND"], "{query}");
            for unknown in UNKNOWN {
                assert_eq!(
                    place.ask(query, json!({ "id": unknown })).await.to_string(),
                    of_foreign.to_string(),
                    "{query} {unknown:?}"
                );
            }
        }
        let trail =
            "query($a: ID!, $c: ID!) { auditTrail(accountId: $a, filter: { contactId: $c }) { edges { cursor } } }";
        let none = place.data(trail, json!({ "a": place.account, "c": foreign_c })).await;
        assert_eq!(none["auditTrail"]["edges"], json!([]));
    }
}

#[tokio::test]
async fn texts_numbers_and_dates_out_of_range_are_refused_and_change_nothing() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        let p = place.product("Yoga", &[]).await;
        let position = place.grant(&c, &p).await;
        let head = place.service.app.reader().head().await.unwrap();
        let table = [
            ("addContact", json!({ "accountId": place.account, "lastName": "x".repeat(201) }), "TOO_LONG", "lastName"),
            ("addContact", json!({ "accountId": place.account, "lastName": "a\nBcc: x@y.fr" }), "INVALID", "lastName"),
            ("addContact", json!({ "accountId": place.account, "lastName": "a\u{0}b" }), "INVALID", "lastName"),
            (
                "addContact",
                json!({ "accountId": place.account, "lastName": "   " }),
                "NAME_OR_COMPANY_REQUIRED",
                "lastName",
            ),
            (
                "addContact",
                json!({ "accountId": place.account, "lastName": "X", "email": format!("{}@exemple.fr", "x".repeat(300)) }),
                "EMAIL_INVALID",
                "email",
            ),
            (
                "editContact",
                json!({ "contactId": c, "firstName": null, "lastName": "" }),
                "NAME_OR_COMPANY_REQUIRED",
                "lastName",
            ),
            (
                "editContact",
                json!({ "contactId": c, "lastName": "X", "expectedVersion": 99 }),
                "VERSION_CONFLICT",
                "expectedVersion",
            ),
            (
                "editContact",
                json!({ "contactId": c, "lastName": "X", "expectedVersion": -1 }),
                "VERSION_CONFLICT",
                "expectedVersion",
            ),
            ("renameProduct", json!({ "productId": p, "name": "a\u{2028}b" }), "INVALID", "name"),
            ("createProduct", json!({ "accountId": place.account, "name": "" }), "REQUIRED", "name"),
            (
                "createProduct",
                json!({ "accountId": place.account, "name": "X", "modules": [{ "name": "m", "opensAfterDays": 3651 }] }),
                "INVALID",
                "modules.0.opensAfterDays",
            ),
            ("setPolicies", json!({ "accountId": place.account, "graceDays": 366 }), "INVALID", "graceDays"),
            ("setPolicies", json!({ "accountId": place.account, "timeZone": "Mars/Base" }), "INVALID", "timeZone"),
            ("setDeliveryAddress", json!({ "contactId": c, "from": "1066-10-14" }), "DATE_INVALID", "from"),
            (
                "editAccess",
                json!({ "contactId": c, "productId": p, "orderedOn": "0001-01-01" }),
                "DATE_INVALID",
                "orderedOn",
            ),
            (
                "editAccess",
                json!({ "contactId": c, "productId": p, "opening": { "full": false } }),
                "INVALID",
                "opening.full",
            ),
            (
                "editAccess",
                json!({ "contactId": c, "productId": p, "idempotencyKey": "" }),
                "INVALID",
                "idempotencyKey",
            ),
            ("openAccount", json!({ "companyName": "X" }), "FORBIDDEN", ""),
        ];
        for (mutation, input, code, field) in table {
            assert_eq!(place.refused(mutation, input.clone()).await, refusal(code, field), "{mutation} {input}");
        }
        assert_eq!(
            place.service.app.reader().head().await.unwrap(),
            head,
            "nothing was recorded; the grant was {position}"
        );
    }
}

#[tokio::test]
async fn what_no_type_takes_is_refused_before_anything_runs() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        let edit = "mutation($input: EditAccessInput!) { editAccess(input: $input) { position } }";
        for input in [
            json!({ "contactId": c }),
            json!({ "contactId": c, "productId": "p", "mode": "MAYBE" }),
            json!({ "contactId": c, "productId": "p", "opening": { "full": true, "fromDate": "2026-01-01" } }),
            json!({ "contactId": c, "productId": "p", "opening": {} }),
            json!({ "contactId": c, "productId": "p", "opening": { "fromDate": "2026-02-30" } }),
            json!({ "contactId": c, "productId": "p", "orderedOn": "tomorrow" }),
            json!({ "contactId": c, "productId": "p", "surprise": 1 }),
            json!({ "contactId": c, "productId": "p", "expectedVersion": "1" }),
            json!(null),
        ] {
            assert_eq!(
                codes(&place.ask(edit, json!({ "input": input })).await),
                ["GRAPHQL_VALIDATION_FAILED"],
                "{input}"
            );
        }
        for query in [
            "{ nobody }",
            "query { contact(id: 1.5) { id } }",
            "{ viewer { actor } }",
            "subscription { contactChanged { id } }",
        ] {
            let answer = place.ask(query, json!({})).await;
            assert_eq!(codes(&answer)[0], "GRAPHQL_VALIDATION_FAILED", "{query} {answer}");
        }
        assert_eq!(codes(&place.ask("{ viewer { ", json!({})).await), ["GRAPHQL_PARSE_FAILED"]);
    }
}

#[tokio::test]
async fn operators_open_accounts_and_reach_none() {
    for place in everywhere().await {
        let open = "mutation($input: OpenAccountInput!) { openAccount(input: $input) { account { id number companyName locale timeZone } userErrors { code field } position } }";
        let input = json!({ "input": { "companyName": "Club", "locale": "en", "timeZone": "Indian/Reunion" } });
        let answer = place.ask_as(&place.operator, open, input).await.json();
        let account = &answer["data"]["openAccount"]["account"];
        assert_eq!((&account["companyName"], &account["timeZone"]), (&json!("Club"), &json!("Indian/Reunion")));
        assert_eq!(text(&account["number"]).len(), 9);
        let bad = place
            .ask_as(&place.operator, open, json!({ "input": { "companyName": "", "locale": "de", "timeZone": "x" } }))
            .await
            .json();
        assert_eq!(refusals(&bad["data"]["openAccount"]).len(), 3);
        let read = place
            .ask_as(&place.operator, "query($id: ID!) { account(id: $id) { number } }", json!({ "id": account["id"] }))
            .await
            .json();
        assert_eq!(codes(&read), ["NOT_FOUND"]);
        let viewer =
            place.ask_as(&place.operator, "{ viewer { actor { kind } account { id } } }", json!({})).await.json();
        assert_eq!(viewer["data"]["viewer"], json!({ "actor": { "kind": "OPERATOR" }, "account": null }));
        let add =
            "mutation($a: ID!) { addContact(input: { accountId: $a, lastName: \"X\" }) { userErrors { code field } } }";
        let refused = place.ask_as(&place.operator, add, json!({ "a": account["id"] })).await.json();
        assert_eq!(refusals(&refused["data"]["addContact"]), refusal("FORBIDDEN", ""));
    }
}
