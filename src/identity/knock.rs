//! Asking for a login or a new password. Nobody learns whether an address is known: the door writes the same row and gives the same answer, and what
//! follows (a link that opens a login, word that there is one, nothing) is worked out afterwards, by a worker.
//!
//! The row is then what the mailed link names: it opens something while the row stands. Nothing of it is in the log before the link is followed, so that
//! an address which somebody else typed leaves no trace there.

use super::{Denied, Identity, Visitor, rates};
use crate::{
    app::Failure,
    i18n::lang::Lang,
    outbox::mail::{Hope, Letter, letter},
    vault::{
        knocks::{Knock, Knocked, Stranger},
        link::Purpose,
    },
};
use chrono::TimeDelta;
use domain::{user::RegisterUser, values::Email};
use std::time::Duration;

/// How long the link of a sign-up opens something.
const SIGN_UP_FOR: TimeDelta = TimeDelta::hours(24);
/// How long the link to a new password does.
const RESET_FOR: TimeDelta = TimeDelta::hours(1);
/// How long a worker has one in hand before another may take it.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// So many are taken at a time.
const TOGETHER: i64 = 20;
/// How often what others left is looked for; what this process was asked, it attends to soon.
const LOOK: Duration = Duration::from_secs(1);
/// What was asked waits at least so long, and up to so many milliseconds more.
const AT_LEAST: Duration = Duration::from_millis(200);
const ASIDE_MILLIS: u128 = 1_800;
/// How often what is out of time is forgotten.
const FORGET: Duration = Duration::from_secs(600);
/// How long sign-ins are kept to be looked at.
const SIGN_INS_KEPT: TimeDelta = TimeDelta::days(366);
const SIGNED_UP: &str = "SIGN_UP";
const WITHOUT_FACTOR: &str = "FACTOR";

impl Identity {
    /// Somebody asks for a login. Answered the same whoever has this address.
    pub async fn sign_up(&self, email: &str, name: Option<&str>, visitor: &Visitor) -> Result<(), Denied> {
        self.knock(Knocked::SignUp, email, name, visitor).await
    }

    /// Somebody asks for a new password. Answered the same whoever has this address.
    pub async fn ask_reset(&self, email: &str, visitor: &Visitor) -> Result<(), Denied> {
        self.knock(Knocked::Reset, email, None, visitor).await
    }

    async fn knock(&self, kind: Knocked, email: &str, name: Option<&str>, visitor: &Visitor) -> Result<(), Denied> {
        let who = stranger(email, name)?;
        self.take(&rates::ASKING_PEER, &visitor.limited_as).await?;
        let (rule, lasts) = match kind {
            Knocked::SignUp => (&rates::SIGN_UP_ADDRESS, SIGN_UP_FOR),
            Knocked::Reset | Knocked::Factor => (&rates::RESET_ADDRESS, RESET_FOR),
        };
        match self.take(rule, &who.email).await {
            Ok(()) => {}
            // Asked for already: the mail is under way.
            Err(Denied::TooOften(_)) => return Ok(()),
            Err(denied) => return Err(denied),
        }
        let (id, now) = (self.app().clock().id(), self.now());
        let times = (now.timestamp_micros(), (now + lasts).timestamp_micros());
        self.vault().knock(id, kind, &who, visitor.lang.tag(), times).await?;
        self.inner.knocked.notify_one();
        Ok(())
    }

    /// Attends to everybody who waits, until nobody does; how many that were.
    pub async fn attend(&self) -> Result<usize, Failure> {
        let mut attended = 0;
        loop {
            let now = self.now();
            let until = (now + LEASE).timestamp_micros();
            let due = self.vault().due_knocks(now.timestamp_micros(), until, TOGETHER).await?;
            if due.is_empty() {
                return Ok(attended);
            }
            attended += due.len();
            for knock in due {
                let id = knock.id;
                // Its turn comes again after the lease; those behind it do not wait for that.
                if let Err(error) = self.answer(knock).await {
                    tracing::warn!(%id, %error, "somebody who asked for a login was not attended to; trying again");
                }
            }
        }
    }

    /// Sends what is to be sent.
    async fn answer(&self, knock: Knock) -> Result<(), Failure> {
        let email = Email::parse(&knock.who.email).map_err(|_| Failure::Fault("a kept address is none".into()))?;
        let user = self.app().reader().user_of(&email).await?;
        let (template, purpose) = match (knock.kind.as_str(), user) {
            (SIGNED_UP, None) => ("sign_up", Purpose::SignUp),
            // They know only by the mail that there is a login already; it lets them in again.
            (SIGNED_UP, Some(_)) => ("has_login", Purpose::Reset),
            // Told, and led nowhere: its link opens nothing.
            (WITHOUT_FACTOR, Some(_)) => ("second_factor_reset", Purpose::SignUp),
            (_, Some(_)) => ("reset", Purpose::Reset),
            (_, None) => return Ok(self.vault().forget_knock(knock.id).await?),
        };
        let Some(mailer) = &self.inner.outside.mailer else { return self.later(&knock).await };
        let link = self.vault().link(purpose, knock.id, knock.id);
        let letter = letter(Letter {
            id: knock.id,
            template,
            outside: &self.inner.outside,
            to: email.as_str(),
            link: &format!("{}/links/{}", self.inner.outside.public_url, link.reveal()),
            // Who asked said what they read; who is told did not.
            lang: (knock.kind != WITHOUT_FACTOR).then(|| Lang::of(&knock.lang)),
            at: self.now(),
        });
        let Some(mail) = letter else { return Err(Failure::Fault(format!("the mail {template} has no words"))) };
        // Before it is sent, so that a link that arrives opens something.
        if let (Purpose::Reset, Some(user)) = (purpose, user) {
            let until = (self.now() + RESET_FOR).timestamp_micros();
            self.vault().knock_resets(knock.id, user, until).await?;
        }
        match mailer.send(mail).await {
            Ok(()) if knock.kind == WITHOUT_FACTOR => Ok(self.vault().forget_knock(knock.id).await?),
            Ok(()) => Ok(self.vault().knock_answered(knock.id).await?),
            Err(not_sent) if not_sent.hope == Hope::Later => self.later(&knock).await,
            // Nobody can be mailed there: nobody is told.
            Err(_) => Ok(self.vault().forget_knock(knock.id).await?),
        }
    }

    /// Tries again a little later, each time later.
    async fn later(&self, knock: &Knock) -> Result<(), Failure> {
        let pause = TimeDelta::seconds((knock.attempts + 1).clamp(1, 20) * 15);
        Ok(self.vault().knock_again(knock.id, (self.now() + pause).timestamp_micros()).await?)
    }

    pub(super) async fn keep_attending(&self) {
        let mut forgotten = None::<std::time::Instant>;
        loop {
            if let Err(error) = self.attend().await {
                tracing::warn!(%error, "those who asked for a login could not be attended to; trying again");
                tokio::time::sleep(LOOK).await;
            }
            if forgotten.is_none_or(|at| at.elapsed() >= FORGET) {
                forgotten = Some(std::time::Instant::now());
                if let Err(error) = self.forget().await {
                    tracing::warn!(%error, "old sessions and sign-ins could not be forgotten; trying again later");
                }
            }
            // Told at once by this process; by others, or not at all, at the next look.
            if tokio::time::timeout(LOOK, self.inner.knocked.notified()).await.is_ok() {
                tokio::time::sleep(self.aside()).await;
            }
        }
    }

    /// How long whoever knocked waits: never the same, so that the work for an address that is known does not fall on the next request of who asks,
    /// and shows nothing by its time.
    fn aside(&self) -> Duration {
        AT_LEAST + Duration::from_millis((self.app().clock().id().as_u128() % ASIDE_MILLIS) as u64)
    }

    /// Forgets what is out of time: links, sessions, sign-ins of more than a year ago.
    pub async fn forget(&self) -> Result<(), Failure> {
        let now = self.now();
        self.vault().forget_knocks(now.timestamp_micros()).await?;
        self.vault().forget_sessions(now.timestamp_micros()).await?;
        self.vault().forget_starts(now.timestamp_micros()).await?;
        self.vault().forget_sign_ins((now - SIGN_INS_KEPT).timestamp_micros()).await?;
        Ok(())
    }
}

/// Who asks, checked by the rule that opens logins.
fn stranger(email: &str, name: Option<&str>) -> Result<Stranger, Denied> {
    let rule = RegisterUser { email: email.to_owned(), name: name.map(str::to_owned) };
    let events = rule.decide().map_err(Denied::Refused)?;
    let private = events.into_iter().find_map(|event| match event {
        domain::user::UserEvent::Registered(registered) => registered.private.known().cloned(),
        _ => None,
    });
    let known = private.unwrap_or_default();
    let email = known.email.map(|email| email.as_str().to_owned()).unwrap_or_default();
    Ok(Stranger { email, name: known.name })
}
