//! Signing in by an account's own provider (OpenID Connect Core 1.0: code flow, with PKCE).
//!
//! An account's owner chooses the provider, and may run it himself: it can say what it likes. So it is believed about that one account and about nothing else.
//! The session that it opens is for that account; what is a user's own (their login, their other accounts and browsers) stays closed to it
//! (`Caller::is_by_provider`). It opens no login and gives no right: whom it names must have a login with the address it names, of a domain that it speaks
//! for, and a place in the account.
//!
//! A browser is sent with a state, a nonce and a challenge, and bound by a cookie; what is kept of it is used once. Each account has an address of its own to come
//! back to, so that the answer of one provider is never taken for another's (RFC 9700, 4.4). Nothing of an answer is kept.
//!
//! `metadata` (what a provider says of itself, and its keys), `token` (what it says of a person).

mod metadata;
mod token;

pub(super) use metadata::Providers;

use super::{Denied, Entry, Identity, Visitor, rates};
use crate::{
    outbound::{Call, Method, Url},
    vault::{
        providers::{Held, hashed, random_text},
        session::SessionHash,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use domain::{AccountId, UserId, account::provider::Provider, values::Email};
use metadata::Known;
use serde::Deserialize;
use std::time::Duration;
use token::{Claims, Expected, Lie};

/// How long a browser has to come back.
const BACK_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// Longest time for one call to a provider.
const CALL_TIME: Duration = Duration::from_secs(8);
/// Largest answer of a provider.
const ANSWER_MAX: usize = 256 * 1024;
/// How far its clock may be from ours.
const SKEW: TimeDelta = TimeDelta::seconds(60);

/// Why signing in by a provider came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProviderDenied {
    /// The account has none, or it is off; or there is no such account.
    #[error("no provider is offered")]
    NotOffered,
    /// This browser was not sent, came back before, or too late.
    #[error("the sign-in was not begun here, or is over")]
    Lost,
    /// The provider said no.
    #[error("the provider refused")]
    Refused,
    /// It does not answer, or not as a provider does.
    #[error("the provider does not answer as it should: {0}")]
    Unavailable(&'static str),
    /// What it says is not proven, or not for us.
    #[error("the provider is not believed: {0}")]
    NotBelieved(&'static str),
    /// Whom it names has no login by that address, or no place in the account. Which, is not told.
    #[error("nobody here")]
    Unknown,
    /// The account asks for a code besides, and they have no app.
    #[error("a second factor is asked for and there is none")]
    NoSecondFactor,
}

impl ProviderDenied {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            ProviderDenied::NotOffered => "PROVIDER_NOT_OFFERED",
            ProviderDenied::Lost => "SIGN_IN_EXPIRED",
            ProviderDenied::Refused => "PROVIDER_REFUSED",
            ProviderDenied::Unavailable(_) => "PROVIDER_UNAVAILABLE",
            ProviderDenied::NotBelieved(_) => "PROVIDER_NOT_BELIEVED",
            ProviderDenied::Unknown => "PROVIDER_UNKNOWN_PERSON",
            ProviderDenied::NoSecondFactor => "SECOND_FACTOR_MISSING",
        }
    }

    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            ProviderDenied::Unavailable(_) => 502,
            ProviderDenied::Unknown | ProviderDenied::NoSecondFactor => 403,
            _ => 422,
        }
    }

    /// What exactly, for whoever runs the provider: a word of the protocol.
    pub fn detail(self) -> Option<&'static str> {
        match self {
            ProviderDenied::Unavailable(what) | ProviderDenied::NotBelieved(what) => Some(what),
            _ => None,
        }
    }
}

/// A browser on its way to a provider.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Where it goes.
    pub location: String,
    /// What it brings back, in a cookie.
    pub browser: String,
}

/// A browser that came back, with what its address says.
#[derive(Debug, Clone, Default)]
pub struct Returned<'a> {
    /// The account in the path.
    pub account: Option<AccountId>,
    /// What it was sent with.
    pub state: &'a str,
    /// What the person is asked for by.
    pub code: &'a str,
    /// Who answers (RFC 9207).
    pub issuer: Option<&'a str>,
    /// That the provider says no.
    pub error: bool,
    /// What the cookie says.
    pub browser: &'a str,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: Option<String>,
}

impl Identity {
    /// Sends a browser to an account's provider. `again`: the person shall show anew who they are.
    pub async fn start_provider(
        &self,
        account: AccountId,
        again: bool,
        next: Option<&str>,
        visitor: &Visitor,
    ) -> Result<Sent, Denied> {
        self.take(&rates::PROVIDER_PEER, &visitor.limited_as).await?;
        let provider = self.provider_of(account).await?.ok_or(ProviderDenied::NotOffered)?;
        self.take(&rates::PROVIDER, &account.to_string()).await?;
        let known = self.known(account, &provider.terms.issuer).await?;
        let (state, browser, nonce, verifier) = (random_text()?, random_text()?, random_text()?, random_text()?);
        let mut location = known.metadata.authorization_endpoint.clone();
        {
            let mut asked = location.query_pairs_mut();
            asked.append_pair("response_type", "code");
            asked.append_pair("scope", "openid email");
            asked.append_pair("client_id", &provider.terms.client_id);
            asked.append_pair("redirect_uri", &self.back_to(account));
            asked.append_pair("state", &state);
            asked.append_pair("nonce", &nonce);
            asked.append_pair("code_challenge", &BASE64URL_NOPAD.encode(&hashed(&verifier)));
            asked.append_pair("code_challenge_method", "S256");
            if again {
                asked.append_pair("prompt", "login");
                asked.append_pair("max_age", "0");
            }
        }
        let held = Held {
            issuer: provider.terms.issuer.clone(),
            client_id: provider.terms.client_id.clone(),
            nonce,
            verifier,
            sent_at: self.micros(),
            again,
            next: next.map(str::to_owned),
        };
        let (id, until) = (self.app().clock().id(), (self.now() + BACK_WITHIN).timestamp_micros());
        self.vault().keep_start(id, (hashed(&state), hashed(&browser)), account, &held, until).await?;
        Ok(Sent { location: location.into(), browser })
    }

    /// Takes back a browser from a provider. `before`: the session it brought, which ends where another begins. With where it is to go.
    pub async fn finish_provider(
        &self,
        returned: Returned<'_>,
        before: Option<SessionHash>,
        visitor: &Visitor,
    ) -> Result<(Entry, Option<String>), Denied> {
        self.take(&rates::PROVIDER_PEER, &visitor.limited_as).await?;
        let sent = (hashed(returned.state), hashed(returned.browser));
        let taken = self.vault().take_start(sent, self.micros()).await?;
        let (account, held) = taken.ok_or(ProviderDenied::Lost)?;
        if returned.account != Some(account) {
            return Err(self.disbelieved(account, "redirect_uri"));
        }
        let provider = self.provider_of(account).await?.ok_or(ProviderDenied::NotOffered)?;
        if (&provider.terms.issuer, &provider.terms.client_id) != (&held.issuer, &held.client_id) {
            return Err(ProviderDenied::Lost.into());
        }
        let known = self.known(account, &held.issuer).await?;
        let named = match returned.issuer {
            Some(issuer) => issuer == held.issuer,
            None => !known.metadata.names_itself,
        };
        if !named {
            return Err(self.disbelieved(account, "iss"));
        }
        if returned.error || returned.code.is_empty() {
            return Err(ProviderDenied::Refused.into());
        }
        let token = self.exchange(account, &known, &held, returned.code).await?;
        let claims = self.claims(account, &known, &held, &token).await?;
        let (user, email) = self.whom(account, &provider, &claims).await?;
        if provider.terms.second_factor && !self.standing_of(user).await?.totp {
            return Err(ProviderDenied::NoSecondFactor.into());
        }
        // Noted once that they have a place, and before they come in.
        let subject = (held.issuer.as_str(), claims.sub.as_str());
        if !self.vault().link_user(account, subject, user, self.micros()).await? {
            tracing::warn!(account = %account, "a provider means somebody by two names, or two people by one");
            return Err(ProviderDenied::Unknown.into());
        }
        drop(email);
        let next = held.next;
        if provider.terms.second_factor {
            let secret = self.ask_code(user, account, before, visitor).await?;
            return Ok((Entry::SecondFactor(secret), next));
        }
        let shown = self.shown_at(account, &claims, held.again.then_some(held.sent_at))?;
        let entered = self.enter_by_provider(user, account, shown, before, visitor).await?;
        Ok((Entry::Entered(entered), next))
    }

    /// Where a browser of an account comes back to: each account's own.
    pub fn back_to(&self, account: AccountId) -> String {
        format!("{}/auth/oidc/callback/{account}", self.inner.outside.public_url)
    }

    /// The provider of an account, where it is on.
    async fn provider_of(&self, account: AccountId) -> Result<Option<Provider>, Denied> {
        let folded = self.app().state(account.into()).await?;
        let provider = folded.state.account().and_then(|account| account.provider.as_ref());
        Ok(provider.filter(|provider| provider.terms.on).cloned())
    }

    /// Who is meant: a user with a place in the account, whose own address the provider speaks for.
    async fn whom(&self, account: AccountId, provider: &Provider, claims: &Claims) -> Result<(UserId, Email), Denied> {
        let email = claims.email.as_deref().and_then(|text| Email::parse(text).ok());
        let email = email.filter(|_| claims.email_verified == Some(true));
        let email = email.ok_or_else(|| self.disbelieved(account, "email_verified"))?;
        if !provider.speaks_for(&email) {
            return Err(self.disbelieved(account, "email"));
        }
        let linked = self.vault().linked_user(account, &provider.terms.issuer, &claims.sub).await?;
        let user = match linked {
            Some(user) => Some(user),
            None if provider.terms.first_sign_ins => self.app().reader().user_of(&email).await?,
            None => None,
        };
        let user = user.ok_or(ProviderDenied::Unknown)?;
        // Also of somebody it has named before: what it speaks for may have changed.
        let own = self.email_of(user).await?.and_then(|text| Email::parse(&text).ok());
        let spoken_for = own.is_some_and(|own| provider.speaks_for(&own));
        let place = self.app().reader().place_in(user, account, self.now()).await?;
        match place {
            Some(_) if spoken_for => Ok((user, email)),
            _ => Err(ProviderDenied::Unknown.into()),
        }
    }

    /// When they showed the provider who they are, as far as it says; `sent`: it had to be after that.
    fn shown_at(&self, account: AccountId, claims: &Claims, sent: Option<i64>) -> Result<DateTime<Utc>, Denied> {
        let at = claims.auth_time.and_then(|seconds| DateTime::from_timestamp(seconds as i64, 0));
        let sent = sent.and_then(DateTime::from_timestamp_micros);
        match (at, sent) {
            (None, None) => Ok(DateTime::UNIX_EPOCH),
            (Some(at), None) => Ok(at.min(self.now())),
            (Some(at), Some(sent)) if at >= sent - SKEW => Ok(at.min(self.now())),
            (_, Some(_)) => Err(self.disbelieved(account, "auth_time")),
        }
    }

    /// Hands the code in, with what shows that it is ours.
    async fn exchange(&self, account: AccountId, known: &Known, held: &Held, code: &str) -> Result<String, Denied> {
        let secret = self.vault().provider_secret(account).await?.ok_or(ProviderDenied::NotOffered)?;
        let back = self.back_to(account);
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back.as_str()),
            ("code_verifier", held.verifier.as_str()),
        ];
        let mut headers = vec![
            ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
            ("accept".to_owned(), "application/json".to_owned()),
        ];
        if known.metadata.secret_in_header {
            let pair = format!("{}:{}", encoded(&[(&held.client_id, "")])?, encoded(&[(&secret, "")])?);
            headers.push(("authorization".to_owned(), format!("Basic {}", BASE64.encode(pair.as_bytes()))));
        } else {
            pairs.extend([("client_id", held.client_id.as_str()), ("client_secret", secret.as_str())]);
        }
        let call = Call {
            method: Method::POST,
            url: known.metadata.token_endpoint.to_string(),
            headers,
            body: encoded(&pairs)?.into_bytes(),
            time: CALL_TIME,
            answer_max: Some(ANSWER_MAX),
        };
        let answer = self.inner.outside.outbound.call(call).await;
        let answer = answer.map_err(|error| self.unreachable(account, "token_endpoint", &error))?;
        match answer.status {
            200 => {}
            400..=499 => return Err(self.disbelieved(account, "code")),
            _ => return Err(ProviderDenied::Unavailable("token_endpoint").into()),
        }
        let tokens: Option<Tokens> = serde_json::from_slice(&answer.body).ok();
        tokens.and_then(|tokens| tokens.id_token).ok_or_else(|| self.disbelieved(account, "id_token"))
    }

    /// What is proven of a person. A key that is not known is asked for once more: providers change theirs.
    async fn claims(&self, account: AccountId, known: &Known, held: &Held, token: &str) -> Result<Claims, Denied> {
        let expected = Expected {
            issuer: &held.issuer,
            client_id: &held.client_id,
            nonce: &held.nonce,
            algorithms: &known.metadata.algorithms,
            now: self.now(),
        };
        let mut told = token::check(token, &known.keys, &expected);
        if matches!(told, Err(Lie::UnknownKey)) {
            let anew = self.known_anew(account, &held.issuer).await?;
            told = token::check(token, &anew.keys, &expected);
        }
        told.map_err(|lie| match lie {
            Lie::UnknownKey => self.disbelieved(account, "kid"),
            Lie::Untrue(what) => self.disbelieved(account, what),
        })
    }

    fn disbelieved(&self, account: AccountId, what: &'static str) -> Denied {
        tracing::warn!(account = %account, what, "the answer of an account's provider was not taken");
        ProviderDenied::NotBelieved(what).into()
    }

    fn unreachable(&self, account: AccountId, what: &'static str, error: &dyn std::error::Error) -> Denied {
        tracing::warn!(account = %account, what, %error, "an account's provider could not be asked");
        ProviderDenied::Unavailable(what).into()
    }
}

/// Names and values as a form has them; of an empty value the name alone.
fn encoded(pairs: &[(&str, &str)]) -> Result<String, Denied> {
    let mut url = Url::parse("http://form").map_err(|e| crate::app::Failure::Fault(e.to_string()))?;
    for (name, value) in pairs {
        match value.is_empty() {
            true => url.query_pairs_mut().append_key_only(name),
            false => url.query_pairs_mut().append_pair(name, value),
        };
    }
    Ok(url.query().unwrap_or_default().to_owned())
}
