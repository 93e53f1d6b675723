//! Where the verification of the present e-mail stands.

use super::{commands::COOLDOWN, events::VerificationEvent};
use crate::{fold::Fact, values::EmailStatus};
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

    /// Where it stands, as one word. A mail that came back counts until the address is verified again.
    pub fn status(&self) -> EmailStatus {
        match (self.bounced, self.verified) {
            (Some(_), _) => EmailStatus::Bounced,
            (None, Some(_)) => EmailStatus::Verified,
            (None, None) => EmailStatus::Unverified,
        }
    }

    /// From when on another mail may be asked for; none: none was mailed for this address.
    pub fn again_from(&self) -> Option<DateTime<Utc>> {
        self.link.as_ref().map(|(_, asked, _)| asked.at + COOLDOWN)
    }

    /// For how many more seconds no other mail may be asked for; none: it may.
    pub(super) fn wait(&self, at: DateTime<Utc>) -> Option<i64> {
        let left = self.again_from()? - at;
        (left > chrono::TimeDelta::zero()).then(|| (left.num_milliseconds() + 999) / 1000)
    }
}
