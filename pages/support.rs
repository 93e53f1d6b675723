//! The support desk: what waits for support in all accounts, and deciding it.

use crate::{
    Cx,
    deletions::{Asked, Contact, Impact, List},
    parts::{Form, Wrong},
};
use askama::Template;
use serde::Deserialize;

/// The question behind [`Requests`].
pub const REQUESTS: &str = include_str!("questions/support.graphql");
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
