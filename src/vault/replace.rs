//! Another master key in the place of the one there is: every subject's key is wrapped anew, and everything that stands beside the log is sealed anew, in one
//! transaction with the check value. Events stay as they are: what they are sealed with are subjects' keys.
//!
//! For whoever has both keys, while nothing else has the database: a process that goes on with the former key can read no more people, and what it writes could
//! not be read. The command line sees to that; the head's lock keeps appends out besides.

use super::{
    aside::Aside,
    master::{KeyError, MasterKeys},
    seal::{SealError, open, seal, unwrap_key, wrap},
    store::{CHECK, aside},
};
use crate::db::{Db, DbError, Tx};
use projections::Ask;
use uuid::Uuid;

/// Rows taken together.
const PAGE: i64 = 1_000;

/// Where keys stand that the master key wraps, in a column `wrapped`.
#[derive(Debug, Clone, Copy)]
pub struct Wrapped {
    /// The table.
    pub table: &'static str,
    /// The column that names its rows.
    pub row: &'static str,
    /// Whose key a row's is.
    pub subject: fn(Uuid) -> Uuid,
}

/// The keys of people, accounts and imports.
const SUBJECTS: Wrapped = Wrapped { table: "vault_key", row: "subject", subject: |subject| subject };

/// What was wrapped and sealed anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replaced {
    /// Keys.
    pub keys: u64,
    /// Values that stand beside the log.
    pub values: u64,
}

/// Why the master key was not replaced; nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum NotReplaced {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The keys are not those of this database.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The other key is the one that is in use.
    #[error("the new master key is the one that is in use: make another with `openssl rand -base64 32`")]
    Same,
    /// With a log outside the database, what is on its way carries keys.
    #[error(
        "commands are still on their way to the log: start the service once more, wait until /readyz says ready, stop it, then try again"
    )]
    OnTheWay,
    /// Something cannot be opened with the key in use.
    #[error("{table} {row}: {error}")]
    Row {
        /// Where it stands.
        table: &'static str,
        /// Its row.
        row: Uuid,
        /// Why not.
        error: SealError,
    },
}

/// Wraps and seals everything anew, from one master key to another; the index key is the same. `told` hears how many rows are done. `others`: keys that stand in
/// tables that the vault does not know.
pub async fn replace_master(
    db: &Db,
    (from, to): (&MasterKeys, &MasterKeys),
    others: &[Wrapped],
    mut told: impl FnMut(u64),
) -> Result<Replaced, NotReplaced> {
    if from.check_value() == to.check_value() {
        return Err(NotReplaced::Same);
    }
    let mut tx = db.begin().await?;
    tx.fetch_optional(Ask::<(i64,)>::new("SELECT position FROM log_head WHERE id = 1 [FOR UPDATE]", [])).await?;
    let kept = Ask::<(Vec<u8>,)>::new("SELECT value FROM vault_check WHERE name = $1", [CHECK.into()]);
    if let Some((kept,)) = tx.fetch_optional(kept).await? {
        from.verify(&kept)?;
    }
    if tx.fetch_optional(Ask::<(Uuid,)>::new("SELECT command FROM intent LIMIT 1", [])).await?.is_some() {
        return Err(NotReplaced::OnTheWay);
    }
    let mut done = Replaced::default();
    for wrapped in [&SUBJECTS].into_iter().chain(others) {
        let before = done.keys;
        done.keys += rewrapped(&mut tx, (from, to), wrapped, |rows| told(before + rows)).await?;
    }
    for kind in Aside::ALL {
        let before = done.keys + done.values;
        done.values += resealed(&mut tx, (from, to), kind, |rows| told(before + rows)).await?;
    }
    let check = [CHECK.into(), to.check_value().to_vec().into()];
    tx.execute(Ask::new("UPDATE vault_check SET value = $2 WHERE name = $1", check)).await?;
    tx.commit().await?;
    Ok(done)
}

async fn rewrapped(
    tx: &mut Tx,
    (from, to): (&MasterKeys, &MasterKeys),
    Wrapped { table, row, subject }: &Wrapped,
    told: impl FnMut(u64),
) -> Result<u64, NotReplaced> {
    each(tx, (table, row, "wrapped"), told, |id, wrapped| {
        let key = unwrap_key(&from.master, subject(id), wrapped)?;
        wrap(&to.master, subject(id), &key)
    })
    .await
}

async fn resealed(
    tx: &mut Tx,
    (from, to): (&MasterKeys, &MasterKeys),
    kind: Aside,
    told: impl FnMut(u64),
) -> Result<u64, NotReplaced> {
    let Some((table, row)) = kind.place() else { return Ok(0) };
    each(tx, (table, row, "sealed"), told, |id, sealed| {
        let place = aside(kind, id);
        seal(&to.aside, &place, &open(&from.aside, &place, sealed)?)
    })
    .await
}

/// Puts something else in the place of each value of a column; how many there are.
async fn each(
    tx: &mut Tx,
    (table, row, column): (&'static str, &str, &str),
    mut told: impl FnMut(u64),
    anew: impl Fn(Uuid, &[u8]) -> Result<Vec<u8>, SealError>,
) -> Result<u64, NotReplaced> {
    let next = format!(
        "SELECT {row}, {column} FROM {table} WHERE {row} > $1 AND {column} IS NOT NULL ORDER BY {row} LIMIT $2"
    );
    let change = format!("UPDATE {table} SET {column} = $2 WHERE {row} = $1");
    let (mut after, mut done) = (Uuid::nil(), 0);
    loop {
        let page: Vec<(Uuid, Vec<u8>)> = tx.fetch(Ask::new(next.clone(), [after.into(), PAGE.into()])).await?;
        let Some((last, _)) = page.last() else { return Ok(done) };
        after = *last;
        for (id, value) in page {
            let value = anew(id, &value).map_err(|error| NotReplaced::Row { table, row: id, error })?;
            tx.execute(Ask::new(change.clone(), [id.into(), value.into()])).await?;
            done += 1;
        }
        told(done);
    }
}
