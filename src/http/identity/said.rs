//! What is answered at the door of signing in: JSON to programs, a redirect or a small page to forms; and the cookie that goes with it.

use crate::{
    app::Failure,
    http::{Problem, auth::COOKIE, identity::Unreadable},
    i18n::{lang::Lang, messages::message},
    identity::Denied,
    vault::session::SessionSecret,
    web::told,
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::Refusal;
use serde_json::{Value, json};

/// Why a request is not served.
#[derive(Debug)]
pub enum Not {
    /// By the flow itself.
    Denied(Denied),
    /// Nobody is signed in with it.
    SignedIn,
    /// A form without what its session gives it.
    OfThisSession,
    /// It cannot be read.
    Readable(Unreadable),
}

impl<T: Into<Denied>> From<T> for Not {
    fn from(denied: T) -> Self {
        Not::Denied(denied.into())
    }
}

/// What becomes of the cookie.
#[derive(Debug, Default)]
enum Cookie {
    #[default]
    Stays,
    Is(SessionSecret),
    Goes,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Said {
    status: StatusCode,
    body: Value,
    cookie: Cookie,
    /// Where a form is led, unless it says itself.
    leads: &'static str,
}

impl Said {
    /// It was done; with this, besides no errors.
    pub fn done(body: Value) -> Said {
        Said { body, leads: "/auth/session", ..Said::default() }
    }

    /// It was written down, and is attended to.
    pub fn accepted() -> Said {
        Said { status: StatusCode::ACCEPTED, ..Said::done(json!({})) }
    }

    /// With another secret for the browser.
    pub fn with(self, secret: SessionSecret) -> Said {
        Said { cookie: Cookie::Is(secret), ..self }
    }

    /// With no secret any more.
    pub fn without(self) -> Said {
        Said { cookie: Cookie::Goes, ..self }
    }

    /// The answer to a program, or to a form.
    pub fn answer(self, form: bool, next: Option<&str>, lang: Lang) -> Response {
        let Said { status, mut body, cookie, leads } = self;
        let mut answer = match form {
            // What is handed out once is shown, and so is that something was only written down.
            true if body.as_object().is_some_and(|told| told.contains_key("recoveryCodes")) => {
                told::codes(shown(&body["recoveryCodes"]), lang)
            }
            true if status == StatusCode::ACCEPTED && next.is_none() => told::accepted(lang),
            true => Redirect::to(next.unwrap_or(leads)).into_response(),
            false => {
                body["userErrors"] = json!([]);
                (status, axum::Json(body)).into_response()
            }
        };
        let cookie = match &cookie {
            Cookie::Stays => return answer,
            Cookie::Is(secret) => session_cookie(secret),
            Cookie::Goes => format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"),
        };
        if let Ok(mut value) = HeaderValue::from_str(&cookie) {
            value.set_sensitive(true);
            answer.headers_mut().insert(header::SET_COOKIE, value);
        }
        answer
    }
}

/// The cookie that a session is recognised by.
pub fn session_cookie(secret: &SessionSecret) -> String {
    format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax", secret.reveal())
}

fn shown(codes: &Value) -> Vec<String> {
    codes.as_array().into_iter().flatten().filter_map(|code| code.as_str().map(str::to_owned)).collect()
}

/// What is told of a request that is not served: errors of the shape of GraphQL's.
#[derive(Debug)]
pub struct Told {
    /// The HTTP status.
    pub status: StatusCode,
    /// What is wrong, one by one.
    pub errors: Vec<Value>,
    /// After how many seconds it may be tried again, where that is told.
    pub wait: Option<u64>,
}

impl Not {
    /// What is told of it, in a language.
    ///
    /// # Errors
    /// The service's own failure, which is told to operators.
    pub fn told(self, lang: Lang) -> Result<Told, Failure> {
        let plain = |code: &str| error(code, None, lang, &[]);
        let mut wait = None;
        let (status, errors) = match self {
            Not::Denied(Denied::Failure(failure)) => return Err(failure),
            Not::Denied(Denied::Refused(refusals)) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                refusals.0.into_iter().map(|refusal| refused(refusal, lang)).collect(),
            ),
            Not::Denied(Denied::NotSignedIn) => (StatusCode::UNAUTHORIZED, vec![plain("SIGN_IN_FAILED")]),
            Not::Denied(Denied::Spent) => {
                (StatusCode::UNPROCESSABLE_ENTITY, vec![error("LINK_SPENT", Some("link"), lang, &[])])
            }
            Not::Denied(Denied::Provider(denied)) => {
                let detail = denied.detail().map(|detail| ("detail", detail.to_owned()));
                let status = StatusCode::from_u16(denied.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
                (status, vec![error(denied.code(), None, lang, detail.as_slice())])
            }
            Not::Denied(Denied::TooOften(after)) => {
                wait = Some(after.seconds());
                let seconds = [("seconds", after.seconds().to_string())];
                (StatusCode::TOO_MANY_REQUESTS, vec![error("RATE_LIMITED", None, lang, &seconds)])
            }
            Not::SignedIn => (StatusCode::UNAUTHORIZED, vec![plain("UNAUTHENTICATED")]),
            Not::OfThisSession => (StatusCode::FORBIDDEN, vec![plain("FORM_EXPIRED")]),
            Not::Readable(why) => unreadable(why, lang),
        };
        Ok(Told { status, errors, wait })
    }

    /// The answer to a program, or to a form.
    pub fn answer(self, form: bool, lang: Lang) -> Response {
        let Told { status, errors, wait } = match self.told(lang) {
            Ok(told) => told,
            Err(failure) => return Problem::failure(&failure, lang).into_response(),
        };
        let mut answer = match form {
            true => {
                let texts: Vec<String> =
                    errors.iter().filter_map(|e| e["message"].as_str().map(str::to_owned)).collect();
                told::not_done(status, &texts, lang)
            }
            false => (status, axum::Json(json!({ "userErrors": errors }))).into_response(),
        };
        if let Some(wait) = wait {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        answer
    }
}

fn unreadable(why: Unreadable, lang: Lang) -> (StatusCode, Vec<Value>) {
    let (status, code, params) = match why {
        Unreadable::TooLarge(most) => (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", Some(("max", most.to_string()))),
        Unreadable::Media(kinds) => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", Some(("expected", kinds.to_owned())))
        }
        Unreadable::TooSlow => (StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", None),
        Unreadable::Malformed => (StatusCode::BAD_REQUEST, "BAD_REQUEST", None),
    };
    (status, vec![error(code, None, lang, params.as_slice())])
}

fn refused(refusal: Refusal, lang: Lang) -> Value {
    let path = refusal.field.join(".");
    let mut params = refusal.params;
    if !path.is_empty() {
        params.push(("field", path.clone()));
    }
    error(refusal.code.as_str(), Some(path.as_str()).filter(|path| !path.is_empty()), lang, &params)
}

fn error(code: &str, field: Option<&str>, lang: Lang, params: &[(&str, String)]) -> Value {
    let field = field.map(|path| path.split('.').collect::<Vec<_>>());
    json!({ "code": code, "field": field, "message": message(code, lang, params) })
}
