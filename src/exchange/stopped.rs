//! Why an import or an export stopped: told to whoever sent or asked for the file, or to the operator.

use crate::{app::Failure, files::FileError};
use domain::Refusal;

/// Why it stopped. What an export wrote until then is no whole file.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The file cannot be read or written, or a value does not fit it.
    #[error(transparent)]
    File(#[from] FileError),
    /// The caller may not do this, or the account does not exist for them.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The service failed.
    #[error(transparent)]
    Failure(#[from] Failure),
}
