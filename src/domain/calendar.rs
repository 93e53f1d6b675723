//! Calendar arithmetic in an account's time zone: midnights, delays in days, advances by days, months and years.
//!
//! Instants are UTC; days and months are counted on the local calendar at the same local time, so a change of summer
//! time moves nothing by an hour as people see it. A local time that does not exist becomes the first instant that does;
//! one that exists twice is the first of the two.

use crate::values::{Advance, PeriodUnit};
use chrono::{DateTime, Days, Duration, LocalResult, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// The instant at which a local time happens in `zone`.
pub fn instant(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => t.with_timezone(&Utc),
        LocalResult::None => first_after_gap(local, zone),
    }
}

/// The end of the gap that swallowed `local`: the offset before the gap, read at that local time, lands after it.
fn first_after_gap(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    // Gaps are at most a day (a territory changing sides of the date line). Walk back to a time that exists, then
    // find the transition by bisection on instants: local time jumps over `local` exactly there.
    let exists = |t: NaiveDateTime| zone.from_local_datetime(&t).latest().map(|t| t.with_timezone(&Utc));
    let mut before = None;
    for hours in 1..=48 {
        before = exists(local - Duration::hours(hours));
        if before.is_some() {
            break;
        }
    }
    let Some(mut low) = before else { return Utc.from_utc_datetime(&local) };
    let mut high = low + Duration::hours(72);
    while high - low > Duration::seconds(1) {
        let middle = low + (high - low) / 2;
        if middle.with_timezone(&zone).naive_local() < local {
            low = middle;
        } else {
            high = middle;
        }
    }
    let whole = high.timestamp()
        - i64::from(
            high.timestamp_subsec_nanos() == 0
                && (high - Duration::seconds(1)).with_timezone(&zone).naive_local() >= local,
        );
    Utc.timestamp_opt(whole, 0).single().unwrap_or(high)
}

/// 00:00 of a day in `zone`, or the first instant of that day where midnight is skipped.
pub fn midnight(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    instant(date.and_time(NaiveTime::MIN), zone)
}

/// 00:00 of the day after.
pub fn midnight_after(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    midnight(date.checked_add_days(Days::new(1)).unwrap_or(date), zone)
}

/// The local day on which an instant falls.
pub fn day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The same local time, `days` later.
pub fn plus_days(at: DateTime<Utc>, days: u32, zone: Tz) -> DateTime<Utc> {
    match local(at, zone).checked_add_days(Days::new(days.into())) {
        Some(later) if days > 0 => instant(later, zone),
        _ => at,
    }
}

/// The same local time, earlier by the advance; a day the month does not have becomes its last (31 March − 1 month = end of February).
pub fn minus(at: DateTime<Utc>, advance: Advance, zone: Tz) -> DateTime<Utc> {
    instant(local_minus(local(at, zone), advance), zone)
}

/// As [`minus`], on local time.
pub fn local_minus(local: NaiveDateTime, advance: Advance) -> NaiveDateTime {
    let earlier = match advance.unit {
        PeriodUnit::Days => local.checked_sub_days(Days::new(advance.by.into())),
        PeriodUnit::Months => local.checked_sub_months(Months::new(advance.by)),
        PeriodUnit::Years => local.checked_sub_months(Months::new(advance.by.saturating_mul(12))),
    };
    earlier.unwrap_or(local)
}

/// What a clock in `zone` shows at an instant.
pub fn local(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_else(|e| unreachable!("{text}: {e}"))
    }
    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap_or_else(|e| unreachable!("{text}: {e}"))
    }
    const PARIS: Tz = Tz::Europe__Paris;

    #[test]
    fn k17_months_and_years_clamp_to_the_last_day() {
        let cases = [
            // noon in Paris (UTC+1 in winter, UTC+2 in summer)
            ("2026-03-31T10:00:00Z", 1, PeriodUnit::Months, "2026-02-28T11:00:00Z"),
            ("2028-03-31T10:00:00Z", 1, PeriodUnit::Months, "2028-02-29T11:00:00Z"),
            ("2028-02-29T11:00:00Z", 1, PeriodUnit::Years, "2027-02-28T11:00:00Z"),
            ("2028-02-29T11:00:00Z", 4, PeriodUnit::Years, "2024-02-29T11:00:00Z"),
            ("2026-01-31T11:00:00Z", 2, PeriodUnit::Months, "2025-11-30T11:00:00Z"),
            ("2026-03-30T10:00:00Z", 2, PeriodUnit::Days, "2026-03-28T11:00:00Z"),
            ("2026-01-01T11:00:00Z", 12, PeriodUnit::Months, "2025-01-01T11:00:00Z"),
        ];
        for (from, by, unit, expected) in cases {
            assert_eq!(minus(at(from), Advance { by, unit }, PARIS), at(expected), "{from} - {by} {unit}");
        }
    }

    #[test]
    fn k18_a_day_opens_at_local_midnight() {
        let cases = [
            (PARIS, "2026-01-15", "2026-01-14T23:00:00Z"),
            (PARIS, "2026-07-15", "2026-07-14T22:00:00Z"),
            // the day of the change to summer time starts before the change, and has 23 hours
            (PARIS, "2026-03-29", "2026-03-28T23:00:00Z"),
            (PARIS, "2026-03-30", "2026-03-29T22:00:00Z"),
            (PARIS, "2026-10-25", "2026-10-24T22:00:00Z"),
            (PARIS, "2026-10-26", "2026-10-25T23:00:00Z"),
            // midnight is skipped in Santiago and in Beirut: the day begins at 01:00
            (Tz::America__Santiago, "2026-09-06", "2026-09-06T04:00:00Z"),
            (Tz::Asia__Beirut, "2026-03-29", "2026-03-28T22:00:00Z"),
            // midnight happens twice in Havana: the first one
            (Tz::America__Havana, "2026-11-01", "2026-11-01T04:00:00Z"),
            // a whole day that Samoa never had: the first instant after it
            (Tz::Pacific__Apia, "2011-12-30", "2011-12-30T10:00:00Z"),
        ];
        for (zone, day, expected) in cases {
            assert_eq!(midnight(date(day), zone), at(expected), "{zone} {day}");
        }
    }

    #[test]
    fn k21_a_delay_keeps_the_local_time_over_the_change_of_summer_time() {
        // 28 March 12:00 in Paris + 1 day = 29 March 12:00, which is 23 hours later
        assert_eq!(plus_days(at("2026-03-28T11:00:00Z"), 1, PARIS), at("2026-03-29T10:00:00Z"));
        // 02:30 does not exist on 29 March: 03:00
        assert_eq!(plus_days(at("2026-03-28T01:30:00Z"), 1, PARIS), at("2026-03-29T01:00:00Z"));
        // 02:30 exists twice on 25 October: the first
        assert_eq!(plus_days(at("2026-10-24T00:30:00Z"), 1, PARIS), at("2026-10-25T00:30:00Z"));
        assert_eq!(plus_days(at("2026-01-31T11:00:00Z"), 30, PARIS), at("2026-03-02T11:00:00Z"));
    }
}
