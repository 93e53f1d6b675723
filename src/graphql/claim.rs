//! Complaints: their type, what a new one is filled in from, their lists, and what can be done to them (rows U10, B16).

use super::{
    asker::Asker,
    connection::{COUNT_CAP, Connection, Found, Paging, Place, wants_total},
    contact::{Address, Contact},
    decision::Actor,
    ids,
    mutate::{inputs, payloads, perform},
    scalars::{Day, Instant, Position},
    snapshot::{Snapshot, wants_family},
    subscription::Subscription,
    words::ClaimStatus,
};
use crate::{
    app::{Command, NewClaim, Question, Subscriber},
    i18n::drafts,
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{
    ClaimId, ContactId, Folded, State, calendar,
    contact::claim::{Claim as Stored, ClaimStep as Step, DueIssue, due_issues},
};
use projections::claims;
use std::sync::Arc;

/// A complaint on a subscription, or on one issue of it, and what became of it.
#[derive(Clone)]
pub struct Claim {
    contact: ContactId,
    id: ClaimId,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
}

/// One thing that happened to a complaint.
#[derive(SimpleObject)]
pub struct ClaimStep {
    /// Where it stood from then on.
    status: ClaimStatus,
    at: Instant,
    actor: Actor,
    /// What was written; null where nothing was, and once the person is erased.
    text: Option<String>,
}

impl Claim {
    /// The complaint of this id, if its contact was read and the caller reaches it.
    pub fn found(snapshot: &Arc<Snapshot>, contact: ContactId, id: ClaimId) -> Option<Claim> {
        let folded = snapshot.known(contact.0).filter(|folded| Claim::seen(snapshot, contact, folded))?;
        folded.state.contact()?.claim(id)?;
        Some(Claim { contact, id, folded, snapshot: snapshot.clone() })
    }

    /// Whether whoever asks may see this contact's complaints: not everybody who sees the sheet may.
    fn seen(snapshot: &Snapshot, contact: ContactId, folded: &Folded) -> bool {
        snapshot.may_ask_of(Question::Claims, contact.0, &folded.state)
    }

    /// All of a contact's that are seen, newest first.
    pub fn all(
        snapshot: &Arc<Snapshot>,
        contact: ContactId,
        folded: &Arc<Folded>,
        status: Option<ClaimStatus>,
    ) -> Vec<Claim> {
        let Some(state) = folded.state.contact().filter(|_| Claim::seen(snapshot, contact, folded)) else {
            return Vec::new();
        };
        let wanted = |claim: &&Stored| status.is_none_or(|status| ClaimStatus::from(claim.status) == status);
        let claim =
            |claim: &Stored| Claim { contact, id: claim.id, folded: folded.clone(), snapshot: snapshot.clone() };
        state.claims.iter().rev().filter(wanted).map(claim).collect()
    }

    fn state(&self, asker: &Asker) -> Result<&Stored> {
        self.snapshot.state_of(&self.folded, State::contact)?.claim(self.id).ok_or_else(|| asker.not_found())
    }

    fn steps(&self, asker: &Asker) -> Result<&[Step]> {
        Ok(&self.state(asker)?.steps)
    }
}

/// A complaint on a subscription, or on one issue of it, and what became of it.
#[Object]
impl Claim {
    pub async fn id(&self) -> ID {
        ids::of_claim(self.contact, self.id)
    }

    /// Number of its last change, for `expectedVersion`: two people may work on two complaints of one contact at once.
    async fn version(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(self.steps(Asker::of(ctx)?)?.last().map_or(0, |step| step.fact.version))
    }

    async fn status(&self, ctx: &Context<'_>) -> Result<ClaimStatus> {
        Ok(self.state(Asker::of(ctx)?)?.status.into())
    }

    /// The issue it is about, as the account writes it.
    async fn issue(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.state(Asker::of(ctx)?)?.issue.clone())
    }

    /// What was wrong, in the words of the first step; null once the person is erased.
    async fn text(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.steps(Asker::of(ctx)?)?.first().and_then(|step| step.text.clone()))
    }

    async fn opened_at(&self, ctx: &Context<'_>) -> Result<Option<Instant>> {
        Ok(self.steps(Asker::of(ctx)?)?.first().map(|step| Instant(step.fact.at)))
    }

    /// When it came to where it stands.
    async fn changed_at(&self, ctx: &Context<'_>) -> Result<Option<Instant>> {
        Ok(self.steps(Asker::of(ctx)?)?.last().map(|step| Instant(step.fact.at)))
    }

    /// Its history, oldest first.
    #[graphql(name = "steps")]
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<ClaimStep>> {
        let asker = Asker::of(ctx)?;
        let step = |step: &Step| ClaimStep {
            status: step.status.into(),
            at: Instant(step.fact.at),
            actor: Actor::new(step.fact.actor, asker.lang),
            text: step.text.clone(),
        };
        Ok(self.steps(asker)?.iter().map(step).collect())
    }

    async fn contact(&self, ctx: &Context<'_>) -> Result<Contact> {
        Contact::found(&self.snapshot, self.contact).ok_or_else(|| Asker::of(ctx).map_or_else(|e| e, Asker::not_found))
    }

    async fn subscription(&self, ctx: &Context<'_>) -> Result<Subscription> {
        let asker = Asker::of(ctx)?;
        let id = self.state(asker)?.subscription;
        self.snapshot.get(id.0).await?;
        Subscription::found(&self.snapshot, id).ok_or_else(|| asker.not_found())
    }
}

/// An issue that should have come.
#[derive(SimpleObject)]
pub struct LateIssue {
    /// The product's module: hand it on as `moduleId`.
    module_id: ID,
    name: String,
    /// The day it was due.
    due_on: Day,
}

impl From<&DueIssue> for LateIssue {
    fn from(issue: &DueIssue) -> Self {
        LateIssue { module_id: ID(issue.module.to_string()), name: issue.name.clone(), due_on: Day(issue.due_on) }
    }
}

/// What a new complaint is filled in with.
#[derive(SimpleObject)]
pub struct ClaimDraft {
    /// The issues that should have come by today, newest first: what can be chosen.
    issues: Vec<LateIssue>,
    /// The one it is filled in for; null: none should have come.
    issue: Option<LateIssue>,
    /// Where that issue was to be delivered on its day.
    address: Option<Address>,
    /// A sentence to begin with, in the language of `Accept-Language`.
    text: String,
}

/// Lists and drafts of complaints.
#[derive(Default)]
pub struct ClaimQuery;

#[Object]
impl ClaimQuery {
    /// The account's complaints, newest first.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn claims(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        status: Option<ClaimStatus>,
        contact_id: Option<ID>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<Claim>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Claims)?;
        asker.wait(min_position).await?;
        let filter = claims::Filter {
            status: status.map(|s| domain::values::ClaimStatus::from(s).as_str()),
            contact: contact_id.as_ref().map(ids::contact),
        };
        let slice = Paging { first, after, last, before }.slice(asker, format!("claims {account} {filter:?}"))?;
        let beyond = match slice.beyond() {
            Some(Place::Time(at, id)) => Some((*at, *id)),
            _ => None,
        };
        let db = asker.app.reader().db();
        let seek = claims::Seek { beyond, descending: !slice.backward, limit: slice.limit as i64 + 1 };
        let rows = db.fetch(claims::list(account, &filter, seek)).await.map_err(|e| asker.failed(e))?;
        let total = match wants_total(ctx) {
            true => db.fetch_optional(claims::count(account, &filter, COUNT_CAP + 1)).await,
            false => Ok(None),
        };
        let total = total.map_err(|e| asker.failed(e))?.map(|(n,)| n);
        let found =
            Found::of(rows.into_iter().map(|row| (Place::Time(row.opened_at, row.id), row)).collect(), slice.limit);
        let node = ctx.look_ahead().field("edges").field("node");
        let families = node.field("subscription").exists() || wants_family(&node.field("contact"));
        let contacts = found.rows.iter().map(|(_, row)| row.contact).collect();
        let snapshot = Snapshot::now(asker).read(contacts, families).await?;
        let rows = found
            .rows
            .into_iter()
            .filter_map(|(place, row)| Some((place, Claim::found(&snapshot, ContactId(row.contact), ClaimId(row.id))?)))
            .collect();
        slice.page(asker, Found { rows, more: found.more, looked_to: None }, true, total.map(Into::into))
    }

    /// What a complaint on a subscription is filled in with: the newest issue that should have come, or the one that is named.
    async fn claim_draft(
        &self,
        ctx: &Context<'_>,
        contact_id: ID,
        subscription_id: ID,
        module_id: Option<ID>,
        min_position: Option<Position>,
    ) -> Result<ClaimDraft> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let (contact, subscription) = (ids::contact(&contact_id), ids::subscription(&subscription_id));
        let snapshot = Snapshot::now(asker).read(vec![contact.0, subscription.0], true).await?;
        let person = snapshot.known(contact.0).ok_or_else(|| asker.not_found())?;
        let person = snapshot.state_of(&person, State::contact)?;
        let bought = snapshot.known(subscription.0).ok_or_else(|| asker.not_found())?;
        let bought = snapshot.state_of(&bought, State::subscription)?;
        if !person.attached().any(|a| a.subscription == subscription) {
            return Err(asker.not_found());
        }
        let product = snapshot.get(bought.product.0).await?.ok_or_else(|| asker.not_found())?;
        let product = snapshot.state_of(&product, State::product)?;
        let account = snapshot.account(person.account).await?;
        let zone = snapshot.state_of(&account, State::account)?.time_zone;
        let mut due = due_issues(product, bought, calendar::day(snapshot.now, zone));
        due.reverse();
        let chosen = match module_id.as_ref().map(ids::module) {
            Some(module) => Some(due.iter().find(|issue| issue.module == module).ok_or_else(|| asker.not_found())?),
            None => due.first(),
        };
        Ok(ClaimDraft {
            issues: due.iter().map(Into::into).collect(),
            issue: chosen.map(Into::into),
            address: chosen.and_then(|issue| person.address_on(issue.due_on)).map(Address::from),
            text: match chosen {
                Some(issue) => drafts::late_issue(&issue.name, &product.name, issue.due_on, asker.lang),
                None => String::new(),
            },
        })
    }
}

inputs! {
    /// Complains about a subscription of a contact.
    new OpenClaimInput {
        contact_id: ID,
        /// One that counts for the contact.
        subscription_id: ID,
        /// The issue it is about, as the account writes it; up to 200 characters.
        issue: Option<String>,
        /// Or the issue as one of the product's modules that should have come: see `claimDraft`.
        module_id: Option<ID>,
        /// What is wrong, 1 to 5000 characters.
        text: String,
    }
    /// Answers an open complaint.
    change AnswerClaimInput {
        claim_id: ID,
        /// 1 to 5000 characters.
        text: String,
    }
    /// Closes a complaint, answered or not.
    change CloseClaimInput { claim_id: ID }
    /// Opens an answered or closed complaint again.
    change ReopenClaimInput {
        claim_id: ID,
        /// Why, 1 to 5000 characters.
        text: String,
    }
}

payloads! {
    OpenClaimPayload { claim: Claim, contact: Contact }
    AnswerClaimPayload { claim: Claim, contact: Contact }
    CloseClaimPayload { claim: Claim, contact: Contact }
    ReopenClaimPayload { claim: Claim, contact: Contact }
}

/// Complaints.
#[derive(Default)]
pub struct ClaimMutation;

#[Object]
impl ClaimMutation {
    /// Complains about a subscription of a contact, or about one issue of it.
    async fn open_claim(&self, ctx: &Context<'_>, input: OpenClaimInput) -> Result<OpenClaimPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let new = NewClaim {
            subscription: ids::subscription(&input.subscription_id),
            issue: input.issue,
            module: input.module_id.as_ref().map(ids::module),
            text: input.text,
        };
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::OpenClaim(contact, new)))).await
    }

    /// Answers an open complaint; the contact is told by mail.
    async fn answer_claim(&self, ctx: &Context<'_>, input: AnswerClaimInput) -> Result<AnswerClaimPayload> {
        let (carried, (contact, claim)) = (input.carried(), ids::claim(&input.claim_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::AnswerClaim(contact, claim, input.text)))).await
    }

    /// Closes a complaint, answered or not.
    async fn close_claim(&self, ctx: &Context<'_>, input: CloseClaimInput) -> Result<CloseClaimPayload> {
        let (carried, (contact, claim)) = (input.carried(), ids::claim(&input.claim_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::CloseClaim(contact, claim)))).await
    }

    /// Opens an answered or closed complaint again.
    async fn reopen_claim(&self, ctx: &Context<'_>, input: ReopenClaimInput) -> Result<ReopenClaimPayload> {
        let (carried, (contact, claim)) = (input.carried(), ids::claim(&input.claim_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::ReopenClaim(contact, claim, input.text)))).await
    }
}
