//! The support desk, above the accounts: deletions that wait for support, and deciding them.
//!
//! Who has a token of support enters with it. The browser keeps it sealed in a cookie of its own (`__Host-support`) for eight hours: whoever takes the cookie has
//! no token, and each request asks the vault whether the token still holds. No account is entered by it, and no page of an account knows it.

use super::{Query, asked, paged, version};
use crate::{
    app::{Caller, Door},
    http::{
        auth::cookie,
        came_from::came_from,
        desk::{By, Desk},
        identity::{Fields, Not, visitor},
    },
    i18n::lang::Lang,
    vault::{aside::Aside, store::Vault},
    web::show,
};
use aws_lc_rs::{constant_time::verify_slices_are_equal, digest};
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use domain::ActorKind;
use pages::{
    Cx,
    deletions::{DELETION, RequestAnswer},
    parts::Form,
    support::{APPROVE, Answer, Decide, Enter, REJECT, REQUESTS, Requests},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// The cookie of who came in.
const COOKIE: &str = "__Host-support";
/// How long one stays in.
const STAY: TimeDelta = TimeDelta::hours(8);
/// Rows of a page.
const PAGE: i64 = 50;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/support", get(list))
        .route("/support/enter", post(enter))
        .route("/support/leave", post(leave))
        .route("/support/deletions/{contact}", get(request).post(decide))
}

/// What the cookie holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    token: String,
    until: DateTime<Utc>,
}

/// Somebody of support, at the desk.
struct Clerk {
    desk: Desk,
    by: By,
    cx: Cx,
}

/// What the cookie says, where it was made here.
fn opened(vault: &Vault, cookie: &str) -> Option<Kept> {
    let bytes = BASE64URL_NOPAD.decode(cookie.as_bytes()).ok()?;
    let (id, sealed) = bytes.split_at_checked(16)?;
    let clear = vault.open_aside(Aside::SupportDesk, Uuid::from_slice(id).ok()?, sealed).ok()?;
    serde_json::from_slice(&clear).ok()
}

fn sealed(vault: &Vault, id: Uuid, kept: &Kept) -> Option<String> {
    let clear = serde_json::to_vec(kept).ok()?;
    let sealed = vault.seal_aside(Aside::SupportDesk, id, &clear).ok()?;
    Some(BASE64URL_NOPAD.encode(&[id.as_bytes(), sealed.as_slice()].concat()))
}

/// Whom a token speaks for, where that is support.
async fn of_support(desk: &Desk, token: &str, lang: Lang) -> Result<Option<Caller>, Response> {
    let app = &desk.service.app;
    let bearer = app.vault().bearer(token, app.clock().now().timestamp_micros()).await;
    let Some(bearer) = bearer.map_err(|e| show::failed(&e.into(), lang))? else { return Ok(None) };
    let caller = app.recognise_bearer(bearer, Door::Pages).await.map_err(|e| show::failed(&e, lang))?;
    Ok(caller.filter(|caller| caller.actor.kind == ActorKind::Staff))
}

/// What a form of this cookie has to carry.
fn form_token(vault: &Vault, cookie: &str) -> String {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, cookie.as_bytes()).as_ref());
    vault.form_token(&hash)
}

/// Who came in, else the page for it.
async fn clerk(desk: &Desk, head: &Parts) -> Result<Clerk, Response> {
    let mut cx = show::outside(head);
    let (app, vault) = (&desk.service.app, desk.service.vault());
    cx.now = app.clock().now();
    let outside = |cx: &Cx| show::show(cx, &Enter { cx: cx.clone(), form: Form::default() });
    let Some(cookie) = cookie(&head.headers, COOKIE) else { return Err(outside(&cx)) };
    let Some(kept) = opened(vault, cookie).filter(|kept| kept.until > cx.now) else { return Err(outside(&cx)) };
    let Some(caller) = of_support(desk, &kept.token, cx.lang).await? else { return Err(outside(&cx)) };
    cx.csrf = form_token(vault, cookie);
    let by = By { caller, lang: cx.lang, came_from: came_from(&head.extensions, &head.headers) };
    Ok(Clerk { desk: desk.clone(), by, cx })
}

/// What a form of the desk sent, with whoever sent it.
async fn sent(desk: &Desk, request: Request) -> Result<(Clerk, Fields), Response> {
    let lang = show::language(request.headers());
    let read = Fields::read(request).await;
    let (head, fields) = read.map_err(|status| Not::Readable(status).answer(true, lang))?;
    let clerk = clerk(desk, &head).await?;
    match verify_slices_are_equal(clerk.cx.csrf.as_bytes(), fields.get("_csrf").as_bytes()) {
        Ok(()) => Ok((clerk, fields)),
        Err(_) => Err(Not::OfThisSession.answer(true, lang)),
    }
}

/// Leads back to the desk with a cookie, or with none any more.
fn back(cookie: &str, seconds: i64) -> Response {
    let line = format!("{COOKIE}={cookie}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict");
    let mut answer = Redirect::to("/support").into_response();
    if let Ok(mut value) = HeaderValue::from_str(&line) {
        value.set_sensitive(true);
        answer.headers_mut().insert(header::SET_COOKIE, value);
    }
    answer
}

async fn enter(State(desk): State<Desk>, request: Request) -> Response {
    let lang = show::language(request.headers());
    let answer = async {
        let read = Fields::read(request).await;
        let (head, fields) = read.map_err(|status| Not::Readable(status).answer(true, lang))?;
        let seen = desk.service.identity().comes_to_the_desk(&visitor(&head)).await;
        seen.map_err(|denied| Not::from(denied).answer(true, lang))?;
        let token = fields.get("token").trim();
        let (app, vault) = (&desk.service.app, desk.service.vault());
        let kept = match of_support(&desk, token, lang).await? {
            Some(_) => {
                let kept = Kept { token: token.to_owned(), until: app.clock().now() + STAY };
                sealed(vault, app.clock().id(), &kept)
            }
            None => None,
        };
        let Some(cookie) = kept else {
            let cx = show::outside(&head);
            return Err(show::show_again(&cx.clone(), &Enter::refused(cx)));
        };
        Ok(back(&cookie, STAY.num_seconds()))
    };
    answer.await.unwrap_or_else(|answer: Response| answer)
}

async fn leave(State(desk): State<Desk>, request: Request) -> Response {
    match sent(&desk, request).await {
        Ok(_) => back("", 0),
        Err(answer) => answer,
    }
}

async fn list(State(desk): State<Desk>, query: Query, head: Parts) -> Response {
    let page = async {
        let mut clerk = clerk(&desk, &head).await?;
        let variables = paged(&query, PAGE, json!({}));
        let answer: Answer = clerk.ask(REQUESTS, variables).await?;
        clerk.cx.notice = show::notice(&clerk.cx, asked(&query, "told"));
        Ok(show::show(&clerk.cx.clone(), &Requests { cx: clerk.cx, list: answer.deletion_requests }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

impl Clerk {
    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        document: &str,
        variables: serde_json::Value,
    ) -> Result<T, Response> {
        self.desk.ask(&self.by, document, variables).await.map_err(|why| show::unanswered(&why, self.cx.lang))
    }

    /// The page of what is asked about a contact; there is none where nothing waits.
    async fn page(mut self, contact: &str, form: Form) -> Result<Response, Response> {
        let answer: RequestAnswer = self.ask(DELETION, json!({ "contact": contact })).await?;
        let lang = self.cx.lang;
        let contact = answer.contact.filter(|contact| contact.deleted_at.is_none());
        let contact = contact.ok_or_else(|| show::nothing(lang))?;
        let waiting = contact.deletion_request.clone().filter(|request| request.status == "REQUESTED");
        let asked = waiting.ok_or_else(|| show::nothing(lang))?;
        let zone = asked.account.as_ref().and_then(|account| account.time_zone.as_deref()?.parse().ok());
        self.cx.zone = zone.unwrap_or(self.cx.zone);
        let page = Decide { cx: self.cx.clone(), contact, asked, impact: answer.impact, form };
        let wrong = !page.form.wrong.is_empty();
        Ok(if wrong { show::show_again(&self.cx, &page) } else { show::show(&self.cx, &page) })
    }
}

async fn request(State(desk): State<Desk>, Path(contact): Path<String>, head: Parts) -> Response {
    let page = async {
        let form = Form::of([("key", desk.service.app.clock().id().to_string())]);
        clerk(&desk, &head).await?.page(&contact, form).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn decide(
    State(desk): State<Desk>,
    Path(contact): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let page = async {
        let (mut clerk, fields) = sent(&desk, request).await?;
        let reason = fields.get("reason").trim();
        let approves = match fields.get("decision") {
            "approve" => true,
            "reject" => false,
            _ => return Err(show::nothing(clerk.cx.lang)),
        };
        if reason.is_empty() {
            let wrong = vec![Decide::without_reason(&clerk.cx)];
            return clerk.page(&contact, show::again(&fields, ["reason", "key"], wrong)).await;
        }
        let mut input = json!({
            "contactId": contact, "idempotencyKey": fields.given("key"), "expectedVersion": version(&fields),
        });
        if !approves {
            input["reason"] = json!(reason);
        }
        // Beside what is done, in the account's trail.
        clerk.by.caller = clerk.by.caller.because(reason);
        let document = if approves { APPROVE } else { REJECT };
        let wrong = show::carry_out(&desk, &clerk.by, document, input).await;
        let wrong = wrong.map_err(|why| show::unanswered(&why, clerk.cx.lang))?;
        if !wrong.is_empty() {
            return clerk.page(&contact, show::again(&fields, ["reason", "key"], wrong)).await;
        }
        let told = if approves { "deletion-approved" } else { "deletion-rejected" };
        Ok(show::led(&headers, &format!("/support?told={told}")))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
