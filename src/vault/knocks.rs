//! Who asked for a login or a new password, as rows: the same one whether the address is known or not, sealed with the master key, attended to after the
//! answer (`identity::knock`), then what a mailed link names until it is followed or out of time.

use super::{
    aside::Aside,
    seal::SealError,
    store::{Vault, VaultError},
};
use domain::UserId;
use projections::{Arg, Ask};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

const TABLE: &str = "knock";

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knocked {
    /// A login.
    SignUp,
    /// A new password.
    Reset,
    /// Nothing: support took their second factor away, and they are told.
    Factor,
}

impl Knocked {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Knocked::SignUp => "SIGN_UP",
            Knocked::Reset => "RESET",
            Knocked::Factor => "FACTOR",
        }
    }
}

/// Who asked. Does not show itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stranger {
    /// The address they typed, normalised.
    pub email: String,
    /// How they want to be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl fmt::Debug for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stranger(hidden)")
    }
}

/// A row, opened.
#[derive(Debug, Clone)]
pub struct Knock {
    /// Its id.
    pub id: Uuid,
    /// `SIGN_UP`, `RESET` or `FACTOR`.
    pub kind: String,
    /// Who asked.
    pub who: Stranger,
    /// `fr` or `en`.
    pub lang: String,
    /// Whose it turned out to be.
    pub user: Option<UserId>,
    /// Attempts so far.
    pub attempts: i64,
    /// Until when its link opens something, in microseconds.
    pub expires_at: i64,
}

type Row = (Uuid, String, Vec<u8>, String, Option<Uuid>, i64, i64);
const COLUMNS: &str = "SELECT id, kind, sealed, lang, user_id, attempts, expires_at FROM knock";

/// A row that is about to be kept: sealed, and the address as a keyed hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKnock {
    id: Uuid,
    kind: String,
    sealed: Vec<u8>,
    lang: String,
    address: Vec<u8>,
    created_at: i64,
    expires_at: i64,
}

impl NewKnock {
    /// As a statement.
    pub(super) fn statement(&self) -> Ask<()> {
        let NewKnock { id, kind, sealed, lang, address, created_at, expires_at } = self.clone();
        let sql = "INSERT INTO knock (id, kind, sealed, lang, address, created_at, due_at, attempts, expires_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $6, 0, $7)";
        let args =
            [id.into(), kind.into(), sealed.into(), lang.into(), address.into(), created_at.into(), expires_at.into()];
        Ask::new(sql, args)
    }
}

impl Vault {
    /// Keeps that somebody asked.
    pub async fn knock(
        &self,
        id: Uuid,
        kind: Knocked,
        who: &Stranger,
        lang: &str,
        times: (i64, i64),
    ) -> Result<(), VaultError> {
        self.db().execute(self.knocking(id, kind, who, lang, times)?.statement()).await?;
        Ok(())
    }

    /// The same, to go with an append.
    pub fn knocking(
        &self,
        id: Uuid,
        kind: Knocked,
        who: &Stranger,
        lang: &str,
        (created_at, expires_at): (i64, i64),
    ) -> Result<NewKnock, VaultError> {
        let json = serde_json::to_vec(who).unwrap_or_default();
        let sealed = self.seal_aside(Aside::Knock, id, &json)?;
        let address = self.claim_key(TABLE, Uuid::nil(), &who.email).to_vec();
        Ok(NewKnock {
            id,
            kind: kind.as_str().to_owned(),
            sealed,
            lang: lang.to_owned(),
            address,
            created_at,
            expires_at,
        })
    }

    fn opened(&self, row: Row) -> Result<Knock, VaultError> {
        let (id, kind, sealed, lang, user, attempts, expires_at) = row;
        let json = self.open_aside(Aside::Knock, id, &sealed)?;
        let who = serde_json::from_slice(&json).map_err(|_| SealError::CutOff)?;
        Ok(Knock { id, kind, who, lang, user: user.map(UserId), attempts, expires_at })
    }

    /// Those whose turn it is, oldest first: taken until `until`, so that no other worker attends to them too.
    pub async fn due_knocks(&self, now: i64, until: i64, limit: i64) -> Result<Vec<Knock>, VaultError> {
        let mut tx = self.db().begin().await?;
        let sql = format!("{COLUMNS} WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2 [FOR UPDATE SKIP LOCKED]");
        let rows: Vec<Row> = tx.fetch(Ask::new(sql, [now.into(), limit.into()])).await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
        if !ids.is_empty() {
            let sql = "UPDATE knock SET due_at = $2, attempts = attempts + 1 WHERE id IN [$1]";
            tx.execute(Ask::new(sql, [Arg::Uuids(ids), until.into()])).await?;
        }
        tx.commit().await?;
        rows.into_iter().map(|row| self.opened(row)).collect()
    }

    /// Its link leads to a new password of this user, until then.
    pub async fn knock_resets(&self, id: Uuid, user: UserId, until: i64) -> Result<(), VaultError> {
        let sql = "UPDATE knock SET kind = $2, user_id = $3, expires_at = $4 WHERE id = $1";
        let args = [id.into(), Knocked::Reset.as_str().into(), user.0.into(), until.into()];
        self.db().execute(Ask::new(sql, args)).await?;
        Ok(())
    }

    /// Its mail is on its way: from now on it is only what that link names.
    pub async fn knock_answered(&self, id: Uuid) -> Result<(), VaultError> {
        self.db().execute(Ask::new("UPDATE knock SET due_at = NULL WHERE id = $1", [id.into()])).await?;
        Ok(())
    }

    /// Tries it again then.
    pub async fn knock_again(&self, id: Uuid, due_at: i64) -> Result<(), VaultError> {
        let sql = "UPDATE knock SET due_at = $2 WHERE id = $1 AND due_at IS NOT NULL";
        self.db().execute(Ask::new(sql, [id.into(), due_at.into()])).await?;
        Ok(())
    }

    /// Whose login is being opened by it: noted, so that a second try goes on with the same.
    pub async fn knock_of(&self, id: Uuid, user: UserId) -> Result<(), VaultError> {
        let sql = "UPDATE knock SET user_id = $2 WHERE id = $1";
        self.db().execute(Ask::new(sql, [id.into(), user.0.into()])).await?;
        Ok(())
    }

    /// Nothing more is to come of it.
    pub async fn forget_knock(&self, id: Uuid) -> Result<(), VaultError> {
        self.db().execute(Ask::new("DELETE FROM knock WHERE id = $1", [id.into()])).await?;
        Ok(())
    }

    /// What a link names, if it still opens something.
    pub async fn standing_knock(&self, id: Uuid, kind: Knocked, now: i64) -> Result<Option<Knock>, VaultError> {
        let sql = format!("{COLUMNS} WHERE id = $1 AND kind = $2 AND expires_at > $3");
        let row = self.db().fetch_optional(Ask::<Row>::new(sql, [id.into(), kind.as_str().into(), now.into()])).await?;
        row.map(|row| self.opened(row)).transpose()
    }

    /// Forgets what an address asked for: it has what it asked for.
    pub async fn forget_knocks_from(&self, email: &str) -> Result<(), VaultError> {
        let address = self.claim_key(TABLE, Uuid::nil(), email).to_vec();
        self.db().execute(Ask::new("DELETE FROM knock WHERE address = $1", [address.into()])).await?;
        Ok(())
    }

    /// Forgets what is out of time.
    pub async fn forget_knocks(&self, now: i64) -> Result<u64, VaultError> {
        Ok(self.db().execute(Ask::new("DELETE FROM knock WHERE expires_at <= $1", [now.into()])).await?)
    }
}
