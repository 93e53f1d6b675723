//! When members came: noted once an hour a member, beside the log, because nothing is ever decided by it (row B13).

use super::{App, Caller};
use domain::AccountId;
use projections::memberships;
use quick_cache::sync::Cache;
use uuid::Uuid;

/// Members whose last note is remembered.
const KEPT: usize = 10_000;
const HOUR: i64 = 3_600_000_000;

/// The hour of each member's last note.
pub(super) struct Visits(Cache<Uuid, i64>);

impl Visits {
    pub fn new() -> Visits {
        Visits(Cache::new(KEPT))
    }
}

impl App {
    /// Notes that a user came to an account. Who cannot be noted came all the same: it is told to the operators only.
    pub async fn came(&self, caller: &Caller, account: AccountId) {
        let Some(place) = caller.place(account) else { return };
        let hour = self.inner.clock.now().timestamp_micros() / HOUR;
        let contact = place.contact.0;
        if self.inner.visits.0.get(&contact) == Some(hour) {
            return;
        }
        match self.inner.reader.db().execute(memberships::came(contact, account, hour * HOUR)).await {
            Ok(_) => self.inner.visits.0.insert(contact, hour),
            Err(error) => tracing::warn!(%error, "a visit was not noted"),
        }
    }
}
