//! Signing in: address and password, then, where the user asked for it, a code of their app or a recovery code.
//!
//! Whoever is meant, the same is done before the answer: the holder of the address, the hash and the app are read (nobody's, where nobody has it), and one
//! hash is worked out. What is noted of a failed sign-in is noted after the answer.

use super::{Denied, Identity, Visitor, rates, span};
use crate::{
    app::Failure,
    vault::{
        logins::SignIn,
        password::{Password, Verdict},
        session::{SessionHash, SessionSecret},
        sessions::{NewSession, Session, Stage},
        totp::RecoveryCode,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{AccountId, UserId, values::Email};
use uuid::Uuid;

/// How long a code is waited for.
const CODE_WITHIN: TimeDelta = TimeDelta::minutes(5);

/// Where signing in led to.
#[derive(Debug, Clone)]
pub enum Entry {
    /// Signed in.
    Entered(Entered),
    /// The password was right; now the code.
    SecondFactor(SessionSecret),
}

/// A session that was opened.
#[derive(Debug, Clone)]
pub struct Entered {
    /// Its secret, for the cookie.
    pub secret: SessionSecret,
    /// Whose.
    pub user: UserId,
    /// The account it works in: the only one there is.
    pub account: Option<AccountId>,
}

/// A session as it begins.
struct Opening {
    stage: Stage,
    account: Option<AccountId>,
    confirmed_at: i64,
    by_provider: bool,
}

impl Opening {
    /// One that waits for a code; of an account's provider, where it names one.
    fn asking(account: Option<AccountId>) -> Opening {
        Opening { stage: Stage::SecondFactor, account, confirmed_at: 0, by_provider: account.is_some() }
    }
}

impl Identity {
    /// Signs in with a password. `before`: the session that the same browser brought, which ends.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        before: Option<SessionHash>,
        visitor: &Visitor,
    ) -> Result<Entry, Denied> {
        let peer = visitor.limited_as.as_str();
        let email = Email::parse(email).ok();
        let typed = email.as_ref().map_or("", |email| email.as_str());
        self.take(&rates::SIGN_IN_PEER, peer).await?;
        self.take(&rates::SIGN_IN, &format!("{typed} {peer}")).await?;
        let let_try = match self.take(&rates::SIGN_IN_ADDRESS, typed).await {
            Ok(()) => true,
            Err(Denied::TooOften(_)) => false,
            Err(denied) => return Err(denied),
        };
        let nobody = Email::parse("nobody@sesame.invalid").map_err(|_| Failure::Fault("an address is none".into()))?;
        let user = self.app().reader().user_of(email.as_ref().unwrap_or(&nobody)).await?;
        let id = user.map_or(Uuid::nil(), |user| user.0);
        let stored = self.vault().password(id).await?;
        let app = self.vault().app_of(id).await?;
        let verdict = self.inner.passwords.verify(Password::typed(password), stored.clone()).await?;
        let Some(user) = user else {
            count("unknown");
            return Err(Denied::NotSignedIn);
        };
        let (Verdict::Right { outdated }, true) = (verdict, let_try) else {
            self.note_after(user, "WRONG_PASSWORD", visitor);
            return Err(Denied::NotSignedIn);
        };
        if let (true, Some(before)) = (outdated, stored) {
            let hash = self.inner.passwords.again(Password::typed(password)).await?;
            self.vault().rehash(user, before, hash).await?;
        }
        if app.is_some_and(|app| app.confirmed) {
            let secret = self.open(user, Opening::asking(None), before, visitor).await?;
            self.note(user, "SECOND_FACTOR", visitor).await;
            return Ok(Entry::SecondFactor(secret));
        }
        self.enter(user, before, visitor).await.map(Entry::Entered)
    }

    /// Goes on with a code, or a recovery code, where a right password left off. The session of that moment ends.
    pub async fn second_factor(&self, waiting: SessionHash, code: &str, visitor: &Visitor) -> Result<Entered, Denied> {
        let session = self.vault().session(&waiting, self.micros()).await?;
        let session = session.filter(|session| session.is(Stage::SecondFactor)).ok_or(Denied::NotSignedIn)?;
        let user = session.user();
        let within = session.account().filter(|_| session.is_by_provider());
        // Tries that an account's provider brought about cost the person none elsewhere.
        let whose = within.map_or_else(|| user.to_string(), |account| format!("{user} {account}"));
        self.take(&rates::CODE, &whose).await?;
        if !self.is_code_of(user, code).await? {
            self.note_after(user, "WRONG_CODE", visitor);
            return Err(Denied::NotSignedIn);
        }
        match within {
            Some(account) => self.enter_by_provider(user, account, self.now(), Some(waiting), visitor).await,
            None => self.enter(user, Some(waiting), visitor).await,
        }
    }

    /// Whether a code is one of the user's, now; it is used up.
    pub(super) async fn is_code_of(&self, user: UserId, code: &str) -> Result<bool, Denied> {
        let Some(app) = self.vault().app_of(user.0).await?.filter(|app| app.confirmed) else { return Ok(false) };
        match app.secret.step_of(code, self.now().timestamp(), app.last_step) {
            Some(step) => Ok(self.vault().use_step(user, step).await?),
            None => Ok(self.vault().use_recovery_code(user, &RecoveryCode::typed(code)).await?),
        }
    }

    /// Ends the session of a browser, whatever it was.
    pub async fn sign_out(&self, session: &SessionHash) -> Result<(), Denied> {
        Ok(self.vault().end_session(session).await?)
    }

    /// Opens a session: in the one account that the user reaches, or in none until they choose.
    async fn enter(&self, user: UserId, before: Option<SessionHash>, visitor: &Visitor) -> Result<Entered, Denied> {
        // Erased meanwhile: then they reach nothing, and the session goes with the erasure.
        let account = self.app().reader().only_place(user, self.now()).await?.map(|place| place.account);
        let opening = Opening { stage: Stage::Open, account, confirmed_at: self.micros(), by_provider: false };
        let secret = self.open(user, opening, before, visitor).await?;
        if let Some(account) = account {
            self.vault().remember_account(user, account, self.micros()).await?;
        }
        self.note(user, "SIGNED_IN", visitor).await;
        Ok(Entered { secret, user, account })
    }

    /// Opens a session by the word of an account's provider: in that account, and for nothing else. That they are let in there was looked at.
    pub(super) async fn enter_by_provider(
        &self,
        user: UserId,
        account: AccountId,
        confirmed_at: DateTime<Utc>,
        before: Option<SessionHash>,
        visitor: &Visitor,
    ) -> Result<Entered, Denied> {
        let confirmed_at = confirmed_at.timestamp_micros();
        let opening = Opening { stage: Stage::Open, account: Some(account), confirmed_at, by_provider: true };
        let secret = self.open(user, opening, before, visitor).await?;
        self.note(user, "PROVIDER", visitor).await;
        Ok(Entered { secret, user, account: Some(account) })
    }

    /// Waits for a code of the user's app, after an account's provider said who they are.
    pub(super) async fn ask_code(
        &self,
        user: UserId,
        account: AccountId,
        before: Option<SessionHash>,
        visitor: &Visitor,
    ) -> Result<SessionSecret, Denied> {
        let secret = self.open(user, Opening::asking(Some(account)), before, visitor).await?;
        self.note(user, "SECOND_FACTOR", visitor).await;
        Ok(secret)
    }

    async fn open(
        &self,
        user: UserId,
        Opening { stage, account, confirmed_at, by_provider }: Opening,
        before: Option<SessionHash>,
        visitor: &Visitor,
    ) -> Result<SessionSecret, Denied> {
        let lasts = match stage {
            Stage::Open => span(self.lifetimes().absolute),
            Stage::SecondFactor => CODE_WITHIN,
        };
        let new = NewSession {
            id: self.app().clock().id(),
            user,
            stage,
            account,
            expires_at: (self.now() + lasts).timestamp_micros(),
            idle: span(self.lifetimes().idle).num_microseconds().unwrap_or(i64::MAX / 4),
            agent: visitor.agent.clone(),
            address: visitor.address.clone(),
            confirmed_at,
            by_provider,
        };
        Ok(self.vault().open_session(new, before, self.micros()).await?)
    }

    /// Notes a sign-in after the answer, so that it takes no longer where the user is known.
    fn note_after(&self, user: UserId, result: &'static str, visitor: &Visitor) {
        let (identity, visitor) = (self.clone(), visitor.clone());
        tokio::spawn(async move { identity.note(user, result, &visitor).await });
    }

    async fn note(&self, user: UserId, result: &'static str, visitor: &Visitor) {
        count(result);
        let note = SignIn {
            id: self.app().clock().id(),
            user_id: user.0,
            at: self.micros(),
            result: result.to_owned(),
            agent: visitor.agent.clone(),
            address: visitor.address.clone(),
        };
        // Who signed in has signed in, noted or not.
        if let Err(error) = self.vault().note_sign_in(note).await {
            tracing::warn!(%error, "a sign-in was not noted");
        }
    }

    /// The open session of a secret, not idle for too long.
    pub(super) async fn open_session(&self, secret: &SessionHash) -> Result<Option<Session>, Denied> {
        let session = self.vault().session(secret, self.micros()).await?;
        Ok(session.filter(|session| session.is(Stage::Open)))
    }
}

fn count(result: &'static str) {
    metrics::counter!("sesame_sign_ins_total", "result" => result).increment(1);
}
