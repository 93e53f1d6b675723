//! What is kept beside the events: each record's last seeing and drift, and what each sync did. Migration `0005_erp.sql` says which table is what.

use crate::{
    app::Failure,
    db::{Db, Load},
};
use projections::{
    Arg, Ask, Row, Table, Type,
    table::{column, nullable},
};
use std::collections::HashMap;
use uuid::Uuid;

static RECORD: Table = Table {
    name: "erp_record",
    columns: &[
        column("account", Type::Uuid),
        column("key", Type::Bytes),
        column("source", Type::Text),
        nullable("contact", Type::Uuid),
        column("seen_at", Type::Int),
        nullable("updated_at", Type::Int),
        nullable("drift", Type::Text),
        nullable("other", Type::Uuid),
        nullable("note", Type::Bytes),
        nullable("noted_at", Type::Int),
    ],
    key: 2,
    stream: "contact",
    indexes: &[],
};

/// What is kept of a record.
#[derive(Debug, Clone, Default, PartialEq, projections::FromRow)]
pub(super) struct RecordRow {
    /// The keyed hash it is found by.
    pub key: Vec<u8>,
    /// Its contact; of one that waits for a person: the contact it may be.
    pub contact: Option<Uuid>,
    /// When it was last sent.
    pub seen_at: i64,
    /// When it last changed in the ERP, as far as it said so.
    pub updated_at: Option<i64>,
    /// Where it disagrees with what is here.
    pub drift: Option<String>,
    /// Who has its e-mail.
    pub other: Option<Uuid>,
    /// What a person needs to decide, sealed.
    pub note: Option<Vec<u8>>,
    /// Since when it disagrees.
    pub noted_at: Option<i64>,
}

const RECORD_COLUMNS: &str = "key, contact, seen_at, updated_at, drift, other, note, noted_at";

/// What is kept of these records.
pub(super) async fn records(
    db: &Db,
    account: Uuid,
    keys: Vec<Vec<u8>>,
) -> Result<HashMap<Vec<u8>, RecordRow>, Failure> {
    let sql = format!("SELECT {RECORD_COLUMNS} FROM erp_record WHERE account = $1 AND key IN [$2]");
    let rows: Vec<RecordRow> = db.fetch(Ask::new(sql, [account.into(), Arg::Bytess(keys)])).await?;
    Ok(rows.into_iter().map(|row| (row.key.clone(), row)).collect())
}

/// Writes what is kept of records, in the order of their keys: two syncs of the same records at once never hold each other up for good.
pub(super) async fn keep(db: &Db, account: Uuid, source: &str, mut rows: Vec<RecordRow>) -> Result<(), Failure> {
    rows.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    let rows: Vec<Row> = rows
        .into_iter()
        .map(|r| {
            vec![
                account.into(),
                r.key.into(),
                source.into(),
                r.contact.into(),
                r.seen_at.into(),
                Arg::Int(r.updated_at),
                Arg::Text(r.drift),
                r.other.into(),
                Arg::Bytes(r.note),
                Arg::Int(r.noted_at),
            ]
        })
        .collect();
    let mut tx = db.begin().await?;
    tx.write_rows(&RECORD, RECORD.name, rows, Load::Upsert).await?;
    tx.commit().await?;
    Ok(())
}

/// One record's row.
pub(super) async fn record(db: &Db, account: Uuid, key: Vec<u8>) -> Result<Option<RecordRow>, Failure> {
    Ok(records(db, account, vec![key.clone()]).await?.remove(&key))
}

/// Notes that a record agrees again.
pub(super) async fn settle(db: &Db, account: Uuid, key: Vec<u8>) -> Result<(), Failure> {
    let settled = Ask::new(
        "UPDATE erp_record SET drift = NULL, other = NULL, note = NULL, noted_at = NULL WHERE account = $1 AND key = $2",
        [account.into(), key.into()],
    );
    db.execute(settled).await?;
    Ok(())
}

/// A sync.
#[derive(Debug, Clone, Default, PartialEq, projections::FromRow)]
pub struct RunRow {
    /// Its id.
    pub id: Uuid,
    /// The account's name for the ERP.
    pub source: String,
    /// `INCREMENTAL` or `FULL`.
    pub mode: String,
    /// How records came: `API`, `FOLDER`, `PULL`.
    pub door: String,
    /// When it began, microseconds since 1970, UTC.
    pub started_at: i64,
    /// When it ended; none: it runs, or was interrupted.
    pub ended_at: Option<i64>,
    /// Why it did not end well.
    pub failed: Option<String>,
    /// What it did, as JSON.
    pub report: Option<Vec<u8>>,
    /// Keyed hash of all that was sent, where it had a key.
    pub fingerprint: Option<Vec<u8>>,
}

const RUN_COLUMNS: &str = "id, source, mode, door, started_at, ended_at, failed, report, fingerprint";

/// Notes that a sync begins. One with a key takes it from an earlier one that did not end, or not well.
pub(super) async fn begin_run(db: &Db, account: Uuid, run: &RunRow, key: Option<[u8; 32]>) -> Result<(), Failure> {
    let mut tx = db.begin().await?;
    if let Some(key) = key {
        let left = "UPDATE erp_run SET key = NULL WHERE account = $1 AND key = $2 AND (ended_at IS NULL OR failed IS NOT NULL)";
        tx.execute(Ask::new(left, [account.into(), key.to_vec().into()])).await?;
    }
    let insert = Ask::new(
        "INSERT INTO erp_run (id, account, source, mode, door, started_at, key) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT DO NOTHING",
        [
            run.id.into(),
            account.into(),
            run.source.as_str().into(),
            run.mode.as_str().into(),
            run.door.as_str().into(),
            run.started_at.into(),
            Arg::Bytes(key.map(|key| key.to_vec())),
        ],
    );
    tx.execute(insert).await?;
    tx.commit().await?;
    Ok(())
}

/// Notes how a sync ended.
pub(super) async fn end_run(db: &Db, run: &RunRow) -> Result<(), Failure> {
    let update = Ask::new(
        "UPDATE erp_run SET ended_at = $2, failed = $3, report = $4, fingerprint = $5 WHERE id = $1",
        [
            run.id.into(),
            Arg::Int(run.ended_at),
            Arg::Text(run.failed.clone()),
            Arg::Bytes(run.report.clone()),
            Arg::Bytes(run.fingerprint.clone()),
        ],
    );
    db.execute(update).await?;
    Ok(())
}

/// The sync that ended well under a key.
pub(super) async fn run_of_key(db: &Db, account: Uuid, key: [u8; 32]) -> Result<Option<RunRow>, Failure> {
    let sql = format!(
        "SELECT {RUN_COLUMNS} FROM erp_run WHERE account = $1 AND key = $2 AND ended_at IS NOT NULL AND failed IS NULL"
    );
    Ok(db.fetch_optional(Ask::new(sql, [account.into(), key.to_vec().into()])).await?)
}

/// Which syncs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// All.
    Any,
    /// Those that ended well.
    Done,
    /// Those of dropped files.
    OfFile,
}

/// The newest of an account's syncs with an ERP.
pub(super) async fn newest_run(db: &Db, account: Uuid, source: &str, which: Which) -> Result<Option<RunRow>, Failure> {
    let only = match which {
        Which::Any => "",
        Which::Done => " AND ended_at IS NOT NULL AND failed IS NULL",
        Which::OfFile => " AND door = 'FOLDER'",
    };
    let sql = format!(
        "SELECT {RUN_COLUMNS} FROM erp_run WHERE account = $1 AND source = $2{only} ORDER BY started_at DESC, id DESC LIMIT 1"
    );
    Ok(db.fetch_optional(Ask::new(sql, [account.into(), source.into()])).await?)
}
