//! Contacts with a delivery address: the list « Mes abonnés » and the line each has in the export.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{Line, SubscriberRow, count, export_page, list};
pub use table::READ_MODEL;
