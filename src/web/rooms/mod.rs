//! The pages people work in: `/sign-in`, `/accounts`, and what is under `/a/<account>/`.
//!
//! A page asks the desk (`http::desk`), which is GraphQL in this process, and hands the answer to the crate `pages`, which writes it. What a form sends becomes
//! the input of one mutation; what is refused is shown again with what was typed. Without a script forms lead to pages; with htmx the same answers are shown as
//! dialogs and parts.
//!
//! Next: `door` (coming in), `confirm` (showing again who one is), `contacts` (the list), `sheet` (a contact, and their accesses), `members` (who belongs to
//! the account), `settings` and `connections` (how it is set), `me` (one's own login).

mod confirm;
mod connections;
mod contacts;
mod door;
mod me;
mod members;
mod settings;
mod sheet;

use crate::http::desk::Desk;
use axum::Router;

/// Every page.
pub fn routes<S: Clone + Send + Sync + 'static>(desk: Desk) -> Router<S> {
    Router::new()
        .merge(door::routes())
        .merge(confirm::routes())
        .merge(contacts::routes())
        .merge(members::routes())
        .merge(settings::routes())
        .merge(connections::routes())
        .merge(me::routes())
        .merge(sheet::routes())
        .with_state(desk)
}

/// What an address asks after its path, by name.
type Query = axum::extract::Query<std::collections::HashMap<String, String>>;

/// One of them; empty where it is not there.
fn asked<'a>(query: &'a Query, name: &str) -> &'a str {
    query.get(name).map(String::as_str).unwrap_or_default()
}
