//! Values that only one may hold: what a draft claims and gives free, and who holds what it looks at. Each is known by its keyed hash alone; that it is
//! still so is checked by the append.

use super::{Draft, EMAIL, ERP_LINK, ERP_TOMBSTONE, EXTERNAL_ID, OWNER, Of, SIGN_UP, Stop, USER_EMAIL};
use crate::{
    app::Failure,
    log::{Claim, EventLog, Release, Sight},
};
use domain::{
    AccountId, ContactId, Event, Folded, State, StreamId,
    contact::ContactState,
    values::{Email, Profile},
};
use std::collections::BTreeMap;
use uuid::Uuid;

impl Draft<'_> {
    /// The owner of an account, by its claim.
    pub async fn owner_of(&self, account: AccountId) -> Result<Option<ContactId>, Failure> {
        let key = self.app.vault.claim_key(OWNER, account.0, OWNER);
        Ok(self.app.log.holder(key).await?.map(ContactId))
    }

    pub fn claim(&mut self, scope: &'static str, account: Uuid, value: &str, owner: Uuid) {
        let key = self.app.vault.claim_key(scope, account, value);
        self.claims.push(Claim { scope, account: Some(account), key, owner });
    }

    /// Gives a value free that is held outside accounts.
    pub fn release(&mut self, scope: &'static str, value: &str, owner: Uuid) {
        self.releases.push(Release { key: self.app.vault.claim_key(scope, Uuid::nil(), value), owner });
    }

    /// Who was found to hold a value that an attempt before took to be free.
    pub fn found(&self, scope: &str, account: Uuid, value: &str) -> Option<Uuid> {
        self.overtaken.get(&self.app.vault.claim_key(scope, account, value)).copied().flatten()
    }

    /// The contacts that have an e-mail in these accounts, from the claims themselves.
    pub async fn with_email(&self, accounts: &[AccountId], email: &Email) -> Result<Vec<ContactId>, Failure> {
        let found = self.app.reader.with_email(accounts, email).await?;
        Ok(found.into_iter().map(|(_, contact)| contact).collect())
    }

    /// Who has these e-mails in an account, from the claims themselves.
    pub async fn holders(&self, account: AccountId, emails: &[Email]) -> Result<BTreeMap<Email, ContactId>, Stop> {
        let keys = emails.iter().map(|email| self.app.vault.claim_key(EMAIL, account.0, email.as_str()));
        let keys: Vec<[u8; 32]> = keys.collect();
        let held = self.app.log.holders(keys.clone()).await.map_err(Failure::from)?;
        let holder = |(email, key): (&Email, &[u8; 32])| Some((email.clone(), ContactId(*held.get(key)?)));
        Ok(emails.iter().zip(&keys).filter_map(holder).collect())
    }

    /// Keeps the record of someone who is being erased from being taken again.
    pub async fn bury(&mut self, contact: &Of<ContactState>) -> Result<(), Stop> {
        let state = contact.get()?;
        let Some(record) = state.erp.as_ref().and_then(|link| link.key()) else { return Ok(()) };
        let key = self.app.vault.claim_key(ERP_LINK, state.account.0, &record);
        // One that was deleted before gave its record free: somebody else may be it by now.
        let holder = self.app.log.holder(key).await.map_err(Failure::from)?;
        if holder.is_none_or(|holder| holder == contact.id) {
            let account = state.account.0;
            self.claims.push(Claim { scope: ERP_TOMBSTONE, account: Some(account), key, owner: account });
        }
        Ok(())
    }

    /// Who holds a value now; that this is still so is checked when the draft is appended.
    pub async fn holder(&mut self, scope: &'static str, account: Uuid, value: &str) -> Result<Option<Uuid>, Stop> {
        let key = self.app.vault.claim_key(scope, account, value);
        let owner = self.app.log.holder(key).await.map_err(Failure::from)?;
        self.sights.push(Sight { key, owner });
        Ok(owner)
    }

    /// What a contact's values claim and give free: the difference between what it holds before and after.
    pub(super) fn hold(&mut self, stream: StreamId, before: &Folded, events: &[Event]) -> Result<(), Failure> {
        use domain::contact::{
            ContactEvent::{Added, Deleted, Edited, EmailChanged, Erased, Erp, Membership},
            erp::ErpEvent,
        };
        let touches = |e: &Event| match e {
            Event::Contact(Erp(ErpEvent::Linked(_)) | Membership(_)) | Event::Registration(_) => true,
            Event::Contact(e) => matches!(e, Added(_) | Edited(_) | EmailChanged(_) | Deleted(_) | Erased(_)),
            _ => false,
        };
        if !events.iter().any(touches) {
            return Ok(());
        }
        let after = self.after(stream, before, events)?;
        let (held, holds) = (holdings(&before.state), holdings(&after.state));
        let account = self.about.account.map(|a| a.0).unwrap_or_default();
        for (scope, value) in held.iter().filter(|h| !holds.contains(h)) {
            self.releases.push(Release { key: self.app.vault.claim_key(scope, account, value), owner: stream.id });
        }
        for (scope, value) in holds.iter().filter(|h| !held.contains(h)) {
            self.claim(scope, account, value, stream.id);
            // A contact whose e-mail somebody signed up with, or is the login of a user, is decided on knowing that (rows A3, A9, O1): nobody is
            // taken to have, until one shows.
            if *scope == EMAIL {
                for (scope, account) in [(SIGN_UP, account), (USER_EMAIL, Uuid::nil())] {
                    let key = self.app.vault.claim_key(scope, account, value);
                    let owner = self.overtaken.get(&key).copied().flatten();
                    self.sights.push(Sight { key, owner });
                }
            }
        }
        Ok(())
    }
}

/// What a contact's values hold, by scope.
pub(in crate::app) fn holdings(state: &State) -> Vec<(&'static str, String)> {
    match state.contact() {
        Some(c) if c.deleted.is_none() && c.erased.is_none() => {
            let email = c.details.email.as_ref().map(|e| (EMAIL, e.as_str().to_owned()));
            let external = c.details.external_id.clone().map(|id| (EXTERNAL_ID, id));
            let record = c.erp.as_ref().and_then(|link| link.key()).map(|key| (ERP_LINK, key));
            let owner = (c.membership.profile == Profile::Client).then(|| (OWNER, OWNER.to_owned()));
            email.into_iter().chain(external).chain(record).chain(owner).collect()
        }
        _ => match state.registration() {
            Some(r) if r.is_waiting() => r.who.email.iter().map(|e| (SIGN_UP, e.as_str().to_owned())).collect(),
            _ => Vec::new(),
        },
    }
}
