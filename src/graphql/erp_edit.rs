//! Connecting an ERP, saying which fields are its own, sending it records, and deciding where the two disagree.

use super::{
    asker::Asker,
    contact_edit::AddressInput,
    erp::{Erp, ErpAccept, ErpCounts, ErpSyncMode, drift_key},
    errors::{UserError, user_errors},
    ids,
    mutate::{change, inputs, payloads, perform},
    scalars::{Instant, Position},
    snapshot::Snapshot,
    words::{ContactKind, ErpField},
};
use crate::{
    app::{Command, ErpCommand},
    erp::{self, Mode, Options, Report, Source, SyncError, Way},
};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use domain::{AccountId, Code, Refusal, Refusals, account as rules, contact::erp::SentRecord};

/// Most records of one mutation; `POST /erp/records` takes ten thousand.
const RECORDS_MAX: usize = 200;

/// A record of the ERP: what is absent stays, null clears. Only the ERP's own fields change contacts that are there.
#[derive(InputObject)]
pub struct ErpRecordInput {
    /// Its id in the ERP, 1 to 100 characters.
    external_id: String,
    /// Of a new contact; default `PERSON`.
    kind: Option<ContactKind>,
    first_name: MaybeUndefined<String>,
    last_name: MaybeUndefined<String>,
    company_name: MaybeUndefined<String>,
    email: MaybeUndefined<String>,
    phone: MaybeUndefined<String>,
    fax: MaybeUndefined<String>,
    address: MaybeUndefined<AddressInput>,
    /// It was deleted there: the contact is flagged, and stays.
    #[graphql(default)]
    deleted: bool,
    /// When it last changed there: what is older than what was taken is not taken.
    updated_at: Option<Instant>,
}

impl From<ErpRecordInput> for SentRecord {
    fn from(record: ErpRecordInput) -> Self {
        let text = |field| change(field, |text: String| text);
        SentRecord {
            external_id: record.external_id,
            kind: record.kind.map(Into::into),
            first_name: text(record.first_name),
            last_name: text(record.last_name),
            company_name: text(record.company_name),
            email: text(record.email),
            phone: text(record.phone),
            fax: text(record.fax),
            address: change(record.address, Into::into),
            deleted: record.deleted,
            updated_at: record.updated_at.map(|at| at.0),
        }
    }
}

inputs! {
    /// Connects the account to an ERP, or changes the terms of the connection.
    change ConnectErpInput {
        account_id: ID,
        /// The account's name for it, 1 to 60 characters. A name it had before finds the records it had then.
        source: String,
        /// The fields that are its own; absent: as they were, and all of them at first.
        owned_fields: Option<Vec<ErpField>>,
        /// From where its records are pulled, `https`; absent keeps, null: they are only sent.
        url: MaybeUndefined<String>,
        /// Sent to `url` as a bearer token. Sealed as it comes, and never shown; absent keeps it for the same `url`.
        bearer_token: MaybeUndefined<String>,
        /// Minutes between two pulls, 1 to 10080; null or absent: only when `syncNow` asks for one.
        every_minutes: Option<i64>,
    }
    /// Says which fields are the ERP's.
    change SetErpOwnershipInput {
        account_id: ID,
        /// All of them.
        owned_fields: Vec<ErpField>,
    }
    /// Ends the connection: everything is edited here again.
    change DisconnectErpInput { account_id: ID }
    /// Decides where the account and its ERP disagree about an e-mail.
    new ResolveEmailMismatchInput {
        /// Of an entry of `erpDrift`, of kind `EMAIL_TAKEN` or `UNVERIFIED_MATCH`.
        drift_id: ID,
        accept: ErpAccept,
    }
}

/// Takes records of the connected ERP in. The same ones again change nothing.
#[derive(InputObject)]
pub struct SyncErpRecordsInput {
    account_id: ID,
    /// Default `INCREMENTAL`.
    mode: Option<ErpSyncMode>,
    /// Flag contacts as gone even if they are more than half of them.
    #[graphql(default)]
    force: bool,
    /// At most 200.
    records: Vec<ErpRecordInput>,
    /// A retry with the same key and the same records gets the first answer. 1 to 200 characters, kept for 90 days.
    idempotency_key: Option<String>,
    /// Handed back in the payload.
    client_mutation_id: Option<String>,
}

/// Pulls records now.
#[derive(InputObject)]
pub struct SyncNowInput {
    account_id: ID,
    /// Everything, or (the default) what changed since the last pull.
    mode: Option<ErpSyncMode>,
    /// Handed back in the payload.
    client_mutation_id: Option<String>,
}

/// A pull that was asked for.
#[derive(SimpleObject)]
pub struct SyncNowPayload {
    /// Whether it begins within seconds.
    started: bool,
    /// How the account stands with its ERP now.
    erp: Option<Erp>,
    /// Why it was not started. Empty: it was.
    user_errors: Vec<UserError>,
    /// What to know about it.
    warnings: Vec<UserError>,
    /// Where the log is now.
    position: Position,
    /// As it came in the input.
    client_mutation_id: Option<String>,
}

payloads! {
    ConnectErpPayload { erp: Erp }
    SetErpOwnershipPayload { erp: Erp }
    DisconnectErpPayload { erp: Erp }
    ResolveEmailMismatchPayload { contact: super::contact::Contact }
}

/// A record that cannot be taken as it is.
#[derive(SimpleObject)]
pub struct ErpRefusedRecord {
    /// Its place in the list, from 1.
    line: u64,
    /// A stable code for programs.
    code: String,
    /// The field it concerns.
    field: Option<String>,
    /// A sentence for people.
    message: String,
}

/// What became of records.
#[derive(SimpleObject)]
pub struct SyncErpRecordsPayload {
    /// How the account stands with its ERP now.
    erp: Option<Erp>,
    /// What became of the records; null when none was taken.
    counts: Option<ErpCounts>,
    /// Records that cannot be taken as they are; all others were. Of one of which only the e-mail cannot, as it is an open login's, the rest was taken.
    refused: Vec<ErpRefusedRecord>,
    /// Contacts that were not among all records and were not flagged as gone all the same; a warning says why.
    not_flagged: Option<u64>,
    /// Why it was not done. Empty: it was.
    user_errors: Vec<UserError>,
    /// What to know about what was done.
    warnings: Vec<UserError>,
    /// Where in the log it was done, or refused: hand it on as `minPosition` to read it anywhere.
    position: Position,
    /// As it came in the input.
    client_mutation_id: Option<String>,
}

/// ERPs.
#[derive(Default)]
pub struct ErpMutation;

#[Object]
impl ErpMutation {
    /// Connects the account to an ERP, or changes the terms of the connection. Which contact is which record stays known from one connection to the next.
    async fn connect_erp(&self, ctx: &Context<'_>, input: ConnectErpInput) -> Result<ConnectErpPayload> {
        let asker = Asker::of(ctx)?;
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let owned = input.owned_fields.map(|fields| fields.into_iter().map(Into::into).collect());
        let rule = rules::ConnectErp { source: input.source, owned, every_minutes: input.every_minutes };
        let source = Source {
            url: change(input.url, |url| url.trim().to_owned()),
            bearer: change(input.bearer_token, |secret| secret),
        };
        let checked = source.check().map_err(Refusals::from);
        let command = checked.map(|()| Command::Erp(ErpCommand::Connect(account, rule)));
        let payload: ConnectErpPayload = perform(ctx, carried, command).await?;
        if payload.user_errors.is_empty() {
            let scheduled = input.every_minutes.is_some();
            erp::set_source(&asker.app, account, source, scheduled).await.map_err(|e| asker.failed(e))?;
        }
        Ok(payload)
    }

    /// Says which fields are changed in the ERP and not here.
    async fn set_erp_ownership(
        &self,
        ctx: &Context<'_>,
        input: SetErpOwnershipInput,
    ) -> Result<SetErpOwnershipPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let rule = rules::SetErpOwnership { owned: input.owned_fields.into_iter().map(Into::into).collect() };
        perform(ctx, carried, Ok(Command::Erp(ErpCommand::SetOwnership(account, rule)))).await
    }

    /// Ends the connection: everything is edited here again. Connecting again duplicates nobody.
    async fn disconnect_erp(&self, ctx: &Context<'_>, input: DisconnectErpInput) -> Result<DisconnectErpPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let asker = Asker::of(ctx)?;
        let command = Command::Erp(ErpCommand::Disconnect(account));
        let payload: DisconnectErpPayload = perform(ctx, carried, Ok(command)).await?;
        if payload.user_errors.is_empty() {
            erp::rest(&asker.app, account).await.map_err(|e| asker.failed(e))?;
        }
        Ok(payload)
    }

    /// Pulls records now instead of waiting for the schedule. It is started, not awaited: `erp { running lastSync }` says how it goes.
    async fn sync_now(&self, ctx: &Context<'_>, input: SyncNowInput) -> Result<SyncNowPayload> {
        let asker = Asker::of(ctx)?;
        let account = ids::account(&input.account_id);
        let full = input.mode == Some(ErpSyncMode::Full);
        let allowed = erp::may_pull(&asker.app, &asker.caller, account).await.map_err(|e| asker.failed(e))?;
        let (started, errors) = match allowed {
            Ok(()) => (erp::pull_soon(&asker.app, account, full).await.map_err(|e| asker.failed(e))?, Vec::new()),
            Err(refusal) => (false, user_errors(refusal.into(), asker.lang)),
        };
        let position = asker.app.reader().newest_position().await.map_err(|e| asker.failed(e))?;
        let snapshot = Snapshot::now(asker).read(vec![account.0], false).await?;
        Ok(SyncNowPayload {
            started,
            erp: Erp::found(&snapshot, account),
            user_errors: errors,
            warnings: Vec::new(),
            position: asker.app.reader().token(position).into(),
            client_mutation_id: input.client_mutation_id,
        })
    }

    /// Takes records of the connected ERP in. Each is a change of its own: one that cannot be taken stops no other. Nobody is mailed.
    async fn sync_erp_records(&self, ctx: &Context<'_>, input: SyncErpRecordsInput) -> Result<SyncErpRecordsPayload> {
        let asker = Asker::of(ctx)?;
        let account = ids::account(&input.account_id);
        let client_mutation_id = input.client_mutation_id.clone();
        let synced = match sync(asker, account, input).await {
            Err(SyncError::Failure(failure)) => return Err(asker.failed(failure)),
            Err(SyncError::Refused(refusals)) => Err(refusals),
            Ok(report) => Ok(report),
        };
        let position = match &synced {
            Ok(report) => report.position,
            Err(_) => asker.app.reader().newest_position().await.map_err(|e| asker.failed(e))?,
        };
        let snapshot = Snapshot::now(asker).read(vec![account.0], false).await?;
        let (report, errors) = match synced {
            Ok(report) => (Some(report), Vec::new()),
            Err(refusals) => (None, user_errors(refusals, asker.lang)),
        };
        let not_flagged = report.as_ref().and_then(|report| report.not_flagged);
        let warning = not_flagged.map(|(contacts, why)| {
            UserError::told(why.as_str(), Some("records"), asker.lang, &[("value", contacts.to_string())])
        });
        Ok(SyncErpRecordsPayload {
            erp: Erp::found(&snapshot, account),
            counts: report.as_ref().map(|report| report.counts.into()),
            refused: report.into_iter().flat_map(refused).collect(),
            not_flagged: not_flagged.map(|(contacts, _)| contacts),
            user_errors: errors,
            warnings: warning.into_iter().collect(),
            position: asker.app.reader().token(position).into(),
            client_mutation_id,
        })
    }

    /// Decides where the account and its ERP disagree about an e-mail. What is decided for the ERP comes from it with the next sync.
    async fn resolve_email_mismatch(
        &self,
        ctx: &Context<'_>,
        input: ResolveEmailMismatchInput,
    ) -> Result<ResolveEmailMismatchPayload> {
        let asker = Asker::of(ctx)?;
        let (carried, key) = (input.carried(), drift_key(&input.drift_id));
        let mut found = Err(Refusal::at(Code::NotFound, "driftId"));
        // A user may reach several accounts; the entry is of one of them.
        for account in asker.accounts() {
            found = erp::decision(&asker.app, account, &key, input.accept.into())
                .await
                .map_err(|e| asker.failed(e))?
                .map(|command| (account, command));
            if found.is_ok() {
                break;
            }
        }
        let account = found.as_ref().ok().map(|(account, _)| *account);
        let command = found.map(|(_, command)| command).map_err(Refusals::from);
        let payload: ResolveEmailMismatchPayload = perform(ctx, carried, command).await?;
        if payload.user_errors.is_empty() {
            let account = account.unwrap_or(AccountId(uuid::Uuid::nil()));
            erp::settled(&asker.app, account, &key).await.map_err(|e| asker.failed(e))?;
        }
        Ok(payload)
    }
}

fn refused(report: Report) -> impl Iterator<Item = ErpRefusedRecord> {
    report.refused_records.into_iter().map(|refused| ErpRefusedRecord {
        line: refused.line,
        code: refused.code,
        field: refused.field,
        message: refused.message,
    })
}

async fn sync(asker: &Asker, account: AccountId, input: SyncErpRecordsInput) -> Result<Report, SyncError> {
    if input.records.len() > RECORDS_MAX {
        return Err(Refusal::at(Code::Invalid, "records").with("max", RECORDS_MAX).into());
    }
    let asked = asker.caller.reaches(account).then_some(()).ok_or_else(|| Refusal::at(Code::NotFound, "accountId"));
    asked?;
    let key = input.idempotency_key;
    if key.as_ref().is_some_and(|key| !(1..=200).contains(&key.len())) {
        return Err(Refusal::at(Code::Invalid, "idempotencyKey").with("max", 200).into());
    }
    let (mode, force) = (input.mode.map_or(Mode::Incremental, Into::into), input.force);
    let records: Vec<SentRecord> = input.records.into_iter().map(Into::into).collect();
    let said = format!("{records:?}");
    let options = Options { mode, force, way: Way::Api, key, lang: Some(asker.lang) };
    erp::sync_all(&asker.app, &asker.caller, account, options, records, said.as_bytes()).await
}
