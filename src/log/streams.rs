//! What a log outside the database is asked for: streams of events, and all of them in one order. Nothing else, so that an engine is little work; everything
//! that an append carries besides events is the business of `log::beside`.

use super::{AppendError, LogFailure, Promises, StoredEvent};
use domain::StreamId;
use futures::future::BoxFuture;
use std::fmt;
use uuid::Uuid;

/// A place in the order of all events, as the engine counts: two numbers, because some engines need two. Only compared; never shown to callers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub u64, pub u64);

/// Events outside the database. Those it is given and those it hands out have no position and no hash: these are given as they are copied; their time
/// is the caller's.
///
/// * A stream's events stand in the order of their versions, from 1, without a gap, and each at one place for ever.
/// * Whoever has read up to a place and reads on after it misses nothing.
pub trait Streams: fmt::Debug + Send + Sync + 'static {
    /// What it promises beyond this, as data.
    fn promises(&self) -> Promises;

    /// Which log this is: the same for as long as it holds the same events.
    fn id(&self) -> BoxFuture<'_, Result<Uuid, LogFailure>>;

    /// Appends the events of one command. Each says by stream and version where it is to stand; what stands there under its own id was appended before,
    /// and is not appended again, so that a command can be gone on with whatever became of an attempt before. A race: nothing of it was written.
    /// A failure: that is not known; or, where streams are written one after the other, something of it was written and the rest could not be.
    fn append(&self, events: Vec<StoredEvent>, guards: Vec<(StreamId, u64)>) -> BoxFuture<'_, Result<(), AppendError>>;

    /// Events of a stream after a version, oldest first, at most `limit`.
    fn read_stream(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>>;

    /// Events of all streams after a place, oldest first, at most `limit`, each with its place.
    fn read_all(&self, after: Place, limit: usize) -> BoxFuture<'_, Result<Vec<(Place, StoredEvent)>, LogFailure>>;
}
