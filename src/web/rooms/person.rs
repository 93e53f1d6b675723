//! A contact's own values as pages: « Ajouter un client », « Éditer », « Supprimer ».

use super::{Query, asked, given, version};
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
    person::{
        ADD, ADDRESS, Answer, Contact, DELETE, Delete, EDIT, FIELDS, IMPACT, ImpactAnswer, Meanwhile, PERSON, Person,
        take, was,
    },
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
    let names = FIELDS.iter().flat_map(|(name, _)| [(*name).to_owned(), was(name)]);
    let names = names.chain(["version", "key"].map(str::to_owned));
    Form { values: names.map(|name| (name.clone(), fields.get(&name).to_owned())).collect(), wrong }
}

/// What stood in the form when it was given out; as it stands now, where it does not say.
fn seen(contact: &Contact, fields: &Fields) -> Form {
    let told = fields.given(&was("kind")).is_some();
    let values = FIELDS.iter().map(|(name, _)| ((*name).to_owned(), fields.get(&was(name)).to_owned()));
    if told { Form { values: values.collect(), ..Form::default() } } else { contact.filled() }
}

/// What was typed; where somebody chose so, what stands now in its place.
fn chosen(contact: &Contact, fields: &Fields, wrong: Vec<Wrong>) -> Form {
    let (mut form, now) = (typed(fields, wrong), contact.filled());
    for (name, _) in FIELDS {
        let theirs = fields.get(&take(name)) == "THEIRS";
        let value = if theirs { now.value(name) } else { fields.get(name).trim() };
        form.values.insert(name.to_owned(), value.to_owned());
    }
    form
}

fn showing(guest: &Guest, headers: &HeaderMap, form: Form, contact: Option<Contact>) -> Response {
    compared(guest, headers, form, contact, Vec::new())
}

/// The same, with what somebody else changed while it was being filled in.
fn compared(
    guest: &Guest,
    headers: &HeaderMap,
    form: Form,
    contact: Option<Contact>,
    meanwhile: Vec<Meanwhile>,
) -> Response {
    let page = Person { cx: guest.cx.clone(), form, contact, meanwhile };
    guest.form(headers, &page.form, &page, askama::Template::render(&page.as_dialog()))
}

/// What the form asks for, of what is not so already: an empty field is one without a value.
fn input(before: &Form, typed: &Form) -> Map<String, Value> {
    let changed = |name: &str| before.value(name) != typed.value(name).trim();
    let value = |name: &str| given(typed.value(name).trim());
    let own = FIELDS.iter().map(|(name, _)| *name).filter(|name| !ADDRESS.contains(name));
    let mut input: Map<String, Value> = own
        .filter(|name| changed(name))
        // Absent stays; a text is emptied by an empty one.
        .map(|name| (name.to_owned(), json!(typed.value(name).trim())))
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
        let mut input = input(&Form::default(), &typed(&fields, Vec::new()));
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
        Ok(showing(&guest, &head.headers, contact.begun(), Some(contact)))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn edit(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Contacts).await?;
        let contact = found(&guest, &which.0.1).await?;
        let (seen, typed) = (seen(&contact, &fields), chosen(&contact, &fields, Vec::new()));
        let mut input = input(&seen, &typed);
        if !input.is_empty() {
            input.insert("contactId".into(), json!(contact.id));
            input.insert("expectedVersion".into(), json!(version(&fields)));
            let wrong = guest.carry_out(EDIT, Value::Object(input)).await?;
            if !wrong.is_empty() {
                let form = Form { wrong, ..typed };
                if !form.is_stale() {
                    return Ok(showing(&guest, &head.headers, form, Some(contact)));
                }
                // Both versions are shown, field by field: whoever saves again has seen what stands.
                let (merged, meanwhile) = contact.merged(&seen, &form);
                let form = Form { wrong: form.wrong, ..merged };
                return Ok(compared(&guest, &head.headers, form, Some(contact), meanwhile));
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
