//! How the account stands with its ERP: syncs, lag, what disagrees, and when a contact's record was last seen.

use super::{
    resolve::open_note,
    store::{self, RunRow, Which},
    sync::{Report, Stopped},
};
use crate::app::{App, Failure};
use domain::{AccountId, values::ErpDrift};
use projections::{Arg, Ask, erp_links};
use std::collections::HashMap;
use uuid::Uuid;

/// How an account stands with its ERP.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The newest sync, whatever became of it.
    pub last: Option<RunRow>,
    /// The newest sync that ended well.
    pub last_done: Option<RunRow>,
    /// The newest sync of a dropped file.
    pub last_file: Option<RunRow>,
    /// When the next pull is due, microseconds since 1970, UTC.
    pub next_at: Option<i64>,
    /// From where records are pulled.
    pub url: Option<String>,
    /// Whether a pull runs now.
    pub pulling: bool,
}

impl RunRow {
    /// What it did; nothing of one that was interrupted.
    pub fn report(&self) -> Report {
        self.report.as_deref().and_then(|report| serde_json::from_slice(report).ok()).unwrap_or_default()
    }

    /// Why it did not end well, with what there is to say of that.
    pub fn stopped(&self) -> Option<Stopped> {
        let code = self.failed.as_deref()?;
        Some(self.report().stopped.unwrap_or_else(|| Stopped::by(code)))
    }
}

#[derive(projections::FromRow)]
struct SourceRow {
    url: String,
    next_at: Option<i64>,
    lease_until: Option<i64>,
}

/// How an account stands with its ERP `source`.
pub async fn standing(app: &App, account: AccountId, source: &str) -> Result<Standing, Failure> {
    let db = app.reader().db();
    let newest = |which| store::newest_run(db, account.0, source, which);
    let ask = Ask::<SourceRow>::new(
        "SELECT url, next_at, lease_until FROM erp_source WHERE account = $1",
        [account.0.into()],
    );
    let pulled = db.fetch_optional(ask).await?;
    let now = app.clock().now().timestamp_micros();
    let pulling = pulled.as_ref().and_then(|row| row.lease_until).is_some_and(|until| until > now);
    Ok(Standing {
        last: newest(Which::Any).await?,
        last_done: newest(Which::Done).await?,
        last_file: newest(Which::OfFile).await?,
        next_at: pulled.as_ref().and_then(|row| row.next_at),
        url: pulled.map(|row| row.url),
        pulling,
    })
}

/// A record, or a contact, that disagrees.
#[derive(Debug, Clone)]
pub struct DriftRow {
    /// Its place in the list: since when, and the key.
    pub place: (i64, Vec<u8>),
    /// Its contact; of one that waits: the contact it may be; none: erased.
    pub contact: Option<Uuid>,
    /// Who has its e-mail.
    pub other: Option<Uuid>,
    /// The record's id in the ERP.
    pub external_id: Option<String>,
    /// The record's e-mail.
    pub email: Option<String>,
}

#[derive(projections::FromRow)]
struct NotedRow {
    key: Vec<u8>,
    contact: Option<Uuid>,
    other: Option<Uuid>,
    note: Option<Vec<u8>>,
    noted_at: i64,
}

/// A page of what disagrees in one way, the oldest first. `beyond`: the place of the row before.
pub async fn drift_page(
    app: &App,
    account: AccountId,
    kind: ErpDrift,
    beyond: Option<(i64, Vec<u8>)>,
    descending: bool,
    limit: i64,
) -> Result<Vec<DriftRow>, Failure> {
    let db = app.reader().db();
    if kind == ErpDrift::Gone {
        let beyond = beyond.map(|(at, key)| (at, Uuid::from_slice(&key).unwrap_or_default()));
        let rows = db.fetch(erp_links::gone(account, beyond, descending, limit)).await?;
        let row = |row: erp_links::GoneRow| DriftRow {
            place: (row.gone_at, row.contact.as_bytes().to_vec()),
            contact: Some(row.contact),
            other: None,
            external_id: None,
            email: None,
        };
        return Ok(rows.into_iter().map(row).collect());
    }
    let (than, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
    let mut args: Vec<Arg> = vec![account.0.into(), kind.as_str().into()];
    let mut sql =
        "SELECT key, contact, other, note, noted_at FROM erp_record WHERE account = $1 AND drift IS NOT NULL AND drift = $2".to_owned();
    if let Some((at, key)) = beyond {
        args.extend([at.into(), key.into()]);
        sql.push_str(&format!(" AND (noted_at, key) {than} ($3, $4)"));
    }
    args.push(limit.into());
    sql.push_str(&format!(" ORDER BY noted_at {direction}, key {direction} LIMIT ${}", args.len()));
    let rows: Vec<NotedRow> = db.fetch(Ask::new(sql, args)).await?;
    let mut page = Vec::with_capacity(rows.len());
    for row in rows {
        let note = open_note(app, account, row.contact, &row.key, row.note.as_deref()).await?;
        let (external_id, email) = note.map(|note| (Some(note.external_id), note.email)).unwrap_or_default();
        page.push(DriftRow {
            place: (row.noted_at, row.key),
            contact: row.contact,
            other: row.other,
            external_id,
            email: email.map(|email| email.as_str().to_owned()),
        });
    }
    Ok(page)
}

/// How much disagrees in one way, counted up to `cap`.
pub async fn drift_count(app: &App, account: AccountId, kind: ErpDrift, cap: i64) -> Result<i64, Failure> {
    let db = app.reader().db();
    let ask = match kind {
        ErpDrift::Gone => erp_links::count_gone(account, cap),
        kind => Ask::new(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM erp_record WHERE account = $1 AND drift IS NOT NULL AND drift = $2 LIMIT $3) counted",
            [account.0.into(), kind.as_str().into(), cap.into()],
        ),
    };
    Ok(db.fetch_optional(ask).await?.map_or(0, |(count,)| count))
}

/// When the records of these contacts were last sent, microseconds since 1970, UTC.
pub async fn last_seen(app: &App, account: AccountId, contacts: Vec<Uuid>) -> Result<HashMap<Uuid, i64>, Failure> {
    if contacts.is_empty() {
        return Ok(HashMap::new());
    }
    // One that waits for a person is not that contact's record.
    let ask = Ask::<(Uuid, i64)>::new(
        "SELECT contact, MAX(seen_at) FROM erp_record WHERE contact IN [$1] AND account = $2
         AND (drift IS NULL OR drift <> 'UNVERIFIED_MATCH') GROUP BY contact",
        [Arg::Uuids(contacts), account.0.into()],
    );
    Ok(app.reader().db().fetch(ask).await?.into_iter().collect())
}
