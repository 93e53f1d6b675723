//! Complaints on a subscription, or on one issue of it: open, answered, closed, open again.

mod commands;
mod events;
mod issues;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{AboutIssue, AnswerClaim, CLAIM_TEXT_MAX, CloseClaim, OpenClaim, ReopenClaim};
pub use events::*;
pub use issues::{DueIssue, due_issues};
pub use state::{Claim, ClaimStep};
