//! Import → its row.

use crate::{Rows, Source};

pub(super) fn project(source: Source<'_>) -> Rows {
    let Some(import) = source.folded.state.import() else { return Rows::new() };
    vec![(
        0,
        vec![
            source.stream.id.into(),
            import.account.0.into(),
            import.status.as_str().into(),
            import.file.as_str().into(),
            import.planned.at.timestamp_micros().into(),
        ],
    )]
}
