//! Deletions that only support carries out: asked for by the account, approved or rejected.

mod events;
mod state;

pub use events::*;
pub use state::DeletionRequest;
