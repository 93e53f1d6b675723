//! What a sync tells of itself: counts, the records that cannot be taken, and why nobody was flagged as gone.

use crate::i18n::{lang::Lang, messages::message};
use serde::{Deserialize, Serialize};

/// What became of records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// All that were sent.
    pub records: u64,
    /// New contacts.
    pub created: u64,
    /// Contacts that changed, those that came back among them.
    pub updated: u64,
    /// Contacts that were so already.
    pub unchanged: u64,
    /// Contacts flagged as gone, by a record that says so or by none.
    pub gone: u64,
    /// Contacts that came back.
    pub returned: u64,
    /// Records not taken: they wait for a person's decision, or are of someone who was erased.
    pub held: u64,
    /// Records whose e-mail is another contact's: taken without it.
    pub email_taken: u64,
    /// Records that cannot be taken as they are.
    pub refused: u64,
}

/// A record that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRecord {
    /// Its line, or its place in a list, from 1.
    pub line: u64,
    /// The stable code.
    pub code: String,
    /// The field, by the API's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong and what to do about it.
    pub message: String,
}

/// Why nobody was flagged as gone although all records were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Why {
    /// It would be more than half of them: to be sent with `force` where that is meant.
    TooManyGone,
    /// A record could not be read, so that nobody knows whose it is.
    UnreadableRecords,
}

impl Why {
    /// The stable code, which has a sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::TooManyGone => "TOO_MANY_GONE",
            Why::UnreadableRecords => "UNREADABLE_RECORDS",
        }
    }
}

/// Why a sync stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// The stable code, which has a sentence.
    pub code: String,
    /// What the sentence names. Nothing of a person: it is kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<(String, String)>,
}

impl Stopped {
    /// For this reason, of which there is no more to say.
    pub fn by(code: &str) -> Stopped {
        Stopped { code: code.to_owned(), params: Vec::new() }
    }

    /// The sentence for people.
    pub fn message(&self, lang: Lang) -> String {
        let params: Vec<(&str, String)> =
            self.params.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        message(&self.code, lang, &params)
    }
}

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What became of records.
    #[serde(flatten)]
    pub counts: Counts,
    /// Contacts that were not among all records and were not flagged all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_flagged: Option<(u64, Why)>,
    /// Why it stopped before its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Stopped>,
    /// The file that the records came from, by the name it was dropped under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Records that cannot be taken, the first ten thousand.
    #[serde(default)]
    pub refused_records: Vec<RefusedRecord>,
    /// Position of its last event, or of the log when nothing was written.
    #[serde(default)]
    pub position: u64,
}
