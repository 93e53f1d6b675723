//! Intents that a process left behind: the engine is asked whether their events are there. If so they are gone on with, otherwise taken back.
//!
//! How long one stood still is measured from when this process first saw it, by no clock of the wall. An append that comes later than that would find its
//! intent gone: therefore appends have less time than intents are left alone.

use super::{Beside, copy::Own, intent};
use crate::log::{AppendError, LogFailure};
use projections::Ask;
use std::{collections::HashMap, sync::PoisonError, time::Instant};
use uuid::Uuid;

/// Intents looked at in one go.
const LOOKED_AT: i64 = 500;

impl Beside {
    /// Puts in order what was left behind long enough ago.
    pub(super) async fn sweep(&self) -> Result<(), LogFailure> {
        let ask = Ask::<(Uuid,)>::new("SELECT command FROM intent ORDER BY command LIMIT $1", [LOOKED_AT.into()]);
        let there: Vec<Uuid> = self.store.db.fetch(ask).await?.into_iter().map(|(command,)| command).collect();
        for command in self.abandoned(there) {
            if let Err(e) = self.put_in_order(command).await {
                tracing::warn!(%command, error = %e, "a command that was left half-way could not be put in order; trying again later");
            }
        }
        Ok(())
    }

    /// Those that stood still for too long and are not of this process.
    fn abandoned(&self, there: Vec<Uuid>) -> Vec<Uuid> {
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let mut noticed = self.noticed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let since: HashMap<Uuid, Instant> = there
            .into_iter()
            .filter(|command| !under_way.contains(command))
            .map(|command| (command, noticed.get(&command).copied().unwrap_or(now)))
            .collect();
        *noticed = since;
        let due = |(command, since): (&Uuid, &Instant)| (since.elapsed() >= self.abandoned_after).then_some(*command);
        noticed.iter().filter_map(due).collect()
    }

    async fn put_in_order(&self, command: Uuid) -> Result<(), LogFailure> {
        let ask = Ask::<(Vec<u8>,)>::new("SELECT body FROM intent WHERE command = $1", [command.into()]);
        let Some((body,)) = self.store.db.fetch_optional(ask).await? else { return Ok(()) };
        let intent = intent::read(&body)?;
        let Some(first) = intent.events.first() else { return Ok(self.take_back(vec![command]).await?) };
        let stands = self.streams.read_stream(first.stream, first.version - 1, 1).await?;
        if stands.iter().any(|event| event.event_id == first.event_id) {
            tracing::info!(%command, "a command that was left half-way is gone on with");
            // What is there already is not appended again; where streams are written one after the other, the others follow.
            self.streams.append(intent.events, Vec::new()).await.map_err(|e| match e {
                AppendError::Failure(failure) => failure,
                other => LogFailure::Fault(format!("going on with the command {command}: {other}")),
            })?;
            let _alone = self.taking.lock().await;
            self.take_in(&Own::default()).await?;
        } else {
            tracing::info!(%command, "a command whose events were never appended is taken back");
            self.take_back(vec![command]).await?;
        }
        Ok(())
    }
}
