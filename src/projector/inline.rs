//! Read models that are level with the head are brought forward in the append's own transaction, so that a read after a write is right
//! on every node.

use crate::{
    db::{DbError, Load, Tx, Write},
    log::admission::Changed as StreamChanged,
};
use projections::{ALL, Arg, Ask, Changes, ReadModel, Table};
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

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

    /// Works out what streams' changes change in every read model that is not left behind.
    pub fn changes(&self, changed: &[StreamChanged]) -> Vec<Changed> {
        let stuck = self.stuck();
        let followed = ALL.iter().copied().filter(|m| !stuck.contains_key(m.name));
        followed
            .map(|model| {
                let mut changes = Changes::default();
                for c in changed {
                    model.change(c.stream, Some(&c.before), &c.after, &mut changes);
                }
                (model, changes)
            })
            .collect()
    }

    /// What must be written so that the read models that are level with the old head are level with the new one, their checkpoints last. Each
    /// with the name of the read model it belongs to.
    pub fn writes(&self, live: &[String], changed: Vec<Changed>, from: u64, to: u64) -> Vec<(&'static str, Write)> {
        if from == to {
            return Vec::new();
        }
        let stuck = self.stuck();
        let mut writes = Vec::new();
        let mut labels = Vec::new();
        for (model, changes) in changed.into_iter().filter(|(m, _)| !stuck.contains_key(m.name)) {
            let label = label(model);
            if !live.contains(&label) {
                continue;
            }
            labels.push(label);
            for (index, rows, gone) in changes.into_tables() {
                let table = &model.tables[index];
                writes.push((model.name, Write::Delete { table, keys: gone }));
                writes.push((model.name, Write::Rows { table, rows, load: Load::Upsert }));
            }
        }
        if !labels.is_empty() {
            let count = labels.len() as u64;
            let ask = Ask::new(
                "UPDATE checkpoint SET position = $1 WHERE position = $2 AND (name || '@' || version) IN [$3]",
                [(to as i64).into(), (from as i64).into(), Arg::Texts(labels)],
            );
            let otherwise = "a checkpoint moved although the head was locked";
            writes.push(("", Write::Exactly { ask, count, otherwise }));
        }
        writes
    }
}

/// What changes in a read model.
pub type Changed = (&'static ReadModel, Changes);

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
