//! What delays count from (gate 4 of `domain.md`): while access is unbroken the order date never moves later.

use super::story::{grant, story, sub};
use crate::{
    access::{Anchor, AnchorKind, Detail, Gate},
    testing::at,
    values::{AccessMode::*, PaymentState::*},
};

fn order(day: &str) -> Option<Anchor> {
    Some(Anchor { kind: AnchorKind::OrderDate, at: at(day) })
}

#[test]
fn k15_a_second_subscription_that_takes_over_keeps_the_first_ones_date() {
    let given = story()
        .at("2026-01-01T09:00:00Z")
        .subscribes(1, "2026-01-01", Some("2026-03-10"))
        .at("2026-03-01T09:00:00Z")
        .subscribes(2, "2026-03-01", None);
    let first = order("2025-12-31T23:00:00Z");
    assert_eq!(given.asked("2026-05-01T00:00:00Z").anchor, first);
    let detached = given.at("2026-04-01T09:00:00Z").detached(1);
    assert_eq!(detached.asked("2026-05-01T00:00:00Z").anchor, first, "also when it is detached");
}

#[test]
fn k15_after_a_break_the_next_subscription_is_a_new_order() {
    let given = story()
        .modules(&[(1, 0), (2, 20)])
        .at("2026-01-01T09:00:00Z")
        .subscribes(1, "2026-01-01", Some("2026-01-31"))
        .subscribes(2, "2026-06-01", None);
    assert_eq!(given.asked("2026-01-20T00:00:00Z").anchor, order("2025-12-31T23:00:00Z"));
    let between = given.asked("2026-03-01T00:00:00Z");
    assert_eq!(between.anchor, order("2026-05-31T22:00:00Z"), "between the two the next one counts");
    assert_eq!(between.lesson(2).opens_at, Some(at("2026-06-20T22:00:00Z")));
}

#[test]
fn k15_after_a_pause_the_same_subscription_keeps_its_date() {
    let given = story()
        .at("2026-01-01T09:00:00Z")
        .subscribes(1, "2026-01-01", None)
        .at("2026-02-01T09:00:00Z")
        .paused(1)
        .at("2026-03-01T09:00:00Z")
        .resumed(1);
    assert_eq!(given.asked("2026-03-01T09:00:00Z").anchor, order("2025-12-31T23:00:00Z"));
}

#[test]
fn k15_an_older_order_that_joins_brings_the_date_forward_from_then_on() {
    let given = story()
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-06-01", None)
        .mode(Activated)
        .at("2026-04-01T09:00:00Z")
        .subscribes(2, "2026-01-15", None);
    assert_eq!(given.asked("2026-03-15T00:00:00Z").anchor, order("2026-05-31T22:00:00Z"));
    let then = given.asked("2026-04-02T00:00:00Z");
    assert_eq!(then.anchor, order("2026-01-14T23:00:00Z"));
    assert_eq!(then.accessible_since, Some(at("2026-04-01T09:00:00Z")), "it was closed until that order joined");
}

#[test]
fn k15_of_several_orders_to_come_the_earliest_counts_as_soon_as_it_is_attached() {
    let given = story()
        .modules(&[(1, 10)])
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-06-01", None)
        .mode(Activated)
        .at("2026-04-01T09:00:00Z")
        .subscribes(2, "2026-05-01", None);
    let then = given.asked("2026-04-02T00:00:00Z");
    assert_eq!((then.anchor, then.opens_at), (order("2026-04-30T22:00:00Z"), Some(at("2026-04-30T22:00:00Z"))));
    assert_eq!(then.lesson(1).opens_at, Some(at("2026-05-10T22:00:00Z")));
    let detached = given.at("2026-04-03T09:00:00Z").detached(2).asked("2026-04-04T00:00:00Z");
    assert_eq!(detached.anchor, order("2026-04-30T22:00:00Z"), "what was said stays");
}

#[test]
fn k15_an_order_that_is_paid_from_tomorrow_joins_tomorrow() {
    let given = story()
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-06-01", None)
        .mode(Activated)
        .at("2026-04-01T09:00:00Z")
        .subscribes(2, "2026-01-15", None)
        .late_payment(2, Failed, "2026-03-01T00:00:00Z")
        .late_payment(2, Paid, "2026-04-02T00:00:00Z");
    let then = given.asked("2026-04-01T09:00:00Z");
    assert_eq!((then.anchor, then.opens_at), (order("2026-05-31T22:00:00Z"), Some(at("2026-04-02T00:00:00Z"))));
    assert_eq!(given.asked("2026-04-02T00:00:00Z").anchor, order("2026-01-14T23:00:00Z"));
}

#[test]
fn k15_a_later_order_does_not_move_a_grant_that_is_open() {
    let given = story()
        .at("2026-03-01T09:00:00Z")
        .granted(grant(Suspended))
        .at("2026-03-05T09:00:00Z")
        .mode(Activated)
        .at("2026-03-10T09:00:00Z")
        .subscribes(1, "2026-06-01", None);
    let then = given.asked("2026-03-11T00:00:00Z");
    assert_eq!(then.anchor, Some(Anchor { kind: AnchorKind::GrantDate, at: at("2026-03-01T09:00:00Z") }));
    assert_eq!((then.open, then.accessible_since), (true, Some(at("2026-03-05T09:00:00Z"))));
}

#[test]
fn k15_what_is_recorded_late_takes_nothing_back() {
    let given = story()
        .modules(&[(1, 30)])
        .at("2026-01-01T09:00:00Z")
        .subscribes(1, "2026-01-01", None)
        .at("2026-03-01T09:00:00Z")
        .subscribes(2, "2026-03-01", None)
        .at("2026-04-10T09:00:00Z");
    // In April it is learnt that the first subscription had failed, or was cancelled, in February. The second one kept the access open.
    for given in
        [given.clone().late_payment(1, Failed, "2026-02-05T00:00:00Z"), given.clone().cancelled(1, Some("2026-02-05"))]
    {
        let then = given.asked("2026-04-11T00:00:00Z");
        assert_eq!(then.anchor, order("2025-12-31T23:00:00Z"));
        assert_eq!(then.accessible_since, Some(at("2026-01-01T09:00:00Z")));
        assert!(then.lesson(1).open);
    }
    let cancelled = story()
        .at("2026-01-01T09:00:00Z")
        .subscribes(1, "2026-01-01", None)
        .at("2026-04-10T09:00:00Z")
        .cancelled(1, Some("2026-02-05"));
    assert!(cancelled.asked("2026-04-10T08:59:59Z").open);
    let then = cancelled.asked("2026-04-10T09:00:00Z");
    let ended = at("2026-04-10T09:00:00Z");
    assert_eq!(then.gate(Gate::Mode).detail, Detail::SubscriptionCancelled { subscription: sub(1), ended });
}

#[test]
fn k15_a_renewal_recorded_late_goes_on_without_a_gap() {
    let given = story()
        .at("2026-01-01T09:00:00Z")
        .subscribes(1, "2026-01-01", Some("2026-01-31"))
        .at("2026-02-03T09:00:00Z")
        .renewed(1, Some("2026-02-01"), Some("2026-02-28"));
    assert!(!given.asked("2026-02-02T00:00:00Z").open, "by the facts of then it was over");
    let then = given.asked("2026-02-04T00:00:00Z");
    assert_eq!(then.accessible_since, Some(at("2026-01-01T09:00:00Z")));
}

#[test]
fn k15_an_order_date_given_by_hand_is_the_order_date() {
    let given = story().at("2026-03-01T09:00:00Z").subscribes(1, "2026-03-01", None).ordered_on(Some("2026-03-20"));
    assert_eq!(given.asked("2026-03-02T00:00:00Z").anchor, order("2026-03-19T23:00:00Z"));
    assert_eq!(given.asked("2026-03-02T00:00:00Z").opens_at, Some(at("2026-03-19T23:00:00Z")));
    let cleared = given.ordered_on(None);
    assert_eq!(cleared.asked("2026-03-02T00:00:00Z").anchor, order("2026-02-28T23:00:00Z"));
}
