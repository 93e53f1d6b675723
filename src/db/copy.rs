//! A whole database as of one moment, while others write; and an empty one, to try a copy in.

use super::{Db, DbError, Inner, Pools, Tx};
use projections::Ask;
use sqlx::AssertSqlSafe;
use std::path::Path;

impl Db {
    /// Writes what an SQLite database holds now to a new file. Those who write meanwhile do not wait, and pages that were freed do not go along.
    pub async fn copy_to(&self, file: &Path) -> Result<(), DbError> {
        let (Pools::Sqlite { readers, .. }, Some(name)) = (&self.pools, file.to_str()) else {
            return Err(DbError::other(format!("no copy can be made to {}", file.display())));
        };
        sqlx::query("VACUUM INTO $1").bind(name.to_owned()).execute(readers).await?;
        Ok(())
    }

    /// Whether there is no table in it.
    pub async fn is_empty(&self) -> Result<bool, DbError> {
        let sql = match &self.pools {
            Pools::Sqlite { .. } => "SELECT COUNT(*) FROM sqlite_master",
            Pools::Postgres(_) => {
                "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema()"
            }
        };
        let found = self.fetch_optional(Ask::<(i64,)>::new(sql, [])).await?;
        Ok(found.is_none_or(|(tables,)| tables == 0))
    }

    /// Makes an empty database beside this one (PostgreSQL), or takes it away again. The name is one of ours: letters, digits, `_`.
    pub async fn beside(&self, name: &str, wanted: bool) -> Result<(), DbError> {
        let Pools::Postgres(pool) = &self.pools else {
            return Err(DbError::other("a file has no database beside it".into()));
        };
        let sql = if wanted { format!("CREATE DATABASE {name}") } else { format!("DROP DATABASE IF EXISTS {name}") };
        sqlx::query(AssertSqlSafe(sql)).execute(pool).await?;
        Ok(())
    }
}

impl Tx {
    /// The name by which another session sees what this transaction sees (PostgreSQL).
    pub async fn shared_snapshot(&mut self) -> Result<String, DbError> {
        let Inner::Postgres(tx) = &mut self.inner else {
            return Err(DbError::other("a snapshot of a file is not shared".into()));
        };
        let (name,): (String,) = sqlx::query_as("SELECT pg_export_snapshot()").fetch_one(&mut **tx).await?;
        Ok(name)
    }
}
