//! Opening a database and bringing its schema up to date.

use super::{Db, DbError, Pools, dialect::Engine};
use sqlx::{
    AssertSqlSafe, Connection, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    str::FromStr,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

/// How to open it.
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite://file` or `postgres://…`.
    pub url: String,
    /// Most connections for reading (SQLite) or altogether (PostgreSQL).
    pub connections: u32,
    /// Whether a missing SQLite file is created.
    pub create: bool,
}

/// A connection that was idle so long is asked whether it lives before it is used.
const ASKED_AFTER: Duration = Duration::from_secs(1);

/// What must never be lost: portable text, then what differs by engine.
const MIGRATIONS: &[(i64, &str, &str, &str, &str)] = &[
    (
        1,
        "log, vault, outbox",
        include_str!("../../migrations/0001_log.sql"),
        include_str!("../../migrations/sqlite/0001_log.sql"),
        include_str!("../../migrations/postgres/0001_log.sql"),
    ),
    (
        2,
        "roles of tokens",
        include_str!("../../migrations/0002_roles.sql"),
        include_str!("../../migrations/sqlite/0002_roles.sql"),
        include_str!("../../migrations/postgres/0002_roles.sql"),
    ),
    (
        3,
        "delivering what stands in the outbox",
        include_str!("../../migrations/0003_outbox.sql"),
        include_str!("../../migrations/sqlite/0003_outbox.sql"),
        include_str!("../../migrations/postgres/0003_outbox.sql"),
    ),
    (
        4,
        "imports",
        include_str!("../../migrations/0004_imports.sql"),
        include_str!("../../migrations/sqlite/0004_imports.sql"),
        include_str!("../../migrations/postgres/0004_imports.sql"),
    ),
    (5, "erp", include_str!("../../migrations/0005_erp.sql"), "", ""),
    (6, "devices last seen, policies", include_str!("../../migrations/0006_app.sql"), "", ""),
    (7, "signing in", include_str!("../../migrations/0007_identity.sql"), "", ""),
    (9, "privacy", include_str!("../../migrations/0009_privacy.sql"), "", ""),
    (10, "limits", include_str!("../../migrations/0010_limits.sql"), "", ""),
    (11, "scopes of tokens", include_str!("../../migrations/0011_tokens.sql"), "", ""),
    (12, "a log elsewhere", include_str!("../../migrations/0012_log_elsewhere.sql"), "", ""),
    (13, "providers of sign-ins, asking again", include_str!("../../migrations/0013_providers.sql"), "", ""),
    (14, "saved views", include_str!("../../migrations/0014_saved_views.sql"), "", ""),
    (15, "acts on many contacts", include_str!("../../migrations/0015_bulk_acts.sql"), "", ""),
    (16, "who goes on with acts on many", include_str!("../../migrations/0016_bulk_lease.sql"), "", ""),
    (17, "when there was last a backup", include_str!("../../migrations/0017_upkeep.sql"), "", ""),
];

/// Whether no transaction is left open. A full disk makes SQLite end a transaction on its own; the driver, whose ROLLBACK then fails, goes on
/// counting it as open and would refuse every other one: such a connection is closed, and another opened.
async fn is_free(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A rollback may still be under way.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

impl Db {
    /// Opens the pools. The schema is as it was; see [`Db::migrate`].
    pub async fn open(options: &Options) -> Result<Db, DbError> {
        let pools = if options.url.starts_with("postgres") {
            let connect = PgConnectOptions::from_str(&options.url)?
                .application_name("sesame")
                .statement_cache_capacity(500)
                // A holder that hangs must not stop every writer for long.
                .options([("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "60s")]);
            let pool = PgPoolOptions::new()
                .max_connections(options.connections.max(4))
                .acquire_timeout(Duration::from_secs(5))
                // Asking a connection whether it lives costs a round trip before each question: only one that was idle is asked.
                .test_before_acquire(false)
                .before_acquire(|connection, meta| {
                    Box::pin(async move {
                        use sqlx::Connection;
                        Ok(meta.idle_for < ASKED_AFTER || connection.ping().await.is_ok())
                    })
                })
                .connect_with(connect)
                .await?;
            Pools::Postgres(pool)
        } else {
            let base = SqliteConnectOptions::from_str(&options.url)?
                .create_if_missing(options.create)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .auto_vacuum(SqliteAutoVacuum::None)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .statement_cache_capacity(500)
                // Erased values must not stay in freed pages.
                .pragma("secure_delete", "ON")
                // Kilobytes a reading connection; what is read much stays in the system's own cache.
                .pragma("cache_size", "-4000")
                // Pages the write-ahead log grows by before they are copied into the file: every batch would pay for that otherwise.
                .pragma("wal_autocheckpoint", "8000")
                .pragma("temp_store", "MEMORY");
            let path = base.get_filename().to_path_buf();
            let writer = SqlitePoolOptions::new()
                .max_connections(1)
                .acquire_timeout(Duration::from_secs(10))
                .idle_timeout(None)
                .max_lifetime(None)
                // A connection to a file is not lost over a network.
                .test_before_acquire(false)
                .before_acquire(|connection, _| Box::pin(is_free(connection)))
                .connect_with(base.clone().pragma("cache_size", "-32000"))
                .await?;
            let readers = SqlitePoolOptions::new()
                .max_connections(options.connections.max(2))
                .acquire_timeout(Duration::from_secs(5))
                .test_before_acquire(false)
                .before_acquire(|connection, _| Box::pin(is_free(connection)))
                .connect_with(base.create_if_missing(false))
                .await?;
            Pools::Sqlite { readers, writer, path: Some(path) }
        };
        Ok(Db { pools, statements: Arc::new(AtomicU64::new(0)) })
    }

    /// Brings the schema up to date; several processes may try at once. Refuses a schema newer than this binary, or one whose
    /// migrations were altered.
    pub async fn migrate(&self) -> Result<(), DbError> {
        let engine = self.engine();
        let migrations = MIGRATIONS
            .iter()
            .map(|(version, name, portable, sqlite, postgres)| {
                let own = if engine == Engine::Sqlite { sqlite } else { postgres };
                let sql = AssertSqlSafe(format!("{}\n{own}", engine.migration(portable))).into_sql_str();
                Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
            })
            .collect();
        let migrator = Migrator::with_migrations(migrations);
        let run = match &self.pools {
            Pools::Sqlite { writer, .. } => migrator.run(writer).await,
            Pools::Postgres(pool) => migrator.run(pool).await,
        };
        run.map_err(|e| match e {
            sqlx::migrate::MigrateError::Execute(e) | sqlx::migrate::MigrateError::ExecuteMigration(e, _) => e.into(),
            e => DbError::other(format!("bringing the schema up to date: {e}")),
        })
    }
}
