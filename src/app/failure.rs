//! What goes wrong without anyone's fault who asked: told to operators in full, to callers as a code.

use crate::{
    db::{DbError, DbErrorKind},
    log::{LogFailure, codec::CodecError},
    vault::store::VaultError,
};

/// A failure of the service.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// Three others were first.
    #[error("lost three races")]
    Busy,
    /// The database does not answer.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// No room left.
    #[error("no room left: {0}")]
    StorageFull(String),
    /// The read models are not yet where the caller asked for.
    #[error("the read models have not reached position {0}")]
    ReadModelBehind(u64),
    /// A fault of ours.
    #[error("fault: {0}")]
    Fault(String),
}

impl Failure {
    /// The code callers see.
    pub fn code(&self) -> &'static str {
        match self {
            Failure::Busy | Failure::Unavailable(_) => "BUSY",
            Failure::StorageFull(_) => "STORAGE_FULL",
            Failure::ReadModelBehind(_) => "READ_MODEL_BEHIND",
            Failure::Fault(_) => "INTERNAL",
        }
    }

    pub(crate) fn json(e: serde_json::Error) -> Failure {
        Failure::Fault(format!("a stored answer or state: {e}"))
    }
}

impl From<DbError> for Failure {
    fn from(e: DbError) -> Self {
        match e.kind {
            DbErrorKind::Busy => Failure::Busy,
            DbErrorKind::Unavailable => Failure::Unavailable(e.to_string()),
            DbErrorKind::Full => Failure::StorageFull(e.to_string()),
            DbErrorKind::Unique | DbErrorKind::Other => Failure::Fault(e.to_string()),
        }
    }
}

impl From<LogFailure> for Failure {
    fn from(e: LogFailure) -> Self {
        match e {
            LogFailure::Busy(_) => Failure::Busy,
            LogFailure::Unavailable(e) => Failure::Unavailable(e),
            LogFailure::Full(e) => Failure::StorageFull(e),
            LogFailure::Fault(e) => Failure::Fault(e),
        }
    }
}

impl From<VaultError> for Failure {
    fn from(e: VaultError) -> Self {
        match e {
            VaultError::Db(e) => e.into(),
            e => Failure::Fault(e.to_string()),
        }
    }
}

impl From<CodecError> for Failure {
    fn from(e: CodecError) -> Self {
        Failure::Fault(e.to_string())
    }
}
