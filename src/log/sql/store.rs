//! What of the log stands in the database: read by questions, locked and written by appends. The same whether the events were decided under the head's
//! lock (`sql.rs`) or came from a log outside the database (`log::beside`).

use super::rows::{self, EVENT, EventRow, LockedRow, decode_row};
use crate::{
    db::{Db, DbError, Load, Tx, Write},
    log::{
        AppendRequest, Appended, Head, IdempotentAnswer, LogFailure, StoredEvent, Todo,
        admission::{Admitted, Known},
    },
    projector::inline::Inline,
    vault::change::VaultChange,
};
use domain::StreamId;
use projections::{Arg, Ask};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// The database's side of a log. Cheap to clone.
#[derive(Debug, Clone)]
pub(in crate::log) struct Store {
    pub db: Db,
    pub inline: Arc<Inline>,
    head: Arc<watch::Sender<Head>>,
    foreign: Foreign,
}

/// Who hears of appends by other processes: positions after the first number, up to the second.
type Foreign = mpsc::UnboundedSender<(u64, u64)>;

/// What the head's lock shows: the head, versions of streams, and the names of the read models that are level with the head.
pub(in crate::log) struct Locked {
    pub head: Head,
    pub versions: HashMap<Uuid, u64>,
    pub live: Vec<String>,
}

impl Store {
    pub async fn open(db: Db, inline: Arc<Inline>) -> Result<(Store, mpsc::UnboundedReceiver<(u64, u64)>), LogFailure> {
        let (foreign, noticed) = mpsc::unbounded_channel();
        let (head, _) = watch::channel(newest(&db).await?);
        Ok((Store { db, inline, head: Arc::new(head), foreign }, noticed))
    }

    pub fn watch(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }

    /// The newest head this process has seen.
    pub fn seen(&self) -> Head {
        *self.head.borrow()
    }

    pub fn publish(&self, head: Head) {
        self.head.send_if_modified(|seen| {
            let newer = seen.log_id != head.log_id || seen.position < head.position;
            if newer {
                *seen = head;
            }
            newer
        });
    }

    /// Says that another process appended.
    pub fn others_appended(&self, after: u64, until: u64) {
        // Only the task that freshens caches listens; without one there is nothing to freshen.
        let _ = self.foreign.send((after, until));
    }

    pub async fn head(&self) -> Result<Head, LogFailure> {
        newest(&self.db).await
    }

    /// Looks at the head; what other processes wrote since is told.
    pub async fn look(&self) -> Result<Head, LogFailure> {
        let head = self.head().await?;
        if self.seen().position < head.position {
            // Perhaps our own commit, not yet published: it will be in a moment.
            tokio::time::sleep(Duration::from_millis(30)).await;
            self.notice(head);
        }
        Ok(head)
    }

    /// What lies between the head this process has seen and this one, another process wrote.
    pub fn notice(&self, head: Head) {
        let seen = self.seen().position;
        if seen < head.position {
            self.others_appended(seen, head.position);
            self.publish(head);
        }
    }

    pub async fn read_stream(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, LogFailure> {
        decoded(self.db.fetch(rows::stream(stream.id, after, limit)).await?)
    }

    pub async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<StoredEvent>, LogFailure> {
        decoded(self.db.fetch(rows::all(after, limit)).await?)
    }

    pub async fn remembered(&self, account: Uuid, key: [u8; 32]) -> Result<Option<IdempotentAnswer>, LogFailure> {
        let found = self.db.fetch(rows::remembered(vec![account], vec![key.to_vec()])).await?;
        Ok(found.into_iter().find_map(rows::answer).map(|(_, answer)| answer))
    }

    pub async fn holders(&self, keys: Vec<[u8; 32]>) -> Result<HashMap<[u8; 32], Uuid>, LogFailure> {
        let held = self.db.fetch(rows::held(keys.iter().map(|k| k.to_vec()).collect())).await?;
        Ok(held.into_iter().filter_map(|(key, owner)| Some((key.try_into().ok()?, owner?))).collect())
    }

    pub async fn holder(&self, key: [u8; 32]) -> Result<Option<Uuid>, LogFailure> {
        Ok(self.db.fetch_optional(rows::held(vec![key.to_vec()])).await?.and_then(|(_, owner)| owner))
    }

    /// Locks the head; with it the versions of these streams and what is level.
    pub async fn lock(&self, tx: &mut Tx, mut streams: Vec<Uuid>) -> Result<Locked, DbError> {
        streams.sort_unstable();
        streams.dedup();
        let mut rows = tx.fetch(rows::locked(streams.clone())).await?;
        if rows.iter().any(|row| row.seen.is_some() && row.seen != row.position) {
            rows = tx.fetch(rows::locked(streams)).await?;
        }
        let Some(Ok(head)) = rows.iter().find_map(LockedRow::head) else { return Err(tx_fault(tx).await) };
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
        Ok(Locked { head, versions, live })
    }

    /// Everything admission must know, with the head locked.
    pub async fn read_known(&self, tx: &mut Tx, requests: &[&AppendRequest]) -> Result<(Known, Vec<String>), DbError> {
        let streams = requests.iter().flat_map(|r| r.seen()).map(|(stream, _)| stream.id).collect();
        let Locked { head, versions, live } = self.lock(tx, streams).await?;
        let (held, todos, remembered) = beside(tx, requests).await?;
        Ok((Known { head, versions, held, todos, remembered }, live))
    }
}

async fn newest(db: &Db) -> Result<Head, LogFailure> {
    let row = db.fetch(rows::head()).await?.pop();
    row.ok_or_else(|| LogFailure::Fault("the log has no head row".into()))?.try_into()
}

fn decoded(rows: Vec<EventRow>) -> Result<Vec<StoredEvent>, LogFailure> {
    rows.into_iter().map(decode_row).collect()
}

/// Holders, to-dos that are still there, and remembered answers, as far as requests name them.
type Beside = (HashMap<[u8; 32], Uuid>, HashSet<Uuid>, HashMap<(Uuid, [u8; 32]), IdempotentAnswer>);

pub(in crate::log) async fn beside(tx: &mut Tx, requests: &[&AppendRequest]) -> Result<Beside, DbError> {
    let (mut keys, mut accounts, mut idempotent, mut todos) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for request in requests {
        keys.extend(request.claims.iter().map(|c| c.key.to_vec()));
        keys.extend(request.releases.iter().map(|r| r.key.to_vec()));
        keys.extend(request.sights.iter().map(|s| s.key.to_vec()));
        todos.extend(request.done_todos.iter().copied());
        accounts.extend(request.idempotency.iter().map(|i| i.account));
        idempotent.extend(request.idempotency.iter().map(|i| i.key.to_vec()));
    }
    accounts.sort_unstable();
    accounts.dedup();
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
        remembered.extend(tx.fetch(rows::remembered(accounts, idempotent)).await?.into_iter().filter_map(rows::answer));
    }
    Ok((held, todos, remembered))
}

/// What the log itself writes for a batch: events, claims, keys, to-dos, answers, the head.
pub(in crate::log) fn log_writes(
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

pub(in crate::log) fn accepted<'a>(
    requests: &'a [&AppendRequest],
    admitted: &'a Admitted,
) -> impl Iterator<Item = (&'a AppendRequest, &'a Appended)> {
    let answers = requests.iter().zip(&admitted.answers);
    answers
        .filter_map(|(request, answer)| Some((*request, answer.as_ref().ok()?)))
        .filter(|(_, a)| a.replayed.is_none())
}

/// What goes with those who were let in and is no row to write: keys destroyed, sessions ended.
pub(in crate::log) async fn erase(
    tx: &mut Tx,
    requests: &[&AppendRequest],
    admitted: &Admitted,
) -> Result<(), DbError> {
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
        for statement in request.vault.iter().flat_map(VaultChange::statements) {
            tx.execute(statement).await?;
        }
    }
    Ok(())
}

pub(in crate::log) fn nothing_to_write(admitted: &Admitted) -> bool {
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
