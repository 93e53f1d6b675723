//! What leaves the house: mails, webhooks, the customer-service feed. Written with the events in one transaction, delivered from here.
//!
//! A row holds a template's name and ids, no text: what is said is made when it is sent, from the states as they are then, and what is no longer
//! current is dropped. At least once, with an id by which a receiver knows a repetition; in order for each target and subject; again and again with
//! growing pauses, and given up after two days, visibly ([`Status::Failed`]). No command waits for any of it.
//!
//! `store` (rows as SQL), `worker` (whose turn it is, and how it went), `mail` (what mails say, and how they go), `hooks` (signed calls). Knows states and
//! their words; decides nothing of the trade.

pub mod hooks;
pub mod mail;
pub mod store;
mod worker;

pub use worker::{Again, Attempt, pause};

use crate::{
    app::{App, Failure},
    log::Channel,
    outbound::Outbound,
};
use mail::{Mailer, mailbox::Mailbox};
use std::sync::Arc;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Waits for its first or next attempt.
    Queued,
    /// Handed over.
    Sent,
    /// The receiver said that it has dealt with it.
    Acknowledged,
    /// Given up; it can be tried again.
    Failed,
    /// Not sent: it was no longer current.
    Dropped,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 5] = [Status::Queued, Status::Sent, Status::Acknowledged, Status::Failed, Status::Dropped];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Queued => "QUEUED",
            Status::Sent => "SENT",
            Status::Acknowledged => "ACKNOWLEDGED",
            Status::Failed => "FAILED",
            Status::Dropped => "DROPPED",
        }
    }

    /// The status of a stored word.
    pub fn parse(word: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// What waits, and what was given up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Waiting for an attempt.
    pub queued: u64,
    /// Mails among them.
    pub mails: u64,
    /// Given up.
    pub failed: u64,
    /// When the oldest of those that wait was written: microseconds since 1970, UTC.
    pub oldest: Option<i64>,
}

/// The ways out of one instance, and what is said of it.
#[derive(Clone)]
pub struct Outside {
    /// The address that links begin with, without a slash at its end.
    pub public_url: String,
    /// How mails go; none: they wait.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// The address that mails come from.
    pub mail_from: String,
    /// Where requests to support go; none: nowhere.
    pub support: Option<String>,
    /// Where captured mails are shown; none: they are sent.
    pub mailbox: Option<Mailbox>,
    /// How calls go.
    pub outbound: Outbound,
    /// Whether workers of this process deliver.
    pub delivers: bool,
}

impl Outside {
    /// No way out for mails, and no worker: for subcommands that only write.
    pub fn closed() -> Outside {
        Outside {
            public_url: "http://localhost".into(),
            mailer: None,
            mail_from: "sesame@localhost".into(),
            support: None,
            mailbox: None,
            outbound: Outbound::new(crate::outbound::Targets::Public),
            delivers: false,
        }
    }

    /// Mails are captured and shown instead of being sent.
    pub fn captured(self, mailbox: Mailbox) -> Outside {
        Outside { mailer: Some(Arc::new(mailbox.clone())), mailbox: Some(mailbox), ..self }
    }
}

/// The outbox of one instance. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Inner>,
}

struct Inner {
    app: App,
    outside: Outside,
}

impl Outbox {
    /// The outbox of this service.
    pub fn new(app: App, outside: Outside) -> Outbox {
        Outbox { inner: Arc::new(Inner { app, outside }) }
    }

    /// The ways out.
    pub fn outside(&self) -> &Outside {
        &self.inner.outside
    }

    fn app(&self) -> &App {
        &self.inner.app
    }

    /// What waits, and what was given up.
    pub async fn standing(&self) -> Result<Standing, Failure> {
        Ok(store::stands(self.app().reader().db()).await?)
    }

    /// Delivers what is due on these channels, until nothing is; how many attempts that were.
    pub async fn deliver_due(&self, channels: &[Channel]) -> Result<usize, Failure> {
        let mut attempts = 0;
        loop {
            match worker::deliver_some(self, channels).await? {
                0 => return Ok(attempts),
                some => attempts += some,
            }
        }
    }

    /// Goes on delivering; never ends.
    pub async fn keep_delivering(self) {
        worker::keep_delivering(self).await;
    }
}
