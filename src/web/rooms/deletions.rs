//! Asking support to delete a contact, where the account may not itself (row S4).

use super::{Query, asked, given, paged, version};
use crate::{
    http::desk::Desk,
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request as Sent, State},
    http::{HeaderMap, request::Parts},
    response::Response,
    routing::get,
};
use pages::{
    Place,
    deletions::{Answer, DELETION, DELETIONS, Deletions, REQUEST, Request, RequestAnswer},
    parts::Form,
};
use serde_json::json;

/// Rows of a page.
const PAGE: i64 = 50;

/// Their pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/settings/deletions", get(list))
        .route("/a/{account}/settings/deletions/{contact}", get(ask_form).post(ask))
}

async fn entered(desk: &Desk, head: &Parts, account: &str) -> Result<Guest, Response> {
    asks(guest(desk, head, account, Place::Settings).await?)
}

/// Somebody who may ask for it; else there is no such page.
fn asks(guest: Guest) -> Result<Guest, Response> {
    if guest.cx.may("RequestDeletion") { Ok(guest) } else { Err(show::nothing(guest.cx.lang)) }
}

async fn list(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let mut guest = entered(&desk, &head, &account).await?;
        let variables = paged(&query, PAGE, json!({ "account": guest.account.to_string() }));
        let answer: Answer = guest.ask(DELETIONS, variables).await?;
        let policy = answer.account.map(|account| account.policies.deletion).unwrap_or_default();
        guest.cx.notice = show::notice(&guest.cx, asked(&query, "told"));
        Ok(show::show(&guest.cx.clone(), &Deletions { cx: guest.cx, policy, list: answer.deletion_requests }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn asking(guest: &Guest, headers: &HeaderMap, contact: &str, form: Form) -> Result<Response, Response> {
    let answer: RequestAnswer = guest.ask(DELETION, json!({ "contact": contact })).await?;
    let contact = answer.contact.filter(|contact| contact.deleted_at.is_none());
    let contact = contact.ok_or_else(|| show::nothing(guest.cx.lang))?;
    let page = Request { cx: guest.cx.clone(), contact, impact: answer.impact, form: form.clone() };
    let dialog = page.as_dialog().render();
    Ok(guest.form(headers, &form, &page, dialog))
}

async fn ask_form(State(desk): State<Desk>, which: Path<(String, String)>, head: Parts) -> Response {
    let page = async {
        let guest = entered(&desk, &head, &which.0.0).await?;
        let form = Form::of([("key", desk.service.app.clock().id().to_string())]);
        asking(&guest, &head.headers, &which.0.1, form).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn ask(State(desk): State<Desk>, which: Path<(String, String)>, request: Sent) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Settings).await?;
        let guest = asks(guest)?;
        let input = json!({
            "contactId": which.0.1, "reason": given(fields.get("reason").trim()), "idempotencyKey": fields.given("key"),
            "expectedVersion": version(&fields),
        });
        let wrong = guest.carry_out(REQUEST, input).await?;
        if !wrong.is_empty() {
            return asking(&guest, &head.headers, &which.0.1, show::again(&fields, ["reason", "key"], wrong)).await;
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("settings/deletions"), "deletion-asked"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
