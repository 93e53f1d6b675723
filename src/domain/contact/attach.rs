//! The contact's half of a subscription: attaching it grants access, unless someone took that away (rows K11, K20, U9).

use super::{
    access_state::{Grantor, Opening},
    commands::still_there,
    events::*,
    state::ContactState,
};
use crate::{
    account::AccountState,
    calendar,
    ids::{ProductId, SubscriptionId},
    product::ProductState,
    refusal::{Code, Refusal, Refusals},
    values::AccessMode,
};
use chrono::{DateTime, Utc};

/// Makes a subscription count for a contact.
#[derive(Debug, Clone)]
pub struct AttachContact {
    /// Which subscription.
    pub subscription: SubscriptionId,
    /// The product it is to.
    pub product: ProductId,
    /// Now.
    pub at: DateTime<Utc>,
}

impl AttachContact {
    /// Attaches it, and grants the product where the contact does not have it; nothing when it counts already.
    /// `SUBSCRIBER_REQUIRED`, naming what is missing, when the product is delivered and the contact has no complete address.
    pub fn decide(
        self,
        contact: &ContactState,
        account: &AccountState,
        product: &ProductState,
    ) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        if product.account != contact.account {
            return Err(Refusal::at(Code::NotFound, "productId").into());
        }
        if contact.attached().any(|a| a.subscription == self.subscription) {
            return Ok(vec![]);
        }
        if product.delivered {
            let missing = subscriber_fields_missing(contact, account, self.at);
            if !missing.is_empty() {
                return Err(Refusal::at(Code::SubscriberRequired, "contactId")
                    .with("missing", missing.join(", "))
                    .into());
            }
        }
        let mut events = vec![SubscriptionAttached { subscription: self.subscription, product: self.product }.into()];
        if contact.access(self.product).is_none() {
            events.push(
                AccessGranted {
                    product: self.product,
                    mode: AccessMode::Automatic,
                    opening: Opening::FromOrderDate,
                    ordered_on: None,
                    by: Grantor::Subscription,
                    send_order_email: false,
                }
                .into(),
            );
        }
        Ok(events)
    }
}

/// What the contact still needs to be delivered to, in the API's field names; none when it is a subscriber.
pub fn subscriber_fields_missing(
    contact: &ContactState,
    account: &AccountState,
    at: DateTime<Utc>,
) -> Vec<&'static str> {
    contact
        .address_on(calendar::day(at, account.time_zone))
        .map_or_else(|| vec!["line1", "postalCode", "city"], |a| a.missing())
}

/// Makes a subscription count for a contact no more. The access stays; automatic ones close with it.
#[derive(Debug, Clone)]
pub struct DetachContact {
    /// Which subscription.
    pub subscription: SubscriptionId,
}

impl DetachContact {
    /// Detaches it; nothing when it does not count.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        Ok(match contact.attached().find(|a| a.subscription == self.subscription) {
            None => vec![],
            Some(a) => vec![SubscriptionDetached { subscription: self.subscription, product: a.product }.into()],
        })
    }
}
