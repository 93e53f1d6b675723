//! What a command on its way will write beside its events, as it is noted before they are appended, and what it holds still until then.
//!
//! What is held: the streams it writes, and, together with others, those it only read; values it claims, gives free or looked up; the key of its caller;
//! to-dos it does; subjects that get a key. Whoever needs the same waits. So guards and looked-up values are exact among all who append through here,
//! whatever the engine can promise.

use crate::{
    db::{DbError, Load, Tx, Write, WriteError},
    log::{AppendRequest, LogFailure, StoredEvent},
};
use projections::{Arg, Ask, Row, Table, Type, table::column};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

const INTENT: Table = Table {
    name: "intent",
    columns: &[column("command", Type::Uuid), column("body", Type::Bytes)],
    key: 1,
    stream: "",
    indexes: &[],
};

const HOLD: Table = Table {
    name: "intent_hold",
    columns: &[column("held", Type::Bytes), column("command", Type::Uuid), column("alone", Type::Bool)],
    key: 2,
    stream: "",
    indexes: &[],
};

/// A noted command: what it writes beside its events, and the events, so that a command that was left half-way can be gone on with.
#[derive(Debug, Deserialize)]
pub(super) struct Intent {
    pub request: AppendRequest,
    pub events: Vec<StoredEvent>,
}

#[derive(Serialize)]
struct Body<'a> {
    request: &'a AppendRequest,
    events: &'a [StoredEvent],
}

/// What a request holds still, and whether alone.
pub(super) fn holds(request: &AppendRequest) -> BTreeMap<Vec<u8>, bool> {
    let mut holds = BTreeMap::new();
    let mut hold = |kind: u8, parts: &[&[u8]], alone: bool| {
        let held = std::iter::once(kind).chain(parts.iter().flat_map(|part| part.iter().copied())).collect::<Vec<u8>>();
        *holds.entry(held).or_default() |= alone;
    };
    request.writes.iter().for_each(|w| hold(b'w', &[w.stream.id.as_bytes()], true));
    request.guards.iter().for_each(|(stream, _)| hold(b'w', &[stream.id.as_bytes()], false));
    request.claims.iter().for_each(|c| hold(b'v', &[&c.key], true));
    request.releases.iter().for_each(|r| hold(b'v', &[&r.key], true));
    request.sights.iter().for_each(|s| hold(b'v', &[&s.key], false));
    request.new_keys.iter().for_each(|k| hold(b'k', &[k.subject.as_bytes()], true));
    request.done_todos.iter().for_each(|id| hold(b't', &[id.as_bytes()], true));
    request.idempotency.iter().for_each(|i| hold(b'i', &[i.account.as_bytes(), &i.key], true));
    holds
}

/// Those of the requests, by place, that need what another command on its way holds. To be asked with the head locked.
pub(super) async fn blocked(tx: &mut Tx, requests: &[&AppendRequest]) -> Result<HashSet<usize>, DbError> {
    let all: Vec<BTreeMap<Vec<u8>, bool>> = requests.iter().map(|request| holds(request)).collect();
    let ask = Ask::<(Vec<u8>, bool)>::new(
        "SELECT held, alone FROM intent_hold WHERE held IN [$1]",
        [Arg::Bytess(all.iter().flat_map(BTreeMap::keys).cloned().collect())],
    );
    let mut held: HashMap<Vec<u8>, bool> = HashMap::new();
    for (what, alone) in tx.fetch(ask).await? {
        *held.entry(what).or_default() |= alone;
    }
    // The same command, left half-way: it is put in order first.
    let commands = requests.iter().map(|r| r.meta.command).collect();
    let there: Vec<(Uuid,)> =
        tx.fetch(Ask::new("SELECT command FROM intent WHERE command IN [$1]", [Arg::Uuids(commands)])).await?;
    let needs = |holds: &BTreeMap<Vec<u8>, bool>| {
        holds.iter().any(|(what, alone)| held.get(what).is_some_and(|theirs| *theirs || *alone))
    };
    let waits =
        |place: &usize| needs(&all[*place]) || there.iter().any(|(command,)| *command == requests[*place].meta.command);
    Ok((0..requests.len()).filter(waits).collect())
}

/// Notes commands whose events are to be appended.
pub(super) async fn note(tx: &mut Tx, commands: &[(&AppendRequest, &[StoredEvent])]) -> Result<(), LogFailure> {
    let (mut intents, mut held): (Vec<Row>, Vec<Row>) = (Vec::new(), Vec::new());
    for (request, events) in commands {
        let command = request.meta.command;
        let body = serde_json::to_vec(&Body { request, events })
            .map_err(|e| LogFailure::Fault(format!("noting the command {command}: {e}")))?;
        intents.push(vec![command.into(), body.into()]);
        held.extend(holds(request).into_iter().map(|(what, alone)| vec![what.into(), command.into(), alone.into()]));
    }
    let rows = |table, rows| Write::Rows { table, rows, load: Load::Insert };
    let writes = vec![rows(&INTENT, intents), rows(&HOLD, held)];
    Ok(tx.write_all(writes, true).await.map_err(|WriteError { error, .. }| error)?)
}

/// The intents of these commands, as far as they are noted.
pub(super) async fn of(tx: &mut Tx, commands: Vec<Uuid>) -> Result<Vec<Intent>, LogFailure> {
    let ask = Ask::<(Vec<u8>,)>::new("SELECT body FROM intent WHERE command IN [$1]", [Arg::Uuids(commands)]);
    tx.fetch(ask).await?.into_iter().map(|(body,)| read(&body)).collect()
}

/// An intent as it was noted.
pub(super) fn read(body: &[u8]) -> Result<Intent, LogFailure> {
    serde_json::from_slice(body).map_err(|e| LogFailure::Fault(format!("reading what a command was to write: {e}")))
}

/// Forgets commands: everything they noted was written, or nothing of them is to be.
pub(super) async fn forget(tx: &mut Tx, commands: Vec<Uuid>) -> Result<(), DbError> {
    let of = |table: &str| {
        Ask::<()>::new(format!("DELETE FROM {table} WHERE command IN [$1]"), [Arg::Uuids(commands.clone())])
    };
    tx.execute(of("intent_hold")).await?;
    tx.execute(of("intent")).await?;
    Ok(())
}
