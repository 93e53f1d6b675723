//! The login to the account's portal (« compte OUI / NON »): a subscriber sees what is theirs, an administrator the account's subscribers.

mod commands;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{ClosePortalAccount, OpenPortalAccount, ResendPortalLink};
pub use events::*;
pub use state::PortalAccount;
