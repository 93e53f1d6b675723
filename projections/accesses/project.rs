//! Contact → its accesses.

use crate::{Rows, Source, contacts::sort_key};

pub(super) fn project(source: Source<'_>) -> Rows {
    let Some(contact) = source.folded.state.contact() else { return Rows::new() };
    if contact.deleted.is_some() || contact.erased.is_some() || contact.accesses.is_empty() {
        return Rows::new();
    }
    let key = sort_key(&contact.details);
    let granted = contact.accesses.iter().filter(|(_, access)| access.is_granted());
    granted
        .map(|(product, access)| {
            (
                0,
                vec![
                    source.stream.id.into(),
                    product.0.into(),
                    contact.account.0.into(),
                    access.mode().as_str().into(),
                    key.as_str().into(),
                ],
            )
        })
        .collect()
}
