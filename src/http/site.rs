//! Which site this service is: requests that another site makes a browser send are refused, and so are those that think they reach another host.
//!
//! A browser sends cookies along with what other sites make it ask (cross-site request forgery), so before any route is entered, and for all of them:
//! * a method that may change something is refused when `Sec-Fetch-Site` says that the request was not begun here, or, where that header is absent,
//!   when `Origin` is not ours; and a cookie with neither of the two is refused, for every browser sends one of them. Requests with an `Authorization` header
//!   pass: no browser adds it by itself, and beside it cookies are not looked at.
//! * a WebSocket's handshake is a GET, so its `Origin` is looked at too.
//! * a host name that is neither ours, nor `localhost`, nor an address, is answered 421: a name that someone else controls and points here would make a browser
//!   take us for a part of their site (DNS rebinding). Addresses in what we send come from the configuration, never from a request.
//!
//! OWASP, "Cross-Site Request Forgery Prevention" (Fetch Metadata); Fetch Standard; RFC 9110, 15.5.20.

use super::Problem;
use crate::i18n::lang::lang;
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode, header};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The site that this service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    /// Scheme, host and port, as `Origin` has them.
    origin: String,
    /// Names that requests may be for, besides addresses and `localhost`; lower case.
    hosts: Vec<String>,
    /// Reached by `https`.
    pub secure: bool,
}

impl Site {
    /// The site under this public address, which also answers to these names.
    pub fn new(public_url: &str, hosts: &[String]) -> Site {
        let (scheme, rest) = public_url.split_once("://").unwrap_or(("http", public_url));
        let authority = rest.split('/').next().unwrap_or_default().to_ascii_lowercase();
        let scheme = scheme.to_ascii_lowercase();
        // A browser leaves out the port that is the scheme's own.
        let usual = if scheme == "https" { ":443" } else { ":80" };
        let short = authority.strip_suffix(usual).unwrap_or(&authority);
        let mut names: Vec<String> = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        names.push(name_of(&authority).to_owned());
        Site { origin: format!("{scheme}://{short}"), hosts: names, secure: scheme == "https" }
    }

    /// Why a request is not let in, if it is not.
    pub fn refuses<B>(&self, request: &Request<B>) -> Option<Problem> {
        let headers = request.headers();
        // Probes ask by whatever name they know.
        let probe = matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics");
        if !probe && !self.is_host_known(request) {
            return Some(Problem::new(StatusCode::MISDIRECTED_REQUEST, "UNKNOWN_HOST", lang(headers)));
        }
        let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        let socket = headers.contains_key(header::SEC_WEBSOCKET_KEY);
        let foreign = match (safe, socket) {
            (false, _) => !headers.contains_key(header::AUTHORIZATION) && self.was_begun_elsewhere(headers),
            // A handshake says where it was begun by `Origin`; who sends none is no browser, and brings no cookie.
            (true, true) => self.is_origin_foreign(headers).unwrap_or(headers.contains_key(header::COOKIE)),
            (true, false) => false,
        };
        foreign.then(|| Problem::new(StatusCode::FORBIDDEN, "CROSS_SITE", lang(headers)))
    }

    fn is_host_known<B>(&self, request: &Request<B>) -> bool {
        let mut lines = request.headers().get_all(header::HOST).iter();
        let host = match (request.uri().authority(), lines.next(), lines.next()) {
            (Some(authority), ..) => authority.as_str(),
            (None, Some(line), None) => line.to_str().unwrap_or("?"),
            // HTTP/1.0, or our own tests: nothing is believed of it.
            (None, None, _) => return true,
            (None, Some(_), Some(_)) => return false,
        };
        let name = name_of(host).to_ascii_lowercase();
        let address = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
        address || name == "localhost" || self.hosts.contains(&name)
    }

    fn was_begun_elsewhere(&self, headers: &HeaderMap) -> bool {
        let mut sites = headers.get_all(FETCH_SITE).iter();
        match (sites.next(), sites.next()) {
            // `none`: a person typed it or followed a bookmark.
            (Some(site), None) => !matches!(site.as_bytes(), b"same-origin" | b"none"),
            (Some(_), Some(_)) => true,
            (None, _) => self.is_origin_foreign(headers).unwrap_or(headers.contains_key(header::COOKIE)),
        }
    }

    /// Whether `Origin` is another site's; none where it is not sent.
    fn is_origin_foreign(&self, headers: &HeaderMap) -> Option<bool> {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let origin = origins.next()?;
        Some(origins.next().is_some() || !origin.as_bytes().eq_ignore_ascii_case(self.origin.as_bytes()))
    }
}

/// The host of `host:port`.
fn name_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => authority,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn refused(method: &str, lines: &[(&str, &str)]) -> Option<&'static str> {
        let mut request = Request::builder().method(method).uri("/graphql");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let site = Site::new("https://Sesame.example.org:443/app", &["sesame.internal".to_owned()]);
        site.refuses(&request.body(()).unwrap()).map(|problem| problem.code)
    }

    #[test]
    fn a3_what_another_site_makes_a_browser_send_is_refused() {
        const OURS: &str = "https://sesame.example.org";
        for (lines, expected) in [
            (&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")][..], None),
            (&[("sec-fetch-site", "none"), ("cookie", "a=b")], None),
            (&[("sec-fetch-site", "cross-site")], Some("CROSS_SITE")),
            (&[("sec-fetch-site", "same-site"), ("cookie", "a=b")], Some("CROSS_SITE")),
            // Where a browser says both, the first counts.
            (&[("sec-fetch-site", "cross-site"), ("origin", OURS)], Some("CROSS_SITE")),
            (&[("origin", OURS), ("cookie", "a=b")], None),
            (&[("origin", "https://evil.example"), ("cookie", "a=b")], Some("CROSS_SITE")),
            (&[("origin", "http://sesame.example.org")], Some("CROSS_SITE")),
            (&[("origin", "https://sesame.example.org:8443")], Some("CROSS_SITE")),
            (&[("origin", "null")], Some("CROSS_SITE")),
            (&[("origin", OURS), ("origin", OURS)], Some("CROSS_SITE")),
            (&[("cookie", "a=b")], Some("CROSS_SITE")),
            (&[], None),
            // A token that a program sends is nothing that a browser adds by itself.
            (&[("authorization", "Bearer x"), ("origin", "https://evil.example")], None),
        ] {
            for method in ["POST", "PUT", "PATCH", "DELETE"] {
                assert_eq!(refused(method, lines), expected, "{method} {lines:?}");
            }
        }
        assert_eq!(refused("GET", &[("sec-fetch-site", "cross-site"), ("cookie", "a=b")]), None, "a link leads here");
    }

    #[test]
    fn a5_a_websocket_of_another_site_is_refused() {
        let key = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(refused("GET", &[key, ("origin", "https://sesame.example.org"), ("cookie", "a=b")]), None);
        assert_eq!(refused("GET", &[key, ("origin", "https://evil.example")]), Some("CROSS_SITE"));
        assert_eq!(refused("GET", &[key, ("origin", "null"), ("authorization", "Bearer x")]), Some("CROSS_SITE"));
        assert_eq!(refused("GET", &[key, ("cookie", "a=b")]), Some("CROSS_SITE"));
        assert_eq!(refused("GET", &[key]), None, "a program that says who it is in the protocol");
    }

    #[test]
    fn a25_only_our_own_names_are_answered() {
        for (host, expected) in [
            ("sesame.example.org", None),
            ("SESAME.example.org:8443", None),
            ("sesame.internal:8080", None),
            ("localhost:8080", None),
            ("127.0.0.1:8080", None),
            ("[::1]:8080", None),
            ("evil.example", Some("UNKNOWN_HOST")),
            ("sesame.example.org.evil.example", Some("UNKNOWN_HOST")),
            ("localhost.evil.example", Some("UNKNOWN_HOST")),
            ("", Some("UNKNOWN_HOST")),
        ] {
            assert_eq!(refused("GET", &[("host", host)]), expected, "{host}");
        }
        assert_eq!(refused("GET", &[("host", "localhost"), ("host", "evil.example")]), Some("UNKNOWN_HOST"));
    }
}
