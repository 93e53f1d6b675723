//! Whether the e-mail of a contact is its own: a link is mailed, and whoever follows it has the mailbox.

mod events;
mod state;

pub use events::*;
pub use state::Verification;
