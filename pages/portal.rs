//! What whoever has a login to the portal sees: their own subscriptions and complaints, and, as an administrator, the account's subscribers (rows U10, U11, B16).

use crate::{
    Cx,
    claims::Draft,
    parts::{Form, Listed},
    subscribers::{Dated, Named, OfProduct, Place, Row, Subscription},
};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// The question behind [`Portal`].
pub const PORTAL: &str = include_str!("questions/portal.graphql");
/// What a complaint is filled in with.
pub const DRAFT: &str = include_str!("questions/portal_draft.graphql");
/// Complaining.
pub const COMPLAIN: &str = include_str!("questions/portal_complain.graphql");
/// Saying that a complaint is settled.
pub const SETTLE: &str = include_str!("questions/portal_settle.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 2] = ["complained", "complaint-settled"];

/// The answer to [`PORTAL`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub portal: Option<Held>,
}

/// What the holder of a login sees.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Held {
    pub role: String,
    pub company_name: String,
    pub contact: Holder,
    pub subscriptions: Vec<Subscription>,
    pub claims: Vec<Claim>,
    #[serde(default)]
    pub subscribers: Option<Listed<Row>>,
}

impl Held {
    /// The subscriptions that run or will, and those that are over.
    pub fn parted(&self) -> (Vec<&Subscription>, Vec<&Subscription>) {
        self.subscriptions.iter().partition(|subscription| subscription.state != "ENDED")
    }

    /// The complaints that wait or were answered, and those that are closed.
    pub fn complaints(&self) -> (Vec<&Claim>, Vec<&Claim>) {
        self.claims.iter().partition(|claim| claim.status != "CLOSED")
    }
}

/// Their own sheet.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Holder {
    pub id: String,
    pub display_name: String,
    pub email: Option<String>,
    pub address: Option<Place>,
    pub delivery_addresses: Vec<Dated>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Claim {
    pub id: String,
    pub version: i64,
    pub status: String,
    pub issue: Option<String>,
    pub text: Option<String>,
    pub opened_at: Option<DateTime<Utc>>,
    pub changed_at: Option<DateTime<Utc>>,
    pub subscription: OfProduct,
    pub steps: Vec<Step>,
}

/// A step of a complaint.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Step {
    pub status: String,
    pub at: DateTime<Utc>,
    pub text: Option<String>,
}

impl Claim {
    /// What followed the first word.
    pub fn answers(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().skip(1).filter(|step| step.text.is_some())
    }
}

/// « Mon espace ».
#[derive(Template, Debug)]
#[template(path = "portal.html")]
pub struct Portal {
    /// What every page shows.
    pub cx: Cx,
    /// What they see.
    pub held: Held,
    /// Today, in the account's zone.
    pub today: NaiveDate,
}

impl Portal {
    /// Addresses that are to come.
    fn to_come(&self) -> Vec<&Dated> {
        self.held.contact.delivery_addresses.iter().filter(|dated| dated.when(&self.today) == "LATER").collect()
    }
}

/// The answer to [`DRAFT`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct DraftAnswer {
    pub contact: Option<Complaining>,
    pub claim_draft: Draft,
}

/// Whoever complains, or is complained for.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Complaining {
    pub id: String,
    pub display_name: String,
    pub subscriptions: Option<Vec<Product>>,
}

/// A subscription by its product.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Product {
    pub id: String,
    pub product: Named,
}

/// Complaining about a subscription, or about one issue of it.
#[derive(Template, Debug)]
#[template(path = "complain.html", blocks = ["dialog"])]
pub struct Complain {
    /// What every page shows.
    pub cx: Cx,
    /// Who.
    pub contact: Complaining,
    /// What it is filled in with.
    pub draft: Draft,
    /// What was typed.
    pub form: Form,
    /// The page to go back to.
    pub back: String,
}

impl Complain {
    fn action(&self) -> String {
        self.cx.at(&format!("subscribers/{}/complain", self.contact.id))
    }

    /// What the subscription is of.
    fn product(&self) -> &str {
        let mut all = self.contact.subscriptions.iter().flatten();
        all.find(|it| it.id == self.form.value("subscriptionId")).map(|it| it.product.name.as_str()).unwrap_or_default()
    }
}
