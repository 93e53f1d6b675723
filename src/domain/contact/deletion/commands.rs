//! Asking support to delete a contact, and what support decides (row S4).

use super::events::*;
use crate::{
    account::AccountState,
    contact::{ContactEvent, ContactState, Deleted, commands::still_there, membership::not_the_owner},
    event::Private,
    refusal::{Code, Refusal, Refusals},
    remedy::Remedy,
    subscription::SubscriptionState,
    text::paragraph,
    values::DeletionPolicy,
};
use chrono::{DateTime, Utc};

/// Longest reason, in characters.
const REASON_MAX: usize = 1000;

/// The account asks support to delete a contact.
#[derive(Debug, Clone)]
pub struct RequestDeletion {
    /// Why, up to 1000 characters; empty: not said.
    pub reason: Option<String>,
}

impl RequestDeletion {
    /// Asks for it; nothing while a request is open. Only where support deletes: elsewhere the account or its ERP does. Never for the owner.
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        not_the_owner(&contact.membership)?;
        match account.policies.deletion {
            DeletionPolicy::SupportOnly => {}
            DeletionPolicy::ErpOnly => return Err(Code::ManagedByErp.into()),
            DeletionPolicy::SelfService => {
                return Err(Refusal::not_now(Remedy::DeleteContact).into());
            }
        }
        if contact.deletion.as_ref().is_some_and(|request| request.is_open()) {
            return Ok(vec![]);
        }
        Ok(vec![DeletionRequested { private: Private::Known(reason(self.reason)?) }.into()])
    }
}

fn reason(text: Option<String>) -> Result<Reason, Refusal> {
    let given = text.filter(|text| !text.trim().is_empty());
    Ok(Reason { reason: given.map(|text| paragraph("reason", &text, REASON_MAX)).transpose()? })
}

/// Refuses to decide where nothing waits for a decision.
fn asked_for(contact: &ContactState) -> Result<(), Refusals> {
    still_there(contact)?;
    match &contact.deletion {
        Some(request) if request.is_open() => Ok(()),
        _ => Err(Refusal::not_now(Remedy::RequestDeletion).into()),
    }
}

/// Support agrees: the contact is deleted in the same append.
#[derive(Debug, Clone)]
pub struct ApproveDeletion {
    /// Now.
    pub at: DateTime<Utc>,
}

impl ApproveDeletion {
    /// Deletes it, whatever the account's policy is by now: support was asked. A live subscription still refuses, and so does having become the
    /// owner meanwhile.
    pub fn decide(
        self,
        contact: &ContactState,
        account: &AccountState,
        attached: &[&SubscriptionState],
    ) -> Result<Vec<ContactEvent>, Refusals> {
        asked_for(contact)?;
        not_the_owner(&contact.membership)?;
        if attached.iter().any(|s| s.is_live(self.at, account.time_zone)) {
            return Err(Code::HasLiveSubscription.into());
        }
        Ok(vec![DeletionApproved {}.into(), Deleted {}.into()])
    }
}

/// Support does not agree: the contact stays, and may be asked about again.
#[derive(Debug, Clone)]
pub struct RejectDeletion {
    /// Why not, up to 1000 characters; empty: not said.
    pub reason: Option<String>,
}

impl RejectDeletion {
    /// Rejects the open request.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        asked_for(contact)?;
        Ok(vec![DeletionRejected { private: Private::Known(reason(self.reason)?) }.into()])
    }
}
