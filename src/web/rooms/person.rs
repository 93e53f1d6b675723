//! A contact's own values as pages: « Ajouter un client », « Éditer », « Supprimer ».

use super::{Query, asked, version};
use crate::{
    http::{desk::Desk, identity::Fields},
    web::show::{self, Guest, guest},
};
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, request::Parts},
    response::Response,
    routing::get,
};
use pages::{
    Place,
    parts::{Form, Wrong},
    person::{ADD, ADDRESS, Answer, Contact, DELETE, Delete, EDIT, FIELDS, IMPACT, ImpactAnswer, PERSON, Person},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Which contact: its account and its id.
type Which = Path<(String, String)>;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/contacts/add", get(add_form).post(add))
        .route("/a/{account}/contacts/{contact}/person", get(edit_form).post(edit))
        .route("/a/{account}/contacts/{contact}/delete", get(delete_form).post(delete))
}

async fn found(guest: &Guest, contact: &str) -> Result<Contact, Response> {
    let answer: Answer = guest.ask(PERSON, json!({ "id": contact })).await?;
    // What is no longer in the lists is not changed.
    answer.contact.filter(|it| it.deleted_at.is_none() && !it.erased).ok_or_else(|| show::nothing(guest.cx.lang))
}

/// What was sent, without the session's mark.
fn typed(fields: &Fields, wrong: Vec<Wrong>) -> Form {
    let names = FIELDS.iter().map(|(name, _)| *name).chain(["version", "key"]);
    Form { values: names.map(|name| (name.to_owned(), fields.get(name).to_owned())).collect(), wrong }
}

fn showing(guest: &Guest, headers: &HeaderMap, form: Form, contact: Option<Contact>) -> Response {
    let page = Person { cx: guest.cx.clone(), form, contact };
    guest.form(headers, &page.form, &page, askama::Template::render(&page.as_dialog()))
}

/// What the form asks for, of what is not so already: an empty field is one without a value.
fn input(before: &Form, fields: &Fields) -> Map<String, Value> {
    let changed = |name: &str| before.value(name) != fields.get(name).trim();
    let value = |name: &str| fields.given(name).map_or(Value::Null, |text| json!(text.trim()));
    let own = FIELDS.iter().map(|(name, _)| *name).filter(|name| !ADDRESS.contains(name));
    let mut input: Map<String, Value> = own
        .filter(|name| changed(name))
        // Absent stays; a text is emptied by an empty one.
        .map(|name| (name.to_owned(), json!(fields.get(name).trim())))
        .collect();
    if ADDRESS.into_iter().any(changed) {
        let address: Map<String, Value> = ADDRESS.into_iter().map(|name| (name.to_owned(), value(name))).collect();
        input.insert("address".into(), Value::Object(address));
    }
    input
}

async fn add_form(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Contacts).await?;
        // The same for every try of this form, so that pressing twice adds once.
        let key = desk.service.app.clock().id().to_string();
        let form = Form::of([("kind", "PERSON".into()), ("email", asked(&query, "email").into()), ("key", key)]);
        Ok(showing(&guest, &head.headers, form, None))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn add(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    #[derive(Deserialize)]
    struct Payload {
        done: Added,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Added {
        contact: Option<Id>,
        user_errors: Vec<Wrong>,
    }
    #[derive(Deserialize)]
    struct Id {
        id: String,
    }
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Contacts).await?;
        let mut input = input(&Form::default(), &fields);
        input.insert("accountId".into(), json!(account));
        input.insert("idempotencyKey".into(), fields.given("key").map_or(Value::Null, |key| json!(key)));
        let Payload { done } = guest.ask(ADD, json!({ "input": input })).await?;
        match done.contact {
            Some(contact) if done.user_errors.is_empty() => {
                Ok(guest.lead(&head.headers, &guest.cx.at(&format!("contacts/{}", contact.id)), "added"))
            }
            _ => Ok(showing(&guest, &head.headers, typed(&fields, done.user_errors), None)),
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn edit_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Contacts).await?;
        let contact = found(&guest, &which.0.1).await?;
        Ok(showing(&guest, &head.headers, contact.filled(), Some(contact)))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn edit(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Contacts).await?;
        let contact = found(&guest, &which.0.1).await?;
        let mut input = input(&contact.filled(), &fields);
        if !input.is_empty() {
            input.insert("contactId".into(), json!(contact.id));
            input.insert("expectedVersion".into(), json!(version(&fields)));
            let wrong = guest.carry_out(EDIT, Value::Object(input)).await?;
            if !wrong.is_empty() {
                let mut form = typed(&fields, wrong);
                if form.is_stale() {
                    // What stands now is shown beside what was typed: whoever saves again has seen it.
                    form.values.insert("version".into(), contact.version.to_string());
                }
                return Ok(showing(&guest, &head.headers, form, Some(contact)));
            }
        }
        Ok(guest.lead(&head.headers, &guest.cx.at(&format!("contacts/{}", contact.id)), "changed"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn deleting(
    guest: &Guest,
    headers: &HeaderMap,
    contact: Contact,
    wrong: Vec<Wrong>,
) -> Result<Response, Response> {
    let ImpactAnswer { impact } = guest.ask(IMPACT, json!({ "contact": contact.id })).await?;
    let form = Form { wrong, ..Form::default() };
    let page = Delete { cx: guest.cx.clone(), form, contact, impact };
    Ok(guest.form(headers, &page.form, &page, askama::Template::render(&page.as_dialog())))
}

async fn delete_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Contacts).await?;
        let contact = found(&guest, &which.0.1).await?;
        deleting(&guest, &head.headers, contact, Vec::new()).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn delete(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Contacts).await?;
        let contact = found(&guest, &which.0.1).await?;
        let version = super::version(&fields);
        let input = json!({ "contactId": contact.id, "confirm": true, "expectedVersion": version });
        let wrong = guest.carry_out(DELETE, input).await?;
        if !wrong.is_empty() {
            return deleting(&guest, &head.headers, contact, wrong).await;
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("contacts"), "deleted"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
