//! Complaining, answering, closing, reopening (rows U10, B16). Where a complaint may go from where it stands is one table: [`next`].

use super::{Claim, events::*, issues::DueIssue};
use crate::{
    contact::{ContactEvent, ContactState, commands::still_there},
    event::Private,
    ids::{ClaimId, ModuleId, SubscriptionId},
    refusal::{Check, Code, Refusal, Refusals},
    remedy::Remedy,
    text::{NAME_MAX, line, paragraph},
    values::ClaimStatus,
};

/// Longest text, in characters.
pub const CLAIM_TEXT_MAX: usize = 5000;

/// What can be done to a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Answer,
    Close,
    Reopen,
}

/// Where a step leads; none: not from here.
fn next(from: ClaimStatus, step: Step) -> Option<ClaimStatus> {
    match (from, step) {
        (ClaimStatus::Open, Step::Answer) => Some(ClaimStatus::Answered),
        (ClaimStatus::Open | ClaimStatus::Answered, Step::Close) => Some(ClaimStatus::Closed),
        (ClaimStatus::Answered | ClaimStatus::Closed, Step::Reopen) => Some(ClaimStatus::Open),
        _ => None,
    }
}

/// The complaint, where it exists and this step is allowed; `NOT_ALLOWED_NOW` otherwise.
fn allowed(contact: &ContactState, id: ClaimId, step: Step) -> Result<&Claim, Refusals> {
    still_there(contact)?;
    let claim = contact.claim(id).ok_or_else(|| Refusal::at(Code::NotFound, "claimId"))?;
    match next(claim.status, step) {
        Some(_) => Ok(claim),
        None => {
            let remedy = if step == Step::Reopen { Remedy::AnswerClaim } else { Remedy::ReopenClaim };
            Err(Refusal::not_now(remedy).under("claimId").into())
        }
    }
}

fn text(written: &str) -> Result<Private<ClaimText>, Refusal> {
    Ok(Private::Known(ClaimText { text: paragraph("text", written, CLAIM_TEXT_MAX)? }))
}

/// What a complaint is about, besides its subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AboutIssue {
    /// The subscription as a whole.
    None,
    /// An issue by its number or date, as the account writes it.
    Written(String),
    /// One of those that should have come.
    Due(ModuleId),
}

/// Complains about a subscription of a contact.
#[derive(Debug, Clone)]
pub struct OpenClaim {
    /// Its id.
    pub claim: ClaimId,
    /// On what; it counts for the contact.
    pub subscription: SubscriptionId,
    /// About which issue.
    pub issue: AboutIssue,
    /// What is wrong, 1 to 5000 characters.
    pub text: String,
}

impl OpenClaim {
    /// Opens it. `due` are the issues that should have come by now: one that is still to come cannot be late.
    pub fn decide(self, contact: &ContactState, due: &[DueIssue]) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        let mut check = Check::default();
        if !contact.attached().any(|a| a.subscription == self.subscription) {
            check.refuse(Refusal::at(Code::NotFound, "subscriptionId"));
        }
        let issue = check.take(match self.issue {
            AboutIssue::None => Ok(None),
            AboutIssue::Written(issue) => line("issue", &issue, NAME_MAX),
            AboutIssue::Due(module) => match due.iter().find(|issue| issue.module == module) {
                Some(issue) => Ok(Some(issue.name.clone())),
                None => Err(Refusal::not_now(Remedy::WaitForTheIssue).under("moduleId")),
            },
        });
        let text = check.take(text(&self.text));
        check.finish()?;
        Ok(vec![ClaimOpened { claim: self.claim, subscription: self.subscription, issue, private: text }.into()])
    }
}

/// Answers an open complaint.
#[derive(Debug, Clone)]
pub struct AnswerClaim {
    /// Which.
    pub claim: ClaimId,
    /// The answer, 1 to 5000 characters.
    pub text: String,
}

impl AnswerClaim {
    /// Answers it.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        allowed(contact, self.claim, Step::Answer)?;
        Ok(vec![ClaimAnswered { claim: self.claim, private: text(&self.text)? }.into()])
    }
}

/// Closes a complaint, answered or not.
#[derive(Debug, Clone)]
pub struct CloseClaim {
    /// Which.
    pub claim: ClaimId,
}

impl CloseClaim {
    /// Closes it; nothing when it is closed already.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        if contact.claim(self.claim).is_some_and(|claim| claim.status == ClaimStatus::Closed) {
            return Ok(vec![]);
        }
        allowed(contact, self.claim, Step::Close)?;
        Ok(vec![ClaimClosed { claim: self.claim }.into()])
    }
}

/// Opens an answered or closed complaint again.
#[derive(Debug, Clone)]
pub struct ReopenClaim {
    /// Which.
    pub claim: ClaimId,
    /// Why, 1 to 5000 characters.
    pub text: String,
}

impl ReopenClaim {
    /// Reopens it.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        allowed(contact, self.claim, Step::Reopen)?;
        Ok(vec![ClaimReopened { claim: self.claim, private: text(&self.text)? }.into()])
    }
}
