//! The present state of a stream: from memory, else its `stream_state` row and the events after it.
//!
//! Loads that come while a question is under way are asked together with the next one, so that the database answers many commands with
//! one statement, and an idle service asks at once.

use super::Failure;
use crate::{
    db::{Db, DbErrorKind},
    log::{EventLog, codec},
    vault::store::Vault,
};
use domain::{Folded, StreamId};
use projections::{Ask, stream_state};
use quick_cache::sync::Cache;
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{Mutex, mpsc, oneshot};
use uuid::Uuid;

/// States kept in memory: of contacts with five accesses some 60 MB when full.
const KEPT: usize = 25_000;
/// Events read at a time.
const PAGE: usize = 500;
/// Questions for states under way at the same time, and streams in one.
const QUESTIONS: usize = 2;
const TOGETHER: usize = 128;

/// Loads states for commands.
pub(super) struct Loader {
    db: Db,
    log: Arc<dyn EventLog>,
    vault: Vault,
    kept: Cache<Uuid, Arc<Folded>>,
    asked: mpsc::UnboundedSender<Asked>,
}

/// A stream whose state someone waits for.
type Asked = (Uuid, oneshot::Sender<Result<Stood, Failure>>);

/// What the read model says of a stream, and the stream's version at that same moment. Version unknown: only the log can tell.
#[derive(Debug, Clone, Default)]
struct Stood {
    row: Option<(i64, Vec<u8>)>,
    version: Option<u64>,
}

/// A state, and whether it came from memory: then it may be old, and a refusal must be confirmed.
pub(super) struct Loaded {
    pub folded: Arc<Folded>,
    pub remembered: bool,
}

impl Loader {
    /// Starts the tasks that ask; dropping the loader ends them.
    pub fn new(db: Db, log: Arc<dyn EventLog>, vault: Vault) -> Loader {
        let (asked, waiting) = mpsc::unbounded_channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..QUESTIONS {
            tokio::spawn(ask_together(db.clone(), waiting.clone()));
        }
        Loader { db, log, vault, kept: Cache::new(KEPT), asked }
    }

    pub async fn load(&self, stream: StreamId, fresh: bool) -> Result<Loaded, Failure> {
        if !fresh && let Some(folded) = self.kept.get(&stream.id) {
            return Ok(Loaded { folded, remembered: true });
        }
        if fresh {
            self.log.level().await?;
        }
        let stopped = || Failure::Unavailable("states are not loaded any more".into());
        let (answer, answered) = oneshot::channel();
        self.asked.send((stream.id, answer)).map_err(|_| stopped())?;
        let Stood { row, version } = answered.await.map_err(|_| stopped())??;
        // A row that cannot be read is as good as none: the log has everything.
        let mut folded = row.and_then(|(at, state)| stream_state::decode(at, &state).ok()).unwrap_or_default();
        if version != Some(folded.version) {
            folded = self.read_on(stream, folded).await?;
        }
        let folded = Arc::new(folded);
        if folded.version > 0 {
            self.kept.insert(stream.id, folded.clone());
        }
        Ok(Loaded { folded, remembered: false })
    }

    /// The fold of the events after this one: the row is behind, or not there.
    async fn read_on(&self, stream: StreamId, mut folded: Folded) -> Result<Folded, Failure> {
        loop {
            let events = self.log.read_stream(stream, folded.version, PAGE).await?;
            let (count, sealed) = (events.len(), events.iter().any(|e| e.sealed.is_some()));
            // The subject of a stream is what the stream is about.
            let key = if sealed { self.vault.key(stream.id).await? } else { None };
            for stored in events {
                let event = codec::decode(&stored, key.as_deref())?;
                folded = folded.evolve(&event, stored.fact()).map_err(|e| Failure::Fault(format!("{stream}: {e}")))?;
            }
            if count < PAGE {
                return Ok(folded);
            }
        }
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
        self.log.level().await?;
        let ids = seen.iter().map(|(s, _)| s.id).collect::<Vec<_>>();
        let ask = Ask::<(Uuid, Option<i64>)>::new(
            "SELECT list.s, (SELECT e.version FROM event e WHERE e.stream = list.s ORDER BY e.version DESC LIMIT 1) AS version FROM [$1 AS s]",
            [ids.clone().into()],
        );
        let now: HashMap<Uuid, u64> = self
            .db
            .fetch(ask)
            .await?
            .into_iter()
            .map(|(id, version)| (id, version.unwrap_or(0).unsigned_abs()))
            .collect();
        let same = seen.iter().all(|(stream, version)| now.get(&stream.id).copied().unwrap_or(0) == *version);
        if !same {
            self.forget(&ids);
        }
        Ok(same)
    }
}

/// Answers what is asked, together: one statement for all that waits, so that state and version are of one moment.
async fn ask_together(db: Db, waiting: Arc<Mutex<mpsc::UnboundedReceiver<Asked>>>) {
    loop {
        let mut asked = Vec::new();
        if waiting.lock().await.recv_many(&mut asked, TOGETHER).await == 0 {
            return;
        }
        // Who stopped waiting needs no answer.
        asked.retain(|(_, answer)| !answer.is_closed());
        if asked.is_empty() {
            continue;
        }
        let answer = stood(&db, asked.iter().map(|(id, _)| *id).collect()).await;
        for (id, waits) in asked {
            let _ = waits.send(match &answer {
                Ok(stood) => Ok(stood.get(&id).cloned().unwrap_or_default()),
                Err(failure) => Err(failure.clone()),
            });
        }
    }
}

/// Rows and versions of these streams. While the read model is damaged or not built yet, nothing is known of any.
async fn stood(db: &Db, mut ids: Vec<Uuid>) -> Result<HashMap<Uuid, Stood>, Failure> {
    ids.sort_unstable();
    ids.dedup();
    let ask = Ask::<(Uuid, Option<i64>, Option<Vec<u8>>, Option<i64>)>::new(
        "SELECT list.s, st.version, st.state, (SELECT e.version FROM event e WHERE e.stream = list.s ORDER BY e.version DESC LIMIT 1) AS newest
         FROM [$1 AS s] LEFT JOIN stream_state_1 st ON st.stream = list.s",
        [ids.into()],
    );
    match db.fetch(ask).await {
        Ok(rows) => {
            let stood = |(id, at, state, newest): (Uuid, Option<i64>, Option<Vec<u8>>, Option<i64>)| {
                (id, Stood { row: at.zip(state), version: Some(newest.unwrap_or(0).unsigned_abs()) })
            };
            Ok(rows.into_iter().map(stood).collect())
        }
        Err(e) if e.kind == DbErrorKind::Other => {
            tracing::warn!(error = %e, "states cannot be read; folding from the log");
            Ok(HashMap::new())
        }
        Err(e) => Err(e.into()),
    }
}
