//! Who stands at the other end of a connection, and who stands behind a proxy of ours.
//!
//! The address is the socket's, unless that one is a proxy named in the configuration: then the last entry of `X-Forwarded-For` that such a proxy did not
//! add itself. What anyone else writes into that header counts for nothing, so nobody chooses the address they are limited and recorded by.

use super::Doors;
use axum::http::HeaderMap;
use ipnet::{IpNet, Ipv6Net};
use serde::Deserialize;
use std::net::IpAddr;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address a request came from, put into its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// What is limited together: an IPv4 address, or the 64 leading bits of an IPv6 address, which one customer of a network holds alone.
    pub fn together(self) -> String {
        match self.0 {
            IpAddr::V4(four) => four.to_string(),
            IpAddr::V6(six) => Ipv6Net::new(six, 64).map_or_else(|_| six.to_string(), |net| net.trunc().to_string()),
        }
    }
}

/// The address of the socket that a request came through, put there by whoever accepts connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Socket(pub IpAddr);

/// Proxies that are believed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TrustedProxies(Vec<IpNet>);

impl TryFrom<String> for TrustedProxies {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let nets = parts.map(|part| match (part.parse::<IpNet>(), part.parse::<IpAddr>()) {
            (Ok(net), _) => Ok(net),
            (_, Ok(address)) => Ok(IpNet::from(address)),
            _ => Err(format!("`{part}` is no address and no network")),
        });
        nets.collect::<Result<_, _>>().map(TrustedProxies)
    }
}

impl TrustedProxies {
    fn believes(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address))
    }

    /// Who asks, when `socket` hands on these headers.
    pub fn peer(&self, socket: IpAddr, headers: &HeaderMap) -> Peer {
        let mut peer = socket.to_canonical();
        let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok()).collect();
        let mut told = lines.iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim);
        while self.believes(peer) {
            // Some proxies write a port too.
            let next = told.next().and_then(|entry| {
                entry.parse::<IpAddr>().ok().or_else(|| entry.parse::<std::net::SocketAddr>().ok().map(|a| a.ip()))
            });
            match next {
                Some(before) => peer = before.to_canonical(),
                None => break,
            }
        }
        Peer(peer)
    }
}

/// Who asks, by the request's own head; none where no socket is known (a test that calls the routes themselves).
pub(super) fn of(doors: &Doors, extensions: &axum::http::Extensions, headers: &HeaderMap) -> Option<Peer> {
    extensions.get::<Socket>().map(|socket| doors.trusted_proxies.peer(socket.0, headers))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn peer(trusted: &str, socket: &str, lines: &[&str]) -> String {
        let trusted = TrustedProxies::try_from(trusted.to_owned()).unwrap();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        trusted.peer(socket.parse().unwrap(), &headers).0.to_string()
    }

    #[test]
    fn a15_only_a_trusted_proxy_is_believed_about_who_stands_behind_it() {
        for (trusted, socket, lines, expected) in [
            ("", "203.0.113.9", &["198.51.100.1"][..], "203.0.113.9"),
            ("10.0.0.0/8", "203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.0/8", "10.1.2.3", &["198.51.100.1"], "198.51.100.1"),
            // What the caller wrote stands before what our proxy added.
            ("10.0.0.0/8", "10.1.2.3", &["127.0.0.1, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.0/8", "10.1.2.3", &["1.1.1.1", "198.51.100.1, 10.9.9.9"], "198.51.100.1"),
            ("10.0.0.0/8, ::1", "::1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", &["2001:db8::7"], "2001:db8::7"),
            ("10.0.0.0/8", "10.1.2.3", &["hello"], "10.1.2.3"),
            ("10.0.0.0/8", "10.1.2.3", &[], "10.1.2.3"),
        ] {
            assert_eq!(peer(trusted, socket, lines), expected, "{trusted:?} {socket} {lines:?}");
        }
    }

    #[test]
    fn an_ipv6_neighbourhood_is_limited_together() {
        let together = |address: &str| Peer(address.parse().unwrap()).together();
        assert_eq!(together("2001:db8:1:2:3:4:5:6"), together("2001:db8:1:2::1"));
        assert_ne!(together("2001:db8:1:2::1"), together("2001:db8:1:3::1"));
        assert_eq!(together("198.51.100.1"), "198.51.100.1");
    }

    #[test]
    fn what_is_no_network_is_said() {
        assert!(TrustedProxies::try_from("10.0.0.0/40".to_owned()).is_err());
        assert_eq!(TrustedProxies::try_from(" , ".to_owned()), Ok(TrustedProxies::default()));
    }
}
