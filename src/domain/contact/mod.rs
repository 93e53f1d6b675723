//! A person or group recorded in one account, and everything on the contact sheet: one stream a contact.
//!
//! What is large on the sheet has a room of its own, with the same names in it: `membership`, `verification`, `deletion`, `portal`, `claim`, `app`, `erp`, `label`.

mod access_commands;
mod access_form;
mod access_state;
pub mod app;
mod attach;
pub mod claim;
mod commands;
pub mod deletion;
pub mod erp;
mod events;
pub mod journey;
pub mod label;
pub mod membership;
pub mod portal;
mod state;
mod submission;
#[cfg(test)]
mod tests;
pub mod verification;

pub use access_commands::{
    AdvanceAccess, EditAccess, GrantAccess, OpeningChoice, RemoveAccess, SetAccessMode, SetOpening,
};
pub use access_state::{Access, Attachment, Grantor, Opening, Since};
pub use app::Registration;
pub use attach::{AttachContact, DetachContact, subscriber_fields_missing};
pub use commands::{
    AddContact, ContactInput, ContactPatch, DeleteContact, EditContact, EraseContact, RecordDataExport,
    SetDeliveryAddress,
};
pub use events::*;
pub use membership::Membership;
pub use state::{ContactState, DatedAddress, Details, pseudonym};
pub use submission::Submission;
