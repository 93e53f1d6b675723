//! The account's contacts, as a page: what narrows them stands in its address.

use super::{Query, asked, bulk_all, given, one_of, paged, views};
use crate::{
    http::desk::Desk,
    i18n::messages::message,
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::request::Parts,
    response::Response,
    routing::get,
};
use pages::{
    Notice, Place,
    bulk::{IDS, IdsAnswer},
    contacts::{Answer, COLUMNS, CONTACTS, Contacts, Export, Narrowed, SHOWN, SORTS},
    parts::Form,
};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Rows of a page.
const PAGE: i64 = 50;

pub(super) fn narrowed(query: &Query) -> Narrowed {
    Narrowed {
        q: asked(query, "q").trim().chars().take(200).collect(),
        profile: one_of(asked(query, "profile"), &["CLIENT", "CONTACT", "GUEST"]),
        kind: one_of(asked(query, "kind"), &["PERSON", "GROUP"]),
        mode: one_of(asked(query, "mode"), &["AUTOMATIC", "ACTIVATED", "SUSPENDED"]),
        email: one_of(asked(query, "email"), &["YES", "NO"]),
        sort: one_of(asked(query, "sort"), &SORTS),
        columns: columns(query),
    }
}

/// What the question is narrowed to.
pub(super) fn filter(narrowed: &Narrowed) -> Value {
    let has_email = match narrowed.email.as_str() {
        "YES" => json!(true),
        "NO" => json!(false),
        _ => Value::Null,
    };
    json!({
        "search": given(&narrowed.q), "profile": given(&narrowed.profile), "kind": given(&narrowed.kind),
        "mode": given(&narrowed.mode), "hasEmail": has_email,
    })
}

fn variables(account: &str, narrowed: &Narrowed, query: &Query, accesses: bool) -> Value {
    let order = match narrowed.sort.as_str() {
        "recent" => json!({ "field": "CREATED_AT", "direction": "DESC" }),
        "oldest" => json!({ "field": "CREATED_AT", "direction": "ASC" }),
        "name-desc" => json!({ "field": "NAME", "direction": "DESC" }),
        _ => json!({ "field": "NAME", "direction": "ASC" }),
    };
    let variables = json!({
        "account": account,
        "filter": filter(narrowed),
        "order": order,
        "accesses": accesses,
    });
    paged(query, PAGE, variables)
}

/// Its page.
pub fn routes() -> Router<Desk> {
    Router::new().route("/a/{account}/contacts", get(list)).route("/a/{account}/contacts/export", get(export))
}

/// The columns that an address names: as one word (`cols=EMAIL,PROFILE`), or as its form sends them; empty: those that are shown to begin with.
fn columns(query: &Query) -> String {
    let named = asked(query, "cols");
    let asked = |column: &&str| match named.is_empty() {
        true => asked(query, &format!("col.{column}")) == "1",
        false => named.split(',').any(|name| name == *column),
    };
    let shown: Vec<&str> = COLUMNS.into_iter().filter(asked).collect();
    if shown == SHOWN { String::new() } else { shown.join(",") }
}

async fn answered(guest: &Guest, narrowed: Narrowed, query: &Query) -> Result<Contacts, Response> {
    let accesses = guest.cx.enters(Place::Products) && narrowed.shows("ACCESSES");
    let account = guest.account.to_string();
    let answer: Answer = guest.ask(CONTACTS, variables(&account, &narrowed, query, accesses)).await?;
    let under_way = bulk_all::under_way(guest).await?;
    let (cx, picked) = (guest.cx.clone(), asked(query, "pick") == "page");
    Ok(Contacts { cx, narrowed, list: answer.contacts, picked, views: views::of(guest).await?, under_way })
}

/// The list as a form of it left it, with what is wrong.
pub(super) async fn shown_again(guest: &Guest, narrowed: Narrowed, wrong: String) -> Result<Response, Response> {
    let mut page = answered(guest, narrowed, &axum::extract::Query(HashMap::new())).await?;
    page.cx.path = page.here();
    page.cx.notice = Some(Notice { good: false, text: wrong, undo: None });
    Ok(show::show_again(&guest.cx, &page))
}

async fn list(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &account, Place::Contacts).await?;
        guest.cx.notice = show::notice(&guest.cx, asked(&query, "told"));
        let page = answered(&guest, narrowed(&query), &query).await?;
        // htmx exchanges the rows, and leaves what is being typed alone.
        Ok(match show::is_part(&head.headers) {
            true => show::page(axum::http::StatusCode::OK, guest.cx.lang, page.as_rows().render()),
            false => show::show(&guest.cx, &page),
        })
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// What the list hands out, told before it does. The file itself goes through the door of exports.
async fn export(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Contacts).await?;
        let lang = guest.cx.lang;
        if !guest.cx.may("RecordExport") {
            return Err(show::nothing(lang));
        }
        let narrowed = narrowed(&query);
        let asked = json!({ "account": account, "filter": filter(&narrowed), "first": 1 });
        let IdsAnswer { contacts } = guest.ask(IDS, asked).await?;
        let again = guest.by.caller.may("RecordExport", Some(guest.account)).err();
        let again = again.map(|refusal| message(refusal.code.as_str(), lang, &refusal.params));
        let (total, capped) = (contacts.total_count, contacts.total_count_is_capped);
        let page = Export { cx: guest.cx.clone(), narrowed, total, capped, again };
        Ok(guest.form(&head.headers, &Form::default(), &page, page.as_dialog().render()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
