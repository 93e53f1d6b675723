//! Records pulled from an HTTP source of the ERP, by a schedule or because somebody asks for it now.
//!
//! The source answers `GET url` with `{"records":[…],"next":"…"}` or a bare list, each record as `line` reads it; `next` is followed within the
//! same origin only. Between full pulls, one a day, it is asked for what changed: `?updatedSince=2026-03-31T10:00:00Z`. Calls go out by
//! [`crate::outbound`], which private networks cannot be reached by.
//!
//! One node pulls an account at a time: it holds a lease, renewed with each page. A node that dies leaves a lease that runs out, and the pull begins
//! anew where the last whole one ended: records that were taken already change nothing.

use super::{
    RecordLine, SyncError,
    sync::{Mode, Options, Sent, Sync},
};
use crate::{
    app::{App, Caller, Door, Failure},
    i18n::lang::Lang,
    outbound::{Call, Method, Outbound, Targets, Url, checked_url},
    vault::seal::{self, SealContext},
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::{AccountId, Actor, ActorKind, Code, Refusal};
use projections::{Arg, Ask};
use serde::Deserialize;
use std::time::Duration;
use uuid::Uuid;

/// Longest time for one page, and its largest size.
const PAGE_TIME: Duration = Duration::from_secs(30);
const PAGE_MAX: usize = 16 << 20;
/// Most pages of one pull.
const PAGES_MAX: usize = 2_000;
/// How long a lease holds without being renewed.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// What changed is asked for from so long before the last pull: clocks differ.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);
/// All records are pulled so often.
const FULL_EVERY: TimeDelta = TimeDelta::hours(24);
/// A pull that failed is tried again after so long, or with the schedule when that is sooner.
const AGAIN: TimeDelta = TimeDelta::minutes(5);
/// Accounts pulled one after the other before it is looked again which are due.
const DUE: i64 = 20;

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
    let source: Option<Row> = app.reader().db().fetch_optional(Ask::new(ROW, [account.0.into()])).await?;
    Ok(match source {
        Some(_) if connected => Ok(()),
        _ => Err(Refusal::at(Code::NotAllowedNow, "accountId")),
    })
}

#[derive(sqlx::FromRow)]
struct Row {
    url: String,
    wrapped: Option<Vec<u8>>,
    secret: Option<Vec<u8>>,
    cursor: Option<i64>,
    full_at: Option<i64>,
    full_asked: i64,
}

const ROW: &str = "SELECT url, wrapped, secret, cursor, full_at, full_asked FROM erp_source WHERE account = $1";

/// The subject of a source's key: no person's.
fn subject(account: AccountId) -> Uuid {
    Uuid::new_v5(&account.0, b"erp_source")
}

fn place(account: AccountId) -> SealContext<'static> {
    SealContext { account: account.0, stream: "erp_source", event_id: subject(account), event_type: "bearer" }
}

/// Notes from where an account's records are pulled; the next pull is due at once. Another address is asked for everything.
pub async fn set_source(app: &App, account: AccountId, source: Source, scheduled: bool) -> Result<(), Failure> {
    let db = app.reader().db();
    let now = app.clock().now().timestamp_micros();
    let before: Option<Row> = db.fetch_optional(Ask::new(ROW, [account.0.into()])).await?;
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
         cursor = excluded.cursor, full_at = excluded.full_at, next_at = excluded.next_at",
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

/// Pulls nothing more until it is connected again.
pub async fn rest(app: &App, account: AccountId) -> Result<(), Failure> {
    let rest = Ask::new("UPDATE erp_source SET next_at = NULL WHERE account = $1", [account.0.into()]);
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

/// Pulls every account that is due, one after the other; how many were.
pub async fn pull_due(app: &App, outbound: &Outbound) -> Result<usize, Failure> {
    let db = app.reader().db();
    let now = app.clock().now();
    let due = Ask::<(Uuid,)>::new(
        "SELECT account FROM erp_source WHERE next_at <= $1 AND (lease_until IS NULL OR lease_until < $1) ORDER BY next_at LIMIT $2",
        [now.timestamp_micros().into(), DUE.into()],
    );
    let mut pulled = 0;
    for (account,) in db.fetch(due).await? {
        let lease = app.clock().id();
        let take = Ask::new(
            "UPDATE erp_source SET lease = $2, lease_until = $3 WHERE account = $1 AND next_at <= $4
             AND (lease_until IS NULL OR lease_until < $4)",
            [account.into(), lease.into(), (now + LEASE).timestamp_micros().into(), now.timestamp_micros().into()],
        );
        // Another node was first where no row was taken.
        if db.execute(take).await? == 1 {
            pull(app, outbound, AccountId(account), lease).await?;
            pulled += 1;
        }
    }
    Ok(pulled)
}

/// Pulls one account under a lease, and notes when it is due next.
async fn pull(app: &App, outbound: &Outbound, account: AccountId, lease: Uuid) -> Result<(), Failure> {
    let db = app.reader().db();
    let Some(row) = db.fetch_optional(Ask::<Row>::new(ROW, [account.0.into()])).await? else { return Ok(()) };
    let states = app.reader().states(vec![account.0]).await?;
    let state = states.get(&account.0).and_then(|folded| folded.state.account());
    let every = state.and_then(|state| state.erp()).map(|erp| erp.every_minutes);
    let began = app.clock().now();
    let since = |at: i64| DateTime::from_timestamp_micros(at).unwrap_or_default();
    let full =
        row.full_asked == 1 || row.full_at.is_none_or(|at| began - since(at) >= FULL_EVERY) || row.cursor.is_none();
    let done = match every {
        None => false,
        Some(_) => {
            let asked = Asked { account, lease, url: row.url.clone(), since: row.cursor.filter(|_| !full).map(since) };
            let bearer = bearer(app, account, &row)?;
            match fetch_all(app, outbound, &asked, bearer).await {
                Ok(done) => done,
                Err(SyncError::Failure(failure)) => {
                    tracing::warn!(account = %account, error = %failure, "records of an ERP could not be taken; trying again later");
                    false
                }
                // It was disconnected meanwhile.
                Err(SyncError::Refused(_)) => false,
            }
        }
    };
    let now = app.clock().now();
    let minutes = every.flatten().map(|minutes| TimeDelta::minutes(minutes.into()));
    let next = match (every, minutes, done) {
        (None, ..) | (Some(_), None, _) => None,
        (_, Some(minutes), true) => Some(began + minutes),
        (_, Some(minutes), false) => Some(now + minutes.min(AGAIN)),
    };
    let (cursor, full_at) = match done {
        true => (
            Some((began - OVERLAP).timestamp_micros()),
            if full { Some(began.timestamp_micros()) } else { row.full_at },
        ),
        false => (row.cursor, row.full_at),
    };
    let end = Ask::new(
        "UPDATE erp_source SET lease = NULL, lease_until = NULL, next_at = $3, cursor = $4, full_at = $5, full_asked = $6
         WHERE account = $1 AND lease = $2",
        [
            account.0.into(),
            lease.into(),
            Arg::Int(next.map(|at| at.timestamp_micros())),
            Arg::Int(cursor),
            Arg::Int(full_at),
            i64::from(row.full_asked == 1 && !done).into(),
        ],
    );
    db.execute(end).await?;
    Ok(())
}

fn bearer(app: &App, account: AccountId, row: &Row) -> Result<Option<String>, Failure> {
    let (Some(wrapped), Some(secret)) = (&row.wrapped, &row.secret) else { return Ok(None) };
    let key = app.vault().unwrap(subject(account), wrapped)?;
    let opened = seal::open(&key, &place(account), secret)
        .map_err(|e| Failure::Fault(format!("the secret of an ERP of account {account}: {e}")))?;
    Ok(String::from_utf8(opened).ok())
}

struct Asked {
    account: AccountId,
    lease: Uuid,
    url: String,
    since: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Page {
    Whole { records: Vec<serde_json::Value>, next: Option<String> },
    Bare(Vec<serde_json::Value>),
}

/// Fetches page after page and takes their records; whether that went well. Why not stands with the sync.
async fn fetch_all(app: &App, outbound: &Outbound, asked: &Asked, bearer: Option<String>) -> Result<bool, SyncError> {
    let account = asked.account;
    let actor = Actor { kind: ActorKind::System, id: Uuid::nil() };
    let caller = Caller::of(actor, Some(account), Door::Erp);
    let mode = if asked.since.is_none() { Mode::Full } else { Mode::Incremental };
    let options = Options { mode, force: false, door: "PULL", key: None, lang: Lang::default() };
    let mut sync = Sync::begin(app, &caller, account, options).await?;
    let mut next = first_page(asked);
    let (mut line, mut pages) = (0u64, 0);
    while let Some(url) = next.take() {
        pages += 1;
        if pages > PAGES_MAX || !renew(app, asked).await? {
            sync.stop("ERP_PULL_INTERRUPTED").await?;
            return Ok(false);
        }
        let page = match fetch(outbound, &url, bearer.as_deref()).await {
            Ok(page) => page,
            Err(code) => {
                sync.stop(code).await?;
                return Ok(false);
            }
        };
        let (records, following) = match page {
            Page::Whole { records, next } => (records, next),
            Page::Bare(records) => (records, None),
        };
        let sent = records.into_iter().map(|record| {
            line += 1;
            Sent { line, record: serde_json::from_value::<RecordLine>(record).ok().map(Into::into) }
        });
        sync.take(sent.collect()).await?;
        if let Some(following) = following.filter(|text| !text.is_empty()) {
            match same_origin(&url, &following) {
                Some(url) => next = Some(url),
                None => {
                    sync.stop("ERP_NEXT_ELSEWHERE").await?;
                    return Ok(false);
                }
            }
        }
    }
    sync.finish().await?;
    Ok(true)
}

fn first_page(asked: &Asked) -> Option<String> {
    let Some(since) = asked.since else { return Some(asked.url.clone()) };
    let mut url = Url::parse(&asked.url).ok()?;
    url.query_pairs_mut().append_pair("updatedSince", &since.to_rfc3339_opts(SecondsFormat::Secs, true));
    Some(url.into())
}

/// The address of a following page, if it is where this one is.
fn same_origin(url: &str, next: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let next = url.join(next).ok()?;
    (next.origin() == url.origin() && next.username().is_empty() && next.password().is_none()).then(|| next.into())
}

/// Whether the lease is still ours; then it holds on.
async fn renew(app: &App, asked: &Asked) -> Result<bool, Failure> {
    let until = app.clock().now() + LEASE;
    let renew = Ask::new(
        "UPDATE erp_source SET lease_until = $3 WHERE account = $1 AND lease = $2",
        [asked.account.0.into(), asked.lease.into(), until.timestamp_micros().into()],
    );
    Ok(app.reader().db().execute(renew).await? == 1)
}

async fn fetch(outbound: &Outbound, url: &str, bearer: Option<&str>) -> Result<Page, &'static str> {
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    headers.extend(bearer.map(|secret| ("authorization".to_owned(), format!("Bearer {secret}"))));
    let call = Call {
        method: Method::GET,
        url: url.to_owned(),
        headers,
        body: Vec::new(),
        time: PAGE_TIME,
        answer_max: Some(PAGE_MAX),
    };
    let answer = outbound.call(call).await.map_err(|error| {
        tracing::warn!(error = %error, "an ERP was not reached");
        "ERP_NOT_REACHED"
    })?;
    if answer.status != 200 {
        return Err("ERP_REFUSED");
    }
    serde_json::from_slice(&answer.body).map_err(|_| "ERP_ANSWER_UNREADABLE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b10_a_following_page_is_followed_within_the_same_origin_only() {
        let of = |next| same_origin("https://erp.example.org/api/clients?page=1", next);
        assert_eq!(of("?page=2").as_deref(), Some("https://erp.example.org/api/clients?page=2"));
        assert_eq!(of("/other").as_deref(), Some("https://erp.example.org/other"));
        let elsewhere = [
            "https://elsewhere.example.org/",
            "http://erp.example.org/api",
            "https://erp.example.org:8443/",
            "//169.254.169.254/latest",
            "https://user@erp.example.org/",
            "file:///etc/passwd",
        ];
        for next in elsewhere {
            assert_eq!(of(next), None, "{next}");
        }
    }

    #[test]
    fn b10_what_changed_is_asked_for_beside_what_the_address_asks_itself() {
        let asked = Asked {
            account: AccountId(Uuid::nil()),
            lease: Uuid::nil(),
            url: "https://erp.example.org/c?club=7".into(),
            since: DateTime::from_timestamp(1_774_951_200, 0),
        };
        let url = first_page(&asked).unwrap_or_default();
        assert_eq!(url, "https://erp.example.org/c?club=7&updatedSince=2026-03-31T10%3A00%3A00Z");
    }
}
