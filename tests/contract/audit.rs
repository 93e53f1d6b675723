//! Whatever is done to the log behind the service's back is found, and an untouched log is never suspected.

use crate::{
    databases::{Database, Engine},
    story::{World, clock, done, steps},
};
use domain::{contact::ContactPatch, values::ContactKind};
use projections::{Arg, Ask};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sesame::{
    app::Command,
    db::{Db, Tx},
    log::{
        StoredEvent, chain,
        checkpoint::{self, Checkpoint},
        sql::{EVENT, EventRow, READ_ALL, decode_row, encode_row},
        verify::{Damage, Report, verify, verify_in},
    },
};
use std::time::{Duration, Instant};

/// A log of some hundred events of every kind, closed.
async fn written(engine: Engine) -> (Database, Db) {
    let (database, clock) = (Database::fresh(engine).await, clock());
    let service = database.service_at(clock.clone()).await;
    let mut world = World::open(&service).await;
    let steps = steps(150..151).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    world.play(&service, &clock, &steps).await;
    service.stop().await;
    let db = database.open().await;
    (database, db)
}

async fn events(db: &Db) -> Vec<StoredEvent> {
    let rows: Vec<EventRow> = db.fetch(Ask::new(format!("{READ_ALL} ORDER BY position"), [])).await.unwrap();
    rows.into_iter().map(|row| decode_row(row).unwrap()).collect()
}

/// Whoever tampers has the rights to switch the guards off.
pub async fn unguarded(db: &Db, engine: Engine) -> Tx {
    let mut tx = db.begin().await.unwrap();
    let off = match engine {
        engine if engine.on_sqlite() => "DROP TRIGGER event_no_update; DROP TRIGGER event_no_delete",
        _ => "ALTER TABLE event DISABLE TRIGGER USER",
    };
    tx.run_script(off.into()).await.unwrap();
    tx
}

async fn found(tx: &mut Tx, checkpoints: &[Checkpoint]) -> Report {
    verify_in(tx, checkpoints, |_, _| {}).await.unwrap()
}

/// One byte of one value is another; null where there was a value, or a value where there was none, at times.
fn altered(rng: &mut ChaCha8Rng, arg: &Arg) -> Arg {
    let bit = 1u8 << rng.random_range(0..7);
    let mut flip = |bytes: &mut Vec<u8>| {
        if bytes.is_empty() {
            bytes.push(bit);
        } else {
            let place = rng.random_range(0..bytes.len());
            bytes[place] ^= bit;
        }
    };
    match arg {
        Arg::Uuid(Some(id)) => {
            let mut bytes = id.as_bytes().to_vec();
            flip(&mut bytes);
            Arg::Uuid(Some(uuid::Uuid::from_slice(&bytes).unwrap()))
        }
        Arg::Text(Some(text)) => {
            let mut bytes = text.as_bytes().to_vec();
            let place = rng.random_range(0..bytes.len());
            bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
            Arg::Text(Some(String::from_utf8(bytes).unwrap()))
        }
        Arg::Int(Some(number)) => Arg::Int(Some(number ^ (1i64 << rng.random_range(0..40)))),
        Arg::Bytes(Some(bytes)) => {
            let mut bytes = bytes.clone();
            flip(&mut bytes);
            Arg::Bytes(Some(bytes))
        }
        Arg::Uuid(None) => Arg::Uuid(Some(uuid::Uuid::from_u128(rng.random()))),
        Arg::Bytes(None) => Arg::Bytes(Some(vec![bit])),
        other => panic!("no column holds {other:?}"),
    }
}

async fn set(tx: &mut Tx, column: &str, value: Arg, position: u64) -> bool {
    let sql = format!("UPDATE event SET {column} = $1 WHERE position = $2");
    // A unique index may stand in the way: then it was found at once.
    tx.execute(Ask::new(sql, [value, (position as i64).into()])).await.is_ok()
}

async fn one_byte_anywhere(db: &Db, engine: Engine, events: &[StoredEvent], rounds: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (mut round, mut columns) = (0, std::collections::BTreeSet::new());
    while round < rounds {
        let event = &events[rng.random_range(0..events.len())];
        let place = rng.random_range(0..EVENT.columns.len());
        let column = &EVENT.columns[place];
        let value = altered(&mut rng, &encode_row(event)[place]);
        let mut tx = unguarded(db, engine).await;
        if set(&mut tx, column.name, value.clone(), event.position).await {
            let report = found(&mut tx, &[]).await;
            assert!(!report.is_whole(), "{} of {} became {value:?}", column.name, event.position);
            if !matches!(column.name, "position" | "stream" | "version" | "at" | "category" | "actor_kind" | "origin") {
                let changed = Damage::Changed { position: event.position };
                // The last event's hash is also the head's.
                let expected = if column.name == "hash" && event.position == events.len() as u64 { 2 } else { 1 };
                assert!(
                    report.damages.contains(&changed),
                    "{} of {}: {:?}",
                    column.name,
                    event.position,
                    report.damages
                );
                assert_eq!(report.damage_count, expected, "{:?}", report.damages);
            }
            columns.insert(column.name);
            round += 1;
        }
        tx.rollback().await.unwrap();
    }
    assert_eq!(columns.len(), EVENT.columns.len());
}

async fn any_removal(db: &Db, engine: Engine, events: &[StoredEvent], rounds: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let end = events.len() as u64;
    for _ in 0..rounds {
        let first = rng.random_range(1..=end);
        let last = (first + rng.random_range(0..3)).min(end);
        let mut tx = unguarded(db, engine).await;
        let args = [(first as i64).into(), (last as i64).into()];
        tx.execute(Ask::new("DELETE FROM event WHERE position BETWEEN $1 AND $2", args)).await.unwrap();
        let report = found(&mut tx, &[]).await;
        let expected = if last == end {
            Damage::Truncated { last: first - 1, recorded: end }
        } else {
            Damage::Removed { first, last }
        };
        assert_eq!(report.damages[0], expected);
        tx.rollback().await.unwrap();
    }
}

async fn any_swap(db: &Db, engine: Engine, events: &[StoredEvent], rounds: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..rounds {
        let (a, b) = (rng.random_range(1..=events.len() as i64), rng.random_range(1..=events.len() as i64));
        if a == b {
            continue;
        }
        let mut tx = unguarded(db, engine).await;
        for (from, to) in [(a, -1), (b, a), (-1, b)] {
            let swap = Ask::new("UPDATE event SET position = $1 WHERE position = $2", [to.into(), from.into()]);
            tx.execute(swap).await.unwrap();
        }
        let report = found(&mut tx, &[]).await;
        let swapped = Damage::Swapped { first: a.min(b) as u64, second: a.max(b) as u64 };
        assert!(report.damages.contains(&swapped), "{a} and {b}: {:?}", report.damages);
        assert!(
            !report.damages.iter().any(|d| matches!(d, Damage::Changed { .. })),
            "{a} and {b}: {:?}",
            report.damages
        );
        tx.rollback().await.unwrap();
    }
}

async fn any_cut_with_a_head_to_match(db: &Db, engine: Engine, events: &[StoredEvent], rounds: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let end = events.len();
    let log_id = db.fetch(Ask::<(uuid::Uuid,)>::new("SELECT log_id FROM log_head", [])).await.unwrap()[0].0;
    let noted = |e: &StoredEvent| Checkpoint { log_id, position: e.position, hash: e.hash };
    let checkpoints = [noted(&events[end / 2]), noted(&events[end - 1])];
    for _ in 0..rounds {
        let keep = rng.random_range(1..end);
        let mut tx = unguarded(db, engine).await;
        tx.execute(Ask::new("DELETE FROM event WHERE position > $1", [(keep as i64).into()])).await.unwrap();
        move_head(&mut tx, &events[keep - 1]).await;
        // The database alone cannot know.
        assert!(found(&mut tx, &[]).await.is_whole());
        let report = found(&mut tx, &checkpoints).await;
        assert_eq!(report.damages[..], [Damage::Truncated { last: keep as u64, recorded: end as u64 }]);
        tx.rollback().await.unwrap();
    }
}

async fn move_head(tx: &mut Tx, last: &StoredEvent) {
    let sql = "UPDATE log_head SET position = $1, hash = $2, at = $3";
    tx.execute(Ask::new(sql, [(last.position as i64).into(), last.hash.to_vec().into(), last.at.into()]))
        .await
        .unwrap();
}

/// One event is altered and the rest of the chain, and the head, are made to fit.
async fn any_forgery(db: &Db, engine: Engine, events: &[StoredEvent], rounds: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let end = events.len();
    let log_id = db.fetch(Ask::<(uuid::Uuid,)>::new("SELECT log_id FROM log_head", [])).await.unwrap()[0].0;
    let checkpoint = Checkpoint { log_id, position: end as u64, hash: events[end - 1].hash };
    for _ in 0..rounds {
        let from = rng.random_range(0..end);
        let mut forged = events[from..].to_vec();
        forged[0].meta.actor.id = uuid::Uuid::from_u128(rng.random());
        let mut previous = if from == 0 { [0; 32] } else { events[from - 1].hash };
        let mut tx = unguarded(db, engine).await;
        for event in &mut forged {
            event.hash = chain::hash(&previous, event);
            previous = event.hash;
            assert!(set(&mut tx, "hash", event.hash.to_vec().into(), event.position).await);
        }
        assert!(set(&mut tx, "actor", forged[0].meta.actor.id.into(), forged[0].position).await);
        move_head(&mut tx, &forged[forged.len() - 1]).await;
        assert!(found(&mut tx, &[]).await.is_whole());
        let report = found(&mut tx, &[checkpoint]).await;
        assert_eq!(report.damages[..], [Damage::Rewritten { position: end as u64 }]);
        tx.rollback().await.unwrap();
    }
}

async fn a_head_that_is_not_the_log_s(db: &Db, engine: Engine, events: &[StoredEvent]) {
    let end = events.len() as u64;
    for (statement, expected) in [
        ("UPDATE log_head SET position = position + 1", Damage::Truncated { last: end, recorded: end + 1 }),
        ("UPDATE log_head SET position = position - 1", Damage::Head),
        ("UPDATE log_head SET at = at + 1", Damage::Head),
        ("UPDATE log_head SET hash = (SELECT hash FROM event WHERE position = 1)", Damage::Head),
        ("DELETE FROM log_head", Damage::Head),
    ] {
        let mut tx = unguarded(db, engine).await;
        tx.run_script(statement.into()).await.unwrap();
        assert_eq!(found(&mut tx, &[]).await.damages[..], [expected], "{statement}");
        tx.rollback().await.unwrap();
    }
    let other = Checkpoint { log_id: uuid::Uuid::from_u128(1), position: 1, hash: [0; 32] };
    assert_eq!(verify(db, &[other], |_, _| {}).await.unwrap().damages, [Damage::OtherLog]);
    // A database that was put in the place of another notes its own from then on.
    let log_id = db.fetch(Ask::<(uuid::Uuid,)>::new("SELECT log_id FROM log_head", [])).await.unwrap()[0].0;
    let own = Checkpoint { log_id, position: 1, hash: events[0].hash };
    assert_eq!(verify(db, &[other, own], |_, _| {}).await.unwrap().damages, [Damage::OtherLog]);
}

async fn a_thousand_damages_are_all_found(engine: Engine) {
    let (_database, db) = written(engine).await;
    let events = events(&db).await;
    assert!(events.len() > 60, "{}", events.len());
    one_byte_anywhere(&db, engine, &events, 500).await;
    any_removal(&db, engine, &events, 160).await;
    any_swap(&db, engine, &events, 170).await;
    any_cut_with_a_head_to_match(&db, engine, &events, 150).await;
    any_forgery(&db, engine, &events, 20).await;
    a_head_that_is_not_the_log_s(&db, engine, &events).await;
    let report = verify(&db, &[], |_, _| {}).await.unwrap();
    assert!(report.is_whole());
    assert_eq!(report.events, events.len() as u64);
}

async fn a_log_that_is_being_written_is_whole(engine: Engine) {
    let database = Database::fresh(engine).await;
    let service = database.service().await;
    let world = World::open(&service).await;
    let signer = service.vault().signer();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoints");
    let until = Instant::now() + Duration::from_millis(700);
    let write = async {
        let mut n = 0;
        while Instant::now() < until {
            let input = crate::story::person(&format!("Dupont {n}"), None);
            let contact = done(&service, &world.caller, Command::AddContact(world.account, ContactKind::Person, input))
                .await
                .contact
                .unwrap();
            let patch = ContactPatch { fax: Some(Some("01".into())), ..ContactPatch::default() };
            done(&service, &world.caller, Command::EditContact(contact, patch)).await;
            n += 1;
        }
    };
    let check = async {
        let mut checks = 0;
        while Instant::now() < until {
            let noted = checkpoint::read(&file, &[signer.public()]).unwrap().all;
            let report = verify(service.db(), &noted, |_, _| {}).await.unwrap();
            assert!(report.is_whole(), "{:?}", report.damages);
            assert_eq!(report.checkpoints, noted.len());
            checkpoint::note(&file, &report.head.unwrap(), signer, 0).unwrap();
            checks += 1;
        }
        checks
    };
    let ((), checks) = futures::join!(write, check);
    assert!(checks > 3, "{checks}");
}

on_both_engines!(a_thousand_damages_are_all_found, a_log_that_is_being_written_is_whole);
