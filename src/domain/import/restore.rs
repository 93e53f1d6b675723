//! Taking back what an import did to one contact: field by field, and nothing that someone changed since.
//!
//! What a field is given back to is decided by the rule of every edit ([`EditContact`]): what that refuses (a field that the ERP owns by now, the e-mail of
//! an open login) stays as the import left it. Addresses have days, which an edit does not know: their timeline is put back whole.

use crate::{
    account::AccountState,
    address::Address,
    contact::{
        AddressPrivate, ContactEvent, ContactPatch, ContactState, DeliveryAddressSet, EditContact, label::Unlabelled,
    },
    event::Private,
    ids::ImportId,
    refusal::{Code, Refusals},
    values::ErpField,
};
use chrono::{DateTime, Utc};

/// Gives a contact back what it had before an import changed it (row B5).
#[derive(Debug, Clone)]
pub struct RestoreContact<'a> {
    /// Which import.
    pub import: ImportId,
    /// As it was before.
    pub before: &'a ContactState,
    /// As the import left it.
    pub after: &'a ContactState,
    /// Whether someone else has the e-mail it had.
    pub email_taken: bool,
    /// Whether someone else has the external id it had.
    pub external_id_taken: bool,
    /// Whether whoever says so may change who is behind this contact.
    pub outranked: bool,
    /// Now.
    pub at: DateTime<Utc>,
}

/// What is given back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Restored {
    /// The compensating events.
    pub events: Vec<ContactEvent>,
    /// The API's names of the fields that stay as they are: someone changed them since, or what they held may not be given back.
    pub kept: Vec<&'static str>,
    /// Why the first of those that nobody changed since may not be given back.
    pub why: Option<Code>,
    /// Whether any field is as before.
    pub any: bool,
}

/// What to do with a field: it was `before`, the import left it `after`, it is `now`.
enum Field<T> {
    /// The import left it alone, or it is as before already.
    Leave,
    /// It goes back.
    Back(T),
    /// Someone changed it since.
    Keep,
}

fn field<T: PartialEq + Clone>(before: &T, after: &T, now: &T) -> Field<T> {
    if before == after || now == before {
        Field::Leave
    } else if now == after {
        Field::Back(before.clone())
    } else {
        Field::Keep
    }
}

/// The names of a contact: one of them has to stay.
const NAMES: [&str; 3] = ["firstName", "lastName", "companyName"];
/// All fields, in the order in which those that stay are told.
const FIELDS: [&str; 9] =
    ["firstName", "lastName", "companyName", "phone", "fax", "externalId", "email", "kind", "address"];

/// Takes a field out of a patch; whether it was in it.
fn leave_out(patch: &mut ContactPatch, name: &str) -> bool {
    match name {
        "firstName" => patch.first_name.take().is_some(),
        "lastName" => patch.last_name.take().is_some(),
        "companyName" => patch.company_name.take().is_some(),
        "phone" => patch.phone.take().is_some(),
        "fax" => patch.fax.take().is_some(),
        "externalId" => patch.external_id.take().is_some(),
        "email" => patch.email.take().is_some(),
        "kind" => patch.kind.take().is_some(),
        _ => false,
    }
}

impl RestoreContact<'_> {
    /// Restores what can be. `CONTACT_ERASED` and `CONTACT_DELETED` when it is there no more.
    pub fn decide(self, now: &ContactState, account: &AccountState) -> Result<Restored, Refusals> {
        if now.erased.is_some() {
            return Err(Code::ContactErased.into());
        }
        if now.deleted.is_some() {
            return Err(Code::ContactDeleted.into());
        }
        let mut out = Restored::default();
        let mut patch = self.patch(now, &mut out);
        for (name, refused, why) in [
            ("email", !self.outranked, Code::PermissionNotHeld),
            ("kind", !self.outranked, Code::PermissionNotHeld),
            ("email", self.email_taken && patch.email.as_ref().is_some_and(Option::is_some), Code::EmailTaken),
            ("externalId", self.external_id_taken, Code::Invalid),
        ] {
            if refused && leave_out(&mut patch, name) {
                out.keep(name, why);
            }
        }
        out.events = out.edited(patch, now, account, self.at)?;
        self.addresses(now, account, &mut out);
        out.kept.sort_by_key(|name| FIELDS.iter().position(|field| field == name));
        out.any = !out.events.is_empty();
        // Whom nothing is given back to keeps the label too: that is how those are found.
        if (out.any || out.kept.is_empty()) && now.labels.iter().any(|l| l.import == self.import) {
            out.events.push(Unlabelled { import: self.import }.into());
        }
        Ok(out)
    }

    /// The fields that go back; those that someone changed since are noted.
    fn patch(&self, now: &ContactState, out: &mut Restored) -> ContactPatch {
        let (b, a, n) = (&self.before.details, &self.after.details, &now.details);
        let mut patch = ContactPatch::default();
        for (name, before, after, now, back) in [
            ("firstName", &b.first_name, &a.first_name, &n.first_name, &mut patch.first_name),
            ("lastName", &b.last_name, &a.last_name, &n.last_name, &mut patch.last_name),
            ("companyName", &b.company_name, &a.company_name, &n.company_name, &mut patch.company_name),
            ("phone", &b.phone, &a.phone, &n.phone, &mut patch.phone),
            ("fax", &b.fax, &a.fax, &n.fax, &mut patch.fax),
            ("externalId", &b.external_id, &a.external_id, &n.external_id, &mut patch.external_id),
        ] {
            match field(before, after, now) {
                Field::Leave => {}
                Field::Back(value) => *back = Some(value),
                Field::Keep => out.kept.push(name),
            }
        }
        match field(&b.email, &a.email, &n.email) {
            Field::Leave => {}
            Field::Back(email) => patch.email = Some(email.map(|email| email.as_str().to_owned())),
            Field::Keep => out.kept.push("email"),
        }
        match field(&self.before.kind, &self.after.kind, &now.kind) {
            Field::Leave => {}
            Field::Back(kind) => patch.kind = Some(kind),
            Field::Keep => out.kept.push("kind"),
        }
        patch
    }

    fn addresses(&self, now: &ContactState, account: &AccountState, out: &mut Restored) {
        match field(&self.before.addresses, &self.after.addresses, &now.addresses) {
            Field::Leave => {}
            Field::Back(_) if now.is_owned_by_erp(account, ErpField::Address) => {
                out.keep("address", Code::ManagedByErp);
            }
            Field::Back(addresses) => {
                let set = |from, until, address: Option<Address>| -> ContactEvent {
                    DeliveryAddressSet { from, until, private: Private::Known(AddressPrivate { address }) }.into()
                };
                // One that was in force on all days overwrites what is there; else what is there is cleared first.
                if !matches!(addresses.as_slice(), [one] if one.from.is_none() && one.until.is_none()) {
                    out.events.push(set(None, None, None));
                }
                out.events.extend(addresses.into_iter().map(|dated| set(dated.from, dated.until, Some(dated.address))));
            }
            Field::Keep => out.kept.push("address"),
        }
    }
}

impl Restored {
    fn keep(&mut self, name: &'static str, why: Code) {
        self.kept.push(name);
        self.why.get_or_insert(why);
    }

    /// What an edit makes of these fields; those that it refuses are kept, and the others go.
    fn edited(
        &mut self,
        mut patch: ContactPatch,
        now: &ContactState,
        account: &AccountState,
        at: DateTime<Utc>,
    ) -> Result<Vec<ContactEvent>, Refusals> {
        loop {
            let refusals = match (EditContact { patch: patch.clone(), at }).decide(now, account) {
                Ok(events) => return Ok(events),
                Err(refusals) => refusals,
            };
            let mut less = false;
            for refusal in &refusals.0 {
                // Someone took away the name that was left: what the import gave it is all there is.
                let nameless = refusal.code == Code::NameOrCompanyRequired;
                for name in FIELDS {
                    let meant = refusal.field.first().is_some_and(|field| field == name);
                    if (meant || (nameless && NAMES.contains(&name))) && leave_out(&mut patch, name) {
                        match nameless {
                            true => self.kept.push(name),
                            false => self.keep(name, refusal.code),
                        }
                        less = true;
                    }
                }
            }
            if !less {
                return Err(refusals);
            }
        }
    }
}
