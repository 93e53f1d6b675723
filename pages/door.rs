//! Coming in: signing in, signing up, a forgotten password, the code of an app, and choosing the account.

use crate::{Cx, parts::Form};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// Signing in.
#[derive(Template, Debug)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// What every page shows.
    pub cx: Cx,
    /// What was typed.
    pub form: Form,
    /// Where to afterwards: a path of ours.
    pub next: String,
}

/// Asking for a login, or for a new password.
#[derive(Template, Debug)]
#[template(path = "ask_mail.html")]
pub struct AskMail {
    /// What every page shows.
    pub cx: Cx,
    /// What was typed.
    pub form: Form,
    /// Whether it is for a login: else for a new password.
    pub sign_up: bool,
    /// Whether it was sent: then what follows is told.
    pub sent: bool,
}

/// The code of an app, after the password.
#[derive(Template, Debug)]
#[template(path = "second_factor.html")]
pub struct SecondFactor {
    /// What every page shows.
    pub cx: Cx,
    /// What was typed.
    pub form: Form,
    /// Where to afterwards.
    pub next: String,
}

/// The question behind [`Choose`].
pub const ACCOUNTS: &str = include_str!("questions/accounts.graphql");

/// The answer to it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Accounts {
    pub access_list: AccessList,
}

/// A page of accounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct AccessList {
    pub edges: Vec<Edge<Reached>>,
    pub page_info: PageInfo,
    pub total_count: i64,
}

/// A row of a page.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Edge<T> {
    /// The row.
    pub node: T,
}

/// Whether there is more, and from where.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct PageInfo {
    pub has_next_page: bool,
    pub has_previous_page: bool,
    pub start_cursor: Option<String>,
    pub end_cursor: Option<String>,
}

/// An account that can be reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Reached {
    pub account_id: String,
    pub number: String,
    pub company_name: String,
    pub profile: String,
    pub status: String,
    pub last_used: Option<DateTime<Utc>>,
}

/// Choosing the account to work in.
#[derive(Template, Debug)]
#[template(path = "choose.html")]
pub struct Choose {
    /// What every page shows.
    pub cx: Cx,
    /// What is searched.
    pub search: String,
    /// The accounts.
    pub list: AccessList,
}
