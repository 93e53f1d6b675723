//! The support desk: what waits for support in all accounts, and deciding it.

use crate::{
    Cx,
    parts::{Edge, Form, PageInfo, Wrong},
};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The question behind [`Requests`].
pub const REQUESTS: &str = include_str!("questions/support.graphql");
/// The question behind [`Decide`].
pub const REQUEST: &str = include_str!("questions/support_request.graphql");
/// Agreeing.
pub const APPROVE: &str = include_str!("questions/approve_deletion.graphql");
/// Not agreeing.
pub const REJECT: &str = include_str!("questions/reject_deletion.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 2] = ["deletion-approved", "deletion-rejected"];

/// The answer to [`REQUESTS`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub deletion_requests: List,
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
    pub account: Option<Account>,
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
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Account {
    pub number: String,
    pub company_name: String,
    pub time_zone: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Actor {
    pub label: String,
}

/// The answer to [`REQUEST`].
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

/// What is asked for somebody.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Asked {
    pub status: String,
    pub requested_at: DateTime<Utc>,
    pub requested_by: Actor,
    pub reason: Option<String>,
    pub account: Option<Account>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Impact {
    pub sentence: String,
}

/// Coming in with a token of support.
#[derive(Template, Debug)]
#[template(path = "support_enter.html")]
pub struct Enter {
    /// What every page shows.
    pub cx: Cx,
    /// What is wrong with what was sent.
    pub form: Form,
}

impl Enter {
    /// The same, after a token that is none of support's.
    pub fn refused(cx: Cx) -> Enter {
        let message = cx.t("support-token-wrong").into_owned();
        let wrong = Wrong { code: "UNAUTHENTICATED".to_owned(), field: Some(vec!["token".to_owned()]), message };
        Enter { cx, form: Form { wrong: vec![wrong], ..Form::default() } }
    }
}

/// What waits.
#[derive(Template, Debug)]
#[template(path = "support.html")]
pub struct Requests {
    /// What every page shows.
    pub cx: Cx,
    /// The oldest first.
    pub list: List,
}

impl Requests {
    fn here(&self) -> &'static str {
        "/support"
    }
}

/// Deciding one.
#[derive(Template, Debug)]
#[template(path = "support_request.html")]
pub struct Decide {
    /// What every page shows.
    pub cx: Cx,
    /// About whom.
    pub contact: Contact,
    /// What was asked.
    pub asked: Asked,
    /// What the deletion would come to.
    pub impact: Impact,
    /// What was typed.
    pub form: Form,
}

impl Decide {
    /// What is wrong where no reason was given.
    pub fn without_reason(cx: &Cx) -> Wrong {
        let message = cx.t("support-reason-missing").into_owned();
        Wrong { code: "REQUIRED".to_owned(), field: Some(vec!["reason".to_owned()]), message }
    }
}
