//! What a subscription's events add up to, and when it entitles (gate 3).

use super::events::SubscriptionEvent;
use crate::{
    calendar,
    fold::Fact,
    ids::{AccountId, ProductId},
    timeline::{Instant, Interval, Intervals},
    values::{Billing, PaymentState},
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Days that were bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day; none: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<NaiveDate>,
}

/// A time without entitlement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pause {
    /// When and by whom it was paused.
    pub from: Fact,
    /// When it went on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Fact>,
}

/// A fact about its payments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    /// In order, late or failed.
    pub state: PaymentState,
    /// Since when.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub occurred_at: DateTime<Utc>,
    /// The payment system's id of the fact.
    pub event_id: String,
    /// When it was recorded here.
    pub recorded: Fact,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubscriptionState {
    /// Whose it is.
    pub account: AccountId,
    /// To what.
    pub product: ProductId,
    /// The account's own word for the type of subscription.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it renews.
    pub billing: Billing,
    /// The periods bought, oldest first; never empty.
    pub periods: Vec<Period>,
    /// Its pauses, oldest first.
    pub pauses: Vec<Pause>,
    /// Payment facts in the order they occurred.
    pub payments: Vec<Payment>,
    /// Since when it no longer renews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Fact>,
    /// When it was started.
    pub started: Fact,
    /// Its last change.
    pub changed: Fact,
}

impl SubscriptionState {
    /// The state after the first event; `None` when that is not a start.
    pub fn first(event: &SubscriptionEvent, fact: Fact) -> Option<SubscriptionState> {
        let SubscriptionEvent::Started(e) = event else { return None };
        Some(SubscriptionState {
            account: e.account,
            product: e.product,
            kind: e.kind.clone(),
            billing: e.billing,
            periods: vec![Period { starts_on: e.starts_on, ends_on: e.ends_on }],
            pauses: Vec::new(),
            payments: Vec::new(),
            cancelled: None,
            started: fact,
            changed: fact,
        })
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &SubscriptionEvent, fact: Fact) {
        self.changed = fact;
        match event {
            SubscriptionEvent::Started(_) => {}
            SubscriptionEvent::Renewed(e) => {
                self.cancelled = None;
                match (e.starts_on, self.periods.last_mut()) {
                    (None, Some(last)) => last.ends_on = e.ends_on,
                    (starts_on, _) => self.periods.push(Period { starts_on: starts_on.unwrap_or_default(), ends_on: e.ends_on }),
                }
            }
            SubscriptionEvent::Paused(_) => self.pauses.push(Pause { from: fact, until: None }),
            SubscriptionEvent::Resumed(_) => {
                if let Some(pause) = self.pauses.last_mut() {
                    pause.until.get_or_insert(fact);
                }
            }
            SubscriptionEvent::Cancelled(e) => {
                self.cancelled = Some(fact);
                if let Some(last) = self.periods.last_mut() {
                    last.ends_on = Some(e.ends_on);
                }
            }
            SubscriptionEvent::PaymentRecorded(e) => {
                let payment =
                    Payment { state: e.state, occurred_at: e.occurred_at, event_id: e.event_id.clone(), recorded: fact };
                let place = self.payments.partition_point(|p| p.occurred_at <= e.occurred_at);
                self.payments.insert(place, payment);
            }
        }
    }

    /// First day of the first period.
    pub fn starts_on(&self) -> NaiveDate {
        self.periods.first().map_or(NaiveDate::default(), |p| p.starts_on)
    }

    /// Last day of the last period; none: for ever.
    pub fn ends_on(&self) -> Option<NaiveDate> {
        self.periods.last().and_then(|p| p.ends_on)
    }

    /// Whether it stands still now.
    pub fn is_paused(&self) -> bool {
        self.pauses.last().is_some_and(|p| p.until.is_none())
    }

    /// The newest payment fact.
    pub fn payment(&self) -> Option<&Payment> {
        self.payments.last()
    }

    /// Whether days are still to come at `at`, paid or not: such a subscription keeps its contacts from being deleted (row U9).
    pub fn is_live(&self, at: Instant, zone: Tz) -> bool {
        self.ends_on().is_none_or(|day| at < calendar::midnight_after(day, zone))
    }

    /// When it entitles: its periods, less its pauses, less the times a failed or too long overdue payment was the newest fact.
    pub fn entitled(&self, zone: Tz, grace_days: u32) -> Intervals {
        let bought = Intervals::of(self.periods.iter().map(|p| Interval {
            from: calendar::midnight(p.starts_on, zone),
            until: p.ends_on.map(|day| calendar::midnight_after(day, zone)),
        }));
        let paused = Intervals::of(self.pauses.iter().map(|p| Interval { from: p.from.at, until: p.until.map(|f| f.at) }));
        let unpaid = Intervals::of(self.payments.iter().enumerate().filter_map(|(index, payment)| {
            let until = self.payments.get(index + 1).map(|next| next.occurred_at);
            match payment.state {
                PaymentState::Paid => None,
                PaymentState::Failed => Some(Interval { from: payment.occurred_at, until }),
                PaymentState::PastDue => {
                    Some(Interval { from: calendar::plus_days(self.overdue_since(index), grace_days, zone).max(payment.occurred_at), until })
                }
            }
        }));
        bought.minus(&paused).minus(&unpaid)
    }

    /// When the run of late payments that `payments[index]` belongs to began: a reminder does not grant new grace days.
    fn overdue_since(&self, index: usize) -> Instant {
        let run = self.payments[..=index].iter().rev().take_while(|p| p.state == PaymentState::PastDue);
        run.last().map_or_else(DateTime::default, |p| p.occurred_at)
    }

    /// The event that last changed what it entitles to, for the trace.
    pub fn last_fact(&self) -> Fact {
        self.changed
    }

    /// The day after its last, for a renewal without a gap.
    pub fn day_after_end(&self) -> Option<NaiveDate> {
        self.ends_on().and_then(|day| day.checked_add_days(Days::new(1)))
    }
}
