//! « ERP »: how the account stands with it, what a person decides where the two disagree, and the terms of the connection.

use super::{Query, asked, page_of, version};
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
    erp::{
        Answer, CONNECT, Connect, DISCONNECT, DRIFTS, Disconnect, ERP, Erp, ErpPage, FIELDS, OWNERSHIP, RESOLVE, SYNC,
    },
    parts::{Form, Wrong},
};
use serde_json::{Value, json};

/// Rows of a page.
const PAGE: i64 = 20;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/erp", get(standing))
        .route("/a/{account}/erp/sync", post(sync))
        .route("/a/{account}/erp/resolve", post(resolve))
        .route("/a/{account}/erp/ownership", post(ownership))
        .route("/a/{account}/erp/connect", get(connect_form).post(connect))
        .route("/a/{account}/erp/disconnect", get(disconnect_form).post(disconnect))
}

/// The way in which they disagree that an address names; else the first.
fn drift_of(text: &str) -> &'static str {
    DRIFTS.into_iter().find(|drift| *drift == text).unwrap_or(DRIFTS[0])
}

async fn asked_for(guest: &Guest, drift: &str, query: Option<&Query>) -> Result<Answer, Response> {
    let mut variables = query.map(|query| page_of(query, PAGE)).unwrap_or_default();
    variables.extend([("account".into(), json!(guest.account.to_string())), ("drift".into(), json!(drift))]);
    guest.ask(ERP, Value::Object(variables)).await
}

fn shown(guest: Guest, drift: &str, answer: Answer, notice: Option<Notice>) -> Response {
    let done = notice.as_ref().is_none_or(|notice| notice.good);
    let status = if done { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let cx = Cx { notice, ..guest.cx };
    let Answer { account, erp, erp_drift } = answer;
    let (account, erp) = (account.unwrap_or_default(), erp.unwrap_or_default());
    let page = ErpPage { cx, account, erp, drift: drift.to_owned(), list: erp_drift };
    show::page(status, page.cx.lang, page.render())
}

async fn standing(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Erp).await?;
        let drift = drift_of(asked(&query, "drift"));
        let answer = asked_for(&guest, drift, Some(&query)).await?;
        let notice = show::notice(&guest.cx, asked(&query, "told"));
        Ok(shown(guest, drift, answer, notice))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// Leads back to the page; or shows it with what was refused.
async fn ended(
    guest: Guest,
    headers: &HeaderMap,
    wrong: Vec<Wrong>,
    drift: &str,
    told: &str,
) -> Result<Response, Response> {
    match wrong.into_iter().next() {
        None => Ok(guest.lead(headers, &guest.cx.at("erp"), told)),
        Some(first) => {
            let answer = asked_for(&guest, drift, None).await?;
            Ok(shown(guest, drift, answer, Some(Notice { good: false, text: first.message, undo: None })))
        }
    }
}

async fn sync(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, _) = show::sent(&desk, request, &account, Place::Erp).await?;
        let wrong = guest.carry_out(SYNC, json!({ "accountId": account })).await?;
        ended(guest, &head.headers, wrong, DRIFTS[0], "erp-sync-asked").await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn resolve(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Erp).await?;
        let accept = if fields.get("accept") == "ERP" { "ERP" } else { "OURS" };
        let wrong = guest.carry_out(RESOLVE, json!({ "driftId": fields.get("id"), "accept": accept })).await?;
        ended(guest, &head.headers, wrong, drift_of(fields.get("drift")), "erp-resolved").await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn ownership(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Erp).await?;
        let owned: Vec<_> = FIELDS.into_iter().filter(|field| fields.get(field) == "1").collect();
        let input = json!({ "accountId": account, "ownedFields": owned, "expectedVersion": version(&fields) });
        let wrong = guest.carry_out(OWNERSHIP, input).await?;
        ended(guest, &head.headers, wrong, DRIFTS[0], "erp-ownership-set").await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// How it stands, for a form of the connection.
async fn stands(guest: &Guest, command: &str) -> Result<(Erp, i64), Response> {
    if !guest.cx.may(command) {
        return Err(show::nothing(guest.cx.lang));
    }
    let answer = asked_for(guest, DRIFTS[0], None).await?;
    Ok((answer.erp.unwrap_or_default(), answer.account.unwrap_or_default().version))
}

fn connecting(guest: &Guest, headers: &HeaderMap, erp: Erp, form: Form) -> Response {
    let page = Connect { cx: guest.cx.clone(), erp, form: form.clone() };
    guest.form(headers, &form, &page, page.as_dialog().render())
}

async fn connect_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Erp).await?;
        let (erp, version) = stands(&guest, "ConnectErp").await?;
        let form = Form::of([
            ("source", erp.source.clone().unwrap_or_default()),
            // What follows its path is shown to nobody: an address that is left as it is shown stays what it is.
            ("url", erp.url.clone().unwrap_or_default()),
            ("everyMinutes", erp.every_minutes.map(|minutes| minutes.to_string()).unwrap_or_default()),
            ("version", version.to_string()),
        ]);
        Ok(connecting(&guest, &head.headers, erp, form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn connect(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Erp).await?;
        let (erp, _) = stands(&guest, "ConnectErp").await?;
        let mut input =
            json!({ "accountId": account, "source": fields.get("source"), "expectedVersion": version(&fields) });
        if fields.get("url").trim() != erp.url.as_deref().unwrap_or_default() {
            input["url"] = fields.given("url").map_or(Value::Null, |url| json!(url.trim()));
        }
        if let Some(token) = fields.given("bearerToken") {
            input["bearerToken"] = json!(token);
        }
        if let Some(minutes) = fields.given("everyMinutes") {
            // No number is none that the rule takes, and it says so by the field.
            input["everyMinutes"] = json!(minutes.trim().parse::<i32>().unwrap_or(0));
        }
        let wrong = guest.carry_out(CONNECT, input).await?;
        if !wrong.is_empty() {
            let form = show::again(&fields, ["source", "url", "everyMinutes", "version"], wrong);
            return Ok(connecting(&guest, &head.headers, erp, form));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("erp"), "erp-connected"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn disconnecting(guest: &Guest, headers: &HeaderMap, erp: Erp, form: Form) -> Response {
    let page = Disconnect { cx: guest.cx.clone(), erp, form: form.clone() };
    guest.form(headers, &form, &page, page.as_dialog().render())
}

async fn disconnect_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Erp).await?;
        let (erp, version) = stands(&guest, "DisconnectErp").await?;
        Ok(disconnecting(&guest, &head.headers, erp, Form::of([("version", version.to_string())])))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn disconnect(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Erp).await?;
        let input = json!({ "accountId": account, "expectedVersion": version(&fields) });
        let wrong = guest.carry_out(DISCONNECT, input).await?;
        if !wrong.is_empty() {
            let (erp, version) = stands(&guest, "DisconnectErp").await?;
            let form = Form { wrong, ..Form::of([("version", version.to_string())]) };
            return Ok(disconnecting(&guest, &head.headers, erp, form));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("erp"), "erp-disconnected"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
