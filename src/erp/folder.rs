//! Records dropped as files: a folder an account (its id), in the folder that `SESAME_ERP_FOLDER` names. A CSV there is taken once its size stays, and
//! moved to `done` or `failed` within it, with its report beside it.
//!
//! `clients.csv` holds records that changed; `clients.full.csv` all of them. Columns are those of an import (`row`). A file is moved to `taking` before it
//! is read, and locked while it is: of two nodes that share the folder one takes it, and what a stop interrupted is found there by whoever looks next.
//! What fails because of the file goes to `failed`, for a person to mend and drop again; what fails because of the service stays in `taking` and is
//! tried again with growing pauses, and what was dropped after it waits for it. Each try is a sync with the file's name (`erp { lastFile }`).

use super::{
    SyncError,
    row::read_row,
    sync::{Mode, Options, Report, Sent, Stopped, Sync, TOGETHER, Way},
};
use crate::{
    app::{App, Caller, Door, Failure},
    files::{ClientFile, FileError, ReadOptions},
    i18n::lang::Lang,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{AccountId, Actor, ActorKind, Code};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};
use tokio::sync::mpsc;
use uuid::Uuid;

/// How long at most a file waits that the service failed to take.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(10);
/// What the name of a file is preceded by once it was moved aside, so that two of one name stand beside one another, in their order.
const STAMP: &str = "%Y%m%dT%H%M%S%6f-";
const STAMP_LENGTH: usize = 22;

/// A folder that is looked at again and again.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Sizes and times at the look before: a file that is still written is not taken.
    before: HashMap<PathBuf, (u64, Option<SystemTime>)>,
    /// Files that the service failed to take: how often, and from when on it is tried again.
    waiting: HashMap<PathBuf, (u32, DateTime<Utc>)>,
}

/// What became of a file.
enum Taken {
    /// It was taken in, or refused; it is moved away.
    Ended,
    /// The service failed; it stays.
    Later,
    /// Another node has it.
    Elsewhere,
}

impl Folder {
    /// The folder `root`, with a folder an account in it.
    pub fn at(root: PathBuf) -> Folder {
        Folder { root, before: HashMap::new(), waiting: HashMap::new() }
    }

    /// Looks once: takes the files that did not change since the look before; how many were ended. An account's folder that cannot be read keeps no
    /// other waiting.
    pub async fn look(&mut self, app: &App) -> io::Result<usize> {
        let (mut ended, mut now_there) = (0, HashMap::new());
        for home in folders(&self.root)? {
            let id = home.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
            let Some(account) = id else { continue };
            match self.look_at(app, account, &home, &mut now_there).await {
                Ok(some) => ended += some,
                Err(e) => tracing::warn!(%account, error = %e, "the folder of an account's ERP cannot be looked at"),
            }
        }
        self.before = now_there;
        Ok(ended)
    }

    /// Takes an account's files, the oldest first, up to the first that has to wait.
    async fn look_at(
        &mut self,
        app: &App,
        account: AccountId,
        home: &Path,
        now_there: &mut HashMap<PathBuf, (u64, Option<SystemTime>)>,
    ) -> io::Result<usize> {
        let mut ended = 0;
        for file in files(home)? {
            let meta = fs::metadata(&file)?;
            let stands = (meta.len(), meta.modified().ok());
            if self.before.get(&file) == Some(&stands) {
                set_aside(home, &file, app.clock().now())?;
            } else {
                now_there.insert(file, stands);
            }
        }
        for file in files(&home.join("taking"))? {
            let tries = match self.waiting.get(&file) {
                Some((_, again)) if *again > app.clock().now() => break,
                Some((tries, _)) => *tries,
                None => 0,
            };
            match take(app, account, home, &file).await? {
                Taken::Ended => {
                    self.waiting.remove(&file);
                    ended += 1;
                }
                Taken::Later => {
                    let wait = TimeDelta::seconds(5 << tries.min(10)).min(LONGEST_WAIT);
                    self.waiting.insert(file, (tries + 1, app.clock().now() + wait));
                    break;
                }
                Taken::Elsewhere => break,
            }
        }
        Ok(ended)
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

/// The CSV files of a folder, by name; none where there is no such folder. Links are passed over.
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

/// Moves a file aside, in no other's place; nothing where another node was first.
fn set_aside(home: &Path, file: &Path, now: DateTime<Utc>) -> io::Result<()> {
    let taking = home.join("taking");
    fs::create_dir_all(&taking)?;
    let aside = taking.join(format!("{}{}", now.format(STAMP), name_of(file)));
    if aside.exists() {
        return Ok(());
    }
    match fs::rename(file, aside) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// The name that a file was dropped under.
fn name_of(file: &Path) -> &str {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("records.csv");
    match name.split_at_checked(STAMP_LENGTH) {
        Some((stamp, own)) if stamp.ends_with('-') && stamp.as_bytes()[8] == b'T' && !own.is_empty() => own,
        _ => name,
    }
}

/// Takes a file in, and moves it where it belongs then.
async fn take(app: &App, account: AccountId, home: &Path, file: &Path) -> io::Result<Taken> {
    let locked = match File::open(file) {
        Ok(locked) => locked,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Taken::Elsewhere),
        Err(e) => return Err(e),
    };
    match locked.try_lock() {
        // Whoever had it may have ended it before this lock was got.
        Ok(()) if file.exists() => {}
        Ok(()) | Err(TryLockError::WouldBlock) => return Ok(Taken::Elsewhere),
        Err(TryLockError::Error(e)) => return Err(e),
    }
    let name = name_of(file).to_owned();
    let (kept, report) = match read(app, account, file, &name).await {
        Ok(report) => ("done", serde_json::to_value(&report).map_err(io::Error::other)?),
        Err(Stop::File(why, lang)) => ("failed", failed(&name, &why, lang)),
        Err(Stop::Sync(SyncError::Refused(refusals))) => {
            let code = refusals.0.first().map_or(Code::NotAllowedNow, |refusal| refusal.code);
            let code = match code {
                Code::NotAllowedNow | Code::NotFound => "ERP_NOT_CONNECTED",
                code => code.as_str(),
            };
            ("failed", failed(&name, &Stopped::by(code), Lang::default()))
        }
        Err(Stop::Sync(SyncError::Failure(failure))) => {
            tracing::warn!(%account, error = %failure, "a dropped file could not be taken; it is tried again in a moment");
            return Ok(Taken::Later);
        }
    };
    let kept = home.join(kept);
    fs::create_dir_all(&kept)?;
    let unique = match file.file_name() {
        // It was stamped when it was moved aside.
        Some(own) if own.to_str() != Some(&name) => kept.join(own),
        _ => kept.join(format!("{}{name}", app.clock().now().format(STAMP))),
    };
    let mut beside = unique.clone().into_os_string();
    beside.push(".report.json");
    fs::write(beside, serde_json::to_vec_pretty(&report)?)?;
    fs::rename(file, unique)?;
    Ok(Taken::Ended)
}

/// What stands beside a file that cannot be taken: which, where in it, why, and what to do about it.
fn failed(name: &str, why: &Stopped, lang: Lang) -> Value {
    let line = why.params.iter().find(|(param, _)| param == "line").and_then(|(_, line)| line.parse::<u64>().ok());
    json!({ "file": name, "line": line, "code": why.code, "message": why.message(lang) })
}

/// Why a file was not taken in: its own fault, told in the account's language, or not.
enum Stop {
    File(Stopped, Lang),
    Sync(SyncError),
}

impl From<SyncError> for Stop {
    fn from(e: SyncError) -> Self {
        Stop::Sync(e)
    }
}

impl From<Failure> for Stop {
    fn from(e: Failure) -> Self {
        Stop::Sync(e.into())
    }
}

async fn read(app: &App, account: AccountId, file: &Path, name: &str) -> Result<Report, Stop> {
    let caller = Caller::of(Actor { kind: ActorKind::System, id: Uuid::nil() }, Some(account), Door::Erp);
    let mode = if name.to_lowercase().ends_with(".full.csv") { Mode::Full } else { Mode::Incremental };
    let options = Options { mode, force: false, way: Way::Folder, key: None, lang: None };
    let mut sync = Sync::begin(app, &caller, account, options).await?;
    sync.of_file(name);
    let (to_us, mut rows) = mpsc::channel::<Result<Vec<Sent>, FileError>>(2);
    let path = file.to_owned();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = rows_of(&path, &to_us) {
            // Nobody listens any more where this fails.
            let _ = to_us.blocking_send(Err(error));
        }
    });
    while let Some(some) = rows.recv().await {
        match some {
            Ok(some) => sync.take(some).await?,
            Err(error) => {
                let (why, lang) = (why(&error), sync.lang());
                sync.stop(why.clone()).await?;
                return Err(match error.is_failure() {
                    true => Failure::Fault(format!("reading a dropped file: {error}")).into(),
                    false => Stop::File(why, lang),
                });
            }
        }
    }
    Ok(sync.finish().await?)
}

/// Why a file cannot be read; without the words of the file itself, in which people may stand.
fn why(error: &FileError) -> Stopped {
    let told = |(name, _): &(&'static str, String)| *name != "found" && *name != "cause";
    let params = error.parameters().into_iter().filter(told).map(|(name, value)| (name.to_owned(), value)).collect();
    Stopped { code: error.code().to_owned(), params }
}

fn rows_of(path: &Path, to: &mpsc::Sender<Result<Vec<Sent>, FileError>>) -> Result<(), FileError> {
    let source = File::open(path).map_err(FileError::Read)?;
    let mut file = ClientFile::open(source, &ReadOptions::default())?;
    let mut some = Vec::with_capacity(TOGETHER);
    while let Some(sent) = file.next_row()? {
        some.push(Sent { line: sent.row.line, record: read_row(&sent.client) });
        if some.len() == TOGETHER && to.blocking_send(Ok(std::mem::take(&mut some))).is_err() {
            return Ok(());
        }
    }
    // Nobody listens any more where this fails.
    let _ = to.blocking_send(Ok(some));
    Ok(())
}
