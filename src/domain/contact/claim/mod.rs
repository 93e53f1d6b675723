//! Complaints on a subscription, or on one issue of it: open, answered, closed, open again.

mod events;
mod state;

pub use events::*;
pub use state::{Claim, ClaimStep};
