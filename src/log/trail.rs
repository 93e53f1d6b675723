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

impl TrailFilter {
    fn takes(&self, e: &StoredEvent) -> bool {
        let at = |t: DateTime<Utc>| t.timestamp_micros();
        let typed = |t: &String| e.type_name == *t || e.type_name.rsplit_once('.').is_some_and(|(name, _)| name == t);
        self.product.is_none_or(|p| e.stream.id == p.0 || e.about == Some(p.0))
            && self.actor.is_none_or(|a| e.meta.actor.id == a)
            && (self.types.is_empty() || self.types.iter().any(typed))
            && self.origin.is_none_or(|o| e.meta.origin == o)
            && self.from.is_none_or(|t| e.at >= at(t))
            && self.to.is_none_or(|t| e.at < at(t))
    }
}

/// The first position recorded at or after an instant (one past the head when there is none). Times never run backwards, so it is a
/// matter of some twenty look-ups by key.
async fn position_at(db: &Db, at: i64, head: u64) -> Result<u64, LogFailure> {
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
    let mut from = match filter.from {
        Some(t) => position_at(db, t.timestamp_micros(), head).await?,
        None => 1,
    };
    let mut until = match filter.to {
        Some(t) => position_at(db, t.timestamp_micros(), head).await?,
        None => head + 1,
    };
    match seek.beyond {
        Some(place) if seek.descending => until = until.min(place),
        Some(place) => from = from.max(place + 1),
        None => {}
    }
    let (order, narrow) = (if seek.descending { "DESC" } else { "ASC" }, filter.contact.is_some());
    let narrowed =
        filter.product.is_some() || filter.actor.is_some() || !filter.types.is_empty() || filter.origin.is_some();
    let look = if narrowed { LOOKED_AT_MAX } else { seek.limit as i64 + 1 };
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
        if filter.takes(&event) {
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
