//! Deliveries: mails, webhook calls and the customer-service feed, each with where it stands; trying one again, and acknowledging one.
//!
//! These are no commands: nothing of the trade changes, and nothing is put in the log.

use super::{
    asker::Asker,
    connection::{COUNT_CAP, Connection, Found, Paging, Place, Total, wants_total},
    contact::Contact,
    errors::{UserError, user_errors},
    ids,
    product::Product,
    scalars::{Instant, Position},
    snapshot::Snapshot,
};
use crate::app::Question;
use crate::outbox::{
    Status,
    store::{self, Filter, Row, Seek},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::DateTime;
use domain::{AccountId, Code, ContactId, ProductId, Refusal, remedy::Remedy};
use std::sync::Arc;
use uuid::Uuid;

/// Where a delivery stands.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "crate::outbox::Status")]
pub enum DeliveryStatus {
    /// Waits for its first or next attempt.
    Queued,
    /// Handed over.
    Sent,
    /// The receiver said that it has dealt with it.
    Acknowledged,
    /// Given up; `retryDelivery` tries again.
    Failed,
    /// Not sent: it was no longer current.
    Dropped,
}

/// Which way something leaves.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum DeliveryChannel {
    /// By e-mail.
    Mail,
    /// To the account's customer service.
    CustomerService,
    /// To a webhook.
    Webhook,
}

/// Something that leaves: a mail, or a call.
#[derive(SimpleObject)]
pub struct Delivery {
    id: ID,
    channel: DeliveryChannel,
    /// Which mail, such as `order_email`; or the kind of event, such as `contact.edited.v1`.
    template: String,
    status: DeliveryStatus,
    /// The contact that it concerns.
    contact: Option<Contact>,
    /// The product that it concerns.
    product: Option<Product>,
    /// The connection that it goes to; null for a mail.
    connection_id: Option<ID>,
    /// The event that it follows from: the receiver knows a repetition by it.
    event_id: ID,
    created_at: Instant,
    /// When it is tried next; null when it is not.
    next_attempt_at: Option<Instant>,
    /// Attempts so far.
    attempts: i32,
    /// Why the last attempt failed, or why nothing was sent: a stable code, such as `SMTP 550`, `HTTP 503`, `NO_CONNECTION`, `TIME`, `NOT_CURRENT`.
    reason: Option<String>,
    /// When it was sent, acknowledged, given up or dropped.
    done_at: Option<Instant>,
}

fn instant(micros: i64) -> Instant {
    Instant(DateTime::from_timestamp_micros(micros).unwrap_or_default())
}

fn text_of(prefix: &str, id: Uuid) -> ID {
    ID(format!("{prefix}_{}", id.simple()))
}

/// The delivery's id of this text; the nil id of a text that is none.
fn delivery_id(text: &ID) -> Uuid {
    text.strip_prefix("dlv_").and_then(|hex| Uuid::try_parse(hex).ok()).unwrap_or_default()
}

/// The product that a mail's data name.
fn product_of(row: &Row) -> Option<Uuid> {
    let data: serde_json::Value = serde_json::from_slice(&row.data).ok()?;
    data.get("product")?.as_str()?.parse().ok()
}

impl Delivery {
    fn new(row: &Row, snapshot: &Arc<Snapshot>) -> Delivery {
        let status = Status::parse(&row.state).unwrap_or(Status::Failed);
        Delivery {
            id: text_of("dlv", row.id),
            channel: match row.channel.as_str() {
                "CUSTOMER_SERVICE" => DeliveryChannel::CustomerService,
                "WEBHOOK" => DeliveryChannel::Webhook,
                _ => DeliveryChannel::Mail,
            },
            template: row.template.clone(),
            status: status.into(),
            contact: row.subject.and_then(|id| Contact::found(snapshot, ContactId(id))),
            product: product_of(row).and_then(|id| Product::found(snapshot, ProductId(id))),
            connection_id: row.target.map(|id| text_of("cnx", id)),
            event_id: ID(row.event_id.simple().to_string()),
            created_at: instant(row.created_at),
            next_attempt_at: (status == Status::Queued).then(|| instant(row.due_at)),
            attempts: i32::try_from(row.attempts).unwrap_or(i32::MAX),
            reason: row.reason.clone(),
            done_at: row.done_at.map(instant),
        }
    }
}

/// The things that these deliveries concern, read together.
async fn named(asker: &Asker, rows: &[Row]) -> Result<Arc<Snapshot>> {
    let ids = rows.iter().flat_map(|row| [row.subject, product_of(row)]).flatten().collect();
    Snapshot::now(asker).read(ids, false).await
}

/// A page of deliveries, newest first.
pub(super) async fn page(
    ctx: &Context<'_>,
    asker: &Asker,
    account: AccountId,
    filter: Filter,
    paging: Paging,
) -> Result<Connection<Delivery>> {
    let account = asker.account(account, Question::Deliveries)?;
    let slice = paging.slice(asker, format!("deliveries {account} {filter:?}"))?;
    let beyond = match slice.beyond() {
        Some(Place::Time(at, id)) => Some((*at, *id)),
        _ => None,
    };
    let db = asker.app.reader().db();
    let seek = Seek { beyond, descending: !slice.backward, limit: slice.limit as i64 + 1 };
    let rows = db.fetch(store::list(account.0, &filter, &seek)).await.map_err(|e| asker.failed(e))?;
    let snapshot = named(asker, &rows).await?;
    let rows = rows.iter().map(|r| (Place::Time(r.created_at, r.id), Delivery::new(r, &snapshot))).collect();
    let total = match wants_total(ctx) {
        true => {
            let counted = db.fetch(store::count(account.0, &filter, COUNT_CAP)).await.map_err(|e| asker.failed(e))?;
            Some(Total::from(counted.first().map_or(0, |(n,)| *n)))
        }
        false => None,
    };
    slice.page(asker, Found::of(rows, slice.limit), true, total)
}

/// Deliveries.
#[derive(Default)]
pub struct DeliveryQuery;

#[Object]
impl DeliveryQuery {
    /// What left the account or is about to, newest first: mails, webhook calls, the customer-service feed.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        status: Option<DeliveryStatus>,
        contact_id: Option<ID>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<Delivery>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Deliveries)?;
        asker.wait(min_position).await?;
        let filter = Filter { status: status.map(Into::into), subject: contact_id.map(|id| ids::contact(&id).0) };
        page(ctx, asker, account, filter, Paging { first, after, last, before }).await
    }
}

/// Tries a delivery again that was given up, or at once one that waits for its next attempt.
#[derive(InputObject)]
pub struct RetryDeliveryInput {
    delivery_id: ID,
    /// Handed back in the payload.
    client_mutation_id: Option<String>,
}

/// Says for the receiver that it has dealt with a webhook call or a call of the customer-service feed.
#[derive(InputObject)]
pub struct AcknowledgeDeliveryInput {
    delivery_id: ID,
    /// Handed back in the payload.
    client_mutation_id: Option<String>,
}

macro_rules! delivery_payload {
    ($($name:ident),*) => { $(
        #[derive(SimpleObject)]
        pub struct $name {
            /// As it is now; null when there is none that the caller reaches.
            delivery: Option<Delivery>,
            /// Why it was not done. Empty: it was.
            user_errors: Vec<UserError>,
            /// What to know about what was done.
            warnings: Vec<UserError>,
            /// Where the log was: nothing is put in it.
            position: Position,
            /// As it came in the input.
            client_mutation_id: Option<String>,
        }
        impl From<Changed> for $name {
            fn from(changed: Changed) -> Self {
                let Changed { delivery, user_errors, position, client_mutation_id } = changed;
                $name { delivery, user_errors, warnings: Vec::new(), position, client_mutation_id }
            }
        }
    )* };
}
delivery_payload!(RetryDeliveryPayload, AcknowledgeDeliveryPayload);

struct Changed {
    delivery: Option<Delivery>,
    user_errors: Vec<UserError>,
    position: Position,
    client_mutation_id: Option<String>,
}

/// Changes a delivery that the caller reaches; `already`: it needs no change.
async fn change(
    ctx: &Context<'_>,
    id: &ID,
    client_mutation_id: Option<String>,
    already: Status,
    change: fn(Uuid, Uuid, i64) -> projections::Ask<()>,
) -> Result<Changed> {
    let asker = Asker::of(ctx)?;
    let (db, id) = (asker.app.reader().db(), delivery_id(id));
    let found = db.fetch_optional(store::one(id)).await.map_err(|e| asker.failed(e))?;
    let found = found.filter(|row| asker.account(AccountId(row.account), Question::Deliveries).is_ok());
    let (row, refused) = match found {
        None => (None, Some(Refusal::at(Code::NotFound, "deliveryId"))),
        Some(row) => {
            let now = asker.app.clock().now().timestamp_micros();
            let changed = db.execute(change(row.account, id, now)).await.map_err(|e| asker.failed(e))?;
            let row = db.fetch_optional(store::one(id)).await.map_err(|e| asker.failed(e))?.unwrap_or(row);
            let refused = changed == 0 && row.state != already.as_str();
            (Some(row), refused.then(|| Refusal::not_now(Remedy::DeliveryIsOver).under("deliveryId")))
        }
    };
    let rows: Vec<Row> = row.into_iter().collect();
    let snapshot = named(asker, &rows).await?;
    let newest = asker.app.reader().newest_position().await.map_err(|e| asker.failed(e))?;
    Ok(Changed {
        delivery: rows.first().map(|row| Delivery::new(row, &snapshot)),
        user_errors: refused.map(|refusal| user_errors(refusal.into(), asker.lang)).unwrap_or_default(),
        position: asker.app.reader().token(newest).into(),
        client_mutation_id,
    })
}

/// Deliveries.
#[derive(Default)]
pub struct DeliveryMutation;

#[Object]
impl DeliveryMutation {
    /// Tries a delivery again that was given up, or at once one that waits for its next attempt. `NOT_ALLOWED_NOW` for one that is done with.
    async fn retry_delivery(&self, ctx: &Context<'_>, input: RetryDeliveryInput) -> Result<RetryDeliveryPayload> {
        let RetryDeliveryInput { delivery_id, client_mutation_id } = input;
        Ok(change(ctx, &delivery_id, client_mutation_id, Status::Queued, store::retry).await?.into())
    }

    /// Says for the receiver that it has dealt with a webhook call or a call of the customer-service feed; of one that was given up too, so that what
    /// waits behind it goes on. `NOT_ALLOWED_NOW` for a mail, and for what was never tried.
    async fn acknowledge_delivery(
        &self,
        ctx: &Context<'_>,
        input: AcknowledgeDeliveryInput,
    ) -> Result<AcknowledgeDeliveryPayload> {
        let AcknowledgeDeliveryInput { delivery_id, client_mutation_id } = input;
        Ok(change(ctx, &delivery_id, client_mutation_id, Status::Acknowledged, store::acknowledge).await?.into())
    }
}
