//! Records pulled from an HTTP source of the ERP (`source`), by a schedule or because somebody asks for it now.
//!
//! The source answers `GET url` with `{"records":[…],"next":"…"}` or a bare list, each record as `line` reads it; `next` is followed within the
//! same origin only. Between full pulls, one a day, it is asked for what changed: `?updatedSince=2026-03-31T10:00:00Z`. Calls go out by
//! [`crate::outbound`], which private networks cannot be reached by.
//!
//! One node pulls an account at a time: it holds a lease, renewed with each page. A node that dies leaves a lease that runs out, and the pull begins
//! anew where the last whole one ended: records that were taken already change nothing. Accounts do not wait for one another's ERP, nor suffer from it.

use super::{
    SyncError,
    line::read_value,
    source::{Row, bearer, source_of},
    sync::{Mode, Options, Sent, Stopped, Sync, Way},
};
use crate::{
    app::{App, Caller, Door, Failure},
    outbound::{Call, Method, Outbound, OutboundError, Url},
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::{AccountId, Actor, ActorKind};
use futures::StreamExt;
use projections::{Arg, Ask};
use serde::Deserialize;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use uuid::Uuid;

/// Longest time for one page, and its largest size.
const PAGE_TIME: Duration = Duration::from_secs(30);
const PAGE_MAX: usize = 16 << 20;
/// Most pages of one pull, and its longest time.
const PAGES_MAX: usize = 2_000;
const PULL_TIME: TimeDelta = TimeDelta::hours(1);
/// How long a lease holds without being renewed, and how many records are taken in before it is.
const LEASE: TimeDelta = TimeDelta::minutes(2);
const RENEWED: usize = 5_000;
/// What changed is asked for from so long before the last pull: clocks differ.
const OVERLAP: TimeDelta = TimeDelta::minutes(5);
/// All records are pulled so often.
const FULL_EVERY: TimeDelta = TimeDelta::hours(24);
/// A pull that failed is tried again after so long, or with the schedule when that is sooner.
const AGAIN: TimeDelta = TimeDelta::minutes(5);
/// Accounts that are looked up at once, and those pulled at once.
const DUE: i64 = 20;
const AT_ONCE: usize = 4;

/// Pulls every account that is due, some at once; how many were. One that fails keeps no other waiting.
pub async fn pull_due(app: &App, outbound: &Outbound) -> Result<usize, Failure> {
    let now = app.clock().now().timestamp_micros();
    let due = Ask::<(Uuid,)>::new(
        "SELECT account FROM erp_source WHERE next_at <= $1 AND (lease_until IS NULL OR lease_until < $1) ORDER BY next_at LIMIT $2",
        [now.into(), DUE.into()],
    );
    let due = app.reader().db().fetch(due).await?;
    let pulled = AtomicUsize::new(0);
    futures::stream::iter(due)
        .for_each_concurrent(AT_ONCE, |(account,)| {
            let pulled = &pulled;
            async move {
                match lease_and_pull(app, outbound, AccountId(account)).await {
                    Ok(done) => {
                        pulled.fetch_add(usize::from(done), Ordering::Relaxed);
                    }
                    Err(e) => tracing::warn!(%account, error = %e, "a pull from an ERP broke off; its lease runs out"),
                }
            }
        })
        .await;
    Ok(pulled.into_inner())
}

/// Pulls one account, unless another node is at it.
async fn lease_and_pull(app: &App, outbound: &Outbound, account: AccountId) -> Result<bool, Failure> {
    let (now, lease) = (app.clock().now(), app.clock().id());
    let take = Ask::new(
        "UPDATE erp_source SET lease = $2, lease_until = $3 WHERE account = $1 AND next_at <= $4
         AND (lease_until IS NULL OR lease_until < $4)",
        [account.0.into(), lease.into(), (now + LEASE).timestamp_micros().into(), now.timestamp_micros().into()],
    );
    if app.reader().db().execute(take).await? != 1 {
        return Ok(false);
    }
    pull(app, outbound, account, lease).await?;
    Ok(true)
}

/// Pulls one account under a lease, and notes when it is due next.
async fn pull(app: &App, outbound: &Outbound, account: AccountId, lease: Uuid) -> Result<(), Failure> {
    let Some(row) = source_of(app, account).await? else { return Ok(()) };
    let states = app.reader().states(vec![account.0]).await?;
    let state = states.get(&account.0).and_then(|folded| folded.state.account());
    let every = state.and_then(|state| state.erp()).map(|erp| erp.every_minutes);
    let began = app.clock().now();
    let since = |at: i64| DateTime::from_timestamp_micros(at).unwrap_or_default();
    let full =
        row.full_asked == 1 || row.full_at.is_none_or(|at| began - since(at) >= FULL_EVERY) || row.cursor.is_none();
    let asked = Asked {
        account,
        lease,
        url: row.url.clone(),
        since: row.cursor.filter(|_| !full).map(since),
        until: began + PULL_TIME,
    };
    let done = match every {
        None => false,
        Some(_) => match fetch_all(app, outbound, &asked, &row).await {
            Ok(done) => done,
            Err(SyncError::Failure(failure)) => {
                tracing::warn!(account = %account, error = %failure, "records of an ERP could not be taken; trying again later");
                false
            }
            // It was disconnected meanwhile.
            Err(SyncError::Refused(_)) => false,
        },
    };
    let now = app.clock().now();
    let minutes = every.flatten().map(|minutes| TimeDelta::minutes(minutes.into()));
    let next = match (minutes, done) {
        (None, _) => None,
        (Some(minutes), true) => Some(began + minutes),
        (Some(minutes), false) => Some(now + minutes.min(AGAIN)),
    };
    let (cursor, full_at) = match done {
        true => (
            Some((began - OVERLAP).timestamp_micros()),
            if full { Some(began.timestamp_micros()) } else { row.full_at },
        ),
        false => (row.cursor, row.full_at),
    };
    // Somebody who asked for a pull while this one ran gets one: what was noted since stays.
    let end = Ask::new(
        "UPDATE erp_source SET lease = NULL, lease_until = NULL, cursor = $3, full_at = $4,
         next_at = CASE WHEN next_at = $7 THEN $5 ELSE next_at END,
         full_asked = CASE WHEN next_at = $7 THEN $6 ELSE full_asked END
         WHERE account = $1 AND lease = $2",
        [
            account.0.into(),
            lease.into(),
            Arg::Int(cursor),
            Arg::Int(full_at),
            Arg::Int(next.map(|at| at.timestamp_micros())),
            i64::from(row.full_asked == 1 && !done).into(),
            Arg::Int(row.next_at),
        ],
    );
    app.reader().db().execute(end).await?;
    Ok(())
}

struct Asked {
    account: AccountId,
    lease: Uuid,
    url: String,
    since: Option<DateTime<Utc>>,
    /// When it is to be over.
    until: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Page {
    Whole { records: Vec<serde_json::Value>, next: Option<String> },
    Bare(Vec<serde_json::Value>),
}

/// Fetches page after page and takes their records; whether that went well. Why not stands with the sync.
async fn fetch_all(app: &App, outbound: &Outbound, asked: &Asked, row: &Row) -> Result<bool, SyncError> {
    let account = asked.account;
    let bearer = bearer(app, account, row)?;
    let actor = Actor { kind: ActorKind::System, id: Uuid::nil() };
    let caller = Caller::of(actor, Some(account), Door::Erp);
    let mode = if asked.since.is_none() { Mode::Full } else { Mode::Incremental };
    let options = Options { mode, force: false, way: Way::Pull, key: None, lang: None };
    let mut sync = Sync::begin(app, &caller, account, options).await?;
    let mut next = first_page(asked);
    let (mut lines, mut pages) = (1.., 0);
    while let Some(url) = next.take() {
        pages += 1;
        let late = pages > PAGES_MAX || app.clock().now() > asked.until;
        if late || !renew(app, asked).await? {
            sync.stop(Stopped::by("ERP_PULL_INTERRUPTED")).await?;
            return Ok(false);
        }
        let page = match fetch(outbound, &url, bearer.as_deref()).await {
            Ok(page) => page,
            Err(code) => {
                sync.stop(Stopped::by(code)).await?;
                return Ok(false);
            }
        };
        let (records, following) = match page {
            Page::Whole { records, next } => (records, next),
            Page::Bare(records) => (records, None),
        };
        for some in records.chunks(RENEWED) {
            let sent = some.iter().zip(&mut lines).map(|(record, line)| Sent { line, record: read_value(record) });
            sync.take(sent.collect()).await?;
            if !renew(app, asked).await? {
                sync.stop(Stopped::by("ERP_PULL_INTERRUPTED")).await?;
                return Ok(false);
            }
        }
        if let Some(following) = following.filter(|text| !text.is_empty()) {
            match same_origin(&url, &following) {
                Some(url) => next = Some(url),
                None => {
                    sync.stop(Stopped::by("ERP_NEXT_ELSEWHERE")).await?;
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
    let answer = outbound.call(call).await.map_err(|error| match error {
        OutboundError::Url(_) => "ERP_ADDRESS_REFUSED",
        OutboundError::TooLarge => "ERP_ANSWER_TOO_LARGE",
        error => {
            tracing::warn!(error = %error, "an ERP was not reached");
            "ERP_NOT_REACHED"
        }
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
            until: DateTime::UNIX_EPOCH,
        };
        let url = first_page(&asked).unwrap_or_default();
        assert_eq!(url, "https://erp.example.org/c?club=7&updatedSince=2026-03-31T10%3A00%3A00Z");
    }
}
