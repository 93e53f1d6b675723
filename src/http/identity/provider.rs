//! `/auth/oidc/…`: to an account's provider of sign-ins, and back. Coming back is a GET by nature of the protocol; what it uses up is this browser's own
//! sign-in, once, and nothing else.

use super::{
    Fields, Not,
    said::{Said, session_cookie},
    visitor,
};
use crate::{
    http::auth,
    i18n::lang::{Lang, lang},
    identity::{Entry, ProviderDenied, Returned, Sent},
    service::Service,
};
use axum::{
    extract::{Path, Query, Request, State, rejection::QueryRejection},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::AccountId;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// Binds a browser that was sent to a provider to what it was sent with.
const COOKIE: &str = "__Host-oidc";
/// For as long as it may come back, in seconds.
const LASTS: u32 = 600;

/// What the address says of a browser that came back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Brought {
    state: String,
    code: String,
    iss: Option<String>,
    error: Option<String>,
}

/// Sends a browser to the provider of an account: named by its id, or by its number.
pub async fn start(State(service): State<Arc<Service>>, request: Request) -> Response {
    let lang = lang(request.headers());
    let (head, fields) = match Fields::read(request).await {
        Ok(read) => read,
        Err(status) => return Not::Readable(status).answer(false, lang),
    };
    match sent(&service, &head, &fields).await {
        Ok(Sent { location, browser }) => {
            let answer = match fields.form {
                true => Redirect::to(&location).into_response(),
                false => axum::Json(json!({ "location": location, "userErrors": [] })).into_response(),
            };
            with_browser(answer, &browser)
        }
        Err(not) => not.answer(fields.form, lang),
    }
}

async fn sent(service: &Service, head: &Parts, fields: &Fields) -> Result<Sent, Not> {
    let account = match fields.given("accountNumber") {
        Some(number) => service.app.reader().account_of(number.trim()).await?.map(AccountId),
        None => fields.get("accountId").parse().ok(),
    };
    let account = account.ok_or(crate::identity::Denied::from(ProviderDenied::NotOffered))?;
    let again = fields.get("again") == "true";
    Ok(service.identity().start_provider(account, again, fields.next(), &visitor(head)).await?)
}

/// Takes a browser back.
pub async fn callback(
    State(service): State<Arc<Service>>,
    Path(account): Path<String>,
    asked: Result<Query<Brought>, QueryRejection>,
    request: Request,
) -> Response {
    let (head, _) = request.into_parts();
    let lang = lang(&head.headers);
    // Who only looks uses nothing up.
    if head.method == Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let html = head.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let form = html.is_some_and(|accept| accept.contains("text/html"));
    let said = asked.map(|Query(said)| said).unwrap_or_default();
    let browser = auth::cookie(&head.headers, COOKIE).unwrap_or_default();
    let returned = Returned {
        account: account.parse().ok(),
        state: &said.state,
        code: &said.code,
        issuer: said.iss.as_deref(),
        error: said.error.is_some(),
        browser,
    };
    let before = auth::session(&head.headers).map(|secret| secret.hash());
    let finished = service.identity().finish_provider(returned, before, &visitor(&head)).await;
    let answer = match finished {
        Ok((entry, next)) => entered(entry, next, form, lang),
        Err(denied) => Not::from(denied).answer(form, lang),
    };
    match browser.is_empty() {
        true => answer,
        false => with(answer, &format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")),
    }
}

fn entered(entry: Entry, next: Option<String>, form: bool, lang: Lang) -> Response {
    match entry {
        Entry::Entered(entered) => {
            super::in_account(entered.account).with(entered.secret).answer(form, next.as_deref(), lang)
        }
        // Asked for on the page for it, which leads on to the same place.
        Entry::SecondFactor(secret) if form => {
            let next = next.map(|next| format!("?next={}", pages::encoded(&next))).unwrap_or_default();
            with(Redirect::to(&format!("/second-factor{next}")).into_response(), &session_cookie(&secret))
        }
        Entry::SecondFactor(secret) => {
            Said::done(json!({ "secondFactor": "required" })).with(secret).answer(form, None, lang)
        }
    }
}

/// An answer that binds this browser to what it is sent to a provider with.
pub fn with_browser(answer: Response, browser: &str) -> Response {
    with(answer, &format!("{COOKIE}={browser}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={LASTS}"))
}

fn with(mut answer: Response, cookie: &str) -> Response {
    if let Ok(mut value) = HeaderValue::from_str(cookie) {
        value.set_sensitive(true);
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}
