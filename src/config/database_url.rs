//! The address of the database: shown without its password, and asked for nothing but the engine and the SQLite file.
//!
//! Does not connect and names no driver; that is `db.rs`.

use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;

/// Where the data are kept. `Debug` and `Display` show it without password and query.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The address of an SQLite file.
    pub fn sqlite(file: &std::path::Path) -> DatabaseUrl {
        // What a URL gives another meaning, and the sign that escapes it.
        let path = file.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        DatabaseUrl(format!("sqlite://{path}"))
    }

    /// The whole address with its password, for the driver.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether this is an SQLite database.
    pub fn is_sqlite(&self) -> bool {
        self.0.starts_with("sqlite:")
    }

    /// The SQLite file; none for a database in memory and for PostgreSQL.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let rest = self.0.strip_prefix("sqlite:")?;
        let path = rest.strip_prefix("//").unwrap_or(rest);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let in_memory = path.is_empty() || path == ":memory:" || query.split('&').any(|pair| pair == "mode=memory");
        (!in_memory).then(|| PathBuf::from(percent_decoded(path)))
    }

    /// For the programs of PostgreSQL: the address without its password and without what only our driver understands, and the password, which does not
    /// belong on a command line. `database`: another one on the same server.
    pub fn for_programs(&self, database: Option<&str>) -> (String, Option<String>) {
        const UNDERSTOOD: [&str; 9] =
            ["host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "options"];
        let (rest, query) = self.0.split_once('?').unwrap_or((&self.0, ""));
        let (scheme, rest) = rest.split_once("://").unwrap_or(("postgres", rest));
        let (authority, own) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, mut password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(percent_decoded(password))),
            None => (login, None),
        };
        let mut kept = Vec::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "password" => password = Some(percent_decoded(value)),
                "dbname" if database.is_some() => {}
                _ if UNDERSTOOD.contains(&name) => kept.push(pair),
                _ => {}
            }
        }
        let at = if user.is_empty() { String::new() } else { format!("{user}@") };
        let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
        (format!("{scheme}://{at}{host}/{}{query}", database.unwrap_or(own)), password)
    }

    /// The same server, another database.
    pub fn with_database(&self, database: &str) -> DatabaseUrl {
        let (rest, query) = self.0.split_once('?').map_or((self.0.as_str(), String::new()), |(rest, query)| {
            let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("dbname=")).collect();
            (rest, format!("?{}", kept.join("&")))
        });
        let (scheme, rest) = rest.split_once("://").unwrap_or(("postgres", rest));
        let authority = rest.split('/').next().unwrap_or_default();
        DatabaseUrl(format!("{scheme}://{authority}/{database}{query}"))
    }

    /// Whether the address begins like one of ours and goes on.
    pub(super) fn is_known(&self) -> bool {
        let starts = ["sqlite:", "postgres://", "postgresql://"];
        starts.iter().any(|start| self.0.strip_prefix(start).is_some_and(|rest| !rest.trim_matches('/').is_empty()))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_sqlite() {
            return f.write_str(&self.0);
        }
        // The query may hold a password too; what is left tells an operator which database it is.
        let (shown, query) = self.0.split_once('?').map_or((self.0.as_str(), ""), |(shown, _)| (shown, "?…"));
        let Some((scheme, rest)) = shown.split_once("://") else { return f.write_str("(hidden)") };
        match rest.rsplit_once('@') {
            None => write!(f, "{scheme}://{rest}{query}"),
            Some((login, host)) => {
                let (user, password) = login.split_once(':').map_or((login, ""), |(user, _)| (user, ":***"));
                write!(f, "{scheme}://{user}{password}@{host}{query}")
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The path as the driver will read it: `%20` is a space.
fn percent_decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let pair = after.split_at_checked(2).filter(|_| byte == b'%');
        let decoded = pair.and_then(|(digits, after)| {
            let byte = data_encoding::HEXLOWER_PERMISSIVE.decode(digits).ok()?;
            Some((*byte.first()?, after))
        });
        let (byte, after) = decoded.unwrap_or((byte, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> DatabaseUrl {
        DatabaseUrl(text.to_owned())
    }

    #[test]
    fn programs_are_given_the_password_apart_and_nothing_they_do_not_know() {
        let for_programs = |text: &str, database| url(text).for_programs(database);
        let (address, password) =
            for_programs("postgres://sesame:p%40ss:w@db:5433/own?sslmode=verify-full&statement-cache-capacity=9", None);
        assert_eq!(
            (address.as_str(), password.as_deref()),
            ("postgres://sesame@db:5433/own?sslmode=verify-full", Some("p@ss:w"))
        );
        assert_eq!(
            for_programs("postgresql://%2Frun/own?password=a%20b", Some("x")),
            ("postgresql://%2Frun/x".into(), Some("a b".into()))
        );
        assert_eq!(for_programs("postgres:///own?host=/run", None), ("postgres:///own?host=/run".into(), None));
        assert_eq!(
            url("postgres://a:b@c/d?sslmode=require&dbname=e").with_database("x").reveal(),
            "postgres://a:b@c/x?sslmode=require"
        );
    }

    #[test]
    fn the_sqlite_file_is_found_in_every_spelling() {
        let file = |text: &str| url(text).sqlite_file().map(|path| path.display().to_string());
        assert_eq!(file("sqlite://./sesame.db"), Some("./sesame.db".into()));
        assert_eq!(file("sqlite:sesame.db"), Some("sesame.db".into()));
        assert_eq!(file("sqlite:///var/lib/sesame/a.db?mode=rwc"), Some("/var/lib/sesame/a.db".into()));
        assert_eq!(file("sqlite://mes%20donn%C3%A9es.db"), Some("mes données.db".into()));
        assert_eq!(file("sqlite://100%.db"), Some("100%.db".into()));
        for memory in ["sqlite::memory:", "sqlite://:memory:", "sqlite://x?mode=memory", "sqlite://"] {
            assert_eq!(file(memory), None, "{memory}");
        }
        assert_eq!(file("postgres://localhost/sesame"), None);
    }

    #[test]
    fn any_path_survives_being_made_an_address() {
        for path in ["./a.db", "/tmp/50% off?.db", "/tmp/x#y/é %20.db"] {
            assert_eq!(DatabaseUrl::sqlite(path.as_ref()).sqlite_file(), Some(PathBuf::from(path)));
        }
    }

    #[test]
    fn the_password_is_never_shown() {
        let shown = |text: &str| format!("{} {:?}", url(text), url(text));
        assert_eq!(
            shown("postgres://anne:pa@ss@db:5432/sesame"),
            "postgres://anne:***@db:5432/sesame postgres://anne:***@db:5432/sesame"
        );
        assert_eq!(url("postgres://anne@db/sesame").to_string(), "postgres://anne@db/sesame");
        assert_eq!(url("postgres://db/sesame?user=a&password=secret").to_string(), "postgres://db/sesame?…");
        assert_eq!(url("secret").to_string(), "(hidden)");
    }

    #[test]
    fn other_databases_are_not_known() {
        for good in ["sqlite://./a.db", "sqlite::memory:", "postgres://h/d", "postgresql:///d?host=/tmp"] {
            assert!(url(good).is_known(), "{good}");
        }
        for bad in ["", "sesame.db", "mysql://h/d", "sqlite://", "postgres://", "postgres:h", "SQLITE://a"] {
            assert!(!url(bad).is_known(), "{bad}");
        }
    }
}
