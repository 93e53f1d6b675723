//! The process is killed (SIGKILL) between an event and what follows from it, or in the middle of that: what follows happens all the same, and once.
//!
//! The process is this test binary itself, started again with the database in its environment. It gives an order, says so, and goes on with what
//! follows until it dies; whoever starts next does the rest.

use crate::{
    databases::{Database, Engine, keys},
    marks::{account, assert_sound, settled},
};
use domain::{
    AccountId,
    account::SetPolicies,
    contact::ContactInput,
    registration::SignUp,
    values::{ContactKind, RegistrationPolicy},
};
use projections::{Ask, registrations};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sesame::{
    app::{AppCommand, Caller, Command, Request, policies},
    clock::SystemClock,
    db::Options,
    service::Service,
    vault::store::Vault,
};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    process::{Command as Process, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

const URL: &str = "SESAME_TORTURE_FOLLOWS_URL";
/// Times the process is killed, an engine; and how many people each order lets in, in pages of fifty.
const ROUNDS: usize = 12;
const PEOPLE: usize = 130;

/// The process that is killed. Without its environment this is no test and does nothing.
#[test]
fn the_process_that_is_killed() {
    let Ok(url) = std::env::var(URL) else { return };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = Options { url, connections: 6, create: true };
        let service = Service::start(&options, keys(), Arc::new(SystemClock)).await.unwrap();
        let account = account(&service.app).await;
        do_it(&service, account, Command::App(AppCommand::ValidatePending(account))).await;
        std::io::stdout().lock().write_all(b"ordered\n").unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
    });
}

async fn do_it(service: &Service, account: AccountId, command: Command) {
    service.app.execute(&Caller::operator(Some(account)), Request::from(command)).await.unwrap();
}

/// Starts the process, and kills it a moment after it said that the order was given.
fn order_and_die(url: &str, life: Duration) {
    let mut child = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "follows::the_process_that_is_killed", "--nocapture"])
        .env(URL, url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ordered = lines.map_while(Result::ok).any(|line| line.ends_with("ordered"));
    assert!(ordered, "the process ended by itself");
    std::thread::sleep(life);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// People who signed up and wait for validation.
async fn sign_up(service: &Service, account: AccountId, round: usize) {
    for n in 0..PEOPLE {
        let email = format!("r{round}n{n}@exemple.fr");
        let input = ContactInput { last_name: Some("Dupont".into()), email: Some(email.clone()), ..Default::default() };
        do_it(service, account, Command::AddContact(account, ContactKind::Person, input)).await;
        let sign_up = SignUp { email, email_verified: true, device: "Pixel".into(), ..SignUp::default() };
        do_it(service, account, Command::App(AppCommand::Register(account, sign_up))).await;
    }
}

async fn what_follows_happens_once(engine: Engine, seed: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let database = Database::fresh(engine).await;
    let service = database.service().await;
    let account = account(&service.app).await;
    let manual = SetPolicies { registration: Some(RegistrationPolicy::Manual), ..SetPolicies::default() };
    do_it(&service, account, Command::SetPolicies(account, manual)).await;
    service.stop().await;
    let (mut before, mut during) = (0, 0);
    for round in 0..ROUNDS {
        let service = database.service().await;
        sign_up(&service, account, round).await;
        service.stop().await;
        let life = Duration::from_millis(rng.random_range(0..60));
        let url = database.url.clone();
        tokio::task::spawn_blocking(move || order_and_die(&url, life)).await.unwrap();
        let db = database.open().await;
        // The list and the to-do are two questions: nothing may come between them.
        settled(&db).await;
        let waiting = registrations::count(account, "PENDING_VALIDATION", 1_000);
        let (left,) = db.fetch_optional(waiting).await.unwrap().unwrap();
        let todo = policies::waiting(&db).await.unwrap();
        assert_eq!(left > 0, !todo.is_empty(), "who waits is still to be let in, and nobody else");
        before += usize::from(left == PEOPLE as i64);
        during += usize::from((1..PEOPLE as i64).contains(&left));
        // A killed process may have had the to-do in hand: whoever comes waits for its lease. Here nobody waits a minute for that.
        db.execute(Ask::new("UPDATE outbox SET due_at = 0 WHERE template >= 'policy:'", [])).await.unwrap();
        db.close().await;
        let service = database.service().await;
        let began = Instant::now();
        while !policies::waiting(service.db()).await.unwrap().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(30), "what follows does not happen");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut times: BTreeMap<uuid::Uuid, usize> = BTreeMap::new();
        for event in service.app.log().read_all(0, 100_000).await.unwrap() {
            if event.type_name == "app.registration_validated.v1" {
                *times.entry(event.stream.id).or_default() += 1;
            }
        }
        assert_eq!(times.len(), PEOPLE * (round + 1), "everybody was let in");
        assert!(times.values().all(|n| *n == 1), "and nobody twice");
        service.stop().await;
    }
    let db = database.open().await;
    let vault = Vault::open(db.clone(), keys()).await.unwrap();
    assert_sound(&db, &vault, "after what followed").await;
    println!("{engine:?}: killed {ROUNDS} times, {before} before anything followed, {during} in the middle");
    assert!(before + during > 0, "it was never killed in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_what_follows_happens_once() {
    what_follows_happens_once(Engine::Sqlite, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_what_follows_happens_once() {
    what_follows_happens_once(Engine::Postgres, 4).await;
}
