//! What one receiver may cost the others: it gets so many calls at once, and rests a while after it kept one waiting for nothing.
//!
//! Known to one process, and forgotten with it: the rows have pauses of their own. Knows targets, nothing of what is sent. Next: `worker`.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use uuid::Uuid;

/// Calls to one receiver at once.
pub(super) const EACH: usize = 8;
/// Longest rest.
const REST_MAX: TimeDelta = TimeDelta::minutes(5);

/// The receivers of one loop.
#[derive(Debug, Default)]
pub(super) struct Receivers {
    each: HashMap<Uuid, Receiver>,
}

#[derive(Debug, Default)]
struct Receiver {
    under_way: usize,
    /// Calls in a row that it kept waiting for nothing.
    in_vain: u32,
    rests_until: Option<DateTime<Utc>>,
}

impl Receivers {
    /// Those that nothing goes to just now.
    pub fn closed(&self, now: DateTime<Utc>) -> Vec<Uuid> {
        let closed = |r: &Receiver| r.under_way >= EACH || r.rests_until.is_some_and(|until| now < until);
        self.each.iter().filter(|(_, receiver)| closed(receiver)).map(|(target, _)| *target).collect()
    }

    /// Of deliveries with their targets those that may begin now, in the same order.
    pub fn choose(&self, found: Vec<(Uuid, Option<Uuid>)>) -> Vec<Uuid> {
        let mut counts: HashMap<Uuid, usize> = HashMap::new();
        let mut chosen = Vec::with_capacity(found.len());
        for (delivery, target) in found {
            if let Some(target) = target {
                let under_way = || self.each.get(&target).map_or(0, |receiver| receiver.under_way);
                let count = counts.entry(target).or_insert_with(under_way);
                *count += 1;
                if *count > EACH {
                    continue;
                }
            }
            chosen.push(delivery);
        }
        chosen
    }

    /// A call has begun.
    pub fn begin(&mut self, target: Uuid) {
        self.each.entry(target).or_default().under_way += 1;
    }

    /// A call has ended; `in_vain`: after a long wait, and it was not taken.
    pub fn end(&mut self, target: Uuid, in_vain: bool, now: DateTime<Utc>) {
        let Some(receiver) = self.each.get_mut(&target) else { return };
        receiver.under_way -= 1;
        if in_vain {
            receiver.in_vain += 1;
            let rest = TimeDelta::seconds(5 << receiver.in_vain.min(6)).min(REST_MAX);
            receiver.rests_until = Some(now + rest);
        } else if receiver.under_way == 0 {
            self.each.remove(&target);
        } else {
            (receiver.in_vain, receiver.rests_until) = (0, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn u6_a_receiver_gets_so_many_calls_at_once_and_no_more() {
        let mut receivers = Receivers::default();
        let found = |target| (0..12).map(|n| (Uuid::from_u128(10 + n), Some(target))).collect::<Vec<_>>();
        let mail = (Uuid::from_u128(9), None);
        let all = [found(SLOW), found(OTHER), vec![mail]].concat();
        assert_eq!(receivers.choose(all).len(), 2 * EACH + 1);
        (0..EACH).for_each(|_| receivers.begin(SLOW));
        assert_eq!(receivers.choose(found(SLOW)), Vec::<Uuid>::new());
        assert_eq!(receivers.closed(at(0)), [SLOW]);
        receivers.end(SLOW, false, at(1));
        assert_eq!((receivers.choose(found(SLOW)).len(), receivers.closed(at(1))), (1, vec![]));
    }

    #[test]
    fn u6_a_receiver_that_keeps_waiting_rests_longer_each_time_and_not_after_it_took_one() {
        let mut receivers = Receivers::default();
        let mut rests = Vec::new();
        for _ in 0..8 {
            receivers.begin(SLOW);
            receivers.end(SLOW, true, at(0));
            rests.push((0..=400).find(|s| receivers.closed(at(*s)).is_empty()));
        }
        assert_eq!(rests, [10, 20, 40, 80, 160, 300, 300, 300].map(Some));
        receivers.begin(SLOW);
        receivers.end(SLOW, false, at(500));
        assert!(receivers.closed(at(0)).is_empty());
        assert!(receivers.each.is_empty(), "who owes nothing is forgotten");
    }
}
