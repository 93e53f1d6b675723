//! How much happened in an account, by day and kind: events counted in the account's index.
//!
//! A row that counts an account's events would be made from many streams, and a row of one stream's days would have to remember what no rule
//! needs; so nothing is kept, and the range of positions of the days asked for is counted, the newest first, up to a bound. The index on
//! (account, position) leads to exactly those events; whatever else the log holds is not looked at.

use super::{LogFailure, trail::position_at};
use crate::db::Db;
use chrono::{DateTime, Days, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use domain::{AccountId, calendar};
use projections::Ask;
use std::collections::BTreeMap;

/// Most events that one question counts.
const COUNTED_MAX: i64 = 200_000;
const DAY: i64 = 86_400_000_000;

/// Events by day and kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// Days on which anything happened; kinds without their versions.
    pub days: BTreeMap<NaiveDate, BTreeMap<String, u64>>,
    /// Where counting stopped because there were too many: what happened before it is not counted.
    pub counted_from: Option<DateTime<Utc>>,
}

/// Days in a row that begin at the same distance from UTC, or one day on which that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stretch {
    first: NaiveDate,
    last: NaiveDate,
    /// Microseconds; none: it changes on this day.
    offset: Option<i64>,
}

fn stretches(from: NaiveDate, to: NaiveDate, zone: Tz) -> Vec<Stretch> {
    let offset = |day: NaiveDate| {
        let midnight = calendar::midnight(day, zone);
        i64::from(zone.offset_from_utc_datetime(&midnight.naive_utc()).fix().local_minus_utc()) * 1_000_000
    };
    let mut all: Vec<Stretch> = Vec::new();
    for day in from.iter_days().take_while(|day| *day <= to) {
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        let steady = Some(offset(day)).filter(|before| *before == offset(next));
        match all.last_mut() {
            Some(stretch) if steady.is_some() && stretch.offset == steady => stretch.last = day,
            _ => all.push(Stretch { first: day, last: day, offset: steady }),
        }
    }
    all
}

/// Counts the events of an account on these days, which begin where `zone` says.
pub async fn activity(
    db: &Db,
    account: AccountId,
    zone: Tz,
    (from, to): (NaiveDate, NaiveDate),
    head: u64,
) -> Result<Activity, LogFailure> {
    let mut activity = Activity::default();
    let mut left = COUNTED_MAX;
    let mut end = position_at(db, calendar::midnight_after(to, zone).timestamp_micros(), head).await?;
    for stretch in stretches(from, to, zone).into_iter().rev() {
        let start = position_at(db, calendar::midnight(stretch.first, zone).timestamp_micros(), head).await?;
        // One more than may be counted tells that there are more.
        let ask = Ask::<(i64, String, i64, i64)>::new(
            "SELECT (looked.at + $4) / 86400000000 AS day, looked.type AS kind, COUNT(*) AS n, MIN(looked.at) AS oldest FROM \
             (SELECT at, type FROM event WHERE account = $1 AND position >= $2 AND position < $3 ORDER BY position DESC LIMIT $5) looked \
             GROUP BY (looked.at + $4) / 86400000000, looked.type",
            [
                account.0.into(),
                (start as i64).into(),
                (end as i64).into(),
                stretch.offset.unwrap_or(0).into(),
                left.into(),
            ],
        );
        let mut oldest = i64::MAX;
        for (day, kind, count, at) in db.fetch(ask).await? {
            let day = match stretch.offset {
                Some(_) => DateTime::from_timestamp_micros(day * DAY).map_or(stretch.first, |at| at.date_naive()),
                None => stretch.first,
            };
            let kind = kind.rsplit_once('.').map_or(kind.clone(), |(name, _)| name.to_owned());
            *activity.days.entry(day).or_default().entry(kind).or_default() += count.unsigned_abs();
            left -= count;
            oldest = oldest.min(at);
        }
        if left <= 0 {
            activity.counted_from = DateTime::from_timestamp_micros(oldest);
            break;
        }
        end = start;
    }
    Ok(activity)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone_also_where_summer_begins() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let hour = 3_600_000_000;
        let of = |first: &str, last: &str, hours: Option<i64>| Stretch {
            first: day(first),
            last: day(last),
            offset: hours.map(|h| h * hour),
        };
        assert_eq!(
            stretches(day("2026-03-01"), day("2026-10-31"), chrono_tz::Europe::Paris),
            [
                of("2026-03-01", "2026-03-28", Some(1)),
                of("2026-03-29", "2026-03-29", None),
                of("2026-03-30", "2026-10-24", Some(2)),
                of("2026-10-25", "2026-10-25", None),
                of("2026-10-26", "2026-10-31", Some(1)),
            ]
        );
        assert_eq!(stretches(day("2026-01-01"), day("2026-12-31"), chrono_tz::UTC).len(), 1);
        assert_eq!(stretches(day("2026-01-02"), day("2026-01-01"), chrono_tz::UTC), []);
    }
}
