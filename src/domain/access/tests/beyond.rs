//! Gates 1 and 2 (rows A19, O9, U1), and what no peer has: the explanation (B1), both directions of time (B2), counted days (B4).

use super::story::{ACCOUNT, PRODUCT, Story, from_date, grant, story, sub};
use crate::{
    AccountId, Fact,
    access::{Detail, Facts, Gate, Reason, decide_access},
    contact::{ContactState, GrantAccess, Membership, OpeningChoice, Registration},
    testing::{at, id, someone},
    values::{AccessMode::*, DripClock, MembershipStatus, PeriodUnit, Profile, RegistrationStatus},
};
use std::collections::BTreeMap;

const NOON: &str = "2026-03-02T11:00:00Z";
const LATER: &str = "2026-03-20T11:00:00Z";

fn fact(time: &str) -> Fact {
    Fact { position: 90, version: 9, at: at(time), actor: someone() }
}

#[test]
fn a_deleted_or_erased_contact_opens_nothing_and_what_was_open_before_is_still_told() {
    let granted = story().at(NOON).granted(grant(Activated)).at(LATER);
    for (given, reason, detail) in [
        (granted.clone().deleted(), Reason::ContactDeleted, Detail::ContactDeleted),
        (granted.erased(), Reason::ContactErased, Detail::ContactErased),
    ] {
        let then = given.asked(LATER);
        assert_eq!((then.open, then.reason, then.opens_at, then.accessible_since), (false, reason, None, None));
        assert_eq!(then.gate(Gate::Contact).detail, detail);
        assert_eq!(then.gate(Gate::Contact).fact.map(|f| f.at), Some(at(LATER)));
        assert!(then.gate(Gate::Mode).passed, "the other gates still say what they know");
        assert!(given.asked("2026-03-10T00:00:00Z").open);
    }
}

#[test]
fn b3_what_an_erased_person_could_open_is_told_although_no_value_can_be_read_any_more() {
    // After the key is gone every fold of the stream starts with an unreadable first event.
    let unreadable = |contact: &mut ContactState| contact.erased = Some(contact.added);
    let given = story().at(NOON).granted(grant(Activated));
    let then = given.asked_of(at("2026-03-10T00:00:00Z"), unreadable);
    assert_eq!((then.open, then.accessible_since), (true, Some(at(NOON))));
}

#[test]
fn o9_a_guest_must_be_active_and_nobody_switched_off_or_revoked_passes() {
    use MembershipStatus::*;
    let given = story().at("2026-01-01T00:00:00Z").granted(grant(Activated));
    for profile in Profile::ALL {
        for status in MembershipStatus::ALL {
            let joined = Membership { status: *status, ..Membership::active(*profile, fact(NOON)) };
            let then = given.asked_of(at(LATER), |contact| contact.membership = joined);
            let passes = match (profile, status) {
                (_, Inactive | Revoked) => false,
                (Profile::Guest, status) => *status == Active,
                (Profile::Client | Profile::Contact, _) => true,
            };
            let reason = if passes { Reason::Open } else { Reason::NotActiveMember };
            assert_eq!((then.open, then.reason), (passes, reason), "{profile} {status}");
            assert_eq!(then.opens_at.is_some(), passes, "what a person must change does not come by itself");
            if *status == Active {
                assert_eq!(then.accessible_since, Some(at(NOON)), "open since it was active");
            }
        }
    }
}

#[test]
fn a19_a_registration_that_waits_or_was_refused_opens_nothing_even_activated() {
    use RegistrationStatus::*;
    let given = story().at("2026-01-01T00:00:00Z").granted(grant(Activated)).opening(OpeningChoice::Full);
    for (status, let_in, reason, since) in [
        (PendingValidation, None, Reason::AwaitingValidation, None),
        (Refused, None, Reason::RegistrationRefused, None),
        (Registered, Some(fact(NOON)), Reason::Open, Some(at(NOON))),
        // Who never had to wait for validation was never shut out by it.
        (Registered, None, Reason::Open, Some(at("2026-01-01T00:00:00Z"))),
    ] {
        let (sign_up, user, devices) = (None, None, vec![]);
        let registration = Some(Registration { status, since: fact(NOON), let_in, sign_up, user, devices });
        let then = given.asked_of(at(LATER), |contact| contact.registration = registration);
        assert_eq!((then.reason, then.accessible_since), (reason, since), "{status}");
        assert_eq!(then.opens_at.is_some(), then.open);
    }
    // Nobody who never registered is held up by this gate.
    assert_eq!(given.asked(LATER).gate(Gate::Validation).detail, Detail::NoRegistration);
}

#[test]
fn u1_contacts_and_products_of_another_account_are_unknown_here() {
    let given = story().at(NOON).granted(grant(Activated));
    let other = AccountId(id(99));
    let then = given.asked_of(at(LATER), |contact| contact.account = other);
    assert_eq!((then.open, then.reason), (false, Reason::NotGranted));
    assert_eq!(then.gate(Gate::Contact).detail, Detail::UnknownContact);
    assert_eq!(given.contact().account, ACCOUNT);
}

#[test]
fn b1_each_gate_names_its_verdict_and_the_event_that_set_it() {
    let given = story()
        .modules(&[(1, 0), (2, 30)])
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-03-01", Some("2026-03-31"))
        .at("2026-03-05T09:00:00Z")
        .opening(from_date("2026-03-08"))
        .at("2026-03-10T09:00:00Z")
        .paused(1);

    let then = given.asked("2026-03-12T00:00:00Z");

    assert_eq!(then.reason, Reason::NoSubscription);
    let told: Vec<_> = then.trace.iter().map(|v| (v.gate, v.passed, v.detail.code(), v.fact.map(|f| f.at))).collect();
    assert_eq!(
        told,
        [
            (Gate::Contact, true, "MEMBER", Some(at("2020-01-01T00:00:00Z"))),
            (Gate::Validation, true, "NO_REGISTRATION", None),
            (Gate::Mode, false, "SUBSCRIPTION_PAUSED", Some(at("2026-03-10T09:00:00Z"))),
            (Gate::Opening, true, "FROM_DATE", Some(at("2026-03-05T09:00:00Z"))),
            (Gate::Drip, false, "MODULES_TO_COME", Some(at("2020-01-01T00:00:00Z"))),
        ]
    );
    assert!(then.trace.iter().filter_map(|v| v.fact).all(|f| f.actor == someone()), "and who did it");
}

#[test]
fn b1_of_several_closed_subscriptions_the_one_that_closed_last_is_named() {
    let given = story()
        .at("2026-01-01T09:00:00Z")
        .subscribes(1, "2026-01-01", Some("2026-01-31"))
        .subscribes(2, "2026-01-01", Some("2026-02-28"))
        .subscribes(3, "2026-06-01", None);
    let ended = at("2026-02-28T23:00:00Z");
    let then = given.asked("2026-03-15T00:00:00Z");
    assert_eq!(then.gate(Gate::Mode).detail, Detail::SubscriptionEnded { subscription: sub(2), ended });
    assert_eq!(then.opens_at, Some(at("2026-05-31T22:00:00Z")), "and when the next one opens it again");
}

#[test]
fn b1_every_detail_has_a_code_of_its_own() {
    let mut codes = Detail::CODES.to_vec();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Detail::CODES.len());
}

#[test]
fn b2_the_past_answers_by_the_facts_of_then() {
    let given = story()
        .at(NOON)
        .granted(grant(Activated))
        .at("2026-03-05T09:00:00Z")
        .mode(Suspended)
        .at("2026-03-10T09:00:00Z")
        .removed();
    for (time, reason) in [
        ("2026-03-02T10:59:59Z", Reason::NotGranted),
        (NOON, Reason::Open),
        ("2026-03-05T08:59:59Z", Reason::Open),
        ("2026-03-05T09:00:00Z", Reason::Suspended),
        ("2026-03-10T09:00:00Z", Reason::NotGranted),
    ] {
        assert_eq!(given.asked(time).reason, reason, "{time}");
    }
}

#[test]
fn b2_the_future_is_a_calendar_of_what_opens_when() {
    let given = story().modules(&[(1, 0), (2, 10), (3, 40)]).at("2026-02-01T09:00:00Z").subscribes(
        1,
        "2026-03-01",
        Some("2026-03-31"),
    );
    let calendar: Vec<_> = given.asked("2026-02-10T00:00:00Z").modules.iter().map(|m| (m.open, m.opens_at)).collect();
    let days = ["2026-02-28T23:00:00Z", "2026-03-10T23:00:00Z", "2026-04-09T22:00:00Z"];
    assert_eq!(calendar, days.map(|day| (false, Some(at(day)))));
    // The calendar holds when its days come, as long as nothing new happens.
    for (n, time) in [(1, days[0]), (2, days[1])] {
        let then = given.asked(time);
        assert!(then.lesson(n).open, "{time}");
    }
    let then = given.asked(days[2]);
    assert_eq!((then.open, then.lesson(3).open), (false, false), "by then the subscription is over");
    assert_eq!(then.lesson(3).opens_at, None, "and nothing says that it will open");
}

#[test]
fn b2_before_saving_an_edit_its_effect_can_be_asked() {
    let given = story().modules(&[(1, 20)]).at(NOON).granted(grant(Activated));
    let saved = given.asked("2026-03-10T00:00:00Z");
    let simulated = given.clone().opening(OpeningChoice::Advanced { by: 15, unit: PeriodUnit::Days });
    assert_eq!(saved.lesson(1).opens_at, Some(at("2026-03-22T11:00:00Z")));
    assert_eq!(simulated.asked("2026-03-10T00:00:00Z").lesson(1).opens_at, Some(at("2026-03-07T11:00:00Z")));
}

fn counting_days() -> Story {
    Story::of("Europe/Paris", DripClock::EntitledDays).modules(&[(1, 0), (2, 10), (3, 20)])
}

#[test]
fn b4_a_pause_stops_the_clock_and_resuming_goes_on() {
    let given = counting_days()
        .at("2026-03-01T09:00:00Z")
        .subscribes(1, "2026-03-02", None)
        .at("2026-03-06T23:00:00Z")
        .paused(1)
        .at("2026-03-16T23:00:00Z")
        .resumed(1);
    // From 2 March to the pause on 7 March five days were spent; ten days of pause later the rest goes on.
    let then = given.asked("2026-03-17T00:00:00Z");
    assert_eq!(then.lesson(1).opens_at, Some(at("2026-03-01T23:00:00Z")));
    assert_eq!(then.lesson(2).opens_at, Some(at("2026-03-21T23:00:00Z")));
    assert_eq!(
        then.lesson(3).opens_at,
        Some(at("2026-03-31T22:00:00Z")),
        "midnight as clocks show it, also in summer time"
    );
    // While it stands still nothing comes nearer.
    let paused = given.asked("2026-03-10T00:00:00Z");
    assert_eq!((paused.lesson(2).open, paused.lesson(2).opens_at), (false, None));
    let closed = paused.gate(Gate::Drip).detail;
    assert_eq!(closed, Detail::ModulesToCome { opened: 1, count: 3, next: None });
}

#[test]
fn b4_without_a_break_counted_days_are_calendar_days_also_over_the_change_of_summer_time() {
    for start in ["2026-03-02T11:30:00Z", "2026-10-10T11:30:00Z", "2026-03-25T22:30:00Z", "2026-10-24T23:30:00Z"] {
        let of = |clock| {
            let given = Story::of("Europe/Paris", clock).modules(&[(1, 0), (2, 4), (3, 40)]);
            given.at(start).granted(grant(Activated)).asked(start).modules
        };
        assert_eq!(of(DripClock::EntitledDays), of(DripClock::CalendarDays), "{start}");
    }
}

#[test]
fn b4_suspension_and_failed_payments_stop_the_clock_too() {
    use crate::values::PaymentState::{Failed, Paid};
    let given = counting_days()
        .at("2026-05-01T00:00:00Z")
        .granted(grant(Activated))
        .at("2026-05-03T00:00:00Z")
        .mode(Suspended)
        .at("2026-05-13T00:00:00Z")
        .mode(Activated);
    assert_eq!(given.asked("2026-05-13T00:00:00Z").lesson(2).opens_at, Some(at("2026-05-21T00:00:00Z")), "eight left");

    let given = counting_days()
        .at("2026-05-01T00:00:00Z")
        .subscribes(1, "2026-05-02", None)
        .at("2026-05-05T22:00:00Z")
        .payment(1, Failed)
        .at("2026-05-07T22:00:00Z")
        .payment(1, Paid);
    assert_eq!(given.asked("2026-05-08T00:00:00Z").lesson(2).opens_at, Some(at("2026-05-13T22:00:00Z")));
}

#[test]
fn b4_an_advance_shortens_the_delay_first_and_only_then_reaches_before_the_order_date() {
    let given = counting_days()
        .at("2026-05-01T00:00:00Z")
        .subscribes(1, "2026-06-01", None)
        .mode(Activated)
        .opening(OpeningChoice::Advanced { by: 15, unit: PeriodUnit::Days });
    let then = given.asked("2026-05-02T00:00:00Z");
    // Planned 1 June, 11 June, 21 June.
    assert_eq!(then.lesson(1).opens_at, Some(at("2026-05-16T22:00:00Z")));
    assert_eq!(then.lesson(2).opens_at, Some(at("2026-05-26T22:00:00Z")));
    assert_eq!(then.lesson(3).opens_at, Some(at("2026-06-05T22:00:00Z")));
}

#[test]
fn b4_nothing_is_counted_before_the_grant() {
    let given = counting_days()
        .at("2026-05-01T00:00:00Z")
        .granted(GrantAccess { ordered_on: Some(crate::testing::day("2026-01-01")), ..grant(Activated) });
    assert_eq!(given.asked("2026-05-01T00:00:00Z").lesson(2).opens_at, Some(at("2026-05-11T00:00:00Z")));
}

#[test]
fn unknown_contacts_products_and_subscriptions_are_closed_and_never_a_panic() {
    let given = story().modules(&[(1, 0)]).at(NOON).subscribes(1, "2026-03-01", None);
    let (contact, none) = (given.contact(), BTreeMap::new());
    let account = given.account();
    let facts = Facts {
        contact: Some(contact),
        account,
        product_id: PRODUCT,
        product: Some(given.product()),
        subscriptions: &none,
    };
    let cases = [
        (facts, Reason::NoSubscription),
        (Facts { contact: None, ..facts }, Reason::NotGranted),
        (Facts { product: None, ..facts }, Reason::NotGranted),
        (Facts { product_id: crate::ProductId(id(77)), ..facts }, Reason::NotGranted),
    ];
    for (facts, reason) in cases {
        for time in [at(NOON), crate::timeline::Instant::MIN_UTC, crate::timeline::Instant::MAX_UTC] {
            let then = decide_access(&facts, time);
            assert_eq!((then.open, then.reason, then.trace.len()), (false, reason, 5));
            assert!(then.modules.iter().all(|m| !m.open));
        }
    }
}
