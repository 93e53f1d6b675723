//! Contact → its link to a record, if it has one.

use crate::{Rows, Source, contacts::sort_key, sql::Arg};

pub(super) fn project(source: Source<'_>) -> Rows {
    let Some(contact) = source.folded.state.contact() else { return Rows::new() };
    if contact.deleted.is_some() || contact.erased.is_some() {
        return Rows::new();
    }
    let Some(link) = &contact.erp else { return Rows::new() };
    let since = link.returned.unwrap_or(link.linked).position;
    let row = vec![
        source.stream.id.into(),
        contact.account.0.into(),
        link.source.as_str().into(),
        sort_key(&contact.details).into(),
        (since as i64).into(),
        Arg::Int(link.gone.map(|fact| fact.at.timestamp_micros())),
    ];
    vec![(0, row)]
}
