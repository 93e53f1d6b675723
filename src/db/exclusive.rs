//! What only one process may do at a time (a rebuild), or several together and nobody else beside them (serving), held until the holder lets go or dies.

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
        self.hold(name, number, false).await
    }

    /// Takes it together with others who do the same; none: someone has it alone.
    pub async fn shared(&self, name: &str, number: i64) -> Result<Option<Exclusive>, DbError> {
        self.hold(name, number, true).await
    }

    async fn hold(&self, name: &str, number: i64, shared: bool) -> Result<Option<Exclusive>, DbError> {
        let held = match &self.pools {
            Pools::Sqlite { path, .. } => {
                let mut path = path.clone().unwrap_or_default();
                path.as_mut_os_string().push(format!(".{name}"));
                let file =
                    File::options().create(true).truncate(false).write(true).open(path).map_err(sqlx::Error::Io)?;
                match if shared { file.try_lock_shared() } else { file.try_lock() } {
                    Ok(()) => Held::File(file),
                    Err(TryLockError::WouldBlock) => return Ok(None),
                    Err(TryLockError::Error(e)) => return Err(sqlx::Error::Io(e).into()),
                }
            }
            Pools::Postgres(pool) => {
                let mut session = pool.acquire().await?.detach();
                let sql = match shared {
                    true => "SELECT pg_try_advisory_lock_shared($1)",
                    false => "SELECT pg_try_advisory_lock($1)",
                };
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
