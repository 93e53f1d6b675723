//! What can have happened to a request for deletion. Approving one deletes the contact: that is `contact.deleted`, in the same append.

use crate::{
    contact::ContactEvent,
    event::{Private, clear, events, sealed},
};
use serde::{Deserialize, Serialize};

events!(in ContactEvent:
    /// What support is asked to delete.
    DeletionEvent {
        /// The account asked for it.
        Requested(DeletionRequested) = "deletion.requested.v1",
        /// Support agreed.
        Approved(DeletionApproved) = "deletion.approved.v1",
        /// Support did not.
        Rejected(DeletionRejected) = "deletion.rejected.v1",
    }
);

/// The account asked for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeletionRequested {
    /// Why: free text, which may name people.
    #[serde(skip)]
    pub private: Private<Reason>,
}

/// Support agreed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeletionApproved {}

/// Support did not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeletionRejected {
    /// Why not.
    #[serde(skip)]
    pub private: Private<Reason>,
}

/// Free text, up to 1000 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// As written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

clear!(DeletionApproved);
sealed!(DeletionRequested, DeletionRejected);
