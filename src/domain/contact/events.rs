//! What can have happened to a contact. Personal values stand apart, in `private`, and are stored sealed.

use super::{
    access_state::{Grantor, Opening},
    app::AppEvent,
    claim::ClaimEvent,
    deletion::DeletionEvent,
    erp::ErpEvent,
    label::LabelEvent,
    membership::MembershipEvent,
    portal::PortalEvent,
    verification::VerificationEvent,
};
use crate::{
    acting::Why,
    address::Address,
    event::{Private, clear, events, sealed},
    ids::{AccountId, ProductId, SubscriptionId},
    values::{AccessMode, ContactKind, Email, ExportFormat, Profile},
};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};

events!(
    /// On `contact-<id>`.
    ContactEvent {
        /// The contact was recorded.
        Added(Added) = "contact.added.v1",
        /// Its coordinates changed.
        Edited(Edited) = "contact.edited.v1",
        /// It has another e-mail, or none; not verified yet.
        EmailChanged(EmailChanged) = "contact.email_changed.v1",
        /// A person became a group, or the other way round.
        KindConverted(KindConverted) = "contact.kind_converted.v1",
        /// Where deliveries go, from a day on.
        DeliveryAddressSet(DeliveryAddressSet) = "contact.delivery_address_set.v1",
        /// Taken out of the account's lists.
        Deleted(Deleted) = "contact.deleted.v1",
        /// Its personal values can be read no more.
        Erased(Erased) = "contact.erased.v1",
        /// It may open a product.
        AccessGranted(AccessGranted) = "access.granted.v1",
        /// Something else decides whether the access is in force.
        AccessModeSet(AccessModeSet) = "access.mode_set.v1",
        /// The content opens at another time.
        AccessOpeningSet(AccessOpeningSet) = "access.opening_set.v1",
        /// It was ordered on another day.
        AccessOrderDateSet(AccessOrderDateSet) = "access.order_date_set.v1",
        /// It may open the product no more.
        AccessRemoved(AccessRemoved) = "access.removed.v1",
        /// A subscription counts for it.
        SubscriptionAttached(SubscriptionAttached) = "contact.subscription_attached.v1",
        /// The subscription counts no more.
        SubscriptionDetached(SubscriptionDetached) = "contact.subscription_detached.v1",
        /// Support did for the account what stands beside this in the same command, and said why.
        ActedFor(ContactActedFor) = "contact.acted_for.v1",
        /// Everything that is kept about it was handed out.
        DataExported(DataExported) = "contact.data_exported.v1",
    } with {
        /// How it belongs to the account.
        Membership(MembershipEvent),
        /// Whether its e-mail is its own.
        Verification(VerificationEvent),
        /// What support is asked to delete.
        Deletion(DeletionEvent),
        /// Its login to the account's portal.
        Portal(PortalEvent),
        /// Its complaints.
        Claim(ClaimEvent),
        /// Its registration in the app.
        App(AppEvent),
        /// Its record in an ERP.
        Erp(ErpEvent),
        /// The words that imports put on it.
        Label(LabelEvent),
    }
);

impl ContactEvent {
    /// Whether it changes nothing of the contact: why support acted, that its data were handed out, how safely who signs in as it does.
    pub fn is_aside(&self) -> bool {
        let of_member = |e: &MembershipEvent| matches!(e, MembershipEvent::FactorReset(_));
        match self {
            ContactEvent::ActedFor(_) | ContactEvent::DataExported(_) => true,
            ContactEvent::Membership(e) => of_member(e),
            _ => false,
        }
    }

    /// The product it is about, if one.
    pub fn product(&self) -> Option<ProductId> {
        match self {
            ContactEvent::AccessGranted(e) => Some(e.product),
            ContactEvent::AccessModeSet(e) => Some(e.product),
            ContactEvent::AccessOpeningSet(e) => Some(e.product),
            ContactEvent::AccessOrderDateSet(e) => Some(e.product),
            ContactEvent::AccessRemoved(e) => Some(e.product),
            ContactEvent::SubscriptionAttached(e) => Some(e.product),
            ContactEvent::SubscriptionDetached(e) => Some(e.product),
            _ => None,
        }
    }
}

/// Everything that is kept about a contact was handed out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataExported {
    /// In which form.
    pub format: ExportFormat,
}

clear!(DataExported);

/// A change of an optional value: absent keeps it, null clears it.
pub type Change<T> = Option<Option<T>>;

fn change<'de, D: Deserializer<'de>, T: Deserialize<'de>>(d: D) -> Result<Change<T>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// The contact was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Added {
    /// Whose it is.
    pub account: AccountId,
    /// A person or a group.
    pub kind: ContactKind,
    /// How it came.
    pub profile: Profile,
    /// Who and where.
    #[serde(skip)]
    pub private: Private<AddedPrivate>,
}

/// Who and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedPrivate {
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// E-mail, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Phone as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Fax as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fax: Option<String>,
    /// Delivery address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Its id in another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// Its coordinates changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    /// What changed, to what.
    #[serde(skip)]
    pub private: Private<EditedPrivate>,
}

/// What changed, to what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedPrivate {
    /// First name.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub first_name: Change<String>,
    /// Last name.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub last_name: Change<String>,
    /// Company.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub company_name: Change<String>,
    /// Phone as typed.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub phone: Change<String>,
    /// Fax as typed.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub fax: Change<String>,
    /// Its id in another system.
    #[serde(default, deserialize_with = "change", skip_serializing_if = "Option::is_none")]
    pub external_id: Change<String>,
}

/// It has another e-mail, or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmailChanged {
    /// The new one.
    #[serde(skip)]
    pub private: Private<EmailPrivate>,
}

/// The new e-mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailPrivate {
    /// Normalised; none: it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
}

/// A person became a group, or the other way round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KindConverted {
    /// What it is now.
    pub kind: ContactKind,
}

/// Where deliveries go, from a day on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryAddressSet {
    /// First day; absent: as if always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// First day on which what was set before counts again; absent: for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// The address.
    #[serde(skip)]
    pub private: Private<AddressPrivate>,
}

/// The address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressPrivate {
    /// None: no deliveries in that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

/// Taken out of the account's lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deleted {}

/// Its personal values can be read no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Erased {}

/// It may open a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessGranted {
    /// Which.
    pub product: ProductId,
    /// What decides whether it is in force.
    pub mode: AccessMode,
    /// When the content opens.
    pub opening: Opening,
    /// The order date, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_on: Option<NaiveDate>,
    /// By hand or by a subscription.
    pub by: Grantor,
    /// Whether the product's order e-mail was asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub send_order_email: bool,
}

/// Something else decides whether the access is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessModeSet {
    /// Which access.
    pub product: ProductId,
    /// The new mode.
    pub mode: AccessMode,
}

/// The content opens at another time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessOpeningSet {
    /// Which access.
    pub product: ProductId,
    /// The new opening.
    pub opening: Opening,
}

/// It was ordered on another day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessOrderDateSet {
    /// Which access.
    pub product: ProductId,
    /// The new order date; absent: as subscriptions or the grant say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_on: Option<NaiveDate>,
}

/// It may open the product no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessRemoved {
    /// Which.
    pub product: ProductId,
}

/// A subscription counts for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubscriptionAttached {
    /// Which.
    pub subscription: SubscriptionId,
    /// To what.
    pub product: ProductId,
}

/// The subscription counts no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubscriptionDetached {
    /// Which.
    pub subscription: SubscriptionId,
    /// To what.
    pub product: ProductId,
}

/// Support acted for the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactActedFor {
    /// Why.
    #[serde(skip)]
    pub private: Private<Why>,
}

sealed!(Added, Edited, EmailChanged, DeliveryAddressSet, ContactActedFor);

clear!(
    KindConverted,
    Deleted,
    Erased,
    AccessGranted,
    AccessModeSet,
    AccessOpeningSet,
    AccessOrderDateSet,
    AccessRemoved,
    SubscriptionAttached,
    SubscriptionDetached
);
