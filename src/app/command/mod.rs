//! What can be asked: each command, the streams it takes its turn on, and how it is planned: load, decide, write. The rules are in `domain`;
//! here is only which streams a rule needs.

mod app;
mod erp;
mod imports;
mod journey;
mod members;
mod users;

pub use app::AppCommand;
pub(super) use app::link_found;
pub use erp::{ErpCommand, ErpSync};
pub use imports::ImportCommand;
mod connections;

pub use connections::ConnectionCommand;
pub use journey::{JourneyCommand, Submission};
pub use members::{Invited, Members, NewGuest, NewMember};
pub use users::Users;
mod subscriber;

pub use subscriber::{NewClaim, Subscriber};

use super::draft::{ACCOUNT_NUMBER, Draft, Of, Stop};
use chrono::NaiveDate;
use domain::{
    AccountId, Code, ContactId, Event, Fact, ProductId, Refusal, StreamId, SubscriptionId,
    access::{Facts, decide_access},
    account, calendar,
    contact::{self, ContactEvent, ContactState},
    product, subscription,
    values::{Billing, Email},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A command, with the thing it is asked of.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is named after its rule in the domain crate, where it is documented")]
pub enum Command {
    /// Opens an account; ids and number are made here.
    OpenAccount(OpenAccount),
    RenameAccount(AccountId, account::RenameAccount),
    SetPolicies(AccountId, account::SetPolicies),
    /// `account` is filled in from the id given here.
    CreateProduct(AccountId, NewProduct),
    RenameProduct(ProductId, product::RenameProduct),
    SetModules(ProductId, product::SetModules),
    SetOrderEmail(ProductId, product::SetOrderEmail),
    ArchiveProduct(ProductId),
    RestoreProduct(ProductId),
    AddContact(AccountId, domain::values::ContactKind, contact::ContactInput),
    EditContact(ContactId, contact::ContactPatch),
    SetDeliveryAddress(ContactId, DeliveryAddress),
    /// Whether it is confirmed.
    DeleteContact(ContactId, bool),
    EraseContact(ContactId),
    GrantAccess(ContactId, contact::GrantAccess),
    EditAccess(ContactId, contact::EditAccess),
    SetAccessMode(ContactId, contact::SetAccessMode),
    SetOpening(ContactId, contact::SetOpening),
    AdvanceAccess(ContactId, contact::AdvanceAccess),
    RemoveAccess(ContactId, contact::RemoveAccess),
    StartSubscription(ContactId, NewSubscription),
    RenewSubscription(SubscriptionId, Renewal),
    PauseSubscription(SubscriptionId),
    ResumeSubscription(SubscriptionId),
    CancelSubscription(SubscriptionId, Option<NaiveDate>),
    RecordPayment(SubscriptionId, Payment),
    AttachContact(SubscriptionId, ContactId),
    DetachContact(SubscriptionId, ContactId),
    /// Contacts staged in a form and submitted together.
    Journey(JourneyCommand),
    /// Of memberships.
    Members(Members),
    /// Of logins.
    Users(Users),
    /// What concerns the account's ERP.
    Erp(ErpCommand),
    /// Files that are planned, applied and taken back.
    Imports(ImportCommand),
    /// Registrations in the app.
    App(AppCommand),
    /// What an account is connected to.
    Connections(ConnectionCommand),
    /// What goes on between an account and the people on its sheets.
    Subscriber(Subscriber),
}

/// An account as asked for.
#[derive(Debug, Clone)]
pub struct OpenAccount {
    /// Company name.
    pub company_name: String,
    /// `fr` or `en`.
    pub locale: Option<String>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// Whose it is; none: nobody's until ownership is given.
    pub owner_email: Option<String>,
}

/// A product as asked for.
#[derive(Debug, Clone)]
pub struct NewProduct {
    /// Its name.
    pub name: String,
    /// Whether it is delivered.
    pub delivered: bool,
    /// How delays are counted.
    pub drip_clock: domain::values::DripClock,
    /// Its modules.
    pub modules: Vec<product::ModuleDraft>,
    /// Its order e-mail.
    pub order_email: Option<product::OrderEmail>,
}

/// A delivery address as asked for.
#[derive(Debug, Clone, Default)]
pub struct DeliveryAddress {
    /// None: no deliveries in that time.
    pub address: Option<domain::address::Address>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// A subscription as asked for.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// To what.
    pub product: ProductId,
    /// The account's own word.
    pub kind: String,
    /// Whether it renews.
    pub billing: Billing,
    /// First day; default today.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
}

/// A renewal as asked for.
#[derive(Debug, Clone, Default)]
pub struct Renewal {
    /// First day, where it had lapsed.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
}

/// A payment fact as sent.
#[derive(Debug, Clone)]
pub struct Payment {
    /// In order, late or failed.
    pub state: domain::values::PaymentState,
    /// Since when.
    pub occurred_at: chrono::DateTime<chrono::Utc>,
    /// The payment system's id.
    pub event_id: String,
}

impl Command {
    /// Its name, for metrics and idempotency.
    pub fn name(&self) -> &'static str {
        use Command::*;
        match self {
            OpenAccount(_) => "OpenAccount",
            RenameAccount(..) => "RenameAccount",
            SetPolicies(..) => "SetPolicies",
            CreateProduct(..) => "CreateProduct",
            RenameProduct(..) => "RenameProduct",
            SetModules(..) => "SetModules",
            SetOrderEmail(..) => "SetOrderEmail",
            ArchiveProduct(_) => "ArchiveProduct",
            RestoreProduct(_) => "RestoreProduct",
            AddContact(..) => "AddContact",
            EditContact(..) => "EditContact",
            SetDeliveryAddress(..) => "SetDeliveryAddress",
            DeleteContact(..) => "DeleteContact",
            EraseContact(_) => "EraseContact",
            GrantAccess(..) => "GrantAccess",
            EditAccess(..) => "EditAccess",
            SetAccessMode(..) => "SetAccessMode",
            SetOpening(..) => "SetOpening",
            AdvanceAccess(..) => "AdvanceAccess",
            RemoveAccess(..) => "RemoveAccess",
            StartSubscription(..) => "StartSubscription",
            RenewSubscription(..) => "RenewSubscription",
            PauseSubscription(_) => "PauseSubscription",
            ResumeSubscription(_) => "ResumeSubscription",
            CancelSubscription(..) => "CancelSubscription",
            RecordPayment(..) => "RecordPayment",
            AttachContact(..) => "AttachContact",
            DetachContact(..) => "DetachContact",
            Journey(command) => command.name(),
            Members(command) => command.name(),
            Users(command) => command.name(),
            Erp(command) => command.name(),
            Imports(command) => command.name(),
            App(command) => command.name(),
            Connections(command) => command.name(),
            Subscriber(command) => command.name(),
        }
    }

    /// The account it names, if it names one.
    pub(super) fn account(&self) -> Option<AccountId> {
        use Command::*;
        match self {
            RenameAccount(a, _) | SetPolicies(a, _) | CreateProduct(a, _) | AddContact(a, ..) => Some(*a),
            Journey(command) => command.account(),
            Members(command) => command.account(),
            Users(command) => command.account(),
            Erp(command) => command.account(),
            Imports(command) => command.account(),
            App(command) => command.account(),
            Connections(command) => command.account(),
            Subscriber(command) => command.account(),
            _ => None,
        }
    }

    /// The streams it takes its turn on: those it may write that exist before it.
    pub(super) fn streams(&self) -> Vec<StreamId> {
        use Command::*;
        match self {
            OpenAccount(_) | CreateProduct(..) | AddContact(..) => vec![],
            RenameAccount(a, _) | SetPolicies(a, _) => vec![(*a).into()],
            RenameProduct(p, _) | SetModules(p, _) | SetOrderEmail(p, _) | ArchiveProduct(p) | RestoreProduct(p) => {
                vec![(*p).into()]
            }
            EditContact(c, _) | SetDeliveryAddress(c, _) | DeleteContact(c, _) | EraseContact(c) => vec![(*c).into()],
            GrantAccess(c, _)
            | EditAccess(c, _)
            | SetAccessMode(c, _)
            | SetOpening(c, _)
            | AdvanceAccess(c, _)
            | RemoveAccess(c, _) => {
                vec![(*c).into()]
            }
            StartSubscription(c, _) => vec![(*c).into()],
            RenewSubscription(s, _)
            | PauseSubscription(s)
            | ResumeSubscription(s)
            | CancelSubscription(s, _)
            | RecordPayment(s, _) => {
                vec![(*s).into()]
            }
            AttachContact(s, c) | DetachContact(s, c) => vec![(*s).into(), (*c).into()],
            Journey(command) => command.streams(),
            Members(command) => command.streams(),
            Users(command) => command.streams(),
            Erp(command) => command.streams(),
            Imports(command) => command.streams(),
            App(command) => command.streams(),
            Connections(command) => command.streams(),
            Subscriber(command) => command.streams(),
        }
    }

    /// Loads what the rule needs, decides, and writes the events into the draft.
    pub(super) async fn plan(&self, draft: &mut Draft<'_>, expected: Option<u64>) -> Result<(), Stop> {
        use Command::*;
        let now = draft.meta.now;
        match self.clone() {
            Subscriber(command) => command.plan(draft, expected).await,
            OpenAccount(new) => open_account(draft, new).await,
            RenameAccount(id, rule) => {
                let account = draft.account(id).await?;
                as_expected(account.version(), expected)?;
                let events = rule.decide(account.get()?)?;
                draft.write(&account, id, events);
                Ok(())
            }
            SetPolicies(id, rule) => {
                let account = draft.account(id).await?;
                as_expected(account.version(), expected)?;
                let (before, after) = (account.get()?.policies.registration, rule.registration);
                let events = rule.decide(account.get()?)?;
                draft.write(&account, id, events);
                app::warn_of_pending(draft, id, before, after).await
            }
            CreateProduct(account, new) => {
                draft.account(account).await?;
                let id = ProductId(draft.id());
                let NewProduct { name, delivered, drip_clock, modules, order_email } = new;
                draft.create(
                    id,
                    product::CreateProduct { account, name, delivered, drip_clock, modules, order_email }.decide()?,
                );
                draft.about_mut().product = Some(id);
                Ok(())
            }
            RenameProduct(id, rule) => on_product(draft, id, expected, |p| rule.decide(p)).await,
            SetModules(id, rule) => on_product(draft, id, expected, |p| rule.decide(p)).await,
            SetOrderEmail(id, rule) => on_product(draft, id, expected, |p| rule.decide(p)).await,
            ArchiveProduct(id) => on_product(draft, id, expected, |p| product::ArchiveProduct.decide(p)).await,
            RestoreProduct(id) => on_product(draft, id, expected, |p| product::RestoreProduct.decide(p)).await,
            AddContact(account, kind, input) => {
                draft.account(account).await?;
                let id = ContactId(draft.id());
                draft.create(id, contact::AddContact { account, kind, input }.decide()?);
                draft.about_mut().contact = Some(id);
                Ok(())
            }
            EditContact(id, patch) => {
                on_contact(draft, id, expected, |c, a| contact::EditContact { patch, at: now }.decide(c, a)).await
            }
            SetDeliveryAddress(id, DeliveryAddress { address, from, until }) => {
                let rule = contact::SetDeliveryAddress { address, from, until, at: now };
                on_contact(draft, id, expected, |c, a| rule.decide(c, a)).await
            }
            DeleteContact(id, confirmed) => delete_contact(draft, id, confirmed, expected).await,
            EraseContact(id) => {
                let contact = draft.contact(id).await?;
                as_expected(contact.version(), expected)?;
                let events = contact::EraseContact.decide(contact.get()?)?;
                if !events.is_empty() {
                    draft.bury(&contact).await?;
                    draft.erase(id.0);
                    app::erase_sign_up(draft, contact.get()?).await?;
                }
                draft.write(&contact, id, events);
                Ok(())
            }
            GrantAccess(id, rule) => grant(draft, id, rule).await,
            EditAccess(id, rule) => on_access(draft, id, rule.product, expected, |c, a| rule.decide(c, a)).await,
            SetAccessMode(id, rule) => on_access(draft, id, rule.product, expected, |c, a| rule.decide(c, a)).await,
            SetOpening(id, rule) => on_access(draft, id, rule.product, expected, |c, a| rule.decide(c, a)).await,
            AdvanceAccess(id, rule) => on_access(draft, id, rule.product, expected, |c, a| rule.decide(c, a)).await,
            RemoveAccess(id, rule) => on_access(draft, id, rule.product, expected, |c, _| rule.decide(c)).await,
            StartSubscription(id, new) => start_subscription(draft, id, new).await,
            RenewSubscription(id, Renewal { starts_on, ends_on }) => {
                let rule = subscription::RenewSubscription { starts_on, ends_on, at: now };
                on_subscription(draft, id, expected, |s, a| rule.decide(s, a.time_zone)).await
            }
            PauseSubscription(id) => {
                let rule = subscription::PauseSubscription { at: now };
                on_subscription(draft, id, expected, |s, a| rule.decide(s, a.time_zone)).await
            }
            ResumeSubscription(id) => {
                on_subscription(draft, id, expected, |s, _| subscription::ResumeSubscription.decide(s)).await
            }
            CancelSubscription(id, ends_on) => {
                let rule = subscription::CancelSubscription { ends_on, at: now };
                on_subscription(draft, id, expected, |s, a| rule.decide(s, a.time_zone)).await
            }
            RecordPayment(id, Payment { state, occurred_at, event_id }) => {
                let rule = subscription::RecordPayment { state, occurred_at, event_id, at: now };
                on_subscription(draft, id, expected, |s, _| rule.decide(s)).await
            }
            Erp(command) => command.plan(draft, expected).await,
            Imports(command) => command.plan(draft, expected).await,
            AttachContact(subscription, id) => attach(draft, subscription, id, expected).await,
            DetachContact(subscription, id) => {
                draft.subscription(subscription).await?;
                let contact = draft.contact(id).await?;
                as_expected(contact.version(), expected)?;
                let events = contact::DetachContact { subscription }.decide(contact.get()?)?;
                draft.write(&contact, id, events);
                Ok(())
            }
            Journey(command) => command.plan(draft).await,
            Members(command) => command.plan(draft, expected).await,
            Users(command) => command.plan(draft, expected).await,
            App(command) => command.plan(draft, expected).await,
            Connections(command) => command.plan(draft, expected).await,
        }
    }
}

fn as_expected(version: u64, expected: Option<u64>) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != version => Err(Refusal::at(Code::VersionConflict, "expectedVersion")),
        _ => Ok(()),
    }
}

async fn open_account(draft: &mut Draft<'_>, new: OpenAccount) -> Result<(), Stop> {
    let id = AccountId(draft.id());
    // Nine digits that people can read out; a number that is taken is drawn again with the next id.
    let number = (100_000_000 + id.0.as_u128() % 900_000_000).to_string();
    let OpenAccount { company_name, locale, time_zone, owner_email } = new;
    let rule = account::OpenAccount { account: id, number: number.clone(), company_name, locale, time_zone };
    let email = owner_email.filter(|typed| !typed.trim().is_empty()).map(|typed| Email::parse(&typed)).transpose();
    let email = email.map_err(|refusal| Refusal { field: vec!["ownerEmail".into()], ..refusal })?;
    let events = rule.decide()?;
    draft.claim(ACCOUNT_NUMBER, Uuid::nil(), &number, id.0);
    draft.about_mut().account = Some(id);
    draft.create(id, events);
    if let Some(email) = email {
        let owner = ContactId(draft.id());
        let private = domain::Private::Known(contact::AddedPrivate { email: Some(email), ..Default::default() });
        let (kind, profile) = (domain::values::ContactKind::Person, domain::values::Profile::Client);
        draft.create(owner, vec![ContactEvent::from(contact::Added { account: id, kind, profile, private })]);
        draft.about_mut().contact = Some(owner);
    }
    Ok(())
}

async fn on_product<R, E: Into<Event>>(
    draft: &mut Draft<'_>,
    id: ProductId,
    expected: Option<u64>,
    rule: impl FnOnce(&product::ProductState) -> Result<Vec<E>, R>,
) -> Result<(), Stop>
where
    Stop: From<R>,
{
    let product = draft.product(id).await?;
    as_expected(product.version(), expected)?;
    let events = rule(product.get()?)?;
    draft.write(&product, id, events);
    Ok(())
}

async fn on_contact(
    draft: &mut Draft<'_>,
    id: ContactId,
    expected: Option<u64>,
    rule: impl FnOnce(&ContactState, &account::AccountState) -> Result<Vec<ContactEvent>, domain::Refusals>,
) -> Result<(), Stop> {
    let contact = draft.contact(id).await?;
    as_expected(contact.version(), expected)?;
    let account = draft.account(contact.get()?.account).await?;
    let events = rule(contact.get()?, account.get()?)?;
    draft.write(&contact, id, events);
    Ok(())
}

/// As [`on_contact`], with the version of the access's own last change, so that two people may edit two accesses at once.
async fn on_access(
    draft: &mut Draft<'_>,
    id: ContactId,
    product: ProductId,
    expected: Option<u64>,
    rule: impl FnOnce(&ContactState, &account::AccountState) -> Result<Vec<ContactEvent>, domain::Refusals>,
) -> Result<(), Stop> {
    draft.about_mut().product = Some(product);
    let contact = draft.contact(id).await?;
    if let Some(access) = contact.get()?.access(product) {
        as_expected(access.changed.version, expected)?;
    }
    on_contact(draft, id, None, rule).await
}

async fn on_subscription(
    draft: &mut Draft<'_>,
    id: SubscriptionId,
    expected: Option<u64>,
    rule: impl FnOnce(
        &subscription::SubscriptionState,
        &account::AccountState,
    ) -> Result<Vec<subscription::SubscriptionEvent>, domain::Refusals>,
) -> Result<(), Stop> {
    let subscription = draft.subscription(id).await?;
    as_expected(subscription.version(), expected)?;
    let account = draft.account(subscription.get()?.account).await?;
    let events = rule(subscription.get()?, account.get()?)?;
    draft.write(&subscription, id, events);
    Ok(())
}

/// The subscriptions that count, or counted, for a contact.
async fn attached(
    draft: &mut Draft<'_>,
    contact: &Of<ContactState>,
) -> Result<Vec<(SubscriptionId, Of<subscription::SubscriptionState>)>, Stop> {
    let about = draft.about().subscription;
    let mut all = Vec::new();
    for attachment in &contact.get()?.attachments {
        all.push((attachment.subscription, draft.subscription(attachment.subscription).await?));
    }
    draft.about_mut().subscription = about;
    Ok(all)
}

async fn delete_contact(
    draft: &mut Draft<'_>,
    id: ContactId,
    confirmed: bool,
    expected: Option<u64>,
) -> Result<(), Stop> {
    // Who names the version names what they saw: that is a confirmation too.
    let confirmed = confirmed || expected.is_some();
    let contact = draft.contact(id).await?;
    as_expected(contact.version(), expected)?;
    let account = draft.account(contact.get()?.account).await?;
    let subscriptions = attached(draft, &contact).await?;
    let still: Vec<SubscriptionId> = contact.get()?.attached().map(|a| a.subscription).collect();
    let mut live = Vec::new();
    for (id, subscription) in &subscriptions {
        if still.contains(id) {
            live.push(subscription.get()?);
        }
    }
    let events =
        contact::DeleteContact { confirmed, at: draft.meta.now }.decide(contact.get()?, account.get()?, &live)?;
    draft.write(&contact, id, events);
    Ok(())
}

async fn grant(draft: &mut Draft<'_>, id: ContactId, rule: contact::GrantAccess) -> Result<(), Stop> {
    let (product_id, send) = (rule.product, rule.send_order_email);
    let contact = draft.contact(id).await?;
    let account = draft.account(contact.get()?.account).await?;
    let product = draft.product(product_id).await?;
    let events = rule.decide(contact.get()?, account.get()?, product.get()?)?;
    if send {
        order_email(draft, &contact, &account, &product, &events).await?;
    }
    draft.write(&contact, id, events);
    if send && product.get()?.order_email.is_some() && contact.get()?.details.email.is_some() {
        draft.todo("order_email", serde_json::json!({ "contact": id.0, "product": product_id.0 }));
    }
    Ok(())
}

/// Says what stands in the way of an order e-mail being of use; it never undoes the grant (row K6).
async fn order_email(
    draft: &mut Draft<'_>,
    contact: &Of<ContactState>,
    account: &Of<account::AccountState>,
    product: &Of<product::ProductState>,
    events: &[ContactEvent],
) -> Result<(), Stop> {
    if product.get()?.order_email.is_none() {
        draft.warn(Code::OrderEmailNotConfigured);
    } else if contact.get()?.details.email.is_none() {
        draft.warn(Code::EmailMissing);
    }
    let fact = Fact { position: 0, version: contact.version() + 1, at: draft.meta.now, actor: draft.meta.actor };
    let mut after = contact.get()?.clone();
    for event in events {
        after.apply(event, fact);
    }
    let subscriptions = attached(draft, contact).await?;
    let mut states = BTreeMap::new();
    for (id, subscription) in &subscriptions {
        states.insert(*id, subscription.get()?);
    }
    let facts = Facts {
        contact: Some(&after),
        account: account.get()?,
        product_id: ProductId(product.id),
        product: Some(product.get()?),
        subscriptions: &states,
    };
    if !decide_access(&facts, draft.meta.now).open {
        draft.warn(Code::AccessNotOpen);
    }
    Ok(())
}

async fn start_subscription(draft: &mut Draft<'_>, contact_id: ContactId, new: NewSubscription) -> Result<(), Stop> {
    let now = draft.meta.now;
    let contact = draft.contact(contact_id).await?;
    let account_id = contact.get()?.account;
    let account = draft.account(account_id).await?;
    let product = draft.product(new.product).await?;
    let product_id = new.product;
    let (id, started) = starting(draft, &account, &product, new)?;
    let attach = contact::AttachContact { subscription: id, product: product_id, at: now };
    let events = attach.decide(contact.get()?, account.get()?, product.get()?)?;
    draft.create(id, started);
    draft.write(&contact, contact_id, events);
    draft.about_mut().subscription = Some(id);
    Ok(())
}

/// The id and the first events of a subscription as asked for.
fn starting(
    draft: &Draft<'_>,
    account: &Of<account::AccountState>,
    product: &Of<product::ProductState>,
    new: NewSubscription,
) -> Result<(SubscriptionId, Vec<subscription::SubscriptionEvent>), Stop> {
    let NewSubscription { product: product_id, kind, billing, starts_on, ends_on } = new;
    let starts_on = match starts_on {
        Some(day) => day,
        None => calendar::day(draft.meta.now, account.get()?.time_zone),
    };
    let rule = subscription::StartSubscription {
        account: AccountId(account.id),
        product: product_id,
        kind,
        billing,
        starts_on,
        ends_on,
    };
    Ok((SubscriptionId(draft.id()), rule.decide(product.get()?)?))
}

async fn attach(
    draft: &mut Draft<'_>,
    id: SubscriptionId,
    contact_id: ContactId,
    expected: Option<u64>,
) -> Result<(), Stop> {
    let subscription = draft.subscription(id).await?;
    let contact = draft.contact(contact_id).await?;
    as_expected(contact.version(), expected)?;
    let account = draft.account(contact.get()?.account).await?;
    let product_id = subscription.get()?.product;
    let product = draft.product(product_id).await?;
    let rule = contact::AttachContact { subscription: id, product: product_id, at: draft.meta.now };
    let events = rule.decide(contact.get()?, account.get()?, product.get()?)?;
    draft.write(&contact, contact_id, events);
    Ok(())
}
