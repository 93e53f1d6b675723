//! What the account is connected to now.

use super::events::ConnectionEvent;
use crate::{contact::ContactEvent, event::Event, fold::Fact, values::words};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words!(
    /// What is at the other end.
    ConnectionKind {
        /// The publisher's customer service.
        CustomerService = "CUSTOMER_SERVICE",
        /// A system of the account's own.
        Webhook = "WEBHOOK",
    }
);

/// A connection in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Connection {
    /// Its id.
    pub id: Uuid,
    /// What is at the other end.
    pub kind: ConnectionKind,
    /// Where; none when it can be read no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Kinds of event, or areas of them, that a webhook hears of; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Since when, and by whom.
    pub connected: Fact,
}

/// Whether a kind of event (`access.granted.v1`) is one that is named: itself, without its version, or its area (`access`).
pub(super) fn names(named: &str, type_name: &str) -> bool {
    type_name.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Connection {
    /// Takes one more event in.
    pub(in crate::account) fn apply(connections: &mut Vec<Connection>, event: &ConnectionEvent, fact: Fact) {
        match event {
            ConnectionEvent::CustomerServiceConnected(e) => {
                connections.retain(|c| c.kind != ConnectionKind::CustomerService);
                connections.push(Connection {
                    id: e.connection,
                    kind: ConnectionKind::CustomerService,
                    url: e.private.known().map(|target| target.url.clone()),
                    types: Vec::new(),
                    connected: fact,
                });
            }
            ConnectionEvent::WebhookConnected(e) => connections.push(Connection {
                id: e.connection,
                kind: ConnectionKind::Webhook,
                url: e.private.known().map(|target| target.url.clone()),
                types: e.types.clone(),
                connected: fact,
            }),
            ConnectionEvent::CustomerServiceDisconnected(e) => connections.retain(|c| c.id != e.connection),
            ConnectionEvent::WebhookDisconnected(e) => connections.retain(|c| c.id != e.connection),
        }
    }

    /// Whether an event is told to the other end. `subscriber`: whether it happened to one.
    pub fn hears(&self, event: &Event, subscriber: bool) -> bool {
        match self.kind {
            ConnectionKind::CustomerService => {
                subscriber && matches!(event, Event::Contact(e) if is_for_customer_service(e))
            }
            ConnectionKind::Webhook => {
                self.types.is_empty() || self.types.iter().any(|named| names(named, event.type_name()))
            }
        }
    }
}

/// What a customer service acts on: coordinates, addresses, the e-mail, subscriptions that begin or cease to count, complaints, deletion.
fn is_for_customer_service(event: &ContactEvent) -> bool {
    use ContactEvent::*;
    matches!(
        event,
        Added(_)
            | Edited(_)
            | EmailChanged(_)
            | KindConverted(_)
            | DeliveryAddressSet(_)
            | Deleted(_)
            | Erased(_)
            | SubscriptionAttached(_)
            | SubscriptionDetached(_)
            | Claim(_)
    )
}
