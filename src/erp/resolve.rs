//! What a person decides where the account and its ERP disagree, as a command.

use super::store;
use crate::{
    app::{App, Command, ErpCommand, Failure},
    vault::seal::{self, SealContext},
};
use domain::{
    AccountId, Code, ContactId, Refusal,
    contact::erp::{DeclineErpMatch, KeepOurEmail, LinkErpRecord, Record, TakeErpEmail},
    values::{Email, ErpDrift},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// The ERP: its e-mail is taken, from who has it; or the record is the contact who has its e-mail.
    Erp,
    /// This side: the e-mail stays as it is; or the record is somebody else.
    Ours,
}

/// What a person needs to decide with. Sealed wherever it is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct Note {
    pub external_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
}

fn place(account: AccountId, key: &[u8]) -> SealContext<'static> {
    // The first half of the record's key binds the note to its record.
    let id = key.first_chunk::<16>().copied().map(Uuid::from_bytes).unwrap_or_default();
    SealContext { account: account.0, stream: "erp_record", event_id: id, event_type: "note" }
}

/// A note under the contact's key; none when that was destroyed.
pub(super) async fn seal_note(
    app: &App,
    account: AccountId,
    contact: Uuid,
    record_key: &[u8],
    record: &Record,
) -> Result<Option<Vec<u8>>, Failure> {
    let Some(key) = app.vault().key(contact).await? else { return Ok(None) };
    let note = Note { external_id: record.external_id.clone(), email: record.email().cloned() };
    let bytes = serde_json::to_vec(&note).map_err(Failure::json)?;
    let sealed = seal::seal(&key, &place(account, record_key), &bytes);
    sealed.map(Some).map_err(|e| Failure::Fault(format!("sealing a note: {e}")))
}

/// The note of a row; none when there is none, or its contact was erased.
pub(super) async fn open_note(
    app: &App,
    account: AccountId,
    contact: Option<Uuid>,
    record_key: &[u8],
    note: Option<&[u8]>,
) -> Result<Option<Note>, Failure> {
    let (Some(contact), Some(note)) = (contact, note) else { return Ok(None) };
    let Some(key) = app.vault().key(contact).await? else { return Ok(None) };
    let bytes = seal::open(&key, &place(account, record_key), note)
        .map_err(|e| Failure::Fault(format!("a note of contact {contact}: {e}")))?;
    serde_json::from_slice(&bytes).map(Some).map_err(Failure::json)
}

/// The command of a decision about the record of this key. `NOT_FOUND` when it does not disagree (any more) in a way that a person decides.
pub async fn decision(
    app: &App,
    account: AccountId,
    key: &[u8],
    accept: Accept,
) -> Result<Result<Command, Refusal>, Failure> {
    let unknown = || Ok(Err(Refusal::at(Code::NotFound, "driftId")));
    let Some(row) = store::record(app.reader().db(), account.0, key.to_vec()).await? else { return unknown() };
    let drift = row.drift.as_deref().and_then(ErpDrift::parse);
    let note = open_note(app, account, row.contact, key, row.note.as_deref()).await?;
    let (Some(contact), Some(note)) = (row.contact.map(ContactId), note) else { return unknown() };
    let external_id = note.external_id;
    let command = match (drift, accept, note.email) {
        (Some(ErpDrift::EmailTaken), Accept::Erp, Some(email)) => {
            let holder = app.reader().email_holder(account, &email).await?.map(ContactId).filter(|id| *id != contact);
            ErpCommand::TakeEmail(contact, holder, TakeErpEmail { email })
        }
        (Some(ErpDrift::EmailTaken), Accept::Ours, Some(email)) => {
            ErpCommand::KeepEmail(contact, KeepOurEmail { email })
        }
        (Some(ErpDrift::UnverifiedMatch), Accept::Erp, _) => ErpCommand::Link(contact, LinkErpRecord { external_id }),
        (Some(ErpDrift::UnverifiedMatch), Accept::Ours, _) => {
            ErpCommand::DeclineMatch(contact, DeclineErpMatch { external_id })
        }
        _ => return unknown(),
    };
    Ok(Ok(Command::Erp(command)))
}

/// Notes that the record of this key was decided on.
pub async fn settled(app: &App, account: AccountId, key: &[u8]) -> Result<(), Failure> {
    store::settle(app.reader().db(), account.0, key.to_vec()).await
}
