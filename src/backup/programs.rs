//! PostgreSQL's own programs for copying a database: `pg_dump` and `pg_restore`.
//!
//! A password goes by the environment of the one process that needs it, never by its command line, which every user of the machine can read.

use super::BackupError;
use crate::config::DatabaseUrl;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where they are.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    /// Their folder; none: wherever the system finds them.
    pub folder: Option<PathBuf>,
}

impl Programs {
    /// Dumps what a snapshot sees to a new file.
    pub(super) async fn dump(&self, url: &DatabaseUrl, snapshot: &str, to: &Path) -> Result<(), BackupError> {
        let snapshot = format!("--snapshot={snapshot}");
        self.run("pg_dump", url, &["--format=custom", "--no-owner", "--no-privileges", &snapshot], "--file", to).await
    }

    /// Brings a dump back into an empty database, all of it or nothing.
    pub(super) async fn restore(&self, url: &DatabaseUrl, from: &Path) -> Result<(), BackupError> {
        let how = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"];
        self.run("pg_restore", url, &how, "", from).await
    }

    async fn run(
        &self,
        name: &'static str,
        url: &DatabaseUrl,
        how: &[&str],
        option: &str,
        file: &Path,
    ) -> Result<(), BackupError> {
        let program = self.folder.as_ref().map_or_else(|| PathBuf::from(name), |folder| folder.join(name));
        let (address, password) = url.for_programs(None);
        let mut command = Command::new(&program);
        command.args(how).arg("--no-password").arg(format!("--dbname={address}"));
        match option {
            "" => command.arg(file),
            option => {
                let mut said = OsString::from(option);
                said.push("=");
                said.push(file);
                command.arg(said)
            }
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        let ran = tokio::task::spawn_blocking(move || command.output()).await.map_err(std::io::Error::other).flatten();
        let ran = ran.map_err(|e| {
            BackupError::Refused(format!(
                "{} cannot be run: {e}. Install the client of PostgreSQL, of the server's version or newer, or name its folder in PG_BIN",
                program.display()
            ))
        })?;
        if ran.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&ran.stderr);
        Err(BackupError::Refused(format!("{name} did not succeed: {}", said.trim())))
    }
}
