//! A contact's form as a person submits it: the contact, the login to the portal beside it, and the mail that asks to verify a new e-mail, all in
//! one decision (rows S2, S3, A14, U12, U13). Imports and ERPs record contacts with the bare rules of `commands.rs` and mail nobody.

use super::{
    AddContact, Change, ContactEvent, ContactPatch, ContactState, EditContact,
    portal::{ClosePortalAccount, OpenPortalAccount},
    verification,
};
use crate::{
    account::AccountState,
    address::Address,
    fold::{Actor, ActorKind, Fact},
    refusal::{Refusal, Refusals},
    values::PortalRole,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What a submitted form brings besides the contact's fields.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The login: absent keeps, null is « NON ».
    pub portal: Change<PortalRole>,
    /// What the link of a verification mail will name.
    pub verification_link: Uuid,
    /// What the link of the portal's mail will name.
    pub portal_link: Uuid,
    /// Now.
    pub at: DateTime<Utc>,
}

/// An address as people type it is complete; what cannot be read at all is refused elsewhere.
pub(super) fn typed(address: Address) -> Result<(), Refusal> {
    address.clean().map_or(Ok(()), |address| address.complete())
}

/// What is refused by the rule, and what the form refuses besides.
pub(super) fn both<T>(rule: Result<T, Refusals>, form: Result<(), Refusal>) -> Result<T, Refusals> {
    match (rule, form) {
        (Ok(_), Err(refusal)) => Err(refusal.into()),
        (Err(Refusals(mut all)), Err(refusal)) => {
            all.push(refusal);
            Err(Refusals(all))
        }
        (rule, Ok(())) => rule,
    }
}

impl Submission {
    /// Records a contact.
    #[expect(clippy::should_implement_trait, reason = "a contact is added, as people say; nothing is summed")]
    pub fn add(self, contact: AddContact) -> Result<Vec<ContactEvent>, Refusals> {
        let complete = contact.input.address.clone().map_or(Ok(()), typed);
        let mut events = both(contact.decide(), complete)?;
        let Some(mut after) = events.first().and_then(|event| ContactState::first(event, self.fact())) else {
            return Ok(events);
        };
        self.open(&mut after, &mut events)?;
        events.extend(self.verification(None, &after));
        Ok(events)
    }

    /// Changes a contact. The login is closed before the e-mail goes, and opened after it came.
    pub fn edit(
        self,
        contact: &ContactState,
        account: &AccountState,
        patch: ContactPatch,
    ) -> Result<Vec<ContactEvent>, Refusals> {
        let (mut after, mut events) = (contact.clone(), Vec::new());
        if self.portal == Some(None) {
            self.take(ClosePortalAccount.decide(contact)?, &mut after, &mut events);
        }
        let edited = EditContact { patch, at: self.at }.decide(&after, account)?;
        // An address that came incomplete from elsewhere stays as it is while others are changed.
        for event in &edited {
            if let ContactEvent::DeliveryAddressSet(set) = event {
                set.private.known().and_then(|p| p.address.as_ref()).map_or(Ok(()), Address::complete)?;
            }
        }
        self.take(edited, &mut after, &mut events);
        self.open(&mut after, &mut events)?;
        events.extend(self.verification(Some(contact), &after));
        Ok(events)
    }

    fn open(&self, after: &mut ContactState, events: &mut Vec<ContactEvent>) -> Result<(), Refusals> {
        if let Some(Some(role)) = self.portal {
            let opened = OpenPortalAccount { role, link: self.portal_link, at: self.at }.decide(after)?;
            self.take(opened, after, events);
        }
        Ok(())
    }

    fn verification(&self, before: Option<&ContactState>, after: &ContactState) -> Option<ContactEvent> {
        verification::asked_by_form(before, after, self.verification_link, self.at)
    }

    fn take(&self, new: Vec<ContactEvent>, after: &mut ContactState, events: &mut Vec<ContactEvent>) {
        for event in new {
            after.apply(&event, self.fact());
            events.push(event);
        }
    }

    /// A stand-in: what is decided here does not look at who recorded it.
    fn fact(&self) -> Fact {
        Fact { position: 0, version: 0, at: self.at, actor: Actor { kind: ActorKind::System, id: Uuid::nil() } }
    }
}
