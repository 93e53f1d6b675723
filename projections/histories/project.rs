//! Contact → the products and subscriptions it ever had. Ids only: an erased person's rows stay, for what was open to them then is still asked.

use crate::{Rows, Source};
use std::collections::BTreeSet;

pub(super) fn project(source: Source<'_>) -> Rows {
    let Some(contact) = source.folded.state.contact() else { return Rows::new() };
    let products = contact.accesses.keys().map(|product| product.0);
    let attached = contact.attachments.iter().map(|attachment| attachment.subscription.0);
    let things: BTreeSet<_> = products.chain(attached).collect();
    let row = |thing: uuid::Uuid| (0, vec![thing.into(), source.stream.id.into(), contact.account.0.into()]);
    things.into_iter().map(row).collect()
}
