//! The commands of an import: many under way at once, and their outcomes told in the order of the file.

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
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use std::{
    collections::VecDeque,
    io::{self, Write},
};
use uuid::Uuid;

/// Commands under way at once: some batches of the log, so that it never waits for the next one to be made.
const UNDER_WAY: usize = 1_500;

/// A row's number, whether it adds a contact, and what came of it.
type Ended = (u64, bool, Result<Done, NotDone>);

/// Commands under way, and the rows that wait for them, in the order of the file.
pub(super) struct Work<'a> {
    app: &'a App,
    caller: Caller,
    dry_run: bool,
    correlation: Uuid,
    under_way: FuturesUnordered<BoxFuture<'a, Ended>>,
    /// Rows not told yet; the first has the number `told`.
    rows: VecDeque<(KeptRow, Option<End>)>,
    told: u64,
    position: u64,
    /// The first failure of the service: nothing more is begun.
    pub failure: Option<Failure>,
}

impl<'a> Work<'a> {
    pub fn new(app: &'a App, caller: Caller, dry_run: bool) -> Work<'a> {
        Work {
            app,
            caller,
            dry_run,
            correlation: app.clock().id(),
            under_way: FuturesUnordered::new(),
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
                Some(done) = self.under_way.next(), if !self.under_way.is_empty() => self.settle(done, ledger),
            }
        }
    }

    /// Begins what rows ask for, as far as there is room, and waits for room.
    pub async fn take<W: Write, E: FnOnce() -> io::Result<W>>(
        &mut self,
        planned: Vec<Planned>,
        ledger: &mut Ledger<W, E>,
    ) {
        for Planned { row, step, after_all } in planned {
            let (command, end) = match step {
                Step::Nothing => (None, Some(End::Unchanged)),
                Step::Duplicate(fault) => (None, Some(End::Duplicate(fault))),
                Step::Reject(faults) => (None, Some(End::Rejected(faults))),
                Step::Add(..) if self.dry_run => (None, Some(End::Created)),
                Step::Edit(..) if self.dry_run => (None, Some(End::Updated)),
                Step::Add(kind, input) => {
                    let account = self.caller.account.unwrap_or(AccountId(Uuid::nil()));
                    (Some(Command::AddContact(account, kind, *input)), None)
                }
                Step::Edit(id, patch) => (Some(Command::EditContact(id, *patch)), None),
            };
            if command.is_some() {
                let room = if after_all { 1 } else { UNDER_WAY };
                while self.under_way.len() >= room
                    && let Some(done) = self.under_way.next().await
                {
                    self.settle(done, ledger);
                }
                if self.failure.is_some() {
                    return;
                }
            }
            let number = self.told + self.rows.len() as u64;
            self.rows.push_back((row, end));
            if let Some(command) = command {
                let adds = matches!(command, Command::AddContact(..));
                let request = Request { correlation: Some(self.correlation), ..Request::from(command) };
                let (app, caller) = (self.app, self.caller);
                self.under_way.push(async move { (number, adds, app.execute(&caller, request).await) }.boxed());
            }
        }
        self.tell(ledger);
    }

    /// Waits for all that is under way.
    pub async fn settle_all<W: Write, E: FnOnce() -> io::Result<W>>(&mut self, ledger: &mut Ledger<W, E>) {
        while let Some(done) = self.under_way.next().await {
            self.settle(done, ledger);
        }
        self.tell(ledger);
        ledger.report.position = ledger.report.position.max(self.position);
    }

    fn settle<W: Write, E: FnOnce() -> io::Result<W>>(
        &mut self,
        (number, adds, done): Ended,
        ledger: &mut Ledger<W, E>,
    ) {
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
        if place == 0 {
            self.tell(ledger);
        }
    }

    /// Tells of the rows that have ended, in the order of the file.
    fn tell<W: Write, E: FnOnce() -> io::Result<W>>(&mut self, ledger: &mut Ledger<W, E>) {
        while let Some((row, Some(end))) = self.rows.pop_front_if(|(_, end)| end.is_some()) {
            self.told += 1;
            ledger.tell(&row, end);
        }
    }
}
