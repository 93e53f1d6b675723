//! The pages people work in: `/sign-in`, `/accounts`, and what is under `/a/<account>/`.
//!
//! A page asks the desk (`http::desk`), which is GraphQL in this process, and hands the answer to the crate `pages`, which writes it. What a form sends becomes
//! the input of one mutation; what is refused is shown again with what was typed. Without a script forms lead to pages; with htmx the same answers are shown as
//! dialogs and parts.
//!
//! Next: `door` (coming in), `confirm` (showing again who one is), `me` (one's own login); `home`, `contacts` (the list), `views` (of that list, kept), `bulk` (one
//! act on several of them) and `bulk_all` (on all that match), `person` (a contact's own values), `personal` (what is kept about one), `sheet` (a contact, and their accesses), `found` (the
//! palette), `history`; `subscribers` (where deliveries go), `portal` (what those see who have a login to it), `subscriptions`, `journeys` (how contacts come to
//! them), `products`, `claims`; `members`, `settings`, `connections`, `deletions`, `support` (its desk); `imports`, `mending` (rows that cannot be taken), `erp`,
//! `registrations` (in the account's app).

mod bulk;
mod bulk_all;
mod claims;
mod confirm;
mod connections;
mod contacts;
mod deletions;
mod door;
mod erp;
mod found;
mod history;
mod home;
mod imports;
mod journeys;
mod me;
mod members;
mod mending;
mod person;
mod personal;
mod portal;
mod products;
mod registrations;
mod settings;
mod sheet;
mod subscribers;
mod subscriptions;
mod support;
mod views;

pub use bulk_all::keep_on as go_on_alone;

use crate::{
    http::{desk::Desk, identity::Fields},
    web::show,
};
use axum::Router;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeZone, Utc};
use pages::parts::{Form, Wrong};
use serde_json::{Map, Value, json};

/// Every page.
pub fn routes<S: Clone + Send + Sync + 'static>(desk: Desk) -> Router<S> {
    Router::new()
        .merge(door::routes())
        .merge(confirm::routes())
        .merge(members::routes())
        .merge(settings::routes())
        .merge(connections::routes())
        .merge(me::routes())
        .merge(deletions::routes())
        .merge(support::routes())
        .merge(contacts::routes())
        .merge(bulk::routes())
        .merge(bulk_all::routes())
        .merge(views::routes())
        .merge(person::routes())
        .merge(personal::routes())
        .merge(home::routes())
        .merge(history::routes())
        .merge(found::routes())
        .merge(sheet::routes())
        .merge(subscribers::routes())
        .merge(portal::routes())
        .merge(products::routes())
        .merge(subscriptions::routes())
        .merge(journeys::routes())
        .merge(erp::routes())
        .merge(registrations::routes())
        .merge(imports::routes())
        .merge(mending::routes())
        .merge(claims::routes())
        .with_state(desk)
}

/// What an address asks after its path, by name.
type Query = axum::extract::Query<std::collections::HashMap<String, String>>;

/// One of them; empty where it is not there.
fn asked<'a>(query: &'a Query, name: &str) -> &'a str {
    query.get(name).map(String::as_str).unwrap_or_default()
}

/// A choice of the address; none where it is none of these.
fn one_of(text: &str, all: &[&str]) -> String {
    all.iter().find(|choice| **choice == text).map(|choice| (*choice).to_owned()).unwrap_or_default()
}

/// What a question is asked with: nothing where nothing is said.
fn given(text: &str) -> Value {
    if text.trim().is_empty() { Value::Null } else { json!(text.trim()) }
}

/// The page of a list that its address asks for: after a row, before one, or the first.
fn page_of(query: &Query, rows: i64) -> Map<String, Value> {
    let (after, before) = (asked(query, "after"), asked(query, "before"));
    let page = match before.is_empty() {
        true => [("first", json!(rows)), ("after", given(after))],
        false => [("last", json!(rows)), ("before", given(before))],
    };
    page.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What a list is asked with: these, and its page.
fn paged(query: &Query, rows: i64, mut variables: Value) -> Value {
    page_of(query, rows).into_iter().for_each(|(name, value)| variables[name] = value);
    variables
}

/// The version that a form was shown with; what is none is one that nothing ever had.
fn version(fields: &Fields) -> i64 {
    fields.get("version").parse().unwrap_or(-1)
}

/// A form as it was sent; where somebody else was first, the next press is about what stands now.
fn again<const N: usize>(fields: &Fields, names: [&str; N], wrong: Vec<Wrong>, now: i64) -> Form {
    let mut form = show::again(fields, names, wrong);
    if form.is_stale() {
        form.values.insert("version".to_owned(), now.to_string());
    }
    form
}

/// A day and a time as a form has them, in the account's zone; none beyond years of four digits, which no other door takes.
fn instant(text: &str, zone: chrono_tz::Tz) -> Option<DateTime<Utc>> {
    let there = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok()?;
    let at = zone.from_local_datetime(&there).earliest()?.with_timezone(&Utc);
    (0..=9999).contains(&at.year()).then_some(at)
}

/// The moment in the past that an address looks at (`?at=`).
fn past(guest: &show::Guest, query: &Query) -> Option<DateTime<Utc>> {
    instant(asked(query, "at"), guest.cx.zone).filter(|at| *at < guest.cx.now)
}

/// A day of the address, as every door takes it: four digits of a year, two of a month, two of a day. None where it is no such day.
fn day_of(text: &str) -> Option<NaiveDate> {
    let day = text.parse::<NaiveDate>().ok()?;
    (text.len() == 10 && (0..=9999).contains(&day.year())).then_some(day)
}
