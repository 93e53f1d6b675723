//! Sets of instants as ordered, disjoint, half-open intervals: when something was, is and will be so.
//!
//! Access is a matter of intervals (subscriptions, pauses, grace days, suspensions); with these five operations each rule is one line.

use chrono::{DateTime, Duration, Utc};

/// An instant, UTC.
pub type Instant = DateTime<Utc>;

/// `from <= t < until`; no `until`: for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// First instant inside.
    pub from: Instant,
    /// First instant outside again.
    pub until: Option<Instant>,
}

impl Interval {
    /// Whether `at` is inside.
    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Whether no instant is inside.
    pub fn is_empty(&self) -> bool {
        self.until.is_some_and(|until| until <= self.from)
    }

    /// The instants in both.
    pub fn meet(&self, other: &Interval) -> Interval {
        Interval { from: self.from.max(other.from), until: earlier(self.until, other.until) }
    }
}

fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A set of instants: intervals in order, apart from each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intervals(Vec<Interval>);

impl Intervals {
    /// No instant.
    pub fn never() -> Self {
        Intervals::default()
    }

    /// `from <= t < until`.
    pub fn between(from: Instant, until: Option<Instant>) -> Self {
        Intervals::of([Interval { from, until }])
    }

    /// The union of any intervals.
    pub fn of(parts: impl IntoIterator<Item = Interval>) -> Self {
        let mut parts: Vec<Interval> = parts.into_iter().filter(|i| !i.is_empty()).collect();
        parts.sort_by_key(|i| i.from);
        let mut out: Vec<Interval> = Vec::with_capacity(parts.len());
        for part in parts {
            match out.last_mut() {
                Some(last) if last.until.is_none_or(|until| part.from <= until) => {
                    last.until = last.until.and_then(|a| part.until.map(|b| a.max(b)));
                }
                _ => out.push(part),
            }
        }
        Intervals(out)
    }

    /// In either.
    pub fn union(&self, other: &Intervals) -> Intervals {
        Intervals::of(self.0.iter().chain(&other.0).copied())
    }

    /// In both.
    pub fn intersect(&self, other: &Intervals) -> Intervals {
        Intervals::of(self.0.iter().flat_map(|a| other.0.iter().map(move |b| a.meet(b))))
    }

    /// In this, not in the other.
    pub fn minus(&self, other: &Intervals) -> Intervals {
        let mut rest = self.0.clone();
        for cut in &other.0 {
            rest = rest
                .into_iter()
                .flat_map(|part| {
                    let before = Interval { from: part.from, until: earlier(part.until, Some(cut.from)) };
                    let after = cut.until.map(|until| Interval { from: part.from.max(until), until: part.until });
                    [Some(before), after]
                })
                .flatten()
                .filter(|i| !i.is_empty())
                .collect();
        }
        Intervals::of(rest)
    }

    /// Whether `at` is inside.
    pub fn contains(&self, at: Instant) -> bool {
        self.covering(at).is_some()
    }

    /// The interval that `at` is in.
    pub fn covering(&self, at: Instant) -> Option<Interval> {
        self.0.iter().copied().find(|i| i.contains(at))
    }

    /// The first interval that starts after `at`.
    pub fn next_after(&self, at: Instant) -> Option<Interval> {
        self.0.iter().copied().find(|i| i.from > at)
    }

    /// The last interval that ended at or before `at`.
    pub fn last_before(&self, at: Instant) -> Option<Interval> {
        self.0.iter().rev().copied().find(|i| i.until.is_some_and(|until| until <= at))
    }

    /// Whether no instant is inside.
    pub fn is_never(&self) -> bool {
        self.0.is_empty()
    }

    /// The same times on another clock.
    pub fn map(&self, clock: impl Fn(Instant) -> Instant) -> Intervals {
        Intervals::of(self.0.iter().map(|i| Interval { from: clock(i.from), until: i.until.map(&clock) }))
    }

    /// The intervals in order.
    pub fn iter(&self) -> impl Iterator<Item = Interval> + '_ {
        self.0.iter().copied()
    }

    /// The first instant at which `length` of time inside the set has passed since `start`; `None` if it never will.
    pub fn after_spending(&self, start: Instant, length: Duration) -> Option<Instant> {
        let mut left = length;
        for part in &self.0 {
            let from = part.from.max(start);
            match part.until {
                Some(until) if until <= from => {}
                Some(until) if until - from < left => left -= until - from,
                _ => return Some(from + left),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn t(n: i64) -> Instant {
        DateTime::from_timestamp(n, 0).unwrap_or_default()
    }

    fn set() -> impl Strategy<Value = Intervals> {
        proptest::collection::vec((0i64..40, proptest::option::of(0i64..40)), 0..5).prop_map(|parts| {
            Intervals::of(
                parts.into_iter().map(|(from, len)| Interval { from: t(from), until: len.map(|l| t(from + l)) }),
            )
        })
    }

    proptest! {
        #[test]
        fn the_operations_are_those_of_sets(a in set(), b in set()) {
            for n in -1..90 {
                let (in_a, in_b) = (a.contains(t(n)), b.contains(t(n)));
                prop_assert_eq!(a.union(&b).contains(t(n)), in_a || in_b);
                prop_assert_eq!(a.intersect(&b).contains(t(n)), in_a && in_b);
                prop_assert_eq!(a.minus(&b).contains(t(n)), in_a && !in_b);
            }
        }

        #[test]
        fn time_spent_inside_is_counted_by_the_second(a in set(), start in 0i64..60, length in 1i64..30) {
            let counted = (start..200).filter(|n| a.contains(t(*n))).nth(length as usize - 1).map(|n| t(n + 1));
            prop_assert_eq!(a.after_spending(t(start), Duration::seconds(length)), counted);
        }
    }
}
