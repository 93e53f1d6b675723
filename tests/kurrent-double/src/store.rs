//! What the server holds: one log of all events, and streams within it; what may be appended, deleted and read.
//!
//! As the server does it, as far as clients see it:
//!
//! * An append names the revision it expects. Where it stands already under the same ids it is answered as if it had been done now; where something else stands,
//!   it is refused with the revision there is.
//! * A deleted stream reads as if it had never been; whoever appends to it goes on after its last revision. A tombstoned one is refused for ever.
//! * Positions grow with what was written, not by one.
//!
//! Knows nothing of the wire: `serve.rs` and `reading.rs` carry to and from it.

use bytes::Bytes;
use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};
use uuid::Uuid;

/// An event as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id, as its writer named it.
    pub id: Uuid,
    /// Its stream.
    pub stream: String,
    /// Its place in the stream, from 0.
    pub revision: u64,
    /// Its place in the log.
    pub position: u64,
    /// Its type.
    pub kind: String,
    /// Whether it was said to be JSON.
    pub json: bool,
    /// What its writer noted of it.
    pub metadata: Bytes,
    /// What it says.
    pub data: Bytes,
    /// When it was written, in hundreds of nanoseconds since 1970.
    pub created: u64,
}

/// An event to be appended.
#[derive(Debug, Clone)]
pub struct New {
    /// Its id.
    pub id: Uuid,
    /// Its type.
    pub kind: String,
    /// Whether it is said to be JSON.
    pub json: bool,
    /// What is noted of it.
    pub metadata: Bytes,
    /// What it says.
    pub data: Bytes,
}

/// How a stream is expected to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Whatever it is.
    Any,
    /// Not there.
    NoStream,
    /// There.
    Exists,
    /// With this last revision.
    Revision(u64),
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The stream's last revision after it; none: an append of nothing to a stream that is not there.
    pub revision: Option<u64>,
    /// Where its last event stands.
    pub position: Option<u64>,
}

/// Why something was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Another revision than was expected: this one.
    Wrong {
        /// The stream's last revision; none: no such stream.
        current: Option<u64>,
    },
    /// The stream was tombstoned.
    Tombstoned,
}

#[derive(Debug, Default)]
struct Stream {
    /// Where its events stand in the log.
    places: Vec<usize>,
    /// What comes before was deleted.
    first: u64,
    tombstoned: bool,
}

impl Stream {
    /// The last revision that can be read.
    fn current(&self) -> Option<u64> {
        (self.places.len() as u64).checked_sub(1).filter(|last| *last >= self.first)
    }
}

/// The log and its streams.
#[derive(Debug, Default)]
pub struct Store {
    log: Vec<Record>,
    streams: HashMap<String, Stream>,
    written: u64,
}

impl Store {
    /// All events, in their order.
    pub fn log(&self) -> &[Record] {
        &self.log
    }

    /// The place in [`Store::log`] of the first event at a position or after it.
    pub fn at(&self, position: u64) -> usize {
        self.log.partition_point(|record| record.position < position)
    }

    /// A stream's readable events, oldest first; none: there is no such stream.
    pub fn stream(&self, name: &str) -> Result<Option<Vec<&Record>>, Refused> {
        let Some(stream) = self.streams.get(name) else { return Ok(None) };
        if stream.tombstoned {
            return Err(Refused::Tombstoned);
        }
        if stream.current().is_none() {
            return Ok(None);
        }
        let readable = stream.places.iter().filter_map(|place| self.log.get(*place));
        Ok(Some(readable.filter(|record| record.revision >= stream.first).collect()))
    }

    /// Appends, all or nothing.
    pub fn append(&mut self, name: &str, expect: Expect, events: Vec<New>) -> Result<Appended, Refused> {
        let stream = self.streams.entry(name.to_owned()).or_default();
        if stream.tombstoned {
            return Err(Refused::Tombstoned);
        }
        let current = stream.current();
        if let Some(before) = self.appended_before(name, expect, &events) {
            return Ok(before);
        }
        let fits = match expect {
            Expect::Any => true,
            Expect::NoStream => current.is_none(),
            Expect::Exists => current.is_some(),
            Expect::Revision(revision) => current == Some(revision),
        };
        if !fits {
            return Err(Refused::Wrong { current });
        }
        let mut position = None;
        for new in events {
            position = Some(self.write(name, new));
        }
        let revision = self.streams.get(name).and_then(Stream::current);
        Ok(Appended { revision, position })
    }

    /// The same append, if it was done: its events stand one after the other where they were expected to, under their ids.
    fn appended_before(&self, name: &str, expect: Expect, events: &[New]) -> Option<Appended> {
        let stream = self.streams.get(name)?;
        let first = events.first()?;
        let id_at = |revision: usize| stream.places.get(revision).and_then(|place| self.log.get(*place));
        let from = match expect {
            Expect::Revision(revision) => usize::try_from(revision).ok()? + 1,
            Expect::NoStream => usize::try_from(stream.first).ok()?,
            Expect::Any | Expect::Exists => {
                stream.places.iter().rposition(|place| self.log.get(*place).is_some_and(|r| r.id == first.id))?
            }
        };
        let stands = |(n, new): (usize, &New)| id_at(from + n).is_some_and(|record| record.id == new.id);
        if !events.iter().enumerate().all(stands) {
            return None;
        }
        let last = id_at(from + events.len() - 1)?;
        Some(Appended { revision: Some(last.revision), position: Some(last.position) })
    }

    fn write(&mut self, name: &str, new: New) -> u64 {
        let stream = self.streams.entry(name.to_owned()).or_default();
        let revision = stream.places.len() as u64;
        stream.places.push(self.log.len());
        self.written += 100 + (name.len() + new.kind.len() + new.metadata.len() + new.data.len()) as u64;
        let position = self.written;
        self.log.push(Record {
            id: new.id,
            stream: name.to_owned(),
            revision,
            position,
            kind: new.kind,
            json: new.json,
            metadata: new.metadata,
            data: new.data,
            created: ticks(),
        });
        position
    }

    /// Deletes a stream, so that it reads as not there, or tombstones it.
    pub fn delete(&mut self, name: &str, expect: Expect, tombstone: bool) -> Result<u64, Refused> {
        let stream = self.streams.entry(name.to_owned()).or_default();
        if stream.tombstoned {
            return Err(Refused::Tombstoned);
        }
        let current = stream.current();
        let fits = match expect {
            Expect::Any => true,
            Expect::NoStream => current.is_none(),
            Expect::Exists => current.is_some(),
            Expect::Revision(revision) => current == Some(revision),
        };
        if !fits {
            return Err(Refused::Wrong { current });
        }
        let id = Uuid::from_u128(u128::from(self.written) | 0xDE1E << 112);
        let new = |kind: &str, data: &'static [u8]| New {
            id,
            kind: kind.into(),
            json: true,
            metadata: Bytes::new(),
            data: Bytes::from_static(data),
        };
        if tombstone {
            let position = self.write(name, new("$streamDeleted", b"{}"));
            if let Some(stream) = self.streams.get_mut(name) {
                stream.tombstoned = true;
            }
            return Ok(position);
        }
        stream.first = stream.places.len() as u64;
        // As the server notes it: in the stream of what is said about the stream.
        Ok(self.write(&format!("$${name}"), new("$metadata", br#"{"$tb":9223372036854775807}"#)))
    }
}

/// Now, in hundreds of nanoseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "a server has a clock of its own")]
pub fn ticks() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos() / 100).unwrap_or_default()
}

#[cfg(test)]
mod tests;
