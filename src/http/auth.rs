//! Who calls: `Authorization: Bearer <token>`, recognised by the vault; else the cookie of a session; else 401.
//!
//! Whoever sends an `Authorization` header is who it says, or nobody: cookies are then not looked at. Knows no route; handlers take [`Authenticated`] as an
//! argument, and what they then do is decided by [`crate::app::App`].

use super::problem::Problem;
use crate::{
    app::{Caller, Door, Failure},
    i18n::lang::lang,
    identity::Denied,
    service::Service,
    vault::session::SessionSecret,
};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use std::sync::Arc;

/// The cookie of a session. The prefix makes browsers refuse it from anything but this host, whole, over TLS (or at localhost).
pub const COOKIE: &str = "__Host-sid";

/// A caller who was recognised. As an argument of a handler it answers 401 (`UNAUTHENTICATED`, `WWW-Authenticate: Bearer`)
/// to everyone else, before the body is read.
#[derive(Debug, Clone)]
pub struct Authenticated(pub Caller);

impl<S> FromRequestParts<S> for Authenticated
where
    S: Send + Sync,
    Arc<Service>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let service = Arc::<Service>::from_ref(state);
        caller(&service, &parts.headers).await.map(Authenticated)
    }
}

/// The caller that the headers speak for.
pub(super) async fn caller(service: &Service, headers: &HeaderMap) -> Result<Caller, Problem> {
    recognised(service, headers, true).await
}

/// The same, looked at again for who follows along: that is no use of a session, which ends when nobody uses it.
pub(super) async fn still(service: &Service, headers: &HeaderMap) -> Result<Caller, Problem> {
    recognised(service, headers, false).await
}

async fn recognised(service: &Service, headers: &HeaderMap, used: bool) -> Result<Caller, Problem> {
    let lang = lang(headers);
    if !headers.contains_key(header::AUTHORIZATION) {
        let Some(secret) = session(headers) else { return Err(Problem::unauthenticated(lang)) };
        return match service.identity().recognise(&secret, used).await {
            Ok(Some(signed)) => Ok(signed.caller),
            Err(Denied::Failure(failure)) => Err(Problem::failure(&failure, lang)),
            Ok(None) | Err(_) => Err(Problem::unauthenticated(lang)),
        };
    }
    let Some(token) = bearer(headers) else { return Err(Problem::unauthenticated(lang)) };
    let now = service.app.clock().now().timestamp_micros();
    let bearer = service.app.vault().bearer(token, now).await.map_err(|e| Problem::failure(&Failure::from(e), lang))?;
    match bearer {
        Some(bearer) => {
            let known = service.app.recognise_bearer(bearer, Door::Api).await;
            let known = known.map_err(|failure| Problem::failure(&failure, lang))?;
            known.ok_or_else(|| Problem::unauthenticated(lang))
        }
        None => Err(Problem::unauthenticated(lang)),
    }
}

/// The session that the cookies name; none where they name none, or several.
pub fn session(headers: &HeaderMap) -> Option<SessionSecret> {
    cookie(headers, COOKIE).and_then(SessionSecret::parse)
}

/// The one cookie of this name; none where there is none, or several.
pub fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    match (named.next(), named.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// The token of the one `Authorization: Bearer …` header; none when there is none, another scheme, or several.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).into_iter();
    let (Some(one), None) = (all.next(), all.next()) else { return None };
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a14_only_one_cookie_of_this_name_is_a_session() {
        let of = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, line.parse().unwrap());
            }
            session(&headers).is_some()
        };
        let good = format!("__Host-sid={}", "A".repeat(43));
        assert!(of(&[&good]) && of(&["a=b", &format!("x=y; {good}; z")]));
        for other in [&[][..], &["__Host-sid=", "sid=x"], &[&good, &good], &[&good[1..]], &["__Host-sid=ses_x"]] {
            assert!(!of(other), "{other:?}");
        }
    }

    #[test]
    fn only_one_bearer_header_is_a_token() {
        let of = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::AUTHORIZATION, line.parse().unwrap());
            }
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(of(&["Bearer ses_x"]).as_deref(), Some("ses_x"));
        assert_eq!(of(&["bearer  ses_x "]).as_deref(), Some("ses_x"));
        for other in [&[][..], &[""], &["Bearer"], &["Bearer "], &["Basic eDp5"], &["ses_x"], &["Bearer a", "Bearer b"]]
        {
            assert_eq!(of(other), None, "{other:?}");
        }
    }
}
