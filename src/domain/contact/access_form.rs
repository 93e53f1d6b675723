//! How an access stands within a stored state: what the grant set is said once.
//!
//! A grant sets mode, opening and order date at once, and most accesses never change again: without this the same author, time and place would stand
//! there five times, and be written and read with every command on the contact. Known to nothing but serde.

use super::access_state::{Access, Grantor, Opening, Since};
use crate::{fold::Fact, values::AccessMode};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize, Serializer};

/// Values and since when, where that is not the grant.
type Dated<T> = Vec<(Option<Fact>, T)>;

/// [`Access`] as it is read.
#[derive(Deserialize)]
pub(super) struct Form {
    granted: Fact,
    by: Grantor,
    modes: Dated<AccessMode>,
    openings: Dated<Opening>,
    #[serde(default)]
    ordered_on: Option<NaiveDate>,
    order_dates: Dated<Option<NaiveDate>>,
    #[serde(default)]
    changed: Option<Fact>,
    #[serde(default)]
    removed: Option<Fact>,
    #[serde(default)]
    counts_from: Option<Fact>,
}

impl From<Form> for Access {
    fn from(form: Form) -> Access {
        fn since<T>(granted: Fact, values: Dated<T>) -> Vec<Since<T>> {
            values.into_iter().map(|(since, value)| Since { since: since.unwrap_or(granted), value }).collect()
        }
        let granted = form.granted;
        Access {
            granted,
            by: form.by,
            modes: since(granted, form.modes),
            openings: since(granted, form.openings),
            ordered_on: form.ordered_on,
            order_dates: since(granted, form.order_dates),
            changed: form.changed.unwrap_or(granted),
            removed: form.removed,
            counts_from: form.counts_from,
        }
    }
}

/// [`Access`] as it is written.
#[derive(Serialize)]
struct Written<'a> {
    granted: Fact,
    by: Grantor,
    modes: Values<'a, AccessMode>,
    openings: Values<'a, Opening>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ordered_on: Option<NaiveDate>,
    order_dates: Values<'a, Option<NaiveDate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<Fact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<Fact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts_from: Option<Fact>,
}

struct Values<'a, T> {
    granted: Fact,
    values: &'a [Since<T>],
}

impl<T: Serialize> Serialize for Values<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_seq(self.values.iter().map(|s| (Some(s.since).filter(|since| *since != self.granted), &s.value)))
    }
}

impl Serialize for Access {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let granted = self.granted;
        Written {
            granted,
            by: self.by,
            modes: Values { granted, values: &self.modes },
            openings: Values { granted, values: &self.openings },
            ordered_on: self.ordered_on,
            order_dates: Values { granted, values: &self.order_dates },
            changed: Some(self.changed).filter(|changed| *changed != granted),
            removed: self.removed,
            counts_from: self.counts_from,
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::fold::{Actor, ActorKind};
    use chrono::{DateTime, NaiveDate};
    use uuid::Uuid;

    #[test]
    fn an_access_comes_back_as_it_was_and_says_the_grant_once() {
        let fact = |version: u64| Fact {
            position: 10 + version,
            version,
            at: DateTime::from_timestamp_micros(1_000_000 + version as i64).unwrap(),
            actor: Actor { kind: ActorKind::Token, id: Uuid::from_u128(9) },
        };
        let granted = fact(2);
        let mut access = Access {
            granted,
            by: Grantor::Manual,
            modes: vec![Since { since: granted, value: AccessMode::Activated }],
            openings: vec![Since { since: granted, value: Opening::FromOrderDate }],
            ordered_on: NaiveDate::from_ymd_opt(2026, 2, 28),
            order_dates: vec![Since { since: granted, value: NaiveDate::from_ymd_opt(2026, 2, 28) }],
            changed: granted,
            removed: None,
            counts_from: None,
        };
        let text = serde_json::to_string(&access).unwrap();
        assert_eq!(text.matches("1000002").count(), 1, "{text}");
        assert_eq!(serde_json::from_str::<Access>(&text).unwrap(), access);
        access.modes.push(Since { since: fact(5), value: AccessMode::Suspended });
        access.openings.push(Since { since: fact(6), value: Opening::Full });
        access.order_dates.push(Since { since: fact(7), value: None });
        (access.changed, access.removed, access.counts_from) = (fact(7), Some(fact(8)), Some(fact(9)));
        let text = serde_json::to_string(&access).unwrap();
        assert_eq!(serde_json::from_str::<Access>(&text).unwrap(), access);
    }
}
