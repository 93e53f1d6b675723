//! What can have happened to a login.

use crate::{
    acting::Why,
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
        /// A password was chosen; its hash is no fact, and stands elsewhere.
        PasswordSet(UserPasswordSet) = "user.password_set.v1",
        /// Signing in asks for a code of an app from now on.
        TotpEnabled(UserTotpEnabled) = "user.totp_enabled.v1",
        /// It does so no more.
        TotpDisabled(UserTotpDisabled) = "user.totp_disabled.v1",
        /// New recovery codes were told; those before open nothing any more.
        RecoveryCodesMade(UserRecoveryCodesMade) = "user.recovery_codes_made.v1",
        /// Support or an operator took the app and its codes away, for somebody who lost both, and said why.
        SecondFactorReset(UserSecondFactorReset) = "user.second_factor_reset.v1",
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

/// A password was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserPasswordSet {}

/// Signing in asks for a code of an app from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserTotpEnabled {}

/// It does so no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserTotpDisabled {}

/// New recovery codes were told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserRecoveryCodesMade {}

/// The app and its codes were taken away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserSecondFactorReset {
    /// Why.
    #[serde(skip)]
    pub private: Private<Why>,
}

/// Its personal values can be read no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserErased {}

sealed!(UserRegistered, UserSecondFactorReset);
impl Stored for UserEmailVerified {}
impl Stored for UserPasswordSet {}
impl Stored for UserTotpEnabled {}
impl Stored for UserTotpDisabled {}
impl Stored for UserRecoveryCodesMade {}
impl Stored for UserErased {}
