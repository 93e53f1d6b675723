//! What is kept about one person: handing it out, erasing it, and what was found when it was looked whether anything is left.

use crate::{
    Cx,
    parts::{Form, Wrong},
    person::{Contact, Impact},
};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// What was found after an erasure.
pub const RECEIPT: &str = include_str!("questions/erasure_receipt.graphql");
/// What erasing comes to.
pub const IMPACT: &str = include_str!("questions/erase_impact.graphql");
/// Erasing.
pub const ERASE: &str = include_str!("questions/erase_contact.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 1] = ["erased"];

/// The answer to [`RECEIPT`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct ReceiptAnswer {
    pub receipt: Option<Receipt>,
}

/// What was looked for after an erasure, where, and what was found.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the receipt")]
pub struct Receipt {
    pub erased_at: DateTime<Utc>,
    pub checked_at: DateTime<Utc>,
    pub verdict: String,
    pub values: i64,
    pub shared: i64,
    pub places: Vec<Searched>,
    pub out_of_reach: Vec<String>,
}

/// A place that was searched.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the receipt")]
pub struct Searched {
    pub place: String,
    pub looked_at: i64,
    pub found: i64,
}

impl Receipt {
    /// Whether nothing was found.
    fn is_clean(&self) -> bool {
        self.verdict != "FOUND"
    }
}

/// « Données personnelles » of a contact.
#[derive(Template, Debug)]
#[template(path = "personal.html")]
pub struct Personal {
    /// What every page shows.
    pub cx: Cx,
    /// Whose.
    pub contact: Contact,
    /// Of whoever was erased, once it was looked.
    pub receipt: Option<Receipt>,
    /// Why it cannot be erased; empty: it can, or it was.
    pub cannot: Vec<Wrong>,
}

/// « Effacer pour toujours », by name and consequence.
#[derive(Template, Debug)]
#[template(path = "erase_contact.html", blocks = ["dialog"])]
pub struct Erase {
    /// What every page shows.
    pub cx: Cx,
    /// What was wrong the last time.
    pub form: Form,
    /// Who.
    pub contact: Contact,
    /// What it comes to.
    pub impact: Impact,
}
