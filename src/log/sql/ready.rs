//! A batch worked out before its turn: admitted on a guess of what the database will say, its rows made. Under the head's lock the guess is
//! compared with what is so; where they differ, for whatever reason, it is thrown away and the batch worked out again.
//!
//! The guess: the head is where the batch before leaves it, every stream is as its request saw it, claims are free, keys are unused. Nothing here
//! is ever believed: this only moves work to where nobody waits for it.

use super::rows;
use crate::{
    log::{
        AppendRequest, Head,
        admission::{Admitted, Known, admit},
    },
    projector::inline::{Changed, Inline},
};
use projections::Row;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// A batch, and what was worked out of it.
pub(in crate::log) struct Ready {
    pub requests: Vec<AppendRequest>,
    guess: Known,
    /// Where the head will be after it.
    pub head: Head,
    decided: Mutex<Option<Decided>>,
}

/// What a batch comes to: who is let in, and the rows of that.
pub(in crate::log) struct Decided {
    pub admitted: Admitted,
    pub events: Vec<Row>,
    pub changed: Vec<Changed>,
}

impl Decided {
    pub fn of(requests: &[&AppendRequest], known: Known, inline: &Inline) -> Decided {
        let admitted = admit(requests, known);
        let events = admitted.events.iter().map(rows::encode_row).collect();
        let changed = inline.changes(&admitted.changed);
        Decided { admitted, events, changed }
    }
}

impl Ready {
    pub fn new(requests: Vec<AppendRequest>, head: Head, inline: &Inline) -> Ready {
        let guess = guess(&requests, head);
        let decided = Decided::of(&requests.iter().collect::<Vec<_>>(), guess.clone(), inline);
        Ready { requests, guess, head: decided.admitted.head, decided: Mutex::new(Some(decided)) }
    }

    /// Hands out what was worked out, if what it was worked out on is so. Once: whoever tries again works it out again.
    pub fn take(&self, known: &Known) -> Option<Decided> {
        let decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner).take();
        decided.filter(|_| self.guess == *known)
    }
}

fn guess(requests: &[AppendRequest], head: Head) -> Known {
    let (mut versions, mut held) = (HashMap::new(), HashMap::new());
    for request in requests {
        for (stream, version) in request.seen() {
            // What the first to touch it saw: the others follow from that.
            versions.entry(stream.id).or_insert(version);
        }
        for release in &request.releases {
            held.entry(release.key).or_insert(Some(release.owner));
        }
        for sight in &request.sights {
            held.entry(sight.key).or_insert(sight.owner);
        }
        for claim in &request.claims {
            held.entry(claim.key).or_insert(None);
        }
    }
    versions.retain(|_, version| *version > 0);
    let held = held.into_iter().filter_map(|(key, owner)| Some((key, owner?))).collect();
    let todos = requests.iter().flat_map(|r| r.done_todos.iter().copied()).collect();
    Known { head, versions, held, todos, remembered: HashMap::new() }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::log::{Claim, Meta, Release, Sight};
    use domain::{Actor, ActorKind, Category, Origin, StreamId};
    use std::collections::HashSet;
    use uuid::Uuid;

    fn head(position: u64) -> Head {
        Head { log_id: Uuid::from_u128(1), position, hash: [position as u8; 32], at: 0 }
    }

    fn request() -> AppendRequest {
        let stream = |n| StreamId { category: Category::Product, id: Uuid::from_u128(n) };
        let claim =
            |key, owner| Claim { scope: "email".into(), account: None, key: [key; 32], owner: Uuid::from_u128(owner) };
        AppendRequest {
            account: None,
            meta: Meta {
                actor: Actor { kind: ActorKind::System, id: Uuid::nil() },
                on_behalf_of: None,
                origin: Origin::Api,
                command: Uuid::nil(),
                correlation: Uuid::nil(),
                causation: None,
                now: chrono::DateTime::UNIX_EPOCH,
            },
            writes: Vec::new(),
            guards: vec![(stream(1), 3), (stream(2), 0)],
            claims: vec![claim(1, 9), claim(2, 9)],
            releases: vec![Release { key: [2; 32], owner: Uuid::from_u128(8) }],
            sights: vec![Sight { key: [3; 32], owner: None }],
            new_keys: Vec::new(),
            erasures: Vec::new(),
            session_ends: Vec::new(),
            vault: Vec::new(),
            todos: Vec::new(),
            done_todos: vec![Uuid::from_u128(6)],
            idempotency: None,
            whence: None,
        }
    }

    #[test]
    fn what_was_worked_out_is_used_only_where_everything_was_guessed_right() {
        let so = || Known {
            head: head(7),
            versions: HashMap::from([(Uuid::from_u128(1), 3)]),
            held: HashMap::from([([2; 32], Uuid::from_u128(8))]),
            todos: HashSet::from([Uuid::from_u128(6)]),
            remembered: HashMap::new(),
        };
        let ready = || Ready::new(vec![request()], head(7), &Inline::default());
        assert!(ready().take(&so()).unwrap().admitted.answers.iter().all(Result::is_ok));
        let otherwise = [
            Known { head: head(8), ..so() },
            Known { head: Head { hash: [0; 32], ..head(7) }, ..so() },
            Known { versions: HashMap::from([(Uuid::from_u128(1), 4)]), ..so() },
            Known { versions: HashMap::from([(Uuid::from_u128(1), 3), (Uuid::from_u128(2), 1)]), ..so() },
            Known { todos: HashSet::new(), ..so() },
            Known { held: HashMap::from([([2; 32], Uuid::from_u128(8)), ([3; 32], Uuid::from_u128(5))]), ..so() },
            Known { held: HashMap::new(), ..so() },
            Known { held: HashMap::from([([1; 32], Uuid::from_u128(5)), ([2; 32], Uuid::from_u128(8))]), ..so() },
        ];
        for known in otherwise {
            assert!(ready().take(&known).is_none(), "{known:?}");
        }
        // Whoever tries again works it out again.
        let ready = ready();
        assert!(ready.take(&so()).is_some() && ready.take(&so()).is_none());
    }
}
