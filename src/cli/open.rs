//! Opening an instance from its settings: keys, database, service.

use super::{Common, Failed, Output};
use sesame::{
    clock::{Clock, SystemClock},
    config::Config,
    db::{Db, Options},
    log::{Apart, LogFailure},
    outbound::{Outbound, Targets},
    outbox::{
        Outside,
        mail::{Mailer, smtp::Smtp},
    },
    service::{Service, StartError},
    vault::{master::MasterKeys, sign::PublicKey},
};
use std::{path::Path, sync::Arc};

pub fn config(common: &Common) -> Result<Config, Failed> {
    Ok(Config::from_process(common.config.as_deref())?)
}

/// The keys: from the settings, else the key file, which is made on the first start of an empty database.
pub fn keys(config: &Config, output: &Output) -> Result<MasterKeys, Failed> {
    let keys = standing_keys(config, output)?;
    Ok(match &config.audit_key {
        Some(key) => keys.signing_with(key.reveal())?,
        None => keys,
    })
}

/// The public keys that notes outside the database may be signed with: the one in use, the one it would be without `SESAME_AUDIT_KEY`, and former ones.
pub fn trusted(config: &Config, output: &Output) -> Result<Vec<PublicKey>, Failed> {
    let mut trusted = vec![keys(config, output)?.signer().public(), standing_keys(config, output)?.signer().public()];
    trusted.extend(config.former_keys().map_err(Failed::new)?);
    Ok(trusted)
}

fn standing_keys(config: &Config, output: &Output) -> Result<MasterKeys, Failed> {
    if let (Some(master), Some(index)) = (&config.master_key, &config.index_key) {
        return Ok(MasterKeys::from_text(master.reveal(), index.reveal())?);
    }
    let path = config.key_file();
    if path.exists() {
        return Ok(MasterKeys::from_file(&path)?);
    }
    if config.database_url.sqlite_file().is_some_and(|file| file.exists()) {
        return Err(Failed::new(format!(
            "the database is there and its key file {} is not: personal data cannot be read without it. Put it back from a backup, \
             or set SESAME_MASTER_KEY and SESAME_INDEX_KEY",
            path.display()
        )));
    }
    let keys = MasterKeys::generate_file(&path)?;
    output.note(&format!(
        "A new key file was made: {}. Back it up, apart from the database: without it nobody can read personal data.",
        path.display()
    ));
    Ok(keys)
}

pub fn options(config: &Config, create: bool) -> Options {
    Options { url: config.database_url.reveal().to_owned(), connections: config.pool_size, create }
}

/// Opens the service for a subcommand: logs only what went wrong.
pub async fn service(common: &Common, output: &Output, create: bool) -> Result<(Config, Service), Failed> {
    let config = config(common)?;
    let level = if config.log_level == "info" { "warn" } else { &config.log_level };
    sesame::telemetry::start_logs(config.log_format(true), level, Arc::new(SystemClock))?;
    let service = open(&config, output, create).await?;
    Ok((config, service))
}

/// Opens the service for a subcommand that delivers nothing.
pub async fn open(config: &Config, output: &Output, create: bool) -> Result<Service, Failed> {
    open_with(config, output, create, Outside::closed()).await
}

/// The ways out that the settings name.
pub fn outside(config: &Config) -> Result<Outside, Failed> {
    let targets = if config.allow_private_targets { Targets::Any } else { Targets::Public };
    let mailer = match &config.smtp_url {
        Some(url) => {
            let server = Smtp::new(url.reveal()).map_err(|e| Failed::new(format!("SESAME_SMTP_URL: {e}")))?;
            Some(Arc::new(server) as Arc<dyn Mailer>)
        }
        None => None,
    };
    Ok(Outside {
        public_url: config.public_url(),
        mailer,
        mail_from: config.mail_from.clone().unwrap_or_default(),
        support: config.support_email.clone(),
        mailbox: None,
        outbound: Outbound::new(targets),
        delivers: true,
    })
}

/// Opens the service with these ways out.
pub async fn open_with(config: &Config, output: &Output, create: bool, outside: Outside) -> Result<Service, Failed> {
    if let Some(file) = config.database_url.sqlite_file() {
        if !create && !file.exists() {
            return Err(Failed::new(format!(
                "there is no database at {}. Open a first account (`sesame account open --company NAME`), or set DATABASE_URL",
                file.display()
            )));
        }
        make_folder(&file)?;
    }
    let keys = keys(config, output)?;
    Ok(start(config, create, keys, outside).await?)
}

/// Starts the service over the log that the settings name.
pub async fn start(config: &Config, create: bool, keys: MasterKeys, outside: Outside) -> Result<Service, StartError> {
    let (options, clock) = (options(config, create), Arc::new(SystemClock));
    let Some(url) = &config.log_url else { return Service::start_with(&options, keys, clock, outside).await };
    let id = clock.id();
    let streams = sesame::log::elsewhere(url.reveal(), &config.log_prefix, id).map_err(LogFailure::from)?;
    Service::start_beside(&options, keys, clock, outside, Apart::new(streams)).await
}

fn make_folder(file: &Path) -> Result<(), Failed> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => Ok(std::fs::create_dir_all(folder)?),
        _ => Ok(()),
    }
}

pub async fn migrate(common: &Common, output: &Output) -> Result<(), Failed> {
    let config = config(common)?;
    let db = Db::open(&options(&config, true)).await?;
    db.migrate().await?;
    db.close().await;
    output.result("The schema is up to date.", &serde_json::json!({ "migrated": true }));
    Ok(())
}
