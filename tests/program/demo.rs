//! The sample data: every command of it is accepted, and the same seed makes the same data.

use projections::Ask;
use sesame::{clock::SystemClock, db::Options, demo, service::Service, vault::master::MasterKeys};
use std::sync::Arc;

async fn filled(folder: &std::path::Path, seed: u64) -> (Service, demo::Sample) {
    let options =
        Options { url: format!("sqlite://{}", folder.join("demo.db").display()), connections: 4, create: true };
    let keys = MasterKeys::generate_file(&folder.join("demo.key")).unwrap();
    let service = Service::start(&options, keys, Arc::new(SystemClock)).await.unwrap();
    let sample = demo::fill(&service, 150, seed, |_| {}).await.unwrap();
    (service, sample)
}

/// Everything a person sees of it: names, states, times; in the order of ids.
async fn seen(service: &Service) -> Vec<String> {
    let mut lines = Vec::new();
    let contacts = Ask::<(uuid::Uuid, String, Option<String>, i64)>::new(
        "SELECT id, sort_key, email, created_at FROM contacts_1 ORDER BY id",
        [],
    );
    lines.extend(service.db().fetch(contacts).await.unwrap().into_iter().map(|row| format!("{row:?}")));
    let accesses = Ask::<(uuid::Uuid, uuid::Uuid, String)>::new(
        "SELECT contact, product, mode FROM accesses_1 ORDER BY contact, product",
        [],
    );
    lines.extend(service.db().fetch(accesses).await.unwrap().into_iter().map(|row| format!("{row:?}")));
    let subscriptions = Ask::<(uuid::Uuid, String, Option<String>, bool, Option<String>)>::new(
        "SELECT id, starts_on, ends_on, paused, payment FROM subscriptions_2 ORDER BY id",
        [],
    );
    lines.extend(service.db().fetch(subscriptions).await.unwrap().into_iter().map(|row| format!("{row:?}")));
    for (what, sql) in [
        ("complaint", "SELECT status, COUNT(*) FROM claims_1 GROUP BY status ORDER BY status"),
        ("registration", "SELECT state, COUNT(*) FROM registrations_1 GROUP BY state ORDER BY state"),
        (
            "membership",
            "SELECT profile || status, COUNT(*) FROM memberships_1 GROUP BY profile, status ORDER BY profile, status",
        ),
        ("record", "SELECT source, COUNT(gone_at) FROM erp_links_1 GROUP BY source ORDER BY source"),
    ] {
        let counts = service.db().fetch(Ask::<(String, i64)>::new(sql, [])).await.unwrap();
        assert!(!counts.is_empty(), "the sample has no {what}");
        lines.extend(counts.into_iter().map(|row| format!("{what} {row:?}")));
    }
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_makes_the_same_data_and_another_makes_other() {
    let (a, b, c) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ((one, sample), (two, _), (three, _)) =
        (filled(a.path(), 7).await, filled(b.path(), 7).await, filled(c.path(), 8).await);
    assert!(sample.commands > 500, "{} commands", sample.commands);
    let (first, second, third) = (seen(&one).await, seen(&two).await, seen(&three).await);
    assert!(first.len() > 300);
    assert_eq!(first, second);
    assert_ne!(first, third);
    assert!(one.not_ready().await.unwrap().is_empty());
}
