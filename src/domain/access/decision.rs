//! The answer: open or not, since when, from when on, and what each gate said. Typed values only; the edge puts them into words.

use crate::{
    fold::Fact,
    ids::{ModuleId, SubscriptionId},
    timeline::Instant,
    values::{Advance, MembershipStatus, Profile, words},
};
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

words!(
    /// Why a product is open or closed: what the first closed gate says.
    Reason {
        /// Gates 1 to 4 let through.
        Open = "OPEN",
        /// The contact was deleted.
        ContactDeleted = "CONTACT_DELETED",
        /// The person's data were erased.
        ContactErased = "CONTACT_ERASED",
        /// A guest who is not active, or anyone switched off or revoked.
        NotActiveMember = "NOT_ACTIVE_MEMBER",
        /// The registration in the app waits for the account.
        AwaitingValidation = "AWAITING_VALIDATION",
        /// The registration in the app was refused.
        RegistrationRefused = "REGISTRATION_REFUSED",
        /// Nobody gave access, or it was removed; also when the contact or the product is unknown.
        NotGranted = "NOT_GRANTED",
        /// Closed whatever the payments.
        Suspended = "SUSPENDED",
        /// The access is automatic and no subscription entitles.
        NoSubscription = "NO_SUBSCRIPTION",
        /// The content opens later.
        NotYetOpen = "NOT_YET_OPEN",
    }
);

words!(
    /// The gates, in the order in which they are asked.
    Gate {
        /// 1: the contact is there, and may pass.
        Contact = "CONTACT",
        /// 2: its registration, if it has one, was let in.
        Validation = "VALIDATION",
        /// 3: access was given, and its mode lets through.
        Mode = "MODE",
        /// 4: the content has opened.
        Opening = "OPENING",
        /// 5: the modules have opened.
        Drip = "DRIP",
    }
);

words!(
    /// What the delays count from.
    AnchorKind {
        /// The order date: as given, or the first day of a subscription.
        OrderDate = "ORDER_DATE",
        /// The grant, where there was no order.
        GrantDate = "GRANT_DATE",
        /// The date chosen as opening.
        ChosenDate = "CHOSEN_DATE",
    }
);

/// The instant that the delays of modules count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// What it is.
    pub kind: AnchorKind,
    /// When it is.
    pub at: Instant,
}

/// May this contact open this product?
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Whether the product is open; its modules have their own word.
    pub open: bool,
    /// What closes it.
    pub reason: Reason,
    /// Open: the instant that gate 4 opened at. Closed: the next instant at which it will be open by the facts there are; none: never.
    pub opens_at: Option<Instant>,
    /// Since when it has been open without a break.
    pub accessible_since: Option<Instant>,
    /// What the delays count from; none where nothing is granted.
    pub anchor: Option<Anchor>,
    /// What each of the five gates says, in order, also behind a closed one: a person sees all that stands in the way.
    pub trace: Vec<GateVerdict>,
    /// The product's modules in order: the calendar of what opens when.
    pub modules: Vec<ModuleOpening>,
}

impl Decision {
    /// A module's opening; none where the product has no such module now.
    pub fn module(&self, id: ModuleId) -> Option<&ModuleOpening> {
        self.modules.iter().find(|m| m.module == id)
    }

    /// What opened or opens, and when: the product, then each of its modules.
    pub fn openings(&self) -> impl Iterator<Item = (Option<&ModuleOpening>, Instant)> {
        let product = self.accessible_since.or(self.opens_at).map(|at| (None, at));
        product.into_iter().chain(self.modules.iter().filter_map(|m| Some((Some(m), m.opens_at?))))
    }
}

/// When a module opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleOpening {
    /// Which module.
    pub module: ModuleId,
    /// Its name.
    pub name: String,
    /// Whether it is open: the product is, and its own time has come.
    pub open: bool,
    /// When its own time came or comes. While the product is closed, not before the product opens, and none if it never does.
    pub opens_at: Option<Instant>,
}

/// What one gate says.
#[derive(Debug, Clone, PartialEq)]
pub struct GateVerdict {
    /// Which gate.
    pub gate: Gate,
    /// Whether it lets through.
    pub passed: bool,
    /// Why.
    pub detail: Detail,
    /// The event that decided so; none where nothing was ever recorded.
    pub fact: Option<Fact>,
}

impl GateVerdict {
    pub(super) fn new(gate: Gate, passed: bool, detail: Detail, fact: Option<Fact>) -> Self {
        GateVerdict { gate, passed, detail, fact }
    }
}

macro_rules! details {
    ($($(#[$doc:meta])* $name:ident $({ $($(#[$fdoc:meta])* $field:ident: $type:ty),* $(,)? })? = $code:literal => $reason:ident),* $(,)?) => {
        /// Why a gate lets through or not, with the values that a sentence about it needs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Detail { $($(#[$doc])* $name $({ $($(#[$fdoc])* $field: $type),* })?),* }
        impl Detail {
            /// Every code.
            pub const CODES: &'static [&'static str] = &[$($code),*];
            /// The stable code, for callers and for the catalogue of sentences.
            pub fn code(&self) -> &'static str { match self { $(Detail::$name { .. } => $code),* } }
            /// What this says of the product if its gate is the first closed one.
            pub(super) fn reason(&self) -> Reason { match self { $(Detail::$name { .. } => Reason::$reason),* } }
        }
    };
}

details! {
    /// Gate 1: a contact that may pass.
    Member {
        /// How it came.
        profile: Profile,
        /// Where its membership stands.
        status: MembershipStatus,
    } = "MEMBER" => Open,
    /// Gate 1: a guest who is not active, or anyone switched off or revoked.
    NotActiveMember {
        /// How it came.
        profile: Profile,
        /// Where its membership stands.
        status: MembershipStatus,
    } = "NOT_ACTIVE_MEMBER" => NotActiveMember,
    /// Gate 1: no such contact here.
    UnknownContact = "UNKNOWN_CONTACT" => NotGranted,
    /// Gate 1: it was deleted.
    ContactDeleted = "CONTACT_DELETED" => ContactDeleted,
    /// Gate 1: its personal data were erased.
    ContactErased = "CONTACT_ERASED" => ContactErased,
    /// Gate 2: it never registered in the app, so there is nothing to validate.
    NoRegistration = "NO_REGISTRATION" => Open,
    /// Gate 2: its registration was let in.
    Registered = "REGISTERED" => Open,
    /// Gate 2: its registration waits for the account.
    AwaitingValidation = "AWAITING_VALIDATION" => AwaitingValidation,
    /// Gate 2: its registration was refused.
    RegistrationRefused = "REGISTRATION_REFUSED" => RegistrationRefused,
    /// Gate 3: activated, whatever the payments, for ever.
    Activated = "ACTIVATED" => Open,
    /// Gate 3: automatic, and a subscription entitles.
    SubscriptionEntitles {
        /// Which; of several the one that entitles longest.
        subscription: SubscriptionId,
        /// Until when it does, as far as it was bought; none: for ever.
        until: Option<Instant>,
    } = "SUBSCRIPTION_ENTITLES" => Open,
    /// Gate 3: nobody gave access.
    NotGranted = "NOT_GRANTED" => NotGranted,
    /// Gate 3: no such product here.
    UnknownProduct = "UNKNOWN_PRODUCT" => NotGranted,
    /// Gate 3: the access was removed.
    Removed = "REMOVED" => NotGranted,
    /// Gate 3: suspended, whatever the payments.
    Suspended = "SUSPENDED" => Suspended,
    /// Gate 3: automatic, and no subscription to the product counts.
    NoSubscription = "NO_SUBSCRIPTION" => NoSubscription,
    /// Gate 3: automatic, and the last subscription was detached.
    SubscriptionDetached {
        /// Which.
        subscription: SubscriptionId,
    } = "SUBSCRIPTION_DETACHED" => NoSubscription,
    /// Gate 3: automatic, and the subscription has not begun.
    SubscriptionNotBegun {
        /// Which.
        subscription: SubscriptionId,
        /// When it begins.
        begins: Instant,
    } = "SUBSCRIPTION_NOT_BEGUN" => NoSubscription,
    /// Gate 3: automatic, and the subscription is over.
    SubscriptionEnded {
        /// Which.
        subscription: SubscriptionId,
        /// When it ended.
        ended: Instant,
    } = "SUBSCRIPTION_ENDED" => NoSubscription,
    /// Gate 3: automatic, and the subscription was cancelled and is over.
    SubscriptionCancelled {
        /// Which.
        subscription: SubscriptionId,
        /// When it ended.
        ended: Instant,
    } = "SUBSCRIPTION_CANCELLED" => NoSubscription,
    /// Gate 3: automatic, and the subscription stands still.
    SubscriptionPaused {
        /// Which.
        subscription: SubscriptionId,
    } = "SUBSCRIPTION_PAUSED" => NoSubscription,
    /// Gate 3: automatic, and the subscription's payment failed.
    PaymentFailed {
        /// Which subscription.
        subscription: SubscriptionId,
    } = "PAYMENT_FAILED" => NoSubscription,
    /// Gate 3: automatic, and the subscription's payment is late beyond the grace days.
    PaymentOverdue {
        /// Which subscription.
        subscription: SubscriptionId,
        /// Since when the grace days are over.
        since: Instant,
    } = "PAYMENT_OVERDUE" => NoSubscription,
    /// Gate 4: nothing is granted, so nothing opens.
    NothingToOpen = "NOTHING_TO_OPEN" => NotYetOpen,
    /// Gate 4: opens at the order date, or at the grant where there was no order.
    FromOrderDate {
        /// What the order date is.
        anchor: AnchorKind,
        /// When it opens.
        opens: Instant,
    } = "FROM_ORDER_DATE" => NotYetOpen,
    /// Gate 4: everything, from the moment it was set.
    Full {
        /// That moment.
        since: Instant,
    } = "FULL" => NotYetOpen,
    /// Gate 4: earlier than planned.
    Advanced {
        /// By how much.
        advance: Advance,
        /// When it was to open.
        planned: Instant,
        /// When it opens.
        opens: Instant,
    } = "ADVANCED" => NotYetOpen,
    /// Gate 4: on a chosen day.
    FromDate {
        /// The day.
        date: NaiveDate,
        /// Where that day begins.
        zone: Tz,
        /// When it opens: as that day begins, or when it was set if that was later.
        opens: Instant,
    } = "FROM_DATE" => NotYetOpen,
    /// Gate 5: the product has no modules.
    NoModules = "NO_MODULES" => Open,
    /// Gate 5: every module has opened.
    ModulesOpened {
        /// How many there are.
        count: usize,
    } = "MODULES_OPENED" => Open,
    /// Gate 5: some modules open later, or never.
    ModulesToCome {
        /// How many have opened.
        opened: usize,
        /// How many there are.
        count: usize,
        /// When the next one opens; none: never, by the facts there are.
        next: Option<Instant>,
    } = "MODULES_TO_COME" => NotYetOpen,
}
