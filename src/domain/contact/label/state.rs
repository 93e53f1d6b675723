//! Which labels a contact has.

use super::events::LabelEvent;
use crate::ids::ImportId;
use serde::{Deserialize, Serialize};

/// A label, and who put it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The word.
    pub label: String,
    /// The import.
    pub import: ImportId,
}

impl Label {
    /// Takes one more event in.
    pub(in crate::contact) fn apply(labels: &mut Vec<Label>, event: &LabelEvent) {
        match event {
            LabelEvent::Put(e) => {
                if !labels.iter().any(|l| l.import == e.import) {
                    labels.push(Label { label: e.label.clone(), import: e.import });
                }
            }
            LabelEvent::TakenOff(e) => labels.retain(|l| l.import != e.import),
        }
    }
}
