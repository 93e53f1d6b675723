//! What must be gone after an erasure, as it was: held in memory alone, from the moment of the erasure until what is left of the person was searched.
//!
//! The values are read when the erasure is decided, for the last time that they can be: its append destroys their key. They are dropped with the search,
//! or with the process; then what can be told without them is told.

use crate::app::Failure;
use domain::text::fold;
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::{Mutex, PoisonError},
};
use uuid::Uuid;

/// Shorter words are in too many places to say anything.
const SHORTEST: usize = 5;
/// Numbers are dates and postal codes unless they are as long as a telephone's.
const SHORTEST_NUMBER: usize = 8;
/// People whose values are held at once; of more it is told that they were not searched for.
const HELD: usize = 500;

/// The values of one person. They do not show themselves.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Needles(BTreeSet<String>);

impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Needles({})", self.0.len())
    }
}

impl Needles {
    /// Takes every text of a value in.
    pub fn take(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add(text),
            Value::Array(all) => all.iter().for_each(|one| self.take(one)),
            Value::Object(fields) => fields.values().for_each(|one| self.take(one)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Takes the personal part of an event in.
    pub fn take_event(&mut self, event: &domain::Event) -> Result<(), Failure> {
        match event.private() {
            Some(private) => {
                self.take(&private.map_err(Failure::json)?);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// A text: its lines, as they are and as lists sort and search them.
    pub fn add(&mut self, text: &str) {
        // What is stored as JSON has these escaped, so that only what stands between them is as it was.
        for part in text.split(['\n', '"', '\\']).map(str::trim) {
            for form in [part.to_owned(), fold(part)] {
                let number = form.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || c == '+' || c == '-');
                if form.len() >= if number { SHORTEST_NUMBER } else { SHORTEST } {
                    self.0.insert(form);
                }
            }
        }
    }

    /// Each text.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The values of those who were erased and are not searched for yet.
#[derive(Debug, Default)]
pub struct Held(Mutex<HashMap<Uuid, Needles>>);

impl Held {
    /// Holds the values of someone who is erased by now.
    pub fn hold(&self, subject: Uuid, needles: Needles) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() < HELD && !needles.is_empty() {
            held.insert(subject, needles);
        }
    }

    /// Hands out someone's values, once.
    pub fn take(&self, subject: Uuid) -> Option<Needles> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn p4_a_person_s_words_are_searched_as_they_were_and_as_lists_have_them_and_short_ones_are_not() {
        let mut needles = Needles::default();
        needles.take(&json!({ "lastName": "Müller-Œuvre", "firstName": "Zoé", "phone": "06 12 34 56 78", "address": { "postalCode": "75007",
            "line1": "1 rue \"du Port\"\nBâtiment B" }, "since": 20260331, "fax": null }));
        let all: Vec<&str> = needles.all().collect();
        assert!(all.contains(&"Müller-Œuvre") && all.contains(&fold("Müller-Œuvre").as_str()), "{all:?}");
        assert!(all.contains(&"06 12 34 56 78") && all.contains(&"du Port") && all.contains(&"Bâtiment B"));
        assert!(!all.contains(&"Zoé") && !all.contains(&"75007"));
        assert_eq!(format!("{needles:?}"), format!("Needles({})", all.len()));
        let held = Held::default();
        held.hold(Uuid::nil(), needles.clone());
        assert_eq!(held.take(Uuid::nil()), Some(needles));
        assert_eq!(held.take(Uuid::nil()), None, "once");
    }
}
