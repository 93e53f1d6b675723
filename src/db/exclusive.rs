//! What only one process may do at a time (a rebuild), held until the holder lets go or dies.

use super::{Db, DbError, Pools};
use sqlx::{Connection, PgConnection};
use std::fs::{File, TryLockError};

/// Held while this lives; [`Exclusive::release`] lets go at once, dropping it a moment later.
#[derive(Debug)]
pub struct Exclusive {
    held: Held,
}

#[derive(Debug)]
enum Held {
    /// A lock of a file beside the database.
    File(File),
    /// A session's advisory lock. The connection is out of the pool, so that closing it lets go.
    Session(Box<PgConnection>),
}

impl Exclusive {
    /// Lets go, and waits until others can have it.
    pub async fn release(self) {
        match self.held {
            Held::File(file) => drop(file),
            // Closing lets go too, but only when the server has noticed. A connection that is broken has let go already.
            Held::Session(mut session) => {
                let _ = sqlx::query("SELECT pg_advisory_unlock_all()").execute(&mut *session).await;
                let _ = session.close().await;
            }
        }
    }
}

impl Db {
    /// Takes the right to do what `name` and `number` stand for; none: someone else has it.
    pub async fn exclusive(&self, name: &str, number: i64) -> Result<Option<Exclusive>, DbError> {
        let held = match &self.pools {
            Pools::Sqlite { path, .. } => {
                let mut path = path.clone().unwrap_or_default();
                path.as_mut_os_string().push(format!(".{name}"));
                let file =
                    File::options().create(true).truncate(false).write(true).open(path).map_err(sqlx::Error::Io)?;
                match file.try_lock() {
                    Ok(()) => Held::File(file),
                    Err(TryLockError::WouldBlock) => return Ok(None),
                    Err(TryLockError::Error(e)) => return Err(sqlx::Error::Io(e).into()),
                }
            }
            Pools::Postgres(pool) => {
                let mut session = pool.acquire().await?.detach();
                let sql = "SELECT pg_try_advisory_lock($1)";
                let (taken,): (bool,) = sqlx::query_as(sql).bind(number).fetch_one(&mut session).await?;
                if !taken {
                    return Ok(None);
                }
                Held::Session(Box::new(session))
            }
        };
        Ok(Some(Exclusive { held }))
    }
}
