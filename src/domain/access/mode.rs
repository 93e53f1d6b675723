//! Gate 3: access was given, and its mode lets through: always, never, or while a subscription entitles.

use super::{
    Facts,
    decision::{Detail, Gate, GateVerdict},
    in_force,
};
use crate::{
    account::AccountState,
    calendar,
    contact::{Access, Attachment, ContactState},
    fold::Fact,
    subscription::{Standing, SubscriptionState},
    timeline::{Instant, Interval, Intervals},
    values::AccessMode,
};
use chrono_tz::Tz;

/// A subscription that counts, or counted, for the access.
pub(super) struct Counted<'a> {
    pub attachment: &'a Attachment,
    pub subscription: &'a SubscriptionState,
    /// When it entitled the contact: not before it was attached, not after it was detached.
    pub entitled: Intervals,
    /// 00:00 of its first day: the order date, where none was given. It may lie before the attachment; then delays count from it all the same.
    pub starts: Instant,
}

impl Counted<'_> {
    /// Whether it was attached at an instant.
    pub fn attached(&self, at: Instant) -> bool {
        Interval { from: self.attachment.attached.at, until: self.attachment.detached.map(|f| f.at) }.contains(at)
    }
}

/// A granted access and all that gate 3 knows of it.
pub(super) struct Right<'a> {
    pub access: &'a Access,
    pub counted: Vec<Counted<'a>>,
    /// When gate 3 lets through, past and to come; never before the grant, whatever subscriptions would have entitled to.
    pub pass: Intervals,
    /// The account's zone.
    pub zone: Tz,
    grace_days: u32,
}

/// Gate 3 where there is no access now.
pub(super) fn not_granted(known_product: bool, removed: Option<&Access>) -> GateVerdict {
    let (detail, fact) = match removed {
        _ if !known_product => (Detail::UnknownProduct, None),
        Some(access) => (Detail::Removed, access.removed),
        None => (Detail::NotGranted, None),
    };
    GateVerdict::new(Gate::Mode, false, detail, fact)
}

impl<'a> Right<'a> {
    pub fn of(contact: &'a ContactState, account: &AccountState, facts: &Facts<'a>, access: &'a Access) -> Self {
        let (zone, grace_days) = (account.time_zone, account.policies.grace_days);
        let attachments = contact.attachments.iter().filter(|a| a.product == facts.product_id && access.counts(a));
        let counted: Vec<Counted<'a>> = attachments
            .filter_map(|attachment| {
                let subscription: &'a SubscriptionState = facts.subscriptions.get(&attachment.subscription).copied()?;
                let attached = Intervals::between(attachment.attached.at, attachment.detached.map(|f| f.at));
                let entitled = subscription.entitled(zone, grace_days).intersect(&attached);
                Some(Counted {
                    attachment,
                    subscription,
                    entitled,
                    starts: calendar::midnight(subscription.starts_on(), zone),
                })
            })
            .collect();
        let pass = pass(access, &counted);
        Right { access, counted, pass, zone, grace_days }
    }

    /// The unbroken time of access that `at` is in; else the next one, else the last.
    pub fn run_at(&self, at: Instant) -> Option<Interval> {
        self.pass.covering(at).or_else(|| self.pass.next_after(at)).or_else(|| self.pass.last_before(at))
    }

    /// What gate 3 says, and the event that set it: the mode, or what last changed about the subscription that decides.
    pub fn verdict(&self, at: Instant) -> GateVerdict {
        let set = self.access.modes.last().map_or(self.access.granted, |mode| mode.since);
        let passed = self.pass.contains(at);
        let (detail, fact) = match self.access.mode() {
            AccessMode::Suspended => (Detail::Suspended, set),
            AccessMode::Activated if passed => (Detail::Activated, set),
            // Only before the grant, which the caller of `decide_access` rules out.
            AccessMode::Activated => (Detail::NotGranted, set),
            AccessMode::Automatic => {
                self.entitling(at).or_else(|| self.closing(at)).unwrap_or((Detail::NoSubscription, set))
            }
        };
        GateVerdict::new(Gate::Mode, passed, detail, Some(fact))
    }

    /// The subscription that entitles at `at`, of several the one that does longest.
    fn entitling(&self, at: Instant) -> Option<(Detail, Fact)> {
        let entitling = self.counted.iter().filter_map(|c| c.entitled.covering(at).map(|interval| (c, interval.until)));
        let (counted, until) = entitling.max_by_key(|(_, until)| (until.is_none(), *until))?;
        let detail = Detail::SubscriptionEntitles { subscription: counted.attachment.subscription, until };
        Some((detail, later(counted.attachment.attached, counted.subscription.changed)))
    }

    /// What closed the access last, given that nothing entitles at `at`: of several subscriptions the one that entitled last speaks; of those
    /// that never did, one still attached, and the newest.
    fn closing(&self, at: Instant) -> Option<(Detail, Fact)> {
        let last_open = |c: &Counted<'_>| c.entitled.last_before(at).and_then(|interval| interval.until);
        let speaks = self
            .counted
            .iter()
            .max_by_key(|c| (last_open(c), c.attachment.detached.is_none(), c.attachment.attached.version))?;
        let subscription = speaks.attachment.subscription;
        if let Some(detached) = speaks.attachment.detached {
            return Some((Detail::SubscriptionDetached { subscription }, detached));
        }
        let (standing, fact) = speaks.subscription.standing(at, self.zone, self.grace_days);
        let detail = match standing {
            Standing::NotBegun { begins } => Detail::SubscriptionNotBegun { subscription, begins },
            Standing::Ended { ended } => Detail::SubscriptionEnded { subscription, ended },
            Standing::Cancelled { ended } => Detail::SubscriptionCancelled { subscription, ended },
            Standing::Paused => Detail::SubscriptionPaused { subscription },
            Standing::PaymentFailed => Detail::PaymentFailed { subscription },
            Standing::PaymentOverdue { since } => Detail::PaymentOverdue { subscription, since },
            Standing::Entitled => return None,
        };
        Some((detail, fact))
    }
}

fn later(a: Fact, b: Fact) -> Fact {
    if a.position > b.position { a } else { b }
}

/// The times the access was activated, and those it was automatic while a counting subscription entitled.
fn pass(access: &Access, counted: &[Counted<'_>]) -> Intervals {
    let times_of = |wanted: AccessMode| {
        Intervals::of(in_force(&access.modes).filter(|(mode, _)| mode.value == wanted).map(|(_, during)| during))
    };
    let activated = times_of(AccessMode::Activated);
    let automatic = times_of(AccessMode::Automatic);
    if automatic.is_never() {
        return activated;
    }
    let entitled = Intervals::of(counted.iter().flat_map(|c| c.entitled.iter()));
    activated.union(&automatic.intersect(&entitled))
}
