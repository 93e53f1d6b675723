//! Where a request for deletion stands.

use super::events::DeletionEvent;
use crate::{fold::Fact, values::DeletionStatus};
use serde::{Deserialize, Serialize};

/// The newest request for deletion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeletionRequest {
    /// When it was asked for, and by whom.
    pub requested: Fact,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When support rejected it; a request neither rejected nor carried out is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<Fact>,
    /// Why it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejection: Option<String>,
    /// When support approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Fact>,
}

impl DeletionRequest {
    /// Takes one more event in.
    pub(in crate::contact) fn apply(request: &mut Option<DeletionRequest>, event: &DeletionEvent, fact: Fact) {
        match (event, request) {
            (DeletionEvent::Requested(e), request) => {
                let reason = e.private.known().and_then(|p| p.reason.clone());
                *request =
                    Some(DeletionRequest { requested: fact, reason, rejected: None, rejection: None, approved: None });
            }
            (DeletionEvent::Approved(_), Some(request)) => request.approved = Some(fact),
            (DeletionEvent::Rejected(e), Some(request)) => {
                request.rejected = Some(fact);
                request.rejection = e.private.known().and_then(|p| p.reason.clone());
            }
            (_, None) => {}
        }
    }

    /// Whether support still has to decide.
    pub fn is_open(&self) -> bool {
        self.rejected.is_none() && self.approved.is_none()
    }

    /// Where it stands.
    pub fn status(&self) -> DeletionStatus {
        match (self.approved, self.rejected) {
            (Some(_), _) => DeletionStatus::Approved,
            (None, Some(_)) => DeletionStatus::Rejected,
            (None, None) => DeletionStatus::Requested,
        }
    }
}
