//! Any requests whatever get the same answers, and make the same events to the byte, on every engine.

use super::subject::{Asking, Subject, noon, product, request};
use crate::databases::Engine;
use chrono::TimeDelta;
use domain::Folded;
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use sesame::log::{AppendError, AppendRequest, Appended};
use std::{collections::HashMap, sync::Arc};

/// A request over five streams, three values and three keys; what it assumes may be wrong.
#[derive(Debug, Clone)]
struct Step {
    writes: Vec<(u128, bool)>,
    guards: Vec<(u128, u64)>,
    claims: Vec<u128>,
    releases: Vec<(u128, u128)>,
    key: Option<(u128, u8)>,
    seconds: i64,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let stream = 1..=5u128;
    let step = (
        vec((stream.clone(), prop::bool::weighted(0.2)), 0..3),
        vec((stream.clone(), 0..3u64), 0..2),
        vec(0..3u128, 0..2),
        vec((0..3u128, stream), 0..2),
        prop::option::weighted(0.3, (0..3u128, 0..2u8)),
        -100..100i64,
    );
    let step = step.prop_map(|(mut writes, guards, claims, releases, key, seconds)| {
        writes.sort();
        writes.dedup_by_key(|w| w.0);
        Step { writes, guards, claims, releases, key, seconds }
    });
    vec(step, 1..25)
}

fn ask(n: u128, step: &Step, known: &HashMap<u128, Arc<Folded>>) -> AppendRequest {
    let mut asked = request(n);
    asked.meta.now = noon() + TimeDelta::seconds(step.seconds);
    for (stream, stale) in &step.writes {
        asked = match known.get(stream) {
            None => asked.create(product(*stream)),
            Some(folded) if *stale => {
                let old = Arc::new(Folded { version: folded.version - 1, state: folded.state.clone() });
                asked.rename(product(*stream), &old, "stale")
            }
            Some(folded) => asked.rename(product(*stream), folded, &format!("name {n}")),
        };
    }
    for (stream, version) in &step.guards {
        asked = asked.guard(product(*stream), *version);
    }
    for value in &step.claims {
        asked = asked.claim(*value, product(step.writes.first().map_or(1, |w| w.0)));
    }
    for (value, owner) in &step.releases {
        asked = asked.release(*value, product(*owner));
    }
    match step.key {
        Some((key, input)) => asked.remember(key, input, &n.to_be_bytes()),
        None => asked,
    }
}

fn words(answer: &Result<Appended, AppendError>) -> String {
    match answer {
        Ok(a) => format!("{} {:?} {:?}", a.position, a.after, a.replayed),
        Err(e) => format!("{e:?}"),
    }
}

async fn run(steps: &[Step], subject: &Subject) {
    let other = Subject::of(Engine::Sqlite).await;
    let mut known: HashMap<u128, Arc<Folded>> = HashMap::new();
    for (n, step) in steps.iter().enumerate() {
        let asked = ask(n as u128 + 1, step, &known);
        let expected = other.append(asked.clone()).await;
        assert_eq!(words(&subject.append(asked).await), words(&expected), "step {n}");
        for (stream, folded) in expected.into_iter().flat_map(|a| a.after) {
            let number = (1..=5).find(|s| product(*s) == stream).unwrap();
            known.insert(number, folded);
        }
    }
    assert_eq!(subject.whole().await, other.whole().await);
}

fn same_answers(engine: Engine, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    let result = runner.run(&steps(), |steps| {
        runtime.block_on(async { run(&steps, &Subject::of(engine).await).await });
        Ok(())
    });
    if let Err(e) = result {
        panic!("{e}");
    }
}

#[test]
fn b15_memory_answers_as_sqlite_does() {
    same_answers(Engine::Memory, 24);
}

#[test]
fn b15_memory_beside_postgres_answers_as_sqlite_does() {
    same_answers(Engine::MemoryPostgres, 12);
}

#[test]
fn b15_kurrent_answers_as_sqlite_does() {
    same_answers(Engine::Kurrent, 12);
}

#[test]
fn b15_kurrent_beside_postgres_answers_as_sqlite_does() {
    same_answers(Engine::KurrentPostgres, 6);
}

#[test]
fn b15_postgres_answers_as_sqlite_does() {
    same_answers(Engine::Postgres, 12);
}
