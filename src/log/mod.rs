//! The log: what happened, in one order, for ever. Everything else can be made from it.
//!
//! [`EventLog`] is what the rest relies on; `sql.rs` keeps it in a database, `beside/` with an engine outside it ([`Streams`]; `kurrent.rs` and `memory.rs` are
//! two), both over the same pure `admission.rs`. `promises.rs` tells them apart. `codec.rs` turns events into
//! stored forms and back, `chain.rs` makes history tamper-evident, `verify.rs` checks that it was not tampered
//! with (`checkpoint.rs` and `noted.rs`: what is noted of it outside the database), `sequencer.rs` commits what is queued together.
//!
//! It knows streams and versions, not what they mean. Next door: `app` decides what to append, `projector` keeps read models.

pub mod activity;
pub mod admission;
mod base64;
mod beside;
pub mod chain;
pub mod checkpoint;
pub mod codec;
#[cfg(feature = "kurrent")]
mod kurrent;
mod memory;
pub mod noted;
mod promises;
pub mod sequencer;
pub mod sql;
mod streams;
mod trail;
pub mod verify;

pub use activity::{Activity, activity};
pub use admission::{
    AppendError, AppendRequest, Appended, Channel, Claim, Erasure, Idempotency, IdempotentAnswer, NewKey, Release,
    SessionsEnd, Sight, Todo, Whence, Write,
};
pub use beside::{Apart, LogApart};
#[cfg(feature = "kurrent")]
pub use kurrent::KurrentLog;
pub use memory::MemoryLog;
pub use promises::Promises;
pub use sql::SqlLog;
pub use streams::{Place, Streams};
pub use trail::{TrailFilter, TrailPage, TrailSeek, trail_count, trail_page};

use chrono::{DateTime, Utc};
use domain::{Actor, Fact, Origin, StreamId};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, fmt};
use tokio::sync::watch;
use uuid::Uuid;

/// Why there is no log at an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoLog(pub(crate) String);

/// The log outside the database that an address names, whose streams begin with this prefix. `id` becomes the log's if it is new.
#[cfg(feature = "kurrent")]
pub fn elsewhere(url: &str, prefix: &str, id: Uuid) -> Result<std::sync::Arc<dyn Streams>, NoLog> {
    Ok(std::sync::Arc::new(KurrentLog::new(url, prefix, id)?))
}

/// None: this program was built without any.
#[cfg(not(feature = "kurrent"))]
pub fn elsewhere(_: &str, _: &str, _: Uuid) -> Result<std::sync::Arc<dyn Streams>, NoLog> {
    Err(NoLog("this program was built without KurrentDB (the feature `kurrent`)".into()))
}

/// The place after the last event, and what the next one is chained to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Which log: another id after a restored backup or on another instance.
    pub log_id: Uuid,
    /// Position of the last event; 0 when there is none.
    pub position: u64,
    /// Hash of the last event; zeros when there is none.
    pub hash: [u8; 32],
    /// Time of the last event, microseconds since 1970, UTC.
    pub at: i64,
}

/// Who caused an event, through which door, as part of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Who.
    pub actor: Actor,
    /// For which account staff acted, if someone did for another.
    pub on_behalf_of: Option<Uuid>,
    /// Through which door.
    pub origin: Origin,
    /// The command, whose events these are.
    pub command: Uuid,
    /// What it was all part of: a request, an import.
    pub correlation: Uuid,
    /// The event that caused it, for policies.
    pub causation: Option<Uuid>,
    /// The caller's clock. The recorded time is this, unless the log is ahead of it.
    pub now: DateTime<Utc>,
}

/// An event as it is stored: every column, sealed where personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEvent {
    /// Place in the log, 1 and up, dense.
    pub position: u64,
    /// Which stream.
    pub stream: StreamId,
    /// Place in the stream, 1 and up, dense.
    pub version: u64,
    /// Its id: derived from the command and its place within it.
    pub event_id: Uuid,
    /// Stored name and version: `access.granted.v1`.
    pub type_name: String,
    /// Whose it is.
    pub account: Option<Uuid>,
    /// The product an event of another stream is about.
    pub about: Option<Uuid>,
    /// Who, how and why.
    pub meta: StoredMeta,
    /// When, microseconds since 1970, UTC; never before the event at the position before.
    pub at: i64,
    /// The clear part: a JSON object.
    #[serde(with = "base64")]
    pub data: Vec<u8>,
    /// The personal part, sealed.
    #[serde(with = "base64::optional")]
    pub sealed: Option<Vec<u8>>,
    /// SHA-256 over the hash before and every column.
    pub hash: [u8; 32],
}

/// [`Meta`] without its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredMeta {
    /// Who.
    pub actor: Actor,
    /// For which account.
    pub on_behalf_of: Option<Uuid>,
    /// Through which door.
    pub origin: Origin,
    /// The command.
    pub command: Uuid,
    /// What it was part of.
    pub correlation: Uuid,
    /// The causing event.
    pub causation: Option<Uuid>,
}

impl From<Meta> for StoredMeta {
    fn from(m: Meta) -> Self {
        StoredMeta {
            actor: m.actor,
            on_behalf_of: m.on_behalf_of,
            origin: m.origin,
            command: m.command,
            correlation: m.correlation,
            causation: m.causation,
        }
    }
}

impl StoredEvent {
    /// Its place, time and author.
    pub fn fact(&self) -> Fact {
        Fact {
            position: self.position,
            version: self.version,
            at: DateTime::from_timestamp_micros(self.at).unwrap_or_default(),
            actor: self.meta.actor,
        }
    }
}

/// A failure of the log itself; for operators.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogFailure {
    /// The database did not answer, or is out of connections.
    #[error("the log cannot be reached: {0}")]
    Unavailable(String),
    /// No room left.
    #[error("no room left for the log: {0}")]
    Full(String),
    /// Locks could not be had in time.
    #[error("the log is busy: {0}")]
    Busy(String),
    /// A fault: the text says where.
    #[error("log: {0}")]
    Fault(String),
}

impl From<NoLog> for LogFailure {
    fn from(e: NoLog) -> Self {
        LogFailure::Fault(e.to_string())
    }
}

impl From<crate::db::DbError> for LogFailure {
    fn from(e: crate::db::DbError) -> Self {
        use crate::db::DbErrorKind::*;
        match e.kind {
            Unavailable => LogFailure::Unavailable(e.to_string()),
            Full => LogFailure::Full(e.to_string()),
            Busy => LogFailure::Busy(e.to_string()),
            Unique | Other => LogFailure::Fault(e.to_string()),
        }
    }
}

/// What an engine of the log promises. Every implementation passes `tests/contract`.
///
/// * Positions are dense and in commit order: whoever has read up to `p` and reads on with `position > p` misses nothing, ever.
/// * Within a stream versions are dense from 1, in position order. Times never run backwards against positions.
/// * An append is all or nothing over all its streams, claims, keys and to-dos; a refused one leaves no trace.
/// * What was acknowledged is durable.
pub trait EventLog: fmt::Debug + Send + Sync + 'static {
    /// What it promises beyond this, as data.
    fn promises(&self) -> Promises;
    /// Appends, or says why not. Cancelling the future does not tell whether it was appended.
    fn append(&self, request: AppendRequest) -> BoxFuture<'_, Result<Appended, AppendError>>;
    /// Appends many requests as one entry of the queue: each is let in or out on its own, and answered in its place.
    fn append_all(&self, requests: Vec<AppendRequest>) -> BoxFuture<'_, Vec<Result<Appended, AppendError>>>;
    /// The newest head this process has seen; changes as it appends and as it notices others' appends.
    fn watch(&self) -> watch::Receiver<Head>;
    /// The head as of now.
    fn head(&self) -> BoxFuture<'_, Result<Head, LogFailure>>;
    /// Looks at the head; what other processes appended since is told as their batches' is. To be called now and then: a log outside the database is
    /// followed by it, and what a crash left undone is put in order.
    fn look(&self) -> BoxFuture<'_, Result<Head, LogFailure>>;
    /// Sees to it that what is read next is at least what had been appended when this was asked, by whomever.
    fn level(&self) -> BoxFuture<'_, Result<(), LogFailure>>;
    /// The first position at which what is read here is not what the engine has: of a log outside the database a copy is read. None: they agree.
    fn first_difference(&self) -> BoxFuture<'_, Result<Option<u64>, LogFailure>>;
    /// Events of a stream after a version, oldest first, at most `limit`.
    fn read_stream(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>>;
    /// Events of all streams after a position, oldest first, at most `limit`.
    fn read_all(&self, after: u64, limit: usize) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>>;
    /// The remembered answer to an idempotency key, if it was used.
    fn remembered(&self, account: Uuid, key: [u8; 32]) -> BoxFuture<'_, Result<Option<IdempotentAnswer>, LogFailure>>;
    /// Who holds a unique key.
    fn holder(&self, key: [u8; 32]) -> BoxFuture<'_, Result<Option<Uuid>, LogFailure>>;
    /// Who holds each of these unique keys; one that nobody holds is absent.
    fn holders(&self, keys: Vec<[u8; 32]>) -> BoxFuture<'_, Result<HashMap<[u8; 32], Uuid>, LogFailure>>;
}
