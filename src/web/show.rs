//! How a page is shown: for whom, in which language, with which headers; and what is shown where there is no page.

use super::assets;
use crate::{
    app::{About, Caller, Door, Failure, Question},
    http::{
        Problem,
        auth::cookie,
        came_from::came_from,
        desk::{By, Desk, Unanswered},
        identity::{Fields, Not, Told, signed},
    },
    i18n::lang::{Lang, lang as preferred},
    identity::{Denied, Signed},
};
use askama::Template;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::AccountId;
use pages::{
    Assets, Cx, Nav, Notice, Person, Place,
    parts::{Form, Wrong},
};
use serde::Deserialize;
use serde_json::json;

/// The cookie of the language that somebody chose.
pub const LANGUAGE: &str = "__Host-lang";

/// Scripts, styles and letters are ours and served by us; nobody frames a page, and forms go to ourselves.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The language of somebody's pages: the one they chose, else the one their browser prefers.
pub fn language(headers: &HeaderMap) -> Lang {
    match cookie(headers, LANGUAGE) {
        Some("fr") => Lang::Fr,
        Some("en") => Lang::En,
        _ => preferred(headers),
    }
}

/// Whether htmx asks for a part of a page.
pub fn is_part(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}

/// A page outside of accounts.
pub fn outside(head: &Parts) -> Cx {
    let files = Assets {
        css: assets::address("app.css"),
        js: assets::address("app.js"),
        htmx: assets::address("htmx.min.js"),
        font: assets::address(assets::FONT),
    };
    Cx {
        lang: language(&head.headers),
        zone: chrono_tz::Europe::Paris,
        now: chrono::DateTime::default(),
        csrf: String::new(),
        path: head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        person: None,
        nav: None,
        notice: None,
        assets: files,
    }
}

/// A page, as it is sent.
pub fn page(status: StatusCode, lang: Lang, html: askama::Result<String>) -> Response {
    let html = match html {
        Ok(html) => html,
        Err(error) => return failed(&Failure::Fault(format!("a page could not be written: {error}")), lang),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, lang.tag()),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Accept-Language, Cookie, HX-Request"),
        // Forms of ours say where they come from; other sites learn nothing.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (status, headers, html).into_response()
}

/// Shows a page.
pub fn show(cx: &Cx, template: &impl Template) -> Response {
    page(StatusCode::OK, cx.lang, template.render())
}

/// Shows it again with what is wrong.
pub fn show_again(cx: &Cx, template: &impl Template) -> Response {
    page(StatusCode::UNPROCESSABLE_ENTITY, cx.lang, template.render())
}

/// A failure of the service.
pub fn failed(failure: &Failure, lang: Lang) -> Response {
    Problem::failure(failure, lang).into_response()
}

/// What is told where a question has no answer.
pub fn unanswered(why: &Unanswered, lang: Lang) -> Response {
    let status = match why.code.as_str() {
        "NOT_FOUND" => StatusCode::NOT_FOUND,
        "FORBIDDEN" => StatusCode::FORBIDDEN,
        "RATE_LIMITED" => StatusCode::TOO_MANY_REQUESTS,
        "BUSY" | "STORAGE_FULL" | "READ_MODEL_BEHIND" => StatusCode::SERVICE_UNAVAILABLE,
        "INTERNAL" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    if status.is_server_error() {
        // As any failure of ours: browsers are told the id of the request with it (`http::around`).
        let code = match why.code.as_str() {
            "BUSY" => "BUSY",
            "STORAGE_FULL" => "STORAGE_FULL",
            "READ_MODEL_BEHIND" => "READ_MODEL_BEHIND",
            _ => "INTERNAL",
        };
        return Problem::new(status, code, lang).into_response();
    }
    let mut answer = super::told::told(status, std::slice::from_ref(&why.message), lang);
    if let Some(seconds) = why.wait {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// There is no such thing, or it is not theirs.
pub fn nothing(lang: Lang) -> Response {
    let text = crate::i18n::messages::message("NOT_FOUND", lang, &[]);
    super::told::told(StatusCode::NOT_FOUND, &[text], lang)
}

/// Somebody in a room of an account.
pub struct Guest {
    /// Where to ask.
    pub desk: Desk,
    /// As whom.
    pub by: By,
    /// Whoever is signed in.
    pub signed: Signed,
    /// What every page shows.
    pub cx: Cx,
    /// The account.
    pub account: AccountId,
}

#[derive(Deserialize)]
struct Frame {
    account: Option<FrameAccount>,
    viewer: FrameViewer,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrameAccount {
    number: String,
    company_name: String,
    time_zone: String,
}

#[derive(Deserialize)]
struct FrameViewer {
    user: Option<FrameUser>,
}

#[derive(Deserialize)]
struct FrameUser {
    name: Option<String>,
    email: Option<String>,
}

const FRAME: &str = "query Frame($account: ID!) { account(id: $account) { number companyName timeZone } viewer { user { name email } } }";

/// Whoever is signed in; else what leads them to the page for it.
pub async fn entered(desk: &Desk, head: &Parts) -> Result<Signed, Response> {
    match signed(&desk.service, &head.headers).await {
        Ok(signed) => Ok(signed),
        Err(Not::SignedIn) => {
            let here = outside(head).path;
            Err(Redirect::to(&format!("/sign-in?next={}", pages::encoded(&here))).into_response())
        }
        Err(not) => Err(not.answer(true, language(&head.headers))),
    }
}

/// Whoever is signed in, in the account that the address names; else what leads them there.
pub async fn guest(desk: &Desk, head: &Parts, account: &str, place: Place) -> Result<Guest, Response> {
    let mut cx = outside(head);
    let signed = entered(desk, head).await?;
    let account: AccountId = account.parse().map_err(|_| nothing(cx.lang))?;
    if signed.session.account() != Some(account) {
        // A session is in one account: the other one is chosen first.
        return Err(Redirect::to("/accounts").into_response());
    }
    let by = By {
        caller: signed.caller.through(Door::Pages),
        lang: cx.lang,
        came_from: came_from(&head.extensions, &head.headers),
    };
    let frame = desk.ask::<Frame>(&by, FRAME, json!({ "account": account.to_string() })).await;
    let Frame { account: found, viewer } = frame.map_err(|why| unanswered(&why, cx.lang))?;
    let found = found.ok_or_else(|| nothing(cx.lang))?;
    let user = viewer.user.map(|user| (user.name.unwrap_or_default(), user.email.unwrap_or_default()));
    let (name, email) = user.unwrap_or_default();
    cx.zone = found.time_zone.parse().unwrap_or(chrono_tz::Europe::Paris);
    cx.now = desk.service.app.clock().now();
    cx.csrf = desk.service.identity().form_token(&signed);
    cx.person = Some(Person { name: if name.is_empty() { email.clone() } else { name }, email });
    let rooms = Place::ALL.into_iter().filter(|place| enters(&by.caller, account, *place)).collect();
    let acts = by.caller.acts(account).collect();
    let nav =
        Nav { account: account.to_string(), company: found.company_name, number: found.number, place, rooms, acts };
    cx.nav = Some(nav);
    Ok(Guest { desk: desk.clone(), by, signed, cx, account })
}

/// The address of the first room that somebody may enter, as the rail lists them; without an account, of choosing one.
pub fn first_room(caller: &Caller, account: Option<AccountId>) -> String {
    let Some(account) = account else { return "/accounts".to_owned() };
    // Who may enter none is told so on the first page of the account.
    let place = Place::ALL.into_iter().find(|place| enters(caller, account, *place)).unwrap_or(Place::Home);
    format!("/a/{account}/{}", place.path())
}

/// Whether somebody may enter a room. Of an administrator of the portal only the subscribers are one: what belongs to one of them is on their sheet.
fn enters(caller: &Caller, account: AccountId, place: Place) -> bool {
    let question = match place {
        Place::Portal => return caller.places.iter().any(|at| at.account == account && at.portal.is_some()),
        // Everybody may ask what the account is called; its settings are for whoever may set something.
        Place::Settings => {
            let sets = ["SetPolicies", "CreateToken", "RequestDeletion"];
            return sets.into_iter().any(|act| caller.may_ever(act, Some(account)).is_ok());
        }
        Place::Home => Question::Account,
        Place::Contacts | Place::Erp => Question::Contacts,
        Place::Subscribers => Question::Subscribers,
        Place::Products => Question::Products,
        Place::Subscriptions => Question::Subscriptions,
        Place::Claims => Question::Claims,
        Place::Members => Question::Members,
        Place::Imports => Question::Import,
        Place::History => Question::AuditTrail,
    };
    // Of an administrator of the portal only the subscribers are a room: what belongs to one of them is on their sheet.
    caller.may_ask(question, account, About { own: false, subscriber: place == Place::Subscribers })
}

/// What a form of a room sent, with whoever sent it; refused where this session was not given the form.
pub async fn sent(
    desk: &Desk,
    request: Request,
    account: &str,
    place: Place,
) -> Result<(Guest, Parts, Fields), Response> {
    let lang = language(request.headers());
    let (head, body) = request.into_parts();
    // Who is signed in first: long forms are theirs.
    let guest = guest(desk, &head, account, place).await?;
    let read = Fields::long(Request::from_parts(head, body)).await;
    let (head, fields) = read.map_err(|status| Not::Readable(status).answer(true, lang))?;
    match guest.is_own(&fields) {
        true => Ok((guest, head, fields)),
        false => Err(Not::OfThisSession.answer(true, lang)),
    }
}

impl Guest {
    /// Asks.
    pub async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        document: &str,
        variables: serde_json::Value,
    ) -> Result<T, Response> {
        self.desk.ask(&self.by, document, variables).await.map_err(|why| unanswered(&why, self.cx.lang))
    }

    /// Whether they may ask this of the account.
    pub fn asks(&self, question: Question) -> bool {
        self.by.caller.may_ask(question, self.account, About { own: false, subscriber: true })
    }

    /// Whether they showed who they are a short while ago, as what cannot be taken back asks (†); else what leads them to doing it, and from there to `next`.
    pub fn is_sure(&self, headers: &HeaderMap, next: &str) -> Result<(), Response> {
        if self.desk.service.identity().confirmed_until(&self.signed.session) > self.cx.now {
            return Ok(());
        }
        Err(led(headers, &format!("/confirm?next={}", pages::encoded(next))))
    }

    /// Whether a form is one that this session was given.
    pub fn is_own(&self, fields: &Fields) -> bool {
        self.desk.service.identity().is_form_of(&self.signed, fields.get("_csrf"))
    }

    /// Carries one of our mutations out: what is wrong with its input, or nothing.
    pub async fn carry_out(&self, document: &str, input: serde_json::Value) -> Result<Vec<Wrong>, Response> {
        carry_out(&self.desk, &self.by, document, input).await.map_err(|why| unanswered(&why, self.cx.lang))
    }

    /// Shows a form: as a page, or, where htmx asks, as what goes into the dialog; 422 where something is wrong with it.
    pub fn form(
        &self,
        headers: &HeaderMap,
        form: &Form,
        whole: &impl Template,
        dialog: askama::Result<String>,
    ) -> Response {
        let status = if form.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let html = if is_part(headers) { dialog } else { whole.render() };
        page(status, self.cx.lang, html)
    }

    /// Leads to a page after something was done: by a redirect, or, where htmx asked, as a new page. What was done is told there once.
    pub fn lead(&self, headers: &HeaderMap, path: &str, told: &str) -> Response {
        self.lead_with(headers, path, told, "")
    }

    /// The same; `of` names what it was done to, where the page takes it back by that.
    pub fn lead_with(&self, headers: &HeaderMap, path: &str, told: &str, of: &str) -> Response {
        led(headers, &format!("{path}{}", pages::query(&[("told", told), ("of", of)])))
    }
}

/// Carries one of our mutations out: what is wrong with its input, or nothing.
pub async fn carry_out(
    desk: &Desk,
    by: &By,
    document: &str,
    input: serde_json::Value,
) -> Result<Vec<Wrong>, Unanswered> {
    #[derive(Deserialize)]
    struct Payload {
        done: Outcome,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Outcome {
        user_errors: Vec<Wrong>,
    }
    Ok(desk.ask::<Payload>(by, document, json!({ "input": input })).await?.done.user_errors)
}

/// Leads to another page: by a redirect, or, where htmx asked, as a new page.
pub fn led(headers: &HeaderMap, path: &str) -> Response {
    if is_part(headers) {
        (StatusCode::NO_CONTENT, [(HeaderName::from_static("hx-redirect"), path.to_owned())]).into_response()
    } else {
        Redirect::to(path).into_response()
    }
}

/// What is told once, as the address says it: one of our words, and nothing that somebody else could write there.
pub fn notice(cx: &Cx, told: &str) -> Option<Notice> {
    Some(Notice { good: true, text: cx.told(told)?.into_owned(), undo: None })
}

/// A form as it was sent, without its password.
pub fn again<const N: usize>(fields: &Fields, names: [&str; N], wrong: Vec<Wrong>) -> Form {
    let values = names.into_iter().map(|name| (name.to_owned(), fields.get(name).to_owned())).collect();
    Form { values, wrong }
}

/// Why signing in did not go, as a form shows it, and after how many seconds it may be tried again.
pub fn wrongs(denied: Denied, lang: Lang) -> Result<(Vec<Wrong>, Option<u64>), Failure> {
    let Told { errors, wait, .. } = Not::Denied(denied).told(lang)?;
    let wrong = errors.into_iter().map(serde_json::from_value).collect::<Result<_, _>>();
    Ok((wrong.map_err(Failure::json)?, wait))
}
