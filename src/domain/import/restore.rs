//! Taking back what an import did to one contact: field by field, and nothing that someone changed since.

use crate::{
    address::Address,
    contact::{
        AddressPrivate, ContactEvent, ContactState, DeliveryAddressSet, Edited, EditedPrivate, EmailChanged,
        EmailPrivate, KindConverted, label::Unlabelled,
    },
    event::Private,
    ids::ImportId,
    refusal::{Code, Refusals},
};

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
}

/// What is given back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Restored {
    /// The compensating events.
    pub events: Vec<ContactEvent>,
    /// The API's names of the fields that stay as they are: someone changed them since, or what they held is someone else's now.
    pub kept: Vec<&'static str>,
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

impl RestoreContact<'_> {
    /// Restores what can be. `CONTACT_ERASED` and `CONTACT_DELETED` when it is there no more.
    pub fn decide(self, now: &ContactState) -> Result<Restored, Refusals> {
        if now.erased.is_some() {
            return Err(Code::ContactErased.into());
        }
        if now.deleted.is_some() {
            return Err(Code::ContactDeleted.into());
        }
        let mut out = Restored::default();
        let (b, a, n) = (&self.before.details, &self.after.details, &now.details);
        let mut edited = EditedPrivate::default();
        let mut named = n.clone();
        for (name, before, after, now, noted, put, taken) in [
            (
                "firstName",
                &b.first_name,
                &a.first_name,
                &n.first_name,
                &mut edited.first_name,
                &mut named.first_name,
                false,
            ),
            ("lastName", &b.last_name, &a.last_name, &n.last_name, &mut edited.last_name, &mut named.last_name, false),
            (
                "companyName",
                &b.company_name,
                &a.company_name,
                &n.company_name,
                &mut edited.company_name,
                &mut named.company_name,
                false,
            ),
            ("phone", &b.phone, &a.phone, &n.phone, &mut edited.phone, &mut named.phone, false),
            ("fax", &b.fax, &a.fax, &n.fax, &mut edited.fax, &mut named.fax, false),
            (
                "externalId",
                &b.external_id,
                &a.external_id,
                &n.external_id,
                &mut edited.external_id,
                &mut named.external_id,
                self.external_id_taken,
            ),
        ] {
            match field(before, after, now) {
                Field::Leave => {}
                Field::Back(_) if taken => out.kept.push(name),
                Field::Back(value) => {
                    put.clone_from(&value);
                    *noted = Some(value);
                }
                Field::Keep => out.kept.push(name),
            }
        }
        // Someone took away the name that was left: what the import gave it is all there is.
        if named.first_name.is_none() && named.last_name.is_none() && named.company_name.is_none() {
            for (name, noted) in [
                ("firstName", &mut edited.first_name),
                ("lastName", &mut edited.last_name),
                ("companyName", &mut edited.company_name),
            ] {
                if noted.take().is_some() {
                    out.kept.push(name);
                }
            }
        }
        if edited != EditedPrivate::default() {
            out.events.push(Edited { private: Private::Known(edited) }.into());
        }
        match field(&b.email, &a.email, &n.email) {
            Field::Leave => {}
            Field::Back(email) if !self.email_taken || email.is_none() => {
                out.events.push(EmailChanged { private: Private::Known(EmailPrivate { email }) }.into());
            }
            Field::Back(_) | Field::Keep => out.kept.push("email"),
        }
        match field(&self.before.kind, &self.after.kind, &now.kind) {
            Field::Leave => {}
            Field::Back(kind) => out.events.push(KindConverted { kind }.into()),
            Field::Keep => out.kept.push("kind"),
        }
        match field(&self.before.addresses, &self.after.addresses, &now.addresses) {
            Field::Leave => {}
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
        out.any = !out.events.is_empty();
        // Whom nothing is given back to keeps the label too: that is how those are found.
        if (out.any || out.kept.is_empty()) && now.labels.iter().any(|l| l.import == self.import) {
            out.events.push(Unlabelled { import: self.import }.into());
        }
        Ok(out)
    }
}
