//! Subscriptions: starting one for a contact, changing one, attaching a contact.

use super::{
    super::draft::{Draft, Of, Stop},
    as_expected,
};
use chrono::NaiveDate;
use domain::{
    AccountId, ContactId, ProductId, SubscriptionId, account, calendar, contact, product, subscription, values::Billing,
};

/// A subscription as asked for.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// To what.
    pub product: ProductId,
    /// The account's own word.
    pub kind: String,
    /// Whether it renews.
    pub billing: Billing,
    /// First day; default today.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
}

/// A renewal as asked for.
#[derive(Debug, Clone, Default)]
pub struct Renewal {
    /// First day, where it had lapsed.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
}

/// A payment fact as sent.
#[derive(Debug, Clone)]
pub struct Payment {
    /// In order, late or failed.
    pub state: domain::values::PaymentState,
    /// Since when.
    pub occurred_at: chrono::DateTime<chrono::Utc>,
    /// The payment system's id.
    pub event_id: String,
}

pub(super) async fn on_subscription(
    draft: &mut Draft<'_>,
    id: SubscriptionId,
    expected: Option<u64>,
    rule: impl FnOnce(
        &subscription::SubscriptionState,
        &account::AccountState,
    ) -> Result<Vec<subscription::SubscriptionEvent>, domain::Refusals>,
) -> Result<(), Stop> {
    let subscription = draft.subscription(id).await?;
    as_expected(subscription.edition(), expected)?;
    let account = draft.account(subscription.get()?.account).await?;
    let events = rule(subscription.get()?, account.get()?)?;
    draft.write(&subscription, id, events);
    Ok(())
}

pub(super) async fn start_subscription(
    draft: &mut Draft<'_>,
    contact_id: ContactId,
    new: NewSubscription,
) -> Result<(), Stop> {
    let now = draft.meta.now;
    let contact = draft.contact(contact_id).await?;
    let account_id = contact.get()?.account;
    let account = draft.account(account_id).await?;
    let product = draft.product(new.product).await?;
    let product_id = new.product;
    let (id, started) = starting(draft, &account, &product, new)?;
    let attach = contact::AttachContact { subscription: id, product: product_id, at: now };
    let events = attach.decide(contact.get()?, account.get()?, product.get()?)?;
    draft.create(id, started);
    draft.write(&contact, contact_id, events);
    draft.about_mut().subscription = Some(id);
    Ok(())
}

/// The id and the first events of a subscription as asked for.
pub(super) fn starting(
    draft: &Draft<'_>,
    account: &Of<account::AccountState>,
    product: &Of<product::ProductState>,
    new: NewSubscription,
) -> Result<(SubscriptionId, Vec<subscription::SubscriptionEvent>), Stop> {
    let NewSubscription { product: product_id, kind, billing, starts_on, ends_on } = new;
    let starts_on = match starts_on {
        Some(day) => day,
        None => calendar::day(draft.meta.now, account.get()?.time_zone),
    };
    let rule = subscription::StartSubscription {
        account: AccountId(account.id),
        product: product_id,
        kind,
        billing,
        starts_on,
        ends_on,
    };
    Ok((SubscriptionId(draft.id()), rule.decide(product.get()?)?))
}

pub(super) async fn attach(
    draft: &mut Draft<'_>,
    id: SubscriptionId,
    contact_id: ContactId,
    expected: Option<u64>,
) -> Result<(), Stop> {
    let subscription = draft.subscription(id).await?;
    let contact = draft.contact(contact_id).await?;
    as_expected(contact.edition(), expected)?;
    let account = draft.account(contact.get()?.account).await?;
    let product_id = subscription.get()?.product;
    let product = draft.product(product_id).await?;
    let rule = contact::AttachContact { subscription: id, product: product_id, at: draft.meta.now };
    let events = rule.decide(contact.get()?, account.get()?, product.get()?)?;
    draft.write(&contact, contact_id, events);
    Ok(())
}
