//! Server-sent events: one subscription a request, by the protocol `graphql-sse` (distinct connections). Events are `next` (a result) and `complete`.
//!
//! An event's `id` is the position in its result, where the document asks for it: a client that reconnects sends the last one back as `Last-Event-ID`,
//! and goes on after it.

use super::{Live, Seat, Still};
use crate::{
    app::Caller,
    graphql::{
        LastSeen,
        endpoint::{RequestId, Told, told},
    },
    http::{Problem, auth},
    i18n::{
        lang::{Lang, lang},
        messages::message,
    },
};
use async_graphql::Response as Answer;
use axum::{
    body::to_bytes,
    extract::{Extension, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt, stream, stream::BoxStream};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{convert::Infallible, sync::Arc};
use tokio::time::{Instant, sleep_until, timeout};

/// A request in an address.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// `GET /graphql/stream?query=…&variables=…`.
pub async fn by_get(
    State(live): State<Arc<Live>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    // A text that is no JSON goes on as a text, and is refused as what it is.
    let json = |text: Option<String>| text.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text)));
    let Asked { query, operation_name, variables, extensions } = asked;
    let mut payload =
        json!({ "variables": json(variables), "extensions": json(extensions), "operationName": operation_name });
    if let Some(query) = query {
        payload["query"] = query.into();
    }
    match auth::caller(&live.service, &headers).await {
        Ok(caller) => serve(live, id, headers, caller, payload).await,
        Err(problem) => problem.into_response(),
    }
}

/// `POST /graphql/stream`, with a request as `POST /graphql` takes it. Who it is is asked before a byte of the body is read.
pub async fn by_post(State(live): State<Arc<Live>>, Extension(id): Extension<RequestId>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let lang = lang(&head.headers);
    let caller = match auth::caller(&live.service, &head.headers).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let json = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
    });
    if !json {
        return Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "LIVE_PROTOCOL", lang).into_response();
    }
    match timeout(live.bounds.init, to_bytes(body, live.bounds.message_bytes)).await {
        Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "LIVE_PROTOCOL", lang).into_response(),
        Ok(Err(_)) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "LIVE_PROTOCOL", lang).into_response(),
        Ok(Ok(bytes)) => {
            let payload = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            serve(live, id, head.headers, caller, payload).await
        }
    }
}

async fn serve(live: Arc<Live>, id: RequestId, headers: HeaderMap, caller: Caller, payload: Value) -> Response {
    let lang = lang(&headers);
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if !accepted.flat_map(|value| value.split(',')).any(|one| one.trim().starts_with("text/event-stream")) {
        return Problem::new(StatusCode::NOT_ACCEPTABLE, "LIVE_PROTOCOL", lang).into_response();
    }
    let request = match live.gate.subscription(payload, lang, &id) {
        Ok(request) => request,
        Err(errors) => {
            let body = axum::Json(json!({ "errors": errors }));
            return (StatusCode::BAD_REQUEST, body).into_response();
        }
    };
    let mut seat = match live.seat() {
        Some(seat) => seat,
        None => return super::full(lang).into_response(),
    };
    if !seat.taken_by(&caller) {
        return super::full(lang).into_response();
    }
    let last_seen = headers.get("last-event-id").and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
    let results = live.run(request, live.asker(caller.clone(), lang), last_seen.map(|text| LastSeen(text.to_owned())));
    let keep_alive = KeepAlive::new().interval(live.bounds.ping);
    let next_look = Instant::now() + live.bounds.look_again;
    let telling = Telling { live, headers, caller, lang, id, results: Some(results), next_look, _seat: seat };
    let mut answer = Sse::new(events(telling)).keep_alive(keep_alive).into_response();
    // Proxies that gather answers would hold events back.
    answer.headers_mut().insert("x-accel-buffering", header::HeaderValue::from_static("no"));
    answer
}

struct Telling {
    live: Arc<Live>,
    headers: HeaderMap,
    caller: Caller,
    lang: Lang,
    id: RequestId,
    /// None: all was told.
    results: Option<BoxStream<'static, Answer>>,
    next_look: Instant,
    _seat: Seat,
}

fn events(telling: Telling) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let batches = stream::unfold(telling, |mut telling| async move { Some((telling.next().await?, telling)) });
    batches.flat_map(stream::iter).map(Ok)
}

impl Telling {
    /// The next events; none: the answer ends. A stop, and rights that changed, end it without `complete`, so that the client connects again.
    async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            let results = self.results.as_mut()?;
            tokio::select! {
                response = results.next() => {
                    let Some(response) = response else { return Some(self.last(None)) };
                    return Some(match told(response, self.lang, &self.id) {
                        Told::Next(result) => vec![event(&result)],
                        Told::Error(errors) => self.last(Some(errors)),
                    });
                }
                () = sleep_until(self.next_look) => {
                    self.next_look = Instant::now() + self.live.bounds.look_again;
                    match self.live.standing_of(&self.headers, &self.caller).await {
                        Still::TheSame => {}
                        // Without `complete`, so that the client connects again.
                        Still::OtherRights => return None,
                        Still::Nobody => {
                            let code = "UNAUTHENTICATED";
                            let said = message(code, self.lang, &[]);
                            return Some(self.last(Some(json!([{ "message": said, "extensions": { "code": code } }]))));
                        }
                    }
                }
                () = self.live.draining.begun() => return None,
            }
        }
    }

    fn last(&mut self, errors: Option<Value>) -> Vec<Event> {
        self.results = None;
        let errors = errors.map(|errors| event(&json!({ "errors": errors })));
        errors.into_iter().chain([Event::default().event("complete").data("")]).collect()
    }
}

fn event(result: &Value) -> Event {
    let event = Event::default().event("next").data(result.to_string());
    let root = result["data"].as_object().and_then(|data| data.values().next());
    match root.and_then(|root| root["position"].as_str()) {
        Some(position) => event.id(position),
        None => event,
    }
}
