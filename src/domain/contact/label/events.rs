//! What can have happened to a contact's labels. A label is the account's own word for a file, and names nobody.

use crate::{
    contact::ContactEvent,
    event::{clear, events},
    ids::ImportId,
};
use serde::{Deserialize, Serialize};

events!(in ContactEvent:
    /// The words that imports put on it.
    LabelEvent {
        /// A file that named it was imported with a label.
        Put(Labelled) = "contact.labelled.v1",
        /// That import was taken back.
        TakenOff(Unlabelled) = "contact.unlabelled.v1",
    }
);

/// A file that named it was imported with a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Labelled {
    /// By which import.
    pub import: ImportId,
    /// The word.
    pub label: String,
}

/// That import was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unlabelled {
    /// Which import.
    pub import: ImportId,
}

clear!(Labelled, Unlabelled);
