//! Contact → its complaints.

use crate::{Rows, Source};

pub(super) fn project(source: Source<'_>) -> Rows {
    let Some(contact) = source.folded.state.contact() else { return Rows::new() };
    if contact.deleted.is_some() || contact.erased.is_some() {
        return Rows::new();
    }
    let row = |claim: &domain::contact::claim::Claim| {
        let opened = claim.steps.first()?.fact.at.timestamp_micros();
        // The attachment it was opened on is there for ever, also once it is detached.
        let attached = contact.attachments.iter().find(|a| a.subscription == claim.subscription)?;
        Some((
            0,
            vec![
                claim.id.0.into(),
                source.stream.id.into(),
                contact.account.0.into(),
                claim.subscription.0.into(),
                attached.product.0.into(),
                claim.status.as_str().into(),
                opened.into(),
            ],
        ))
    };
    contact.claims.iter().filter_map(row).collect()
}
