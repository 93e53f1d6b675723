//! State → its bytes.

use crate::{Rows, Source, sql::Arg};
use domain::{Folded, State};

/// The stored form of a state: JSON.
pub fn encode(state: &State) -> Vec<u8> {
    // Serialising plain data with string keys into memory cannot fail.
    serde_json::to_vec(state).unwrap_or_default()
}

/// The state of a stored form.
pub fn decode(version: i64, state: &[u8]) -> serde_json::Result<Folded> {
    Ok(Folded { version: version.unsigned_abs(), state: serde_json::from_slice(state)? })
}

pub(super) fn project(source: Source<'_>) -> Rows {
    let Source { stream, folded } = source;
    if folded.version == 0 {
        return Rows::new();
    }
    vec![(
        0,
        vec![
            stream.id.into(),
            stream.category.as_str().into(),
            Arg::Uuid(folded.state.account_id().map(|a| a.0)),
            (folded.version as i64).into(),
            encode(&folded.state).into(),
        ],
    )]
}
