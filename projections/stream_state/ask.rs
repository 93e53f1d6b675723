//! States by key.

use crate::sql::{Arg, Ask};
use uuid::Uuid;

/// A stored state.
#[derive(Debug, crate::FromRow)]
pub struct StateRow {
    /// Which stream.
    pub stream: Uuid,
    /// After how many events.
    pub version: i64,
    /// See [`super::decode`].
    pub state: Vec<u8>,
}

/// The states of these streams, in any order; unknown ones are absent.
pub fn states(streams: Vec<Uuid>) -> Ask<StateRow> {
    Ask::new("SELECT stream, version, state FROM stream_state_1 WHERE stream IN [$1]", [Arg::Uuids(streams)])
}
