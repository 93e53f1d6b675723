//! Days and instants as people read them, in the account's time zone.

use crate::{Lang, words::Words};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;

const FRENCH: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// A day: `1er avril 2026`, `1 April 2026`.
pub fn day(day: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::Fr => {
            let month = FRENCH.get(day.month0() as usize).copied().unwrap_or_default();
            let first = if day.day() == 1 { "er" } else { "" };
            format!("{}{first} {month} {}", day.day(), day.year())
        }
        Lang::En => day.format("%-d %B %Y").to_string(),
    }
}

const WEEKDAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// A day of the weeks around: `lundi 6 avril`, `Monday 6 April`.
pub fn weekday(day: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::Fr => {
            let weekday = WEEKDAYS.get(day.weekday().num_days_from_monday() as usize).copied().unwrap_or_default();
            let month = FRENCH.get(day.month0() as usize).copied().unwrap_or_default();
            let first = if day.day() == 1 { "er" } else { "" };
            format!("{weekday} {}{first} {month}", day.day())
        }
        Lang::En => day.format("%A %-d %B").to_string(),
    }
}

/// A day for narrow columns: `01/04/2026`, `1 Apr 2026`.
pub fn short_day(day: NaiveDate, lang: Lang) -> String {
    match lang {
        Lang::Fr => day.format("%d/%m/%Y").to_string(),
        Lang::En => day.format("%-d %b %Y").to_string(),
    }
}

/// The time of the day there.
pub fn time(at: DateTime<Utc>, zone: Tz) -> String {
    let there = at.with_timezone(&zone);
    format!("{:02}:{:02}", there.hour(), there.minute())
}

/// A day and a time: `3 mars 2026 à 14:05`, `3 March 2026, 14:05`.
pub fn moment(at: DateTime<Utc>, zone: Tz, lang: Lang) -> String {
    let there = day(at.with_timezone(&zone).date_naive(), lang);
    let comma = match lang {
        Lang::Fr => " à ",
        Lang::En => ", ",
    };
    format!("{there}{comma}{}", time(at, zone))
}

/// How far from now: `il y a 3 jours`, `in 2 hours`. Beyond a month it is a day like any other.
pub fn from_now(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz, lang: Lang) -> String {
    let words = Words::of(lang);
    let away = at - now;
    let (past, minutes) = (away.num_seconds() < 0, away.num_seconds().abs() / 60);
    let days = (at.with_timezone(&zone).date_naive() - now.with_timezone(&zone).date_naive()).num_days();
    let say = |key: &str, n: i64| words.say_with(key, &[("n", n.into())]).into_owned();
    match (minutes, days) {
        (0, _) => words.say("date-now").into_owned(),
        (1..=59, _) if past => say("date-minutes-ago", minutes),
        (1..=59, _) => say("date-in-minutes", minutes),
        (60..=1439, 0) if past => say("date-hours-ago", minutes / 60),
        (60..=1439, 0) => say("date-in-hours", minutes / 60),
        (_, -31..=-1) => say("date-days-ago", -days),
        (_, 1..=31) => say("date-in-days", days),
        _ => short_day(at.with_timezone(&zone).date_naive(), lang),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn d20_days_and_times_are_those_of_the_account() {
        let late = at("2026-03-31T22:30:00Z");
        assert_eq!(moment(late, chrono_tz::Europe::Paris, Lang::Fr), "1er avril 2026 à 00:30");
        assert_eq!(moment(late, chrono_tz::America::Martinique, Lang::En), "31 March 2026, 18:30");
        assert_eq!(short_day(late.date_naive(), Lang::Fr), "31/03/2026");
    }

    #[test]
    fn d20_a_day_near_by_has_its_weekday() {
        let day = at("2026-04-01T10:00:00Z").date_naive();
        assert_eq!(
            (weekday(day, Lang::Fr), weekday(day, Lang::En)),
            ("mercredi 1er avril".into(), "Wednesday 1 April".into())
        );
    }

    #[test]
    fn d20_what_is_near_is_told_from_now() {
        let now = at("2026-03-31T10:00:00Z");
        let paris = chrono_tz::Europe::Paris;
        let told = |by: TimeDelta, lang| from_now(now + by, now, paris, lang);
        assert_eq!(told(TimeDelta::seconds(-20), Lang::Fr), "à l’instant");
        assert_eq!(told(TimeDelta::minutes(-1), Lang::Fr), "il y a 1\u{a0}minute");
        assert_eq!(told(TimeDelta::hours(-3), Lang::En), "3\u{a0}hours ago");
        assert_eq!(told(TimeDelta::hours(-15), Lang::Fr), "hier", "another day there");
        assert_eq!(told(TimeDelta::days(2), Lang::Fr), "dans 2\u{a0}jours");
        assert_eq!(told(TimeDelta::days(1), Lang::En), "tomorrow");
        assert_eq!(told(TimeDelta::days(-60), Lang::Fr), "30/01/2026");
    }
}
