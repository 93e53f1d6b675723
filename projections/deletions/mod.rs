//! Requests for deletion that wait for support.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{RequestRow, count, list};
pub use table::READ_MODEL;
