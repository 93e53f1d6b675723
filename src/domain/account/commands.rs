//! What can be asked of an account.

use super::{AccountEvent, AccountState, ListExported, ListRead, Opened, PendingLetIn, PoliciesSet, Renamed};
use crate::{
    ids::AccountId,
    refusal::{Check, Code, Refusal, Refusals},
    text::{NAME_MAX, required_line},
    values::{DeletionPolicy, ExportFormat, ExportedList, RegistrationPolicy},
};
use chrono_tz::Tz;

/// Longest grace a late payment may have, in days.
const GRACE_DAYS_MAX: i64 = 365;

/// Opens an account. The customer number is given by the caller and unique over the instance.
#[derive(Debug, Clone)]
pub struct OpenAccount {
    /// The id it will have.
    pub account: AccountId,
    /// The customer number it will have.
    pub number: String,
    /// Company name, 1..200 characters.
    pub company_name: String,
    /// `fr` (default) or `en`.
    pub locale: Option<String>,
    /// IANA name; default `Europe/Paris`.
    pub time_zone: Option<String>,
}

impl OpenAccount {
    /// Opens it.
    pub fn decide(self) -> Result<Vec<AccountEvent>, Refusals> {
        let mut check = Check::default();
        let company_name = check.take(required_line("companyName", &self.company_name, NAME_MAX));
        let locale = check.take(locale(self.locale.as_deref()));
        let time_zone = time_zone(self.time_zone.as_deref().unwrap_or("Europe/Paris"));
        if let Err(refusal) = &time_zone {
            check.refuse(refusal.clone());
        }
        check.finish()?;
        Ok(vec![
            Opened { account: self.account, number: self.number, company_name, locale, time_zone: time_zone? }.into(),
        ])
    }
}

/// Gives the account another name.
#[derive(Debug, Clone)]
pub struct RenameAccount {
    /// Company name, 1..200 characters.
    pub company_name: String,
}

impl RenameAccount {
    /// Renames it; nothing when it has that name.
    pub fn decide(self, account: &AccountState) -> Result<Vec<AccountEvent>, Refusals> {
        let company_name = required_line("companyName", &self.company_name, NAME_MAX)?;
        if company_name == account.company_name {
            return Ok(vec![]);
        }
        Ok(vec![Renamed { company_name }.into()])
    }
}

/// Changes policies; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct SetPolicies {
    /// IANA name.
    pub time_zone: Option<String>,
    /// 0..365.
    pub grace_days: Option<i64>,
    /// Who may delete a contact.
    pub deletion: Option<DeletionPolicy>,
    /// Whether app registrations are let in at once.
    pub registration: Option<RegistrationPolicy>,
}

impl SetPolicies {
    /// Changes them; nothing when they are so already.
    pub fn decide(self, account: &AccountState) -> Result<Vec<AccountEvent>, Refusals> {
        let mut check = Check::default();
        let zone = match self.time_zone.as_deref().map(time_zone) {
            None => account.time_zone,
            Some(Ok(zone)) => zone,
            Some(Err(refusal)) => {
                check.refuse(refusal);
                account.time_zone
            }
        };
        let grace_days = self.grace_days.unwrap_or(account.policies.grace_days.into());
        if !(0..=GRACE_DAYS_MAX).contains(&grace_days) {
            check.refuse(Refusal::at(Code::Invalid, "graceDays").with("min", 0).with("max", GRACE_DAYS_MAX));
        }
        check.finish()?;
        let event = PoliciesSet {
            time_zone: zone,
            grace_days: grace_days as u32,
            deletion: self.deletion.unwrap_or(account.policies.deletion),
            registration: self.registration.unwrap_or(account.policies.registration),
        };
        let now = &account.policies;
        if (event.time_zone, event.grace_days, event.deletion, event.registration)
            == (account.time_zone, now.grace_days, now.deletion, now.registration)
        {
            return Ok(vec![]);
        }
        Ok(vec![event.into()])
    }
}

/// Lets everybody in who waits for validation in the app (row A18). Who that is, is told on their own sheets as each is let in.
#[derive(Debug, Clone)]
pub struct LetPendingIn;

impl LetPendingIn {
    /// Says so. Whether anybody waits was seen before.
    pub fn decide(self) -> Vec<AccountEvent> {
        vec![PendingLetIn {}.into()]
    }
}

/// Records that a list is handed out as a whole, so that the trail says who took it.
#[derive(Debug, Clone)]
pub struct RecordExport {
    /// Which list.
    pub what: ExportedList,
    /// How many rows it has.
    pub rows: u64,
    /// In which form.
    pub format: ExportFormat,
}

impl RecordExport {
    /// Says so, each time.
    pub fn decide(self) -> Vec<AccountEvent> {
        let RecordExport { what, rows, format } = self;
        vec![ListExported { what, rows, format }.into()]
    }
}

/// Records that so much of a list was read page by page that it is as good as taken away.
#[derive(Debug, Clone)]
pub struct RecordListRead {
    /// Which list.
    pub what: ExportedList,
    /// So many different people of it at least.
    pub rows: u64,
}

impl RecordListRead {
    /// Says so.
    pub fn decide(self) -> Vec<AccountEvent> {
        let RecordListRead { what, rows } = self;
        vec![ListRead { what, rows }.into()]
    }
}

fn locale(text: Option<&str>) -> Result<String, Refusal> {
    match text.unwrap_or("fr") {
        l @ ("fr" | "en") => Ok(l.to_owned()),
        _ => Err(Refusal::at(Code::Invalid, "locale").with("expected", "fr, en")),
    }
}

fn time_zone(name: &str) -> Result<Tz, Refusal> {
    name.parse().map_err(|_| Refusal::at(Code::Invalid, "timeZone").with("expected", "Europe/Paris"))
}
