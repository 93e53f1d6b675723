//! What happened in the account as pages: by day, and who could open what.

use super::{Query, asked, day_of, given, one_of, paged};
use crate::{
    http::desk::Desk,
    web::show::{self, Guest, guest},
};
use axum::{
    Router,
    extract::{Path, State},
    http::request::Parts,
    response::Response,
    routing::get,
};
use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, TimeZone, Utc};
use pages::{
    Place,
    history::{ABOUT, Answer, HISTORY, History, Narrowed, ORIGINS, WHO, WhoAnswer, WhoCould},
    sheet::{PRODUCTS, ProductsAnswer},
};
use serde_json::json;

/// Acts of a page.
const PAGE: i64 = 50;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new().route("/a/{account}/history", get(history)).route("/a/{account}/history/who", get(who))
}

/// When a day begins there.
fn begins(day: &str, later: i64, zone: chrono_tz::Tz) -> Option<DateTime<Utc>> {
    let day = day_of(day)?.checked_add_signed(TimeDelta::days(later))?;
    let midnight = day.and_time(NaiveTime::MIN);
    // Where a day has no midnight, it begins an hour later.
    let begins = zone.from_local_datetime(&midnight).earliest();
    let begins = begins.or_else(|| zone.from_local_datetime(&(midnight + TimeDelta::hours(1))).earliest());
    begins.map(|at| at.with_timezone(&Utc)).filter(|at| (0..=9999).contains(&at.year()))
}

async fn history(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::History).await?;
        let day = |name: &str| Some(asked(&query, name)).filter(|day| day_of(day).is_some()).unwrap_or("");
        let narrowed = Narrowed {
            about: one_of(asked(&query, "about"), &ABOUT.map(|(name, _)| name)),
            origin: one_of(asked(&query, "origin"), &ORIGINS),
            from: day("from").to_owned(),
            to: day("to").to_owned(),
        };
        let types = ABOUT.iter().find(|(name, _)| *name == narrowed.about).map(|(_, types)| *types);
        let filter = json!({
            "types": types, "origin": given(&narrowed.origin),
            "from": begins(&narrowed.from, 0, guest.cx.zone), "to": begins(&narrowed.to, 1, guest.cx.zone),
        });
        let variables = paged(&query, PAGE, json!({ "account": account, "filter": filter }));
        let answer: Answer = guest.ask(HISTORY, variables).await?;
        Ok(show::show(&guest.cx.clone(), &History { cx: guest.cx, narrowed, trail: answer.audit_trail }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn who(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::History).await?;
        let search = asked(&query, "search").to_owned();
        let products: ProductsAnswer =
            guest.ask(PRODUCTS, json!({ "account": account, "search": given(search.trim()) })).await?;
        let on = Some(asked(&query, "on")).filter(|day| day_of(day).is_some()).unwrap_or("").to_owned();
        let closed = asked(&query, "closed") == "1";
        let found = could(&guest, asked(&query, "product"), &on, closed, asked(&query, "after")).await?;
        Ok(show::show(&guest.cx.clone(), &WhoCould { cx: guest.cx, products, search, on, closed, found }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn could(
    guest: &Guest,
    product: &str,
    on: &str,
    closed: bool,
    after: &str,
) -> Result<Option<WhoAnswer>, Response> {
    if product.is_empty() {
        return Ok(None);
    }
    let variables = json!({ "product": product, "on": given(on), "closed": closed, "after": given(after) });
    guest.ask(WHO, variables).await.map(Some)
}
