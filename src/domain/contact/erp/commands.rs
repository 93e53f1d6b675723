//! What a record does to its contact, and what a person decides where the two disagree. Syncs mail nobody.

use super::{
    events::{ErpEmail, ErpEmailKept, ErpGone, ErpLinked, ErpMatchDeclined, ErpRecord, ErpReturned},
    matching::EmailStanding,
    record::Record,
};
use crate::{
    account::AccountState,
    contact::{
        AddContact, Change, ContactEvent, ContactInput, ContactPatch, ContactState, EditContact, EmailChanged,
        EmailPrivate,
        commands::{email_may_become, still_there},
    },
    event::Private,
    ids::AccountId,
    refusal::{Code, Refusal, Refusals},
    remedy::Remedy,
    values::{ContactKind, Email, ErpField},
};
use chrono::{DateTime, Utc};

/// Takes one record of the connected ERP in (row A1).
#[derive(Debug, Clone)]
pub struct SyncErpRecord<'a> {
    /// The record.
    pub record: &'a Record,
    /// Whether its e-mail may be had; one that is another's is left out, and listed as drift.
    pub email: EmailStanding,
    /// Now.
    pub at: DateTime<Utc>,
}

fn linked(source: &str, external_id: &str) -> ContactEvent {
    let private = Private::Known(ErpRecord { external_id: external_id.to_owned() });
    ErpLinked { source: source.to_owned(), private }.into()
}

impl SyncErpRecord<'_> {
    /// A new contact, linked to its record. `with_id`: the record's id is its external id too. Nothing for a record that was deleted there.
    pub fn add(self, id: AccountId, account: &AccountState, with_id: bool) -> Result<Vec<ContactEvent>, Refusals> {
        let source = connected(account)?;
        let record = self.record;
        if record.deleted {
            return Ok(vec![]);
        }
        record.named()?;
        let said = |change: &Change<String>| change.clone().flatten();
        let free = self.email == EmailStanding::Free;
        let input = ContactInput {
            first_name: said(&record.first_name),
            last_name: said(&record.last_name),
            company_name: said(&record.company_name),
            email: record.email().filter(|_| free).map(|email| email.as_str().to_owned()),
            phone: said(&record.phone),
            fax: said(&record.fax),
            address: record.address.clone().flatten(),
            external_id: with_id.then(|| record.external_id.clone()),
        };
        let kind = record.kind.unwrap_or(ContactKind::Person);
        let mut events = AddContact { account: id, kind, input }.decide()?;
        events.push(linked(source, &record.external_id));
        Ok(events)
    }

    /// What it changes of the contact it means: the fields that are the ERP's, and whether it is there. Nothing when all is so already. `INVALID`
    /// when the contact is not this record's, which is for whoever looked it up to find out again.
    pub fn meet(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        let source = connected(account)?;
        let (record, link) = (self.record, contact.erp.as_ref().filter(|link| link.source == source));
        let mut events = Vec::new();
        let mut after = contact.clone();
        match link {
            Some(link) if link.external_id.as_deref() != Some(&record.external_id) => {
                return Err(Refusal::at(Code::Invalid, "externalId").into());
            }
            Some(link) if record.deleted => {
                return Ok(if link.gone.is_some() { vec![] } else { vec![ErpGone {}.into()] });
            }
            Some(link) if link.gone.is_some() => events.push(ErpReturned {}.into()),
            Some(_) => {}
            None if record.deleted => return Ok(vec![]),
            None => {
                let by_id = contact.details.external_id.as_deref() == Some(&record.external_id);
                let by_email = contact.email_verified() && contact.details.email.as_ref() == record.email();
                if !by_id && !by_email {
                    return Err(Refusal::at(Code::Invalid, "externalId").into());
                }
                events.push(linked(source, &record.external_id));
            }
        }
        // The rule for edits by hand is asked as if nothing were the ERP's.
        after.erp = None;
        let patch = self.patch(contact, account);
        events.extend(EditContact { patch, at: self.at }.decide(&after, account)?);
        Ok(events)
    }

    /// Why the record's e-mail is left out though it is the ERP's and free: it is that of an open login, of a guest, or all that an owner has. The rest
    /// of the record is taken all the same.
    pub fn withheld(&self, contact: &ContactState, account: &AccountState) -> Option<Refusals> {
        let email = self.email_to_take(contact, account)?;
        email_may_become(contact, email.as_ref()).err()
    }

    /// The e-mail that the record would give the contact.
    fn email_to_take(&self, contact: &ContactState, account: &AccountState) -> Change<Email> {
        let owned = account.erp().is_some_and(|erp| erp.owned.contains(&ErpField::Email));
        let refused = contact.erp.as_ref().and_then(|link| link.refused_email.as_ref());
        self.record.email.clone().filter(|email| {
            let decided = email.is_some() && email.as_ref() == refused;
            owned && self.email == EmailStanding::Free && !decided
        })
    }

    /// The ERP's own fields that the record says something of.
    fn patch(&self, contact: &ContactState, account: &AccountState) -> ContactPatch {
        let owns = |field| account.erp().is_some_and(|erp| erp.owned.contains(&field));
        let text = |field, said: &Change<String>| said.clone().filter(|_| owns(field));
        let record = self.record;
        let email =
            self.email_to_take(contact, account).filter(|email| email_may_become(contact, email.as_ref()).is_ok());
        ContactPatch {
            first_name: text(ErpField::FirstName, &record.first_name),
            last_name: text(ErpField::LastName, &record.last_name),
            company_name: text(ErpField::CompanyName, &record.company_name),
            email: email.map(|email| email.map(|email| email.as_str().to_owned())),
            phone: text(ErpField::Phone, &record.phone),
            fax: text(ErpField::Fax, &record.fax),
            // The ERP knows the address for good; one that was set here for some days stays.
            address: record
                .address
                .clone()
                .filter(|address| owns(ErpField::Address) && address.as_ref() != contact.address_for_good()),
            external_id: None,
            kind: None,
        }
    }
}

fn connected(account: &AccountState) -> Result<&str, Refusals> {
    account
        .erp()
        .map(|erp| erp.source.as_str())
        .ok_or_else(|| Refusal::not_now(Remedy::ConnectErp).under("accountId").into())
}

/// Says that a record is gone from the ERP: it was not among all of its records (row A6). The contact stays.
#[derive(Debug, Clone)]
pub struct FlagGone {
    /// Which ERP.
    pub source: String,
    /// Position in the log when all records began to be read: a link made after it may be of a record that was not yet there.
    pub read_from: u64,
}

impl FlagGone {
    /// Says so; nothing when it is gone already, was linked or came back since, or is no record of that ERP.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        let gone = contact.erp.as_ref().is_some_and(|link| {
            let since = link.returned.unwrap_or(link.linked).position;
            link.source == self.source && link.gone.is_none() && since <= self.read_from
        });
        let there = contact.deleted.is_none() && contact.erased.is_none();
        Ok(if gone && there { vec![ErpGone {}.into()] } else { vec![] })
    }
}

/// Gives a contact the e-mail that its record has, and takes it from the contact who has it (row A3).
#[derive(Debug, Clone)]
pub struct TakeErpEmail {
    /// The record's e-mail.
    pub email: Email,
}

fn email_changed(email: Option<Email>) -> ContactEvent {
    EmailChanged { private: Private::Known(EmailPrivate { email }) }.into()
}

impl TakeErpEmail {
    /// What happens to the contact, and to the one who has the e-mail. `MANAGED_BY_ERP` when that one has it from the ERP too; what is refused where a
    /// person changes an e-mail is refused here too: it is an open login's, a guest's, or all that an owner has.
    pub fn decide(
        self,
        contact: &ContactState,
        holder: Option<&ContactState>,
        account: &AccountState,
    ) -> Result<(Vec<ContactEvent>, Vec<ContactEvent>), Refusals> {
        still_there(contact)?;
        if contact.details.email.as_ref() == Some(&self.email) {
            return Ok((vec![], vec![]));
        }
        if contact.erp.is_none() {
            return Err(Refusal::not_now(Remedy::LinkErpRecord).under("contactId").into());
        }
        email_may_become(contact, Some(&self.email))?;
        let freed = match holder.filter(|holder| holder.details.email.as_ref() == Some(&self.email)) {
            Some(holder) if holder.is_owned_by_erp(account, ErpField::Email) => {
                return Err(Refusal::at(Code::ManagedByErp, "email").into());
            }
            Some(holder) => {
                email_may_become(holder, None)?;
                vec![email_changed(None)]
            }
            None => vec![],
        };
        Ok((vec![email_changed(Some(self.email))], freed))
    }
}

/// Leaves a contact the e-mail it has here, whatever its record says, until that says another.
#[derive(Debug, Clone)]
pub struct KeepOurEmail {
    /// The record's e-mail, which is not taken.
    pub email: Email,
}

impl KeepOurEmail {
    /// Leaves it; nothing when that was decided already.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        let link = contact.erp.as_ref().ok_or_else(|| Refusal::not_now(Remedy::LinkErpRecord).under("contactId"))?;
        if link.refused_email.as_ref() == Some(&self.email) {
            return Ok(vec![]);
        }
        Ok(vec![ErpEmailKept { private: Private::Known(ErpEmail { email: Some(self.email) }) }.into()])
    }
}

/// Says that a record is this contact's, which the e-mail alone did not prove. Its values come with the next sync.
#[derive(Debug, Clone)]
pub struct LinkErpRecord {
    /// Which record.
    pub external_id: String,
}

impl LinkErpRecord {
    /// Says so; nothing when it is so already. `NOT_ALLOWED_NOW` when the contact is another record of this ERP, or none is connected.
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        let source = connected(account)?;
        if contact.is_record(source, &self.external_id) {
            return Ok(vec![]);
        }
        if contact.erp.as_ref().is_some_and(|link| link.source == source) {
            return Err(Refusal::not_now(Remedy::OneRecordAContact).under("contactId").into());
        }
        Ok(vec![linked(source, &self.external_id)])
    }
}

/// Says that a record with this contact's e-mail is somebody else's: the next sync records them, without the e-mail.
#[derive(Debug, Clone)]
pub struct DeclineErpMatch {
    /// Which record.
    pub external_id: String,
}

impl DeclineErpMatch {
    /// Says so; nothing when it is so already.
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        let source = connected(account)?;
        if contact.is_record(source, &self.external_id) {
            return Err(Refusal::not_now(Remedy::OneRecordAContact).under("contactId").into());
        }
        if contact.is_not_record(source, &self.external_id) {
            return Ok(vec![]);
        }
        let private = Private::Known(ErpRecord { external_id: self.external_id });
        Ok(vec![ErpMatchDeclined { source: source.to_owned(), private }.into()])
    }
}
