//! Records dropped as files: a folder an account (its id), in the folder that `SESAME_ERP_FOLDER` names. A CSV there is taken once its size stays, and
//! moved to `done` or `failed` within it, with its report beside it.
//!
//! `clients.csv` holds records that changed; `clients.full.csv` all of them. Columns are those of an import; an empty cell says nothing. A file is
//! moved aside before it is read, so that two nodes that share the folder do not both take it; one that a stop interrupted is found there again.

use super::{
    SyncError,
    sync::{Mode, Options, Report, Sent, Sync, TOGETHER},
};
use crate::{
    app::{App, Caller, Door, Failure},
    exchange::country_code,
    files::{ClientFile, ClientRow, ReadOptions},
    i18n::lang::Lang,
};
use domain::{AccountId, Actor, ActorKind, address::Address, contact::erp::SentRecord};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};
use tokio::sync::mpsc;
use uuid::Uuid;

/// A folder that is looked at again and again.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Sizes at the look before: a file that still grows is not taken.
    sizes: HashMap<PathBuf, u64>,
    /// Whether files that a stop interrupted were looked for.
    resumed: bool,
}

impl Folder {
    /// The folder `root`, with a folder an account in it.
    pub fn at(root: PathBuf) -> Folder {
        Folder { root, sizes: HashMap::new(), resumed: false }
    }

    /// Looks once: takes the files that have not grown since the look before; how many.
    pub async fn look(&mut self, app: &App) -> io::Result<usize> {
        let mut taken = 0;
        let mut sizes = HashMap::new();
        for account in folders(&self.root)? {
            let Some(id) = account.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok()) else {
                continue;
            };
            if !self.resumed {
                for file in files(&account.join("taking"))? {
                    taken += usize::from(take(app, id, &account, &file).await?);
                }
            }
            for file in files(&account)? {
                let size = fs::metadata(&file)?.len();
                if self.sizes.get(&file) == Some(&size) {
                    if let Some(aside) = set_aside(&account, &file)? {
                        taken += usize::from(take(app, id, &account, &aside).await?);
                    }
                } else {
                    sizes.insert(file, size);
                }
            }
        }
        self.resumed = true;
        self.sizes = sizes;
        Ok(taken)
    }
}

fn folders(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            all.push(entry.path());
        }
    }
    all.sort();
    Ok(all)
}

/// The CSV files of a folder, oldest name first; none where there is no such folder. Links are passed over.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut all = Vec::new();
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_file() && path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

/// Moves a file aside, under its own name; none when another node was first.
fn set_aside(account: &Path, file: &Path) -> io::Result<Option<PathBuf>> {
    let Some(name) = file.file_name() else { return Ok(None) };
    let taking = account.join("taking");
    fs::create_dir_all(&taking)?;
    let aside = taking.join(name);
    match fs::rename(file, &aside) {
        Ok(()) => Ok(Some(aside)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Takes a file in, and moves it where it belongs then. Whether it was ended; a failure of the service leaves it where it is, for later.
async fn take(app: &App, account: AccountId, folder: &Path, file: &Path) -> io::Result<bool> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("records.csv").to_owned();
    let full = name.to_lowercase().ends_with(".full.csv");
    let (kept, report) = match read(app, account, file, full).await {
        Ok(report) => ("done", serde_json::to_vec_pretty(&report)),
        Err(Stopped::File(code)) => ("failed", serde_json::to_vec_pretty(&serde_json::json!({ "code": code }))),
        Err(Stopped::Sync(SyncError::Refused(refusals))) => {
            let code = refusals.0.first().map(|refusal| refusal.code.as_str());
            ("failed", serde_json::to_vec_pretty(&serde_json::json!({ "code": code })))
        }
        Err(Stopped::Sync(SyncError::Failure(failure))) => {
            tracing::warn!(error = %failure, "a dropped file could not be taken; it is tried again after the next start");
            return Ok(false);
        }
    };
    let kept = folder.join(kept);
    fs::create_dir_all(&kept)?;
    // Two files of one name stand beside one another.
    let unique = format!("{}-{name}", app.clock().now().format("%Y%m%dT%H%M%S%6f"));
    fs::write(kept.join(format!("{unique}.report.json")), report.map_err(io::Error::other)?)?;
    fs::rename(file, kept.join(unique))?;
    Ok(true)
}

enum Stopped {
    File(&'static str),
    Sync(SyncError),
}

impl From<SyncError> for Stopped {
    fn from(e: SyncError) -> Self {
        Stopped::Sync(e)
    }
}

impl From<Failure> for Stopped {
    fn from(e: Failure) -> Self {
        Stopped::Sync(e.into())
    }
}

async fn read(app: &App, account: AccountId, file: &Path, full: bool) -> Result<Report, Stopped> {
    let caller = Caller::of(Actor { kind: ActorKind::System, id: Uuid::nil() }, Some(account), Door::Erp);
    let mode = if full { Mode::Full } else { Mode::Incremental };
    let options = Options { mode, force: false, door: "FOLDER", key: None, lang: Lang::default() };
    let mut sync = Sync::begin(app, &caller, account, options).await?;
    let (to_us, mut rows) = mpsc::channel::<Result<Vec<Sent>, &'static str>>(2);
    let path = file.to_owned();
    tokio::task::spawn_blocking(move || {
        if let Err(code) = rows_of(&path, &to_us) {
            // Nobody listens any more where this fails.
            let _ = to_us.blocking_send(Err(code));
        }
    });
    while let Some(some) = rows.recv().await {
        match some {
            Ok(some) => sync.take(some).await?,
            Err(code) => {
                sync.stop(code).await?;
                return Err(Stopped::File(code));
            }
        }
    }
    Ok(sync.finish().await?)
}

fn rows_of(path: &Path, to: &mpsc::Sender<Result<Vec<Sent>, &'static str>>) -> Result<(), &'static str> {
    let source = fs::File::open(path).map_err(|_| "READ_FAILED")?;
    let mut file = ClientFile::open(source, &ReadOptions::default()).map_err(|e| e.code())?;
    let mut some = Vec::with_capacity(TOGETHER);
    while let Some(sent) = file.next_row().map_err(|e| e.code())? {
        let record = sent.client.problem.is_none().then(|| record(&sent.client)).flatten();
        some.push(Sent { line: sent.row.line, record });
        if some.len() == TOGETHER && to.blocking_send(Ok(std::mem::take(&mut some))).is_err() {
            return Ok(());
        }
    }
    // Nobody listens any more where this fails.
    let _ = to.blocking_send(Ok(some));
    Ok(())
}

/// What a row says; none when its address cannot be read.
fn record(row: &ClientRow<'_>) -> Option<SentRecord> {
    let cell = |value: Option<&str>| value.filter(|value| !value.is_empty()).map(str::to_owned);
    let said = |value: Option<&str>| cell(value).map(Some);
    let parts = [row.postal_code, row.city, row.country].map(cell);
    let text = cell(row.address);
    let address = match (&text, parts.iter().any(Option::is_some)) {
        (None, false) => None,
        (Some(text), false) => Some(Address::parse(text).ok()?),
        (text, true) => {
            let [postal_code, city, country] = parts;
            let country = match country {
                Some(name) => Some(country_code(&name)?.to_owned()),
                None => None,
            };
            let mut lines = text.iter().flat_map(|text| text.lines()).map(|line| line.trim().to_owned());
            Some(Address { line1: lines.next(), line2: lines.next(), line3: lines.next(), postal_code, city, country })
        }
    };
    Some(SentRecord {
        external_id: cell(row.id).unwrap_or_default(),
        first_name: said(row.first_name),
        last_name: said(row.last_name),
        company_name: said(row.company_name),
        email: said(row.email),
        phone: said(row.phone),
        fax: said(row.fax),
        address: address.map(Some),
        ..SentRecord::default()
    })
}
