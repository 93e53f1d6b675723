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

/// Days as they were bought before a cancellation took some of them back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Former {
    /// The days.
    pub period: Period,
    /// The cancellation: until then these days counted, also those that it took back.
    pub until: Fact,
}

/// Whether a subscription entitles, and if not, why: its own half of gate 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It entitles.
    Entitled,
    /// Its first day is still to come.
    NotBegun {
        /// When that day begins.
        begins: Instant,
    },
    /// Its last day is over.
    Ended {
        /// When that day ended.
        ended: Instant,
    },
    /// It was cancelled, and its last day is over.
    Cancelled {
        /// When that day ended, or when it was cancelled where that was later.
        ended: Instant,
    },
    /// It stands still.
    Paused,
    /// Its newest payment fact is a failure.
    PaymentFailed,
    /// Its payment is late, and the grace days are over.
    PaymentOverdue {
        /// Since when they are over.
        since: Instant,
    },
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
    /// Days that a cancellation took back after they had counted; see [`Former`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Former>,
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
            former: Vec::new(),
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
                    (starts_on, _) => {
                        self.periods.push(Period { starts_on: starts_on.unwrap_or_default(), ends_on: e.ends_on })
                    }
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
                    if last.ends_on.is_none_or(|end| e.ends_on < end) {
                        self.former.push(Former { period: last.clone(), until: fact });
                    }
                    last.ends_on = Some(e.ends_on);
                }
            }
            SubscriptionEvent::PaymentRecorded(e) => {
                let payment = Payment {
                    state: e.state,
                    occurred_at: e.occurred_at,
                    event_id: e.event_id.clone(),
                    recorded: fact,
                };
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
    ///
    /// What is recorded late may fill a gap, and never takes back what was open: a failure or a cancellation dated back acts from when it
    /// was recorded. So the past only grows, and nothing that follows from it (the order date of an unbroken access, days counted) moves later.
    pub fn entitled(&self, zone: Tz, grace_days: u32) -> Intervals {
        let formerly = self.former.iter().map(|f| {
            bought(&f.period, zone).meet(&Interval { from: DateTime::<Utc>::MIN_UTC, until: Some(f.until.at) })
        });
        let mut entitled = Intervals::of(self.periods.iter().map(|p| bought(p, zone)).chain(formerly));
        if !self.pauses.is_empty() {
            entitled = entitled.minus(&Intervals::of(
                self.pauses.iter().map(|p| Interval { from: p.from.at, until: p.until.map(|f| f.at) }),
            ));
        }
        if self.payments.iter().any(|p| p.state != PaymentState::Paid) {
            entitled = entitled.minus(&self.unpaid(zone, grace_days));
        }
        entitled
    }

    /// The times that every account of them, from then on, calls unpaid.
    fn unpaid(&self, zone: Tz, grace_days: u32) -> Intervals {
        let mut recorded: Vec<Fact> = self.payments.iter().map(|p| p.recorded).collect();
        recorded.sort_by_key(|fact| fact.version);
        recorded.into_iter().fold(Intervals::never(), |unpaid, fact| {
            unpaid.union(&Intervals::between(fact.at, None)).intersect(&self.unpaid_as_known(
                fact.version,
                zone,
                grace_days,
            ))
        })
    }

    /// The times without payment, by the facts up to a version. A reminder does not grant new grace days: they count from the first of a
    /// run of late payments.
    fn unpaid_as_known(&self, version: u64, zone: Tz, grace_days: u32) -> Intervals {
        let mut known = self.payments.iter().filter(|p| p.recorded.version <= version).peekable();
        let mut grace_over = None;
        let mut parts = Vec::new();
        while let Some(payment) = known.next() {
            let from = match payment.state {
                PaymentState::PastDue => {
                    *grace_over.get_or_insert_with(|| calendar::plus_days(payment.occurred_at, grace_days, zone))
                }
                PaymentState::Paid | PaymentState::Failed => {
                    grace_over = None;
                    payment.occurred_at
                }
            };
            if payment.state != PaymentState::Paid {
                parts.push(Interval {
                    from: from.max(payment.occurred_at),
                    until: known.peek().map(|next| next.occurred_at),
                });
            }
        }
        Intervals::of(parts)
    }

    /// Whether it entitles at `at`, and the event that decides so. `at` is not before any of its facts.
    pub fn standing(&self, at: Instant, zone: Tz, grace_days: u32) -> (Standing, Fact) {
        let days = |p: &Period| bought(p, zone);
        if !self.periods.iter().any(|p| days(p).contains(at)) {
            return match self.periods.iter().rev().find_map(|p| days(p).until.filter(|ended| *ended <= at)) {
                Some(ended) => match self.cancelled {
                    Some(fact) => (
                        Standing::Cancelled { ended: ended.max(self.former.last().map_or(ended, |f| f.until.at)) },
                        fact,
                    ),
                    None => (Standing::Ended { ended }, self.changed),
                },
                None => (Standing::NotBegun { begins: calendar::midnight(self.starts_on(), zone) }, self.changed),
            };
        }
        if let Some(pause) = self.pauses.iter().find(|p| p.from.at <= at && p.until.is_none_or(|until| at < until.at)) {
            return (Standing::Paused, pause.from);
        }
        match self.payments.iter().rev().find(|p| p.occurred_at <= at) {
            Some(p) if p.state == PaymentState::Failed => (Standing::PaymentFailed, p.recorded),
            Some(p) if p.state == PaymentState::PastDue => {
                match self.unpaid_as_known(u64::MAX, zone, grace_days).covering(at) {
                    Some(unpaid) => (Standing::PaymentOverdue { since: unpaid.from }, p.recorded),
                    None => (Standing::Entitled, self.changed),
                }
            }
            _ => (Standing::Entitled, self.changed),
        }
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

/// The days of a period, from midnight to midnight.
fn bought(period: &Period, zone: Tz) -> Interval {
    Interval {
        from: calendar::midnight(period.starts_on, zone),
        until: period.ends_on.map(|day| calendar::midnight_after(day, zone)),
    }
}
