//! Row P5 as a drill: a database is put away while it is written, somebody is erased, the database is lost, and the backup is brought back on both engines.

use crate::cli::Instance;
use chrono::{DateTime, Utc};
use domain::{ContactId, contact::ContactInput, values::ContactKind};
use serde_json::{Value, json};
use sesame::{
    app::{Caller, Command, Request},
    clock::{Clock, SystemClock},
    db::Options,
    erasure,
    service::Service,
    vault::master::MasterKeys,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

const LEDGER: (&str, &str) = ("SESAME_ERASURE_LEDGER_FILE", "erasures");

/// An instance whose database is here.
pub struct Drill {
    pub instance: Instance,
    pub url: String,
}

impl Drill {
    /// What a subcommand answers; none: it refused, and said this.
    pub fn run(&self, arguments: &[&str]) -> Result<Value, String> {
        let mut command = self.instance.command(&[arguments, &["--json"]].concat());
        let output = command.env("DATABASE_URL", &self.url).env(LEDGER.0, LEDGER.1).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(serde_json::from_slice(&output.stdout).unwrap()) } else { Err(said) }
    }

    #[track_caller]
    pub fn done(&self, arguments: &[&str]) -> Value {
        self.run(arguments).unwrap_or_else(|said| panic!("{arguments:?}: {said}"))
    }

    #[track_caller]
    pub fn refused(&self, arguments: &[&str], because: &str) {
        let said = self.run(arguments).unwrap_err();
        assert!(said.contains(because), "{arguments:?} says {said}");
    }

    pub async fn service(&self) -> Service {
        let keys = ["sesame.db.key", "sesame.key"].map(|name| self.instance.path(name));
        let keys = MasterKeys::from_file(keys.iter().find(|file| file.exists()).unwrap()).unwrap();
        let options = Options { url: self.url.clone(), connections: 4, create: false };
        Service::start(&options, keys, Arc::new(SystemClock)).await.unwrap()
    }
}

pub async fn person(service: &Service, account: &str, name: &str) -> ContactId {
    let account = account.parse().unwrap();
    let input = ContactInput { last_name: Some(name.into()), ..ContactInput::default() };
    let command = Command::AddContact(account, ContactKind::Person, input);
    service.app.execute(&Caller::operator(Some(account)), Request::from(command)).await.unwrap().contact.unwrap()
}

pub async fn name_of(service: &Service, id: ContactId) -> (bool, Option<String>) {
    let states = service.app.reader().states(vec![id.0]).await.unwrap();
    let state = states[&id.0].state.contact().unwrap();
    (state.erased.is_some(), state.details.last_name.clone())
}

/// Puts a database away while it is written, and erases somebody afterwards. Who stays, and who is gone.
async fn put_away(drill: &Drill) -> (ContactId, ContactId) {
    let account =
        drill.done(&["account", "open", "--company", "Atelier du Large"])["accountId"].as_str().unwrap().to_owned();
    let running = Arc::new(drill.service().await);
    let (stays, gone) = (person(&running, &account, "Demeure").await, person(&running, &account, "Disparu").await);
    let (ended, writer) = (Arc::new(AtomicBool::new(false)), running.clone());
    let (until, whose) = (ended.clone(), account.clone());
    let writing = tokio::spawn(async move {
        let mut written = 0_u64;
        while !until.load(Ordering::Relaxed) {
            person(&writer, &whose, &format!("Écrit {written}")).await;
            written += 1;
        }
        written
    });
    let made = tokio::task::block_in_place(|| drill.done(&["backup", "monday"]));
    let after = running.app.reader().head().await.unwrap().position;
    ended.store(true, Ordering::Relaxed);
    assert!(writing.await.unwrap() > 1, "nothing was written meanwhile");
    let position = made["position"].as_u64().unwrap();
    assert!((3..after).contains(&position), "{position} of {after}");
    let manifest: Value =
        serde_json::from_slice(&fs::read(drill.instance.path("monday/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest, made);
    // Whoever is gone by now is in the backup, and nobody but its owner reads that; the keys are not in it.
    assert_eq!(fs::metadata(drill.instance.path("monday")).unwrap().permissions().mode() & 0o077, 0);
    assert_eq!(fs::read_dir(drill.instance.path("monday")).unwrap().count(), 2);
    drill.refused(&["backup", "monday"], "overwrites nothing");

    let caller = Caller::operator(Some(account.parse().unwrap()));
    running.app.execute(&caller, Command::EraseContact(gone, true).into()).await.unwrap();
    let now = SystemClock.now().timestamp_micros();
    erasure::ledger::note(running.db(), &drill.instance.path(LEDGER.1), running.vault().signer(), now).await.unwrap();
    running.stop().await;
    (stays, gone)
}

/// Tries the backup: it is good, and the database that it is of knows so from then on.
async fn tried(drill: &Drill) {
    let known = async || {
        let running = drill.service().await;
        let known = sesame::backup::last(running.db()).await.unwrap();
        running.stop().await;
        known
    };
    assert_eq!(known().await, None, "one that was not tried is a hope");
    let tried = drill.done(&["restore", "monday", "--verify"]);
    assert_eq!(tried["events"], tried["manifest"]["position"]);
    assert_eq!(tried["noted"], json!(true));
    assert_eq!(known().await, Some(moment(&tried["manifest"])));
}

/// When a backup was made, in microseconds since 1970.
fn moment(manifest: &Value) -> i64 {
    manifest["takenAt"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap().timestamp_micros()
}

/// What holds once a backup stands in the place of what was lost.
async fn brought_back(drill: &Drill, (stays, gone): (ContactId, ContactId)) {
    let back = drill.done(&["restore", "monday"]);
    assert_eq!((&back["inLedger"], &back["erasedAgain"]), (&json!(1), &json!(1)));
    assert_eq!(back["events"], back["manifest"]["position"]);
    let verified = drill.done(&["audit", "verify"]);
    assert_eq!(
        (&verified["whole"], verified["events"].as_u64()),
        (&json!(true), back["events"].as_u64().map(|n| n + 1))
    );
    let running = drill.service().await;
    assert_eq!(name_of(&running, stays).await, (false, Some("Demeure".into())));
    assert_eq!(name_of(&running, gone).await, (true, None), "whoever was erased stays so");
    assert_eq!(sesame::backup::last(running.db()).await.unwrap(), Some(moment(&back["manifest"])));
    person(&running, drill.done(&["account", "open", "--company", "Après"])["accountId"].as_str().unwrap(), "Après")
        .await;
    running.stop().await;
    let doctor = drill.done(&["doctor"]);
    assert_eq!(doctor["good"], json!(true), "{doctor}");

    // The ledger is lost, too: that is seen, and it is written anew from what the database knows.
    fs::remove_file(drill.instance.path(LEDGER.1)).unwrap();
    drill.refused(&["doctor"], "1 finding(s)");
    assert_eq!(drill.done(&["erasure", "replay"])["notedAnew"], 1);
    let ledger = fs::read_to_string(drill.instance.path(LEDGER.1)).unwrap();
    assert!(ledger.contains(&gone.0.to_string()) && ledger.lines().count() == 1, "{ledger}");
    assert_eq!(drill.done(&["doctor"])["good"], json!(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_a_backup_of_sqlite_made_while_it_was_written_is_brought_back_and_whoever_was_erased_stays_so() {
    let instance = Instance::new();
    let file = instance.path("sesame.db");
    let drill = Drill { url: format!("sqlite://{}", file.display()), instance };
    let people = put_away(&drill).await;
    tried(&drill).await;
    drill.refused(&["restore", "monday"], "a backup is brought back where no database is");

    // The machine is lost, but for the ledger and the keys.
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", file.display()));
    }
    let (key, away) = (drill.instance.path("sesame.db.key"), drill.instance.path("away"));
    fs::rename(&key, &away).unwrap();
    drill.refused(&["restore", "monday"], "a backup has no keys in it");
    assert!(!file.exists() && !key.exists(), "no other key is made");
    fs::rename(&away, &key).unwrap();
    brought_back(&drill, people).await;

    // Another instance's keys do not open it, which is tried without a trace; and who restores with them is told not to begin.
    let other = Instance::new();
    other.account();
    let there = drill.instance.path("monday").display().to_string();
    other.fails(&["restore", &there, "--verify"], 1, "key");
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(other.path(&format!("sesame.db{suffix}")));
    }
    other.fails(&["restore", &there], 1, "another MASTER_KEY");
    assert!(!other.path("sesame.db").exists(), "nothing is put in place that could not be read");
    // A backup of before the manifest told its keys from others.
    let manifest = drill.instance.path("monday/manifest.json");
    let mut older: Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    assert!(older.as_object_mut().unwrap().remove("keyCheck").is_some());
    fs::write(&manifest, older.to_string()).unwrap();
    other.fails(&["restore", &there], 1, "the service must not be started yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_a_backup_that_was_damaged_or_exchanged_is_refused() {
    let instance = Instance::new();
    let drill = Drill { url: format!("sqlite://{}", instance.path("sesame.db").display()), instance };
    drill.instance.account();
    drill.done(&["backup", "monday"]);
    let (data, manifest) = (drill.instance.path("monday/data.db"), drill.instance.path("monday/manifest.json"));
    let whole = fs::read(&data).unwrap();
    // One bit.
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(&data, &changed).unwrap();
    drill.refused(&["restore", "monday", "--verify"], "is not what was put away");
    fs::write(&data, &whole[..whole.len() / 2]).unwrap();
    drill.refused(&["restore", "monday", "--verify"], "is not what was put away");
    fs::write(&data, &whole).unwrap();
    drill.done(&["restore", "monday", "--verify"]);
    // A manifest of a later moment beside the data of an earlier one, its sum made to fit.
    let earlier: Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    drill.instance.account();
    let mut later = drill.done(&["backup", "tuesday"]);
    for name in ["bytes", "sha256"] {
        later[name] = earlier[name].clone();
    }
    fs::write(&manifest, later.to_string()).unwrap();
    drill.refused(&["restore", "monday", "--verify"], "ends elsewhere than its manifest says");
    // What is no backup, and what would lead out of its folder.
    later["file"] = json!("../sesame.db");
    fs::write(&manifest, later.to_string()).unwrap();
    drill.refused(&["restore", "monday", "--verify"], "that no backup has");
    drill.refused(&["restore", "nowhere", "--verify"], "manifest.json");
    // Nothing unfinished is left lying about.
    let left =
        fs::read_dir(drill.instance.path(".")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.filter(|name| name.starts_with(".sesame-")).count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_a_backup_of_postgresql_made_while_it_was_written_is_brought_back_and_whoever_was_erased_stays_so() {
    let Ok(base) = std::env::var("TEST_POSTGRES_URL") else {
        println!("skipped: TEST_POSTGRES_URL is not set; tests/run sets it");
        return;
    };
    let mut admin = PgConnection::connect(&base).await.unwrap();
    let database = format!("backup_{}", std::process::id());
    let (server, _) = base.rsplit_once('/').unwrap();
    let again = async |admin: &mut PgConnection, made: bool| {
        let drop = AssertSqlSafe(format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"));
        sqlx::raw_sql(drop).execute(&mut *admin).await.unwrap();
        if made {
            sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {database}"))).execute(&mut *admin).await.unwrap();
        }
    };
    again(&mut admin, true).await;
    let drill = Drill { instance: Instance::new(), url: format!("{server}/{database}") };
    let people = put_away(&drill).await;
    tried(&drill).await;
    drill.refused(&["restore", "monday"], "is not empty");
    again(&mut admin, true).await;
    brought_back(&drill, people).await;
    again(&mut admin, false).await;
    // Nothing that was only tried is left on the server.
    let left = "SELECT COUNT(*) FROM pg_database WHERE datname LIKE 'sesame_verify_%'";
    let (left,): (i64,) = sqlx::query_as(left).fetch_one(&mut admin).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_a_role_that_may_make_no_database_is_told_what_trying_a_backup_needs() {
    let (Ok(base), Ok(above)) = (std::env::var("TEST_POSTGRES_URL"), std::env::var("TEST_POSTGRES_ADMIN_URL")) else {
        println!("skipped: TEST_POSTGRES_URL or TEST_POSTGRES_ADMIN_URL is not set; tests/run sets them");
        return;
    };
    let name = format!("plain_{}", std::process::id());
    let mut above = PgConnection::connect(&above).await.unwrap();
    for sql in [format!("CREATE ROLE {name} LOGIN"), format!("CREATE DATABASE {name} OWNER {name}")] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut above).await.unwrap();
    }
    let host = base.split_once('@').unwrap().1.rsplit_once('/').unwrap().0;
    let drill = Drill { instance: Instance::new(), url: format!("postgres://{name}@{host}/{name}") };
    drill.done(&["account", "open", "--company", "Atelier du Large"]);
    drill.done(&["backup", "monday"]);
    drill.refused(&["restore", "monday", "--verify"], "CREATEDB");
    for sql in [format!("DROP DATABASE {name} WITH (FORCE)"), format!("DROP ROLE {name}")] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut above).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_a_password_is_on_no_command_line() {
    let Ok(base) = std::env::var("TEST_POSTGRES_URL") else {
        println!("skipped: TEST_POSTGRES_URL is not set; tests/run sets it");
        return;
    };
    let instance = Instance::new();
    let (scheme, rest) = base.split_once("://").unwrap();
    let (user, host) = rest.split_once('@').unwrap();
    let url = format!("{scheme}://{}:gar%64e@{host}", user.split(':').next().unwrap());
    // A schema is there once the program has looked at it.
    let mut migrate = instance.command(&["migrate"]);
    let name = format!("password_{}", std::process::id());
    let mut admin = PgConnection::connect(&base).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
    let url = format!("{}/{name}", url.rsplit_once('/').unwrap().0);
    assert!(migrate.env("DATABASE_URL", &url).status().unwrap().success());
    fs::create_dir(instance.path("bin")).unwrap();
    let script = "#!/bin/sh\necho \"$@\" > arguments\necho \"$PGPASSWORD\" > password\nexit 3\n";
    fs::write(instance.path("bin/pg_dump"), script).unwrap();
    fs::set_permissions(instance.path("bin/pg_dump"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut backup = instance.command(&["backup", "monday"]);
    let output = backup.env("DATABASE_URL", &url).env("PG_BIN", instance.path("bin")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("pg_dump did not succeed") && !said.contains("garde"), "{said}");
    let arguments = fs::read_to_string(instance.path("arguments")).unwrap();
    assert!(arguments.contains("--dbname=") && !arguments.contains("gar"), "{arguments}");
    assert_eq!(fs::read_to_string(instance.path("password")).unwrap().trim(), "garde");
    assert!(!instance.path("monday").exists(), "half a backup is none");
    sqlx::raw_sql(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut admin).await.unwrap();
}
