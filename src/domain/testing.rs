//! given / when / then, in memory: histories as events, decisions as values.

use crate::{Actor, ActorKind, Code, Event, Fact, Folded, Refusals, State};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// An instant from RFC 3339 text.
///
/// # Panics
/// On text that is no instant.
#[track_caller]
#[expect(clippy::panic, reason = "tests")]
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// A day from `YYYY-MM-DD`.
///
/// # Panics
/// On text that is no day.
#[track_caller]
#[expect(clippy::panic, reason = "tests")]
pub fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// An id that is the same each time: `n` in its last digits.
pub const fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | n)
}

/// Somebody.
pub fn someone() -> Actor {
    Actor { kind: ActorKind::Token, id: id(0xA11CE) }
}

/// A stream's history, folded.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The fold so far.
    pub folded: Folded,
    now: DateTime<Utc>,
}

/// Starts an empty history.
pub fn given() -> Given {
    Given::default()
}

impl Given {
    /// What follows happened at this time.
    pub fn at(mut self, time: &str) -> Self {
        self.now = at(time);
        self
    }

    /// Folds one more event, or several, in. Positions count as versions do.
    ///
    /// # Panics
    /// On an event of another kind of stream.
    #[expect(clippy::panic, reason = "tests")]
    pub fn event(mut self, event: impl Into<Event>) -> Self {
        let version = self.folded.version + 1;
        let fact = Fact { position: version, version, at: self.now, actor: someone() };
        self.folded = self.folded.evolve(&event.into(), fact).unwrap_or_else(|e| panic!("{e}"));
        self
    }

    /// Folds the events of an accepted decision in.
    ///
    /// # Panics
    /// When the decision was refused.
    #[track_caller]
    #[expect(clippy::panic, reason = "tests")]
    pub fn decided<E: Into<Event>>(self, decision: Result<Vec<E>, Refusals>) -> Self {
        decision.unwrap_or_else(|r| panic!("{r}")).into_iter().fold(self, Given::event)
    }

    /// The state.
    pub fn state(&self) -> &State {
        &self.folded.state
    }
}

/// The code of a refused decision's first refusal.
///
/// # Panics
/// When it was accepted.
#[track_caller]
#[expect(clippy::panic, reason = "tests")]
pub fn refused<E: std::fmt::Debug>(decision: Result<Vec<E>, Refusals>) -> Code {
    match decision {
        Err(Refusals(all)) => all.first().map(|r| r.code).unwrap_or_else(|| panic!("refused without a reason")),
        Ok(events) => panic!("accepted: {events:?}"),
    }
}
