//! Configuration: environment over file over defaults, every mistake named with its place and its remedy.
//!
//! Names. In the environment each setting is `SESAME_` and its key in capitals (`SESAME_LISTEN`); `DATABASE_URL` and `LOG_URL` are also
//! taken bare, as other tools set them, and `SESAME_DATABASE_URL` and `SESAME_LOG_URL` win over them. An empty variable counts as not set. In the
//! file, which is TOML and is named by `--config` or `SESAME_CONFIG`, it is the key itself (`listen = "…"`). A secret
//! may stand in a file of its own, named by its key and `_file` (`SESAME_MASTER_KEY_FILE`), as container platforms mount
//! them. A key that is not known is refused wherever it stands, except the variables that Kubernetes sets for a Service
//! named `sesame`.
//!
//! [`Config`], its defaults and its reference ([`reference()`]) come from one list, the `settings!` below: a setting is
//! added there and nowhere else. Knows nothing of what the settings do; `main.rs` reads it once and hands on values.

use figment::{Figment, Profile};
use serde::Deserialize;
use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

mod database_url;
mod layers;
pub use database_url::DatabaseUrl;
use layers::{defaults, environment_layers, file_layer};

use crate::vault::sign::{NotAKey, PublicKey};

/// How a setting's text is read, and its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Text, kept as it is.
    Text,
    /// Text that is never shown and may stand in a file of its own.
    Secret,
    /// A whole number from the first to the second.
    Number(u64, u64),
    /// `true` or `false`.
    Switch,
}

/// One row of the reference.
struct Setting {
    key: &'static str,
    kind: Kind,
    default: &'static str,
    expects: &'static str,
    doc: &'static str,
}

/// Makes the struct, the defaults and the reference from one list.
macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $key:ident: $type:ty, $kind:expr, $default:literal, $expects:literal;)+) => {
        /// The settings of one instance. `Debug` shows them without their secrets.
        #[derive(Debug, Clone, Deserialize)]
        pub struct Config { $($(#[doc = $doc])+ pub $key: $type,)+ }

        const SETTINGS: &[Setting] = &[$(Setting {
            key: stringify!($key), kind: $kind, default: $default, expects: $expects, doc: concat!($($doc),+),
        }),+];
    };
}

settings! {
    /// Where the data are kept: an SQLite file, made when it is not there, or a PostgreSQL database. `DATABASE_URL` is
    /// taken too.
    database_url: DatabaseUrl, Kind::Secret, "sqlite://./sesame.db",
        "`sqlite://` and a path, or `postgres://user:password@host/database`";
    /// KurrentDB (EventStoreDB) that keeps the log; what is kept besides events, and a copy of them, stays in the database. To be chosen before the first
    /// event. Not set: the log is in the database. `LOG_URL` is taken too.
    log_url: Option<SecretText>, Kind::Secret, "",
        "`kurrentdb://` or `esdb://`, `user:password@` where needed, hosts, and its options";
    /// What the names of this service's streams in KurrentDB begin with: several services on one server have each their own.
    log_prefix: String, Kind::Text, "sesame", "up to 40 small letters, digits and `_`, a letter first";
    /// Address and port that the service listens on.
    listen: SocketAddr, Kind::Text, "127.0.0.1:8080", "an IP address and a port, such as 127.0.0.1:8080";
    /// Address under which people reach the service, for links in mails and answers. Not set: `http://` and `SESAME_LISTEN`.
    public_url: Option<String>, Kind::Text, "", "`https://` or `http://`, a host, and no query";
    /// Names that the service answers to besides that of `SESAME_PUBLIC_URL`, `localhost` and addresses; requests for others are refused.
    hosts: Option<String>, Kind::Text, "", "host names separated by commas";
    /// Proxies whose `X-Forwarded-For` is believed. Not set: none is.
    trusted_proxies: Option<crate::http::TrustedProxies>, Kind::Text, "", "addresses and networks separated by commas, such as 10.0.0.0/8, ::1";
    /// Points that a caller's GraphQL requests may cost at once; each answer says its cost and what is left in `extensions.cost`.
    graphql_points: u64, Kind::Number(1, 1 << 40), "200000", "a whole number from 1 to 1099511627776";
    /// Points that a caller gets back each second, on each node.
    graphql_points_per_second: u64, Kind::Number(1, 1 << 40), "50000", "a whole number from 1 to 1099511627776";
    /// Key that wraps the keys of personal data. Set together with `SESAME_INDEX_KEY`, or not at all: then the
    /// key file is used.
    master_key: Option<SecretText>, Kind::Secret, "", "32 random bytes in base64 (`openssl rand -base64 32`)";
    /// Key of blind indexes and fingerprints.
    index_key: Option<SecretText>, Kind::Secret, "", "32 other random bytes in base64 (`openssl rand -base64 32`)";
    /// File with both keys, made with mode 0600 on the first start. Not set: the SQLite file's name and `.key`, or
    /// `./sesame.key` with PostgreSQL.
    key_file: Option<PathBuf>, Kind::Text, "", "a path";
    /// Whether `/graphiql` serves the GraphQL explorer.
    graphiql: bool, Kind::Switch, "false", "true or false";
    /// Form of log lines. Not set: `text` on a terminal, `json` otherwise.
    log_format: Option<LogFormat>, Kind::Text, "", "json or text";
    /// What is logged: a level, or levels by module.
    log_level: String, Kind::Text, "info",
        "error, warn, info, debug, trace or off, and per module `sesame::log=debug`, separated by commas";
    /// Largest file that an import by HTTP accepts, in bytes.
    import_max_bytes: u64, Kind::Number(1024, 10 << 30), "20971520", "a whole number of bytes from 1024 to 10737418240";
    /// Most rows that an import accepts.
    import_max_rows: u64, Kind::Number(1, 100_000_000), "200000", "a whole number from 1 to 100000000";
    /// Most connections to the database. PostgreSQL: over all nodes fewer than its `max_connections`.
    pool_size: u32, Kind::Number(1, 1000), "10", "a whole number from 1 to 1000";
    /// How long a stop waits for running requests, in seconds.
    shutdown_seconds: u64, Kind::Number(0, 3600), "25", "a whole number of seconds from 0 to 3600";
    /// After how many minutes without a request a session ends.
    session_idle_minutes: u64, Kind::Number(1, 10_080), "30", "a whole number of minutes from 1 to 10080";
    /// After how many hours a session ends, used or not.
    session_hours: u64, Kind::Number(1, 720), "12", "a whole number of hours from 1 to 720";
    /// For how many minutes after somebody signed in, or showed again who they are, what is sensitive is not asked again for.
    session_confirm_minutes: u64, Kind::Number(1, 720), "15", "a whole number of minutes from 1 to 720";
    /// Mail server. `smtps://` is TLS from the start; `smtp://` takes TLS where it is offered, and insists on it (`?tls=required`) when a
    /// password is given. Not set: mails wait in the outbox. Set together with `SESAME_MAIL_FROM`.
    smtp_url: Option<SecretText>, Kind::Secret, "", "`smtp://` or `smtps://`, `user:password@` where needed, a host, and a port";
    /// Address that mails come from.
    mail_from: Option<String>, Kind::Text, "", "an e-mail address";
    /// Address of support, told when an account asks for a contact to be deleted. Not set: nobody is told.
    support_email: Option<String>, Kind::Text, "", "an e-mail address";
    /// Whether webhooks, the customer-service feed and an ERP may be at private addresses and without TLS: for closed networks and
    /// tests.
    allow_private_targets: bool, Kind::Switch, "false", "true or false";
    /// Folder in which ERPs drop CSV files of records: a folder an account in it, named by its id.
    erp_folder: Option<PathBuf>, Kind::Text, "", "a path";
    /// File outside the database to which the service notes the log's head every ten minutes, and `sesame audit verify` after
    /// each verification, so that a log that was cut or rewritten as a whole is noticed.
    audit_checkpoint_file: Option<PathBuf>, Kind::Text, "", "a path";
    /// File outside the database to which the service notes every erasure (ids only), so that a restored backup does not bring people back:
    /// `sesame erasure replay`.
    erasure_ledger_file: Option<PathBuf>, Kind::Text, "", "a path";
    /// Days for which it is kept from which address and program a person changed something.
    retention_address_days: u64, Kind::Number(1, 3650), "365", "a whole number of days from 1 to 3650";
    /// Days for which deliveries that are done with are kept: which mail or call, to whom, when.
    retention_delivery_days: u64, Kind::Number(1, 3650), "90", "a whole number of days from 1 to 3650";
    /// Days for which the counts of syncs with an ERP are kept.
    retention_sync_days: u64, Kind::Number(1, 3650), "90", "a whole number of days from 1 to 3650";
    /// Days for which it is kept when a member last came.
    retention_visit_days: u64, Kind::Number(1, 3650), "1095", "a whole number of days from 1 to 3650";
    /// Key that signs what is noted outside the database. Not set: one derived from the master key. Set another to replace it, and keep the public
    /// keys of those before in `SESAME_AUDIT_FORMER_KEYS`.
    audit_key: Option<SecretText>, Kind::Secret, "", "32 random bytes in base64 (`openssl rand -base64 32`)";
    /// Public keys that signed before, separated by commas, as `sesame audit key` printed them.
    audit_former_keys: Option<String>, Kind::Text, "", "public keys in base64, separated by commas";
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// `time LEVEL module message key=value`.
    Text,
}

/// A secret from the configuration. `Debug` hides it.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// The secret itself, for its one use.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// A mistake in the configuration: where it stands, what is wrong, and what to write instead. Never shows a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value that cannot be used.
    #[error("{place}: {problem}. Expected: {expects}")]
    Value {
        /// The variable, or the key and its file.
        place: String,
        /// What is wrong with it.
        problem: String,
        /// What it should be.
        expects: &'static str,
    },
    /// A name that means nothing.
    #[error("{place} is not a setting: correct its name or remove it. The settings are: {known}")]
    Unknown {
        /// The variable, or the key and its file.
        place: String,
        /// The names that could have been meant.
        known: String,
    },
    /// The configuration file, or the file of a secret, cannot be read.
    #[error("{place}: cannot read {path}: {cause}. Check the path and that the service's user may read it")]
    Unreadable {
        /// Who named the file.
        place: String,
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The configuration file is no TOML.
    #[error("line {line} of {path} is not TOML: {detail}. A setting is written `key = \"value\"`")]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        detail: String,
    },
    /// A secret is given both itself and by a file.
    #[error("{place} and {place_of_file} are both set: keep one of them")]
    Twice {
        /// The secret's place.
        place: String,
        /// The place that names its file.
        place_of_file: String,
    },
    /// A setting that says nothing without another.
    #[error("{set} is set without {missing}: set both, or neither")]
    Needs {
        /// The setting that is there.
        set: String,
        /// The variable that is not.
        missing: String,
    },
    /// One of the two keys without the other.
    #[error("{set} is set without {missing}: set both, or neither to use the key file")]
    HalfOfKeys {
        /// The key that is there.
        set: String,
        /// The variable of the key that is not.
        missing: String,
    },
}

impl Config {
    /// Reads the process's environment and the file that `--config` named.
    pub fn from_process(file: Option<&Path>) -> Result<Config, ConfigError> {
        Config::load(file, std::env::vars_os())
    }

    /// Reads `environment` over the file (`file`, else the one that `SESAME_CONFIG` names) over the defaults.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Config, ConfigError> {
        let (bare, prefixed, named) = environment_layers(environment)?;
        let file = file.map(|path| ("--config", path.to_owned())).or(named.map(|path| ("SESAME_CONFIG", path)));
        let mut figment = Figment::new().merge(defaults());
        if let Some((place, path)) = file {
            figment = figment.merge(file_layer(place, &path)?);
        }
        let figment = figment.merge(bare.with_files_read()?).merge(prefixed.with_files_read()?);
        let config = figment.extract::<Config>().map_err(|error| value_error(&figment, error))?;
        config.check(&figment)
    }

    /// The key file: the one that was set, or the one beside the database.
    pub fn key_file(&self) -> PathBuf {
        match (&self.key_file, self.database_url.sqlite_file()) {
            (Some(path), _) => path.clone(),
            (None, Some(mut file)) => {
                file.as_mut_os_string().push(".key");
                file
            }
            (None, None) => PathBuf::from("./sesame.key"),
        }
    }

    /// The public keys that signed before.
    pub fn former_keys(&self) -> Result<Vec<PublicKey>, NotAKey> {
        let texts = self.audit_former_keys.iter().flat_map(|all| all.split(','));
        texts.map(str::trim).filter(|text| !text.is_empty()).map(str::parse).collect()
    }

    /// The address that people use, without a slash at its end.
    pub fn public_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// The form of log lines, when none was set: for people on a terminal, for programs otherwise.
    pub fn log_format(&self, terminal: bool) -> LogFormat {
        self.log_format.unwrap_or(if terminal { LogFormat::Text } else { LogFormat::Json })
    }

    /// What types alone do not check.
    fn check(mut self, figment: &Figment) -> Result<Config, ConfigError> {
        let refuse = |key: &'static str, problem: String| {
            Err(ConfigError::Value {
                place: place(figment, key),
                problem,
                expects: setting(key).map_or("", |s| s.expects),
            })
        };
        for Setting { key, kind, .. } in SETTINGS {
            let Kind::Number(least, most) = *kind else { continue };
            let number = figment.find_value(key).ok().and_then(|value| value.to_u128());
            if let Some(number) = number.filter(|number| !(u128::from(least)..=u128::from(most)).contains(number)) {
                return refuse(key, format!("{number} is out of range"));
            }
        }
        if !self.database_url.is_known() {
            return refuse("database_url", "this is no database that can be used".to_owned());
        }
        if let Some(url) = &self.log_url
            && let Err(why) = crate::log::elsewhere(url.reveal(), &self.log_prefix, uuid::Uuid::nil())
        {
            return refuse("log_url", why.to_string());
        }
        if let Some(level) = self.log_level.split(',').find(|directive| !is_log_directive(directive)) {
            return refuse("log_level", format!("`{level}` is not a level"));
        }
        if let Some(url) = &mut self.public_url {
            match checked_public_url(url) {
                Some(checked) => *url = checked,
                None => return refuse("public_url", format!("`{url}` is no such address")),
            }
        }
        if let Err(e) = self.former_keys() {
            return refuse("audit_former_keys", e.to_string());
        }
        for (key, address) in [("mail_from", &self.mail_from), ("support_email", &self.support_email)] {
            if let Some(address) = address.as_ref().filter(|a| domain::values::Email::parse(a).is_err()) {
                return refuse(key, format!("`{address}` is no such address"));
            }
        }
        if let Some(url) = &self.smtp_url {
            if crate::outbox::mail::smtp::Smtp::new(url.reveal()).is_err() {
                return refuse("smtp_url", "it cannot be used".to_owned());
            }
            if self.mail_from.is_none() {
                return Err(ConfigError::Needs { set: place(figment, "smtp_url"), missing: variable("mail_from") });
            }
        }
        let (set, missing) = match (&self.master_key, &self.index_key) {
            (Some(_), None) => ("master_key", "index_key"),
            (None, Some(_)) => ("index_key", "master_key"),
            _ => return Ok(self),
        };
        Err(ConfigError::HalfOfKeys { set: place(figment, set), missing: variable(missing) })
    }
}

/// The reference table of all settings, in Markdown, for the documentation (a test there compares).
pub fn reference() -> String {
    let mut table = String::from("| Variable | Default | Meaning |\n|---|---|---|\n");
    table.push_str(
        "| `SESAME_CONFIG` |  | TOML file with the same settings as `key = value`; `--config` wins over it. |\n",
    );
    for Setting { key, kind, default, expects, doc } in SETTINGS {
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        let file = if *kind == Kind::Secret {
            format!(" Or `{}_FILE`: a file that holds it.", variable(key))
        } else {
            String::new()
        };
        table.push_str(&format!("| `{}` | {default} | {} Expected: {expects}.{file} |\n", variable(key), doc.trim()));
    }
    table
}

fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

fn variable(key: &str) -> String {
    format!("SESAME_{}", key.to_uppercase())
}

fn known(place: impl Fn(&str) -> String) -> String {
    // In a file the place would repeat the path with each name.
    let name = |key: &'static str| if place(key).contains(' ') { key.to_owned() } else { place(key) };
    SETTINGS.iter().map(|setting| name(setting.key)).collect::<Vec<_>>().join(", ")
}

/// Where the value in force for `key` was set.
fn place(figment: &Figment, key: &str) -> String {
    figment.find_metadata(key).map_or_else(|| variable(key), |metadata| metadata.interpolate(&Profile::Default, &[key]))
}

fn value_error(figment: &Figment, error: figment::Error) -> ConfigError {
    use figment::error::Kind as Mistake;
    let key = error.path.first().map_or("", String::as_str);
    let setting = setting(key);
    let problem = match error.kind {
        _ if setting.is_some_and(|setting| setting.kind == Kind::Secret) => "the value cannot be used".to_owned(),
        Mistake::Message(message) => message,
        Mistake::InvalidType(found, _) | Mistake::InvalidValue(found, _) => format!("found {found}"),
        Mistake::UnknownVariant(found, _) => format!("found `{found}`"),
        other => other.to_string(),
    };
    ConfigError::Value { place: place(figment, key), problem, expects: setting.map_or("a value", |s| s.expects) }
}

fn is_log_directive(directive: &str) -> bool {
    let (module, level) = directive.rsplit_once('=').map_or((None, directive), |(module, level)| (Some(module), level));
    let level = ["error", "warn", "info", "debug", "trace", "off"].contains(&level.trim().to_lowercase().as_str());
    // A word that is no level would be taken for a module and silence everything else.
    level && module.is_none_or(|module| !module.trim().is_empty())
}

fn checked_public_url(url: &str) -> Option<String> {
    let url = url.trim().trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host = rest.split('/').next()?;
    let plain = !url.contains(|c: char| c.is_whitespace() || c.is_control() || "?#@\\\"<>".contains(c));
    (plain && !host.is_empty() && !host.starts_with(':')).then(|| url.to_owned())
}

#[cfg(test)]
mod tests;
