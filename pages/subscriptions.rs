//! The account's subscriptions: their list, one of them with its contacts, and what is done to it.

use crate::{
    Cx,
    parts::{Edge, Form, Listed},
    query,
};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// The question behind [`Subscriptions`].
pub const SUBSCRIPTIONS: &str = include_str!("questions/subscriptions.graphql");
/// The question behind [`One`] and its forms.
pub const SUBSCRIPTION: &str = include_str!("questions/subscription.graphql");
/// Lets one stand still.
pub const PAUSE: &str = include_str!("questions/pause_subscription.graphql");
/// Lets it go on.
pub const RESUME: &str = include_str!("questions/resume_subscription.graphql");
/// More days for it.
pub const RENEW: &str = include_str!("questions/renew_subscription.graphql");
/// Ends it.
pub const CANCEL: &str = include_str!("questions/cancel_subscription.graphql");
/// A fact about its payments.
pub const RECORD_PAYMENT: &str = include_str!("questions/record_payment.graphql");
/// It counts for a contact again.
pub const ATTACH: &str = include_str!("questions/attach_contact.graphql");
/// It counts no more for a contact.
pub const DETACH: &str = include_str!("questions/detach_contact.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 9] = [
    "subscription-paused",
    "subscription-resumed",
    "subscription-renewed",
    "subscription-cancelled",
    "payment-recorded",
    "contact-detached",
    "contact-attached",
    "contacts-submitted",
    "subscription-started",
];

/// Where a subscription may stand.
pub const STATES: [&str; 5] = ["RUNNING", "SCHEDULED", "PAUSED", "CANCELLED", "ENDED"];
/// What may be known of its payments.
pub const PAYMENTS: [&str; 3] = ["PAID", "PAST_DUE", "FAILED"];

/// The answer to [`SUBSCRIPTIONS`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub account_subscriptions: List,
    pub products: Products,
}

/// What can be chosen from.
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Products {
    pub edges: Vec<Edge<Named>>,
}

/// A page of subscriptions.
pub type List = Listed<Row>;

/// A subscription of the list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Row {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub billing: String,
    pub state: String,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub product: Named,
    pub payment: Option<PaymentState>,
    pub contacts: Few,
}

/// Something with a name.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Named {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct PaymentState {
    pub state: String,
}

/// The first contacts of a subscription, and how many there are.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Few {
    pub edges: Vec<Edge<Called>>,
    pub total_count: i64,
}

/// A contact by name.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Called {
    pub id: String,
    pub display_name: String,
}

impl Few {
    /// How many are not named.
    fn more(&self) -> i64 {
        self.total_count - self.edges.len() as i64
    }
}

/// What the list is narrowed to, as the address has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Exactly this type.
    pub kind: String,
    /// A product's id.
    pub product: String,
    /// One of [`STATES`], or nothing.
    pub state: String,
}

impl Narrowed {
    /// As the address has it, without paging; `without` leaves one out.
    pub fn query(&self, without: &str) -> String {
        let all = [("type", &self.kind), ("product", &self.product), ("state", &self.state)];
        query(&all.map(|(key, now)| (key, if key == without { "" } else { now.as_str() })))
    }

    /// Whether anything narrows it.
    pub fn any(&self) -> bool {
        [&self.kind, &self.product, &self.state].into_iter().any(|value| !value.is_empty())
    }
}

/// The list.
#[derive(Template, Debug)]
#[template(path = "subscriptions.html", blocks = ["rows"])]
pub struct Subscriptions {
    /// What every page shows.
    pub cx: Cx,
    /// What it is narrowed to.
    pub narrowed: Narrowed,
    /// The subscriptions.
    pub list: List,
    /// What can be narrowed to.
    pub products: Products,
}

impl Subscriptions {
    fn here(&self) -> String {
        format!("{}{}", self.cx.at("subscriptions"), self.narrowed.query(""))
    }

    /// The name of the product that it is narrowed to.
    fn product(&self) -> &str {
        let named = self.products.edges.iter().find(|edge| edge.node.id == self.narrowed.product);
        named.map(|edge| edge.node.name.as_str()).unwrap_or_default()
    }
}

/// The answer to [`SUBSCRIPTION`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct OneAnswer {
    pub node: Option<Node>,
}

/// What an id led to.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "__typename")]
pub enum Node {
    /// A subscription.
    Subscription(Box<Subscription>),
    /// Something else.
    #[serde(other)]
    Other,
}

impl OneAnswer {
    /// The subscription, if it is one.
    pub fn subscription(self) -> Option<Subscription> {
        match self.node {
            Some(Node::Subscription(one)) => Some(*one),
            _ => None,
        }
    }
}

/// A subscription.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Subscription {
    pub id: String,
    pub version: i64,
    #[serde(rename = "type")]
    pub kind: String,
    pub billing: String,
    pub state: String,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub paused: bool,
    pub cancelled_at: Option<DateTime<Utc>>,
    pub started_at: DateTime<Utc>,
    pub product: Product,
    pub periods: Vec<Period>,
    pub payment: Option<Payment>,
    pub claims: Vec<Complaint>,
    pub contacts: Contacts,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Product {
    pub id: String,
    pub name: String,
    pub delivered: bool,
}

/// Days that were bought.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Period {
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Payment {
    pub state: String,
    pub occurred_at: DateTime<Utc>,
    pub recorded_at: DateTime<Utc>,
    pub event_id: String,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Complaint {
    pub id: String,
    pub status: String,
}

/// Its contacts.
pub type Contacts = Listed<Attached>;

/// A contact that it counts for.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Attached {
    pub id: String,
    pub display_name: String,
    pub company_name: Option<String>,
    pub email: Option<String>,
    pub kind: String,
    pub status: String,
}

impl Attached {
    /// What stands beneath the name.
    pub fn beneath(&self) -> &str {
        let company = self.company_name.as_deref().filter(|company| *company != self.display_name);
        self.email.as_deref().filter(|email| *email != self.display_name).or(company).unwrap_or_default()
    }
}

impl Subscription {
    /// Whether it could still be cancelled.
    pub fn lives(&self) -> bool {
        matches!(self.state.as_str(), "RUNNING" | "SCHEDULED" | "PAUSED")
    }

    /// Complaints on it that are not closed.
    pub fn open_claims(&self) -> i64 {
        self.claims.iter().filter(|claim| claim.status != "CLOSED").count() as i64
    }
}

/// One subscription.
#[derive(Template, Debug)]
#[template(path = "subscription.html")]
pub struct One {
    /// What every page shows.
    pub cx: Cx,
    /// Which.
    pub it: Subscription,
}

impl One {
    fn at(&self, what: &str) -> String {
        at(&self.cx, &self.it, what)
    }
}

/// The address of a subscription, or of a form of it.
fn at(cx: &Cx, it: &Subscription, what: &str) -> String {
    cx.at(&format!("subscriptions/{}{}{what}", it.id, if what.is_empty() { "" } else { "/" }))
}

/// What a form of a subscription does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after what it does")]
pub enum Act {
    Renew,
    Cancel,
    Payment,
}

impl Act {
    /// As addresses have it.
    pub fn path(self) -> &'static str {
        match self {
            Act::Renew => "renew",
            Act::Cancel => "cancel",
            Act::Payment => "payment",
        }
    }
}

/// A form of a subscription.
#[derive(Template, Debug)]
#[template(path = "subscription_form.html", blocks = ["dialog"])]
pub struct ActForm {
    /// What every page shows.
    pub cx: Cx,
    /// Of which.
    pub it: Subscription,
    /// What it does.
    pub act: Act,
    /// What was filled in.
    pub form: Form,
}

impl ActForm {
    fn at(&self, what: &str) -> String {
        at(&self.cx, &self.it, what)
    }

    /// Its heading.
    fn title(&self) -> std::borrow::Cow<'static, str> {
        match self.act {
            Act::Renew => self.cx.t("subscription-renew"),
            Act::Cancel => self.cx.tx("subscription-cancel-title", &self.it.kind),
            Act::Payment => self.cx.t("payment-record"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Narrowed;

    #[test]
    fn s5_the_address_keeps_what_the_list_is_narrowed_to() {
        let narrowed = Narrowed { kind: "Club & co".into(), state: "PAUSED".into(), ..Narrowed::default() };
        assert_eq!(narrowed.query(""), "?type=Club%20%26%20co&state=PAUSED");
        assert_eq!((narrowed.query("type").as_str(), narrowed.any()), ("?state=PAUSED", true));
    }
}
