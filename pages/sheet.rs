//! The contact sheet, and what is done on it: giving, changing and taking back access to products.

use crate::parts::{Edge, PageInfo};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;

mod forms;
mod tabs;
pub use forms::{Edit, Grant, Preview, PreviewAnswer, Remove};
pub use tabs::{Sheet, Tab, TabLink, tabs};

/// The question behind [`Sheet`] and its forms.
pub const SHEET: &str = include_str!("questions/sheet.graphql");
/// The question behind the choice of a product.
pub const PRODUCTS: &str = include_str!("questions/products.graphql");
/// Giving an access.
pub const GRANT: &str = include_str!("questions/grant.graphql");
/// Changing one.
pub const EDIT: &str = include_str!("questions/edit.graphql");
/// What changing one would come to.
pub const PREVIEW: &str = include_str!("questions/edit_preview.graphql");
/// Taking one back.
pub const REMOVE: &str = include_str!("questions/remove.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 3] = ["granted", "edited", "removed"];

/// The answer to [`SHEET`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub contact: Option<Contact>,
    /// None where none were asked for.
    pub acts: Option<Steps>,
}

/// What was done about one side of the sheet.
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Steps {
    pub edges: Vec<Edge<Step>>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Step {
    pub at: DateTime<Utc>,
    pub sentence: String,
    pub actor: Actor,
}

/// The person of the sheet.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Contact {
    pub id: String,
    pub version: i64,
    pub display_name: String,
    pub kind: String,
    pub profile: String,
    pub status: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company_name: Option<String>,
    pub email: Option<String>,
    pub email_verification: Option<EmailVerification>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub address: Option<Address>,
    pub labels: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub erased: bool,
    pub erased_at: Option<DateTime<Utc>>,
    pub external_id: Option<String>,
    pub registration: Registration,
    pub permissions: Vec<String>,
    pub user_id: Option<String>,
    pub member_until: Option<NaiveDate>,
    /// None where they never came; not asked for where it is not shown, nor for who may not ask about members.
    #[serde(default)]
    pub last_used: Option<DateTime<Utc>>,
    /// None where its tab is not looked at.
    pub app: Option<App>,
    /// None for who may not ask what there is to open.
    #[serde(default)]
    pub accesses: Vec<Access>,
    /// None for who may not read it.
    pub audit_trail: Option<Trail>,
}

impl Contact {
    /// Whether something can still be done with it: it was neither deleted nor erased.
    pub fn is_there(&self) -> bool {
        self.deleted_at.is_none() && !self.erased
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct EmailVerification {
    pub status: String,
    pub requested_at: Option<DateTime<Utc>>,
    pub verified_at: Option<DateTime<Utc>>,
    pub bounced_at: Option<DateTime<Utc>>,
}

/// Where they stand in the account's app.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct App {
    pub since: Option<DateTime<Utc>>,
    pub devices: Vec<Device>,
    pub invited_at: Option<DateTime<Utc>>,
    pub invitation_expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Device {
    pub model: String,
    pub since: DateTime<Utc>,
    pub last_seen: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Address {
    pub text: String,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    pub status: String,
    pub invited_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub devices: Vec<crate::registrations::Device>,
}

impl Contact {
    /// What may be done about their registration in the app: the act as its address names it, the command it comes to, and its word.
    pub fn registration_acts(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        match self.registration.status.as_str() {
            "PENDING_VALIDATION" => {
                &[("validate", "ValidateRegistration", "app-validate"), ("refuse", "RefuseRegistration", "app-refuse")]
            }
            "REFUSED" => &[("validate", "ValidateRegistration", "app-validate")],
            "NOT_REGISTERED" if self.email.is_none() => &[],
            "NOT_REGISTERED" if self.registration.invited_at.is_some() => {
                &[("resend", "ResendAppInvitation", "app-resend")]
            }
            "NOT_REGISTERED" => &[("invite", "InviteToApp", "app-invite")],
            _ => &[],
        }
    }
}

/// One access.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Access {
    pub id: String,
    pub version: i64,
    pub mode: String,
    pub opening: Opening,
    pub origin: String,
    pub granted_at: DateTime<Utc>,
    pub ordered_on: Option<NaiveDate>,
    pub product: Product,
    pub anchor: Anchor,
    pub decision: Decision,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Opening {
    pub kind: String,
    pub by: Option<i64>,
    pub unit: Option<String>,
    pub date: Option<NaiveDate>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Product {
    pub id: String,
    pub name: String,
    pub modules: Vec<Module>,
    pub order_email: Option<OrderEmail>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct OrderEmail {
    pub subject: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Module {
    pub id: String,
    pub name: String,
    pub opens_after_days: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Anchor {
    pub kind: String,
    pub at: DateTime<Utc>,
}

/// Whether it can be opened, since when, and why.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Decision {
    pub open: bool,
    pub reason: String,
    pub opens_at: Option<DateTime<Utc>>,
    pub accessible_since: Option<DateTime<Utc>>,
    pub trace: Vec<Verdict>,
    pub modules: Vec<ModuleOpening>,
}

/// What one gate says.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Verdict {
    pub gate: String,
    pub passed: bool,
    pub code: String,
    pub detail: String,
    pub event: Option<EventRef>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct EventRef {
    pub at: DateTime<Utc>,
    pub actor: Actor,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Actor {
    pub label: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct ModuleOpening {
    pub open: bool,
    pub opens_at: Option<DateTime<Utc>>,
    pub module: Module,
}

/// What happened to the sheet.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Trail {
    pub edges: Vec<Edge<Act>>,
    pub page_info: PageInfo,
}

/// One act.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Act {
    pub at: DateTime<Utc>,
    pub sentence: String,
    pub actor: Actor,
    pub origin: String,
    #[serde(rename = "type")]
    pub type_name: String,
    pub changes: Vec<Change>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Change {
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// A mark on the time bar, in thousandths of its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Where.
    pub x: i64,
    /// Whether it has come.
    pub past: bool,
}

/// What the time bar of an access shows: when modules open, between the first instant that matters and the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// From when on it is open, to now or the end: (from, width).
    pub open: Option<(i64, i64)>,
    /// Now.
    pub now: i64,
    /// A mark each module.
    pub modules: Vec<Mark>,
    /// Left and right end.
    pub ends: (DateTime<Utc>, DateTime<Utc>),
}

impl Contact {
    /// Whether they may that for the account.
    pub fn may(&self, right: &str) -> bool {
        self.permissions.iter().any(|held| held == right)
    }
}

impl Access {
    /// The first and the last instant that matter.
    fn span(&self, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let openings = self.decision.modules.iter().filter_map(|module| module.opens_at);
        let instants = || openings.clone().chain(self.decision.opens_at).chain([self.anchor.at, now]);
        (instants().min().unwrap_or(now), instants().max().unwrap_or(now))
    }

    /// Its time bar.
    pub fn bar(&self, now: &DateTime<Utc>) -> Bar {
        self.bar_beside(self, now)
    }

    /// Its time bar, to the measure of another's too.
    pub fn bar_beside(&self, other: &Access, now: &DateTime<Utc>) -> Bar {
        let now = *now;
        let openings = self.decision.modules.iter().filter_map(|module| module.opens_at);
        let (one, two) = (self.span(now), other.span(now));
        let (first, last) = (one.0.min(two.0), one.1.max(two.1));
        // A little air on both sides, and never a bar of no length.
        let air = ((last - first) / 20).max(TimeDelta::hours(12));
        let (left, right) = (first - air, last + air);
        let width = (right - left).num_seconds().max(1);
        let x = |at: DateTime<Utc>| ((at - left).num_seconds() * 1000 / width).clamp(0, 1000);
        let open =
            self.decision.accessible_since.filter(|_| self.decision.open).map(|since| (x(since), 1000 - x(since)));
        let modules = openings.clone().map(|at| Mark { x: x(at), past: at <= now }).collect();
        Bar { open, now: x(now), modules, ends: (left, right) }
    }

    /// When it will open, where it is closed and that is to come.
    pub fn opens_later(&self, now: &DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.decision.opens_at.filter(|at| !self.decision.open && at > now)
    }

    /// When a module opens.
    pub fn opening_of(&self, module: &str) -> Option<DateTime<Utc>> {
        self.decision.modules.iter().find(|it| it.module.id == module).and_then(|it| it.opens_at)
    }

    /// How many modules are open.
    pub fn opened(&self) -> i64 {
        self.decision.modules.iter().filter(|module| module.open).count() as i64
    }
}

/// The answer to [`PRODUCTS`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct ProductsAnswer {
    pub products: Products,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Products {
    pub edges: Vec<Edge<Product>>,
    pub page_info: PageInfo,
}

/// The word for a number of these: `unit-many-DAYS`.
pub(crate) fn unit_key(unit: &str) -> &'static str {
    match unit {
        "MONTHS" => "unit-many-MONTHS",
        "YEARS" => "unit-many-YEARS",
        _ => "unit-many-DAYS",
    }
}
