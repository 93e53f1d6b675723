//! The promises of the configuration: precedence, refusal of what is not known, named mistakes, hidden secrets.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn load(file: Option<&Path>, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(file, environment.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
}

fn refused(environment: &[(&str, &str)]) -> String {
    load(None, environment).unwrap_err().to_string()
}

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sesame.toml");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn it_starts_without_any_setting() {
    let config = load(None, &[]).unwrap();
    assert_eq!(config.database_url.reveal(), "sqlite://./sesame.db");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url(), "http://127.0.0.1:8080");
    assert_eq!(config.key_file(), Path::new("./sesame.db.key"));
    assert_eq!((config.graphiql, config.log_level.as_str()), (false, "info"));
    assert_eq!((config.import_max_bytes, config.import_max_rows), (20 << 20, 200_000));
    assert_eq!((config.pool_size, config.shutdown_seconds), (10, 25));
    assert!(config.master_key.is_none() && config.index_key.is_none() && config.audit_checkpoint_file.is_none());
    assert_eq!((config.log_format(true), config.log_format(false)), (LogFormat::Text, LogFormat::Json));
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let (_folder, path) = file("listen = \"0.0.0.0:9000\"\npool_size = 3\ngraphiql = true\nlog_format = \"json\"");
    let config = load(Some(&path), &[("SESAME_LISTEN", "[::1]:9001"), ("SESAME_GRAPHIQL", "off")]).unwrap();
    assert_eq!((config.listen.to_string().as_str(), config.pool_size, config.graphiql), ("[::1]:9001", 3, false));
    assert_eq!((config.log_format(true), config.shutdown_seconds), (LogFormat::Json, 25));

    let named = load(None, &[("SESAME_CONFIG", path.to_str().unwrap())]).unwrap();
    assert_eq!(named.pool_size, 3);
}

#[test]
fn the_database_url_is_taken_bare_but_the_prefixed_one_wins() {
    let config = load(None, &[("DATABASE_URL", "postgres://h/a")]).unwrap();
    assert_eq!(config.database_url.reveal(), "postgres://h/a");
    assert_eq!(config.key_file(), Path::new("./sesame.key"));
    let both = [("SESAME_DATABASE_URL", "sqlite:///data/b.db"), ("DATABASE_URL", "postgres://h/a")];
    let config = load(None, &both).unwrap();
    assert_eq!(config.key_file(), Path::new("/data/b.db.key"));
    let config = load(None, &[("DATABASE_URL", "sqlite://a.db"), ("SESAME_KEY_FILE", "/etc/sesame.key")]).unwrap();
    assert_eq!(config.key_file(), Path::new("/etc/sesame.key"));
}

#[cfg(feature = "kurrent")]
#[test]
fn the_log_s_address_is_taken_bare_too_and_is_never_shown() {
    let config = load(None, &[("LOG_URL", "kurrentdb://u:secret@h:2113?tls=false")]).unwrap();
    assert_eq!(config.log_url.as_ref().unwrap().reveal(), "kurrentdb://u:secret@h:2113?tls=false");
    assert_eq!(config.log_prefix, "sesame");
    assert!(!format!("{config:?}").contains("secret"));
    let both = [("SESAME_LOG_URL", "esdb://a"), ("LOG_URL", "esdb://b")];
    assert_eq!(load(None, &both).unwrap().log_url.unwrap().reveal(), "esdb://a");
    let error = refused(&[("SESAME_LOG_URL", "postgres://u:secret@h/d")]);
    assert!(error.starts_with("SESAME_LOG_URL: ") && !error.contains("secret"), "{error}");
    let error = refused(&[("LOG_URL", "esdb://h"), ("SESAME_LOG_PREFIX", "Sésame-1")]);
    assert!(error.contains("`Sésame-1` cannot begin names of streams"), "{error}");
}

#[test]
fn unrelated_and_empty_variables_and_kubernetes_links_are_passed_over() {
    let environment = [
        ("LISTEN", "nonsense"),
        ("MASTER_KEY", "nonsense"),
        ("DATABASE_URL_FILE", "nonsense"),
        ("SESAME_LISTEN", ""),
        ("SESAME_PORT", "tcp://10.0.0.1:8080"),
        ("SESAME_SERVICE_HOST", "10.0.0.1"),
        ("SESAME_SERVICE_PORT_HTTP", "8080"),
        ("SESAME_PORT_8080_TCP_ADDR", "10.0.0.1"),
    ];
    assert_eq!(load(None, &environment).unwrap().listen.port(), 8080);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_refused_only_when_it_is_ours() {
    use std::os::unix::ffi::OsStringExt;
    let broken = || OsString::from_vec(vec![0xff]);
    assert!(Config::load(None, [(OsString::from("OTHER"), broken()), (broken(), broken())]).is_ok());
    let error = Config::load(None, [(OsString::from("SESAME_LISTEN"), broken())]).unwrap_err();
    assert!(error.to_string().starts_with("SESAME_LISTEN: the value is not UTF-8"), "{error}");
}

#[test]
fn a_name_that_means_nothing_is_refused_with_the_names_that_do() {
    let error = refused(&[("SESAME_LISTENS", "x")]);
    assert!(error.starts_with("SESAME_LISTENS is not a setting"), "{error}");
    assert!(error.contains("SESAME_LISTEN, ") && error.contains("SESAME_KEY_FILE"), "{error}");
    // Only a secret has a file of its own.
    assert!(refused(&[("SESAME_LISTEN_FILE", "x")]).starts_with("SESAME_LISTEN_FILE is not a setting"));

    let (_folder, path) = file("listn = 1");
    let error = load(Some(&path), &[]).unwrap_err().to_string();
    assert!(error.starts_with(&format!("`listn` in {} is not a setting", path.display())), "{error}");
    assert!(error.contains("pool_size, shutdown_seconds") && error.ends_with("audit_former_keys"), "{error}");
}

#[test]
fn a_wrong_value_is_named_with_its_place_and_what_to_write() {
    for (name, value, expected) in [
        ("SESAME_LISTEN", "localhost", "an IP address and a port"),
        ("SESAME_POOL_SIZE", "many", "a whole number from 1 to 1000"),
        ("SESAME_POOL_SIZE", "0", "0 is out of range"),
        ("SESAME_POOL_SIZE", "-1", "found string \"-1\""),
        ("SESAME_POOL_SIZE", "1001", "1001 is out of range"),
        ("SESAME_POOL_SIZE", "99999999999", "a whole number from 1 to 1000"),
        ("SESAME_SHUTDOWN_SECONDS", "25s", "a whole number of seconds"),
        ("SESAME_IMPORT_MAX_BYTES", "20MB", "a whole number of bytes"),
        ("SESAME_GRAPHIQL", "perhaps", "true or false"),
        ("SESAME_LOG_FORMAT", "xml", "json or text"),
        ("SESAME_LOG_LEVEL", "inof", "`inof` is not a level"),
        ("SESAME_LOG_LEVEL", "info,sesame=", "`sesame=` is not a level"),
        ("SESAME_PUBLIC_URL", "sesame.example.org", "`https://` or `http://`"),
        ("SESAME_PUBLIC_URL", "https://", "`https://` or `http://`"),
        ("SESAME_PUBLIC_URL", "https://a.example/?x=1", "no query"),
        ("DATABASE_URL", "mysql://h/d", "`sqlite://` and a path"),
    ] {
        let error = refused(&[(name, value)]);
        assert!(error.starts_with(&format!("{name}: ")) && error.contains(expected), "{error}");
    }
    let (_folder, path) = file("[listen]\nport = 1");
    let error = load(Some(&path), &[]).unwrap_err().to_string();
    assert!(error.starts_with(&format!("`listen` in {}: found map", path.display())), "{error}");
}

#[test]
fn good_values_are_taken_in_every_usual_spelling() {
    let config = load(
        None,
        &[
            ("SESAME_PUBLIC_URL", "https://sesame.example.org/app/"),
            ("SESAME_LOG_LEVEL", "warn,sesame::log=debug"),
            ("SESAME_GRAPHIQL", "1"),
            ("SESAME_POOL_SIZE", " 12 "),
        ],
    )
    .unwrap();
    assert_eq!(config.public_url(), "https://sesame.example.org/app");
    assert!(config.graphiql && config.pool_size == 12);
}

#[test]
fn a_file_that_is_missing_or_no_toml_is_named() {
    let error = load(Some(Path::new("/nowhere/sesame.toml")), &[]).unwrap_err().to_string();
    assert!(error.starts_with("--config: cannot read /nowhere/sesame.toml"), "{error}");
    let error = refused(&[("SESAME_CONFIG", "/nowhere/sesame.toml")]);
    assert!(error.starts_with("SESAME_CONFIG: cannot read /nowhere/sesame.toml"), "{error}");
    let (_folder, path) = file("# ours\nmaster_key = \"sesquipedal\n");
    let error = load(Some(&path), &[]).unwrap_err().to_string();
    assert!(error.starts_with(&format!("line 2 of {} is not TOML", path.display())), "{error}");
    assert!(!error.contains("sesquipedal"), "{error}");
}

#[test]
fn a_secret_may_stand_in_a_file_of_its_own() {
    let (folder, path) = file("");
    let secret = folder.path().join("master");
    std::fs::write(&secret, format!("{KEY}\n")).unwrap();
    let secret = secret.to_str().unwrap();
    let config = load(None, &[("SESAME_MASTER_KEY_FILE", secret), ("SESAME_INDEX_KEY", "other")]).unwrap();
    assert_eq!(config.master_key.as_ref().map(SecretText::reveal), Some(KEY));

    std::fs::write(&path, format!("master_key_file = \"{secret}\"\nindex_key = \"other\"")).unwrap();
    assert_eq!(load(Some(&path), &[]).unwrap().master_key.unwrap().reveal(), KEY);
    // A secret of the environment wins over the file's, however either is given.
    let config = load(Some(&path), &[("SESAME_MASTER_KEY", "mine")]).unwrap();
    assert_eq!(config.master_key.unwrap().reveal(), "mine");

    let twice = refused(&[("SESAME_MASTER_KEY", "a"), ("SESAME_MASTER_KEY_FILE", secret)]);
    assert!(twice.contains("SESAME_MASTER_KEY and SESAME_MASTER_KEY_FILE are both set"), "{twice}");
    let missing = refused(&[("SESAME_DATABASE_URL_FILE", "/nowhere/url")]);
    assert!(missing.starts_with("SESAME_DATABASE_URL_FILE: cannot read /nowhere/url"), "{missing}");
}

#[test]
fn one_key_without_the_other_is_refused() {
    assert!(refused(&[("SESAME_MASTER_KEY", KEY)]).contains("SESAME_MASTER_KEY is set without SESAME_INDEX_KEY"));
    assert!(refused(&[("SESAME_INDEX_KEY", KEY)]).contains("SESAME_INDEX_KEY is set without SESAME_MASTER_KEY"));
}

#[test]
fn no_secret_is_ever_shown() {
    let environment = [
        ("SESAME_MASTER_KEY", "sesquipedal"),
        ("SESAME_INDEX_KEY", "sesquipedal"),
        ("DATABASE_URL", "postgres://u:sesquipedal@h/d"),
    ];
    let shown = format!("{:?}", load(None, &environment).unwrap());
    assert!(!shown.contains("sesquipedal") && shown.contains("postgres://u:***@h/d"), "{shown}");
    for wrong in [[("DATABASE_URL", "mysql://u:sesquipedal@h/d")], [("SESAME_MASTER_KEY", "sesquipedal")]] {
        assert!(!refused(&wrong).contains("sesquipedal"));
    }
    let (_folder, path) = file("master_key = [\"sesquipedal\"]\nindex_key = \"x\"");
    let error = format!("{0} {0:?}", load(Some(&path), &[]).unwrap_err());
    assert!(error.starts_with("`master_key` in ") && !error.contains("sesquipedal"), "{error}");
}

#[test]
fn the_reference_has_a_row_for_each_setting() {
    let reference = reference();
    assert_eq!(reference.lines().count(), SETTINGS.len() + 3);
    assert!(reference.contains("| `SESAME_LISTEN` | `127.0.0.1:8080` | Address and port that the service listens on. Expected: an IP address and a port, such as 127.0.0.1:8080. |"));
    assert!(reference.contains("Or `SESAME_MASTER_KEY_FILE`: a file that holds it. |"));
    for setting in SETTINGS {
        assert!(setting.doc.trim().ends_with('.') && !setting.expects.is_empty(), "{}", setting.key);
        assert!(!setting.doc.contains('|') && !setting.doc.contains("  "), "{}", setting.key);
    }
}
