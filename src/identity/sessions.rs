//! Sessions of whoever is signed in: recognised at each request, listed, ended; and the account that one works in, chosen and switched.

use super::{Denied, Identity, rates, span};
use crate::{
    app::{Caller, InSession},
    vault::{
        logins::SignIn,
        session::{SessionHash, SessionSecret},
        sessions::Session,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{AccountId, Code, Refusal, UserId, calendar, remedy::Remedy, text::fold};
use projections::memberships;
use uuid::Uuid;

/// That a session is used is noted once in so long at most.
const TOUCHED_AFTER: TimeDelta = TimeDelta::minutes(1);
/// Accounts of one page of the chooser.
const PAGE: i64 = 50;
/// Sign-ins that are shown.
const SIGN_INS_SHOWN: i64 = 30;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Who, in the one account they work in.
    pub caller: Caller,
    /// Whose session it is.
    pub user: UserId,
    /// The session.
    pub session: Session,
    /// What it is recognised by.
    pub hash: SessionHash,
}

/// An account that can be chosen.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The account and who the user is there.
    pub row: memberships::AccessRow,
    /// Whether the user worked there last.
    pub last: bool,
}

/// A page of accounts that can be chosen.
#[derive(Debug, Clone)]
pub struct Choices {
    /// By company name.
    pub choices: Vec<Choice>,
    /// Where the next page begins: folded name and contact of the last one; none: this was all.
    pub after: Option<(String, Uuid)>,
}

impl Identity {
    /// Who is signed in with this; none: nobody. `used`: that it was used is noted; looking again by oneself is no use of it.
    pub async fn recognise(&self, secret: &SessionSecret, used: bool) -> Result<Option<Signed>, Denied> {
        let hash = secret.hash();
        let Some(session) = self.open_session(&hash).await? else { return Ok(None) };
        let user = session.user();
        let within = InSession {
            id: session.id,
            by_provider: session.is_by_provider(),
            confirmed: self.now() < self.confirmed_until(&session),
        };
        let Some(caller) = self.app().recognise_session(user, within, session.account()).await? else {
            return Ok(None);
        };
        let now = self.micros();
        if used && now - session.seen_at >= TOUCHED_AFTER.num_microseconds().unwrap_or_default() {
            self.vault().touch_session(session.id, now).await?;
        }
        Ok(Some(Signed { caller, user, session, hash }))
    }

    /// Until when what is sensitive is not asked again for.
    pub fn confirmed_until(&self, session: &Session) -> DateTime<Utc> {
        let shown = DateTime::from_timestamp_micros(session.confirmed_at).unwrap_or_default();
        shown + span(self.lifetimes().confirm)
    }

    /// What a form of this session has to carry.
    pub fn form_token(&self, signed: &Signed) -> String {
        self.vault().form_token(&signed.hash)
    }

    /// Whether a form carries what this session gave it.
    pub fn is_form_of(&self, signed: &Signed, carried: &str) -> bool {
        let expected = self.form_token(signed);
        aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), carried.as_bytes()).is_ok()
    }

    /// A page of the accounts that whoever is signed in can work in. `search`: what the name holds or the number begins with. Refused to a session by an
    /// account's provider: which other accounts a person enters is their own.
    pub async fn choices(
        &self,
        signed: &Signed,
        search: Option<&str>,
        after: Option<(&str, Uuid)>,
    ) -> Result<Choices, Denied> {
        signed.themselves()?;
        let user = signed.user;
        self.take(&rates::CHOICES, &user.to_string()).await?;
        let typed = search.map(fold).filter(|text| !text.is_empty());
        let email = self.email_of(user).await?;
        let ask = memberships::access_list(user, email.as_deref(), typed.as_deref(), after, false, PAGE + 1);
        let mut rows = self.app().reader().db().fetch(ask).await.map_err(crate::app::Failure::from)?;
        let more = rows.len() as i64 > PAGE;
        rows.truncate(PAGE as usize);
        let after = rows.last().filter(|_| more).map(|row| (row.sort_key.clone(), row.contact));
        let last = self.vault().last_account(user).await?;
        let now = self.now();
        let over = |row: &memberships::AccessRow| {
            let zone = row.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
            row.until_on.as_deref().is_some_and(|last| last < calendar::day(now, zone).to_string().as_str())
        };
        rows.retain(|row| !over(row));
        let choices = rows.into_iter().map(|row| Choice { last: last == Some(AccountId(row.account)), row }).collect();
        Ok(Choices { choices, after })
    }

    /// The verified e-mail of a user.
    pub async fn email_of(&self, user: UserId) -> Result<Option<String>, Denied> {
        let states = self.app().reader().states(vec![user.0]).await?;
        let state = states.get(&user.0).and_then(|folded| folded.state.user());
        Ok(state.and_then(|user| user.verified_email()).map(|email| email.as_str().to_owned()))
    }

    /// Works in another account from now on, with another secret. An account the user does not reach is not found, like one that is not there.
    pub async fn switch(&self, signed: &Signed, account: AccountId) -> Result<SessionSecret, Denied> {
        if signed.session.is_by_provider() && signed.session.account() != Some(account) {
            // The same for every other account, whether they reach it or not.
            let refusal = Refusal::at(Code::Forbidden, "accountId").instead(Remedy::SignInYourself);
            return Err(refusal.into());
        }
        let place = self.app().reader().place_in(signed.user, account, self.now()).await?;
        if place.is_none() {
            return Err(Refusal::at(Code::NotFound, "accountId").into());
        }
        let turned = self.vault().rotate_session(&signed.session, &signed.hash, Some(account), 0).await?;
        // It was ended, or turned by another request of the same browser, meanwhile.
        let secret = turned.ok_or(Denied::NotSignedIn)?;
        self.vault().remember_account(signed.user, account, self.micros()).await?;
        Ok(secret)
    }

    /// The open sessions of a user, the one last used first.
    pub async fn sessions_of(&self, user: UserId) -> Result<Vec<Session>, Denied> {
        Ok(self.vault().sessions(user, self.micros()).await?)
    }

    /// The newest sign-ins of a user, those that failed too.
    pub async fn sign_ins_of(&self, user: UserId) -> Result<Vec<SignIn>, Denied> {
        Ok(self.vault().sign_ins(user, SIGN_INS_SHOWN).await?)
    }

    /// Ends one of one's own sessions.
    pub async fn end_one(&self, signed: &Signed, session: Uuid) -> Result<(), Denied> {
        if session != signed.session.id {
            signed.themselves()?;
        }
        let ended = self.vault().end_session_of(signed.user, session).await?;
        if ended { Ok(()) } else { Err(Refusal::at(Code::NotFound, "sessionId").into()) }
    }

    /// Ends all of one's own sessions but this one; how many.
    pub async fn end_others(&self, signed: &Signed) -> Result<u64, Denied> {
        signed.themselves()?;
        Ok(self.vault().end_other_sessions(signed.user, signed.session.id).await?)
    }

    /// Gives a session another secret, in the same account. `shown`: they have just shown who they are.
    pub(super) async fn turned(&self, signed: &Signed, shown: bool) -> Result<SessionSecret, Denied> {
        let (account, at) = (signed.session.account(), if shown { self.micros() } else { 0 });
        let turned = self.vault().rotate_session(&signed.session, &signed.hash, account, at).await?;
        turned.ok_or(Denied::NotSignedIn)
    }
}

impl Signed {
    /// Refused, where an account's provider said who they are: what is the person's own is opened by themselves alone.
    pub fn themselves(&self) -> Result<(), Refusal> {
        match self.session.is_by_provider() {
            true => Err(Refusal::new(Code::Forbidden).instead(Remedy::SignInYourself)),
            false => Ok(()),
        }
    }

    /// Until when the session lasts, used or not.
    pub fn expires_at(&self) -> chrono::DateTime<Utc> {
        chrono::DateTime::from_timestamp_micros(self.session.expires_at).unwrap_or_default()
    }
}
