//! The log in memory: for tests of rules that need a log and no database. Same admission, no durability.

use super::{
    AppendError, AppendRequest, Appended, EventLog, Head, IdempotentAnswer, LogFailure, Promises, StoredEvent,
    admission::{Known, admit},
};
use domain::StreamId;
use futures::{FutureExt, future::BoxFuture};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;
use uuid::Uuid;

/// A log that lives as long as the process.
#[derive(Debug)]
pub struct MemoryLog {
    inner: Mutex<Inner>,
    seen: watch::Sender<Head>,
}

#[derive(Debug)]
struct Inner {
    head: Head,
    events: Vec<StoredEvent>,
    versions: HashMap<Uuid, u64>,
    held: HashMap<[u8; 32], Uuid>,
    todos: HashSet<Uuid>,
    remembered: HashMap<(Uuid, [u8; 32]), IdempotentAnswer>,
}

impl MemoryLog {
    /// An empty log of this id.
    pub fn new(log_id: Uuid) -> MemoryLog {
        let head = Head { log_id, position: 0, hash: [0; 32], at: 0 };
        MemoryLog {
            seen: watch::channel(head).0,
            inner: Mutex::new(Inner {
                head,
                events: Vec::new(),
                versions: HashMap::new(),
                held: HashMap::new(),
                todos: HashSet::new(),
                remembered: HashMap::new(),
            }),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventLog for MemoryLog {
    fn promises(&self) -> Promises {
        Promises { shared: false, durable: false, ..Promises::of_a_database("memory") }
    }

    fn append_all(&self, requests: Vec<AppendRequest>) -> BoxFuture<'_, Vec<Result<Appended, AppendError>>> {
        futures::future::join_all(requests.into_iter().map(|request| self.append(request))).boxed()
    }

    fn watch(&self) -> watch::Receiver<Head> {
        self.seen.subscribe()
    }

    fn look(&self) -> BoxFuture<'_, Result<Head, LogFailure>> {
        self.head()
    }

    fn level(&self) -> BoxFuture<'_, Result<(), LogFailure>> {
        std::future::ready(Ok(())).boxed()
    }

    fn holders(&self, keys: Vec<[u8; 32]>) -> BoxFuture<'_, Result<HashMap<[u8; 32], Uuid>, LogFailure>> {
        let inner = self.inner();
        let held = keys.iter().filter_map(|key| Some((*key, *inner.held.get(key)?))).collect();
        async move { Ok(held) }.boxed()
    }

    fn append(&self, request: AppendRequest) -> BoxFuture<'_, Result<Appended, AppendError>> {
        let mut inner = self.inner();
        let known = Known {
            head: inner.head,
            versions: inner.versions.clone(),
            held: inner.held.clone(),
            todos: inner.todos.clone(),
            remembered: inner.remembered.clone(),
        };
        let admitted = admit(&[&request], known);
        inner.head = admitted.head;
        self.seen.send_replace(admitted.head);
        for event in admitted.events {
            inner.versions.insert(event.stream.id, event.version);
            inner.events.push(event);
        }
        for (key, holder) in admitted.held {
            match holder {
                Some(claim) => inner.held.insert(key, claim.owner),
                None => inner.held.remove(&key),
            };
        }
        for (idempotency, position) in admitted.remembered {
            let answer =
                IdempotentAnswer { fingerprint: idempotency.fingerprint, result: idempotency.result, position };
            inner.remembered.insert((idempotency.account, idempotency.key), answer);
        }
        for todo in admitted.done_todos {
            inner.todos.remove(&todo);
        }
        if admitted.answers.iter().any(|a| a.as_ref().is_ok_and(|a| a.replayed.is_none())) {
            inner.todos.extend(request.todos.iter().map(|t| t.id));
        }
        for erasure in &request.erasures {
            inner.held.retain(|_, owner| *owner != erasure.subject);
        }
        let answer =
            admitted.answers.into_iter().next().unwrap_or_else(|| Err(LogFailure::Fault("no answer".into()).into()));
        async move { answer }.boxed()
    }

    fn head(&self) -> BoxFuture<'_, Result<Head, LogFailure>> {
        let head = self.inner().head;
        async move { Ok(head) }.boxed()
    }

    fn read_stream(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        let events: Vec<_> = self
            .inner()
            .events
            .iter()
            .filter(|e| e.stream == stream && e.version > after)
            .take(limit)
            .cloned()
            .collect();
        async move { Ok(events) }.boxed()
    }

    fn read_all(&self, after: u64, limit: usize) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        let events: Vec<_> = self.inner().events.iter().filter(|e| e.position > after).take(limit).cloned().collect();
        async move { Ok(events) }.boxed()
    }

    fn remembered(&self, account: Uuid, key: [u8; 32]) -> BoxFuture<'_, Result<Option<IdempotentAnswer>, LogFailure>> {
        let answer = self.inner().remembered.get(&(account, key)).cloned();
        async move { Ok(answer) }.boxed()
    }

    fn holder(&self, key: [u8; 32]) -> BoxFuture<'_, Result<Option<Uuid>, LogFailure>> {
        let holder = self.inner().held.get(&key).copied();
        async move { Ok(holder) }.boxed()
    }
}
