//! Logins and tokens: who opens them, and what a token may (rows O1, O3, U12; who may do what).

use crate::place::{Place, codes, everywhere, refusal, refusals, text};
use serde_json::{Value, json};
use sesame::app::policies;

impl Place {
    /// The payload of a mutation by a holder of another token.
    pub async fn change_as(&self, token: &str, mutation: &str, input: Value, wanted: &str) -> Value {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {wanted} userErrors {{ code field message }} }} }}"
        );
        let answer = self.ask_as(token, &query, json!({ "input": input })).await.json();
        assert!(answer.get("errors").is_none(), "{mutation}: {answer:#}");
        answer["data"][mutation].clone()
    }

    /// The same, carried out.
    pub async fn done_as(&self, token: &str, mutation: &str, input: Value, wanted: &str) -> Value {
        let payload = self.change_as(token, mutation, input, wanted).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}: {payload:#}");
        payload
    }

    /// The codes and fields of a mutation by a holder of another token that is refused.
    pub async fn refused_as(&self, token: &str, mutation: &str, input: Value) -> Vec<(String, String)> {
        refusals(&self.change_as(token, mutation, input, "").await)
    }

    /// Waits until what follows from events was done, also what the service itself has in hand.
    pub async fn settled(&self) {
        for _ in 0..2_000 {
            self.service.app.bring_about_due().await.unwrap();
            if policies::waiting(self.service.db()).await.unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("what follows is never done");
    }

    /// A user with a verified e-mail, linked to whoever was recorded with it; its id and a token.
    pub async fn user(&self, email: &str) -> (String, String) {
        let register = json!({ "email": email, "name": "Une personne" });
        let user = text(&self.done_as(&self.operator, "registerUser", register, "user { id }").await["user"]["id"]);
        self.done_as(&self.operator, "verifyUserEmail", json!({ "userId": user }), "").await;
        self.settled().await;
        let token = json!({ "role": "USER", "userId": user, "name": "a test" });
        let token = text(&self.done_as(&self.operator, "createToken", token, "token").await["token"]);
        (user, token)
    }

    /// What is asked by a holder of another token.
    pub async fn data_as(&self, token: &str, query: &str, variables: Value) -> Value {
        let answer = self.ask_as(token, query, variables).await.json();
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].clone()
    }
}

#[tokio::test]
async fn o1_a_user_has_one_login_whose_verified_email_nobody_else_has() {
    for place in everywhere().await {
        let (user, token) = place.user(" Zoe@Exemple.fr ").await;
        let viewer = place
            .data_as(
                &token,
                "{ viewer { actor { kind id } account { id } user { id email emailVerified } } }",
                json!({}),
            )
            .await["viewer"]
            .clone();
        assert_eq!(viewer["actor"]["kind"], "USER");
        assert_eq!(viewer["account"], Value::Null, "no account has this address");
        assert_eq!(viewer["user"], json!({ "id": user, "email": "zoe@exemple.fr", "emailVerified": true }));

        // Anyone may have typed the address; it is theirs who shows it first.
        let register = json!({ "email": "zoe@exemple.fr" });
        let other = place.done_as(&place.operator, "registerUser", register, "user { id emailVerified }").await;
        assert_eq!(other["user"]["emailVerified"], false);
        let verify = json!({ "userId": other["user"]["id"] });
        let refused = place.refused_as(&place.operator, "verifyUserEmail", verify).await;
        assert_eq!(refused, refusal("EMAIL_TAKEN", "email"));
    }
}

#[tokio::test]
async fn o1_only_operators_and_support_open_logins_and_only_owners_make_tokens_of_an_account() {
    for place in everywhere().await {
        let (user, token) = place.user("zoe@exemple.fr").await;
        let register = json!({ "email": "other@exemple.fr" });
        for held in [&place.token, &token] {
            let refused = place.refused_as(held, "registerUser", register.clone()).await;
            assert_eq!(refused, refusal("FORBIDDEN", ""));
        }
        let staff = json!({ "role": "STAFF", "name": "support" });
        let staff = text(&place.done_as(&place.operator, "createToken", staff, "token").await["token"]);
        place.done_as(&staff, "registerUser", register, "user { id }").await;

        let program = json!({ "role": "ACCOUNT", "accountId": place.account, "name": "cash desk" });
        let made = text(&place.done_as(&place.token, "createToken", program.clone(), "token").await["token"]);
        let name = "query($id: ID!) { account(id: $id) { companyName } }";
        let seen = place.data_as(&made, name, json!({ "id": place.account })).await;
        assert_eq!(seen["account"]["companyName"], "Éditions du Phare");
        let other = place.another("Autre").await;
        assert_eq!(
            place.refused_as(&other.token, "createToken", program.clone()).await,
            refusal("NOT_FOUND", "accountId")
        );
        for role in [json!({ "role": "OPERATOR", "name": "x" }), json!({ "role": "USER", "userId": user, "name": "x" })]
        {
            assert_eq!(place.refused_as(&place.token, "createToken", role).await, refusal("FORBIDDEN", ""));
        }
        assert_eq!(place.refused_as(&token, "createToken", program).await, refusal("FORBIDDEN", ""));
    }
}

#[tokio::test]
async fn o4_a_user_who_reaches_no_account_learns_nothing_of_any() {
    for place in everywhere().await {
        let (_, token) = place.user("zoe@exemple.fr").await;
        let contact = place.person("Durand", "durand@exemple.fr").await;
        for query in [
            "query($id: ID!) { account(id: $id) { number } }",
            "query($id: ID!) { contacts(accountId: $id) { totalCount } }",
            "query($id: ID!) { subscribers(accountId: $id) { totalCount } }",
            "query($id: ID!) { products(accountId: $id) { totalCount } }",
            "query($id: ID!) { auditTrail(accountId: $id) { totalCount } }",
            "query($id: ID!) { node(id: $id) { id } }",
        ] {
            let asked = place.ask_as(&token, query, json!({ "id": place.account })).await.json();
            let unknown = place.ask_as(&token, query, json!({ "id": "acc_00000000000000000000000000000001" })).await;
            assert_eq!(codes(&asked), ["NOT_FOUND"], "{query}");
            assert_eq!(asked, unknown.json(), "{query}");
        }
        let edit = json!({ "contactId": contact, "lastName": "Autre" });
        assert_eq!(place.refused_as(&token, "editContact", edit).await, refusal("FORBIDDEN", ""));
        let add = json!({ "accountId": place.account, "lastName": "Autre" });
        assert_eq!(place.refused_as(&token, "addContact", add).await, refusal("FORBIDDEN", ""));
    }
}
