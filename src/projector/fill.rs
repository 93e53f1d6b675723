//! The middle of a rebuild: the log, stream by stream, into new tables.
//!
//! One connection reads, every core opens, folds and projects, other connections load. Chunks end where a stream ends; of a stream longer than a
//! chunk only its fold is kept, so memory is bounded whatever the log holds. `rebuild.rs` has what comes before and after.

use super::{
    inline::Target,
    rebuild::{Progress, RebuildError, Told},
};
use crate::{
    app::Failure,
    db::{Db, DbError},
    log::{StoredEvent, StoredMeta, codec},
    vault::{seal::SubjectKey, store::Vault},
};
use domain::{Actor, ActorKind, Category, Folded, Origin, StreamId};
use futures::TryStreamExt;
use projections::{Ask, ReadModel, Row, Source};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{Mutex, mpsc},
    task::{JoinSet, spawn_blocking},
};
use uuid::Uuid;

/// Events of one chunk, and chunks that may wait.
const CHUNK: usize = if cfg!(test) { 50 } else { 4_000 };
const WAITING: usize = 2;
/// Rows gathered before they are written.
const ROWS: usize = 16_000;
/// On SQLite other writers get a turn at least this often.
const TURN: Duration = Duration::from_millis(20);

/// What of an event a fold needs, in the order of [`READ`]'s columns: by place, because looking names up costs as much as the rest of a row.
pub(crate) type Narrow =
    (i64, String, Uuid, i64, Uuid, String, Option<Uuid>, String, Uuid, i64, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>);

pub(crate) const READ: &str = "SELECT e.position, e.category, e.stream, e.version, e.event_id, e.type, e.account, e.actor_kind, e.actor, e.at, e.data,
                           e.sealed, k.wrapped
                    FROM event e LEFT JOIN vault_key k ON k.subject = e.stream AND e.version = 1
                    WHERE e.position <= $1 ORDER BY e.stream, e.version";

/// A stream being folded, with the key of its subject.
pub(crate) struct Begun {
    pub stream: StreamId,
    pub folded: Folded,
    key: Option<SubjectKey>,
}

/// Whole streams one after the other; the first may have begun in the chunk before.
struct Chunk {
    begun: Option<Begun>,
    rows: Vec<Narrow>,
}

/// Folds rows on; each stream that is followed by another is told. What is left is the last one.
pub(crate) fn fold_on(
    vault: &Vault,
    mut begun: Option<Begun>,
    rows: Vec<Narrow>,
    mut ended: impl FnMut(Begun),
) -> Result<Option<Begun>, Failure> {
    for mut row in rows {
        let wrapped = row.12.take();
        let stored = stored(row)?;
        let mut current = match begun.take() {
            Some(b) if b.stream == stored.stream => b,
            other => {
                if let Some(whole) = other {
                    ended(whole);
                }
                let key = wrapped.map(|w| vault.unwrap(stored.stream.id, &w)).transpose()?;
                Begun { stream: stored.stream, folded: Folded::default(), key }
            }
        };
        let event = codec::decode(&stored, current.key.as_ref())?;
        let fault = |e| Failure::Fault(format!("{}: {e}", stored.stream));
        current.folded = current.folded.evolve(&event, stored.fact()).map_err(fault)?;
        begun = Some(current);
    }
    Ok(begun)
}

fn stored(row: Narrow) -> Result<StoredEvent, Failure> {
    let (position, category, stream, version, event_id, type_name, account, actor_kind, actor, at, data, sealed, _) =
        row;
    let fault = |what: &str| Failure::Fault(format!("the event at position {position} has {what}"));
    Ok(StoredEvent {
        position: position.unsigned_abs(),
        stream: StreamId {
            category: category.parse::<Category>().map_err(|_| fault("an unknown category"))?,
            id: stream,
        },
        version: version.unsigned_abs(),
        event_id,
        type_name,
        account,
        about: None,
        meta: StoredMeta {
            actor: Actor {
                kind: ActorKind::parse(&actor_kind).ok_or_else(|| fault("an unknown kind of actor"))?,
                id: actor,
            },
            on_behalf_of: None,
            origin: Origin::Api,
            command: Uuid::nil(),
            correlation: Uuid::nil(),
            causation: None,
        },
        at,
        data,
        sealed,
        hash: [0; 32],
    })
}

/// Rows for each table of each read model.
struct Piles {
    models: Arc<[&'static ReadModel]>,
    rows: Vec<Vec<Vec<Row>>>,
    count: usize,
    made: Vec<u64>,
}

impl Piles {
    fn new(models: Arc<[&'static ReadModel]>) -> Piles {
        let rows = models.iter().map(|m| vec![Vec::new(); m.tables.len()]).collect();
        Piles { rows, count: 0, made: vec![0; models.len()], models }
    }

    fn add(&mut self, whole: &Begun) {
        for (m, model) in self.models.iter().enumerate() {
            for (table, row) in (model.project)(Source { stream: whole.stream, folded: &whole.folded }) {
                self.rows[m][table].push(row);
                self.made[m] += 1;
                self.count += 1;
            }
        }
    }

    /// Writes what was gathered, in turns short enough for others to write between them.
    async fn flush(&mut self, db: &Db) -> Result<(), DbError> {
        let slow_turns = db.sqlite_path().is_some();
        let mut tx = db.begin().await?;
        let mut began = Instant::now();
        for (model, tables) in self.models.iter().zip(&mut self.rows) {
            for (table, rows) in model.tables.iter().zip(tables) {
                let name = Target::Beside.name(table);
                let mut rows = std::mem::take(rows);
                while !rows.is_empty() {
                    let rest = if slow_turns { rows.split_off(rows.len().min(500)) } else { Vec::new() };
                    tx.load_rows(table, &name, std::mem::replace(&mut rows, rest)).await?;
                    if slow_turns && began.elapsed() > TURN {
                        tx.commit().await?;
                        tx = db.begin().await?;
                        began = Instant::now();
                    }
                }
            }
        }
        self.count = 0;
        tx.commit().await
    }
}

/// Fills the new tables from the log up to `start`. Answers how many events were read, and how many rows each read model has.
pub(super) async fn fill(
    db: &Db,
    vault: &Vault,
    models: &[&'static ReadModel],
    start: u64,
    progress: &mut Told<'_>,
) -> Result<(u64, Vec<u64>), RebuildError> {
    let models: Arc<[&'static ReadModel]> = models.into();
    let (chunks, waiting) = mpsc::channel(WAITING);
    let waiting = Arc::new(Mutex::new(waiting));
    let mut hands = JoinSet::new();
    for _ in 0..std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 4) {
        hands.spawn(work(db.clone(), vault.clone(), models.clone(), waiting.clone()));
    }
    drop(waiting);
    let read = read(db, vault, start, chunks, progress).await;
    let mut written = vec![0; models.len()];
    while let Some(hand) = hands.join_next().await {
        // A hand that failed is why reading stopped, where it did.
        let made = hand.map_err(|e| Failure::Fault(format!("a hand of the rebuild: {e}")))??;
        written.iter_mut().zip(made).for_each(|(sum, n)| *sum += n);
    }
    let read = read?;
    progress(Progress::Reading(read, start));
    Ok((read, written))
}

/// Reads the log and hands it out; how many events there were.
async fn read(
    db: &Db,
    vault: &Vault,
    start: u64,
    chunks: mpsc::Sender<Chunk>,
    progress: &mut Told<'_>,
) -> Result<u64, Failure> {
    let mut snapshot = db.begin_snapshot().await?;
    let mut events = snapshot.stream::<Narrow>(Ask::new(READ, [(start as i64).into()]))?;
    let (mut count, mut begun, mut rows) = (0u64, None, Vec::with_capacity(CHUNK));
    while let Some(row) = events.try_next().await? {
        rows.push(row);
        count += 1;
        if count.is_multiple_of(5_000) {
            progress(Progress::Reading(count, start));
        }
        if rows.len() < CHUNK {
            continue;
        }
        // The last stream may go on: it waits for the next chunk.
        let last = rows.last().map(|r: &Narrow| r.2);
        let end = rows.iter().rposition(|r| Some(r.2) != last).map_or(0, |n| n + 1);
        if end == 0 {
            // What began before this stream is whole.
            if let Some(whole) = begun.take_if(|b: &mut Begun| Some(b.stream.id) != last)
                && chunks.send(Chunk { begun: Some(whole), rows: Vec::new() }).await.is_err()
            {
                return Ok(count); // No hand is left; each says why.
            }
            let (vault, before, long) =
                (vault.clone(), begun.take(), std::mem::replace(&mut rows, Vec::with_capacity(CHUNK)));
            let folded = spawn_blocking(move || fold_on(&vault, before, long, |_| {}));
            begun = folded.await.map_err(|e| Failure::Fault(format!("folding a long stream: {e}")))??;
            continue;
        }
        let rest = rows.split_off(end);
        let chunk = Chunk { begun: begun.take(), rows: std::mem::replace(&mut rows, rest) };
        if chunks.send(chunk).await.is_err() {
            return Ok(count);
        }
    }
    drop(events);
    snapshot.rollback().await?;
    let _ = chunks.send(Chunk { begun, rows }).await;
    Ok(count)
}

/// Opens, folds, projects and loads chunks until there are none; how many rows were made for each read model.
async fn work(
    db: Db,
    vault: Vault,
    models: Arc<[&'static ReadModel]>,
    waiting: Arc<Mutex<mpsc::Receiver<Chunk>>>,
) -> Result<Vec<u64>, Failure> {
    let mut piles = Piles::new(models);
    let result: Result<(), Failure> = async {
        loop {
            let next = waiting.lock().await.recv().await;
            let Some(Chunk { begun, rows }) = next else { break };
            let (vault, mut filling) = (vault.clone(), std::mem::replace(&mut piles, Piles::new(Arc::default())));
            let filled = spawn_blocking(move || {
                let last = fold_on(&vault, begun, rows, |whole| filling.add(&whole))?;
                last.iter().for_each(|whole| filling.add(whole));
                Ok::<Piles, Failure>(filling)
            });
            piles = filled.await.map_err(|e| Failure::Fault(format!("folding a chunk: {e}")))??;
            if piles.count >= ROWS {
                piles.flush(&db).await?;
            }
        }
        Ok(piles.flush(&db).await?)
    }
    .await;
    if result.is_err() {
        // The reader must not go on for nothing.
        waiting.lock().await.close();
    }
    result.map(|()| piles.made)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use crate::{
        app::{Caller, Command, NewProduct, OpenAccount, Request},
        clock::SystemClock,
        db::Options,
        projector::rebuild,
        service::Service,
        vault::master::MasterKeys,
    };
    use domain::{product::RenameProduct, values::DripClock};
    use projections::Ask;
    use std::sync::Arc;

    /// Streams shorter and longer than a chunk, ending within one and at its end: a rebuild compares rows with folds by itself.
    #[tokio::test]
    async fn streams_longer_than_a_chunk_are_folded_on() {
        let folder = tempfile::tempdir().unwrap();
        let options =
            Options { url: format!("sqlite://{}", folder.path().join("t.db").display()), connections: 4, create: true };
        let keys = MasterKeys::from_text(&"0123456789abcdef".repeat(4), &"fedcba9876543210".repeat(4)).unwrap();
        let service = Service::start(&options, keys, Arc::new(SystemClock)).await.unwrap();
        let run = |caller, command: Command| {
            let app = service.app.clone();
            async move { app.execute(&caller, Request::from(command)).await.unwrap() }
        };
        let open = OpenAccount { company_name: "Long".into(), locale: None, time_zone: None, owner_email: None };
        let account = run(Caller::operator(None), Command::OpenAccount(open)).await.account.unwrap();
        let caller = Caller::operator(Some(account));
        let mut names = Vec::new();
        for events in [1, 120, 50, 49, 100, 3, 51, 250] {
            let new = NewProduct {
                name: "n".into(),
                delivered: false,
                drip_clock: DripClock::CalendarDays,
                modules: vec![],
                order_email: None,
            };
            let product = run(caller.clone(), Command::CreateProduct(account, new)).await.product.unwrap();
            for n in 1..events {
                run(caller.clone(), Command::RenameProduct(product, RenameProduct { name: format!("n{n}") })).await;
            }
            names.push((product.0, if events == 1 { "n".to_owned() } else { format!("n{}", events - 1) }));
        }
        rebuild(service.db(), service.vault(), projections::ALL, |_| {}).await.unwrap();
        for (id, name) in names {
            let found: Vec<(String,)> =
                service.db().fetch(Ask::new("SELECT name FROM products_1 WHERE id = $1", [id.into()])).await.unwrap();
            assert_eq!(found, [(name,)]);
        }
    }
}
