//! What an account is connected to, as pages: webhooks, the customer service, what went out; and its provider of sign-ins.

use super::{
    Query, asked, given, paged,
    settings::{handed, once, opened, over},
    version,
};
use crate::{
    http::desk::Desk,
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, request::Parts},
    response::Response,
    routing::{get, post},
};
use pages::{
    Notice, Place,
    parts::{Form, Wrong},
    settings::{
        Account, Ask, CONNECT_SERVICE, CONNECT_WEBHOOK, Connect, Connections, DELIVERIES, DELIVERY_STATUSES,
        DISCONNECT_SERVICE, DISCONNECT_WEBHOOK, DeliveriesAnswer, REMOVE_PROVIDER, RETRY, SET_PROVIDER, SignIns,
    },
};
use serde_json::json;

/// Rows of a page.
const PAGE: i64 = 30;

/// Their pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/settings/connections", get(look))
        .route("/a/{account}/settings/connections/retry", post(retry))
        .route("/a/{account}/settings/connections/webhook", get(webhook_form).post(webhook))
        .route("/a/{account}/settings/connections/webhook/{webhook}/end", get(end_webhook_form).post(end_webhook))
        .route("/a/{account}/settings/connections/service", get(service_form).post(service))
        .route("/a/{account}/settings/connections/service/end", get(end_service_form).post(end_service))
        .route("/a/{account}/settings/sign-in", get(provider_form).post(provider))
        .route("/a/{account}/settings/sign-in/end", get(end_provider_form).post(end_provider))
}

/// Who may look at the connections.
const CONNECTS: &str = "ConnectWebhook";

async fn shown(guest: Guest, query: &Query) -> Result<Connections, Response> {
    let account = opened(&guest, CONNECTS).await?;
    let status = DELIVERY_STATUSES.into_iter().find(|status| *status == asked(query, "status")).unwrap_or_default();
    let variables = paged(query, PAGE, json!({ "account": account.id, "status": given(status) }));
    let answer: DeliveriesAnswer = guest.ask(DELIVERIES, variables).await?;
    Ok(Connections { cx: guest.cx, account, status: status.to_owned(), deliveries: answer.deliveries })
}

async fn look(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Settings).await?;
        let mut page = shown(guest, &query).await?;
        page.cx.notice = show::notice(&page.cx, asked(&query, "told"));
        Ok(show::show(&page.cx, &page))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn retry(State(desk): State<Desk>, Path(account): Path<String>, query: Query, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Settings).await?;
        let wrong = guest.carry_out(RETRY, json!({ "deliveryId": fields.get("delivery") })).await?;
        if wrong.is_empty() {
            return Ok(guest.lead(&head.headers, &guest.cx.at("settings/connections"), "delivery-retried"));
        }
        let mut page = shown(guest, &query).await?;
        page.cx.path = page.cx.at("settings/connections");
        page.cx.notice = Some(Notice { good: false, text: sentences(wrong), undo: None });
        Ok(show::show_again(&page.cx, &page))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn sentences(wrong: Vec<Wrong>) -> String {
    wrong.into_iter().map(|wrong| wrong.message).collect::<Vec<_>>().join(" ")
}

fn connecting(guest: &Guest, headers: &HeaderMap, what: &'static str, form: Form) -> Response {
    let page = Connect { cx: guest.cx.clone(), what, form: form.clone() };
    let dialog = page.as_dialog().render();
    guest.form(headers, &form, &page, dialog)
}

async fn connect_form(desk: Desk, account: String, head: Parts, what: &'static str, command: &str) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Settings).await?;
        opened(&guest, command).await?;
        let form = Form::of([("key", desk.service.app.clock().id().to_string())]);
        Ok(connecting(&guest, &head.headers, what, form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn webhook_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    connect_form(desk, account, head, "webhook", CONNECTS).await
}

async fn service_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    connect_form(desk, account, head, "service", "ConnectCustomerService").await
}

async fn connect(desk: Desk, account: String, request: Request, what: &'static str) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Settings).await?;
        let mut input = json!({
            "accountId": guest.account.to_string(), "url": fields.get("url").trim(), "idempotencyKey": fields.given("key"),
        });
        let document = match what {
            "webhook" => {
                let types = fields.get("types").split(',').map(str::trim).filter(|kind| !kind.is_empty());
                input["types"] = json!(types.collect::<Vec<_>>());
                CONNECT_WEBHOOK
            }
            _ => CONNECT_SERVICE,
        };
        match handed(&guest, document, input).await? {
            Ok(secret) => Ok(once(&guest, &head.headers, "SECRET", secret, guest.cx.at("settings/connections"))),
            Err(wrong) => {
                Ok(connecting(&guest, &head.headers, what, show::again(&fields, ["url", "types", "key"], wrong)))
            }
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn webhook(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    connect(desk, account, request, "webhook").await
}

async fn service(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    connect(desk, account, request, "service").await
}

/// What ends: its word, what it is called, its id, and where the question stands. None where there is no such thing.
fn ending(account: &Account, what: &'static str, id: &str) -> Option<(String, String, String)> {
    let called = |address: &Option<String>| address.clone().unwrap_or_default();
    match what {
        "WEBHOOK" => {
            let it = account.webhooks.iter().find(|it| it.id == id)?;
            Some((called(&it.address), it.id.clone(), format!("settings/connections/webhook/{id}/end")))
        }
        "SERVICE" => {
            let it = account.customer_service.as_ref()?;
            Some((called(&it.address), it.id.clone(), "settings/connections/service/end".to_owned()))
        }
        _ => {
            let it = account.sign_in_provider.as_ref()?;
            Some((it.issuer.clone(), String::new(), "settings/sign-in/end".to_owned()))
        }
    }
}

/// The page that things of this kind are on.
fn room(what: &str) -> &'static str {
    if what == "PROVIDER" { "settings/sign-in" } else { "settings/connections" }
}

fn asking(
    guest: &Guest,
    headers: &HeaderMap,
    account: &Account,
    what: &'static str,
    id: &str,
    form: Form,
) -> Result<Response, Response> {
    let (name, id, path) = ending(account, what, id).ok_or_else(|| show::nothing(guest.cx.lang))?;
    let (action, back) = (guest.cx.at(&path), guest.cx.at(room(what)));
    let page = Ask { cx: guest.cx.clone(), what, name, id, action, back, form: form.clone() };
    let dialog = page.as_dialog().render();
    Ok(guest.form(headers, &form, &page, dialog))
}

/// Who may end it.
fn command(what: &str) -> &'static str {
    match what {
        "WEBHOOK" => "DisconnectWebhook",
        "SERVICE" => "DisconnectCustomerService",
        _ => "RemoveSignInProvider",
    }
}

async fn end_form(desk: Desk, account: String, head: Parts, what: &'static str, id: &str) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Settings).await?;
        let account = opened(&guest, command(what)).await?;
        if what == "PROVIDER" {
            guest.is_sure(&head.headers, &guest.cx.at("settings/sign-in/end"))?;
        }
        asking(&guest, &head.headers, &account, what, id, Form::default())
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn end(
    desk: Desk,
    account: String,
    request: Request,
    what: &'static str,
    id: &str,
    told: &'static str,
) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Settings).await?;
        let account = opened(&guest, command(what)).await?;
        let (document, input) = match what {
            "WEBHOOK" => (DISCONNECT_WEBHOOK, json!({ "accountId": account.id, "webhookId": id })),
            "SERVICE" => (DISCONNECT_SERVICE, json!({ "accountId": account.id })),
            _ => (REMOVE_PROVIDER, json!({ "accountId": account.id })),
        };
        let wrong = guest.carry_out(document, input).await?;
        if !wrong.is_empty() {
            if what == "PROVIDER" {
                guest.is_sure(&head.headers, &guest.cx.at("settings/sign-in/end"))?;
            }
            return asking(&guest, &head.headers, &account, what, id, show::again(&fields, [], wrong));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at(room(what)), told))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn end_webhook_form(State(desk): State<Desk>, which: Path<(String, String)>, head: Parts) -> Response {
    let Path((account, webhook)) = which;
    end_form(desk, account, head, "WEBHOOK", &webhook).await
}

async fn end_webhook(State(desk): State<Desk>, which: Path<(String, String)>, request: Request) -> Response {
    let Path((account, webhook)) = which;
    end(desk, account, request, "WEBHOOK", &webhook, "webhook-disconnected").await
}

async fn end_service_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    end_form(desk, account, head, "SERVICE", "").await
}

async fn end_service(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    end(desk, account, request, "SERVICE", "", "service-disconnected").await
}

async fn end_provider_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    end_form(desk, account, head, "PROVIDER", "").await
}

async fn end_provider(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    end(desk, account, request, "PROVIDER", "", "provider-removed").await
}

fn sign_ins(guest: &Guest, account: Account, form: Form) -> SignIns {
    let public = &guest.desk.service.outbox().outside().public_url;
    let back_to = format!("{}/auth/oidc/callback/{}", public.trim_end_matches('/'), account.id);
    SignIns { cx: guest.cx.clone(), provider: account.sign_in_provider, back_to, form }
}

async fn provider_form(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &account, Place::Settings).await?;
        let account = opened(&guest, "SetSignInProvider").await?;
        // Asked before anything is typed, so that nothing typed is lost to it.
        guest.is_sure(&head.headers, &guest.cx.at("settings/sign-in"))?;
        guest.cx.notice = show::notice(&guest.cx, asked(&query, "told"));
        let form = SignIns::filled(&account);
        Ok(show::show(&guest.cx, &sign_ins(&guest, account, form)))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn provider(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (mut guest, head, fields) = show::sent(&desk, request, &account, Place::Settings).await?;
        let account = opened(&guest, "SetSignInProvider").await?;
        let domains = fields.get("domains").split(',').map(str::trim).filter(|domain| !domain.is_empty());
        let yes = |name: &str| fields.get(name) == "1";
        let input = json!({
            "accountId": account.id, "issuer": fields.get("issuer").trim(), "clientId": fields.get("clientId").trim(),
            "clientSecret": fields.given("clientSecret"), "domains": domains.collect::<Vec<_>>(),
            "firstSignIns": yes("firstSignIns"), "asksSecondFactor": yes("asksSecondFactor"), "on": yes("on"),
            "expectedVersion": version(&fields),
        });
        let wrong = guest.carry_out(SET_PROVIDER, input).await?;
        if !wrong.is_empty() {
            guest.is_sure(&head.headers, &guest.cx.at("settings/sign-in"))?;
            guest.cx.path = guest.cx.at("settings/sign-in");
            let names = ["issuer", "clientId", "domains", "firstSignIns", "asksSecondFactor", "on", "version"];
            let form = over(show::again(&fields, names, wrong), account.version);
            return Ok(show::show_again(&guest.cx, &sign_ins(&guest, account, form)));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("settings/sign-in"), "provider-set"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
