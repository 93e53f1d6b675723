//! Contact → its labels.

use crate::{Rows, Source, contacts::sort_key};

pub(super) fn project(source: Source<'_>) -> Rows {
    let Some(contact) = source.folded.state.contact() else { return Rows::new() };
    if contact.deleted.is_some() || contact.erased.is_some() || contact.labels.is_empty() {
        return Rows::new();
    }
    // Two imports may have used the same word.
    let mut words: Vec<&str> = contact.labels.iter().map(|l| l.label.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    let key = sort_key(&contact.details);
    words
        .into_iter()
        .map(|word| (0, vec![contact.account.0.into(), word.into(), source.stream.id.into(), key.as_str().into()]))
        .collect()
}
