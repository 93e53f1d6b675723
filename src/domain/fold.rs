//! Folding: who recorded an event and when, and the state that a stream's events add up to.

use crate::{
    account::AccountState,
    contact::ContactState,
    event::Event,
    ids::{AccountId, Category},
    import::ImportState,
    product::ProductState,
    registration::RegistrationState,
    subscription::SubscriptionState,
    user::UserState,
    values::words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

words!(
    /// What kind of someone acted.
    ActorKind {
        /// Runs the instance (the command line, an operator's token).
        Operator = "OPERATOR",
        /// A program with an API token of one account.
        Token = "TOKEN",
        /// A person who signed in, by their user.
        User = "USER",
        /// Someone of support, above accounts.
        Staff = "STAFF",
        /// Whoever followed a mailed link: the id is that of the contact it was mailed to.
        Link = "LINK",
        /// Sésame itself: a policy that follows an event.
        System = "SYSTEM",
    }
);

words!(
    /// Through which door a command came.
    Origin {
        /// The pages.
        Ui = "UI",
        /// GraphQL or HTTP.
        Api = "API",
        /// A file.
        Import = "IMPORT",
        /// An ERP.
        Erp = "ERP",
        /// A policy.
        Policy = "POLICY",
        /// The command line.
        Cli = "CLI",
    }
);

/// Who acted. Carries no personal value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// What kind of someone.
    pub kind: ActorKind,
    /// Which one: the token's or user's id.
    pub id: Uuid,
}

/// The place, time and author of an event: what a verdict points to when it says who set it. States hold many: its stored form is a
/// list without names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FactForm", into = "FactForm")]
pub struct Fact {
    /// Position in the log, 1 and up.
    pub position: u64,
    /// Version of the stream after this event, 1 and up.
    pub version: u64,
    /// When it was recorded, UTC to the microsecond. Never runs backwards against positions.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
}

/// Position, version, microseconds since 1970, who.
type FactForm = (u64, u64, i64, ActorKind, Uuid);

impl From<Fact> for FactForm {
    fn from(fact: Fact) -> FactForm {
        (fact.position, fact.version, fact.at.timestamp_micros(), fact.actor.kind, fact.actor.id)
    }
}

impl From<FactForm> for Fact {
    fn from((position, version, at, kind, id): FactForm) -> Fact {
        Fact {
            position,
            version,
            at: DateTime::from_timestamp_micros(at).unwrap_or_default(),
            actor: Actor { kind, id },
        }
    }
}

/// The version of a state's last change after one more event, where that is not the stream's own.
pub(crate) fn last_change(before: Option<u64>, aside: bool, fact: Fact) -> Option<u64> {
    aside.then(|| before.unwrap_or(fact.version.saturating_sub(1)))
}

/// What a stream's events add up to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum State {
    /// Nothing yet.
    #[serde(rename = "none")]
    None,
    /// An account.
    #[serde(rename = "account")]
    Account(Box<AccountState>),
    /// A contact.
    #[serde(rename = "contact")]
    Contact(Box<ContactState>),
    /// A product.
    #[serde(rename = "product")]
    Product(Box<ProductState>),
    /// A subscription.
    #[serde(rename = "subscription")]
    Subscription(Box<SubscriptionState>),
    /// A login.
    #[serde(rename = "user")]
    User(Box<UserState>),
    /// A sign-up in the app.
    #[serde(rename = "registration")]
    Registration(Box<RegistrationState>),
    /// A file that is imported.
    #[serde(rename = "import")]
    Import(Box<ImportState>),
}

/// An event that this stream cannot hold: the log was written by something else, or a stream's name is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongStream;

impl fmt::Display for WrongStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event of another kind of stream")
    }
}

impl std::error::Error for WrongStream {}

impl State {
    /// The next state. Total over accepted histories: the only failure is an event of another kind of stream.
    pub fn evolve(self, event: &Event, fact: Fact) -> Result<State, WrongStream> {
        macro_rules! step {
            ($($kind:ident: $state:ident),*) => {
                Ok(match (self, event) {
                    $(
                        (State::None, Event::$kind(e)) => {
                            $state::first(e, fact).map_or(State::None, |s| State::$kind(Box::new(s)))
                        }
                        (State::$kind(mut s), Event::$kind(e)) => {
                            s.apply(e, fact);
                            State::$kind(s)
                        }
                    )*
                    _ => return Err(WrongStream),
                })
            };
        }
        step!(
            Account: AccountState, Contact: ContactState, Product: ProductState, Subscription: SubscriptionState,
            User: UserState, Registration: RegistrationState, Import: ImportState
        )
    }

    /// The contact, if this is one.
    pub fn contact(&self) -> Option<&ContactState> {
        if let State::Contact(s) = self { Some(s) } else { None }
    }
    /// The product, if this is one.
    pub fn product(&self) -> Option<&ProductState> {
        if let State::Product(s) = self { Some(s) } else { None }
    }
    /// The account, if this is one.
    pub fn account(&self) -> Option<&AccountState> {
        if let State::Account(s) = self { Some(s) } else { None }
    }
    /// The subscription, if this is one.
    pub fn subscription(&self) -> Option<&SubscriptionState> {
        if let State::Subscription(s) = self { Some(s) } else { None }
    }
    /// The user, if this is one.
    pub fn user(&self) -> Option<&UserState> {
        if let State::User(s) = self { Some(s) } else { None }
    }
    /// The sign-up, if this is one.
    pub fn registration(&self) -> Option<&RegistrationState> {
        if let State::Registration(s) = self { Some(s) } else { None }
    }
    /// The import, if this is one.
    pub fn import(&self) -> Option<&ImportState> {
        if let State::Import(s) = self { Some(s) } else { None }
    }

    /// The account it belongs to; an account belongs to itself. `None` while there is nothing, and for a user, who is of no account.
    pub fn account_id(&self) -> Option<AccountId> {
        match self {
            State::None | State::User(_) => None,
            State::Account(s) => Some(s.id),
            State::Contact(s) => Some(s.account),
            State::Product(s) => Some(s.account),
            State::Subscription(s) => Some(s.account),
            State::Registration(s) => Some(s.account),
            State::Import(s) => Some(s.account),
        }
    }

    /// The kind of stream.
    pub fn category(&self) -> Option<Category> {
        match self {
            State::None => None,
            State::Account(_) => Some(Category::Account),
            State::Contact(_) => Some(Category::Contact),
            State::Product(_) => Some(Category::Product),
            State::Subscription(_) => Some(Category::Subscription),
            State::User(_) => Some(Category::User),
            State::Registration(_) => Some(Category::Registration),
            State::Import(_) => Some(Category::Import),
        }
    }
}

/// A state and the version of the stream it is the fold of (0: no event yet).
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// Version after the last event folded in.
    pub version: u64,
    /// The state.
    pub state: State,
}

impl Default for Folded {
    fn default() -> Self {
        Folded { version: 0, state: State::None }
    }
}

impl Folded {
    /// The version of the last change: what callers are shown, and what they expect when they change it (`expectedVersion`). Lower than the stream's where
    /// something was noted since that changes nothing, so that reading is in nobody's way.
    pub fn edition(&self) -> u64 {
        let unchanged_since = match &self.state {
            State::Account(account) => account.unchanged_since,
            State::Contact(contact) => contact.unchanged_since,
            _ => None,
        };
        unchanged_since.unwrap_or(self.version)
    }

    /// The fold after one more event.
    pub fn evolve(self, event: &Event, fact: Fact) -> Result<Folded, WrongStream> {
        Ok(Folded { version: fact.version, state: self.state.evolve(event, fact)? })
    }
}
