//! What can have happened to a subscription. Nothing personal.

use crate::{
    event::{Stored, events},
    ids::{AccountId, ProductId},
    values::{Billing, PaymentState},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

events!(
    /// On `subscription-<id>`.
    SubscriptionEvent {
        /// It began.
        Started(Started) = "subscription.started.v1",
        /// It goes on, or begins again.
        Renewed(Renewed) = "subscription.renewed.v1",
        /// It stands still.
        Paused(Paused) = "subscription.paused.v1",
        /// It goes on after a pause.
        Resumed(Resumed) = "subscription.resumed.v1",
        /// It ends and does not renew.
        Cancelled(Cancelled) = "subscription.cancelled.v1",
        /// A fact about its payments.
        PaymentRecorded(PaymentRecorded) = "subscription.payment_recorded.v1",
    }
);

/// It began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Started {
    /// Whose it is.
    pub account: AccountId,
    /// To what.
    pub product: ProductId,
    /// The account's own word for the type of subscription.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it renews.
    pub billing: Billing,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day; absent: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
}

/// It goes on, or begins again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Renewed {
    /// First day of the new period; absent: the period before goes on without a gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<NaiveDate>,
    /// Last day; absent: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
}

/// It stands still.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paused {}

/// It goes on after a pause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resumed {}

/// It ends and does not renew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cancelled {
    /// Last day that still entitles.
    pub ends_on: NaiveDate,
}

/// A fact about its payments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentRecorded {
    /// In order, late or failed.
    pub state: PaymentState,
    /// When that became so, as the payment system says; the newest wins.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub occurred_at: DateTime<Utc>,
    /// The payment system's id of the fact: the same one twice counts once.
    pub event_id: String,
}

impl Stored for Started {}
impl Stored for Renewed {}
impl Stored for Paused {}
impl Stored for Resumed {}
impl Stored for Cancelled {}
impl Stored for PaymentRecorded {}
