//! What follows from events across streams: process managers.
//!
//! The append that triggers one writes its to-do in the same transaction ([`Draft::follow`](super::draft::Draft::follow)); a worker takes the due
//! ones, carries the effect out as a command like any other, and the effect's append deletes the to-do. The effect's command id derives from the
//! triggering event, its origin is `POLICY`, its cause is that event. So it happens once: a process that dies in between leaves the to-do to
//! whoever looks next, and of two that do the same effect the log refuses the second. What fails waits longer each time and shows in
//! `sesame doctor` and `/metrics`. Replays and rebuilds never come here: they read events, and a to-do is none.
//!
//! To add one: a variant of [`Effect`], the command it becomes, and `draft.follow(..)` where its trigger is decided.

use super::{App, Caller, Cause, Command, Failure, NotDone, Request, Users, command::AppCommand};
use crate::db::Db;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{AccountId, UserId};
use projections::Ask;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// Who has a to-do in hand has it for so long before others may take it: longer than any effect takes.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How long at most a failing one waits.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);
/// So many are taken at a time.
const TOGETHER: i64 = 20;
/// How often what others left is looked for; what this process triggers, it does at once.
const LOOK: Duration = Duration::from_secs(1);
/// How often it is counted at least what waits.
const SHOWN: Duration = Duration::from_secs(10);
/// How often is looked for the end of what others have in hand.
const SETTLE_LOOK: Duration = Duration::from_millis(5);
/// After so many attempts it needs somebody's attention.
pub const STUCK_AFTER: i64 = 5;

/// What follows, with what must be known of it: ids and places, never a personal value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Effect {
    /// Everybody who waited for validation when the account let all in is let in, some at a time, the longest waiting first: those after this
    /// place.
    ValidatePending { account: AccountId, after: Option<(i64, Uuid)> },
    /// The contacts recorded with a user's verified e-mail are linked to them, an account at a time, in the order of their ids: those after this one.
    LinkUser { user: UserId, after: Option<AccountId> },
    /// The contacts linked to a user whose login was erased are parted from them, an account at a time, likewise.
    UnlinkUser { user: UserId, after: Option<AccountId> },
    /// The accounts in which a user may do something are told that their second factor was taken away, likewise.
    TellFactorReset { user: UserId, after: Option<AccountId> },
}

impl Effect {
    pub fn template(&self) -> &'static str {
        match self {
            Effect::ValidatePending { .. } => "policy:validate_pending",
            Effect::LinkUser { .. } => "policy:link_user",
            Effect::UnlinkUser { .. } => "policy:unlink_user",
            Effect::TellFactorReset { .. } => "policy:tell_factor_reset",
        }
    }

    /// Who carries it out: within the account it is about; what follows from a user's e-mail leads to one account after the other.
    fn caller(&self) -> Caller {
        Caller::policy(match self {
            Effect::ValidatePending { account, .. } => Some(*account),
            Effect::LinkUser { .. } | Effect::UnlinkUser { .. } | Effect::TellFactorReset { .. } => None,
        })
    }

    fn command(self) -> Command {
        match self {
            Effect::ValidatePending { account, after } => Command::App(AppCommand::ValidatePage { account, after }),
            Effect::LinkUser { user, after } => Command::Users(Users::Link { user, after }),
            Effect::UnlinkUser { user, after } => Command::Users(Users::Unlink { user, after }),
            Effect::TellFactorReset { user, after } => Command::Users(Users::TellReset { user, after }),
        }
    }
}

/// The data of a to-do.
#[derive(Serialize, Deserialize)]
pub(super) struct Data {
    pub correlation: Uuid,
    pub effect: Effect,
}

/// An effect that is to be carried out.
#[derive(Debug, Clone, projections::FromRow)]
pub struct Due {
    id: Uuid,
    template: String,
    data: Vec<u8>,
    event_id: Uuid,
    due_at: i64,
    attempts: i64,
}

/// How the effects that wait stand.
#[derive(Debug, Clone, PartialEq, Eq, projections::FromRow)]
pub struct Waiting {
    /// `policy:…`.
    pub template: String,
    /// How many wait.
    pub waiting: i64,
    /// How many of them failed so often that somebody should look.
    pub stuck: i64,
}

/// How the effects that wait stand, a row a policy.
pub async fn waiting(db: &Db) -> Result<Vec<Waiting>, Failure> {
    Ok(db
        .fetch(Ask::new(
            "SELECT template, COUNT(*) AS waiting, COUNT(CASE WHEN attempts >= $1 THEN 1 END) AS stuck FROM outbox
             WHERE template >= 'policy:' AND template < 'policy;' GROUP BY template ORDER BY template",
            [STUCK_AFTER.into()],
        ))
        .await?)
}

impl App {
    /// The effects that are due.
    pub async fn due_effects(&self) -> Result<Vec<Due>, Failure> {
        let now = self.clock().now().timestamp_micros();
        let ask = Ask::new(
            "SELECT id, template, data, event_id, due_at, attempts FROM outbox
             WHERE template >= 'policy:' AND template < 'policy;' AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
            [now.into(), TOGETHER.into()],
        );
        Ok(self.reader().db().fetch(ask).await?)
    }

    /// Carries one out, if nobody else has it in hand. Whether this process did it.
    pub async fn bring_about(&self, due: Due) -> Result<bool, Failure> {
        let now = self.clock().now();
        // Whoever moves it first has it: both engines change a row once.
        if self.put_off(&due, due.due_at, now + LEASE, due.attempts + 1).await? == 0 {
            return Ok(false);
        }
        let leased = (now + LEASE).timestamp_micros();
        let outcome = self.carry_out_effect(&due).await;
        let word = match &outcome {
            Ok(_) => "done",
            Err(_) => "failed",
        };
        metrics::counter!("sesame_policy_effects_total", "policy" => due.template.clone(), "outcome" => word)
            .increment(1);
        if let Err(e) = &outcome {
            tracing::error!(policy = %due.template, todo = %due.id, attempts = due.attempts + 1, error = %e, "an effect failed and waits");
            self.put_off(&due, leased, now + wait(due.attempts), due.attempts + 1).await?;
        }
        outcome
    }

    /// Moves a to-do that stands as it is known; the number of rows that moved.
    async fn put_off(&self, due: &Due, from: i64, until: DateTime<Utc>, attempts: i64) -> Result<u64, Failure> {
        let ask = Ask::new(
            "UPDATE outbox SET due_at = $2, attempts = $3 WHERE id = $1 AND due_at = $4",
            [due.id.into(), until.timestamp_micros().into(), attempts.into(), from.into()],
        );
        Ok(self.reader().db().execute(ask).await?)
    }

    async fn carry_out_effect(&self, due: &Due) -> Result<bool, Failure> {
        let Data { correlation, effect } = serde_json::from_slice(&due.data).map_err(Failure::json)?;
        let cause = Cause {
            command: Uuid::new_v5(&due.event_id, due.template.as_bytes()),
            causation: due.event_id,
            todo: due.id,
        };
        let caller = effect.caller();
        let request = Request { correlation: Some(correlation), ..Request::from(effect.command()) };
        match self.carry_out(&caller, request, Some(cause)).await {
            Ok(done) => Ok(done.changed),
            Err(NotDone::Failure(failure)) => Err(failure),
            Err(NotDone::Refused(refused)) => {
                Err(Failure::Fault(format!("an effect was refused: {}", refused.refusals)))
            }
        }
    }

    /// Carries out everything that is due; how many this process did.
    pub async fn bring_about_due(&self) -> Result<usize, Failure> {
        let mut done = 0;
        loop {
            let due = self.due_effects().await?;
            let (all, mut taken) = (due.len(), 0);
            for effect in due {
                // Its own failure was noted; the others are not kept waiting for it.
                taken += usize::from(self.bring_about(effect).await.unwrap_or(false));
            }
            done += taken;
            if all == 0 || taken == 0 {
                return Ok(done);
            }
        }
    }

    /// Carries out everything that is due, and waits for what others have in hand: for whoever goes on only when what follows is done.
    pub async fn follow_through(&self) -> Result<(), Failure> {
        let looks = LEASE.num_milliseconds() / SETTLE_LOOK.as_millis() as i64;
        for _ in 0..looks {
            self.bring_about_due().await?;
            if waiting(self.reader().db()).await?.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(SETTLE_LOOK).await;
        }
        Err(Failure::Busy)
    }
}

/// How long a failing effect waits after this many attempts before.
fn wait(attempts: i64) -> TimeDelta {
    let doubled = TimeDelta::seconds(1 << attempts.clamp(0, 12));
    doubled.min(LONGEST_WAIT)
}

/// Carries effects out as they come due: at once where this process wrote them, within a second where another did.
pub async fn keep_up(app: App) {
    let (mut told, mut shown) = (None::<Instant>, BTreeSet::new());
    loop {
        let woken = tokio::time::timeout(LOOK, app.inner.followed.notified()).await.is_ok();
        if let Err(e) = app.bring_about_due().await {
            tracing::warn!(error = %e, "what follows from events cannot be looked up");
            tokio::time::sleep(LOOK).await;
        }
        // Also while nothing new follows: what fails is tried again by and by, and other processes do their share.
        if woken || told.is_none_or(|at| at.elapsed() >= SHOWN) {
            told = Some(Instant::now());
            if let Ok(rows) = waiting(app.reader().db()).await {
                show(&rows, &mut shown);
            }
        }
    }
}

/// Shows how effects stand; of a policy that was shown before and has none any more, that it has none.
fn show(rows: &[Waiting], shown: &mut BTreeSet<String>) {
    shown.extend(rows.iter().map(|row| row.template.clone()));
    for policy in shown.iter() {
        let row = rows.iter().find(|row| row.template == *policy);
        let (waiting, stuck) = row.map_or((0, 0), |row| (row.waiting, row.stuck));
        metrics::gauge!("sesame_policy_effects_waiting", "policy" => policy.clone()).set(waiting as f64);
        metrics::gauge!("sesame_policy_effects_stuck", "policy" => policy.clone()).set(stuck as f64);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_failing_effect_waits_longer_each_time_up_to_an_hour() {
        let waits: Vec<i64> = (0..14).map(|attempts| wait(attempts).num_seconds()).collect();
        assert_eq!(waits[..4], [1, 2, 4, 8]);
        assert!(waits.is_sorted());
        assert_eq!(waits.last(), Some(&3600));
    }

    #[test]
    fn what_failed_too_often_shows_and_what_was_done_since_shows_as_none() {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let row = |waiting, stuck| Waiting { template: "policy:let_in".into(), waiting, stuck };
        let mut shown = BTreeSet::new();
        metrics::with_local_recorder(&recorder, || {
            show(&[row(3, 1)], &mut shown);
            let text = recorder.handle().render();
            assert!(text.contains("sesame_policy_effects_stuck{policy=\"policy:let_in\"} 1"), "{text}");
            show(&[], &mut shown);
            let text = recorder.handle().render();
            assert!(text.contains("sesame_policy_effects_waiting{policy=\"policy:let_in\"} 0"), "{text}");
            assert!(text.contains("sesame_policy_effects_stuck{policy=\"policy:let_in\"} 0"), "{text}");
        });
    }

    #[test]
    fn an_effect_is_read_back_as_it_was_written_and_one_of_a_newer_binary_is_a_failure() {
        let account = AccountId(Uuid::from_u128(7));
        for effect in [
            Effect::ValidatePending { account, after: None },
            Effect::ValidatePending { account, after: Some((9, Uuid::from_u128(3))) },
            Effect::LinkUser { user: UserId(Uuid::from_u128(5)), after: Some(account) },
            Effect::UnlinkUser { user: UserId(Uuid::from_u128(5)), after: None },
        ] {
            assert!(effect.template().starts_with("policy:"));
            let data = serde_json::to_vec(&Data { correlation: account.0, effect: effect.clone() }).unwrap();
            assert_eq!(serde_json::from_slice::<Data>(&data).unwrap().effect, effect);
        }
        assert!(serde_json::from_slice::<Data>(br#"{"correlation":"x","effect":{"Unknown":{}}}"#).is_err());
    }
}
