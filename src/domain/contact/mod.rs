//! A person or group recorded in one account, and everything on the contact sheet: one stream a contact.

mod access_commands;
mod access_form;
mod access_state;
mod attach;
mod commands;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub use access_commands::{
    AdvanceAccess, EditAccess, GrantAccess, OpeningChoice, RemoveAccess, SetAccessMode, SetOpening,
};
pub use access_state::{Access, Attachment, Grantor, Opening, Since};
pub use attach::{AttachContact, DetachContact, subscriber_fields_missing};
pub use commands::{
    AddContact, ContactInput, ContactPatch, DeleteContact, EditContact, EraseContact, SetDeliveryAddress,
};
pub use events::*;
pub use state::{ContactState, DatedAddress, Details, Membership, Registration, pseudonym};
