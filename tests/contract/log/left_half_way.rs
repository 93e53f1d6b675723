//! A process that dies with commands on their way into a log outside the database: before their events, between those of two streams, or before what
//! they write beside them. Whoever comes next puts them in order; until then nobody gets what they hold.

use super::subject::{Asking, account, key, open, product, request, todo_id};
use crate::{
    databases::{Database, Engine, keys},
    rows::assert_rows_are_the_log_s,
    story::{clock, done, open_account},
};
use domain::{
    StreamId,
    contact::ContactInput,
    testing::id,
    values::{ContactKind, Email},
};
use futures::{FutureExt, future::BoxFuture};
use projections::Ask;
use sesame::{
    app::{Caller, Command},
    db::Db,
    log::{
        Apart, AppendError, AppendRequest, EventLog, LogApart, LogFailure, MemoryLog, Place, Promises, StoredEvent,
        Streams, chain,
    },
    outbox::Outside,
    projector::{create_missing, inline::Inline},
    service::Service,
    vault::store::Vault,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{runtime::Runtime, sync::Notify};

/// Where the process dies.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Dies {
    BeforeEvents,
    AfterTheFirstEvent,
    BeforeWhatGoesWithThem,
}

/// An engine under which the process dies, from when it is told to.
#[derive(Debug)]
struct Deadly {
    engine: Arc<dyn Streams>,
    dies: Mutex<Option<Dies>>,
    dead: Notify,
}

impl Deadly {
    fn new(engine: &Arc<dyn Streams>) -> Arc<Deadly> {
        Arc::new(Deadly { engine: engine.clone(), dies: Mutex::default(), dead: Notify::new() })
    }

    fn arm(&self, dies: Dies) {
        *self.dies.lock().unwrap() = Some(dies);
    }
}

impl Streams for Deadly {
    fn promises(&self) -> Promises {
        self.engine.promises()
    }
    fn id(&self) -> BoxFuture<'_, Result<uuid::Uuid, LogFailure>> {
        self.engine.id()
    }
    fn append(&self, events: Vec<StoredEvent>, guards: Vec<(StreamId, u64)>) -> BoxFuture<'_, Result<(), AppendError>> {
        let dies = *self.dies.lock().unwrap();
        async move {
            let events = match dies {
                None => return self.engine.append(events, guards).await,
                Some(Dies::BeforeEvents) => Vec::new(),
                Some(Dies::AfterTheFirstEvent) => events[..1].to_vec(),
                Some(Dies::BeforeWhatGoesWithThem) => events,
            };
            self.engine.append(events, guards).await?;
            self.dead.notify_one();
            std::future::pending().await
        }
        .boxed()
    }
    fn read_stream(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        self.engine.read_stream(stream, after, limit)
    }
    fn read_all(&self, after: Place, limit: usize) -> BoxFuture<'_, Result<Vec<(Place, StoredEvent)>, LogFailure>> {
        self.engine.read_all(after, limit)
    }
}

async fn opened(database: &Database, streams: Arc<dyn Streams>, abandoned_after: Duration) -> (Db, LogApart) {
    let db = database.open().await;
    create_missing(&db).await.unwrap();
    let vault = Vault::open(db.clone(), keys()).await.unwrap();
    let apart = Apart { streams, abandoned_after };
    let (log, _) = LogApart::open(db.clone(), Arc::new(Inline::default()), vault, apart).await.unwrap();
    (db, log)
}

/// Does this in a process that dies of it, as far as a process is its tasks.
fn dying(of: &Deadly, what: impl Future<Output = ()>) {
    let process = Runtime::new().unwrap();
    process.block_on(async {
        tokio::select! {
            () = what => panic!("it lives"),
            () = of.dead.notified() => {}
        }
    });
    process.shutdown_background();
}

async fn count(db: &Db, table: &str) -> i64 {
    db.fetch(Ask::<(i64,)>::new(format!("SELECT COUNT(*) FROM {table}"), [])).await.unwrap()[0].0
}

/// Two streams, and everything else that an append can carry and that can be looked up.
fn everything(n: u128) -> AppendRequest {
    request(n).create(product(1)).create(product(2)).claim(1, product(1)).todo(7).remember(1, 1, b"done")
}

/// The log outside the database, as another process has it.
fn streams(database: &Database) -> Arc<dyn Streams> {
    database.elsewhere.as_ref().unwrap().streams()
}

fn left(engine: Engine, dies: Dies) -> (Database, Arc<dyn Streams>) {
    let database = Runtime::new().unwrap().block_on(Database::fresh(engine));
    let memory = streams(&database);
    let deadly = Deadly::new(&memory);
    dying(&deadly, async {
        let (_, log) = opened(&database, deadly.clone(), Duration::ZERO).await;
        deadly.arm(dies);
        log.append(everything(1)).await.unwrap();
    });
    (database, memory)
}

async fn nothing_is_there(db: &Db, log: &LogApart) {
    assert!(log.read_all(0, 10).await.unwrap().is_empty());
    assert_eq!(log.holder(key(1)).await.unwrap(), None);
    assert_eq!(log.remembered(account(), key(1)).await.unwrap(), None);
    assert_eq!(count(db, "outbox").await, 0);
}

async fn everything_is_there(db: &Db, log: &LogApart) {
    let events = log.read_all(0, 10).await.unwrap();
    assert_eq!(events.iter().map(|e| (e.position, e.stream)).collect::<Vec<_>>(), [(1, product(1)), (2, product(2))]);
    assert_eq!(log.holder(key(1)).await.unwrap(), Some(product(1).id));
    let remembered = log.remembered(account(), key(1)).await.unwrap();
    assert_eq!(remembered.map(|r| (r.result, r.position)), Some((b"done".to_vec(), 2)));
    let todo = db.fetch(Ask::<(uuid::Uuid, i64)>::new("SELECT id, position FROM outbox", [])).await.unwrap();
    assert_eq!(todo, [(todo_id(7), 2)]);
}

async fn nobody_is_on_the_way(db: &Db) {
    assert_eq!((count(db, "intent").await, count(db, "intent_hold").await), (0, 0));
}

fn what_was_never_appended_is_taken_back(engine: Engine) {
    let (database, memory) = left(engine, Dies::BeforeEvents);
    Runtime::new().unwrap().block_on(async {
        let (db, log) = opened(&database, memory, Duration::ZERO).await;
        nothing_is_there(&db, &log).await;
        nobody_is_on_the_way(&db).await;
        // Whoever asks again gets it, under the same key.
        log.append(everything(2)).await.unwrap();
        everything_is_there(&db, &log).await;
    });
}

fn what_was_appended_is_gone_on_with(engine: Engine) {
    for dies in [Dies::AfterTheFirstEvent, Dies::BeforeWhatGoesWithThem] {
        let (database, memory) = left(engine, dies);
        Runtime::new().unwrap().block_on(async {
            let (db, log) = opened(&database, memory, Duration::ZERO).await;
            everything_is_there(&db, &log).await;
            nobody_is_on_the_way(&db).await;
            let again = log.append(everything(2)).await.unwrap();
            assert_eq!(again.replayed.map(|first| first.result), Some(b"done".to_vec()));
        });
    }
}

fn what_one_on_its_way_holds_nobody_gets(engine: Engine) {
    let (database, memory) = left(engine, Dies::BeforeEvents);
    Runtime::new().unwrap().block_on(async {
        let (db, log) = opened(&database, memory.clone(), Duration::from_secs(3600)).await;
        nothing_is_there(&db, &log).await;
        assert_eq!(count(&db, "intent").await, 1, "it may still come");
        let needs_the_same = [
            request(2).create(product(3)).claim(1, product(3)),
            request(3).create(product(3)).sight(1, None),
            request(4).create(product(1)),
            request(5).create(product(3)).guard(product(2), 0),
            request(6).create(product(3)).remember(1, 1, b"done"),
            everything(1),
        ];
        let asked = futures::future::join_all(needs_the_same.map(|request| log.append(request))).await;
        for (n, answer) in asked.iter().enumerate() {
            assert!(matches!(answer, Err(AppendError::Race(_))), "{n}: {answer:?}");
        }
        // Who needs nothing of it is not kept waiting.
        log.append(request(7).create(product(4)).claim(2, product(4))).await.unwrap();
        let (_, second) = opened(&database, memory, Duration::ZERO).await;
        second.append(request(8).create(product(3)).claim(1, product(3))).await.unwrap();
        nobody_is_on_the_way(&db).await;
    });
}

/// An append that could come when another process has taken its intent back is not begun.
fn who_comes_late_to_the_engine_appends_nothing(engine: Engine) {
    Runtime::new().unwrap().block_on(async {
        let database = Database::fresh(engine).await;
        let memory = streams(&database);
        let an_append = Apart::new(memory.clone()).abandoned_after / 3;
        let (db, log) = opened(&database, memory.clone(), an_append + Duration::from_micros(1)).await;
        let late = log.append(everything(1)).await;
        assert!(matches!(late, Err(AppendError::Race(stream)) if stream == product(1)), "{late:?}");
        assert!(memory.read_all(Place::default(), 1).await.unwrap().is_empty());
        nothing_is_there(&db, &log).await;
        nobody_is_on_the_way(&db).await;
    });
}

fn what_others_write_past_this_room_is_copied_and_a_lost_race_leaves_no_trace(engine: Engine) {
    Runtime::new().unwrap().block_on(async {
        let database = Database::fresh(engine).await;
        let memory = streams(&database);
        let (db, log) = opened(&database, memory.clone(), Duration::ZERO).await;
        log.append(request(1).create(product(1))).await.unwrap();
        // Somebody else has the same stream, by the same versions.
        let mut theirs = memory.read_all(Place::default(), 1).await.unwrap().remove(0).1;
        (theirs.stream, theirs.event_id, theirs.meta.command) = (product(2), id(0xE1), id(0xE2));
        memory.append(vec![theirs], Vec::new()).await.unwrap();
        let lost = log.append(request(2).create(product(2)).claim(1, product(2)).remember(1, 1, b"x")).await;
        assert!(matches!(lost, Err(AppendError::Race(stream)) if stream == product(2)), "{lost:?}");
        nobody_is_on_the_way(&db).await;
        assert_eq!(log.holder(key(1)).await.unwrap(), None);
        assert_eq!(log.remembered(account(), key(1)).await.unwrap(), None);
        assert_eq!(log.head().await.unwrap().position, 2, "what made it lose is there to decide on");
    });
}

/// Whoever has the rights changes an event of the copy and makes the chain fit.
fn a_copy_that_was_changed_with_its_chain_is_no_copy(engine: Engine) {
    Runtime::new().unwrap().block_on(async {
        let database = Database::fresh(engine).await;
        let (db, log) = opened(&database, streams(&database), Duration::ZERO).await;
        for n in 1..=3 {
            log.append(request(n).create(product(n))).await.unwrap();
        }
        assert_eq!(log.first_difference().await.unwrap(), None);
        let mut tx = crate::audit::unguarded(&db, engine).await;
        let changed = "UPDATE event SET data = $1 WHERE position = 2";
        tx.execute(Ask::new(changed, [br#"{"name":"Boxe"}"#.to_vec().into()])).await.unwrap();
        tx.commit().await.unwrap();
        let (mut hash, events) = ([0; 32], log.read_all(0, 10).await.unwrap());
        for event in events {
            hash = chain::hash(&hash, &event);
            let fits = [hash.to_vec().into(), (event.position as i64).into()];
            db.execute(Ask::new("UPDATE event SET hash = $1 WHERE position = $2", fits)).await.unwrap();
        }
        db.execute(Ask::new("UPDATE log_head SET hash = $1", [hash.to_vec().into()])).await.unwrap();
        assert_eq!(log.first_difference().await.unwrap(), Some(2));
    });
}

/// So is one whose log lost its end.
fn an_engine_that_lost_events_shows(engine: Engine) {
    Runtime::new().unwrap().block_on(async {
        let database = Database::fresh(engine).await;
        let (db, log) = opened(&database, streams(&database), Duration::ZERO).await;
        log.append(request(1).create(product(1)).create(product(2))).await.unwrap();
        let lost = Arc::new(MemoryLog::new(streams(&database).id().await.unwrap()));
        let first = streams(&database).read_all(Place::default(), 1).await.unwrap().remove(0).1;
        lost.append(vec![first], Vec::new()).await.unwrap();
        drop((db, log));
        let (_, log) = opened(&database, lost, Duration::ZERO).await;
        assert_eq!(log.first_difference().await.unwrap(), Some(2));
    });
}

fn a_database_is_beside_one_log(engine: Engine) {
    Runtime::new().unwrap().block_on(async {
        let mut database = Database::fresh(engine).await;
        let memory = streams(&database);
        let kept_in = memory.promises().engine;
        let _there = database.elsewhere.take();
        let (db, log) = opened(&database, memory.clone(), Duration::ZERO).await;
        log.append(request(1).create(product(1))).await.unwrap();
        let options = database.options();
        let alone = Service::start(&options, keys(), clock()).await.err().unwrap();
        assert!(alone.to_string().contains(&format!("is not in it, but in {kept_in}")), "{alone}");
        let other = Apart::new(Arc::new(MemoryLog::new(id(0xF01))));
        let beside = Service::start_beside(&options, keys(), clock(), Outside::closed(), other).await.err().unwrap();
        assert!(beside.to_string().contains("is beside the log"), "{beside}");
        assert_eq!(db.fetch(Ask::<(i64,)>::new("SELECT position FROM log_head", [])).await.unwrap(), [(1,)]);
        let own = Database::fresh(if engine.on_sqlite() { Engine::Sqlite } else { Engine::Postgres }).await;
        if own.elsewhere.is_none() {
            open(&own).await.append(request(1).create(product(1))).await.unwrap();
            let taken =
                Service::start_beside(&own.options(), keys(), clock(), Outside::closed(), Apart::new(memory)).await;
            assert!(taken.err().unwrap().to_string().contains("has a log of its own"));
        }
    });
}

/// The whole service dies with a command on its way; the next one has it, with the keys of people and the rows of every read model.
fn a_person_whose_command_was_left_half_way_is_all_there(engine: Engine) {
    let database = Runtime::new().unwrap().block_on(Database::fresh(engine));
    let memory = streams(&database);
    let (options, deadly) = (database.options(), Deadly::new(&memory));
    let start = async |streams: Arc<dyn Streams>| {
        let apart = Apart { streams, abandoned_after: Duration::ZERO };
        Service::start_beside(&options, keys(), clock(), Outside::closed(), apart).await.unwrap()
    };
    let named = |name: &str, n: u8| ContactInput {
        last_name: Some(name.into()),
        email: Some(format!("someone{n}@exemple.fr")),
        ..ContactInput::default()
    };
    let asked = Mutex::new(None);
    dying(&deadly, async {
        let service = start(deadly.clone()).await;
        let account = done(&service, &Caller::operator(None), open_account("Club")).await.account.unwrap();
        let caller = Caller::operator(Some(account));
        let add = Command::AddContact(account, ContactKind::Person, named("Dupont", 1));
        let contact = done(&service, &caller, add).await.contact.unwrap();
        *asked.lock().unwrap() = Some((account, contact));
        deadly.arm(Dies::BeforeWhatGoesWithThem);
        done(&service, &caller, Command::EraseContact(contact, true)).await;
    });
    let (account, erased) = asked.lock().unwrap().unwrap();
    let second = Deadly::new(&memory);
    dying(&second, async {
        let service = start(second.clone()).await;
        second.arm(Dies::BeforeWhatGoesWithThem);
        let add = Command::AddContact(account, ContactKind::Person, named("Durand", 2));
        done(&service, &Caller::operator(Some(account)), add).await;
    });
    Runtime::new().unwrap().block_on(async {
        let service = start(memory).await;
        let (reader, vault) = (service.app.reader(), service.vault());
        assert_rows_are_the_log_s(service.db(), vault, "after two deaths").await;
        assert!(vault.key(erased.0).await.unwrap().is_none(), "the key went with the erasure");
        let states = reader.states(vec![erased.0]).await.unwrap();
        assert!(states[&erased.0].state.contact().unwrap().erased.is_some());
        let [gone, there] = [1, 2].map(|n| Email::parse(&format!("someone{n}@exemple.fr")).unwrap());
        assert_eq!(reader.email_holder(account, &gone).await.unwrap(), None);
        let added = reader.email_holder(account, &there).await.unwrap().unwrap();
        let states = reader.states(vec![added]).await.unwrap();
        let contact = states[&added].state.contact().unwrap();
        assert_eq!(contact.details.last_name.as_deref(), Some("Durand"), "its key is there to read it with");
        nobody_is_on_the_way(service.db()).await;
        service.stop().await;
    });
}

macro_rules! beside_both_databases {
    ($($name:ident),* $(,)?) => {
        mod sqlite { $( #[test] fn $name() { super::$name(crate::databases::Engine::Memory) } )* }
        mod postgres { $( #[test] fn $name() { super::$name(crate::databases::Engine::MemoryPostgres) } )* }
        mod kurrent { $( #[test] fn $name() { super::$name(crate::databases::Engine::Kurrent) } )* }
        mod kurrent_postgres { $( #[test] fn $name() { super::$name(crate::databases::Engine::KurrentPostgres) } )* }
    };
}

#[test]
fn an_engine_that_lost_events_shows_on_sqlite() {
    an_engine_that_lost_events_shows(Engine::Memory);
}

#[test]
fn an_engine_that_lost_events_shows_on_postgres() {
    an_engine_that_lost_events_shows(Engine::MemoryPostgres);
}

beside_both_databases!(
    what_was_never_appended_is_taken_back,
    what_was_appended_is_gone_on_with,
    what_one_on_its_way_holds_nobody_gets,
    who_comes_late_to_the_engine_appends_nothing,
    what_others_write_past_this_room_is_copied_and_a_lost_race_leaves_no_trace,
    a_copy_that_was_changed_with_its_chain_is_no_copy,
    a_database_is_beside_one_log,
    a_person_whose_command_was_left_half_way_is_all_there,
);
