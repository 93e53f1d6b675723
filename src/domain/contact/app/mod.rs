//! The contact in the account's app: invited to it, registered with its devices, let in or turned away.

mod commands;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{
    DEVICE_MAX, DEVICES_MAX, Fit, InviteToApp, LinkSignUp, RecordDevice, RefuseRegistration, ValidateRegistration, fit,
};
pub(crate) use commands::{device, same_user};
pub use events::*;
pub(super) use state::apply;
pub(crate) use state::devices;
pub use state::{AppInvitation, Device, Registration};
