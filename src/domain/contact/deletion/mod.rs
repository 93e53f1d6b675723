//! Deletions that only support carries out: asked for by the account, approved or rejected.

mod commands;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{ApproveDeletion, RejectDeletion, RequestDeletion};
pub use events::*;
pub use state::DeletionRequest;
