//! What can be asked of an import: plan, apply, cancel, undo. The doing itself goes on in the background, row by row, and says how far it is.

use super::{
    events::{
        ImportApplied, ImportCancelled, ImportCounts, ImportDone, ImportEvent, ImportPlanned, ImportProgressed,
        ImportStarted, ImportTakenBack, ImportUndoProgressed, ImportUndoStarted, ImportUndone,
    },
    state::ImportState,
};
use crate::{
    ids::AccountId,
    refusal::{Code, Refusal, Refusals},
    remedy::Remedy,
    text::{NAME_MAX, line},
    values::{ImportPolicy, ImportStatus},
};
use chrono::{DateTime, TimeDelta, Utc};

/// How long a plan may be carried out after it was made.
pub const PLAN_LASTS: TimeDelta = TimeDelta::days(7);
/// How long an import may be taken back after it ended.
pub const UNDO_LASTS: TimeDelta = TimeDelta::hours(24);

/// Notes what a file would do (rows B5, A10).
#[derive(Debug, Clone)]
pub struct PlanImport {
    /// Whose.
    pub account: AccountId,
    /// What its contacts are to be labelled with, up to 200 characters.
    pub label: Option<String>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub file: String,
    /// What becomes of it when rows are refused.
    pub policy: ImportPolicy,
    /// What applying it will do.
    pub counts: ImportCounts,
}

impl PlanImport {
    /// Notes it.
    pub fn decide(self) -> Result<Vec<ImportEvent>, Refusals> {
        let PlanImport { account, label, file, policy, counts } = self;
        let label = label.map(|label| line("label", &label, NAME_MAX)).transpose()?.flatten();
        Ok(vec![ImportPlanned { account, label, file, policy, counts }.into()])
    }
}

/// Says: do that.
#[derive(Debug, Clone)]
pub struct ApplyImport {
    /// Now.
    pub at: DateTime<Utc>,
}

impl ApplyImport {
    /// Starts it, or goes on with one that was stopped; nothing when it is under way or done. `NOT_ALLOWED_NOW` for one that is being taken back, for a
    /// plan that is too old, and for one with a refused row where that refuses everything.
    pub fn decide(self, import: &ImportState) -> Result<Vec<ImportEvent>, Refusals> {
        match import.status {
            ImportStatus::Applying | ImportStatus::Applied => Ok(vec![]),
            ImportStatus::Planned | ImportStatus::Cancelled
                // One that was dropped before it began has no rows any more.
                if import.may_be_applied()
                    && (import.started.is_some() || import.status == ImportStatus::Planned)
                    && self.at < import.planned.at + PLAN_LASTS
                    && import.ended.is_none_or(|ended| self.at < ended.at + UNDO_LASTS) =>
            {
                Ok(vec![ImportStarted {}.into()])
            }
            _ => Err(Refusal::not_now(Remedy::PlanAgain).into()),
        }
    }
}

/// Says: stop. Of a plan: drop it.
#[derive(Debug, Clone)]
pub struct CancelImport;

impl CancelImport {
    /// Stops it between two appends; nothing when it is stopped already, `NOT_ALLOWED_NOW` when it is through.
    pub fn decide(self, import: &ImportState) -> Result<Vec<ImportEvent>, Refusals> {
        match import.status {
            ImportStatus::Planned | ImportStatus::Applying => Ok(vec![ImportCancelled { done: import.done }.into()]),
            ImportStatus::Cancelled => Ok(vec![]),
            _ => Err(Refusal::not_now(Remedy::UndoImport).into()),
        }
    }
}

/// Says: take that back.
#[derive(Debug, Clone)]
pub struct UndoImport {
    /// Now.
    pub at: DateTime<Utc>,
}

impl UndoImport {
    /// Starts taking back what was done; nothing when that is under way or done. `NOT_ALLOWED_NOW` later than a day after it ended, while it is under way, and
    /// where it never began.
    pub fn decide(self, import: &ImportState) -> Result<Vec<ImportEvent>, Refusals> {
        match (import.status, import.ended) {
            (ImportStatus::Undoing | ImportStatus::Undone, _) => Ok(vec![]),
            (ImportStatus::Applied | ImportStatus::Cancelled, Some(ended))
                if import.started.is_some() && self.at < ended.at + UNDO_LASTS =>
            {
                Ok(vec![ImportUndoStarted {}.into()])
            }
            (ImportStatus::Applying, _) => Err(Refusal::not_now(Remedy::StopImport).into()),
            _ if import.started.is_none() => Err(Refusal::not_now(Remedy::CancelPlan).into()),
            _ => Err(Refusal::not_now(Remedy::EditByHand).into()),
        }
    }
}

/// Notes that more rows were done; with `last`, that these were all.
#[derive(Debug, Clone)]
pub struct NoteProgress {
    /// What was done with these rows, not those before.
    pub done: ImportDone,
    /// Whether there are no more.
    pub last: bool,
}

impl NoteProgress {
    /// Notes it. `NOT_ALLOWED_NOW` when it was stopped meanwhile: then the rows are not done either.
    pub fn decide(self, import: &ImportState) -> Result<Vec<ImportEvent>, Refusals> {
        if import.status != ImportStatus::Applying {
            return Err(Code::NotAllowedNow.into());
        }
        let mut done = import.done;
        done.counts.created += self.done.counts.created;
        done.counts.updated += self.done.counts.updated;
        done.counts.unchanged += self.done.counts.unchanged;
        done.left_out += self.done.left_out;
        done.through = done.through.max(self.done.through);
        if !self.last {
            return Ok(vec![ImportProgressed { done }.into()]);
        }
        let ImportCounts { unchanged, duplicates, rejected, blank, .. } = import.plan;
        if import.label.is_none() {
            done.counts.unchanged = unchanged;
        }
        done.counts = ImportCounts { duplicates, rejected, blank, ..done.counts };
        Ok(vec![ImportApplied { done }.into()])
    }
}

/// Notes that more rows were taken back; with `last`, that these were all.
#[derive(Debug, Clone)]
pub struct NoteUndo {
    /// What was taken back of these rows, not of those before.
    pub undone: ImportTakenBack,
    /// Whether there are no more.
    pub last: bool,
}

impl NoteUndo {
    /// Notes it. `NOT_ALLOWED_NOW` when it is not being taken back.
    pub fn decide(self, import: &ImportState) -> Result<Vec<ImportEvent>, Refusals> {
        if import.status != ImportStatus::Undoing {
            return Err(Code::NotAllowedNow.into());
        }
        let mut undone = import.undone.unwrap_or(ImportTakenBack { through: u64::MAX, ..ImportTakenBack::default() });
        undone.removed += self.undone.removed;
        undone.restored += self.undone.restored;
        undone.kept += self.undone.kept;
        undone.through = undone.through.min(self.undone.through);
        Ok(vec![if self.last { ImportUndone { undone }.into() } else { ImportUndoProgressed { undone }.into() }])
    }
}
