//! Who asks: someone who was recognised, through which door, and which accounts they reach.
//!
//! Knows no table of permissions (`permission.rs`) and reads nothing: a user's places are handed in by whoever recognised them, and are looked at
//! again, in the log itself, before anything is written for them (`draft.rs`).

use chrono::NaiveDate;
use domain::{
    AccountId, Actor, ActorKind, Code, ContactId, Origin, Refusal, UserId,
    account::token::Scopes,
    contact::ContactState,
    remedy::Remedy,
    values::{ContactKind, Email, MembershipStatus, Permission, PortalRole, Profile},
};
use std::sync::Arc;
use uuid::Uuid;

/// Through which door a caller came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// The pages.
    Pages,
    /// GraphQL or HTTP.
    Api,
    /// A file.
    Import,
    /// An ERP: records that were sent or pulled.
    Erp,
    /// The command line.
    Cli,
    /// What follows from an event.
    Policy,
}

impl Door {
    fn origin(self) -> Origin {
        match self {
            Door::Pages => Origin::Ui,
            Door::Api => Origin::Api,
            Door::Import => Origin::Import,
            Door::Erp => Origin::Erp,
            Door::Cli => Origin::Cli,
            Door::Policy => Origin::Policy,
        }
    }
}

/// Someone who was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// As events name them; its kind is the role: operator, staff, a program of one account, a user.
    pub actor: Actor,
    /// The one account a program or an operator at the command line is in; none for others.
    pub account: Option<AccountId>,
    /// Through which door.
    pub door: Door,
    /// The accounts that a user reaches; none for others.
    pub places: Arc<[Place]>,
    /// Why support acts for the accounts it does, as written; none for others, and where nothing was said.
    pub reason: Option<Arc<str>>,
    /// What a program may; of others nothing is told by it.
    pub scopes: Scopes,
    /// The session that a user is signed in with, in one account at most; none with a token.
    pub session: Option<InSession>,
}

/// The session of whoever is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InSession {
    /// Its id.
    pub id: Uuid,
    /// Whether the account's own provider said who they are: it is believed about that account and about nothing else of the user.
    pub by_provider: bool,
    /// Whether it is a short while ago that they showed who they are.
    pub confirmed: bool,
}

impl InSession {
    /// They are to show who they are again.
    pub fn again(&self) -> Refusal {
        let how = if self.by_provider { Remedy::ConfirmAtTheProvider } else { Remedy::ConfirmYourself };
        Refusal::new(Code::ReauthenticationRequired).instead(how)
    }
}

/// An account as one user reaches it: as which contact, and with what rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The account.
    pub account: AccountId,
    /// The contact they are there.
    pub contact: ContactId,
    /// How that contact belongs to the account.
    pub profile: Profile,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// Their login to the portal, where it is open.
    pub portal: Option<PortalRole>,
}

impl Place {
    /// The place of a user by a contact's state; none when the user is not that contact, or may not come in. `today` is the account's day: it is asked
    /// only where the membership has a last day.
    pub fn of(
        id: ContactId,
        contact: &ContactState,
        user: UserId,
        email: Option<&Email>,
        today: impl FnOnce() -> NaiveDate,
    ) -> Option<Place> {
        let membership = &contact.membership;
        let theirs = match membership.user {
            Some(linked) => linked == user,
            // Whoever has shown that an address is theirs is the contact recorded with it; a guest has to say yes first.
            None => membership.profile != Profile::Guest && email.is_some() && contact.details.email.as_ref() == email,
        };
        let lets_in = matches!(membership.status, MembershipStatus::Active | MembershipStatus::Pending);
        let gone = contact.deleted.is_some() || contact.erased.is_some() || contact.kind == ContactKind::Group;
        if !theirs || !lets_in || gone || membership.until.is_some_and(|last| last < today()) {
            return None;
        }
        Some(Place {
            account: contact.account,
            contact: id,
            profile: membership.profile,
            permissions: membership.permissions.clone(),
            portal: contact.portal.as_ref().map(|portal| portal.role),
        })
    }
}

impl Caller {
    /// The operator at the command line, within one account or none.
    pub fn operator(account: Option<AccountId>) -> Caller {
        Caller::of(Actor { kind: ActorKind::Operator, id: Uuid::nil() }, account, Door::Cli)
    }

    /// What follows from events, within an account; or, of a user's, in whichever it leads to.
    pub fn policy(account: Option<AccountId>) -> Caller {
        Caller::of(Actor { kind: ActorKind::System, id: Uuid::nil() }, account, Door::Policy)
    }

    /// Whoever is no user.
    pub fn of(actor: Actor, account: Option<AccountId>, door: Door) -> Caller {
        Caller { actor, account, door, places: Arc::default(), reason: None, scopes: Scopes::OWNER, session: None }
    }

    /// The same, with why they act: only support is asked.
    pub fn because(self, reason: &str) -> Caller {
        let staff = self.actor.kind == ActorKind::Staff;
        Caller { reason: staff.then(|| reason.into()), ..self }
    }

    /// The same, through another door.
    pub fn through(&self, door: Door) -> Caller {
        Caller { door, ..self.clone() }
    }

    /// What events say of where they came from.
    pub(super) fn origin(&self) -> Origin {
        self.door.origin()
    }

    /// Whether an account's own provider said who they are. Whoever runs it says what he likes: it opens that account, and nothing that is the person's own.
    pub fn is_by_provider(&self) -> bool {
        self.session.is_some_and(|session| session.by_provider)
    }

    /// Whose points their questions cost: of a session that an account's provider opened, its own, so that nobody uses up another's.
    pub fn spends_as(&self) -> Uuid {
        self.session.filter(|session| session.by_provider).map_or(self.actor.id, |session| session.id)
    }

    /// The user, if they said themselves who they are: whose own login, and what of theirs lies in other accounts, may be shown and changed.
    pub fn themselves(&self) -> Option<UserId> {
        self.user().filter(|_| !self.is_by_provider())
    }

    /// The user, if it is one.
    pub fn user(&self) -> Option<UserId> {
        (self.actor.kind == ActorKind::User).then_some(UserId(self.actor.id))
    }

    /// Where a user is in an account.
    pub fn place(&self, account: AccountId) -> Option<&Place> {
        self.places.iter().find(|place| place.account == account)
    }

    /// Whether what belongs to `account` exists for this caller. What does not is answered like what is unknown.
    pub fn reaches(&self, account: AccountId) -> bool {
        match self.actor.kind {
            ActorKind::User => self.place(account).is_some(),
            ActorKind::Staff => true,
            ActorKind::System if self.account.is_none() => true,
            _ => self.account == Some(account),
        }
    }

    /// The one account they are in, where there is no doubt which.
    pub fn only_account(&self) -> Option<AccountId> {
        match (self.account, &*self.places) {
            (Some(account), _) => Some(account),
            (None, [place]) => Some(place.account),
            _ => None,
        }
    }

    /// Whose idempotency keys they use: an account's programs share them, everyone else has their own.
    pub(super) fn keyring(&self) -> Uuid {
        self.account.map_or(self.actor.id, |account| account.0)
    }
}
