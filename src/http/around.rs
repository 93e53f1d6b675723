//! What is put around every request: its id, one log line, its numbers, headers that keep browsers careful, and a net under panics.

use super::{Doors, Problem, peer, site::Site};
use crate::{
    graphql::endpoint::RequestId as EndpointId,
    i18n::lang::{Lang, lang},
    service::Service,
    telemetry::{self, RequestId},
    web::{show, told},
};
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is known around every request.
struct Around {
    service: Arc<Service>,
    doors: Doors,
    site: Site,
}

/// The whole service, with these around it.
pub fn put_around(routes: Router, service: Arc<Service>, doors: &Doors) -> Router {
    let site = Site::new(&service.outbox().outside().public_url, &doors.hosts);
    routes.layer(middleware::from_fn_with_state(Arc::new(Around { service, doors: doors.clone(), site }), around))
}

async fn around(State(known): State<Arc<Around>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let sent = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let id = RequestId::new(sent, known.service.app.clock());
    let span = id.span();
    request.extensions_mut().insert(EndpointId(id.as_str().into()));
    if let Some(peer) = peer::of(&known.doors, request.extensions(), request.headers()) {
        request.extensions_mut().insert(peer);
    }
    let method = request.method().clone();
    // The pattern and not the path: a path may hold what somebody typed.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let lang = lang(request.headers());
    let browsing = told::is_browsing(&method, request.headers()).then(|| show::language(request.headers()));
    async move {
        let mut answer = match known.site.refuses(&request) {
            Some(problem) => problem.into_response(),
            None => AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|_| {
                // What it said went to standard error by the panic hook; it may hold anything, so it is not repeated here.
                tracing::error!("a request panicked");
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", lang).into_response()
            }),
        };
        if let (Some(lang), Some(problem)) = (browsing, answer.extensions().get::<Problem>().cloned()) {
            answer = told::problem(&problem, answer, lang, id.as_str());
        }
        careful(answer.headers_mut(), known.site.secure);
        if let Ok(value) = HeaderValue::from_str(id.as_str()) {
            answer.headers_mut().insert(REQUEST_ID, value);
        }
        let (status, took) = (answer.status().as_u16(), started.elapsed());
        telemetry::record_request(method.as_str(), route.as_deref(), status, took);
        log_line(method.as_str(), route.as_deref().unwrap_or("unmatched"), status, took.as_secs_f64() * 1000.0);
        answer
    }
    .instrument(span)
    .await
}

fn log_line(method: &str, route: &str, status: u16, ms: f64) {
    // Probes come every few seconds and say nothing while all is well.
    if matches!(route, "/healthz" | "/readyz" | "/metrics") && status < 400 {
        tracing::debug!(method, route, status, ms, "answered");
    } else {
        tracing::info!(method, route, status, ms, "answered");
    }
}

/// Headers that every answer carries, unless its room set its own.
fn careful(headers: &mut HeaderMap, secure: bool) {
    if secure {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// A path that leads nowhere.
pub async fn nothing_here(headers: HeaderMap) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", lang(&headers))
}

/// A path that is not served by this method; the answer's `Allow` says by which.
pub async fn wrong_method(headers: HeaderMap) -> Problem {
    let message = match lang(&headers) {
        Lang::Fr => "Cette adresse n’est pas servie par cette méthode\u{202f}; voyez l’en-tête Allow.",
        Lang::En => "This address is not served by this method; see the Allow header.",
    };
    Problem { status: StatusCode::METHOD_NOT_ALLOWED, code: "METHOD_NOT_ALLOWED", message: message.to_owned() }
}
