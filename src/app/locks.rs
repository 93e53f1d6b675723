//! One command at a time a stream, within a process: so that a process never loses a race against itself.

use domain::StreamId;
use std::hash::{BuildHasher, RandomState};
use tokio::sync::{Mutex, MutexGuard};

/// Two streams of one place only wait for each other needlessly.
const PLACES: usize = 4096;

/// Locks by stream.
pub(super) struct Locks {
    places: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Locks {
    pub fn new() -> Locks {
        Locks { places: (0..PLACES).map(|_| Mutex::new(())).collect(), hasher: RandomState::new() }
    }

    /// Waits for the turn of all these streams, in an order that cannot deadlock.
    pub async fn lock(&self, streams: &[StreamId]) -> Vec<MutexGuard<'_, ()>> {
        let mut places: Vec<usize> = streams.iter().map(|s| self.hasher.hash_one(s.id) as usize % PLACES).collect();
        places.sort_unstable();
        places.dedup();
        let mut guards = Vec::with_capacity(places.len());
        for place in places {
            guards.push(self.places[place].lock().await);
        }
        guards
    }
}
