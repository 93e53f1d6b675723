//! Files that are imported: what each would do, how far it is, what was taken back.
//!
//! A file comes in by `POST /import/contacts?plan=true`, which answers the import's id. Its rows are in `import_row`, what is said of it in `import_edit`.

use super::{
    asker::Asker,
    connection::{COUNT_CAP, Connection, Found, Paging, Place, wants_total},
    decision::Actor,
    ids,
    import_row::{ImportOutcome, ImportRow},
    scalars::{Instant, Position},
    snapshot::Snapshot,
    words::{ImportPolicy, ImportStatus},
};
use crate::app::{
    Question,
    imports::{Page, Progress, RowFilter},
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{
    Folded, ImportId, State,
    import::{self as rules, ImportState},
};
use projections::{imports, labels};
use std::sync::Arc;

/// Earlier imports of the same file that are named.
const SAME_FILE: i64 = 6;
/// Labels that are named at a time.
const LABELS: i64 = 100;

/// A file that is imported.
#[derive(Clone)]
pub struct Import {
    pub(super) id: ImportId,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
}

/// How many rows came to what.
#[derive(SimpleObject)]
pub struct ImportCounts {
    /// New contacts.
    created: u64,
    /// Contacts that change.
    updated: u64,
    /// Contacts that are so already.
    unchanged: u64,
    /// Rows that mean the contact of an earlier row.
    duplicates: u64,
    /// Rows that cannot be taken.
    rejected: u64,
    /// Blank rows.
    blank: u64,
}

impl From<rules::ImportCounts> for ImportCounts {
    fn from(c: rules::ImportCounts) -> Self {
        let rules::ImportCounts { created, updated, unchanged, duplicates, rejected, blank } = c;
        ImportCounts { created, updated, unchanged, duplicates, rejected, blank }
    }
}

/// How far an import is.
#[derive(SimpleObject)]
pub struct ImportProgress {
    /// Which.
    import_id: ID,
    status: ImportStatus,
    /// Rows with something to do; of an undo, rows that were done.
    total: u64,
    /// Those that were looked at.
    done: u64,
    /// Those of them that could not be done as planned, and were left out.
    left_out: u64,
    /// Null before it begins.
    rows_per_second: Option<f64>,
}

/// What was taken back.
#[derive(SimpleObject)]
pub struct ImportUndo {
    started_at: Instant,
    /// Null while it goes on.
    ended_at: Option<Instant>,
    /// New contacts that were removed again.
    removed: u64,
    /// Changed contacts that are as before, in all that nobody else changed since.
    restored: u64,
    /// Contacts that people had changed since, and that stayed.
    kept: u64,
}

impl Import {
    pub fn found(snapshot: &Arc<Snapshot>, id: ImportId) -> Option<Import> {
        let folded = snapshot.known(id.0).filter(|folded| folded.state.import().is_some())?;
        Some(Import { id, folded, snapshot: snapshot.clone() })
    }

    pub(super) fn state(&self) -> Result<&ImportState> {
        self.snapshot.state_of(&self.folded, State::import)
    }
}

impl ImportProgress {
    /// As a subscription tells it, too.
    pub fn of(progress: &Progress, now: chrono::DateTime<chrono::Utc>) -> ImportProgress {
        let state = &progress.state;
        let done = state.done.counts;
        let (total, looked_at) = match state.undo_started {
            Some(_) => (done.created + done.updated, state.undone.map_or(0, |u| u.removed + u.restored + u.kept)),
            None => (state.to_do(), state.looked_at()),
        };
        ImportProgress {
            import_id: ID(progress.import.to_string()),
            status: state.status.into(),
            total,
            done: looked_at,
            left_out: state.done.left_out,
            rows_per_second: progress.rows_per_second(now),
        }
    }
}

/// A file that is imported: planned, applied as planned, taken back.
#[Object]
impl Import {
    pub async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// Number of its last change, for `expectedVersion`. Progress is a change: give it when applying or undoing, not when cancelling.
    async fn version(&self) -> u64 {
        self.folded.version
    }

    async fn status(&self) -> Result<ImportStatus> {
        Ok(self.state()?.status.into())
    }

    /// What becomes of the file when rows are refused.
    async fn policy(&self) -> Result<ImportPolicy> {
        Ok(self.state()?.policy.into())
    }

    /// What the contacts of its rows are labelled with: `contacts(filter: { label })`.
    async fn label(&self) -> Result<Option<&str>> {
        Ok(self.state()?.label.as_deref())
    }

    /// SHA-256 of the file, in hexadecimal digits.
    async fn file_digest(&self) -> Result<&str> {
        Ok(&self.state()?.file)
    }

    async fn planned_at(&self) -> Result<Instant> {
        Ok(Instant(self.state()?.planned.at))
    }

    async fn planned_by(&self, ctx: &Context<'_>) -> Result<Actor> {
        Ok(Actor::new(self.state()?.planned.actor, Asker::of(ctx)?.lang))
    }

    /// When applying it was said, last.
    async fn started_at(&self) -> Result<Option<Instant>> {
        Ok(self.state()?.started.map(|fact| Instant(fact.at)))
    }

    /// When it was through, or stopped.
    async fn ended_at(&self) -> Result<Option<Instant>> {
        Ok(self.state()?.ended.map(|fact| Instant(fact.at)))
    }

    /// What applying it does, by the plan.
    async fn counts(&self) -> Result<ImportCounts> {
        Ok(self.state()?.plan.into())
    }

    /// What was done so far.
    async fn done(&self) -> Result<ImportCounts> {
        Ok(self.state()?.done.counts.into())
    }

    /// Rows that could not be done as planned, and were left out.
    async fn left_out(&self) -> Result<u64> {
        Ok(self.state()?.done.left_out)
    }

    /// Whether its policy lets it be applied: one refused row may refuse everything.
    async fn may_be_applied(&self) -> Result<bool> {
        Ok(self.state()?.may_be_applied())
    }

    /// Until when its plan may be applied.
    async fn apply_until(&self) -> Result<Instant> {
        Ok(Instant(self.state()?.planned.at + rules::PLAN_LASTS))
    }

    /// Until when it may be taken back; null before it ended.
    async fn undo_until(&self) -> Result<Option<Instant>> {
        Ok(self.state()?.ended.map(|fact| Instant(fact.at + rules::UNDO_LASTS)))
    }

    async fn progress(&self) -> Result<ImportProgress> {
        let progress = Progress { import: self.id, version: self.folded.version, state: self.state()?.clone() };
        Ok(ImportProgress::of(&progress, self.snapshot.now))
    }

    /// What was taken back; null before that was said.
    async fn undo(&self) -> Result<Option<ImportUndo>> {
        let state = self.state()?;
        let undone = state.undone.unwrap_or_default();
        Ok(state.undo_started.map(|started| ImportUndo {
            started_at: Instant(started.at),
            ended_at: (state.status == domain::values::ImportStatus::Undone).then_some(Instant(state.since.at)),
            removed: undone.removed,
            restored: undone.restored,
            kept: undone.kept,
        }))
    }

    /// Other imports of the very same file, the newest first, at most five: a warning before it is done twice.
    async fn same_file_as(&self, ctx: &Context<'_>) -> Result<Vec<Import>> {
        let (asker, state) = (Asker::of(ctx)?, self.state()?);
        let ask = imports::of_file(state.account, &state.file, SAME_FILE);
        let found = asker.app.reader().db().fetch(ask).await.map_err(|e| asker.failed(e))?;
        let others: Vec<_> = found.into_iter().map(|(id,)| id).filter(|id| *id != self.id.0).take(5).collect();
        self.snapshot.get_all(&others).await?;
        Ok(others.into_iter().filter_map(|id| Import::found(&self.snapshot, ImportId(id))).collect())
    }

    /// The titles of the file's columns, as sent; empty once its rows are deleted.
    async fn columns(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        let (asker, state) = (Asker::of(ctx)?, self.state()?);
        let head = asker.app.import_rows().head(self.id, state.account).await.map_err(|e| asker.failed(e))?;
        Ok(head.map(|head| head.header).unwrap_or_default())
    }

    /// The rows of the file in their order, blank ones apart. They are deleted a day after the import ended, and earlier where a person in them is erased.
    async fn rows(
        &self,
        ctx: &Context<'_>,
        outcome: Option<ImportOutcome>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<ImportRow>> {
        let (asker, state) = (Asker::of(ctx)?, self.state()?);
        let slice = Paging { first, after, last, before }.slice(asker, format!("rows {} {outcome:?}", self.id))?;
        let beyond = match slice.beyond() {
            Some(Place::Position(number)) => Some(*number),
            _ => None,
        };
        let filter = outcome.map_or(RowFilter::Any, RowFilter::from);
        let through = state.done.through;
        let page = Page { filter, beyond, descending: slice.backward, limit: slice.limit as i64 + 1, through };
        let rows = asker.app.import_rows();
        let notes = rows.page(self.id, state.account, page).await.map_err(|e| asker.failed(e))?;
        let total = match wants_total(ctx) {
            true => Some(rows.count(self.id, filter, COUNT_CAP + 1, through).await.map_err(|e| asker.failed(e))?),
            false => None,
        };
        let found = Found::of(self.told(ctx, asker, notes).await?, slice.limit);
        slice.page(asker, found, false, total.map(Into::into))
    }

    /// Where to get the rows that were not taken, as a CSV file to be mended and sent again; null when all were, or it is too late.
    async fn errors_file(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let (asker, state) = (Asker::of(ctx)?, self.state()?);
        let count = asker.app.import_rows().count(self.id, RowFilter::ToMend, 1, state.done.through).await;
        let some = count.map_err(|e| asker.failed(e))? > 0;
        Ok(some.then(|| format!("/import/{}/errors.csv", self.id)))
    }
}

/// Imports.
#[derive(Default)]
pub struct ImportQuery;

#[Object]
impl ImportQuery {
    /// The import of this id.
    async fn import(&self, ctx: &Context<'_>, id: ID, min_position: Option<Position>) -> Result<Option<Import>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let id = ids::import(&id);
        let snapshot = Snapshot::now(asker).read(vec![id.0], false).await?;
        Import::found(&snapshot, id).map(Some).ok_or_else(|| asker.not_found())
    }

    /// The account's imports, the newest first.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn imports(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<Import>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Import)?;
        asker.wait(min_position).await?;
        let slice = Paging { first, after, last, before }.slice(asker, format!("imports {account}"))?;
        let beyond = match slice.beyond() {
            Some(Place::Time(at, id)) => Some((*at, *id)),
            _ => None,
        };
        let db = asker.app.reader().db();
        let ask = imports::list(account, beyond, !slice.backward, slice.limit as i64 + 1);
        let rows = db.fetch(ask).await.map_err(|e| asker.failed(e))?;
        let rows = rows.into_iter().map(|(at, id)| (Place::Time(at, id), id)).collect();
        let found: Found<uuid::Uuid> = Found::of(rows, slice.limit);
        let total = match wants_total(ctx) {
            true => db.fetch_optional(imports::count(account, COUNT_CAP + 1)).await.map_err(|e| asker.failed(e))?,
            false => None,
        };
        let ids = found.rows.iter().map(|(_, id)| *id).collect();
        let snapshot = Snapshot::now(asker).read(ids, false).await?;
        let rows = found
            .rows
            .into_iter()
            .filter_map(|(place, id)| Some((place, Import::found(&snapshot, ImportId(id))?)))
            .collect();
        let found = Found { rows, more: found.more, looked_to: None };
        slice.page(asker, found, true, total.map(|(n,)| n.into()))
    }

    /// The labels that imports put on the account's contacts, in their order, after one of them; a hundred at most.
    async fn labels(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        after: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Vec<String>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Contacts)?;
        asker.wait(min_position).await?;
        let ask = labels::labels(account, after.as_deref(), LABELS);
        let found = asker.app.reader().db().fetch(ask).await.map_err(|e| asker.failed(e))?;
        Ok(found.into_iter().map(|(label,)| label).collect())
    }
}
