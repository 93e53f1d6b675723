//! The only file that reads the clock or makes ids. Everything else is handed a [`Clock`], or better a time and an id, so
//! that rules can be asked about any instant and demo data come out the same again.
//!
//! Knows nothing of what the times and ids are for. Times carry microseconds, as PostgreSQL keeps them, so that a time
//! reads back equal from every engine. Ids are UUID version 7 (RFC 9562): they sort by the time they were made.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Where times and ids come from.
pub trait Clock: Send + Sync {
    /// The present instant, in whole microseconds.
    fn now(&self) -> DateTime<Utc>;
    /// A new id; within one clock each is greater than the one before.
    fn id(&self) -> Uuid;
}

/// The machine's clock. It may step back; the log's sequencer sees to it that recorded times do not.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// A clock that stands still until it is moved, with ids that follow from its seed: for demo data and tests.
#[derive(Debug)]
pub struct FixedClock {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: DateTime<Utc>,
    /// Milliseconds in the last id; never runs back, so that ids do not either when the clock is set back.
    id_millis: u64,
    /// Ids made within that millisecond.
    count: u32,
    tail: ChaCha8Rng,
}

/// As many ids as 26 bits count are made within one millisecond before the next is borrowed.
const LAST_COUNT: u32 = (1 << 26) - 1;

impl FixedClock {
    /// A clock showing `now`. The same seed and the same calls give the same ids, on every platform.
    pub fn new(now: DateTime<Utc>, seed: u64) -> FixedClock {
        let tail = ChaCha8Rng::seed_from_u64(seed);
        FixedClock { state: Mutex::new(State { now: now.trunc_subsecs(6), id_millis: 0, count: 0, tail }) }
    }

    /// Shows `now` from here on, earlier or later.
    pub fn set(&self, now: DateTime<Utc>) {
        self.state().now = now.trunc_subsecs(6);
    }

    /// Moves on by `by` (or back, if it is negative). At the end of the calendar it stays where it is.
    pub fn advance(&self, by: TimeDelta) {
        let mut state = self.state();
        state.now = state.now.checked_add_signed(by).unwrap_or(state.now).trunc_subsecs(6);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is a single assignment, so the state of a thread that panicked is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.state().now
    }

    fn id(&self) -> Uuid {
        let mut state = self.state();
        let millis = u64::try_from(state.now.timestamp_millis()).unwrap_or(0);
        if millis > state.id_millis {
            (state.id_millis, state.count) = (millis, 0);
        } else if state.count == LAST_COUNT {
            (state.id_millis, state.count) = (state.id_millis + 1, 0);
        } else {
            state.count += 1;
        }
        let count = state.count;
        let mut bytes = [0; 10];
        state.tail.fill_bytes(&mut bytes);
        // The count fills the bits after the version's four and the variant's two, so ids of one millisecond ascend.
        [bytes[0], bytes[1]] = ((count >> 14) as u16).to_be_bytes();
        bytes[2] = (count >> 8) as u8 & 0x3f;
        bytes[3] = count as u8;
        uuid::Builder::from_unix_timestamp_millis(state.id_millis, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_system_clock_shows_microseconds_and_ascending_ids() {
        let clock = SystemClock;
        assert_eq!(clock.now().timestamp_subsec_nanos() % 1000, 0);
        assert!(clock.now() > at("2025-01-01T00:00:00Z"));
        let ids: Vec<_> = (0..1000).map(|_| clock.id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert_eq!(ids[0].get_version_num(), 7);
    }

    #[test]
    fn a_fixed_clock_stands_until_it_is_moved() {
        let clock = FixedClock::new(at("2026-03-31T10:00:00.123456789Z"), 1);
        assert_eq!(clock.now(), at("2026-03-31T10:00:00.123456Z"));
        clock.advance(TimeDelta::days(1));
        assert_eq!(clock.now(), at("2026-04-01T10:00:00.123456Z"));
        clock.set(at("2020-01-01T00:00:00Z"));
        assert_eq!(clock.now(), at("2020-01-01T00:00:00Z"));
        clock.advance(TimeDelta::MAX);
        assert_eq!(clock.now(), at("2020-01-01T00:00:00Z"));
    }

    #[test]
    fn the_same_seed_makes_the_same_ids_on_every_machine() {
        let ids = |seed| {
            let clock = FixedClock::new(at("2026-03-31T10:00:00Z"), seed);
            (0..3).map(|_| clock.id()).collect::<Vec<_>>()
        };
        assert_eq!(ids(1), ids(1));
        assert_ne!(ids(1), ids(2));
        let expected = [
            "019d4355-f500-7000-8000-ea4c09676b8e",
            "019d4355-f500-7000-8001-65060736032b",
            "019d4355-f500-7000-8002-dca72538e5cb",
        ];
        assert_eq!(ids(1).iter().map(Uuid::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_id_carries_the_clock_s_time() {
        let clock = FixedClock::new(at("2026-03-31T10:00:00.250Z"), 1);
        let id = clock.id();
        assert_eq!((id.get_version_num(), id.get_variant()), (7, uuid::Variant::RFC4122));
        assert_eq!(id.get_timestamp().unwrap().to_unix(), (1_774_951_200, 250_000_000));
    }

    #[test]
    fn ids_ascend_past_the_last_count_of_a_millisecond() {
        let clock = FixedClock::new(at("2026-03-31T10:00:00Z"), 1);
        clock.id();
        clock.state().count = LAST_COUNT - 1;
        let ids: Vec<_> = (0..3).map(|_| clock.id()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
    }

    proptest! {
        #[test]
        fn ids_ascend_however_the_clock_is_moved(moves in proptest::collection::vec(-100_000i64..100_000, 1..200), seed: u64) {
            let clock = FixedClock::new(at("2026-03-31T10:00:00Z"), seed);
            let mut last = clock.id();
            for by in moves {
                clock.advance(TimeDelta::milliseconds(by));
                let id = clock.id();
                prop_assert!(id > last);
                prop_assert_eq!(id.get_version_num(), 7);
                last = id;
            }
        }
    }
}
