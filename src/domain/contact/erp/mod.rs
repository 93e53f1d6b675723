//! The contact's record in the account's ERP: which it is, whether it is still there, and which fields it owns.
//!
//! `record` is a record as it was sent, checked; `matching` says which contact it means; `commands` what it does there.

mod commands;
mod events;
mod matching;
mod record;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{DeclineErpMatch, FlagGone, KeepOurEmail, LinkErpRecord, SyncErpRecord, TakeErpEmail};
pub use events::*;
pub use matching::{Candidates, EmailStanding, Meant, meant};
pub use record::{Record, SentRecord};
pub use state::{DeclinedMatch, ErpLink, record_key};
