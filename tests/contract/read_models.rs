//! Read models: however they were brought there, their rows are those that the log makes.

use crate::{
    databases::{Database, Engine, keys},
    rows::assert_rows_are_the_log_s,
    story::{World, clock, done, steps},
};
use domain::{contact::ContactPatch, values::ContactKind};
use projections::{ALL, Ask, contacts, stream_state};
use proptest::{prelude::ProptestConfig, test_runner::TestRunner};
use sesame::{
    app::{Command, Request},
    db::Db,
    projector::{Progress, RebuildError, catch_up, rebuild},
    service::Service,
    vault::store::Vault,
};
use std::time::{Duration, Instant};

async fn opened(database: &Database) -> (Db, Vault) {
    let db = database.open().await;
    let vault = Vault::open(db.clone(), keys()).await.unwrap();
    (db, vault)
}

async fn script(db: &Db, text: &str) {
    let mut tx = db.begin().await.unwrap();
    tx.run_script(text.to_owned()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Waits until every read model is level with the log.
async fn ready(service: &Service) {
    let began = Instant::now();
    loop {
        let lag = service.not_ready().await.unwrap();
        let level = "SELECT MIN(position) - (SELECT position FROM log_head) FROM checkpoint";
        let behind = service.db().fetch_optional(Ask::<(Option<i64>,)>::new(level, [])).await.unwrap();
        if lag.is_empty() && behind == Some((Some(0),)) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "still not ready: {lag:?}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

const TABLES: &str = "stream_state_1 contacts_1 contact_words_1 memberships_1 member_accounts_1 accesses_1 products_1 product_words_1 subscriptions_2 attachments_2 subscribers_1 histories_1 erp_links_1 imports_1 labels_1 registrations_1 registration_phones_1 claims_1 deletions_1";

fn each_table(statement: &str) -> String {
    TABLES.split(' ').map(|table| statement.replace("{}", table)).collect()
}

#[test]
fn every_table_is_looked_at_here() {
    let all: Vec<&str> = ALL.iter().flat_map(|m| m.tables).map(|t| t.name).collect();
    assert_eq!(all.join(" "), TABLES);
}

/// Inline in the append, caught up from nothing, caught up over what they missed, rebuilt: the same rows.
fn any_way_makes_the_same_rows(engine: Engine, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 60,
        ..ProptestConfig::default()
    });
    let result = runner.run(&(steps(30..120), steps(10..60)), |(first, second)| {
        runtime.block_on(async {
            let (database, clock) = (Database::fresh(engine).await, clock());
            let service = database.service_at(clock.clone()).await;
            let mut world = World::open(&service).await;
            world.play(&service, &clock, &first).await;
            let (db, vault) = opened(&database).await;
            assert_rows_are_the_log_s(&db, &vault, "inline").await;

            // What has no table fails, and is left behind; the log goes on.
            let hidden = each_table("ALTER TABLE {} RENAME TO {}_hidden;");
            script(&db, &hidden).await;
            world.play(&service, &clock, &second).await;
            service.stop().await;
            script(&db, &each_table("ALTER TABLE {}_hidden RENAME TO {};")).await;
            for model in ALL {
                assert!(catch_up(&db, &vault, model).await.unwrap());
            }
            assert_rows_are_the_log_s(&db, &vault, "caught up over what they missed").await;

            script(&db, &(each_table("DELETE FROM {};") + "UPDATE checkpoint SET position = 0;")).await;
            for model in ALL {
                assert!(catch_up(&db, &vault, model).await.unwrap());
            }
            assert_rows_are_the_log_s(&db, &vault, "caught up from nothing").await;

            rebuild(&db, &vault, ALL, |_| {}).await.unwrap();
            assert_rows_are_the_log_s(&db, &vault, "rebuilt").await;
        });
        Ok(())
    });
    if let Err(e) = result {
        panic!("{e}");
    }
}

#[test]
fn sqlite_any_way_makes_the_same_rows() {
    any_way_makes_the_same_rows(Engine::Sqlite, 6);
}

#[test]
fn memory_any_way_makes_the_same_rows() {
    any_way_makes_the_same_rows(Engine::Memory, 4);
}

#[test]
fn postgres_any_way_makes_the_same_rows() {
    any_way_makes_the_same_rows(Engine::Postgres, 3);
}

async fn a_long_way_is_caught_up_in_steps(engine: Engine) {
    let database = Database::fresh(engine).await;
    let service = database.service().await;
    let mut world = World::open(&service).await;
    let contact = world.add(&service, "Dupont", None).await;
    for n in 0..1_300 {
        let patch = ContactPatch { last_name: Some(Some(format!("Dupont {n}"))), ..ContactPatch::default() };
        done(&service, &world.caller, Command::EditContact(contact, patch)).await;
    }
    service.stop().await;
    let (db, vault) = opened(&database).await;
    script(&db, "DELETE FROM contacts_1; DELETE FROM contact_words_1; UPDATE checkpoint SET position = 0 WHERE name = 'contacts'").await;
    assert!(catch_up(&db, &vault, &contacts::READ_MODEL).await.unwrap());
    assert_rows_are_the_log_s(&db, &vault, "after 1,300 events").await;
}

async fn a_damaged_read_model_is_left_behind_alone_and_repaired(engine: Engine) {
    let database = Database::fresh(engine).await;
    let service = database.service().await;
    let mut world = World::open(&service).await;
    world.add(&service, "Dupont", Some("anne@exemple.fr")).await;
    assert_eq!(service.not_ready().await.unwrap(), []);

    script(service.db(), "ALTER TABLE contact_words_1 RENAME TO gone").await;
    let second = world.add(&service, "Martin", Some("jean@exemple.fr")).await;
    let left: Vec<String> = service.not_ready().await.unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, ["contacts"]);
    // The others are current, and so is what commands are decided on.
    let states = service.db().fetch(stream_state::states(vec![second.0])).await.unwrap();
    assert_eq!(states.len(), 1);

    script(service.db(), "ALTER TABLE gone RENAME TO contact_words_1").await;
    ready(&service).await;
    world.add(&service, "Durand", Some("zoe@exemple.fr")).await;
    assert_rows_are_the_log_s(service.db(), service.vault(), "repaired by catching up").await;

    // Where a table is lost for good, a rebuild makes it anew.
    script(service.db(), "DROP TABLE contacts_1").await;
    world.add(&service, "Petit", None).await;
    assert_eq!(service.not_ready().await.unwrap().len(), 1);
    rebuild(service.db(), service.vault(), &[&contacts::READ_MODEL], |_| {}).await.unwrap();
    ready(&service).await;
    world.add(&service, "Moreau", None).await;
    assert_rows_are_the_log_s(service.db(), service.vault(), "repaired by a rebuild").await;
}

async fn commands_go_on_without_the_states_they_are_decided_on(engine: Engine) {
    let database = Database::fresh(engine).await;
    let service = database.service().await;
    let mut world = World::open(&service).await;
    let contact = world.add(&service, "Dupont", Some("anne@exemple.fr")).await;
    service.stop().await;
    let service = database.service().await;
    script(service.db(), "ALTER TABLE stream_state_1 RENAME TO gone").await;
    let patch = ContactPatch { email: Some(Some("anne.d@exemple.fr".into())), ..ContactPatch::default() };
    assert!(done(&service, &world.caller, Command::EditContact(contact, patch)).await.changed);
    script(service.db(), "ALTER TABLE gone RENAME TO stream_state_1").await;
    ready(&service).await;
    assert_rows_are_the_log_s(service.db(), service.vault(), "states caught up").await;
}

async fn a_second_process_appends_too_and_memories_are_freshened(engine: Engine) {
    let database = Database::fresh(engine).await;
    let (one, two) = (database.service().await, database.service().await);
    let mut world = World::open(&one).await;
    let contact = world.add(&one, "Dupont", Some("anne@exemple.fr")).await;
    let named = |name: &str| {
        let patch = ContactPatch { last_name: Some(Some(name.into())), ..ContactPatch::default() };
        Command::EditContact(contact, patch)
    };
    // Each remembers the contact as it left it; none is decided on what the other made old.
    for n in 0..10u64 {
        let service = if n % 2 == 0 { &two } else { &one };
        let request = Request { expected_version: Some(n + 1), ..Request::from(named(&format!("Dupont {n}"))) };
        assert!(service.app.execute(&world.caller, request).await.unwrap().changed);
    }
    // "Already so" is confirmed too: the one that remembers this name is not the last who wrote.
    done(&one, &world.caller, named("Martin")).await;
    done(&two, &world.caller, named("Durand")).await;
    assert!(done(&one, &world.caller, named("Martin")).await.changed);
    // What one erased, the other forgets.
    done(&one, &world.caller, Command::EraseContact(contact, true)).await;
    assert!(two.app.execute(&world.caller, Request::from(named("Petit"))).await.is_err());
    assert_rows_are_the_log_s(one.db(), one.vault(), "written by two").await;
}

async fn many_commands_of_two_processes_race_and_none_is_lost(engine: Engine) {
    let database = Database::fresh(engine).await;
    let (one, two) = (database.service().await, database.service().await);
    let mut world = World::open(&one).await;
    let contact = world.add(&one, "Dupont", None).await;
    let edits = (0..40).map(|n| {
        let service = if n % 2 == 0 { &one } else { &two };
        let mut patch = ContactPatch::default();
        if n % 4 < 2 {
            patch.phone = Some(Some(format!("{n}")))
        } else {
            patch.fax = Some(Some(format!("{n}")))
        }
        service.app.execute(&world.caller, Request::from(Command::EditContact(contact, patch)))
    });
    let answers = futures::future::join_all(edits).await;
    let changed = answers.iter().filter(|a| a.as_ref().is_ok_and(|d| d.changed)).count() as u64;
    for answer in &answers {
        assert!(matches!(answer, Ok(_) | Err(sesame::app::NotDone::Failure(sesame::app::Failure::Busy))), "{answer:?}");
    }
    let folds = crate::rows::folds(one.db(), one.vault()).await;
    assert_eq!(folds[&contact.into()].version, 1 + changed);
    assert_rows_are_the_log_s(one.db(), one.vault(), "raced for").await;
}

async fn a_new_version_of_a_table_is_built_by_itself(engine: Engine) {
    let database = Database::fresh(engine).await;
    let service = database.service().await;
    let mut world = World::open(&service).await;
    for n in 0..30 {
        world.add(&service, &format!("Dupont {n}"), None).await;
    }
    service.stop().await;
    let (db, vault) = opened(&database).await;
    // To a binary with a new version, its tables are simply not there yet.
    script(&db, "DROP TABLE contacts_1; DROP TABLE contact_words_1; DROP TABLE stream_state_1").await;
    script(&db, "DELETE FROM checkpoint WHERE name IN ('contacts', 'stream_state')").await;
    // An older binary's go on beside it, and what a build left that was killed is in nobody's way.
    script(&db, "INSERT INTO checkpoint (name, version, position) VALUES ('contacts', 0, 31)").await;
    script(&db, "CREATE TABLE contacts_1_new (x BIGINT)").await;
    // Two nodes start at once: one builds, the other waits for it.
    let (service, second) = (database.service().await, database.service().await);
    world.add(&service, "Martin", None).await;
    let began = Instant::now();
    while !service.not_ready().await.unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    world.add(&second, "Durand", None).await;
    service.stop().await;
    second.stop().await;
    assert_rows_are_the_log_s(&db, &vault, "built by itself").await;
}

async fn new_tables_over_an_empty_log_are_there_at_once(engine: Engine) {
    let database = Database::fresh(engine).await;
    let service = database.service().await;
    assert_eq!(service.not_ready().await.unwrap(), []);
    service.stop().await;
    let (db, vault) = opened(&database).await;
    script(&db, &(each_table("DROP TABLE {};") + "DELETE FROM checkpoint")).await;
    let service = database.service().await;
    assert_eq!(service.not_ready().await.unwrap(), []);
    rebuild(&db, &vault, ALL, |_| {}).await.unwrap();
    rebuild(&db, &vault, ALL, |_| {}).await.unwrap();
    let mut world = World::open(&service).await;
    world.add(&service, "Dupont", None).await;
    assert_rows_are_the_log_s(service.db(), service.vault(), "from an empty log").await;
}

async fn b12_a_rebuild_under_live_writes_makes_the_incremental_rows(engine: Engine) {
    let database = Database::fresh(engine).await;
    let service = database.service().await;
    let mut world = World::open(&service).await;
    let adds = (0..600).map(|n| {
        let input = crate::story::person(&format!("Dupont {n}"), Some(&format!("someone{n}@exemple.fr")));
        done(&service, &world.caller, Command::AddContact(world.account, ContactKind::Person, input))
    });
    world.contacts.extend(futures::future::join_all(adds).await.into_iter().filter_map(|d| d.contact));
    let stop = std::sync::atomic::AtomicBool::new(false);
    let stopped = || stop.load(std::sync::atomic::Ordering::Relaxed);
    let write = async {
        let mut n = 0usize;
        while !stopped() {
            let contact = world.contacts[n % world.contacts.len()];
            let command = match n % 7 {
                0 => Command::EraseContact(contact, true),
                1 => Command::DeleteContact(contact, true),
                _ => {
                    let patch =
                        ContactPatch { last_name: Some(Some(format!("Martin {n}"))), ..ContactPatch::default() };
                    Command::EditContact(contact, patch)
                }
            };
            // Refused where it was erased or deleted before.
            let _ = service.app.execute(&world.caller, Request::from(command)).await;
            n += 1;
        }
        n
    };
    let read = async {
        let mut reads = 0usize;
        while !stopped() {
            // The live tables answer all the while.
            service.db().fetch(contacts::count(world.account, &contacts::Filter::default(), 10_000)).await.unwrap();
            reads += 1;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        reads
    };
    let make = async {
        let mut seen = Vec::new();
        for _ in 0..3 {
            rebuild(service.db(), service.vault(), ALL, |p| seen.push(p)).await.unwrap();
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        seen
    };
    let (writes, reads, seen) = futures::join!(write, read, make);
    assert!(writes > 10 && reads > 5, "{writes} writes and {reads} reads meanwhile");
    assert!(matches!(seen.last(), Some(Progress::Done(events, rows)) if *events >= 600 && *rows > 0));
    ready(&service).await;
    assert_rows_are_the_log_s(service.db(), service.vault(), "rebuilt under live writes").await;
}

async fn b12_two_rebuilds_at_once_do_not_mix(engine: Engine) {
    let database = Database::fresh(engine).await;
    let service = database.service().await;
    let mut world = World::open(&service).await;
    for n in 0..50 {
        world.add(&service, &format!("Dupont {n}"), None).await;
    }
    let (other, vault) = opened(&database).await;
    let (a, b) =
        futures::join!(rebuild(service.db(), service.vault(), ALL, |_| {}), rebuild(&other, &vault, ALL, |_| {}));
    let under_way = |r: &Result<(), RebuildError>| matches!(r, Err(RebuildError::UnderWay));
    assert!(a.is_ok() || b.is_ok());
    assert!(a.is_ok() || under_way(&a), "{a:?}");
    assert!(b.is_ok() || under_way(&b), "{b:?}");
    // Whoever had it has let go.
    rebuild(&other, &vault, ALL, |_| {}).await.unwrap();
    assert_rows_are_the_log_s(service.db(), service.vault(), "rebuilt once").await;
}

on_both_engines!(
    a_long_way_is_caught_up_in_steps,
    a_damaged_read_model_is_left_behind_alone_and_repaired,
    commands_go_on_without_the_states_they_are_decided_on,
    a_second_process_appends_too_and_memories_are_freshened,
    many_commands_of_two_processes_race_and_none_is_lost,
    a_new_version_of_a_table_is_built_by_itself,
    new_tables_over_an_empty_log_are_there_at_once,
    b12_a_rebuild_under_live_writes_makes_the_incremental_rows,
    b12_two_rebuilds_at_once_do_not_mix,
);
