//! Whether the e-mail of a contact is its own: a link is mailed, and whoever follows it has the mailbox.

mod commands;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{COOLDOWN, LINK_OPENS_FOR, RecordBounce, RequestVerification, VerifyEmail, asked_by_form};
pub(in crate::contact) use commands::{a_person_with_an_email, requested};
pub use events::*;
pub use state::Verification;
