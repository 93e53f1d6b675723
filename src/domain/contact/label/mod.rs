//! Labels on a contact: the word that an import put on all whom its file named.

mod events;
mod state;

pub use events::*;
pub use state::Label;
