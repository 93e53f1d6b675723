//! What can be asked of a subscription. Starting one writes its contact too; that half is `contact::attach`.

use super::{Cancelled, Paused, PaymentRecorded, Renewed, Resumed, Started, SubscriptionEvent, SubscriptionState};
use crate::{
    calendar,
    ids::{AccountId, ProductId},
    product::ProductState,
    refusal::{Check, Code, Refusal, Refusals},
    remedy::{DateFault, Remedy},
    text::{NAME_MAX, required_line},
    values::{Billing, PaymentState, check_date},
};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;

/// Longest id of a payment system's fact, in characters.
const EVENT_ID_MAX: usize = 200;

/// Starts a subscription to a product.
#[derive(Debug, Clone)]
pub struct StartSubscription {
    /// Whose it is.
    pub account: AccountId,
    /// To what.
    pub product: ProductId,
    /// The account's own word for the type, 1..200 characters.
    pub kind: String,
    /// Whether it renews.
    pub billing: Billing,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day; none: for ever.
    pub ends_on: Option<NaiveDate>,
}

impl StartSubscription {
    /// Starts it.
    pub fn decide(self, product: &ProductState) -> Result<Vec<SubscriptionEvent>, Refusals> {
        if product.account != self.account {
            return Err(Refusal::at(Code::NotFound, "productId").into());
        }
        let mut check = Check::default();
        if product.archived.is_some() {
            check.refuse(Refusal::at(Code::ProductArchived, "productId"));
        }
        let kind = check.take(required_line("type", &self.kind, NAME_MAX));
        check.take(check_date("startsOn", self.starts_on));
        check.take(last_day(self.starts_on, self.ends_on));
        check.finish()?;
        Ok(vec![
            Started {
                account: self.account,
                product: self.product,
                kind,
                billing: self.billing,
                starts_on: self.starts_on,
                ends_on: self.ends_on,
            }
            .into(),
        ])
    }
}

fn last_day(first: NaiveDate, last: Option<NaiveDate>) -> Result<(), Refusal> {
    match last {
        Some(last) if last < first => Err(Refusal::date("endsOn", DateFault::BeforeFirstDay).with("min", first)),
        Some(last) => check_date("endsOn", last).map(|_| ()),
        None => Ok(()),
    }
}

/// Buys more days. Before the end they follow without a gap; after it, a new period starts on `starts_on`, or today.
#[derive(Debug, Clone)]
pub struct RenewSubscription {
    /// First day, where the subscription has lapsed.
    pub starts_on: Option<NaiveDate>,
    /// Last day; none: for ever.
    pub ends_on: Option<NaiveDate>,
    /// Now.
    pub at: DateTime<Utc>,
}

impl RenewSubscription {
    /// Renews it. `NOT_ALLOWED_NOW` for one that never ends.
    pub fn decide(self, subscription: &SubscriptionState, zone: Tz) -> Result<Vec<SubscriptionEvent>, Refusals> {
        let Some(end) = subscription.ends_on() else {
            return Err(Refusal::not_now(Remedy::NothingToRenew).under("endsOn").into());
        };
        let goes_on = subscription.is_live(self.at, zone)
            || self.starts_on.is_some_and(|day| Some(day) == subscription.day_after_end());
        let starts_on = match self.starts_on {
            _ if goes_on => None,
            Some(day) if day <= end => {
                return Err(Refusal::date("startsOn", DateFault::BeforeEnd)
                    .with("min", subscription.day_after_end().unwrap_or(end))
                    .into());
            }
            Some(day) => Some(check_date("startsOn", day)?),
            None => Some(calendar::day(self.at, zone)),
        };
        if self.ends_on == Some(end) && subscription.cancelled.is_none() {
            return Ok(vec![]);
        }
        last_day(starts_on.unwrap_or(end), self.ends_on)?;
        Ok(vec![Renewed { starts_on, ends_on: self.ends_on }.into()])
    }
}

/// Stops entitlement until it is resumed.
#[derive(Debug, Clone)]
pub struct PauseSubscription {
    /// Now.
    pub at: DateTime<Utc>,
}

impl PauseSubscription {
    /// Pauses it; nothing when it stands still already, `NOT_ALLOWED_NOW` when it has ended.
    pub fn decide(self, subscription: &SubscriptionState, zone: Tz) -> Result<Vec<SubscriptionEvent>, Refusals> {
        if subscription.is_paused() {
            return Ok(vec![]);
        }
        if !subscription.is_live(self.at, zone) {
            return Err(Refusal::not_now(Remedy::RenewSubscription).into());
        }
        Ok(vec![Paused {}.into()])
    }
}

/// Ends a pause.
#[derive(Debug, Clone)]
pub struct ResumeSubscription;

impl ResumeSubscription {
    /// Resumes it; nothing when it does not stand still.
    pub fn decide(self, subscription: &SubscriptionState) -> Result<Vec<SubscriptionEvent>, Refusals> {
        Ok(if subscription.is_paused() { vec![Resumed {}.into()] } else { vec![] })
    }
}

/// Ends a subscription. Paid days stay: it entitles until `ends_on` (row K11).
#[derive(Debug, Clone)]
pub struct CancelSubscription {
    /// Last day; default the end of what was bought, or today where that is for ever.
    pub ends_on: Option<NaiveDate>,
    /// Now.
    pub at: DateTime<Utc>,
}

impl CancelSubscription {
    /// Cancels it; nothing when it was cancelled to that day already.
    pub fn decide(self, subscription: &SubscriptionState, zone: Tz) -> Result<Vec<SubscriptionEvent>, Refusals> {
        let first = subscription.periods.last().map_or_else(|| subscription.starts_on(), |p| p.starts_on);
        let ends_on = match (self.ends_on, subscription.ends_on()) {
            (Some(day), _) => day,
            (None, Some(end)) => end,
            (None, None) => calendar::day(self.at, zone).max(first),
        };
        last_day(first, Some(ends_on))?;
        if subscription.cancelled.is_some() && subscription.ends_on() == Some(ends_on) {
            return Ok(vec![]);
        }
        Ok(vec![Cancelled { ends_on }.into()])
    }
}

/// Records what a payment system says. The same `event_id` twice counts once; the newest `occurred_at` wins (row K22).
#[derive(Debug, Clone)]
pub struct RecordPayment {
    /// In order, late or failed.
    pub state: PaymentState,
    /// Since when; not later than a day after now.
    pub occurred_at: DateTime<Utc>,
    /// The payment system's id of the fact, 1..200 characters.
    pub event_id: String,
    /// Now.
    pub at: DateTime<Utc>,
}

impl RecordPayment {
    /// Records it; nothing when it was recorded before.
    pub fn decide(self, subscription: &SubscriptionState) -> Result<Vec<SubscriptionEvent>, Refusals> {
        let mut check = Check::default();
        let event_id = check.take(required_line("eventId", &self.event_id, EVENT_ID_MAX));
        check.take(check_date("occurredAt", self.occurred_at.date_naive()));
        if self.occurred_at > self.at + Duration::days(1) {
            check.refuse(Refusal::date("occurredAt", DateFault::Future).with("max", self.at.date_naive()));
        }
        check.finish()?;
        if subscription.payments.iter().any(|p| p.event_id == event_id) {
            return Ok(vec![]);
        }
        Ok(vec![PaymentRecorded { state: self.state, occurred_at: self.occurred_at, event_id }.into()])
    }
}
