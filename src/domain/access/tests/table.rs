//! Every combination of mode, opening, drip and subscription (row K14), and random histories, each asked at many instants: what `decide_access`
//! says is what the model says hour by hour.

use super::{
    model::{Hours, Model, Told},
    story::{Story, What, grant},
};
use crate::{
    access::Decision,
    account::SetPolicies,
    contact::{GrantAccess, OpeningChoice},
    testing::{at, day},
    timeline::Instant,
    values::{AccessMode, DripClock, PaymentState, PeriodUnit},
};
use chrono::{Duration, NaiveDate};
use proptest::prelude::*;

/// The decision in the model's terms; what lies after the model's hours counts as never.
fn told(decision: &Decision, hours: &Hours) -> Told {
    let within = |t: Option<Instant>| t.filter(|t| *t < hours.end());
    Told {
        reason: decision.reason,
        opens_at: within(decision.opens_at),
        accessible_since: decision.accessible_since,
        anchor: decision.anchor.map(|a| (a.kind, a.at)),
        modules: decision.modules.iter().map(|m| (m.module, m.open, within(m.opens_at))).collect(),
    }
}

const SUBSCRIPTIONS: [&str; 11] = [
    "none",
    "running",
    "not begun",
    "ended",
    "paused",
    "resumed",
    "cancelled but paid",
    "late in grace",
    "late over grace",
    "failed",
    "paid again",
];

/// Changes the story's first subscription, attached on 3 March, into one of the states above by 20 March.
fn subscribe(story: Story, state: &str) -> Story {
    use PaymentState::{Failed, Paid, PastDue};
    let begun = |story: Story| story.subscribes(1, "2026-03-01", Some("2026-04-05"));
    let changed = |story: Story| begun(story).at("2026-03-08T09:00:00Z");
    match state {
        "none" => story,
        "running" => begun(story),
        "not begun" => story.subscribes(1, "2026-03-25", None),
        "ended" => story.subscribes(1, "2026-03-01", Some("2026-03-10")),
        "paused" => changed(story).paused(1),
        "resumed" => changed(story).paused(1).at("2026-03-12T09:00:00Z").resumed(1),
        "cancelled but paid" => changed(story).cancelled(1, Some("2026-03-22")),
        "late in grace" => changed(story).at("2026-03-18T09:00:00Z").payment(1, PastDue),
        "late over grace" => changed(story).payment(1, PastDue),
        "failed" => changed(story).payment(1, Failed),
        _ => changed(story).payment(1, Failed).at("2026-03-12T09:00:00Z").payment(1, Paid),
    }
}

#[test]
fn k14_every_mode_opening_drip_and_subscription_is_as_the_rule_says() {
    let hours = Hours::new(at("2026-02-20T23:00:00Z"), 75, chrono_tz::Tz::Europe__Paris);
    let modules: &[(u128, i64)] = &[(1, 0), (2, 8), (3, 20)];
    let drips: [(&[(u128, i64)], DripClock); 3] =
        [(&[], DripClock::CalendarDays), (modules, DripClock::CalendarDays), (modules, DripClock::EntitledDays)];
    let openings = [
        OpeningChoice::FromOrderDate,
        OpeningChoice::Full,
        OpeningChoice::Advanced { by: 6, unit: PeriodUnit::Days },
        OpeningChoice::FromDate(day("2026-03-15")),
    ];
    let (mut asked, mut open) = (0, 0);
    for mode in AccessMode::ALL {
        for opening in &openings {
            for (modules, clock) in drips {
                for state in SUBSCRIPTIONS {
                    let grace = SetPolicies { grace_days: Some(7), ..SetPolicies::default() };
                    let grant = GrantAccess { opening: Some(opening.clone()), ..grant(*mode) };
                    let given = Story::of("Europe/Paris", clock).at("2026-03-03T09:00:00Z").policies(grace);
                    let given = if modules.is_empty() { given } else { given.modules(modules) };
                    let given = subscribe(given.granted(grant), state);
                    for time in [
                        "2026-03-03T09:00:00Z",
                        "2026-03-09T12:00:00Z",
                        "2026-03-20T12:00:00Z",
                        "2026-03-26T12:00:00Z",
                        "2026-04-20T12:00:00Z",
                    ] {
                        let then = given.asked(time);
                        let model = Model::of(&given, &hours, at(time)).told();
                        assert_eq!(told(&then, &hours), model, "{mode} {opening:?} {clock} {state} at {time}");
                        (asked, open) = (asked + 1, open + usize::from(then.open));
                    }
                }
            }
        }
    }
    assert_eq!(asked, 3 * 4 * 3 * 11 * 5);
    assert!(open > asked / 4 && open < asked * 3 / 4, "the table is not one-sided: {open} of {asked}");
}

fn some_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..60).prop_map(|n| day("2026-03-01") + chrono::Days::new(n))
}

fn some_opening() -> impl Strategy<Value = OpeningChoice> {
    prop_oneof![
        Just(OpeningChoice::FromOrderDate),
        Just(OpeningChoice::Full),
        (1i64..20).prop_map(|by| OpeningChoice::Advanced { by, unit: PeriodUnit::Days }),
        some_day().prop_map(OpeningChoice::FromDate),
    ]
}

fn one_of<T: Copy + std::fmt::Debug>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

/// Something that may happen; the last number dates a payment back by so many hours.
fn something() -> impl Strategy<Value = (What, i64)> {
    use proptest::option::of as maybe;
    let n = || 1u128..3;
    let what = prop_oneof![
        3 => (one_of(AccessMode::ALL), some_opening(), maybe(some_day())).prop_map(|(mode, opening, ordered_on)| {
            What::Grant(GrantAccess { opening: Some(opening), ordered_on, ..grant(mode) })
        }),
        4 => one_of(AccessMode::ALL).prop_map(What::Mode),
        3 => some_opening().prop_map(What::Opening),
        1 => maybe(some_day()).prop_map(What::OrderedOn),
        1 => Just(What::Remove),
        5 => (n(), some_day(), maybe(some_day())).prop_map(|(n, from, until)| What::Subscribe(n, from, until)),
        1 => n().prop_map(What::Detach),
        2 => n().prop_map(What::Pause),
        2 => n().prop_map(What::Resume),
        2 => (n(), maybe(some_day())).prop_map(|(n, until)| What::Cancel(n, until)),
        2 => (n(), maybe(some_day()), maybe(some_day())).prop_map(|(n, from, until)| What::Renew(n, from, until)),
        4 => (n(), one_of(PaymentState::ALL)).prop_map(|(n, state)| What::Payment(n, state, Instant::default())),
        2 => proptest::collection::vec((1u128..4, 0i64..30), 0..4).prop_map(What::Modules),
    ];
    (what, prop_oneof![3 => Just(0), 1 => -20i64..200])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_history_is_decided_as_the_rule_says_hour_by_hour(
        happened in proptest::collection::vec((0i64..150, something()), 1..14),
        entitled_days in any::<bool>(), grace_days in 0i64..10,
        asked in proptest::collection::vec(0i64..1500, 6),
    ) {
        let clock = if entitled_days { DripClock::EntitledDays } else { DripClock::CalendarDays };
        let start = at("2026-02-01T23:00:00Z");
        let hours = Hours::new(start, 110, chrono_tz::Tz::Europe__Paris);
        let mut story = Story::of("Europe/Paris", clock).at("2026-03-01T00:00:00Z").modules(&[(1, 0), (2, 4), (3, 15)]);
        story.tell(What::Policies(SetPolicies { grace_days: Some(grace_days), ..SetPolicies::default() })).unwrap();
        for (later, (what, back)) in happened {
            story.now += Duration::hours(later);
            let what = match what {
                What::Payment(n, state, _) => What::Payment(n, state, (story.now - Duration::hours(back)).max(start)),
                what => what,
            };
            // A refused command changes nothing.
            let _refused = story.tell(what);
        }
        for hour in asked {
            let time = at("2026-03-01T00:00:00Z") + Duration::hours(hour);
            let model = Model::of(&story, &hours, time).told();
            prop_assert_eq!(told(&story.asked_at(time), &hours), model, "at {}", time);
        }
    }
}
