//! Scalars: instants, days, and places in the log, each with one spelling.

use crate::app::{GivenPosition, PositionToken};
use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// An instant as RFC 3339 has it, answered in UTC (`2026-03-31T10:00:00Z`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(pub DateTime<Utc>);

#[Scalar(name = "DateTime")]
impl ScalarType for Instant {
    fn parse(value: Value) -> InputValueResult<Self> {
        let parsed = text(&value).and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        parsed
            .map(|at| Instant(at.to_utc()))
            .ok_or_else(|| InputValueError::custom("not an instant such as 2026-03-31T10:00:00Z"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// A day of the calendar, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

#[Scalar(name = "Date")]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        let parsed = text(&value)
            .filter(|text| text.len() == 10)
            .and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
        parsed.map(Day).ok_or_else(|| InputValueError::custom("not a day such as 2026-03-31"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%d").to_string())
    }
}

/// A place in the log. Opaque: hand the `position` of a mutation on as `minPosition` to read what it wrote, on any node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    text: String,
    given: Option<GivenPosition>,
}

impl From<PositionToken> for Position {
    fn from(token: PositionToken) -> Self {
        Position { text: token.to_string(), given: None }
    }
}

impl Position {
    /// What a caller gave, to be waited for; none of one that we made.
    pub fn given(&self) -> Option<GivenPosition> {
        self.given
    }
}

#[Scalar]
impl ScalarType for Position {
    fn parse(value: Value) -> InputValueResult<Self> {
        let given = text(&value).and_then(|text| Some((text.to_owned(), text.parse().ok()?)));
        given
            .map(|(text, given)| Position { text, given: Some(given) })
            .ok_or_else(|| InputValueError::custom("not a position: hand on one that a mutation answered"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.text.clone())
    }
}

fn text(value: &Value) -> Option<&str> {
    if let Value::String(text) = value { Some(text) } else { None }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn string(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    #[test]
    fn an_instant_is_answered_in_utc_whatever_offset_it_came_with() {
        let parsed = Instant::parse(string("2026-03-31T12:00:00.5+02:00")).unwrap();
        assert_eq!(parsed.to_value(), string("2026-03-31T10:00:00.500Z"));
        for bad in ["", "2026-03-31", "2026-03-31T10:00:00", "10000-01-01T00:00:00Z", "yesterday"] {
            assert!(Instant::parse(string(bad)).is_err(), "{bad}");
        }
        assert!(Instant::parse(Value::from(1)).is_err());
    }

    #[test]
    fn a_day_has_one_spelling() {
        assert_eq!(Day::parse(string("2028-02-29")).unwrap().to_value(), string("2028-02-29"));
        for bad in ["", "2026-02-29", "2026-2-9", "+12026-01-01", "20260209", "2026-02-09T00:00:00Z"] {
            assert!(Day::parse(string(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_position_reads_back_and_nothing_else_does() {
        let token = PositionToken { log_id: uuid::Uuid::from_u128(7 << 64), position: 42 };
        let position = Position::from(token);
        assert!(Position::parse(position.to_value()).unwrap().given().is_some());
        for bad in ["", "42", "AAAA", &format!("{token}A")] {
            assert!(Position::parse(string(bad)).is_err(), "{bad}");
        }
    }
}
