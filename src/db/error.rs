//! What can go wrong with a database, sorted by what the caller can do about it.

/// What the caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DbErrorKind {
    /// A unique constraint: someone else was first.
    Unique,
    /// A lock could not be had in time, or a serialisation failure: try again.
    Busy,
    /// No room left: writes fail until there is.
    Full,
    /// It does not answer.
    Unavailable,
    /// A fault of ours or of the schema.
    Other,
}

/// A failure of the database. Its text is for operators, never for callers.
#[derive(Debug, thiserror::Error)]
#[error("database: {source}")]
pub struct DbError {
    /// What the caller can do about it.
    pub kind: DbErrorKind,
    #[source]
    source: sqlx::Error,
}

impl DbError {
    pub(super) fn encoding(e: sqlx::error::BoxDynError) -> DbError {
        DbError { kind: DbErrorKind::Other, source: sqlx::Error::Encode(e) }
    }

    pub(super) fn busy(what: &str) -> DbError {
        DbError { kind: DbErrorKind::Busy, source: sqlx::Error::Protocol(format!("{what}: busy")) }
    }

    pub(super) fn other(what: String) -> DbError {
        DbError { kind: DbErrorKind::Other, source: sqlx::Error::Protocol(what) }
    }

    /// Whether the role may not do it (PostgreSQL's insufficient_privilege).
    pub fn is_denied(&self) -> bool {
        matches!(&self.source, sqlx::Error::Database(e) if e.code().as_deref() == Some("42501"))
    }

    /// Whether trying the same again soon may succeed.
    pub fn is_passing(&self) -> bool {
        matches!(self.kind, DbErrorKind::Busy | DbErrorKind::Unavailable)
    }
}

impl From<sqlx::Error> for DbError {
    fn from(source: sqlx::Error) -> Self {
        let kind = match &source {
            sqlx::Error::Database(e) if e.is_unique_violation() => DbErrorKind::Unique,
            sqlx::Error::Database(e) => match e.code().as_deref() {
                // SQLite primary codes (extended ones carry them in the low byte): BUSY, LOCKED, FULL, IOERR, CANTOPEN, READONLY.
                Some(code) if code.parse::<i64>().is_ok_and(|c| code.len() <= 4 && matches!(c & 0xFF, 5 | 6)) => {
                    DbErrorKind::Busy
                }
                Some(code) if code.parse::<i64>().is_ok_and(|c| code.len() <= 4 && c & 0xFF == 13) => DbErrorKind::Full,
                Some(code) if code.parse::<i64>().is_ok_and(|c| code.len() <= 4 && matches!(c & 0xFF, 8 | 10 | 14)) => {
                    DbErrorKind::Unavailable
                }
                // PostgreSQL: lock_not_available, serialization_failure, deadlock_detected, statement timeout.
                Some("55P03" | "40001" | "40P01" | "57014") => DbErrorKind::Busy,
                Some("53100") => DbErrorKind::Full,
                Some(code)
                    if code.starts_with("08")
                        || code.starts_with("57P")
                        || code.starts_with("53")
                        || code == "25006" =>
                {
                    DbErrorKind::Unavailable
                }
                _ => DbErrorKind::Other,
            },
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Tls(_) => DbErrorKind::Unavailable,
            _ => DbErrorKind::Other,
        };
        DbError { kind, source }
    }
}

impl DbError {
    /// Something that must be there is not.
    pub fn missing(what: &str) -> DbError {
        DbError::other(what.to_owned())
    }
}
