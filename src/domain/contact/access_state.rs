//! One contact's right to one product, with the history that its opening times depend on.

use super::access_form::Form;
use crate::{
    fold::Fact,
    ids::{ProductId, SubscriptionId},
    values::{AccessMode, Advance, words},
};
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// When the content opens (gate 4; rows K14 to K18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Opening {
    /// At the anchor, modules by their delays.
    FromOrderDate,
    /// Everything, from the moment it was set.
    Full,
    /// Earlier than planned.
    Advanced(Advance),
    /// On a day, frozen with the account's time zone of then.
    FromDate {
        /// The day.
        date: NaiveDate,
        /// Where that day begins.
        zone: Tz,
    },
}

words!(
    /// What made the grant.
    Grantor {
        /// A person or a program.
        Manual = "MANUAL",
        /// A subscription that was attached.
        Subscription = "SUBSCRIPTION",
    }
);

/// A value and since when it is so.
#[derive(Debug, Clone, PartialEq)]
pub struct Since<T> {
    /// The event that set it.
    pub since: Fact,
    /// The value.
    pub value: T,
}

/// One contact's right to one product, from a grant to its removal. `access_form.rs` has its stored form.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Form")]
pub struct Access {
    /// The grant.
    pub granted: Fact,
    /// What made it.
    pub by: Grantor,
    /// Its modes, oldest first; never empty.
    pub modes: Vec<Since<AccessMode>>,
    /// Its openings, oldest first; never empty.
    pub openings: Vec<Since<Opening>>,
    /// The order date, where one was given.
    pub ordered_on: Option<NaiveDate>,
    /// Its order dates, oldest first; never empty, and `ordered_on` is the last.
    pub order_dates: Vec<Since<Option<NaiveDate>>>,
    /// The last change of this access: its version is what `expectedVersion` is compared with.
    pub changed: Fact,
    /// The explicit removal, if it was removed.
    pub removed: Option<Fact>,
    /// Subscriptions attached before this do not count: an access to the product was removed then, and a later
    /// subscription (not a person) granted it again (row K20).
    pub counts_from: Option<Fact>,
}

impl Access {
    /// The mode now.
    pub fn mode(&self) -> AccessMode {
        self.modes.last().map_or(AccessMode::Suspended, |m| m.value)
    }

    /// The opening now.
    pub fn opening(&self) -> &Opening {
        self.openings.last().map_or(&Opening::FromOrderDate, |o| &o.value)
    }

    /// Whether a subscription of this contact to this product counts for it.
    pub fn counts(&self, attachment: &Attachment) -> bool {
        self.counts_from.is_none_or(|removal| removal.version < attachment.attached.version)
    }

    /// Whether it was not removed.
    pub fn is_granted(&self) -> bool {
        self.removed.is_none()
    }
}

/// A subscription that counts, or counted, for the contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Which.
    pub subscription: SubscriptionId,
    /// To what.
    pub product: ProductId,
    /// Since when.
    pub attached: Fact,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detached: Option<Fact>,
}
