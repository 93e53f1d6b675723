//! The account's contacts, as a page: what narrows them stands in its address.

use super::{Query, asked, given, one_of, paged};
use crate::{
    http::desk::Desk,
    web::show::{self, guest},
};
use axum::{
    Router,
    extract::{Path, State},
    http::request::Parts,
    response::Response,
    routing::get,
};
use pages::{
    Place,
    contacts::{Answer, CONTACTS, Contacts, Narrowed},
};
use serde_json::{Value, json};

/// Rows of a page.
const PAGE: i64 = 50;

pub(super) fn narrowed(query: &Query) -> Narrowed {
    Narrowed {
        q: asked(query, "q").trim().chars().take(200).collect(),
        profile: one_of(asked(query, "profile"), &["CLIENT", "CONTACT", "GUEST"]),
        kind: one_of(asked(query, "kind"), &["PERSON", "GROUP"]),
        mode: one_of(asked(query, "mode"), &["AUTOMATIC", "ACTIVATED", "SUSPENDED"]),
        email: one_of(asked(query, "email"), &["YES", "NO"]),
        sort: one_of(asked(query, "sort"), &["recent"]),
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
    Router::new().route("/a/{account}/contacts", get(list))
}

async fn list(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &account, Place::Contacts).await?;
        guest.cx.notice = show::notice(&guest.cx, asked(&query, "told"));
        let narrowed = narrowed(&query);
        let answer: Answer =
            guest.ask(CONTACTS, variables(&account, &narrowed, &query, guest.cx.enters(Place::Products))).await?;
        let page =
            Contacts { cx: guest.cx.clone(), narrowed, list: answer.contacts, picked: asked(&query, "pick") == "page" };
        // htmx exchanges the rows, and leaves what is being typed alone.
        Ok(match show::is_part(&head.headers) {
            true => show::page(axum::http::StatusCode::OK, guest.cx.lang, askama::Template::render(&page.as_rows())),
            false => show::show(&guest.cx, &page),
        })
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
