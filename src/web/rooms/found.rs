//! What the palette finds; without a script, a page that looks for the same.

use super::{Query, asked};
use crate::{
    http::desk::Desk,
    web::show::{self, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, request::Parts},
    response::Response,
    routing::get,
};
use pages::{
    Place,
    found::{Answer, FOUND, Found},
};
use serde_json::json;

/// Its page, which is also a part of others.
pub fn routes() -> Router<Desk> {
    Router::new().route("/a/{account}/find", get(find))
}

async fn find(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Home).await?;
        let search: String = asked(&query, "q").trim().chars().take(200).collect();
        let contacts = if search.is_empty() || !guest.cx.enters(Place::Contacts) {
            Vec::new()
        } else {
            guest.ask::<Answer>(FOUND, json!({ "account": account, "search": search })).await?.contacts.edges
        };
        let rooms = Found::rooms(&guest.cx, &search);
        let found = Found { cx: guest.cx, search, rooms, contacts };
        let html = if show::is_part(&head.headers) { found.as_part().render() } else { found.render() };
        Ok(show::page(StatusCode::OK, found.cx.lang, html))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
