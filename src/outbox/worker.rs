//! Whose turn it is, and how it went.
//!
//! Mails and calls have a loop each, so that a dead mail server keeps no webhook waiting, and a dead webhook no other (`receivers`). A loop leases no
//! more rows than it attends to at once: each attempt is bounded in time well below the lease, so that two workers, of one node or of several, never
//! send the same row at the same time.

use super::{Outbox, Status, hooks, mail, receivers::Receivers, store, store::Due};
use crate::{app::Failure, log::Channel};
use chrono::TimeDelta;
use futures::StreamExt;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Mails attended to at once: mail servers take few connections of one sender.
const MAILS: usize = 8;
/// Calls attended to at once.
const CALLS: usize = 32;
/// An attempt that takes longer keeps others waiting.
const LONG: Duration = Duration::from_secs(2);
/// Longest time of one attempt.
const ATTEMPT: Duration = Duration::from_secs(60);
/// From when on an attempt that was not heard of is given up for lost. Longer than any attempt.
const LEASE: TimeDelta = TimeDelta::seconds(180);
/// Attempts after which a delivery is given up: a little over two days.
pub(super) const ATTEMPTS: i64 = 24;
/// How often the outbox is looked at when nothing was due.
const LOOK: Duration = Duration::from_millis(500);
/// How often its numbers are told.
const TOLD: Duration = Duration::from_secs(10);

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Handed over.
    Sent,
    /// Not sent, and never to be: why.
    Dropped(&'static str),
    /// Not sent: why, and when to try again.
    Failed {
        /// Names no one and nothing personal: the account is shown it.
        reason: String,
        /// When.
        again: Again,
    },
}

/// When to try again what was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// After a pause, which grows.
    Later,
    /// After a pause too, and not before the receiver said.
    NotBefore(TimeDelta),
    /// Trying again is of no use.
    Never,
}

/// How long to wait after this many attempts: five seconds, doubled each time up to four hours, of which `jitter` (0 to 255) takes up to a half away, so
/// that what failed together is not tried again together.
pub fn pause(attempts: i64, jitter: u8) -> TimeDelta {
    let doublings = u32::try_from(attempts.clamp(1, 32) - 1).unwrap_or(0);
    let whole = 5_000i64.saturating_mul(1 << doublings).min(4 * 3_600_000);
    TimeDelta::milliseconds(whole - whole * i64::from(jitter) / 510)
}

/// Leases up to `limit` rows whose turn it is, and whose receivers may be called.
async fn claim(
    outbox: &Outbox,
    channels: &[Channel],
    receivers: &mut Receivers,
    limit: usize,
) -> Result<Vec<(Due, Uuid)>, Failure> {
    let app = outbox.app();
    // Without a mail server mails wait, and no attempt is counted.
    let mailer = outbox.outside().mailer.is_some();
    let channels: Vec<Channel> = channels.iter().copied().filter(|c| *c != Channel::Mail || mailer).collect();
    if channels.is_empty() {
        return Ok(Vec::new());
    }
    let (now, lease, db) = (app.clock().now(), app.clock().id(), app.reader().db());
    let due = store::due(now.timestamp_micros(), &channels, receivers.closed(now), limit as i64);
    let chosen = receivers.choose(db.fetch(due).await?);
    let rows = store::claim(db, chosen, lease, now.timestamp_micros(), (now + LEASE).timestamp_micros()).await?;
    rows.iter().filter_map(|row| row.target).for_each(|target| receivers.begin(target));
    Ok(rows.into_iter().map(|row| (row, lease)).collect())
}

/// Delivers up to [`MAILS`] rows; how many attempts that were.
pub(super) async fn deliver_some(outbox: &Outbox, channels: &[Channel]) -> Result<usize, Failure> {
    let rows = claim(outbox, channels, &mut Receivers::default(), MAILS).await?;
    let attempts = rows.len();
    futures::stream::iter(rows)
        .for_each_concurrent(MAILS, |(row, lease)| async move {
            attend(outbox, row, lease).await;
        })
        .await;
    Ok(attempts)
}

/// Attends to one row and notes how it went; whether its receiver was waited for in vain.
async fn attend(outbox: &Outbox, row: Due, lease: Uuid) -> bool {
    let begun = Instant::now();
    let channel = if row.target.is_some() { "hook" } else { "mail" };
    let attempt = async {
        match row.target {
            None => mail::attempt(outbox, &row).await,
            Some(target) => hooks::attempt(outbox, &row, target).await,
        }
    };
    let attempt = match tokio::time::timeout(ATTEMPT, attempt).await {
        Ok(Ok(attempt)) => attempt,
        // Our own database, not the receiver: the lease runs out and it is attended to again.
        Ok(Err(failure)) => {
            tracing::warn!(delivery = %row.id, error = %failure, "a delivery could not be prepared; trying it again");
            return false;
        }
        Err(_) => Attempt::Failed { reason: "TIME".into(), again: Again::Later },
    };
    let in_vain = begun.elapsed() >= LONG && matches!(attempt, Attempt::Failed { .. });
    let now = outbox.app().clock().now();
    let (status, due, reason) = match attempt {
        Attempt::Sent => (Status::Sent, now, None),
        Attempt::Dropped(why) => (Status::Dropped, now, Some(why.to_owned())),
        Attempt::Failed { reason, again } if again == Again::Never || row.attempts >= ATTEMPTS => {
            tracing::warn!(delivery = %row.id, account = %row.account, template = row.template, reason, "a delivery is given up");
            (Status::Failed, now, Some(reason))
        }
        Attempt::Failed { reason, again } => {
            // The lease's last byte is as good as a die.
            let pause = pause(row.attempts, row.id.as_bytes()[15] ^ lease.as_bytes()[15]);
            let wait = if let Again::NotBefore(asked) = again { pause.max(asked) } else { pause };
            (Status::Queued, now + wait, Some(reason))
        }
    };
    metrics::counter!("sesame_deliveries_total", "channel" => channel, "outcome" => outcome(status)).increment(1);
    let ended = store::ended(row.id, lease, status, due.timestamp_micros(), reason, now.timestamp_micros());
    if let Err(e) = outbox.app().reader().db().execute(ended).await {
        // It may go out twice now: its id tells the receiver.
        tracing::warn!(delivery = %row.id, error = %e, "how a delivery went could not be noted");
    }
    in_vain
}

fn outcome(status: Status) -> &'static str {
    match status {
        Status::Sent | Status::Acknowledged => "sent",
        Status::Dropped => "dropped",
        Status::Failed => "given_up",
        Status::Queued => "again",
    }
}

/// Goes on delivering on every channel, and telling how it stands.
pub(super) async fn keep_delivering(outbox: Outbox) {
    let mails = keep_on(outbox.clone(), &[Channel::Mail], MAILS);
    let calls = keep_on(outbox.clone(), &[Channel::CustomerService, Channel::Webhook], CALLS);
    tokio::join!(mails, calls, keep_telling(outbox));
}

/// Keeps up to `at_once` attempts under way: where one takes long the others go on.
async fn keep_on(outbox: Outbox, channels: &[Channel], at_once: usize) {
    // On tasks of their own: an attempt that holds a connection goes on while this looks for more.
    let (mut receivers, mut under_way, mut targets) = (Receivers::default(), JoinSet::new(), HashMap::new());
    loop {
        let free = at_once - under_way.len();
        // A quarter at least: looking costs more than calling.
        let rows =
            if free >= at_once / 4 { claim(&outbox, channels, &mut receivers, free).await } else { Ok(Vec::new()) };
        let pause = match rows {
            Ok(rows) => {
                for (row, lease) in rows {
                    let (outbox, target) = (outbox.clone(), row.target);
                    let task = under_way.spawn(async move { attend(&outbox, row, lease).await });
                    targets.insert(task.id(), target);
                }
                LOOK
            }
            Err(e) => {
                tracing::warn!(error = %e, "the outbox cannot be read; trying again in a moment");
                Duration::from_secs(2)
            }
        };
        tokio::select! {
            Some(ended) = under_way.join_next_with_id() => {
                let (task, in_vain) = ended.unwrap_or_else(|e| {
                    tracing::error!(error = %e, "an attempt broke off; it is made again when its lease is over");
                    (e.id(), false)
                });
                if let Some(target) = targets.remove(&task).flatten() {
                    receivers.end(target, in_vain, outbox.app().clock().now());
                }
            }
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn keep_telling(outbox: Outbox) {
    loop {
        let now = outbox.app().clock().now();
        if let Ok(standing) = outbox.standing().await {
            let age = standing.oldest.map_or(0, |oldest| now.timestamp_micros() - oldest);
            metrics::gauge!("sesame_outbox_queued").set(standing.queued as f64);
            metrics::gauge!("sesame_outbox_failed").set(standing.failed as f64);
            metrics::gauge!("sesame_outbox_oldest_seconds").set(age.max(0) as f64 / 1e6);
        }
        tokio::time::sleep(TOLD).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_four_hours_and_jitter_halves_them_at_most() {
        let seconds = |attempts| pause(attempts, 0).num_seconds();
        assert_eq!([1, 2, 3, 11, 12, 13, 24, 1_000].map(seconds), [5, 10, 20, 5_120, 10_240, 14_400, 14_400, 14_400]);
        assert_eq!(pause(1, 255), TimeDelta::milliseconds(2_500));
        assert!((0..=254u8).all(|j| pause(5, j) >= pause(5, j + 1)));
        let (least, most) = (1..ATTEMPTS).fold((TimeDelta::zero(), TimeDelta::zero()), |(least, most), n| {
            (least + pause(n, 255), most + pause(n, 0))
        });
        assert!(least > TimeDelta::hours(24) && most < TimeDelta::hours(60), "{least} {most}");
        assert!(LEASE > TimeDelta::from_std(ATTEMPT).unwrap_or(TimeDelta::MAX) * 2);
    }
}
