//! What one process may rely on.

use super::{
    on_every_log,
    subject::{Asking, Subject, account, key, noon, product, request, todo_id},
};
use crate::databases::Engine;
use domain::{Folded, StreamId};
use sesame::log::{AppendError, Appended};
use std::sync::Arc;

fn state(appended: &Appended, stream: StreamId) -> Arc<Folded> {
    appended.after.iter().find(|(s, _)| *s == stream).unwrap().1.clone()
}

fn is_race(answer: Result<Appended, AppendError>, stream: StreamId) -> bool {
    matches!(answer, Err(AppendError::Race(raced)) if raced == stream)
}

async fn positions_and_versions_are_dense(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let (a, b) = (product(1), product(2));
    let first = subject.append(request(1).create(a)).await.unwrap();
    assert_eq!(first.position, 1);
    assert_eq!(state(&first, a).version, 1);
    let second = subject.append(request(2).create(b)).await.unwrap();
    let third = subject.append(request(3).rename(a, &state(&first, a), "Pilates")).await.unwrap();
    assert_eq!((second.position, third.position), (2, 3));
    assert_eq!(state(&third, a).version, 2);
    assert_eq!(state(&third, a).state.product().unwrap().name, "Pilates");
    let events = subject.whole().await;
    assert_eq!(events.iter().map(|e| (e.stream, e.version)).collect::<Vec<_>>(), [(a, 1), (b, 1), (a, 2)]);
    assert_eq!(events[2].type_name, "product.renamed.v1");
    assert_eq!(events[2].data, br#"{"name":"Pilates"}"#);
}

async fn a_stale_version_is_a_race_and_leaves_no_trace(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let a = product(1);
    let first = subject.append(request(1).create(a)).await.unwrap();
    subject.append(request(2).rename(a, &state(&first, a), "Pilates")).await.unwrap();
    let stale = request(3).rename(a, &state(&first, a), "Danse").claim(1, a).remember(1, 1, b"{}");
    assert!(is_race(subject.append(stale).await, a));
    assert!(is_race(subject.append(request(4).create(a)).await, a), "a stream begins once");
    let ahead = Arc::new(Folded { version: 9, ..Folded::clone(&state(&first, a)) });
    assert!(
        is_race(subject.append(request(5).rename(a, &ahead, "Danse")).await, a),
        "a version that is yet to come is none"
    );
    assert_eq!(subject.whole().await.len(), 2);
    assert_eq!(subject.log.holder(key(1)).await.unwrap(), None);
    assert_eq!(subject.log.remembered(account(), key(1)).await.unwrap(), None);
}

async fn several_streams_are_written_together_or_not_at_all(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let (a, b, c) = (product(1), product(2), product(3));
    let both = subject.append(request(1).create(a).create(b)).await.unwrap();
    assert_eq!(both.position, 2);
    assert_eq!(both.after.len(), 2);
    subject.append(request(2).rename(b, &state(&both, b), "Danse")).await.unwrap();
    let half =
        request(3).create(c).rename(a, &state(&both, a), "Pilates").rename(b, &state(&both, b), "Boxe").claim(1, c);
    assert!(is_race(subject.append(half).await, b));
    assert_eq!(subject.whole().await.len(), 3);
    assert!(subject.log.read_stream(c, 0, 10).await.unwrap().is_empty());
    assert_eq!(subject.log.read_stream(a, 0, 10).await.unwrap().len(), 1);
    assert_eq!(subject.log.holder(key(1)).await.unwrap(), None);
    // The same events once the race is known.
    let b_now = Arc::new(Folded { version: 2, ..Folded::clone(&state(&both, b)) });
    let again = request(3).create(c).rename(a, &state(&both, a), "Pilates").rename(b, &b_now, "Boxe");
    assert_eq!(subject.append(again).await.unwrap().position, 6);
    subject.whole().await;
}

async fn a_stream_that_was_only_read_is_guarded(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let (a, b, unwritten) = (product(1), product(2), product(3));
    let first = subject.append(request(1).create(a)).await.unwrap();
    subject.append(request(2).create(b).guard(a, 1).guard(unwritten, 0)).await.unwrap();
    subject.append(request(3).rename(a, &state(&first, a), "Pilates")).await.unwrap();
    assert!(is_race(subject.append(request(4).create(product(4)).guard(a, 1)).await, a));
    assert!(is_race(subject.append(request(5).create(product(4)).guard(b, 0)).await, b));
    assert!(is_race(subject.append(request(6).create(product(4)).guard(unwritten, 1)).await, unwritten));
    assert_eq!(subject.append(request(7).create(product(4)).guard(a, 2)).await.unwrap().position, 4);
}

async fn a_value_has_one_holder(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let (a, b, c) = (product(1), product(2), product(3));
    let first = subject.append(request(1).create(a).claim(1, a)).await.unwrap();
    match subject.append(request(2).create(b).claim(1, b)).await {
        Err(AppendError::Taken { scope, owner }) => assert_eq!((scope.as_ref(), owner), ("email", a.id)),
        other => panic!("{other:?}"),
    }
    assert!(subject.log.read_stream(b, 0, 10).await.unwrap().is_empty(), "who does not get the value gets nothing");
    // The holder may claim it again, and what another says to give free is left alone.
    let second = subject.append(request(3).rename(a, &state(&first, a), "Pilates").claim(1, a)).await.unwrap();
    subject.append(request(4).create(c).release(1, c)).await.unwrap();
    assert_eq!(subject.log.holder(key(1)).await.unwrap(), Some(a.id));
    // Given free, it is anybody's.
    subject.append(request(5).rename(a, &state(&second, a), "Danse").release(1, a)).await.unwrap();
    assert_eq!(subject.log.holder(key(1)).await.unwrap(), None);
    subject.append(request(6).create(b).claim(1, b)).await.unwrap();
    assert_eq!(subject.log.holder(key(1)).await.unwrap(), Some(b.id));
}

async fn a_value_changes_hands_within_one_append(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let (a, b) = (product(1), product(2));
    subject.append(request(1).create(a).claim(1, a).claim(2, a)).await.unwrap();
    subject.append(request(2).create(b).release(1, a).claim(1, b)).await.unwrap();
    assert_eq!(subject.log.holder(key(1)).await.unwrap(), Some(b.id));
    assert_eq!(subject.log.holder(key(2)).await.unwrap(), Some(a.id));
}

fn overtaken(answer: &Result<Appended, AppendError>, value: u128) -> Option<Option<uuid::Uuid>> {
    match answer {
        Err(AppendError::Overtaken(held)) if held.len() == 1 && held[0].0 == key(value) => Some(held[0].1),
        _ => None,
    }
}

async fn a_value_that_was_looked_at_is_still_as_it_was_seen(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let (a, b, c) = (product(1), product(2), product(3));
    subject.append(request(1).create(a).sight(1, None)).await.unwrap();
    subject.append(request(2).create(b).claim(1, b)).await.unwrap();
    let late = subject.append(request(3).create(c).sight(1, None)).await;
    assert_eq!(overtaken(&late, 1), Some(Some(b.id)));
    let wrong = subject.append(request(4).create(c).sight(1, Some(a))).await;
    assert_eq!(overtaken(&wrong, 1), Some(Some(b.id)));
    let gone = subject.append(request(5).create(c).sight(2, Some(a))).await;
    assert_eq!(overtaken(&gone, 2), Some(None));
    assert!(subject.log.read_stream(c, 0, 10).await.unwrap().is_empty());
    // Who saw it as it is may give it free and take it in the same append.
    subject.append(request(6).create(c).sight(1, Some(b)).release(1, b).claim(1, c)).await.unwrap();
    assert_eq!(subject.log.holder(key(1)).await.unwrap(), Some(c.id));
}

async fn of_one_that_takes_a_value_and_many_that_saw_it_free_those_before_it_are_admitted(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let lookers = (1..=20).map(|n| subject.append(request(n).create(product(n)).sight(1, None)));
    let taker = subject.append(request(99).create(product(99)).claim(1, product(99)));
    let (answers, taken) = futures::future::join(futures::future::join_all(lookers), taker).await;
    let taken = taken.unwrap().position;
    for answer in &answers {
        match answer {
            Ok(appended) => assert!(appended.position < taken),
            other => assert_eq!(overtaken(other, 1), Some(Some(product(99).id))),
        }
    }
}

async fn a_to_do_is_done_once_whoever_does_it(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let (a, b) = (product(1), product(2));
    subject.append(request(1).create(a).todo(7)).await.unwrap();
    subject.append(request(2).create(b).does(7)).await.unwrap();
    let again = subject.append(request(3).create(product(3)).does(7)).await;
    assert!(matches!(again, Err(AppendError::DoneAlready(id)) if id == todo_id(7)), "{again:?}");
    assert!(subject.log.read_stream(product(3), 0, 10).await.unwrap().is_empty(), "nothing of the second is there");
    let never = subject.append(request(4).does(8)).await;
    assert!(matches!(never, Err(AppendError::DoneAlready(_))));
    // One that does nothing else goes too, and its effect may leave the next.
    subject.append(request(5).create(product(5)).todo(9)).await.unwrap();
    let next = subject.append(request(6).create(product(6)).does(9).todo(10)).await.unwrap();
    assert_eq!(next.position, 4);
    assert_eq!(subject.append(request(7).does(10)).await.unwrap().position, 4);
    assert!(subject.append(request(8).does(10)).await.is_err());
}

async fn twenty_that_do_the_same_to_do_at_once_do_it_once(engine: Engine) {
    let subject = &Subject::of(engine).await;
    subject.append(request(1).create(product(1)).todo(7)).await.unwrap();
    let all = (2..22).map(|n| subject.append(request(n).create(product(n)).does(7)));
    let answers = futures::future::join_all(all).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1);
    assert_eq!(subject.whole().await.len(), 2);
}

async fn one_of_fifty_claims_of_a_value_wins(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let claims = (1..=50).map(|n| subject.append(request(n).create(product(n)).claim(1, product(n))));
    let answers = futures::future::join_all(claims).await;
    let won: Vec<_> = answers.iter().filter_map(|a| a.as_ref().ok()).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(answers.iter().filter(|a| matches!(a, Err(AppendError::Taken { .. }))).count(), 49);
    assert_eq!(subject.log.holder(key(1)).await.unwrap(), Some(won[0].after[0].0.id));
    assert_eq!(subject.whole().await.len(), 1);
}

async fn a_key_gets_the_first_answer_again(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let (a, b) = (product(1), product(2));
    let first = subject.append(request(1).create(a).remember(1, 1, b"first")).await.unwrap();
    assert!(first.replayed.is_none());
    subject.append(request(2).create(b)).await.unwrap();
    // The same key and input, though the stream is there by now: nothing is appended, nothing refused.
    let again = subject.append(request(3).create(a).remember(1, 1, b"second")).await.unwrap();
    assert_eq!(again.position, first.position);
    let remembered = again.replayed.as_ref().map(|r| (r.result.as_slice(), r.position));
    assert_eq!(remembered, Some((b"first".as_slice(), 1)));
    assert!(again.after.is_empty());
    let other = subject.append(request(4).create(product(3)).remember(1, 2, b"third")).await;
    assert!(matches!(other, Err(AppendError::IdempotencyMismatch)));
    assert_eq!(subject.whole().await.len(), 2);
    let remembered = subject.log.remembered(account(), key(1)).await.unwrap();
    assert_eq!(remembered.map(|r| r.result), Some(b"first".to_vec()));
    // The key is the account's own.
    assert_eq!(subject.log.remembered(domain::testing::id(0xBAD), key(1)).await.unwrap(), None);
}

async fn two_accounts_may_use_the_same_key(engine: Engine) {
    let subject = &Subject::of(engine).await;
    subject.append(request(1).create(product(1)).remember(1, 1, b"first")).await.unwrap();
    let mut other = request(2).create(product(2)).remember(1, 9, b"second");
    let theirs = domain::testing::id(0xBAD);
    other.account = Some(theirs);
    other.idempotency.as_mut().unwrap().account = theirs;
    assert!(subject.append(other).await.unwrap().replayed.is_none());
    for (account, result) in [(account(), b"first".to_vec()), (theirs, b"second".to_vec())] {
        assert_eq!(subject.log.remembered(account, key(1)).await.unwrap().map(|r| r.result), Some(result));
    }
}

async fn a_no_op_is_remembered_too(engine: Engine) {
    let subject = &Subject::of(engine).await;
    subject.append(request(1).create(product(1))).await.unwrap();
    let nothing = subject.append(request(2).remember(1, 1, b"already so")).await.unwrap();
    assert_eq!((nothing.position, nothing.replayed), (1, None));
    let again = subject.append(request(3).create(product(2)).remember(1, 1, b"x")).await.unwrap();
    assert_eq!(again.replayed.map(|r| r.result), Some(b"already so".to_vec()));
    assert_eq!(subject.whole().await.len(), 1);
}

async fn twenty_retries_at_once_are_carried_out_once(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let retries = (1..=20).map(|n| subject.append(request(n).create(product(1)).remember(1, 1, b"done")));
    let answers = futures::future::join_all(retries).await;
    assert!(answers.iter().all(|a| a.as_ref().is_ok_and(|a| a.position == 1)));
    assert_eq!(answers.iter().flatten().filter(|a| a.replayed.is_none()).count(), 1);
    assert_eq!(subject.whole().await.len(), 1);
}

async fn times_never_run_backwards_when_the_caller_s_clock_does(engine: Engine) {
    let subject = &Subject::of(engine).await;
    for (n, hours) in [(1, 0), (2, -5), (3, 2), (4, 1)] {
        let mut request = request(n).create(product(n));
        request.meta.now = noon() + chrono::TimeDelta::hours(hours);
        subject.append(request).await.unwrap();
    }
    let hours = |at: i64| (at - noon().timestamp_micros()) / 3_600_000_000;
    assert_eq!(subject.whole().await.iter().map(|e| hours(e.at)).collect::<Vec<_>>(), [0, 0, 2, 2]);
}

async fn a_refused_request_drops_out_of_its_batch_alone(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let first = subject.append(request(1000).create(product(1000)).claim(1, product(1000))).await.unwrap();
    let stale = state(&first, product(1000));
    subject.append(request(1001).rename(product(1000), &stale, "Pilates")).await.unwrap();
    // What is queued while a commit is on its way is committed together.
    let many = (1..=200).map(|n| {
        let request = request(n).create(product(n));
        subject.append(match n % 10 {
            3 => request.rename(product(1000), &stale, "Danse"),
            6 => request.claim(1, product(n)),
            9 => request.guard(product(1000), 1),
            _ => request,
        })
    });
    let answers = futures::future::join_all(many).await;
    for (n, answer) in (1..=200u128).zip(&answers) {
        assert_eq!(answer.is_err(), matches!(n % 10, 3 | 6 | 9), "{n}: {answer:?}");
    }
    let events = subject.whole().await;
    assert_eq!(events.len(), 2 + 140);
    for (n, answer) in (1..=200u128).zip(answers) {
        let found = events.iter().filter(|e| e.stream == product(n)).map(|e| e.position).collect::<Vec<_>>();
        assert_eq!(found, answer.ok().map(|a| a.position).into_iter().collect::<Vec<_>>());
    }
}

async fn the_head_is_that_of_the_last_event(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let empty = subject.log.head().await.unwrap();
    assert_eq!((empty.position, empty.hash, empty.at), (0, [0; 32], 0));
    subject.append(request(1).create(product(1)).create(product(2))).await.unwrap();
    let head = subject.log.head().await.unwrap();
    let last = subject.log.read_all(1, 10).await.unwrap().remove(0);
    assert_eq!((head.log_id, head.position, head.hash, head.at), (empty.log_id, 2, last.hash, last.at));
}

async fn pages_of_any_size_read_everything_once(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let mut last = subject.append(request(0).create(product(0))).await.unwrap();
    for n in 1..=30u128 {
        let both = request(n).rename(product(0), &state(&last, product(0)), &format!("{n}")).create(product(n));
        last = subject.append(both).await.unwrap();
    }
    let all = subject.whole().await;
    assert_eq!(all.len(), 61);
    for size in [1, 2, 7, 61, 100] {
        let (mut read, mut after) = (Vec::new(), 0);
        loop {
            let page = subject.log.read_all(after, size).await.unwrap();
            assert!(page.len() <= size);
            let Some(last) = page.last() else { break };
            after = last.position;
            read.extend(page);
        }
        assert_eq!(read, all);
        let (mut versions, mut after) = (Vec::new(), 0);
        loop {
            let page = subject.log.read_stream(product(0), after, size).await.unwrap();
            let Some(last) = page.last() else { break };
            after = last.version;
            versions.extend(page.into_iter().map(|e| e.version));
        }
        assert_eq!(versions, (1..=31).collect::<Vec<_>>());
    }
    assert!(subject.log.read_all(61, 10).await.unwrap().is_empty());
    assert!(subject.log.read_all(0, 0).await.unwrap().is_empty());
    assert!(subject.log.read_stream(product(99), 0, 10).await.unwrap().is_empty());
}

async fn an_empty_append_answers_the_head(engine: Engine) {
    let subject = &Subject::of(engine).await;
    let nothing = subject.append(request(1)).await.unwrap();
    assert_eq!((nothing.position, nothing.after.len(), nothing.replayed), (0, 0, None));
    subject.append(request(2).create(product(1))).await.unwrap();
    assert_eq!(subject.append(request(3).guard(product(1), 1)).await.unwrap().position, 1);
    assert!(is_race(subject.append(request(4).guard(product(1), 0)).await, product(1)));
    assert_eq!(subject.whole().await.len(), 1);
}

async fn values_may_be_claimed_without_an_event(engine: Engine) {
    let subject = &Subject::of(engine).await;
    subject.append(request(1).claim(1, product(1))).await.unwrap();
    assert_eq!(subject.log.holder(key(1)).await.unwrap(), Some(product(1).id));
    subject.append(request(2).release(1, product(1))).await.unwrap();
    assert_eq!(subject.log.holder(key(1)).await.unwrap(), None);
}

on_every_log!(
    positions_and_versions_are_dense,
    a_stale_version_is_a_race_and_leaves_no_trace,
    several_streams_are_written_together_or_not_at_all,
    a_stream_that_was_only_read_is_guarded,
    a_value_has_one_holder,
    a_value_changes_hands_within_one_append,
    a_value_that_was_looked_at_is_still_as_it_was_seen,
    of_one_that_takes_a_value_and_many_that_saw_it_free_those_before_it_are_admitted,
    a_to_do_is_done_once_whoever_does_it,
    twenty_that_do_the_same_to_do_at_once_do_it_once,
    one_of_fifty_claims_of_a_value_wins,
    a_key_gets_the_first_answer_again,
    two_accounts_may_use_the_same_key,
    a_no_op_is_remembered_too,
    twenty_retries_at_once_are_carried_out_once,
    times_never_run_backwards_when_the_caller_s_clock_does,
    a_refused_request_drops_out_of_its_batch_alone,
    the_head_is_that_of_the_last_event,
    pages_of_any_size_read_everything_once,
    an_empty_append_answers_the_head,
    values_may_be_claimed_without_an_event,
);
