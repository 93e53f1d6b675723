//! Journeys: contacts that are staged in a form and submitted together, from the popup of the account's pages, from within the journey of a
//! subscription, or « By User » (rows S1, S5 to S13). Nothing is staged here: cancelling a form is not sending it.

use super::{
    contact::Contact,
    contact_edit::AddressInput,
    ids,
    mutate::{inputs, payloads, perform},
    scalars::{Day, Instant},
    subscription::Subscription,
    words::{Billing, ContactKind},
};
use crate::app::{Command, JourneyCommand, NewSubscription, Submission};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    AccountId, Code, Refusal, Refusals,
    contact::{ContactInput, journey},
};

/// A contact as it stands in a form: chosen (`contactId` and nothing else), or typed in. Who was typed in with an e-mail that a contact of
/// the account has is that contact, and stays as it is.
#[derive(InputObject)]
pub struct StagedContactInput {
    /// A contact of the account.
    contact_id: Option<ID>,
    /// Default `PERSON`.
    kind: Option<ContactKind>,
    /// Up to 200 characters.
    first_name: Option<String>,
    /// Up to 200 characters.
    last_name: Option<String>,
    /// Up to 200 characters.
    company_name: Option<String>,
    /// By which the contact is found or, where the account has none with it, recorded.
    email: Option<String>,
    /// Up to 50 characters, kept as typed.
    phone: Option<String>,
    /// Up to 50 characters, kept as typed.
    fax: Option<String>,
    address: Option<AddressInput>,
    /// Its id in another system, unique within the account; up to 100 characters.
    external_id: Option<String>,
}

/// A subscription that starts with the contacts of a journey.
#[derive(InputObject)]
pub struct JourneySubscriptionInput {
    product_id: ID,
    /// The account's own word, 1 to 200 characters.
    r#type: String,
    billing: Billing,
    /// First day; default today.
    starts_on: Option<Day>,
    /// Last day; absent: for ever.
    ends_on: Option<Day>,
}

inputs! {
    /// Contacts of a form, and what they are attached to. One submission: all of it is done, or nothing.
    new SubmitContactsInput {
        account_id: ID,
        /// 1 to 100, in the order of the form.
        contacts: Vec<StagedContactInput>,
        /// Subscriptions of the account that every contact is attached to; at most 20.
        subscription_ids: Option<Vec<ID>>,
        /// A subscription that starts with these contacts.
        start_subscription: Option<JourneySubscriptionInput>,
    }
    /// « Set Subscription (By User) »: users first, then the customer number, then its subscriptions.
    new SetSubscriptionByUserInput {
        /// 1 to 100, in the order of the form.
        contacts: Vec<StagedContactInput>,
        account_id: ID,
        /// Subscriptions of the account that every contact is attached to; 1 to 20.
        subscription_ids: Vec<ID>,
    }
}

/// A contact of a submission.
#[derive(SimpleObject, Clone)]
pub struct SubmittedContact {
    contact: Contact,
    /// Recorded by this submission; false: the account had it already.
    created: bool,
    /// When it was recorded, so that a form can show new ones first or last.
    added_at: Instant,
}

impl SubmittedContact {
    pub fn new(contact: Contact, created: bool, added_at: Instant) -> SubmittedContact {
        SubmittedContact { contact, created, added_at }
    }
}

payloads! {
    SubmitContactsPayload { contacts: Vec<SubmittedContact>, subscription: Subscription }
    SetSubscriptionByUserPayload { contacts: Vec<SubmittedContact>, subscription: Subscription }
}

/// Journeys.
#[derive(Default)]
pub struct JourneyMutation;

#[Object]
impl JourneyMutation {
    /// Finds or records the contacts of a form, attaches them to subscriptions and mails who is new, in one submission: nothing is written
    /// and nobody is mailed if one contact is refused. Each refusal names its contact (`contacts.3.email`).
    async fn submit_contacts(&self, ctx: &Context<'_>, input: SubmitContactsInput) -> Result<SubmitContactsPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let start = input.start_subscription.map(|new| NewSubscription {
            product: ids::product(&new.product_id),
            kind: new.r#type,
            billing: new.billing.into(),
            starts_on: new.starts_on.map(|day| day.0),
            ends_on: new.ends_on.map(|day| day.0),
        });
        let command = submission(account, input.contacts, input.subscription_ids.unwrap_or_default(), start);
        perform(ctx, carried, command).await
    }

    /// The same with users first: attaches them to subscriptions that the account has.
    async fn set_subscription_by_user(
        &self,
        ctx: &Context<'_>,
        input: SetSubscriptionByUserInput,
    ) -> Result<SetSubscriptionByUserPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let command = match input.subscription_ids.is_empty() {
            true => Err(Refusal::at(Code::Required, "subscriptionIds").into()),
            false => submission(account, input.contacts, input.subscription_ids, None),
        };
        perform(ctx, carried, command).await
    }
}

fn submission(
    account: AccountId,
    staged: Vec<StagedContactInput>,
    subscriptions: Vec<ID>,
    start: Option<NewSubscription>,
) -> Result<Command, Refusals> {
    let (mut contacts, mut refused) = (Vec::with_capacity(staged.len()), Vec::new());
    for (n, staged) in staged.into_iter().enumerate() {
        match staged.read() {
            Ok(staged) => contacts.push(staged),
            Err(refusal) => refused.push(journey::of_contact(n, refusal)),
        }
    }
    if !refused.is_empty() {
        return Err(Refusals(refused));
    }
    let subscriptions = subscriptions.iter().map(ids::subscription).collect();
    Ok(Command::Journey(JourneyCommand::Submit(account, Submission { contacts, subscriptions, start })))
}

impl StagedContactInput {
    fn read(self) -> Result<journey::Staged, Refusal> {
        let kind = self.kind;
        let input = ContactInput {
            first_name: self.first_name,
            last_name: self.last_name,
            company_name: self.company_name,
            email: self.email,
            phone: self.phone,
            fax: self.fax,
            address: self.address.map(Into::into),
            external_id: self.external_id,
        };
        let Some(id) = self.contact_id else {
            return Ok(journey::Staged::Typed(kind.unwrap_or(ContactKind::Person).into(), Box::new(input)));
        };
        // One that was chosen stays as it is: what was typed besides would be lost without a word.
        let ContactInput { first_name, last_name, company_name, email, phone, fax, address, external_id } = input;
        let texts = [first_name, last_name, company_name, email, phone, fax, external_id];
        if texts.iter().any(Option::is_some) || address.is_some() || kind.is_some() {
            return Err(Refusal::at(Code::Invalid, "contactId"));
        }
        Ok(journey::Staged::Known(ids::contact(&id)))
    }
}
