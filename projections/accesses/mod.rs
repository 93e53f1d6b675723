//! Who has access to what: the contacts of a product, in order.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{granted_count, in_force, reach};
pub use table::READ_MODEL;
