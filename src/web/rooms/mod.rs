//! The pages people work in: `/sign-in`, `/accounts`, and what is under `/a/<account>/`.
//!
//! A page asks the desk (`http::desk`), which is GraphQL in this process, and hands the answer to the crate `pages`, which writes it. What a form sends becomes
//! the input of one mutation; what is refused is shown again with what was typed. Without a script forms lead to pages; with htmx the same answers are shown as
//! dialogs and parts.
//!
//! Next: `door` (coming in), `contacts` (the list), `sheet` (a contact, and their accesses).

mod contacts;
mod door;
mod sheet;

use crate::http::desk::Desk;
use axum::{Router, routing::get};

/// Every page.
pub fn routes<S: Clone + Send + Sync + 'static>(desk: Desk) -> Router<S> {
    Router::new()
        .route("/", get(door::home))
        .route("/sign-in", get(door::sign_in).post(door::come_in))
        .route("/second-factor", get(door::second_factor).post(door::code))
        .route("/sign-up", get(door::sign_up).post(door::ask_login))
        .route("/forgot", get(door::forgot).post(door::ask_password))
        .route("/accounts", get(door::accounts).post(door::choose))
        .route("/lang/{tag}", get(door::language))
        .route("/a/{account}/contacts", get(contacts::list))
        .route("/a/{account}/contacts/{contact}", get(sheet::accesses))
        .route("/a/{account}/contacts/{contact}/overview", get(sheet::overview))
        .route("/a/{account}/contacts/{contact}/history", get(sheet::history))
        .route("/a/{account}/contacts/{contact}/grant", get(sheet::grant_form).post(sheet::grant))
        .route("/a/{account}/contacts/{contact}/edit", get(sheet::edit_form).post(sheet::edit))
        .route("/a/{account}/contacts/{contact}/remove", get(sheet::remove_form).post(sheet::remove))
        .with_state(desk)
}

/// What an address asks after its path, by name.
type Query = axum::extract::Query<std::collections::HashMap<String, String>>;

/// One of them; empty where it is not there.
fn asked<'a>(query: &'a Query, name: &str) -> &'a str {
    query.get(name).map(String::as_str).unwrap_or_default()
}
