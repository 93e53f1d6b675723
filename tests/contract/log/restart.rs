//! What outlives a process, and what a second one sees.

use super::{
    on_every_log,
    subject::{Asking, Subject, account, key, open, product, request},
};
use crate::databases::Engine;
use sesame::log::AppendError;

async fn a_restart_keeps_all(engine: Engine) {
    let subject = Subject::of(engine).await;
    let kept = request(1).create(product(1)).create(product(2)).claim(1, product(1)).remember(1, 1, b"done");
    subject.append(kept).await.unwrap();
    let (before, head) = (subject.whole().await, subject.log.head().await.unwrap());
    let database = subject.database;
    drop(subject.log);

    let log = open(&database).await;
    assert_eq!(log.head().await.unwrap(), head);
    assert_eq!(log.read_all(0, 10).await.unwrap(), before);
    assert_eq!(log.holder(key(1)).await.unwrap(), Some(product(1).id));
    let remembered = log.remembered(account(), key(1)).await.unwrap();
    assert_eq!(remembered.map(|r| (r.result, r.position)), Some((b"done".to_vec(), 2)));
    assert!(matches!(log.append(request(2).create(product(1))).await, Err(AppendError::Race(_))));
    assert_eq!(log.append(request(3).create(product(3))).await.unwrap().position, 3);
}

async fn two_processes_append_to_one_log(engine: Engine) {
    let subject = Subject::of(engine).await;
    let second = open(&subject.database).await;
    let writes = (1..=60u128).map(|n| {
        let request = request(n).create(product(n)).claim(n % 30, product(n));
        if n % 2 == 0 { subject.log.append(request) } else { second.append(request) }
    });
    let answers = futures::future::join_all(writes).await;
    // Thirty values for sixty: each is had once, wherever it was asked for.
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 30);
    assert_eq!(answers.iter().filter(|a| matches!(a, Err(AppendError::Taken { .. }))).count(), 30);
    assert_eq!(subject.whole().await.len(), 30);
    assert_eq!(second.head().await.unwrap(), subject.log.head().await.unwrap());
}

/// Nobody rewrites history by accident, with whatever tool.
async fn the_log_is_append_only(engine: Engine) {
    let subject = Subject::of(engine).await;
    subject.append(request(1).create(product(1))).await.unwrap();
    let db = subject.database.open().await;
    for statement in
        ["UPDATE event SET actor_kind = 'SYSTEM'", "DELETE FROM event", "DELETE FROM event WHERE position = 1"]
    {
        let mut tx = db.begin().await.unwrap();
        let refused = tx.run_script(statement.into()).await;
        assert!(refused.is_err_and(|e| e.to_string().contains("append-only")), "{statement}");
    }
    subject.whole().await;
}

on_every_log!(a_restart_keeps_all, two_processes_append_to_one_log, the_log_is_append_only);
