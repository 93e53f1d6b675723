//! Complaints of an account, of a contact, of a subscription, of a product. Rows hold no text of theirs: that is on the contact's stream.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{ClaimRow, Filter, Seek, count, list, of_subscriptions, open_of_product};
pub use table::READ_MODEL;
