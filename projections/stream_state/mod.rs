//! The fold of each stream, whole: what commands load and the contact sheet is read from. Deletable like every read model.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{StateRow, states};
pub use project::{decode, encode};
pub use table::READ_MODEL;
