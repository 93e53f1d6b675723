//! One sync: records come in by the hundred and in the order they were sent, each is carried out as a command of its own, all of one correlation id.
//!
//! The same records again change nothing, whoever sends them and however often: each is compared with its contact before anything is written, and
//! who is linked to which record is claimed in the append itself, so that two syncs at once make one contact. Dropping a sync stops after the
//! commands under way; sending the records again goes on from there.

use super::store::{self, RecordRow, RunRow};
use crate::{
    app::{App, Caller, Command, Done, Door, ErpCommand, ErpSync, Failure, GivenPosition, NotDone, Request},
    i18n::{lang::Lang, messages::message},
};
use domain::{
    AccountId, Code, ContactId, Folded, Refusal, Refusals,
    account::AccountState,
    contact::{
        ContactState,
        erp::{Candidates, EmailStanding, FlagGone, Meant, Record, SentRecord, SyncErpRecord, meant, record_key},
    },
    values::{ErpDrift, ErpField},
};
use futures::future::join_all;
use projections::erp_links;
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// Records looked up together, and commands under way at once.
pub(super) const TOGETHER: usize = 500;
/// Lots of commands under way at once: while the log writes one, others are decided.
const LOTS: usize = 4;
/// How often a record is looked up again after someone else was first.
const ATTEMPTS: usize = 3;
/// Records that disagree and are looked at again when all the others are done: an e-mail may be free by then.
const LATER_MAX: usize = 10_000;
/// Linked contacts read together when all records are reconciled.
const PAGE: i64 = 5_000;
/// Refused records that a report keeps.
const REFUSED_KEPT: usize = 10_000;

/// Whether what is sent is all there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Records that changed.
    #[default]
    Incremental,
    /// Every record: who is linked and not among them is gone from the ERP.
    Full,
}

impl Mode {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Incremental => "INCREMENTAL",
            Mode::Full => "FULL",
        }
    }
}

/// How to sync.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether what is sent is all there is.
    pub mode: Mode,
    /// Flag contacts as gone even if they are more than half.
    pub force: bool,
    /// How records come: `API`, `FOLDER`, `PULL`.
    pub door: &'static str,
    /// The sender's key: a retry with it gets the first answer.
    pub key: Option<String>,
    /// The language of messages.
    pub lang: Lang,
}

/// What became of records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// All that were sent.
    pub records: u64,
    /// New contacts.
    pub created: u64,
    /// Contacts that changed, those that came back among them.
    pub updated: u64,
    /// Contacts that were so already.
    pub unchanged: u64,
    /// Contacts flagged as gone, by a record that says so or by none.
    pub gone: u64,
    /// Contacts that came back.
    pub returned: u64,
    /// Records not taken: they wait for a person's decision, or are of someone who was erased.
    pub held: u64,
    /// Records whose e-mail is another contact's: taken without it.
    pub email_taken: u64,
    /// Records that cannot be taken as they are.
    pub refused: u64,
}

/// A record that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRecord {
    /// Its line, or its place in a list, from 1.
    pub line: u64,
    /// The stable code.
    pub code: String,
    /// The field, by the API's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong and what to do about it.
    pub message: String,
}

/// Why nobody was flagged as gone although all records were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Why {
    /// It would be more than half of them: to be sent with `force` where that is meant.
    TooManyGone,
    /// A record could not be read, so that nobody knows whose it is.
    UnreadableRecords,
}

impl Why {
    /// The stable code, which has a sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::TooManyGone => "TOO_MANY_GONE",
            Why::UnreadableRecords => "UNREADABLE_RECORDS",
        }
    }
}

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What became of records.
    #[serde(flatten)]
    pub counts: Counts,
    /// Contacts that were not among all records and were not flagged all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_flagged: Option<(u64, Why)>,
    /// Records that cannot be taken, the first ten thousand.
    #[serde(default)]
    pub refused_records: Vec<RefusedRecord>,
    /// Position of its last event, or of the log when nothing was written.
    #[serde(default)]
    pub position: u64,
}

/// Why a sync does not begin, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The caller may not do this, no ERP is connected, or the key was used with other records.
    #[error("{0:?}")]
    Refused(Refusals),
    /// The service failed.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl<T: Into<Refusal>> From<T> for SyncError {
    fn from(refusal: T) -> Self {
        SyncError::Refused(Refusals::from(refusal))
    }
}

/// A record as it came.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its line, from 1.
    pub line: u64,
    /// What it says; none: it cannot be read.
    pub record: Option<SentRecord>,
}

/// What became of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Created,
    Updated,
    Returned,
    Unchanged,
    Gone,
    Held,
}

/// A record, what it means, and what is to be done.
struct Planned {
    line: u64,
    record: Record,
    row: RecordRow,
    known_drift: Option<(String, i64)>,
    drift: Option<ErpDrift>,
    step: Step,
}

#[expect(clippy::large_enum_variant, reason = "a step lives from its decision to its lot; a box each would cost more")]
enum Step {
    /// Nothing, and what that counts as.
    Nothing(Kind),
    /// Somebody who knows better has to be asked again: what was read is old.
    Again,
    Refuse(Refusals),
    Do(Kind, ErpSync),
}

/// What was looked up for some records.
struct Found {
    holders: HashMap<[u8; 32], Uuid>,
    rows: HashMap<Vec<u8>, RecordRow>,
    states: HashMap<Uuid, Arc<Folded>>,
}

impl Found {
    fn contact(&self, key: Option<&[u8; 32]>) -> Option<(ContactId, &ContactState)> {
        let id = *self.holders.get(key?)?;
        Some((ContactId(id), self.states.get(&id)?.state.contact()?))
    }
}

type Ended = (Planned, Option<Result<Done, NotDone>>);

/// A sync under way.
pub struct Sync<'a> {
    app: &'a App,
    caller: Caller,
    account: AccountId,
    terms: AccountState,
    options: Options,
    run: RunRow,
    read_from: u64,
    report: Report,
    fingerprint: [u8; 32],
    /// Contacts that records were met for; only of a full sync.
    seen: HashSet<Uuid>,
    /// Records that were refused: their contacts are not gone.
    spared: Vec<[u8; 32]>,
    blind: bool,
    /// By their ids: records that disagree, and what became of them so far.
    later: HashMap<String, (u64, Record, Kind)>,
}

impl<'a> Sync<'a> {
    /// Begins a sync of the caller's account with the ERP it is connected to.
    pub async fn begin(
        app: &'a App,
        caller: &Caller,
        account: AccountId,
        options: Options,
    ) -> Result<Sync<'a>, SyncError> {
        let caller = caller.through(Door::Erp);
        // Records that change nothing ask for no command that would be refused.
        app.may_sync(&caller, account)?;
        let reader = app.reader();
        let head = reader.head().await?.position;
        let level: GivenPosition = reader
            .token(head)
            .to_string()
            .parse()
            .map_err(|e| Failure::Fault(format!("a position of our own: {e}")))?;
        let states = reader.states(vec![account.0]).await?;
        let state =
            states.get(&account.0).and_then(|folded| folded.state.account()).filter(|_| caller.reaches(account));
        let terms = state.cloned().ok_or_else(|| Refusal::at(Code::NotFound, "accountId"))?;
        let source = terms.erp().map(|erp| erp.source.clone());
        let source = source.ok_or_else(|| Refusal::at(Code::NotAllowedNow, "accountId"))?;
        // Records are matched by what the read models know.
        reader.wait_for(level).await?;
        let run = RunRow {
            id: app.clock().id(),
            source,
            mode: options.mode.as_str().to_owned(),
            door: options.door.to_owned(),
            started_at: app.clock().now().timestamp_micros(),
            ..RunRow::default()
        };
        let key = options.key.as_deref().map(|key| app.vault().claim_key("erp_sync", account.0, key));
        store::begin_run(reader.db(), account.0, &run, key).await?;
        Ok(Sync {
            app,
            caller,
            account,
            terms,
            options,
            run,
            read_from: head,
            report: Report::default(),
            fingerprint: [0; 32],
            seen: HashSet::new(),
            spared: Vec::new(),
            blind: false,
            later: HashMap::new(),
        })
    }

    /// The answer of the sync that ended under this key, and the fingerprint of what was sent with it.
    pub async fn answered(app: &App, account: AccountId, key: &str) -> Result<Option<(Report, Vec<u8>)>, Failure> {
        let key = app.vault().claim_key("erp_sync", account.0, key);
        let Some(run) = store::run_of_key(app.reader().db(), account.0, key).await? else { return Ok(None) };
        let report = run.report.as_deref().map(serde_json::from_slice).transpose().map_err(Failure::json)?;
        Ok(report.map(|report| (report, run.fingerprint.unwrap_or_default())))
    }

    /// Adds what was sent to the fingerprint.
    pub fn note_bytes(&mut self, bytes: &[u8]) {
        self.fingerprint = chained(self.app, &self.fingerprint, bytes);
    }

    /// How many records came so far.
    pub fn records(&self) -> u64 {
        self.report.counts.records
    }

    /// Takes records in that follow those before.
    pub async fn take(&mut self, sent: Vec<Sent>) -> Result<(), Failure> {
        let mut batch: Vec<(u64, Record)> = Vec::with_capacity(sent.len().min(TOGETHER));
        let mut ids = HashSet::new();
        for Sent { line, record } in sent {
            self.report.counts.records += 1;
            let Some(record) = record else {
                self.blind = true;
                self.refuse(line, Refusal::new(Code::Invalid).into());
                continue;
            };
            let id = record.external_id.trim().to_owned();
            match record.check() {
                Err(refusals) => {
                    self.spare(&id);
                    self.refuse(line, refusals);
                }
                Ok(record) => {
                    // Two of one record are taken in their order.
                    if batch.len() == TOGETHER || !ids.insert(record.external_id.clone()) {
                        self.batch(std::mem::take(&mut batch), false).await?;
                        ids = HashSet::from([record.external_id.clone()]);
                    }
                    batch.push((line, record));
                }
            }
        }
        self.batch(batch, false).await
    }

    /// Ends it: what disagreed is looked at again, and, where all records were sent, who was not among them is flagged.
    pub async fn finish(mut self) -> Result<Report, Failure> {
        let ended = self.end().await;
        self.report.position = match self.report.position {
            0 => self.app.reader().newest_position().await?,
            position => position,
        };
        self.run.failed = ended.as_ref().err().map(|failure| failure.code().to_owned());
        self.note_end().await?;
        ended.map(|()| self.report)
    }

    /// Notes that it stopped before its end, for instance because the source did not answer.
    pub async fn stop(mut self, why: &str) -> Result<Report, Failure> {
        self.run.failed = Some(why.to_owned());
        self.note_end().await?;
        Ok(self.report)
    }

    async fn note_end(&mut self) -> Result<(), Failure> {
        self.run.ended_at = Some(self.app.clock().now().timestamp_micros());
        self.run.report = Some(serde_json::to_vec(&self.report).map_err(Failure::json)?);
        self.run.fingerprint = Some(self.fingerprint.to_vec());
        store::end_run(self.app.reader().db(), &self.run).await
    }

    async fn end(&mut self) -> Result<(), Failure> {
        let mut later: Vec<(u64, Record)> =
            self.later.values().map(|(line, record, _)| (*line, record.clone())).collect();
        later.sort_by_key(|(line, _)| *line);
        while !later.is_empty() {
            let rest = later.split_off(later.len().min(TOGETHER));
            self.batch(std::mem::replace(&mut later, rest), true).await?;
        }
        if self.options.mode == Mode::Full { self.reconcile().await } else { Ok(()) }
    }

    /// Looks records up, and carries out what they ask for; again where someone else was first.
    async fn batch(&mut self, mut records: Vec<(u64, Record)>, last_look: bool) -> Result<(), Failure> {
        for attempt in 1..=ATTEMPTS {
            if records.is_empty() {
                return Ok(());
            }
            let planned = self.plan(records).await?;
            let (ended, again) = self.carry_out(planned).await?;
            let last = attempt == ATTEMPTS;
            self.settle(ended, last_look).await?;
            if last {
                for (line, _) in &again {
                    self.refuse(*line, Refusal::new(Code::NotAllowedNow).into());
                }
            }
            records = again;
        }
        Ok(())
    }

    fn key(&self, external_id: &str) -> [u8; 32] {
        self.app.reader().erp_record_key(self.account, &record_key(&self.run.source, external_id))
    }

    fn email_key(&self, record: &Record) -> Option<[u8; 32]> {
        record.email().map(|email| self.app.reader().email_key(self.account, email))
    }

    async fn look_up(&self, records: &[(u64, Record)]) -> Result<Found, Failure> {
        let reader = self.app.reader();
        let mut keys = Vec::with_capacity(records.len() * 3);
        let mut links = Vec::with_capacity(records.len());
        for (_, record) in records {
            let link = self.key(&record.external_id);
            links.push(link.to_vec());
            keys.extend([link, reader.external_id_key(self.account, &record.external_id)]);
            keys.extend(self.email_key(record));
        }
        let holders = reader.holders(keys).await?;
        let rows = store::records(reader.db(), self.account.0, links).await?;
        let mut ids: Vec<Uuid> = holders.values().copied().filter(|id| *id != self.account.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let states = reader.states(ids).await?;
        Ok(Found { holders, rows, states })
    }

    async fn plan(&mut self, records: Vec<(u64, Record)>) -> Result<Vec<Planned>, Failure> {
        let found = self.look_up(&records).await?;
        let now = self.app.clock().now();
        let mut planned = Vec::with_capacity(records.len());
        for (line, record) in records {
            let link = self.key(&record.external_id);
            let external_id = self.app.reader().external_id_key(self.account, &record.external_id);
            let candidates = Candidates {
                erased: found.holders.get(&link) == Some(&self.account.0),
                link: found.contact(Some(&link)),
                external_id: found.contact(Some(&external_id)),
                email: found.contact(self.email_key(&record).as_ref()),
            };
            let was = found.rows.get(link.as_slice());
            let stale = |at| was.and_then(|row| row.updated_at).is_some_and(|known| known > at);
            let stale = record.updated_at.is_some_and(|at| stale(at.timestamp_micros()));
            let mut row = RecordRow {
                key: link.to_vec(),
                contact: None,
                seen_at: now.timestamp_micros(),
                updated_at: record.updated_at.map(|at| at.timestamp_micros()).or(was.and_then(|row| row.updated_at)),
                ..RecordRow::default()
            };
            let known_drift = was.and_then(|row| Some((row.drift.clone()?, row.noted_at?)));
            let (drift, step) = match meant(&record, &self.run.source, &candidates) {
                Meant::Erased => (Some(ErpDrift::Tombstoned), Step::Nothing(Kind::Held)),
                Meant::Perhaps(_) if record.deleted => (None, Step::Nothing(Kind::Unchanged)),
                Meant::Perhaps(id) => {
                    row.contact = Some(id.0);
                    (Some(ErpDrift::UnverifiedMatch), Step::Nothing(Kind::Held))
                }
                Meant::Nobody(..) if record.deleted => (None, Step::Nothing(Kind::Unchanged)),
                Meant::Nobody(email, with_id) => {
                    let drift = self.email_drift(&mut row, email, &record, None);
                    let sync = ErpSync { record: record.clone(), contact: None, email, with_id };
                    (drift, Step::Do(Kind::Created, sync))
                }
                Meant::Contact(id, email) => {
                    row.contact = Some(id.0);
                    let contact = found.states.get(&id.0).and_then(|folded| folded.state.contact());
                    // Who holds a key is there; its state was not read yet.
                    let Some(contact) = contact else { return Err(Failure::ReadModelBehind(self.read_from)) };
                    let drift = self.email_drift(&mut row, email, &record, Some(contact));
                    let step = match stale {
                        true => {
                            row.updated_at = was.and_then(|row| row.updated_at);
                            Step::Nothing(Kind::Unchanged)
                        }
                        false => self.meet(&record, id, contact, email, now),
                    };
                    (drift, step)
                }
            };
            planned.push(Planned { line, record, row, known_drift, drift, step });
        }
        Ok(planned)
    }

    /// Whether the record's e-mail is another contact's, and nobody decided yet that it is to stay so.
    fn email_drift(
        &self,
        row: &mut RecordRow,
        email: EmailStanding,
        record: &Record,
        contact: Option<&ContactState>,
    ) -> Option<ErpDrift> {
        let EmailStanding::Taken(other) = email else { return None };
        let refused = contact.and_then(|c| c.erp.as_ref()).and_then(|link| link.refused_email.as_ref());
        let owned = self.terms.erp().is_some_and(|erp| erp.owned.contains(&ErpField::Email));
        if record.deleted || refused == record.email() || (contact.is_some() && !owned) {
            return None;
        }
        row.other = Some(other.0);
        Some(ErpDrift::EmailTaken)
    }

    /// What a record would do to its contact, by what is known here: most do nothing, and nothing is asked for then.
    fn meet(
        &self,
        record: &Record,
        id: ContactId,
        contact: &ContactState,
        email: EmailStanding,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Step {
        match (SyncErpRecord { record, email, at }).meet(contact, &self.terms) {
            Ok(events) if events.is_empty() => Step::Nothing(Kind::Unchanged),
            Ok(_) => {
                let gone =
                    contact.erp.as_ref().is_some_and(|link| link.source == self.run.source && link.gone.is_some());
                let kind = match (record.deleted, gone) {
                    (true, _) => Kind::Gone,
                    (false, true) => Kind::Returned,
                    (false, false) => Kind::Updated,
                };
                let sync = ErpSync { record: record.clone(), contact: Some(id), email, with_id: false };
                Step::Do(kind, sync)
            }
            Err(refusals) if is_old(&refusals) => Step::Again,
            Err(refusals) => Step::Refuse(refusals),
        }
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
    async fn execute(&self, commands: Vec<Command>) -> Vec<Result<Done, NotDone>> {
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
            let Planned { line, record, mut row, known_drift, drift, step } = planned;
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
        super::resolve::seal_note(self.app, self.account, contact, &row.key, record).await
    }

    fn spare(&mut self, external_id: &str) {
        match external_id {
            "" => self.blind = true,
            id => self.spared.push(self.key(id)),
        }
    }

    fn refuse(&mut self, line: u64, refusals: Refusals) {
        self.report.counts.refused += 1;
        let lang = self.options.lang;
        for refusal in refusals.0 {
            if self.report.refused_records.len() >= REFUSED_KEPT {
                return;
            }
            let field = Some(refusal.field.join(".")).filter(|field| !field.is_empty());
            let mut params = refusal.params;
            params.extend(field.clone().map(|field| ("field", field)));
            let code = refusal.code.as_str();
            let message = message(code, lang, &params);
            self.report.refused_records.push(RefusedRecord { line, code: code.to_owned(), field, message });
        }
    }

    /// Flags who is linked and was not among all records.
    async fn reconcile(&mut self) -> Result<(), Failure> {
        let reader = self.app.reader();
        let spared = reader.holders(std::mem::take(&mut self.spared)).await?;
        self.seen.extend(spared.into_values());
        let (mut missing, mut total, mut beyond) = (Vec::new(), 0u64, None);
        loop {
            let page = reader.db().fetch(erp_links::linked(self.account, &self.run.source, beyond, PAGE)).await?;
            let full = page.len() as i64 == PAGE;
            beyond = page.last().map(|row| row.contact);
            for row in page {
                total += 1;
                if !self.seen.contains(&row.contact) && row.since.unsigned_abs() <= self.read_from {
                    missing.push(ContactId(row.contact));
                }
            }
            if !full {
                break;
            }
        }
        let count = missing.len() as u64;
        let why = match () {
            () if count == 0 => return Ok(()),
            () if self.blind => Some(Why::UnreadableRecords),
            () if count * 2 > total && !self.options.force => Some(Why::TooManyGone),
            () => None,
        };
        if let Some(why) = why {
            self.report.not_flagged = Some((count, why));
            return Ok(());
        }
        self.flag(missing).await
    }

    async fn flag(&mut self, missing: Vec<ContactId>) -> Result<(), Failure> {
        for some in missing.chunks(TOGETHER) {
            let rule = FlagGone { source: self.run.source.clone(), read_from: self.read_from };
            let flag = |contact: &ContactId| Command::Erp(ErpCommand::FlagGone(*contact, rule.clone()));
            for done in self.execute(some.iter().map(flag).collect()).await {
                match done {
                    Ok(done) => {
                        self.report.position = self.report.position.max(done.position);
                        self.report.counts.gone += u64::from(done.changed);
                    }
                    Err(NotDone::Failure(failure)) => return Err(failure),
                    // It was deleted meanwhile: nothing is left to flag.
                    Err(NotDone::Refused(_)) => {}
                }
            }
        }
        Ok(())
    }
}

/// Takes a list of records in, whole. `said` is all that was sent, in any stable form: with a key it has to be the same each time.
pub async fn sync_all(
    app: &App,
    caller: &Caller,
    account: AccountId,
    options: Options,
    records: Vec<SentRecord>,
    said: &[u8],
) -> Result<Report, SyncError> {
    if let Some(key) = &options.key
        && let Some((report, fingerprint)) = Sync::answered(app, account, key).await?
    {
        if fingerprint != chained(app, &[0; 32], said) {
            return Err(Refusal::at(Code::IdempotencyMismatch, "idempotencyKey").into());
        }
        return Ok(report);
    }
    let mut sync = Sync::begin(app, caller, account, options).await?;
    sync.note_bytes(said);
    let sent = records.into_iter().zip(1..).map(|(record, line)| Sent { line, record: Some(record) }).collect();
    sync.take(sent).await?;
    Ok(sync.finish().await?)
}

/// A fingerprint of what was sent up to here.
pub(super) fn chained(app: &App, before: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    let mut input = before.to_vec();
    input.extend_from_slice(bytes);
    app.vault().fingerprint(&input)
}

/// Whether a refusal only says that what was read is not so any more: someone else took the e-mail or the record, or the contact is gone.
fn is_old(refusals: &Refusals) -> bool {
    refusals.0.iter().all(|refusal| match refusal.code {
        Code::EmailTaken | Code::ContactDeleted | Code::ContactErased | Code::NotFound => true,
        Code::Invalid => refusal.field == ["externalId"] && refusal.params.is_empty(),
        _ => false,
    })
}
