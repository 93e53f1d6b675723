//! Complaints: the account's, one of them with what became of it, a new one filled in from the issue that is late; and, on a contact's sheet, theirs and their
//! subscriptions (rows U9, U10, B16).

use crate::{
    Cx,
    parts::{Form, Listed},
    sheet::{Tab, TabLink, tabs},
    subscriptions::{Named, PaymentState},
};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// The question behind [`Claims`].
pub const CLAIMS: &str = include_str!("questions/claims_list.graphql");
/// The question behind [`One`].
pub const CLAIM: &str = include_str!("questions/claim.graphql");
/// What a new one is filled in with.
pub const DRAFT: &str = include_str!("questions/claim_draft.graphql");
/// A contact's subscriptions and complaints.
pub const PURCHASES: &str = include_str!("questions/person_purchases.graphql");
/// A new one.
pub const OPEN: &str = include_str!("questions/open_claim.graphql");
/// Answers one.
pub const ANSWER: &str = include_str!("questions/answer_claim.graphql");
/// Closes one.
pub const CLOSE: &str = include_str!("questions/close_claim.graphql");
/// Opens one again.
pub const REOPEN: &str = include_str!("questions/reopen_claim.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 4] = ["claim-opened", "claim-answered", "claim-closed", "claim-reopened"];
/// Where a complaint may stand.
pub const STATUSES: [&str; 3] = ["OPEN", "ANSWERED", "CLOSED"];

/// The answer to [`CLAIMS`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub claims: List,
}

/// A page of complaints.
pub type List = Listed<Row>;

/// A complaint of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Row {
    pub id: String,
    pub status: String,
    pub issue: Option<String>,
    pub text: Option<String>,
    pub opened_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub contact: Who,
    pub subscription: Bought,
}

/// Whose it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Who {
    pub id: String,
    pub display_name: String,
    pub email: Option<String>,
}

/// What it is about.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Bought {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub product: Product,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Product {
    pub name: String,
}

/// The account's complaints.
#[derive(Template, Debug)]
#[template(path = "claims.html")]
pub struct Claims {
    /// What every page shows.
    pub cx: Cx,
    /// One of [`STATUSES`], or nothing.
    pub status: String,
    /// The complaints.
    pub list: List,
}

impl Claims {
    fn rows(&self) -> Vec<&Row> {
        self.list.edges.iter().map(|edge| &edge.node).collect()
    }

    fn here(&self) -> String {
        format!("{}{}", self.cx.at("claims"), crate::query(&[("status", &self.status)]))
    }
}

/// The answer to [`CLAIM`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct OneAnswer {
    pub node: Option<Node>,
}

/// What an id led to.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "__typename")]
pub enum Node {
    /// A complaint.
    Claim(Box<Claim>),
    /// Something else.
    #[serde(other)]
    Other,
}

impl OneAnswer {
    /// The complaint, if it is one.
    pub fn claim(self) -> Option<Claim> {
        match self.node {
            Some(Node::Claim(claim)) => Some(*claim),
            _ => None,
        }
    }
}

/// A complaint.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Claim {
    pub id: String,
    pub version: i64,
    pub status: String,
    pub issue: Option<String>,
    pub opened_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub steps: Vec<Step>,
    pub contact: Who,
    pub subscription: Bought,
}

/// What happened to it.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Step {
    pub status: String,
    pub at: DateTime<Utc>,
    pub text: Option<String>,
    pub actor: Actor,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Actor {
    pub label: String,
}

/// One complaint, with what is written next.
#[derive(Template, Debug)]
#[template(path = "claim.html")]
pub struct One {
    /// What every page shows.
    pub cx: Cx,
    /// Which.
    pub it: Claim,
    /// What was filled in.
    pub form: Form,
}

impl One {
    fn at(&self, what: &str) -> String {
        self.cx.at(&format!("claims/{}{}{what}", self.it.id, if what.is_empty() { "" } else { "/" }))
    }

    /// What the first step is called, and the others.
    fn word(&self, step: &Step, n: &usize) -> &'static str {
        match (step.status.as_str(), n) {
            ("OPEN", 0) => "claim-step-OPENED",
            ("OPEN", _) => "claim-step-REOPENED",
            ("ANSWERED", _) => "claim-step-ANSWERED",
            _ => "claim-step-CLOSED",
        }
    }
}

/// What is written where closing one is taken back.
pub fn by_mistake(cx: &Cx) -> String {
    cx.t("claim-closed-by-mistake").into_owned()
}

/// The answer to [`PURCHASES`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct PurchasesAnswer {
    pub contact: Option<Person>,
}

/// Whose sheet it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Person {
    pub id: String,
    pub display_name: String,
    pub kind: String,
    pub profile: String,
    pub status: String,
    pub email: Option<String>,
    pub created_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub erased: bool,
    pub subscriptions: Option<Vec<Subscription>>,
    pub claims: Vec<Row>,
}

impl Person {
    /// Whether something can still be done with it: it was neither deleted nor erased.
    pub fn is_there(&self) -> bool {
        self.deleted_at.is_none() && !self.erased
    }
}

/// A subscription that counts for them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Subscription {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub billing: String,
    pub state: String,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub product: Named,
    pub payment: Option<PaymentState>,
}

/// What a contact bought, or what they complain about: a tab of their sheet.
#[derive(Template, Debug)]
#[template(path = "sheet_purchases.html")]
pub struct Purchases {
    /// What every page shows.
    pub cx: Cx,
    /// Whose.
    pub contact: Person,
    /// Which tab.
    pub tab: Tab,
    /// The past instant that is looked at; none: now.
    pub as_of: Option<DateTime<Utc>>,
}

impl Purchases {
    fn at(&self, what: &str) -> String {
        self.cx.at(&format!("contacts/{}/{what}", self.contact.id))
    }

    /// The tab that is looked at, as it is now.
    fn here(&self) -> String {
        self.at(self.tab.path())
    }

    fn tabs(&self) -> Vec<TabLink> {
        let count = |tab| match tab {
            Tab::Subscriptions => self.contact.subscriptions.as_ref().map(Vec::len),
            Tab::Claims => Some(self.contact.claims.len()),
            _ => None,
        };
        tabs(&self.cx, &self.contact.id, self.as_of, self.tab, count)
    }

    fn subscriptions(&self) -> &[Subscription] {
        self.contact.subscriptions.as_deref().unwrap_or_default()
    }
}

/// The answer to [`DRAFT`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct DraftAnswer {
    pub claim_draft: Draft,
}

/// What a new complaint is filled in with.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Draft {
    pub issues: Vec<Issue>,
    pub issue: Option<Issue>,
    pub address: Option<Address>,
    pub text: String,
}

/// An issue that should have come.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Issue {
    pub module_id: String,
    pub name: String,
    pub due_on: NaiveDate,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Address {
    pub text: String,
}

/// A new complaint.
#[derive(Template, Debug)]
#[template(path = "claim_new.html", blocks = ["dialog"])]
pub struct New {
    /// What every page shows.
    pub cx: Cx,
    /// Whose.
    pub contact: Person,
    /// What it is filled in with, once it is known on what; none: a subscription is to be chosen.
    pub draft: Option<Draft>,
    /// What was filled in.
    pub form: Form,
}

impl New {
    fn at(&self, what: &str) -> String {
        self.cx.at(&format!("contacts/{}/{what}", self.contact.id))
    }

    fn subscriptions(&self) -> &[Subscription] {
        self.contact.subscriptions.as_deref().unwrap_or_default()
    }
}
