//! What ends sessions, at once and on every node: a new password, a right that is taken away, oneself (row A14).

use crate::{
    browser::{Browser, OTHER_PASSWORD, PASSWORD},
    http::Listening,
    live::{CHANGED, Socket, standing},
    place::{everywhere, text},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{client::IntoClientRequest, http::HeaderValue},
};

#[tokio::test]
async fn a14_a_reset_ends_every_session_and_its_link_opens_once_and_for_an_hour() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        assert_eq!(place.browser().post("/auth/reset-request", json!({ "email": "zoe@exemple.fr" })).await.status, 202);
        let (link, template) = place.link_to("zoe@exemple.fr").await;
        assert_eq!(template, "reset");
        assert_ne!(browser.session().await, Value::Null, "asking ends nothing");
        let reset = json!({ "link": link, "password": OTHER_PASSWORD });
        assert_eq!(place.browser().post("/auth/reset", reset.clone()).await.status, 200);
        assert_eq!(browser.session().await, Value::Null);
        let again = place.browser().post("/auth/reset", reset).await;
        assert_eq!(again.json()["userErrors"][0]["code"], "LINK_SPENT");
        place.later(TimeDelta::minutes(1));
        assert_eq!(browser.sign_in("zoe@exemple.fr", PASSWORD).await.status, 401);
        assert_eq!(browser.sign_in("zoe@exemple.fr", OTHER_PASSWORD).await.status, 200);

        place.later(TimeDelta::hours(2));
        place.browser().post("/auth/reset-request", json!({ "email": "zoe@exemple.fr" })).await;
        let late = place.link_to("zoe@exemple.fr").await.0;
        place.later(TimeDelta::minutes(61));
        let late = place.browser().post("/auth/reset", json!({ "link": late, "password": PASSWORD })).await;
        assert_eq!(late.json()["userErrors"][0]["code"], "LINK_SPENT");
    }
}

#[tokio::test]
async fn a14_who_asked_for_a_password_before_there_was_a_login_asks_again_after_it() {
    for place in everywhere().await {
        let ask = async || {
            let asked = place.browser().post("/auth/reset-request", json!({ "email": "zoe@exemple.fr" })).await;
            assert_eq!(asked.status, 202);
            place.service.identity().attend().await.unwrap();
        };
        ask().await;
        assert_eq!(place.mails().await.len(), 0, "nobody has a login there");
        place.signed_up("zoe@exemple.fr").await;
        ask().await;
        let (link, template) = place.link_to("zoe@exemple.fr").await;
        assert_eq!(template, "reset");
        let reset = json!({ "link": link, "password": OTHER_PASSWORD });
        assert_eq!(place.browser().post("/auth/reset", reset).await.status, 200);
    }
}

#[tokio::test]
async fn a14_what_cannot_be_read_is_told_with_what_is_expected() {
    for place in everywhere().await {
        let told = async |kind: &'static str, body: String| {
            let request =
                Request::post("/auth/sign-in").header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap();
            let answer = place.send(request).await;
            let error = answer.json()["userErrors"][0].clone();
            (
                answer.status.as_u16(),
                error["code"].as_str().unwrap().to_owned(),
                error["message"].as_str().unwrap().to_owned(),
            )
        };
        let (status, code, message) = told("text/plain", "email=zoe".into()).await;
        assert_eq!((status, code.as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"));
        assert!(message.contains("application/json, application/x-www-form-urlencoded"), "{message}");
        let (status, code, message) = told("application/json", "x".repeat(20_000)).await;
        assert_eq!((status, code.as_str()), (413, "TOO_LARGE"));
        assert!(message.contains("16"), "{message}");
        let (status, code, _) = told("application/json", "{".into()).await;
        assert_eq!((status, code.as_str()), (400, "BAD_REQUEST"));
    }
}

#[tokio::test]
async fn a14_a_new_password_ends_all_other_sessions_and_turns_the_secret_of_this_one() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let (browser, other) = (place.signed_in("zoe@exemple.fr").await, place.signed_in("zoe@exemple.fr").await);
        let wrong = json!({ "currentPassword": OTHER_PASSWORD, "password": OTHER_PASSWORD });
        let wrong = browser.post("/auth/password", wrong).await.json();
        assert_eq!(wrong["userErrors"][0]["field"], json!(["currentPassword"]));
        assert_ne!(other.session().await, Value::Null);
        let before = browser.secret();
        let change = json!({ "currentPassword": PASSWORD, "password": OTHER_PASSWORD });
        assert_eq!(browser.post("/auth/password", change).await.status, 200);
        assert_ne!(browser.secret(), before);
        assert_ne!(browser.session().await, Value::Null);
        assert_eq!(other.session().await, Value::Null);

        let third = place.browser();
        assert_eq!(third.sign_in("zoe@exemple.fr", OTHER_PASSWORD).await.status, 200);
        let fourth = place.browser();
        assert_eq!(fourth.sign_in("zoe@exemple.fr", OTHER_PASSWORD).await.status, 200);
        let id = text(&third.session().await["sessionId"]);
        assert_eq!(browser.post("/auth/sessions/end", json!({ "sessionId": id })).await.status, 200);
        assert_eq!(browser.post("/auth/sessions/end", json!({ "sessionId": id })).await.status, 422);
        assert_eq!((third.session().await, fourth.session().await == Value::Null), (Value::Null, false));
        let ended = browser.post("/auth/sessions/end", json!({ "others": true })).await.json();
        assert_eq!((&ended["ended"], fourth.session().await), (&json!(1), Value::Null));
        assert_ne!(browser.session().await, Value::Null);
    }
}

#[tokio::test]
async fn a14_whoever_is_switched_off_in_an_account_is_out_of_it_at_once_on_every_node() {
    for place in everywhere().await {
        let add = json!({ "accountId": place.account, "lastName": "Durand", "email": "zoe@exemple.fr", "permissions": ["SUPPORT"] });
        let contact = text(&place.done("addMember", add, "contact { id }").await["contact"]["id"]);
        let there = place.another("Club voisin").await;
        there.person("Durand", "zoe@exemple.fr").await;
        place.signed_up("zoe@exemple.fr").await;
        let (here, elsewhere) = (place.signed_in("zoe@exemple.fr").await, place.signed_in("zoe@exemple.fr").await);
        here.post("/auth/switch", json!({ "accountId": place.account })).await;
        elsewhere.post("/auth/switch", json!({ "accountId": there.account })).await;
        let second = place.second().await;
        let there_too = Browser { place: &second, cookie: here.cookie.lock().unwrap().clone().into(), peer: here.peer };
        assert_ne!(there_too.session().await, Value::Null);
        place.done("deactivateMember", json!({ "contactId": contact }), "").await;
        assert_eq!((here.session().await, there_too.session().await), (Value::Null, Value::Null));
        assert_eq!(elsewhere.session().await["account"]["companyName"], "Club voisin", "only in that account");
        place.done("reactivateMember", json!({ "contactId": contact }), "").await;
        assert_eq!(here.session().await, Value::Null, "it stays ended");
    }
}

#[tokio::test]
async fn u13_closing_a_portal_account_ends_what_was_open_with_it() {
    for place in everywhere().await {
        let contact = place.person("Durand", "zoe@exemple.fr").await;
        place.done("openPortalAccount", json!({ "contactId": contact, "role": "SUBSCRIBER" }), "").await;
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        assert_eq!(browser.session().await["account"]["companyName"], "Éditions du Phare");
        place.done("closePortalAccount", json!({ "contactId": contact }), "").await;
        assert_eq!(browser.session().await, Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a14_what_is_followed_with_a_session_is_cut_off_within_seconds_of_its_end() {
    for place in everywhere().await {
        let add = json!({ "accountId": place.account, "lastName": "Durand", "email": "zoe@exemple.fr", "permissions": ["SUPPORT"] });
        place.done("addMember", add, "contact { id }").await;
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        let listening = Listening::to(&place).await;
        let mut request = format!("ws://{}/graphql/ws", listening.address).into_client_request().unwrap();
        let cookie = HeaderValue::from_str(&format!("__Host-sid={}", browser.secret())).unwrap();
        request.headers_mut().insert("cookie", cookie);
        request.headers_mut().insert("origin", HeaderValue::from_static("https://sesame.exemple.fr"));
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        let mut socket = Socket(connect_async(request).await.unwrap().0);
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
        socket.subscribe("1", CHANGED, json!({ "a": place.account })).await;
        standing(&mut socket).await;
        place.person("Martin", "martin@exemple.fr").await;
        assert_eq!(socket.change().await["type"], "contact.added.v1");
        assert_eq!(browser.post("/auth/sign-out", json!({})).await.status, 200);
        let started = Instant::now();
        assert_eq!(socket.closed().await, 4401);
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        listening.stop().await;
    }
}
