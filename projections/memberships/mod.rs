//! Who belongs to which account: what a user reaches, what waits for them, and the account's members.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{
    AccessRow, Filter, InvitationRow, MemberRow, PlaceRow, access_list, came, invitations, members, places, unlinked,
};
pub use table::READ_MODEL;
