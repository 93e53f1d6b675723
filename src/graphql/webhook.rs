//! What an account is connected to: its customer service and its webhooks.

use super::{
    account::Account,
    ids,
    mutate::{inputs, payloads, perform},
    scalars::Instant,
};
use crate::app::{Command, ConnectionCommand};
use crate::outbound::shown;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::account::connection::Connection;
use uuid::Uuid;

/// A system that is called when something happens.
#[derive(SimpleObject)]
pub struct Webhook {
    id: ID,
    /// Its address up to its path: what follows may hold a secret.
    address: Option<String>,
    /// The kinds of event, or areas of them, that it hears of; empty: all that it can.
    types: Vec<String>,
    connected_at: Instant,
}

impl From<&Connection> for Webhook {
    fn from(connection: &Connection) -> Self {
        let address = connection.url.as_deref().map(|url| shown(url).to_owned());
        Webhook {
            id: text_of(connection.id),
            address,
            types: connection.types.clone(),
            connected_at: Instant(connection.connected.at),
        }
    }
}

fn text_of(id: Uuid) -> ID {
    ID(format!("cnx_{}", id.simple()))
}

/// The connection's id of this text; the nil id of a text that is none.
fn id_of(text: &ID) -> Uuid {
    text.strip_prefix("cnx_").and_then(|hex| Uuid::try_parse(hex).ok()).unwrap_or_default()
}

inputs! {
    /// Connects the customer service: it is called at every change of a subscriber's sheet. One that is connected is replaced.
    change ConnectCustomerServiceInput {
        account_id: ID,
        /// `https`, a public host, no user and no password; up to 2000 characters.
        url: String,
    }
    /// Ends the connection to the customer service; what waits for it is dropped.
    change DisconnectCustomerServiceInput { account_id: ID }
    /// Connects a webhook.
    change ConnectWebhookInput {
        account_id: ID,
        /// `https`, a public host, no user and no password; up to 2000 characters.
        url: String,
        /// Kinds of event (`access.granted`) or areas of them (`access`), 50 at most; absent or empty: all.
        types: Option<Vec<String>>,
    }
    /// Ends a webhook; what waits for it is dropped.
    change DisconnectWebhookInput {
        account_id: ID,
        webhook_id: ID,
    }
}

payloads! {
    /// `signingSecret`: what calls are signed with. Keep it: with it the receiver checks that a call is ours.
    ConnectCustomerServicePayload { account: Account, signing_secret: String }
    DisconnectCustomerServicePayload { account: Account }
    /// `signingSecret`: what calls are signed with. Keep it: with it the receiver checks that a call is ours.
    ConnectWebhookPayload { account: Account, webhook_id: ID, signing_secret: String }
    DisconnectWebhookPayload { account: Account }
}

impl super::mutate::Outcome {
    fn webhook_id(&self) -> Option<ID> {
        self.connection().map(text_of)
    }
}

/// Connections.
#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Connects the customer service: it is called, signed and in order, at every change of a subscriber's sheet. `INVALID` for an address that may not
    /// be called.
    async fn connect_customer_service(
        &self,
        ctx: &Context<'_>,
        input: ConnectCustomerServiceInput,
    ) -> Result<ConnectCustomerServicePayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let command = ConnectionCommand::ConnectCustomerService(account, input.url);
        perform(ctx, carried, Ok(Command::Connections(command))).await
    }

    /// Ends the connection to the customer service.
    async fn disconnect_customer_service(
        &self,
        ctx: &Context<'_>,
        input: DisconnectCustomerServiceInput,
    ) -> Result<DisconnectCustomerServicePayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let command = ConnectionCommand::DisconnectCustomerService(account);
        perform(ctx, carried, Ok(Command::Connections(command))).await
    }

    /// Connects a webhook, which is called, signed and in order, at the kinds of event that it names.
    async fn connect_webhook(&self, ctx: &Context<'_>, input: ConnectWebhookInput) -> Result<ConnectWebhookPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let command = ConnectionCommand::ConnectWebhook(account, input.url, input.types.unwrap_or_default());
        perform(ctx, carried, Ok(Command::Connections(command))).await
    }

    /// Ends a webhook.
    async fn disconnect_webhook(
        &self,
        ctx: &Context<'_>,
        input: DisconnectWebhookInput,
    ) -> Result<DisconnectWebhookPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let command = ConnectionCommand::DisconnectWebhook(account, id_of(&input.webhook_id));
        perform(ctx, carried, Ok(Command::Connections(command))).await
    }
}
