//! Changing how one signs in: the password, the app, the recovery codes. Each asks for the present password again, for a browser that was left open is
//! nobody's word; each gives the session another secret and ends the others.

use super::{Denied, Identity, Signed, rates};
use crate::vault::{
    logins::NewPassword,
    password::{Password, Verdict},
    session::SessionSecret,
    totp::{RECOVERY_CODES, RecoveryCode, TotpSecret},
};
use domain::{Code, Refusal, user::ChangeSignIn};

/// An app that waits for its first code.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// For typing it in.
    pub secret: String,
    /// For an app that reads it from a picture or a link.
    pub uri: String,
}

/// How a user signs in now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether a code of an app is asked for.
    pub totp: bool,
    /// Recovery codes that were not used yet.
    pub recovery_codes: i64,
}

impl Identity {
    /// How a user signs in.
    pub async fn standing_of(&self, user: domain::UserId) -> Result<Standing, Denied> {
        let app = self.vault().app_of(user.0).await?;
        let recovery_codes = self.vault().recovery_codes_left(user).await?;
        Ok(Standing { totp: app.is_some_and(|app| app.confirmed), recovery_codes })
    }

    /// The present password, said again; else it is refused at `field`.
    async fn again(&self, signed: &Signed, password: &str, field: &'static str) -> Result<(), Denied> {
        signed.themselves()?;
        self.take(&rates::PASSWORD, &signed.user.to_string()).await?;
        let stored = self.vault().password(signed.user.0).await?;
        match self.inner.passwords.verify(Password::typed(password), stored).await? {
            Verdict::Right { .. } => Ok(()),
            Verdict::Wrong => Err(Refusal::at(Code::PasswordWrong, field).into()),
        }
    }

    /// They show again who they are: by the password, or by a code of their app. For a while what is sensitive is then not asked again for.
    pub async fn show_again(&self, signed: &Signed, password: &str, code: &str) -> Result<SessionSecret, Denied> {
        if let Some(session) = signed.caller.session.filter(|session| session.by_provider) {
            return Err(session.again().into());
        }
        match code.trim().is_empty() {
            true => self.again(signed, password, "password").await?,
            false => self.shown(signed, code).await?,
        }
        self.turned(signed, true).await
    }

    /// Changes the password and ends all other sessions.
    pub async fn change_password(
        &self,
        signed: &Signed,
        present: &str,
        password: &str,
    ) -> Result<SessionSecret, Denied> {
        self.again(signed, present, "currentPassword").await?;
        let hash = self.chosen(password, self.known_of(signed.user).await?).await?;
        self.changed(signed.user, ChangeSignIn::Password).await?;
        let new = NewPassword { user: signed.user, hash, keep: Some(signed.session.id), knock: None };
        self.vault().set_password(new, self.micros()).await?;
        self.turned(signed, true).await
    }

    /// Offers a secret to an app. Nothing is asked for before its first code was shown.
    pub async fn enrol(&self, signed: &Signed, password: &str) -> Result<Enrolment, Denied> {
        self.again(signed, password, "password").await?;
        let secret = TotpSecret::generate().map_err(crate::vault::store::VaultError::from)?;
        if !self.vault().offer_app(signed.user, &secret, self.micros()).await? {
            return Err(Refusal::new(Code::NotAllowedNow).into());
        }
        let email = self.email_of(signed.user).await?.unwrap_or_default();
        let uri = secret.uri(&email).map_err(|e| crate::app::Failure::Fault(e.to_string()))?;
        Ok(Enrolment { secret: secret.base32(), uri })
    }

    /// The app shows its first code: from now on one is asked for. Hands out recovery codes, once.
    pub async fn confirm(&self, signed: &Signed, code: &str) -> Result<(SessionSecret, Vec<RecoveryCode>), Denied> {
        signed.themselves()?;
        self.take(&rates::CODE, &signed.user.to_string()).await?;
        let app = self.vault().app_of(signed.user.0).await?.filter(|app| !app.confirmed);
        let app = app.ok_or_else(|| Refusal::new(Code::NotAllowedNow))?;
        let step = app.secret.step_of(code, self.now().timestamp(), app.last_step);
        let right = match step {
            Some(step) => self.vault().use_step(signed.user, step).await?,
            None => false,
        };
        if !right {
            return Err(Refusal::at(Code::CodeWrong, "code").into());
        }
        let codes = new_codes()?;
        self.vault().confirm_app(signed.user, &codes, self.micros()).await?;
        self.changed(signed.user, ChangeSignIn::EnableTotp).await?;
        self.changed(signed.user, ChangeSignIn::RecoveryCodes).await?;
        self.end_others(signed).await?;
        Ok((self.turned(signed, false).await?, codes))
    }

    /// Asks for no code any more. It takes the password and a code: who found only one of them changes nothing.
    pub async fn disable(&self, signed: &Signed, password: &str, code: &str) -> Result<SessionSecret, Denied> {
        self.again(signed, password, "password").await?;
        self.shown(signed, code).await?;
        self.changed(signed.user, ChangeSignIn::DisableTotp).await?;
        self.vault().remove_app(signed.user).await?;
        self.end_others(signed).await?;
        self.turned(signed, true).await
    }

    /// New recovery codes; those before open nothing any more.
    pub async fn make_recovery_codes(
        &self,
        signed: &Signed,
        password: &str,
        code: &str,
    ) -> Result<(SessionSecret, Vec<RecoveryCode>), Denied> {
        self.again(signed, password, "password").await?;
        self.shown(signed, code).await?;
        let codes = new_codes()?;
        // Nothing, unless whoever confirmed the app was interrupted before it was recorded.
        self.changed(signed.user, ChangeSignIn::EnableTotp).await?;
        self.changed(signed.user, ChangeSignIn::RecoveryCodes).await?;
        self.vault().set_recovery_codes(signed.user, &codes).await?;
        Ok((self.turned(signed, true).await?, codes))
    }

    /// A code of the app, or a recovery code, was shown.
    async fn shown(&self, signed: &Signed, code: &str) -> Result<(), Denied> {
        self.take(&rates::CODE, &signed.user.to_string()).await?;
        if !self.standing_of(signed.user).await?.totp {
            return Err(Refusal::new(Code::NotAllowedNow).into());
        }
        if self.is_code_of(signed.user, code).await? {
            return Ok(());
        }
        Err(Refusal::at(Code::CodeWrong, "code").into())
    }
}

fn new_codes() -> Result<Vec<RecoveryCode>, Denied> {
    let codes = (0..RECOVERY_CODES).map(|_| RecoveryCode::generate());
    codes.collect::<Result<_, _>>().map_err(|e| crate::vault::store::VaultError::from(e).into())
}
