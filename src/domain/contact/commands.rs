//! What can be asked of a contact itself; its accesses have `access_commands.rs`, its subscriptions `attach.rs`.

use super::{
    events::*,
    membership::not_the_owner,
    state::{ContactState, Details},
};
use crate::{
    account::AccountState,
    address::Address,
    calendar,
    event::Private,
    ids::AccountId,
    refusal::{Check, Code, Refusal, Refusals},
    remedy::{DateFault, Remedy},
    subscription::SubscriptionState,
    text::{EXTERNAL_ID_MAX, NAME_MAX, PHONE_MAX, line},
    values::{ContactKind, DeletionPolicy, Email, ErpField, Profile, check_date},
};
use chrono::{DateTime, NaiveDate, Utc};

/// A contact as typed. Empty texts count as absent.
#[derive(Debug, Clone, Default)]
pub struct ContactInput {
    /// First name, up to 200 characters.
    pub first_name: Option<String>,
    /// Last name, up to 200 characters.
    pub last_name: Option<String>,
    /// Company, up to 200 characters.
    pub company_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone, up to 50 characters.
    pub phone: Option<String>,
    /// Fax, up to 50 characters.
    pub fax: Option<String>,
    /// Delivery address.
    pub address: Option<Address>,
    /// Its id in another system, up to 100 characters.
    pub external_id: Option<String>,
}

/// Records a contact (rows A8, A9). That no other contact of the account has its e-mail or external id is claimed in the same append.
#[derive(Debug, Clone)]
pub struct AddContact {
    /// Where.
    pub account: AccountId,
    /// A person or a group.
    pub kind: ContactKind,
    /// Who and where.
    pub input: ContactInput,
}

fn optional(check: &mut Check, field: &'static str, text: Option<&str>, max: usize) -> Option<String> {
    text.and_then(|text| check.take(line(field, text, max)))
}

fn email(check: &mut Check, text: Option<&str>) -> Option<Email> {
    let text = text.filter(|t| !t.trim().is_empty())?;
    check.take(Email::parse(text).map(Some))
}

fn named(details: &Details) -> Result<(), Refusal> {
    if details.first_name.is_none() && details.last_name.is_none() && details.company_name.is_none() {
        return Err(Refusal::at(Code::NameOrCompanyRequired, "lastName"));
    }
    Ok(())
}

impl AddContact {
    /// Records it; every refused field is named at once.
    pub fn decide(self) -> Result<Vec<ContactEvent>, Refusals> {
        let mut check = Check::default();
        let input = self.input;
        let address = match input.address.map(Address::clean) {
            Some(Err(refusal)) => {
                check.refuse(refusal.under("address"));
                None
            }
            Some(Ok(address)) => Some(address).filter(|a| !a.is_empty()),
            None => None,
        };
        let private = AddedPrivate {
            first_name: optional(&mut check, "firstName", input.first_name.as_deref(), NAME_MAX),
            last_name: optional(&mut check, "lastName", input.last_name.as_deref(), NAME_MAX),
            company_name: optional(&mut check, "companyName", input.company_name.as_deref(), NAME_MAX),
            email: email(&mut check, input.email.as_deref()),
            phone: optional(&mut check, "phone", input.phone.as_deref(), PHONE_MAX),
            fax: optional(&mut check, "fax", input.fax.as_deref(), PHONE_MAX),
            address,
            external_id: optional(&mut check, "externalId", input.external_id.as_deref(), EXTERNAL_ID_MAX),
        };
        // An over-long name is refused as such, not as missing too.
        if check.is_clean() {
            let names = (&private.first_name, &private.last_name, &private.company_name);
            if let (None, None, None) = names {
                check.refuse(Refusal::at(Code::NameOrCompanyRequired, "lastName"));
            }
        }
        check.finish()?;
        Ok(vec![
            Added {
                account: self.account,
                kind: self.kind,
                profile: Profile::Contact,
                private: Private::Known(private),
            }
            .into(),
        ])
    }
}

/// Changes of a contact as typed: absent keeps, null (or an empty text) clears.
#[derive(Debug, Clone, Default)]
pub struct ContactPatch {
    /// First name.
    pub first_name: Change<String>,
    /// Last name.
    pub last_name: Change<String>,
    /// Company.
    pub company_name: Change<String>,
    /// E-mail.
    pub email: Change<String>,
    /// Phone.
    pub phone: Change<String>,
    /// Fax.
    pub fax: Change<String>,
    /// Delivery address, from now on and for good.
    pub address: Change<Address>,
    /// Its id in another system.
    pub external_id: Change<String>,
    /// A person or a group.
    pub kind: Option<ContactKind>,
}

/// Changes a contact's sheet (rows U3, U7).
#[derive(Debug, Clone)]
pub struct EditContact {
    /// What to change.
    pub patch: ContactPatch,
    /// Now.
    pub at: DateTime<Utc>,
}

impl EditContact {
    /// Changes what differs; nothing when all is so already.
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        let mut check = Check::default();
        let now = &contact.details;
        let mut after = now.clone();
        let mut edited = EditedPrivate::default();
        let patch = self.patch;
        for (field, max, change, noted, value) in [
            ("firstName", NAME_MAX, patch.first_name, &mut edited.first_name, &mut after.first_name),
            ("lastName", NAME_MAX, patch.last_name, &mut edited.last_name, &mut after.last_name),
            ("companyName", NAME_MAX, patch.company_name, &mut edited.company_name, &mut after.company_name),
            ("phone", PHONE_MAX, patch.phone, &mut edited.phone, &mut after.phone),
            ("fax", PHONE_MAX, patch.fax, &mut edited.fax, &mut after.fax),
            ("externalId", EXTERNAL_ID_MAX, patch.external_id, &mut edited.external_id, &mut after.external_id),
        ] {
            if let Some(new) = change {
                let new = optional(&mut check, field, new.as_deref(), max);
                if new != *value {
                    value.clone_from(&new);
                    *noted = Some(new);
                }
            }
        }
        let new_email = patch.email.map(|text| email(&mut check, text.as_deref()));
        managed(&mut check, contact, account, &edited, &new_email);
        let address = match patch.address.map(|a| a.unwrap_or_default().clean()) {
            Some(Err(refusal)) => {
                check.refuse(refusal.under("address"));
                None
            }
            Some(Ok(address)) => Some(Some(address).filter(|a| !a.is_empty())),
            None => None,
        };
        let from = if contact.addresses.is_empty() { None } else { Some(calendar::day(self.at, account.time_zone)) };
        let address = address.and_then(|address| {
            let private = Private::Known(AddressPrivate { address });
            address_set(contact, DeliveryAddressSet { from, until: None, private })
        });
        if address.is_some() && contact.is_owned_by_erp(account, ErpField::Address) {
            check.refuse(Refusal::at(Code::ManagedByErp, "address"));
        }
        if let Some(email) = &new_email {
            check.take(login_stays(contact, "email", *email != now.email));
        }
        check.take(login_stays(contact, "kind", patch.kind.is_some_and(|kind| kind != contact.kind)));
        if check.is_clean() && contact.membership.profile == Profile::Contact {
            check.take(named(&after));
        }
        check.finish()?;
        if let Some(email) = &new_email {
            same_person(contact, email.as_ref())?;
        }
        if patch.kind.is_some_and(|kind| kind == ContactKind::Group) {
            not_the_owner(&contact.membership)?;
        }

        let mut events: Vec<ContactEvent> = Vec::new();
        if edited != EditedPrivate::default() {
            events.push(Edited { private: Private::Known(edited) }.into());
        }
        if let Some(email) = new_email
            && email != now.email
        {
            events.push(EmailChanged { private: Private::Known(EmailPrivate { email }) }.into());
        }
        if let Some(kind) = patch.kind
            && kind != contact.kind
        {
            events.push(KindConverted { kind }.into());
        }
        events.extend(address);
        Ok(events)
    }
}

/// Refuses changes of what the account's ERP owns; what is typed as it is changes nothing.
fn managed(
    check: &mut Check,
    contact: &ContactState,
    account: &AccountState,
    edited: &EditedPrivate,
    email: &Change<Email>,
) {
    if !contact.is_managed(account) {
        return;
    }
    let new_email = email.as_ref().is_some_and(|email| *email != contact.details.email);
    for (field, owned, changed) in [
        ("firstName", Some(ErpField::FirstName), edited.first_name.is_some()),
        ("lastName", Some(ErpField::LastName), edited.last_name.is_some()),
        ("companyName", Some(ErpField::CompanyName), edited.company_name.is_some()),
        ("phone", Some(ErpField::Phone), edited.phone.is_some()),
        ("fax", Some(ErpField::Fax), edited.fax.is_some()),
        ("email", Some(ErpField::Email), new_email),
        // The record is found by it.
        ("externalId", None, edited.external_id.is_some()),
    ] {
        if changed && owned.is_none_or(|owned| contact.is_owned_by_erp(account, owned)) {
            check.refuse(Refusal::at(Code::ManagedByErp, field));
        }
    }
}

/// The e-mail is the identifier of an open login: it goes, or becomes another's, only with it, and so does a person's being one (row U13).
fn login_stays(contact: &ContactState, field: &'static str, changes: bool) -> Result<(), Refusal> {
    if changes && contact.portal.is_some() {
        return Err(Refusal::not_now(Remedy::ClosePortalAccount).under(field));
    }
    Ok(())
}

/// Refuses another e-mail to whom it would take a login or a membership, however it comes to be changed.
pub(super) fn email_may_become(contact: &ContactState, email: Option<&Email>) -> Result<(), Refusals> {
    login_stays(contact, "email", email != contact.details.email.as_ref())?;
    same_person(contact, email)
}

/// A guest's e-mail is the one that was invited; an owner has one, or could not sign in.
fn same_person(contact: &ContactState, email: Option<&Email>) -> Result<(), Refusals> {
    if email == contact.details.email.as_ref() {
        return Ok(());
    }
    match contact.membership.profile {
        Profile::Guest => Err(Refusal::not_now(Remedy::InviteOtherAddress).under("email").into()),
        Profile::Client if email.is_none() => Err(Refusal::at(Code::LastOwner, "email").into()),
        Profile::Client | Profile::Contact => Ok(()),
    }
}

/// Puts an address in force from a day on, for good or until a day (rows U3, B16).
#[derive(Debug, Clone)]
pub struct SetDeliveryAddress {
    /// The address; none: no deliveries in that time.
    pub address: Option<Address>,
    /// First day; default today, or always where there was no address.
    pub from: Option<NaiveDate>,
    /// Last day; default for good.
    pub until: Option<NaiveDate>,
    /// Now.
    pub at: DateTime<Utc>,
}

impl SetDeliveryAddress {
    /// Sets it. `ADDRESS_INCOMPLETE` when delivery could not find it; nothing when it is so already.
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        let address =
            self.address.map(Address::clean).transpose().map_err(|r| r.under("address"))?.filter(|a| !a.is_empty());
        address.as_ref().map_or(Ok(()), Address::complete)?;
        let today = calendar::day(self.at, account.time_zone);
        let from = match self.from {
            Some(day) => Some(check_date("from", day)?),
            None if contact.addresses.is_empty() && self.until.is_none() => None,
            None => Some(today),
        };
        let until = match self.until {
            Some(day) if Some(day) < from => {
                return Err(Refusal::date("until", DateFault::BeforeFirstDay)
                    .with("min", from.unwrap_or(today))
                    .into());
            }
            Some(day) => check_date("until", day)?.succ_opt(),
            None => None,
        };
        let event = DeliveryAddressSet { from, until, private: Private::Known(AddressPrivate { address }) };
        let event = address_set(contact, event);
        // An address for some days is nothing that an ERP knows of.
        if event.is_some() && until.is_none() && contact.is_owned_by_erp(account, ErpField::Address) {
            return Err(Refusal::at(Code::ManagedByErp, "address").into());
        }
        Ok(event.into_iter().collect())
    }
}

/// The event, unless deliveries go there on those days already.
fn address_set(contact: &ContactState, event: DeliveryAddressSet) -> Option<ContactEvent> {
    let event = ContactEvent::from(event);
    let mut after = contact.clone();
    after.apply(&event, contact.added);
    (after.addresses != contact.addresses).then_some(event)
}

/// Takes a contact out of the account's lists (row A15; `domain.md`, Delete).
#[derive(Debug, Clone)]
pub struct DeleteContact {
    /// Whether the person saw what will be lost and said yes.
    pub confirmed: bool,
    /// Now.
    pub at: DateTime<Utc>,
}

impl DeleteContact {
    /// Deletes it; nothing when it is deleted already. The account's policy and a live subscription refuse, and so does a missing confirmation.
    pub fn decide(
        self,
        contact: &ContactState,
        account: &AccountState,
        attached: &[&SubscriptionState],
    ) -> Result<Vec<ContactEvent>, Refusals> {
        if contact.deleted.is_some() {
            return Ok(vec![]);
        }
        not_the_owner(&contact.membership)?;
        if contact.is_managed(account) {
            return Err(Code::ManagedByErp.into());
        }
        match account.policies.deletion {
            DeletionPolicy::SelfService => {}
            DeletionPolicy::ErpOnly => return Err(Code::ManagedByErp.into()),
            // Nothing of them is left that support would look after.
            DeletionPolicy::SupportOnly if contact.erased.is_some() => return Err(Code::ContactErased.into()),
            DeletionPolicy::SupportOnly => return Err(Code::DeletionNeedsSupport.into()),
        }
        if attached.iter().any(|s| s.is_live(self.at, account.time_zone)) {
            return Err(Code::HasLiveSubscription.into());
        }
        // Asked for last: nobody confirms what is refused anyway.
        if !self.confirmed {
            return Err(Refusal::at(Code::Required, "confirm").into());
        }
        Ok(vec![Deleted {}.into()])
    }
}

/// Makes a person's values unreadable for ever (GDPR, article 17). Somebody always may: the account or, where only support deletes, support.
#[derive(Debug, Clone)]
pub struct EraseContact {
    /// Whether the person who asks saw what will be lost and said yes.
    pub confirmed: bool,
    /// Whether support asks.
    pub by_support: bool,
}

impl EraseContact {
    /// Erases it; nothing when it is erased already. The key is destroyed by the caller, in the same append. An ERP does not stand in the way,
    /// nor does a subscription: the person's right does not wait for either. An owner gives the account to somebody else first: it would be nobody's.
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        if contact.erased.is_some() {
            return Ok(vec![]);
        }
        if account.policies.deletion == DeletionPolicy::SupportOnly && !self.by_support {
            return Err(Code::DeletionNeedsSupport.into());
        }
        not_the_owner(&contact.membership)?;
        if !self.confirmed {
            return Err(Refusal::at(Code::Required, "confirm").into());
        }
        Ok(vec![Erased {}.into()])
    }
}

/// Refuses what is asked of a contact that was deleted or erased.
pub(super) fn still_there(contact: &ContactState) -> Result<(), Refusals> {
    if contact.erased.is_some() {
        return Err(Code::ContactErased.into());
    }
    if contact.deleted.is_some() {
        return Err(Code::ContactDeleted.into());
    }
    Ok(())
}

/// Records that everything which is kept about a contact is handed out (GDPR, articles 15 and 20).
#[derive(Debug, Clone)]
pub struct RecordDataExport {
    /// In which form.
    pub format: crate::values::ExportFormat,
}

impl RecordDataExport {
    /// Says so, each time; of an erased one too, of whom little is left.
    pub fn decide(self) -> Vec<ContactEvent> {
        vec![super::DataExported { format: self.format }.into()]
    }
}
