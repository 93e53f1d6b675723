//! The log in SQL, the same on both engines: one head row, locked, gives dense positions in commit order.
//!
//! A batch is one transaction: lock the head, read what [`admit`](super::admission::admit) must know, insert, bring the live read models forward, move
//! the head. Lock order everywhere: head, then checkpoints. `rows.rs` (below) has the tables, `store.rs` what of it any log does with the database;
//! `projector::inline` the read models.

mod ready;
mod rows;
mod store;

pub(super) use rows::head;
pub use rows::{EVENT, EventRow, READ_ALL, decode_row, encode_row};
pub(super) use rows::{VAULT_KEY, key_row, wrapped_keys};
pub(super) use store::{Locked, Store, beside, erase, log_writes, nothing_to_write};

use super::{
    AppendError, AppendRequest, Appended, EventLog, Head, IdempotentAnswer, LogFailure, Promises, StoredEvent,
    admission::{Admitted, Known},
    sequencer::{Answers, Batches, Sequencer},
};
use crate::{
    db::{Db, DbError, DbErrorKind, WriteError},
    projector::inline::Inline,
};
use domain::StreamId;
use futures::{FutureExt, future::BoxFuture};
use ready::{Decided, Ready};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{Notify, mpsc, watch};
use uuid::Uuid;

/// A batch that failed for a passing reason is tried again until then.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the outcome of an unanswered commit is looked up.
const LOOK_UP: Duration = Duration::from_secs(15);

/// The log of one database.
#[derive(Debug, Clone)]
pub struct SqlLog {
    store: Store,
    sequencer: Sequencer,
}

impl SqlLog {
    /// The log of this database; starts the sequencer. The second part tells of appends by other processes: positions after the first
    /// number, up to the second.
    pub async fn open(
        db: Db,
        inline: Arc<Inline>,
    ) -> Result<(SqlLog, mpsc::UnboundedReceiver<(u64, u64)>), LogFailure> {
        if let Some((engine,)) = db.fetch_optional(rows::kept_elsewhere()).await? {
            return Err(LogFailure::Fault(format!("the log of this database is not in it, but in {engine}")));
        }
        let (store, noticed) = Store::open(db, inline).await?;
        Ok((SqlLog { sequencer: Sequencer::start(store.clone()), store }, noticed))
    }
}

impl EventLog for SqlLog {
    fn promises(&self) -> Promises {
        Promises::of_a_database(self.store.db.engine_name())
    }

    fn append(&self, request: AppendRequest) -> BoxFuture<'_, Result<Appended, AppendError>> {
        self.sequencer.append(request).boxed()
    }

    fn append_all(&self, requests: Vec<AppendRequest>) -> BoxFuture<'_, Answers> {
        self.sequencer.append_all(requests).boxed()
    }

    fn watch(&self) -> watch::Receiver<Head> {
        self.store.watch()
    }

    fn head(&self) -> BoxFuture<'_, Result<Head, LogFailure>> {
        self.store.head().boxed()
    }

    fn look(&self) -> BoxFuture<'_, Result<Head, LogFailure>> {
        self.store.look().boxed()
    }

    fn level(&self) -> BoxFuture<'_, Result<(), LogFailure>> {
        // What is read is the log itself.
        std::future::ready(Ok(())).boxed()
    }

    fn first_difference(&self) -> BoxFuture<'_, Result<Option<u64>, LogFailure>> {
        std::future::ready(Ok(None)).boxed()
    }

    fn read_stream(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        self.store.read_stream(stream, after, limit).boxed()
    }

    fn read_all(&self, after: u64, limit: usize) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        self.store.read_all(after, limit).boxed()
    }

    fn remembered(&self, account: Uuid, key: [u8; 32]) -> BoxFuture<'_, Result<Option<IdempotentAnswer>, LogFailure>> {
        self.store.remembered(account, key).boxed()
    }

    fn holder(&self, key: [u8; 32]) -> BoxFuture<'_, Result<Option<Uuid>, LogFailure>> {
        self.store.holder(key).boxed()
    }

    fn holders(&self, keys: Vec<[u8; 32]>) -> BoxFuture<'_, Result<HashMap<[u8; 32], Uuid>, LogFailure>> {
        self.store.holders(keys).boxed()
    }
}

/// Why a whole batch failed.
enum BatchError {
    /// Before or in the commit's making: nothing was written.
    Nothing(DbError),
    /// A read model could not be brought forward.
    Model(&'static str, DbError),
    /// Something of it could not be written, and as it was sent at once, it is not known what.
    Something(DbError),
    /// The commit was sent and not answered: it may have happened.
    Unknown(DbError, Box<Admitted>),
}

/// What became of a commit that was not answered.
enum Outcome {
    /// It happened.
    Appended(Vec<Result<Appended, AppendError>>),
    /// It did not, and will not.
    Nothing,
    /// The database could not be asked.
    Unknown,
}

impl From<DbError> for BatchError {
    fn from(e: DbError) -> Self {
        BatchError::Nothing(e)
    }
}

impl Batches for Store {
    type Ready = Ready;

    fn prepare(&self, requests: Vec<AppendRequest>, before: Option<&Ready>) -> Ready {
        let head = before.map_or_else(|| self.seen(), |ready| ready.head);
        Ready::new(requests, head, &self.inline)
    }

    fn run<'a>(&'a self, ready: &'a Ready, commits: &'a Notify) -> BoxFuture<'a, Answers> {
        async move {
            let requests = ready.requests.iter().collect::<Vec<_>>();
            self.run_batch(&requests, &|known| ready.take(known), commits).await
        }
        .boxed()
    }
}

/// What was worked out of a batch beforehand, if it may be used.
type Worked<'a> = &'a (dyn Fn(&Known) -> Option<Decided> + Send + Sync);

impl Store {
    async fn run_batch(&self, requests: &[&AppendRequest], worked: Worked<'_>, commits: &Notify) -> Answers {
        let began = Instant::now();
        let mut at_once = true;
        loop {
            let (e, again) = match self.try_batch(requests, worked, at_once, commits).await {
                Ok(answers) => return answers,
                // One read model fails: it alone is left behind, shown, and caught up later; the log goes on.
                Err(BatchError::Model(name, e)) => {
                    tracing::error!(read_model = name, error = %e, "a read model failed and is left behind");
                    self.inline.leave_behind(name, &e.to_string());
                    continue;
                }
                Err(BatchError::Something(e)) => {
                    tracing::warn!(error = %e, "a batch failed; trying it statement by statement");
                    at_once = false;
                    continue;
                }
                Err(BatchError::Unknown(e, admitted)) => match self.resolve(*admitted).await {
                    Outcome::Appended(answers) => return answers,
                    Outcome::Nothing => (e, true),
                    Outcome::Unknown => {
                        let why =
                            format!("the commit was not answered, and whether it happened could not be looked up: {e}");
                        return requests.iter().map(|_| Err(LogFailure::Unavailable(why.clone()).into())).collect();
                    }
                },
                Err(BatchError::Nothing(e)) => {
                    let passing = e.is_passing();
                    (e, passing)
                }
            };
            // Nothing was appended, that much is certain. A connection that broke or a deadlock is no reason to bother the callers.
            if again && began.elapsed() < PATIENCE {
                tracing::warn!(error = %e, "a batch failed; trying it again");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            match e.kind {
                // Something in the batch cannot be inserted: each request on its own, so that only the culprit fails.
                DbErrorKind::Unique | DbErrorKind::Other if requests.len() > 1 => {
                    tracing::warn!(error = %e, requests = requests.len(), "a batch failed; trying its requests singly");
                    let mut answers = Vec::with_capacity(requests.len());
                    for request in requests {
                        answers.extend(Box::pin(self.run_batch(&[*request], &|_| None, commits)).await);
                    }
                    return answers;
                }
                _ => {
                    let race = requests.first().and_then(|r| r.writes.first()).map(|w| w.stream);
                    // A constraint that admission did not foresee: someone wrote past the head lock.
                    if let (DbErrorKind::Unique, Some(stream)) = (e.kind, race) {
                        return requests.iter().map(|_| Err(AppendError::Race(stream))).collect();
                    }
                    let failure = LogFailure::from(e);
                    return requests.iter().map(|_| Err(failure.clone().into())).collect();
                }
            }
        }
    }

    async fn try_batch(
        &self,
        requests: &[&AppendRequest],
        worked: Worked<'_>,
        at_once: bool,
        commits: &Notify,
    ) -> Result<Answers, BatchError> {
        let mut tx = self.db.begin().await?;
        let (known, live) = self.read_known(&mut tx, requests).await?;
        let from = known.head;
        self.notice(from);
        let decided = worked(&known).unwrap_or_else(|| Decided::of(requests, known, &self.inline));
        let Decided { admitted, events, changed } = decided;
        if admitted.answers.iter().all(Result::is_err) || nothing_to_write(&admitted) {
            tx.rollback().await?;
            return Ok(admitted.answers);
        }
        let mut writes = log_writes(requests, &admitted, events);
        writes.extend(self.inline.writes(&live, changed, from.position, admitted.head.position));
        let (names, writes): (Vec<_>, Vec<_>) = writes.into_iter().unzip();
        tx.write_all(writes, at_once).await.map_err(|WriteError { place, error }| match (place, error.kind) {
            // Statement by statement it will show what it is.
            (None, DbErrorKind::Other | DbErrorKind::Unique) => BatchError::Something(error),
            (Some(place), DbErrorKind::Other | DbErrorKind::Unique) if !names[place].is_empty() => {
                BatchError::Model(names[place], error)
            }
            _ => BatchError::Nothing(error),
        })?;
        erase(&mut tx, requests, &admitted).await?;
        commits.notify_one();
        if let Err(e) = tx.commit().await {
            return Err(BatchError::Unknown(e, Box::new(admitted)));
        }
        metrics::counter!("sesame_events_appended_total").increment(admitted.events.len() as u64);
        self.publish(admitted.head);
        Ok(admitted.answers)
    }

    /// The commit was not answered. Whether it happened is in the log: its events are there, or not.
    async fn resolve(&self, admitted: Admitted) -> Outcome {
        tracing::warn!("the outcome of a commit is not known; looking it up");
        // What has no event is the remembered answer of a no-op, or a claim: doing it again is doing the same.
        let Some(last) = admitted.events.last() else { return Outcome::Nothing };
        let began = Instant::now();
        while began.elapsed() < LOOK_UP {
            tokio::time::sleep(Duration::from_millis(50)).await;
            // A batch is one transaction: its last event stands for all of it. The head is locked to wait for a commit still under way.
            let Ok(mut tx) = self.db.begin().await else { continue };
            let seen = match tx.fetch(rows::head_locked()).await {
                Ok(_) => tx.fetch(rows::event_at(last.stream.id, last.version)).await,
                Err(e) => Err(e),
            };
            match seen {
                Ok(found) if found.first().is_some_and(|(id,)| *id == last.event_id) => {
                    self.publish(admitted.head);
                    return Outcome::Appended(admitted.answers);
                }
                Ok(_) => return Outcome::Nothing,
                Err(_) => {}
            }
        }
        Outcome::Unknown
    }
}
