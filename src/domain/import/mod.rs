//! A file that is imported: planned, applied as planned, undone. Counts and ids only; its rows stand in a table that is purged.
//!
//! `commands.rs` has what people ask and what the work notes; `restore.rs` what taking back does to one contact.

mod commands;
mod events;
mod restore;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{ApplyImport, CancelImport, NoteProgress, NoteUndo, PLAN_LASTS, PlanImport, UNDO_LASTS, UndoImport};
pub use events::*;
pub use restore::{RestoreContact, Restored};
pub use state::ImportState;
