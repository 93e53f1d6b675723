//! What an import's events add up to.

use super::events::{ImportCounts, ImportEvent, ImportPlanned, ImportUndone};
use crate::{
    fold::Fact,
    ids::AccountId,
    values::{ImportPolicy, ImportStatus},
};
use serde::{Deserialize, Serialize};

/// An import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportState {
    /// Whose.
    pub account: AccountId,
    /// What its contacts are labelled with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub file: String,
    /// What becomes of it when rows are refused.
    pub policy: ImportPolicy,
    /// Where it stands.
    pub status: ImportStatus,
    /// Since when.
    pub since: Fact,
    /// When it was planned.
    pub planned: Fact,
    /// What applying it was to do.
    pub plan: ImportCounts,
    /// What was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<(ImportCounts, Fact)>,
    /// What was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<ImportUndone>,
}

impl ImportState {
    /// The state after the first event; `None` when that is not a plan.
    pub fn first(event: &ImportEvent, fact: Fact) -> Option<ImportState> {
        let ImportEvent::Planned(ImportPlanned { account, label, file, policy, counts }) = event else { return None };
        Some(ImportState {
            account: *account,
            label: label.clone(),
            file: file.clone(),
            policy: *policy,
            status: ImportStatus::Planned,
            since: fact,
            planned: fact,
            plan: *counts,
            done: None,
            undone: None,
        })
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &ImportEvent, fact: Fact) {
        self.status = match event {
            ImportEvent::Planned(_) => return,
            ImportEvent::Started(_) => ImportStatus::Applying,
            ImportEvent::Applied(e) => {
                self.done = Some((e.counts, fact));
                ImportStatus::Applied
            }
            ImportEvent::Cancelled(e) => {
                self.done = Some((e.counts, fact));
                ImportStatus::Cancelled
            }
            ImportEvent::UndoStarted(_) => ImportStatus::Undoing,
            ImportEvent::Undone(e) => {
                self.undone = Some(e.clone());
                ImportStatus::Undone
            }
        };
        self.since = fact;
    }
}
