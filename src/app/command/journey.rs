//! Contacts that are staged in a form and submitted together: one command behind the popup, the journey of a subscription and « By User »
//! (rows S1, S5 to S12). The rule is `domain::contact::journey`; here is what it has to know, and that all of it is one append.

use super::{
    super::draft::{Draft, Of, Stop},
    NewSubscription, starting,
    subscriber::{mails, send},
};
use domain::{
    AccountId, Code, ContactId, Fact, ProductId, Refusal, Refusals, StreamId, SubscriptionId,
    account::AccountState,
    contact::{
        ContactEvent,
        journey::{Placed, SUBSCRIPTIONS_MAX, Staged, SubmitContacts, attach_to, of_contact, recorded},
        verification,
    },
    product::ProductState,
};
use std::collections::BTreeSet;

/// What a journey submits.
#[derive(Debug, Clone)]
pub struct Submission {
    /// In the order of the form.
    pub contacts: Vec<Staged>,
    /// Subscriptions of the account that each of them is attached to.
    pub subscriptions: Vec<SubscriptionId>,
    /// One that starts with them.
    pub start: Option<NewSubscription>,
}

/// What can be submitted.
#[derive(Debug, Clone)]
pub enum JourneyCommand {
    /// Finds or records contacts, and attaches them.
    Submit(AccountId, Submission),
}

impl JourneyCommand {
    pub(super) fn name(&self) -> &'static str {
        let JourneyCommand::Submit(_, submission) = self;
        // Two names, since attaching is not for everyone who may record a contact.
        if submission.subscriptions.is_empty() && submission.start.is_none() {
            "SubmitContacts"
        } else {
            "SubmitSubscribers"
        }
    }

    pub(super) fn account(&self) -> Option<AccountId> {
        match self {
            JourneyCommand::Submit(account, _) => Some(*account),
        }
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        let JourneyCommand::Submit(_, submission) = self;
        let known = |staged: &Staged| if let Staged::Known(id) = staged { Some(StreamId::from(*id)) } else { None };
        let streams: BTreeSet<StreamId> = submission.contacts.iter().filter_map(known).collect();
        streams.into_iter().collect()
    }

    pub(super) async fn plan(self, draft: &mut Draft<'_>) -> Result<(), Stop> {
        let JourneyCommand::Submit(account, submission) = self;
        submit(draft, account, submission).await
    }
}

/// A subscription that the contacts are attached to, and its product.
struct Join {
    subscription: SubscriptionId,
    product: ProductId,
    sold: Of<ProductState>,
}

async fn submit(draft: &mut Draft<'_>, account_id: AccountId, submission: Submission) -> Result<(), Stop> {
    let account = draft.account(account_id).await?;
    let joins = joins(draft, &account, submission.subscriptions, submission.start).await?;
    let rule = SubmitContacts { account: account_id, staged: submission.contacts };
    // Whoever takes one of these addresses meanwhile is found when this is decided again: nobody is recorded twice.
    draft.find_again();
    let holders = draft.holders(account_id, &rule.emails()).await?;
    let placed = rule.decide(&holders)?;

    let (mut refused, mut done, mut seen) = (Vec::new(), Vec::with_capacity(placed.len()), BTreeSet::new());
    for (n, placed) in placed.into_iter().enumerate() {
        let (id, created) = match &placed {
            Placed::Found(id) => (*id, false),
            Placed::New(_) => (ContactId(draft.id()), true),
        };
        done.push((id, created));
        // Chosen from the list and typed as well: it is one contact.
        if !seen.insert(id) {
            continue;
        }
        match place(draft, id, placed, &account, &joins).await {
            Ok(()) => {}
            Err(Stop::Refused(Refusals(all))) => {
                refused.extend(all.into_iter().map(|refusal| of_contact(n, as_typed(refusal, created))));
            }
            Err(stop) => return Err(stop),
        }
    }
    let about = draft.about_mut();
    // They are many: none of them is the one that the whole is about.
    about.contact = None;
    if !refused.is_empty() {
        return Err(Refusals(refused).into());
    }
    about.placed = done;
    Ok(())
}

/// Who was typed in has no id that a field could have; what delivery needs is in its address.
fn as_typed(refusal: Refusal, created: bool) -> Refusal {
    match refusal.code {
        Code::SubscriberRequired if created => Refusal { field: vec!["address".into()], ..refusal },
        _ => refusal,
    }
}

async fn joins(
    draft: &mut Draft<'_>,
    account: &Of<AccountState>,
    ids: Vec<SubscriptionId>,
    start: Option<NewSubscription>,
) -> Result<Vec<Join>, Stop> {
    if ids.len() > SUBSCRIPTIONS_MAX {
        return Err(Refusal::at(Code::TooLong, "subscriptionIds").with("max", SUBSCRIPTIONS_MAX).into());
    }
    let mut joins: Vec<Join> = Vec::with_capacity(ids.len() + 1);
    for (n, id) in ids.into_iter().enumerate() {
        if joins.iter().any(|join| join.subscription == id) {
            continue;
        }
        let subscription = draft.subscription(id).await.map_err(|stop| match stop {
            Stop::Refused(_) => Refusal::at(Code::NotFound, "subscriptionIds").with("value", n + 1).into(),
            failure => failure,
        })?;
        let product = subscription.get()?.product;
        joins.push(Join { subscription: id, product, sold: draft.product(product).await? });
    }
    if let Some(new) = start {
        let product = new.product;
        let under = |stop| match stop {
            Stop::Refused(Refusals(all)) => {
                Stop::Refused(Refusals(all.into_iter().map(|refusal| refusal.under("startSubscription")).collect()))
            }
            failure => failure,
        };
        let sold = draft.product(product).await.map_err(under)?;
        let (id, events) = starting(draft, account, &sold, new).map_err(under)?;
        draft.create(id, events);
        joins.push(Join { subscription: id, product, sold });
    }
    let about = draft.about_mut();
    about.product = None;
    about.subscription = joins.last().map(|join| join.subscription);
    Ok(joins)
}

/// Writes what becomes of one contact.
async fn place(
    draft: &mut Draft<'_>,
    id: ContactId,
    placed: Placed,
    account: &Of<AccountState>,
    joins: &[Join],
) -> Result<(), Stop> {
    let mut joined = Vec::with_capacity(joins.len());
    for join in joins {
        joined.push((join.subscription, join.product, join.sold.get()?));
    }
    let fact = |version| Fact { position: 0, version, at: draft.meta.now, actor: draft.meta.actor };
    match placed {
        Placed::Found(_) => {
            let next = fact(0);
            let contact = draft.contact(id).await?;
            let next = Fact { version: contact.version() + 1, ..next };
            let events = attach_to(contact.get()?, account.get()?, &joined, next)?;
            draft.write(&contact, id, events);
        }
        Placed::New(mut events) => {
            let contact = recorded(&events, fact(1));
            if let Some(contact) = &contact {
                let attached: Vec<ContactEvent> = attach_to(contact, account.get()?, &joined, fact(2))?;
                events.extend(attached);
                events.extend(verification::asked_by_form(None, contact, draft.id(), draft.meta.now));
            }
            let mails = mails(id, None, &events);
            draft.create(id, events);
            send(draft, mails);
        }
    }
    Ok(())
}
