//! What an account is connected to: its customer service, which hears of every change of a subscriber's sheet (row U6), and webhooks, which hear of the
//! kinds of event that they name.

mod commands;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{ConnectCustomerService, ConnectWebhook, DisconnectCustomerService, DisconnectWebhook};
pub use events::{
    ConnectionEvent, CustomerServiceConnected, CustomerServiceDisconnected, Target, WebhookConnected,
    WebhookDisconnected,
};
pub use state::{Connection, ConnectionKind};
