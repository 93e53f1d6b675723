//! Subscriptions of an account, and the contacts attached to each.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{Narrow, SubscriptionRow, attached_contacts, attached_count, count, list, live};
pub use table::READ_MODEL;
