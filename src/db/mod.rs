//! The two databases behind one door: questions, transactions, bulk writes. The only room that names a driver.
//!
//! SQL comes in as portable text ([`projections::Ask`]); `dialect.rs` finishes it for the engine, `bulk.rs` writes many rows with one
//! statement. It knows nothing of events or contacts. Next door: `log::sql` appends through [`Tx`], `projector` keeps read models.

mod bulk;
mod connect;
mod copy;
mod dialect;
mod error;
mod exclusive;
mod look;
mod write;

pub use bulk::{Load, ddl_create, ddl_indexes};
pub use connect::Options;
pub use error::{DbError, DbErrorKind};
pub use exclusive::Exclusive;
pub use look::Looked;
pub use write::{Write, WriteError};

use dialect::{Engine, finish};
use futures::{StreamExt, stream::BoxStream};
use projections::{Arg, Ask};
use sqlx::{
    Arguments, AssertSqlSafe, Database, FromRow, PgPool, Pool, Postgres, Row as _, Sqlite, SqlitePool, Transaction,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Levels of what a driver says by the way: PostgreSQL, at each start, that what is to be there is there.
pub const HUSHED: &str = "sqlx::postgres::notice=warn";

/// A row type that both engines can fill.
pub trait AnswerRow: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}
impl<T> AnswerRow for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}

/// A database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
    statements: Arc<AtomicU64>,
}

#[derive(Debug, Clone)]
enum Pools {
    /// Many readers, one writer: SQLite has one write lock, and a queue in front of it is fairer than its busy handler.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
        path: Option<std::path::PathBuf>,
    },
    Postgres(PgPool),
}

fn sqlite_args(args: Vec<Arg>) -> Result<SqliteArguments, DbError> {
    let mut out = SqliteArguments::default();
    for arg in args {
        let added = match arg {
            Arg::Uuid(v) => out.add(v),
            Arg::Text(v) => out.add(v),
            Arg::Int(v) => out.add(v),
            Arg::Bool(v) => out.add(v),
            Arg::Bytes(v) => out.add(v),
            // Lists travel as a JSON array; `dialect` unfolds it with json_each.
            Arg::Uuids(v) => out.add(dialect::json_hex(v.iter().map(|u| u.as_bytes().as_slice()))),
            Arg::Bytess(v) => out.add(dialect::json_hex(v.iter().map(Vec::as_slice))),
            Arg::Texts(v) => out.add(serde_json::to_string(&v).unwrap_or_default()),
            Arg::Ints(v) => out.add(serde_json::to_string(&v).unwrap_or_default()),
        };
        added.map_err(DbError::encoding)?;
    }
    Ok(out)
}

fn pg_args(args: Vec<Arg>) -> Result<PgArguments, DbError> {
    let mut out = PgArguments::default();
    for arg in args {
        add_pg(&mut out, arg)?;
    }
    Ok(out)
}

fn add_pg(out: &mut PgArguments, arg: Arg) -> Result<(), DbError> {
    match arg {
        Arg::Uuid(v) => out.add(v),
        Arg::Text(v) => out.add(v),
        Arg::Int(v) => out.add(v),
        Arg::Bool(v) => out.add(v),
        Arg::Bytes(v) => out.add(v),
        Arg::Uuids(v) => out.add(v),
        Arg::Bytess(v) => out.add(v),
        Arg::Texts(v) => out.add(v),
        Arg::Ints(v) => out.add(v),
    }
    .map_err(DbError::encoding)
}

impl Db {
    fn engine(&self) -> Engine {
        match self.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// `sqlite` or `postgres`.
    pub fn engine_name(&self) -> &'static str {
        self.engine().name()
    }

    /// The SQLite file; none for PostgreSQL.
    pub fn sqlite_path(&self) -> Option<&std::path::Path> {
        match &self.pools {
            Pools::Sqlite { path, .. } => path.as_deref(),
            Pools::Postgres(_) => None,
        }
    }

    /// How many statements were sent since the start: what the test against N+1 counts.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// All rows of an answer, outside any transaction.
    pub async fn fetch<R: AnswerRow>(&self, ask: Ask<R>) -> Result<Vec<R>, DbError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let sql = finish(self.engine(), &ask.sql, &ask.args);
        match &self.pools {
            Pools::Sqlite { readers, .. } => {
                Ok(sqlx::query_as_with(AssertSqlSafe(sql), sqlite_args(ask.args)?).fetch_all(readers).await?)
            }
            Pools::Postgres(pool) => {
                Ok(sqlx::query_as_with(AssertSqlSafe(sql), pg_args(ask.args)?).fetch_all(pool).await?)
            }
        }
    }

    /// The first row of an answer, if any.
    pub async fn fetch_optional<R: AnswerRow>(&self, ask: Ask<R>) -> Result<Option<R>, DbError> {
        Ok(self.fetch(ask).await?.into_iter().next())
    }

    /// The rows of an answer one after the other, for answers too large to hold.
    pub fn stream<R: AnswerRow>(&self, ask: Ask<R>) -> BoxStream<'_, Result<R, DbError>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let sql = finish(self.engine(), &ask.sql, &ask.args);
        let refused = |e: DbError| futures::stream::once(async { Err(e) }).boxed();
        match &self.pools {
            Pools::Sqlite { readers, .. } => match sqlite_args(ask.args) {
                Ok(args) => sqlx::query_as_with(AssertSqlSafe(sql), args)
                    .fetch(readers)
                    .map(|r| r.map_err(DbError::from))
                    .boxed(),
                Err(e) => refused(e),
            },
            Pools::Postgres(pool) => match pg_args(ask.args) {
                Ok(args) => {
                    sqlx::query_as_with(AssertSqlSafe(sql), args).fetch(pool).map(|r| r.map_err(DbError::from)).boxed()
                }
                Err(e) => refused(e),
            },
        }
    }

    /// Runs one statement on its own; the number of rows it touched.
    pub async fn execute(&self, ask: Ask<()>) -> Result<u64, DbError> {
        let mut tx = self.begin().await?;
        let rows = tx.execute(ask).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Begins a transaction that may write. SQLite takes its write lock here; PostgreSQL runs at READ COMMITTED.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        let inner = match &self.pools {
            Pools::Sqlite { writer, .. } => Inner::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(Tx { inner, statements: self.statements.clone() })
    }

    /// Begins a read of one snapshot, so that several questions answer from the same moment.
    pub async fn begin_snapshot(&self) -> Result<Tx, DbError> {
        let inner = match &self.pools {
            Pools::Sqlite { readers, .. } => Inner::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                Inner::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        Ok(Tx { inner, statements: self.statements.clone() })
    }

    /// Runs a maintenance statement of the engine's own (VACUUM, a checkpoint of the write-ahead log), outside a transaction.
    pub async fn maintain(&self, statement: &'static str) -> Result<(), DbError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                // A truncating checkpoint answers a row; that it was refused (a reader is in the way) is in its first column.
                let row = sqlx::query(statement).fetch_optional(writer).await?;
                let busy = row.and_then(|r| r.try_get::<i64, _>(0).ok()).unwrap_or(0);
                if statement.contains("wal_checkpoint") && busy != 0 {
                    return Err(DbError::busy(statement));
                }
            }
            Pools::Postgres(pool) => {
                sqlx::query(statement).execute(pool).await?;
            }
        }
        Ok(())
    }

    /// Has PostgreSQL write its pages out and let go of the files of tables that were written anew. A role that may not ask for it (`pg_checkpoint`) leaves it to
    /// the server, which does it by itself within its `checkpoint_timeout`.
    pub async fn checkpoint(&self) -> Result<(), DbError> {
        match self.maintain("CHECKPOINT").await {
            Err(e) if e.is_denied() => Ok(()),
            done => done,
        }
    }

    /// Writes a table anew without its dead rows, and takes its statistics again (PostgreSQL).
    pub async fn rewrite_table(&self, table: &'static str) -> Result<(), DbError> {
        if let Pools::Postgres(pool) = &self.pools {
            sqlx::query(AssertSqlSafe(format!("VACUUM (FULL, ANALYZE) {table}"))).execute(pool).await?;
        }
        Ok(())
    }

    /// Waits until every connection is given back, then closes them.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// The pools, each with its connections in use, and of how many it may have.
    pub fn connections(&self) -> Vec<(&'static str, u32, u32)> {
        fn of<D: Database>(name: &'static str, pool: &Pool<D>) -> (&'static str, u32, u32) {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            (name, pool.size().saturating_sub(idle), pool.options().get_max_connections())
        }
        match &self.pools {
            Pools::Sqlite { readers, writer, .. } => vec![of("readers", readers), of("writer", writer)],
            Pools::Postgres(pool) => vec![of("all", pool)],
        }
    }

    /// Whether the database answers and takes writes.
    pub async fn check_writable(&self) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        tx.execute(Ask::new("UPDATE log_head SET id = id WHERE id = 1", [])).await?;
        tx.rollback().await
    }
}

/// A transaction. Dropped without [`Tx::commit`], it is rolled back.
#[derive(Debug)]
pub struct Tx {
    inner: Inner,
    statements: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Whether this is PostgreSQL, for what only it needs (locks that SQLite's one writer makes needless).
    pub fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// All rows of an answer.
    pub async fn fetch<R: AnswerRow>(&mut self, ask: Ask<R>) -> Result<Vec<R>, DbError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let sql = finish(self.engine(), &ask.sql, &ask.args);
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                Ok(sqlx::query_as_with(AssertSqlSafe(sql), sqlite_args(ask.args)?).fetch_all(&mut **tx).await?)
            }
            Inner::Postgres(tx) => {
                Ok(sqlx::query_as_with(AssertSqlSafe(sql), pg_args(ask.args)?).fetch_all(&mut **tx).await?)
            }
        }
    }

    /// The first row of an answer, if any.
    pub async fn fetch_optional<R: AnswerRow>(&mut self, ask: Ask<R>) -> Result<Option<R>, DbError> {
        Ok(self.fetch(ask).await?.into_iter().next())
    }

    /// The rows of an answer one after the other, for answers too large to hold.
    pub fn stream<R: AnswerRow>(&mut self, ask: Ask<R>) -> Result<BoxStream<'_, Result<R, DbError>>, DbError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let sql = finish(self.engine(), &ask.sql, &ask.args);
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => sqlx::query_as_with(AssertSqlSafe(sql), sqlite_args(ask.args)?)
                .fetch(&mut **tx)
                .map(|r| r.map_err(DbError::from))
                .boxed(),
            Inner::Postgres(tx) => sqlx::query_as_with(AssertSqlSafe(sql), pg_args(ask.args)?)
                .fetch(&mut **tx)
                .map(|r| r.map_err(DbError::from))
                .boxed(),
        })
    }

    /// Runs a statement; the number of rows it touched.
    pub async fn execute(&mut self, ask: Ask<()>) -> Result<u64, DbError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let sql = finish(self.engine(), &ask.sql, &ask.args);
        match &mut self.inner {
            Inner::Sqlite(tx) => Ok(sqlx::query_with(AssertSqlSafe(sql), sqlite_args(ask.args)?)
                .execute(&mut **tx)
                .await?
                .rows_affected()),
            Inner::Postgres(tx) => {
                Ok(sqlx::query_with(AssertSqlSafe(sql), pg_args(ask.args)?).execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// Runs statements that are made from table declarations (DDL), never from values.
    pub async fn run_script(&mut self, script: String) -> Result<(), DbError> {
        match &mut self.inner {
            Inner::Sqlite(tx) => sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut **tx).await.map(|_| ())?,
            Inner::Postgres(tx) => sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut **tx).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Makes it durable.
    pub async fn commit(self) -> Result<(), DbError> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Undoes it.
    pub async fn rollback(self) -> Result<(), DbError> {
        match self.inner {
            Inner::Sqlite(tx) => tx.rollback().await?,
            Inner::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}
