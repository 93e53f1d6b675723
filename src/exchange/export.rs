//! Lists of an account as files: its subscribers of today, its contacts as a list is narrowed. Pages by name, the next one asked for while one is written, in
//! constant memory.
//!
//! Pages are questions of their own, so a reader that takes its time holds no connection and no snapshot. The price: who is renamed while the
//! export runs may stand in it under both names, or under neither.

use super::stopped::Stopped;
use crate::{
    app::{
        About, App, Caller, CameFrom, Command, ExportCommand, Failure, Narrowed, NotDone, Question, Reader, Request,
    },
    files::{CsvExport, FileError, SubscriberLine, XlsxExport, export as forms},
    i18n::{labels::choice, lang::Lang},
};
use chrono_tz::Tz;
use domain::{
    AccountId, Code, ContactId, Refusal,
    account::RecordExport,
    calendar,
    contact::ContactState,
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
    /// Whose list.
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
    let day = today(app, caller, account, Question::Subscribers).await?.to_string();
    let count = app.reader().db().fetch_optional(subscribers::count(account, &day, i64::MAX)).await;
    let rows = count.map_err(Failure::from)?.map_or(0, |(rows,)| rows.unsigned_abs());
    record(app, caller, options, ExportedList::Subscribers, rows).await?;
    let (to_writer, pages) = mpsc::channel(1);
    let file = Written { form: &forms::SUBSCRIBERS, format, lang, created_at: app.clock().now().timestamp() };
    let writer = tokio::task::spawn_blocking(move || file.write(out, pages, subscriber));
    let read = send_subscribers(app.reader(), account, &day, to_writer, &mut progress).await;
    let written = writer.await.map_err(|e| Failure::Fault(format!("the writer of an export: {e}")))?;
    // Where reading failed the writer only says that it was told so.
    read?;
    Ok(written?)
}

/// Writes everybody whom the list of contacts is narrowed to; answers how many. Recorded first, as any export is.
pub async fn export_contacts<W>(
    app: &App,
    caller: &Caller,
    options: &ExportOptions,
    narrowed: Narrowed,
    out: W,
    mut progress: impl FnMut(u64) + Send,
) -> Result<u64, Stopped>
where
    W: Write + Send + 'static,
{
    let &ExportOptions { account, format, lang, .. } = options;
    let zone = zone(app, caller, account, Question::Contacts).await?;
    let rows = app.reader().count(account, narrowed.clone()).await?;
    record(app, caller, options, ExportedList::Contacts, rows).await?;
    let (to_writer, pages) = mpsc::channel(1);
    let form = match lang {
        Lang::Fr => &forms::CONTACTS_FR,
        Lang::En => &forms::CONTACTS_EN,
    };
    let file = Written { form, format, lang, created_at: app.clock().now().timestamp() };
    let writer = tokio::task::spawn_blocking(move || {
        file.write(out, pages, |line: &ContactLine, push| push(&line.each_ref().map(String::as_str)))
    });
    let read = send_contacts(app, account, narrowed, (zone, lang), to_writer, &mut progress).await;
    let written = writer.await.map_err(|e| Failure::Fault(format!("the writer of an export: {e}")))?;
    read?;
    Ok(written?)
}

async fn record(
    app: &App,
    caller: &Caller,
    options: &ExportOptions,
    what: ExportedList,
    rows: u64,
) -> Result<(), Stopped> {
    let format = match options.format {
        Format::Xlsx => ExportFormat::Xlsx,
        Format::Csv => ExportFormat::Csv,
    };
    let command = Command::Export(ExportCommand::List(options.account, RecordExport { what, rows, format }));
    let request = Request { came_from: options.came_from.clone(), ..Request::from(command) };
    match app.execute(caller, request).await {
        Ok(_) => Ok(()),
        Err(NotDone::Refused(refused)) => {
            Err(refused.refusals.0.into_iter().next().unwrap_or_else(|| Refusal::new(Code::Forbidden)).into())
        }
        Err(NotDone::Failure(failure)) => Err(failure.into()),
    }
}

/// Where the account's days begin, where the caller may ask this of the account.
async fn zone(app: &App, caller: &Caller, account: AccountId, question: Question) -> Result<Tz, Stopped> {
    let unknown = || Refusal::at(Code::NotFound, "accountId");
    if !caller.may_ask(question, account, About { own: false, subscriber: true }) {
        return Err(unknown().into());
    }
    let states = app.reader().states(vec![account.0]).await?;
    let state = states.get(&account.0).and_then(|folded| folded.state.account()).ok_or_else(unknown)?;
    Ok(state.time_zone)
}

/// The account's day, where the caller may ask this of the account.
pub(super) async fn today(
    app: &App,
    caller: &Caller,
    account: AccountId,
    question: Question,
) -> Result<chrono::NaiveDate, Stopped> {
    Ok(calendar::day(app.clock().now(), zone(app, caller, account, question).await?))
}

/// Each page as soon as there is room for it: one waits while one is written.
async fn send_subscribers(
    reader: &Reader,
    account: AccountId,
    day: &str,
    to: mpsc::Sender<Page<Line>>,
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

async fn send_contacts(
    app: &App,
    account: AccountId,
    narrowed: Narrowed,
    (zone, lang): (Tz, Lang),
    to: mpsc::Sender<Page<ContactLine>>,
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<(), Failure> {
    let mut sent = 0;
    let pages = async {
        let mut walk = app.reader().walk(account, narrowed).await?;
        while let Some(met) = walk.next().await? {
            let line = |met: &crate::app::Met| Some(contact_line(ContactId(met.id), met.state()?, zone, lang));
            let lines: Vec<ContactLine> = met.iter().filter_map(line).collect();
            sent += lines.len() as u64;
            if to.send(Page::Lines(lines)).await.is_err() {
                return Ok(());
            }
            progress(sent);
        }
        Ok(())
    };
    let read: Result<(), Failure> = pages.await;
    let _ = to.send(if read.is_ok() { Page::End } else { Page::Failed }).await;
    read
}

/// What goes to the writing thread.
enum Page<L> {
    Lines(Vec<L>),
    End,
    Failed,
}

/// A file as it is to be written.
struct Written {
    form: &'static forms::Form,
    format: Format,
    lang: Lang,
    created_at: i64,
}

/// Writes the cells of a line.
type Push<'p> = &'p mut dyn FnMut(&[&str]) -> Result<(), FileError>;

impl Written {
    /// The writing thread.
    fn write<W: Write + Send, L>(
        self,
        out: W,
        mut pages: mpsc::Receiver<Page<L>>,
        cells: impl Fn(&L, Push<'_>) -> Result<(), FileError>,
    ) -> Result<u64, FileError> {
        match self.format {
            Format::Csv => {
                let mut file = CsvExport::begin_as(out, self.lang, self.form)?;
                let lines = lines(&mut pages, |line| cells(line, &mut |row| file.push_cells(row)))?;
                file.finish()?;
                Ok(lines)
            }
            Format::Xlsx => {
                let mut file = XlsxExport::begin_as(self.created_at, None, self.form)?;
                let lines = lines(&mut pages, |line| cells(line, &mut |row| file.push_cells(row)))?;
                let mut out = out;
                file.finish(&mut out)?;
                out.flush().map_err(FileError::Write)?;
                Ok(lines)
            }
        }
    }
}

fn lines<L>(
    pages: &mut mpsc::Receiver<Page<L>>,
    mut push: impl FnMut(&L) -> Result<(), FileError>,
) -> Result<u64, FileError> {
    let mut count = 0;
    loop {
        match pages.blocking_recv() {
            Some(Page::Lines(page)) => {
                page.iter().try_for_each(&mut push)?;
                count += page.len() as u64;
            }
            Some(Page::End) => return Ok(count),
            Some(Page::Failed) | None => {
                return Err(FileError::Write(std::io::Error::other("the export was given up")));
            }
        }
    }
}

fn subscriber(line: &Line, push: Push<'_>) -> Result<(), FileError> {
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
    let line = SubscriberLine {
        id,
        company_name: text(&line.company_name),
        last_name: text(&line.last_name),
        first_name: text(&line.first_name),
        email: text(&line.email),
        phone: text(&line.phone),
        fax: text(&line.fax),
        address: &line.address,
    };
    push(&line.cells())
}

/// The cells of a contact, in the order of its form.
type ContactLine = [String; 12];

fn contact_line(id: ContactId, contact: &ContactState, zone: Tz, lang: Lang) -> ContactLine {
    let details = &contact.details;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let word = |of: &str, value: &'static str| choice(of, value, lang).unwrap_or(value).to_owned();
    [
        details.external_id.clone().unwrap_or_else(|| id.to_string()),
        text(&details.company_name),
        text(&details.last_name),
        text(&details.first_name),
        details.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        text(&details.phone),
        text(&details.fax),
        contact.address_for_good().map(|address| address.render()).unwrap_or_default(),
        word("ContactKind", contact.kind.as_str()),
        word("Profile", contact.membership.profile.as_str()),
        word("MembershipStatus", contact.membership.status.as_str()),
        calendar::day(contact.added.at, zone).to_string(),
    ]
}
