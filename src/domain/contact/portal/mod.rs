//! The login to the account's portal (« compte OUI / NON »): a subscriber sees what is theirs, an administrator the account's subscribers.

mod events;
mod state;

pub use events::*;
pub use state::PortalAccount;
