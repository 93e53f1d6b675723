//! A process that is killed (SIGKILL) between the streams of one command, whose log is in KurrentDB: the next one goes on with it.
//!
//! The process is this test binary itself, started again. The double lets the append of the first stream through and holds the second for ever; then the process is
//! killed, as no handler of its own can notice.

use super::subject::{Asking, account, key, product, request, todo_id};
use crate::databases::{Database, Elsewhere, Engine, Kurrent, keys};
use domain::testing::id;
use kurrent_double::Double;
use projections::Ask;
use sesame::{
    db::{Db, Options},
    log::{Apart, EventLog, LogApart, elsewhere},
    projector::{create_missing, inline::Inline},
    vault::store::Vault,
};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

const DATABASE: &str = "SESAME_KILLED_DATABASE";
const LOG: &str = "SESAME_KILLED_LOG";

async fn opened(url: &str, log: &str, abandoned_after: Duration) -> (Db, LogApart) {
    let db = Db::open(&Options { url: url.into(), connections: 4, create: true }).await.unwrap();
    db.migrate().await.unwrap();
    create_missing(&db).await.unwrap();
    let vault = Vault::open(db.clone(), keys()).await.unwrap();
    let apart = Apart { streams: elsewhere(log, "sesame", id(0xF00)).unwrap(), abandoned_after };
    let (log, _) = LogApart::open(db.clone(), Arc::new(Inline::default()), vault, apart).await.unwrap();
    (db, log)
}

/// The process that is killed. Without its environment this is no test and does nothing.
#[test]
fn the_process_that_is_killed() {
    let (Ok(url), Ok(log)) = (std::env::var(DATABASE), std::env::var(LOG)) else { return };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let (_, log) = opened(&url, &log, Duration::from_secs(30)).await;
        println!("ready");
        std::io::stdin().lines().next();
        let asked = request(1).create(product(1)).create(product(2)).create(product(3));
        log.append(asked.claim(1, product(1)).todo(7).remember(1, 1, b"done")).await.unwrap();
        println!("done");
    });
}

fn start(url: &str, log: &str) -> (Child, Vec<String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "log::killed::the_process_that_is_killed", "--nocapture"])
        .env(DATABASE, url)
        .env(LOG, log)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    while !said.iter().any(|line: &String| line.ends_with("ready")) {
        said.push(lines.next().unwrap().unwrap());
    }
    // Its output stays open until it dies.
    std::mem::forget(lines);
    (child, said)
}

async fn killed_after(engine: Engine, streams: u32) {
    let double = Arc::new(Double::start().unwrap());
    let mut database = Database::fresh(engine).await;
    database.elsewhere =
        Some(Elsewhere::Kurrent(Kurrent { url: double.url(), prefix: "sesame".into(), _double: Some(double.clone()) }));
    let (url, log) = (database.url.clone(), double.url());
    let written = || double.records().iter().filter(|r| r.stream.starts_with("sesame.")).count();

    let (mut child, _) = start(&url, &log);
    double.faults(|faults| faults.held_after = Some(streams));
    drop(child.stdin.take());
    let since = Instant::now();
    while written() < streams as usize || double.held() == 0 {
        assert!(since.elapsed() < Duration::from_secs(20), "{} streams were written", written());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    double.faults(|faults| faults.held_after = None);
    assert_eq!(written(), streams as usize, "{engine:?}");

    let (db, log) = opened(&url, &log, Duration::ZERO).await;
    let there = if streams == 0 { 0 } else { 3 };
    assert_eq!(written(), there, "what was begun is gone on with, what was not is taken back");
    let copied = log.read_all(0, 10).await.unwrap();
    assert_eq!(copied.iter().map(|e| e.stream).collect::<Vec<_>>(), [1, 2, 3].map(product)[..there]);
    assert_eq!(log.holder(key(1)).await.unwrap(), (there > 0).then(|| product(1).id));
    let remembered = log.remembered(account(), key(1)).await.unwrap().map(|answer| answer.result);
    assert_eq!(remembered, (there > 0).then(|| b"done".to_vec()));
    let todos = db.fetch(Ask::<(uuid::Uuid,)>::new("SELECT id FROM outbox", [])).await.unwrap();
    assert_eq!(todos, if there > 0 { vec![(todo_id(7),)] } else { Vec::new() });
    // Asked again, it is done once.
    let asked = request(2).create(product(1)).create(product(2)).create(product(3));
    log.append(asked.claim(1, product(1)).todo(7).remember(1, 1, b"done")).await.unwrap();
    assert_eq!(written(), 3);
    assert_eq!(log.first_difference().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn b15_a_command_killed_between_its_streams_is_gone_on_with() {
    for streams in [0, 1, 2] {
        killed_after(Engine::Kurrent, streams).await;
        killed_after(Engine::KurrentPostgres, streams).await;
    }
}
