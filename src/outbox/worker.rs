//! Whose turn it is, and how it went.
//!
//! Mails and calls have a loop each, so that a dead mail server keeps no webhook waiting. A loop leases as many rows as it attends to at once: each
//! attempt is bounded in time well below the lease, so that two workers, of one node or of several, never send the same row at the same time.

use super::{Outbox, Status, hooks, mail, store, store::Due};
use crate::{app::Failure, log::Channel};
use chrono::TimeDelta;
use futures::StreamExt;
use std::time::Duration;
use uuid::Uuid;

/// Rows attended to at once.
const AT_ONCE: usize = 8;
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
/// How long what is done with is kept.
const KEPT: TimeDelta = TimeDelta::days(90);

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

/// Delivers up to [`AT_ONCE`] rows; how many attempts that were.
pub(super) async fn deliver_some(outbox: &Outbox, channels: &[Channel]) -> Result<usize, Failure> {
    let app = outbox.app();
    // Without a mail server mails wait, and no attempt is counted.
    let mailer = outbox.outside().mailer.is_some();
    let channels: Vec<Channel> = channels.iter().copied().filter(|c| *c != Channel::Mail || mailer).collect();
    if channels.is_empty() {
        return Ok(0);
    }
    let (now, lease) = (app.clock().now(), app.clock().id());
    let until = (now + LEASE).timestamp_micros();
    let db = app.reader().db();
    let rows = store::claim(db, &channels, lease, now.timestamp_micros(), until, AT_ONCE as i64).await?;
    let attempts = rows.len();
    futures::stream::iter(rows).for_each_concurrent(AT_ONCE, |row| attend(outbox, row, lease)).await;
    Ok(attempts)
}

/// Attends to one row and notes how it went.
async fn attend(outbox: &Outbox, row: Due, lease: Uuid) {
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
            return;
        }
        Err(_) => Attempt::Failed { reason: "TIME".into(), again: Again::Later },
    };
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
    let mails = keep_on(outbox.clone(), &[Channel::Mail]);
    let calls = keep_on(outbox.clone(), &[Channel::CustomerService, Channel::Webhook]);
    tokio::join!(mails, calls, keep_telling(outbox));
}

async fn keep_on(outbox: Outbox, channels: &[Channel]) {
    loop {
        match deliver_some(&outbox, channels).await {
            Ok(0) => tokio::time::sleep(LOOK).await,
            Ok(_) => {}
            Err(e) => {
                tracing::warn!(error = %e, "the outbox cannot be read; trying again in a moment");
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        }
    }
}

async fn keep_telling(outbox: Outbox) {
    let mut rounds = 0u32;
    loop {
        let now = outbox.app().clock().now();
        if let Ok(standing) = outbox.standing().await {
            let age = standing.oldest.map_or(0, |oldest| now.timestamp_micros() - oldest);
            metrics::gauge!("sesame_outbox_queued").set(standing.queued as f64);
            metrics::gauge!("sesame_outbox_failed").set(standing.failed as f64);
            metrics::gauge!("sesame_outbox_oldest_seconds").set(age.max(0) as f64 / 1e6);
        }
        if rounds.is_multiple_of(360) {
            let old = store::forget((now - KEPT).timestamp_micros());
            if let Err(e) = outbox.app().reader().db().execute(old).await {
                tracing::warn!(error = %e, "old deliveries could not be dropped; trying again in an hour");
            }
        }
        rounds = rounds.wrapping_add(1);
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
