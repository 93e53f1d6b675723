//! What can have happened to an import.

use crate::{
    event::{Stored, events},
    ids::AccountId,
    values::ImportPolicy,
};
use serde::{Deserialize, Serialize};

events!(
    /// On `import-<id>`.
    ImportEvent {
        /// The file was read and compared with what is there.
        Planned(ImportPlanned) = "import.planned.v1",
        /// Someone said: do that.
        Started(ImportStarted) = "import.started.v1",
        /// More of its rows were done, in this same append.
        Progressed(ImportProgressed) = "import.progressed.v1",
        /// All of it was done.
        Applied(ImportApplied) = "import.applied.v1",
        /// Someone stopped it, or it could not go on.
        Cancelled(ImportCancelled) = "import.cancelled.v1",
        /// Someone said: take that back.
        UndoStarted(ImportUndoStarted) = "import.undo_started.v1",
        /// More of its rows were taken back, in this same append.
        UndoProgressed(ImportUndoProgressed) = "import.undo_progressed.v1",
        /// What could be taken back was.
        Undone(ImportUndone) = "import.undone.v1",
    }
);

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    /// Contacts that are new.
    pub created: u64,
    /// Contacts that change.
    pub updated: u64,
    /// Contacts that are so already.
    pub unchanged: u64,
    /// Rows that name the person of an earlier row.
    pub duplicates: u64,
    /// Rows that are refused.
    pub rejected: u64,
    /// Rows with nothing in them.
    pub blank: u64,
}

/// The file was read and compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportPlanned {
    /// Whose.
    pub account: AccountId,
    /// What its contacts are labelled with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// SHA-256 of the file, in hexadecimal digits: the same file twice is noticed.
    pub file: String,
    /// What becomes of it when rows are refused.
    pub policy: ImportPolicy,
    /// What applying it will do.
    pub counts: ImportCounts,
}

/// Someone said: do that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportStarted {}

/// How far the doing of it is. Written with the rows it speaks of, so that neither is there without the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDone {
    /// What was done so far.
    pub counts: ImportCounts,
    /// Rows of the plan that could not be done any more, and were left out.
    pub left_out: u64,
    /// The last row that was looked at, as a spreadsheet counts.
    pub through: u64,
}

/// More of its rows were done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportProgressed {
    /// All that was done so far.
    pub done: ImportDone,
}

/// All of it was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportApplied {
    /// What was done.
    pub done: ImportDone,
}

/// It was stopped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportCancelled {
    /// What was done until then.
    pub done: ImportDone,
}

/// Someone said: take that back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportUndoStarted {}

/// How far the taking back is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportTakenBack {
    /// New contacts that were removed again.
    pub removed: u64,
    /// Changed contacts that are as before, in all that nobody else changed since.
    pub restored: u64,
    /// Contacts that people had changed since, and that stayed.
    pub kept: u64,
    /// The last row that was looked at: rows are taken back from the last to the first.
    pub through: u64,
}

/// More of its rows were taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportUndoProgressed {
    /// All that was taken back so far.
    pub undone: ImportTakenBack,
}

/// What could be taken back was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportUndone {
    /// What was taken back.
    pub undone: ImportTakenBack,
}

impl Stored for ImportPlanned {}
impl Stored for ImportStarted {}
impl Stored for ImportProgressed {}
impl Stored for ImportApplied {}
impl Stored for ImportCancelled {}
impl Stored for ImportUndoStarted {}
impl Stored for ImportUndoProgressed {}
impl Stored for ImportUndone {}
