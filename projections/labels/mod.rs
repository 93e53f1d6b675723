//! The contacts of a label: all whom a file named that was imported with it.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::labels;
pub use table::READ_MODEL;
