//! Contact → its export line, one for each address it has in its time.

use crate::{Rows, Source, contacts::sort_key, sql::Arg};

pub(super) fn project(source: Source<'_>) -> Rows {
    let Some(contact) = source.folded.state.contact() else { return Rows::new() };
    if contact.deleted.is_some() || contact.erased.is_some() || contact.addresses.is_empty() {
        return Rows::new();
    }
    let d = &contact.details;
    let key = sort_key(d);
    contact
        .addresses
        .iter()
        .map(|dated| {
            let row = vec![
                source.stream.id.into(),
                // No first day sorts before every day.
                dated.from.map(|day| day.to_string()).unwrap_or_default().into(),
                Arg::Text(dated.until.map(|day| day.to_string())),
                contact.account.0.into(),
                key.as_str().into(),
                d.external_id.clone().into(),
                d.company_name.clone().into(),
                d.last_name.clone().into(),
                d.first_name.clone().into(),
                Arg::Text(d.email.as_ref().map(|e| e.as_str().to_owned())),
                d.phone.clone().into(),
                d.fax.clone().into(),
                dated.address.render().into(),
            ];
            (0, row)
        })
        .collect()
}
