//! How an account stands with its ERP: the connection, syncs, what disagrees, and each contact's record.

use super::{
    asker::Asker,
    connection::{COUNT_CAP, Connection, Found, Paging, Place, Slice, wants_total},
    contact::Contact,
    ids,
    scalars::{Instant, Position},
    snapshot::{Snapshot, wants_family},
    words::{ErpDrift, ErpField},
};
use crate::app::Question;
use crate::erp::{self, Accept, Counts, DriftRow, RunRow, Standing};
use crate::i18n::lang::Lang;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::DateTime;
use data_encoding::HEXLOWER;
use domain::{
    AccountId, ContactId, Folded, State,
    account::{AccountState, ErpConnection},
    contact::{ContactState, erp::ErpLink},
};
use std::sync::Arc;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Whether a contact is a record of an ERP.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum ErpStanding {
    /// It is, and the record is there.
    Linked,
    /// It is, and the record is gone from the ERP.
    Gone,
    /// It is none.
    None,
}

impl ErpStanding {
    /// As lists are narrowed by it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            ErpStanding::Linked => "LINKED",
            ErpStanding::Gone => "GONE",
            ErpStanding::None => "NONE",
        }
    }

    pub(super) fn of(contact: &ContactState) -> ErpStanding {
        match &contact.erp {
            None => ErpStanding::None,
            Some(link) if link.gone.is_some() => ErpStanding::Gone,
            Some(_) => ErpStanding::Linked,
        }
    }
}

/// Whether what is sent is all there is.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "crate::erp::Mode")]
pub enum ErpSyncMode {
    /// Records that changed.
    Incremental,
    /// Every record: who is linked and not among them is flagged as gone.
    Full,
}

/// Who is right where an account and its ERP disagree.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Accept")]
pub enum ErpAccept {
    /// The ERP: its e-mail is taken, from who has it; or the record is the contact who has its e-mail.
    Erp,
    /// This side: the e-mail stays as it is; or the record is somebody else, who comes with the next sync, without the e-mail.
    Ours,
}

/// An instant of microseconds since 1970, UTC.
fn instant(micros: i64) -> Instant {
    Instant(DateTime::from_timestamp_micros(micros).unwrap_or_default())
}

/// How an account stands with its ERP.
#[derive(Clone)]
pub struct Erp {
    account: AccountId,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
    standing: Arc<OnceCell<Standing>>,
}

impl Erp {
    pub fn found(snapshot: &Arc<Snapshot>, account: AccountId) -> Option<Erp> {
        let folded = snapshot.known(account.0).filter(|folded| folded.state.account().is_some())?;
        Some(Erp { account, folded, snapshot: snapshot.clone(), standing: Arc::default() })
    }

    fn state(&self) -> Result<&AccountState> {
        self.snapshot.state_of(&self.folded, State::account)
    }

    fn terms(&self) -> Result<Option<&ErpConnection>> {
        Ok(self.state()?.erp.as_ref())
    }

    async fn standing(&self, ctx: &Context<'_>) -> Result<&Standing> {
        let asker = Asker::of(ctx)?;
        let source = self.terms()?.map(|erp| erp.source.as_str());
        let read = || async {
            match source {
                Some(source) => erp::standing(&asker.app, self.account, source).await,
                None => Ok(Standing::default()),
            }
        };
        self.standing.get_or_try_init(read).await.map_err(|e| asker.failed(e))
    }

    async fn count(&self, ctx: &Context<'_>, kind: domain::values::ErpDrift) -> Result<i64> {
        let asker = Asker::of(ctx)?;
        erp::drift_count(&asker.app, self.account, kind, COUNT_CAP).await.map_err(|e| asker.failed(e))
    }
}

/// How an account stands with its ERP.
#[Object]
impl Erp {
    /// Whether it keeps the account's contacts now.
    async fn connected(&self) -> Result<bool> {
        Ok(self.state()?.erp().is_some())
    }

    /// The account's name for it; of the last one, where none is connected.
    async fn source(&self) -> Result<Option<&str>> {
        Ok(self.terms()?.map(|erp| erp.source.as_str()))
    }

    /// The fields that are changed there and not here.
    async fn owned_fields(&self) -> Result<Vec<ErpField>> {
        Ok(self.terms()?.into_iter().flat_map(|erp| erp.owned.iter().map(|field| (*field).into())).collect())
    }

    /// Since when it is connected; null while it is not.
    async fn connected_since(&self) -> Result<Option<Instant>> {
        Ok(self.state()?.erp().map(|erp| Instant(erp.since.at)))
    }

    /// From where its records are pulled, up to the address's path: what follows it is shown to nobody. Null when they are only sent.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.standing(ctx).await?.url.as_deref().map(|url| crate::outbound::shown(url).to_owned()))
    }

    /// Minutes between two pulls.
    async fn every_minutes(&self) -> Result<Option<u32>> {
        Ok(self.state()?.erp().and_then(|erp| erp.every_minutes))
    }

    /// The newest sync, one that runs or failed too.
    async fn last_sync(&self, ctx: &Context<'_>) -> Result<Option<ErpSyncRun>> {
        let lang = Asker::of(ctx)?.lang;
        Ok(self.standing(ctx).await?.last.as_ref().map(|run| ErpSyncRun::new(run, lang)))
    }

    /// The newest sync of a file that was dropped, one that runs or failed too. A file that the service failed to take is tried again; one that cannot be
    /// read is to be mended and dropped again.
    async fn last_file(&self, ctx: &Context<'_>) -> Result<Option<ErpSyncRun>> {
        let lang = Asker::of(ctx)?.lang;
        Ok(self.standing(ctx).await?.last_file.as_ref().map(|run| ErpSyncRun::new(run, lang)))
    }

    /// The newest sync that ended well.
    async fn last_success(&self, ctx: &Context<'_>) -> Result<Option<ErpSyncRun>> {
        let lang = Asker::of(ctx)?.lang;
        Ok(self.standing(ctx).await?.last_done.as_ref().map(|run| ErpSyncRun::new(run, lang)))
    }

    /// Seconds since the newest sync that ended well began: what the contacts are behind the ERP by at most.
    async fn lag(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        let now = Asker::of(ctx)?.now().timestamp_micros();
        let done = self.standing(ctx).await?.last_done.as_ref();
        Ok(done.map(|run| (now - run.started_at).max(0) / 1_000_000))
    }

    /// When the next pull is due; null when records are only sent.
    async fn next_run(&self, ctx: &Context<'_>) -> Result<Option<Instant>> {
        Ok(self.standing(ctx).await?.next_at.map(instant))
    }

    /// Whether a pull runs now.
    async fn running(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.standing(ctx).await?.pulling)
    }

    /// Why the newest sync did not end well; null when it did.
    async fn error(&self, ctx: &Context<'_>) -> Result<Option<ErpSyncError>> {
        let asker = Asker::of(ctx)?;
        Ok(self.standing(ctx).await?.last.as_ref().and_then(|run| ErpSyncError::of(run, asker.lang)))
    }

    /// How many contacts and records stand how, each counted up to ten thousand.
    async fn counts(&self, ctx: &Context<'_>) -> Result<ErpTotals> {
        use domain::values::ErpDrift as Drift;
        let asker = Asker::of(ctx)?;
        let source = self.terms()?.map(|erp| erp.source.clone()).unwrap_or_default();
        let ask = projections::erp_links::count_linked(self.account, &source, COUNT_CAP);
        let linked = asker.app.reader().db().fetch_optional(ask).await.map_err(|e| asker.failed(e))?;
        Ok(ErpTotals {
            linked: linked.map_or(0, |(count,)| count),
            gone: self.count(ctx, Drift::Gone).await?,
            email_taken: self.count(ctx, Drift::EmailTaken).await?,
            unverified_match: self.count(ctx, Drift::UnverifiedMatch).await?,
            tombstoned: self.count(ctx, Drift::Tombstoned).await?,
        })
    }
}

/// Contacts and records, each counted up to ten thousand.
#[derive(SimpleObject)]
pub struct ErpTotals {
    /// Contacts whose records are there.
    linked: i64,
    /// Contacts whose records are gone.
    gone: i64,
    /// Records whose e-mail is another contact's.
    email_taken: i64,
    /// Records that wait for a person to say whose they are.
    unverified_match: i64,
    /// Records of people whose data were erased here.
    tombstoned: i64,
}

/// Why a sync did not end well.
#[derive(SimpleObject)]
pub struct ErpSyncError {
    /// A stable code for programs.
    code: String,
    /// A sentence for people.
    message: String,
    /// The line of the file, where it is about one.
    line: Option<u64>,
}

impl ErpSyncError {
    fn of(run: &RunRow, lang: Lang) -> Option<ErpSyncError> {
        let stopped = run.stopped()?;
        let line = stopped.params.iter().find(|(name, _)| name == "line").and_then(|(_, line)| line.parse().ok());
        Some(ErpSyncError { message: stopped.message(lang), code: stopped.code, line })
    }
}

/// One sync.
#[derive(SimpleObject)]
pub struct ErpSyncRun {
    /// Also the `correlationId` of what it did, in the audit trail.
    id: ID,
    /// `INCREMENTAL` or `FULL`.
    mode: String,
    /// How its records came: `API`, `FOLDER` or `PULL`.
    door: String,
    /// The file they came from, by the name it was dropped under.
    file: Option<String>,
    started_at: Instant,
    /// Null: it runs, or was interrupted.
    ended_at: Option<Instant>,
    /// What became of its records.
    counts: ErpCounts,
    /// Contacts that were not among all records and were not flagged as gone all the same.
    not_flagged: Option<u64>,
    /// Why it did not end well; null: it did, or it runs.
    error: Option<ErpSyncError>,
}

impl ErpSyncRun {
    fn new(run: &RunRow, lang: Lang) -> Self {
        let report = run.report();
        ErpSyncRun {
            id: ID(run.id.simple().to_string()),
            mode: run.mode.clone(),
            door: run.door.clone(),
            started_at: instant(run.started_at),
            ended_at: run.ended_at.map(instant),
            counts: report.counts.into(),
            not_flagged: report.not_flagged.map(|(contacts, _)| contacts),
            file: report.file,
            error: ErpSyncError::of(run, lang),
        }
    }
}

/// What became of records.
#[derive(SimpleObject)]
pub struct ErpCounts {
    /// All that were sent.
    records: u64,
    /// New contacts.
    created: u64,
    /// Contacts that changed, those that came back among them.
    updated: u64,
    /// Contacts that were so already.
    unchanged: u64,
    /// Contacts flagged as gone.
    gone: u64,
    /// Contacts that came back.
    returned: u64,
    /// Records not taken: they wait for a person, or are of someone who was erased.
    held: u64,
    /// Records taken without their e-mail, which is another contact's.
    email_taken: u64,
    /// Records that cannot be taken as they are.
    refused: u64,
}

impl From<Counts> for ErpCounts {
    fn from(counts: Counts) -> Self {
        let Counts { records, created, updated, unchanged, gone, returned, held, email_taken, refused } = counts;
        ErpCounts { records, created, updated, unchanged, gone, returned, held, email_taken, refused }
    }
}

/// Where an account and its ERP disagree.
pub struct ErpDriftEntry {
    kind: domain::values::ErpDrift,
    row: DriftRow,
    snapshot: Arc<Snapshot>,
}

/// Where an account and its ERP disagree.
#[Object]
impl ErpDriftEntry {
    /// For `resolveEmailMismatch`.
    async fn id(&self) -> ID {
        ID(format!("dri_{}", HEXLOWER.encode(&self.row.place.1)))
    }

    async fn kind(&self) -> ErpDrift {
        self.kind.into()
    }

    /// Since when.
    async fn since(&self) -> Instant {
        instant(self.row.place.0)
    }

    /// The record's contact; of one that waits for a person, the contact it may be; null for someone who was erased.
    async fn contact(&self) -> Option<Contact> {
        Contact::found(&self.snapshot, ContactId(self.row.contact?))
    }

    /// Who has the record's e-mail.
    async fn other(&self) -> Option<Contact> {
        Contact::found(&self.snapshot, ContactId(self.row.other?))
    }

    /// The record's id in the ERP.
    async fn external_id(&self) -> Result<Option<String>> {
        let own = self.row.contact.and_then(|id| self.snapshot.known(id));
        let linked = own.as_deref().and_then(|folded| folded.state.contact()).and_then(|c| c.erp.as_ref());
        Ok(self.row.external_id.clone().or_else(|| linked.and_then(|link| link.external_id.clone())))
    }

    /// The e-mail that the ERP has.
    async fn email(&self) -> Option<&str> {
        self.row.email.as_deref()
    }
}

/// The key of an id of a drift entry; empty for a text that is none.
pub(super) fn drift_key(id: &ID) -> Vec<u8> {
    id.strip_prefix("dri_").and_then(|hex| HEXLOWER.decode(hex.as_bytes()).ok()).unwrap_or_default()
}

/// A contact's record in an ERP.
pub struct ContactErp {
    id: ContactId,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
}

impl ContactErp {
    pub(super) fn new(id: ContactId, folded: &Arc<Folded>, snapshot: &Arc<Snapshot>) -> ContactErp {
        ContactErp { id, folded: folded.clone(), snapshot: snapshot.clone() }
    }

    fn state(&self) -> Result<&ContactState> {
        self.snapshot.state_of(&self.folded, State::contact)
    }

    fn link(&self) -> Result<Option<&ErpLink>> {
        Ok(self.state()?.erp.as_ref())
    }
}

/// A contact's record in an ERP.
#[Object]
impl ContactErp {
    /// The account's name for the ERP.
    async fn source(&self) -> Result<Option<&str>> {
        Ok(self.link()?.map(|link| link.source.as_str()))
    }

    /// The record's id there; null once the contact was erased.
    async fn external_id(&self) -> Result<Option<&str>> {
        Ok(self.link()?.and_then(|link| link.external_id.as_deref()))
    }

    async fn linked_since(&self) -> Result<Option<Instant>> {
        Ok(self.link()?.map(|link| Instant(link.linked.at)))
    }

    /// Since when the record is gone from the ERP; null while it is there.
    async fn gone_since(&self) -> Result<Option<Instant>> {
        Ok(self.link()?.and_then(|link| link.gone).map(|fact| Instant(fact.at)))
    }

    /// The fields of this contact that are changed in the ERP and not here; none while it is gone from there, or the ERP is not connected.
    async fn owned_fields(&self) -> Result<Vec<ErpField>> {
        let state = self.state()?;
        let account = self.snapshot.account(state.account).await?;
        let account = self.snapshot.state_of(&account, State::account)?;
        let owned = |field: &domain::values::ErpField| state.is_owned_by_erp(account, *field);
        Ok(domain::values::ErpField::ALL.iter().copied().filter(owned).map(Into::into).collect())
    }

    /// When its record was last sent, whether it changed or not.
    async fn last_seen(&self) -> Result<Option<Instant>> {
        Ok(self.snapshot.last_seen(self.state()?.account, self.id).await?.map(instant))
    }
}

/// ERPs.
#[derive(Default)]
pub struct ErpQuery;

#[Object]
impl ErpQuery {
    /// How the account stands with its ERP.
    async fn erp(&self, ctx: &Context<'_>, account_id: ID, min_position: Option<Position>) -> Result<Option<Erp>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Contacts)?;
        asker.wait(min_position).await?;
        let snapshot = Snapshot::now(asker).read(vec![account.0], false).await?;
        Erp::found(&snapshot, account).map(Some).ok_or_else(|| asker.not_found())
    }

    /// Where the account and its ERP disagree in one way, the oldest first.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn erp_drift(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        kind: ErpDrift,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<ErpDriftEntry>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Contacts)?;
        asker.wait(min_position).await?;
        let slice = Paging { first, after, last, before }.slice(asker, format!("erpDrift {account} {kind:?}"))?;
        drift(ctx, asker, account, kind.into(), &slice).await
    }
}

async fn drift(
    ctx: &Context<'_>,
    asker: &Asker,
    account: AccountId,
    kind: domain::values::ErpDrift,
    slice: &Slice,
) -> Result<Connection<ErpDriftEntry>> {
    let beyond = match slice.beyond() {
        Some(Place::Noted(at, key)) => Some((*at, key.clone())),
        _ => None,
    };
    let rows = erp::drift_page(&asker.app, account, kind, beyond, slice.backward, slice.limit as i64 + 1).await;
    let rows = rows.map_err(|e| asker.failed(e))?;
    let total = match wants_total(ctx) {
        true => Some(erp::drift_count(&asker.app, account, kind, COUNT_CAP + 1).await.map_err(|e| asker.failed(e))?),
        false => None,
    };
    let contacts: Vec<Uuid> = rows.iter().flat_map(|row| row.contact.into_iter().chain(row.other)).collect();
    let page = ctx.look_ahead();
    let node = page.field("edges").field("node");
    let families = wants_family(&node.field("contact")) || wants_family(&node.field("other"));
    let snapshot = Snapshot::now(asker).read(contacts, families).await?;
    let rows = rows
        .into_iter()
        .map(|row| {
            let place = Place::Noted(row.place.0, row.place.1.clone());
            (place, ErpDriftEntry { kind, row, snapshot: snapshot.clone() })
        })
        .collect();
    slice.page(asker, Found::of(rows, slice.limit), false, total.map(Into::into))
}
