//! A fresh database for a test, on either engine, and what every test needs to open it. PostgreSQL is the one that `tests/run` started.

use kurrent_double::Double;
use sesame::{
    clock::{Clock, SystemClock},
    db::{Db, Options},
    log::{Apart, MemoryLog, Streams, elsewhere},
    outbox::Outside,
    service::Service,
    vault::master::MasterKeys,
};
use sqlx::{Connection, Executor, PgConnection};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tempfile::TempDir;

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
    /// The log in memory, beside a SQLite.
    Memory,
    /// The log in memory, beside a PostgreSQL.
    MemoryPostgres,
    /// The log in KurrentDB, beside a SQLite.
    Kurrent,
    /// The log in KurrentDB, beside a PostgreSQL.
    KurrentPostgres,
}

impl Engine {
    /// Whether the database is a SQLite.
    pub fn on_sqlite(self) -> bool {
        matches!(self, Engine::Sqlite | Engine::Memory | Engine::Kurrent)
    }
}

/// A log that is not in the database.
#[derive(Debug, Clone)]
pub enum Elsewhere {
    Memory(Arc<MemoryLog>),
    Kurrent(Kurrent),
}

/// A log of its own in KurrentDB: in the double, or in the server that `KURRENT_URL` names.
#[derive(Debug, Clone)]
pub struct Kurrent {
    pub url: String,
    pub prefix: String,
    pub _double: Option<Arc<Double>>,
}

impl Kurrent {
    fn fresh() -> Kurrent {
        if let Ok(url) = std::env::var("KURRENT_URL") {
            // Earlier runs left their streams there.
            let prefix = format!("t{}", SystemClock.id().simple());
            return Kurrent { url, prefix, _double: None };
        }
        let double = Double::start().unwrap();
        Kurrent { url: double.url(), prefix: "sesame".into(), _double: Some(Arc::new(double)) }
    }

    /// As another process has it: with a client of its own.
    pub fn open(&self) -> Arc<dyn Streams> {
        elsewhere(&self.url, &self.prefix, SystemClock.id()).unwrap()
    }
}

impl Elsewhere {
    /// The engine, as another process has it.
    pub fn streams(&self) -> Arc<dyn Streams> {
        match self {
            Elsewhere::Memory(memory) => memory.clone(),
            Elsewhere::Kurrent(kurrent) => kurrent.open(),
        }
    }
}

/// A database of one test, with its log in it or, on request (`TEST_LOG=memory` or `kurrent`: of every test), elsewhere. SQLite's goes with
/// the value, PostgreSQL's with the server.
#[derive(Debug)]
pub struct Database {
    pub url: String,
    /// The log, where that is not in the database.
    pub elsewhere: Option<Elsewhere>,
    pub _folder: Option<TempDir>,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

/// The server that `tests/run` started.
pub fn server() -> String {
    std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL is not set: run tests/run, which starts a PostgreSQL, or name one whose user may create databases")
}

/// Where every log is to be, if that was asked for.
pub fn asked(log: &str) -> bool {
    std::env::var("TEST_LOG").is_ok_and(|asked| asked == log)
}

impl Database {
    pub async fn fresh(engine: Engine) -> Database {
        let engine = match engine {
            Engine::Sqlite if asked("memory") => Engine::Memory,
            Engine::Postgres if asked("memory") => Engine::MemoryPostgres,
            Engine::Sqlite if asked("kurrent") => Engine::Kurrent,
            Engine::Postgres if asked("kurrent") => Engine::KurrentPostgres,
            asked => asked,
        };
        let mut database = match engine.on_sqlite() {
            true => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/sesame.db", folder.path().display());
                Database { url, elsewhere: None, _folder: Some(folder) }
            }
            false => Database::on(&server()).await,
        };
        database.elsewhere = match engine {
            Engine::Sqlite | Engine::Postgres => None,
            Engine::Memory | Engine::MemoryPostgres => {
                Some(Elsewhere::Memory(Arc::new(MemoryLog::new(uuid::Uuid::from_u128(0xF00 << 96)))))
            }
            Engine::Kurrent | Engine::KurrentPostgres => Some(Elsewhere::Kurrent(Kurrent::fresh())),
        };
        database
    }

    /// A fresh database of this PostgreSQL server.
    pub async fn on(server: &str) -> Database {
        let name = format!("sesame_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(server).await.unwrap();
        // Another process may have had this number before, against the same server.
        connection.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).await.unwrap();
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        connection.close().await.unwrap();
        let (host, _) = server.rsplit_once('/').unwrap();
        Database { url: format!("{host}/{name}"), elsewhere: None, _folder: None }
    }

    pub fn options(&self) -> Options {
        Options { url: self.url.clone(), connections: 6, create: true }
    }

    /// Opened and with its schema, nothing running.
    pub async fn open(&self) -> Db {
        let db = Db::open(&self.options()).await.unwrap();
        db.migrate().await.unwrap();
        db
    }

    /// The whole service, by the machine's clock.
    pub async fn service(&self) -> Service {
        self.service_at(Arc::new(SystemClock)).await
    }

    /// The whole service, by this clock.
    pub async fn service_at(&self, clock: Arc<dyn Clock>) -> Service {
        self.start(clock, Outside::closed()).await
    }

    /// The whole service, with these ways out, over the log that this database has.
    pub async fn start(&self, clock: Arc<dyn Clock>, outside: Outside) -> Service {
        let (options, keys) = (self.options(), keys());
        let started = match &self.elsewhere {
            None => Service::start_with(&options, keys, clock, outside).await,
            Some(log) => Service::start_beside(&options, keys, clock, outside, Apart::new(log.streams())).await,
        };
        started.unwrap()
    }
}

/// The keys of every test's vault.
pub fn keys() -> MasterKeys {
    let (master, index) = (
        "e1c5ff93f516b82ad985ce467d7596115817ac66ec236f50c70d359bbb03f7d4",
        "aab2e5d1a88e71268b100ecc8a919d75f3a9a201d988f45b50faf8393a3efe31",
    );
    MasterKeys::from_text(master, index).unwrap()
}
