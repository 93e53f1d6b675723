//! A log under test, and requests to it.

use crate::databases::{Database, Engine, keys};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AccountId, Category, Event, Folded, Origin, StreamId,
    product::{Created, Renamed},
    testing::{at, id, someone},
    values::DripClock,
};
use sesame::{
    log::{
        Apart, AppendError, AppendRequest, Appended, Claim, EventLog, Idempotency, LogApart, Meta, Release, Sight,
        SqlLog, StoredEvent, Todo, Write, chain, codec,
    },
    projector::{create_missing, inline::Inline},
    vault::store::Vault,
};
use std::sync::Arc;
use uuid::Uuid;

/// A log, and what it stands on.
pub struct Subject {
    pub log: Arc<dyn EventLog>,
    pub database: Database,
}

/// The log that a database has.
pub async fn open(database: &Database) -> Arc<dyn EventLog> {
    let (db, inline) = (database.open().await, Arc::new(Inline::default()));
    create_missing(&db).await.unwrap();
    match &database.elsewhere {
        None => Arc::new(SqlLog::open(db, inline).await.unwrap().0),
        Some(elsewhere) => {
            let vault = Vault::open(db.clone(), keys()).await.unwrap();
            Arc::new(LogApart::open(db, inline, vault, Apart::new(elsewhere.streams())).await.unwrap().0)
        }
    }
}

impl Subject {
    pub async fn of(engine: Engine) -> Subject {
        let database = Database::fresh(engine).await;
        Subject { log: open(&database).await, database }
    }

    pub async fn append(&self, request: AppendRequest) -> Result<Appended, AppendError> {
        self.log.append(request).await
    }

    /// All events, and that they are what a log promises: dense, chained, in time order, versions dense within their stream, up to the head.
    pub async fn whole(&self) -> Vec<StoredEvent> {
        let events = self.log.read_all(0, 100_000).await.unwrap();
        let (mut hash, mut time) = ([0; 32], 0);
        let mut versions = std::collections::HashMap::new();
        for (n, event) in events.iter().enumerate() {
            assert_eq!(event.position, n as u64 + 1, "positions are dense");
            assert_eq!(event.hash, chain::hash(&hash, event), "the chain holds at {}", event.position);
            assert!(event.at >= time, "times never run backwards");
            let version = versions.entry(event.stream).or_insert(0);
            *version += 1;
            assert_eq!(event.version, *version, "versions are dense");
            (hash, time) = (event.hash, event.at);
        }
        let head = self.log.head().await.unwrap();
        assert_eq!((head.position, head.hash, head.at), (events.len() as u64, hash, time));
        events
    }
}

pub fn product(n: u128) -> StreamId {
    StreamId { category: Category::Product, id: id(n) }
}

pub fn account() -> Uuid {
    id(0xACC)
}

pub fn noon() -> DateTime<Utc> {
    at("2026-03-31T12:00:00Z")
}

/// A request without anything, of command `n`.
pub fn request(n: u128) -> AppendRequest {
    AppendRequest {
        account: Some(account()),
        meta: Meta {
            actor: someone(),
            on_behalf_of: None,
            origin: Origin::Api,
            command: id(0xC0_0000 + n),
            correlation: id(0xC0_0000 + n),
            causation: None,
            now: noon() + TimeDelta::seconds(n as i64),
        },
        writes: Vec::new(),
        guards: Vec::new(),
        claims: Vec::new(),
        releases: Vec::new(),
        sights: Vec::new(),
        new_keys: Vec::new(),
        erasures: Vec::new(),
        session_ends: Vec::new(),
        vault: Vec::new(),
        todos: Vec::new(),
        done_todos: Vec::new(),
        idempotency: None,
        whence: None,
    }
}

pub fn key(n: u128) -> [u8; 32] {
    let mut key = [7; 32];
    key[..16].copy_from_slice(&n.to_be_bytes());
    key
}

/// Words in which requests are put together.
pub trait Asking: Sized {
    fn create(self, stream: StreamId) -> Self;
    fn rename(self, stream: StreamId, before: &Arc<Folded>, name: &str) -> Self;
    fn guard(self, stream: StreamId, version: u64) -> Self;
    fn claim(self, value: u128, owner: StreamId) -> Self;
    fn release(self, value: u128, owner: StreamId) -> Self;
    fn sight(self, value: u128, owner: Option<StreamId>) -> Self;
    fn todo(self, n: u128) -> Self;
    fn does(self, n: u128) -> Self;
    fn remember(self, key: u128, input: u8, result: &[u8]) -> Self;
}

/// The id of to-do `n`.
pub fn todo_id(n: u128) -> Uuid {
    id(0x70D0_0000 + n)
}

fn events(request: &AppendRequest, stream: StreamId, events: Vec<Event>) -> Vec<codec::NewEvent> {
    let written = request.writes.iter().map(|w| w.events.len()).sum::<usize>() as u32;
    let new = |(n, event)| {
        let id = Uuid::new_v5(&request.meta.command, &(written + n as u32).to_be_bytes());
        codec::encode(event, id, account(), stream, None).unwrap()
    };
    events.into_iter().enumerate().map(new).collect()
}

impl Asking for AppendRequest {
    fn create(mut self, stream: StreamId) -> Self {
        let created = Created {
            account: AccountId(account()),
            name: "Yoga".into(),
            delivered: false,
            drip_clock: DripClock::CalendarDays,
            modules: vec![],
            order_email: None,
        };
        let events = events(&self, stream, vec![created.into()]);
        self.writes.push(Write { stream, before: Arc::default(), events });
        self
    }
    fn rename(mut self, stream: StreamId, before: &Arc<Folded>, name: &str) -> Self {
        let events = events(&self, stream, vec![Renamed { name: name.into() }.into()]);
        self.writes.push(Write { stream, before: before.clone(), events });
        self
    }
    fn guard(mut self, stream: StreamId, version: u64) -> Self {
        self.guards.push((stream, version));
        self
    }
    fn claim(mut self, value: u128, owner: StreamId) -> Self {
        self.claims.push(Claim { scope: "email".into(), account: Some(account()), key: key(value), owner: owner.id });
        self
    }
    fn release(mut self, value: u128, owner: StreamId) -> Self {
        self.releases.push(Release { key: key(value), owner: owner.id });
        self
    }
    fn sight(mut self, value: u128, owner: Option<StreamId>) -> Self {
        self.sights.push(Sight { key: key(value), owner: owner.map(|o| o.id) });
        self
    }

    fn todo(mut self, n: u128) -> Self {
        let event_id = self.writes.last().and_then(|w| w.events.last()).map(|e| e.id).unwrap_or_default();
        let (account, data, target) = (account(), b"{}".to_vec(), None);
        self.todos.push(Todo {
            id: todo_id(n),
            account,
            subject: None,
            template: "policy:test".into(),
            data,
            event_id,
            target,
        });
        self
    }

    fn does(mut self, n: u128) -> Self {
        self.done_todos.push(todo_id(n));
        self
    }

    fn remember(mut self, name: u128, input: u8, result: &[u8]) -> Self {
        self.idempotency =
            Some(Idempotency { account: account(), key: key(name), fingerprint: [input; 32], result: result.to_vec() });
        self
    }
}
