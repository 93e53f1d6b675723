//! `sesame keys replace-master`.

use super::{Common, Failed, Output, open};
use clap::{Args, Subcommand};
use serde_json::json;
use sesame::{
    clock::{Clock, SystemClock},
    config::Config,
    db::Db,
    erp::WRAPPED,
    service::SERVING,
    vault::{
        master::{KeyError, MasterKeys},
        replace::replace_master,
    },
};
use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Put another master key in the place of the one there is: everything that it protects is wrapped and sealed anew, at once or not at all.
    ReplaceMaster(ReplaceMaster),
}

#[derive(Debug, Args)]
pub struct ReplaceMaster {
    /// A file with the new key, which only its owner may read (`openssl rand -base64 32`); `-`: standard input. The settings name the key in use, as ever.
    #[arg(value_name = "NEW_KEY_FILE")]
    new: PathBuf,
}

impl Keys {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        match self {
            Keys::ReplaceMaster(asked) => asked.run(common, output).await,
        }
    }
}

impl ReplaceMaster {
    async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        let config = open::config(common)?;
        let file = config.master_key.is_none().then(|| config.key_file());
        if let Some(missing) = file.as_ref().filter(|file| !file.exists()) {
            return Err(Failed::new(format!("there is no key file at {}: nothing to replace", missing.display())));
        }
        let text = read(&self.new)?;
        let (from, to) = (open::keys(&config, output)?, replacing(&config, output, &text)?);
        let db = Db::open(&open::options(&config, false)).await?;
        let (name, number) = SERVING;
        let Some(alone) = db.exclusive(name, number).await? else {
            return Err(Failed::new("something serves this database: stop the service on every node first"));
        };
        db.migrate().await?;
        // Written before the database is: whatever happens in between, both keys are there.
        let prepared = file.as_deref().map(|file| prepare(file, &text)).transpose()?;
        let bar = output.progress("keys and values", None);
        let done = replace_master(&db, (&from, &to), &[WRAPPED], |rows| bar.set_position(rows)).await;
        bar.finish_and_clear();
        alone.release().await;
        db.close().await;
        let done = match (done, &prepared) {
            (Ok(done), _) => done,
            (Err(e), prepared) => {
                if let Some(prepared) = prepared {
                    fs::remove_file(prepared)?;
                }
                return Err(Failed::new(e));
            }
        };
        let next = match (&file, &prepared) {
            (Some(file), Some(prepared)) => {
                let former = beside(file, &format!("former-{}", SystemClock.now().format("%Y%m%d%H%M%S")));
                fs::rename(file, &former)?;
                fs::rename(prepared, file)?;
                format!("{} has the new key; the former one is in {}.", file.display(), former.display())
            }
            _ => "Now let SESAME_MASTER_KEY (or the file that SESAME_MASTER_KEY_FILE names) be the new key, on every node, and start.".to_owned(),
        };
        let (was, is) = (from.signer().public(), to.signer().public());
        let signs = match was == is {
            true => String::new(),
            false => format!(
                "\nWhat is noted outside the database is signed with another key from now on: add {was} to SESAME_AUDIT_FORMER_KEYS, and hand {is} to whoever verifies."
            ),
        };
        let text = format!(
            "The master key is replaced. Wrapped anew: {}; sealed anew: {}.\n{next}\nBackups made until now need the former key: keep it with them, and make a new one.{signs}",
            done.keys, done.values
        );
        let value = json!({ "keys": done.keys, "values": done.values, "formerPublicKey": was.to_string(), "publicKey": is.to_string() });
        output.result(&text, &value);
        Ok(())
    }
}

/// The keys as they are to be.
fn replacing(config: &Config, output: &Output, text: &str) -> Result<MasterKeys, Failed> {
    let keys = open::keys(config, output)?.with_master(text)?;
    Ok(match &config.audit_key {
        Some(key) => keys.signing_with(key.reveal())?,
        None => keys,
    })
}

fn read(path: &Path) -> Result<String, Failed> {
    if path == Path::new("-") {
        return Ok(std::io::read_to_string(std::io::stdin())?.trim().to_owned());
    }
    let cause = |cause| KeyError::Io { attempt: "read", path: path.to_owned(), cause };
    let mode = fs::metadata(path).map_err(cause)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed { path: path.to_owned(), mode }.into());
    }
    Ok(fs::read_to_string(path).map_err(cause)?.trim().to_owned())
}

fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = file.to_owned();
    name.as_mut_os_string().push(format!(".{what}"));
    name
}

/// The key file as it is to be, beside the one there is.
fn prepare(file: &Path, master: &str) -> Result<PathBuf, Failed> {
    let lines = fs::read_to_string(file)?;
    let with = |line: &str| match line.trim_start().starts_with("MASTER_KEY") {
        true => format!("MASTER_KEY={master}\n"),
        false => format!("{line}\n"),
    };
    let text: String = lines.lines().map(with).collect();
    let prepared = beside(file, "new");
    let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&prepared).map_err(|cause| {
        Failed::new(format!("{}: {cause}. Where a former attempt left it, look which of both files opens the database, and take the other away", prepared.display()))
    })?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(prepared)
}
