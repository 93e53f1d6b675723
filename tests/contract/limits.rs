//! How often something may be tried, counted by the database for all nodes.

use crate::databases::{Database, Engine, keys};
use chrono::{DateTime, TimeDelta, Utc};
use sesame::{
    limits::{Limits, RetryAfter, Rule},
    vault::store::Vault,
};
use std::time::Duration;

const RULE: Rule = Rule::new("test.rule", 3, Duration::from_secs(20));

fn noon() -> DateTime<Utc> {
    "2026-03-31T10:00:00Z".parse().unwrap()
}

async fn places() -> Vec<(Database, Limits)> {
    let mut places = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let database = Database::fresh(engine).await;
        let limits = limits(&database).await;
        places.push((database, limits));
    }
    places
}

async fn limits(database: &Database) -> Limits {
    let db = database.open().await;
    let vault = Vault::open(db.clone(), keys()).await.unwrap();
    Limits::new(db, vault)
}

fn wait(seconds: u64) -> Result<(), RetryAfter> {
    Err(RetryAfter(Duration::from_secs(seconds)))
}

#[tokio::test]
async fn a15_a_burst_then_one_at_a_time_and_the_wait_is_told() {
    for (_database, limits) in places().await {
        let after = |seconds| noon() + TimeDelta::seconds(seconds);
        for _ in 0..3 {
            assert_eq!(limits.take(&RULE, "a@example.org", noon()).await.unwrap(), Ok(()));
        }
        assert_eq!(limits.take(&RULE, "a@example.org", noon()).await.unwrap(), wait(20));
        assert_eq!(
            limits.take(&RULE, "a@example.org", after(15)).await.unwrap(),
            wait(5),
            "a refused try costs nothing"
        );
        assert_eq!(
            limits.take(&RULE, "b@example.org", after(15)).await.unwrap(),
            Ok(()),
            "another value is another bucket"
        );
        assert_eq!(
            limits.take(&Rule::new("test.other", 3, RULE.every), "a@example.org", after(15)).await.unwrap(),
            Ok(())
        );
        assert_eq!(limits.take(&RULE, "a@example.org", after(20)).await.unwrap(), Ok(()));
        assert_eq!(limits.take(&RULE, "a@example.org", after(20)).await.unwrap(), wait(20));
        // Left alone it is full again, and no fuller.
        for _ in 0..3 {
            assert_eq!(limits.take(&RULE, "a@example.org", after(3_600)).await.unwrap(), Ok(()));
        }
        assert_eq!(limits.take(&RULE, "a@example.org", after(3_600)).await.unwrap(), wait(20));
    }
}

#[tokio::test]
async fn a15_three_nodes_give_no_more_than_one() {
    for (database, first) in places().await {
        let nodes = [first, limits(&database).await, limits(&database).await];
        let tries = (0..30).map(|n| {
            let node = nodes[n % 3].clone();
            tokio::spawn(async move { node.take(&RULE, "a@example.org", noon()).await.unwrap().is_ok() })
        });
        let taken = futures::future::join_all(tries).await.into_iter().filter(|taken| *taken.as_ref().unwrap()).count();
        assert_eq!(taken, 3);
    }
}

#[tokio::test]
async fn a15_what_is_full_again_is_dropped_and_nothing_else() {
    for (_database, limits) in places().await {
        limits.take(&RULE, "old", noon()).await.unwrap().unwrap();
        let later = noon() + TimeDelta::hours(1);
        for _ in 0..3 {
            limits.take(&RULE, "new", later).await.unwrap().unwrap();
        }
        assert_eq!(limits.forget_full(later).await.unwrap(), 1);
        assert!(limits.take(&RULE, "new", later).await.unwrap().is_err());
    }
}
