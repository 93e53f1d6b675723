//! Commands on one contact: which states their rules need.

use super::{
    super::draft::{Draft, Of, Stop},
    app, as_expected,
};
use chrono::NaiveDate;
use domain::{
    ActorKind, ContactId, SubscriptionId,
    account::{self, AccountState},
    contact::{self, ContactEvent, ContactState},
    subscription,
};

/// A delivery address as asked for.
#[derive(Debug, Clone, Default)]
pub struct DeliveryAddress {
    /// None: no deliveries in that time.
    pub address: Option<domain::address::Address>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

pub(super) async fn on_contact(
    draft: &mut Draft<'_>,
    id: ContactId,
    expected: Option<u64>,
    rule: impl FnOnce(&ContactState, &account::AccountState) -> Result<Vec<ContactEvent>, domain::Refusals>,
) -> Result<(), Stop> {
    let contact = draft.contact(id).await?;
    as_expected(contact.edition(), expected)?;
    let account = draft.account(contact.get()?.account).await?;
    let events = rule(contact.get()?, account.get()?)?;
    draft.write(&contact, id, events);
    Ok(())
}

/// The subscriptions that count, or counted, for a contact.
pub(super) async fn attached(
    draft: &mut Draft<'_>,
    contact: &Of<ContactState>,
) -> Result<Vec<(SubscriptionId, Of<subscription::SubscriptionState>)>, Stop> {
    let about = draft.about().subscription;
    let mut all = Vec::new();
    for attachment in &contact.get()?.attachments {
        all.push((attachment.subscription, draft.subscription(attachment.subscription).await?));
    }
    draft.about_mut().subscription = about;
    Ok(all)
}

/// A contact and its account, and whether what is asked of it is confirmed: who names the version names what they saw, and that is a confirmation too.
async fn confirmed_of(
    draft: &mut Draft<'_>,
    id: ContactId,
    confirmed: bool,
    expected: Option<u64>,
) -> Result<(Of<ContactState>, Of<AccountState>, bool), Stop> {
    let contact = draft.contact(id).await?;
    as_expected(contact.edition(), expected)?;
    let account = draft.account(contact.get()?.account).await?;
    Ok((contact, account, confirmed || expected.is_some()))
}

pub(super) async fn delete_contact(
    draft: &mut Draft<'_>,
    id: ContactId,
    confirmed: bool,
    expected: Option<u64>,
) -> Result<(), Stop> {
    let (contact, account, confirmed) = confirmed_of(draft, id, confirmed, expected).await?;
    let subscriptions = attached(draft, &contact).await?;
    let still: Vec<SubscriptionId> = contact.get()?.attached().map(|a| a.subscription).collect();
    let mut live = Vec::new();
    for (id, subscription) in &subscriptions {
        if still.contains(id) {
            live.push(subscription.get()?);
        }
    }
    let events =
        contact::DeleteContact { confirmed, at: draft.meta.now }.decide(contact.get()?, account.get()?, &live)?;
    draft.write(&contact, id, events);
    Ok(())
}

pub(super) async fn erase_contact(
    draft: &mut Draft<'_>,
    id: ContactId,
    confirmed: bool,
    expected: Option<u64>,
) -> Result<(), Stop> {
    let (contact, account, confirmed) = confirmed_of(draft, id, confirmed, expected).await?;
    // An operator erases again whom an older database has brought back.
    let by_support = matches!(draft.meta.actor.kind, ActorKind::Staff | ActorKind::Operator);
    let events = contact::EraseContact { confirmed, by_support }.decide(contact.get()?, account.get()?)?;
    if !events.is_empty() {
        draft.bury(&contact).await?;
        let details = &contact.get()?.details;
        draft.erase(id.0, details.email.as_ref(), details.external_id.as_deref());
        app::erase_sign_up(draft, contact.get()?).await?;
    }
    draft.write(&contact, id, events);
    Ok(())
}
