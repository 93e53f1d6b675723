//! Bringing read models forward that are behind the log: after a failure, after a start on a new version, beside another process.
//!
//! The law: the rows of a read model at checkpoint `p` are `project` of every stream folded up to `p`. Going from `p` to `q` writes, for each
//! stream with events between, the difference of its two folds. A stream that was erased meanwhile is purged first, because what its rows
//! were made from can be read no more.

use super::inline::{Target, label, write};
use crate::{
    app::Failure,
    db::{Db, Tx, ddl_create, ddl_indexes},
    log::{
        codec,
        sql::{EventRow, READ_ALL, decode_row},
    },
    vault::store::Vault,
};
use domain::{Event, Folded, StreamId, contact::ContactEvent};
use projections::{ALL, Arg, Ask, Changes, ReadModel};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Events taken at a time. The last so many are taken under the head's lock, so that catching up always arrives.
const STEP: u64 = 500;

/// Where a read model stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Which.
    pub model: &'static ReadModel,
    /// How far it is; none: its tables are not there yet.
    pub position: Option<u64>,
    /// Why it was left behind, if it was.
    pub stuck: Option<String>,
}

/// Where every read model of this binary stands.
pub async fn standing(db: &Db) -> Result<Vec<Standing>, Failure> {
    let rows: Vec<(String, i64, i64, Option<String>)> =
        db.fetch(Ask::new("SELECT name, version, position, stuck FROM checkpoint", [])).await?;
    Ok(ALL
        .iter()
        .map(|model| {
            let row =
                rows.iter().find(|(name, version, ..)| name == model.name && *version == i64::from(model.version));
            Standing { model, position: row.map(|r| r.2.unsigned_abs()), stuck: row.and_then(|r| r.3.clone()) }
        })
        .collect())
}

/// Creates the tables of read models that have none, while the log is empty; otherwise names those that must be rebuilt first.
pub async fn create_missing(db: &Db) -> Result<Vec<&'static ReadModel>, Failure> {
    let missing: Vec<_> = standing(db).await?.into_iter().filter(|s| s.position.is_none()).map(|s| s.model).collect();
    if missing.is_empty() {
        return Ok(missing);
    }
    let mut tx = db.begin().await?;
    let head = lock_head(&mut tx).await?;
    if head > 0 {
        tx.rollback().await?;
        return Ok(missing);
    }
    for model in missing {
        let known = Ask::<(i64,)>::new(
            "SELECT version FROM checkpoint WHERE name = $1 AND version = $2",
            [model.name.into(), i64::from(model.version).into()],
        );
        if tx.fetch_optional(known).await?.is_some() {
            continue; // Another process was first.
        }
        for table in model.tables {
            let script = ddl_create(&tx, table, table.name) + &ddl_indexes(table, table.name, "");
            tx.run_script(script).await?;
        }
        tx.execute(Ask::new(
            "INSERT INTO checkpoint (name, version, position) VALUES ($1, $2, 0)",
            [model.name.into(), i64::from(model.version).into()],
        ))
        .await?;
    }
    tx.commit().await?;
    Ok(Vec::new())
}

pub(super) async fn lock_head(tx: &mut Tx) -> Result<u64, Failure> {
    let head =
        tx.fetch_optional(Ask::<(i64,)>::new("SELECT position FROM log_head WHERE id = 1 [FOR UPDATE]", [])).await?;
    head.map(|(p,)| p.unsigned_abs()).ok_or_else(|| Failure::Fault("the log has no head row".into()))
}

/// Brings one read model level with the head. `Ok(false)`: it has no tables yet.
pub async fn catch_up(db: &Db, vault: &Vault, model: &'static ReadModel) -> Result<bool, Failure> {
    loop {
        let mut tx = db.begin().await?;
        let at = checkpoint(&mut tx, model, false).await?;
        let Some(at) = at else {
            tx.rollback().await?;
            return Ok(false);
        };
        let near = newest(&mut tx).await?.saturating_sub(at) <= STEP;
        // Head before checkpoint: the order in which appends lock them.
        let until = if near { lock_head(&mut tx).await? } else { at + STEP };
        let Some(at) = checkpoint(&mut tx, model, true).await? else {
            tx.rollback().await?;
            return Ok(false);
        };
        if at < until {
            step(&mut tx, vault, model, at, until, Target::Live).await?;
        }
        tx.execute(Ask::new(
            "UPDATE checkpoint SET position = $1, stuck = NULL WHERE name = $2 AND version = $3 AND position <= $1",
            [(until as i64).into(), model.name.into(), i64::from(model.version).into()],
        ))
        .await?;
        tx.commit().await?;
        if near {
            return Ok(true);
        }
    }
}

async fn newest(tx: &mut Tx) -> Result<u64, Failure> {
    let head = tx.fetch_optional(Ask::<(i64,)>::new("SELECT position FROM log_head WHERE id = 1", [])).await?;
    Ok(head.map_or(0, |(p,)| p.unsigned_abs()))
}

async fn checkpoint(tx: &mut Tx, model: &ReadModel, lock: bool) -> Result<Option<u64>, Failure> {
    let sql = if lock {
        "SELECT position FROM checkpoint WHERE (name || '@' || version) = $1 [FOR UPDATE]"
    } else {
        "SELECT position FROM checkpoint WHERE (name || '@' || version) = $1"
    };
    Ok(tx.fetch_optional(Ask::<(i64,)>::new(sql, [label(model).into()])).await?.map(|(p,)| p.unsigned_abs()))
}

/// Writes what events after `from` up to `until` change in a read model's rows.
pub(super) async fn step(
    tx: &mut Tx,
    vault: &Vault,
    model: &ReadModel,
    from: u64,
    until: u64,
    target: Target,
) -> Result<(), Failure> {
    let streams: Vec<(Uuid,)> = tx
        .fetch(Ask::new(
            "SELECT DISTINCT stream FROM event WHERE position > $1 AND position <= $2",
            [(from as i64).into(), (until as i64).into()],
        ))
        .await?;
    let streams: Vec<Uuid> = streams.into_iter().map(|(s,)| s).collect();
    if streams.is_empty() {
        return Ok(());
    }
    let sql = format!("{READ_ALL} WHERE stream IN [$1] AND position <= $2 ORDER BY stream, version");
    let rows: Vec<EventRow> = tx.fetch(Ask::new(sql, [Arg::Uuids(streams.clone()), (until as i64).into()])).await?;
    let keys = keys(tx, vault, streams).await?;
    let mut folds: BTreeMap<StreamId, (Folded, Folded, bool)> = BTreeMap::new();
    for row in rows {
        let stored = decode_row(row)?;
        let event = codec::decode(&stored, keys.get(&stored.stream.id))?;
        let (before, after, erased) = folds.entry(stored.stream).or_default();
        let fault = |e| Failure::Fault(format!("{}: {e}", stored.stream));
        *after = std::mem::take(after).evolve(&event, stored.fact()).map_err(fault)?;
        if stored.position <= from {
            *before = after.clone();
        } else {
            *erased |= matches!(event, Event::Contact(ContactEvent::Erased(_)));
        }
    }
    let mut changes = Changes::default();
    for (stream, (before, after, erased)) in &folds {
        if *erased {
            purge(tx, model, stream.id, target).await?;
        }
        let before = if *erased { &Folded::default() } else { before };
        model.change(*stream, Some(before), after, &mut changes);
    }
    Ok(write(tx, model, changes, target).await?)
}

/// Takes every row of a stream out, whatever it was made from.
pub(super) async fn purge(tx: &mut Tx, model: &ReadModel, stream: Uuid, target: Target) -> Result<(), Failure> {
    for table in model.tables {
        let sql = format!("DELETE FROM {} WHERE {} = $1", target.name(table), table.stream);
        tx.execute(Ask::new(sql, [stream.into()])).await?;
    }
    Ok(())
}

async fn keys(
    tx: &mut Tx,
    vault: &Vault,
    subjects: Vec<Uuid>,
) -> Result<HashMap<Uuid, crate::vault::seal::SubjectKey>, Failure> {
    let ask = Ask::<(Uuid, Vec<u8>)>::new(
        "SELECT subject, wrapped FROM vault_key WHERE subject IN [$1] AND wrapped IS NOT NULL",
        [Arg::Uuids(subjects)],
    );
    let mut keys = HashMap::new();
    for (subject, wrapped) in tx.fetch(ask).await? {
        keys.insert(subject, vault.unwrap(subject, &wrapped)?);
    }
    Ok(keys)
}
