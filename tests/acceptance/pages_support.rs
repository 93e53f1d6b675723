//! The desk of support, above the accounts (row S4, code A20): entered with a token of support, by nobody else and for no longer.

use crate::{
    pages::{hidden, to},
    place::{Answer, Place, everywhere, text},
};
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use chrono::TimeDelta;
use serde_json::json;

/// A browser with the cookie of the desk.
struct Desk<'a> {
    place: &'a Place,
    cookie: Option<String>,
}

impl Desk<'_> {
    async fn send(&mut self, method: Method, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = fields.iter().map(|(name, value)| {
            let value: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
            format!("{name}={value}")
        });
        let body = pairs.collect::<Vec<_>>().join("&");
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("__Host-support={cookie}"));
        }
        let answer = self.place.send(request.body(Body::from(body)).unwrap()).await;
        if let Some(set) = answer.headers.get(header::SET_COOKIE) {
            let (pair, attributes) = set.to_str().unwrap().split_once(';').unwrap();
            assert!(attributes.ends_with("Secure; HttpOnly; SameSite=Strict"), "{attributes}");
            self.cookie = pair.strip_prefix("__Host-support=").map(str::to_owned).filter(|value| !value.is_empty());
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[]).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, fields).await
    }
}

/// Somebody whose deletion an account has asked for.
async fn asked(place: &Place, name: &str, email: &str) -> String {
    let policy = json!({ "accountId": place.account, "deletionPolicy": "SUPPORT_ONLY" });
    place.done("setPolicies", policy, "").await;
    let contact = place.person(name, email).await;
    place.done("requestDeletion", json!({ "contactId": contact, "reason": format!("{name} wrote") }), "").await;
    contact
}

#[tokio::test]
async fn s4_support_decides_on_the_deletions_of_all_accounts_at_a_desk_of_its_own() {
    for place in everywhere().await {
        let other = place.another("Autre maison").await;
        let lea = asked(&place, "Fontaine", "lea@exemple.fr").await;
        place.later(TimeDelta::minutes(1));
        let bob = asked(&other, "Bernard", "bob@exemple.fr").await;
        let token = place.staff().await;
        let mut desk = Desk { place: &place, cookie: None };
        assert!(desk.get("/support").await.text.contains("Token of support"));
        let entered = desk.post("/support/enter", &[("token", &token)]).await;
        assert_eq!((entered.status.as_u16(), to(&entered)), (303, "/support".to_owned()), "{}", entered.text);
        assert!(!desk.cookie.as_deref().unwrap().contains(&token), "the token itself is not in the browser");

        // Both accounts', the oldest first, each by its account's name.
        let list = desk.get("/support").await;
        let (at_lea, at_bob) = (list.text.find("Fontaine").unwrap(), list.text.find("Bernard").unwrap());
        assert!(
            at_lea < at_bob && list.text.contains("Autre maison") && list.text.contains("Bernard wrote"),
            "{}",
            list.text
        );

        // Refused with a reason, which the account is told; agreed to, once, however often it is sent.
        let path = format!("/support/deletions/{bob}");
        let page = desk.get(&path).await;
        assert!(page.text.contains("Delete Bernard?") && page.text.contains("Autre maison"), "{}", page.text);
        let (csrf, key, version) = (hidden(&page, "_csrf"), hidden(&page, "key"), hidden(&page, "version"));
        for (reason, decision, status) in [("", "reject", 422), (" ", "approve", 422), ("Paid", "refuse", 404)] {
            let fields = [("_csrf", &*csrf), ("key", &*key), ("reason", reason), ("decision", decision)];
            let refused = desk.post(&path, &fields).await;
            assert_eq!(refused.status.as_u16(), status, "{}", refused.text);
        }
        let fields = [
            ("_csrf", &*csrf),
            ("key", &*key),
            ("version", &*version),
            ("reason", "Paid until May"),
            ("decision", "reject"),
        ];
        assert_eq!(to(&desk.post(&path, &fields).await), "/support?told=deletion-rejected");
        assert_eq!(desk.get(&path).await.status, 404, "it waits no more");
        let path = format!("/support/deletions/{lea}");
        let page = desk.get(&path).await;
        let (key, version) = (hidden(&page, "key"), hidden(&page, "version"));
        let fields = [
            ("_csrf", &*csrf),
            ("key", &*key),
            ("version", &*version),
            ("reason", "Letter 12"),
            ("decision", "approve"),
        ];
        for _ in 0..2 {
            assert_eq!(to(&desk.post(&path, &fields).await), "/support?told=deletion-approved");
        }
        assert!(desk.get("/support?told=deletion-approved").await.text.contains("No request waits"));
        let found = "query($c: ID!) { contact(id: $c) { deletedAt deletionRequest { status rejection account { companyName } } } }";
        let gone = place.data(found, json!({ "c": lea })).await["contact"].clone();
        assert!(gone["deletedAt"].is_string() && gone["deletionRequest"]["status"] == "APPROVED", "{gone}");
        let kept = other.data(found, json!({ "c": bob })).await["contact"].clone();
        assert_eq!(
            kept["deletionRequest"],
            json!({ "status": "REJECTED", "rejection": "Paid until May", "account": { "companyName": "Autre maison" } })
        );
        // Each account reads in its trail that it was support, and why.
        let trail =
            "query($a: ID!) { auditTrail(accountId: $a, first: 5) { edges { node { actor { kind } reason type } } } }";
        let acts = place.data(trail, json!({ "a": place.account })).await["auditTrail"]["edges"].clone();
        let of_support = acts
            .as_array()
            .unwrap()
            .iter()
            .map(|edge| &edge["node"])
            .find(|act| text(&act["type"]).starts_with("deletion.approved"))
            .unwrap();
        assert_eq!(
            (text(&of_support["actor"]["kind"]), text(&of_support["reason"])),
            ("STAFF".into(), "Letter 12".into())
        );
    }
}

#[tokio::test]
async fn a20_nobody_is_at_the_desk_of_support_without_a_token_of_support_that_still_holds() {
    for place in everywhere().await {
        let lea = asked(&place, "Fontaine", "lea@exemple.fr").await;
        let path = format!("/support/deletions/{lea}");
        let mut desk = Desk { place: &place, cookie: None };
        // Not with a token of an account, of an operator, or of nobody.
        for token in [place.token.as_str(), &place.operator, "ses_x", ""] {
            let refused = desk.post("/support/enter", &[("token", token)]).await;
            assert_eq!((refused.status.as_u16(), desk.cookie.clone()), (422, None), "{}", refused.text);
            assert!(refused.text.contains("no token of support"));
        }
        // Not with a cookie that was made up, nor with the token as one.
        let token = place.staff().await;
        for cookie in ["x".to_owned(), "A".repeat(120), token.clone()] {
            let mut forged = Desk { place: &place, cookie: Some(cookie) };
            assert!(!forged.get("/support").await.text.contains("Fontaine"));
        }
        desk.post("/support/enter", &[("token", &token)]).await;
        let page = desk.get(&path).await;
        assert!(page.text.contains("Fontaine"), "{}", page.text);
        // A form of another cookie does nothing.
        let mut second = Desk { place: &place, cookie: None };
        second.post("/support/enter", &[("token", &token)]).await;
        let theirs = hidden(&second.get(&path).await, "_csrf");
        let fields = [("_csrf", &*theirs), ("decision", "approve")];
        assert_eq!(desk.post(&path, &fields).await.status, 403);
        // Pages of accounts do not know it.
        let contacts = desk.get(&format!("/a/{}/contacts", place.account)).await;
        assert!(to(&contacts).starts_with("/sign-in"), "{}", contacts.text);
        // Left; over after eight hours; over once the token is revoked.
        let csrf = hidden(&page, "_csrf");
        let kept = desk.cookie.clone();
        desk.post("/support/leave", &[("_csrf", &csrf)]).await;
        assert_eq!(desk.cookie, None);
        desk.cookie = kept;
        place.later(TimeDelta::hours(8));
        assert!(!desk.get("/support").await.text.contains("Fontaine"));
        let staff = json!({ "role": "STAFF", "name": "support" });
        let made = place.done_as(&place.operator, "createToken", staff, "token tokenId").await;
        let (token, id) = (text(&made["token"]), text(&made["tokenId"]));
        let mut third = Desk { place: &place, cookie: None };
        third.post("/support/enter", &[("token", &token)]).await;
        assert!(third.get("/support").await.text.contains("Fontaine"));
        place.done_as(&place.operator, "revokeToken", json!({ "tokenId": id }), "").await;
        assert!(!third.get("/support").await.text.contains("Fontaine"));
    }
}
