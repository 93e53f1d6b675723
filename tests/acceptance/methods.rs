//! What no route is there for: methods that echo, and what a stranger would like to know of the program behind.

use crate::place::everywhere;
use axum::{
    body::Body,
    http::{Method, Request, header},
};

#[tokio::test]
async fn v13_trace_is_not_answered_and_nobody_is_told_what_serves() {
    for place in everywhere().await {
        for path in ["/graphql", "/graphql/stream", "/export/subscribers.csv", "/erp/records", "/healthz", "/nowhere"] {
            let asked = Request::builder()
                .method(Method::TRACE)
                .uri(path)
                .header(header::AUTHORIZATION, format!("Bearer {}", place.token))
                .header("x-echo", "said-by-the-caller")
                .body(Body::empty())
                .unwrap();
            let answer = place.send(asked).await;
            assert!(matches!(answer.status.as_u16(), 404 | 405), "{path}: {}", answer.status);
            assert!(!answer.text.contains("said-by-the-caller"), "{path}: {}", answer.text);
            assert!(!answer.text.contains(place.token.as_str()), "{path}");
            for told in ["server", "x-powered-by"] {
                assert!(!answer.headers.contains_key(told), "{path}: {told}");
            }
        }
    }
}
