//! The account's subscribers of today, as a file: pages by name, the next one asked for while one is written, in constant memory.
//!
//! Pages are questions of their own, so a reader that takes its time holds no connection and no snapshot. The price: who is renamed while the
//! export runs may stand in it under both names, or under neither.

use super::stopped::Stopped;
use crate::{
    app::{About, App, Caller, CameFrom, Command, ExportCommand, Failure, NotDone, Question, Reader, Request},
    files::{CsvExport, FileError, SubscriberLine, XlsxExport},
    i18n::lang::Lang,
};
use domain::{
    AccountId, Code, ContactId, Refusal,
    account::RecordExport,
    calendar,
    values::{ExportFormat, ExportedList},
};
use projections::subscribers::{self, Line};
use std::{io::Write, sync::Arc};
use tokio::sync::mpsc;

/// Subscribers a page.
const PAGE: i64 = 5_000;

/// Kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An Excel workbook.
    Xlsx,
    /// CSV as Excel of the language opens it.
    Csv,
}

impl Format {
    /// By the end of a file's name.
    pub fn of_extension(extension: &str) -> Option<Format> {
        match extension.to_ascii_lowercase().as_str() {
            "xlsx" => Some(Format::Xlsx),
            "csv" => Some(Format::Csv),
            _ => None,
        }
    }

    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx",
            Format::Csv => "csv",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// What is to be exported, and how.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// Whose subscribers.
    pub account: AccountId,
    /// The kind of file.
    pub format: Format,
    /// The language of its titles.
    pub lang: Lang,
    /// From where it is asked, if that is known.
    pub came_from: Option<Arc<CameFrom>>,
}

/// Writes the account's subscribers of today; answers how many. `progress` is told the number so far. That they are handed out is recorded first: what
/// cannot be recorded is not exported.
pub async fn export_subscribers<W>(
    app: &App,
    caller: &Caller,
    options: &ExportOptions,
    out: W,
    mut progress: impl FnMut(u64) + Send,
) -> Result<u64, Stopped>
where
    W: Write + Send + 'static,
{
    let &ExportOptions { account, format, lang, .. } = options;
    let day = today(app, caller, account).await?.to_string();
    record(app, caller, options, &day).await?;
    let (to_writer, pages) = mpsc::channel(1);
    let created_at = app.clock().now().timestamp();
    let writer = tokio::task::spawn_blocking(move || write(out, format, lang, created_at, pages));
    let read = send_pages(app.reader(), account, &day, to_writer, &mut progress).await;
    let written = writer.await.map_err(|e| Failure::Fault(format!("the writer of an export: {e}")))?;
    // Where reading failed the writer only says that it was told so.
    read?;
    Ok(written?)
}

async fn record(app: &App, caller: &Caller, options: &ExportOptions, day: &str) -> Result<(), Stopped> {
    let count = app.reader().db().fetch_optional(subscribers::count(options.account, day, i64::MAX)).await;
    let rows = count.map_err(Failure::from)?.map_or(0, |(rows,)| rows.unsigned_abs());
    let format = match options.format {
        Format::Xlsx => ExportFormat::Xlsx,
        Format::Csv => ExportFormat::Csv,
    };
    let rule = RecordExport { what: ExportedList::Subscribers, rows, format };
    let command = Command::Export(ExportCommand::List(options.account, rule));
    let request = Request { came_from: options.came_from.clone(), ..Request::from(command) };
    match app.execute(caller, request).await {
        Ok(_) => Ok(()),
        Err(NotDone::Refused(refused)) => {
            Err(refused.refusals.0.into_iter().next().unwrap_or_else(|| Refusal::new(Code::Forbidden)).into())
        }
        Err(NotDone::Failure(failure)) => Err(failure.into()),
    }
}

/// The account's day, where the caller reaches the account.
pub(super) async fn today(app: &App, caller: &Caller, account: AccountId) -> Result<chrono::NaiveDate, Stopped> {
    let unknown = || Refusal::at(Code::NotFound, "accountId");
    if !caller.may_ask(Question::Subscribers, account, About { own: false, subscriber: true }) {
        return Err(unknown().into());
    }
    let states = app.reader().states(vec![account.0]).await?;
    let state = states.get(&account.0).and_then(|folded| folded.state.account()).ok_or_else(unknown)?;
    Ok(calendar::day(app.clock().now(), state.time_zone))
}

/// Each page as soon as there is room for it: one waits while one is written.
async fn send_pages(
    reader: &Reader,
    account: AccountId,
    day: &str,
    to: mpsc::Sender<Page>,
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<(), Failure> {
    let mut beyond: Option<(String, uuid::Uuid)> = None;
    let mut sent = 0;
    loop {
        let from = beyond.as_ref().map(|(key, contact)| (key.as_str(), *contact));
        let page = match reader.db().fetch(subscribers::export_page(account, day, from, PAGE)).await {
            Ok(page) => page,
            Err(e) => {
                let _ = to.send(Page::Failed).await;
                return Err(e.into());
            }
        };
        let Some(last) = page.last() else { break };
        beyond = Some((last.sort_key.clone(), last.contact));
        let full = page.len() as i64 == PAGE;
        sent += page.len() as u64;
        if to.send(Page::Lines(page)).await.is_err() {
            return Ok(());
        }
        progress(sent);
        if !full {
            break;
        }
    }
    // Without this the writer would take a dropped export for a finished one.
    let _ = to.send(Page::End).await;
    Ok(())
}

enum Page {
    Lines(Vec<Line>),
    End,
    Failed,
}

/// The writing thread.
fn write<W: Write + Send>(
    out: W,
    format: Format,
    lang: Lang,
    created_at: i64,
    mut pages: mpsc::Receiver<Page>,
) -> Result<u64, FileError> {
    match format {
        Format::Csv => {
            let mut file = CsvExport::begin(out, lang)?;
            let lines = lines(&mut pages, |line| file.push(line))?;
            file.finish()?;
            Ok(lines)
        }
        Format::Xlsx => {
            let mut file = XlsxExport::begin(created_at, None)?;
            let lines = lines(&mut pages, |line| file.push(line))?;
            let mut out = out;
            file.finish(&mut out)?;
            out.flush().map_err(FileError::Write)?;
            Ok(lines)
        }
    }
}

fn lines(
    pages: &mut mpsc::Receiver<Page>,
    mut push: impl FnMut(&SubscriberLine<'_>) -> Result<(), FileError>,
) -> Result<u64, FileError> {
    let mut count = 0;
    loop {
        match pages.blocking_recv() {
            Some(Page::Lines(page)) => {
                for line in page {
                    let own;
                    let id = match &line.external_id {
                        Some(id) => id.as_str(),
                        None => {
                            own = ContactId(line.contact).to_string();
                            own.as_str()
                        }
                    };
                    fn text(value: &Option<String>) -> &str {
                        value.as_deref().unwrap_or_default()
                    }
                    push(&SubscriberLine {
                        id,
                        company_name: text(&line.company_name),
                        last_name: text(&line.last_name),
                        first_name: text(&line.first_name),
                        email: text(&line.email),
                        phone: text(&line.phone),
                        fax: text(&line.fax),
                        address: &line.address,
                    })?;
                    count += 1;
                }
            }
            Some(Page::End) => return Ok(count),
            Some(Page::Failed) | None => {
                return Err(FileError::Write(std::io::Error::other("the export was given up")));
            }
        }
    }
}
