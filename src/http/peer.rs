//! From which address a request came: the other end of the connection, or, behind proxies of ours, what they say of it.
//!
//! `X-Forwarded-For` is believed only as far as `SESAME_PROXIES` says that proxies of ours stand in front: each adds whom it was called by at the end,
//! and what stands before those entries is whatever the caller wrote.

use crate::app::CameFrom;
use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderMap, header, request::Parts},
};
use std::{convert::Infallible, net::IpAddr, sync::Arc};

/// The longest name of a program that is kept, in bytes.
const AGENT_MAX: usize = 300;

/// The other end of a connection, and how many proxies of ours stand between it and the caller. [`super::listen`] puts it on each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// So many proxies are ours.
    pub proxies: usize,
}

/// From where a request came, as an argument of a handler; none where that is not known.
#[derive(Debug, Clone)]
pub struct From(pub Option<Arc<CameFrom>>);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(From(came_from(&parts.extensions, &parts.headers)))
    }
}

/// From where a request came.
pub fn came_from(extensions: &Extensions, headers: &HeaderMap) -> Option<Arc<CameFrom>> {
    let peer = extensions.get::<Peer>()?;
    let agent =
        headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(|agent| cut(agent).to_owned());
    Some(Arc::new(CameFrom { address: address(peer, headers), agent }))
}

/// The caller's address: the entry that the outermost of our proxies wrote. A request that came past them has no such entry, and is its connection's.
fn address(peer: &Peer, headers: &HeaderMap) -> IpAddr {
    if peer.proxies == 0 {
        return peer.address;
    }
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    let said = lines.iter().flat_map(|line| line.split(',')).map(str::trim).rev().nth(peer.proxies - 1);
    said.and_then(|said| said.parse().ok()).unwrap_or(peer.address)
}

fn cut(text: &str) -> &str {
    let end = (0..=AGENT_MAX.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p2_only_what_our_own_proxies_wrote_is_believed() {
        let of = |proxies: usize, lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            lines.iter().for_each(|line| {
                headers.append("x-forwarded-for", header::HeaderValue::from_static(line));
            });
            address(&Peer { address: IpAddr::from([10, 0, 0, 1]), proxies }, &headers).to_string()
        };
        assert_eq!(of(0, &["203.0.113.7"]), "10.0.0.1", "anybody can write that");
        assert_eq!(of(1, &["6.6.6.6, 203.0.113.7"]), "203.0.113.7");
        assert_eq!(of(2, &["6.6.6.6, 203.0.113.7", "10.0.0.2"]), "203.0.113.7");
        assert_eq!(of(1, &["2001:db8::7"]), "2001:db8::7");
        for lines in [&[][..], &["nonsense"]] {
            assert_eq!(of(1, lines), "10.0.0.1");
        }
        assert_eq!(of(3, &["203.0.113.7"]), "10.0.0.1");
    }

    #[test]
    fn a_long_name_of_a_program_is_cut_between_letters() {
        assert_eq!(cut("curl/8"), "curl/8");
        assert_eq!(cut(&"é".repeat(200)).len(), 300);
        assert_eq!(cut(&format!("x{}", "é".repeat(200))).len(), 299);
    }
}
