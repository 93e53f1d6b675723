//! After an erasure: cleaning what the engine still keeps of the erased rows in its files.
//!
//! The erasure itself (key destroyed, rows purged, e-mail freed) is one append, done when it was answered. What remains is the engine's: freed
//! pages, dead rows, statistics, the write-ahead log. On SQLite that is cheap and done at once; on PostgreSQL it rewrites tables
//! under a lock, so it is done for many erasures together, at most once an hour.
//!
//! Then it is looked whether anything is left (`search.rs`, by values that were held in memory since: `needles.rs`), and a receipt is written
//! (`receipt.rs`). `ledger.rs` notes erasures outside the database, for backups that are restored.

pub mod ledger;
pub mod needles;
pub mod receipt;
pub mod search;

use crate::{app::Failure, db::Db};
use projections::{ALL, Ask};

/// Tables outside the read models that held something of the person.
const KEPT_TABLES: &[&str] = &[
    "vault_key",
    "unique_key",
    "outbox",
    "idempotency",
    "import_row",
    "import_file",
    "session",
    "credential",
    "totp",
    "recovery_code",
    "provider_link",
    "saved_view",
    "bulk_act",
    "bulk_row",
    "knock",
    "sign_in",
    "device_seen",
    "erp_record",
    "intent",
    "intent_hold",
    "whence",
];

/// Erasures whose cleaning is still to do.
pub async fn pending(db: &Db) -> Result<u64, Failure> {
    let row =
        db.fetch_optional(Ask::<(i64,)>::new("SELECT COUNT(*) FROM erasure WHERE cleaned_at IS NULL", [])).await?;
    Ok(row.map_or(0, |(n,)| n.unsigned_abs()))
}

/// Cleans the files of the engine; how many erasures are done with.
pub async fn clean(db: &Db, now_micros: i64) -> Result<u64, Failure> {
    let due = Ask::<(i64,)>::new("SELECT MAX(position) FROM erasure WHERE cleaned_at IS NULL HAVING COUNT(*) > 0", []);
    let Some((until,)) = db.fetch_optional(due).await? else { return Ok(0) };
    if db.sqlite_path().is_some() {
        // Deleted content was overwritten where it stood (secure_delete is on for every connection); the write-ahead log still holds
        // pages as they were before, and is emptied.
        db.maintain("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    } else {
        let mut tables: Vec<&'static str> = KEPT_TABLES.to_vec();
        for model in ALL {
            tables.extend(model.tables.iter().map(|t| t.name));
        }
        for table in tables {
            db.rewrite_table(table).await?;
        }
        // Samples of values stand in the statistics, old ones among their dead rows.
        db.maintain("VACUUM FULL pg_catalog.pg_statistic").await?;
        db.checkpoint().await?;
    }
    let done = Ask::new(
        "UPDATE erasure SET cleaned_at = $1 WHERE cleaned_at IS NULL AND position <= $2",
        [now_micros.into(), until.into()],
    );
    Ok(db.execute(done).await?)
}
