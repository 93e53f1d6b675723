//! Whether somebody could open a product at any moment of a stretch of time (row B3), against asking moment by moment.

use super::{
    laws::stories,
    story::{ACCOUNT, CONTACT, PRODUCT, Story as Told, from_date, grant, story},
};
use crate::{
    Event, Fact,
    access::{Could, Reason, Story, could_open},
    contact::GrantAccess,
    testing::at,
    timeline::Instant,
    values::AccessMode,
};
use chrono::Duration;
use proptest::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

fn could(told: &Told, from: Instant, until: Instant) -> Option<Could> {
    let mut events: HashMap<Uuid, Vec<(Fact, Event)>> = HashMap::new();
    for (stream, event, fact) in told.log() {
        events.entry(stream.id).or_default().push((*fact, event.clone()));
    }
    let known = [ACCOUNT.0, PRODUCT.0, CONTACT.0];
    let subscriptions: Vec<Uuid> = events.keys().copied().filter(|id| !known.contains(id)).collect();
    let story =
        Story { contact: CONTACT, product: PRODUCT, account: ACCOUNT, events: &events, subscriptions: &subscriptions };
    could_open(&story, from, until).unwrap()
}

#[test]
fn b3_an_hour_of_a_day_is_enough() {
    let told =
        story().at("2026-03-31T10:00:00Z").granted(grant(AccessMode::Activated)).at("2026-03-31T11:00:00Z").removed();
    let day = |from: &str, until: &str| could(&told, at(from), at(until)).unwrap();
    let then = day("2026-03-30T22:00:00Z", "2026-03-31T22:00:00Z");
    assert_eq!((then.at, then.decision.open), (at("2026-03-31T10:00:00Z"), true));
    for (from, until) in
        [("2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"), ("2026-03-31T11:00:00Z", "2026-04-01T22:00:00Z")]
    {
        assert!(!day(from, until).decision.open, "{from}");
    }
    // One moment: neither the one before it was granted, nor the one at which it was taken away.
    let moment = |time: &str| could(&told, at(time), at(time)).unwrap().decision.reason;
    assert_eq!(moment("2026-03-31T09:59:59Z"), Reason::NotGranted);
    assert_eq!(moment("2026-03-31T10:00:00Z"), Reason::Open);
    assert_eq!(moment("2026-03-31T11:00:00Z"), Reason::NotGranted);
    assert_eq!(could(&told, at("2019-01-01T00:00:00Z"), at("2019-01-02T00:00:00Z")), None, "there was no account");
}

#[test]
fn b3_the_clock_alone_opens_within_the_day() {
    let opens = GrantAccess { opening: Some(from_date("2026-04-10")), ..grant(AccessMode::Activated) };
    let told = story().at("2026-03-31T10:00:00Z").granted(opens);
    // 10 April begins at 22:00 UTC in Paris: the last two hours of that day in UTC.
    let then = could(&told, at("2026-04-09T00:00:00Z"), at("2026-04-10T00:00:00Z")).unwrap();
    assert_eq!((then.at, then.decision.open), (at("2026-04-09T22:00:00Z"), true));
    let before = could(&told, at("2026-04-09T00:00:00Z"), at("2026-04-09T22:00:00Z")).unwrap();
    assert_eq!(before.decision.reason, Reason::NotYetOpen);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn b3_it_could_be_opened_exactly_if_it_could_be_at_some_moment(told in stories(), after in 0i64..20_000_000, hours in 0i64..72) {
        let from = at("2025-12-31T00:00:00Z") + Duration::seconds(after);
        let until = from + Duration::hours(hours);
        let could = could(&told, from, until).unwrap();
        prop_assert_eq!(could.decision.open, could.decision.reason == Reason::Open);
        prop_assert!(could.at == from || (from < could.at && could.at < until), "{:?}", could);
        prop_assert_eq!(&told.asked_at(could.at), &could.decision, "as asked at that moment");
        let quarters = (0..hours * 4).map(|n| from + Duration::minutes(15 * n));
        let facts = told.log().iter().map(|(_, _, fact)| fact.at).filter(|at| from < *at && *at < until);
        let at_some_moment = quarters.chain(facts).chain([from]).find(|at| told.asked_at(*at).open);
        if let Some(moment) = at_some_moment {
            prop_assert!(could.decision.open && could.at <= moment, "open at {moment}: {:?}", could);
        }
    }
}
