//! What a login's events add up to.

use super::events::UserEvent;
use crate::{event::Private, fold::Fact, values::Email};
use serde::{Deserialize, Serialize};

/// A login.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserState {
    /// E-mail; none once erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// How they want to be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was opened.
    pub registered: Fact,
    /// When the e-mail was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Fact>,
    /// When the present password was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Fact>,
    /// Since when signing in asks for a code of an app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp: Option<Fact>,
    /// When the present recovery codes were told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_codes: Option<Fact>,
    /// When its personal values were erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Fact>,
}

impl UserState {
    /// The state after the first event; `None` when that is not a registration.
    pub fn first(event: &UserEvent, fact: Fact) -> Option<UserState> {
        let UserEvent::Registered(e) = event else { return None };
        let private = e.private.known().cloned().unwrap_or_default();
        Some(UserState {
            email: private.email,
            name: private.name,
            registered: fact,
            verified: None,
            password: None,
            totp: None,
            recovery_codes: None,
            erased: matches!(e.private, Private::Erased).then_some(fact),
        })
    }

    /// The e-mail that was shown to be theirs.
    pub fn verified_email(&self) -> Option<&Email> {
        self.email.as_ref().filter(|_| self.verified.is_some())
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &UserEvent, fact: Fact) {
        match event {
            UserEvent::Registered(_) => {}
            UserEvent::EmailVerified(_) => self.verified = Some(fact),
            UserEvent::PasswordSet(_) => self.password = Some(fact),
            UserEvent::TotpEnabled(_) => self.totp = Some(fact),
            UserEvent::TotpDisabled(_) | UserEvent::SecondFactorReset(_) => {
                self.totp = None;
                self.recovery_codes = None;
            }
            UserEvent::RecoveryCodesMade(_) => self.recovery_codes = Some(fact),
            UserEvent::Erased(_) => {
                self.email = None;
                self.name = None;
                self.erased = Some(fact);
            }
        }
    }
}
