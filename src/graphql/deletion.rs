//! Deletions that support carries out: what waits, asking for one, deciding it (row S4).

use super::{
    account::Account,
    asker::Asker,
    connection::{COUNT_CAP, Connection, Found, Paging, Place, wants_total},
    contact::Contact,
    decision::Actor,
    ids,
    mutate::{inputs, payloads, perform},
    scalars::{Instant, Position},
    snapshot::{Snapshot, wants_family},
    words::DeletionStatus,
};
use crate::app::{Command, Question, Subscriber};
use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use domain::{ActorKind, ContactId, contact::ContactState};
use projections::deletions;

/// A request to delete a contact: the newest there is of it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct DeletionRequest {
    contact: Contact,
    status: DeletionStatus,
    requested_at: Instant,
    requested_by: Actor,
    /// Why it was asked for; null where nothing was said, and once the person is erased.
    reason: Option<String>,
    decided_at: Option<Instant>,
    /// Why it was rejected, likewise.
    rejection: Option<String>,
}

#[ComplexObject]
impl DeletionRequest {
    /// The contact's account; null for who may not ask for it.
    async fn account(&self) -> Result<Option<Account>> {
        let snapshot = self.contact.snapshot();
        let Some(id) = self.contact.account() else { return Ok(None) };
        snapshot.get(id.0).await?;
        Ok(Account::found(snapshot, id))
    }
}

impl DeletionRequest {
    /// Of a contact; none where nothing was ever asked for.
    pub fn of(contact: Contact, state: &ContactState, asker: &Asker) -> Option<DeletionRequest> {
        let request = state.deletion.as_ref()?;
        Some(DeletionRequest {
            contact,
            status: request.status().into(),
            requested_at: Instant(request.requested.at),
            requested_by: Actor::new(request.requested.actor, asker.lang),
            reason: request.reason.clone(),
            decided_at: request.approved.or(request.rejected).map(|fact| Instant(fact.at)),
            rejection: request.rejection.clone(),
        })
    }
}

/// Requests for deletion.
#[derive(Default)]
pub struct DeletionQuery;

#[Object]
impl DeletionQuery {
    /// Contacts whose deletion waits for support, oldest request first: of the account; for support, without `accountId`, of all accounts.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn deletion_requests(
        &self,
        ctx: &Context<'_>,
        account_id: Option<ID>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<DeletionRequest>> {
        let asker = Asker::of(ctx)?;
        let account = match account_id.as_ref().map(ids::account).or(asker.caller.only_account()) {
            Some(id) => Some(asker.account(id, Question::Contacts)?),
            None if asker.caller.actor.kind == ActorKind::Staff => None,
            None => return Err(asker.not_found()),
        };
        asker.wait(min_position).await?;
        let slice = Paging { first, after, last, before }.slice(asker, format!("deletions {account:?}"))?;
        let beyond = match slice.beyond() {
            Some(Place::Time(at, id)) => Some((*at, *id)),
            _ => None,
        };
        let db = asker.app.reader().db();
        let ask = deletions::list(account, beyond, slice.backward, slice.limit as i64 + 1);
        let rows = db.fetch(ask).await.map_err(|e| asker.failed(e))?;
        let total = match wants_total(ctx) {
            true => db.fetch_optional(deletions::count(account, COUNT_CAP + 1)).await,
            false => Ok(None),
        };
        let total = total.map_err(|e| asker.failed(e))?.map(|(n,)| n);
        let rows = rows.into_iter().map(|row| (Place::Time(row.requested_at, row.contact), row.contact)).collect();
        let found = Found::of(rows, slice.limit);
        let node = ctx.look_ahead().field("edges").field("node");
        let families = wants_family(&node.field("contact")) || node.field("account").exists();
        let ids = found.rows.iter().map(|(_, id)| *id).collect();
        let snapshot = Snapshot::now(asker).read(ids, families).await?;
        let rows = found
            .rows
            .into_iter()
            .filter_map(|(place, id)| {
                let contact = Contact::found(&snapshot, ContactId(id))?;
                let folded = snapshot.known(id)?;
                Some((place, DeletionRequest::of(contact, folded.state.contact()?, asker)?))
            })
            .collect();
        slice.page(asker, Found { rows, more: found.more, looked_to: None }, false, total.map(Into::into))
    }
}

inputs! {
    /// Asks support to delete a contact.
    change RequestDeletionInput {
        contact_id: ID,
        /// Why, up to 1000 characters.
        reason: Option<String>,
    }
    /// Support agrees to a deletion. Only support may.
    change ApproveDeletionInput { contact_id: ID }
    /// Support does not agree to a deletion. Only support may.
    change RejectDeletionInput {
        contact_id: ID,
        /// Why not, up to 1000 characters.
        reason: Option<String>,
    }
}

payloads! {
    RequestDeletionPayload { contact: Contact }
    ApproveDeletionPayload { contact: Contact }
    RejectDeletionPayload { contact: Contact }
}

/// Requests for deletion.
#[derive(Default)]
pub struct DeletionMutation;

#[Object]
impl DeletionMutation {
    /// Asks support to delete a contact, where the account's policy leaves that to support.
    async fn request_deletion(&self, ctx: &Context<'_>, input: RequestDeletionInput) -> Result<RequestDeletionPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::RequestDeletion(contact, input.reason)))).await
    }

    /// Support agrees: the contact is deleted. `HAS_LIVE_SUBSCRIPTION` still refuses.
    async fn approve_deletion(&self, ctx: &Context<'_>, input: ApproveDeletionInput) -> Result<ApproveDeletionPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::ApproveDeletion(contact)))).await
    }

    /// Support does not agree: the contact stays.
    async fn reject_deletion(&self, ctx: &Context<'_>, input: RejectDeletionInput) -> Result<RejectDeletionPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::RejectDeletion(contact, input.reason)))).await
    }
}
