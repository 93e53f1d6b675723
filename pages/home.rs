//! The dashboard: what stands, what waits, what happened.

use crate::{Cx, history::Named, parts::Edge, sheet::Actor};
use askama::Template;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;

/// The question behind [`Home`].
pub const HOME: &str = include_str!("questions/home.graphql");

/// Days of the chart.
pub const DAYS: i64 = 28;

/// Openings of a day that are named; the others are counted.
const SHOWN: usize = 6;

/// The answer to [`HOME`]; what somebody may not ask is none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub all: Option<Count>,
    pub automatic: Option<Count>,
    pub activated: Option<Count>,
    pub suspended: Option<Count>,
    pub account: Option<Account>,
    pub claims: Option<Several<Claim>>,
    pub deliveries: Option<Several<Delivery>>,
    pub agenda: Option<Agenda>,
    pub erp: Option<Erp>,
    pub activity: Option<Activity>,
    pub audit_trail: Option<Acts>,
}

/// How many there are.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Count {
    pub total_count: i64,
    pub total_count_is_capped: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Account {
    pub pending_registrations: i64,
}

/// The first of several, and how many there are.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Several<T> {
    pub total_count: i64,
    pub total_count_is_capped: bool,
    pub edges: Vec<Edge<T>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Claim {
    pub id: String,
    pub text: Option<String>,
    pub opened_at: Option<DateTime<Utc>>,
    pub contact: Named,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Delivery {
    pub id: String,
    pub template: String,
    pub channel: String,
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub contact: Option<Named>,
}

/// What opens in the week to come.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Agenda {
    pub made_at: DateTime<Utc>,
    pub more: bool,
    pub openings: Vec<Opening>,
}

/// Something that opens for some contacts on a day.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Opening {
    pub day: NaiveDate,
    pub contacts: i64,
    pub product: Thing,
    pub module: Option<Part>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Thing {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Part {
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Erp {
    pub connected: bool,
    pub source: Option<String>,
    pub running: bool,
    pub lag: Option<i64>,
    pub next_run: Option<DateTime<Utc>>,
    pub last_success: Option<Run>,
    pub error: Option<Trouble>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Run {
    pub started_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Trouble {
    pub message: String,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Activity {
    pub days: Vec<Day>,
    pub complete: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Day {
    pub day: NaiveDate,
    pub total: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Acts {
    pub edges: Vec<Edge<Act>>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Act {
    pub position: String,
    pub at: DateTime<Utc>,
    pub sentence: String,
    pub actor: Actor,
    pub contact: Option<Named>,
}

/// A bar of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The day.
    pub day: NaiveDate,
    /// How much happened.
    pub total: i64,
    /// From the left, in units of the chart: a day is 10 wide.
    pub x: i64,
    /// Its height, of 100.
    pub height: i64,
}

/// The dashboard.
#[derive(Template, Debug)]
#[template(path = "home.html")]
pub struct Home {
    /// What every page shows.
    pub cx: Cx,
    /// What stands.
    pub found: Answer,
    /// The last day of the chart.
    pub today: NaiveDate,
}

impl Home {
    /// The days of the chart, those without anything too.
    fn columns(&self) -> Vec<Column> {
        let Some(activity) = &self.found.activity else { return Vec::new() };
        let most = activity.days.iter().map(|day| day.total).max().unwrap_or(0).max(1);
        let total = |day: NaiveDate| activity.days.iter().find(|it| it.day == day).map_or(0, |it| it.total);
        (0..DAYS)
            .map(|n| {
                let day = self.today - TimeDelta::days(DAYS - 1 - n);
                let total = total(day);
                // What happened is seen, however little of it.
                let height = if total == 0 { 0 } else { (total * 100 / most).max(2) };
                Column { day, total, x: n * 10, height }
            })
            .collect()
    }

    /// What opens in the week, day by day; of a day at most [`SHOWN`].
    fn week<'a>(&self, agenda: &'a Agenda) -> Vec<(NaiveDate, &'a [Opening], i64)> {
        let days = agenda.openings.chunk_by(|a, b| a.day == b.day);
        days.filter_map(|of| {
            let shown = of.get(..SHOWN).unwrap_or(of);
            Some((of.first()?.day, shown, (of.len() - shown.len()) as i64))
        })
        .collect()
    }

    /// Whether the agenda is so old that its age is to be told.
    fn is_old(&self, agenda: &Agenda) -> bool {
        self.cx.now - agenda.made_at > TimeDelta::minutes(1)
    }

    /// How much happened in all these days.
    fn total(&self) -> i64 {
        self.columns().iter().map(|column| column.total).sum()
    }

    /// Whether there is nothing that this person may ask.
    fn is_bare(&self) -> bool {
        let Answer { all, claims, deliveries, activity, audit_trail, .. } = &self.found;
        all.is_none() && claims.is_none() && deliveries.is_none() && activity.is_none() && audit_trail.is_none()
    }

    /// Whether nothing was done here yet.
    fn is_new(&self) -> bool {
        self.found.all.as_ref().is_some_and(|all| all.total_count == 0)
    }

    /// The number, as it is shown: `10 000+` where there are more.
    fn figure(&self, count: &Count) -> String {
        format!("{}{}", self.cx.n(count.total_count), if count.total_count_is_capped { "+" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_has_every_day_and_the_most_is_as_high_as_it_goes() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let days = vec![Day { day: day("2026-03-30"), total: 200 }, Day { day: day("2026-03-31"), total: 1 }];
        let found = Answer { activity: Some(Activity { days, complete: true }), ..Answer::default() };
        let home = Home { cx: Cx::default(), found, today: day("2026-03-31") };
        let columns = home.columns();
        assert_eq!((columns.len(), columns[0].day, columns[0].height), (28, day("2026-03-04"), 0));
        assert_eq!((columns[26].height, columns[27].height, columns[27].x), (100, 2, 270));
        assert_eq!(home.total(), 201);
    }
}
