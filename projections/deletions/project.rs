//! Contact → its open request for deletion.

use crate::{Rows, Source};

pub(super) fn project(source: Source<'_>) -> Rows {
    let Some(contact) = source.folded.state.contact() else { return Rows::new() };
    if contact.deleted.is_some() || contact.erased.is_some() {
        return Rows::new();
    }
    let open = contact.deletion.iter().filter(|request| request.is_open());
    open.map(|request| {
        let at = request.requested.at.timestamp_micros();
        (0, vec![source.stream.id.into(), contact.account.0.into(), at.into()])
    })
    .collect()
}
