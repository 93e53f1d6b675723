//! Sends mails by SMTP.
//!
//! The server's address says how: `smtps://` is TLS from the start; `smtp://` takes TLS where the server offers it, and insists on it
//! (`?tls=required`) whenever a password is sent or asked to. What the server answers is kept as its code only: its words may name people.

use super::{Hope, Mail, Mailer, NotSent};
use futures::{FutureExt, future::BoxFuture};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor, transport::smtp};
use reqwest::Url;
use std::{error::Error, time::Duration};

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

fn reason(error: &smtp::Error) -> NotSent {
    let reason = match error.status() {
        Some(code) => format!("SMTP {code}"),
        None if error.is_timeout() => "TIME".into(),
        None if error.is_tls() => "TLS".into(),
        None if error.is_client() => "CLIENT".into(),
        None => "NO_CONNECTION".into(),
    };
    let told = error.source().map(ToString::to_string).unwrap_or_default();
    let hope = error.status().map_or(Hope::Later, |code| hope(code.into(), &told));
    NotSent { reason, hope }
}

/// Whether another attempt may go better after an answer of the server. `told`: its words, which begin with an enhanced code where it knows those
/// (RFC 3463): that one tells a mailbox that nobody has (`5.1.1`) from a server that does not take our mail (`5.7.1`), which the bare code (550) does
/// not. A server that does not like us today may be set right within the day; what it says of us is nothing to be recorded on a contact.
fn hope(code: u16, told: &str) -> Hope {
    match (code, enhanced(told)) {
        (..=499, _) => Hope::Later,
        // No such mailbox, no such system, a moved one, one that takes no mail; a mailbox that is switched off.
        (_, Some((1, 0..=3 | 6 | 10) | (2, 0 | 1))) => Hope::NoMailbox,
        (_, Some(_)) => Hope::Later,
        (550 | 551 | 556, None) => Hope::NoMailbox,
        (501 | 553, None) => Hope::Never,
        // A wrong password, a full disk: the server's matter.
        (_, None) => Hope::Later,
    }
}

/// Subject and detail of an enhanced code for good, `5.subject.detail`.
fn enhanced(told: &str) -> Option<(u16, u16)> {
    let mut parts = told.split_whitespace().next()?.split('.').map(|part| part.parse::<u16>().ok());
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Some(5)), Some(Some(subject)), Some(Some(detail)), None) => Some((subject, detail)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_that_nobody_has_is_told_from_a_server_that_does_not_want_us() {
        for (code, told, expected) in [
            (550, "5.1.1 <x@exemple.fr> unknown", Hope::NoMailbox),
            (550, "5.1.10 recipient takes no mail", Hope::NoMailbox),
            (550, "5.2.1 disabled", Hope::NoMailbox),
            (554, "5.1.2 no such domain", Hope::NoMailbox),
            (550, "no such user", Hope::NoMailbox),
            (550, "", Hope::NoMailbox),
            (551, "user not local", Hope::NoMailbox),
            (556, "takes no mail", Hope::NoMailbox),
            (550, "5.7.1 relaying denied", Hope::Later),
            (550, "5.1.8 sender's domain unknown", Hope::Later),
            (552, "5.2.2 mailbox full", Hope::Later),
            (535, "5.7.8 wrong password", Hope::Later),
            (554, "transaction failed", Hope::Later),
            (553, "this sender is not welcome", Hope::Never),
            (501, "syntax", Hope::Never),
            (450, "4.2.1 mailbox busy", Hope::Later),
            (421, "550 is no code of ours", Hope::Later),
        ] {
            assert_eq!(hope(code, told), expected, "{code} {told}");
        }
        for none in ["", "5", "5.1", "5.1.1.1", "4.1.1", "5.x.1", "5.1.99999999"] {
            assert_eq!(enhanced(none), None, "{none}");
        }
    }
}
