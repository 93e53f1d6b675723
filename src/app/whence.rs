//! From where people came who changed something, beside the log: their address and program are theirs, and go before the event does.
//!
//! A row a request, written in the append of what it did (`draft/append.rs`), found again by the event's correlation. Of programs nothing is kept: they are
//! known by their token. And why support acted, which stands in the log as an event of the same command.

use super::{Failure, Reader};
use crate::{
    log::{
        StoredEvent,
        sql::{EventRow, READ_ALL, decode_row},
    },
    vault::{aside::Aside, store::Vault},
};
use domain::{AccountId, ActorKind, Event, account::AccountEvent, contact::ContactEvent};
use projections::{Arg, Ask};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
};
use uuid::Uuid;

/// An append's events stand together; why it was done is no further from any of them.
const TOGETHER: u64 = 200;

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameFrom {
    /// Of the caller, or of what stands before it.
    pub address: IpAddr,
    /// What the caller's program calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}

/// Whether it is noted from where an actor came: of people it is.
pub(super) fn is_noted(kind: ActorKind) -> bool {
    matches!(kind, ActorKind::User | ActorKind::Staff | ActorKind::Operator)
}

/// Where a request came from, as it is stored.
pub(super) fn sealed(vault: &Vault, correlation: Uuid, from: &CameFrom) -> Result<Vec<u8>, Failure> {
    let clear = serde_json::to_vec(from).map_err(Failure::json)?;
    Ok(vault.seal_aside(Aside::Whence, correlation, &clear)?)
}

impl Reader {
    /// From where the requests came that these events are of, by correlation; what is not known, or forgotten by now, is absent. One statement.
    pub async fn whences(&self, events: &[StoredEvent]) -> Result<HashMap<Uuid, CameFrom>, Failure> {
        let mut correlations: Vec<Uuid> =
            events.iter().filter(|e| is_noted(e.meta.actor.kind)).map(|e| e.meta.correlation).collect();
        correlations.sort_unstable();
        correlations.dedup();
        if correlations.is_empty() {
            return Ok(HashMap::new());
        }
        let ask = Ask::<(Uuid, Vec<u8>)>::new(
            "SELECT correlation, sealed FROM whence WHERE correlation IN [$1]",
            [Arg::Uuids(correlations)],
        );
        let mut found = HashMap::new();
        for (correlation, sealed) in self.db().fetch(ask).await? {
            let clear = self.vault().open_aside(Aside::Whence, correlation, &sealed)?;
            found.insert(correlation, serde_json::from_slice(&clear).map_err(Failure::json)?);
        }
        Ok(found)
    }

    /// From where an actor came, newest first, at most a thousand times.
    pub async fn whences_of(&self, actor: Uuid) -> Result<Vec<(i64, CameFrom)>, Failure> {
        let ask = Ask::<(Uuid, i64, Vec<u8>)>::new(
            "SELECT correlation, at, sealed FROM whence WHERE actor = $1 ORDER BY at DESC, correlation LIMIT 1000",
            [actor.into()],
        );
        let mut all = Vec::new();
        for (correlation, at, sealed) in self.db().fetch(ask).await? {
            let clear = self.vault().open_aside(Aside::Whence, correlation, &sealed)?;
            all.push((at, serde_json::from_slice(&clear).map_err(Failure::json)?));
        }
        Ok(all)
    }

    /// Why support did what these events of an account tell, by command; where nothing was said, or the person was erased, absent. One statement.
    pub async fn reasons(&self, account: AccountId, events: &[StoredEvent]) -> Result<HashMap<Uuid, String>, Failure> {
        let by_staff = || events.iter().filter(|e| e.meta.actor.kind == ActorKind::Staff);
        let commands: HashSet<Uuid> = by_staff().map(|e| e.meta.command).collect();
        let (first, last) = (by_staff().map(|e| e.position).min(), by_staff().map(|e| e.position).max());
        let (Some(first), Some(last)) = (first, last) else { return Ok(HashMap::new()) };
        let sql = format!(
            "{READ_ALL} WHERE account = $1 AND position >= $2 AND position <= $3 AND type IN [$4] AND command IN [$5] ORDER BY position"
        );
        let args = [
            account.0.into(),
            (first.saturating_sub(TOGETHER) as i64).into(),
            ((last + TOGETHER) as i64).into(),
            Arg::Texts(["contact.acted_for.v1", "account.acted_for.v1"].map(str::to_owned).to_vec()),
            Arg::Uuids(commands.into_iter().collect()),
        ];
        let rows: Vec<EventRow> = self.db().fetch(Ask::new(sql, args)).await?;
        let said = rows.into_iter().map(decode_row).collect::<Result<Vec<_>, _>>()?;
        let why = |event: &Event| match event {
            Event::Contact(ContactEvent::ActedFor(e)) => e.private.known().map(|why| why.reason.clone()),
            Event::Account(AccountEvent::ActedFor(e)) => e.private.known().map(|why| why.reason.clone()),
            _ => None,
        };
        let decoded = self.decode(said).await?;
        Ok(decoded.into_iter().filter_map(|(stored, event)| Some((stored.meta.command, why(&event)?))).collect())
    }
}
