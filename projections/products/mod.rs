//! The account's products: the list and its search.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{ProductRow, count, list};
pub use table::READ_MODEL;
