//! What can be said to `sesame`, and how each ends.

mod account;
mod audit;
mod backup;
mod demo;
mod doctor;
mod erasure;
mod exchange;
mod keys;
mod open;
mod output;
mod rebuild;
mod serve;
mod supervisor;
mod token;
mod user;

use clap::{Args, Parser, Subcommand};
use output::Output;
use std::{path::PathBuf, process::ExitCode};

/// Contacts, and who may open what: event-sourced, explained from its log.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every subcommand takes.
#[derive(Debug, Args)]
pub struct Common {
    /// Settings file (TOML); the environment wins over it. `sesame config` lists the settings.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the result as one line of JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fill a new database with sample data, serve it, and print its address and a token.
    Demo(demo::Demo),
    /// Serve GraphQL and HTTP.
    Serve,
    /// Open accounts.
    #[command(subcommand)]
    Account(account::Account),
    /// Make API tokens.
    #[command(subcommand)]
    Token(token::Token),
    /// Help people who cannot sign in any more.
    #[command(subcommand)]
    User(user::User),
    /// Import a client file, or print a template for one.
    #[command(subcommand)]
    Import(exchange::Import),
    /// Export subscribers to Excel or CSV, or everything that is kept about one person.
    #[command(subcommand)]
    Export(exchange::Export),
    /// Build read models anew from the log, beside the live ones.
    Rebuild(rebuild::Rebuild),
    /// Verify the log, or show what happened to a contact.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Check what is left after erasures, and erase again after a backup was restored.
    #[command(subcommand)]
    Erasure(erasure::Erasure),
    /// Put the database away in a new folder, while the service runs.
    Backup(backup::Backup),
    /// Bring a backup back where no database is, and erase again whoever was erased since; or only try whether it could be.
    Restore(backup::Restore),
    /// Replace the master key, while nothing serves.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Say what is wrong with this instance, and the remedy.
    Doctor,
    /// Bring the database's schema up to date.
    Migrate,
    /// Print the GraphQL schema.
    Schema,
    /// Print the reference of all settings (Markdown).
    Config,
}

/// Why a subcommand did not end well; its text is what people read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failed(String);

impl Failed {
    fn new(what: impl std::fmt::Display) -> Failed {
        Failed(what.to_string())
    }

    /// One that was told already.
    fn told() -> Failed {
        Failed(String::new())
    }
}

macro_rules! failed_from {
    ($($error:ty),*) => { $(impl From<$error> for Failed { fn from(e: $error) -> Failed { Failed(e.to_string()) } })* };
}
failed_from!(
    sesame::config::ConfigError,
    sesame::service::StartError,
    sesame::app::Failure,
    sesame::db::DbError,
    sesame::vault::store::VaultError,
    sesame::vault::master::KeyError,
    sesame::telemetry::TelemetryError,
    sesame::demo::DemoError,
    sesame::projector::RebuildError,
    sesame::log::LogFailure,
    sesame::log::noted::NotedError,
    sesame::person::Stopped,
    sesame::backup::BackupError,
    std::io::Error,
    serde_json::Error
);

/// Runs a subcommand.
pub fn run(cli: Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            eprintln!("sesame: cannot start: {e}");
            return ExitCode::FAILURE;
        }
    };
    let output = Output::new(cli.common.json);
    let ended = runtime.block_on(async {
        match cli.command {
            Command::Demo(demo) => demo.run(&cli.common, &output).await,
            Command::Serve => serve::run(&cli.common, &output).await,
            Command::Account(account) => account.run(&cli.common, &output).await,
            Command::Token(token) => token.run(&cli.common, &output).await,
            Command::User(user) => user.run(&cli.common, &output).await,
            Command::Import(import) => import.run(&cli.common, &output).await,
            Command::Export(export) => export.run(&cli.common, &output).await,
            Command::Rebuild(rebuild) => rebuild.run(&cli.common, &output).await,
            Command::Audit(audit) => audit.run(&cli.common, &output).await,
            Command::Erasure(erasure) => erasure.run(&cli.common, &output).await,
            Command::Backup(backup) => backup.run(&cli.common, &output).await,
            Command::Restore(restore) => restore.run(&cli.common, &output).await,
            Command::Keys(keys) => keys.run(&cli.common, &output).await,
            Command::Doctor => doctor::run(&cli.common, &output).await,
            Command::Migrate => open::migrate(&cli.common, &output).await,
            Command::Schema => {
                output::tell(&sesame::graphql::sdl());
                Ok(())
            }
            Command::Config => {
                output::tell(&sesame::config::reference());
                Ok(())
            }
        }
    });
    // Tasks that wait for the network or a clock have nothing more to do.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            if !failed.0.is_empty() {
                output.error(&failed.0);
            }
            ExitCode::FAILURE
        }
    }
}
