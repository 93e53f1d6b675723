//! Registrations in the accounts' apps by where they stand, those that match no contact among them, and what unmatched ones are compared by.

mod ask;
mod project;
mod table;
#[cfg(test)]
mod tests;

pub use ask::{Candidate, Probe, RegistrationRow, candidates, count, list};
pub use table::READ_MODEL;

/// Where a sign-up stands that matches no contact yet.
pub const WAITING: &str = "WAITING";
