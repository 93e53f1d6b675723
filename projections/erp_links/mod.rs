//! Contacts and their records in an ERP: who is linked, who is gone from it.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{GoneRow, LinkRow, count_gone, count_linked, gone, linked};
pub use table::READ_MODEL;
