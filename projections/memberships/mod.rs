//! Who belongs to which account: what a user reaches, what waits for them, and the account's members.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{PlaceRow, places};
pub use table::READ_MODEL;
