//! Row A13: the process is killed (SIGKILL) again and again while it applies an import, and while it takes it back. Every row is done exactly once.

use crate::{
    databases::{Database, Engine, keys},
    marks::{account, settled},
};
use domain::{
    ImportId,
    import::ImportState,
    values::{ImportPolicy, ImportStatus},
};
use projections::Ask;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sesame::{
    app::{Caller, Command, ImportCommand, Request},
    clock::SystemClock,
    exchange::{ImportOptions, PlanOptions, plan_contacts},
    log::verify::verify,
    service::Service,
};
use std::{io::Cursor, process, sync::Arc, time::Duration};

const URL: &str = "SESAME_TORTURE_IMPORT_URL";
const ROWS: i64 = 12_000;

/// The process that is killed: a service, whose work goes on by itself. Without its environment this is no test and does nothing.
#[test]
fn the_importing_process_that_is_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = sesame::db::Options { url, connections: 6, create: true };
        let _service = Service::start(&options, keys(), Arc::new(SystemClock)).await.unwrap();
        tokio::time::sleep(Duration::from_secs(600)).await;
    });
}

fn live_and_die(url: &str, life: Duration) {
    let mut child = process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "imports::the_importing_process_that_is_killed", "--nocapture"])
        .env(URL, url)
        .stdout(process::Stdio::null())
        .stderr(process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(life);
    assert!(child.try_wait().unwrap().is_none(), "the process ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
}

async fn state(service: &Service, id: ImportId) -> ImportState {
    let states = service.app.reader().states(vec![id.0]).await.unwrap();
    states[&id.0].state.import().unwrap().clone()
}

async fn count(service: &Service, sql: &'static str) -> i64 {
    service.db().fetch_optional(Ask::<(i64,)>::new(sql, [])).await.unwrap().unwrap().0
}

/// Kills processes until the import is where it should be; how many of them died, and how many of those in the middle of the rows.
async fn kill_until(database: &Database, id: ImportId, status: ImportStatus, rng: &mut ChaCha8Rng) -> (usize, usize) {
    let (mut died, mut amid) = (0, 0);
    loop {
        let (url, life) = (database.url.clone(), Duration::from_millis(rng.random_range(600..1_100)));
        tokio::task::spawn_blocking(move || live_and_die(&url, life)).await.unwrap();
        let db = database.open().await;
        settled(&db).await;
        let rows = db.fetch(projections::stream_state::states(vec![id.0])).await.unwrap();
        let folded = projections::stream_state::decode(rows[0].version, &rows[0].state).unwrap();
        db.close().await;
        let import = folded.state.import().unwrap();
        if import.status == status {
            return (died, amid);
        }
        died += 1;
        let looked_at = import.undone.map_or(import.looked_at(), |undone| undone.removed + undone.kept);
        amid += usize::from((1..ROWS as u64).contains(&looked_at));
        assert!(died < 200, "it does not get on: {:?}", folded.state);
    }
}

async fn killed_while_importing(engine: Engine, seed: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let database = Database::fresh(engine).await;
    let service = database.service().await;
    let account = account(&service.app).await;
    let caller = Caller::operator(Some(account));
    let mut file = String::from("ID;Nom;E-mail;Adresse\n");
    for n in 0..ROWS {
        file.push_str(&format!("K{n};Nom {n};k{n}@exemple.fr;{n} rue A\n"));
    }
    let options = PlanOptions {
        policy: ImportPolicy::RejectFailedRows,
        label: Some("salon".into()),
        import: ImportOptions::default(),
    };
    let planned = plan_contacts(&service.app, &caller, Cursor::new(file), &options, |_| {}).await.unwrap();
    let say = |command| Request::from(Command::Imports(command));
    service.app.execute(&caller, say(ImportCommand::Apply(planned.import))).await.unwrap();
    service.stop().await;
    drop(service);
    let (died, amid) = kill_until(&database, planned.import, ImportStatus::Applied, &mut rng).await;

    let service = database.service().await;
    let applied = state(&service, planned.import).await;
    assert_eq!((applied.done.counts.created, applied.done.left_out), (ROWS as u64, 0));
    for (sql, expected) in [
        ("SELECT COUNT(*) FROM contacts_1", ROWS),
        ("SELECT COUNT(*) FROM event WHERE type = 'contact.added.v1'", ROWS),
        ("SELECT COUNT(*) FROM event WHERE type = 'contact.labelled.v1'", ROWS),
        ("SELECT COUNT(*) FROM labels_1", ROWS),
        // One event an append and lot of it, none twice.
        ("SELECT COUNT(*) - COUNT(DISTINCT event_id) FROM event", 0),
    ] {
        assert_eq!(count(&service, sql).await, expected, "{sql}");
    }
    service.app.execute(&caller, say(ImportCommand::Undo(planned.import))).await.unwrap();
    service.stop().await;
    drop(service);
    let (died_undoing, amid_undoing) = kill_until(&database, planned.import, ImportStatus::Undone, &mut rng).await;
    let service = database.service().await;
    let undone = state(&service, planned.import).await.undone.unwrap();
    assert_eq!((undone.removed, undone.kept), (ROWS as u64, 0));
    assert_eq!(count(&service, "SELECT COUNT(*) FROM contacts_1").await, 0);
    assert_eq!(count(&service, "SELECT COUNT(*) FROM event WHERE type = 'contact.deleted.v1'").await, ROWS);
    let found = verify(service.db(), &[], |_, _| {}).await.unwrap();
    println!(
        "{engine:?}: killed {died} times applying ({amid} amid the rows), {died_undoing} undoing ({amid_undoing}); {found:?}"
    );
    assert!(amid + amid_undoing >= 2, "it was never killed at work");
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_sqlite_does_every_row_of_an_import_exactly_once() {
    killed_while_importing(Engine::Sqlite, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_postgres_does_every_row_of_an_import_exactly_once() {
    killed_while_importing(Engine::Postgres, 2).await;
}
