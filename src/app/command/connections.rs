//! Connecting an account's customer service and webhooks, and ending it.

use super::super::draft::{Draft, Stop};
use crate::outbound::{UrlProblem, checked_url};
use domain::{
    AccountId, Code, Refusal, StreamId,
    account::connection::{ConnectCustomerService, ConnectWebhook, DisconnectCustomerService, DisconnectWebhook},
};
use uuid::Uuid;

/// What can be asked of connections.
#[derive(Debug, Clone)]
pub enum ConnectionCommand {
    /// Connects the customer service at this address.
    ConnectCustomerService(AccountId, String),
    /// Ends that.
    DisconnectCustomerService(AccountId),
    /// Connects a webhook at this address, for these kinds of event.
    ConnectWebhook(AccountId, String, Vec<String>),
    /// Ends one.
    DisconnectWebhook(AccountId, Uuid),
}

impl ConnectionCommand {
    pub(super) fn name(&self) -> &'static str {
        match self {
            ConnectionCommand::ConnectCustomerService(..) => "ConnectCustomerService",
            ConnectionCommand::DisconnectCustomerService(_) => "DisconnectCustomerService",
            ConnectionCommand::ConnectWebhook(..) => "ConnectWebhook",
            ConnectionCommand::DisconnectWebhook(..) => "DisconnectWebhook",
        }
    }

    fn on(&self) -> AccountId {
        match self {
            ConnectionCommand::ConnectCustomerService(account, _)
            | ConnectionCommand::DisconnectCustomerService(account)
            | ConnectionCommand::ConnectWebhook(account, ..)
            | ConnectionCommand::DisconnectWebhook(account, _) => *account,
        }
    }

    pub(super) fn account(&self) -> Option<AccountId> {
        Some(self.on())
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        vec![self.on().into()]
    }

    pub(super) async fn plan(self, draft: &mut Draft<'_>, expected: Option<u64>) -> Result<(), Stop> {
        let id = self.on();
        let account = draft.account(id).await?;
        super::as_expected(account.version(), expected)?;
        let (fresh, state) = (draft.id(), account.get()?);
        let events = match self {
            ConnectionCommand::ConnectCustomerService(_, url) => {
                let url = checked(draft, &url)?;
                let events = ConnectCustomerService { connection: fresh, url }.decide(state)?;
                let there = state.customer_service().map(|c| c.id);
                draft.about_mut().connection = there.filter(|_| events.is_empty()).or(Some(fresh));
                events
            }
            ConnectionCommand::DisconnectCustomerService(_) => DisconnectCustomerService.decide(state)?,
            ConnectionCommand::ConnectWebhook(_, url, types) => {
                let url = checked(draft, &url)?;
                let events = ConnectWebhook { connection: fresh, url: url.clone(), types }.decide(state)?;
                let there = state.connections.iter().find(|c| c.url.as_ref() == Some(&url)).map(|c| c.id);
                draft.about_mut().connection = there.filter(|_| events.is_empty()).or(Some(fresh));
                events
            }
            ConnectionCommand::DisconnectWebhook(_, connection) => DisconnectWebhook { connection }.decide(state)?,
        };
        draft.write(&account, id, events);
        Ok(())
    }
}

/// An address that may be called, as it is written in full.
fn checked(draft: &Draft<'_>, url: &str) -> Result<String, Refusal> {
    checked_url(url.trim(), draft.targets()).map(|url| url.to_string()).map_err(|problem| {
        let expected = match problem {
            UrlProblem::Scheme => "https://",
            _ => "https://example.com/",
        };
        Refusal::at(Code::Invalid, "url").with("expected", expected)
    })
}
