//! A log outside the database, and the database beside it, as one [`EventLog`].
//!
//! The engine ([`Streams`]) holds events and nothing else; the database holds what an append carries besides them (values, keys, to-dos, remembered answers)
//! and a copy of the events, in which they get their positions and their chain. A command goes through three rooms:
//!
//! 1. **Intent** (`intent.rs`): admitted by the same rules as everywhere, under the same lock; what it will write is noted by its command's id, and what it
//!    counts on is held still. One transaction.
//! 2. **Events**: the engine appends them, at the versions they were decided on.
//! 3. **Copy** (`copy.rs`): events are taken in from the engine in its order; with the last event of a command goes everything its intent noted, and the
//!    read models that are level go along. One transaction.
//!
//! A process that dies between these leaves an intent; `sweep.rs` asks the engine whether the events are there, and goes on or takes it back. The third room
//! is the same whoever appended: another process's events, and those of one that died, come in with what belongs to them.
//!
//! docs/adr/0008 says why there is a copy.

mod compare;
mod copy;
mod intent;
mod sweep;

use super::{
    AppendError, AppendRequest, Appended, EventLog, Head, IdempotentAnswer, LogFailure, Promises, StoredEvent,
    admission::admit,
    sequencer::{Answers, Batches, Sequencer},
    sql::{Store, erase, log_writes, nothing_to_write},
    streams::Streams,
};
use crate::{
    db::{Db, DbError, WriteError},
    projector::inline::Inline,
    vault::store::Vault,
};
use copy::Own;
use domain::{Fact, Folded, StreamId};
use futures::{FutureExt, StreamExt, future::BoxFuture};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{Notify, mpsc, watch};
use uuid::Uuid;

/// How long one append of the engine may take. Far less than an intent is left alone, so that nobody takes back what may still come.
const APPENDS_WITHIN: Duration = Duration::from_secs(10);
/// Appends under way at the engine at the same time.
const AT_ONCE: usize = 32;
/// How long a command waits for what another one, on its way, holds still.
const WAITS: Duration = Duration::from_millis(1500);
/// What failed for a passing reason is tried again until then.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long what was appended is tried to be copied before its caller is told that the outcome is not known.
const COPIED_WITHIN: Duration = Duration::from_secs(15);

/// An engine outside the database, and how it is used.
#[derive(Debug, Clone)]
pub struct Apart {
    /// The engine.
    pub streams: Arc<dyn Streams>,
    /// An intent that stood still for so long was left by a process that died. Less than an append may take: only where no other process appends.
    pub abandoned_after: Duration,
}

impl Apart {
    /// With as much time for those on their way as any append may take, three times over.
    pub fn new(streams: Arc<dyn Streams>) -> Apart {
        Apart { streams, abandoned_after: APPENDS_WITHIN * 3 }
    }
}

/// A log outside the database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LogApart {
    beside: Arc<Beside>,
    sequencer: Sequencer,
}

#[derive(Debug)]
struct Beside {
    store: Store,
    vault: Vault,
    streams: Arc<dyn Streams>,
    abandoned_after: Duration,
    /// Commands of this process that are on their way.
    under_way: Mutex<HashSet<Uuid>>,
    /// Since when an intent has been seen.
    noticed: Mutex<HashMap<Uuid, Instant>>,
    /// Whoever takes events in, in this process.
    taking: tokio::sync::Mutex<()>,
}

impl LogApart {
    /// Opens it, brings the copy level, and starts the sequencer. The second part tells of appends by other processes, as in `SqlLog::open`.
    pub async fn open(
        db: Db,
        inline: Arc<Inline>,
        vault: Vault,
        apart: Apart,
    ) -> Result<(LogApart, mpsc::UnboundedReceiver<(u64, u64)>), LogFailure> {
        copy::bind(&db, &*apart.streams).await?;
        let (store, foreign) = Store::open(db, inline).await?;
        let beside = Arc::new(Beside {
            store,
            vault,
            streams: apart.streams,
            abandoned_after: apart.abandoned_after,
            under_way: Mutex::default(),
            noticed: Mutex::default(),
            taking: tokio::sync::Mutex::default(),
        });
        beside.take_in(&Own::default()).await?;
        beside.sweep().await?;
        let sequencer = Sequencer::start(Batch(beside.clone()));
        Ok((LogApart { beside, sequencer }, foreign))
    }
}

impl EventLog for LogApart {
    fn promises(&self) -> Promises {
        self.beside.streams.promises()
    }

    fn append(&self, request: AppendRequest) -> BoxFuture<'_, Result<Appended, AppendError>> {
        self.sequencer.append(request).boxed()
    }

    fn append_all(&self, requests: Vec<AppendRequest>) -> BoxFuture<'_, Answers> {
        self.sequencer.append_all(requests).boxed()
    }

    fn watch(&self) -> watch::Receiver<Head> {
        self.beside.store.watch()
    }

    fn head(&self) -> BoxFuture<'_, Result<Head, LogFailure>> {
        self.beside.store.head().boxed()
    }

    fn look(&self) -> BoxFuture<'_, Result<Head, LogFailure>> {
        async move {
            // Where somebody is taking events in already, there is nothing to look for.
            if let Ok(_alone) = self.beside.taking.try_lock() {
                self.beside.take_in(&Own::default()).await?;
            }
            self.beside.sweep().await?;
            // What another process took in for all.
            self.beside.store.look().await
        }
        .boxed()
    }

    fn level(&self) -> BoxFuture<'_, Result<(), LogFailure>> {
        async move {
            let _alone = self.beside.taking.lock().await;
            self.beside.take_in(&Own::default()).await.map(|_| ())
        }
        .boxed()
    }

    fn first_difference(&self) -> BoxFuture<'_, Result<Option<u64>, LogFailure>> {
        self.beside.first_difference().boxed()
    }

    fn read_stream(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        self.beside.store.read_stream(stream, after, limit).boxed()
    }

    fn read_all(&self, after: u64, limit: usize) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        self.beside.store.read_all(after, limit).boxed()
    }

    fn remembered(&self, account: Uuid, key: [u8; 32]) -> BoxFuture<'_, Result<Option<IdempotentAnswer>, LogFailure>> {
        self.beside.store.remembered(account, key).boxed()
    }

    fn holder(&self, key: [u8; 32]) -> BoxFuture<'_, Result<Option<Uuid>, LogFailure>> {
        self.beside.store.holder(key).boxed()
    }

    fn holders(&self, keys: Vec<[u8; 32]>) -> BoxFuture<'_, Result<HashMap<[u8; 32], Uuid>, LogFailure>> {
        self.beside.store.holders(keys).boxed()
    }
}

struct Batch(Arc<Beside>);

impl Batches for Batch {
    type Ready = Vec<AppendRequest>;

    fn prepare(&self, requests: Vec<AppendRequest>, _: Option<&Self::Ready>) -> Self::Ready {
        requests
    }

    fn run<'a>(&'a self, ready: &'a Self::Ready, _: &'a Notify) -> BoxFuture<'a, Answers> {
        self.0.run(ready).boxed()
    }
}

/// What became of a request in the first room.
enum Entered {
    /// It is answered already: refused, remembered, or without events and done.
    Answered(Result<Appended, AppendError>),
    /// Another command, on its way, holds what it needs.
    Waits,
    /// Its events are to be appended.
    Goes(Vec<StoredEvent>),
}

impl Beside {
    /// Answers every request. Those that touch the same things go one after the other, as in one batch of the other logs.
    async fn run(&self, requests: &[AppendRequest]) -> Answers {
        let mut answers: Vec<Option<Result<Appended, AppendError>>> = requests.iter().map(|_| None).collect();
        let mut waited: Option<Instant> = None;
        loop {
            let left: Vec<usize> = (0..requests.len()).filter(|place| answers[*place].is_none()).collect();
            if left.is_empty() {
                return answers.into_iter().flatten().collect();
            }
            let round = independent(requests, &left);
            let chosen: Vec<&AppendRequest> = round.iter().map(|place| &requests[*place]).collect();
            let mut moved = false;
            for (place, answer) in round.iter().zip(self.round(&chosen).await) {
                moved |= answer.is_some();
                answers[*place] = answer;
            }
            if moved {
                waited = None;
            } else if waited.get_or_insert_with(Instant::now).elapsed() > WAITS {
                for (place, request) in round.into_iter().zip(chosen) {
                    answers[place] = Some(Err(raced(request)));
                }
            } else {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    /// Carries requests out that have nothing to do with each other. No answer: it has to wait.
    async fn round(&self, requests: &[&AppendRequest]) -> Vec<Option<Result<Appended, AppendError>>> {
        let _under_way = UnderWay::new(self, requests);
        // Taken before anything is noted: between that and the appending nothing may wait.
        let taking = self.taking.lock().await;
        let (noted, entered) = match self.enter(requests).await {
            Ok(entered) => entered,
            Err(failure) => {
                return requests.iter().map(|_| Some(Err(failure.clone().into()))).collect();
            }
        };
        let mut appends = Vec::with_capacity(requests.len());
        for (entered, request) in entered.iter().zip(requests) {
            appends.push(self.appended(entered, request, noted));
        }
        let appended: Vec<_> = futures::stream::iter(appends).buffered(AT_ONCE).collect().await;
        let back: Vec<Uuid> = requests
            .iter()
            .zip(&appended)
            .filter(|(_, appended)| matches!(appended, Some(Err(AppendError::Race(_)))))
            .map(|(request, _)| request.meta.command)
            .collect();
        if !back.is_empty()
            && let Err(e) = self.take_back(back).await
        {
            tracing::warn!(error = %e, "a refused command could not be taken back; the sweeper will do it");
        }
        let own = Own::of(requests);
        let facts =
            if appended.iter().any(Option::is_some) { self.copied(&own, &appended).await } else { Ok(HashMap::new()) };
        drop(taking);
        let mut answers = Vec::with_capacity(requests.len());
        for ((entered, appended), request) in entered.into_iter().zip(appended).zip(requests) {
            answers.push(match (entered, appended) {
                (Entered::Answered(answer), _) => Some(answer),
                (Entered::Waits, _) | (_, None) => None,
                (_, Some(Err(e))) => Some(Err(e)),
                (_, Some(Ok(()))) => Some(match &facts {
                    Ok(facts) => self.answer(request, facts).await,
                    Err(e) => Err(e.clone().into()),
                }),
            });
        }
        answers
    }

    /// The first room, and when it was entered. What has no event is done in it.
    async fn enter(&self, requests: &[&AppendRequest]) -> Result<(Instant, Vec<Entered>), LogFailure> {
        let began = Instant::now();
        loop {
            let noted = Instant::now();
            match self.try_enter(requests).await {
                Err(e @ (LogFailure::Busy(_) | LogFailure::Unavailable(_))) if began.elapsed() < PATIENCE => {
                    tracing::warn!(error = %e, "commands could not be noted; trying again");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                entered => return Ok((noted, entered?)),
            }
        }
    }

    async fn try_enter(&self, requests: &[&AppendRequest]) -> Result<Vec<Entered>, LogFailure> {
        let mut tx = self.store.db.begin().await?;
        let (known, _) = self.store.read_known(&mut tx, requests).await?;
        let waiting = intent::blocked(&mut tx, requests).await?;
        let mut entered = Vec::with_capacity(requests.len());
        let mut written = false;
        for (place, request) in requests.iter().enumerate() {
            if waiting.contains(&place) {
                entered.push(Entered::Waits);
                continue;
            }
            // They have nothing to do with each other: each is admitted on what is known, at the head as it is.
            let one = [*request];
            let admitted = admit(&one, known.clone());
            if !admitted.events.is_empty() {
                entered.push(Entered::Goes(admitted.events.into_iter().map(unplaced).collect()));
                continue;
            }
            if !nothing_to_write(&admitted) {
                let writes = log_writes(&one, &admitted, Vec::new()).into_iter().map(|(_, write)| write).collect();
                tx.write_all(writes, false).await.map_err(|WriteError { error, .. }| error)?;
                erase(&mut tx, &one, &admitted).await?;
                written = true;
            }
            let missing = || Err(LogFailure::Fault("a request without an answer".into()).into());
            entered.push(Entered::Answered(admitted.answers.into_iter().next().unwrap_or_else(missing)));
        }
        let going: Vec<(&AppendRequest, &[StoredEvent])> = requests
            .iter()
            .zip(&entered)
            .filter_map(|(request, entered)| match entered {
                Entered::Goes(events) => Some((*request, events.as_slice())),
                _ => None,
            })
            .collect();
        if !going.is_empty() {
            intent::note(&mut tx, &going).await?;
        } else if !written {
            tx.rollback().await?;
            return Ok(entered);
        }
        let noted: Vec<Uuid> = going.iter().map(|(request, _)| request.meta.command).collect();
        if let Err(e) = tx.commit().await {
            // Whether they are noted is not known; nothing is appended yet, and they were not there before.
            self.take_back(noted).await?;
            return Err(e.into());
        }
        Ok(entered)
    }

    async fn appended(
        &self,
        entered: &Entered,
        request: &AppendRequest,
        noted: Instant,
    ) -> Option<Result<(), AppendError>> {
        // Another process might take it back by now: nothing of it is appended, and it is decided again.
        let late = self.abandoned_after > APPENDS_WITHIN && noted.elapsed() + APPENDS_WITHIN > self.abandoned_after;
        match entered {
            Entered::Goes(_) if late => Some(Err(raced(request))),
            Entered::Goes(events) => Some(self.append(events, request).await),
            _ => None,
        }
    }

    /// The second room. A failure that says nothing is asked about until the engine answers, or for as long as an append may take.
    async fn append(&self, events: &[StoredEvent], request: &AppendRequest) -> Result<(), AppendError> {
        let began = Instant::now();
        loop {
            let append = self.streams.append(events.to_vec(), request.guards.clone());
            let answer = tokio::time::timeout(APPENDS_WITHIN.saturating_sub(began.elapsed()), append).await;
            match answer
                .unwrap_or_else(|_| Err(LogFailure::Unavailable("the log did not answer in time".into()).into()))
            {
                // Done again, it is done once: appending what may be there asks whether it is.
                Err(AppendError::Failure(e)) if began.elapsed() < PATIENCE => {
                    tracing::warn!(error = %e, "whether events were appended is not known; asking again");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                answer => return answer,
            }
        }
    }

    /// The third room, until what was appended is in the copy.
    async fn copied(
        &self,
        own: &Own<'_>,
        appended: &[Option<Result<(), AppendError>>],
    ) -> Result<HashMap<Uuid, Fact>, LogFailure> {
        let began = Instant::now();
        loop {
            match self.take_in(own).await {
                Err(e) if began.elapsed() < COPIED_WITHIN && appended.iter().flatten().any(Result::is_ok) => {
                    tracing::warn!(error = %e, "events were appended and are not copied yet; trying again");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                taken => return taken,
            }
        }
    }

    /// What the caller is told: its streams as they are after its events.
    async fn answer(&self, request: &AppendRequest, facts: &HashMap<Uuid, Fact>) -> Result<Appended, AppendError> {
        let mut position = 0;
        let mut after = Vec::with_capacity(request.writes.len());
        for write in &request.writes {
            let mut folded = Folded::clone(&write.before);
            // Taken in by another process: then they are read from the copy.
            let read = match write.events.iter().all(|new| facts.contains_key(&new.id)) {
                true => Vec::new(),
                false => {
                    self.store.notice(self.store.head().await?);
                    self.store.read_stream(write.stream, folded.version, write.events.len()).await?
                }
            };
            for new in &write.events {
                let fact = facts.get(&new.id).copied();
                let fact = fact.or_else(|| read.iter().find(|e| e.event_id == new.id).map(StoredEvent::fact));
                let fact =
                    fact.ok_or_else(|| LogFailure::Fault(format!("event {} was appended and is not there", new.id)))?;
                position = position.max(fact.position);
                folded =
                    folded.evolve(&new.event, fact).map_err(|e| LogFailure::Fault(format!("{}: {e}", write.stream)))?;
            }
            after.push((write.stream, Arc::new(folded)));
        }
        Ok(Appended { position, after, replayed: None })
    }

    async fn take_back(&self, commands: Vec<Uuid>) -> Result<(), DbError> {
        let mut tx = self.store.db.begin().await?;
        intent::forget(&mut tx, commands).await?;
        tx.commit().await
    }
}

/// An event as the engine is given it: its position and its hash come with the copy.
fn unplaced(event: StoredEvent) -> StoredEvent {
    StoredEvent { position: 0, hash: [0; 32], ..event }
}

/// Someone else is on the way with the same.
fn raced(request: &AppendRequest) -> AppendError {
    match request.seen().next() {
        Some((stream, _)) => AppendError::Race(stream),
        None => LogFailure::Busy("another command is on its way with the same".into()).into(),
    }
}

/// Those of the requests, in order, that touch nothing that one before them touches.
fn independent(requests: &[AppendRequest], left: &[usize]) -> Vec<usize> {
    let mut touched: HashMap<Vec<u8>, bool> = HashMap::new();
    let mut chosen = Vec::with_capacity(left.len());
    for place in left {
        let holds = intent::holds(&requests[*place]);
        let clear = holds.iter().all(|(held, alone)| touched.get(held).is_none_or(|taken| !taken && !alone));
        if clear {
            chosen.push(*place);
        }
        for (held, alone) in holds {
            *touched.entry(held).or_default() |= alone;
        }
    }
    chosen
}

/// Commands are on their way for as long as this lives: the sweeper leaves them alone.
struct UnderWay<'a> {
    beside: &'a Beside,
    commands: Vec<Uuid>,
}

impl<'a> UnderWay<'a> {
    fn new(beside: &'a Beside, requests: &[&AppendRequest]) -> UnderWay<'a> {
        let commands: Vec<Uuid> = requests.iter().map(|r| r.meta.command).collect();
        beside.under_way.lock().unwrap_or_else(PoisonError::into_inner).extend(&commands);
        UnderWay { beside, commands }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut under_way = self.beside.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        for command in &self.commands {
            under_way.remove(command);
        }
    }
}
