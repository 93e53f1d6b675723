//! The audit trail: a question on the log itself, by account, contact, product, actor, type, origin and time.
//!
//! A page walks one index (the account's events, or the contact's stream) and looks at a bounded number of events, whatever the filter: a rare
//! event deep in the log is reached by going on from the page's end, not by one request that scans.

use super::{
    LogFailure, StoredEvent,
    sql::{EventRow, READ_ALL, decode_row},
};
use crate::db::Db;
use chrono::{DateTime, Utc};
use domain::{AccountId, ContactId, Origin, ProductId};
use projections::{Arg, Ask};
use uuid::Uuid;

/// Most events one page looks at.
const LOOKED_AT_MAX: i64 = 2000;

/// What the trail is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct TrailFilter {
    /// Events of this contact.
    pub contact: Option<ContactId>,
    /// Events of this product and of accesses and subscriptions to it.
    pub product: Option<ProductId>,
    /// By this actor.
    pub actor: Option<Uuid>,
    /// Of these types (`access.granted`, with or without version).
    pub types: Vec<String>,
    /// Through this door.
    pub origin: Option<Origin>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
}

/// From where in which direction; newest first is `descending`.
#[derive(Debug, Clone, Copy)]
pub struct TrailSeek {
    /// Beyond this position; none: from the end one starts at.
    pub beyond: Option<u64>,
    /// From the newest back.
    pub descending: bool,
    /// At most so many events.
    pub limit: usize,
}

/// A page and where it stopped looking; `more` says that there may be others beyond.
#[derive(Debug)]
pub struct TrailPage {
    /// Events, in the direction asked.
    pub events: Vec<StoredEvent>,
    /// The last position looked at.
    pub looked_to: Option<u64>,
    /// Whether there may be others beyond.
    pub more: bool,
}

/// What a filter looks at.
#[derive(projections::FromRow)]
struct Looked {
    stream: Uuid,
    about: Option<Uuid>,
    actor: Uuid,
    origin: String,
    #[from_row(rename = "type")]
    type_name: String,
}

impl TrailFilter {
    /// Whether it leaves the event; its contact and its times are left to the window of the question.
    fn takes(&self, e: &Looked) -> bool {
        let typed = |t: &String| e.type_name == *t || e.type_name.rsplit_once('.').is_some_and(|(name, _)| name == t);
        self.product.is_none_or(|p| e.stream == p.0 || e.about == Some(p.0))
            && self.actor.is_none_or(|a| e.actor == a)
            && (self.types.is_empty() || self.types.iter().any(typed))
            && self.origin.is_none_or(|o| e.origin == o.as_str())
    }

    /// Whether more than the window of the question narrows it.
    fn narrows(&self) -> bool {
        self.product.is_some() || self.actor.is_some() || !self.types.is_empty() || self.origin.is_some()
    }

    /// The positions between its times: the first, and the first after the last.
    async fn window(&self, db: &Db, head: u64) -> Result<(u64, u64), LogFailure> {
        let from = match self.from {
            Some(t) => position_at(db, t.timestamp_micros(), head).await?,
            None => 1,
        };
        let until = match self.to {
            Some(t) => position_at(db, t.timestamp_micros(), head).await?,
            None => head + 1,
        };
        Ok((from, until))
    }
}

impl From<&StoredEvent> for Looked {
    fn from(e: &StoredEvent) -> Self {
        Looked {
            stream: e.stream.id,
            about: e.about,
            actor: e.meta.actor.id,
            origin: e.meta.origin.as_str().to_owned(),
            type_name: e.type_name.clone(),
        }
    }
}

/// How many events the filter leaves among the newest `cap`, and whether there are older ones that were not looked at.
pub async fn trail_count(
    db: &Db,
    account: AccountId,
    filter: &TrailFilter,
    cap: u64,
    head: u64,
) -> Result<(u64, bool), LogFailure> {
    let (from, until) = filter.window(db, head).await?;
    let mut args: Vec<Arg> =
        vec![account.0.into(), (from as i64).into(), (until as i64).into(), (cap as i64 + 1).into()];
    let one = if filter.contact.is_some() { " AND stream = $5" } else { "" };
    args.extend(filter.contact.map(|c| Arg::from(c.0)));
    let order = if filter.contact.is_some() { "version" } else { "position" };
    let rows = |columns: &str| {
        format!(
            "SELECT {columns} FROM event WHERE account = $1 AND position >= $2 AND position < $3{one} ORDER BY {order} DESC LIMIT $4"
        )
    };
    if !filter.narrows() {
        let ask = Ask::<(i64,)>::new(format!("SELECT COUNT(*) FROM ({}) counted", rows("1 AS one")), args);
        let counted = db.fetch_optional(ask).await?.map_or(0, |(n,)| n.unsigned_abs());
        return Ok((counted.min(cap), counted > cap));
    }
    let looked: Vec<Looked> = db.fetch(Ask::new(rows("stream, about, actor, origin, type"), args)).await?;
    let taken = looked.iter().take(cap as usize).filter(|e| filter.takes(e)).count();
    Ok((taken as u64, looked.len() as u64 > cap))
}

/// The first position recorded at or after an instant (one past the head when there is none). Times never run backwards, so it is a
/// matter of some twenty look-ups by key.
pub(super) async fn position_at(db: &Db, at: i64, head: u64) -> Result<u64, LogFailure> {
    let (mut low, mut high) = (1u64, head + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let row = db
            .fetch_optional(Ask::<(i64,)>::new("SELECT at FROM event WHERE position = $1", [(middle as i64).into()]))
            .await?;
        match row {
            Some((then,)) if then < at => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// A page of an account's trail.
pub async fn trail_page(
    db: &Db,
    account: AccountId,
    filter: &TrailFilter,
    seek: TrailSeek,
    head: u64,
) -> Result<TrailPage, LogFailure> {
    // The window of positions: from..until, narrowed by the dates and by where the page begins.
    let (mut from, mut until) = filter.window(db, head).await?;
    match seek.beyond {
        Some(place) if seek.descending => until = until.min(place),
        Some(place) => from = from.max(place + 1),
        None => {}
    }
    let (order, narrow) = (if seek.descending { "DESC" } else { "ASC" }, filter.contact.is_some());
    let look = if filter.narrows() { LOOKED_AT_MAX } else { seek.limit as i64 + 1 };
    let mut args: Vec<Arg> = vec![account.0.into(), (from as i64).into(), (until as i64).into(), look.into()];
    // In a stream, versions and positions have the same order; its events are few and have an index of their own.
    let sql = if narrow {
        args.push(filter.contact.map(|c| c.0).into());
        format!(
            "{READ_ALL} WHERE stream = $5 AND account = $1 AND position >= $2 AND position < $3 ORDER BY version {order} LIMIT $4"
        )
    } else {
        format!("{READ_ALL} WHERE account = $1 AND position >= $2 AND position < $3 ORDER BY position {order} LIMIT $4")
    };
    let rows: Vec<EventRow> = db.fetch(Ask::new(sql, args)).await?;
    let all_seen = (rows.len() as i64) < look;
    let mut page = TrailPage { events: Vec::new(), looked_to: None, more: !all_seen };
    for row in rows {
        let event = decode_row(row)?;
        if filter.takes(&(&event).into()) {
            if page.events.len() == seek.limit {
                page.more = true;
                break;
            }
            page.events.push(event.clone());
        }
        page.looked_to = Some(event.position);
    }
    Ok(page)
}
