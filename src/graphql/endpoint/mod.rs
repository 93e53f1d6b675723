//! `POST /graphql`: from an HTTP request to a guarded GraphQL request, and from its response to an HTTP answer.
//!
//! Strict on purpose, since cookies may carry the caller: POST only, `application/json` only, one request at a time,
//! at most 256 KiB within 30 s. The document is read once ([`documents`]), guarded ([`guard`](super::guard)), priced,
//! and handed to the executor already parsed. What comes back is cleaned ([`answer`]): at most 20 errors, and nothing of
//! the inside in any.
//!
//! Knows nothing of the schema, of accounts or of authentication: the executor is given the request's head, with its
//! headers and with the extensions that outer layers inserted.
//!
//! ```
//! use axum::{Router, http::request::Parts};
//! # use sesame::graphql::endpoint::Endpoint;
//! # async fn run(request: async_graphql::Request) -> async_graphql::Response { async_graphql::Response::default() }
//! # #[derive(Clone)] struct Caller;
//! # fn fresh_id() -> uuid::Uuid { uuid::Uuid::nil() }
//! let endpoint = Endpoint::new(fresh_id, |head: Parts, request: async_graphql::Request| async move {
//!     // A layer around this route put the caller there.
//!     let request = match head.extensions.get::<Caller>() {
//!         Some(caller) => request.data(caller.clone()),
//!         None => request,
//!     };
//!     run(request).await
//! });
//! let router: Router = Router::new().merge(endpoint.routes("/graphql"));
//! ```

mod accept;
mod answer;
mod body;
mod call;
pub mod documents;
mod gate;
mod problem;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_graphql::{Request, Response, Value};
use axum::{
    Router,
    extract::Request as HttpRequest,
    http::{HeaderMap, Method, header, request::Parts},
    response::Response as HttpResponse,
    routing::any,
};
use uuid::Uuid;

use crate::i18n::lang::lang;

use super::{
    budget::{Left, Purse},
    guard::{Cost, Limits},
};
use answer::Answerer;
use problem::Problem;

pub use gate::{Gate, Told, told};

/// The id by which a person reports an error and an operator finds it in the logs. The layer that logs requests inserts
/// it in the request's extensions; without one the endpoint makes its own.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// The endpoint around an executor: `async fn(Parts, async_graphql::Request) -> async_graphql::Response`.
///
/// The executor adds the caller to the request and runs the schema on it. In [`Request::data`] it finds the [`Cost`]. A layer that puts a [`Purse`] among the request's extensions has what it costs taken out of it first.
/// It need not log the errors that it answers: those without a `code` of ours, and those of code `INTERNAL`, are logged
/// here with the request's id, and answered without their message.
pub struct Endpoint<E> {
    execute: E,
    fresh_id: fn() -> Uuid,
    gate: Gate,
    body_bytes: usize,
    body_time: Duration,
}

impl<E, F> Endpoint<E>
where
    E: Fn(Parts, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    /// An endpoint with the limits of production. `fresh_id` names a request that no layer has named.
    pub fn new(fresh_id: fn() -> Uuid, execute: E) -> Self {
        Self {
            execute,
            fresh_id,
            gate: Gate::new(Limits::default()),
            body_bytes: 256 * 1024,
            body_time: Duration::from_secs(30),
        }
    }

    /// Other limits. At least [`Limits::connections`] wants to be told the schema's connections.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { gate: Gate::new(limits), ..self }
    }

    /// How long a body may take to arrive before 408; 30 s unless said otherwise.
    #[must_use]
    pub fn body_time(self, body_time: Duration) -> Self {
        Self { body_time, ..self }
    }

    /// The route at `path`, which answers every method itself: others than POST get 405.
    pub fn routes<S: Clone + Send + Sync + 'static>(self, path: &str) -> Router<S> {
        let endpoint = Arc::new(self);
        Router::new().route(
            path,
            any(move |request: HttpRequest| {
                let endpoint = Arc::clone(&endpoint);
                async move { endpoint.handle(request).await }
            }),
        )
    }

    async fn handle(&self, request: HttpRequest) -> HttpResponse {
        let (mut head, body) = request.into_parts();
        let id = head.extensions.get_or_insert_with(|| RequestId((self.fresh_id)().to_string().into())).clone();
        let media = accept::negotiate(&head.headers);
        let answerer = Answerer { lang: lang(&head.headers), media: media.unwrap_or_default(), id };
        if head.method != Method::POST {
            return answerer.problem(&Problem::Method);
        }
        if media.is_none() {
            return answerer.problem(&Problem::NotAcceptable);
        }
        if !is_json(&head.headers) {
            return answerer.problem(&Problem::MediaType);
        }
        match self.prepare(&head.headers, body).await {
            Ok((request, cost)) => {
                let left = match head.extensions.get::<Purse>().map(|purse| purse.spend(cost.requested)).transpose() {
                    Ok(left) => left,
                    Err(wait) => return answerer.problem(&Problem::Spent(wait.as_secs() + 1)),
                };
                let response = (self.execute)(head, request).await;
                answerer.response(response, cost_extension(cost, &self.gate.limits, left))
            }
            Err(problem) => answerer.problem(&problem),
        }
    }

    /// The body read, guarded, priced: a request that async-graphql need not parse.
    async fn prepare(&self, headers: &HeaderMap, body: axum::body::Body) -> Result<(Request, Cost), Problem> {
        let bytes = body::read(headers, body, self.body_bytes, self.body_time).await?;
        self.gate.admit(call::parse(&bytes)?, false)
    }
}

/// Exactly one `Content-Type: application/json`, in UTF-8, and no `Content-Encoding`: a form of another site cannot send it
/// without asking first.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).into_iter();
    let (Some(one), None) = (types.next().and_then(|value| value.to_str().ok()), types.next()) else {
        return false;
    };
    let mut parts = one.split(';').map(str::trim);
    let json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let utf8 = parts.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    let plain = headers.get_all(header::CONTENT_ENCODING).into_iter().all(|coding| coding == "identity");
    json && utf8 && plain
}

/// `extensions.cost`: what the request was priced at, the most that one may cost, and what the caller's bucket holds.
fn cost_extension(cost: Cost, limits: &Limits, left: Option<Left>) -> Value {
    let priced = [("requested", cost.requested), ("limit", limits.cost), ("nodes", cost.nodes)];
    let held = left.map(|left| [("available", left.available), ("restoreRate", left.restore_rate)]);
    let fields = priced.into_iter().chain(held.into_iter().flatten());
    Value::Object(fields.map(|(name, number)| (async_graphql::Name::new(name), Value::from(number))).collect())
}
