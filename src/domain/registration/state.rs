//! What a sign-up's events add up to.

use super::events::{RegistrationEvent, SignedUpPrivate};
use crate::{
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
    /// The device's model.
    pub device: String,
    /// The user who signed up, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Whether the e-mail is known to be theirs.
    pub email_verified: bool,
    /// Who; empty once erased.
    pub who: SignedUpPrivate,
    /// When they signed up.
    pub signed_up: Fact,
    /// Whose it was found to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<(ContactId, Fact)>,
    /// When the account turned it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turned_away: Option<Fact>,
    /// When its personal values were erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Fact>,
}

impl RegistrationState {
    /// The state after the first event; `None` when that is not a sign-up.
    pub fn first(event: &RegistrationEvent, fact: Fact) -> Option<RegistrationState> {
        let RegistrationEvent::SignedUp(e) = event else { return None };
        Some(RegistrationState {
            account: e.account,
            device: e.device.clone(),
            user: e.user,
            email_verified: e.email_verified,
            who: e.private.known().cloned().unwrap_or_default(),
            signed_up: fact,
            matched: None,
            turned_away: None,
            erased: matches!(e.private, Private::Erased).then_some(fact),
        })
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &RegistrationEvent, fact: Fact) {
        match event {
            RegistrationEvent::SignedUp(_) => {}
            RegistrationEvent::Matched(e) => self.matched = Some((e.contact, fact)),
            RegistrationEvent::TurnedAway(_) => self.turned_away = Some(fact),
            RegistrationEvent::Erased(_) => {
                self.who = SignedUpPrivate::default();
                self.erased = Some(fact);
            }
        }
    }

    /// Whether it still waits to be found someone's.
    pub fn is_waiting(&self) -> bool {
        self.matched.is_none() && self.turned_away.is_none() && self.erased.is_none()
    }
}
