//! The dashboard as a page.

use super::{Query, asked};
use crate::{
    app::Question,
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
use chrono::TimeDelta;
use pages::{
    Place,
    home::{Answer, DAYS, HOME, Home},
};
use serde_json::json;

/// Its page.
pub fn routes() -> Router<Desk> {
    Router::new().route("/a/{account}/home", get(home))
}

async fn home(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &account, Place::Home).await?;
        guest.cx.notice = show::notice(&guest.cx, asked(&query, "told"));
        let cx = &guest.cx;
        let today = cx.now.with_timezone(&cx.zone).date_naive();
        let may = [
            ("contacts", cx.enters(Place::Contacts)),
            ("claims", cx.enters(Place::Claims)),
            ("deliveries", guest.asks(Question::Deliveries)),
            ("trail", cx.enters(Place::History)),
        ];
        // Who may ask nothing of it is asked for nothing.
        let found: Answer = if may.iter().any(|(_, may)| *may) {
            let mut variables = json!({ "account": account, "from": today - TimeDelta::days(DAYS - 1), "to": today });
            may.iter().for_each(|(name, may)| variables[*name] = json!(may));
            guest.ask(HOME, variables).await?
        } else {
            Answer::default()
        };
        Ok(show::show(&guest.cx.clone(), &Home { cx: guest.cx, found, today }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
