//! Who belongs to which account: what a user reaches, what waits for them, and the account's members.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{
    AccessRow, Filter, InvitationRow, MemberRow, PlaceRow, access_list, accounts, came, count_access_list,
    count_members, invitations, last_came, linked, members, place_in, places, two_places,
};
pub use table::READ_MODEL;
