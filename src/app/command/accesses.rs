//! Granting and changing accesses, and what to know about the order e-mail.

use super::{
    super::draft::{Draft, Of, Stop},
    as_expected,
    contacts::{attached, on_contact},
};
use domain::{
    Code, ContactId, Fact, ProductId,
    access::{Facts, decide_access},
    account,
    contact::{self, ContactEvent, ContactState},
    product,
};
use std::collections::BTreeMap;

/// As [`on_contact`], with the version of the access's own last change, so that two people may edit two accesses at once.
pub(super) async fn on_access(
    draft: &mut Draft<'_>,
    id: ContactId,
    product: ProductId,
    expected: Option<u64>,
    rule: impl FnOnce(&ContactState, &account::AccountState) -> Result<Vec<ContactEvent>, domain::Refusals>,
) -> Result<(), Stop> {
    draft.about_mut().product = Some(product);
    let contact = draft.contact(id).await?;
    if let Some(access) = contact.get()?.access(product) {
        as_expected(access.changed.version, expected)?;
    }
    on_contact(draft, id, None, rule).await
}

/// Advances an access, and says so where that replaces an opening that somebody had chosen.
pub(super) async fn advance(
    draft: &mut Draft<'_>,
    id: ContactId,
    rule: contact::AdvanceAccess,
    expected: Option<u64>,
) -> Result<(), Stop> {
    let product = rule.product;
    let contact = draft.contact(id).await?;
    let chosen = contact
        .get()?
        .access(product)
        .is_some_and(|access| matches!(access.opening(), contact::Opening::FromDate { .. } | contact::Opening::Full));
    on_access(draft, id, product, expected, |c, a| rule.decide(c, a)).await?;
    if chosen {
        draft.warn(Code::OpeningReplaced);
    }
    Ok(())
}

pub(super) async fn grant(draft: &mut Draft<'_>, id: ContactId, rule: contact::GrantAccess) -> Result<(), Stop> {
    let (product_id, send) = (rule.product, rule.send_order_email);
    let contact = draft.contact(id).await?;
    let account = draft.account(contact.get()?.account).await?;
    let product = draft.product(product_id).await?;
    let events = rule.decide(contact.get()?, account.get()?, product.get()?)?;
    if send {
        order_email(draft, &contact, &account, &product, &events).await?;
    }
    draft.write(&contact, id, events);
    if send && product.get()?.order_email.is_some() && contact.get()?.details.email.is_some() {
        draft.todo("order_email", serde_json::json!({ "contact": id.0, "product": product_id.0 }));
    }
    Ok(())
}

/// Says what stands in the way of an order e-mail being of use; it never undoes the grant (row K6).
async fn order_email(
    draft: &mut Draft<'_>,
    contact: &Of<ContactState>,
    account: &Of<account::AccountState>,
    product: &Of<product::ProductState>,
    events: &[ContactEvent],
) -> Result<(), Stop> {
    if product.get()?.order_email.is_none() {
        draft.warn(Code::OrderEmailNotConfigured);
    } else if contact.get()?.details.email.is_none() {
        draft.warn(Code::EmailMissing);
    }
    let fact = Fact { position: 0, version: contact.version() + 1, at: draft.meta.now, actor: draft.meta.actor };
    let mut after = contact.get()?.clone();
    for event in events {
        after.apply(event, fact);
    }
    let subscriptions = attached(draft, contact).await?;
    let mut states = BTreeMap::new();
    for (id, subscription) in &subscriptions {
        states.insert(*id, subscription.get()?);
    }
    let facts = Facts {
        contact: Some(&after),
        account: account.get()?,
        product_id: ProductId(product.id),
        product: Some(product.get()?),
        subscriptions: &states,
    };
    if !decide_access(&facts, draft.meta.now).open {
        draft.warn(Code::AccessNotOpen);
    }
    Ok(())
}
