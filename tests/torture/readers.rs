//! Sixteen writers that stall and fail, three readers that read on from where they are: each reader has each event once, in order. The same
//! harness catches the table everybody writes first (`BIGSERIAL`, `id > last`), which shows that it can catch anything at all.

use crate::databases::{Database, Engine};
use domain::{
    AccountId, Category, Origin, StreamId,
    product::Created,
    testing::{id, someone},
    values::DripClock,
};
use futures::future::BoxFuture;
use projections::Ask;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sesame::{
    clock::{Clock, SystemClock},
    log::{AppendRequest, EventLog, Meta, SqlLog, Write, codec},
    projector::{create_missing, inline::Inline},
};
use sqlx::{Connection, PgConnection, PgPool};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use uuid::Uuid;

const WRITERS: usize = 16;
const PAGES: [usize; 3] = [1, 7, 100];
const LASTING: Duration = Duration::from_secs(6);

/// Something that is appended to and read in pages.
trait Feed: Send + Sync + 'static {
    /// Appends something, or fails at it.
    fn write(&self, writer: usize, n: u64) -> BoxFuture<'_, bool>;
    /// What comes after a place, in order.
    fn read(&self, after: u64, limit: usize) -> BoxFuture<'_, Vec<(u64, Uuid)>>;
}

/// Reads to the end and goes on until told to stop; every now and then it starts anew from the place it had kept.
async fn follow(feed: Arc<dyn Feed>, page: usize, stop: Arc<AtomicBool>) -> Vec<(u64, Uuid)> {
    let mut rng = ChaCha8Rng::seed_from_u64(page as u64);
    let (mut seen, mut kept) = (Vec::new(), 0u64);
    loop {
        let ending = stop.load(Ordering::Acquire);
        let read = feed.read(kept, page).await;
        if rng.random_ratio(1, 20) {
            continue; // Died before it had kept anything of this page.
        }
        let Some((last, _)) = read.last() else {
            if ending {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
            continue;
        };
        kept = *last;
        seen.extend(read);
    }
}

/// What each reader saw, and what there is.
async fn run(feed: Arc<dyn Feed>) -> (Vec<Vec<(u64, Uuid)>>, Vec<(u64, Uuid)>, usize) {
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> =
        PAGES.into_iter().map(|page| tokio::spawn(follow(feed.clone(), page, stop.clone()))).collect();
    let (until, failed) = (Instant::now() + LASTING, Arc::new(AtomicUsize::new(0)));
    let writers = (0..WRITERS).map(|writer| {
        let (feed, failed) = (feed.clone(), failed.clone());
        tokio::spawn(async move {
            for n in 0.. {
                if Instant::now() > until {
                    break;
                }
                if !feed.write(writer, n).await {
                    failed.fetch_add(1, Ordering::Relaxed);
                }
            }
        })
    });
    futures::future::join_all(writers).await;
    stop.store(true, Ordering::Release);
    let mut seen = Vec::new();
    for reader in readers {
        seen.push(reader.await.unwrap());
    }
    (seen, feed.read(0, 1_000_000).await, failed.load(Ordering::Relaxed))
}

/// The log, written by four processes' worth of sequencers.
struct Log {
    writers: Vec<SqlLog>,
    reader: SqlLog,
}

impl Feed for Log {
    fn write(&self, writer: usize, n: u64) -> BoxFuture<'_, bool> {
        let stream = StreamId { category: Category::Product, id: id(((writer as u128) << 32) + u128::from(n)) };
        let created = Created {
            account: AccountId(id(0xACC)),
            name: format!("{writer} {n}"),
            delivered: false,
            drip_clock: DripClock::CalendarDays,
            modules: vec![],
            order_email: None,
        };
        let event = codec::encode(created.into(), SystemClock.id(), id(0xACC), stream, None).unwrap();
        let request = AppendRequest {
            account: Some(id(0xACC)),
            meta: Meta {
                actor: someone(),
                on_behalf_of: None,
                origin: Origin::Api,
                command: stream.id,
                correlation: stream.id,
                causation: None,
                now: SystemClock.now(),
            },
            writes: vec![Write { stream, before: Arc::default(), events: vec![event] }],
            guards: vec![],
            claims: vec![],
            releases: vec![],
            sights: vec![],
            new_keys: vec![],
            erasures: vec![],
            session_ends: vec![],
            vault: vec![],
            todos: vec![],
            done_todos: vec![],
            idempotency: None,
            whence: None,
        };
        Box::pin(async move { self.writers[writer % self.writers.len()].append(request).await.is_ok() })
    }

    fn read(&self, after: u64, limit: usize) -> BoxFuture<'_, Vec<(u64, Uuid)>> {
        Box::pin(async move {
            let events = self.reader.read_all(after, limit).await.unwrap();
            events.into_iter().map(|e| (e.position, e.event_id)).collect()
        })
    }
}

/// Stalls before the insert and within the commit, and failures at both.
const HINDRANCES: &str = "
    CREATE FUNCTION hinder() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF random() < 0.2 THEN PERFORM pg_sleep(random() * 0.02); END IF;
        IF random() < 0.02 THEN RAISE EXCEPTION 'hindered'; END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER hinder_insert AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION hinder();
    CREATE CONSTRAINT TRIGGER hinder_commit AFTER UPDATE ON log_head DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hinder();";

#[tokio::test(flavor = "multi_thread")]
async fn each_reader_of_the_log_sees_each_event_once_in_order() {
    let database = Database::fresh(Engine::Postgres).await;
    let mut logs = Vec::new();
    for n in 0..5 {
        let db = database.open().await;
        if n == 0 {
            create_missing(&db).await.unwrap();
            let mut tx = db.begin().await.unwrap();
            tx.run_script(HINDRANCES.into()).await.unwrap();
            tx.commit().await.unwrap();
        }
        logs.push(SqlLog::open(db, Arc::new(Inline::default())).await.unwrap().0);
    }
    let reader = logs.pop().unwrap();
    let (seen, all, failed) = run(Arc::new(Log { writers: logs, reader })).await;
    println!("{} events, {failed} appends failed on the way", all.len());
    assert!(all.len() > 100, "too little happened: {}", all.len());
    assert!(all.iter().zip(1..).all(|((position, _), n)| *position == n), "positions are dense");
    for (page, seen) in PAGES.into_iter().zip(seen) {
        assert_eq!(seen, all, "read in pages of {page}");
    }
    let db = database.open().await;
    assert!(sesame::log::verify::verify(&db, &[], |_, _| {}).await.unwrap().is_whole());
}

/// What everybody writes first.
struct Naive {
    pool: PgPool,
}

impl Feed for Naive {
    fn write(&self, writer: usize, n: u64) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            let mut rng = ChaCha8Rng::seed_from_u64(((writer as u64) << 32) + n);
            let mut tx = self.pool.begin().await.unwrap();
            let insert = sqlx::query("INSERT INTO naive (event) VALUES ($1)").bind(SystemClock.id());
            insert.execute(&mut *tx).await.unwrap();
            if rng.random_ratio(1, 5) {
                tokio::time::sleep(Duration::from_micros(rng.random_range(0..20_000))).await;
            }
            if rng.random_ratio(1, 50) { tx.rollback().await.is_err() } else { tx.commit().await.is_ok() }
        })
    }

    fn read(&self, after: u64, limit: usize) -> BoxFuture<'_, Vec<(u64, Uuid)>> {
        Box::pin(async move {
            let rows: Vec<(i64, Uuid)> =
                sqlx::query_as("SELECT id, event FROM naive WHERE id > $1 ORDER BY id LIMIT $2")
                    .bind(after as i64)
                    .bind(limit as i64)
                    .fetch_all(&self.pool)
                    .await
                    .unwrap();
            rows.into_iter().map(|(id, event)| (id.unsigned_abs(), event)).collect()
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_a_plain_sequence_misses_events() {
    let database = Database::fresh(Engine::Postgres).await;
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    let create = "CREATE TABLE naive (id BIGSERIAL PRIMARY KEY, event UUID NOT NULL)";
    sqlx::query(create).execute(&mut connection).await.unwrap();
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(24).connect(&database.url).await.unwrap();
    let (seen, all, _) = run(Arc::new(Naive { pool })).await;
    let missed: Vec<usize> = seen.iter().map(|seen| all.len() - seen.len()).collect();
    println!("of {} events the readers missed {missed:?}", all.len());
    assert!(missed.iter().any(|missed| *missed > 0), "the harness catches nothing");
    let count = Ask::<(i64,)>::new("SELECT COUNT(*) FROM naive", []);
    let db = sesame::db::Db::open(&database.options()).await.unwrap();
    assert_eq!(db.fetch_optional(count).await.unwrap(), Some((all.len() as i64,)));
}
