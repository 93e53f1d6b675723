//! How long is kept what the log does not need: a table a line, a number of days a setting, and one task that deletes what is older, a few rows at a time.
//!
//! What is here is beside the log: nothing is decided by it, and nothing that happened is forgotten with it. Rows that go by a rule of their own (those of imported
//! files with their plan, limits once they are full again) are kept by their own rooms. A new table of this kind is added to [`LINES`], and its days to
//! [`Retention`] and the settings.

use crate::{
    app::{App, Failure},
    config::Config,
    db::Db,
};
use chrono::{DateTime, TimeDelta, Utc};
use projections::Ask;
use std::time::Duration;

/// Rows deleted by one statement, so that nobody waits long for the writer.
const STEP: i64 = 500;
/// How often it is looked.
const LOOK: Duration = Duration::from_secs(3600);
/// How long after the start it is looked first.
const FIRST: Duration = Duration::from_secs(60);
/// What is overdue by less is deleted within the hour.
const LATE: TimeDelta = TimeDelta::hours(24);

/// Days for which things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Addresses and programs from which people acted.
    pub addresses: u64,
    /// Deliveries that are done with: which mail or call, to whom, when.
    pub deliveries: u64,
    /// Syncs with an ERP: counts and codes.
    pub syncs: u64,
    /// When members last came.
    pub visits: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Retention { addresses: 365, deliveries: 90, syncs: 90, visits: 1095 }
    }
}

impl From<&Config> for Retention {
    fn from(config: &Config) -> Self {
        Retention {
            addresses: config.retention_address_days,
            deliveries: config.retention_delivery_days,
            syncs: config.retention_sync_days,
            visits: config.retention_visit_days,
        }
    }
}

/// A table of which old rows are deleted.
pub struct Line {
    /// What its rows are, for people.
    pub what: &'static str,
    table: &'static str,
    /// The columns of its key.
    key: &'static str,
    /// When a row was written, or was done with: microseconds since 1970, UTC; indexed.
    at: &'static str,
    /// Which rows may go.
    only: &'static str,
    days: fn(&Retention) -> u64,
}

/// Every table of which old rows are deleted.
#[rustfmt::skip] // A row a table.
pub const LINES: &[Line] = &[
    Line { what: "addresses of origin", table: "whence", key: "correlation", at: "at", only: "", days: |r| r.addresses },
    Line { what: "deliveries done with", table: "outbox", key: "id", at: "done_at",
        only: " AND state IN ('SENT', 'ACKNOWLEDGED', 'DROPPED') AND channel <> 'POLICY'", days: |r| r.deliveries },
    Line { what: "syncs with an ERP", table: "erp_run", key: "id", at: "started_at", only: "", days: |r| r.syncs },
    Line { what: "last visits", table: "member_seen", key: "contact", at: "at", only: "", days: |r| r.visits },
    Line { what: "contacts of acts on many", table: "bulk_row", key: "bulk, number", at: "at", only: "", days: |_| 30 },
    Line { what: "acts on many contacts", table: "bulk_act", key: "id", at: "at", only: "", days: |_| 30 },
    // Callers are promised these seven days.
    Line { what: "answers to idempotency keys", table: "idempotency", key: "account, key", at: "at", only: "", days: |_| 7 },
];

impl Line {
    /// For how many days its rows are kept.
    pub fn days(&self, retention: &Retention) -> u64 {
        (self.days)(retention)
    }

    fn before(&self, retention: &Retention, now: DateTime<Utc>) -> i64 {
        (now - TimeDelta::days(i64::try_from(self.days(retention)).unwrap_or(i64::MAX / 86_400_000))).timestamp_micros()
    }

    fn step(&self, before: i64) -> Ask<()> {
        let Line { table, key, at, only, .. } = self;
        let sql = format!(
            "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {at} < $1{only} ORDER BY {at} LIMIT $2)"
        );
        Ask::new(sql, [before.into(), STEP.into()])
    }

    /// How many rows should have gone a day ago and more, counted up to a step.
    pub async fn overdue(&self, db: &Db, retention: &Retention, now: DateTime<Utc>) -> Result<u64, Failure> {
        let Line { table, at, only, .. } = self;
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 AS one FROM {table} WHERE {at} < $1{only} LIMIT $2) counted");
        let before = self.before(retention, now - LATE);
        let count = db.fetch_optional(Ask::<(i64,)>::new(sql, [before.into(), STEP.into()])).await?;
        Ok(count.map_or(0, |(n,)| n.unsigned_abs()))
    }
}

/// Deletes what is older than it is to be; how many rows.
pub async fn purge(db: &Db, retention: &Retention, now: DateTime<Utc>) -> Result<u64, Failure> {
    let mut all = 0;
    for line in LINES {
        let before = line.before(retention, now);
        loop {
            let gone = db.execute(line.step(before)).await?;
            all += gone;
            if gone < STEP.unsigned_abs() {
                break;
            }
        }
    }
    Ok(all)
}

/// Deletes for ever; and buckets of limits that are full again.
pub async fn keep(app: App) {
    tokio::time::sleep(FIRST).await;
    loop {
        let now = app.clock().now();
        match purge(app.reader().db(), &app.retention(), now).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "what was kept long enough was deleted"),
            Err(e) => tracing::warn!(error = %e, "old rows could not be deleted; trying again in an hour"),
        }
        if let Err(e) = app.limits().forget_full(now).await {
            tracing::warn!(error = %e, "old limits could not be dropped; trying again in an hour");
        }
        tokio::time::sleep(LOOK).await;
    }
}
