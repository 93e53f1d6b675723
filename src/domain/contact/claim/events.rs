//! What can have happened to a complaint. What people write is sealed.

use crate::{
    contact::ContactEvent,
    event::{Private, clear, events, sealed},
    ids::{ClaimId, SubscriptionId},
};
use serde::{Deserialize, Serialize};

events!(in ContactEvent:
    /// What happened to a complaint.
    ClaimEvent {
        /// Someone complained.
        Opened(ClaimOpened) = "claim.opened.v1",
        /// It was answered.
        Answered(ClaimAnswered) = "claim.answered.v1",
        /// It is done with.
        Closed(ClaimClosed) = "claim.closed.v1",
        /// It is not done with after all.
        Reopened(ClaimReopened) = "claim.reopened.v1",
    }
);

/// Someone complained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimOpened {
    /// Which complaint.
    pub claim: ClaimId,
    /// On what.
    pub subscription: SubscriptionId,
    /// The issue it is about, where it is about one: its number or date, as the account writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// What about.
    #[serde(skip)]
    pub private: Private<ClaimText>,
}

/// It was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimAnswered {
    /// Which.
    pub claim: ClaimId,
    /// The answer.
    #[serde(skip)]
    pub private: Private<ClaimText>,
}

/// It is done with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimClosed {
    /// Which.
    pub claim: ClaimId,
}

/// It is not done with after all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimReopened {
    /// Which.
    pub claim: ClaimId,
    /// Why.
    #[serde(skip)]
    pub private: Private<ClaimText>,
}

/// What was written, up to 5000 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimText {
    /// As written.
    pub text: String,
}

clear!(ClaimClosed);
sealed!(ClaimOpened, ClaimAnswered, ClaimReopened);
