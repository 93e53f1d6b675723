//! A file that is imported: planned, applied as planned, undone. Counts and ids only; its rows stand in a table that is purged.

mod events;
mod state;

pub use events::*;
pub use state::ImportState;
