//! The endpoint with a toy schema: what it takes, what it refuses, what it lets through.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod bodies;
mod cop;
mod errors;
mod http;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_graphql::{ComplexObject, EmptySubscription, Error, ErrorExtensions, Object, Schema, SimpleObject};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, StatusCode, header},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;

struct Query;
struct Mutation;

#[derive(SimpleObject)]
#[graphql(complex)]
struct Contact {
    id: i32,
    name: String,
}

#[ComplexObject]
impl Contact {
    async fn note(&self) -> Result<Option<String>, Error> {
        Err(not_found())
    }
}

fn not_found() -> Error {
    Error::new("Introuvable.").extend_with(|_, extensions| {
        extensions.set("code", "NOT_FOUND");
        extensions.set("kind", "contact");
    })
}

#[Object]
impl Query {
    async fn ping(&self) -> &str {
        "pong"
    }

    async fn twice(&self, n: i32) -> i32 {
        n.saturating_mul(2)
    }

    async fn contacts(&self, #[graphql(default = 20)] first: i32) -> Vec<Contact> {
        (0..first).map(|id| Contact { id, name: format!("Contact {id}") }).collect()
    }

    async fn broken(&self) -> Result<i32, Error> {
        let inside = "sqlx: no such table in SELECT secret FROM t at /src/db.rs:12, panicked";
        Err(Error::new_with_source(std::io::Error::other(inside)))
    }

    async fn broken_text(&self) -> Result<i32, Error> {
        Err(Error::new("Failed: SELECT secret FROM t"))
    }

    async fn broken_like_a_value(&self) -> Result<i32, Error> {
        Err(std::io::Error::other("Failed to parse \"row\": SELECT secret"))?
    }

    async fn broken_optional(&self) -> Result<Option<i32>, Error> {
        Err("sqlx pool timed out".into())
    }

    async fn internal(&self) -> Result<i32, Error> {
        Err(Error::new("sqlx: secret").extend_with(|_, extensions| extensions.set("code", "INTERNAL")))
    }

    async fn missing(&self) -> Result<Option<i32>, Error> {
        Err(not_found())
    }

    async fn language(&self, ctx: &async_graphql::Context<'_>) -> String {
        ctx.data_opt::<String>().cloned().unwrap_or_default()
    }
}

#[Object]
impl Mutation {
    async fn touch(&self) -> i32 {
        1
    }
}

fn schema() -> Schema<Query, Mutation, EmptySubscription> {
    Schema::build(Query, Mutation, EmptySubscription).disable_suggestions().finish()
}

/// The endpoint around the toy schema, and how many requests its executor was given.
fn toy() -> (Router, Arc<AtomicUsize>) {
    let executed = Arc::new(AtomicUsize::new(0));
    let (count, schema) = (Arc::clone(&executed), schema());
    let endpoint = Endpoint::new(Uuid::nil, move |head: Parts, mut request: Request| {
        count.fetch_add(1, Ordering::SeqCst);
        // The text is of no use any more: what was parsed before is what runs.
        request.query = "{ this would not even parse".into();
        let seen = head.headers.get("x-seen").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let schema = schema.clone();
        async move { schema.execute(request.data(seen)).await }
    });
    let limits = Limits { connections: &["contacts"], ..Limits::default() };
    (endpoint.limits(limits).body_time(std::time::Duration::from_millis(150)).routes("/graphql"), executed)
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    json: Value,
    text: String,
}

impl Answer {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    fn code(&self) -> &str {
        self.json["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }

    fn message(&self) -> &str {
        self.json["errors"][0]["message"].as_str().unwrap_or_default()
    }
}

async fn send(router: &Router, request: HttpRequest) -> Answer {
    let answer = router.clone().oneshot(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Answer { status: head.status, headers: head.headers, json, text }
}

fn post(body: impl Into<Body>, headers: &[(&str, &str)]) -> HttpRequest {
    let mut request = HttpRequest::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

/// Sends a document as a well-behaved client does.
async fn ask(query: &str) -> Answer {
    ask_with(query, json!({}), &[]).await
}

async fn ask_with(query: &str, variables: Value, headers: &[(&str, &str)]) -> Answer {
    let (router, _) = toy();
    send(&router, post(json!({ "query": query, "variables": variables }).to_string(), headers)).await
}

const GRAPHQL: (&str, &str) = ("accept", "application/graphql-response+json");
