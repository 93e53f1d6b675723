//! The pages people work in: `/sign-in`, `/accounts`, and what is under `/a/<account>/`.
//!
//! A page asks the desk (`http::desk`), which is GraphQL in this process, and hands the answer to the crate `pages`, which writes it. What a form sends becomes
//! the input of one mutation; what is refused is shown again with what was typed. Without a script forms lead to pages; with htmx the same answers are shown as
//! dialogs and parts.
//!
//! Next: `door` (coming in), `contacts` (the list), `sheet` (a contact, and their accesses),
//! `subscribers` (where deliveries go), `portal` (what those see who have a login to it), `erp` and `registrations` (in the account's app), `imports`.

mod contacts;
mod door;
mod erp;
mod imports;
mod portal;
mod registrations;
mod sheet;
mod subscribers;

use crate::http::desk::Desk;
use axum::Router;

/// Every page.
pub fn routes<S: Clone + Send + Sync + 'static>(desk: Desk) -> Router<S> {
    Router::new()
        .merge(door::routes())
        .merge(contacts::routes())
        .merge(sheet::routes())
        .merge(subscribers::routes())
        .merge(portal::routes())
        .merge(erp::routes())
        .merge(registrations::routes())
        .merge(imports::routes())
        .with_state(desk)
}

/// What an address asks after its path, by name.
type Query = axum::extract::Query<std::collections::HashMap<String, String>>;

/// One of them; empty where it is not there.
fn asked<'a>(query: &'a Query, name: &str) -> &'a str {
    query.get(name).map(String::as_str).unwrap_or_default()
}
