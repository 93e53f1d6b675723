//! Where complaints stand.

use super::events::ClaimEvent;
use crate::{
    event::Private,
    fold::Fact,
    ids::{ClaimId, SubscriptionId},
    values::ClaimStatus,
};
use serde::{Deserialize, Serialize};

/// A complaint and its history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Which.
    pub id: ClaimId,
    /// On what.
    pub subscription: SubscriptionId,
    /// The issue it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// Where it stands.
    pub status: ClaimStatus,
    /// What happened to it, oldest first; never empty.
    pub steps: Vec<ClaimStep>,
}

/// One thing that happened to a complaint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimStep {
    /// Where it stood from then on.
    pub status: ClaimStatus,
    /// When, and by whom.
    pub fact: Fact,
    /// What was written; none once erased, and where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Claim {
    /// Takes one more event in.
    pub(in crate::contact) fn apply(claims: &mut Vec<Claim>, event: &ClaimEvent, fact: Fact) {
        let text = |private: &Private<super::ClaimText>| private.known().map(|p| p.text.clone());
        let mut step = |id: ClaimId, status, text| {
            if let Some(claim) = claims.iter_mut().find(|c| c.id == id) {
                claim.status = status;
                claim.steps.push(ClaimStep { status, fact, text });
            }
        };
        match event {
            ClaimEvent::Opened(e) => claims.push(Claim {
                id: e.claim,
                subscription: e.subscription,
                issue: e.issue.clone(),
                status: ClaimStatus::Open,
                steps: vec![ClaimStep { status: ClaimStatus::Open, fact, text: text(&e.private) }],
            }),
            ClaimEvent::Answered(e) => step(e.claim, ClaimStatus::Answered, text(&e.private)),
            ClaimEvent::Closed(e) => step(e.claim, ClaimStatus::Closed, None),
            ClaimEvent::Reopened(e) => step(e.claim, ClaimStatus::Open, text(&e.private)),
        }
    }
}
