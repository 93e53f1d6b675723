//! « Inscriptions sur l'app »: who waits to be let in, who matches nobody and whom they might be, who did not register.

use super::{Query, asked, page_of};
use crate::{
    http::desk::Desk,
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, request::Parts},
    response::Response,
    routing::{get, post},
};
use pages::{
    Cx, Notice, Place,
    erp::Account,
    parts::{Form, Wrong},
    registrations::{
        Answer, INVITE, LINK, NOT_REGISTERED, NotRegistered, REFUSE, REGISTRATIONS, RESEND, Registrations, Rows,
        STATES, VALIDATE, VALIDATE_ALL, ValidateAll,
    },
};
use serde_json::{Value, json};

/// Rows of a page.
const PAGE: i64 = 30;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/erp/app", get(list))
        .route("/a/{account}/erp/app/validate-all", get(all_form).post(all))
        .route("/a/{account}/erp/app/{act}", post(act))
}

/// The list that an address names; else the first.
fn state_of(text: &str) -> &'static str {
    STATES.into_iter().find(|state| *state == text).unwrap_or(STATES[0])
}

async fn rows(guest: &Guest, state: &str, query: Option<&Query>) -> Result<(Account, Rows), Response> {
    let mut variables =
        query.map_or_else(|| [("first".into(), json!(PAGE))].into_iter().collect(), |query| page_of(query, PAGE));
    variables.insert("account".into(), json!(guest.account.to_string()));
    if state == "NOT_REGISTERED" {
        let answer: NotRegistered = guest.ask(NOT_REGISTERED, Value::Object(variables)).await?;
        return Ok((answer.account.unwrap_or_default(), Rows::Uninvited(answer.contacts)));
    }
    // Whom they might be stands above the first page.
    let first = query.is_none_or(|query| asked(query, "after").is_empty() && asked(query, "before").is_empty());
    let doctor = state == "WAITING" && first;
    variables.extend([("state".into(), json!(state)), ("doctor".into(), json!(doctor))]);
    let Answer { account, registrations, email_mismatches } =
        guest.ask(REGISTRATIONS, Value::Object(variables)).await?;
    let pairs = email_mismatches.map(|found| found.edges).unwrap_or_default();
    let doctor = pairs.into_iter().map(|edge| edge.node).collect();
    Ok((account.unwrap_or_default(), Rows::SignUps { list: registrations, doctor }))
}

async fn shown(guest: Guest, state: &str, query: Option<&Query>, notice: Option<Notice>) -> Result<Response, Response> {
    let done = notice.as_ref().is_none_or(|notice| notice.good);
    let status = if done { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (account, rows) = rows(&guest, state, query).await?;
    let cx = Cx { notice, ..guest.cx };
    let page = Registrations { cx, account, state: state.to_owned(), rows };
    Ok(show::page(status, page.cx.lang, page.render()))
}

async fn list(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Erp).await?;
        let notice = show::notice(&guest.cx, asked(&query, "told"));
        shown(guest, state_of(asked(&query, "state")), Some(&query), notice).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// An act on one sign-up or contact: its mutation, what its form names, and what is told then.
fn meant(act: &str) -> Option<(&'static str, &'static str)> {
    Some(match act {
        "validate" => (VALIDATE, "app-validated"),
        "refuse" => (REFUSE, "app-refused"),
        "link" => (LINK, "app-linked"),
        "invite" => (INVITE, "app-invited"),
        "resend" => (RESEND, "app-invited-again"),
        _ => return None,
    })
}

/// Leads back to the list that it was done on.
fn back(guest: &Guest, headers: &HeaderMap, state: &str, told: &str) -> Response {
    show::led(headers, &format!("{}{}", guest.cx.at("erp/app"), pages::query(&[("state", state), ("told", told)])))
}

async fn act(State(desk): State<Desk>, Path((account, act)): Path<(String, String)>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Erp).await?;
        let (mutation, told) = meant(&act).ok_or_else(|| show::nothing(guest.cx.lang))?;
        let mut input = json!({});
        for (name, field) in [("contact", "contactId"), ("registration", "registrationId")] {
            if let Some(id) = fields.given(name) {
                input[field] = json!(id);
            }
        }
        let state = state_of(if act == "link" { "WAITING" } else { fields.get("state") });
        let wrong: Vec<Wrong> = guest.carry_out(mutation, input).await?;
        match wrong.into_iter().next() {
            // From a sheet one comes back to it.
            None if fields.get("from") == "sheet" => {
                let sheet = guest.cx.at(&format!("contacts/{}/overview", pages::encoded(fields.get("contact"))));
                Ok(guest.lead(&head.headers, &sheet, told))
            }
            None => Ok(back(&guest, &head.headers, state, told)),
            Some(first) => {
                let notice = Notice { good: false, text: first.message, undo: None };
                shown(guest, state, None, Some(notice)).await
            }
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn all_page(guest: &Guest, headers: &HeaderMap, form: Form) -> Result<Response, Response> {
    if !guest.cx.may("ValidatePendingRegistrations") {
        return Err(show::nothing(guest.cx.lang));
    }
    let (account, _) = rows(guest, STATES[0], None).await?;
    let page = ValidateAll { cx: guest.cx.clone(), account, form: form.clone() };
    Ok(guest.form(headers, &form, &page, page.as_dialog().render()))
}

async fn all_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Erp).await?;
        all_page(&guest, &head.headers, Form::default()).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn all(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, _) = show::sent(&desk, request, &account, Place::Erp).await?;
        let wrong = guest.carry_out(VALIDATE_ALL, json!({ "accountId": account })).await?;
        if !wrong.is_empty() {
            return all_page(&guest, &head.headers, Form { wrong, ..Form::default() }).await;
        }
        Ok(back(&guest, &head.headers, STATES[0], "app-all-validated"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
