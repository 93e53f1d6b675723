//! Gates 1 and 2: who it is. Neither knows of products.

use super::decision::{Detail, Gate, GateVerdict};
use crate::{
    calendar,
    contact::{ContactState, Membership},
    timeline::Instant,
    values::{MembershipStatus, Profile, RegistrationStatus},
};
use chrono_tz::Tz;

/// Gate 1: the contact exists, was neither deleted nor erased; a guest is active, and nobody is switched off or revoked.
pub(super) fn member(contact: Option<&ContactState>, zone: Tz, at: Instant) -> GateVerdict {
    let verdict = |passed, detail, fact| GateVerdict::new(Gate::Contact, passed, detail, fact);
    let Some(contact) = contact else { return verdict(false, Detail::UnknownContact, None) };
    // An erased person's values are unreadable at every date, so a state of before the erasure is marked by its first event. What that
    // person could open then is still told truly: only an erasure that was recorded by then closes.
    if let Some(fact) = contact.erased.filter(|fact| fact.version > contact.added.version) {
        return verdict(false, Detail::ContactErased, Some(fact));
    }
    if let Some(fact) = contact.deleted {
        return verdict(false, Detail::ContactDeleted, Some(fact));
    }
    let (profile, since) = (contact.membership.profile, contact.membership.since);
    if let_in_until(contact, zone).is_some_and(|end| end <= at) {
        return verdict(false, Detail::NotActiveMember { profile, status: MembershipStatus::Expired }, Some(since));
    }
    let status = contact.membership.status_at(at);
    let barred = matches!(status, MembershipStatus::Inactive | MembershipStatus::Revoked);
    if barred || (profile == Profile::Guest && status != MembershipStatus::Active) {
        return verdict(false, Detail::NotActiveMember { profile, status }, Some(since));
    }
    verdict(true, Detail::Member { profile, status }, Some(since))
}

/// Gate 2: a registration that waits or was refused opens nothing, whatever the account's policy is now. Without one there is nothing to bar.
pub(super) fn validated(contact: Option<&ContactState>) -> GateVerdict {
    let verdict = |passed, detail, fact| GateVerdict::new(Gate::Validation, passed, detail, fact);
    let Some(registration) = contact.and_then(|contact| contact.registration.as_ref()) else {
        return verdict(true, Detail::NoRegistration, None);
    };
    let (passed, detail) = match registration.status {
        RegistrationStatus::Registered => (true, Detail::Registered),
        RegistrationStatus::PendingValidation => (false, Detail::AwaitingValidation),
        RegistrationStatus::Refused => (false, Detail::RegistrationRefused),
    };
    verdict(passed, detail, Some(registration.since))
}

/// When a membership with a last day is over: as the day after it begins.
pub(super) fn let_in_until(contact: &ContactState, zone: Tz) -> Option<Instant> {
    contact.membership.until.map(|last| calendar::midnight_after(last, zone))
}

/// Since when gates 1 and 2 have let this contact through, given that they do.
pub(super) fn since(contact: &ContactState) -> Instant {
    let Membership { status, since, .. } = contact.membership;
    let member = if status == MembershipStatus::Active { since.at } else { contact.added.at };
    // One that never had to wait was never in the way.
    let let_in = contact.registration.as_ref().and_then(|registration| registration.let_in);
    let_in.map_or(member, |fact| fact.at.max(member))
}
