//! The account's ERP: whether it is connected, how far behind it the contacts may be, where the two disagree, whose a field is (rows A1, A4 to A7, A14, B10).

use crate::{
    Cx,
    parts::{Form, Listed},
};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The question behind [`ErpPage`] and its forms.
pub const ERP: &str = include_str!("questions/erp.graphql");
/// Pulling records now.
pub const SYNC: &str = include_str!("questions/erp_sync.graphql");
/// Connecting.
pub const CONNECT: &str = include_str!("questions/erp_connect.graphql");
/// Ending the connection.
pub const DISCONNECT: &str = include_str!("questions/erp_disconnect.graphql");
/// Saying whose a field is.
pub const OWNERSHIP: &str = include_str!("questions/erp_ownership.graphql");
/// Deciding where the two disagree.
pub const RESOLVE: &str = include_str!("questions/erp_resolve.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 5] =
    ["erp-sync-asked", "erp-connected", "erp-disconnected", "erp-ownership-set", "erp-resolved"];

/// The fields that may be the ERP's.
pub const FIELDS: [&str; 7] = ["FIRST_NAME", "LAST_NAME", "COMPANY_NAME", "EMAIL", "PHONE", "FAX", "ADDRESS"];

/// The ways in which the two may disagree.
pub const DRIFTS: [&str; 4] = ["EMAIL_TAKEN", "UNVERIFIED_MATCH", "GONE", "TOMBSTONED"];

/// The answer to [`ERP`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub account: Option<Account>,
    pub erp: Option<Erp>,
    pub erp_drift: Listed<Drift>,
}

/// Of the account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Account {
    pub version: i64,
    pub pending_registrations: i64,
}

/// How it stands.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Erp {
    pub connected: bool,
    pub source: Option<String>,
    pub owned_fields: Vec<String>,
    pub connected_since: Option<DateTime<Utc>>,
    pub url: Option<String>,
    pub every_minutes: Option<i64>,
    pub lag: Option<i64>,
    pub next_run: Option<DateTime<Utc>>,
    pub running: bool,
    pub last_sync: Option<Run>,
    pub last_success: Option<Begun>,
    pub last_file: Option<Taken>,
    pub error: Option<Error>,
    pub counts: Totals,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Begun {
    pub started_at: DateTime<Utc>,
}

/// A sync.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Run {
    pub mode: String,
    pub door: String,
    pub file: Option<String>,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub counts: Counts,
    pub not_flagged: Option<i64>,
}

/// A file that was dropped.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Taken {
    pub file: Option<String>,
    pub ended_at: Option<DateTime<Utc>>,
    pub error: Option<Error>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Error {
    pub message: String,
    pub line: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Counts {
    pub records: i64,
    pub created: i64,
    pub updated: i64,
    pub unchanged: i64,
    pub gone: i64,
    pub returned: i64,
    pub held: i64,
    pub email_taken: i64,
    pub refused: i64,
}

impl Counts {
    /// What became of the records, as words and numbers; what nothing came of is left out.
    pub fn told(&self) -> Vec<(&'static str, i64)> {
        let all = [
            ("CREATED", self.created),
            ("UPDATED", self.updated),
            ("UNCHANGED", self.unchanged),
            ("GONE", self.gone),
            ("RETURNED", self.returned),
            ("HELD", self.held),
            ("EMAIL_TAKEN", self.email_taken),
            ("REFUSED", self.refused),
        ];
        all.into_iter().filter(|(_, n)| *n > 0).collect()
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Totals {
    pub linked: i64,
    pub gone: i64,
    pub email_taken: i64,
    pub unverified_match: i64,
    pub tombstoned: i64,
}

impl Totals {
    /// How many disagree in one way.
    pub fn of(&self, drift: &str) -> i64 {
        match drift {
            "GONE" => self.gone,
            "EMAIL_TAKEN" => self.email_taken,
            "UNVERIFIED_MATCH" => self.unverified_match,
            _ => self.tombstoned,
        }
    }
}

/// Where the two disagree.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Drift {
    pub id: String,
    pub since: DateTime<Utc>,
    pub contact: Option<Contact>,
    pub other: Option<Contact>,
    pub external_id: Option<String>,
    pub email: Option<String>,
}

/// Somebody.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Contact {
    pub id: String,
    pub display_name: String,
    #[serde(default)]
    pub email: Option<String>,
}

/// « ERP ».
#[derive(Template, Debug)]
#[template(path = "erp.html")]
pub struct ErpPage {
    /// What every page shows.
    pub cx: Cx,
    /// Of the account.
    pub account: Account,
    /// How it stands.
    pub erp: Erp,
    /// In which way they are looked at.
    pub drift: String,
    /// Where they disagree.
    pub list: Listed<Drift>,
}

impl ErpPage {
    fn is_owned(&self, field: &str) -> bool {
        self.erp.owned_fields.iter().any(|owned| owned == field)
    }

    fn source(&self) -> &str {
        self.erp.source.as_deref().unwrap_or("ERP")
    }

    /// The list's address, without its page.
    fn here(&self) -> String {
        format!("{}?drift={}", self.cx.at("erp"), self.drift)
    }

    /// Minutes that the contacts may be behind by.
    fn minutes(&self) -> Option<i64> {
        self.erp.lag.map(|seconds| (seconds + 59) / 60)
    }

    fn disagree(&self) -> i64 {
        DRIFTS.iter().map(|drift| self.erp.counts.of(drift)).sum()
    }
}

/// Connecting, or changing the terms.
#[derive(Template, Debug)]
#[template(path = "erp_connect.html", blocks = ["dialog"])]
pub struct Connect {
    /// What every page shows.
    pub cx: Cx,
    /// How it stands.
    pub erp: Erp,
    /// What was filled in.
    pub form: Form,
}

/// Ending the connection: what that comes to, before it is done.
#[derive(Template, Debug)]
#[template(path = "erp_disconnect.html", blocks = ["dialog"])]
pub struct Disconnect {
    /// What every page shows.
    pub cx: Cx,
    /// How it stands.
    pub erp: Erp,
    /// What is wrong, and the version that was seen.
    pub form: Form,
}
