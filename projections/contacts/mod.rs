//! The account's contacts: the list, its filters, search, and what an import matches rows with.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{
    ContactRow, Filter, Order, Place, SearchPlace, Seek, by_identity, count, count_by_identity, list, search,
    search_range_size,
};
pub use project::{identity, sort_key, words_of};
pub use table::READ_MODEL;
