//! « Mon espace »: what whoever has a login to the portal sees, and complaining, which those may too who look after subscribers.

use super::{Query, asked, subscribers};
use crate::{
    http::{desk::Desk, identity::Fields},
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
use domain::ContactId;
use pages::{
    Cx, Notice, Place,
    parts::{Form, Wrong},
    portal::{Answer, COMPLAIN, Complain, DRAFT, DraftAnswer, Held, PORTAL, Portal, SETTLE},
};
use serde_json::{Value, json};

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/portal", get(portal))
        .route("/a/{account}/portal/settle", post(settle))
        .route("/a/{account}/subscribers/{contact}/complain", get(complain_form).post(complain))
}

/// The contact that whoever is signed in is here, where a login to the portal is open.
fn own(guest: &Guest) -> Option<ContactId> {
    let mut places = guest.by.caller.places.iter().filter(|place| place.account == guest.account);
    places.find(|place| place.portal.is_some()).map(|place| place.contact)
}

async fn held(guest: &Guest) -> Result<Held, Response> {
    let contact = own(guest).ok_or_else(|| show::nothing(guest.cx.lang))?;
    let all = guest.cx.enters(Place::Subscribers);
    let answer: Answer = guest.ask(PORTAL, json!({ "contact": contact.to_string(), "all": all })).await?;
    answer.portal.ok_or_else(|| show::nothing(guest.cx.lang))
}

fn shown(guest: Guest, held: Held, notice: Option<Notice>) -> Response {
    let done = notice.as_ref().is_none_or(|notice| notice.good);
    let status = if done { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let cx = Cx { notice, ..guest.cx };
    let today = cx.now.with_timezone(&cx.zone).date_naive();
    show::page(status, cx.lang, Portal { cx, held, today }.render())
}

async fn portal(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Portal).await?;
        let held = held(&guest).await?;
        let notice = show::notice(&guest.cx, asked(&query, "told"));
        Ok(shown(guest, held, notice))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn settle(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Portal).await?;
        let version = super::version(&fields);
        let input = json!({ "claimId": fields.get("claim"), "expectedVersion": version });
        let wrong = guest.carry_out(SETTLE, input).await?;
        if let Some(first) = wrong.into_iter().next() {
            let held = held(&guest).await?;
            return Ok(shown(guest, held, Some(Notice { good: false, text: first.message, undo: None })));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("portal"), "complaint-settled"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// The page that a complaint is begun on, and gone back to.
fn back(guest: &Guest, contact: &str) -> String {
    let is_own = own(guest).is_some_and(|own| own.to_string() == contact);
    guest.cx.at(&if is_own { "portal".to_owned() } else { format!("subscribers/{contact}") })
}

/// A form about a subscription and an issue of it; `text` is what was typed, none: what it is filled in with.
struct Typed {
    subscription: String,
    issue: Option<String>,
    text: Option<String>,
    key: String,
    wrong: Vec<Wrong>,
}

impl Typed {
    fn of(fields: &Fields, wrong: Vec<Wrong>) -> Typed {
        Typed {
            subscription: fields.get("subscriptionId").to_owned(),
            issue: Some(fields.get("moduleId").to_owned()),
            text: Some(fields.get("text").to_owned()),
            key: fields.get("key").to_owned(),
            wrong,
        }
    }
}

async fn complaining(guest: &Guest, headers: &HeaderMap, contact: &str, typed: Typed) -> Result<Response, Response> {
    let module = typed.issue.as_deref().filter(|issue| !issue.is_empty());
    let asked = json!({ "contact": contact, "subscription": typed.subscription, "module": module.map_or(Value::Null, |m| json!(m)) });
    let answer: DraftAnswer = guest.ask(DRAFT, asked).await?;
    let DraftAnswer { contact, claim_draft: draft } = answer;
    let contact = contact.ok_or_else(|| show::nothing(guest.cx.lang))?;
    let filled_in = draft.issue.as_ref().map(|issue| issue.module_id.clone()).unwrap_or_default();
    let form = Form {
        wrong: typed.wrong,
        ..Form::of([
            ("subscriptionId", typed.subscription),
            ("moduleId", typed.issue.unwrap_or(filled_in)),
            ("text", typed.text.unwrap_or_else(|| draft.text.clone())),
            ("key", typed.key),
        ])
    };
    let back = back(guest, &contact.id);
    let page = Complain { cx: guest.cx.clone(), contact, draft, form: form.clone(), back };
    Ok(guest.form(headers, &form, &page, page.as_dialog().render()))
}

async fn complain_form(
    State(desk): State<Desk>,
    Path((account, contact)): Path<(String, String)>,
    query: Query,
    head: Parts,
) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Subscribers).await?;
        let key = desk.service.app.clock().id().to_string();
        let subscription = asked(&query, "subscription").to_owned();
        let typed = Typed { subscription, issue: None, text: None, key, wrong: Vec::new() };
        complaining(&guest, &head.headers, &contact, typed).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn complain(
    State(desk): State<Desk>,
    Path((account, contact)): Path<(String, String)>,
    request: Request,
) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Subscribers).await?;
        if fields.given("look").is_some() {
            // Another issue: what was filled in is filled in anew.
            let typed = Typed { text: None, ..Typed::of(&fields, Vec::new()) };
            return complaining(&guest, &head.headers, &contact, typed).await;
        }
        let subscriber = subscribers::opened(&guest, &contact).await?;
        let input = json!({
            "contactId": subscriber.id, "subscriptionId": fields.get("subscriptionId"), "moduleId": fields.given("moduleId"),
            "text": fields.get("text"), "idempotencyKey": fields.given("key"),
        });
        let wrong = guest.carry_out(COMPLAIN, input).await?;
        if !wrong.is_empty() {
            return complaining(&guest, &head.headers, &contact, Typed::of(&fields, wrong)).await;
        }
        Ok(guest.lead(&head.headers, &back(&guest, &subscriber.id), "complained"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
