//! The receipt of an erasure: what was looked for, where, and what was found. It names nobody but the id that the erased person had.
//!
//! Written by the job that cleans after an erasure. What can be told without the person's values is told again whenever it is asked
//! ([`standing`]): that there is no key, that no row is left that would go with them, and that what read models say of them is what the log says.

use super::{
    needles::Needles,
    search::{Found, Place, Sought, search},
};
use crate::{
    app::{App, Failure},
    db::Db,
};
use chrono::{DateTime, Utc};
use domain::{Category, StreamId};
use projections::{ALL, Ask, Source};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use uuid::Uuid;

/// Erasures that are searched in one pass.
const TOGETHER: i64 = 50;
/// Words that are searched for in one pass: some tens of megabytes of memory.
const WORDS: usize = 20_000;

/// What a receipt comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// Searched by their values, and nothing was found.
    Clean,
    /// The values were gone already (the process had been started anew): no key and no row is left, which is all that can be told without them.
    NoKeyNoRow,
    /// Something is left; the places say where.
    Found,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The id of whoever was erased: a contact's, a login's or a sign-up's.
    pub subject: String,
    /// In which account; the nil id of a login.
    pub account: Uuid,
    /// When they were erased.
    pub erased_at: DateTime<Utc>,
    /// When it was looked.
    pub checked_at: DateTime<Utc>,
    /// What it comes to.
    pub verdict: Verdict,
    /// How many of their values were searched for.
    pub values: usize,
    /// How many of those are somebody else's too, and prove nothing.
    pub shared: usize,
    /// Everywhere it was looked.
    pub places: Vec<Place>,
    /// Where could not be looked.
    pub out_of_reach: Vec<String>,
}

/// An erasure as the database notes it.
#[derive(Debug, Clone, projections::FromRow)]
pub struct Erased {
    /// Whose.
    pub subject: Uuid,
    /// In which account.
    pub account: Uuid,
    /// Its place in the log.
    pub position: i64,
    /// When, microseconds since 1970, UTC.
    pub at: i64,
    /// What kind of stream.
    pub category: Option<String>,
}

impl Erased {
    /// The stream that was erased.
    pub fn stream(&self) -> Option<StreamId> {
        let category = self.category.as_deref()?.parse::<Category>().ok()?;
        Some(StreamId { category, id: self.subject })
    }

    /// As people write its id.
    pub fn name(&self) -> String {
        let prefix = match self.stream().map(|stream| stream.category) {
            Some(Category::Contact) => "con",
            Some(Category::User) => "usr",
            Some(Category::Registration) => "reg",
            _ => "id",
        };
        format!("{prefix}_{}", self.subject.simple())
    }
}

/// All of an erasure's columns.
pub(super) const READ: &str = "SELECT e.subject, e.account, e.position, e.at,
    (SELECT v.category FROM event v WHERE v.stream = e.subject ORDER BY v.version LIMIT 1) AS category FROM erasure e";

/// The erasure of a subject.
pub async fn erased(db: &Db, subject: Uuid) -> Result<Option<Erased>, Failure> {
    Ok(db.fetch_optional(Ask::new(format!("{READ} WHERE e.subject = $1"), [subject.into()])).await?)
}

/// Erasures after a position, oldest first, a page.
pub async fn page(db: &Db, after: i64, limit: i64) -> Result<Vec<Erased>, Failure> {
    let sql = format!("{READ} WHERE e.position > $1 ORDER BY e.position, e.subject LIMIT $2");
    Ok(db.fetch(Ask::new(sql, [after.into(), limit.into()])).await?)
}

/// What is left of someone, as far as it can be told without their values: places where something was found that must not be.
pub async fn standing(app: &App, erased: &Erased) -> Result<Vec<Place>, Failure> {
    let (db, subject) = (app.reader().db(), erased.subject);
    let mut places = Vec::new();
    for (place, sql) in [
        ("the key", "SELECT COUNT(*) FROM vault_key WHERE subject = $1 AND wrapped IS NOT NULL"),
        ("unique values", "SELECT COUNT(*) FROM unique_key WHERE owner = $1"),
        ("rows of imported files", "SELECT COUNT(*) FROM import_row WHERE contact = $1"),
        ("acts on many contacts", "SELECT COUNT(*) FROM bulk_row WHERE contact = $1"),
        ("devices last seen", "SELECT COUNT(*) FROM device_seen WHERE contact = $1"),
        ("addresses of origin", "SELECT COUNT(*) FROM whence WHERE actor = $1"),
    ] {
        let count = db.fetch_optional(Ask::<(i64,)>::new(sql, [subject.into()])).await?;
        places.push(Place { place: place.into(), looked_at: 1, found: count.map_or(0, |(n,)| n.unsigned_abs()) });
    }
    let Some(stream) = erased.stream() else { return Ok(places) };
    let readable = app.log().read_stream(stream, 0, usize::MAX >> 32).await?;
    let sealed = readable.iter().filter(|e| e.sealed.is_some()).count() as u64;
    let decoded = app.reader().decode(readable).await?;
    let known = decoded.iter().filter(|(stored, e)| stored.sealed.is_some() && e.private().is_some()).count() as u64;
    places.push(Place { place: "sealed events that can be read".into(), looked_at: sealed, found: known });
    places.extend(rows(app, stream).await?);
    Ok(places)
}

/// Rows of read models that are not what the log, of which nothing personal can be read any more, makes of the stream.
async fn rows(app: &App, stream: StreamId) -> Result<Vec<Place>, Failure> {
    let folded = app.state(stream).await?;
    let mut tx = app.reader().db().begin_snapshot().await?;
    let mut places = Vec::new();
    for model in ALL {
        let rows = (model.project)(Source { stream, folded: &folded });
        let (mut looked_at, mut same) = (0, 0);
        for table in model.tables.iter().filter(|table| !table.stream.is_empty()) {
            let sql = format!("SELECT COUNT(*) FROM {} WHERE {} = $1", table.name, table.stream);
            let count = tx.fetch_optional(Ask::<(i64,)>::new(sql, [stream.id.into()])).await?;
            looked_at += count.map_or(0, |(n,)| n.unsigned_abs());
        }
        for (index, row) in rows {
            let table = &model.tables[index];
            if !table.stream.is_empty() && tx.has_row(table, table.name, &row).await? {
                same += 1;
            }
        }
        let found = looked_at.saturating_sub(same);
        places.push(Place { place: format!("read model {}", model.name), looked_at, found });
    }
    tx.rollback().await?;
    Ok(places)
}

/// Looks for someone everywhere, by their values where there are any.
pub async fn check(
    app: &App,
    erased: &Erased,
    needles: Option<&Needles>,
    folders: &[PathBuf],
) -> Result<Receipt, Failure> {
    let sought: Vec<_> = needles.map(|needles| Sought { subject: erased.subject, needles }).into_iter().collect();
    let found = search(app.reader().db(), &sought, folders).await?.pop();
    receipt(app, erased, needles, found.unwrap_or_default()).await
}

async fn receipt(app: &App, erased: &Erased, needles: Option<&Needles>, found: Found) -> Result<Receipt, Failure> {
    let mut places = standing(app, erased).await?;
    let left = !found.is_clean() || places.iter().any(|place| place.found > 0);
    places.extend(found.places);
    let verdict = match (left, needles) {
        (true, _) => Verdict::Found,
        (false, Some(_)) => Verdict::Clean,
        (false, None) => Verdict::NoKeyNoRow,
    };
    Ok(Receipt {
        subject: erased.name(),
        account: erased.account,
        erased_at: DateTime::from_timestamp_micros(erased.at).unwrap_or_default(),
        checked_at: app.clock().now(),
        verdict,
        values: needles.map_or(0, |needles| needles.all().count()),
        shared: found.shared,
        places,
        out_of_reach: found.out_of_reach,
    })
}

/// Writes the receipts of those who were erased and cleaned after and have none; how many. The database is read once for all of them, or once a batch
/// where they have very many words.
pub async fn write_due(app: &App) -> Result<u64, Failure> {
    let db = app.reader().db();
    let sql = format!(
        "{READ} WHERE e.cleaned_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM erasure_receipt r WHERE r.subject = e.subject)
         ORDER BY e.position, e.subject LIMIT $1"
    );
    let mut written = 0;
    loop {
        let due: Vec<Erased> = db.fetch(Ask::new(sql.clone(), [TOGETHER.into()])).await?;
        if due.is_empty() {
            return Ok(written);
        }
        let (mut batch, mut words) = (Vec::new(), 0);
        for erased in due {
            let needles = app.needles().take(erased.subject);
            words += needles.as_ref().map_or(0, |needles| needles.all().count());
            batch.push((erased, needles));
            if words >= WORDS {
                break;
            }
        }
        match write(app, &batch).await {
            Ok(()) => written += batch.len() as u64,
            Err(failure) => {
                // They are searched for again, and still by what they were.
                for (erased, needles) in batch {
                    needles.into_iter().for_each(|needles| app.needles().hold(erased.subject, needles));
                }
                return Err(failure);
            }
        }
    }
}

/// Searches for these people in one pass, and writes the receipt of each.
async fn write(app: &App, batch: &[(Erased, Option<Needles>)]) -> Result<(), Failure> {
    let db = app.reader().db();
    let sought: Vec<Sought<'_>> = batch
        .iter()
        .filter_map(|(erased, needles)| Some(Sought { subject: erased.subject, needles: needles.as_ref()? }))
        .collect();
    let mut found = search(db, &sought, app.search_folders()).await?.into_iter();
    for (erased, needles) in batch {
        let found = needles.as_ref().and_then(|_| found.next()).unwrap_or_default();
        let receipt = receipt(app, erased, needles.as_ref(), found).await?;
        if receipt.verdict == Verdict::Found {
            tracing::error!(
                subject = receipt.subject,
                "something of an erased person is left: see sesame erasure check"
            );
        }
        keep(db, erased, &receipt).await?;
    }
    Ok(())
}

async fn keep(db: &Db, erased: &Erased, receipt: &Receipt) -> Result<(), Failure> {
    let report = serde_json::to_vec(receipt).map_err(Failure::json)?;
    let verdict = serde_json::to_value(receipt.verdict).map_err(Failure::json)?;
    let insert = Ask::new(
        "INSERT INTO erasure_receipt (subject, account, checked_at, verdict, report) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (subject) DO UPDATE SET checked_at = excluded.checked_at, verdict = excluded.verdict, report = excluded.report",
        [
            erased.subject.into(),
            erased.account.into(),
            receipt.checked_at.timestamp_micros().into(),
            verdict.as_str().unwrap_or_default().into(),
            report.into(),
        ],
    );
    db.execute(insert).await?;
    Ok(())
}

/// The receipt of a subject, if it was written.
pub async fn of(db: &Db, subject: Uuid) -> Result<Option<Receipt>, Failure> {
    let ask = Ask::<(Vec<u8>,)>::new("SELECT report FROM erasure_receipt WHERE subject = $1", [subject.into()]);
    let found = db.fetch_optional(ask).await?;
    found.map(|(report,)| serde_json::from_slice(&report).map_err(Failure::json)).transpose()
}
