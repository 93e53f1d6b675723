//! The log in SQL, the same on both engines: one head row, locked, gives dense positions in commit order.
//!
//! A batch is one transaction: lock the head, read what [`admit`] must know, insert, bring the live read models forward, move the head.
//! Lock order everywhere: head, then checkpoints. `rows.rs` (below) has the tables; `projector::inline` the read models.

mod ready;
mod rows;

use rows::LockedRow;
pub(super) use rows::head;
pub use rows::{EVENT, EventRow, READ_ALL, decode_row, encode_row};

use super::{
    AppendError, AppendRequest, Appended, EventLog, Head, IdempotentAnswer, LogFailure, StoredEvent, Todo,
    admission::{Admitted, Known},
    sequencer::{Answers, Batches, Sequencer},
};
use crate::{
    db::{Db, DbError, DbErrorKind, Load, Tx, Write, WriteError},
    projector::inline::Inline,
};
use domain::StreamId;
use futures::{FutureExt, future::BoxFuture};
use projections::{Arg, Ask};
use ready::{Decided, Ready};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
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

#[derive(Debug, Clone)]
struct Store {
    db: Db,
    inline: Arc<Inline>,
    head: Arc<watch::Sender<Head>>,
    foreign: mpsc::UnboundedSender<(u64, u64)>,
}

impl SqlLog {
    /// The log of this database; starts the sequencer. The second part tells of appends by other processes: positions after the first
    /// number, up to the second.
    pub async fn open(
        db: Db,
        inline: Arc<Inline>,
    ) -> Result<(SqlLog, mpsc::UnboundedReceiver<(u64, u64)>), LogFailure> {
        let first =
            db.fetch(rows::head()).await?.pop().ok_or_else(|| LogFailure::Fault("the log has no head row".into()))?;
        let (head, _) = watch::channel(first.try_into()?);
        let (foreign, noticed) = mpsc::unbounded_channel();
        let store = Store { db, inline, head: Arc::new(head), foreign };
        Ok((SqlLog { sequencer: Sequencer::start(store.clone()), store }, noticed))
    }

    /// The newest head this process has seen; changes as it appends and as it notices others' appends.
    pub fn watch(&self) -> watch::Receiver<Head> {
        self.store.head.subscribe()
    }

    /// Appends many requests as one entry of the queue: each is let in or out on its own, and answered in its place.
    pub async fn append_all(&self, requests: Vec<AppendRequest>) -> Vec<Result<Appended, AppendError>> {
        self.sequencer.append_all(requests).await
    }

    /// Who holds each of these unique keys; one that nobody holds is absent.
    pub async fn holders(&self, keys: Vec<[u8; 32]>) -> Result<HashMap<[u8; 32], Uuid>, LogFailure> {
        let held = self.store.db.fetch(rows::held(keys.iter().map(|k| k.to_vec()).collect())).await?;
        Ok(held.into_iter().filter_map(|(key, owner)| Some((key.try_into().ok()?, owner?))).collect())
    }

    /// Looks at the head; what other processes appended since is told as their batches' is.
    pub async fn look(&self) -> Result<Head, LogFailure> {
        let head = self.head().await?;
        let seen = self.store.head.borrow().position;
        if seen < head.position {
            // Perhaps our own commit, not yet published: it will be in a moment.
            tokio::time::sleep(Duration::from_millis(30)).await;
            let seen = self.store.head.borrow().position;
            if seen < head.position {
                let _ = self.store.foreign.send((seen, head.position));
                self.store.publish(head);
            }
        }
        Ok(head)
    }
}

impl EventLog for SqlLog {
    fn append(&self, request: AppendRequest) -> BoxFuture<'_, Result<Appended, AppendError>> {
        self.sequencer.append(request).boxed()
    }

    fn head(&self) -> BoxFuture<'_, Result<Head, LogFailure>> {
        async move {
            let row = self.store.db.fetch(rows::head()).await?.pop();
            row.ok_or_else(|| LogFailure::Fault("the log has no head row".into()))?.try_into()
        }
        .boxed()
    }

    fn read_stream(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        async move {
            let rows = self.store.db.fetch(rows::stream(stream.id, after, limit)).await?;
            rows.into_iter().map(decode_row).collect()
        }
        .boxed()
    }

    fn read_all(&self, after: u64, limit: usize) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        async move {
            let rows = self.store.db.fetch(rows::all(after, limit)).await?;
            rows.into_iter().map(decode_row).collect()
        }
        .boxed()
    }

    fn remembered(&self, account: Uuid, key: [u8; 32]) -> BoxFuture<'_, Result<Option<IdempotentAnswer>, LogFailure>> {
        async move {
            let found = self.store.db.fetch(rows::remembered(vec![account], vec![key.to_vec()])).await?;
            Ok(found.into_iter().find_map(rows::answer).map(|(_, answer)| answer))
        }
        .boxed()
    }

    fn holder(&self, key: [u8; 32]) -> BoxFuture<'_, Result<Option<Uuid>, LogFailure>> {
        async move { Ok(self.store.db.fetch_optional(rows::held(vec![key.to_vec()])).await?.and_then(|(_, owner)| owner)) }
            .boxed()
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
        let head = before.map_or_else(|| *self.head.borrow(), |ready| ready.head);
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
    fn publish(&self, head: Head) {
        self.head.send_if_modified(|seen| {
            let newer = seen.log_id != head.log_id || seen.position < head.position;
            if newer {
                *seen = head;
            }
            newer
        });
    }

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
        let seen = self.head.borrow().position;
        if seen < from.position {
            // Only the task that freshens caches listens; without one there is nothing to freshen.
            let _ = self.foreign.send((seen, from.position));
            self.publish(from);
        }
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

    /// Locks the head; everything admission must know, and the names of the read models that are level with the head.
    async fn read_known(&self, tx: &mut Tx, requests: &[&AppendRequest]) -> Result<(Known, Vec<String>), BatchError> {
        let mut streams: Vec<Uuid> = requests.iter().flat_map(|r| r.seen()).map(|(stream, _)| stream.id).collect();
        let (mut keys, mut accounts, mut idempotent, mut todos) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for request in requests {
            keys.extend(request.claims.iter().map(|c| c.key.to_vec()));
            keys.extend(request.releases.iter().map(|r| r.key.to_vec()));
            keys.extend(request.sights.iter().map(|s| s.key.to_vec()));
            todos.extend(request.done_todos.iter().copied());
            accounts.extend(request.idempotency.iter().map(|i| i.account));
            idempotent.extend(request.idempotency.iter().map(|i| i.key.to_vec()));
        }
        for ids in [&mut streams, &mut accounts] {
            ids.sort_unstable();
            ids.dedup();
        }
        let mut rows = tx.fetch(rows::locked(streams.clone())).await?;
        if rows.iter().any(|row| row.seen.is_some() && row.seen != row.position) {
            rows = tx.fetch(rows::locked(streams)).await?;
        }
        let Some(Ok(head)) = rows.iter().find_map(LockedRow::head) else {
            return Err(BatchError::Nothing(tx_fault(tx).await));
        };
        let (mut versions, mut live) = (HashMap::with_capacity(rows.len()), Vec::new());
        for row in rows {
            match (row.stream, row.model, row.position) {
                (Some(stream), _, Some(version)) => {
                    versions.insert(stream, version.unsigned_abs());
                }
                (_, Some(model), Some(position)) if position.unsigned_abs() == head.position => live.push(model),
                _ => {}
            }
        }
        let mut held = HashMap::new();
        if !keys.is_empty() {
            for (key, owner) in tx.fetch(rows::held(keys)).await? {
                if let (Ok(key), Some(owner)) = (<[u8; 32]>::try_from(key), owner) {
                    held.insert(key, owner);
                }
            }
        }
        let todos = match todos.is_empty() {
            true => HashSet::new(),
            false => tx.fetch(rows::todos_there(todos)).await?.into_iter().map(|(id,)| id).collect(),
        };
        let mut remembered = HashMap::new();
        if !idempotent.is_empty() {
            remembered
                .extend(tx.fetch(rows::remembered(accounts, idempotent)).await?.into_iter().filter_map(rows::answer));
        }
        Ok((Known { head, versions, held, todos, remembered }, live))
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

/// What the log itself writes for a batch: events, claims, keys, to-dos, answers, the head.
fn log_writes(
    requests: &[&AppendRequest],
    admitted: &Admitted,
    events: Vec<projections::Row>,
) -> Vec<(&'static str, Write)> {
    let insert = |table, rows| ("", Write::Rows { table, rows, load: Load::Insert });
    let mut writes = vec![insert(&EVENT, events)];
    let mut gone = Vec::new();
    // In the order of their keys, so that two processes never wait for each other crosswise.
    let held: BTreeMap<_, _> = admitted.held.iter().collect();
    let mut claims = Vec::with_capacity(held.len());
    for (key, holder) in held {
        match holder {
            Some(claim) => claims.push(rows::claim_row(claim)),
            None => gone.push(vec![Arg::from(key.to_vec())]),
        }
    }
    writes.push(("", Write::Delete { table: &rows::UNIQUE_KEY, keys: gone }));
    // Under the head's lock the holder was just checked: a key that is there is the claimer's own, or was given free by this batch.
    writes.push(("", Write::Rows { table: &rows::UNIQUE_KEY, rows: claims, load: Load::Upsert }));
    let keys = accepted(requests, admitted).flat_map(|(r, _)| r.new_keys.iter().map(rows::key_row));
    writes.push(insert(&rows::VAULT_KEY, keys.collect()));
    let done = admitted.done_todos.iter().map(|id| vec![Arg::from(*id)]);
    writes.push(("", Write::Delete { table: &rows::OUTBOX, keys: done.collect() }));
    // Ids of events say nothing of their order: what goes out in order goes by position.
    let positions: HashMap<Uuid, u64> = match requests.iter().all(|r| r.todos.is_empty()) {
        true => HashMap::new(),
        false => admitted.events.iter().map(|e| (e.event_id, e.position)).collect(),
    };
    let position = |todo: &Todo, answer: &Appended| positions.get(&todo.event_id).copied().unwrap_or(answer.position);
    let todos = accepted(requests, admitted)
        .flat_map(|(r, a)| r.todos.iter().map(move |t| (t, r, a)))
        .map(|(t, r, a)| rows::todo_row(t, r, position(t, a)));
    writes.push(insert(&rows::OUTBOX, todos.collect()));
    let answers = admitted.remembered.iter().map(|(i, p)| rows::answer_row(i, *p, admitted.head.at));
    writes.push(insert(&rows::IDEMPOTENCY, answers.collect()));
    // Several commands may be of one request.
    let whence: BTreeMap<Uuid, projections::Row> = accepted(requests, admitted)
        .filter_map(|(r, _)| Some((r.whence.as_ref()?, admitted.head.at)))
        .map(|(whence, at)| (whence.correlation, rows::whence_row(whence, at)))
        .collect();
    let rows = whence.into_values().collect();
    writes.push(("", Write::Rows { table: &rows::WHENCE, rows, load: Load::Upsert }));
    if !admitted.events.is_empty() {
        let ask = rows::move_head(&admitted.head);
        writes.push(("", Write::Exactly { ask, count: 1, otherwise: "the head row of the log is missing" }));
    }
    writes
}

fn accepted<'a>(
    requests: &'a [&AppendRequest],
    admitted: &'a Admitted,
) -> impl Iterator<Item = (&'a AppendRequest, &'a Appended)> {
    let answers = requests.iter().zip(&admitted.answers);
    answers
        .filter_map(|(request, answer)| Some((*request, answer.as_ref().ok()?)))
        .filter(|(_, a)| a.replayed.is_none())
}

async fn erase(tx: &mut Tx, requests: &[&AppendRequest], admitted: &Admitted) -> Result<(), DbError> {
    for (request, answer) in accepted(requests, admitted) {
        for erasure in &request.erasures {
            let account = request.account.unwrap_or_default();
            for statement in rows::erase(erasure, account, answer.position, admitted.head.at) {
                tx.execute(statement).await?;
            }
        }
        for ended in &request.session_ends {
            tx.execute(rows::end_sessions(ended)).await?;
        }
        for statement in &request.beside {
            tx.execute(statement.clone()).await?;
        }
    }
    Ok(())
}

fn nothing_to_write(admitted: &Admitted) -> bool {
    admitted.events.is_empty()
        && admitted.held.is_empty()
        && admitted.remembered.is_empty()
        && admitted.done_todos.is_empty()
}

async fn tx_fault(tx: &mut Tx) -> DbError {
    // Asking for a row that must be there: whatever is wrong with the head shows as the engine's own error.
    match tx
        .execute(Ask::new("UPDATE log_head SET log_id = log_id, hash = hash WHERE id = 1 AND position < 0", []))
        .await
    {
        Err(e) => e,
        Ok(_) => DbError::missing("the head row of the log is missing or damaged"),
    }
}
