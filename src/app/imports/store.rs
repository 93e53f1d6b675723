//! Where the rows of imports stand, sealed with a key of the import, until they are purged.
//!
//! Not a read model: what a file says is nowhere else. Rows go with their import, or with the person they are about (`log::sql` deletes them in the erasure's
//! own append).

use super::rows::{Kept, Outcome, PlanRow, RowNote, Says, Values};
use crate::{
    app::{
        Failure,
        draft::{EMAIL, EXTERNAL_ID},
    },
    db::{Db, Load},
    vault::{
        seal::{SealContext, SubjectKey, open, seal},
        store::Vault,
    },
};
use domain::{AccountId, ContactId, ImportId};
use projections::{
    Arg, Ask, Row, Table, Type,
    table::{column, nullable},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::sync::Arc;
use uuid::Uuid;

const ROW: Table = Table {
    name: "import_row",
    columns: &[
        column("import", Type::Uuid),
        column("number", Type::Int),
        column("account", Type::Uuid),
        nullable("contact", Type::Uuid),
        column("outcome", Type::Text),
        column("version", Type::Int),
        nullable("same_as", Type::Int),
        nullable("email", Type::Bytes),
        nullable("external_id", Type::Bytes),
        column("sealed", Type::Bytes),
    ],
    key: 2,
    stream: "",
    indexes: &[],
};

/// Rows deleted by one statement of a purge, so that nobody waits long for the writer.
const PURGED: i64 = 2_000;

/// What is kept of a file beside its rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FileHead {
    /// The header as sent.
    pub header: Vec<String>,
    /// The separator, an ASCII byte.
    pub separator: u8,
}

/// Which rows are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFilter {
    /// All.
    Any,
    /// Those of an outcome.
    Of(Outcome),
    /// Those that were not done although they were planned.
    LeftOut,
    /// Those that were not taken back, or not in all.
    Kept,
    /// Those to be mended and sent again: refused, repeated, left out.
    ToMend,
}

/// Which rows, from where, how many.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Which.
    pub filter: RowFilter,
    /// Beyond this row; none: from the end one starts at.
    pub beyond: Option<u64>,
    /// From the last to the first.
    pub descending: bool,
    /// At most so many.
    pub limit: i64,
    /// The row that the import is through with.
    pub through: u64,
}

/// The rows of imports.
#[derive(Debug, Clone)]
pub struct Rows {
    db: Db,
    vault: Vault,
}

#[derive(Debug, projections::FromRow)]
struct Stored {
    number: i64,
    contact: Option<Uuid>,
    outcome: String,
    version: i64,
    same_as: Option<i64>,
    left_out: Option<String>,
    kept: Option<String>,
    kept_fields: Option<String>,
    sealed: Vec<u8>,
}

const READ: &str =
    "SELECT number, contact, outcome, version, same_as, left_out, kept, kept_fields, sealed FROM import_row";

impl Rows {
    pub(in crate::app) fn new(db: Db, vault: Vault) -> Rows {
        Rows { db, vault }
    }

    /// Makes room for the rows of a new import, and the key they are sealed with.
    pub async fn begin(
        &self,
        import: ImportId,
        account: AccountId,
        now_micros: i64,
        head: &FileHead,
    ) -> Result<(), Failure> {
        let (key, stored) = self.vault.new_key(import.0, account.0)?;
        let sealed = sealed(&key, import, account, 0, head)?;
        let mut tx = self.db.begin().await?;
        tx.execute(Ask::new(
            "INSERT INTO vault_key (subject, account, wrapped) VALUES ($1, $2, $3)",
            [stored.subject.into(), stored.account.into(), stored.wrapped.into()],
        ))
        .await?;
        tx.execute(Ask::new(
            "INSERT INTO import_file (import, account, created_at, sealed) VALUES ($1, $2, $3, $4)",
            [import.0.into(), account.0.into(), now_micros.into(), sealed.into()],
        ))
        .await?;
        tx.commit().await?;
        self.vault.keep(import.0, key);
        Ok(())
    }

    /// Adds rows.
    pub async fn add(&self, import: ImportId, account: AccountId, rows: Vec<PlanRow>) -> Result<(), Failure> {
        let key = self.key(import).await?.ok_or_else(purged)?;
        let rows: Vec<Row> = rows
            .into_iter()
            .map(|row| {
                let number = row.number as i64;
                let same_as: Option<i64> = row.same_as.map(|n| n as i64);
                let puts = |scope, value: fn(&Values) -> &Option<String>| {
                    let value = row.says.values.as_ref().and_then(|values| value(values).as_deref());
                    Arg::Bytes(value.map(|value| self.vault.claim_key(scope, account.0, value).to_vec()))
                };
                Ok(vec![
                    import.0.into(),
                    number.into(),
                    account.0.into(),
                    row.contact.map(|c| c.0).into(),
                    row.outcome.as_str().into(),
                    (row.version as i64).into(),
                    same_as.into(),
                    puts(EMAIL, |values| &values.email),
                    puts(EXTERNAL_ID, |values| &values.external_id),
                    sealed(&key, import, account, row.number, &row.says)?.into(),
                ])
            })
            .collect::<Result<_, Failure>>()?;
        let mut tx = self.db.begin().await?;
        tx.write_rows(&ROW, ROW.name, rows, Load::Insert).await?;
        Ok(tx.commit().await?)
    }

    /// Completes a plan: repeated rows are about whom the first one is about, and nothing is kept of people who were erased while the file was read.
    pub async fn settle(&self, import: ImportId, account: AccountId) -> Result<(), Failure> {
        let mut tx = self.db.begin().await?;
        tx.execute(Ask::new(
            "UPDATE import_row SET contact = (SELECT r.contact FROM import_row r WHERE r.import = $1 AND r.number = import_row.same_as)
             WHERE import = $1 AND outcome = 'DUPLICATE'",
            [import.0.into()],
        ))
        .await?;
        tx.execute(Ask::new(
            "DELETE FROM import_row WHERE import = $1 AND contact IN (SELECT subject FROM erasure WHERE account = $2)",
            [import.0.into(), account.0.into()],
        ))
        .await?;
        tx.execute(Ask::new(
            "DELETE FROM import_row WHERE import = $1 AND contact IS NULL AND EXISTS (
               SELECT 1 FROM erasure e, import_file f WHERE f.import = $1 AND e.account = $2 AND e.at >= f.created_at)",
            [import.0.into(), account.0.into()],
        ))
        .await?;
        Ok(tx.commit().await?)
    }

    /// A page of an import's rows. Notes on rows that the import is not through with are not yet so, and left away.
    pub async fn page(&self, import: ImportId, account: AccountId, page: Page) -> Result<Vec<RowNote>, Failure> {
        let Page { filter, beyond, descending, limit, through } = page;
        let (than, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
        let beyond = beyond.map_or(if descending { i64::MAX } else { 0 }, as_number);
        let mut args: Vec<Arg> = vec![import.0.into(), beyond.into(), limit.into()];
        let which = condition(filter, through, &mut args);
        let sql = format!("{READ} WHERE import = $1 AND number {than} $2{which} ORDER BY number {direction} LIMIT $3");
        let mut rows = self.read(import, account, Ask::new(sql, args)).await?;
        for note in rows.iter_mut().filter(|note| note.row.number > through) {
            note.left_out = None;
        }
        Ok(rows)
    }

    /// Every row that is about a contact, import by import.
    pub async fn about(&self, contact: ContactId, account: AccountId) -> Result<Vec<(ImportId, RowNote)>, Failure> {
        let ask = Ask::<(Uuid,)>::new("SELECT DISTINCT import FROM import_row WHERE contact = $1", [contact.0.into()]);
        let mut all = Vec::new();
        for (import,) in self.db.fetch(ask).await? {
            let import = ImportId(import);
            let sql = format!("{READ} WHERE import = $1 AND contact = $2 ORDER BY number");
            let rows = self.read(import, account, Ask::new(sql, [import.0.into(), contact.0.into()])).await?;
            all.extend(rows.into_iter().map(|row| (import, row)));
        }
        Ok(all)
    }

    /// How many rows a filter leaves, counted up to `cap`.
    pub async fn count(&self, import: ImportId, filter: RowFilter, cap: i64, through: u64) -> Result<i64, Failure> {
        let mut args: Vec<Arg> = vec![import.0.into(), cap.into()];
        let which = condition(filter, through, &mut args);
        let sql =
            format!("SELECT COUNT(*) FROM (SELECT 1 AS one FROM import_row WHERE import = $1{which} LIMIT $2) counted");
        Ok(self.db.fetch_optional(Ask::<(i64,)>::new(sql, args)).await?.map_or(0, |(n,)| n))
    }

    /// The next rows to be done, after one.
    pub(super) async fn to_apply(
        &self,
        import: ImportId,
        account: AccountId,
        after: u64,
        labelled: bool,
        limit: i64,
    ) -> Result<Vec<RowNote>, Failure> {
        let which = if labelled { "'CREATED', 'UPDATED', 'UNCHANGED'" } else { "'CREATED', 'UPDATED'" };
        let sql = format!("{READ} WHERE import = $1 AND number > $2 AND outcome IN ({which}) ORDER BY number LIMIT $3");
        self.read(import, account, Ask::new(sql, [import.0.into(), as_number(after).into(), limit.into()])).await
    }

    /// The next rows to be taken back, before one: those that were done.
    pub(super) async fn to_undo(
        &self,
        import: ImportId,
        account: AccountId,
        before: u64,
        labelled: bool,
        limit: i64,
    ) -> Result<Vec<RowNote>, Failure> {
        let which = if labelled { "'CREATED', 'UPDATED', 'UNCHANGED'" } else { "'CREATED', 'UPDATED'" };
        let sql = format!(
            "{READ} WHERE import = $1 AND number < $2 AND left_out IS NULL AND outcome IN ({which}) ORDER BY number DESC LIMIT $3"
        );
        self.read(import, account, Ask::new(sql, [import.0.into(), as_number(before).into(), limit.into()])).await
    }

    /// Notes why rows of a lot are not done; what was noted of the lot's other rows before is forgotten. Before the lot is appended: a note counts once the
    /// import says that it is through with the row.
    pub(super) async fn note_left_out(
        &self,
        import: ImportId,
        lot: &[RowNote],
        left_out: &[(u64, &'static str)],
    ) -> Result<(), Failure> {
        if left_out.is_empty() && lot.iter().all(|note| note.left_out.is_none()) {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        let numbers = lot.iter().map(|note| as_number(note.row.number)).collect();
        tx.execute(Ask::new(
            "UPDATE import_row SET left_out = NULL WHERE import = $1 AND number IN [$2] AND left_out IS NOT NULL",
            [import.0.into(), Arg::Ints(numbers)],
        ))
        .await?;
        for (code, numbers) in by_code(left_out) {
            tx.execute(Ask::new(
                "UPDATE import_row SET left_out = $3 WHERE import = $1 AND number IN [$2]",
                [import.0.into(), Arg::Ints(numbers), code.into()],
            ))
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes what of a lot is not taken back, likewise.
    pub(super) async fn note_kept(
        &self,
        import: ImportId,
        lot: &[RowNote],
        kept: &[(u64, Kept)],
    ) -> Result<(), Failure> {
        if kept.is_empty() && lot.iter().all(|note| note.kept.is_none()) {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        let numbers = lot.iter().map(|note| as_number(note.row.number)).collect();
        tx.execute(Ask::new(
            "UPDATE import_row SET kept = NULL, kept_fields = NULL WHERE import = $1 AND number IN [$2] AND kept IS NOT NULL",
            [import.0.into(), Arg::Ints(numbers)],
        ))
        .await?;
        let whys: Vec<(u64, (String, String))> =
            kept.iter().map(|(number, kept)| (*number, (kept.code.clone(), kept.fields.join(",")))).collect();
        for ((code, fields), numbers) in by_code(&whys) {
            tx.execute(Ask::new(
                "UPDATE import_row SET kept = $3, kept_fields = $4 WHERE import = $1 AND number IN [$2]",
                [import.0.into(), Arg::Ints(numbers), code.into(), fields.into()],
            ))
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// What is kept of the file; none once it was purged.
    pub async fn head(&self, import: ImportId, account: AccountId) -> Result<Option<FileHead>, Failure> {
        let ask = Ask::<(Option<Vec<u8>>,)>::new("SELECT sealed FROM import_file WHERE import = $1", [import.0.into()]);
        let Some((Some(sealed),)) = self.db.fetch_optional(ask).await? else { return Ok(None) };
        match self.key(import).await? {
            Some(key) => unsealed(&key, import, account, 0, &sealed).map(Some),
            None => Ok(None),
        }
    }

    /// Imports whose rows were begun until an instant, with when, the oldest first; a page, beyond one of them.
    pub(super) async fn begun_before(
        &self,
        micros: i64,
        beyond: Option<(i64, ImportId)>,
        limit: i64,
    ) -> Result<Vec<(i64, ImportId)>, Failure> {
        let (at, id) = beyond.map_or((i64::MIN, Uuid::nil()), |(at, import)| (at, import.0));
        let ask = Ask::<(i64, Uuid)>::new(
            "SELECT created_at, import FROM import_file WHERE created_at <= $1 AND (created_at, import) > ($2, $3)
             ORDER BY created_at, import LIMIT $4",
            [micros.into(), at.into(), id.into(), limit.into()],
        );
        Ok(self.db.fetch(ask).await?.into_iter().map(|(at, id)| (at, ImportId(id))).collect())
    }

    /// Deletes the rows of an import for good, and their key.
    pub async fn purge(&self, import: ImportId, now_micros: i64) -> Result<(), Failure> {
        loop {
            let mut tx = self.db.begin().await?;
            let some = "DELETE FROM import_row WHERE import = $1 AND number IN (SELECT number FROM import_row WHERE import = $1 ORDER BY number LIMIT $2)";
            let deleted = tx.execute(Ask::new(some, [import.0.into(), PURGED.into()])).await?;
            tx.commit().await?;
            if deleted < PURGED.unsigned_abs() {
                break;
            }
        }
        let mut tx = self.db.begin().await?;
        tx.execute(Ask::new("DELETE FROM import_file WHERE import = $1", [import.0.into()])).await?;
        tx.execute(Ask::new(
            "UPDATE vault_key SET wrapped = NULL, destroyed_at = $2 WHERE subject = $1 AND wrapped IS NOT NULL",
            [import.0.into(), now_micros.into()],
        ))
        .await?;
        tx.commit().await?;
        self.vault.forget(import.0);
        Ok(())
    }

    async fn key(&self, import: ImportId) -> Result<Option<Arc<SubjectKey>>, Failure> {
        let key = self.vault.key(import.0).await?;
        if let Some(key) = &key {
            self.vault.keep(import.0, key.clone());
        }
        Ok(key)
    }

    async fn read(&self, import: ImportId, account: AccountId, ask: Ask<Stored>) -> Result<Vec<RowNote>, Failure> {
        let stored = self.db.fetch(ask).await?;
        if stored.is_empty() {
            return Ok(Vec::new());
        }
        // Purged between the two questions: there is nothing any more.
        let Some(key) = self.key(import).await? else { return Ok(Vec::new()) };
        stored
            .into_iter()
            .map(|s| {
                let number = s.number.unsigned_abs();
                let fault = || Failure::Fault(format!("row {number} of import {}: an unknown outcome", import.0));
                let fields = s.kept_fields.unwrap_or_default();
                let fields = fields.split(',').filter(|f| !f.is_empty()).map(str::to_owned).collect();
                Ok(RowNote {
                    row: PlanRow {
                        number,
                        contact: s.contact.map(ContactId),
                        outcome: Outcome::parse(&s.outcome).ok_or_else(fault)?,
                        version: s.version.unsigned_abs(),
                        same_as: s.same_as.map(i64::unsigned_abs),
                        says: unsealed::<Says>(&key, import, account, number, &s.sealed)?,
                    },
                    left_out: s.left_out,
                    kept: s.kept.map(|code| Kept { code, fields }),
                })
            })
            .collect()
    }
}

fn purged() -> Failure {
    Failure::Fault("the rows of this import were purged while they were written".into())
}

/// A row's number as the table has it; no row has the largest.
fn as_number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn by_code<C: Clone + Ord>(rows: &[(u64, C)]) -> Vec<(C, Vec<i64>)> {
    let mut by_code: std::collections::BTreeMap<C, Vec<i64>> = Default::default();
    for (number, code) in rows {
        by_code.entry(code.clone()).or_default().push(as_number(*number));
    }
    by_code.into_iter().collect()
}

fn condition(filter: RowFilter, through: u64, args: &mut Vec<Arg>) -> String {
    let mut arg = |arg: Arg| {
        args.push(arg);
        args.len()
    };
    match filter {
        RowFilter::Any => String::new(),
        RowFilter::Of(outcome) => format!(" AND outcome = ${}", arg(outcome.as_str().into())),
        RowFilter::LeftOut => {
            format!(" AND left_out IS NOT NULL AND number <= ${}", arg(as_number(through).into()))
        }
        RowFilter::Kept => " AND kept IS NOT NULL".to_owned(),
        RowFilter::ToMend => format!(
            " AND (outcome IN ('REJECTED', 'DUPLICATE') OR (left_out IS NOT NULL AND number <= ${}))",
            arg(as_number(through).into())
        ),
    }
}

/// The place a row belongs to: its import and its number.
fn context<'a>(account: AccountId, stream: &'a str, number: u64) -> SealContext<'a> {
    SealContext { account: account.0, stream, event_id: Uuid::from_u64_pair(0, number), event_type: "import.row" }
}

fn sealed(
    key: &SubjectKey,
    import: ImportId,
    account: AccountId,
    number: u64,
    value: &impl Serialize,
) -> Result<Vec<u8>, Failure> {
    let plain = serde_json::to_vec(value).map_err(Failure::json)?;
    let stream = import.to_string();
    seal(key, &context(account, &stream, number), &plain)
        .map_err(|e| Failure::Fault(format!("a row of an import: {e}")))
}

fn unsealed<T: DeserializeOwned>(
    key: &SubjectKey,
    import: ImportId,
    account: AccountId,
    number: u64,
    sealed: &[u8],
) -> Result<T, Failure> {
    let stream = import.to_string();
    let plain = open(key, &context(account, &stream, number), sealed)
        .map_err(|e| Failure::Fault(format!("row {number} of import {}: {e}", import.0)))?;
    serde_json::from_slice(&plain).map_err(Failure::json)
}
