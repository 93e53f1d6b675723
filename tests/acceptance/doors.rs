//! The outer doors: what another site makes a browser send, under which names the service answers, what every answer carries, how much a caller may ask.

use crate::{
    http::Listening,
    place::{Answer, Place, codes, everywhere},
};
use axum::{
    Router,
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};
use sesame::{
    graphql::budget::Budget,
    http::{Doors, Draining, router},
};
use tower::ServiceExt;

/// Every route, as the router has them; a route that is missing here is found by what the router answers for it.
const ROUTES: &[&str] = &[
    "/graphql",
    "/graphql/ws",
    "/graphql/stream",
    "/import/contacts",
    "/import/template.csv",
    "/import/imp_0/errors.csv",
    "/export/subscribers.xlsx",
    "/export/subscribers.csv",
    "/erp/records",
    "/mailbox",
    "/mailbox.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/nowhere",
];

fn asked(place: &Place, method: Method, path: &str, lines: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    if lines.iter().any(|(name, _)| *name == "x-token") {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", place.token));
    }
    request.body(Body::from(r#"{"query":"{ viewer { actor { kind } } }"}"#)).unwrap()
}

async fn code(answer: &Answer) -> (u16, Vec<String>) {
    (answer.status.as_u16(), codes(&answer.json()))
}

#[tokio::test]
async fn a3_no_route_takes_what_another_site_makes_a_browser_send() {
    for place in everywhere().await {
        let refused = (403, vec!["CROSS_SITE".to_owned()]);
        for path in ROUTES {
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                for lines in [
                    &[("sec-fetch-site", "cross-site"), ("cookie", "__Host-sid=x")][..],
                    &[("sec-fetch-site", "same-site")],
                    &[("origin", "https://evil.example"), ("cookie", "__Host-sid=x")],
                    &[("origin", "null")],
                    &[("cookie", "__Host-sid=x")],
                ] {
                    let answer = place.send(asked(&place, method.clone(), path, lines)).await;
                    assert_eq!(code(&answer).await, refused, "{method} {path} {lines:?}");
                }
            }
        }
        // Programs are not concerned: their token is nothing that a browser adds by itself.
        let answer =
            place.send(asked(&place, Method::POST, "/graphql", &[("x-token", ""), ("origin", "https://evil.example")]));
        assert_eq!(answer.await.status, 200);
    }
}

#[tokio::test]
async fn a27_every_answer_carries_the_headers_that_keep_browsers_careful() {
    for place in everywhere().await {
        let long = "x".repeat(300 * 1024);
        let mut answers = vec![];
        for path in ROUTES {
            answers.push((format!("GET {path}"), place.send(asked(&place, Method::GET, path, &[])).await));
            answers.push((
                format!("POST {path}"),
                place.send(asked(&place, Method::POST, path, &[("x-token", "")])).await,
            ));
        }
        let too_long = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", place.token))
            .body(Body::from(long))
            .unwrap();
        answers.push(("too long".into(), place.send(too_long).await));
        answers
            .push(("refused".into(), place.send(asked(&place, Method::POST, "/graphql", &[("origin", "null")])).await));
        let statuses: std::collections::BTreeSet<u16> = answers.iter().map(|(_, a)| a.status.as_u16()).collect();
        for status in [200, 401, 403, 404, 405, 413] {
            assert!(statuses.contains(&status), "no answer of {status}: {statuses:?}");
        }
        for (asked, answer) in &answers {
            for (name, expected) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "no-store"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                let found = answer.headers.get(name).map(|value| value.to_str().unwrap());
                assert_eq!(found, Some(expected), "{asked}: {name}");
            }
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{asked}");
            assert!(!policy.contains("unsafe-eval") && !policy.contains('*'), "{asked}: {policy}");
            assert!(answer.headers.contains_key("permissions-policy") && answer.headers.contains_key("x-request-id"));
            let strict = answer.headers["strict-transport-security"].to_str().unwrap();
            assert!(strict.starts_with("max-age=31536000"), "this place is reached by https");
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "no other site reads our answers");
        }
    }
}

#[tokio::test]
async fn a25_another_host_is_answered_421_and_a_forwarded_one_counts_for_nothing() {
    for place in everywhere().await {
        let refused = (421, vec!["UNKNOWN_HOST".to_owned()]);
        for path in ROUTES.iter().filter(|path| !matches!(**path, "/healthz" | "/readyz" | "/metrics")) {
            let answer = place.send(asked(&place, Method::GET, path, &[("host", "evil.example")])).await;
            assert_eq!(code(&answer).await, refused, "{path}");
        }
        for name in ["x-forwarded-host", "forwarded", "x-host", "x-original-url", "x-forwarded-proto", "x-rewrite-url"]
        {
            let lines = [("host", "localhost"), ("x-token", ""), (name, "evil.example")];
            let answer = place.send(asked(&place, Method::POST, "/graphql", &lines)).await;
            assert_eq!(answer.status, 200, "{name}");
            assert!(!answer.text.contains("evil.example"), "{name}");
        }
        // Over a real connection too.
        let listening = Listening::to(&place).await;
        let client = reqwest::Client::new();
        let get = |host: &'static str| client.get(format!("{}/nowhere", listening.url)).header("host", host).send();
        assert_eq!(get("evil.example").await.unwrap().status(), 421);
        assert_eq!(get("127.0.0.1").await.unwrap().status(), 404);
        listening.stop().await;
    }
}

/// The same service behind a door where a caller may ask so much.
fn with_budget(place: &Place, points: u64, per_second: u64) -> Router {
    let doors = Doors { budget: Budget::new(points, per_second), ..Doors::default() };
    router(place.service.clone(), &doors, Draining::default())
}

async fn spent(router: &Router, token: &str) -> (u16, Option<u64>, Value) {
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(json!({ "query": "{ viewer { actor { kind } } }" }).to_string()))
        .unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let after = answer.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().parse().unwrap());
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, after, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn a6_a_caller_who_asks_too_much_waits_and_the_others_do_not() {
    for place in everywhere().await {
        let doors = with_budget(&place, 10, 1);
        let (status, _, first) = spent(&doors, &place.token).await;
        let cost = first["extensions"]["cost"]["requested"].as_u64().unwrap();
        assert_eq!((status, &first["extensions"]["cost"]["available"]), (200, &json!(10 - cost)), "{first}");
        assert_eq!(first["extensions"]["cost"]["restoreRate"], json!(1));
        let mut left = 10 - cost;
        while left >= cost {
            assert_eq!(spent(&doors, &place.token).await.0, 200);
            left -= cost;
        }
        let (status, after, refused) = spent(&doors, &place.token).await;
        assert_eq!((status, codes(&refused)), (429, vec!["RATE_LIMITED".to_owned()]));
        assert!(after.is_some_and(|seconds| (1..=cost + 1).contains(&seconds)), "{after:?}");
        assert_eq!(spent(&doors, &place.operator).await.0, 200, "another caller");
        place.later(chrono::TimeDelta::seconds(10));
        assert_eq!(spent(&doors, &place.token).await.0, 200, "later");
    }
}
