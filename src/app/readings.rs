//! Whoever goes through an account's list of people page by page takes it away as surely as by an export: then it is in the trail.
//!
//! Counted are different people, a caller and list and day, wherever a page of a list shows them and however it was narrowed: looking the same ones up
//! all day long is work, and meeting a thousand is reading the list. Counting is done in memory, a number of callers at a time and each node by itself;
//! nothing is written before the thousandth, and once after it. `docs/privacy.md` says what that leaves out.

use super::{App, Caller, CameFrom, Command, ExportCommand, Request};
use domain::{AccountId, account::RecordListRead, values::ExportedList};
use quick_cache::sync::Cache;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};
use uuid::Uuid;

/// So many different people in a day are a list.
pub const A_LIST: usize = 1_000;
/// Callers, with a list each, whose day is remembered: some sixteen kilobytes each at most.
const KEPT: usize = 1_000;
const DAY: i64 = 86_400_000_000;

/// Who reads which list of which account.
type Reader = (Uuid, AccountId, ExportedList);

/// What callers were shown today.
pub(super) struct Readings(Cache<Reader, Arc<Mutex<Shown>>>);

#[derive(Default)]
struct Shown {
    /// Days since 1970, UTC.
    day: i64,
    those: HashSet<Uuid>,
    told: bool,
}

impl Shown {
    /// Takes more of them in; whether it is to be told now.
    fn take(&mut self, day: i64, more: impl Iterator<Item = Uuid>) -> bool {
        if self.day != day {
            *self = Shown { day, ..Shown::default() };
        }
        if self.told {
            return false;
        }
        self.those.extend(more);
        self.told = self.those.len() >= A_LIST;
        if self.told {
            self.those = HashSet::new();
        }
        self.told
    }
}

impl Readings {
    pub fn new() -> Readings {
        Readings(Cache::new(KEPT))
    }
}

impl App {
    /// Takes note that a caller is being shown these people of a list; the one page that makes it a list is recorded before it is answered. Where it
    /// cannot be recorded the operators are told, and the next page tries again.
    pub async fn listed(
        &self,
        caller: &Caller,
        (account, what): (AccountId, ExportedList),
        those: impl Iterator<Item = Uuid>,
        from: (Uuid, Option<Arc<CameFrom>>),
    ) {
        let reader = (caller.actor.id, account, what);
        let shown = match self
            .inner
            .readings
            .0
            .get_or_insert_with(&reader, || Ok::<_, std::convert::Infallible>(Arc::default()))
        {
            Ok(shown) => shown,
            Err(never) => match never {},
        };
        let day = self.inner.clock.now().timestamp_micros().div_euclid(DAY);
        if !shown.lock().unwrap_or_else(PoisonError::into_inner).take(day, those) {
            return;
        }
        let rule = RecordListRead { what, rows: A_LIST as u64 };
        let command = Command::Export(ExportCommand::Read(account, rule));
        let request = Request { correlation: Some(from.0), came_from: from.1, ..Request::from(command) };
        if let Err(error) = self.execute(caller, request).await {
            tracing::warn!(%error, "that a list was read could not be recorded; trying again with the next page");
            shown.lock().unwrap_or_else(PoisonError::into_inner).told = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p2_different_people_of_one_day_are_counted_and_it_is_told_once() {
        let mut shown = Shown::default();
        let people = |from: u128, count: u128| (from..from + count).map(Uuid::from_u128);
        assert!(!shown.take(1, people(0, 900)) && !shown.take(1, people(0, 900)), "the same ones again");
        assert!(!shown.take(1, people(900, 99)));
        assert!(shown.take(1, people(999, 1)), "the thousandth");
        assert!(!shown.take(1, people(1_000, 5_000)), "once a day");
        assert!(shown.those.is_empty(), "and no more is remembered than whether it was told");
        assert!(!shown.take(2, people(0, 999)), "another day");
        assert!(shown.take(2, people(5_000, 1)));
    }
}
