//! Asking support to delete a contact, where the account may not itself, and what waits for its answer.

use crate::{
    Cx,
    parts::{Edge, Form, PageInfo},
};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The question behind [`Deletions`].
pub const DELETIONS: &str = include_str!("questions/deletions.graphql");
/// The question behind [`Request`].
pub const DELETION: &str = include_str!("questions/deletion.graphql");
/// Asking.
pub const REQUEST: &str = include_str!("questions/request_deletion.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 1] = ["deletion-asked"];

/// The answer to [`DELETIONS`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub account: Option<Account>,
    pub deletion_requests: List,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Account {
    pub policies: Policies,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Policies {
    pub deletion: String,
}

/// A page of requests.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct List {
    pub edges: Vec<Edge<Row>>,
    pub page_info: PageInfo,
}

/// A request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Row {
    pub contact: About,
    /// At the desk of support only.
    pub account: Option<Of>,
    pub status: String,
    pub requested_at: DateTime<Utc>,
    pub requested_by: Actor,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct About {
    pub id: String,
    pub display_name: String,
    pub email: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Actor {
    pub label: String,
}

/// The answer to [`DELETION`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct RequestAnswer {
    pub contact: Option<Contact>,
    pub impact: Impact,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Contact {
    pub id: String,
    pub version: i64,
    pub display_name: String,
    pub email: Option<String>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub deletion_request: Option<Asked>,
}

/// The newest request about somebody.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Asked {
    pub status: String,
    pub requested_at: DateTime<Utc>,
    pub requested_by: Actor,
    pub reason: Option<String>,
    pub rejection: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub account: Option<Of>,
}

/// The account that asks, for who stands above accounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Of {
    pub number: String,
    pub company_name: String,
    pub time_zone: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Impact {
    pub sentence: String,
}

/// What waits for support.
#[derive(Template, Debug)]
#[template(path = "deletions.html")]
pub struct Deletions {
    /// What every page shows.
    pub cx: Cx,
    /// Who deletes in this account: `SELF`, `ERP_ONLY` or `SUPPORT_ONLY`.
    pub policy: String,
    /// What waits, the oldest first.
    pub list: List,
}

impl Deletions {
    fn tab(&self) -> &'static str {
        "deletions"
    }

    fn here(&self) -> String {
        self.cx.at("settings/deletions")
    }

    fn asks_support(&self) -> bool {
        self.policy == "SUPPORT_ONLY"
    }
}

/// « Demander la suppression ».
#[derive(Template, Debug)]
#[template(path = "deletion_request.html", blocks = ["dialog"])]
pub struct Request {
    /// What every page shows.
    pub cx: Cx,
    /// Of whom.
    pub contact: Contact,
    /// What it would come to.
    pub impact: Impact,
    /// What was typed.
    pub form: Form,
}

impl Request {
    fn action(&self) -> String {
        self.cx.at(&format!("settings/deletions/{}", self.contact.id))
    }
}
