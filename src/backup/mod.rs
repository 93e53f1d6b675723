//! A database put away and brought back: its data as one moment saw them, and a manifest by which what comes back is recognised.
//!
//! A backup is a folder of two files, `data.db` (SQLite) or `data.dump` (PostgreSQL), and `manifest.json`. It appears whole or not at all. The keys are **not** in
//! it: without them it says nothing of anybody's sealed values. A log in another engine is not in it either, only the database's copy of it.
//!
//! Knows files and the engines' own ways to copy; who was erased since is the caller's next question (`erasure::ledger`). Next: `programs`, which calls those of PostgreSQL.

mod programs;

use crate::{
    config::DatabaseUrl,
    db::{Db, DbError, Options},
    log::{Head, LogFailure, verify},
    vault::{self, master::MasterKeys},
};
use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
pub use programs::Programs;
use projections::Ask;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, DirBuilder, File, Permissions},
    io::{self, Read},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};
use uuid::Uuid;

const MANIFEST: &str = "manifest.json";
/// What is read of a file at once.
const PIECE: usize = 256 * 1024;

/// Why there is no backup, or why one is not brought back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The machine's files.
    #[error("{what} {path}: {source}", path = path.display())]
    File {
        /// What was attempted.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It cannot be done like this; says the remedy.
    #[error("{0}")]
    Refused(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogFailure),
}

fn file_error<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> BackupError + 'a {
    move |source| BackupError::File { what, path: path.to_owned(), source }
}

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The version that made it.
    pub sesame: String,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// Which log it is of.
    pub log_id: Uuid,
    /// Position of the last event in it.
    pub position: u64,
    /// Hash of that event, hexadecimal.
    pub hash: String,
    /// When it was made.
    pub taken_at: DateTime<Utc>,
    /// The file beside the manifest.
    pub file: String,
    /// How long that is.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// What tells its keys from others ([`MasterKeys::verify`]), hexadecimal; backups of before this was written have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_check: Option<String>,
}

impl Manifest {
    /// Refuses keys that are not those of the backup, before anything is brought back.
    pub fn verify_keys(&self, keys: &MasterKeys) -> Result<(), BackupError> {
        let Some(kept) = &self.key_check else { return Ok(()) };
        let kept = HEXLOWER.decode(kept.as_bytes());
        let kept = kept.map_err(|_| BackupError::Refused("the manifest's `keyCheck` is not hexadecimal".into()))?;
        keys.verify(&kept).map_err(|e| BackupError::Refused(e.to_string()))
    }
}

/// The moment of a backup, and a name that nothing has yet.
#[derive(Debug, Clone, Copy)]
pub struct Occasion {
    /// When.
    pub now: DateTime<Utc>,
    /// Names what is unfinished.
    pub id: Uuid,
}

/// Puts the database away in a new folder, while others write.
pub async fn make(
    db: &Db,
    url: &DatabaseUrl,
    to: &Path,
    programs: &Programs,
    on: Occasion,
) -> Result<Manifest, BackupError> {
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Refused(format!("{} is there already: a backup overwrites nothing", to.display())));
    }
    let to = std::path::absolute(to).map_err(file_error("finding", to))?;
    let parent = to.parent().unwrap_or(Path::new("/"));
    let unfinished = parent.join(format!(".sesame-backup-{}", on.id.simple()));
    DirBuilder::new().mode(0o700).create(&unfinished).map_err(file_error("making", &unfinished))?;
    let made = fill(db, url, &unfinished, programs, on.now).await.and_then(|manifest| {
        // A folder that appeared meanwhile and holds anything is not replaced by this.
        fs::rename(&unfinished, &to).map_err(file_error("naming", &to))?;
        sync(parent)?;
        Ok(manifest)
    });
    if made.is_err() {
        // What is left of it is of no use; that it could not be removed is not what went wrong.
        let _ = fs::remove_dir_all(&unfinished);
    }
    made
}

/// Notes in the database that there is a backup of it which can be brought back, and of when, for whoever watches it; false where the backup is of another log.
pub async fn note(db: &Db, manifest: &Manifest) -> Result<bool, BackupError> {
    let (head, _) = told(&mut db.begin_snapshot().await?).await?;
    if head.log_id != manifest.log_id {
        return Ok(false);
    }
    let sql = "INSERT INTO upkeep (what, done_at) VALUES ('backup', $1)
        ON CONFLICT (what) DO UPDATE SET done_at = excluded.done_at WHERE upkeep.done_at < excluded.done_at";
    db.execute(Ask::new(sql, [manifest.taken_at.timestamp_micros().into()])).await?;
    Ok(true)
}

/// When the newest backup was made that was found good, in microseconds since 1970.
pub async fn last(db: &Db) -> Result<Option<i64>, DbError> {
    let row = db.fetch_optional(Ask::<(i64,)>::new("SELECT done_at FROM upkeep WHERE what = 'backup'", [])).await?;
    Ok(row.map(|(at,)| at))
}

async fn fill(
    db: &Db,
    url: &DatabaseUrl,
    folder: &Path,
    programs: &Programs,
    now: DateTime<Utc>,
) -> Result<Manifest, BackupError> {
    let name = if url.is_sqlite() { "data.db" } else { "data.dump" };
    let data = folder.join(name);
    let (head, key_check) = if url.is_sqlite() {
        db.copy_to(&data).await?;
        // The copy says itself where its log ends.
        let copy =
            Db::open(&Options { url: DatabaseUrl::sqlite(&data).reveal().to_owned(), connections: 1, create: false })
                .await?;
        let told = told(&mut copy.begin_snapshot().await?).await;
        copy.close().await;
        told?
    } else {
        // Both see one moment: the dump takes the snapshot over when it begins.
        let mut moment = db.begin_snapshot().await?;
        let told = told(&mut moment).await?;
        let snapshot = moment.shared_snapshot().await?;
        programs.dump(url, &snapshot, &data).await?;
        told
    };
    fs::set_permissions(&data, Permissions::from_mode(0o600)).map_err(file_error("closing to others", &data))?;
    sync(&data)?;
    let (bytes, sha256) = sum(&data).await?;
    let manifest = Manifest {
        sesame: env!("CARGO_PKG_VERSION").to_owned(),
        engine: db.engine_name().to_owned(),
        log_id: head.log_id,
        position: head.position,
        hash: HEXLOWER.encode(&head.hash),
        taken_at: now,
        file: name.to_owned(),
        bytes,
        sha256,
        key_check,
    };
    let path = folder.join(MANIFEST);
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| BackupError::Refused(e.to_string()))?;
    fs::write(&path, text + "\n").map_err(file_error("writing", &path))?;
    sync(&path)?;
    sync(folder)?;
    Ok(manifest)
}

/// What a database says of itself: where its log ends, and what tells its keys.
async fn told(tx: &mut crate::db::Tx) -> Result<(Head, Option<String>), BackupError> {
    let head = verify::head_in(tx).await?;
    let head = head.ok_or_else(|| BackupError::Refused("this database has no log: it is none of ours".into()))?;
    let kept = tx.fetch_optional(vault::store::check_value()).await?;
    Ok((head, kept.map(|(kept,)| HEXLOWER.encode(&kept))))
}

fn sync(path: &Path) -> Result<(), BackupError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(file_error("syncing", path))
}

/// How long a file is, and its SHA-256.
async fn sum(path: &Path) -> Result<(u64, String), BackupError> {
    let owned = path.to_owned();
    let summed = tokio::task::spawn_blocking(move || -> io::Result<(u64, String)> {
        let (mut file, mut sum, mut bytes) = (File::open(&owned)?, Context::new(&SHA256), 0);
        let mut piece = vec![0; PIECE];
        loop {
            let read = file.read(&mut piece)?;
            let Some(part) = piece.get(..read).filter(|part| !part.is_empty()) else { break };
            sum.update(part);
            bytes += read as u64;
        }
        Ok((bytes, HEXLOWER.encode(sum.finish().as_ref())))
    });
    summed.await.map_err(io::Error::other).flatten().map_err(file_error("reading", path))
}

/// The manifest of a backup whose data are those that were put away.
pub async fn read(from: &Path) -> Result<Manifest, BackupError> {
    let path = from.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(file_error("reading", &path))?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|e| BackupError::Refused(format!("{} is no manifest of a backup: {e}", path.display())))?;
    if !matches!((manifest.engine.as_str(), manifest.file.as_str()), ("sqlite", "data.db") | ("postgres", "data.dump"))
    {
        return Err(BackupError::Refused(format!("{} names an engine or a file that no backup has", path.display())));
    }
    let data = from.join(&manifest.file);
    let (bytes, sha256) = sum(&data).await?;
    if (bytes, &sha256) != (manifest.bytes, &manifest.sha256) {
        return Err(BackupError::Refused(format!(
            "{} is not what was put away: {bytes} bytes with the sum {sha256}, where the manifest has {} and {}. Take another copy of the backup",
            data.display(),
            manifest.bytes,
            manifest.sha256
        )));
    }
    Ok(manifest)
}

/// Brings the data back into a database that is not there yet (SQLite), or is empty (PostgreSQL).
pub async fn put(
    from: &Path,
    manifest: &Manifest,
    url: &DatabaseUrl,
    programs: &Programs,
    id: Uuid,
) -> Result<(), BackupError> {
    let engine = if url.is_sqlite() { "sqlite" } else { "postgres" };
    if manifest.engine != engine {
        let (was, is) = (&manifest.engine, engine);
        return Err(BackupError::Refused(format!(
            "the backup is of {was} and SESAME_DATABASE_URL names {is}: set one of {was}"
        )));
    }
    let data = from.join(&manifest.file);
    let Some(target) = url.sqlite_file() else {
        let db = Db::open(&Options { url: url.reveal().to_owned(), connections: 4, create: false }).await?;
        let empty = db.is_empty().await;
        db.close().await;
        if !empty? {
            return Err(BackupError::Refused(format!(
                "{url} is not empty: a backup is brought back into an empty database only"
            )));
        }
        return programs.restore(url, &data).await;
    };
    for suffix in ["", "-wal", "-shm"] {
        let mut there = target.clone();
        there.as_mut_os_string().push(suffix);
        if there.symlink_metadata().is_ok() {
            return Err(BackupError::Refused(format!(
                "{} is there: a backup is brought back where no database is. Stop the service and move the database away, with its -wal and -shm",
                there.display()
            )));
        }
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(file_error("making", folder))?;
    let unfinished = folder.join(format!(".sesame-restore-{}", id.simple()));
    let put = fs::copy(&data, &unfinished)
        .map_err(file_error("copying to", &unfinished))
        .and_then(|_| sync(&unfinished))
        .and_then(|()| fs::rename(&unfinished, &target).map_err(file_error("naming", &target)))
        .and_then(|()| sync(folder));
    if put.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    put
}

/// Verifies the log of a database that was brought back: whole, and ending where the manifest says. How many events it has.
pub async fn check(db: &Db, manifest: &Manifest) -> Result<u64, BackupError> {
    let report = verify::verify(db, &[], |_, _| {}).await?;
    if !report.is_whole() {
        let first = report.damages.first().map(ToString::to_string).unwrap_or_default();
        return Err(BackupError::Refused(format!(
            "the log of the backup is damaged in {} places: {first}",
            report.damage_count
        )));
    }
    let found = report.head.map(|head| (head.log_id, head.position, HEXLOWER.encode(&head.hash)));
    if found != Some((manifest.log_id, manifest.position, manifest.hash.clone())) {
        return Err(BackupError::Refused("the log of the backup ends elsewhere than its manifest says".into()));
    }
    Ok(report.events)
}
