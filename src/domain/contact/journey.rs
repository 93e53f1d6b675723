//! Contacts that are staged in a form and submitted together (rows S1, S5 to S11): the popup of the account's pages, the journey of a
//! subscription, and « Set Subscription (By User) » are three callers of this one rule.
//!
//! Staging is the client's: nothing is known here before the submission, so a journey that is cancelled leaves nothing and mails nothing. An
//! address that a contact of the account has is that contact, whoever was first to record it: who submits the same list twice, or at the
//! same time as a colleague, makes nobody twice. All is refused if one is; each refusal names its contact (`contacts.3.email`).

use super::{
    AddContact, AttachContact, ContactEvent, ContactInput, ContactState,
    submission::{both, typed},
};
use crate::{
    Fact,
    account::AccountState,
    ids::{AccountId, ContactId, ProductId, SubscriptionId},
    product::ProductState,
    refusal::{Code, Refusal, Refusals},
    values::{ContactKind, Email},
};
use std::collections::BTreeMap;

/// Most contacts of one submission.
pub const STAGED_MAX: usize = 100;
/// Most subscriptions they are attached to.
pub const SUBSCRIPTIONS_MAX: usize = 20;

/// A contact of a journey, as it stands in the form.
#[derive(Debug, Clone)]
pub enum Staged {
    /// One that was chosen from a list.
    Known(ContactId),
    /// One that was typed in: found by its e-mail where the account has it, recorded where not.
    Typed(ContactKind, Box<ContactInput>),
}

/// What becomes of a staged contact.
#[derive(Debug, Clone, PartialEq)]
pub enum Placed {
    /// It is this contact.
    Found(ContactId),
    /// It is recorded, by these events.
    New(Vec<ContactEvent>),
}

/// The submission of a journey.
#[derive(Debug, Clone)]
pub struct SubmitContacts {
    /// Under which customer number.
    pub account: AccountId,
    /// In the order of the form.
    pub staged: Vec<Staged>,
}

impl SubmitContacts {
    /// The e-mails that were typed, as far as they can be read: who has them is a fact that the decision needs.
    pub fn emails(&self) -> Vec<Email> {
        self.staged.iter().filter_map(|staged| typed_email(staged)?.ok()).collect()
    }

    /// What becomes of each contact, in the order of the form. `holders`: who has which e-mail in the account.
    /// An e-mail that is typed twice is refused by naming the first (`EMAIL_REPEATED`).
    pub fn decide(self, holders: &BTreeMap<Email, ContactId>) -> Result<Vec<Placed>, Refusals> {
        let count = self.staged.len();
        if count == 0 {
            return Err(Refusal::at(Code::Required, "contacts").into());
        }
        if count > STAGED_MAX {
            return Err(Refusal::at(Code::TooLong, "contacts").with("max", STAGED_MAX).into());
        }
        let mut first: BTreeMap<Email, usize> = BTreeMap::new();
        let (mut placed, mut refused) = (Vec::with_capacity(count), Vec::new());
        for (n, staged) in self.staged.into_iter().enumerate() {
            let email = typed_email(&staged).and_then(Result::ok);
            if let Some(before) = email.as_ref().and_then(|email| first.get(email)) {
                refused.push(of_contact(n, Refusal::at(Code::EmailRepeated, "email").with("first", before + 1)));
                continue;
            }
            first.extend(email.clone().map(|email| (email, n)));
            let holder = email.and_then(|email| holders.get(&email)).copied();
            match (staged, holder) {
                (Staged::Known(id), _) | (_, Some(id)) => placed.push(Placed::Found(id)),
                (Staged::Typed(kind, input), None) => {
                    let complete = input.address.clone().map_or(Ok(()), typed);
                    match both(AddContact { account: self.account, kind, input: *input }.decide(), complete) {
                        Ok(events) => placed.push(Placed::New(events)),
                        Err(Refusals(all)) => refused.extend(all.into_iter().map(|refusal| of_contact(n, refusal))),
                    }
                }
            }
        }
        if refused.is_empty() { Ok(placed) } else { Err(Refusals(refused)) }
    }
}

fn typed_email(staged: &Staged) -> Option<Result<Email, Refusal>> {
    match staged {
        Staged::Known(_) => None,
        Staged::Typed(_, input) => input.email.as_deref().filter(|text| !text.trim().is_empty()).map(Email::parse),
    }
}

/// A refusal of the contact at this place of the form.
pub fn of_contact(place: usize, refusal: Refusal) -> Refusal {
    refusal.under(place.to_string()).under("contacts")
}

/// A subscription that a journey attaches to, and its product.
pub type Joined<'a> = (SubscriptionId, ProductId, &'a ProductState);

/// Attaches one contact to the subscriptions of a journey, one after the other, so that a second one to the same product grants nothing again.
pub fn attach_to(
    contact: &ContactState,
    account: &AccountState,
    joined: &[Joined<'_>],
    fact: Fact,
) -> Result<Vec<ContactEvent>, Refusals> {
    let (mut state, mut all) = (contact.clone(), Vec::new());
    for (subscription, product, sold) in joined {
        let rule = AttachContact { subscription: *subscription, product: *product, at: fact.at };
        let events = rule.decide(&state, account, sold)?;
        for event in &events {
            state.apply(event, fact);
        }
        all.extend(events);
    }
    Ok(all)
}

/// The contact that these first events record.
pub fn recorded(events: &[ContactEvent], fact: Fact) -> Option<ContactState> {
    let (first, rest) = events.split_first()?;
    let mut contact = ContactState::first(first, fact)?;
    rest.iter().for_each(|event| contact.apply(event, fact));
    Some(contact)
}
