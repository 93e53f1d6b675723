//! Where the verification of the present e-mail stands.

use super::events::VerificationEvent;
use crate::fold::Fact;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where the verification of the present e-mail stands. Another e-mail begins anew.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// What the newest link names, when it was asked for, and until when it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<(Uuid, Fact, DateTime<Utc>)>,
    /// When the e-mail was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Fact>,
    /// When a mail last came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounced: Option<Fact>,
}

impl Verification {
    /// Takes one more event in.
    pub(in crate::contact) fn apply(&mut self, event: &VerificationEvent, fact: Fact) {
        match event {
            VerificationEvent::Requested(e) => self.link = Some((e.link, fact, e.expires_at)),
            VerificationEvent::Verified(_) => {
                self.verified = Some(fact);
                self.link = None;
                self.bounced = None;
            }
            VerificationEvent::Bounced(_) => self.bounced = Some(fact),
        }
    }
}
