//! What can have happened to a sign-up that matches no contact.

use crate::{
    event::{Private, Stored, events, sealed},
    ids::{AccountId, ContactId, UserId},
    values::Email,
};
use serde::{Deserialize, Serialize};

events!(
    /// On `registration-<id>`.
    RegistrationEvent {
        /// Someone signed up, and no contact has that e-mail.
        SignedUp(SignedUp) = "registration.signed_up.v1",
        /// It was found to be a contact's.
        Matched(Matched) = "registration.matched.v1",
        /// The account turned it away.
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
    /// The device's model, as the app names it.
    pub device: String,
    /// The user who signed up, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Whether the e-mail is known to be theirs.
    pub email_verified: bool,
    /// Who.
    #[serde(skip)]
    pub private: Private<SignedUpPrivate>,
}

/// Who.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedUpPrivate {
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

/// It was found to be a contact's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matched {
    /// Whose.
    pub contact: ContactId,
}

/// The account turned it away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnedAway {}

/// Its personal values can be read no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegistrationErased {}

sealed!(SignedUp);
impl Stored for Matched {}
impl Stored for TurnedAway {}
impl Stored for RegistrationErased {}
