//! The order date: what the content opens at, and what the delays of modules count from.
//!
//! It belongs to one unbroken time of access. An order is a subscription that entitles in that time, or is still to begin: its first day counts,
//! whenever it was attached. A grant by hand is an order of its own moment. Where neither was there when access began, the first day of a
//! subscription attached then stands in (it may be over, or unpaid), else the grant. Whatever joins later can only bring the date forward:
//! detaching, cancelling or failing leaves it.

use super::{
    decision::{Anchor, AnchorKind},
    mode::Right,
};
use crate::{
    contact::Grantor,
    timeline::{Instant, Interval},
};

/// The order dates of one unbroken time of access: each earlier than the one before, with the instant from which it held.
pub(super) struct Anchors(Vec<(Instant, Anchor)>);

impl Anchors {
    /// Those of `run` that hold by `at`, or by the run's beginning if that is later. Without any access: what it would be at `at`.
    pub fn of(right: &Right<'_>, run: Option<Interval>, at: Instant) -> Anchors {
        let grant = Anchor { kind: AnchorKind::GrantDate, at: right.access.granted.at };
        let stands_in = |when: Instant| {
            let attached = right.counted.iter().filter(|c| c.attached(when)).map(|c| c.starts).min();
            attached.map_or(grant, |at| Anchor { kind: AnchorKind::OrderDate, at })
        };
        let Some(run) = run else { return Anchors(vec![(at, stands_in(at))]) };

        let by = at.max(run.from);
        let mut orders: Vec<(Instant, Anchor)> = Vec::with_capacity(right.counted.len() + 1);
        for counted in &right.counted {
            let joined = counted.entitled.iter().map(|interval| interval.meet(&run)).find(|part| !part.is_empty());
            if let Some(part) = joined.filter(|part| part.from <= by) {
                orders.push((part.from, Anchor { kind: AnchorKind::OrderDate, at: counted.starts }));
            }
        }
        if right.access.by == Grantor::Manual && run.contains(grant.at) {
            orders.push((grant.at, grant));
        }
        if orders.iter().all(|(from, _)| *from > run.from) {
            orders.push((run.from, stands_in(run.from)));
        }
        // An order to come counts as soon as it is attached.
        for counted in &right.counted {
            let from = counted.attachment.attached.at.max(run.from);
            if from < counted.starts && run.contains(from) && counted.attached(from) {
                orders.push((from, Anchor { kind: AnchorKind::OrderDate, at: counted.starts }));
            }
        }
        // The earliest; of the same instant an order before the grant.
        let rank = |anchor: &Anchor| (anchor.at, anchor.kind);
        orders.sort_by_key(|(from, anchor)| (*from, rank(anchor)));
        let mut steps: Vec<(Instant, Anchor)> = Vec::with_capacity(orders.len());
        for order in orders {
            if steps.last().is_none_or(|(_, earlier)| rank(&order.1) < rank(earlier)) {
                steps.push(order);
            }
        }
        Anchors(steps)
    }

    /// The one that holds last: the earliest.
    pub fn latest(&self) -> Option<Anchor> {
        self.0.last().map(|(_, anchor)| *anchor)
    }

    /// Each with the instant from which it held.
    pub fn iter(&self) -> impl Iterator<Item = (Instant, Anchor)> + '_ {
        self.0.iter().copied()
    }
}
