//! Connecting an account's customer service, webhooks and provider of sign-ins, and ending it.

use super::super::{
    Failure,
    draft::{Draft, Stop},
};
use crate::{
    outbound::{UrlProblem, checked_url},
    vault::{
        change::VaultChange,
        providers::{ProviderChange, ProviderSecret},
    },
};
use domain::{
    AccountId, Code, Refusal, StreamId,
    account::{
        AccountState, RemoveProvider, SetProvider,
        connection::{ConnectCustomerService, ConnectWebhook, DisconnectCustomerService, DisconnectWebhook},
        provider::{ProviderEvent, ProviderSet},
    },
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
    /// Sets the provider of sign-ins, with another secret or the one there is.
    SetSignInProvider(AccountId, SetProvider, Option<ProviderSecret>),
    /// Takes it away.
    RemoveSignInProvider(AccountId),
}

impl ConnectionCommand {
    pub(super) fn name(&self) -> &'static str {
        match self {
            ConnectionCommand::ConnectCustomerService(..) => "ConnectCustomerService",
            ConnectionCommand::DisconnectCustomerService(_) => "DisconnectCustomerService",
            ConnectionCommand::ConnectWebhook(..) => "ConnectWebhook",
            ConnectionCommand::DisconnectWebhook(..) => "DisconnectWebhook",
            ConnectionCommand::SetSignInProvider(..) => "SetSignInProvider",
            ConnectionCommand::RemoveSignInProvider(_) => "RemoveSignInProvider",
        }
    }

    fn on(&self) -> AccountId {
        match self {
            ConnectionCommand::ConnectCustomerService(account, _)
            | ConnectionCommand::DisconnectCustomerService(account)
            | ConnectionCommand::ConnectWebhook(account, ..)
            | ConnectionCommand::DisconnectWebhook(account, _)
            | ConnectionCommand::SetSignInProvider(account, ..)
            | ConnectionCommand::RemoveSignInProvider(account) => *account,
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
        super::as_expected(account.edition(), expected)?;
        let (fresh, state) = (draft.id(), account.get()?);
        let events = match self {
            ConnectionCommand::SetSignInProvider(_, rule, secret) => {
                let events = set_provider(draft, state, rule, secret)?;
                draft.write(&account, id, events);
                return Ok(());
            }
            ConnectionCommand::RemoveSignInProvider(_) => {
                let events = RemoveProvider.decide(state);
                let gone = ProviderChange { account: id, secret: None, ends: true, forgets: true };
                if !events.is_empty() {
                    draft.beside.push(VaultChange::Provider(gone));
                }
                draft.write(&account, id, events);
                return Ok(());
            }
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

/// Sets the provider, and what changes with it: people whom it meant, sessions made on other terms.
fn set_provider(
    draft: &mut Draft<'_>,
    state: &AccountState,
    rule: SetProvider,
    secret: Option<ProviderSecret>,
) -> Result<Vec<ProviderEvent>, Stop> {
    let issuer = rule.issuer.trim().to_owned();
    let invalid = || Refusal::at(Code::Invalid, "issuer").with("expected", "https://example.com");
    // As it names itself, to the letter: only looked at here, and not written in full.
    let url = checked_url(&issuer, draft.targets()).map_err(|_| invalid())?;
    if url.query().is_some() || url.fragment().is_some() || issuer.chars().any(char::is_whitespace) {
        return Err(invalid().into());
    }
    let secret = secret.map(|secret| secret.checked()).transpose()?;
    let events = SetProvider { issuer, new_secret: secret.is_some(), ..rule }.decide(state)?;
    if let [ProviderEvent::Set(terms)] = &events[..] {
        let before = state.provider.as_ref().map(|provider| &provider.terms);
        let forgets = before.is_some_and(|before| before.issuer != terms.issuer);
        let otherwise = |before: &ProviderSet| {
            (&before.client_id, &before.domains, before.second_factor, before.on)
                != (&terms.client_id, &terms.domains, terms.second_factor, terms.on)
        };
        let ends = forgets || before.is_some_and(otherwise);
        let secret = match secret {
            Some(secret) => Some(draft.vault().seal_provider_secret(state.id, &secret).map_err(Failure::from)?),
            None => None,
        };
        draft.beside.push(VaultChange::Provider(ProviderChange { account: state.id, secret, ends, forgets }));
    }
    Ok(events)
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
