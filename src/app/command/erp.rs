//! Commands about the account's ERP: connecting, one record taken in, gone ones flagged, and what a person decides. Many records at once are
//! [`crate::erp`]'s business, which looks up what each means and asks for them here.

use super::{as_expected, on_contact};
use crate::app::draft::{Draft, Stop};
use domain::{
    AccountId, ContactId, Refusal, Refusals, StreamId,
    account::{self, AccountEvent, AccountState},
    contact::{
        ContactEvent, ContactState,
        erp::{
            DeclineErpMatch, EmailStanding, FlagGone, KeepOurEmail, LinkErpRecord, Record, SyncErpRecord, TakeErpEmail,
        },
    },
    remedy::Remedy,
};

/// What can be asked about an ERP, with the thing it is asked of.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is named after its rule in the domain crate, where it is documented")]
pub enum ErpCommand {
    Connect(AccountId, account::ConnectErp),
    SetOwnership(AccountId, account::SetErpOwnership),
    Disconnect(AccountId),
    /// One record, and which contact it means.
    Sync(AccountId, Box<ErpSync>),
    FlagGone(ContactId, FlagGone),
    /// The second is who has the e-mail now.
    TakeEmail(ContactId, Option<ContactId>, TakeErpEmail),
    KeepEmail(ContactId, KeepOurEmail),
    Link(ContactId, LinkErpRecord),
    DeclineMatch(ContactId, DeclineErpMatch),
}

/// A record to be taken in.
#[derive(Debug, Clone)]
pub struct ErpSync {
    /// The record.
    pub record: Record,
    /// The contact it means; none: a new one.
    pub contact: Option<ContactId>,
    /// Whether it may have the record's e-mail.
    pub email: EmailStanding,
    /// Whether the record's id is free to be the new contact's external id.
    pub with_id: bool,
}

impl ErpCommand {
    pub(super) fn name(&self) -> &'static str {
        match self {
            ErpCommand::Connect(..) => "ConnectErp",
            ErpCommand::SetOwnership(..) => "SetErpOwnership",
            ErpCommand::Disconnect(_) => "DisconnectErp",
            ErpCommand::Sync(..) => "SyncErpRecord",
            ErpCommand::FlagGone(..) => "FlagGone",
            ErpCommand::TakeEmail(..) => "TakeErpEmail",
            ErpCommand::KeepEmail(..) => "KeepOurEmail",
            ErpCommand::Link(..) => "LinkErpRecord",
            ErpCommand::DeclineMatch(..) => "DeclineErpMatch",
        }
    }

    pub(super) fn account(&self) -> Option<AccountId> {
        match self {
            ErpCommand::Connect(a, _)
            | ErpCommand::SetOwnership(a, _)
            | ErpCommand::Disconnect(a)
            | ErpCommand::Sync(a, _) => Some(*a),
            _ => None,
        }
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        match self {
            ErpCommand::Connect(a, _) | ErpCommand::SetOwnership(a, _) | ErpCommand::Disconnect(a) => {
                vec![(*a).into()]
            }
            ErpCommand::Sync(_, sync) => sync.contact.map(Into::into).into_iter().collect(),
            ErpCommand::TakeEmail(c, holder, _) => std::iter::once(*c).chain(*holder).map(Into::into).collect(),
            ErpCommand::FlagGone(c, _)
            | ErpCommand::KeepEmail(c, _)
            | ErpCommand::Link(c, _)
            | ErpCommand::DeclineMatch(c, _) => vec![(*c).into()],
        }
    }

    pub(super) async fn plan(self, draft: &mut Draft<'_>, expected: Option<u64>) -> Result<(), Stop> {
        match self {
            ErpCommand::Connect(id, rule) => on_account(draft, id, expected, |a| rule.decide(a)).await,
            ErpCommand::SetOwnership(id, rule) => on_account(draft, id, expected, |a| rule.decide(a)).await,
            ErpCommand::Disconnect(id) => on_account(draft, id, expected, |a| account::DisconnectErp.decide(a)).await,
            ErpCommand::Sync(id, sync) => take(draft, id, *sync).await,
            ErpCommand::FlagGone(id, rule) => on_contact(draft, id, expected, |c, _| rule.decide(c)).await,
            ErpCommand::TakeEmail(id, holder, rule) => take_email(draft, id, holder, rule, expected).await,
            ErpCommand::KeepEmail(id, rule) => on_contact(draft, id, expected, |c, _| rule.decide(c)).await,
            ErpCommand::Link(id, rule) => on_contact(draft, id, expected, |c, a| rule.decide(c, a)).await,
            ErpCommand::DeclineMatch(id, rule) => on_contact(draft, id, expected, |c, a| rule.decide(c, a)).await,
        }
    }
}

async fn on_account(
    draft: &mut Draft<'_>,
    id: AccountId,
    expected: Option<u64>,
    rule: impl FnOnce(&AccountState) -> Result<Vec<AccountEvent>, Refusals>,
) -> Result<(), Stop> {
    let account = draft.account(id).await?;
    as_expected(account.edition(), expected)?;
    let events = rule(account.get()?)?;
    draft.write(&account, id, events);
    Ok(())
}

async fn take(draft: &mut Draft<'_>, id: AccountId, sync: ErpSync) -> Result<(), Stop> {
    let account = draft.account(id).await?;
    let rule = SyncErpRecord { record: &sync.record, email: sync.email, at: draft.meta.now };
    match sync.contact {
        None => {
            let events = rule.add(id, account.get()?, sync.with_id)?;
            if !events.is_empty() {
                let contact = ContactId(draft.id());
                draft.create(contact, events);
                draft.about_mut().contact = Some(contact);
            }
        }
        Some(contact_id) => {
            let contact = draft.contact(contact_id).await?;
            let events = rule.meet(contact.get()?, account.get()?)?;
            draft.write(&contact, contact_id, events);
        }
    }
    Ok(())
}

async fn take_email(
    draft: &mut Draft<'_>,
    id: ContactId,
    holder: Option<ContactId>,
    rule: TakeErpEmail,
    expected: Option<u64>,
) -> Result<(), Stop> {
    if holder == Some(id) {
        return Err(Refusal::not_now(Remedy::EmailIsTheirs).under("contactId").into());
    }
    let other = match holder {
        Some(holder) => Some((holder, draft.contact(holder).await?)),
        None => None,
    };
    let contact = draft.contact(id).await?;
    as_expected(contact.edition(), expected)?;
    let account = draft.account(contact.get()?.account).await?;
    let held: Option<&ContactState> = match &other {
        Some((_, contact)) => Some(contact.get()?),
        None => None,
    };
    let (ours, theirs): (Vec<ContactEvent>, Vec<ContactEvent>) = rule.decide(contact.get()?, held, account.get()?)?;
    if let Some((holder, contact)) = &other {
        draft.write(contact, *holder, theirs);
    }
    draft.write(&contact, id, ours);
    Ok(())
}
