//! Read models that are level with the head are brought forward in the append's own transaction, so that a read after a write is right
//! on every node.

use crate::{
    db::{DbError, DbErrorKind, Load, Tx},
    log::admission::Changed,
};
use projections::{ALL, Arg, Ask, Changes, ReadModel, Table};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// Why the append must be tried again.
#[derive(Debug)]
pub enum ApplyError {
    /// This read model's rows cannot be written.
    Model(&'static str, DbError),
    /// The database failed.
    Database(DbError),
}

/// Which read models are applied inline.
#[derive(Debug, Default)]
pub struct Inline {
    stuck: Mutex<BTreeMap<&'static str, String>>,
}

/// `name@version`, as checkpoints are named in conditions.
pub fn label(model: &ReadModel) -> String {
    format!("{}@{}", model.name, model.version)
}

impl Inline {
    /// Leaves a read model behind: it is not applied inline any more until it was caught up.
    pub fn leave_behind(&self, name: &'static str, why: &str) {
        self.stuck.lock().unwrap_or_else(PoisonError::into_inner).insert(name, why.to_owned());
        metrics::counter!("sesame_read_model_failures_total", "read_model" => name).increment(1);
    }

    /// It was caught up: apply it again.
    pub fn take_back(&self, name: &str) {
        self.stuck.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// The read models left behind, and why.
    pub fn stuck(&self) -> BTreeMap<&'static str, String> {
        self.stuck.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Works out what changes in every live read model. Where that takes long, it is done beside the caller, who writes events meanwhile.
    pub fn changes(&self, live: &[String], changed: &[Changed]) -> Pending {
        let stuck = self.stuck();
        let live = ALL.iter().copied().filter(|m| !stuck.contains_key(m.name) && live.contains(&label(m))).collect();
        if changed.len() < ASIDE {
            return Pending::Done(changes_of(live, changed));
        }
        let changed = changed.to_vec();
        Pending::Aside(tokio::spawn(async move { changes_of(live, &changed) }))
    }

    /// Writes what changed and moves the read models' checkpoints from the old head to the new one.
    pub async fn apply(&self, tx: &mut Tx, pending: Pending, from: u64, to: u64) -> Result<(), ApplyError> {
        let models = match pending {
            _ if from == to => return Ok(()),
            Pending::Done(models) => models,
            Pending::Aside(task) => {
                task.await.map_err(|e| ApplyError::Database(DbError::missing(&format!("the rows of a batch: {e}"))))?
            }
        };
        if models.is_empty() {
            return Ok(());
        }
        let labels: Vec<String> = models.iter().map(|(model, _)| label(model)).collect();
        let count = models.len() as u64;
        for (model, changes) in models {
            write(tx, model, changes, Target::Live).await.map_err(|e| match e.kind {
                DbErrorKind::Other | DbErrorKind::Unique => ApplyError::Model(model.name, e),
                _ => ApplyError::Database(e),
            })?;
        }
        let moved = tx
            .execute(Ask::new(
                "UPDATE checkpoint SET position = $1 WHERE position = $2 AND (name || '@' || version) IN [$3]",
                [(to as i64).into(), (from as i64).into(), Arg::Texts(labels)],
            ))
            .await
            .map_err(ApplyError::Database)?;
        if moved != count {
            return Err(ApplyError::Database(DbError::missing("a checkpoint moved although the head was locked")));
        }
        Ok(())
    }
}

/// Streams from which working out is done aside.
const ASIDE: usize = 16;

/// What a batch changes in each live read model: known, or being worked out.
pub enum Pending {
    /// Known.
    Done(Vec<(&'static ReadModel, Changes)>),
    /// Being worked out.
    Aside(tokio::task::JoinHandle<Vec<(&'static ReadModel, Changes)>>),
}

fn changes_of(live: Vec<&'static ReadModel>, changed: &[Changed]) -> Vec<(&'static ReadModel, Changes)> {
    live.into_iter()
        .map(|model| {
            let mut changes = Changes::default();
            for c in changed {
                model.change(c.stream, Some(&c.before), &c.after, &mut changes);
            }
            (model, changes)
        })
        .collect()
}

/// Which tables of a read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Those that questions are answered from.
    Live,
    /// Those a rebuild fills beside them.
    Beside,
}

impl Target {
    /// The physical name of a table.
    pub fn name(self, table: &Table) -> String {
        match self {
            Target::Live => table.name.to_owned(),
            Target::Beside => format!("{}_new", table.name),
        }
    }
}

/// Writes and deletes rows of one read model.
pub async fn write(tx: &mut Tx, model: &ReadModel, changes: Changes, target: Target) -> Result<(), DbError> {
    for (index, rows, gone) in changes.into_tables() {
        let table = &model.tables[index];
        let name = target.name(table);
        tx.delete_rows(table, &name, gone).await?;
        tx.write_rows(table, &name, rows, Load::Upsert).await?;
    }
    Ok(())
}
