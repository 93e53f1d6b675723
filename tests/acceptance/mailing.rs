//! Acts that write to people: not again and again to one person, and once in a document (A7).

use crate::place::{codes, everywhere, text};
use chrono::TimeDelta;
use serde_json::json;

const MEMBER: &str = "contact { id }";

#[tokio::test]
async fn a7_nobody_is_written_to_again_and_again_by_inviting_and_taking_back() {
    for place in everywhere().await {
        let invite = json!({ "accountId": place.account, "email": "zoe@exemple.fr", "permissions": [] });
        let mut contact = String::new();
        for _ in 0..10 {
            contact = text(&place.done("inviteGuest", invite.clone(), MEMBER).await["contact"]["id"]);
            place.done("revokeInvitation", json!({ "contactId": contact }), "").await;
        }
        let before = place.mails().await.len();
        let document =
            "mutation($input: InviteGuestInput!) { inviteGuest(input: $input) { userErrors { code message } } }";
        let answer = place.ask_as(&place.token, document, json!({ "input": invite })).await;
        let errors = answer.json()["data"]["inviteGuest"]["userErrors"].clone();
        assert_eq!(errors[0]["code"], "RATE_LIMITED", "{errors}");
        assert!(text(&errors[0]["message"]).contains("600"), "{errors}");
        assert_eq!(answer.headers["retry-after"], "600");
        assert_eq!(place.mails().await.len(), before);
        // Somebody else is invited all the same, and this one later.
        let other = json!({ "accountId": place.account, "email": "max@exemple.fr", "permissions": [] });
        place.done("inviteGuest", other, MEMBER).await;
        place.later(TimeDelta::minutes(10));
        assert_eq!(text(&place.done("inviteGuest", invite, MEMBER).await["contact"]["id"]), contact);
    }
}

#[tokio::test]
async fn a7_one_document_invites_once() {
    for place in everywhere().await {
        let before = place.mails().await.len();
        let invite = |n: usize| {
            format!(
                "i{n}: inviteGuest(input: {{ accountId: \"{}\", email: \"guest{n}@exemple.fr\", permissions: [] }}) {{ position }}",
                place.account
            )
        };
        let answer = place.ask(&format!("mutation {{ {} {} }}", invite(1), invite(2)), json!({})).await;
        assert_eq!(codes(&answer), ["QUERY_TOO_COMPLEX"]);
        assert_eq!(answer["errors"][0]["extensions"]["bound"], "MAILS");
        assert_eq!(place.mails().await.len(), before, "none was carried out");
    }
}

#[tokio::test]
async fn a7_nobody_is_written_to_again_and_again_by_opening_and_closing_the_portal() {
    for place in everywhere().await {
        let contact = place.person("Durand", "zoe@exemple.fr").await;
        let open = json!({ "contactId": contact, "role": "SUBSCRIBER" });
        for _ in 0..10 {
            place.done("openPortalAccount", open.clone(), "").await;
            place.done("closePortalAccount", json!({ "contactId": contact }), "").await;
        }
        let before = place.mails().await.len();
        assert_eq!(place.refused("openPortalAccount", open.clone()).await[0].0, "RATE_LIMITED");
        assert_eq!(place.mails().await.len(), before);
        place.later(TimeDelta::minutes(10));
        place.done("openPortalAccount", open, "").await;
    }
}

#[tokio::test]
async fn a7_nobody_is_written_to_again_and_again_by_giving_and_taking_an_access() {
    for place in everywhere().await {
        let contact = place.person("Durand", "zoe@exemple.fr").await;
        let product = place.product("Yoga", &[0]).await;
        let access = json!({ "contactId": contact, "productId": product });
        let mailed = json!({ "contactId": contact, "productId": product, "sendOrderEmail": true });
        for _ in 0..10 {
            place.done("grantAccess", mailed.clone(), "").await;
            place.done("removeAccess", access.clone(), "").await;
        }
        assert_eq!(place.refused("grantAccess", mailed.clone()).await[0].0, "RATE_LIMITED");
        // Without a mail it is given all the same, and with one later.
        place.done("grantAccess", access.clone(), "").await;
        place.done("removeAccess", access, "").await;
        place.later(TimeDelta::minutes(10));
        place.done("grantAccess", mailed, "").await;
    }
}

#[tokio::test]
async fn a7_a_token_that_makes_tokens_writes_to_no_more_people_for_it() {
    for place in everywhere().await {
        let buckets = async || {
            let count = projections::Ask::<(i64,)>::new("SELECT COUNT(*) FROM rate_limit", []);
            place.service.db().fetch_optional(count).await.unwrap().unwrap().0
        };
        let before = buckets().await;
        let make = json!({ "role": "ACCOUNT", "accountId": place.account, "name": "a second one" });
        let second = text(&place.done_as(&place.token, "createToken", make, "token").await["token"]);
        for (n, token) in [place.token.clone(), second].iter().enumerate() {
            let invite = json!({ "accountId": place.account, "email": format!("g{n}@exemple.fr"), "permissions": [] });
            place.done_as(token, "inviteGuest", invite, MEMBER).await;
        }
        assert_eq!(buckets().await, before + 3, "one of each person, and one of the account's programs together");
    }
}
