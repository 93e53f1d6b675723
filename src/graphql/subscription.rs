//! What was bought: its type, its days and payments, and what can be done to it.

use super::{
    asker::Asker,
    claim::Claim,
    connection::{Connection, Paging},
    contact::Contact,
    finding, ids,
    mutate::{inputs, payloads, perform},
    product::Product,
    scalars::{Day, Instant},
    snapshot::Snapshot,
    words::{Billing, PaymentState},
};
use crate::app::{self, Command, NewSubscription, Renewal};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::{Folded, State, SubscriptionId, calendar, subscription::SubscriptionState};
use std::sync::Arc;

/// What was bought.
#[derive(Clone)]
pub struct Subscription {
    id: SubscriptionId,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
}

/// Where a subscription stands, its payments apart.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum SubscriptionStanding {
    /// Its first day is still to come.
    Scheduled,
    /// Its days are running.
    Running,
    /// It stands still.
    Paused,
    /// Cancelled; its last paid days are running.
    Cancelled,
    /// Its last day is over.
    Ended,
}

/// Days that were bought.
#[derive(SimpleObject)]
pub struct Period {
    /// First day.
    starts_on: Day,
    /// Last day; null: for ever.
    ends_on: Option<Day>,
}

/// A fact about payments.
#[derive(SimpleObject)]
pub struct Payment {
    state: PaymentState,
    /// Since when, as the payment system says.
    occurred_at: Instant,
    /// The payment system's id of the fact.
    event_id: String,
    /// When it was recorded here.
    recorded_at: Instant,
}

impl Subscription {
    pub fn found(snapshot: &Arc<Snapshot>, id: SubscriptionId) -> Option<Subscription> {
        let folded = snapshot.known(id.0).filter(|folded| folded.state.subscription().is_some())?;
        Some(Subscription { id, folded, snapshot: snapshot.clone() })
    }

    fn state(&self) -> Result<&SubscriptionState> {
        self.snapshot.state_of(&self.folded, State::subscription)
    }
}

/// What was bought: days of a product, and how they are paid.
#[Object]
impl Subscription {
    pub async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// Number of its last change, for `expectedVersion`.
    async fn version(&self) -> u64 {
        self.folded.version
    }

    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let asker = Asker::of(ctx)?;
        Product::get(&self.snapshot, self.state()?.product).await?.ok_or_else(|| asker.not_found())
    }

    /// The account's own word for the type of subscription.
    #[graphql(name = "type")]
    async fn kind(&self) -> Result<&str> {
        Ok(&self.state()?.kind)
    }

    async fn billing(&self) -> Result<Billing> {
        Ok(self.state()?.billing.into())
    }

    /// Where it stands today, in the account's time zone.
    #[graphql(name = "state")]
    async fn standing(&self) -> Result<SubscriptionStanding> {
        let state = self.state()?;
        let account = self.snapshot.account(state.account).await?;
        let zone = self.snapshot.state_of(&account, State::account)?.time_zone;
        let now = self.snapshot.now;
        Ok(if !state.is_live(now, zone) {
            SubscriptionStanding::Ended
        } else if state.is_paused() {
            SubscriptionStanding::Paused
        } else if state.cancelled.is_some() {
            SubscriptionStanding::Cancelled
        } else if now < calendar::midnight(state.starts_on(), zone) {
            SubscriptionStanding::Scheduled
        } else {
            SubscriptionStanding::Running
        })
    }

    /// First day of all.
    async fn starts_on(&self) -> Result<Day> {
        Ok(Day(self.state()?.starts_on()))
    }

    /// Last day; null: for ever.
    async fn ends_on(&self) -> Result<Option<Day>> {
        Ok(self.state()?.ends_on().map(Day))
    }

    /// The periods that were bought, oldest first.
    async fn periods(&self) -> Result<Vec<Period>> {
        let periods = self.state()?.periods.iter();
        Ok(periods.map(|p| Period { starts_on: Day(p.starts_on), ends_on: p.ends_on.map(Day) }).collect())
    }

    /// Whether it stands still now.
    async fn paused(&self) -> Result<bool> {
        Ok(self.state()?.is_paused())
    }

    async fn cancelled_at(&self) -> Result<Option<Instant>> {
        Ok(self.state()?.cancelled.map(|fact| Instant(fact.at)))
    }

    /// The newest fact about its payments, by when it occurred; null: none was recorded.
    async fn payment(&self) -> Result<Option<Payment>> {
        Ok(self.state()?.payment().map(|p| Payment {
            state: p.state.into(),
            occurred_at: Instant(p.occurred_at),
            event_id: p.event_id.clone(),
            recorded_at: Instant(p.recorded.at),
        }))
    }

    /// Complaints on it, newest first.
    async fn claims(&self) -> Result<Vec<Claim>> {
        let claims = self.snapshot.claims_on(self.id).await?;
        Ok(claims.into_iter().filter_map(|(contact, claim)| Claim::found(&self.snapshot, contact, claim)).collect())
    }

    async fn started_at(&self) -> Result<Instant> {
        Ok(Instant(self.state()?.started.at))
    }

    /// The contacts that it counts for, in the order they were recorded; under an `asOf` those of then.
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Contact>> {
        let (asker, account) = (Asker::of(ctx)?, self.state()?.account);
        let paging = Paging { first, after, last, before };
        finding::contacts_of(ctx, asker, &self.snapshot, account, self.id, paging).await
    }
}

inputs! {
    /// Starts a subscription of a contact to a product, and gives it access where it has none.
    new StartSubscriptionInput {
        contact_id: ID,
        product_id: ID,
        /// The account's own word, 1 to 200 characters.
        r#type: String,
        billing: Billing,
        /// First day; default today.
        starts_on: Option<Day>,
        /// Last day; absent: for ever.
        ends_on: Option<Day>,
    }
    /// Buys more days.
    change RenewSubscriptionInput {
        subscription_id: ID,
        /// First day, where it had lapsed; before its end the new days follow without a gap.
        starts_on: Option<Day>,
        /// Last day; absent: for ever.
        ends_on: Option<Day>,
    }
    /// Stops entitlement until it is resumed.
    change PauseSubscriptionInput { subscription_id: ID }
    /// Ends a pause.
    change ResumeSubscriptionInput { subscription_id: ID }
    /// Ends a subscription; it entitles until its last day.
    change CancelSubscriptionInput {
        subscription_id: ID,
        /// Last day; default the end of what was bought, or today where that is for ever.
        ends_on: Option<Day>,
    }
    /// Makes a subscription count for a contact. `expectedVersion` is the contact's.
    change AttachContactInput {
        subscription_id: ID,
        contact_id: ID,
    }
    /// Makes a subscription count for a contact no more. `expectedVersion` is the contact's.
    change DetachContactInput {
        subscription_id: ID,
        contact_id: ID,
    }
    /// Records what a payment system says.
    change RecordPaymentInput {
        subscription_id: ID,
        state: PaymentState,
        /// Since when; the newest wins.
        occurred_at: Instant,
        /// The payment system's id of the fact, 1 to 200 characters: the same one twice counts once.
        event_id: String,
    }
}

payloads! {
    StartSubscriptionPayload { subscription: Subscription, contact: Contact }
    RenewSubscriptionPayload { subscription: Subscription }
    PauseSubscriptionPayload { subscription: Subscription }
    ResumeSubscriptionPayload { subscription: Subscription }
    CancelSubscriptionPayload { subscription: Subscription }
    AttachContactPayload { subscription: Subscription, contact: Contact }
    DetachContactPayload { subscription: Subscription, contact: Contact }
    RecordPaymentPayload { subscription: Subscription }
}

/// Subscriptions.
#[derive(Default)]
pub struct SubscriptionMutation;

#[Object]
impl SubscriptionMutation {
    /// Starts a subscription. `SUBSCRIBER_REQUIRED` when the product is delivered and the contact has no complete address.
    async fn start_subscription(
        &self,
        ctx: &Context<'_>,
        input: StartSubscriptionInput,
    ) -> Result<StartSubscriptionPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let new = NewSubscription {
            product: ids::product(&input.product_id),
            kind: input.r#type,
            billing: input.billing.into(),
            starts_on: input.starts_on.map(|day| day.0),
            ends_on: input.ends_on.map(|day| day.0),
        };
        perform(ctx, carried, Ok(Command::StartSubscription(contact, new))).await
    }

    /// Buys more days.
    async fn renew_subscription(
        &self,
        ctx: &Context<'_>,
        input: RenewSubscriptionInput,
    ) -> Result<RenewSubscriptionPayload> {
        let (carried, id) = (input.carried(), ids::subscription(&input.subscription_id));
        let renewal = Renewal { starts_on: input.starts_on.map(|day| day.0), ends_on: input.ends_on.map(|day| day.0) };
        perform(ctx, carried, Ok(Command::RenewSubscription(id, renewal))).await
    }

    /// Stops entitlement until it is resumed.
    async fn pause_subscription(
        &self,
        ctx: &Context<'_>,
        input: PauseSubscriptionInput,
    ) -> Result<PauseSubscriptionPayload> {
        let (carried, id) = (input.carried(), ids::subscription(&input.subscription_id));
        perform(ctx, carried, Ok(Command::PauseSubscription(id))).await
    }

    /// Ends a pause.
    async fn resume_subscription(
        &self,
        ctx: &Context<'_>,
        input: ResumeSubscriptionInput,
    ) -> Result<ResumeSubscriptionPayload> {
        let (carried, id) = (input.carried(), ids::subscription(&input.subscription_id));
        perform(ctx, carried, Ok(Command::ResumeSubscription(id))).await
    }

    /// Ends a subscription; paid days stay.
    async fn cancel_subscription(
        &self,
        ctx: &Context<'_>,
        input: CancelSubscriptionInput,
    ) -> Result<CancelSubscriptionPayload> {
        let (carried, id) = (input.carried(), ids::subscription(&input.subscription_id));
        perform(ctx, carried, Ok(Command::CancelSubscription(id, input.ends_on.map(|day| day.0)))).await
    }

    /// Makes a subscription count for a contact, and gives it access where it has none.
    async fn attach_contact(&self, ctx: &Context<'_>, input: AttachContactInput) -> Result<AttachContactPayload> {
        let (carried, id) = (input.carried(), ids::subscription(&input.subscription_id));
        perform(ctx, carried, Ok(Command::AttachContact(id, ids::contact(&input.contact_id)))).await
    }

    /// Makes a subscription count for a contact no more; its access stays.
    async fn detach_contact(&self, ctx: &Context<'_>, input: DetachContactInput) -> Result<DetachContactPayload> {
        let (carried, id) = (input.carried(), ids::subscription(&input.subscription_id));
        perform(ctx, carried, Ok(Command::DetachContact(id, ids::contact(&input.contact_id)))).await
    }

    /// Records what a payment system says. The same `eventId` twice counts once; the newest `occurredAt` wins.
    async fn record_payment(&self, ctx: &Context<'_>, input: RecordPaymentInput) -> Result<RecordPaymentPayload> {
        let (carried, id) = (input.carried(), ids::subscription(&input.subscription_id));
        let payment =
            app::Payment { state: input.state.into(), occurred_at: input.occurred_at.0, event_id: input.event_id };
        perform(ctx, carried, Ok(Command::RecordPayment(id, payment))).await
    }
}
