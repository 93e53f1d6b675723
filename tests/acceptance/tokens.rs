//! Tokens of programs: what each may, until when, and what the trail says of them.

use crate::place::{Place, codes, everywhere, refusal, text};
use chrono::TimeDelta;
use serde_json::{Value, json};

const NAME: &str = "query($id: ID!) { account(id: $id) { companyName } }";

impl Place {
    /// A token of this account with these scopes: the token, and its id.
    async fn program(&self, scopes: Value, expires_at: Option<&str>) -> (String, String) {
        let input = json!({
            "role": "ACCOUNT", "accountId": self.account, "name": "cash desk", "scopes": scopes, "expiresAt": expires_at,
        });
        let made = self.done_as(&self.token, "createToken", input, "token tokenId").await;
        (text(&made["token"]), text(&made["tokenId"]))
    }

    async fn tokens(&self) -> Value {
        let query = "query($a: ID!) { tokens(accountId: $a) { id role scopes name expiresAt revokedAt lastUsedAt } }";
        self.data(query, json!({ "a": self.account })).await["tokens"].clone()
    }
}

async fn status(place: &Place, token: &str) -> u16 {
    place.ask_as(token, "{ viewer { actor { kind } } }", json!({})).await.status.as_u16()
}

#[tokio::test]
async fn a_program_may_what_its_scopes_say_and_no_more() {
    for place in everywhere().await {
        let contact = place.person("Durand", "zoe@exemple.fr").await;
        let product = place.product("Yoga", &[]).await;
        place.done("grantAccess", json!({ "contactId": contact, "productId": product }), "access { id }").await;
        let decision = "query($c: ID!, $p: ID!) { accessDecision(contactId: $c, productId: $p) { open reason } }";
        let sheet = "query($c: ID!) { contact(id: $c) { lastName } }";
        let list = "query($a: ID!) { contacts(accountId: $a) { totalCount } }";
        let trail = "query($a: ID!) { auditTrail(accountId: $a) { totalCount } }";
        let asked = json!({ "c": contact, "p": product, "a": place.account });

        let (check, _) = place.program(json!(["ACCESS_CHECK"]), None).await;
        let open = place.ask_as(&check, decision, asked.clone()).await.json();
        assert_eq!(open["data"]["accessDecision"]["open"], true, "{open:#}");
        for query in [sheet, list, trail, NAME] {
            let answer =
                place.ask_as(&check, query, json!({ "c": contact, "a": place.account, "id": place.account })).await;
            assert_eq!(codes(&answer.json()), ["NOT_FOUND"], "{query}");
        }
        for (mutation, input) in [
            ("removeAccess", json!({ "contactId": contact, "productId": product })),
            ("editContact", json!({ "contactId": contact, "lastName": "Autre" })),
            ("addContact", json!({ "accountId": place.account, "lastName": "Autre" })),
            ("inviteGuest", json!({ "accountId": place.account, "email": "x@exemple.fr", "permissions": [] })),
            ("createToken", json!({ "role": "ACCOUNT", "accountId": place.account, "name": "more" })),
        ] {
            assert_eq!(place.refused_as(&check, mutation, input).await, refusal("FORBIDDEN", ""), "{mutation}");
        }

        let (support, _) = place.program(json!(["SUPPORT"]), None).await;
        place
            .done_as(&support, "editContact", json!({ "contactId": contact, "lastName": "Petit" }), "contact { id }")
            .await;
        let remove = json!({ "contactId": contact, "productId": product });
        assert_eq!(place.refused_as(&support, "removeAccess", remove.clone()).await, refusal("FORBIDDEN", ""));
        let (deployment, _) = place.program(json!(["DEPLOYMENT", "OTHER"]), None).await;
        place.done_as(&deployment, "removeAccess", remove, "contact { id }").await;

        // Who holds less than the owner does not take over the owner, and gives nothing they do not hold.
        let (security, _) = place.program(json!(["SECURITY"]), None).await;
        let invite = json!({ "accountId": place.account, "email": "x@exemple.fr", "permissions": ["BILLING"] });
        let refused = place.refused_as(&security, "inviteGuest", invite).await;
        assert_eq!(refused[0].0, "PERMISSION_NOT_HELD");
        let invite = json!({ "accountId": place.account, "email": "x@exemple.fr", "permissions": ["SECURITY"] });
        place.done_as(&security, "inviteGuest", invite, "contact { id }").await;
    }
}

#[tokio::test]
async fn an_erp_program_sends_records_and_nothing_else() {
    for place in everywhere().await {
        place.connect(None).await;
        let (erp, _) = place.program(json!(["ERP"]), None).await;
        let record = json!({ "externalId": "C-1", "lastName": "Durand", "firstName": "Zoé" });
        let input = json!({ "accountId": place.account, "records": [record] });
        let sent = place.done_as(&erp, "syncErpRecords", input, "counts { created }").await;
        assert_eq!(sent["counts"]["created"], 1, "{sent:#}");
        let answer = place.ask_as(&erp, NAME, json!({ "id": place.account })).await;
        assert_eq!(codes(&answer.json()), ["NOT_FOUND"]);
        let add = json!({ "accountId": place.account, "lastName": "Autre" });
        assert_eq!(place.refused_as(&erp, "addContact", add).await, refusal("FORBIDDEN", ""));
    }
}

#[tokio::test]
async fn a_token_ends_when_it_was_said_and_when_it_is_revoked() {
    for place in everywhere().await {
        let (ending, _) = place.program(json!(["OWNER"]), Some("2026-03-31T11:00:00Z")).await;
        let (revoked, id) = place.program(json!(["OWNER"]), None).await;
        assert_eq!((status(&place, &ending).await, status(&place, &revoked).await), (200, 200));
        place.later(TimeDelta::hours(1));
        // What is remembered of a token is forgotten within a second.
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        assert_eq!((status(&place, &ending).await, status(&place, &revoked).await), (401, 200));

        let other = place.another("Autre").await;
        let revoke = json!({ "tokenId": id });
        assert_eq!(
            place.refused_as(&other.token, "revokeToken", revoke.clone()).await,
            refusal("NOT_FOUND", "tokenId")
        );
        let unknown = json!({ "tokenId": "00000000000000000000000000000001" });
        assert_eq!(place.refused_as(&place.token, "revokeToken", unknown).await, refusal("NOT_FOUND", "tokenId"));
        for _ in 0..2 {
            let ended = place.done_as(&place.token, "revokeToken", revoke.clone(), "token { revokedAt }").await;
            assert_eq!(ended["token"]["revokedAt"], "2026-03-31T11:00:00Z");
        }
        // That it is ended is told to nobody else either.
        let (support, _) = place.program(json!(["SUPPORT"]), None).await;
        assert_eq!(place.refused_as(&support, "revokeToken", revoke.clone()).await, refusal("FORBIDDEN", ""));
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        assert_eq!(status(&place, &revoked).await, 401);
        assert_eq!(status(&place, &other.token).await, 200);
    }
}

#[tokio::test]
async fn tokens_are_listed_without_what_opens_anything_and_the_trail_tells_of_them() {
    for place in everywhere().await {
        let (token, id) = place.program(json!(["SUPPORT", "ERP"]), Some("2027-01-01T00:00:00Z")).await;
        assert_eq!(status(&place, &token).await, 200);
        let listed = place.tokens().await;
        let expected = json!({
            "id": id, "role": "ACCOUNT", "scopes": ["SUPPORT", "ERP"], "name": "cash desk",
            "expiresAt": "2027-01-01T00:00:00Z", "revokedAt": null, "lastUsedAt": "2026-03-31T10:00:00Z",
        });
        assert!(listed.as_array().unwrap().contains(&expected), "{listed:#}");
        assert!(!listed.to_string().contains("ses_"));
        place.done_as(&place.operator, "revokeToken", json!({ "tokenId": id }), "token { id }").await;

        let query = "query($a: ID!) { auditTrail(accountId: $a, first: 2) { edges { node { type sentence actor { kind id } } } } }";
        let trail = place.data(query, json!({ "a": place.account })).await;
        let told: Vec<(String, String)> = trail["auditTrail"]["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|edge| (text(&edge["node"]["type"]), text(&edge["node"]["sentence"])))
            .collect();
        assert_eq!(told[0].0, "account.token_revoked.v1");
        assert_eq!(told[1], ("account.token_made.v1".into(), "Access token made: cash desk (SUPPORT, ERP)".into()));
        let other = place.another("Autre").await;
        let asked = other.ask("query($a: ID!) { tokens(accountId: $a) { name } }", json!({ "a": place.account })).await;
        assert_eq!(codes(&asked), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn o8_a_token_asked_for_twice_is_made_once_and_shown_once() {
    for place in everywhere().await {
        let program = json!({
            "role": "ACCOUNT", "accountId": place.account, "name": "cash desk", "scopes": ["SUPPORT"], "idempotencyKey": "k1",
        });
        let staff = json!({ "role": "STAFF", "name": "desk", "idempotencyKey": "k1" });
        for (input, by) in [(&program, &place.token), (&staff, &place.operator)] {
            let made = place.done_as(by, "createToken", input.clone(), "token tokenId").await;
            assert_eq!(status(&place, &text(&made["token"])).await, 200);
            let mutation = "mutation($i: CreateTokenInput!) { createToken(input: $i) { token tokenId userErrors { code field message } } }";
            let again = place.ask_as(by, mutation, json!({ "i": input })).await.json()["data"]["createToken"].clone();
            assert_eq!((&again["token"], &again["tokenId"]), (&Value::Null, &made["tokenId"]), "{again:#}");
            let told = &again["userErrors"][0];
            assert_eq!((&told["code"], &told["field"]), (&json!("NOT_ALLOWED_NOW"), &json!(["idempotencyKey"])));
            assert!(text(&told["message"]).contains("revoke it and make another"), "{told:#}");

            let mut other = input.clone();
            other["name"] = json!("another");
            let refused = place.refused_as(by, "createToken", other.clone()).await;
            assert_eq!(refused, refusal("IDEMPOTENCY_MISMATCH", "idempotencyKey"));
            other["idempotencyKey"] = json!("k2");
            let second = place.done_as(by, "createToken", other, "tokenId").await;
            assert_ne!(second["tokenId"], made["tokenId"]);
        }
        let named = place.tokens().await.as_array().unwrap().iter().filter(|row| row["name"] == "cash desk").count();
        assert_eq!(named, 1);
    }
}

#[tokio::test]
async fn a_token_without_a_name_a_scope_or_a_future_is_refused() {
    for place in everywhere().await {
        let input = json!({
            "role": "ACCOUNT", "accountId": place.account, "name": "", "scopes": [], "expiresAt": "2026-01-01T00:00:00Z",
        });
        let fields: Vec<(String, String)> = place.refused_as(&place.token, "createToken", input).await;
        let expected = [("INVALID", "name"), ("REQUIRED", "scopes"), ("DATE_INVALID", "expiresAt")];
        assert_eq!(fields, expected.map(|(code, field)| (code.to_owned(), field.to_owned())));
    }
}
