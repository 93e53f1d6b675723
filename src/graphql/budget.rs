//! What one caller's GraphQL requests may cost in a while: a bucket of points each, in this process's memory.
//!
//! A request costs what the guard priced it at (`graphql/guard`). The bucket holds [`Budget::points`] and gets [`Budget::per_second`] back each second; a
//! request that it does not hold is answered 429 with `Retry-After`, before it is executed, and costs nothing. Every answer says what is left
//! (`extensions.cost`). Counted by each node for itself: with several behind one address a caller has as many buckets. What is dear and
//! rare is counted by the database for all of them (`limits.rs`).

use crate::clock::Clock;
use chrono::{DateTime, Utc};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use uuid::Uuid;

/// So many callers are remembered before full buckets are dropped.
const REMEMBERED: usize = 20_000;

/// The buckets of a process. Cheap to clone.
#[derive(Clone)]
pub struct Budget {
    /// Of a full bucket.
    points: u64,
    /// What comes back each second.
    per_second: u64,
    /// When each bucket will be full again, in microseconds since 1970; none: it is.
    full_at: Arc<Mutex<HashMap<Uuid, i64>>>,
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Budget({} points, {} a second)", self.points, self.per_second)
    }
}

/// What a caller has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Points in the bucket now.
    pub available: u64,
    /// Points that come back each second.
    pub restore_rate: u64,
}

impl Budget {
    /// Buckets of `points` (1 at least) that get `per_second` (1 at least) back each second.
    pub fn new(points: u64, per_second: u64) -> Budget {
        Budget { points: points.max(1), per_second: per_second.max(1), full_at: Arc::default() }
    }

    /// How long it takes until so many points came back, in microseconds.
    fn time_of(&self, points: u64) -> i64 {
        let micros = u128::from(points) * 1_000_000 / u128::from(self.per_second);
        i64::try_from(micros).unwrap_or(i64::MAX / 4)
    }

    fn points_of(&self, micros: i64) -> u64 {
        let points = u128::from(micros.unsigned_abs()) * u128::from(self.per_second) / 1_000_000;
        u64::try_from(points).unwrap_or(u64::MAX)
    }

    /// Takes `cost` points of `caller`'s; what is left, or how long to wait. One dearer than a whole bucket takes a full one.
    fn spend(&self, caller: Uuid, cost: u64, now: DateTime<Utc>) -> Result<Left, Duration> {
        let (now, whole) = (now.timestamp_micros(), self.time_of(self.points));
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.get(&caller).copied().unwrap_or(now).max(now);
        let after = full_at.saturating_add(self.time_of(cost.min(self.points)));
        let over = after.saturating_sub(now.saturating_add(whole));
        if over > 0 {
            return Err(Duration::from_micros(over.unsigned_abs()));
        }
        buckets.insert(caller, after);
        Ok(Left {
            available: self.points - self.points_of(after - now).min(self.points),
            restore_rate: self.per_second,
        })
    }
}

/// One caller's bucket, put into a request's extensions by whoever recognised them.
#[derive(Clone)]
pub struct Purse {
    budget: Budget,
    caller: Uuid,
    now: DateTime<Utc>,
}

impl Purse {
    /// The bucket of `caller`, as of now.
    pub fn of(budget: &Budget, caller: Uuid, clock: &dyn Clock) -> Purse {
        Purse { budget: budget.clone(), caller, now: clock.now() }
    }

    /// Takes so many points; what is left, or how long to wait.
    ///
    /// # Errors
    /// The time after which there will be enough.
    pub fn spend(&self, cost: u64) -> Result<Left, Duration> {
        self.budget.spend(self.caller, cost, self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a6_a_bucket_is_emptied_and_fills_again() {
        let budget = Budget::new(1_000, 100);
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let at = |millis| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::milliseconds(millis);
        let left = |available| Ok(Left { available, restore_rate: 100 });
        assert_eq!(budget.spend(one, 600, at(0)), left(400));
        assert_eq!(budget.spend(one, 600, at(0)), Err(Duration::from_secs(2)));
        assert_eq!(budget.spend(one, 400, at(0)), left(0), "a refused request costs nothing");
        assert_eq!(budget.spend(other, 600, at(0)), left(400), "everyone has a bucket");
        assert_eq!(budget.spend(one, 100, at(500)), Err(Duration::from_millis(500)));
        assert_eq!(budget.spend(one, 100, at(1_000)), left(0));
        assert_eq!(budget.spend(one, 1, at(3_600_000)), left(999), "full, and no fuller");
        assert_eq!(
            budget.spend(other, 5_000, at(3_600_000)),
            left(0),
            "what is dearer than a bucket takes a whole one"
        );
    }
}
