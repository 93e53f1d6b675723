//! What can be asked of connections. Whether an address may be called is known outside, and told.

use super::{
    ConnectionEvent, ConnectionKind, CustomerServiceConnected, CustomerServiceDisconnected, Target, WebhookConnected,
    WebhookDisconnected, state::names,
};
use crate::{
    account::AccountState,
    event::{Event, Private},
    refusal::{Code, Refusal, Refusals},
    remedy::Remedy,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most webhooks of an account.
const WEBHOOKS_MAX: usize = 20;
/// Most kinds of event that a webhook names.
const TYPES_MAX: usize = 50;

/// Connects the customer service. Another one that is connected is replaced.
#[derive(Debug, Clone)]
pub struct ConnectCustomerService {
    /// The id it will have.
    pub connection: Uuid,
    /// An address that may be called.
    pub url: String,
}

impl ConnectCustomerService {
    /// Connects it; nothing when it is connected at this address.
    pub fn decide(self, account: &AccountState) -> Result<Vec<ConnectionEvent>, Refusals> {
        let there = account.customer_service();
        if there.is_some_and(|c| c.url.as_deref() == Some(&self.url)) {
            return Ok(vec![]);
        }
        let private = Private::Known(Target { url: self.url });
        Ok(vec![ConnectionEvent::CustomerServiceConnected(CustomerServiceConnected {
            connection: self.connection,
            private,
        })])
    }
}

/// Ends the connection to the customer service.
#[derive(Debug, Clone)]
pub struct DisconnectCustomerService;

impl DisconnectCustomerService {
    /// Ends it; nothing when there is none.
    pub fn decide(self, account: &AccountState) -> Result<Vec<ConnectionEvent>, Refusals> {
        let there = account.customer_service().map(|c| c.id);
        let event =
            |connection| ConnectionEvent::CustomerServiceDisconnected(CustomerServiceDisconnected { connection });
        Ok(there.map(event).into_iter().collect())
    }
}

/// Connects a webhook.
#[derive(Debug, Clone)]
pub struct ConnectWebhook {
    /// The id it will have.
    pub connection: Uuid,
    /// An address that may be called.
    pub url: String,
    /// Kinds of event (`access.granted`) or areas of them (`access`); empty: all.
    pub types: Vec<String>,
}

impl ConnectWebhook {
    /// Connects it; nothing when there is one at this address for the same kinds.
    pub fn decide(self, account: &AccountState) -> Result<Vec<ConnectionEvent>, Refusals> {
        let mut types: Vec<String> = self.types.iter().map(|t| t.trim().to_owned()).collect();
        types.sort();
        types.dedup();
        if types.len() > TYPES_MAX {
            return Err(Refusal::at(Code::Invalid, "types").with("max", TYPES_MAX).into());
        }
        if let Some(unknown) = types.iter().find(|named| !Event::types().any(|name| names(named, name))) {
            let areas: BTreeSet<&str> = Event::types().filter_map(|name| name.split('.').next()).collect();
            let refusal = Refusal::at(Code::Invalid, "types").with("value", unknown);
            return Err(refusal.with("expected", areas.into_iter().collect::<Vec<_>>().join(", ")).into());
        }
        let webhooks = || account.connections.iter().filter(|c| c.kind == ConnectionKind::Webhook);
        if webhooks().any(|c| c.url.as_deref() == Some(&self.url) && c.types == types) {
            return Ok(vec![]);
        }
        if webhooks().count() >= WEBHOOKS_MAX {
            return Err(Refusal::not_now(Remedy::DisconnectWebhook).under("accountId").into());
        }
        let private = Private::Known(Target { url: self.url });
        Ok(vec![ConnectionEvent::WebhookConnected(WebhookConnected { connection: self.connection, types, private })])
    }
}

/// Ends a webhook.
#[derive(Debug, Clone)]
pub struct DisconnectWebhook {
    /// Which.
    pub connection: Uuid,
}

impl DisconnectWebhook {
    /// Ends it; `NOT_FOUND` where there is none of this id.
    pub fn decide(self, account: &AccountState) -> Result<Vec<ConnectionEvent>, Refusals> {
        let connection = self.connection;
        if !account.connections.iter().any(|c| c.id == connection && c.kind == ConnectionKind::Webhook) {
            return Err(Refusal::at(Code::NotFound, "webhookId").into());
        }
        Ok(vec![ConnectionEvent::WebhookDisconnected(WebhookDisconnected { connection })])
    }
}
