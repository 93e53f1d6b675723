//! One sync: records come in by the hundred and in the order they were sent, each is carried out as a command of its own, all of one correlation id.
//!
//! The same records again change nothing, whoever sends them and however often: each is compared with its contact before anything is written, and
//! who is linked to which record is claimed in the append itself, so that two syncs at once make one contact. Dropping a sync stops after the
//! commands under way; sending the records again goes on from there.
//!
//! `plan` says what records mean and ask for, `carry` carries that out and notes it, `gone` flags who was not among all records, `report` is what is told.

mod carry;
mod gone;
mod plan;
mod report;

pub use report::{Counts, RefusedRecord, Report, Stopped, Why};

use super::store::{self, RunRow};
use crate::{
    app::{App, Caller, Door, Failure, GivenPosition},
    i18n::lang::Lang,
};
use domain::{
    AccountId, Code, Refusal, Refusals,
    account::AccountState,
    contact::erp::{Record, SentRecord, record_key},
    remedy::Remedy,
};
use plan::Kind;
use std::collections::{HashMap, HashSet};
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

/// How records come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Somebody sends them.
    Api,
    /// A file was dropped.
    Folder,
    /// They are fetched.
    Pull,
}

impl Way {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Api => "API",
            Way::Folder => "FOLDER",
            Way::Pull => "PULL",
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
    /// How records come.
    pub way: Way,
    /// The sender's key: a retry with it gets the first answer.
    pub key: Option<String>,
    /// The language of messages; none: the account's.
    pub lang: Option<Lang>,
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
    /// What it says, as far as it can be read.
    pub record: Result<SentRecord, Unreadable>,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its id, where at least that can be read. Without it nobody knows whose record it is.
    pub external_id: Option<String>,
    /// A stable code, which has a sentence.
    pub code: &'static str,
    /// The field that cannot be read, by the API's name.
    pub field: Option<&'static str>,
    /// What the sentence names.
    pub params: Vec<(&'static str, String)>,
}

/// What was sent up to here, as a keyed hash: a retry under the same key has to send the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of a sync of which nothing was sent yet.
    pub fn of(app: &App, options: &Options) -> Fingerprint {
        let mut print = Fingerprint([0; 32]);
        print.add(app, format!("{} {}", options.mode.as_str(), options.force).as_bytes());
        print
    }

    /// Adds what was sent.
    pub fn add(&mut self, app: &App, bytes: &[u8]) {
        self.0 = app.vault().fingerprint(&[&self.0, bytes].concat());
    }
}

/// A sync that ended well under a key.
pub struct Earlier {
    report: Report,
    fingerprint: Vec<u8>,
}

impl Earlier {
    /// Its report, for who sends the same again; for anything else the key is taken.
    pub fn answer(self, sent: Fingerprint) -> Result<Report, Refusal> {
        if self.fingerprint != sent.0 {
            return Err(Refusal::at(Code::IdempotencyMismatch, "idempotencyKey"));
        }
        Ok(self.report)
    }
}

/// A sync under way.
pub struct Sync<'a> {
    app: &'a App,
    caller: Caller,
    account: AccountId,
    terms: AccountState,
    options: Options,
    lang: Lang,
    run: RunRow,
    read_from: u64,
    report: Report,
    fingerprint: Fingerprint,
    /// Contacts that records were met for; only of a full sync.
    seen: HashSet<Uuid>,
    /// Records that were refused: their contacts are not gone.
    spared: Vec<[u8; 32]>,
    /// Whether there was a record of which nobody knows whose it is.
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
        let source = source.ok_or_else(|| Refusal::not_now(Remedy::ConnectErp).under("accountId"))?;
        // Records are matched by what the read models know.
        reader.wait_for(level).await?;
        let run = RunRow {
            id: app.clock().id(),
            source,
            mode: options.mode.as_str().to_owned(),
            door: options.way.as_str().to_owned(),
            started_at: app.clock().now().timestamp_micros(),
            ..RunRow::default()
        };
        let key = options.key.as_deref().map(|key| app.vault().claim_key("erp_sync", account.0, key));
        store::begin_run(reader.db(), account.0, &run, key).await?;
        Ok(Sync {
            app,
            caller,
            account,
            lang: options.lang.unwrap_or_else(|| Lang::of(&terms.locale)),
            terms,
            fingerprint: Fingerprint::of(app, &options),
            options,
            run,
            read_from: head,
            report: Report::default(),
            seen: HashSet::new(),
            spared: Vec::new(),
            blind: false,
            later: HashMap::new(),
        })
    }

    /// The sync that ended well under the caller's key, if there was one. One that failed or broke off holds no key: sent again it is carried out.
    pub async fn earlier(
        app: &App,
        caller: &Caller,
        account: AccountId,
        options: &Options,
    ) -> Result<Option<Earlier>, SyncError> {
        app.may_sync(&caller.through(Door::Erp), account)?;
        let Some(key) = &options.key else { return Ok(None) };
        let key = app.vault().claim_key("erp_sync", account.0, key);
        let Some(run) = store::run_of_key(app.reader().db(), account.0, key).await? else { return Ok(None) };
        let report = run.report.as_deref().map(serde_json::from_slice).transpose().map_err(Failure::json)?;
        Ok(report.map(|report| Earlier { report, fingerprint: run.fingerprint.unwrap_or_default() }))
    }

    /// Names the file that the records come from.
    pub fn of_file(&mut self, name: &str) {
        self.report.file = Some(name.chars().take(200).collect());
    }

    /// Adds what was sent to the fingerprint.
    pub fn note_bytes(&mut self, bytes: &[u8]) {
        self.fingerprint.add(self.app, bytes);
    }

    /// How many records came so far.
    pub fn records(&self) -> u64 {
        self.report.counts.records
    }

    /// In which language it tells.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Takes records in that follow those before. A failure ends the sync, and is noted.
    pub async fn take(&mut self, sent: Vec<Sent>) -> Result<(), Failure> {
        let taken = self.take_in(sent).await;
        if let Err(failure) = &taken {
            self.note_failure(failure).await;
        }
        taken
    }

    async fn take_in(&mut self, sent: Vec<Sent>) -> Result<(), Failure> {
        let mut batch: Vec<(u64, Record)> = Vec::with_capacity(sent.len().min(TOGETHER));
        let mut ids = HashSet::new();
        for Sent { line, record } in sent {
            self.report.counts.records += 1;
            let record = match record {
                Ok(record) => record,
                Err(Unreadable { external_id, code, field, params }) => {
                    self.spare(external_id.as_deref().unwrap_or_default().trim());
                    self.report.counts.refused += 1;
                    self.tell(line, code, field.map(str::to_owned), params);
                    continue;
                }
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
        if let Err(failure) = self.end().await {
            self.note_failure(&failure).await;
            return Err(failure);
        }
        self.note_end().await?;
        Ok(self.report)
    }

    /// Notes that it stopped before its end, for instance because the source did not answer. Nobody is flagged: not all records came.
    pub async fn stop(mut self, why: Stopped) -> Result<Report, Failure> {
        self.run.failed = Some(why.code.clone());
        self.report.stopped = Some(why);
        self.note_end().await?;
        Ok(self.report)
    }

    /// Notes that the service failed. What fails once more now is left as it is: the sync shows as one that never ended.
    async fn note_failure(&mut self, failure: &Failure) {
        let again = self.options.way != Way::Api && !matches!(failure, Failure::StorageFull(_) | Failure::Fault(_));
        // Who sends records is told to try again; the others do so by themselves.
        self.run.failed = Some(if again { "ERP_PULL_INTERRUPTED" } else { failure.code() }.to_owned());
        if let Err(failure) = self.note_end().await {
            tracing::warn!(account = %self.account, error = %failure, "how a sync ended could not be noted");
        }
    }

    async fn note_end(&mut self) -> Result<(), Failure> {
        self.run.ended_at = Some(self.app.clock().now().timestamp_micros());
        self.run.report = Some(serde_json::to_vec(&self.report).map_err(Failure::json)?);
        self.run.fingerprint = Some(self.fingerprint.0.to_vec());
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
        if self.options.mode == Mode::Full {
            self.reconcile().await?;
        }
        if self.report.position == 0 {
            self.report.position = self.app.reader().newest_position().await?;
        }
        Ok(())
    }

    fn key(&self, external_id: &str) -> [u8; 32] {
        self.app.reader().erp_record_key(self.account, &record_key(&self.run.source, external_id))
    }

    fn email_key(&self, record: &Record) -> Option<[u8; 32]> {
        record.email().map(|email| self.app.reader().email_key(self.account, email))
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
    if let Some(earlier) = Sync::earlier(app, caller, account, &options).await? {
        let mut sent = Fingerprint::of(app, &options);
        sent.add(app, said);
        return Ok(earlier.answer(sent)?);
    }
    let mut sync = Sync::begin(app, caller, account, options).await?;
    sync.note_bytes(said);
    let sent = records.into_iter().zip(1..).map(|(record, line)| Sent { line, record: Ok(record) }).collect();
    sync.take(sent).await?;
    Ok(sync.finish().await?)
}
