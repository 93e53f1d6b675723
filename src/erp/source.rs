//! From where an account's records are pulled: its address, its secret (sealed as it comes, never shown), and when the next pull is due.

use crate::{
    app::{App, Caller, Failure},
    outbound::{Targets, checked_url},
    vault::{
        replace::Wrapped,
        seal::{self, SealContext},
    },
};
use domain::{AccountId, Code, Refusal, remedy::Remedy};
use projections::{Arg, Ask};
use uuid::Uuid;

/// From where records are pulled, as somebody sets it: absent keeps, null takes away.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The address; none: records are only sent.
    pub url: Option<Option<String>>,
    /// What is sent as `Authorization: Bearer`. Sealed at once, and never shown again.
    pub bearer: Option<Option<String>>,
}

impl Source {
    /// Refuses what could never be called; whether it is a private address is known when it is called.
    pub fn check(&self) -> Result<(), Refusal> {
        let url = self.url.as_ref().and_then(Option::as_deref);
        if url.is_some_and(|url| checked_url(url, Targets::Any).is_err()) {
            return Err(Refusal::at(Code::Invalid, "url").with("expected", "https://"));
        }
        let bearer = self.bearer.as_ref().and_then(Option::as_deref);
        if bearer.is_some_and(|secret| {
            secret.is_empty() || secret.len() > 4_096 || !secret.bytes().all(|b| b.is_ascii_graphic())
        }) {
            return Err(Refusal::at(Code::Invalid, "bearerToken"));
        }
        Ok(())
    }
}

/// Whether a caller may ask for a pull: of an account of their own that is connected and has a source.
pub async fn may_pull(app: &App, caller: &Caller, account: AccountId) -> Result<Result<(), Refusal>, Failure> {
    if let Err(refusal) = app.may_sync(caller, account) {
        return Ok(Err(refusal));
    }
    let states = app.reader().states(vec![account.0]).await?;
    let connected = states.get(&account.0).and_then(|folded| folded.state.account()).is_some_and(|a| a.erp().is_some());
    let source = source_of(app, account).await?;
    Ok(match source {
        Some(_) if connected => Ok(()),
        _ if connected => Err(Refusal::not_now(Remedy::GiveErpAddress).under("accountId")),
        _ => Err(Refusal::not_now(Remedy::ConnectErp).under("accountId")),
    })
}

#[derive(projections::FromRow)]
pub(super) struct Row {
    pub url: String,
    wrapped: Option<Vec<u8>>,
    secret: Option<Vec<u8>>,
    /// From where on to ask for what changed.
    pub cursor: Option<i64>,
    /// When everything was last asked for.
    pub full_at: Option<i64>,
    /// Whether somebody asked for everything.
    pub full_asked: i64,
    /// When the next pull is due.
    pub next_at: Option<i64>,
}

const ROW: &str =
    "SELECT url, wrapped, secret, cursor, full_at, full_asked, next_at FROM erp_source WHERE account = $1";

/// From where an account's records are pulled, if they are.
pub(super) async fn source_of(app: &App, account: AccountId) -> Result<Option<Row>, Failure> {
    Ok(app.reader().db().fetch_optional(Ask::new(ROW, [account.0.into()])).await?)
}

/// The keys of sources: what the master key wraps and the vault does not know.
pub const WRAPPED: Wrapped =
    Wrapped { table: "erp_source", row: "account", subject: |account| subject(AccountId(account)) };

/// The subject of a source's key: no person's.
fn subject(account: AccountId) -> Uuid {
    Uuid::new_v5(&account.0, b"erp_source")
}

fn place(account: AccountId) -> SealContext<'static> {
    SealContext { account: account.0, stream: "erp_source", event_id: subject(account), event_type: "bearer" }
}

/// Notes from where an account's records are pulled; the next pull is due at once. Another address is asked for everything. A pull under way is ended: it
/// loses its lease, and so notes nothing of an address that is another's by now.
pub async fn set_source(app: &App, account: AccountId, source: Source, scheduled: bool) -> Result<(), Failure> {
    let db = app.reader().db();
    let now = app.clock().now().timestamp_micros();
    let before = source_of(app, account).await?;
    let url = match source.url {
        Some(None) => {
            db.execute(Ask::new("DELETE FROM erp_source WHERE account = $1", [account.0.into()])).await?;
            return Ok(());
        }
        Some(Some(url)) => url,
        None => match &before {
            Some(row) => row.url.clone(),
            None => return Ok(()),
        },
    };
    let same = before.as_ref().is_some_and(|row| row.url == url);
    let (wrapped, secret) = match source.bearer {
        Some(None) => (None, None),
        Some(Some(bearer)) => {
            let (key, stored) = app.vault().new_key(subject(account), account.0)?;
            let sealed = seal::seal(&key, &place(account), bearer.as_bytes());
            let sealed = sealed.map_err(|e| Failure::Fault(format!("sealing a secret: {e}")))?;
            (Some(stored.wrapped), Some(sealed))
        }
        // A secret is for the address it was given with.
        None => {
            before.as_ref().filter(|_| same).map(|row| (row.wrapped.clone(), row.secret.clone())).unwrap_or_default()
        }
    };
    let kept = before.filter(|_| same);
    let upsert = Ask::new(
        "INSERT INTO erp_source (account, url, wrapped, secret, cursor, full_at, next_at, full_asked) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
         ON CONFLICT (account) DO UPDATE SET url = excluded.url, wrapped = excluded.wrapped, secret = excluded.secret,
         cursor = excluded.cursor, full_at = excluded.full_at, next_at = excluded.next_at, lease = NULL, lease_until = NULL",
        [
            account.0.into(),
            url.into(),
            Arg::Bytes(wrapped),
            Arg::Bytes(secret),
            Arg::Int(kept.as_ref().and_then(|row| row.cursor)),
            Arg::Int(kept.as_ref().and_then(|row| row.full_at)),
            Arg::Int(scheduled.then_some(now)),
        ],
    );
    db.execute(upsert).await?;
    Ok(())
}

/// Pulls nothing more until it is connected again, and a pull under way no further. Then everything is asked for: who knows what was edited meanwhile.
pub async fn rest(app: &App, account: AccountId) -> Result<(), Failure> {
    let rest = Ask::new(
        "UPDATE erp_source SET next_at = NULL, cursor = NULL, lease = NULL, lease_until = NULL WHERE account = $1",
        [account.0.into()],
    );
    app.reader().db().execute(rest).await?;
    Ok(())
}

/// Asks for a pull now. Whether there is anything to pull from.
pub async fn pull_soon(app: &App, account: AccountId, full: bool) -> Result<bool, Failure> {
    let asked = Ask::new(
        "UPDATE erp_source SET next_at = $2, full_asked = CASE WHEN $3 = 1 THEN 1 ELSE full_asked END WHERE account = $1",
        [account.0.into(), app.clock().now().timestamp_micros().into(), i64::from(full).into()],
    );
    Ok(app.reader().db().execute(asked).await? > 0)
}

/// The secret that is sent, if there is one.
pub(super) fn bearer(app: &App, account: AccountId, row: &Row) -> Result<Option<String>, Failure> {
    let (Some(wrapped), Some(secret)) = (&row.wrapped, &row.secret) else { return Ok(None) };
    let key = app.vault().unwrap(subject(account), wrapped)?;
    let opened = seal::open(&key, &place(account), secret)
        .map_err(|e| Failure::Fault(format!("the secret of an ERP of account {account}: {e}")))?;
    Ok(String::from_utf8(opened).ok())
}
