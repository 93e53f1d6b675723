//! Who may open what, since when, and why: five gates in order, one pure function.
//!
//! [`decide_access`] reads states and nothing else: no clock, no database. Asked about the past it is given the states of then; asked about the
//! future it projects today's. Each gate has its file: `person.rs` (gates 1 and 2), `mode.rs` (3), `opening.rs` (4) with `anchor.rs` (the order
//! date), `drip.rs` (5). `could.rs` asks over a stretch of time. What is answered is in `decision.rs`; French and English are made from it at the edge.
//!
//! Two laws hold whatever is recorded, and are tested as such: while access is unbroken the order date never moves later, and a change of a
//! product's schedule never locks a module that was open. Both rest on one thing: the past of an access only grows (`SubscriptionState::entitled`).

mod anchor;
mod could;
mod decision;
mod drip;
mod mode;
mod opening;
mod person;
#[cfg(test)]
mod tests;

pub use could::{Could, Story, could_open};
pub use decision::{Anchor, AnchorKind, Decision, Detail, Gate, GateVerdict, ModuleOpening, Reason};

use crate::{
    account::AccountState,
    contact::{Access, ContactState, Since},
    ids::{ProductId, SubscriptionId},
    product::ProductState,
    subscription::SubscriptionState,
    timeline::{Instant, Interval, Intervals},
};
use anchor::Anchors;
use drip::Drip;
use mode::Right;
use opening::Setting;
use std::collections::BTreeMap;

/// What the decision is made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Who asks; none: nobody known here.
    pub contact: Option<&'a ContactState>,
    /// The account that answers. Contacts and products of another count as unknown.
    pub account: &'a AccountState,
    /// What is asked for.
    pub product_id: ProductId,
    /// Its state; none: no product known here.
    pub product: Option<&'a ProductState>,
    /// The subscriptions to this product in the contact's attachments, detached ones too. One that is missing entitles to nothing.
    pub subscriptions: &'a BTreeMap<SubscriptionId, &'a SubscriptionState>,
}

/// Decides. `at` is not before any fact that is given: it is the present, a future on which today's facts are projected, or a past whose
/// states were folded up to it.
pub fn decide_access(facts: &Facts<'_>, at: Instant) -> Decision {
    let account = facts.account;
    let contact = facts.contact.filter(|contact| contact.account == account.id);
    let product = facts.product.filter(|product| product.account == account.id);
    let recorded = contact.zip(product).and_then(|(contact, _)| contact.accesses.get(&facts.product_id));

    let mut trace = Vec::with_capacity(5);
    trace.push(person::member(contact, account.time_zone, at));
    trace.push(person::validated(contact));
    let (Some(contact), Some(product), Some(access)) =
        (contact, product, recorded.filter(|access| access.is_granted()))
    else {
        trace.push(mode::not_granted(product.is_some(), recorded));
        trace.push(opening::nothing());
        let (drip, modules) = drip::locked(product);
        trace.push(drip);
        return Decision {
            open: false,
            reason: reason(&trace),
            opens_at: None,
            accessible_since: None,
            anchor: None,
            trace,
            modules,
        };
    };

    let right = Right::of(contact, account, facts, access);
    trace.push(right.verdict(at));

    let run = right.run_at(at);
    let anchors = Anchors::of(&right, run, at);
    let current = Setting::current(access);
    let order = current.order(&anchors, right.zone);
    trace.push(current.verdict(order, right.zone, at));

    let reason = reason(&trace);
    let open = reason == Reason::Open;
    let let_in = person::since(contact);
    let opens_at = if open {
        Some(current.opens(order, right.zone))
    } else if trace.iter().take(2).all(|gate| gate.passed) {
        // What would open after a membership's last day never does.
        next_opening(&right, &current, at)
            .filter(|opens| person::let_in_until(contact, account.time_zone).is_none_or(|end| *opens < end))
    } else {
        None
    };
    let accessible_since =
        run.filter(|_| open).and_then(|run| accessible_since(access, &anchors, &right, run, let_in, at));
    let (drip, modules) = Drip::of(product, &current, order, &right).modules(product, open, opens_at, at);
    trace.push(drip);
    Decision { open, reason, opens_at, accessible_since, anchor: Some(current.anchor(order)), trace, modules }
}

/// What closes the product: the first of the gates 1 to 4 that does not let through.
fn reason(trace: &[GateVerdict]) -> Reason {
    trace.iter().take(4).find(|gate| !gate.passed).map_or(Reason::Open, |gate| gate.detail.reason())
}

/// The next instant at which gates 3 and 4 both let through, as far as today's facts say.
fn next_opening(right: &Right<'_>, current: &Setting<'_>, at: Instant) -> Option<Instant> {
    right.pass.iter().filter(|run| run.until.is_none_or(|until| at < until)).find_map(|run| {
        let opened = current.opened(&Anchors::of(right, Some(run), Instant::MAX_UTC), right.zone);
        Some(opened.max(run.from).max(at)).filter(|from| run.contains(*from))
    })
}

/// Where the open interval around `at` began. Each opening and order date counts for the time it was in force.
fn accessible_since(
    access: &Access,
    anchors: &Anchors,
    right: &Right<'_>,
    run: Interval,
    let_in: Instant,
    at: Instant,
) -> Option<Instant> {
    let settings = Setting::all(access);
    let open = Intervals::of(settings.iter().map(|setting| {
        let from = setting.opened(anchors, right.zone).max(run.from).max(let_in);
        setting.during.meet(&Interval { from, until: run.until })
    }));
    open.covering(at).map(|interval| interval.from)
}

/// Values with the times they were in force; the last one still is.
fn in_force<T>(values: &[Since<T>]) -> impl Iterator<Item = (&Since<T>, Interval)> {
    let until = values.iter().skip(1).map(|next| Some(next.since.at)).chain([None]);
    values.iter().zip(until).map(|(value, until)| (value, Interval { from: value.since.at, until }))
}
