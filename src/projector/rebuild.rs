//! Building read models anew from the log, beside the live ones, which go on answering; then the swap.
//!
//! 1. Empty tables without indexes.
//! 2. The log, stream by stream, up to a start position: only final rows are written, in bulk (`fill.rs`).
//! 3. Indexes.
//! 4. Catching up with what was appended meanwhile.
//! 5. Verification: counts, and a sample against the fold.
//! 6. Under the head's lock: the rest, then tables change names.
//!
//! It sends no mail and calls nobody.

use super::{
    catch_up::{lock_head, step},
    fill::{Narrow, READ, fill, fold_on},
    inline::Target,
};
use crate::{
    app::Failure,
    db::{Db, DbError, ddl_create, ddl_indexes},
    vault::store::Vault,
};
use domain::{Folded, StreamId};
use futures::future::BoxFuture;
use projections::{Arg, Ask, ReadModel, Source};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    time::Duration,
};
use uuid::Uuid;

/// Streams whose rows are compared with the fold before the swap.
const SAMPLE: usize = 200;
/// Stands for a rebuild where locks have numbers.
const EXCLUSIVE: i64 = 0x5E5A_3E00_0000_0001;
/// Below so many events to go, the rest is done under the head's lock.
const NEAR: u64 = 500;

/// How a rebuild is getting on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Events read, of so many.
    Reading(u64, u64),
    /// Indexes are being built.
    Indexing,
    /// Events that were appended meanwhile.
    CatchingUp(u64),
    /// Rows are being compared with the log.
    Verifying,
    /// Done: so many events, so many rows.
    Done(u64, u64),
}

/// Why nothing was swapped; the live tables are as they were.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The service failed.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// The new rows are not those of the log.
    #[error("verification of {0} failed: {1}")]
    Verification(String, String),
    /// Someone else is rebuilding read models of this database.
    #[error("another rebuild of this database is under way")]
    UnderWay,
}

impl From<DbError> for RebuildError {
    fn from(e: DbError) -> Self {
        RebuildError::Failure(e.into())
    }
}

/// Who is told how far a rebuild is.
pub(super) type Told<'a> = dyn FnMut(Progress) + Send + 'a;

/// Rebuilds these read models together, in one reading of the log.
pub async fn rebuild(
    db: &Db,
    vault: &Vault,
    models: &[&'static ReadModel],
    mut progress: impl FnMut(Progress) + Send,
) -> Result<(), RebuildError> {
    rebuild_one(db, vault, models, &mut progress).await
}

fn rebuild_one<'a>(
    db: &'a Db,
    vault: &'a Vault,
    models: &'a [&'static ReadModel],
    progress: &'a mut Told<'a>,
) -> BoxFuture<'a, Result<(), RebuildError>> {
    Box::pin(rebuild_locked(db, vault, models, progress))
}

async fn rebuild_locked(
    db: &Db,
    vault: &Vault,
    models: &[&'static ReadModel],
    progress: &mut Told<'_>,
) -> Result<(), RebuildError> {
    // Two at once would fill each other's tables.
    let Some(alone) = db.exclusive("rebuild", EXCLUSIVE).await? else { return Err(RebuildError::UnderWay) };
    let result = rebuild_alone(db, vault, models, progress).await;
    alone.release().await;
    result
}

async fn rebuild_alone(
    db: &Db,
    vault: &Vault,
    models: &[&'static ReadModel],
    progress: &mut Told<'_>,
) -> Result<(), RebuildError> {
    let start = prepare(db, models).await?;
    let (events, rows) = fill(db, vault, models, start, progress).await?;
    progress(Progress::Indexing);
    // Index names are the database's, not the table's: those of the live table, built by an earlier rebuild, must not be in the way.
    let suffix = format!("_{:08x}", RandomState::new().hash_one(start) as u32);
    for model in models {
        for table in model.tables {
            let mut tx = db.begin().await?;
            tx.run_script(ddl_indexes(table, &Target::Beside.name(table), &suffix)).await?;
            tx.commit().await?;
        }
    }
    let level = follow(db, vault, models, start, progress).await?;
    progress(Progress::Verifying);
    verify(db, vault, models, level, &rows, start).await?;
    swap(db, vault, models, level).await?;
    progress(Progress::Done(events, rows.iter().sum()));
    Ok(())
}

async fn prepare(db: &Db, models: &[&'static ReadModel]) -> Result<u64, RebuildError> {
    let mut tx = db.begin().await?;
    for model in models {
        for table in model.tables {
            let name = Target::Beside.name(table);
            let script = format!("DROP TABLE IF EXISTS {name};{}", ddl_create(&tx, table, &name));
            tx.run_script(script).await?;
        }
    }
    let start = lock_head(&mut tx).await?;
    tx.commit().await?;
    Ok(start)
}

/// Catches the new tables up until few events are to go; the position they are level with.
async fn follow(
    db: &Db,
    vault: &Vault,
    models: &[&'static ReadModel],
    start: u64,
    progress: &mut Told<'_>,
) -> Result<u64, RebuildError> {
    let mut level = start;
    loop {
        let mut tx = db.begin().await?;
        let head = tx.fetch_optional(Ask::<(i64,)>::new("SELECT position FROM log_head WHERE id = 1", [])).await?;
        let head = head.map_or(0, |(p,)| p.unsigned_abs());
        if head.saturating_sub(level) < NEAR {
            tx.rollback().await?;
            return Ok(level);
        }
        let until = head.min(level + NEAR);
        for model in models {
            step(&mut tx, vault, model, level, until, Target::Beside).await?;
        }
        tx.commit().await?;
        level = until;
        progress(Progress::CatchingUp(level - start));
    }
}

/// Counts every table, and compares the rows of some streams with their folds.
async fn verify(
    db: &Db,
    vault: &Vault,
    models: &[&'static ReadModel],
    level: u64,
    written: &[u64],
    start: u64,
) -> Result<(), RebuildError> {
    let mut tx = db.begin().await?;
    if level == start {
        for (model, expected) in models.iter().zip(written) {
            let mut found = 0;
            for table in model.tables {
                let sql = format!("SELECT COUNT(*) FROM {}", Target::Beside.name(table));
                found += tx.fetch_optional(Ask::<(i64,)>::new(sql, [])).await?.map_or(0, |(n,)| n.unsigned_abs());
            }
            if found != *expected {
                return Err(RebuildError::Verification(
                    model.name.into(),
                    format!("{found} rows, {expected} were made"),
                ));
            }
        }
    }
    // Streams spread over the log: those of evenly spaced positions.
    let positions: Vec<i64> = (0..SAMPLE as u64).map(|n| (1 + n * level.max(1) / SAMPLE as u64) as i64).collect();
    let streams: Vec<(Uuid,)> =
        tx.fetch(Ask::new("SELECT DISTINCT stream FROM event WHERE position IN [$1]", [Arg::Ints(positions)])).await?;
    let sql = READ.replace("e.position <= $1", "e.position <= $1 AND e.stream IN [$2]");
    let ids = streams.into_iter().map(|(s,)| s).collect::<Vec<_>>();
    let rows: Vec<Narrow> = tx.fetch(Ask::new(sql, [(level as i64).into(), Arg::Uuids(ids)])).await?;
    let mut folds: Vec<(StreamId, Folded)> = Vec::new();
    let last = fold_on(vault, None, rows, |whole| folds.push((whole.stream, whole.folded)))?;
    folds.extend(last.map(|whole| (whole.stream, whole.folded)));
    // Whose key was destroyed after that position: what their rows were made from can be read no more, and the swap purges them.
    let erased: Vec<(Uuid,)> =
        tx.fetch(Ask::new("SELECT subject FROM erasure WHERE position > $1", [(level as i64).into()])).await?;
    folds.retain(|(stream, ..)| !erased.iter().any(|(subject,)| *subject == stream.id));
    let ids: Vec<Uuid> = folds.iter().map(|(stream, _)| stream.id).collect();
    for model in models {
        // A table's key need not begin with the stream: one look through it for all streams of the sample, not one for each.
        let mut found = Vec::with_capacity(model.tables.len());
        for table in model.tables {
            let (name, stream) = (Target::Beside.name(table), table.stream);
            let sql = format!("SELECT {stream}, COUNT(*) FROM {name} WHERE {stream} IN [$1] GROUP BY {stream}");
            let counts: Vec<(Uuid, i64)> = tx.fetch(Ask::new(sql, [Arg::Uuids(ids.clone())])).await?;
            found.push(counts.into_iter().collect::<HashMap<_, _>>());
        }
        for (stream, folded) in &folds {
            let expected = (model.project)(Source { stream: *stream, folded });
            for (index, table) in model.tables.iter().enumerate() {
                let expected = expected.iter().filter(|(t, _)| *t == index).count() as i64;
                let found = found[index].get(&stream.id).copied().unwrap_or(0);
                if found != expected {
                    let what = format!("{} has {found} rows of {stream}, the log makes {expected}", table.name);
                    return Err(RebuildError::Verification(model.name.into(), what));
                }
            }
            for (index, row) in &expected {
                let table = &model.tables[*index];
                if !tx.has_row(table, &Target::Beside.name(table), row).await? {
                    let what = format!("a row of {stream} in {} is not what the log makes", table.name);
                    return Err(RebuildError::Verification(model.name.into(), what));
                }
            }
        }
    }
    tx.rollback().await?;
    Ok(())
}

/// The rest, and the change of names, in one transaction under the head's lock; tried again when a lock cannot be had.
async fn swap(db: &Db, vault: &Vault, models: &[&'static ReadModel], level: u64) -> Result<(), RebuildError> {
    let mut attempt = 0;
    loop {
        match try_swap(db, vault, models, level).await {
            Err(RebuildError::Failure(Failure::Busy)) if attempt < 20 => {
                attempt += 1;
                tokio::time::sleep(Duration::from_millis(50 * attempt)).await;
            }
            other => return other,
        }
    }
}

async fn try_swap(db: &Db, vault: &Vault, models: &[&'static ReadModel], level: u64) -> Result<(), RebuildError> {
    let mut tx = db.begin().await?;
    let head = lock_head(&mut tx).await?;
    if tx.is_postgres() {
        // Readers hold tables for moments; behind one that holds longer, nobody else must queue for long.
        tx.run_script("SET LOCAL lock_timeout = '1s'".into()).await?;
    }
    for model in models {
        if level < head {
            step(&mut tx, vault, model, level, head, Target::Beside).await?;
        }
        for table in model.tables {
            let (live, beside) = (Target::Live.name(table), Target::Beside.name(table));
            tx.run_script(format!("DROP TABLE IF EXISTS {live};ALTER TABLE {beside} RENAME TO {live};")).await?;
        }
        tx.execute(Ask::new(
            "INSERT INTO checkpoint (name, version, position) VALUES ($1, $2, $3)
             ON CONFLICT (name, version) DO UPDATE SET position = excluded.position, stuck = NULL",
            [model.name.into(), i64::from(model.version).into(), (head as i64).into()],
        ))
        .await?;
    }
    Ok(tx.commit().await?)
}
