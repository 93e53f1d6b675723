//! Events as values: every kind in one enum, each split into a clear part and, where it holds personal values, a part to be sealed.
//!
//! The stored name of a kind is [`Event::type_name`] (`access.granted.v1`). Stored forms are never changed: a new form is a new
//! version, and `sesame::log::codec` lifts old ones.

use crate::{
    account::AccountEvent,
    contact::ContactEvent,
    ids::{Category, ModuleId, ProductId},
    import::ImportEvent,
    product::ProductEvent,
    registration::RegistrationEvent,
    subscription::SubscriptionEvent,
    user::UserEvent,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

/// Personal values of an event: there, or gone because the person was erased.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Private<T> {
    /// Readable.
    Known(T),
    /// The key was destroyed; nobody can read them any more.
    #[default]
    Erased,
}

impl<T> Private<T> {
    /// The values, if they are still readable.
    pub fn known(&self) -> Option<&T> {
        match self {
            Private::Known(value) => Some(value),
            Private::Erased => None,
        }
    }
}

/// What happened, on any stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// On `account-<id>`.
    Account(AccountEvent),
    /// On `contact-<id>`.
    Contact(ContactEvent),
    /// On `product-<id>`.
    Product(ProductEvent),
    /// On `subscription-<id>`.
    Subscription(SubscriptionEvent),
    /// On `user-<id>`.
    User(UserEvent),
    /// On `registration-<id>`.
    Registration(RegistrationEvent),
    /// On `import-<id>`.
    Import(ImportEvent),
}

/// A stored event that cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// A type this binary does not know: written by a newer one.
    #[error("unknown event type {0}")]
    UnknownType(String),
    /// The stored form does not fit the type.
    #[error("event {0}: {1}")]
    Shape(&'static str, serde_json::Error),
}

/// One kind of event in its stored form: a clear JSON object, and what must be sealed.
pub trait Stored: Sized + Serialize + DeserializeOwned {
    /// What must be sealed, as JSON; `None` when there is nothing personal, or when it is erased already.
    fn private(&self) -> Option<serde_json::Result<Value>> {
        None
    }
    /// Puts the unsealed values back.
    fn set_private(&mut self, _: Value) -> serde_json::Result<()> {
        Ok(())
    }
}

/// Ties each event of a room to its stored name; see the rooms' `events.rs`. A stream with much in it has its events in groups, a room each:
/// `with` names them, and a group says `in` which room's events it stands.
macro_rules! events {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident($payload:ty) = $type:literal),* $(,)? }) => {
        $crate::event::events!($(#[$doc])* $name { $($(#[$vdoc])* $variant($payload) = $type),* } with {});
    };
    (in $outer:ident: $(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident($payload:ty) = $type:literal),* $(,)? }) => {
        $crate::event::events!($(#[$doc])* $name { $($(#[$vdoc])* $variant($payload) = $type),* } with {});
        $(impl From<$payload> for $outer { fn from(e: $payload) -> Self { $outer::from($name::$variant(e)) } })*
    };
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident($payload:ty) = $type:literal),* $(,)? }
        with { $($(#[$gdoc:meta])* $gvariant:ident($group:ty)),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name { $($(#[$vdoc])* $variant($payload),)* $($(#[$gdoc])* $gvariant($group)),* }
        impl $name {
            /// The stored names of these events.
            pub fn types() -> Vec<&'static str> {
                [vec![$($type),*], $(<$group>::types()),*].concat()
            }
            /// The stored name, version included.
            pub fn type_name(&self) -> &'static str {
                match self { $($name::$variant(_) => $type,)* $($name::$gvariant(e) => e.type_name()),* }
            }
            pub(crate) fn clear(&self) -> serde_json::Result<Vec<u8>> {
                match self { $($name::$variant(e) => serde_json::to_vec(e),)* $($name::$gvariant(e) => e.clear()),* }
            }
            pub(crate) fn private(&self) -> Option<serde_json::Result<serde_json::Value>> {
                match self { $($name::$variant(e) => $crate::event::Stored::private(e),)* $($name::$gvariant(e) => e.private()),* }
            }
            pub(crate) fn read(type_name: &str, clear: &[u8], private: Option<serde_json::Value>) -> Option<Result<Self, $crate::event::Unreadable>> {
                match type_name {
                    $($type => Some($crate::event::read_payload::<$payload>($type, clear, private).map($name::$variant)),)*
                    _ => {
                        $(if let Some(read) = <$group>::read(type_name, clear, private.clone()) {
                            return Some(read.map($name::$gvariant));
                        })*
                        None
                    }
                }
            }
        }
        $(impl From<$payload> for $name { fn from(e: $payload) -> Self { $name::$variant(e) } })*
        $(impl From<$payload> for $crate::event::Event { fn from(e: $payload) -> Self { $crate::event::Event::from($name::$variant(e)) } })*
        $(
            impl From<$group> for $name { fn from(e: $group) -> Self { $name::$gvariant(e) } }
            impl From<$group> for $crate::event::Event { fn from(e: $group) -> Self { $crate::event::Event::from($name::$gvariant(e)) } }
        )*
    };
}
pub(crate) use events;

/// Says of events that their field `private` is to be sealed.
macro_rules! sealed {
    ($($event:ident),* $(,)?) => { $(
        impl $crate::event::Stored for $event {
            fn private(&self) -> Option<serde_json::Result<serde_json::Value>> {
                self.private.known().map(serde_json::to_value)
            }
            fn set_private(&mut self, value: serde_json::Value) -> serde_json::Result<()> {
                self.private = $crate::event::Private::Known(serde_json::from_value(value)?);
                Ok(())
            }
        }
    )* };
}
pub(crate) use sealed;

/// Says of events that nothing in them is personal.
macro_rules! clear {
    ($($event:ident),* $(,)?) => { $(impl $crate::event::Stored for $event {})* };
}
pub(crate) use clear;

pub(crate) fn read_payload<T: Stored>(
    name: &'static str,
    clear: &[u8],
    private: Option<Value>,
) -> Result<T, Unreadable> {
    let mut payload: T = serde_json::from_slice(clear).map_err(|e| Unreadable::Shape(name, e))?;
    if let Some(private) = private {
        payload.set_private(private).map_err(|e| Unreadable::Shape(name, e))?;
    }
    Ok(payload)
}

macro_rules! each {
    ($self:expr, $e:ident => $body:expr) => {
        match $self {
            Event::Account($e) => $body,
            Event::Contact($e) => $body,
            Event::Product($e) => $body,
            Event::Subscription($e) => $body,
            Event::User($e) => $body,
            Event::Registration($e) => $body,
            Event::Import($e) => $body,
        }
    };
}

impl Event {
    /// The stored name, version included: `access.granted.v1`.
    pub fn type_name(&self) -> &'static str {
        each!(self, e => e.type_name())
    }

    /// The kind of stream it belongs to.
    pub fn category(&self) -> Category {
        match self {
            Event::Account(_) => Category::Account,
            Event::Contact(_) => Category::Contact,
            Event::Product(_) => Category::Product,
            Event::Subscription(_) => Category::Subscription,
            Event::User(_) => Category::User,
            Event::Registration(_) => Category::Registration,
            Event::Import(_) => Category::Import,
        }
    }

    /// Its clear part: a JSON object without a personal value.
    pub fn clear(&self) -> serde_json::Result<Vec<u8>> {
        each!(self, e => e.clear())
    }

    /// Its personal part, to be sealed.
    pub fn private(&self) -> Option<serde_json::Result<Value>> {
        each!(self, e => e.private())
    }

    /// Reads a stored form of the newest version back. `private` is the unsealed personal part; `None` where there is none or it was erased.
    pub fn read(type_name: &str, clear: &[u8], private: Option<Value>) -> Result<Event, Unreadable> {
        macro_rules! of {
            ($($events:ident => $variant:ident),*) => { $(
                if let Some(read) = $events::read(type_name, clear, private.clone()) {
                    return read.map(Event::$variant);
                }
            )* };
        }
        of!(AccountEvent => Account, ProductEvent => Product, SubscriptionEvent => Subscription, UserEvent => User);
        of!(RegistrationEvent => Registration, ImportEvent => Import);
        ContactEvent::read(type_name, clear, private)
            .unwrap_or_else(|| Err(Unreadable::UnknownType(type_name.to_owned())))
            .map(Event::Contact)
    }

    /// Every stored name that this binary can write.
    pub fn types() -> impl Iterator<Item = &'static str> {
        [
            AccountEvent::types(),
            ContactEvent::types(),
            ProductEvent::types(),
            SubscriptionEvent::types(),
            UserEvent::types(),
            RegistrationEvent::types(),
            ImportEvent::types(),
        ]
        .into_iter()
        .flatten()
    }

    /// Whether it changes nothing of the stream it stands on: that its data were handed out, why support acted. Whoever read the thing before such an event
    /// has it as it is ([`crate::Folded::edition`]).
    pub fn is_aside(&self) -> bool {
        match self {
            Event::Account(e) => e.is_aside(),
            Event::Contact(e) => e.is_aside(),
            _ => false,
        }
    }

    /// The product an event of another stream is about, so that a product's trail is complete.
    pub fn about(&self) -> Option<Uuid> {
        let product: Option<ProductId> = match self {
            Event::Contact(e) => e.product(),
            Event::Subscription(SubscriptionEvent::Started(e)) => Some(e.product),
            _ => None,
        };
        product.map(|p| p.0)
    }
}

macro_rules! into_event {
    ($($from:ident => $variant:ident),*) => { $(
        impl From<$from> for Event { fn from(e: $from) -> Self { Event::$variant(e) } }
    )* };
}
into_event!(AccountEvent => Account, ContactEvent => Contact, ProductEvent => Product, SubscriptionEvent => Subscription);
into_event!(UserEvent => User, RegistrationEvent => Registration, ImportEvent => Import);

/// A module as events and states hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Its id, kept over changes of the schedule.
    pub id: ModuleId,
    /// Its name.
    pub name: String,
    /// It opens this many days after the anchor.
    pub opens_after_days: u32,
}

#[cfg(test)]
mod tests;
