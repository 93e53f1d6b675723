//! The copy: events taken in from the engine in its order, numbered, timed and chained as they come, with everything their commands noted.
//!
//! Positions, times and hashes follow from the engine's order and from nothing else: whoever takes the same events in gets the same copy. One transaction
//! takes at most [`STEP`] events: their rows, what completed commands wrote beside them, the rows of level read models, and the place reached.

use super::{
    Beside,
    intent::{self, Intent},
};
use crate::{
    db::{Db, DbError, DbErrorKind, Load, Tx, Write, WriteError},
    log::{
        AppendRequest, Appended, Head, LogFailure, StoredEvent,
        admission::{Admitted, Changed, take_hold},
        chain, codec,
        sql::{self, EventRow, Locked, READ_ALL, decode_row, encode_row},
        streams::{Place, Streams},
    },
    vault::seal::SubjectKey,
};
use domain::{Event, Fact, Folded, StreamId};
use projections::{Arg, Ask};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// Events taken in at a time.
const STEP: usize = 500;

/// What is known of events without reading them: those of commands of this process.
#[derive(Default)]
pub(super) struct Own<'a> {
    commands: HashSet<Uuid>,
    befores: HashMap<StreamId, &'a Arc<Folded>>,
    events: HashMap<Uuid, &'a Event>,
}

impl<'a> Own<'a> {
    pub fn of(requests: &[&'a AppendRequest]) -> Own<'a> {
        let writes = || requests.iter().flat_map(|r| &r.writes);
        Own {
            commands: requests.iter().map(|r| r.meta.command).collect(),
            befores: writes().map(|w| (w.stream, &w.before)).collect(),
            events: writes().flat_map(|w| &w.events).map(|new| (new.id, &new.event)).collect(),
        }
    }
}

/// Why events were not taken in.
enum Stopped {
    /// The database.
    Db(DbError),
    /// A read model could not be brought forward.
    Model(&'static str, DbError),
    /// Something could not be written, and as it was sent at once, it is not known what.
    Something(DbError),
    /// The engine, or what it handed out.
    Log(LogFailure),
}

impl From<DbError> for Stopped {
    fn from(e: DbError) -> Self {
        Stopped::Db(e)
    }
}

impl From<LogFailure> for Stopped {
    fn from(e: LogFailure) -> Self {
        Stopped::Log(e)
    }
}

#[derive(projections::FromRow)]
struct Bound {
    engine: String,
    log_id: Uuid,
}

/// Binds the database to an engine's log, once; refuses a database that has a log of its own, or is the copy of another.
pub(super) async fn bind(db: &Db, streams: &dyn Streams) -> Result<(), LogFailure> {
    let (engine, log_id) = (streams.promises().engine, streams.id().await?);
    let mut tx = db.begin().await?;
    let head = tx
        .fetch_optional(Ask::<(i64,)>::new("SELECT position FROM log_head WHERE id = 1 [FOR UPDATE]", []))
        .await?
        .map_or(0, |(position,)| position);
    let bound =
        tx.fetch_optional(Ask::<Bound>::new("SELECT engine, log_id FROM log_elsewhere WHERE id = 1", [])).await?;
    match bound {
        Some(bound) if bound.engine == engine && bound.log_id == log_id => return Ok(tx.rollback().await?),
        Some(bound) => {
            let (kept, theirs) = (bound.engine, bound.log_id);
            return Err(LogFailure::Fault(format!(
                "this database is beside the log {theirs} in {kept}, not {log_id} in {engine}"
            )));
        }
        None if head > 0 => {
            return Err(LogFailure::Fault(format!(
                "this database has a log of its own: it cannot stand beside one in {engine}"
            )));
        }
        None => {}
    }
    tx.execute(Ask::new("UPDATE log_head SET log_id = $1 WHERE id = 1", [log_id.into()])).await?;
    let row = "INSERT INTO log_elsewhere (id, engine, log_id, place, place_within) VALUES (1, $1, $2, 0, 0)";
    tx.execute(Ask::new(row, [engine.into(), log_id.into()])).await?;
    Ok(tx.commit().await?)
}

fn place_reached() -> Ask<(i64, i64)> {
    Ask::new("SELECT place, place_within FROM log_elsewhere WHERE id = 1", [])
}

fn as_place(row: Option<(i64, i64)>) -> Place {
    row.map_or(Place::default(), |(place, within)| Place(place.unsigned_abs(), within.unsigned_abs()))
}

impl Beside {
    /// Takes in everything the engine has by now. Answers where the events of these commands came to stand. One at a time in a process (`taking`); beside other
    /// processes the head's lock decides.
    pub(super) async fn take_in(&self, own: &Own<'_>) -> Result<HashMap<Uuid, Fact>, LogFailure> {
        let mut facts = HashMap::new();
        let mut at_once = true;
        loop {
            match self.step(own, at_once, &mut facts).await {
                Ok(true) => at_once = true,
                Ok(false) => return Ok(facts),
                // It alone is left behind, shown, and caught up later; the log goes on.
                Err(Stopped::Model(name, e)) => {
                    tracing::error!(read_model = name, error = %e, "a read model failed and is left behind");
                    self.store.inline.leave_behind(name, &e.to_string());
                }
                Err(Stopped::Something(e)) => {
                    tracing::warn!(error = %e, "events could not be copied; trying it statement by statement");
                    at_once = false;
                }
                Err(Stopped::Db(e)) => return Err(e.into()),
                Err(Stopped::Log(e)) => return Err(e),
            }
        }
    }

    /// One step; whether there may be more.
    async fn step(&self, own: &Own<'_>, at_once: bool, facts: &mut HashMap<Uuid, Fact>) -> Result<bool, Stopped> {
        let place = as_place(self.store.db.fetch_optional(place_reached()).await?);
        let found = self.streams.read_all(place, STEP).await?;
        let Some(reached) = found.last().map(|(reached, _)| *reached) else { return Ok(false) };
        let more = found.len() == STEP;
        let mut tx = self.store.db.begin().await?;
        let streams = found.iter().map(|(_, event)| event.stream.id).collect();
        let Locked { head: from, versions, live } = self.store.lock(&mut tx, streams).await?;
        if as_place(tx.fetch_optional(place_reached()).await?) != place {
            // Another process was first.
            tx.rollback().await?;
            return Ok(true);
        }
        self.store.notice(from);
        let (events, head) = numbered(found, from, &versions)?;
        let mut intents = {
            let mut commands: Vec<Uuid> = events.iter().map(|e| e.meta.command).collect();
            commands.dedup();
            intent::of(&mut tx, commands).await?
        };
        let positions: HashMap<Uuid, u64> = events.iter().map(|e| (e.event_id, e.position)).collect();
        let stands = |event: Option<&StoredEvent>| event.and_then(|e| positions.get(&e.event_id)).copied();
        // The keys that its first event may need come with that; everything else with the last.
        let begun = intents.iter_mut().filter(|intent| stands(intent.events.first()).is_some());
        let new_keys: Vec<_> = begun.flat_map(|intent| std::mem::take(&mut intent.request.new_keys)).collect();
        let mut done: Vec<(u64, Intent)> = Vec::new();
        for mut intent in intents {
            intent.request.new_keys = Vec::new();
            done.extend(stands(intent.events.last()).map(|position| (position, intent)));
        }
        done.sort_by_key(|(position, _)| *position);

        let mut keys = HashMap::new();
        for key in &new_keys {
            keys.insert(key.subject, self.unwrapped(key.subject, &key.wrapped)?);
        }
        let (changed, live) = match self.changed(&mut tx, &events, &versions, own, keys).await {
            Ok(changed) => (changed, live),
            Err(Stopped::Log(e)) => {
                tracing::error!(error = %e, "what was copied cannot be read; read models are left behind");
                (Vec::new(), Vec::new())
            }
            Err(other) => return Err(other),
        };
        let requests: Vec<&AppendRequest> = done.iter().map(|(_, intent)| &intent.request).collect();
        let rows = events.iter().map(encode_row).collect();
        let admitted = settled(&mut tx, &done, &requests, head, events).await?;
        let key_rows = new_keys.iter().map(sql::key_row).collect();
        let mut writes = sql::log_writes(&requests, &admitted, rows);
        writes.push(("", Write::Rows { table: &sql::VAULT_KEY, rows: key_rows, load: Load::Insert }));
        let changes = self.store.inline.changes(&changed);
        writes.extend(self.store.inline.writes(&live, changes, from.position, head.position));
        let moved = Ask::new(
            "UPDATE log_elsewhere SET place = $1, place_within = $2 WHERE id = 1",
            [(reached.0 as i64).into(), (reached.1 as i64).into()],
        );
        let otherwise = "the place in the log outside the database is missing";
        writes.push(("", Write::Exactly { ask: moved, count: 1, otherwise }));
        let (names, writes): (Vec<_>, Vec<_>) = writes.into_iter().unzip();
        tx.write_all(writes, at_once).await.map_err(|WriteError { place, error }| match (place, error.kind) {
            (None, DbErrorKind::Other | DbErrorKind::Unique) if at_once => Stopped::Something(error),
            (Some(place), DbErrorKind::Other | DbErrorKind::Unique) if !names[place].is_empty() => {
                Stopped::Model(names[place], error)
            }
            _ => Stopped::Db(error),
        })?;
        sql::erase(&mut tx, &requests, &admitted).await?;
        intent::forget(&mut tx, requests.iter().map(|r| r.meta.command).collect()).await?;
        tx.commit().await?;

        let is_own = |e: &&StoredEvent| own.commands.contains(&e.meta.command);
        metrics::counter!("sesame_events_appended_total")
            .increment(admitted.events.iter().filter(is_own).count() as u64);
        facts.extend(admitted.events.iter().filter(is_own).map(|e| (e.event_id, e.fact())));
        if !admitted.events.iter().all(|e| is_own(&e)) {
            self.store.others_appended(from.position, head.position);
        }
        self.store.publish(head);
        Ok(more)
    }

    fn unwrapped(&self, subject: Uuid, wrapped: &[u8]) -> Result<SubjectKey, LogFailure> {
        self.vault.unwrap(subject, wrapped).map_err(|e| LogFailure::Fault(format!("the key of {subject}: {e}")))
    }

    /// The streams of these events, before and after them. Those of this process's commands are known; others are folded from the copy.
    async fn changed(
        &self,
        tx: &mut Tx,
        events: &[StoredEvent],
        versions: &HashMap<Uuid, u64>,
        own: &Own<'_>,
        mut keys: HashMap<Uuid, SubjectKey>,
    ) -> Result<Vec<Changed>, Stopped> {
        let mut streams: BTreeMap<StreamId, (Arc<Folded>, Folded)> = BTreeMap::new();
        let mut unread: Vec<Uuid> = Vec::new();
        for stream in events.iter().map(|e| e.stream) {
            if streams.contains_key(&stream) {
                continue;
            }
            let version = versions.get(&stream.id).copied().unwrap_or(0);
            let known = own.befores.get(&stream).filter(|before| before.version == version);
            let before = match known {
                Some(before) => Arc::clone(before),
                None => Arc::default(),
            };
            if before.version != version {
                unread.push(stream.id);
            }
            streams.insert(stream, (before.clone(), Folded::clone(&before)));
        }
        let sealed = events.iter().filter(|e| e.sealed.is_some() && !own.events.contains_key(&e.event_id));
        let subjects: Vec<Uuid> = unread.iter().copied().chain(sealed.map(|e| e.stream.id)).collect();
        if !subjects.is_empty() {
            for (subject, wrapped) in tx.fetch(sql::wrapped_keys(subjects)).await? {
                keys.insert(subject, self.unwrapped(subject, &wrapped)?);
            }
        }
        if !unread.is_empty() {
            let ask = format!("{READ_ALL} WHERE stream IN [$1] ORDER BY stream, version");
            let rows: Vec<EventRow> = tx.fetch(Ask::new(ask, [Arg::Uuids(unread)])).await?;
            for row in rows {
                let stored = decode_row(row)?;
                if let Some((before, after)) = streams.get_mut(&stored.stream) {
                    *after = evolved(std::mem::take(after), &stored, None, &keys)?;
                    *before = Arc::new(after.clone());
                }
            }
        }
        for stored in events {
            if let Some((_, after)) = streams.get_mut(&stored.stream) {
                *after = evolved(std::mem::take(after), stored, own.events.get(&stored.event_id).copied(), &keys)?;
            }
        }
        let changed = |(stream, (before, after))| Changed { stream, before, after: Arc::new(after) };
        Ok(streams.into_iter().map(changed).collect())
    }
}

fn evolved(
    folded: Folded,
    stored: &StoredEvent,
    known: Option<&Event>,
    keys: &HashMap<Uuid, SubjectKey>,
) -> Result<Folded, LogFailure> {
    let fault = |what: String| LogFailure::Fault(format!("{} at {}: {what}", stored.stream, stored.position));
    let read = match known {
        Some(_) => None,
        None => Some(codec::decode(stored, keys.get(&stored.stream.id)).map_err(|e| fault(e.to_string()))?),
    };
    match known.or(read.as_ref()) {
        Some(event) => folded.evolve(event, stored.fact()).map_err(|e| fault(e.to_string())),
        None => Ok(folded),
    }
}

/// Gives events their positions, times and hashes, after the head.
fn numbered(
    found: Vec<(Place, StoredEvent)>,
    mut head: Head,
    versions: &HashMap<Uuid, u64>,
) -> Result<(Vec<StoredEvent>, Head), LogFailure> {
    let mut versions = versions.clone();
    let mut events = Vec::with_capacity(found.len());
    for (_, mut event) in found {
        let version = versions.entry(event.stream.id).or_insert(0);
        if event.version != *version + 1 {
            let (stream, found) = (event.stream, event.version);
            return Err(LogFailure::Fault(format!("after version {version} of {stream} the log has version {found}")));
        }
        *version = event.version;
        head.position += 1;
        head.at = head.at.max(event.at);
        (event.position, event.at) = (head.position, head.at);
        event.hash = chain::hash(&head.hash, &event);
        head.hash = event.hash;
        events.push(event);
    }
    Ok((events, head))
}

/// What completed commands come to, in the order of their last events, as if they had been let in now.
async fn settled(
    tx: &mut Tx,
    done: &[(u64, Intent)],
    requests: &[&AppendRequest],
    head: Head,
    events: Vec<StoredEvent>,
) -> Result<Admitted, DbError> {
    let (mut holders, ..) = sql::beside(tx, requests).await?;
    let mut admitted = Admitted {
        head,
        events,
        changed: Vec::new(),
        held: HashMap::new(),
        done_todos: Vec::new(),
        remembered: Vec::new(),
        answers: Vec::with_capacity(done.len()),
    };
    for (position, Intent { request, .. }) in done {
        take_hold(request, &mut holders, &mut admitted.held);
        admitted.done_todos.extend(&request.done_todos);
        admitted.remembered.extend(request.idempotency.clone().map(|answer| (answer, *position)));
        admitted.answers.push(Ok(Appended { position: *position, after: Vec::new(), replayed: None }));
    }
    Ok(admitted)
}
