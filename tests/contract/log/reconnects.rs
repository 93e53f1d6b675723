//! KurrentDB when it goes wrong: answers that are lost, connections that are cut, servers that are away, slow, or do not lead. Against the double, which does so
//! when it is asked to.

use super::subject::{Asking, Subject, open, product, request};
use crate::databases::{Database, Elsewhere, Engine, Kurrent};
use domain::testing::id;
use kurrent_double::Double;
use sesame::log::{AppendError, LogFailure, Place, StoredEvent, Streams, elsewhere};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

fn at(double: &Arc<Double>) -> Kurrent {
    Kurrent { url: double.url(), prefix: "sesame".into(), _double: Some(double.clone()) }
}

async fn over(double: &Arc<Double>) -> Subject {
    let mut database = Database::fresh(Engine::Kurrent).await;
    database.elsewhere = Some(Elsewhere::Kurrent(at(double)));
    Subject { log: open(&database).await, database }
}

fn started() -> Arc<Double> {
    Arc::new(Double::start().unwrap())
}

/// Events of ours that the server has, in its order.
fn kept(double: &Double) -> Vec<uuid::Uuid> {
    double.records().into_iter().filter(|r| r.stream.starts_with("sesame.")).map(|r| r.id).collect()
}

/// What was done is what was answered, once each, in the server and in the copy.
async fn nothing_is_lost_or_doubled(subject: &Subject, double: &Double, count: usize) {
    let copied: Vec<_> = subject.whole().await.into_iter().map(|event| event.event_id).collect();
    assert_eq!(copied.len(), count);
    assert_eq!(kept(double), copied);
    assert_eq!(subject.log.first_difference().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn b15_an_append_whose_answer_was_lost_is_done_once() {
    let double = started();
    let subject = over(&double).await;
    for n in 1..=5 {
        double.faults(|faults| faults.lost_answers = 2);
        subject.append(request(n).create(product(n)).create(product(100 + n))).await.unwrap();
    }
    nothing_is_lost_or_doubled(&subject, &double, 10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b15_reconnects_under_load_lose_nothing_and_double_nothing() {
    let double = started();
    let subject = over(&double).await;
    let second = open(&subject.database).await;
    double.faults(|faults| faults.cut_every = 40);
    let mut done = 0;
    for round in 0..8u128 {
        let writes = (1..=25u128).map(|n| {
            let n = round * 25 + n;
            let request = request(n).create(product(n)).create(product(10_000 + n));
            if n.is_multiple_of(2) { subject.log.append(request) } else { second.append(request) }
        });
        for answer in futures::future::join_all(writes).await {
            answer.unwrap();
            done += 2;
        }
        double.cut();
    }
    double.faults(|faults| faults.cut_every = 0);
    subject.log.level().await.unwrap();
    nothing_is_lost_or_doubled(&subject, &double, done).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b15_a_server_that_was_away_is_found_again() {
    let double = started();
    let subject = over(&double).await;
    subject.append(request(1).create(product(1))).await.unwrap();
    double.faults(|faults| faults.away = true);
    double.cut();
    assert!(matches!(subject.log.level().await, Err(LogFailure::Unavailable(_))), "readiness notices");
    let away = subject.append(request(2).create(product(2))).await;
    assert!(matches!(away, Err(AppendError::Failure(LogFailure::Unavailable(_)))), "{away:?}");
    // What is there can be read meanwhile.
    assert_eq!(subject.log.read_all(0, 10).await.unwrap().len(), 1);
    double.faults(|faults| faults.away = false);
    let since = Instant::now();
    while subject.log.level().await.is_err() {
        assert!(since.elapsed() < Duration::from_secs(5), "it is not found again");
    }
    subject.append(request(3).create(product(3))).await.unwrap();
    nothing_is_lost_or_doubled(&subject, &double, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_at_the_first_call_is_found_later() {
    let double = started();
    double.faults(|faults| faults.away = true);
    let log = at(&double).open();
    assert!(log.id().await.is_err());
    double.faults(|faults| faults.away = false);
    let since = Instant::now();
    while log.id().await.is_err() {
        assert!(since.elapsed() < Duration::from_secs(5), "the client ended for good");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_answers_and_a_server_that_is_not_ready_are_waited_for() {
    let double = started();
    let subject = over(&double).await;
    double.faults(|faults| (faults.slow, faults.unavailable) = (Duration::from_millis(150), 3));
    subject.append(request(1).create(product(1)).create(product(2))).await.unwrap();
    nothing_is_lost_or_doubled(&subject, &double, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_that_leads_is_found_from_one_that_does_not() {
    let (follower, leader) = (started(), started());
    let address = leader.address();
    follower.faults(|faults| faults.leader = Some((address.ip().to_string(), address.port())));
    let subject = over(&follower).await;
    subject.append(request(1).create(product(1))).await.unwrap();
    assert!(follower.records().is_empty());
    nothing_is_lost_or_doubled(&subject, &leader, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_on_one_server_have_each_their_own() {
    let double = started();
    let subject = over(&double).await;
    let mut other = Database::fresh(Engine::Kurrent).await;
    other.elsewhere = Some(Elsewhere::Kurrent(Kurrent { prefix: "sesame2".into(), ..at(&double) }));
    let other = Subject { log: open(&other).await, database: other };
    for n in 1..=3 {
        subject.append(request(n).create(product(n))).await.unwrap();
        // The same ids, in other streams.
        other.append(request(n).create(product(n))).await.unwrap();
    }
    let ids = (subject.log.head().await.unwrap().log_id, other.log.head().await.unwrap().log_id);
    assert_eq!(at(&double).open().id().await.unwrap(), ids.0);
    assert_ne!(ids.0, ids.1);
    assert_eq!((subject.whole().await.len(), other.whole().await.len()), (3, 3));
}

/// What others write between two events of ours is not looked through for ever.
#[tokio::test(flavor = "multi_thread")]
async fn what_others_wrote_is_passed_once() {
    let double = started();
    let (log, events) = of_one_command(&double).await;
    log.append(events[..1].to_vec(), Vec::new()).await.unwrap();
    let (_, others) = of_one_command(&double).await;
    let neighbour = Kurrent { prefix: "neighbour".into(), ..at(&double) }.open();
    for n in 0..300u128 {
        let mut theirs = others[0].clone();
        (theirs.stream, theirs.event_id) = (product(n), id(0xE000 + n));
        neighbour.append(vec![theirs], Vec::new()).await.unwrap();
    }
    let place = log.read_all(Place::default(), 10).await.unwrap()[0].0;
    for _ in 0..10 {
        assert!(log.read_all(place, 10).await.unwrap().is_empty());
    }
    let before = double.looked_through();
    for _ in 0..10 {
        assert!(log.read_all(place, 10).await.unwrap().is_empty());
    }
    assert!(double.looked_through() - before <= 20, "{}", double.looked_through() - before);
    // Nothing of ours is passed.
    log.append(events[1..].to_vec(), Vec::new()).await.unwrap();
    assert_eq!(log.read_all(place, 10).await.unwrap().len(), 1);
    assert_eq!(log.read_all(Place::default(), 10).await.unwrap().len(), 2);
}

/// Events of one command in two streams, as the engine is given them.
async fn of_one_command(double: &Arc<Double>) -> (Arc<dyn Streams>, Vec<StoredEvent>) {
    let template = over(&started()).await;
    template.append(request(1).create(product(1)).create(product(2))).await.unwrap();
    let mut events = template.log.read_all(0, 10).await.unwrap();
    for event in &mut events {
        (event.position, event.hash) = (0, [0; 32]);
    }
    (at(double).open(), events)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_one_of_whose_streams_moved_writes_none() {
    let double = started();
    let (log, events) = of_one_command(&double).await;
    let mut theirs = events[1].clone();
    theirs.event_id = id(0xE1);
    log.append(vec![theirs], Vec::new()).await.unwrap();
    let raced = log.append(events.clone(), Vec::new()).await;
    assert!(matches!(raced, Err(AppendError::Race(stream)) if stream == product(2)), "{raced:?}");
    // Nor one whose guard did.
    let guarded = log.append(events[..1].to_vec(), vec![(product(2), 0)]).await;
    assert!(matches!(guarded, Err(AppendError::Race(stream)) if stream == product(2)), "{guarded:?}");
    assert_eq!(kept(&double), [id(0xE1)]);
    log.append(events[..1].to_vec(), vec![(product(2), 1)]).await.unwrap();
    assert_eq!(kept(&double).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_was_begun_is_gone_on_with() {
    let double = started();
    let (log, events) = of_one_command(&double).await;
    log.append(events[..1].to_vec(), Vec::new()).await.unwrap();
    // Its guard moved since: it was as it should be when the command began.
    log.append(events.clone(), vec![(product(1), 0)]).await.unwrap();
    log.append(events.clone(), Vec::new()).await.unwrap();
    assert_eq!(kept(&double).len(), 2);
    let read = log.read_all(Place::default(), 10).await.unwrap();
    assert_eq!(read.iter().map(|(_, event)| event).collect::<Vec<_>>(), events.iter().collect::<Vec<_>>());
    let after = log.read_all(read[0].0, 10).await.unwrap();
    assert_eq!(after.len(), 1, "a place is read on after");
}

/// As a lot of an import does: not one after the other, but the first before all others and the last after them.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_of_many_streams_does_not_write_them_one_after_the_other() {
    let double = started();
    let subject = over(&double).await;
    double.faults(|faults| faults.slow = Duration::from_millis(40));
    let many = (2..=300).fold(request(1).create(product(1)), |asked, n| asked.create(product(n)));
    let since = Instant::now();
    let done = subject.append(many).await.unwrap();
    assert!(since.elapsed() < Duration::from_secs(9), "{:?}", since.elapsed());
    assert_eq!((done.position, done.after.len()), (300, 300));
    double.faults(|faults| faults.slow = Duration::ZERO);
    nothing_is_lost_or_doubled(&subject, &double, 300).await;
    let events = subject.whole().await;
    assert_eq!((events[0].stream, events[299].stream), (product(1), product(300)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_cannot_be_gone_on_with_is_no_race() {
    let double = started();
    let (log, events) = of_one_command(&double).await;
    log.append(events[..1].to_vec(), Vec::new()).await.unwrap();
    let mut theirs = events[1].clone();
    theirs.event_id = id(0xE1);
    log.append(vec![theirs], Vec::new()).await.unwrap();
    let stuck = log.append(events, Vec::new()).await;
    assert!(matches!(stuck, Err(AppendError::Failure(LogFailure::Fault(_)))), "{stuck:?}");
}

#[test]
fn an_address_that_is_none_is_refused_without_its_password() {
    for (url, prefix) in [
        ("http://h:2113", "sesame"),
        ("kurrentdb://", "sesame"),
        ("kurrentdb://u:secret@h:x?tls=false", "sesame"),
        ("kurrentdb://h:2113", "Sésame"),
        ("kurrentdb://h:2113", ""),
    ] {
        let refused = elsewhere(url, prefix, id(1)).err().unwrap().to_string();
        assert!(!refused.contains("secret"), "{refused}");
    }
    for url in ["kurrentdb://h", "esdb://u:p@h:2113?tls=false", "kurrentdb+discover://h", "kurrentdb://a:1,b:2,c:3"] {
        assert!(elsewhere(url, "sesame", id(1)).is_ok(), "{url}");
    }
}
