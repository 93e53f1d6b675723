//! Sends mails by SMTP.
//!
//! The server's address says how: `smtps://` is TLS from the start; `smtp://` takes TLS where the server offers it, and insists on it
//! (`?tls=required`) whenever a password is sent or asked to. What the server answers is kept as its code only: its words may name people.

use super::{Mail, Mailer, NotSent};
use futures::{FutureExt, future::BoxFuture};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor, transport::smtp};
use reqwest::Url;
use std::time::Duration;

/// Longest time of one command.
const COMMAND: Duration = Duration::from_secs(20);

/// Why the server's address cannot be used. Never shows it: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no smtp:// or smtps:// address of a mail server")]
pub struct NoServer;

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// The server at this address; nothing is connected yet.
    pub fn new(url: &str) -> Result<Smtp, NoServer> {
        let mut url = Url::parse(url).map_err(|_| NoServer)?;
        let has_tls = url.query_pairs().any(|(key, _)| key == "tls");
        if url.scheme() == "smtp" && !has_tls {
            // Port 25 is where a server without a submission port listens; the library would take 587 once TLS is spoken of.
            if url.port().is_none() {
                url.set_port(Some(25)).map_err(|()| NoServer)?;
            }
            let tls = if url.password().is_some() { "required" } else { "opportunistic" };
            url.query_pairs_mut().append_pair("tls", tls);
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str()).map_err(|_| NoServer)?;
        Ok(Smtp { transport: builder.timeout(Some(COMMAND)).build() })
    }
}

impl Mailer for Smtp {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), NotSent>> {
        async move {
            let message = mail.message()?;
            self.transport.send(message).await.map(|_| ()).map_err(|e| reason(&e))
        }
        .boxed()
    }
}

/// Codes with which a server refuses the address itself; others, a wrong password among them, are the server's matter and may pass.
const ADDRESS_REFUSED: &[u16] = &[501, 550, 551, 553];

fn reason(error: &smtp::Error) -> NotSent {
    match error.status().map(u16::from) {
        Some(code) => NotSent { reason: format!("SMTP {code}"), for_good: ADDRESS_REFUSED.contains(&code) },
        None if error.is_timeout() => NotSent { reason: "TIME".into(), for_good: false },
        None if error.is_tls() => NotSent { reason: "TLS".into(), for_good: false },
        None if error.is_client() => NotSent { reason: "CLIENT".into(), for_good: false },
        None => NotSent { reason: "NO_CONNECTION".into(), for_good: false },
    }
}
