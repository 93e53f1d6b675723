//! Subscriptions of an account, and the contacts attached to each.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::attached_contacts;
pub use table::READ_MODEL;
