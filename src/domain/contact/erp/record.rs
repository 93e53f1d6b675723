//! A record as an ERP sends it, and the same once each of its values was checked.

use crate::{
    address::Address,
    contact::Change,
    refusal::{Check, Code, Refusal, Refusals},
    text::{EXTERNAL_ID_MAX, NAME_MAX, PHONE_MAX, line, required_line},
    values::{ContactKind, Email},
};
use chrono::{DateTime, Utc};

/// A record as sent: what is absent keeps what is there, null (or an empty text) clears it.
#[derive(Debug, Clone, Default)]
pub struct SentRecord {
    /// Its id in the ERP, 1..100 characters.
    pub external_id: String,
    /// A person or a group; counts for a new contact only, default a person.
    pub kind: Option<ContactKind>,
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
    /// Delivery address, whole.
    pub address: Change<Address>,
    /// Whether it was deleted there.
    pub deleted: bool,
    /// When it last changed there: what is older than what was taken is not taken.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A record whose values were checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its id in the ERP.
    pub external_id: String,
    /// A person or a group.
    pub kind: Option<ContactKind>,
    /// First name.
    pub first_name: Change<String>,
    /// Last name.
    pub last_name: Change<String>,
    /// Company.
    pub company_name: Change<String>,
    /// E-mail.
    pub email: Change<Email>,
    /// Phone.
    pub phone: Change<String>,
    /// Fax.
    pub fax: Change<String>,
    /// Delivery address.
    pub address: Change<Address>,
    /// Whether it was deleted there.
    pub deleted: bool,
    /// When it last changed there.
    pub updated_at: Option<DateTime<Utc>>,
}

impl SentRecord {
    /// Checks each value; every refused field is named at once.
    pub fn check(self) -> Result<Record, Refusals> {
        let mut check = Check::default();
        let external_id = check.take(required_line("externalId", &self.external_id, EXTERNAL_ID_MAX));
        let mut text = |field, change: Change<String>, max| -> Change<String> {
            change.map(|value| value.and_then(|value| check.take(line(field, &value, max))))
        };
        let first_name = text("firstName", self.first_name, NAME_MAX);
        let last_name = text("lastName", self.last_name, NAME_MAX);
        let company_name = text("companyName", self.company_name, NAME_MAX);
        let phone = text("phone", self.phone, PHONE_MAX);
        let fax = text("fax", self.fax, PHONE_MAX);
        let email = self.email.map(|value| {
            let value = value.filter(|text| !text.trim().is_empty())?;
            check.take(Email::parse(&value).map(Some))
        });
        let address = self.address.map(|value| match value.unwrap_or_default().clean() {
            Ok(address) => Some(address).filter(|address| !address.is_empty()),
            Err(refusal) => {
                check.refuse(refusal.under("address"));
                None
            }
        });
        check.finish()?;
        let SentRecord { kind, deleted, updated_at, .. } = self;
        Ok(Record {
            external_id,
            kind,
            first_name,
            last_name,
            company_name,
            email,
            phone,
            fax,
            address,
            deleted,
            updated_at,
        })
    }
}

impl Record {
    /// The e-mail it says, if it says one.
    pub fn email(&self) -> Option<&Email> {
        self.email.as_ref()?.as_ref()
    }

    /// Refuses a new contact without a name.
    pub(super) fn named(&self) -> Result<(), Refusal> {
        let said = |change: &Change<String>| change.as_ref().is_some_and(Option::is_some);
        if said(&self.first_name) || said(&self.last_name) || said(&self.company_name) {
            return Ok(());
        }
        Err(Refusal::at(Code::NameOrCompanyRequired, "lastName"))
    }
}
