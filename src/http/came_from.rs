//! From where a person's request came, for the trail: the address that `peer` found, and what the caller's program calls itself.

use super::Peer;
use crate::app::CameFrom;
use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderMap, header, request::Parts},
};
use std::{convert::Infallible, sync::Arc};

/// The longest name of a program that is kept, in bytes.
const AGENT_MAX: usize = 300;

/// From where a request came, as an argument of a handler; none where that is not known.
#[derive(Debug, Clone)]
pub struct Whence(pub Option<Arc<CameFrom>>);

impl<S: Send + Sync> FromRequestParts<S> for Whence {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Whence(came_from(&parts.extensions, &parts.headers)))
    }
}

/// From where a request came.
pub fn came_from(extensions: &Extensions, headers: &HeaderMap) -> Option<Arc<CameFrom>> {
    let Peer(address) = *extensions.get::<Peer>()?;
    let agent =
        headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(|agent| cut(agent).to_owned());
    Some(Arc::new(CameFrom { address, agent }))
}

fn cut(text: &str) -> &str {
    let end = (0..=AGENT_MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_of_a_program_is_cut_between_letters() {
        assert_eq!(cut("curl/8"), "curl/8");
        assert_eq!(cut(&"é".repeat(200)).len(), 300);
        assert_eq!(cut(&format!("x{}", "é".repeat(200))).len(), 299);
    }
}
