//! A client file planned: read, judged and compared with the account's contacts as an import does it, and every row noted with what it would do. Nothing of the
//! account changes; the rows wait, sealed, until someone says: do that ([`crate::app::imports`]).

use super::{
    import::{ImportError, ImportOptions, Message, Progress, reading, today},
    ledger::{End, Ledger},
    plan::{Planned, Planner, Step},
    report::{ImportReport, RowError},
    stopped::Stopped,
};
use crate::{
    app::{
        About, App, Caller, Command, Door, Failure, ImportCommand, NotDone, Question,
        imports::{FileHead, Outcome, PlanRow, Says, Values},
    },
    files::Row,
};
use aws_lc_rs::digest::{Context, SHA256};
use chrono::NaiveDate;
use domain::{
    AccountId, Code, ContactId, ImportId, Refusal,
    import::{ImportCounts, ImportState, PlanImport},
    remedy::Remedy,
    values::ImportPolicy,
};
use projections::imports;
use std::{
    io::{self, Read, Sink},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// How to plan, beside how to read.
#[derive(Debug, Clone)]
pub struct PlanOptions {
    /// What becomes of it when rows are refused.
    pub policy: ImportPolicy,
    /// What its contacts are to be labelled with.
    pub label: Option<String>,
    /// How to read, and to tell.
    pub import: ImportOptions,
}

/// A file that was planned.
#[derive(Debug)]
pub struct PlannedFile {
    /// The import, to be applied.
    pub import: ImportId,
    /// What applying it would do.
    pub report: ImportReport,
    /// Values that are left out, the first of them.
    pub left_out: Vec<RowError>,
    /// Whether it may be applied: one refused row may refuse everything.
    pub may_be_applied: bool,
    /// Earlier imports of the very same file, the newest first.
    pub same_file: Vec<(ImportId, ImportState)>,
}

/// Earlier imports of the same file that are named.
const SAME_FILE: i64 = 5;

/// Plans a client file for the caller's account.
pub async fn plan_contacts<R>(
    app: &App,
    caller: &Caller,
    file: R,
    options: &PlanOptions,
    mut progress: impl FnMut(Progress<'_>) + Send,
) -> Result<PlannedFile, Box<ImportError>>
where
    R: Read + Send + 'static,
{
    let reading = ImportOptions { dry_run: true, ..options.import };
    let mut ledger = Ledger::new(&reading, || Ok(io::sink()));
    let import = ImportId(app.clock().id());
    let planned = run(app, caller, file, options, import, &mut ledger, &mut progress).await;
    match planned {
        // Nothing was taken, and yet something was written: the plan.
        Ok(planned) => Ok(PlannedFile { report: ImportReport { dry_run: false, ..ledger.report }, ..planned }),
        Err(problem) => {
            // What was noted of a file that is not planned is of no use; should this fail too, it is deleted with the other old rows.
            let _ = app.import_rows().purge(import, app.clock().now().timestamp_micros()).await;
            Err(Box::new(ImportError { problem, applied: ImportReport::default() }))
        }
    }
}

async fn run<R, E>(
    app: &App,
    caller: &Caller,
    file: R,
    options: &PlanOptions,
    import: ImportId,
    ledger: &mut Ledger<Sink, E>,
    progress: &mut (impl FnMut(Progress<'_>) + Send),
) -> Result<PlannedFile, Stopped>
where
    R: Read + Send + 'static,
    E: FnOnce() -> io::Result<Sink> + Send,
{
    let account = options.import.account.or(caller.only_account()).ok_or_else(|| Refusal::new(Code::Forbidden))?;
    if !caller.may_ask(Question::Import, account, About::ANY) {
        return Err(Refusal::new(Code::Forbidden).instead(Remedy::AskTheOwner).into());
    }
    let day = today(app, account).await?;
    // A label that cannot be taken is refused before the file is read.
    let draft = PlanImport {
        account,
        label: options.label.clone(),
        file: String::new(),
        policy: options.policy,
        counts: ImportCounts::default(),
    };
    draft.clone().decide().map_err(first)?;
    let lenient = options.policy == ImportPolicy::IgnoreFailed;
    let (bytes, digest) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Context::new(&SHA256))));
    let read = Digested { source: file, bytes: bytes.clone(), digest: digest.clone() };
    let mut from_reader = reading(read, options.import.reading, lenient);
    let mut planner = Planner::new(app.reader(), caller, account, day, lenient).await?;
    let mut notes = Notes {
        app,
        import,
        account,
        day,
        left_out: Vec::new(),
        kept: options.import.errors_kept,
        labels: options.label.is_some(),
    };
    while let Some(message) = from_reader.recv().await {
        match message {
            Message::Opened { header, columns, separator } => {
                let head = FileHead { header: header.as_row().cells().map(str::to_owned).collect(), separator };
                app.import_rows().begin(import, account, app.clock().now().timestamp_micros(), &head).await?;
                ledger.open(header, *columns, separator);
            }
            Message::Failed(error) => return Err(error.into()),
            Message::Rows { rows, blank, encoding } => {
                ledger.read(blank, encoding);
                let planned = planner.plan(rows).await?;
                notes.take(planned, ledger).await?;
                progress(Progress { bytes: bytes.load(Ordering::Relaxed), report: &ledger.report });
            }
        }
    }
    app.import_rows().settle(import, account).await?;
    let digest = digest.lock().unwrap_or_else(PoisonError::into_inner).clone().finish();
    let file = data_encoding::HEXLOWER.encode(digest.as_ref());
    let same_file = same_file(app, account, &file).await?;
    let plan = PlanImport { file, counts: counts(&ledger.report), ..draft };
    let may_be_applied = plan.policy != ImportPolicy::RejectEverything || plan.counts.rejected == 0;
    let command = Command::Imports(ImportCommand::Plan(import, plan));
    let done = app.execute(&caller.through(Door::Import), command.into()).await.map_err(not_done)?;
    ledger.report.position = done.position;
    Ok(PlannedFile { import, report: ImportReport::default(), left_out: notes.left_out, may_be_applied, same_file })
}

fn first(refusals: domain::Refusals) -> Stopped {
    let refusal = refusals.0.into_iter().next();
    refusal.map_or_else(|| Failure::Fault("refused without a reason".into()).into(), Into::into)
}

fn not_done(not_done: NotDone) -> Stopped {
    match not_done {
        NotDone::Refused(refused) => first(refused.refusals),
        NotDone::Failure(failure) => failure.into(),
    }
}

/// Earlier imports of the very same file.
async fn same_file(app: &App, account: AccountId, file: &str) -> Result<Vec<(ImportId, ImportState)>, Failure> {
    let ids: Vec<_> = app.reader().db().fetch(imports::of_file(account, file, SAME_FILE)).await?;
    let ids: Vec<_> = ids.into_iter().map(|(id,)| id).collect();
    let states = app.reader().states(ids.clone()).await?;
    let known = |id: uuid::Uuid| Some((ImportId(id), states.get(&id)?.state.import()?.clone()));
    Ok(ids.into_iter().filter_map(known).collect())
}

fn counts(report: &ImportReport) -> ImportCounts {
    let c = report.counts;
    ImportCounts {
        created: c.created,
        updated: c.updated,
        unchanged: c.unchanged,
        duplicates: c.duplicates,
        rejected: c.rejected,
        blank: c.blank,
    }
}

/// Notes what rows would do.
struct Notes<'a> {
    app: &'a App,
    import: ImportId,
    account: AccountId,
    day: NaiveDate,
    left_out: Vec<RowError>,
    kept: usize,
    /// Whether every row asks for something: a label on its contact.
    labels: bool,
}

impl Notes<'_> {
    async fn take<E: FnOnce() -> io::Result<Sink>>(
        &mut self,
        planned: Vec<Planned>,
        ledger: &mut Ledger<Sink, E>,
    ) -> Result<(), Failure> {
        let mut rows = Vec::with_capacity(planned.len());
        for planned in planned {
            let room = self.kept.saturating_sub(self.left_out.len());
            self.left_out.extend(ledger.worded(&planned.row, &planned.left_out).into_iter().take(room));
            let row = planned.row.clone();
            let (noted, end) = self.note(planned);
            rows.push(noted);
            ledger.tell(&row, end);
        }
        self.app.import_rows().add(self.import, self.account, rows).await
    }

    fn note(&self, planned: Planned) -> (PlanRow, End) {
        let Planned { row, step, contact, left_out, .. } = planned;
        let sent = row.as_row();
        let mut noted = PlanRow {
            number: sent.number,
            contact: contact.as_ref().map(|(id, _)| *id),
            outcome: Outcome::Unchanged,
            version: contact.as_ref().map_or(0, |(_, folded)| folded.version),
            same_as: None,
            says: Says {
                line: sent.line,
                warnings: left_out.iter().map(|fault| fault.kept()).collect(),
                ..Says::default()
            },
        };
        let before = contact.as_ref().and_then(|(_, folded)| folded.state.contact());
        let end = match step {
            Step::Nothing(_) if !self.labels => return (noted, End::Unchanged),
            Step::Nothing(_) => End::Unchanged,
            Step::Add(kind, input) => {
                noted.contact = Some(ContactId(self.app.clock().id()));
                noted.outcome = Outcome::Created;
                self.would_put(&mut noted.says, Values::of_new(kind, *input), before);
                End::Created
            }
            Step::Edit(_, patch) => {
                noted.outcome = Outcome::Updated;
                self.would_put(&mut noted.says, Values::of_patch(*patch), before);
                End::Updated
            }
            Step::Duplicate(fault) => {
                noted.outcome = Outcome::Duplicate;
                noted.same_as = fault.param("line").and_then(|row| row.parse().ok());
                noted.says.faults = vec![fault.kept()];
                End::Duplicate(fault)
            }
            Step::Reject(faults) => {
                noted.outcome = Outcome::Rejected;
                noted.says.faults = faults.iter().map(|fault| fault.kept()).collect();
                End::Rejected(faults)
            }
        };
        noted.says.cells = cells(&sent);
        (noted, end)
    }

    fn would_put(&self, says: &mut Says, values: Values, before: Option<&domain::contact::ContactState>) {
        says.changes = values.changes(before, self.day);
        says.values = Some(values);
    }
}

fn cells(row: &Row<'_>) -> Vec<String> {
    row.cells().map(str::to_owned).collect()
}

/// Counts what is read of a source, and takes its fingerprint.
struct Digested<R> {
    source: R,
    bytes: Arc<AtomicU64>,
    digest: Arc<Mutex<Context>>,
}

impl<R: Read> Read for Digested<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(into)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        self.digest.lock().unwrap_or_else(PoisonError::into_inner).update(&into[..read]);
        Ok(read)
    }
}
