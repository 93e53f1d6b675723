//! The process is killed at any instant (SIGKILL), fifty times, under load: what it acknowledged is there.
//!
//! The process is this test binary itself, started again with the database in its environment; it tells on its standard output what it
//! attempts and what was acknowledged, a line each, so that the pipe holds all of it when it dies.

use crate::{
    databases::{Database, Engine, keys},
    marks::{account, add, assert_sound, compare, edit, found, settled},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sesame::{clock::SystemClock, db::Options, service::Service, vault::store::Vault};
use std::{
    collections::BTreeSet,
    io::{Read, Write},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

const URL: &str = "SESAME_TORTURE_URL";
const ROUND: &str = "SESAME_TORTURE_ROUND";
/// Commands under way at once.
const WRITERS: usize = 16;
/// Times the process is killed, an engine; and databases they are spread over, so that young and old logs are hit.
const ROUNDS: usize = 25;
const DATABASES: usize = 5;

fn tell(word: &str, mark: &str) {
    // One write a line: a kill never leaves half of one before a whole one.
    std::io::stdout().lock().write_all(format!("{word} {mark}\n").as_bytes()).unwrap();
}

/// The process that is killed. Without its environment this is no test and does nothing.
#[test]
fn the_process_that_is_killed() {
    let (Ok(url), Ok(round)) = (std::env::var(URL), std::env::var(ROUND)) else { return };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = Options { url, connections: 6, create: true };
        let service = Service::start(&options, keys(), Arc::new(SystemClock)).await.unwrap();
        let account = account(&service.app).await;
        let writers = (0..WRITERS).map(|writer| {
            let (app, round) = (service.app.clone(), round.clone());
            tokio::spawn(async move {
                for n in 0.. {
                    let mark = format!("r{round}w{writer}n{n}");
                    tell("attempt", &mark);
                    let contact = add(&app, account, &mark, n % 2 == 0).await.unwrap();
                    tell("done", &mark);
                    let mark = format!("{mark}e");
                    tell("attempt", &mark);
                    edit(&app, account, contact, &mark).await.unwrap();
                    tell("done", &mark);
                }
            })
        });
        futures::future::join_all(writers).await;
    });
}

/// Starts the process, kills it after `life`, and hands back what it told.
fn live_and_die(url: &str, round: usize, life: Duration) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::the_process_that_is_killed", "--nocapture"])
        .env(URL, url)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).unwrap();
        text
    });
    std::thread::sleep(life);
    assert!(child.try_wait().unwrap().is_none(), "the process ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    let text = reader.join().unwrap();
    let told = |word: &str| {
        let marks = text.lines().filter_map(|line| line.strip_prefix(word)?.strip_prefix(' '));
        marks.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    (told("attempt"), told("done"))
}

async fn kill_again_and_again(engine: Engine, seed: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut attempts, mut acknowledgements) = (0, 0);
    for first in (0..ROUNDS).step_by(ROUNDS / DATABASES) {
        let database = Database::fresh(engine).await;
        let (mut attempted, mut acknowledged) = (BTreeSet::new(), BTreeSet::new());
        for round in first..first + ROUNDS / DATABASES {
            // From within the very start to well into the work.
            let life = Duration::from_millis(if round % 5 == 0 {
                rng.random_range(5..200)
            } else {
                rng.random_range(150..900)
            });
            let url = database.url.clone();
            let told = tokio::task::spawn_blocking(move || live_and_die(&url, round, life)).await.unwrap();
            attempted.extend(told.0);
            acknowledged.extend(told.1);
            let db = database.open().await;
            settled(&db).await;
            let vault = Vault::open(db.clone(), keys()).await.unwrap();
            sesame::projector::create_missing(&db).await.unwrap();
            compare(&found(&db, &vault).await, &attempted, &acknowledged);
            assert_sound(&db, &vault, &format!("killed in round {round} after {life:?}")).await;
            db.close().await;
        }
        attempts += attempted.len();
        acknowledgements += acknowledged.len();
    }
    println!("{engine:?}: killed {ROUNDS} times; {attempts} attempted, {acknowledgements} acknowledged, none lost");
    assert!(acknowledgements > ROUNDS * 10, "too little was under way: {acknowledgements}");
    assert!(attempts > acknowledgements, "it was never killed at work");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_loses_nothing_that_was_acknowledged() {
    kill_again_and_again(Engine::Sqlite, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_loses_nothing_that_was_acknowledged() {
    kill_again_and_again(Engine::Postgres, 2).await;
}
