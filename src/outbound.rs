//! Calls to addresses that callers choose: webhooks, the customer-service feed, an ERP. Such an address must not become a way into the network
//! we stand in, so every call goes through here.
//!
//! What is kept (OWASP, "Server-Side Request Forgery Prevention"): `https` only; no user or password in the address; the name is looked up by our own
//! resolver, every address it answers must be public ([`is_public`]), and the connection goes to one of exactly these, so that a name which
//! answers otherwise a moment later gains nothing; redirects are not followed; no proxy of the environment is asked; time and size are bounded.
//! [`Targets::Any`] lifts the first and the address check, for closed networks and tests.
//!
//! Knows HTTP, nothing of what is sent. Next: `outbox` for what is delivered through it.

use futures::{FutureExt, future::BoxFuture};
pub use reqwest::{Method, Url, header::HeaderMap};
use reqwest::{
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderName, HeaderValue},
    redirect,
};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

/// Longest time to a connection, TLS included.
const CONNECT: Duration = Duration::from_secs(5);
/// Longest address that is taken, in bytes.
const URL_MAX: usize = 2_000;

/// Which addresses may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Targets {
    /// Public addresses, by `https`.
    #[default]
    Public,
    /// Any, also without TLS: for closed networks and tests (`SESAME_ALLOW_PRIVATE_TARGETS`).
    Any,
}

/// Why an address that someone gave is not called. Never names the address: it may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlProblem {
    /// No absolute address at all, or too long.
    #[error("this is no address")]
    Invalid,
    /// Neither `https`, nor `http` where that is allowed.
    #[error("the address must begin with https://")]
    Scheme,
    /// A user or a password stands in it.
    #[error("the address may hold no user and no password")]
    Credentials,
    /// It leads into a private, local or reserved network.
    #[error("the address leads into a private network")]
    Private,
}

/// Why a call brought no answer. Its text may be shown to the account: it names neither the address nor what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The address is not called.
    #[error(transparent)]
    Url(#[from] UrlProblem),
    /// The name is unknown.
    #[error("the name has no address")]
    NoAddress,
    /// Nobody answers there, or TLS failed.
    #[error("no connection")]
    NoConnection,
    /// No whole answer in time.
    #[error("no answer in time")]
    Time,
    /// The answer is larger than was asked for.
    #[error("the answer is too large")]
    TooLarge,
    /// The connection broke, or what came is no HTTP.
    #[error("the answer was cut short")]
    Broken,
    /// A header that cannot be sent.
    #[error("the header {0} cannot be sent")]
    Header(String),
    /// This machine cannot call at all, for instance because it has no root certificates.
    #[error("calls cannot be made from here: {0}")]
    Unusable(String),
}

/// A call to be made.
#[derive(Debug, Clone)]
pub struct Call {
    /// `GET`, `POST`…
    pub method: Method,
    /// Where, as someone gave it.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Vec<u8>,
    /// Longest time for the whole of it.
    pub time: Duration,
    /// Most bytes of an answer's body; what is more is [`OutboundError::TooLarge`]. None: only its status and headers count, and its body, of
    /// whatever length, is not read.
    pub answer_max: Option<usize>,
}

/// What was answered, whatever its status; a redirect is an answer like another.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, not decompressed; empty where it was not to be read.
    pub body: Vec<u8>,
}

/// How a name is turned into addresses. The system's way outside of tests.
pub type LookUp = Arc<dyn Fn(String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The way out. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outbound {
    targets: Targets,
    client: Result<reqwest::Client, String>,
}

impl Outbound {
    /// A way out to these targets, with names looked up as the system does.
    pub fn new(targets: Targets) -> Outbound {
        Outbound::with_look_up(
            targets,
            Arc::new(|name| {
                async move {
                    let found = tokio::net::lookup_host((name, 0)).await?;
                    Ok(found.map(|a| a.ip()).collect())
                }
                .boxed()
            }),
        )
    }

    /// The same, with names looked up otherwise.
    pub fn with_look_up(targets: Targets, look_up: LookUp) -> Outbound {
        let client = reqwest::Client::builder()
            .user_agent(concat!("sesame/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(Duration::from_secs(30))
            .dns_resolver(Arc::new(Checked { targets, look_up }))
            .build();
        // A machine without root certificates still serves; only its calls fail, each with this reason.
        Outbound { targets, client: client.map_err(|e| e.to_string()) }
    }

    /// Which addresses it calls.
    pub fn targets(&self) -> Targets {
        self.targets
    }

    /// Makes the call.
    pub async fn call(&self, call: Call) -> Result<Answer, OutboundError> {
        let client = self.client.as_ref().map_err(|e| OutboundError::Unusable(e.clone()))?;
        let url = checked_url(&call.url, self.targets)?;
        let mut request = client.request(call.method, url).timeout(call.time).body(call.body);
        for (name, value) in call.headers {
            let (Ok(header), Ok(value)) = (HeaderName::try_from(&name), HeaderValue::try_from(value)) else {
                return Err(OutboundError::Header(name));
            };
            request = request.header(header, value);
        }
        let mut response = request.send().await.map_err(reason)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        let Some(answer_max) = call.answer_max else { return Ok(Answer { status, headers, body }) };
        while let Some(chunk) = response.chunk().await.map_err(reason)? {
            if body.len() + chunk.len() > answer_max {
                return Err(OutboundError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }
}

/// An address that someone gave, as far as it can be judged without looking its name up.
pub fn checked_url(text: &str, targets: Targets) -> Result<Url, UrlProblem> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= URL_MAX).ok_or(UrlProblem::Invalid)?;
    match (url.scheme(), targets) {
        ("https", _) | ("http", Targets::Any) => {}
        _ => return Err(UrlProblem::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlProblem::Credentials);
    }
    let host = url.host_str().ok_or(UrlProblem::Invalid)?;
    // Every notation of a number (`127.1`, `0x7f000001`, `2130706433`) was turned into the usual one by parsing.
    let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    match literal {
        Some(address) if targets == Targets::Public && !is_public(address) => Err(UrlProblem::Private),
        _ => Ok(url),
    }
}

/// An address as people are shown it: up to its path, as what follows may hold a secret.
pub fn shown(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// Whether an address is one of the public internet: not private, local, shared, reserved, documentary or for many at once (IANA's registries of
/// special-purpose addresses). An IPv4 address within an IPv6 one counts as itself.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] => inner(high, low),
        // NAT64 of the well-known prefix: what a network without IPv4 makes of an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        // 6to4 carries an IPv4 address, Teredo and its neighbours are no places, 2001:db8 and 3fff are for documents.
        [0x2002, ..] | [0x2001, 0..0x200, ..] | [0x2001, 0xdb8, ..] => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // Global unicast is 2000::/3; everything else is local, reserved or for many at once.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Looks names up, and answers only when every address may be called.
struct Checked {
    targets: Targets,
    look_up: LookUp,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (targets, found) = (self.targets, (self.look_up)(name.as_str().to_owned()));
        async move {
            let addresses = match found.await {
                Ok(addresses) if !addresses.is_empty() => addresses,
                _ => return Err(OutboundError::NoAddress.into()),
            };
            // One private address among public ones is a trap, not a choice.
            if targets == Targets::Public && !addresses.iter().copied().all(is_public) {
                return Err(OutboundError::Url(UrlProblem::Private).into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        }
        .boxed()
    }
}

/// Why a request failed, in our own words: the library's name the address.
fn reason(error: reqwest::Error) -> OutboundError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(e) = cause {
        if let Some(ours) = e.downcast_ref::<OutboundError>() {
            return ours.clone();
        }
        cause = e.source();
    }
    match error {
        e if e.is_timeout() => OutboundError::Time,
        e if e.is_connect() => OutboundError::NoConnection,
        _ => OutboundError::Broken,
    }
}

#[cfg(test)]
mod tests;
