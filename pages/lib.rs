//! What people see: every page is a pure function of what was asked and of the moment it is shown.
//!
//! A screen has four parts that stand together: a question (`questions/*.graphql`, sent by `web` through the same door as everybody's), the answer as
//! data (`serde`), a template (`templates/*.html`, checked when it is compiled, all values escaped) and words (`locales/<language>/*.ftl`). So a screen can be
//! made, looked at and tested without a database: `cargo run -p pages --example gallery` writes every screen in every state.
//!
//! Knows no request, no database and no rule: what may be done is what the answer says.
//!
//! Next: `words` and `typography` (what is said, how it is set), `dates`, `cx` (what every page shows), `parts` (fields and choices), then a module a
//! screen: `door` and `links` (coming in, what mails lead to), `me` (one's own login); `home`, `contacts`, `person`, `personal` (what is kept about one), `sheet`, `found` (the palette), `history`;
//! `subscribers`, `portal`, `subscriptions`, `journeys` (how contacts come to them), `products`, `claims`; `members`, `settings`, `deletions` (asking support), `support` (its desk);
//! `imports`, `mending` (rows that cannot be taken), `erp`, `registrations` (in the account's app). `countries` are those of addresses.

pub mod bulk;
pub mod bulk_all;
pub mod claims;
pub mod contacts;
pub mod countries;
mod cx;
pub mod dates;
pub mod deletions;
pub mod door;
pub mod erp;
pub mod found;
pub mod history;
pub mod home;
pub mod imports;
pub mod journeys;
mod lang;
pub mod links;
pub mod me;
pub mod members;
pub mod mending;
pub mod parts;
pub mod person;
pub mod personal;
pub mod portal;
pub mod products;
pub mod registrations;
pub mod settings;
pub mod sheet;
pub mod subscribers;
pub mod subscriptions;
pub mod support;
pub mod typography;
pub mod words;

/// The sign of the service, for tabs of browsers.
pub const FAVICON: &str = include_str!("assets/favicon.svg");

pub use cx::{Assets, Cx, Nav, Notice, Person, Place, Undo};
pub use lang::Lang;

/// A text as a part of an address.
pub fn encoded(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'/');
    text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// What follows a path, of what is given: `?q=phare&after=x`, or nothing.
pub fn query(pairs: &[(&str, &str)]) -> String {
    let given: Vec<String> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{key}={}", encoded(value)))
        .collect();
    if given.is_empty() { String::new() } else { format!("?{}", given.join("&")) }
}
