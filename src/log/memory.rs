//! Events in memory: the first engine outside the database. For tests of what such an engine is used for, and the example of how little one has to do.

use super::{
    AppendError, LogFailure, Promises, StoredEvent,
    streams::{Place, Streams},
};
use domain::StreamId;
use futures::{
    FutureExt,
    future::{BoxFuture, ready},
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// Streams that live as long as the process. Several services of the process may share them.
#[derive(Debug)]
pub struct MemoryLog {
    id: Uuid,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// In the order in which they were appended; a place is the number of events up to it.
    events: Vec<StoredEvent>,
    /// By stream, where its events are.
    streams: HashMap<StreamId, Vec<usize>>,
}

impl Inner {
    fn version(&self, stream: StreamId) -> u64 {
        self.streams.get(&stream).map_or(0, |places| places.len() as u64)
    }

    fn at(&self, stream: StreamId, version: u64) -> Option<&StoredEvent> {
        let place = usize::try_from(version.checked_sub(1)?).ok()?;
        self.streams.get(&stream)?.get(place).and_then(|index| self.events.get(*index))
    }

    fn append(&mut self, events: Vec<StoredEvent>, guards: &[(StreamId, u64)]) -> Result<(), AppendError> {
        let there = |e: &StoredEvent| self.at(e.stream, e.version).is_some_and(|at| at.event_id == e.event_id);
        let events: Vec<StoredEvent> = events.into_iter().filter(|e| !there(e)).collect();
        if events.is_empty() {
            return Ok(());
        }
        let mut versions: HashMap<StreamId, u64> = HashMap::new();
        for event in &events {
            let version = versions.entry(event.stream).or_insert_with(|| self.version(event.stream));
            if event.version != *version + 1 {
                return Err(AppendError::Race(event.stream));
            }
            *version += 1;
        }
        if let Some((raced, _)) = guards.iter().find(|(stream, version)| self.version(*stream) != *version) {
            return Err(AppendError::Race(*raced));
        }
        for event in events {
            self.streams.entry(event.stream).or_default().push(self.events.len());
            self.events.push(event);
        }
        Ok(())
    }
}

impl MemoryLog {
    /// An empty log of this id.
    pub fn new(id: Uuid) -> MemoryLog {
        MemoryLog { id, inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Streams for MemoryLog {
    fn promises(&self) -> Promises {
        Promises {
            engine: "memory",
            dense: true,
            chained: false,
            atomic: true,
            exact_guards: true,
            inline: false,
            shared: false,
            durable: false,
        }
    }

    fn id(&self) -> BoxFuture<'_, Result<Uuid, LogFailure>> {
        ready(Ok(self.id)).boxed()
    }

    fn append(&self, events: Vec<StoredEvent>, guards: Vec<(StreamId, u64)>) -> BoxFuture<'_, Result<(), AppendError>> {
        async move { self.inner().append(events, &guards) }.boxed()
    }

    fn read_stream(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        let inner = self.inner();
        let versions = (after + 1..=inner.version(stream)).take(limit);
        ready(Ok(versions.filter_map(|version| inner.at(stream, version).cloned()).collect())).boxed()
    }

    fn read_all(&self, after: Place, limit: usize) -> BoxFuture<'_, Result<Vec<(Place, StoredEvent)>, LogFailure>> {
        let inner = self.inner();
        let seen = usize::try_from(after.0).unwrap_or(usize::MAX);
        let events = inner.events.iter().enumerate().skip(seen).take(limit);
        ready(Ok(events.map(|(index, event)| (Place(index as u64 + 1, 0), event.clone())).collect())).boxed()
    }
}
