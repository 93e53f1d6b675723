//! Tokens: whom each speaks for, what it may, until when; made, listed, revoked. Only hashes stand here.

use super::{Vault, VaultError};
use crate::vault::token::Token;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{AccountId, Actor, ActorKind, UserId, account::token::Scopes};
use projections::Ask;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A revoked token opens nothing after this long, on every node; at once on the one that revoked it.
const KEPT_FOR: Duration = Duration::from_secs(1);
/// That a token was used is noted again after so long.
const NOTED_AFTER: TimeDelta = TimeDelta::minutes(10);

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// As events name it.
    pub actor: Actor,
    /// The one account it is a program of; none: an operator's, a staff member's or a user's.
    pub account: Option<AccountId>,
    /// What a program may.
    pub scopes: Scopes,
}

/// What a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Runs the instance.
    Operator,
    /// Someone of support.
    Staff,
    /// A program of one account.
    Program(AccountId),
    /// A user's login.
    User(UserId),
}

impl Grant {
    /// Its role, account and user, as they are stored.
    fn parts(self) -> (ActorKind, Option<AccountId>, Option<UserId>) {
        match self {
            Grant::Operator => (ActorKind::Operator, None, None),
            Grant::Staff => (ActorKind::Staff, None, None),
            Grant::Program(account) => (ActorKind::Token, Some(account), None),
            Grant::User(user) => (ActorKind::User, None, Some(user)),
        }
    }
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its id: what events name.
    pub id: Uuid,
    /// What it stands for.
    pub grant: Grant,
    /// What it may, where it is a program's.
    pub scopes: Scopes,
    /// What it is for.
    pub name: String,
    /// From when on it opens nothing; none: never.
    pub expires_at: Option<DateTime<Utc>>,
    /// The present instant.
    pub now: DateTime<Utc>,
}

impl NewToken {
    /// Whether this is what was asked for when that one was made.
    pub fn is_kept_as(&self, row: &TokenRow) -> bool {
        let micros = |end: Option<DateTime<Utc>>| end.map(|end| end.timestamp_micros());
        self.grant.parts() == (row.kind, row.account, row.user)
            && (self.scopes, &self.name) == (row.scopes, &row.name)
            && micros(self.expires_at) == micros(row.expires_at)
    }
}

/// A token as it is listed; the token itself is not known any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id.
    pub id: Uuid,
    /// The account whose program it is of; none: an operator's, support's or a user's.
    pub account: Option<AccountId>,
    /// What it stands for: `OPERATOR`, `STAFF`, `TOKEN`, `USER`.
    pub kind: ActorKind,
    /// Whose login, where it is a user's.
    pub user: Option<UserId>,
    /// What it may, where it is a program's.
    pub scopes: Scopes,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it opens nothing.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, to ten minutes; none: never.
    pub last_used_at: Option<DateTime<Utc>>,
}

const COLUMNS: &str = "id, account, role, user_id, scopes, name, created_at, expires_at, revoked_at, last_used_at";

#[derive(Debug, projections::FromRow)]
struct Row {
    id: Uuid,
    account: Option<Uuid>,
    role: Option<String>,
    user_id: Option<Uuid>,
    scopes: Option<String>,
    name: String,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    last_used_at: Option<i64>,
}

impl Row {
    /// The role; none where a newer binary wrote it: what it means is not known here, so it opens nothing.
    fn kind(&self) -> Option<ActorKind> {
        use ActorKind::{Operator, Staff, Token, User};
        match (self.role.as_deref(), self.user_id) {
            (Some(word), user) => ActorKind::parse(word)
                .filter(|kind| matches!((kind, user), (User, Some(_)) | (Operator | Staff | Token, None))),
            // Made before there were roles.
            (None, None) => Some(if self.account.is_some() { Token } else { Operator }),
            (None, Some(_)) => None,
        }
    }

    /// One made before there were scopes may what the owner may.
    fn scopes(&self) -> Scopes {
        self.scopes.as_deref().map_or(Scopes::OWNER, Scopes::of_stored)
    }

    fn listed(self) -> Option<TokenRow> {
        let instant = |micros| DateTime::from_timestamp_micros(micros);
        Some(TokenRow {
            id: self.id,
            account: self.account.map(AccountId),
            kind: self.kind()?,
            user: self.user_id.map(UserId),
            scopes: self.scopes(),
            created_at: instant(self.created_at)?,
            expires_at: self.expires_at.and_then(instant),
            revoked_at: self.revoked_at.and_then(instant),
            last_used_at: self.last_used_at.and_then(instant),
            name: self.name,
        })
    }
}

impl Vault {
    /// Makes a token for an account (none: an operator's) that may all its kind may, stores its hash, and hands it out, once.
    pub async fn create_token(
        &self,
        id: Uuid,
        account: Option<AccountId>,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<Token, VaultError> {
        let grant = account.map_or(Grant::Operator, Grant::Program);
        let (scopes, name) = (Scopes::OWNER, name.to_owned());
        self.create_token_for(NewToken { id, grant, scopes, name, expires_at: None, now }).await
    }

    /// Makes a token, stores its hash, and hands it out, once.
    pub async fn create_token_for(&self, new: NewToken) -> Result<Token, VaultError> {
        let token = Token::generate()?;
        let (role, account, user) = new.grant.parts();
        let insert = Ask::new(
            "INSERT INTO api_token (id, account, hash, name, created_at, role, user_id, scopes, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            [
                new.id.into(),
                account.map(|account| account.0).into(),
                token.hash().to_vec().into(),
                new.name.into(),
                new.now.timestamp_micros().into(),
                role.as_str().into(),
                user.map(|user| user.0).into(),
                new.scopes.stored().into(),
                new.expires_at.map(|at| at.timestamp_micros()).into(),
            ],
        );
        self.inner.db.execute(insert).await?;
        Ok(token)
    }

    /// Whom a token speaks for; none when it is unknown, revoked or expired.
    pub async fn bearer(&self, token: &str, now_micros: i64) -> Result<Option<Bearer>, VaultError> {
        let Ok(token) = Token::parse(token) else { return Ok(None) };
        let hash = token.hash();
        if let Some((read, bearer)) = self.inner.tokens.get(&hash)
            && read.elapsed() < KEPT_FOR
        {
            return Ok(Some(bearer));
        }
        let ask = Ask::<Row>::new(
            format!(
                "SELECT {COLUMNS} FROM api_token WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)"
            ),
            [hash.to_vec().into(), now_micros.into()],
        );
        let found = self.inner.db.fetch_optional(ask).await?;
        let Some((row, kind)) = found.and_then(|row| row.kind().map(|kind| (row, kind))) else {
            self.inner.tokens.remove(&hash);
            return Ok(None);
        };
        // A person is the same one whatever token they use.
        let actor = Actor { kind, id: row.user_id.unwrap_or(row.id) };
        let bearer = Bearer { actor, account: row.account.map(AccountId), scopes: row.scopes() };
        self.inner.tokens.insert(hash, (Instant::now(), bearer));
        self.note_use(row.id, row.last_used_at, now_micros).await;
        Ok(Some(bearer))
    }

    /// Notes that a token was used, every now and then. Nothing is decided by it, so a failure is only logged.
    async fn note_use(&self, id: Uuid, noted: Option<i64>, now: i64) {
        let due = noted.is_none_or(|at| now.saturating_sub(at) >= NOTED_AFTER.num_microseconds().unwrap_or(i64::MAX));
        if !due {
            return;
        }
        let note = Ask::new("UPDATE api_token SET last_used_at = $1 WHERE id = $2", [now.into(), id.into()]);
        if let Err(e) = self.inner.db.execute(note).await {
            tracing::warn!(error = %e, "that a token was used could not be noted");
        }
    }

    /// The tokens of an account's programs, the newest first; those of no account where none is given.
    pub async fn tokens(&self, account: Option<AccountId>) -> Result<Vec<TokenRow>, VaultError> {
        let ask = match account {
            Some(account) => Ask::<Row>::new(
                format!("SELECT {COLUMNS} FROM api_token WHERE account = $1 ORDER BY created_at DESC, id DESC"),
                [account.0.into()],
            ),
            None => Ask::<Row>::new(
                format!("SELECT {COLUMNS} FROM api_token WHERE account IS NULL ORDER BY created_at DESC, id DESC"),
                [],
            ),
        };
        Ok(self.inner.db.fetch(ask).await?.into_iter().filter_map(Row::listed).collect())
    }

    /// One token.
    pub async fn token(&self, id: Uuid) -> Result<Option<TokenRow>, VaultError> {
        let ask = Ask::<Row>::new(format!("SELECT {COLUMNS} FROM api_token WHERE id = $1"), [id.into()]);
        Ok(self.inner.db.fetch_optional(ask).await?.and_then(Row::listed))
    }

    /// Ends a token; one that was ended keeps its time.
    pub async fn revoke_token(&self, id: Uuid, now: DateTime<Utc>) -> Result<(), VaultError> {
        let revoke = Ask::new(
            "UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL",
            [now.timestamp_micros().into(), id.into()],
        );
        self.inner.db.execute(revoke).await?;
        // All of them: few are revoked, and each is read again with its next use.
        self.inner.tokens.clear();
        Ok(())
    }
}
