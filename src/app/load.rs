//! The present state of a stream: from memory, else its `stream_state` row and the events after it.

use super::Failure;
use crate::{
    db::{Db, DbErrorKind},
    log::{EventLog, SqlLog, codec},
    vault::store::Vault,
};
use domain::{Category, Folded, StreamId};
use projections::{Ask, stream_state};
use quick_cache::sync::Cache;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// States kept in memory.
const KEPT: usize = 10_000;
/// Events read at a time.
const PAGE: usize = 500;

/// Loads states for commands.
pub(super) struct Loader {
    db: Db,
    log: SqlLog,
    vault: Vault,
    kept: Cache<Uuid, Arc<Folded>>,
}

/// A state, and whether it came from memory: then it may be old, and a refusal must be confirmed.
pub(super) struct Loaded {
    pub folded: Arc<Folded>,
    pub remembered: bool,
}

impl Loader {
    pub fn new(db: Db, log: SqlLog, vault: Vault) -> Loader {
        Loader { db, log, vault, kept: Cache::new(KEPT) }
    }

    pub async fn load(&self, stream: StreamId, fresh: bool) -> Result<Loaded, Failure> {
        if !fresh && let Some(folded) = self.kept.get(&stream.id) {
            return Ok(Loaded { folded, remembered: true });
        }
        let mut folded = self.kept_state(stream.id).await?.unwrap_or_default();
        loop {
            let events = self.log.read_stream(stream, folded.version, PAGE).await?;
            let (count, sealed) = (events.len(), events.iter().any(|e| e.sealed.is_some()));
            // Only contacts have keys; the subject of a contact's stream is the contact.
            let key = if sealed && stream.category == Category::Contact { self.vault.key(stream.id).await? } else { None };
            for stored in events {
                let event = codec::decode(&stored, key.as_deref())?;
                folded = folded.evolve(&event, stored.fact()).map_err(|e| Failure::Fault(format!("{stream}: {e}")))?;
            }
            if count < PAGE {
                break;
            }
        }
        let folded = Arc::new(folded);
        if folded.version > 0 {
            self.kept.insert(stream.id, folded.clone());
        }
        Ok(Loaded { folded, remembered: false })
    }

    /// The state of the read model. While that is damaged or not built yet, there is none: the log has everything.
    async fn kept_state(&self, stream: Uuid) -> Result<Option<Folded>, Failure> {
        let row = match self.db.fetch_optional(stream_state::states(vec![stream])).await {
            Ok(row) => row,
            Err(e) if e.kind == DbErrorKind::Other => {
                tracing::warn!(error = %e, "states cannot be read; folding from the log");
                None
            }
            Err(e) => return Err(e.into()),
        };
        Ok(row.and_then(|row| stream_state::decode(row.version, &row.state).ok()))
    }

    pub fn keep(&self, stream: StreamId, folded: Arc<Folded>) {
        self.kept.insert(stream.id, folded);
    }

    pub fn forget(&self, streams: &[Uuid]) {
        for stream in streams {
            self.kept.remove(stream);
        }
    }

    pub fn forget_all(&self) {
        self.kept.clear();
    }

    /// Whether these streams still have these versions; what does not is forgotten.
    pub async fn confirm(&self, seen: &[(StreamId, u64)]) -> Result<bool, Failure> {
        let ids = seen.iter().map(|(s, _)| s.id).collect::<Vec<_>>();
        let ask = Ask::<(Uuid, Option<i64>)>::new(
            "SELECT list.s, (SELECT e.version FROM event e WHERE e.stream = list.s ORDER BY e.version DESC LIMIT 1) AS version FROM [$1 AS s]",
            [ids.clone().into()],
        );
        let now: HashMap<Uuid, u64> =
            self.db.fetch(ask).await?.into_iter().map(|(id, version)| (id, version.unwrap_or(0).unsigned_abs())).collect();
        let same = seen.iter().all(|(stream, version)| now.get(&stream.id).copied().unwrap_or(0) == *version);
        if !same {
            self.forget(&ids);
        }
        Ok(same)
    }
}
