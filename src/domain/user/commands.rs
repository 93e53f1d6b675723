//! What can be asked of a login.

use super::{
    events::{
        UserEmailVerified, UserErased, UserEvent, UserPasswordSet, UserPrivate, UserRecoveryCodesMade, UserRegistered,
        UserSecondFactorReset, UserTotpDisabled, UserTotpEnabled,
    },
    state::UserState,
};
use crate::{
    acting::Why,
    event::Private,
    refusal::{Check, Code, Refusal, Refusals},
    remedy::Remedy,
    text::{NAME_MAX, line},
    values::Email,
};

/// Opens a login. Its e-mail is nobody's yet: that it is theirs is shown later, and only then is it theirs alone.
#[derive(Debug, Clone)]
pub struct RegisterUser {
    /// E-mail.
    pub email: String,
    /// How they want to be called, up to 200 characters.
    pub name: Option<String>,
}

impl RegisterUser {
    /// Opens it.
    pub fn decide(self) -> Result<Vec<UserEvent>, Refusals> {
        let mut check = Check::default();
        let email = match self.email.trim() {
            "" => Err(Refusal::at(Code::Required, "email")),
            typed => Email::parse(typed).map(Some),
        };
        let email = check.take(email);
        let name = self.name.and_then(|name| check.take(line("name", &name, NAME_MAX)));
        check.finish()?;
        Ok(vec![UserRegistered { private: Private::Known(UserPrivate { email, name }) }.into()])
    }
}

/// Records that the e-mail is theirs. That no other user has it is claimed in the same append.
#[derive(Debug, Clone)]
pub struct VerifyUserEmail;

impl VerifyUserEmail {
    /// Records it; nothing when it was recorded already.
    pub fn decide(self, user: &UserState) -> Result<Vec<UserEvent>, Refusals> {
        if user.erased.is_some() {
            return Err(Refusal::not_now(Remedy::OpenAnotherLogin).into());
        }
        Ok(if user.verified.is_some() { vec![] } else { vec![UserEmailVerified {}.into()] })
    }
}

/// What changed in how a user signs in. The secrets themselves are no facts: whoever asks for this has kept them where they can be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeSignIn {
    /// A password was chosen. Only who has shown their e-mail has one.
    Password,
    /// A code of an app is asked for from now on.
    EnableTotp,
    /// It is asked for no more.
    DisableTotp,
    /// New recovery codes were told: only with an app are there any.
    RecoveryCodes,
}

impl ChangeSignIn {
    /// Records it; nothing where the app is asked for, or not, already.
    pub fn decide(self, user: &UserState) -> Result<Vec<UserEvent>, Refusals> {
        if user.erased.is_some() || user.verified.is_none() {
            return Err(Refusal::new(Code::NotAllowedNow).into());
        }
        Ok(match (self, user.totp.is_some()) {
            (ChangeSignIn::Password, _) => vec![UserPasswordSet {}.into()],
            (ChangeSignIn::EnableTotp, false) => vec![UserTotpEnabled {}.into()],
            (ChangeSignIn::DisableTotp, true) => vec![UserTotpDisabled {}.into()],
            (ChangeSignIn::EnableTotp, true) | (ChangeSignIn::DisableTotp, false) => vec![],
            (ChangeSignIn::RecoveryCodes, true) => vec![UserRecoveryCodesMade {}.into()],
            (ChangeSignIn::RecoveryCodes, false) => return Err(Refusal::new(Code::NotAllowedNow).into()),
        })
    }
}

/// Takes the app and its codes away, for somebody who lost both. Who they are was looked at by whoever asks for it: that is what the reason says.
#[derive(Debug, Clone)]
pub struct ResetSecondFactor {
    /// Why, 1 to 1000 characters.
    pub reason: String,
}

impl ResetSecondFactor {
    /// Takes them away. `NOT_ALLOWED_NOW` where no app is asked for.
    pub fn decide(self, user: &UserState) -> Result<Vec<UserEvent>, Refusals> {
        let why = Why::read(&self.reason)?;
        if user.erased.is_some() || user.totp.is_none() {
            return Err(Refusal::not_now(Remedy::NoSecondFactor).into());
        }
        Ok(vec![UserSecondFactorReset { private: Private::Known(why) }.into()])
    }
}

/// Makes a login's personal values unreadable for ever (GDPR, article 17). Always allowed; what accounts recorded about the person is theirs to erase.
#[derive(Debug, Clone)]
pub struct EraseUser;

impl EraseUser {
    /// Erases it; nothing when it is erased. The key is destroyed and the e-mail freed by the caller, in the same append.
    pub fn decide(self, user: &UserState) -> Result<Vec<UserEvent>, Refusals> {
        Ok(if user.erased.is_some() { vec![] } else { vec![UserErased {}.into()] })
    }
}
