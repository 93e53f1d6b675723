//! A fresh database for a test, on either engine, and what every test needs to open it. PostgreSQL is the one that `tests/run` started.

use sesame::{
    clock::{Clock, SystemClock},
    db::{Db, Options},
    log::{Apart, MemoryLog},
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
}

/// A database of one test, with its log in it or, on request (`TEST_LOG=memory`: of every test), in memory. SQLite's goes with the value, PostgreSQL's with the server.
#[derive(Debug)]
pub struct Database {
    pub url: String,
    /// The log, where that is not in the database.
    pub memory: Option<Arc<MemoryLog>>,
    pub _folder: Option<TempDir>,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

/// The server that `tests/run` started.
pub fn server() -> String {
    std::env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL is not set: run tests/run, which starts a PostgreSQL, or name one whose user may create databases")
}

/// Whether every log is to be in memory.
fn memory_asked() -> bool {
    std::env::var("TEST_LOG").is_ok_and(|log| log == "memory")
}

impl Database {
    pub async fn fresh(engine: Engine) -> Database {
        let engine = match engine {
            Engine::Sqlite if memory_asked() => Engine::Memory,
            Engine::Postgres if memory_asked() => Engine::MemoryPostgres,
            asked => asked,
        };
        let mut database = match engine {
            Engine::Sqlite | Engine::Memory => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite://{}/sesame.db", folder.path().display());
                Database { url, memory: None, _folder: Some(folder) }
            }
            Engine::Postgres | Engine::MemoryPostgres => Database::on(&server()).await,
        };
        if matches!(engine, Engine::Memory | Engine::MemoryPostgres) {
            database.memory = Some(Arc::new(MemoryLog::new(uuid::Uuid::from_u128(0xF00 << 96))));
        }
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
        Database { url: format!("{host}/{name}"), memory: None, _folder: None }
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
        let started = match &self.memory {
            None => Service::start_with(&options, keys, clock, outside).await,
            Some(memory) => Service::start_beside(&options, keys, clock, outside, Apart::new(memory.clone())).await,
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
