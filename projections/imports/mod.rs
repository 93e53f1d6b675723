//! The files an account imported, newest first, and those that are being worked on.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::*;
pub use table::READ_MODEL;
