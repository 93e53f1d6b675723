//! What can have happened to a sign-up that matches no contact.

use crate::{
    contact::app::Devices,
    event::{Private, Stored, events, sealed},
    ids::{AccountId, ContactId, RegistrationId, UserId},
    values::Email,
};
use serde::{Deserialize, Serialize};

events!(
    /// On `registration-<id>`.
    RegistrationEvent {
        /// Someone signed up, and no contact has that e-mail.
        SignedUp(SignedUp) = "registration.signed_up.v1",
        /// They signed up on one more device.
        DeviceAdded(DeviceAdded) = "registration.device_added.v1",
        /// The e-mail is known to be theirs.
        EmailVerified(SignUpEmailVerified) = "registration.email_verified.v1",
        /// They have another e-mail.
        EmailChanged(SignUpEmailChanged) = "registration.email_changed.v1",
        /// It was found to be a contact's.
        Matched(Matched) = "registration.matched.v1",
        /// The account turned it away, or another sign-up with its e-mail took its place.
        TurnedAway(TurnedAway) = "registration.turned_away.v1",
        /// Its personal values can be read no more.
        Erased(RegistrationErased) = "registration.erased.v1",
    }
);

/// Someone signed up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignedUp {
    /// To whose app.
    pub account: AccountId,
    /// The user who signed up, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Whether the e-mail is known to be theirs.
    pub email_verified: bool,
    /// Who.
    #[serde(skip)]
    pub private: Private<SignedUpPrivate>,
}

/// Who signed up, as far as the app knows; all absent once erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedUpWho {
    /// E-mail, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Phone as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Who, and on what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedUpPrivate {
    /// Who.
    #[serde(flatten)]
    pub who: SignedUpWho,
    /// The device's model, as the app names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

/// They signed up on one more device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceAdded {
    /// Which.
    #[serde(skip)]
    pub private: Private<Devices>,
}

/// The e-mail is known to be theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignUpEmailVerified {
    /// The user, where that is known only now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
}

/// They have another e-mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignUpEmailChanged {
    /// Whether it is known to be theirs.
    pub email_verified: bool,
    /// The new one.
    #[serde(skip)]
    pub private: Private<SignUpEmail>,
}

/// The new e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpEmail {
    /// Normalised.
    pub email: Email,
}

/// It was found to be a contact's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matched {
    /// Whose.
    pub contact: ContactId,
}

/// The account turned it away, or another sign-up with its e-mail took its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnedAway {
    /// The other sign-up, where that also waits for its contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_another: Option<RegistrationId>,
}

/// Its personal values can be read no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegistrationErased {}

sealed!(SignedUp, DeviceAdded, SignUpEmailChanged);
impl Stored for SignUpEmailVerified {}
impl Stored for Matched {}
impl Stored for TurnedAway {}
impl Stored for RegistrationErased {}
