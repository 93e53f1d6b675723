//! What stands beside the log of an account's own provider of sign-ins: the secret that it knows us by, whom it means, and browsers that are on their way to
//! it and back.
//!
//! Knows no protocol (`identity::provider`). Secrets are sealed with the master key, subjects kept as keyed hashes.

use super::{
    aside::Aside,
    seal::SealError,
    secret::fill_random,
    session::SessionHash,
    store::{Vault, VaultError},
};
use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use domain::{AccountId, Code, Refusal, UserId};
use projections::Ask;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

const LINK: &str = "provider_link";
/// Longest secret, in bytes.
const SECRET_MAX: usize = 1000;

/// What the answer of a provider is held against. Does not show itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Who was asked.
    pub issuer: String,
    /// As whom we asked.
    pub client_id: String,
    /// What the answer has to repeat.
    pub nonce: String,
    /// What shows that the code is ours (RFC 7636).
    pub verifier: String,
    /// When the browser was sent, in microseconds.
    pub sent_at: i64,
    /// Whether they were to show anew who they are.
    pub again: bool,
    /// Where the browser goes then: a path of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held(hidden)")
    }
}

/// What a change of an account's provider does beside its event, in the same append.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderChange {
    /// Whose.
    pub account: AccountId,
    /// Another secret, sealed.
    pub secret: Option<Vec<u8>>,
    /// It says no more who anybody is: sessions by it end, and browsers on their way come back in vain.
    pub ends: bool,
    /// Nobody is known by it any more: another one took its place, or none.
    pub forgets: bool,
}

impl ProviderChange {
    /// As statements.
    pub fn statements(&self) -> Vec<Ask<()>> {
        let on = |sql: &'static str| Ask::new(sql, [self.account.0.into()]);
        let mut all = Vec::new();
        if self.ends {
            all.push(on("DELETE FROM session WHERE by_provider = 1 AND account = $1"));
            all.push(on("DELETE FROM provider_start WHERE account = $1"));
        }
        if self.forgets {
            all.push(on("DELETE FROM provider_link WHERE account = $1"));
            all.push(on("DELETE FROM provider_secret WHERE account = $1"));
        }
        if let Some(sealed) = &self.secret {
            let sql = "INSERT INTO provider_secret (account, sealed) VALUES ($1, $2)
                       ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed";
            all.push(Ask::new(sql, [self.account.0.into(), sealed.clone().into()]));
        }
        all
    }
}

/// The secret that a provider knows us by, as it was typed. Does not show itself.
#[derive(Clone)]
pub struct ProviderSecret(pub String);

impl fmt::Debug for ProviderSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProviderSecret(hidden)")
    }
}

impl ProviderSecret {
    /// The text, where it can be one.
    ///
    /// # Errors
    /// `INVALID` on `clientSecret`: empty, longer than a thousand bytes, or with control characters.
    pub fn checked(self) -> Result<String, Refusal> {
        let ok = !self.0.is_empty() && self.0.len() <= SECRET_MAX && !self.0.chars().any(char::is_control);
        if ok { Ok(self.0) } else { Err(Refusal::at(Code::Invalid, "clientSecret").with("max", SECRET_MAX)) }
    }
}

/// 256 random bits as text, for what nobody may guess.
pub fn random_text() -> Result<String, VaultError> {
    let mut bits = [0; 32];
    fill_random(&mut bits)?;
    Ok(BASE64URL_NOPAD.encode(&bits))
}

/// What is kept, or told, instead of such a text.
pub fn hashed(text: &str) -> SessionHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    hash
}

impl Vault {
    /// A provider's secret as it is kept.
    pub fn seal_provider_secret(&self, account: AccountId, secret: &str) -> Result<Vec<u8>, VaultError> {
        self.seal_aside(Aside::ProviderSecret, account.0, secret.as_bytes())
    }

    /// The secret that an account's provider knows us by.
    pub async fn provider_secret(&self, account: AccountId) -> Result<Option<String>, VaultError> {
        let ask = Ask::<(Vec<u8>,)>::new("SELECT sealed FROM provider_secret WHERE account = $1", [account.0.into()]);
        let Some((sealed,)) = self.db().fetch_optional(ask).await? else { return Ok(None) };
        let opened = self.open_aside(Aside::ProviderSecret, account.0, &sealed)?;
        Ok(Some(String::from_utf8(opened).map_err(|_| SealError::CutOff)?))
    }

    /// Keeps that a browser was sent to a provider.
    pub async fn keep_start(
        &self,
        id: Uuid,
        (state, browser): (SessionHash, SessionHash),
        account: AccountId,
        held: &Held,
        expires_at: i64,
    ) -> Result<(), VaultError> {
        let json = serde_json::to_vec(held).map_err(|_| SealError::CutOff)?;
        let sealed = self.seal_aside(Aside::ProviderStart, id, &json)?;
        let sql = "INSERT INTO provider_start (state, id, browser, account, sealed, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
        let args = [
            state.to_vec().into(),
            id.into(),
            browser.to_vec().into(),
            account.0.into(),
            sealed.into(),
            expires_at.into(),
        ];
        self.db().execute(Ask::new(sql, args)).await?;
        Ok(())
    }

    /// What a browser that came back is held against, and for which account it was sent: once. None: it is not the one that was sent, came before, or is late.
    pub async fn take_start(
        &self,
        (state, browser): (SessionHash, SessionHash),
        now: i64,
    ) -> Result<Option<(AccountId, Held)>, VaultError> {
        let sql =
            "DELETE FROM provider_start WHERE state = $1 AND browser = $2 RETURNING id, account, sealed, expires_at";
        let mut tx = self.db().begin().await?;
        let ask = Ask::<(Uuid, Uuid, Vec<u8>, i64)>::new(sql, [state.to_vec().into(), browser.to_vec().into()]);
        let row = tx.fetch_optional(ask).await?;
        tx.commit().await?;
        let Some((id, account, sealed, _)) = row.filter(|(.., until)| now < *until) else { return Ok(None) };
        let json = self.open_aside(Aside::ProviderStart, id, &sealed)?;
        let held = serde_json::from_slice(&json).map_err(|_| SealError::CutOff)?;
        Ok(Some((AccountId(account), held)))
    }

    /// Forgets browsers that did not come back in time.
    pub async fn forget_starts(&self, now: i64) -> Result<u64, VaultError> {
        Ok(self.db().execute(Ask::new("DELETE FROM provider_start WHERE expires_at <= $1", [now.into()])).await?)
    }

    fn subject_key(&self, account: AccountId, issuer: &str, subject: &str) -> Vec<u8> {
        // An issuer is an address, which holds no zero byte.
        self.claim_key(LINK, account.0, &format!("{issuer}\0{subject}")).to_vec()
    }

    /// Whom an account's provider means by a subject.
    pub async fn linked_user(
        &self,
        account: AccountId,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<UserId>, VaultError> {
        let key = self.subject_key(account, issuer, subject);
        let ask = Ask::<(Uuid,)>::new("SELECT user_id FROM provider_link WHERE subject = $1", [key.into()]);
        Ok(self.db().fetch_optional(ask).await?.map(|(user,)| UserId(user)))
    }

    /// By which accounts' providers a user is known, and since when; in one account, where it is named.
    pub async fn provider_links(
        &self,
        user: UserId,
        account: Option<AccountId>,
    ) -> Result<Vec<(AccountId, i64)>, VaultError> {
        let sql = "SELECT account, created_at FROM provider_link WHERE user_id = $1 ORDER BY created_at, account";
        let rows = self.db().fetch(Ask::<(Uuid, i64)>::new(sql, [user.0.into()])).await?;
        let rows = rows.into_iter().map(|(of, since)| (AccountId(of), since));
        Ok(rows.filter(|(of, _)| account.is_none_or(|account| account == *of)).collect())
    }

    /// From now on the provider means this user by a subject; false where it means somebody else by it, or them by another.
    pub async fn link_user(
        &self,
        account: AccountId,
        (issuer, subject): (&str, &str),
        user: UserId,
        now: i64,
    ) -> Result<bool, VaultError> {
        let key = self.subject_key(account, issuer, subject);
        let sql = "INSERT INTO provider_link (subject, account, user_id, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let args = [key.into(), account.0.into(), user.0.into(), now.into()];
        self.db().execute(Ask::new(sql, args)).await?;
        // Another request of the same person may have been first.
        Ok(self.linked_user(account, issuer, subject).await? == Some(user))
    }
}
