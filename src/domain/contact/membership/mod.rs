//! How a contact belongs to its account: its profile and permissions, the invitation of a guest, and the user who signs in as it.

mod events;
mod state;

pub use events::*;
pub use state::{Invitation, Membership};
