//! Sessions as rows. Each request reads its own anew, so that one that was ended opens nothing more, on any node.
//!
//! Knows no rule. Next: `knocks.rs`.

use super::{
    session::{SessionHash, SessionSecret},
    store::{Vault, VaultError},
};
use domain::{AccountId, UserId};
use projections::Ask;
use uuid::Uuid;

/// How far a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Signed in.
    Open,
    /// The password was right; a code is waited for, and nothing else is open.
    SecondFactor,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Stage::Open => "OPEN",
            Stage::SecondFactor => "SECOND_FACTOR",
        }
    }
}

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq, projections::FromRow)]
pub struct Session {
    /// Its id: the same through all changes of its secret.
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// `OPEN` or `SECOND_FACTOR`.
    pub stage: String,
    /// The account it works in.
    pub account: Option<Uuid>,
    /// Microseconds since 1970, UTC.
    pub created_at: i64,
    /// When it was last used, to the minute.
    pub seen_at: i64,
    /// From then on it opens nothing, used or not.
    pub expires_at: i64,
    /// The browser, as it names itself.
    pub agent: Option<String>,
    /// From which address it was opened.
    pub address: Option<String>,
    /// When they last showed who they are; 0: at no known time.
    pub confirmed_at: i64,
    /// 1: the account's provider said who they are.
    pub by_provider: i64,
}

impl Session {
    /// Whose.
    pub fn user(&self) -> UserId {
        UserId(self.user_id)
    }

    /// The account it works in.
    pub fn account(&self) -> Option<AccountId> {
        self.account.map(AccountId)
    }

    /// Whether the account's own provider said who they are: then it is for that account, and for nothing else of the user.
    pub fn is_by_provider(&self) -> bool {
        self.by_provider != 0
    }

    /// Whether it is this far.
    pub fn is(&self, stage: Stage) -> bool {
        self.stage == stage.as_str()
    }
}

/// A session to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub user: UserId,
    /// How far.
    pub stage: Stage,
    /// The account it works in.
    pub account: Option<AccountId>,
    /// Until when, used or not.
    pub expires_at: i64,
    /// For how long unused, in microseconds.
    pub idle: i64,
    /// The browser, as it names itself.
    pub agent: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// When they showed who they are; 0: at no known time.
    pub confirmed_at: i64,
    /// Whether the account's provider said who they are.
    pub by_provider: bool,
}

const SESSION: &str = "SELECT id, user_id, stage, account, created_at, seen_at, expires_at, agent, address, confirmed_at, by_provider FROM session";

impl Vault {
    /// Opens a session and hands out its secret, once. `instead`: the session of the same browser that ends with this.
    pub async fn open_session(
        &self,
        new: NewSession,
        instead: Option<SessionHash>,
        now: i64,
    ) -> Result<SessionSecret, VaultError> {
        let secret = SessionSecret::generate()?;
        let sql =
            "INSERT INTO session (id, user_id, hash, stage, account, created_at, seen_at, expires_at, idle, agent, address, confirmed_at, by_provider)
                   VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12)";
        let args = [
            new.id.into(),
            new.user.0.into(),
            secret.hash().to_vec().into(),
            new.stage.as_str().into(),
            new.account.map(|account| account.0).into(),
            now.into(),
            new.expires_at.into(),
            new.idle.into(),
            new.agent.into(),
            new.address.into(),
            new.confirmed_at.into(),
            i64::from(new.by_provider).into(),
        ];
        let mut tx = self.db().begin().await?;
        if let Some(before) = instead {
            tx.execute(Ask::new("DELETE FROM session WHERE hash = $1", [before.to_vec().into()])).await?;
        }
        tx.execute(Ask::new(sql, args)).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// The session of a secret, unless it has ended, also by not being used.
    pub async fn session(&self, hash: &SessionHash, now: i64) -> Result<Option<Session>, VaultError> {
        let sql = format!("{SESSION} WHERE hash = $1 AND expires_at > $2 AND seen_at + idle > $2");
        let ask = Ask::<Session>::new(sql, [hash.to_vec().into(), now.into()]);
        Ok(self.db().fetch_optional(ask).await?)
    }

    /// Notes that a session is used.
    pub async fn touch_session(&self, id: Uuid, now: i64) -> Result<(), VaultError> {
        let sql = "UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2";
        self.db().execute(Ask::new(sql, [id.into(), now.into()])).await?;
        Ok(())
    }

    /// Gives a session another secret, and what changes with it: the one before opens nothing from now on. `confirmed_at`: when they showed who they are; 0:
    /// as it was. None: it has ended meanwhile.
    pub async fn rotate_session(
        &self,
        session: &Session,
        before: &SessionHash,
        account: Option<AccountId>,
        confirmed_at: i64,
    ) -> Result<Option<SessionSecret>, VaultError> {
        let secret = SessionSecret::generate()?;
        let sql = "UPDATE session SET hash = $3, account = $4, confirmed_at = CASE WHEN confirmed_at < $5 THEN $5 ELSE confirmed_at END
                   WHERE id = $1 AND hash = $2";
        let args = [
            session.id.into(),
            before.to_vec().into(),
            secret.hash().to_vec().into(),
            account.map(|account| account.0).into(),
            confirmed_at.into(),
        ];
        let turned = self.db().execute(Ask::new(sql, args)).await? == 1;
        Ok(turned.then_some(secret))
    }

    /// Ends the session of a secret.
    pub async fn end_session(&self, hash: &SessionHash) -> Result<(), VaultError> {
        self.db().execute(Ask::new("DELETE FROM session WHERE hash = $1", [hash.to_vec().into()])).await?;
        Ok(())
    }

    /// Ends one session of a user; false where they have none of this id.
    pub async fn end_session_of(&self, user: UserId, id: Uuid) -> Result<bool, VaultError> {
        let ask = Ask::new("DELETE FROM session WHERE user_id = $1 AND id = $2", [user.0.into(), id.into()]);
        Ok(self.db().execute(ask).await? == 1)
    }

    /// Ends every session of a user but one; how many.
    pub async fn end_other_sessions(&self, user: UserId, keep: Uuid) -> Result<u64, VaultError> {
        let ask = Ask::new("DELETE FROM session WHERE user_id = $1 AND id <> $2", [user.0.into(), keep.into()]);
        Ok(self.db().execute(ask).await?)
    }

    /// The open sessions of a user, the one last used first; a hundred at most.
    pub async fn sessions(&self, user: UserId, now: i64) -> Result<Vec<Session>, VaultError> {
        let sql = format!(
            "{SESSION} WHERE user_id = $1 AND stage = 'OPEN' AND expires_at > $2 AND seen_at + idle > $2 ORDER BY seen_at DESC, id DESC LIMIT 100"
        );
        Ok(self.db().fetch(Ask::new(sql, [user.0.into(), now.into()])).await?)
    }

    /// Forgets sessions that have ended by their time.
    pub async fn forget_sessions(&self, now: i64) -> Result<u64, VaultError> {
        let sql = "DELETE FROM session WHERE expires_at <= $1 OR seen_at + idle <= $1";
        Ok(self.db().execute(Ask::new(sql, [now.into()])).await?)
    }

    /// Remembers the account that a user works in.
    pub async fn remember_account(&self, user: UserId, account: AccountId, now: i64) -> Result<(), VaultError> {
        let sql = "INSERT INTO chosen_account (user_id, account, at) VALUES ($1, $2, $3)
                   ON CONFLICT (user_id) DO UPDATE SET account = excluded.account, at = excluded.at";
        self.db().execute(Ask::new(sql, [user.0.into(), account.0.into(), now.into()])).await?;
        Ok(())
    }

    /// The account that a user worked in last.
    pub async fn last_account(&self, user: UserId) -> Result<Option<AccountId>, VaultError> {
        let ask = Ask::<(Uuid,)>::new("SELECT account FROM chosen_account WHERE user_id = $1", [user.0.into()]);
        Ok(self.db().fetch_optional(ask).await?.map(|(account,)| AccountId(account)))
    }
}
