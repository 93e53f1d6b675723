//! A row of a plan: what it says, what it would do, and to whom.

use domain::{
    ContactId,
    address::Address,
    contact::{ContactInput, ContactPatch, ContactState},
    values::ContactKind,
};
use serde::{Deserialize, Serialize};

macro_rules! outcomes {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        /// What a row comes to by the plan.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Outcome { $($(#[$doc])* $name),* }
        impl Outcome {
            /// As it is stored.
            pub fn as_str(self) -> &'static str {
                match self { $(Outcome::$name => $word),* }
            }
            pub(super) fn parse(word: &str) -> Option<Outcome> {
                match word { $($word => Some(Outcome::$name),)* _ => None }
            }
        }
    };
}

outcomes! {
    /// A new contact.
    Created = "CREATED",
    /// Its contact changes.
    Updated = "UPDATED",
    /// Its contact is so already.
    Unchanged = "UNCHANGED",
    /// A row above means the same contact.
    Duplicate = "DUPLICATE",
    /// It cannot be taken.
    Rejected = "REJECTED",
}

/// What a row says of its contact: absent is not said, and keeps what is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields of a contact")]
pub struct Values {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ContactKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fax: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

impl Values {
    /// Of a contact to be added.
    pub fn of_new(kind: ContactKind, input: ContactInput) -> Values {
        let ContactInput { first_name, last_name, company_name, email, phone, fax, address, external_id } = input;
        Values { kind: Some(kind), first_name, last_name, company_name, email, phone, fax, address, external_id }
    }

    /// Of changes. A file never clears a field, so that what is not set is not said.
    pub fn of_patch(patch: ContactPatch) -> Values {
        Values {
            kind: patch.kind,
            first_name: patch.first_name.flatten(),
            last_name: patch.last_name.flatten(),
            company_name: patch.company_name.flatten(),
            email: patch.email.flatten(),
            phone: patch.phone.flatten(),
            fax: patch.fax.flatten(),
            address: patch.address.flatten(),
            external_id: patch.external_id.flatten(),
        }
    }

    pub(super) fn into_new(self) -> (ContactKind, ContactInput) {
        let Values { kind, first_name, last_name, company_name, email, phone, fax, address, external_id } = self;
        let input = ContactInput { first_name, last_name, company_name, email, phone, fax, address, external_id };
        (kind.unwrap_or(ContactKind::Person), input)
    }

    pub(super) fn into_patch(self) -> ContactPatch {
        ContactPatch {
            first_name: self.first_name.map(Some),
            last_name: self.last_name.map(Some),
            company_name: self.company_name.map(Some),
            email: self.email.map(Some),
            phone: self.phone.map(Some),
            fax: self.fax.map(Some),
            address: self.address.map(Some),
            external_id: self.external_id.map(Some),
            kind: self.kind,
        }
    }

    /// The fields that would change, by the API's names. `before`: the contact as it is on `day`; none of a new one.
    pub fn changes(&self, before: Option<&ContactState>, day: chrono::NaiveDate) -> Vec<RowChange> {
        let details = before.map(|contact| &contact.details);
        let of = |value: Option<&String>| value.cloned();
        let kind = |kind: ContactKind| kind.as_str().to_owned();
        let fields = [
            ("kind", self.kind.map(kind), before.map(|c| kind(c.kind))),
            ("firstName", of(self.first_name.as_ref()), details.and_then(|d| d.first_name.clone())),
            ("lastName", of(self.last_name.as_ref()), details.and_then(|d| d.last_name.clone())),
            ("companyName", of(self.company_name.as_ref()), details.and_then(|d| d.company_name.clone())),
            (
                "email",
                of(self.email.as_ref()),
                details.and_then(|d| d.email.as_ref()).map(|email| email.as_str().to_owned()),
            ),
            ("phone", of(self.phone.as_ref()), details.and_then(|d| d.phone.clone())),
            ("fax", of(self.fax.as_ref()), details.and_then(|d| d.fax.clone())),
            (
                "address",
                self.address.as_ref().map(Address::render).filter(|text| !text.is_empty()),
                before.and_then(|c| c.address_on(day)).map(Address::render),
            ),
            ("externalId", of(self.external_id.as_ref()), details.and_then(|d| d.external_id.clone())),
        ];
        let said = fields.into_iter().filter(|(_, after, _)| after.is_some());
        said.map(|(field, after, before)| RowChange { field: field.to_owned(), before, after }).collect()
    }
}

/// A field that a row would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowChange {
    /// The API's name of the field.
    pub field: String,
    /// As it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// As it would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What is wrong with a row: a stable code and the values of its sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault {
    /// The field it is about, as `files` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The code.
    pub code: String,
    /// The values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<(String, String)>,
}

/// What of a row is sealed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Says {
    /// The physical line, as a text editor counts.
    pub line: u64,
    /// The cells as sent; none of a row that asks for nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<String>,
    /// What it would put.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Values>,
    /// What that changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<RowChange>,
    /// Why it cannot be taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<RowFault>,
    /// Values that were left out, and why; the row is taken without them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<RowFault>,
}

/// A row of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRow {
    /// The row as a spreadsheet counts it: the header is 1.
    pub number: u64,
    /// Whom it is about; of a new contact the id it will have. None of a row that cannot be taken.
    pub contact: Option<ContactId>,
    /// What it comes to.
    pub outcome: Outcome,
    /// The version of the contact that it was compared with; 0 of a new one.
    pub version: u64,
    /// The row above that means the same contact.
    pub same_as: Option<u64>,
    /// What it says.
    pub says: Says,
}

/// Why a contact was not taken back, or not in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The code; `PARTLY`: some fields are as before, and these are not.
    pub code: String,
    /// The API's names of the fields that stayed.
    pub fields: Vec<String>,
}

/// A row of a plan, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct RowNote {
    /// The row.
    pub row: PlanRow,
    /// The code of why it was not done.
    pub left_out: Option<String>,
    /// Why it was not taken back.
    pub kept: Option<Kept>,
}
