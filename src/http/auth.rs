//! Who calls: `Authorization: Bearer <token>`, recognised by the vault, or 401.
//!
//! Bearer tokens are the only credential of this door, so nothing that a browser sends by itself lets anyone in. Knows no route;
//! handlers take [`Authenticated`] as an argument, and what they then do is decided by [`crate::app::App`].

use super::problem::Problem;
use crate::{
    app::{Caller, Door, Failure},
    i18n::lang::lang,
    service::Service,
};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use std::sync::Arc;

/// A caller whose token was recognised. As an argument of a handler it answers 401 (`UNAUTHENTICATED`, `WWW-Authenticate: Bearer`)
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
    let lang = lang(headers);
    let Some(token) = bearer(headers) else { return Err(Problem::unauthenticated(lang)) };
    let now = service.app.clock().now().timestamp_micros();
    let bearer = service.app.vault().bearer(token, now).await.map_err(|e| Problem::failure(&Failure::from(e), lang))?;
    match bearer {
        Some(bearer) => {
            let known = service.app.recognise_bearer(bearer, Door::Api).await;
            known.map_err(|failure| Problem::failure(&failure, lang))
        }
        None => Err(Problem::unauthenticated(lang)),
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
