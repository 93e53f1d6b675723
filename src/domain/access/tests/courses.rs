//! Rows K3 to K22, as far as they decide who may open what.

use super::story::{Story, from_date, grant, module, story, sub};
use crate::{
    access::{AnchorKind, Detail, Gate, Reason},
    account::SetPolicies,
    contact::{GrantAccess, OpeningChoice},
    testing::at,
    values::{AccessMode::*, DripClock, PaymentState::*, PeriodUnit},
};

const NOON: &str = "2026-03-02T11:00:00Z";

#[test]
fn k3_suspended_and_not_yet_open_accesses_are_told_too_with_what_stands_in_the_way() {
    let given = story().at(NOON).granted(GrantAccess { opening: Some(from_date("2026-06-01")), ..grant(Suspended) });

    let then = given.asked(NOON);

    assert_eq!((then.open, then.reason), (false, Reason::Suspended));
    let gates: Vec<_> = then.trace.iter().map(|v| (v.gate, v.passed, v.detail.code())).collect();
    assert_eq!(
        gates,
        [
            (Gate::Contact, true, "MEMBER"),
            (Gate::Validation, true, "NO_REGISTRATION"),
            (Gate::Mode, false, "SUSPENDED"),
            (Gate::Opening, false, "FROM_DATE"),
            (Gate::Drip, true, "NO_MODULES"),
        ]
    );
}

#[test]
fn k4_a_grant_by_hand_opens_at_once_whatever_the_payments() {
    let given = story().at(NOON).granted(grant(Activated));
    let then = given.asked(NOON);
    assert_eq!((then.open, then.reason), (true, Reason::Open));
    assert_eq!(then.accessible_since, Some(at(NOON)));
}

#[test]
fn k5_a_product_of_nobody_is_closed_and_nothing_panics() {
    let then = story().at(NOON).granted(grant(Activated)).asked("2019-01-01T00:00:00Z");
    assert_eq!((then.open, then.reason, then.anchor), (false, Reason::NotGranted, None));
    assert_eq!(then.gate(Gate::Contact).detail, Detail::UnknownContact);
    assert_eq!(then.gate(Gate::Mode).detail, Detail::UnknownProduct);
    assert_eq!(then.trace.len(), 5);
}

#[test]
fn k8_the_date_column_is_since_when_it_is_open_not_when_it_was_granted() {
    // Granted for a later day, suspended for a week in June, opened in full meanwhile.
    let given = story()
        .at(NOON)
        .granted(GrantAccess { opening: Some(from_date("2026-04-01")), ..grant(Activated) })
        .at("2026-05-01T08:00:00Z")
        .opening(OpeningChoice::Full);
    assert_eq!(given.asked("2026-03-20T00:00:00Z").accessible_since, None);
    assert_eq!(given.asked("2026-04-02T00:00:00Z").accessible_since, Some(at("2026-03-31T22:00:00Z")));
    // The new opening went on without a break.
    assert_eq!(given.asked("2026-05-02T00:00:00Z").accessible_since, Some(at("2026-03-31T22:00:00Z")));

    let given = given.at("2026-06-01T08:00:00Z").mode(Suspended).at("2026-06-08T08:00:00Z").mode(Activated);
    assert_eq!(given.asked("2026-06-05T00:00:00Z").accessible_since, None);
    assert_eq!(given.asked("2026-06-09T00:00:00Z").accessible_since, Some(at("2026-06-08T08:00:00Z")));
}

#[test]
fn k8_an_order_date_brought_forward_opens_from_then_not_from_before() {
    let given = story()
        .at(NOON)
        .granted(GrantAccess { ordered_on: Some(crate::testing::day("2026-07-01")), ..grant(Activated) })
        .at("2026-04-01T08:00:00Z")
        .ordered_on(Some("2026-01-01"));
    let then = given.asked("2026-04-02T00:00:00Z");
    assert_eq!(then.accessible_since, Some(at("2026-04-01T08:00:00Z")));
    assert_eq!(then.opens_at, Some(at("2025-12-31T23:00:00Z")), "what gate 4 says is the order date itself");
    assert_eq!(then.gate(Gate::Opening).fact.map(|f| f.at), Some(at("2026-04-01T08:00:00Z")), "who set the order date");
}

#[test]
fn k11_automatic_follows_the_days_that_were_bought() {
    let given = story().at("2026-02-20T09:00:00Z").subscribes(1, "2026-03-01", Some("2026-03-31"));
    // 1 March 00:00 to 1 April 00:00 in Paris; summer time came in between.
    for (time, open) in [
        ("2026-02-28T22:59:59Z", false),
        ("2026-02-28T23:00:00Z", true),
        ("2026-03-31T21:59:59Z", true),
        ("2026-03-31T22:00:00Z", false),
    ] {
        assert_eq!(given.asked(time).open, open, "{time}");
    }
    let before = given.asked("2026-02-25T00:00:00Z");
    assert_eq!((before.reason, before.opens_at), (Reason::NoSubscription, Some(at("2026-02-28T23:00:00Z"))));
    let begins = at("2026-02-28T23:00:00Z");
    assert_eq!(before.gate(Gate::Mode).detail, Detail::SubscriptionNotBegun { subscription: sub(1), begins });
    let within = given.asked("2026-03-15T00:00:00Z");
    let until = Some(at("2026-03-31T22:00:00Z"));
    assert_eq!(within.gate(Gate::Mode).detail, Detail::SubscriptionEntitles { subscription: sub(1), until });
    let after = given.asked("2026-04-02T00:00:00Z");
    assert_eq!((after.reason, after.opens_at), (Reason::NoSubscription, None));
    let ended = at("2026-03-31T22:00:00Z");
    assert_eq!(after.gate(Gate::Mode).detail, Detail::SubscriptionEnded { subscription: sub(1), ended });
}

#[test]
fn k11_cancelled_but_paid_is_open_until_the_end_that_was_paid() {
    let given = story()
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-03-01", Some("2026-03-31"))
        .at("2026-03-10T09:00:00Z")
        .cancelled(1, None);
    assert!(given.asked("2026-03-31T21:59:59Z").open);
    let then = given.asked("2026-04-01T00:00:00Z");
    assert_eq!(then.reason, Reason::NoSubscription);
    let verdict = then.gate(Gate::Mode);
    let ended = at("2026-03-31T22:00:00Z");
    assert_eq!(verdict.detail, Detail::SubscriptionCancelled { subscription: sub(1), ended });
    assert_eq!(verdict.fact.map(|f| f.at), Some(at("2026-03-10T09:00:00Z")), "the cancellation closed it");
}

#[test]
fn k11_several_subscriptions_are_a_union() {
    let given = story()
        .at("2026-01-01T09:00:00Z")
        .subscribes(1, "2026-03-01", Some("2026-03-20"))
        .subscribes(2, "2026-03-10", Some("2026-04-10"))
        .subscribes(3, "2026-05-01", None);
    for (time, open, reason) in [
        ("2026-03-05T00:00:00Z", true, Reason::Open),
        ("2026-03-15T00:00:00Z", true, Reason::Open),
        ("2026-04-05T00:00:00Z", true, Reason::Open),
        ("2026-04-15T00:00:00Z", false, Reason::NoSubscription),
        ("2046-05-15T00:00:00Z", true, Reason::Open),
    ] {
        let then = given.asked(time);
        assert_eq!((then.open, then.reason), (open, reason), "{time}");
    }
    assert_eq!(given.asked("2026-04-05T00:00:00Z").accessible_since, Some(at("2026-02-28T23:00:00Z")));
    assert_eq!(given.asked("2026-04-15T00:00:00Z").opens_at, Some(at("2026-04-30T22:00:00Z")));
}

#[test]
fn k11_pausing_closes_and_resuming_opens() {
    let given = story()
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-03-01", None)
        .at("2026-03-10T09:00:00Z")
        .paused(1)
        .at("2026-03-20T09:00:00Z")
        .resumed(1);
    assert!(given.asked("2026-03-10T08:59:59Z").open);
    let paused = given.asked("2026-03-15T00:00:00Z");
    assert_eq!(paused.gate(Gate::Mode).detail, Detail::SubscriptionPaused { subscription: sub(1) });
    assert_eq!((paused.reason, paused.opens_at), (Reason::NoSubscription, None), "nobody knew when it would go on");
    assert_eq!(given.asked("2026-03-20T09:00:00Z").accessible_since, Some(at("2026-03-20T09:00:00Z")));
}

#[test]
fn k11_without_any_subscription_automatic_is_closed() {
    let then = story().at(NOON).granted(grant(Automatic)).asked("2027-01-01T00:00:00Z");
    assert_eq!((then.open, then.reason, then.opens_at), (false, Reason::NoSubscription, None));
    assert_eq!(then.gate(Gate::Mode).detail, Detail::NoSubscription);
}

#[test]
fn k11_a_subscription_opens_nothing_before_it_was_attached_nor_after_it_was_detached() {
    let given =
        story().at("2026-03-10T09:00:00Z").subscribes(1, "2026-01-01", None).at("2026-04-10T09:00:00Z").detached(1);
    assert_eq!(given.asked("2026-03-20T00:00:00Z").accessible_since, Some(at("2026-03-10T09:00:00Z")));
    assert_eq!(
        given.asked("2026-03-20T00:00:00Z").anchor.map(|a| a.at),
        Some(at("2025-12-31T23:00:00Z")),
        "yet delays count from its first day"
    );
    let then = given.asked("2026-04-11T00:00:00Z");
    assert_eq!(then.gate(Gate::Mode).detail, Detail::SubscriptionDetached { subscription: sub(1) });
    assert_eq!(then.gate(Gate::Mode).fact.map(|f| f.at), Some(at("2026-04-10T09:00:00Z")));
}

#[test]
fn k12_suspended_beats_every_opening_and_payment_and_keeps_the_opening_for_later() {
    let given = story()
        .at(NOON)
        .subscribes(1, "2026-03-01", None)
        .payment(1, Paid)
        .opening(OpeningChoice::Full)
        .at("2026-03-05T09:00:00Z")
        .mode(Suspended);
    for time in ["2026-03-05T09:00:00Z", "2027-01-01T00:00:00Z", "2200-01-01T00:00:00Z"] {
        let then = given.asked(time);
        assert_eq!((then.open, then.reason, then.opens_at), (false, Reason::Suspended, None));
        assert!(then.gate(Gate::Opening).passed, "the opening is as it was: {:?}", then.gate(Gate::Opening));
    }
    let lifted = given.at("2026-04-01T09:00:00Z").mode(Automatic).asked("2026-04-01T09:00:00Z");
    assert_eq!(lifted.accessible_since, Some(at("2026-04-01T09:00:00Z")));
    assert_eq!(lifted.gate(Gate::Opening).detail, Detail::Full { since: at(NOON) });
}

#[test]
fn k13_activated_is_for_ever_whatever_the_payments_and_still_waits_for_its_opening() {
    let given = story()
        .at(NOON)
        .subscribes(1, "2026-03-01", Some("2026-03-31"))
        .mode(Activated)
        .payment(1, Failed)
        .cancelled(1, Some("2026-03-05"));
    assert!(given.asked("2026-03-02T12:00:00Z").open);
    assert!(given.asked("2199-01-01T00:00:00Z").open);
    let waiting = given.opening(from_date("2026-05-01")).asked("2026-04-01T00:00:00Z");
    assert_eq!((waiting.reason, waiting.opens_at), (Reason::NotYetOpen, Some(at("2026-04-30T22:00:00Z"))));
}

#[test]
fn k15_the_order_date_is_the_subscriptions_first_day_or_the_grant_and_says_which() {
    let by_hand = story().at(NOON).granted(grant(Activated)).asked(NOON).anchor.unwrap();
    assert_eq!((by_hand.kind, by_hand.at), (AnchorKind::GrantDate, at(NOON)));

    let ordered = story()
        .at(NOON)
        .granted(GrantAccess { ordered_on: Some(crate::testing::day("2026-02-10")), ..grant(Activated) })
        .asked(NOON)
        .anchor
        .unwrap();
    assert_eq!((ordered.kind, ordered.at), (AnchorKind::OrderDate, at("2026-02-09T23:00:00Z")));

    let several = story().at(NOON).subscribes(1, "2026-03-02", None).subscribes(2, "2026-02-01", None);
    let earliest = several.asked(NOON).anchor.unwrap();
    assert_eq!((earliest.kind, earliest.at), (AnchorKind::OrderDate, at("2026-01-31T23:00:00Z")));
}

#[test]
fn k15_an_order_date_to_come_keeps_an_activated_access_waiting() {
    let given = story().at(NOON).subscribes(1, "2026-06-01", None).mode(Activated);
    let then = given.asked(NOON);
    assert_eq!((then.reason, then.opens_at), (Reason::NotYetOpen, Some(at("2026-05-31T22:00:00Z"))));
    assert!(given.asked("2026-05-31T22:00:00Z").open);
}

#[test]
fn k16_full_access_opens_everything_from_the_moment_it_was_set_later_modules_too() {
    let given = story()
        .modules(&[(1, 0), (2, 30), (3, 300)])
        .at(NOON)
        .granted(grant(Activated))
        .at("2026-03-05T09:00:00Z")
        .opening(OpeningChoice::Full)
        .at("2026-03-06T09:00:00Z")
        .modules(&[(1, 0), (2, 30), (3, 300), (4, 900)]);
    let before = given.asked("2026-03-04T00:00:00Z");
    assert_eq!(before.modules.iter().map(|m| m.open).collect::<Vec<_>>(), [true, false, false]);
    let then = given.asked("2026-03-06T09:00:00Z");
    assert_eq!(then.modules.iter().map(|m| m.open).collect::<Vec<_>>(), [true; 4]);
    assert_eq!(then.lesson(1).opens_at, Some(at(NOON)), "it was open before");
    assert_eq!(then.lesson(3).opens_at, Some(at("2026-03-05T09:00:00Z")));
    assert_eq!(then.gate(Gate::Drip).detail, Detail::ModulesOpened { count: 4 });
}

fn advanced(by: i64, unit: PeriodUnit) -> OpeningChoice {
    OpeningChoice::Advanced { by, unit }
}

#[test]
fn k17_an_advance_brings_the_product_and_every_module_forward_but_not_before_it_was_decided() {
    let given = story()
        .modules(&[(1, 0), (2, 30), (3, 60)])
        .at(NOON)
        .subscribes(1, "2026-04-01", None)
        .mode(Activated)
        .opening(advanced(20, PeriodUnit::Days));
    let then = given.asked("2026-03-03T00:00:00Z");
    // 1 April − 20 days = 12 March; 1 May − 20 days = 11 April; 31 May − 20 days = 11 May.
    assert_eq!(then.opens_at, Some(at("2026-03-11T23:00:00Z")));
    assert_eq!(then.lesson(1).opens_at, Some(at("2026-03-11T23:00:00Z")));
    assert_eq!(then.lesson(2).opens_at, Some(at("2026-04-10T22:00:00Z")));
    assert_eq!(then.lesson(3).opens_at, Some(at("2026-05-10T22:00:00Z")));

    // 45 days would be 15 February: the advance was decided on 2 March, so it opens then.
    let more = given.opening(advanced(45, PeriodUnit::Days));
    let then = more.asked(NOON);
    assert_eq!((then.open, then.opens_at), (true, Some(at(NOON))));
    assert_eq!(then.accessible_since, Some(at(NOON)));
    assert_eq!(then.lesson(2).opens_at, Some(at("2026-03-16T23:00:00Z")));
}

#[test]
fn k17_an_advance_never_delays_what_was_planned_sooner() {
    let given = story().modules(&[(1, 1), (2, 5)]).at(NOON).granted(grant(Activated)).at("2026-03-06T11:00:00Z");
    let then = given.opening(advanced(1, PeriodUnit::Days)).asked("2026-03-06T11:00:00Z");
    assert_eq!(then.lesson(1).opens_at, Some(at("2026-03-03T11:00:00Z")), "open before the advance, and still");
    assert_eq!(then.lesson(2).opens_at, Some(at("2026-03-06T11:00:00Z")));
    assert_eq!(then.opens_at, Some(at(NOON)));
}

#[test]
fn k17_months_count_from_the_planned_day_and_clamp_to_the_end_of_the_month() {
    // Planned: 31 March, and 30 days later 30 April.
    let given = story().modules(&[(1, 0), (2, 30)]).at("2026-01-01T11:00:00Z").subscribes(1, "2026-03-31", None);
    let then = given.mode(Activated).opening(advanced(1, PeriodUnit::Months)).asked("2026-01-02T00:00:00Z");
    assert_eq!(then.opens_at, Some(at("2026-02-27T23:00:00Z")), "31 March − 1 month = 28 February");
    assert_eq!(then.lesson(2).opens_at, Some(at("2026-03-29T22:00:00Z")), "30 April − 1 month = 30 March, not chained");
}

#[test]
fn k17_a_second_advance_replaces_the_first() {
    let given =
        story().at(NOON).subscribes(1, "2026-06-01", None).mode(Activated).opening(advanced(2, PeriodUnit::Months));
    assert_eq!(given.asked(NOON).opens_at, Some(at("2026-03-31T22:00:00Z")));
    let given = given.at("2026-03-03T11:00:00Z").opening(advanced(1, PeriodUnit::Months));
    assert_eq!(given.asked("2026-03-03T11:00:00Z").opens_at, Some(at("2026-04-30T22:00:00Z")));
}

#[test]
fn k18_a_chosen_day_opens_at_its_midnight_in_the_accounts_zone_of_then() {
    let given = Story::of("America/Santiago", DripClock::CalendarDays)
        .modules(&[(1, 0), (2, 7)])
        .at(NOON)
        // Midnight of 6 September does not exist in Santiago: the day begins at 01:00.
        .granted(GrantAccess { opening: Some(from_date("2026-09-06")), ..grant(Activated) });
    let then = given.asked(NOON);
    assert_eq!(then.opens_at, Some(at("2026-09-06T04:00:00Z")));
    assert_eq!(then.anchor.map(|a| (a.kind, a.at)), Some((AnchorKind::ChosenDate, at("2026-09-06T04:00:00Z"))));
    assert_eq!(then.lesson(2).opens_at, Some(at("2026-09-13T04:00:00Z")), "delays count from the chosen day");

    // The zone is frozen with the date: the account moves, the opening does not.
    let policies = SetPolicies { time_zone: Some("Asia/Tokyo".to_owned()), ..SetPolicies::default() };
    let moved = given.at("2026-03-03T00:00:00Z").policies(policies).asked("2026-03-03T00:00:00Z");
    assert_eq!((moved.opens_at, moved.lesson(2).opens_at), (then.opens_at, then.lesson(2).opens_at));
}

#[test]
fn k18_the_delays_from_a_chosen_day_keep_the_clock_of_its_zone_over_the_change_of_summer_time() {
    let opening = Some(from_date("2026-03-25"));
    let given = story().modules(&[(1, 7)]).at(NOON).granted(GrantAccess { opening, ..grant(Activated) });
    let policies = SetPolicies { time_zone: Some("Asia/Tokyo".to_owned()), ..SetPolicies::default() };
    let moved = given.policies(policies).asked("2026-03-26T00:00:00Z");
    assert_eq!(moved.lesson(1).opens_at, Some(at("2026-03-31T22:00:00Z")), "midnight of 1 April in Paris");
}

#[test]
fn k18_a_past_day_is_open_from_the_moment_it_was_set() {
    let given = story()
        .modules(&[(1, 0), (2, 365)])
        .at(NOON)
        .granted(GrantAccess { opening: Some(from_date("2025-06-01")), ..grant(Activated) });
    let then = given.asked(NOON);
    assert_eq!((then.open, then.opens_at, then.accessible_since), (true, Some(at(NOON)), Some(at(NOON))));
    assert!(then.lesson(1).open);
    assert_eq!(then.lesson(2).opens_at, Some(at("2026-05-31T22:00:00Z")), "and yet delays count from that day");
}

#[test]
fn k19_what_was_saved_is_in_force_at_once() {
    let given = story().at(NOON).granted(grant(Suspended)).mode(Activated).opening(from_date("2026-03-03"));
    assert_eq!(given.asked(NOON).reason, Reason::NotYetOpen);
    assert!(given.opening(OpeningChoice::Full).asked(NOON).open);
}

#[test]
fn k20_removing_closes_at_once_and_a_running_subscription_does_not_bring_it_back() {
    let given = story()
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-03-01", Some("2026-04-30"))
        .at("2026-03-10T09:00:00Z")
        .removed()
        .at("2026-03-11T09:00:00Z")
        .payment(1, Paid)
        .renewed(1, None, Some("2026-05-31"));
    assert!(given.asked("2026-03-10T08:59:59Z").open);
    for time in ["2026-03-10T09:00:00Z", "2026-03-20T00:00:00Z", "2026-05-20T00:00:00Z"] {
        let then = given.asked(time);
        assert_eq!((then.open, then.reason, then.opens_at), (false, Reason::NotGranted, None), "{time}");
        assert_eq!(then.gate(Gate::Mode).detail, Detail::Removed);
        assert_eq!(then.gate(Gate::Mode).fact.map(|f| f.at), Some(at("2026-03-10T09:00:00Z")));
    }

    // A later subscription grants again, and for it alone: what was attached before the removal stays without effect.
    let given = given.at("2026-06-01T09:00:00Z").subscribes(2, "2026-07-01", Some("2026-07-31"));
    assert!(given.contact().accesses.values().all(|a| a.counts_from.is_some()));
    let given = given.renewed(1, Some("2026-06-01"), None);
    assert_eq!(given.asked("2026-06-15T00:00:00Z").reason, Reason::NoSubscription);
    assert!(given.asked("2026-07-15T00:00:00Z").open);
    assert!(!given.asked("2026-08-15T00:00:00Z").open, "the first one still runs, and does not count");
}

#[test]
fn k20_what_a_person_grants_again_counts_every_subscription() {
    let given = story()
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-03-01", None)
        .at("2026-03-10T09:00:00Z")
        .removed()
        .at("2026-03-20T09:00:00Z")
        .granted(grant(Automatic));
    let then = given.asked("2026-03-20T09:00:00Z");
    assert_eq!((then.open, then.accessible_since), (true, Some(at("2026-03-20T09:00:00Z"))));
}

#[test]
fn k21_a_module_opens_after_its_delay() {
    let given = story().modules(&[(1, 0), (2, 7), (3, 30)]).at(NOON).granted(grant(Activated));
    let then = given.asked("2026-03-10T00:00:00Z");
    assert_eq!(then.modules.iter().map(|m| m.open).collect::<Vec<_>>(), [true, true, false]);
    // 30 days later at the same local time, over the change to summer time
    assert_eq!(then.lesson(3).opens_at, Some(at("2026-04-01T10:00:00Z")));
    let next = Some(at("2026-04-01T10:00:00Z"));
    assert_eq!(then.gate(Gate::Drip).detail, Detail::ModulesToCome { opened: 2, count: 3, next });
    assert!(then.open && !then.gate(Gate::Drip).passed, "the product is open, not all of it");
}

#[test]
fn k21_a_longer_schedule_does_not_lock_what_was_open_a_shorter_one_opens_sooner() {
    let given = story()
        .modules(&[(1, 5), (2, 10), (3, 20)])
        .at(NOON)
        .granted(grant(Activated))
        .at("2026-03-14T11:00:00Z")
        .modules(&[(3, 15), (1, 90), (2, 90), (4, 3)]);
    let then = given.asked("2026-03-14T11:00:00Z");
    assert_eq!(then.lesson(1).opens_at, Some(at("2026-03-07T11:00:00Z")));
    assert_eq!(then.lesson(2).opens_at, Some(at("2026-03-12T11:00:00Z")));
    assert_eq!(then.lesson(3).opens_at, Some(at("2026-03-17T11:00:00Z")), "it was not open yet: the new delay counts");
    assert_eq!(then.lesson(4).opens_at, Some(at("2026-03-05T11:00:00Z")), "a new module whose day has passed");
    assert_eq!(then.modules.iter().map(|m| m.module).collect::<Vec<_>>(), [3, 1, 2, 4].map(module), "in the new order");
}

#[test]
fn k21_a_longer_schedule_does_not_lock_what_an_advance_had_opened() {
    let given = story()
        .modules(&[(1, 60)])
        .at(NOON)
        .granted(GrantAccess { opening: Some(advanced(50, PeriodUnit::Days)), ..grant(Activated) })
        .at("2026-03-20T11:00:00Z")
        .modules(&[(1, 90)]);
    let then = given.asked("2026-03-20T11:00:00Z");
    // 1 May − 50 days = 12 March
    assert_eq!((then.lesson(1).open, then.lesson(1).opens_at), (true, Some(at("2026-03-12T11:00:00Z"))));
}

#[test]
fn k21_a_removed_module_is_gone_and_comes_back_as_open_as_it_was() {
    let given = story()
        .modules(&[(1, 5), (2, 5)])
        .at(NOON)
        .granted(grant(Activated))
        .at("2026-03-10T11:00:00Z")
        .modules(&[(2, 5)]);
    assert!(given.asked("2026-03-10T11:00:00Z").module(module(1)).is_none());
    let given = given.at("2026-03-12T11:00:00Z").modules(&[(1, 100), (2, 5)]);
    assert!(given.asked("2026-03-12T11:00:00Z").lesson(1).open);
}

#[test]
fn k22_late_payments_open_within_the_grace_days_and_failed_ones_do_not() {
    let grace = SetPolicies { grace_days: Some(10), ..SetPolicies::default() };
    let given = story()
        .policies(grace)
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-03-01", None)
        .at("2026-03-05T09:00:00Z")
        .payment(1, PastDue)
        .at("2026-03-12T09:00:00Z")
        .payment(1, PastDue);
    assert!(given.asked("2026-03-15T08:59:59Z").open);
    let late = given.asked("2026-03-15T09:00:00Z");
    let since = at("2026-03-15T09:00:00Z");
    assert_eq!(late.gate(Gate::Mode).detail, Detail::PaymentOverdue { subscription: sub(1), since }, "no new grace");
    assert_eq!(given.asked("2026-03-12T09:00:00Z").opens_at, Some(at("2026-02-28T23:00:00Z")));

    let failed = given.at("2026-03-14T09:00:00Z").payment(1, Failed);
    assert_eq!(
        failed.asked("2026-03-14T09:00:00Z").gate(Gate::Mode).detail,
        Detail::PaymentFailed { subscription: sub(1) }
    );
    let paid = failed.at("2026-03-20T09:00:00Z").payment(1, Paid).asked("2026-03-20T09:00:00Z");
    assert_eq!((paid.open, paid.accessible_since), (true, Some(at("2026-03-20T09:00:00Z"))));
    assert_eq!(paid.gate(Gate::Mode).fact.map(|f| f.at), Some(at("2026-03-20T09:00:00Z")), "the payment opened it");
}

#[test]
fn k22_the_newest_occurrence_wins_whatever_the_order_of_arrival() {
    let given = story()
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-03-01", None)
        .at("2026-03-10T09:00:00Z")
        .late_payment(1, Paid, "2026-03-09T09:00:00Z")
        .late_payment(1, Failed, "2026-03-08T09:00:00Z");
    assert!(given.asked("2026-03-10T09:00:00Z").open, "the failure is older than the payment");

    let given = given.at("2026-03-20T09:00:00Z").late_payment(1, Failed, "2026-03-12T09:00:00Z");
    let then = given.asked("2026-03-20T09:00:00Z");
    assert_eq!((then.open, then.reason), (false, Reason::NoSubscription));
    let then =
        given.at("2026-03-21T09:00:00Z").late_payment(1, Paid, "2026-03-13T09:00:00Z").asked("2026-03-21T09:00:00Z");
    // The failure counted from the 20th, when it was learnt, and was then cured back to the 13th: no gap is left.
    assert_eq!((then.open, then.accessible_since), (true, Some(at("2026-03-01T09:00:00Z"))));
}
