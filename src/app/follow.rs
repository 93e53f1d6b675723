//! Following an account: what happened since a position, then what happens, in order, each once, also what other processes write.
//!
//! One task a process ([`tell`]) reads what is new in the log, once for all who follow, and tells it in batches that say from where to where
//! they reach. Who follows reads the log itself up to the present, then listens; a batch that does not begin where the last one ended sends
//! it back to the log. So nothing is lost and nothing comes twice by construction: batches are a short cut, the log is the truth.
//!
//! Knows places and names of events, not what they mean.

use super::{App, Failure};
use crate::db::Db;
use chrono::{DateTime, Utc};
use domain::{AccountId, Category, ContactId, StreamId};
use projections::{Arg, Ask};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::sync::broadcast;
use uuid::Uuid;

/// Events read at a time.
const PAGE: usize = 200;
/// Batches that wait for a slow follower before it is given up.
const WAITING: usize = 1_024;
/// How long after a failed look at the log the next is taken.
const AGAIN: Duration = Duration::from_millis(200);

/// That something happened: where, when and what, without its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its place in the log.
    pub position: u64,
    /// To what.
    pub stream: StreamId,
    /// Number of the change within its stream.
    pub version: u64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// Its kind and the version of its form: `access.granted.v1`.
    pub type_name: String,
    account: Option<Uuid>,
}

/// What happened after one position, up to another.
#[derive(Debug, Clone)]
struct Batch {
    after: u64,
    until: u64,
    events: Arc<[Told]>,
}

/// From where batches are told.
#[derive(Debug)]
pub(super) struct Feed(broadcast::Sender<Batch>);

impl Feed {
    pub fn new() -> Feed {
        Feed(broadcast::channel(WAITING).0)
    }
}

#[derive(projections::FromRow)]
struct Row {
    position: i64,
    category: String,
    stream: Uuid,
    version: i64,
    account: Option<Uuid>,
    at: i64,
    #[from_row(rename = "type")]
    type_name: String,
}

/// Events after one position, up to another, of one account or of all; at most a page.
async fn page(db: &Db, account: Option<AccountId>, after: u64, until: u64) -> Result<Vec<Told>, Failure> {
    let mut args: Vec<Arg> = vec![(after as i64).into(), (until as i64).into(), (PAGE as i64).into()];
    args.extend(account.map(|account| Arg::from(account.0)));
    let of = if account.is_some() { "account = $4 AND " } else { "" };
    let sql = format!(
        "SELECT position, category, stream, version, account, at, type FROM event \
         WHERE {of}position > $1 AND position <= $2 ORDER BY position LIMIT $3"
    );
    db.fetch(Ask::<Row>::new(sql, args)).await?.into_iter().map(told).collect()
}

fn told(row: Row) -> Result<Told, Failure> {
    let category: Category = row
        .category
        .parse()
        .map_err(|_| Failure::Fault(format!("the event at position {} has an unknown category", row.position)))?;
    Ok(Told {
        position: row.position.unsigned_abs(),
        stream: StreamId { category, id: row.stream },
        version: row.version.unsigned_abs(),
        at: DateTime::from_timestamp_micros(row.at).unwrap_or_default(),
        type_name: row.type_name,
        account: row.account,
    })
}

/// Tells everyone who follows what is new in the log; the task of one process. While nobody listens it reads nothing.
pub async fn tell(app: App) {
    let (mut head, feed) = (app.log().watch(), &app.inner.feed.0);
    let mut told = head.borrow().position;
    while head.changed().await.is_ok() {
        loop {
            let newest = head.borrow_and_update().position;
            if newest <= told {
                break;
            }
            // Whoever begins to listen now reads the log up to here itself.
            if feed.receiver_count() == 0 {
                told = newest;
                break;
            }
            match page(app.reader().db(), None, told, newest).await {
                Ok(events) => {
                    let until = if events.len() < PAGE { newest } else { events.last().map_or(newest, |e| e.position) };
                    // Nobody listens any more: nothing is lost by it.
                    let _ = feed.send(Batch { after: told, until, events: events.into() });
                    told = until;
                }
                Err(e) => {
                    tracing::warn!(error = %e, "what is new in the log cannot be told yet");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }
}

/// Why following ended.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// Things happen faster than the follower takes them: it goes on from the last position it got.
    #[error("the follower is too slow")]
    TooSlow,
    /// The service stops.
    #[error("the service stops")]
    Stopping,
    /// The log cannot be read.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// Follows the contacts of one account, or one contact.
pub struct Follower {
    app: App,
    account: AccountId,
    contact: Option<ContactId>,
    /// Everything up to here was seen.
    seen: u64,
    /// Up to where the log has to be read before listening goes on.
    read_to: Option<u64>,
    /// Batches that were missed while the log was read are no sign of a slow follower.
    was_reading: bool,
    batches: broadcast::Receiver<Batch>,
    waiting: VecDeque<Told>,
}

impl App {
    /// Follows the contacts of an account, or one of them: what happened after `since` (none: from now on), then what happens.
    pub fn follow(&self, account: AccountId, contact: Option<ContactId>, since: Option<u64>) -> Follower {
        // Listening begins before the present is looked up: what happens in between comes as a batch.
        let batches = self.inner.feed.0.subscribe();
        let present = self.log().watch().borrow().position;
        Follower {
            app: self.clone(),
            account,
            contact,
            seen: since.unwrap_or(present),
            read_to: Some(present),
            was_reading: true,
            batches,
            waiting: VecDeque::new(),
        }
    }
}

impl Follower {
    /// The next thing that happened; waits for it. After an error there is nothing more.
    pub async fn next(&mut self) -> Result<Told, Lost> {
        loop {
            if let Some(told) = self.waiting.pop_front() {
                return Ok(told);
            }
            match self.read_to {
                Some(until) => self.read(until).await?,
                None => self.listen().await?,
            }
        }
    }

    async fn read(&mut self, until: u64) -> Result<(), Lost> {
        self.was_reading = true;
        if self.seen < until {
            let events = page(self.app.reader().db(), Some(self.account), self.seen, until).await?;
            let whole = events.len() < PAGE;
            self.seen = if whole { until } else { events.last().map_or(until, |told| told.position) };
            self.waiting.extend(events.into_iter().filter(|told| wanted(self.account, self.contact, told)));
        }
        if self.seen >= until {
            self.read_to = None;
        }
        Ok(())
    }

    async fn listen(&mut self) -> Result<(), Lost> {
        match self.batches.recv().await {
            Ok(batch) if batch.until <= self.seen => {}
            Ok(batch) if batch.after > self.seen => self.read_to = Some(batch.until),
            Ok(batch) => {
                let (account, contact, seen) = (self.account, self.contact, self.seen);
                let new = batch.events.iter().filter(|told| told.position > seen && wanted(account, contact, told));
                self.waiting.extend(new.cloned());
                self.seen = batch.until;
                self.was_reading = false;
            }
            Err(broadcast::error::RecvError::Lagged(_)) if self.was_reading => {
                self.batches = self.batches.resubscribe();
                self.read_to = Some(self.app.log().watch().borrow().position);
            }
            Err(broadcast::error::RecvError::Lagged(_)) => return Err(Lost::TooSlow),
            Err(broadcast::error::RecvError::Closed) => return Err(Lost::Stopping),
        }
        Ok(())
    }
}

fn wanted(account: AccountId, contact: Option<ContactId>, told: &Told) -> bool {
    told.account == Some(account.0)
        && told.stream.category == Category::Contact
        && contact.is_none_or(|contact| contact.0 == told.stream.id)
}
