//! Why support acted for an account: what it says beside what it does, and what everybody who reads the trail then sees (row O6).
//!
//! Written on the stream that was changed: what is said about a person is sealed with that person's key, and goes with it.

use crate::{refusal::Refusal, text::paragraph};
use serde::{Deserialize, Serialize};

/// Longest reason, in characters.
const REASON_MAX: usize = 1000;

/// Why support acted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// As written.
    pub reason: String,
}

impl Why {
    /// A reason as written, 1 to 1000 characters; refused at `reason`.
    pub fn read(written: &str) -> Result<Why, Refusal> {
        Ok(Why { reason: paragraph("reason", written, REASON_MAX)? })
    }
}
