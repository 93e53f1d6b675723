//! How a contact belongs to its account: its profile and permissions, the invitation of a guest, and the user who signs in as it.

mod commands;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub(in crate::contact) use commands::not_the_owner;
pub use commands::{
    AddMember, Answer, DeactivateMember, InviteGuest, LeaveAccount, LinkUser, NoteFactorReset, ReactivateMember,
    ResendInvitation, RevokeInvitation, SetMembershipExpiry, SetPermissions, TransferOwnership, UnlinkUser,
};
pub use events::*;
pub use state::{Invitation, Membership};
