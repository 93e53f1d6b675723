//! The contact's record in the account's ERP: which it is, whether it is still there, and which fields it owns.

mod events;
mod state;

pub use events::*;
pub use state::ErpLink;
