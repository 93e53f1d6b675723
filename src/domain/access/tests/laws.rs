//! What holds whatever happened: random commands at random times, far dates and odd zones included; the refused ones change nothing.

use super::story::{PRODUCT, Story, What, grant};
use crate::{
    Code, Folded, State,
    access::{AnchorKind, Decision, Reason},
    account::SetPolicies,
    contact::{GrantAccess, OpeningChoice},
    testing::at,
    timeline::Instant,
    values::{AccessMode, DripClock, PaymentState, PeriodUnit},
};
use chrono::{Days, Duration, NaiveDate};
use proptest::prelude::*;
use std::collections::BTreeMap;

const ZONES: &[&str] = &[
    "Europe/Paris",
    "America/Santiago",
    "Pacific/Apia",
    "America/Havana",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "UTC",
];

fn some_day() -> impl Strategy<Value = NaiveDate> {
    let near = (0u64..200).prop_map(|n| at("2026-01-01T00:00:00Z").date_naive() + Days::new(n));
    let far = (0u64..109_000).prop_map(|n| NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + Days::new(n));
    prop_oneof![9 => near, 1 => far]
}

fn some_opening() -> impl Strategy<Value = OpeningChoice> {
    prop_oneof![
        Just(OpeningChoice::FromOrderDate),
        Just(OpeningChoice::Full),
        (-2i64..130, proptest::sample::select(PeriodUnit::ALL))
            .prop_map(|(by, unit)| OpeningChoice::Advanced { by, unit }),
        some_day().prop_map(OpeningChoice::FromDate),
    ]
}

/// What may happen to a subscription.
fn to_a_subscription() -> impl Strategy<Value = What> {
    use proptest::option::of as maybe;
    let n = || 1u128..4;
    prop_oneof![
        4 => (n(), some_day(), maybe(some_day())).prop_map(|(n, from, until)| What::Subscribe(n, from, until)),
        1 => n().prop_map(What::Detach),
        1 => n().prop_map(What::Attach),
        2 => n().prop_map(What::Pause),
        2 => n().prop_map(What::Resume),
        2 => (n(), maybe(some_day())).prop_map(|(n, until)| What::Cancel(n, until)),
        2 => (n(), maybe(some_day()), maybe(some_day())).prop_map(|(n, from, until)| What::Renew(n, from, until)),
        4 => (n(), proptest::sample::select(PaymentState::ALL), -1_000_000i64..90_000)
            .prop_map(|(n, state, seconds)| What::Payment(n, state, Instant::default() + Duration::seconds(seconds))),
    ]
}

fn schedule() -> impl Strategy<Value = Vec<(u128, i64)>> {
    proptest::collection::vec((1u128..5, prop_oneof![0i64..60, 0i64..4000]), 0..5)
}

/// What may happen at all.
fn something() -> impl Strategy<Value = What> {
    prop_oneof![
        12 => to_a_subscription(),
        3 => (proptest::sample::select(AccessMode::ALL), some_opening(), proptest::option::of(some_day())).prop_map(
            |(mode, opening, ordered_on)| What::Grant(GrantAccess { opening: Some(opening), ordered_on, ..grant(mode) })
        ),
        4 => proptest::sample::select(AccessMode::ALL).prop_map(What::Mode),
        3 => some_opening().prop_map(What::Opening),
        1 => proptest::option::of(some_day()).prop_map(What::OrderedOn),
        1 => Just(What::Remove),
        2 => schedule().prop_map(What::Modules),
        1 => (0i64..400, proptest::sample::select(ZONES)).prop_map(|(days, zone)| {
            What::Policies(SetPolicies { grace_days: Some(days), time_zone: Some(zone.to_owned()), ..SetPolicies::default() })
        }),
    ]
}

/// Something and how many seconds passed before it: at least `step`.
fn later(step: u32, what: impl Strategy<Value = What>) -> impl Strategy<Value = (u32, What)> {
    (prop_oneof![Just(step), step..1_000_000], what)
}

fn tell(story: &mut Story, (seconds, what): (u32, What)) {
    story.now += Duration::seconds(seconds.into());
    let what = match what {
        What::Payment(n, state, back) => What::Payment(n, state, story.now + (back - Instant::default())),
        what => what,
    };
    let _refused = story.tell(what);
}

fn stories_of(step: u32, what: impl Strategy<Value = What>) -> impl Strategy<Value = Story> {
    let happened = proptest::collection::vec(later(step, what), 0..16);
    (proptest::sample::select(ZONES), proptest::sample::select(DripClock::ALL), happened).prop_map(
        |(zone, clock, happened)| {
            let mut story = Story::of(zone, clock).at("2026-01-01T00:00:00Z").modules(&[(1, 0), (2, 9)]);
            happened.into_iter().for_each(|what| tell(&mut story, what));
            story
        },
    )
}

pub(super) fn stories() -> impl Strategy<Value = Story> {
    stories_of(0, something())
}

/// Without what people and accounts decide anew: then the order date may only come forward. Each event has an instant of its own: what happens
/// at the very instant at which an access begins belongs to its beginning.
fn stories_without_a_change_of_mind() -> impl Strategy<Value = Story> {
    stories_of(
        1,
        something().prop_map(|what| match what {
            What::Grant(grant) => What::Grant(GrantAccess { opening: None, ordered_on: None, ..grant }),
            What::Opening(_) | What::OrderedOn(_) | What::Policies(_) => What::Mode(AccessMode::Automatic),
            what => what,
        }),
    )
}

fn instants() -> impl Strategy<Value = Instant> {
    prop_oneof![
        8 => (0i64..20_000_000).prop_map(|s| at("2026-01-01T00:00:00Z") + Duration::seconds(s)),
        1 => (-60_000_000_000i64..60_000_000_000).prop_map(|s| Instant::default() + Duration::seconds(s)),
        1 => Just(Instant::MIN_UTC),
        1 => Just(Instant::MAX_UTC),
    ]
}

fn open_modules(decision: &Decision) -> Vec<crate::ModuleId> {
    decision.modules.iter().filter(|m| m.open).map(|m| m.module).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_decision_panics_and_each_is_consistent_in_itself(story in stories(), asked in proptest::collection::vec(instants(), 4)) {
        for time in asked.into_iter().chain([story.now]) {
            let then = story.asked_at(time);
            prop_assert_eq!(then.trace.len(), 5);
            prop_assert_eq!(then.open, then.reason == Reason::Open);
            prop_assert_eq!(then.open, then.trace.iter().take(4).all(|gate| gate.passed));
            prop_assert_eq!(then.accessible_since.is_some(), then.open);
            prop_assert!(then.accessible_since.is_none_or(|since| since <= time));
            // Open: it opened. Closed: it opens later, if ever.
            prop_assert!(then.opens_at.is_none_or(|opens| (opens <= time) == then.open), "{:?}", then);
            prop_assert!(then.modules.iter().all(|m| !m.open || (then.open && m.opens_at.is_some_and(|t| t <= time))));
            prop_assert!(then.trace.iter().filter_map(|gate| gate.fact).all(|fact| fact.at <= time));
        }
    }

    #[test]
    fn replaying_any_accepted_history_gives_the_same_states_also_over_their_stored_form(story in stories()) {
        let mut folds: BTreeMap<_, Folded> = BTreeMap::new();
        for (stream, event, fact) in story.log() {
            let before = folds.remove(stream).unwrap_or_default();
            // Between two events the state is stored and read again, as the service does.
            let stored = serde_json::to_string(&before.state).unwrap();
            let state: State = serde_json::from_str(&stored).unwrap();
            prop_assert_eq!(&state, &before.state);
            folds.insert(*stream, Folded { state, ..before }.evolve(event, *fact).unwrap());
        }
        for (stream, folded) in &folds {
            prop_assert_eq!(folded, story.folded(*stream));
        }
    }

    #[test]
    fn k12_suspended_never_opens(mut story in stories(), asked in instants()) {
        let _not_granted = story.tell(What::Mode(AccessMode::Suspended));
        if story.contact().access(PRODUCT).is_some_and(|a| a.mode() == AccessMode::Suspended) {
            let then = story.asked_at(asked.max(story.now));
            prop_assert_eq!((then.open, then.opens_at), (false, None));
            prop_assert_eq!(open_modules(&then), vec![]);
        }
    }

    #[test]
    fn k13_activated_never_closes_by_what_happens_to_subscriptions(
        mut story in stories(), then in proptest::collection::vec(later(1, to_a_subscription()), 1..10), after in 0i64..10_000_000,
    ) {
        let _not_granted = story.tell(What::Mode(AccessMode::Activated));
        let before = story.asked_at(story.now);
        then.into_iter().for_each(|what| tell(&mut story, what));
        if before.open {
            let later = story.asked_at(story.now + Duration::seconds(after));
            prop_assert!(later.open, "{:?}", later);
            prop_assert!(later.accessible_since <= before.accessible_since);
            prop_assert!(open_modules(&before).iter().all(|m| open_modules(&later).contains(m)));
        }
    }

    #[test]
    fn k13_k18_activated_from_a_date_only_goes_from_closed_to_open(
        mut story in stories(), date in some_day(), mut asked in proptest::collection::vec(0i64..50_000_000, 5),
    ) {
        let _not_granted = story.tell(What::Mode(AccessMode::Activated));
        let _not_granted = story.tell(What::Opening(OpeningChoice::FromDate(date)));
        asked.sort_unstable();
        let answers = asked.iter().map(|s| story.asked_at(story.now + Duration::seconds(*s)).open);
        prop_assert!(answers.collect::<Vec<_>>().is_sorted());
    }

    #[test]
    fn k21_a_change_of_the_schedule_never_locks_an_open_module(
        mut story in stories(), delays in proptest::collection::vec(0i64..3650, 5), seconds in 0i64..5_000_000,
    ) {
        story.now += Duration::seconds(seconds);
        let before = story.asked_at(story.now);
        let modules: Vec<_> = story.product().modules().to_vec();
        let number = |m: crate::ModuleId| m.0.as_u128() - super::story::module(0).0.as_u128();
        let changed = modules.iter().rev().zip(&delays).map(|(m, delay)| (number(m.id), *delay)).collect();
        story.tell(What::Modules(changed)).unwrap();
        let after = story.asked_at(story.now);
        prop_assert!(open_modules(&before).iter().all(|m| open_modules(&after).contains(m)), "{:?} {:?}", before, after);
    }

    #[test]
    fn k15_while_access_is_unbroken_the_order_date_never_moves_later(story in stories_without_a_change_of_mind(), more in 0i64..5_000_000) {
        let mut asked: Vec<Instant> = story.log().iter().map(|(_, _, fact)| fact.at).collect();
        asked.push(story.now + Duration::seconds(more));
        let answers: Vec<_> = asked.into_iter().map(|time| (time, story.asked_at(time))).collect();
        for pair in answers.windows(2) {
            let [(time, before), (_, after)] = pair else { continue };
            let unbroken = before.open && after.accessible_since.is_some_and(|since| since <= *time);
            if unbroken && let (Some(old), Some(new)) = (before.anchor, after.anchor) {
                prop_assert!(new.at <= old.at, "{:?} {:?}", before, after);
                prop_assert!(new.kind != AnchorKind::ChosenDate);
                // And so a module that was open stays so, unless it was taken out of the product.
                let there = |m: &crate::ModuleId| after.module(*m).is_some();
                prop_assert!(open_modules(before).iter().filter(|m| there(m)).all(|m| open_modules(&after.clone()).contains(m)));
            }
        }
    }

    #[test]
    fn b2_what_is_said_to_open_opens_then_and_not_before(story in stories(), after in 0i64..5_000_000) {
        let now = story.now + Duration::seconds(after);
        let then = story.asked_at(now);
        if then.open {
            return Ok(());
        }
        match then.opens_at {
            Some(opens) => {
                prop_assert!(story.asked_at(opens).open);
                prop_assert!(!story.asked_at(now.max(opens - Duration::microseconds(1))).open);
                prop_assert_eq!(story.asked_at(opens).accessible_since, Some(opens));
            }
            None => {
                for days in [1, 30, 300, 3_000, 30_000, 300_000] {
                    prop_assert!(!story.asked_at(now + Duration::days(days)).open);
                }
            }
        }
    }

    #[test]
    fn k4_granting_twice_is_refused_and_changes_nothing(mut story in stories(), opening in some_opening()) {
        let granted = story.contact().access(PRODUCT).is_some();
        let before = story.contact().clone();
        let again = story.tell(What::Grant(GrantAccess { opening: Some(opening), ..grant(AccessMode::Activated) }));
        if granted {
            prop_assert_eq!(again.map_err(|r| r.0[0].code), Err(Code::AlreadyGranted));
            prop_assert_eq!(&before, story.contact());
        }
    }

    #[test]
    fn k11_a_subscriptions_standing_agrees_with_the_times_it_entitles(story in stories(), asked in instants()) {
        for subscription in (1..4).filter_map(|n| story.subscription(n)) {
            let zone = story.account().time_zone;
            let entitled = subscription.entitled(zone, story.account().policies.grace_days);
            let (standing, _) = subscription.standing(asked.max(story.now), zone, story.account().policies.grace_days);
            let entitles = entitled.contains(asked.max(story.now));
            prop_assert_eq!(entitles, standing == crate::subscription::Standing::Entitled, "{:?}", standing);
        }
    }
}
