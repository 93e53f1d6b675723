//! Who is asking: signing up, signing in and out, second factors, sessions, and the account a session works in.
//!
//! A shell. Facts go to the log as commands (`app`), everything secret stands in the vault, where it can be deleted; how often something may be tried is
//! `limits`. Two promises shape it: nobody learns here whether an address is known (what is asked for is written down in the same way and
//! attended to after the answer, [`knock`]; a sign-in costs the same whoever is meant, [`entering`]), and a session is read anew at each request, so that
//! one that ended opens nothing more, on any node ([`sessions`]).
//!
//! `knock` (asking for a login or a password), `joining` (mailed links that lead to a password), `entering` (password, then code), `provider` (an account's own, by OpenID Connect), `sessions`, `secrets`
//! (changing how one signs in), `rates` (how often). Knows no HTTP: `http::identity` and `web::links` are its doors.

mod entering;
mod joining;
mod knock;
mod provider;
mod rates;
mod secrets;
mod sessions;

pub use entering::{Entered, Entry};
pub use joining::Choosing;
pub use provider::{ProviderDenied, Returned, Sent};
pub use secrets::{Enrolment, Standing};
pub use sessions::{Choice, Choices, Signed};

use crate::{
    app::{App, Failure, NotDone},
    i18n::lang::Lang,
    limits::{RetryAfter, Rule},
    outbox::Outside,
    vault::{
        password::{LEAST, MOST, Password, PasswordError, Passwords, Weak},
        store::{Vault, VaultError},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Actor, ActorKind, Code, Refusal, Refusals, UserId};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::sync::Notify;

/// How long sessions last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Without being used.
    pub idle: Duration,
    /// At most, used or not.
    pub absolute: Duration,
    /// For how long after somebody showed who they are what is sensitive is not asked again for.
    pub confirm: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        Lifetimes { idle: minutes(30), absolute: minutes(12 * 60), confirm: minutes(15) }
    }
}

/// Who came, as far as their request says.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// From which address.
    pub address: Option<String>,
    /// What is limited together with that address; empty where none is known.
    pub limited_as: String,
    /// The browser, as it names itself.
    pub agent: Option<String>,
    /// The language they read.
    pub lang: Lang,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// Tell the person, by field.
    #[error("{0}")]
    Refused(Refusals),
    /// Address and password do not go together: no more is told.
    #[error("not signed in")]
    NotSignedIn,
    /// The link is not ours, was used, was replaced, or is out of time: no more is told.
    #[error("the link opens nothing")]
    Spent,
    /// Signing in by an account's provider came to nothing.
    #[error(transparent)]
    Provider(#[from] ProviderDenied),
    /// Too often.
    #[error("too often")]
    TooOften(RetryAfter),
    /// Tell the operator.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<VaultError> for Denied {
    fn from(error: VaultError) -> Self {
        Denied::Failure(error.into())
    }
}

impl From<PasswordError> for Denied {
    fn from(error: PasswordError) -> Self {
        Denied::Failure(Failure::Fault(error.to_string()))
    }
}

impl From<NotDone> for Denied {
    fn from(not_done: NotDone) -> Self {
        match not_done {
            NotDone::Refused(refused) => Denied::Refused(refused.refusals),
            NotDone::Failure(failure) => Denied::Failure(failure),
        }
    }
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Denied::Refused(refusal.into())
    }
}

/// Signing in, of one instance. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    app: App,
    outside: Outside,
    passwords: Passwords,
    lifetimes: OnceLock<Lifetimes>,
    /// Told when this process wrote that somebody asked.
    knocked: Notify,
    /// What accounts' providers say of themselves.
    providers: provider::Providers,
}

impl Identity {
    /// Of this service, mailing by these ways out.
    pub fn new(app: App, outside: Outside) -> Identity {
        let (passwords, lifetimes, knocked, providers) = Default::default();
        Identity { inner: Arc::new(Inner { app, outside, passwords, lifetimes, knocked, providers }) }
    }

    /// Says how long sessions last; as by default, where this is not called before the first.
    pub fn set_lifetimes(&self, lifetimes: Lifetimes) {
        // Told once, when the doors are opened.
        let _ = self.inner.lifetimes.set(lifetimes);
    }

    fn lifetimes(&self) -> Lifetimes {
        *self.inner.lifetimes.get_or_init(Lifetimes::default)
    }

    fn app(&self) -> &App {
        &self.inner.app
    }

    fn vault(&self) -> &Vault {
        self.inner.app.vault()
    }

    fn now(&self) -> DateTime<Utc> {
        self.inner.app.clock().now()
    }

    fn micros(&self) -> i64 {
        self.now().timestamp_micros()
    }

    /// Takes a try; [`Denied::TooOften`] where there is none.
    async fn take(&self, rule: &Rule, value: &str) -> Result<(), Denied> {
        let taken = self.app().limits().take(rule, value, self.now()).await;
        taken.map_err(|e| Denied::Failure(e.into()))?.map_err(Denied::TooOften)
    }

    /// Somebody comes to the support desk with a token, or tries to.
    pub async fn comes_to_the_desk(&self, visitor: &Visitor) -> Result<(), Denied> {
        self.take(&rates::DESK_PEER, &visitor.limited_as).await
    }

    /// The stored form of a password that may be chosen by somebody of whom this is known.
    async fn chosen(&self, password: &str, known: Vec<String>) -> Result<String, Denied> {
        let refused = |code| Refusal::at(code, "password");
        if password.is_empty() {
            return Err(refused(Code::Required).into());
        }
        let chosen = self.inner.passwords.choose(Password::typed(password), known).await?;
        Ok(chosen.map_err(|weak| match weak {
            Weak::TooShort => refused(Code::PasswordTooShort).with("min", LEAST),
            Weak::TooLong => refused(Code::TooLong).with("max", MOST),
            Weak::Guessable => refused(Code::PasswordTooEasy),
        })?)
    }
}

fn span(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

fn actor(user: UserId) -> Actor {
    Actor { kind: ActorKind::User, id: user.0 }
}

/// Goes on attending to those who asked, and forgets what is out of time; never ends.
pub async fn keep_attending(identity: Identity) {
    identity.keep_attending().await;
}
