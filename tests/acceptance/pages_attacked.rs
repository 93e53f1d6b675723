//! The pages, as somebody who means ill comes to them: with another's form, another's account in the address, another site's request, too often.

use crate::{
    browser::{Browser, OTHER_PASSWORD, PASSWORD},
    pages::{hidden, to},
    place::{Answer, Place, everywhere, text},
    privacy::newest,
};
use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use chrono::TimeDelta;
use serde_json::json;
use sesame::{
    graphql::budget::Budget,
    http::{Doors, Draining, router},
};
use tower::ServiceExt;

/// Status, where it leads, and what it says: all that can be seen of an answer.
fn seen(answer: &Answer) -> (u16, String, String) {
    (answer.status.as_u16(), to(answer), answer.text.clone())
}

/// An account with somebody on its sheets and a product, and its owner, signed in.
async fn opened(place: &Place) -> (Browser<'_>, String, String) {
    let browser = place.owner().await;
    let contact = place.person("Fontaine", "lea@exemple.fr").await;
    let product = place.product("Yoga du matin", &[0]).await;
    (browser, contact, product)
}

#[tokio::test]
async fn a3_a_form_of_another_session_or_of_another_site_changes_nothing() {
    for place in everywhere().await {
        let (browser, contact, product) = opened(&place).await;
        let (sheet, own) = (format!("/a/{}/contacts/{contact}", place.account), browser.csrf().await);
        place.grant(&contact, &product).await;
        let version = hidden(&browser.get(&format!("{sheet}/edit?product={product}")).await, "version");
        // The same person, in another browser: its forms are its own.
        place.later(TimeDelta::minutes(1));
        let other = place.signed_in("camille@exemple.fr").await.csrf().await;
        assert_ne!(own, other);
        let forms = [
            (format!("{sheet}/grant"), vec![("productId", product.as_str())]),
            (
                format!("{sheet}/edit"),
                vec![("product", &product), ("version", &version), ("mode", "SUSPENDED"), ("opening", "FULL")],
            ),
            (format!("{sheet}/remove"), vec![("product", &product), ("version", &version)]),
            (format!("{sheet}/person"), vec![("version", &version), ("lastName", "Autre")]),
            (format!("{sheet}/delete"), vec![("version", &version)]),
            (format!("/a/{}/contacts/add", place.account), vec![("kind", "PERSON"), ("lastName", "Nouveau")]),
            ("/accounts".to_owned(), vec![("account", place.account.as_str())]),
            ("/auth/sign-out".to_owned(), vec![]),
        ];
        let events = newest(&place, 50).await.len();
        for (path, fields) in &forms {
            for csrf in [None, Some(""), Some("guessed"), Some(other.as_str())] {
                let mut sent = fields.clone();
                sent.extend(csrf.map(|csrf| ("_csrf", csrf)));
                assert_eq!(browser.form(path, &sent).await.status, 403, "{path} {csrf:?}");
            }
            // Begun on another site, with the right token even.
            let body = format!("_csrf={own}&product={product}&version={version}&account={}", place.account);
            for (name, value) in
                [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
            {
                let request = Request::post(path)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .header(header::COOKIE, format!("__Host-sid={}", browser.secret()))
                    .header(name, value);
                let answer = place.send(request.body(Body::from(body.clone())).unwrap()).await;
                assert_eq!(answer.status, 403, "{path} {name}: {value}");
            }
        }
        assert_eq!(newest(&place, 50).await.len(), events, "nothing was done");
        assert_eq!(browser.csrf().await, own, "and nobody was signed out, or into another account");
    }
}

#[tokio::test]
async fn o12_an_account_in_the_address_that_is_not_the_session_s_is_answered_like_none() {
    for place in everywhere().await {
        let (browser, contact, product) = opened(&place).await;
        let (reached, strange) = (place.another("Autre maison").await, place.another("Maison inconnue").await);
        reached.person("Roux", "camille@exemple.fr").await;
        place.settled().await;
        let theirs = reached.person("Secret", "secret@exemple.fr").await;
        let nowhere = "acc_00000000000000000000000000000001";
        let csrf = browser.csrf().await;
        for rest in [
            "home",
            "history",
            "history/who",
            "find?q=secret",
            "contacts",
            "contacts/add",
            "contacts/{}",
            "contacts/{}/overview",
            "contacts/{}/history",
            "contacts/{}/person",
            "contacts/{}/grant",
            "contacts/{}/edit?product=x",
            "contacts/{}/remove",
            "contacts/{}/delete",
        ] {
            let of = |account: &str| format!("/a/{account}/{}", rest.replace("{}", &theirs));
            let none = seen(&browser.get(&of(nowhere)).await);
            assert_eq!((none.0, none.1.as_str()), (303, "/accounts"), "{rest}");
            for account in [&reached.account, &strange.account] {
                assert_eq!(seen(&browser.get(&of(account)).await), none, "{account} {rest}");
            }
        }
        for rest in ["grant", "edit", "preview", "remove", "person", "delete"] {
            let of = |account: &str, contact: &str| format!("/a/{account}/contacts/{contact}/{rest}");
            let fields = [("_csrf", csrf.as_str()), ("productId", &product), ("product", &product), ("version", "1")];
            let none = seen(&browser.form(&of(nowhere, &theirs), &fields).await);
            assert_eq!((none.0, none.1.as_str()), (303, "/accounts"));
            assert_eq!(seen(&browser.form(&of(&reached.account, &theirs), &fields).await), none);
            // Somebody of another account, under an address of one's own.
            let unknown =
                seen(&browser.form(&of(&place.account, "con_00000000000000000000000000000001"), &fields).await);
            assert_eq!(unknown.0, 404);
            assert_eq!(seen(&browser.form(&of(&place.account, &theirs), &fields).await), unknown);
        }
        // Chosen, the other one is another session's: the address of the first leads away now.
        let chosen = browser.form("/accounts", &[("_csrf", &csrf), ("account", &reached.account)]).await;
        assert_eq!(to(&chosen), format!("/a/{}/home", reached.account));
        let bare = browser.get(&to(&chosen)).await;
        assert_eq!(bare.status, 200);
        assert!(
            bare.text.contains("Nothing is open to you here yet") && !bare.text.contains("Secret"),
            "{}",
            bare.text
        );
        assert_eq!(to(&browser.get(&format!("/a/{}/contacts/{contact}", place.account)).await), "/accounts");
        let unreached = browser.csrf().await;
        let refused = [strange.account.as_str(), nowhere, "acc_x"].map(|account| (account, unreached.clone()));
        let mut answers = Vec::new();
        for (account, csrf) in &refused {
            answers.push(seen(&browser.form("/accounts", &[("_csrf", csrf), ("account", account)]).await));
        }
        assert_eq!(answers[0].0, 422);
        assert!(answers.windows(2).all(|two| two[0] == two[1]), "{answers:?}");
    }
}

#[tokio::test]
async fn a21_no_page_is_kept_framed_or_told_to_another_site() {
    for place in everywhere().await {
        let (browser, contact, _) = opened(&place).await;
        let sheet = format!("/a/{}/contacts/{contact}", place.account);
        let mut answers = Vec::new();
        for path in [
            "/",
            "/sign-in",
            "/second-factor",
            "/sign-up",
            "/forgot",
            "/accounts",
            "/lang/fr",
            "/a/x/contacts",
            "/support",
        ] {
            answers.push((path.to_owned(), browser.get(path).await));
        }
        for rest in ["", "/overview", "/history", "/grant", "/edit?product=x", "/remove?product=x", "?at=x", "/nothing"]
        {
            let path = format!("{sheet}{rest}");
            answers.push((path.clone(), browser.get(&path).await));
            answers.push((path.clone(), place.browser().get(&path).await));
        }
        answers.push((
            "a wrong password".into(),
            place.browser().form("/sign-in", &[("email", "a@b.fr"), ("password", "x")]).await,
        ));
        answers.push(("a forged form".into(), browser.form(&format!("{sheet}/grant"), &[]).await));
        for (path, answer) in &answers {
            let line = |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().unwrap());
            assert_eq!(line("cache-control"), "no-store", "{path}");
            assert!(line("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert!(!line("content-security-policy").contains("script-src 'unsafe"), "{path}");
            assert!(["same-origin", "no-referrer"].contains(&line("referrer-policy")), "{path}");
            assert_eq!(line("x-content-type-options"), "nosniff", "{path}");
            assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn a13_the_pages_at_the_door_say_the_same_of_known_and_unknown_addresses() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        for (path, password) in [("/sign-in", OTHER_PASSWORD), ("/sign-up", ""), ("/forgot", "")] {
            let mut answers = Vec::new();
            for address in ["zoe@exemple.fr", "una@exemple.fr"] {
                let answer = place.browser().form(path, &[("email", address), ("password", password)]).await;
                let mut headers = answer.headers.clone();
                headers.remove("x-request-id");
                answers.push((answer.status, headers, answer.text.replace(address, "ADDRESS")));
            }
            assert_eq!(answers[0], answers[1], "{path}");
        }
    }
}

#[tokio::test]
async fn a6_what_a_page_asks_costs_its_person_what_it_costs_at_graphql() {
    for place in everywhere().await {
        let (browser, _, _) = opened(&place).await;
        let doors = Doors { budget: Budget::new(2_000, 1), ..Doors::default() };
        let few = router(place.service.clone(), &doors, Draining::default());
        let ask = async |secret: &str| {
            let request = Request::get(format!("/a/{}/contacts", place.account))
                .header(header::COOKIE, format!("__Host-sid={secret}"))
                .header(header::ACCEPT_LANGUAGE, "en");
            let answer = few.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let (head, body) = answer.into_parts();
            let after = head.headers.get(header::RETRY_AFTER).map(|value| text(&json!(value.to_str().unwrap())));
            let bytes = to_bytes(body, usize::MAX).await.unwrap();
            (head.status.as_u16(), after, String::from_utf8(bytes.to_vec()).unwrap())
        };
        let mut shown = 0;
        let refused = loop {
            let answer = ask(&browser.secret()).await;
            if answer.0 != 200 {
                break answer;
            }
            shown += 1;
            assert!(shown < 100, "a page costs nothing");
        };
        assert!(shown > 0, "{}", refused.2);
        assert_eq!(refused.0, 429, "{}", refused.2);
        assert!(refused.1.is_some_and(|seconds| seconds.parse::<u64>().unwrap() >= 1));
        assert!(refused.2.contains("<html lang=\"en\">"), "told as a page: {}", refused.2);
        // In the same bucket as what is asked at GraphQL; and others have their own.
        place.later(TimeDelta::minutes(40));
        assert_eq!(ask(&browser.secret()).await.0, 303, "signed out by then");
        place.later(TimeDelta::minutes(1));
        let again = place.browser();
        assert_eq!(again.sign_in("camille@exemple.fr", PASSWORD).await.status, 200);
        assert_eq!(ask(&again.secret()).await.0, 200, "later");
    }
}

#[tokio::test]
async fn p2_what_was_done_on_a_page_is_told_as_done_there() {
    for place in everywhere().await {
        let (browser, contact, product) = opened(&place).await;
        let sheet = format!("/a/{}/contacts/{contact}", place.account);
        let form = browser.get(&format!("{sheet}/grant")).await;
        let fields = [("_csrf", hidden(&form, "_csrf")), ("key", hidden(&form, "key")), ("productId", product)];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(browser.form(&format!("{sheet}/grant"), &fields).await.status, 303);
        let query = "query($a: ID!) { auditTrail(accountId: $a, filter: { origin: UI }, first: 5) { edges { node { type origin actor { kind } } } } }";
        let told = place.data(query, json!({ "a": place.account })).await["auditTrail"]["edges"].clone();
        let expected =
            json!([{ "node": { "type": "access.granted.v1", "origin": "UI", "actor": { "kind": "USER" } } }]);
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn a_page_of_any_day_or_instant_that_can_be_typed_is_answered() {
    for place in everywhere().await {
        let (browser, contact, product) = opened(&place).await;
        let account = &place.account;
        for day in [
            "0000-01-01",
            "0001-01-01",
            "-9999-01-01",
            "-262143-01-01",
            "%2B262142-12-31",
            "2026-03-29",
            "2026-3-1",
            "9999-12-31",
        ] {
            for path in [
                format!("contacts/{contact}?at={day}T02:30"),
                format!("contacts/{contact}/overview?at={day}T23:59"),
                format!("contacts/{contact}/history?at={day}T00:00"),
                format!("history?from={day}"),
                format!("history?to={day}"),
                format!("history/who?product={product}&on={day}"),
            ] {
                let page = browser.get(&format!("/a/{account}/{path}")).await;
                assert!(page.status.as_u16() < 500, "{path}: {} {}", page.status, page.text);
            }
        }
    }
}
