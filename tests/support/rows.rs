//! What must be true of every read model's rows, however they came about.

use domain::{Folded, StreamId};
use projections::{ALL, Ask, ReadModel, Source};
use sesame::{
    db::Db,
    log::{
        codec,
        sql::{EventRow, READ_ALL, decode_row},
    },
    vault::store::Vault,
};
use std::collections::BTreeMap;

/// Every stream folded anew from the log.
pub async fn folds(db: &Db, vault: &Vault) -> BTreeMap<StreamId, Folded> {
    let rows: Vec<EventRow> = db.fetch(Ask::new(format!("{READ_ALL} ORDER BY position"), [])).await.unwrap();
    let keys = vault.keys(rows.iter().map(|r| r.stream).collect()).await.unwrap();
    let mut folds: BTreeMap<StreamId, Folded> = BTreeMap::new();
    for row in rows {
        let stored = decode_row(row).unwrap();
        let event = codec::decode(&stored, keys.get(&stored.stream.id).map(|k| &**k)).unwrap();
        let folded = folds.remove(&stored.stream).unwrap_or_default();
        folds.insert(stored.stream, folded.evolve(&event, stored.fact()).unwrap());
    }
    folds
}

/// The law of read models: their rows are those that the log makes, no more and no less.
pub async fn assert_rows_are_the_log_s(db: &Db, vault: &Vault, what: &str) {
    let folds = folds(db, vault).await;
    let mut tx = db.begin().await.unwrap();
    for model in ALL {
        let mut made = vec![0i64; model.tables.len()];
        for (stream, folded) in &folds {
            for (index, row) in (model.project)(Source { stream: *stream, folded }) {
                let table = &model.tables[index];
                made[index] += 1;
                assert!(tx.has_row(table, table.name, &row).await.unwrap(), "{what}: {} lacks {row:?}", table.name);
            }
        }
        for (index, table) in model.tables.iter().enumerate() {
            let count = Ask::<(i64,)>::new(format!("SELECT COUNT(*) FROM {}", table.name), []);
            let (found,) = tx.fetch_optional(count).await.unwrap().unwrap();
            assert_eq!(found, made[index], "{what}: rows of {}", table.name);
        }
    }
    let head = Ask::<(i64,)>::new("SELECT position FROM log_head", []);
    let (head,) = tx.fetch_optional(head).await.unwrap().unwrap();
    for model in ALL {
        assert_eq!(checkpoint(&mut tx, model).await, Some(head), "{what}: {} is level with the log", model.name);
    }
}

async fn checkpoint(tx: &mut sesame::db::Tx, model: &ReadModel) -> Option<i64> {
    let sql = "SELECT position FROM checkpoint WHERE name = $1 AND version = $2";
    let args = [model.name.into(), i64::from(model.version).into()];
    tx.fetch_optional(Ask::<(i64,)>::new(sql, args)).await.unwrap().map(|(p,)| p)
}
