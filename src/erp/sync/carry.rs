//! Carrying out what records ask for, many commands at a time, and noting what became of each.

use super::{
    ATTEMPTS, LATER_MAX, LOTS, Mode, REFUSED_KEPT, RefusedRecord, Sync, TOGETHER,
    plan::{Kind, Planned, Step},
};
use crate::{
    app::{Command, Done, ErpCommand, Failure, NotDone, Request},
    erp::{
        resolve,
        store::{self, RecordRow},
    },
    i18n::messages::message,
};
use domain::{Code, Refusal, Refusals, contact::erp::Record, remedy::Remedy, values::ErpDrift};
use futures::future::join_all;

type Ended = (Planned, Option<Result<Done, NotDone>>);

impl Sync<'_> {
    /// Looks records up, and carries out what they ask for; again where someone else was first.
    pub(super) async fn batch(&mut self, mut records: Vec<(u64, Record)>, last_look: bool) -> Result<(), Failure> {
        for attempt in 1..=ATTEMPTS {
            if records.is_empty() {
                return Ok(());
            }
            let planned = self.plan(records).await?;
            let (ended, again) = self.carry_out(planned).await?;
            let last = attempt == ATTEMPTS;
            self.settle(ended, last_look).await?;
            if last {
                for (line, record) in &again {
                    self.spare(&record.external_id);
                    self.refuse(*line, Refusal::not_now(Remedy::SendAgain).into());
                }
            }
            records = again;
        }
        Ok(())
    }

    /// Carries out what is to be done; also answers the records that have to be looked up again.
    async fn carry_out(&mut self, planned: Vec<Planned>) -> Result<(Vec<Ended>, Vec<(u64, Record)>), Failure> {
        let account = self.account;
        let command = |planned: &Planned| match &planned.step {
            Step::Do(_, sync) => Some(Command::Erp(ErpCommand::Sync(account, Box::new(sync.clone())))),
            _ => None,
        };
        let commands = planned.iter().filter_map(command).collect();
        let mut answers = self.execute(commands).await.into_iter();
        let (mut ended, mut again) = (Vec::with_capacity(planned.len()), Vec::new());
        for planned in planned {
            let done = if matches!(planned.step, Step::Do(..)) { answers.next() } else { None };
            match (&planned.step, &done) {
                (_, Some(Err(NotDone::Failure(failure)))) => return Err(failure.clone()),
                (_, Some(Err(NotDone::Refused(refused)))) if is_old(&refused.refusals) => {
                    again.push((planned.line, planned.record));
                }
                (Step::Again, _) => again.push((planned.line, planned.record)),
                _ => ended.push((planned, done)),
            }
        }
        Ok((ended, again))
    }

    /// Carries commands out, some lots of them at once; the answers are in their order.
    pub(super) async fn execute(&self, commands: Vec<Command>) -> Vec<Result<Done, NotDone>> {
        let correlation = Some(self.run.id);
        let mut lots = Vec::new();
        let mut commands = commands.into_iter().peekable();
        while commands.peek().is_some() {
            let lot = commands.by_ref().take(TOGETHER / LOTS);
            let lot = lot.map(|command| Request { correlation, ..Request::from(command) }).collect();
            lots.push(self.app.execute_all(&self.caller, lot));
        }
        join_all(lots).await.into_iter().flatten().collect()
    }

    /// Counts what became of records, and notes it beside them.
    async fn settle(&mut self, ended: Vec<Ended>, last_look: bool) -> Result<(), Failure> {
        let mut rows = Vec::with_capacity(ended.len());
        for (planned, done) in ended {
            let Planned { line, record, mut row, known_drift, drift, step, withheld } = planned;
            let kind = match (step, done) {
                (Step::Refuse(refusals), _) => {
                    self.spare(&record.external_id);
                    self.refuse(line, refusals);
                    continue;
                }
                (_, Some(Err(NotDone::Refused(refused)))) => {
                    self.spare(&record.external_id);
                    self.refuse(line, refused.refusals);
                    continue;
                }
                (Step::Do(kind, _), Some(Ok(done))) => {
                    self.report.position = self.report.position.max(done.position);
                    row.contact = done.contact.map(|c| c.0);
                    if done.changed { kind } else { Kind::Unchanged }
                }
                (Step::Nothing(kind), _) => kind,
                _ => Kind::Unchanged,
            };
            if self.options.mode == Mode::Full && !record.deleted {
                self.seen.extend(row.contact.filter(|_| kind != Kind::Held));
            }
            if let Some(drift) = drift {
                row.drift = Some(drift.as_str().to_owned());
                let since = known_drift.filter(|(known, _)| known == drift.as_str()).map(|(_, since)| since);
                row.noted_at = Some(since.unwrap_or(row.seen_at));
                row.note = self.note(&row, &record).await?;
            }
            if let Some(refusals) = withheld {
                self.tell_all(line, refusals);
            }
            self.count(line, record, kind, drift, last_look);
            rows.push(row);
        }
        store::keep(self.app.reader().db(), self.account.0, &self.run.source, rows).await
    }

    fn count(&mut self, line: u64, record: Record, kind: Kind, drift: Option<ErpDrift>, last_look: bool) {
        // What was sent of the same record before is counted as it was, unless this is the second look at it.
        let before = self.later.remove(&record.external_id);
        let waits = matches!(drift, Some(ErpDrift::EmailTaken | ErpDrift::UnverifiedMatch));
        match before {
            Some((_, _, first)) if last_look => {
                let changed = matches!(first, Kind::Created | Kind::Updated | Kind::Returned);
                self.tally(if changed { first } else { kind }, drift);
            }
            before => {
                if let Some((_, _, first)) = before {
                    self.tally(first, None);
                }
                if waits && !last_look && self.later.len() < LATER_MAX {
                    self.later.insert(record.external_id.clone(), (line, record, kind));
                } else {
                    self.tally(kind, drift);
                }
            }
        }
    }

    fn tally(&mut self, kind: Kind, drift: Option<ErpDrift>) {
        let counts = &mut self.report.counts;
        match kind {
            Kind::Created => counts.created += 1,
            Kind::Updated => counts.updated += 1,
            Kind::Returned => {
                counts.updated += 1;
                counts.returned += 1;
            }
            Kind::Unchanged => counts.unchanged += 1,
            Kind::Gone => counts.gone += 1,
            Kind::Held => counts.held += 1,
        }
        counts.email_taken += u64::from(drift == Some(ErpDrift::EmailTaken));
    }

    /// What a person needs to decide with, sealed with the contact's key.
    async fn note(&self, row: &RecordRow, record: &Record) -> Result<Option<Vec<u8>>, Failure> {
        let Some(contact) = row.contact else { return Ok(None) };
        resolve::seal_note(self.app, self.account, contact, &row.key, record).await
    }

    pub(super) fn spare(&mut self, external_id: &str) {
        match external_id {
            "" => self.blind = true,
            id => self.spared.push(self.key(id)),
        }
    }

    pub(super) fn refuse(&mut self, line: u64, refusals: Refusals) {
        self.report.counts.refused += 1;
        self.tell_all(line, refusals);
    }

    fn tell_all(&mut self, line: u64, refusals: Refusals) {
        for refusal in refusals.0 {
            let field = Some(refusal.field.join(".")).filter(|field| !field.is_empty());
            self.tell(line, refusal.code.as_str(), field, refusal.params);
        }
    }

    /// Says why a record is not taken.
    pub(super) fn tell(
        &mut self,
        line: u64,
        code: &str,
        field: Option<String>,
        mut params: Vec<(&'static str, String)>,
    ) {
        if self.report.refused_records.len() >= REFUSED_KEPT {
            return;
        }
        params.extend(field.clone().map(|field| ("field", field)));
        let message = message(code, self.lang, &params);
        self.report.refused_records.push(RefusedRecord { line, code: code.to_owned(), field, message });
    }
}

/// Whether a refusal only says that what was read is not so any more: someone else took the e-mail or the record, or the contact is gone.
pub(super) fn is_old(refusals: &Refusals) -> bool {
    refusals.0.iter().all(|refusal| match refusal.code {
        Code::EmailTaken | Code::ContactDeleted | Code::ContactErased | Code::NotFound => true,
        Code::Invalid => refusal.field == ["externalId"] && refusal.params.is_empty(),
        _ => false,
    })
}
