//! What users sign in with, as rows: hashes of passwords, secrets of apps, recovery codes, and the sign-ins themselves. All of it is deletable and goes
//! with its user's erasure (`log::sql` deletes it in the append of that event).
//!
//! Knows no rule: who may change what is told by `identity`. Next: `sessions.rs`.

use super::{
    aside::Aside,
    session::SessionHash,
    store::{Vault, VaultError},
    totp::{RecoveryCode, TotpSecret},
};
use domain::UserId;
use projections::Ask;
use uuid::Uuid;

/// The app of a user, as kept.
#[derive(Debug, Clone)]
pub struct App {
    /// What it and we share.
    pub secret: TotpSecret,
    /// Codes of this step and before open nothing more.
    pub last_step: i64,
    /// Whether a first code was shown: only then is one asked for.
    pub confirmed: bool,
}

/// A sign-in of a known user.
#[derive(Debug, Clone, PartialEq, Eq, projections::FromRow)]
pub struct SignIn {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// Microseconds since 1970, UTC.
    pub at: i64,
    /// `SIGNED_IN`, `PROVIDER` (an account's provider said who they are), `SECOND_FACTOR` (the code is to follow), `WRONG_PASSWORD`, `WRONG_CODE`.
    pub result: String,
    /// The browser, as it names itself.
    pub agent: Option<String>,
    /// From which address.
    pub address: Option<String>,
}

/// What changes with a password.
#[derive(Debug, Clone)]
pub struct NewPassword {
    /// Whose.
    pub user: UserId,
    /// Its stored form.
    pub hash: String,
    /// The one session that goes on; all others end.
    pub keep: Option<Uuid>,
    /// What the link that let them choose it named: spent, as are the others of this person.
    pub knock: Option<Uuid>,
}

/// What goes when support takes a user's second factor away: the app, its codes, and every session.
pub(super) fn without_factor(user: UserId) -> Vec<Ask<()>> {
    let on = |sql: &'static str| Ask::new(sql, [user.0.into()]);
    vec![
        on("DELETE FROM totp WHERE user_id = $1"),
        on("DELETE FROM recovery_code WHERE user_id = $1"),
        on("DELETE FROM session WHERE user_id = $1"),
    ]
}

impl Vault {
    /// The hash of a user's password.
    pub async fn password(&self, user: Uuid) -> Result<Option<String>, VaultError> {
        let ask = Ask::<(String,)>::new("SELECT password FROM credential WHERE user_id = $1", [user.into()]);
        Ok(self.db().fetch_optional(ask).await?.map(|(hash,)| hash))
    }

    /// Keeps a password, ends the sessions it ends, and spends the links there are: all of it, or nothing. False: the link was spent meanwhile.
    pub async fn set_password(&self, new: NewPassword, now: i64) -> Result<bool, VaultError> {
        let mut tx = self.db().begin().await?;
        if let Some(knock) = new.knock {
            let spend = "DELETE FROM knock WHERE id = $1 AND expires_at > $2";
            if tx.execute(Ask::new(spend, [knock.into(), now.into()])).await? == 0 {
                tx.rollback().await?;
                return Ok(false);
            }
        }
        let keep = "INSERT INTO credential (user_id, password, changed_at) VALUES ($1, $2, $3)
                    ON CONFLICT (user_id) DO UPDATE SET password = excluded.password, changed_at = excluded.changed_at";
        tx.execute(Ask::new(keep, [new.user.0.into(), new.hash.into(), now.into()])).await?;
        tx.execute(Ask::new("DELETE FROM knock WHERE user_id = $1", [new.user.0.into()])).await?;
        let others = "DELETE FROM session WHERE user_id = $1 AND id <> $2";
        tx.execute(Ask::new(others, [new.user.0.into(), new.keep.unwrap_or_default().into()])).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Keeps the same password in another stored form, unless it was changed meanwhile.
    pub async fn rehash(&self, user: UserId, before: String, hash: String) -> Result<(), VaultError> {
        let sql = "UPDATE credential SET password = $3 WHERE user_id = $1 AND password = $2";
        self.db().execute(Ask::new(sql, [user.0.into(), before.into(), hash.into()])).await?;
        Ok(())
    }

    /// The app of a user.
    pub async fn app_of(&self, user: Uuid) -> Result<Option<App>, VaultError> {
        let ask = Ask::<(Vec<u8>, i64, Option<i64>)>::new(
            "SELECT sealed, last_step, confirmed_at FROM totp WHERE user_id = $1",
            [user.into()],
        );
        let Some((sealed, last_step, confirmed)) = self.db().fetch_optional(ask).await? else { return Ok(None) };
        let opened = self.open_aside(Aside::Totp, user, &sealed)?;
        let secret = TotpSecret::from_bytes(&opened).ok_or(super::seal::SealError::CutOff)?;
        Ok(Some(App { secret, last_step, confirmed: confirmed.is_some() }))
    }

    /// Keeps the secret of an app that is to be confirmed; false where one is confirmed already.
    pub async fn offer_app(&self, user: UserId, secret: &TotpSecret, now: i64) -> Result<bool, VaultError> {
        let sealed = self.seal_aside(Aside::Totp, user.0, secret.bytes())?;
        let sql = "INSERT INTO totp (user_id, sealed, last_step, created_at) VALUES ($1, $2, -1, $3)
                   ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, last_step = -1, created_at = excluded.created_at
                   WHERE totp.confirmed_at IS NULL";
        Ok(self.db().execute(Ask::new(sql, [user.0.into(), sealed.into(), now.into()])).await? == 1)
    }

    /// Notes that a code of this step was used; false where it, or a later one, was used before, by whomever.
    pub async fn use_step(&self, user: UserId, step: i64) -> Result<bool, VaultError> {
        let sql = "UPDATE totp SET last_step = $2 WHERE user_id = $1 AND last_step < $2";
        Ok(self.db().execute(Ask::new(sql, [user.0.into(), step.into()])).await? == 1)
    }

    /// The app counts from now on, with these recovery codes.
    pub async fn confirm_app(&self, user: UserId, codes: &[RecoveryCode], now: i64) -> Result<(), VaultError> {
        let mut tx = self.db().begin().await?;
        let sql = "UPDATE totp SET confirmed_at = $2 WHERE user_id = $1 AND confirmed_at IS NULL";
        tx.execute(Ask::new(sql, [user.0.into(), now.into()])).await?;
        for ask in self.codes(user, codes) {
            tx.execute(ask).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Takes the app away, and its recovery codes.
    pub async fn remove_app(&self, user: UserId) -> Result<(), VaultError> {
        let mut tx = self.db().begin().await?;
        tx.execute(Ask::new("DELETE FROM totp WHERE user_id = $1", [user.0.into()])).await?;
        tx.execute(Ask::new("DELETE FROM recovery_code WHERE user_id = $1", [user.0.into()])).await?;
        Ok(tx.commit().await?)
    }

    /// Keeps recovery codes instead of those there were.
    pub async fn set_recovery_codes(&self, user: UserId, codes: &[RecoveryCode]) -> Result<(), VaultError> {
        let mut tx = self.db().begin().await?;
        for ask in self.codes(user, codes) {
            tx.execute(ask).await?;
        }
        Ok(tx.commit().await?)
    }

    fn codes(&self, user: UserId, codes: &[RecoveryCode]) -> Vec<Ask<()>> {
        let insert = |code: &RecoveryCode| {
            let hash = code.hash(user.0, &self.master_keys().index).to_vec();
            Ask::new("INSERT INTO recovery_code (hash, user_id) VALUES ($1, $2)", [hash.into(), user.0.into()])
        };
        let forget = Ask::new("DELETE FROM recovery_code WHERE user_id = $1", [user.0.into()]);
        std::iter::once(forget).chain(codes.iter().map(insert)).collect()
    }

    /// Uses a recovery code up; false where it is none, or was used.
    pub async fn use_recovery_code(&self, user: UserId, code: &RecoveryCode) -> Result<bool, VaultError> {
        let hash = code.hash(user.0, &self.master_keys().index).to_vec();
        let sql = "DELETE FROM recovery_code WHERE hash = $1 AND user_id = $2";
        Ok(self.db().execute(Ask::new(sql, [hash.into(), user.0.into()])).await? == 1)
    }

    /// How many recovery codes are left.
    pub async fn recovery_codes_left(&self, user: UserId) -> Result<i64, VaultError> {
        let ask = Ask::<(i64,)>::new("SELECT COUNT(*) FROM recovery_code WHERE user_id = $1", [user.0.into()]);
        Ok(self.db().fetch_optional(ask).await?.map_or(0, |(left,)| left))
    }

    /// Notes a sign-in.
    pub async fn note_sign_in(&self, note: SignIn) -> Result<(), VaultError> {
        let sql = "INSERT INTO sign_in (id, user_id, at, result, agent, address) VALUES ($1, $2, $3, $4, $5, $6)";
        let SignIn { id, user_id, at, result, agent, address } = note;
        let args = [id.into(), user_id.into(), at.into(), result.into(), agent.into(), address.into()];
        self.db().execute(Ask::new(sql, args)).await?;
        Ok(())
    }

    /// The newest sign-ins of a user.
    pub async fn sign_ins(&self, user: UserId, limit: i64) -> Result<Vec<SignIn>, VaultError> {
        let sql = "SELECT id, user_id, at, result, agent, address FROM sign_in WHERE user_id = $1 ORDER BY at DESC, id DESC LIMIT $2";
        Ok(self.db().fetch(Ask::new(sql, [user.0.into(), limit.into()])).await?)
    }

    /// Forgets sign-ins from before an instant.
    pub async fn forget_sign_ins(&self, before: i64) -> Result<u64, VaultError> {
        Ok(self.db().execute(Ask::new("DELETE FROM sign_in WHERE at < $1", [before.into()])).await?)
    }

    /// What a form of this session carries.
    pub fn form_token(&self, session: &SessionHash) -> String {
        super::session::form_token(session, &self.master_keys().index)
    }
}
