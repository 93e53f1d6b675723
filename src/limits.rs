//! How often something may be tried: one bucket a rule and a value, shared by every node through the database.
//!
//! A bucket holds [`Rule::burst`] tries and gets one back every [`Rule::every`]. What is kept of it is one instant, when it will be full again (the generic
//! cell rate algorithm, ITU-T I.371), changed by one statement, so that two nodes cannot both take the last try. Values (an e-mail, an address)
//! stand there as keyed hashes only. For what is rare and dear: signing in, asking for mails. Ordinary requests are counted in memory
//! (`graphql/budget.rs`).
//!
//! Knows no request: who is limited by what is said by those who call.

use crate::{
    db::{Db, DbError},
    vault::store::Vault,
};
use chrono::{DateTime, TimeDelta, Utc};
use projections::Ask;
use std::time::Duration;
use uuid::Uuid;

/// So often, and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Tells its buckets from those of other rules.
    pub name: &'static str,
    /// Tries of a full bucket.
    pub burst: u32,
    /// After which one try comes back.
    pub every: Duration,
}

impl Rule {
    /// `burst` tries at once, then one in `every`.
    pub const fn new(name: &'static str, burst: u32, every: Duration) -> Rule {
        Rule { name, burst, every }
    }

    fn every(&self) -> i64 {
        i64::try_from(self.every.as_micros()).unwrap_or(i64::MAX / 1_000_000)
    }

    /// How much later than now a bucket may be full and still hold a try.
    fn room(&self) -> i64 {
        self.every().saturating_mul(i64::from(self.burst.max(1)) - 1)
    }
}

/// Too often: try again after this long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    /// In whole seconds, as the header has it; 1 at least.
    pub fn seconds(self) -> u64 {
        self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0)
    }
}

/// The buckets of one database.
#[derive(Debug, Clone)]
pub struct Limits {
    db: Db,
    vault: Vault,
}

impl Limits {
    /// Those of this database.
    pub fn new(db: Db, vault: Vault) -> Limits {
        Limits { db, vault }
    }

    /// Takes a try out of the bucket of `rule` and `value`; or says when there will be one, and takes none.
    ///
    /// # Errors
    /// The database's: whoever calls refuses then, for a limit that cannot be looked at is none.
    pub async fn take(&self, rule: &Rule, value: &str, now: DateTime<Utc>) -> Result<Result<(), RetryAfter>, DbError> {
        let key = self.vault.claim_key(rule.name, Uuid::nil(), value).to_vec();
        let now = now.timestamp_micros();
        let latest = now.saturating_add(rule.room());
        let take = Ask::<(i64,)>::new(
            "INSERT INTO rate_limit (key, full_at) VALUES ($1, $2) \
             ON CONFLICT (key) DO UPDATE SET full_at = CASE WHEN rate_limit.full_at > $3 THEN rate_limit.full_at + $4 ELSE $2 END \
             WHERE rate_limit.full_at <= $5 RETURNING full_at",
            [
                key.clone().into(),
                now.saturating_add(rule.every()).into(),
                now.into(),
                rule.every().into(),
                latest.into(),
            ],
        );
        let mut tx = self.db.begin().await?;
        if tx.fetch_optional(take).await?.is_some() {
            tx.commit().await?;
            return Ok(Ok(()));
        }
        let ask = Ask::<(i64,)>::new("SELECT full_at FROM rate_limit WHERE key = $1", [key.into()]);
        let full_at = tx.fetch_optional(ask).await?.map_or(latest, |(at,)| at);
        tx.rollback().await?;
        let wait = full_at.saturating_sub(latest).max(1);
        Ok(Err(RetryAfter(Duration::from_micros(wait.unsigned_abs()))))
    }

    /// Drops buckets that are full again; how many.
    ///
    /// # Errors
    /// The database's; nothing is lost by trying again later.
    pub async fn forget_full(&self, now: DateTime<Utc>) -> Result<u64, DbError> {
        // A little later than need be: clocks of nodes differ.
        let before = now - TimeDelta::minutes(10);
        self.db.execute(Ask::new("DELETE FROM rate_limit WHERE full_at < $1", [before.timestamp_micros().into()])).await
    }
}
