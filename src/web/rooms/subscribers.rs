//! « Mes abonnés »: the list and what is told before it is exported, the sheet, and its forms. The file itself goes through the door of exports.

use super::{Query, asked, given, page_of, version};
use crate::{
    app::{About, Question},
    http::{desk::Desk, identity::Fields},
    i18n::messages::message,
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
    routing::{get, post},
};
use pages::{
    Cx, Notice, Place,
    parts::{Form, Listed, Wrong},
    subscribers::{
        ADD, AddressForm, Answer, Contact, EDIT, Export, FIELDS, Fields as Known, OF_ADDRESS, OF_CONTACT, SEND_LINK,
        SET_ADDRESS, SUBSCRIBER, SUBSCRIBERS, Subscriber, SubscriberAnswer, SubscriberForm, Subscribers,
    },
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Rows of a page.
const PAGE: i64 = 50;

/// Which sheet: its account and its contact.
type Which = Path<(String, String)>;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/subscribers", get(list))
        .route("/a/{account}/subscribers/export", get(export))
        .route("/a/{account}/subscribers/add", get(add_form).post(add))
        .route("/a/{account}/subscribers/{contact}", get(sheet))
        .route("/a/{account}/subscribers/{contact}/edit", get(edit_form).post(edit))
        .route("/a/{account}/subscribers/{contact}/address", get(address_form).post(address))
        .route("/a/{account}/subscribers/{contact}/link", post(link))
}

async fn list(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Subscribers).await?;
        let search: String = asked(&query, "q").trim().chars().take(200).collect();
        let mut variables = page_of(&query, PAGE);
        variables.extend([("account".into(), json!(account)), ("search".into(), given(&search))]);
        let answer: Answer = guest.ask(SUBSCRIBERS, Value::Object(variables)).await?;
        let mut cx = guest.cx.clone();
        cx.notice = show::notice(&cx, asked(&query, "told"));
        let page = Subscribers { cx: cx.clone(), search, list: answer.subscribers };
        Ok(match show::is_part(&head.headers) {
            true => show::page(StatusCode::OK, cx.lang, page.as_rows().render()),
            false => show::show(&cx, &page),
        })
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn export(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Subscribers).await?;
        let lang = guest.cx.lang;
        if !guest.cx.may("RecordExport") {
            return Err(show::nothing(lang));
        }
        let answer: Answer = guest.ask(SUBSCRIBERS, json!({ "account": account, "first": 1 })).await?;
        let list = Listed { edges: Vec::new(), ..answer.subscribers };
        let again = guest.by.caller.may("RecordExport", Some(guest.account)).err();
        let again = again.map(|refusal| message(refusal.code.as_str(), lang, &refusal.params));
        let page = Export { cx: guest.cx.clone(), list, again };
        Ok(guest.form(&head.headers, &Form::default(), &page, page.as_dialog().render()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// A subscriber, of whoever may see them.
pub(super) async fn opened(guest: &Guest, contact: &str) -> Result<Contact, Response> {
    let asks = |question| guest.by.caller.may_ask(question, guest.account, About::ANY);
    let variables = json!({
        "id": contact, "subscriptions": asks(Question::Subscriptions), "claims": asks(Question::Claims),
        "deliveries": asks(Question::Deliveries),
    });
    let answer: SubscriberAnswer = guest.ask(SUBSCRIBER, variables).await?;
    answer.contact.ok_or_else(|| show::nothing(guest.cx.lang))
}

fn shown(guest: Guest, contact: Contact, notice: Option<Notice>) -> Response {
    let status = if notice.as_ref().is_none_or(|notice| notice.good) {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let cx = Cx { notice, ..guest.cx };
    let today = cx.now.with_timezone(&cx.zone).date_naive();
    show::page(status, cx.lang, Subscriber { cx, contact, today }.render())
}

async fn sheet(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Subscribers).await?;
        let contact = opened(&guest, &which.0.1).await?;
        let notice = show::notice(&guest.cx, asked(&query, "told"));
        Ok(shown(guest, contact, notice))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn known(guest: &Guest, form: &Form) -> Result<Known, Response> {
    guest.ask(FIELDS, json!({ "country": given(form.value("country")) })).await
}

/// A form of this room: the whole page, of which htmx takes what it asked for.
fn formed(guest: &Guest, form: &Form, page: &impl Template) -> Response {
    let status = if form.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show::page(status, guest.cx.lang, page.render())
}

async fn filling_in(guest: &Guest, contact: Option<Contact>, form: Form) -> Result<Response, Response> {
    let fields = known(guest, &form).await?;
    let page = SubscriberForm { cx: guest.cx.clone(), contact, form: form.clone(), fields };
    Ok(formed(guest, &form, &page))
}

/// What was typed, as the form shows it again.
fn typed(fields: &Fields, wrong: Vec<Wrong>) -> Form {
    let names = OF_CONTACT.into_iter().chain(OF_ADDRESS).chain(["portalAccount", "version", "key", "from", "until"]);
    Form { values: names.map(|name| (name.to_owned(), fields.get(name).to_owned())).collect(), wrong }
}

/// The address that a form has, whole: one without a line is said to be incomplete, and not passed over.
fn address_of(fields: &Fields) -> Value {
    OF_ADDRESS.iter().map(|name| ((*name).to_owned(), given(fields.get(name)))).collect::<Map<_, _>>().into()
}

/// What the form asks for, of what is not so already.
fn changes(before: &Form, fields: &Fields) -> Map<String, Value> {
    let sent = |name: &&str| fields.sent(name) && fields.get(name).trim() != before.value(name);
    let mut input: Map<String, Value> =
        OF_CONTACT.into_iter().filter(sent).map(|name| (name.to_owned(), given(fields.get(name)))).collect();
    if OF_ADDRESS.iter().any(sent) {
        input.insert("address".into(), address_of(fields));
    }
    if sent(&"portalAccount") {
        input.insert("portalAccount".into(), json!(fields.get("portalAccount")));
    }
    input
}

/// What is told of a login that the form opened or closed; else of the form.
fn told_of(before: &str, fields: &Fields, otherwise: &'static str) -> &'static str {
    match (before, fields.get("portalAccount")) {
        ("NONE" | "", "SUBSCRIBER" | "ADMINISTRATOR") => "subscriber-login-opened",
        ("SUBSCRIBER" | "ADMINISTRATOR", "NONE") => "subscriber-login-closed",
        _ => otherwise,
    }
}

async fn add_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Subscribers).await?;
        if !guest.cx.may("AddContact") {
            return Err(show::nothing(guest.cx.lang));
        }
        let key = desk.service.app.clock().id().to_string();
        filling_in(&guest, None, Form::of([("country", "FR".into()), ("key", key)])).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

#[derive(Deserialize)]
struct Added {
    done: Recorded,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recorded {
    contact: Option<Id>,
    user_errors: Vec<Wrong>,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

async fn add(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Subscribers).await?;
        if fields.given("look").is_some() {
            return filling_in(&guest, None, typed(&fields, Vec::new())).await;
        }
        let mut input = changes(&Form::of([("portalAccount", "NONE".into())]), &fields);
        // Whoever is recorded here is one whom things are delivered to.
        input.insert("address".into(), address_of(&fields));
        input.insert("accountId".into(), json!(account));
        input.insert("idempotencyKey".into(), json!(fields.given("key")));
        let Added { done } = guest.ask(ADD, json!({ "input": input })).await?;
        match done.contact.filter(|_| done.user_errors.is_empty()) {
            None => filling_in(&guest, None, typed(&fields, done.user_errors)).await,
            Some(Id { id }) => {
                let path = guest.cx.at(&format!("subscribers/{id}"));
                Ok(guest.lead(&head.headers, &path, told_of("NONE", &fields, "subscriber-added")))
            }
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn edit_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Subscribers).await?;
        let contact = opened(&guest, &which.0.1).await?;
        if !guest.cx.may("EditContact") {
            return Err(show::nothing(guest.cx.lang));
        }
        let form = SubscriberForm::filled(&contact);
        filling_in(&guest, Some(contact), form).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn edit(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Subscribers).await?;
        let contact = opened(&guest, &which.0.1).await?;
        if fields.given("look").is_some() {
            return filling_in(&guest, Some(contact), typed(&fields, Vec::new())).await;
        }
        let mut input = changes(&SubscriberForm::filled(&contact), &fields);
        if !input.is_empty() {
            input.insert("contactId".into(), json!(contact.id));
            input.insert("expectedVersion".into(), json!(version(&fields)));
            let wrong = guest.carry_out(EDIT, json!(input)).await?;
            if !wrong.is_empty() {
                let conflict = wrong.iter().any(|wrong| wrong.code == "VERSION_CONFLICT");
                let mut form = typed(&fields, wrong);
                if conflict {
                    // Both are shown beside one another; what is sent then is meant.
                    form.values.insert("version".into(), contact.version.to_string());
                }
                return filling_in(&guest, Some(contact), form).await;
            }
        }
        let told = told_of(
            if fields.sent("portalAccount") { &contact.portal_account } else { "" },
            &fields,
            "subscriber-edited",
        );
        Ok(guest.lead(&head.headers, &guest.cx.at(&format!("subscribers/{}", contact.id)), told))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn delivering(guest: &Guest, contact: Contact, form: Form) -> Result<Response, Response> {
    let fields = known(guest, &form).await?;
    let page = AddressForm { cx: guest.cx.clone(), contact, form: form.clone(), fields };
    Ok(formed(guest, &form, &page))
}

async fn address_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Subscribers).await?;
        let contact = opened(&guest, &which.0.1).await?;
        if !guest.cx.may("SetDeliveryAddress") {
            return Err(show::nothing(guest.cx.lang));
        }
        let key = desk.service.app.clock().id().to_string();
        delivering(&guest, contact, Form::of([("country", "FR".into()), ("key", key)])).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn address(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Subscribers).await?;
        let contact = opened(&guest, &which.0.1).await?;
        if fields.given("look").is_some() {
            return delivering(&guest, contact, typed(&fields, Vec::new())).await;
        }
        let mut input =
            json!({ "contactId": contact.id, "address": address_of(&fields), "idempotencyKey": fields.given("key") });
        for name in ["from", "until"] {
            if let Some(day) = fields.given(name) {
                input[name] = json!(day);
            }
        }
        let wrong = guest.carry_out(SET_ADDRESS, input).await?;
        if !wrong.is_empty() {
            return delivering(&guest, contact, typed(&fields, wrong)).await;
        }
        Ok(guest.lead(&head.headers, &guest.cx.at(&format!("subscribers/{}", contact.id)), "subscriber-address-set"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn link(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, _) = show::sent(&desk, request, &which.0.0, Place::Subscribers).await?;
        let contact = opened(&guest, &which.0.1).await?;
        let wrong = guest.carry_out(SEND_LINK, json!({ "contactId": contact.id })).await?;
        if let Some(first) = wrong.into_iter().next() {
            let notice = Notice { good: false, text: first.message, undo: None };
            return Ok(shown(guest, contact, Some(notice)));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at(&format!("subscribers/{}", contact.id)), "subscriber-link-sent"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
