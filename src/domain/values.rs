//! Values of the trade that are checked once, where they enter, and trusted from then on.

use crate::{
    refusal::{Code, Refusal},
    remedy::DateFault,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// An enum whose API, stored and log text is the same stable word.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }
        impl $name {
            /// Every value.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The stable word.
            pub fn as_str(self) -> &'static str { match self { $($name::$variant => $text),* } }
            /// The value of a stable word.
            pub fn parse(word: &str) -> Option<Self> { Self::ALL.iter().copied().find(|v| v.as_str() == word) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}
pub(crate) use words;

words!(
    /// A person, or a group mailbox that cannot log in and gets no verification mail.
    ContactKind {
        /// A human being.
        Person = "PERSON",
        /// A shared mailbox.
        Group = "GROUP",
    }
);
words!(
    /// A list that was handed out as a whole.
    ExportedList {
        /// The account's subscribers of a day.
        Subscribers = "SUBSCRIBERS",
        /// The account's contacts.
        Contacts = "CONTACTS",
    }
);
words!(
    /// The form in which something was handed out.
    ExportFormat {
        /// Rows of text.
        Csv = "CSV",
        /// An Excel workbook.
        Xlsx = "XLSX",
        /// For programs.
        Json = "JSON",
        /// A page to read.
        Html = "HTML",
    }
);
words!(
    /// How a contact came to the account.
    Profile {
        /// The account's owner.
        Client = "CLIENT",
        /// Recorded by the account.
        Contact = "CONTACT",
        /// A user invited from elsewhere.
        Guest = "GUEST",
    }
);
words!(
    /// Where a membership stands.
    MembershipStatus {
        /// Recorded, nothing sent.
        Pending = "PENDING",
        /// The invitation was sent.
        Invited = "INVITED",
        /// The guest refused.
        Declined = "DECLINED",
        /// In force.
        Active = "ACTIVE",
        /// Switched off by the account.
        Inactive = "INACTIVE",
        /// The invitation ran out.
        Expired = "EXPIRED",
        /// The invitation was taken back.
        Revoked = "REVOKED",
    }
);
words!(
    /// What a member may do for the account.
    Permission {
        /// Invoices and payments.
        Billing = "BILLING",
        /// Talking to support.
        Support = "SUPPORT",
        /// Putting things into service.
        Deployment = "DEPLOYMENT",
        /// Settings.
        SystemConfiguration = "SYSTEM_CONFIGURATION",
        /// Who may do what.
        Security = "SECURITY",
        /// Everything else.
        Other = "OTHER",
    }
);
words!(
    /// As what a contact signs in to the account's portal.
    PortalRole {
        /// Sees what is their own.
        Subscriber = "SUBSCRIBER",
        /// Sees the account's subscribers.
        Administrator = "ADMINISTRATOR",
    }
);
words!(
    /// Whether an e-mail is the contact's own.
    EmailStatus {
        /// Nobody has followed a link yet.
        Unverified = "UNVERIFIED",
        /// The mailed link was followed.
        Verified = "VERIFIED",
        /// A mail came back.
        Bounced = "BOUNCED",
    }
);
words!(
    /// Where a request for deletion stands.
    DeletionStatus {
        /// Support has to decide.
        Requested = "REQUESTED",
        /// Support agreed: the contact was deleted.
        Approved = "APPROVED",
        /// Support did not agree.
        Rejected = "REJECTED",
    }
);
words!(
    /// Where a complaint stands.
    ClaimStatus {
        /// Waiting for an answer.
        Open = "OPEN",
        /// Answered.
        Answered = "ANSWERED",
        /// Done with.
        Closed = "CLOSED",
    }
);
words!(
    /// A field that an ERP may own: then it is changed there and not here.
    ErpField {
        /// First name.
        FirstName = "FIRST_NAME",
        /// Last name.
        LastName = "LAST_NAME",
        /// Company.
        CompanyName = "COMPANY_NAME",
        /// E-mail.
        Email = "EMAIL",
        /// Phone.
        Phone = "PHONE",
        /// Fax.
        Fax = "FAX",
        /// Delivery address.
        Address = "ADDRESS",
    }
);
words!(
    /// Where an account and its ERP disagree about a record.
    ErpDrift {
        /// The record is gone from the ERP; the contact stays.
        Gone = "GONE",
        /// The record's e-mail is another contact's.
        EmailTaken = "EMAIL_TAKEN",
        /// The record's e-mail is that of a contact who never verified it: only a person can say that it is the same one.
        UnverifiedMatch = "UNVERIFIED_MATCH",
        /// The record is of someone whose data were erased here: it is not taken again.
        Tombstoned = "TOMBSTONED",
    }
);
words!(
    /// What becomes of a file with rows that are refused.
    ImportPolicy {
        /// One refused row, and nothing of the file is done.
        RejectEverything = "REJECT_EVERYTHING",
        /// The refused rows are left out, and given back to be mended.
        RejectFailedRows = "REJECT_FAILED_ROWS",
        /// As far as a row can be read it is done; refused values are left out.
        IgnoreFailed = "IGNORE_FAILED",
    }
);
words!(
    /// Where an import stands.
    ImportStatus {
        /// Compared with what is there; nothing done yet.
        Planned = "PLANNED",
        /// Being done.
        Applying = "APPLYING",
        /// Done.
        Applied = "APPLIED",
        /// Stopped on the way.
        Cancelled = "CANCELLED",
        /// Being taken back.
        Undoing = "UNDOING",
        /// Taken back.
        Undone = "UNDONE",
    }
);
words!(
    /// Where an app registration stands.
    RegistrationStatus {
        /// Waiting for the account.
        PendingValidation = "PENDING_VALIDATION",
        /// Let in.
        Registered = "REGISTERED",
        /// Turned away.
        Refused = "REFUSED",
    }
);
words!(
    /// What decides whether an access is in force.
    AccessMode {
        /// The subscriptions decide.
        Automatic = "AUTOMATIC",
        /// In force whatever the payments.
        Activated = "ACTIVATED",
        /// Closed whatever the payments.
        Suspended = "SUSPENDED",
    }
);
words!(
    /// The unit of an advance.
    PeriodUnit {
        /// Calendar days.
        Days = "DAYS",
        /// Calendar months, clamped to the month's last day.
        Months = "MONTHS",
        /// Calendar years.
        Years = "YEARS",
    }
);
words!(
    /// How drip delays are counted.
    DripClock {
        /// Calendar days since the anchor.
        CalendarDays = "CALENDAR_DAYS",
        /// Only days on which the contact was entitled.
        EntitledDays = "ENTITLED_DAYS",
    }
);
words!(
    /// Whether a subscription renews.
    Billing {
        /// Renews until cancelled.
        Recurring = "RECURRING",
        /// Bought once.
        OneOff = "ONE_OFF",
    }
);
words!(
    /// The state of a subscription's payments.
    PaymentState {
        /// In order.
        Paid = "PAID",
        /// Late: entitled within the account's grace days.
        PastDue = "PAST_DUE",
        /// Not entitled.
        Failed = "FAILED",
    }
);
words!(
    /// Who may delete a contact.
    DeletionPolicy {
        /// The account itself, after confirmation.
        SelfService = "SELF",
        /// Only the account's ERP.
        ErpOnly = "ERP_ONLY",
        /// Only support, on request.
        SupportOnly = "SUPPORT_ONLY",
    }
);
words!(
    /// What happens when someone registers in the app.
    RegistrationPolicy {
        /// Let in at once.
        Automatic = "AUTOMATIC",
        /// The account validates each.
        Manual = "MANUAL",
    }
);

/// A normalised e-mail address: trimmed, NFC, lower case, international domain in ASCII; a `+tag` is kept.
/// Two addresses are the same contact's exactly when these texts are equal (rows A8, E-mail rule 2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Normalises and checks. Refuses with `EMAIL_INVALID` (or `TOO_LONG` over 254 characters) at field `email`.
    pub fn parse(text: &str) -> Result<Email, Refusal> {
        let invalid = || Refusal::at(Code::EmailInvalid, "email");
        let text: String = text.trim().nfc().collect::<String>().to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or_else(invalid)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
        if !local_ok {
            return Err(invalid());
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| invalid())?;
        let labels_ok = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
            && !domain.rsplit('.').next().is_some_and(|top| top.bytes().all(|b| b.is_ascii_digit()));
        if !labels_ok {
            return Err(invalid());
        }
        let email = format!("{local}@{domain}");
        if email.len() > 254 {
            return Err(Refusal::at(Code::TooLong, "email").with("max", 254));
        }
        Ok(Email(email))
    }

    /// The normalised text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Email {
    /// Stored addresses were checked when they came in and are trusted.
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d).map(Email)
    }
}

/// How far an access is brought forward: 1..3650 days, 1..120 months, 1..10 years (row K17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advance {
    /// How many units.
    pub by: u32,
    /// Of what.
    pub unit: PeriodUnit,
}

impl Advance {
    /// Checks the range; `ADVANCE_OUT_OF_RANGE` outside it.
    pub fn new(by: i64, unit: PeriodUnit) -> Result<Advance, Refusal> {
        let max = match unit {
            PeriodUnit::Days => 3650,
            PeriodUnit::Months => 120,
            PeriodUnit::Years => 10,
        };
        if !(1..=max).contains(&by) {
            return Err(Refusal::at(Code::AdvanceOutOfRange, "by").with("min", 1).with("max", max));
        }
        Ok(Advance { by: by as u32, unit })
    }
}

/// The first and last day that a date in a command may name.
pub fn check_date(field: &'static str, date: NaiveDate) -> Result<NaiveDate, Refusal> {
    let min = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
    let max = NaiveDate::from_ymd_opt(2200, 12, 31).unwrap_or_default();
    if date < min || date > max {
        return Err(Refusal::date(field, DateFault::OutOfRange).with("min", min).with("max", max));
    }
    Ok(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a8_the_email_is_normalised_and_plus_tags_stay() {
        let same = |a: &str, b: &str| assert_eq!(Email::parse(a).map(|e| e.0).ok().as_deref(), Some(b));
        same("  Anne.Dupont@Exemple.FR ", "anne.dupont@exemple.fr");
        same("anne+club@exemple.fr", "anne+club@exemple.fr");
        same("zoé@école.fr", "zoé@xn--cole-9oa.fr");
        for bad in [
            "",
            "pas-une-adresse",
            "a@b",
            "a@@b.fr",
            "a b@c.fr",
            ".a@b.fr",
            "a..b@c.fr",
            "a@-b.fr",
            "a@b.12",
            "a@b.fr\r\nBcc: x@y.fr",
        ] {
            assert_eq!(Email::parse(bad).map_err(|r| r.code), Err(Code::EmailInvalid), "{bad:?}");
        }
    }

    #[test]
    fn k17_an_advance_has_a_range() {
        assert!(
            Advance::new(3650, PeriodUnit::Days).is_ok()
                && Advance::new(120, PeriodUnit::Months).is_ok()
                && Advance::new(10, PeriodUnit::Years).is_ok()
        );
        for (by, unit) in [
            (0, PeriodUnit::Days),
            (-1, PeriodUnit::Days),
            (3651, PeriodUnit::Days),
            (121, PeriodUnit::Months),
            (11, PeriodUnit::Years),
        ] {
            assert_eq!(Advance::new(by, unit).map_err(|r| r.code), Err(Code::AdvanceOutOfRange));
        }
    }
}
