//! Whether the log is what was appended: nothing changed, removed, swapped or cut off.
//!
//! The chain makes every change inside the log show; the head makes a cut end show; checkpoints kept outside the database (`checkpoint.rs`)
//! make it show when end and head, or the whole rest of the chain, were rewritten together. It reads one row at a time.

use super::{
    Head, LogFailure, StoredEvent, chain,
    checkpoint::Checkpoint,
    sql::{EventRow, READ_ALL, decode_row, head},
};
use crate::db::{Db, DbErrorKind, Tx};
use futures::TryStreamExt;
use projections::Ask;
use std::{collections::BTreeMap, fmt};

/// Damages that are listed; more are counted.
const LISTED: usize = 1_000;
/// Changed events that are looked at again as perhaps swapped.
const LOOKED_AT_AGAIN: usize = 64;

/// Something that is not as it was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// The event's values are not those that its hash was made of.
    Changed {
        /// Where.
        position: u64,
    },
    /// The event's row cannot be read.
    Unreadable {
        /// Where, or just after.
        position: u64,
        /// Why.
        why: String,
    },
    /// Events are missing, with others after them.
    Removed {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
    /// Two events stand in each other's place.
    Swapped {
        /// Here.
        first: u64,
        /// And here.
        second: u64,
    },
    /// The event's version is not the next of its stream.
    Version {
        /// Where.
        position: u64,
    },
    /// The event is older than the one before it.
    Time {
        /// Where.
        position: u64,
    },
    /// Events at the end are missing.
    Truncated {
        /// The last that is there.
        last: u64,
        /// The last there was.
        recorded: u64,
    },
    /// The event is not the one that was there when a checkpoint was noted.
    Rewritten {
        /// Where.
        position: u64,
    },
    /// The head is not that of the last event, or is not there.
    Head,
    /// Checkpoints are of another log.
    OtherLog,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Damage::Changed { position } => write!(f, "the event at {position} was changed"),
            Damage::Unreadable { position, why } => write!(f, "the event at {position} cannot be read: {why}"),
            Damage::Removed { first, last } if first == last => write!(f, "the event at {first} was removed"),
            Damage::Removed { first, last } => write!(f, "the events at {first} to {last} were removed"),
            Damage::Swapped { first, second } => write!(f, "the events at {first} and {second} were swapped"),
            Damage::Version { position } => write!(f, "the event at {position} is not the next of its stream"),
            Damage::Time { position } => write!(f, "the event at {position} is older than the one before it"),
            Damage::Truncated { last, recorded } => write!(f, "the log ends at {last}, but reached {recorded}"),
            Damage::Rewritten { position } => {
                write!(f, "the event at {position} is not the one that a checkpoint noted")
            }
            Damage::Head => f.write_str("the head is not that of the last event"),
            Damage::OtherLog => {
                f.write_str("checkpoints are of another log: this database is not the one that they were noted of")
            }
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// Events read.
    pub events: u64,
    /// Checkpoints compared.
    pub checkpoints: usize,
    /// The head, if it could be read.
    pub head: Option<Head>,
    /// Damages in the order they were met, at most a thousand.
    pub damages: Vec<Damage>,
    /// How many there are.
    pub damage_count: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.damage_count == 0
    }

    fn note(&mut self, damage: Damage) {
        self.damage_count += 1;
        if self.damages.len() < LISTED {
            self.damages.push(damage);
        }
    }
}

/// Checks the whole log as of one moment, while others append. `progress` is told how many events were read, of how many.
pub async fn verify(db: &Db, checkpoints: &[Checkpoint], progress: impl FnMut(u64, u64)) -> Result<Report, LogFailure> {
    let mut tx = db.begin_snapshot().await?;
    let report = verify_in(&mut tx, checkpoints, progress).await?;
    tx.rollback().await?;
    Ok(report)
}

/// Where the log ends, as a transaction sees it; none where it has no head.
pub async fn head_in(tx: &mut Tx) -> Result<Option<Head>, LogFailure> {
    tx.fetch(head()).await?.pop().map(Head::try_from).transpose()
}

/// As [`verify`], as a transaction sees the log.
pub async fn verify_in(
    tx: &mut Tx,
    checkpoints: &[Checkpoint],
    mut progress: impl FnMut(u64, u64),
) -> Result<Report, LogFailure> {
    let mut report = Report { checkpoints: checkpoints.len(), ..Report::default() };
    report.head = match tx.fetch(head()).await {
        Ok(mut rows) => rows.pop().and_then(|row| Head::try_from(row).ok()),
        Err(e) if e.kind == DbErrorKind::Other => None,
        Err(e) => return Err(e.into()),
    };
    let until = report.head.map_or(0, |h| h.position);
    let mut walk = Walk::new(report, checkpoints);
    let mut rows = tx.stream::<EventRow>(Ask::new(format!("{READ_ALL} ORDER BY position"), []))?;
    loop {
        match rows.try_next().await {
            Ok(Some(row)) => walk.row(row),
            Ok(None) => break,
            // A value that does not fit its column, or a page that the engine finds damaged.
            Err(e) if e.kind == DbErrorKind::Other => walk.unreadable(e.to_string()),
            Err(e) => return Err(e.into()),
        }
        if walk.report.events.is_multiple_of(5_000) {
            progress(walk.report.events, until);
        }
    }
    drop(rows);
    let mut report = walk.end();
    for position in out_of_version(tx).await? {
        report.note(Damage::Version { position });
    }
    progress(report.events, until);
    Ok(report)
}

/// Events that are not the next of their stream. The engine sorts, so that memory here does not grow with the streams.
async fn out_of_version(tx: &mut Tx) -> Result<Vec<u64>, LogFailure> {
    let sql = "SELECT position FROM (SELECT position, version, ROW_NUMBER() OVER (PARTITION BY stream ORDER BY position) AS place FROM event) AS placed
               WHERE place <> version ORDER BY position LIMIT 1000";
    match tx.fetch(Ask::<(i64,)>::new(sql, [])).await {
        Ok(rows) => Ok(rows.into_iter().map(|(p,)| p.unsigned_abs()).collect()),
        // Values that cannot be compared were reported as unreadable.
        Err(e) if e.kind == DbErrorKind::Other => Ok(Vec::new()),
        Err(e) => Err(e.into()),
    }
}

/// A changed event, and what it should have followed.
struct Suspect {
    event: StoredEvent,
    previous: [u8; 32],
}

struct Walk<'a> {
    report: Report,
    noted: BTreeMap<u64, &'a Checkpoint>,
    suspects: Vec<Suspect>,
    last: u64,
    at: i64,
    /// The hash that the next event follows; none after a gap.
    previous: Option<[u8; 32]>,
    /// What the hash would be if it was itself what was changed.
    instead: Option<[u8; 32]>,
}

impl<'a> Walk<'a> {
    fn new(mut report: Report, checkpoints: &'a [Checkpoint]) -> Self {
        let own = |c: &&Checkpoint| report.head.is_none_or(|head| head.log_id == c.log_id);
        let noted: BTreeMap<_, _> = checkpoints.iter().filter(own).map(|c| (c.position, c)).collect();
        // Also where others are of this one: a database that was put in the place of another goes on noting.
        if checkpoints.iter().any(|c| !own(&c)) {
            report.note(Damage::OtherLog);
        }
        Walk { report, noted, suspects: Vec::new(), last: 0, at: 0, previous: Some([0; 32]), instead: None }
    }

    fn row(&mut self, row: EventRow) {
        let position = row.position.unsigned_abs();
        match decode_row(row) {
            Ok(event) => self.event(event),
            Err(e) => {
                self.gap_before(position);
                self.last = self.last.max(position.saturating_sub(1));
                self.unreadable(e.to_string());
            }
        }
    }

    fn gap_before(&mut self, position: u64) {
        if position > self.last + 1 {
            self.report.note(Damage::Removed { first: self.last + 1, last: position - 1 });
            (self.previous, self.instead) = (None, None);
        }
    }

    fn unreadable(&mut self, why: String) {
        self.last += 1;
        self.report.events += 1;
        self.report.note(Damage::Unreadable { position: self.last, why });
        (self.previous, self.instead) = (None, None);
    }

    fn event(&mut self, event: StoredEvent) {
        self.report.events += 1;
        self.gap_before(event.position);
        let follows = |previous: Option<[u8; 32]>| previous.is_none_or(|p| chain::hash(&p, &event) == event.hash);
        let whole = follows(self.previous) || self.instead.is_some() && follows(self.instead);
        self.instead = None;
        if event.position <= self.last {
            self.report.note(Damage::Changed { position: event.position });
            return;
        }
        if event.at < self.at {
            self.report.note(Damage::Time { position: event.position });
        }
        if self.noted.get(&event.position).is_some_and(|c| c.hash != event.hash) {
            self.report.note(Damage::Rewritten { position: event.position });
        }
        (self.last, self.at) = (event.position, event.at.max(self.at));
        let previous = self.previous.replace(event.hash);
        if whole {
            return;
        }
        self.report.note(Damage::Changed { position: event.position });
        if let Some(previous) = previous {
            self.instead = Some(chain::hash(&previous, &event));
            if self.suspects.len() < LOOKED_AT_AGAIN {
                self.suspects.push(Suspect { event, previous });
            }
        }
    }

    fn end(mut self) -> Report {
        let last_hash = self.previous;
        match self.report.head {
            None => self.report.note(Damage::Head),
            Some(head) if head.position > self.last => {
                self.report.note(Damage::Truncated { last: self.last, recorded: head.position });
            }
            Some(head) => {
                let at_end = last_hash.is_none_or(|hash| hash == head.hash);
                if head.position < self.last || !at_end || head.at != self.at {
                    self.report.note(Damage::Head);
                }
            }
        }
        let reached = self.report.head.map_or(self.last, |head| head.position.max(self.last));
        if let Some((recorded, _)) = self.noted.last_key_value()
            && *recorded > reached
        {
            self.report.note(Damage::Truncated { last: self.last, recorded: *recorded });
        }
        self.swaps();
        self.report
    }

    /// Two changed events, each of which fits its hash in the other's place.
    fn swaps(&mut self) {
        let fits = |s: &Suspect, place: &Suspect, previous: &[u8; 32]| {
            let moved = StoredEvent { position: place.event.position, ..s.event.clone() };
            chain::hash(previous, &moved) == s.event.hash
        };
        for (n, a) in self.suspects.iter().enumerate() {
            for b in &self.suspects[n + 1..] {
                // Of neighbours, the one now first was made after the other.
                let swapped = fits(b, a, &a.previous) && (fits(a, b, &b.previous) || fits(a, b, &b.event.hash));
                if !swapped {
                    continue;
                }
                let (first, second) = (a.event.position, b.event.position);
                // Whatever follows one of the two was made after the other, and is itself as it was.
                let follows = |s: &Suspect| {
                    let after = |one: &Suspect, other: &Suspect| {
                        s.event.position == one.event.position + 1
                            && chain::hash(&other.event.hash, &s.event) == s.event.hash
                    };
                    after(a, b) || after(b, a)
                };
                let unharmed: Vec<u64> =
                    self.suspects.iter().filter(|s| follows(s)).map(|s| s.event.position).collect();
                let moved = |p: &u64| *p == first || *p == second || unharmed.contains(p);
                let before = self.report.damages.len();
                self.report.damages.retain(|d| !matches!(d, Damage::Changed { position } if moved(position)));
                self.report.damage_count -= (before - self.report.damages.len()) as u64;
                self.report.note(Damage::Swapped { first, second });
            }
        }
    }
}
