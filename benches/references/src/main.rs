//! What cqrs-es 0.5 with postgres-es appends a second on this machine: bare, without commands, read models, sealing or chain.
//!
//! Events like those of `GrantAccess`, one a stream, through its own repository; the better of 16 and 64 tasks. Prints
//! `CQRS_ES_APPENDS=<per second>`, the median of five rounds. It knows nothing of Sésame; `benches/run` starts it, `benches/measures` compares.

use cqrs_es::{
    Aggregate, DomainEvent,
    event_sink::EventSink,
    persist::{PersistedEventRepository, SerializedEvent},
};
use postgres_es::PostgresEventRepository;
use serde::{Deserialize, Serialize};
use sqlx::{Connection, Executor, PgConnection, postgres::PgPoolOptions};
use std::{sync::Arc, time::Instant};
use uuid::Uuid;

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const ROUNDS: usize = 5;
/// The table of its documentation.
const TABLES: &str = "CREATE TABLE events (
    aggregate_type text NOT NULL,
    aggregate_id   text NOT NULL,
    sequence       bigint CHECK (sequence >= 0) NOT NULL,
    event_type     text NOT NULL,
    event_version  text NOT NULL,
    payload        json NOT NULL,
    metadata       json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
)";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Granted {
    product: Uuid,
    mode: String,
    opening: String,
    ordered_on: String,
}

impl DomainEvent for Granted {
    fn event_type(&self) -> String {
        "AccessGranted".into()
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Contact;

impl Aggregate for Contact {
    const TYPE: &'static str = "contact";
    type Command = ();
    type Event = Granted;
    type Error = std::convert::Infallible;
    type Services = ();

    async fn handle(&mut self, (): (), _: &(), _: &EventSink<Self>) -> Result<(), Self::Error> {
        Ok(())
    }
    fn apply(&mut self, _: Granted) {}
}

fn event() -> Fallible<SerializedEvent> {
    let granted = Granted { product: Uuid::now_v7(), mode: "ACTIVATED".into(), opening: "FROM_ORDER_DATE".into(), ordered_on: "2026-03-01".into() };
    let metadata = serde_json::json!({ "actor": Uuid::now_v7(), "origin": "API", "command": Uuid::now_v7(), "correlation": Uuid::now_v7() });
    let (kind, version) = (granted.event_type(), granted.event_version());
    let payload = serde_json::to_value(&granted)?;
    Ok(SerializedEvent::new(Uuid::now_v7().to_string(), 1, Contact::TYPE.into(), kind, version, payload, metadata))
}

/// Appends a second with so many tasks, each on a connection.
async fn appends(url: &str, tasks: usize, each: usize) -> Fallible<f64> {
    let connections = u32::try_from(tasks)?;
    let pool = PgPoolOptions::new().max_connections(connections).min_connections(connections).connect(url).await?;
    let repository = Arc::new(PostgresEventRepository::new(pool.clone()));
    let mut rates = Vec::new();
    // The first round warms connections and statements up.
    for round in 0..=ROUNDS {
        let started = Instant::now();
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..tasks {
            let repository = repository.clone();
            running.spawn(async move {
                for _ in 0..each {
                    repository.persist::<Contact>(&[event()?], None).await?;
                }
                Fallible::Ok(())
            });
        }
        while let Some(done) = running.join_next().await {
            done??;
        }
        if round > 0 {
            rates.push((tasks * each) as f64 / started.elapsed().as_secs_f64());
        }
    }
    pool.close().await;
    rates.sort_by(f64::total_cmp);
    Ok(rates[rates.len() / 2])
}

#[tokio::main]
async fn main() -> Fallible<()> {
    let base = std::env::var("BENCH_POSTGRES_URL").map_err(|_| "BENCH_POSTGRES_URL must name a PostgreSQL where databases can be made")?;
    let scale: f64 = std::env::var("BENCH_SCALE").ok().and_then(|s| s.parse().ok()).unwrap_or(1.0);
    let server = base.rsplit_once('/').map_or(base.as_str(), |(server, _)| server);
    let mut admin = PgConnection::connect(&base).await?;
    admin.execute("DROP DATABASE IF EXISTS bench_cqrs_es WITH (FORCE)").await?;
    admin.execute("CREATE DATABASE bench_cqrs_es").await?;
    let url = format!("{server}/bench_cqrs_es");
    let mut own = PgConnection::connect(&url).await?;
    own.execute(TABLES).await?;
    own.close().await?;
    let round = (20_000.0 * scale).max(2_000.0) as usize;
    let mut best = 0f64;
    for tasks in [16, 64] {
        let rate = appends(&url, tasks, round / tasks).await?;
        eprintln!("cqrs-es, {tasks} tasks: {rate:.0} appends/s");
        best = best.max(rate);
    }
    admin.execute("DROP DATABASE bench_cqrs_es WITH (FORCE)").await?;
    println!("CQRS_ES_APPENDS={best:.0}");
    Ok(())
}
