//! Gate 4: when the content opens, by the opening that is in force.

use super::{
    anchor::Anchors,
    decision::{Anchor, AnchorKind, Detail, Gate, GateVerdict},
    in_force,
};
use crate::{
    calendar,
    contact::{Access, Opening},
    fold::Fact,
    timeline::{Instant, Interval},
};
use chrono::NaiveDate;
use chrono_tz::Tz;

/// An opening and an order date, while both were in force.
pub(super) struct Setting<'a> {
    pub during: Interval,
    pub opening: &'a Opening,
    /// The event that set the opening.
    pub set: Fact,
    ordered_on: Option<NaiveDate>,
    /// The event that set the order date.
    ordered: Fact,
}

/// Gate 4 where nothing is granted.
pub(super) fn nothing() -> GateVerdict {
    GateVerdict::new(Gate::Opening, false, Detail::NothingToOpen, None)
}

impl<'a> Setting<'a> {
    /// What is in force now.
    pub fn current(access: &'a Access) -> Setting<'a> {
        let set = access.openings.last().map_or(access.granted, |opening| opening.since);
        let ordered = access.order_dates.last().map_or(access.granted, |date| date.since);
        let during = Interval { from: set.at.max(ordered.at), until: None };
        Setting { during, opening: access.opening(), set, ordered_on: access.ordered_on, ordered }
    }

    /// Everything that was in force at some time, in order.
    pub fn all(access: &'a Access) -> Vec<Setting<'a>> {
        if access.openings.len() < 2 && access.order_dates.len() < 2 {
            return vec![Setting::current(access)];
        }
        let mut all = Vec::new();
        for (opening, opening_in_force) in in_force(&access.openings) {
            for (date, date_in_force) in in_force(&access.order_dates) {
                let during = opening_in_force.meet(&date_in_force);
                if !during.is_empty() {
                    let (opening, set) = (&opening.value, opening.since);
                    all.push(Setting { during, opening, set, ordered_on: date.value, ordered: date.since });
                }
            }
        }
        all
    }

    /// The order date by this setting: the one given, else the one that follows from subscriptions and grant.
    pub fn order(&self, anchors: &Anchors, zone: Tz) -> Anchor {
        let given =
            self.ordered_on.map(|day| Anchor { kind: AnchorKind::OrderDate, at: calendar::midnight(day, zone) });
        given.or_else(|| anchors.latest()).unwrap_or(Anchor { kind: AnchorKind::GrantDate, at: self.during.from })
    }

    /// What delays count from: the order date, unless a date was chosen.
    pub fn anchor(&self, order: Anchor) -> Anchor {
        match self.opening {
            Opening::FromDate { date, zone } => {
                Anchor { kind: AnchorKind::ChosenDate, at: calendar::midnight(*date, *zone) }
            }
            Opening::FromOrderDate | Opening::Full | Opening::Advanced(_) => order,
        }
    }

    /// Where the days of delays begin: in the zone frozen with a chosen date, else in the account's.
    pub fn zone(&self, account: Tz) -> Tz {
        if let Opening::FromDate { zone, .. } = self.opening { *zone } else { account }
    }

    /// When the content opens by this setting, for an order date.
    pub fn opens(&self, order: Anchor, zone: Tz) -> Instant {
        match self.opening {
            Opening::FromOrderDate => order.at,
            Opening::Full => self.set.at,
            Opening::FromDate { date, zone } => calendar::midnight(*date, *zone).max(self.set.at),
            Opening::Advanced(advance) => order.at.min(calendar::minus(order.at, *advance, zone).max(self.set.at)),
        }
    }

    /// When the content really opened by this setting: an order date counts from when it held, not before.
    pub fn opened(&self, anchors: &Anchors, zone: Tz) -> Instant {
        let order = self.order(anchors, zone);
        match self.opening {
            Opening::FromOrderDate | Opening::Advanced(_) if self.ordered_on.is_none() => {
                anchors.iter().map(|(from, order)| from.max(self.opens(order, zone))).min().unwrap_or(order.at)
            }
            _ => self.opens(order, zone),
        }
    }

    /// What gate 4 says at `at`.
    pub fn verdict(&self, order: Anchor, zone: Tz, at: Instant) -> GateVerdict {
        let opens = self.opens(order, zone);
        let detail = match self.opening {
            Opening::FromOrderDate => Detail::FromOrderDate { anchor: order.kind, opens },
            Opening::Full => Detail::Full { since: opens },
            Opening::Advanced(advance) => Detail::Advanced { advance: *advance, planned: order.at, opens },
            Opening::FromDate { date, zone } => Detail::FromDate { date: *date, zone: *zone, opens },
        };
        let by_order_date = matches!(self.opening, Opening::FromOrderDate | Opening::Advanced(_));
        let fact = if by_order_date && self.ordered.version > self.set.version { self.ordered } else { self.set };
        GateVerdict::new(Gate::Opening, opens <= at, detail, Some(fact))
    }
}
