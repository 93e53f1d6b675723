//! Ids: one type a thing, so that a product is never handed where a contact is asked.
//!
//! As text an id is a three-letter prefix and 32 hexadecimal digits (`con_0192…`). Callers treat it as opaque.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {0} id")]
pub struct NotAnId(pub &'static str);

fn parse(text: &str, prefix: &'static str) -> Result<Uuid, NotAnId> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|hex| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
        .and_then(|hex| Uuid::try_parse(hex).ok())
        .ok_or(NotAnId(prefix))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The letters before the underscore of this id's text.
            pub const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text, $prefix).map($name)
            }
        }
    };
}

id!(
    /// A tenant.
    AccountId, "acc"
);
id!(
    /// A person or group recorded in one account.
    ContactId, "con"
);
id!(
    /// What access is given to.
    ProductId, "prd"
);
id!(
    /// A part of a product.
    ModuleId, "mod"
);
id!(
    /// What was bought.
    SubscriptionId, "sub"
);
id!(
    /// A login: one verified e-mail, over all accounts.
    UserId, "usr"
);
id!(
    /// A sign-up in the app that matches no contact yet.
    RegistrationId, "reg"
);
id!(
    /// A file that is imported: its plan, its application, its undoing.
    ImportId, "imp"
);
id!(
    /// A complaint on a subscription.
    ClaimId, "clm"
);

/// The kind of a stream; the first word of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// `account-<id>`
    Account,
    /// `contact-<id>`
    Contact,
    /// `product-<id>`
    Product,
    /// `subscription-<id>`
    Subscription,
    /// `user-<id>`
    User,
    /// `registration-<id>`
    Registration,
    /// `import-<id>`
    Import,
}

impl Category {
    /// Every category.
    pub const ALL: [Category; 7] = [
        Category::Account,
        Category::Contact,
        Category::Product,
        Category::Subscription,
        Category::User,
        Category::Registration,
        Category::Import,
    ];

    /// The word that stands in the stream's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Account => "account",
            Category::Contact => "contact",
            Category::Product => "product",
            Category::Subscription => "subscription",
            Category::User => "user",
            Category::Registration => "registration",
            Category::Import => "import",
        }
    }
}

impl FromStr for Category {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        Category::ALL.into_iter().find(|c| c.as_str() == text).ok_or(NotAnId("stream category"))
    }
}

/// A stream: the boundary within which versions are contiguous and a decision is consistent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamId {
    /// Its kind.
    pub category: Category,
    /// The id of the thing it holds; unique over all categories.
    pub id: Uuid,
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.category.as_str(), self.id)
    }
}

macro_rules! stream_of {
    ($($id:ident => $category:ident),*) => { $(
        impl From<$id> for StreamId {
            fn from(id: $id) -> Self {
                StreamId { category: Category::$category, id: id.0 }
            }
        }
    )* };
}
stream_of!(AccountId => Account, ContactId => Contact, ProductId => Product, SubscriptionId => Subscription);
stream_of!(UserId => User, RegistrationId => Registration, ImportId => Import);
