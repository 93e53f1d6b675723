//! `sesame backup`, `sesame restore`.

use super::{
    Common, Failed, Output,
    erasure::{Again, erased_again},
    open,
};
use clap::Args;
use serde_json::json;
use sesame::{
    backup::{self, Manifest, Occasion, Programs},
    clock::{Clock, SystemClock},
    config::{Config, DatabaseUrl},
    db::{Db, Options},
    vault::store::Vault,
};
use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

#[derive(Debug, Args)]
pub struct Backup {
    /// The folder that is made for it; it must not be there yet.
    #[arg(value_name = "TO")]
    to: PathBuf,
}

#[derive(Debug, Args)]
pub struct Restore {
    /// The folder of a backup.
    #[arg(value_name = "FROM")]
    from: PathBuf,
    /// Only try: bring it back to a temporary place, verify it there, and take it away again.
    #[arg(long)]
    verify: bool,
    /// The ledger of erasures; not given: SESAME_ERASURE_LEDGER_FILE.
    #[arg(long, value_name = "FILE", conflicts_with = "verify")]
    ledger: Option<PathBuf>,
}

/// The programs of PostgreSQL, where `PG_BIN` says they are.
fn programs() -> Programs {
    Programs { folder: std::env::var_os("PG_BIN").filter(|folder| !folder.is_empty()).map(PathBuf::from) }
}

impl Backup {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        let config = open::config(common)?;
        if config.database_url.sqlite_file().is_some_and(|file| !file.exists()) {
            return Err(Failed::new(format!("there is no database at {}", config.database_url)));
        }
        let db = Db::open(&open::options(&config, false)).await?;
        let on = Occasion { now: SystemClock.now(), id: SystemClock.id() };
        let made = backup::make(&db, &config.database_url, &self.to, &programs(), on).await;
        db.close().await;
        let manifest = made?;
        let mut text = format!(
            "Put away in {}: {} bytes, the log up to {}.\nThe keys are not in it: keep them elsewhere. Copy it to another machine, with the newest ledger of erasures and the \
             checkpoints.",
            self.to.display(),
            manifest.bytes,
            manifest.position
        );
        if config.log_url.is_some() {
            text.push_str("\nThe log in KurrentDB needs a backup of its own, made after this one.");
        }
        output.result(&text, &serde_json::to_value(&manifest)?);
        Ok(())
    }
}

impl Restore {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        let config = open::config(common)?;
        let manifest = backup::read(&self.from).await?;
        // None is made: it would be another than the one that the backup was sealed with.
        if config.master_key.is_none() && !config.key_file().exists() {
            return Err(Failed::new(format!(
                "there is no key file {}: a backup has no keys in it. Put back the one of the lost instance, or set SESAME_MASTER_KEY and SESAME_INDEX_KEY",
                config.key_file().display()
            )));
        }
        manifest.verify_keys(&open::keys(&config, output)?)?;
        if self.verify {
            return tried(&config, output, &self.from, &manifest).await;
        }
        if config.log_url.is_some() {
            return Err(Failed::new(
                "with SESAME_LOG_URL set a database is brought back by its own programs, together with the log: see docs/operations.md",
            ));
        }
        let ledger = self.ledger.clone().or_else(|| config.erasure_ledger_file.clone()).filter(|file| file.exists());
        if let (Some(asked), None) = (&self.ledger, &ledger) {
            return Err(Failed::new(format!("there is no ledger at {}", asked.display())));
        }
        backup::put(&self.from, &manifest, &config.database_url, &programs(), SystemClock.id()).await?;
        let (events, again) = self.after(&config, output, &manifest, ledger.as_deref()).await.map_err(|e| {
            Failed::new(format!(
                "the data are in place at {}, but the service must not be started yet: {e}. Put that right, then `sesame audit verify` and `sesame erasure replay`; or take the \
                 data away and restore again",
                config.database_url
            ))
        })?;
        let mut text = format!(
            "Brought back, as of {}: the log is whole, {events} events.",
            manifest.taken_at.format("%Y-%m-%d %H:%M:%S")
        );
        text.push_str(&format!("\n{again}"));
        if ledger.is_none() {
            let place = config.erasure_ledger_file.as_ref().map_or_else(
                || "SESAME_ERASURE_LEDGER_FILE names none".to_owned(),
                |file| format!("there was none at {}", file.display()),
            );
            text.push_str(&format!(
                "\nNo ledger of erasures was read, {place}: WHOEVER WAS ERASED SINCE IS BACK. Where there is a copy of it, run `sesame erasure replay --ledger COPY` before the service starts."
            ));
        }
        if config.audit_checkpoint_file.as_ref().is_some_and(|file| file.exists()) {
            text.push_str("\nMove the file of checkpoints away before the service starts: what it has of the time after the backup is missing from the log.");
        }
        let value = json!({
            "manifest": manifest, "events": events, "ledger": ledger, "inLedger": again.in_ledger, "erasedAgain": again.erased_again,
            "notedAnew": again.noted_anew,
        });
        output.result(&text, &value);
        Ok(())
    }
}

impl Restore {
    /// What follows when the data are in place: how many events there are, and what the ledger did.
    async fn after(
        &self,
        config: &Config,
        output: &Output,
        manifest: &Manifest,
        ledger: Option<&Path>,
    ) -> Result<(u64, Again), Failed> {
        let db = Db::open(&open::options(config, false)).await?;
        let checked = backup::check(&db, manifest).await;
        db.close().await;
        let events = checked?;
        let service = open::open(config, output, false).await?;
        backup::note(service.db(), manifest).await?;
        let again = erased_again(config, &service, output, ledger).await;
        service.stop().await;
        Ok((events, again?))
    }
}

/// Brings a backup back to a place of its own, and takes that away whatever was found.
async fn tried(config: &Config, output: &Output, from: &Path, manifest: &Manifest) -> Result<(), Failed> {
    let id = SystemClock.id();
    let place = format!("sesame_verify_{}", id.simple());
    let found = if manifest.engine == "sqlite" {
        let folder = std::env::temp_dir().join(place);
        DirBuilder::new().mode(0o700).create(&folder)?;
        let found = look(config, output, from, manifest, &DatabaseUrl::sqlite(&folder.join("sesame.db"))).await;
        std::fs::remove_dir_all(&folder)?;
        found
    } else {
        if config.database_url.is_sqlite() {
            return Err(Failed::new(
                "the backup is of postgres: set SESAME_DATABASE_URL to a server that it may be tried on",
            ));
        }
        let db = Db::open(&open::options(config, false)).await?;
        db.beside(&place, true).await.map_err(|e| match e.is_denied() {
            true => Failed::new(format!(
                "{e}. The role needs CREATEDB to try a backup: `ALTER ROLE … CREATEDB`, by PostgreSQL's administrator"
            )),
            false => e.into(),
        })?;
        let found = look(config, output, from, manifest, &config.database_url.with_database(&place)).await;
        let gone = db.beside(&place, false).await;
        db.close().await;
        gone?;
        found
    };
    let events = found?;
    let noted = noted(config, manifest).await;
    let here = if noted { " It is noted in the database as the newest that was tried." } else { "" };
    output.result(
        &format!(
            "The backup of {} can be brought back: its data are those that were put away, the log is whole, {events} events, and the keys are its own.{here}",
            manifest.taken_at.format("%Y-%m-%d %H:%M:%S")
        ),
        &json!({ "manifest": manifest, "events": events, "verified": true, "noted": noted }),
    );
    Ok(())
}

/// Notes that a backup was found good, where the database stands that it is of. Elsewhere (where backups are kept) there is none, or one that is older.
async fn noted(config: &Config, manifest: &Manifest) -> bool {
    if config.database_url.sqlite_file().is_some_and(|file| !file.exists()) {
        return false;
    }
    let Ok(db) = Db::open(&open::options(config, false)).await else { return false };
    let noted = backup::note(&db, manifest).await;
    db.close().await;
    noted.unwrap_or(false)
}

async fn look(
    config: &Config,
    output: &Output,
    from: &Path,
    manifest: &Manifest,
    url: &DatabaseUrl,
) -> Result<u64, Failed> {
    backup::put(from, manifest, url, &programs(), SystemClock.id()).await?;
    let db = Db::open(&Options { url: url.reveal().to_owned(), connections: 4, create: false }).await?;
    let found = async {
        let events = backup::check(&db, manifest).await?;
        // This program can go on with it, and read what is sealed in it.
        db.migrate().await?;
        Vault::open(db.clone(), open::keys(config, output)?).await?;
        Ok(events)
    };
    let found = found.await;
    db.close().await;
    found
}
