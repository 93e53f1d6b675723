//! What a sign-up's events add up to.

use super::events::{RegistrationEvent, SignedUpPrivate, SignedUpWho};
use crate::{
    contact::app::{Device, devices},
    event::Private,
    fold::Fact,
    ids::{AccountId, ContactId, UserId},
};
use serde::{Deserialize, Serialize};

/// A sign-up that matches no contact yet, or did not at first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegistrationState {
    /// To whose app.
    pub account: AccountId,
    /// The user who signed up, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Whether the e-mail is known to be theirs.
    pub email_verified: bool,
    /// Who; empty once erased.
    pub who: SignedUpWho,
    /// Its devices, oldest first; none once erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    /// When they signed up.
    pub signed_up: Fact,
    /// Whose it was found to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<(ContactId, Fact)>,
    /// When the account turned it away, or another took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turned_away: Option<Fact>,
    /// Whether another took its place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaced: bool,
    /// When its personal values were erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Fact>,
}

impl RegistrationState {
    /// The state after the first event; `None` when that is not a sign-up.
    pub fn first(event: &RegistrationEvent, fact: Fact) -> Option<RegistrationState> {
        let RegistrationEvent::SignedUp(e) = event else { return None };
        let SignedUpPrivate { who, device } = e.private.known().cloned().unwrap_or_default();
        Some(RegistrationState {
            account: e.account,
            user: e.user,
            email_verified: e.email_verified,
            who,
            devices: device.map(|model| Device { model, since: fact }).into_iter().collect(),
            signed_up: fact,
            matched: None,
            turned_away: None,
            replaced: false,
            erased: matches!(e.private, Private::Erased).then_some(fact),
        })
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &RegistrationEvent, fact: Fact) {
        match event {
            RegistrationEvent::SignedUp(_) => {}
            RegistrationEvent::DeviceAdded(e) => self.devices.extend(devices(&e.private, fact)),
            RegistrationEvent::EmailVerified(e) => {
                self.email_verified = true;
                self.user = e.user.or(self.user);
            }
            RegistrationEvent::EmailChanged(e) => {
                self.who.email = e.private.known().map(|p| p.email.clone());
                self.email_verified = e.email_verified;
            }
            RegistrationEvent::Matched(e) => self.matched = Some((e.contact, fact)),
            RegistrationEvent::TurnedAway(e) => {
                self.turned_away = Some(fact);
                self.replaced = e.for_another.is_some();
            }
            RegistrationEvent::Erased(_) => {
                self.who = SignedUpWho::default();
                self.devices.clear();
                self.erased = Some(fact);
            }
        }
    }

    /// Whether it still waits to be found someone's.
    pub fn is_waiting(&self) -> bool {
        self.matched.is_none() && self.turned_away.is_none() && self.erased.is_none()
    }
}
