//! What was handed out as a whole: a list, also page by page, or everything that is kept about one person. Recorded before the first byte of it goes out, so that nothing
//! leaves without a trace.

use super::super::draft::{Draft, Stop};
use domain::{
    AccountId, ContactId, StreamId, account,
    contact::{self, ContactEvent},
};

/// What is recorded of exports.
#[derive(Debug, Clone)]
pub enum ExportCommand {
    /// A list of an account.
    List(AccountId, account::RecordExport),
    /// A list of an account, read page by page.
    Read(AccountId, account::RecordListRead),
    /// Everything about a contact.
    Person(ContactId, contact::RecordDataExport),
}

impl ExportCommand {
    pub(super) fn name(&self) -> &'static str {
        match self {
            ExportCommand::List(..) => "RecordExport",
            ExportCommand::Read(..) => "RecordListRead",
            ExportCommand::Person(..) => "RecordDataExport",
        }
    }

    pub(super) fn account(&self) -> Option<AccountId> {
        match self {
            ExportCommand::List(account, _) | ExportCommand::Read(account, _) => Some(*account),
            ExportCommand::Person(..) => None,
        }
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        match self {
            ExportCommand::List(account, _) | ExportCommand::Read(account, _) => vec![(*account).into()],
            ExportCommand::Person(contact, _) => vec![(*contact).into()],
        }
    }

    pub(super) async fn plan(self, draft: &mut Draft<'_>) -> Result<(), Stop> {
        match self {
            ExportCommand::List(id, rule) => {
                let account = draft.account(id).await?;
                draft.write(&account, id, rule.decide());
            }
            ExportCommand::Read(id, rule) => {
                let account = draft.account(id).await?;
                draft.write(&account, id, rule.decide());
            }
            ExportCommand::Person(id, rule) => {
                let contact = draft.contact(id).await?;
                let events: Vec<ContactEvent> = rule.decide();
                draft.write(&contact, id, events);
            }
        }
        Ok(())
    }
}
