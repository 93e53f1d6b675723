//! What can have happened to a connection. Its address may hold a secret, and is sealed; the secret that calls are signed with is in no event.

use crate::{
    account::AccountEvent,
    event::{Private, clear, events, sealed},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

events!(in AccountEvent:
    /// What the account is connected to.
    ConnectionEvent {
        /// Its customer service hears of subscribers from now on, at this address and no other.
        CustomerServiceConnected(CustomerServiceConnected) = "account.customer_service_connected.v1",
        /// It hears no more.
        CustomerServiceDisconnected(CustomerServiceDisconnected) = "account.customer_service_disconnected.v1",
        /// A webhook hears of some kinds of event.
        WebhookConnected(WebhookConnected) = "account.webhook_connected.v1",
        /// It hears no more.
        WebhookDisconnected(WebhookDisconnected) = "account.webhook_disconnected.v1",
    }
);

/// Its customer service hears of subscribers from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerServiceConnected {
    /// The connection.
    pub connection: Uuid,
    /// Where.
    #[serde(skip)]
    pub private: Private<Target>,
}

/// It hears no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerServiceDisconnected {
    /// The connection.
    pub connection: Uuid,
}

/// A webhook hears of some kinds of event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookConnected {
    /// The connection.
    pub connection: Uuid,
    /// Kinds of event, or areas of them; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// Where.
    #[serde(skip)]
    pub private: Private<Target>,
}

/// It hears no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookDisconnected {
    /// The connection.
    pub connection: Uuid,
}

/// Where calls go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The address.
    pub url: String,
}

clear!(CustomerServiceDisconnected, WebhookDisconnected);
sealed!(CustomerServiceConnected, WebhookConnected);
