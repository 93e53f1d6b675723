//! What an import's events add up to.

use super::events::{ImportCounts, ImportDone, ImportEvent, ImportPlanned, ImportTakenBack};
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
    /// Since when: its last change of status.
    pub since: Fact,
    /// When it was planned.
    pub planned: Fact,
    /// What applying it was to do.
    pub plan: ImportCounts,
    /// When someone last said: do that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Fact>,
    /// How many rows had been looked at then: one that was stopped goes on.
    #[serde(default)]
    pub looked_at_before: u64,
    /// What was done so far.
    #[serde(default)]
    pub done: ImportDone,
    /// When the doing ended: all of it was done, or it was stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Fact>,
    /// When someone said: take that back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_started: Option<Fact>,
    /// What was taken back so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone: Option<ImportTakenBack>,
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
            started: None,
            looked_at_before: 0,
            done: ImportDone::default(),
            ended: None,
            undo_started: None,
            undone: None,
        })
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &ImportEvent, fact: Fact) {
        let status = match event {
            ImportEvent::Planned(_) => return,
            ImportEvent::Progressed(e) => {
                self.done = e.done;
                return;
            }
            ImportEvent::UndoProgressed(e) => {
                self.undone = Some(e.undone);
                return;
            }
            ImportEvent::Started(_) => {
                (self.started, self.ended) = (Some(fact), None);
                self.looked_at_before = self.looked_at();
                ImportStatus::Applying
            }
            ImportEvent::Applied(e) => {
                (self.done, self.ended) = (e.done, Some(fact));
                ImportStatus::Applied
            }
            ImportEvent::Cancelled(e) => {
                (self.done, self.ended) = (e.done, Some(fact));
                ImportStatus::Cancelled
            }
            ImportEvent::UndoStarted(_) => {
                self.undo_started = Some(fact);
                ImportStatus::Undoing
            }
            ImportEvent::Undone(e) => {
                self.undone = Some(e.undone);
                ImportStatus::Undone
            }
        };
        (self.status, self.since) = (status, fact);
    }

    /// Whether applying does something with this many rows: those that add or change someone, and, where contacts are labelled, those whose contact is
    /// so already.
    pub fn to_do(&self) -> u64 {
        let labelled = if self.label.is_some() { self.plan.unchanged } else { 0 };
        self.plan.created + self.plan.updated + labelled
    }

    /// How many of these rows were looked at.
    pub fn looked_at(&self) -> u64 {
        let ImportCounts { created, updated, unchanged, .. } = self.done.counts;
        let labelled = if self.label.is_some() { unchanged } else { 0 };
        created + updated + labelled + self.done.left_out
    }

    /// Whether its plan may be carried out: not one that holds a refused row while one refused row refuses everything.
    pub fn may_be_applied(&self) -> bool {
        self.policy != ImportPolicy::RejectEverything || self.plan.rejected == 0
    }
}
