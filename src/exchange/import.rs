//! A client file carried out: read and judged on a thread of its own, planned by the hundred, and commands carried out by the hundred too, so that
//! the log commits them together. Memory holds some hundreds of rows and, of every accepted one, some short hashes.
//!
//! Rows are independent: each is a command of its own, all of one correlation id. Dropping the future stops after the lots under way; a file
//! that turns out unreadable stops there too, and says what was done. Importing the file again goes on where it stopped.

use super::{
    ledger::Ledger,
    plan::{Judged, Planner},
    report::ImportReport,
    row::{Shape, judge, judge_leniently},
    stopped::Stopped,
    work::Work,
};
use crate::{
    app::{About, App, Caller, Door, Failure, GivenPosition, Question},
    files::{ClientFile, Columns, FileError, KeptRow, ReadOptions, TextEncoding},
    i18n::lang::Lang,
};
use domain::{AccountId, Code, Refusal, calendar, remedy::Remedy};
use std::{
    io::{self, Read, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::mpsc;

/// Rows handed from room to room at a time.
const ROWS: usize = 500;

/// How to import.
#[derive(Debug, Clone, Copy)]
pub struct ImportOptions {
    /// Only try: the same report, and nothing written.
    pub dry_run: bool,
    /// Into which account, where the caller reaches several.
    pub account: Option<AccountId>,
    /// The language of messages.
    pub lang: Lang,
    /// Encoding, where the sender knows it, and limits.
    pub reading: ReadOptions,
    /// How many errors the report holds; the errors file has all of them.
    pub errors_kept: usize,
}

impl Default for ImportOptions {
    fn default() -> Self {
        ImportOptions {
            dry_run: false,
            account: None,
            lang: Lang::default(),
            reading: ReadOptions::default(),
            errors_kept: 100,
        }
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// Bytes of the file read so far.
    pub bytes: u64,
    /// What became of its rows so far.
    pub report: &'a ImportReport,
}

/// A file that was imported.
#[derive(Debug)]
pub struct Imported<W> {
    /// What became of it.
    pub report: ImportReport,
    /// The errors file, where some row was not taken.
    pub errors: Option<W>,
}

/// An import that stopped, with what was done before.
#[derive(Debug, thiserror::Error)]
#[error("{problem} (created before: {}, updated before: {})", applied.counts.created, applied.counts.updated)]
pub struct ImportError {
    /// Why.
    #[source]
    pub problem: Stopped,
    /// What was done; of a dry run: what would have been.
    pub applied: ImportReport,
}

/// What the reading thread hands on.
pub(super) enum Message {
    Opened { header: KeptRow, columns: Box<Columns>, separator: u8 },
    Rows { rows: Vec<Judged>, blank: u64, encoding: TextEncoding },
    Failed(FileError),
}

/// Imports a client file into the caller's account. `errors` opens the errors file when the first row is not taken; `progress` is told every few
/// hundred rows. `created + updated + unchanged + duplicates + rejected + blank = dataRows`, whatever the file.
pub async fn import_contacts<R, W>(
    app: &App,
    caller: &Caller,
    file: R,
    options: &ImportOptions,
    errors: impl FnOnce() -> io::Result<W> + Send,
    mut progress: impl FnMut(Progress<'_>) + Send,
) -> Result<Imported<W>, Box<ImportError>>
where
    R: Read + Send + 'static,
    W: Write + Send,
{
    let mut ledger = Ledger::new(options, errors);
    let result = run(app, caller, file, options, &mut ledger, &mut progress).await;
    let finished = result.and_then(|()| ledger.finish());
    match finished {
        Ok(errors) => Ok(Imported { report: ledger.report, errors }),
        Err(problem) => Err(Box::new(ImportError { problem, applied: ledger.report })),
    }
}

async fn run<R, W, E>(
    app: &App,
    caller: &Caller,
    file: R,
    options: &ImportOptions,
    ledger: &mut Ledger<W, E>,
    progress: &mut (impl FnMut(Progress<'_>) + Send),
) -> Result<(), Stopped>
where
    R: Read + Send + 'static,
    W: Write + Send,
    E: FnOnce() -> io::Result<W> + Send,
{
    let account = options.account.or(caller.only_account()).ok_or_else(|| Refusal::new(Code::Forbidden))?;
    if !caller.may_ask(Question::Import, account, About::ANY) {
        return Err(Refusal::new(Code::Forbidden).instead(Remedy::AskTheOwner).into());
    }
    let today = today(app, account).await?;
    let bytes = Arc::new(AtomicU64::new(0));
    let counted = Counted { source: file, bytes: bytes.clone() };
    let mut from_reader = reading(counted, options.reading, false);

    let mut planner = Planner::new(app.reader(), caller, account, today, false).await?;
    let mut work = Work::new(app, caller.through(Door::Import), account, options.dry_run);
    let mut outcome = Ok(());
    while let Some(message) = work.beside(from_reader.recv(), ledger).await {
        let rows = match message {
            Message::Opened { header, columns, separator } => {
                ledger.open(header, *columns, separator);
                continue;
            }
            Message::Failed(error) => {
                outcome = Err(Stopped::File(error));
                break;
            }
            Message::Rows { rows, blank, encoding } => {
                ledger.read(blank, encoding);
                rows
            }
        };
        match work.beside(planner.plan(rows), ledger).await {
            Ok(planned) => work.take(planned, ledger).await,
            Err(failure) => outcome = Err(failure.into()),
        }
        if outcome.is_err() || work.failure.is_some() || ledger.failure.is_some() {
            break;
        }
        progress(Progress { bytes: bytes.load(Ordering::Relaxed), report: &ledger.report });
    }
    // Closing the channel ends the reading thread at its next message.
    drop(from_reader);
    work.settle_all(ledger).await;
    ledger.report.position = ledger.report.position.max(app.reader().newest_position().await?);
    progress(Progress { bytes: bytes.load(Ordering::Relaxed), report: &ledger.report });
    match work.failure.take() {
        Some(failure) => Err(failure.into()),
        None => outcome,
    }
}

/// The account's day, once its read models are level with the log: rows are matched with them.
pub(super) async fn today(app: &App, account: AccountId) -> Result<chrono::NaiveDate, Stopped> {
    let reader = app.reader();
    let head = reader.head().await?.position;
    let head: GivenPosition =
        reader.token(head).to_string().parse().map_err(|e| Failure::Fault(format!("a position of our own: {e}")))?;
    reader.wait_for(head).await?;
    let states = reader.states(vec![account.0]).await?;
    let state = states.get(&account.0).and_then(|folded| folded.state.account());
    let state = state.ok_or_else(|| Refusal::at(Code::NotFound, "accountId"))?;
    Ok(calendar::day(app.clock().now(), state.time_zone))
}

/// Starts the reading thread; what it reads comes by the channel. `lenient`: values that cannot be taken are left out, and their rows are taken. It ends with
/// the file, or when nobody takes what it reads.
pub(super) fn reading<R: Read + Send + 'static>(
    source: R,
    options: ReadOptions,
    lenient: bool,
) -> mpsc::Receiver<Message> {
    let (to_us, from_reader) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || read(source, &options, lenient, &to_us));
    from_reader
}

fn read<R: Read>(source: R, options: &ReadOptions, lenient: bool, to: &mpsc::Sender<Message>) {
    if let Err(error) = read_rows(source, options, lenient, to) {
        // Nobody listens any more where this fails: there is nobody to tell.
        let _ = to.blocking_send(Message::Failed(error));
    }
}

fn read_rows<R: Read>(
    source: R,
    options: &ReadOptions,
    lenient: bool,
    to: &mpsc::Sender<Message>,
) -> Result<(), FileError> {
    let mut file = ClientFile::open(source, options)?;
    let columns = file.columns().clone();
    let shape = Shape::of(&columns);
    let opened =
        Message::Opened { header: file.header().keep(), columns: Box::new(columns), separator: file.separator() };
    let mut wanted = to.blocking_send(opened).is_ok();
    while wanted {
        let mut rows = Vec::with_capacity(ROWS);
        let mut end = Ok(false);
        while rows.len() < ROWS && matches!(end, Ok(false)) {
            match file.next_row() {
                Ok(Some(sent)) => {
                    let (said, left_out) = match lenient {
                        false => (judge(&sent.client, shape), Vec::new()),
                        true => judge_leniently(&sent.client, shape),
                    };
                    rows.push(Judged { row: sent.row.keep(), said: said.map(Box::new), left_out })
                }
                Ok(None) => end = Ok(true),
                Err(error) => end = Err(error),
            }
        }
        wanted = to.blocking_send(Message::Rows { rows, blank: file.blank_rows(), encoding: file.encoding() }).is_ok()
            && !end?;
    }
    Ok(())
}

/// Counts what is read of a source.
struct Counted<R> {
    source: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(into)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
