//! What can have happened to a login.

use crate::{
    event::{Private, Stored, events, sealed},
    values::Email,
};
use serde::{Deserialize, Serialize};

events!(
    /// On `user-<id>`.
    UserEvent {
        /// Someone opened it.
        Registered(UserRegistered) = "user.registered.v1",
        /// The e-mail is theirs.
        EmailVerified(UserEmailVerified) = "user.email_verified.v1",
        /// Its personal values can be read no more.
        Erased(UserErased) = "user.erased.v1",
    }
);

/// Someone opened it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserRegistered {
    /// Who.
    #[serde(skip)]
    pub private: Private<UserPrivate>,
}

/// Who.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPrivate {
    /// E-mail, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// How they want to be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The e-mail is theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserEmailVerified {}

/// Its personal values can be read no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserErased {}

sealed!(UserRegistered);
impl Stored for UserEmailVerified {}
impl Stored for UserErased {}
