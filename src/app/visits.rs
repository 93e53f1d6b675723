//! When members came: noted once an hour a member, beside the log, because nothing is ever decided by it (row B13).

use super::{App, Caller};
use domain::{AccountId, UserId};
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

    /// Links the members recorded with a user's verified e-mail to them. Whoever is not linked by this comes in all the same, by the e-mail: it may
    /// be done again at any time.
    pub(super) async fn link_members(&self, user: UserId) {
        let linked = async {
            let states = self.inner.reader.states(vec![user.0]).await?;
            let email = states.get(&user.0).and_then(|f| f.state.user()).and_then(|u| u.verified_email().cloned());
            let Some(email) = email else { return Ok(()) };
            for (account, contact) in self.inner.reader.db().fetch(memberships::unlinked(email.as_str())).await? {
                let command = super::Command::Members(super::Members::Link(domain::ContactId(contact), user));
                let policy = Caller::policy(AccountId(account));
                if let Err(super::NotDone::Failure(failure)) = Box::pin(self.execute(&policy, command.into())).await {
                    return Err(failure);
                }
            }
            Ok::<(), super::Failure>(())
        };
        if let Err(error) = linked.await {
            tracing::warn!(%error, "members were not linked to their user");
        }
    }
}
