//! What happened in the account, and who could open what on a day.

use crate::{
    Cx,
    parts::{Edge, PageInfo},
    query,
    sheet::{Actor, Change, ProductsAnswer, Verdict},
};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// The question behind [`History`].
pub const HISTORY: &str = include_str!("questions/history.graphql");
/// The question behind [`WhoCould`].
pub const WHO: &str = include_str!("questions/who_could_open.graphql");

/// What a history can be narrowed to: what it is about, and the kinds of event.
pub const ABOUT: [(&str, &[&str]); 6] = [
    (
        "ACCESSES",
        &["access.granted", "access.mode_set", "access.opening_set", "access.order_date_set", "access.removed"],
    ),
    (
        "CONTACTS",
        &[
            "contact.added",
            "contact.edited",
            "contact.email_changed",
            "contact.delivery_address_set",
            "contact.deleted",
            "contact.erased",
        ],
    ),
    (
        "MEMBERS",
        &[
            "membership.invited",
            "membership.accepted",
            "membership.declined",
            "membership.permissions_set",
            "membership.deactivated",
            "membership.reactivated",
            "membership.revoked",
        ],
    ),
    (
        "SUBSCRIPTIONS",
        &[
            "subscription.started",
            "subscription.renewed",
            "subscription.paused",
            "subscription.resumed",
            "subscription.cancelled",
            "subscription.payment_recorded",
        ],
    ),
    ("CLAIMS", &["claim.opened", "claim.answered", "claim.closed", "claim.reopened"]),
    ("IMPORTS", &["import.planned", "import.applied", "import.cancelled", "import.undone"]),
];
/// The doors that it can be narrowed to.
pub const ORIGINS: [&str; 6] = ["UI", "API", "IMPORT", "ERP", "POLICY", "CLI"];

/// The answer to [`HISTORY`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub audit_trail: Trail,
}

/// A page of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Trail {
    pub edges: Vec<Edge<Act>>,
    pub page_info: PageInfo,
}

/// One act.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Act {
    pub position: String,
    pub at: DateTime<Utc>,
    #[serde(rename = "type")]
    pub type_name: String,
    pub sentence: String,
    pub origin: String,
    pub reason: Option<String>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub command_id: String,
    pub correlation_id: String,
    pub version: i64,
    pub actor: Actor,
    pub on_behalf_of: Option<String>,
    pub contact: Option<Named>,
    pub product: Option<Product>,
    pub changes: Vec<Change>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Named {
    pub id: String,
    pub display_name: String,
    #[serde(default)]
    pub email: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Product {
    pub id: String,
    pub name: String,
}

/// What it is narrowed to, as the address has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// One of [`ABOUT`], or nothing.
    pub about: String,
    /// One of [`ORIGINS`], or nothing.
    pub origin: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
}

impl Narrowed {
    /// As the address has it.
    pub fn query(&self) -> String {
        query(&[("about", &self.about), ("origin", &self.origin), ("from", &self.from), ("to", &self.to)])
    }

    /// Whether anything narrows it.
    pub fn any(&self) -> bool {
        !self.query().is_empty()
    }
}

/// What happened in the account, newest first.
#[derive(Template, Debug)]
#[template(path = "history.html")]
pub struct History {
    /// What every page shows.
    pub cx: Cx,
    /// What it is narrowed to.
    pub narrowed: Narrowed,
    /// What happened.
    pub trail: Trail,
}

impl History {
    /// The acts by day, as the account has days, in their order.
    fn days(&self) -> Vec<(NaiveDate, Vec<&Act>)> {
        let mut days: Vec<(NaiveDate, Vec<&Act>)> = Vec::new();
        for act in self.trail.edges.iter().map(|edge| &edge.node) {
            let day = act.at.with_timezone(&self.cx.zone).date_naive();
            match days.last_mut().filter(|(last, _)| *last == day) {
                Some((_, acts)) => acts.push(act),
                None => days.push((day, vec![act])),
            }
        }
        days
    }

    fn here(&self) -> String {
        format!("{}{}", self.cx.at("history"), self.narrowed.query())
    }
}

/// The answer to [`WHO`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct WhoAnswer {
    pub product: Option<Product>,
    pub who_could_open: Could,
}

/// A page of contacts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Could {
    pub edges: Vec<Edge<CouldOpen>>,
    pub page_info: PageInfo,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct CouldOpen {
    pub open: bool,
    pub reason: String,
    pub at: DateTime<Utc>,
    pub contact: Named,
    pub decision: Traced,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Traced {
    pub trace: Vec<Verdict>,
}

/// « Qui pouvait ouvrir » a product on a day.
#[derive(Template, Debug)]
#[template(path = "who_could.html")]
pub struct WhoCould {
    /// What every page shows.
    pub cx: Cx,
    /// What can be chosen.
    pub products: ProductsAnswer,
    /// What was searched among them.
    pub search: String,
    /// The day; empty: now.
    pub on: String,
    /// Whether those who could not are shown too.
    pub closed: bool,
    /// The product and who could open it; none: nothing was chosen yet.
    pub found: Option<WhoAnswer>,
}

impl WhoCould {
    fn chosen(&self) -> &str {
        self.found
            .as_ref()
            .and_then(|found| found.product.as_ref())
            .map(|product| product.id.as_str())
            .unwrap_or_default()
    }

    /// The day asked about, in words.
    fn day(&self) -> String {
        self.on.parse::<NaiveDate>().map(|day| self.cx.day(day)).unwrap_or_default()
    }

    fn is(&self, product: &str) -> bool {
        self.chosen() == product
    }

    fn here(&self) -> String {
        let closed = if self.closed { "1" } else { "" };
        let asked =
            query(&[("product", self.chosen()), ("on", &self.on), ("closed", closed), ("search", &self.search)]);
        format!("{}{asked}", self.cx.at("history/who"))
    }
}
