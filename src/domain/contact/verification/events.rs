//! What can have happened to the verification of an e-mail. The address itself is in no event of this room.

use crate::{
    contact::ContactEvent,
    event::{clear, events},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

events!(in ContactEvent:
    /// Whether the e-mail is the contact's own.
    VerificationEvent {
        /// A link was to be mailed, or mailed again: earlier links open nothing any more.
        Requested(Requested) = "email.verification_requested.v1",
        /// The link was followed.
        Verified(Verified) = "email.verified.v1",
        /// The mail came back.
        Bounced(Bounced) = "email.bounced.v1",
    }
);

/// A link was to be mailed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Requested {
    /// What the link names.
    pub link: Uuid,
    /// From then on it opens nothing.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub expires_at: DateTime<Utc>,
}

/// The link was followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verified {}

/// The mail came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bounced {}

clear!(Requested, Verified, Bounced);
