//! The commands of an import: by the hundred, some hundreds under way at once, and their outcomes told in the order of the file.

use super::{
    ledger::{End, Ledger},
    plan::{Planned, Step},
    report::Fault,
};
use crate::{
    app::{App, Caller, Command, Done, Failure, NotDone, Request},
    files::KeptRow,
};
use domain::AccountId;
use std::{
    collections::VecDeque,
    io::{self, Write},
};
use tokio::task::{JoinError, JoinSet};
use uuid::Uuid;

/// Commands carried out together, and how many such lots are under way at once: while the log writes one, others are decided and made ready.
const TOGETHER: usize = 250;
const LOTS: usize = 4;

/// A lot as it ended: each row's number, whether it adds a contact, and what came of it.
type Ended = Vec<(u64, bool, Result<Done, NotDone>)>;

/// Commands under way, and the rows that wait for them, in the order of the file.
pub(super) struct Work {
    app: App,
    caller: Caller,
    account: AccountId,
    dry_run: bool,
    correlation: Uuid,
    /// Commands of the next lot, with their rows' numbers.
    next: Vec<(u64, Command)>,
    under_way: JoinSet<Ended>,
    /// Rows not told yet; the first has the number `told`.
    rows: VecDeque<(KeptRow, Option<End>)>,
    told: u64,
    position: u64,
    /// The first failure of the service: nothing more is begun.
    pub failure: Option<Failure>,
}

impl Work {
    pub fn new(app: &App, caller: Caller, account: AccountId, dry_run: bool) -> Work {
        Work {
            app: app.clone(),
            caller,
            account,
            dry_run,
            correlation: app.clock().id(),
            next: Vec::new(),
            under_way: JoinSet::new(),
            rows: VecDeque::new(),
            told: 0,
            position: 0,
            failure: None,
        }
    }

    /// Waits for something else while commands go on.
    pub async fn beside<T, W: Write, E: FnOnce() -> io::Result<W>>(
        &mut self,
        other: impl Future<Output = T>,
        ledger: &mut Ledger<W, E>,
    ) -> T {
        let mut other = std::pin::pin!(other);
        loop {
            tokio::select! {
                biased;
                out = &mut other => return out,
                Some(ended) = self.under_way.join_next(), if !self.under_way.is_empty() => self.settle(ended, ledger),
            }
        }
    }

    /// Begins what rows ask for, as far as there is room, and waits for room.
    pub async fn take<W: Write, E: FnOnce() -> io::Result<W>>(
        &mut self,
        planned: Vec<Planned>,
        ledger: &mut Ledger<W, E>,
    ) {
        for Planned { row, step, after_all, .. } in planned {
            let (command, end) = match step {
                Step::Nothing(_) => (None, Some(End::Unchanged)),
                Step::Duplicate(fault) => (None, Some(End::Duplicate(fault))),
                Step::Reject(faults) => (None, Some(End::Rejected(faults))),
                Step::Add(..) if self.dry_run => (None, Some(End::Created)),
                Step::Edit(..) if self.dry_run => (None, Some(End::Updated)),
                Step::Add(kind, input) => (Some(Command::AddContact(self.account, kind, *input)), None),
                Step::Edit(id, patch) => (Some(Command::EditContact(id, *patch)), None),
            };
            if after_all && command.is_some() {
                self.begin();
                self.room(1, ledger).await;
            }
            if self.failure.is_some() {
                return;
            }
            let number = self.told + self.rows.len() as u64;
            self.rows.push_back((row, end));
            self.next.extend(command.map(|command| (number, command)));
            if self.next.len() >= TOGETHER {
                self.room(LOTS, ledger).await;
                self.begin();
            }
        }
        self.tell(ledger);
    }

    /// Begins the next lot.
    fn begin(&mut self) {
        let (numbers, commands): (Vec<u64>, Vec<Command>) = self.next.drain(..).unzip();
        if numbers.is_empty() || self.failure.is_some() {
            return;
        }
        let (app, caller, correlation) = (self.app.clone(), self.caller.clone(), Some(self.correlation));
        self.under_way.spawn(async move {
            let adds: Vec<bool> = commands.iter().map(|c| matches!(c, Command::AddContact(..))).collect();
            let requests = commands.into_iter().map(|c| Request { correlation, ..Request::from(c) }).collect();
            let ends = app.execute_all(&caller, requests).await;
            numbers.into_iter().zip(adds).zip(ends).map(|((number, adds), end)| (number, adds, end)).collect()
        });
    }

    /// Waits until fewer lots are under way.
    async fn room<W: Write, E: FnOnce() -> io::Result<W>>(&mut self, lots: usize, ledger: &mut Ledger<W, E>) {
        while self.under_way.len() >= lots
            && let Some(ended) = self.under_way.join_next().await
        {
            self.settle(ended, ledger);
        }
    }

    /// Waits for all that is under way.
    pub async fn settle_all<W: Write, E: FnOnce() -> io::Result<W>>(&mut self, ledger: &mut Ledger<W, E>) {
        self.begin();
        self.room(1, ledger).await;
        self.tell(ledger);
        ledger.report.position = ledger.report.position.max(self.position);
    }

    fn settle<W: Write, E: FnOnce() -> io::Result<W>>(
        &mut self,
        ended: Result<Ended, JoinError>,
        ledger: &mut Ledger<W, E>,
    ) {
        match ended {
            Ok(ended) => ended.into_iter().for_each(|(number, adds, done)| self.note(number, adds, done)),
            Err(e) => {
                self.failure.get_or_insert(Failure::Fault(format!("carrying rows out: {e}")));
            }
        }
        self.tell(ledger);
    }

    fn note(&mut self, number: u64, adds: bool, done: Result<Done, NotDone>) {
        let place = usize::try_from(number - self.told).unwrap_or(usize::MAX);
        let Some((_, end)) = self.rows.get_mut(place) else { return };
        *end = Some(match done {
            Ok(done) => {
                self.position = self.position.max(done.position);
                match (adds, done.changed) {
                    (true, _) => End::Created,
                    (false, true) => End::Updated,
                    // Someone else made it so meanwhile.
                    (false, false) => End::Unchanged,
                }
            }
            Err(NotDone::Refused(refused)) => End::Rejected(Fault::of(refused.refusals)),
            Err(NotDone::Failure(failure)) => {
                self.failure.get_or_insert(failure);
                End::Unknown
            }
        });
    }

    /// Tells of the rows that have ended, in the order of the file.
    fn tell<W: Write, E: FnOnce() -> io::Result<W>>(&mut self, ledger: &mut Ledger<W, E>) {
        while let Some((row, Some(end))) = self.rows.pop_front_if(|(_, end)| end.is_some()) {
            self.told += 1;
            ledger.tell(&row, end);
        }
    }
}
