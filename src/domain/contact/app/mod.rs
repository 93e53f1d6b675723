//! The contact in the account's app: invited to it, registered with its devices, let in or turned away.

mod events;
mod state;

pub use events::*;
pub(super) use state::apply;
pub use state::{AppInvitation, Device, Registration};
