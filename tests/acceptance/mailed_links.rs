//! What mailed links lead to: a page that changes nothing, and a form that does, once (rows A12, O10, U15).

use crate::{
    browser::{OTHER_PASSWORD, PASSWORD},
    place::{everywhere, text},
};
use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

/// The path of an address of ours.
fn path(link: &str) -> String {
    link.strip_prefix("https://sesame.exemple.fr").expect("an address of ours").to_owned()
}

#[tokio::test]
async fn a12_looking_at_a_link_changes_nothing_and_posting_its_form_does_once() {
    for place in everywhere().await {
        let contact = place.person("Durand", "zoe@exemple.fr").await;
        let (link, template) = place.link_to("zoe@exemple.fr").await;
        assert_eq!(template, "verify_email");
        let (browser, path) = (place.browser(), path(&link));
        let head = place.service.app.reader().head().await.unwrap().position;
        for _ in 0..5 {
            let page = browser.get(&path).await;
            assert_eq!(page.status, 200);
            assert!(
                page.text.contains("Éditions du Phare") && page.text.contains("<form method=\"post\""),
                "{}",
                page.text
            );
            assert_eq!(page.headers["referrer-policy"], "same-origin");
            assert_eq!(page.headers["cache-control"], "no-store");
            let policy = page.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("default-src 'none'") && !policy.contains("script"), "{policy}");
        }
        assert_eq!(browser.send(Method::HEAD, &path, None, String::new()).await.status, 200);
        assert_eq!(place.service.app.reader().head().await.unwrap().position, head, "nothing happened");

        assert_eq!(browser.form(&path, &[]).await.status, 200);
        let status = "query($id: ID!) { contact(id: $id) { emailVerification { status } } }";
        let status =
            place.data(status, json!({ "id": contact })).await["contact"]["emailVerification"]["status"].clone();
        assert_eq!(status, "VERIFIED");
        // Used, unknown, and of something else: one page.
        let used = browser.get(&path).await;
        let mut pages = vec![browser.form(&path, &[]).await];
        pages.push(browser.get("/links/nothing").await);
        pages.push(browser.form("/links/nothing", &[("password", PASSWORD)]).await);
        pages.push(browser.get(&format!("/links/{}", "A".repeat(87))).await);
        for page in pages {
            assert_eq!((page.status, &page.text), (used.status, &used.text));
        }
        assert_eq!(used.status, 404);
    }
}

#[tokio::test]
async fn a12_the_link_of_a_sign_up_is_a_page_that_holds_a_form_for_a_password() {
    for place in everywhere().await {
        let browser = place.browser();
        let field = "<b>Zoé</b>";
        browser.post("/auth/sign-up", json!({ "email": "zoe@exemple.fr", "name": field })).await;
        let path = path(&place.link_to("zoe@exemple.fr").await.0);
        for _ in 0..3 {
            let page = browser.get(&path).await;
            assert!(page.text.contains("zoe@exemple.fr") && page.text.contains("type=\"password\""), "{}", page.text);
            assert!(!page.text.contains("<b>"));
        }
        let weak = browser.form(&path, &[("password", "azertyuiop12")]).await;
        assert_eq!((weak.status.as_u16(), weak.text.contains("too easy to guess")), (422, true));
        let chosen = browser.form(&path, &[("password", PASSWORD)]).await;
        assert_eq!((chosen.status.as_u16(), chosen.text.contains("action=\"/sign-in\"")), (200, true));
        assert_eq!(browser.form(&path, &[("password", OTHER_PASSWORD)]).await.status, 404);
        assert_eq!(browser.sign_in("zoe@exemple.fr", PASSWORD).await.status, 200);

        // After a day it opens nothing.
        place.browser().post("/auth/sign-up", json!({ "email": "late@exemple.fr" })).await;
        let late = place.link_to("late@exemple.fr").await.0;
        place.later(TimeDelta::hours(25));
        assert_eq!(browser.get(&late.replace("https://sesame.exemple.fr", "")).await.status, 404);
    }
}

#[tokio::test]
async fn o10_an_invitation_is_answered_on_its_page_by_whoever_was_invited() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        place.signed_up("max@exemple.fr").await;
        let invite = json!({ "accountId": place.account, "email": "zoe@exemple.fr", "permissions": ["SUPPORT"] });
        let contact = text(&place.done("inviteGuest", invite, "contact { id }").await["contact"]["id"]);
        let path = path(&place.link_to("zoe@exemple.fr").await.0);
        // Not signed in: it says how, and nothing of whether there is a login.
        let page = place.browser().get(&path).await;
        assert!(page.text.contains("action=\"/sign-in\"") && page.text.contains("action=\"/sign-up\""));
        assert!(page.text.contains(&format!("name=\"next\" value=\"{path}\"")), "{}", page.text);
        assert_eq!(place.browser().form(&path, &[("answer", "accept")]).await.status, 401);

        let stranger = place.signed_in("max@exemple.fr").await;
        let csrf = stranger.csrf().await;
        let refused = stranger.form(&path, &[("answer", "accept"), ("_csrf", &csrf)]).await;
        assert_eq!((refused.status.as_u16(), refused.text.contains("addressed to somebody else")), (422, true));

        let browser = place.signed_in("zoe@exemple.fr").await;
        assert_eq!(browser.form(&path, &[("answer", "accept"), ("_csrf", &csrf)]).await.status, 403, "another's token");
        let csrf = browser.csrf().await;
        assert!(browser.get(&path).await.text.contains(&csrf));
        assert_eq!(browser.form(&path, &[("answer", "accept"), ("_csrf", &csrf)]).await.status, 200);
        let status = "query($id: ID!) { contact(id: $id) { status } }";
        assert_eq!(place.data(status, json!({ "id": contact })).await["contact"]["status"], "ACTIVE");
        assert_eq!(browser.get(&path).await.status, 404);
    }
}

#[tokio::test]
async fn o10_a_whole_address_is_accepted_where_a_link_is() {
    for place in everywhere().await {
        let (_, token) = place.user("zoe@exemple.fr").await;
        let invite = json!({ "accountId": place.account, "email": "zoe@exemple.fr", "permissions": ["OTHER"] });
        place.done("inviteGuest", invite, "contact { id }").await;
        let link = place.link_to("zoe@exemple.fr").await.0;
        assert!(link.starts_with("https://"));
        place.done_as(&token, "acceptInvitation", json!({ "link": link }), "").await;
        place.person("Martin", "max@exemple.fr").await;
        let link = place.link_to("max@exemple.fr").await.0;
        place.done("verifyEmail", json!({ "link": link }), "").await;
    }
}

#[tokio::test]
async fn u15_the_link_to_the_portal_chooses_a_password_once_for_the_address_it_was_mailed_to() {
    for place in everywhere().await {
        let add = json!({ "accountId": place.account, "lastName": "Durand", "email": "zoe@exemple.fr",
            "address": { "line1": "1 rue A", "postalCode": "75007", "city": "Paris" } });
        let contact = text(&place.done("addContact", add, "contact { id }").await["contact"]["id"]);
        place.done("openPortalAccount", json!({ "contactId": contact, "role": "SUBSCRIBER" }), "").await;
        let first = path(&place.link_to("zoe@exemple.fr").await.0);
        // Closed and opened again for another address: whoever has the old mailbox has nothing of the new one.
        place.done("closePortalAccount", json!({ "contactId": contact }), "").await;
        place.done("editContact", json!({ "contactId": contact, "email": "zoe.durand@exemple.fr" }), "").await;
        // What goes out at one instant of the fixed clock goes in any order: the mail of this change first.
        place.mails().await;
        place.done("openPortalAccount", json!({ "contactId": contact, "role": "SUBSCRIBER" }), "").await;
        let browser = place.browser();
        assert_eq!(browser.get(&first).await.status, 404);
        assert_eq!(browser.form(&first, &[("password", PASSWORD)]).await.status, 404);
        let (link, template) = place.link_to("zoe.durand@exemple.fr").await;
        assert_eq!(template, "portal_subscriber");
        let link = path(&link);
        assert!(browser.get(&link).await.text.contains("type=\"password\""));
        assert_eq!(browser.form(&link, &[("password", PASSWORD)]).await.status, 200);
        place.settled().await;
        // From now on it leads to signing in, and chooses nothing any more.
        let again = browser.get(&link).await;
        assert!(again.text.contains("action=\"/sign-in\"") && !again.text.contains("new-password"), "{}", again.text);
        assert_eq!(browser.form(&link, &[("password", OTHER_PASSWORD)]).await.status, 404);
        assert_eq!(browser.sign_in("zoe.durand@exemple.fr", PASSWORD).await.status, 200);
        let portal = "{ viewer { account { companyName } user { emailVerified } } }";
        let seen = browser.ask(portal, json!({})).await.json()["data"]["viewer"].clone();
        assert_eq!(
            seen,
            json!({ "account": { "companyName": "Éditions du Phare" }, "user": { "emailVerified": true } })
        );
    }
}

#[tokio::test]
async fn a16_the_link_of_an_app_invitation_explains() {
    for place in everywhere().await {
        let contact = place.person("Durand", "zoe@exemple.fr").await;
        place.mails().await;
        place.done("inviteToApp", json!({ "contactId": contact }), "").await;
        let path = path(&place.link_to("zoe@exemple.fr").await.0);
        let page = place.browser().get(&path).await;
        assert!(page.text.contains("Install the app"), "{}", page.text);
    }
}

#[tokio::test]
async fn a25_links_begin_with_the_address_that_was_set_whatever_a_request_says() {
    for place in everywhere().await {
        for (n, name) in ["host", "forwarded", "x-forwarded-host", "x-forwarded-proto", "x-host", "x-original-host"]
            .iter()
            .enumerate()
        {
            let address = format!("n{n}@exemple.fr");
            let request = axum::http::Request::post("/auth/sign-up")
                .header("content-type", "application/json")
                .header(*name, "evil.example")
                .extension(sesame::http::Peer(place.browser().peer))
                .body(json!({ "email": address }).to_string().into())
                .unwrap();
            let status = place.send(request).await.status;
            if *name == "host" && status == 421 {
                continue;
            }
            assert_eq!(status, 202, "{name}");
            assert!(place.link_to(&address).await.0.starts_with("https://sesame.exemple.fr/links/"), "{name}");
        }
    }
}
