//! What the HTTP door itself has to say against a request, as the JSON that GraphQL errors have too, in the caller's language.

use crate::{
    app::Failure,
    i18n::{lang::Lang, messages::message},
};
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// A request that is not served: status, stable code, and a sentence. Holds nothing of the inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
}

impl Problem {
    /// A problem whose code has a sentence in the catalogue.
    pub fn new(status: StatusCode, code: &'static str, lang: Lang) -> Problem {
        Problem { status, code, message: message(code, lang, &[]) }
    }

    /// No token, or none that is known.
    pub fn unauthenticated(lang: Lang) -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", lang)
    }

    /// A failure of the service, logged here with all it says; the caller is told the code.
    pub fn failure(failure: &Failure, lang: Lang) -> Problem {
        let code = failure.code();
        let status = match code {
            "INTERNAL" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        tracing::error!(code, error = %failure, "a request failed");
        Problem::new(status, code, lang)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Kept beside the answer, for browsers, which are told by a page (`around`).
        let told = self.clone();
        let Problem { status, code, message } = self;
        let json = serde_json::json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
        let mut answer = Response::new(Body::from(json.to_string()));
        *answer.status_mut() = status;
        answer.extensions_mut().insert(told);
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        answer
    }
}
