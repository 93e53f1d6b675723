//! What can be asked: each command, the streams it takes its turn on, and how it is planned: load, decide, write. The rules are in `domain`;
//! here is only which streams a rule needs.

mod accesses;
mod accounts;
mod app;
mod connections;
mod contacts;
mod erp;
mod exports;
mod imports;
mod journey;
mod members;
mod subscriber;
mod subscriptions;
mod tokens;
mod users;

pub use accounts::OpenAccount;
pub use app::AppCommand;
pub(super) use app::link_found;
pub use connections::ConnectionCommand;
pub use contacts::DeliveryAddress;
pub use erp::{ErpCommand, ErpSync};
pub use exports::ExportCommand;
pub use imports::ImportCommand;
pub use journey::{JourneyCommand, Submission};
pub use members::{Invited, Members, NewGuest, NewMember};
pub use subscriber::{NewClaim, Subscriber};
pub use subscriptions::{NewSubscription, Payment, Renewal};
pub use tokens::TokenCommand;
pub use users::Users;

use super::draft::{Draft, Stop};
use accesses::{advance, grant, on_access};
use accounts::open_account;
use chrono::NaiveDate;
use contacts::{attached, delete_contact, erase_contact, on_contact};
use domain::{
    AccountId, Code, ContactId, Event, ProductId, Refusal, StreamId, SubscriptionId, account, contact, product,
    subscription,
};
use subscriptions::{attach, on_subscription, start_subscription, starting};

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
    /// Whether it is confirmed.
    EraseContact(ContactId, bool),
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
    /// Tokens of its programs.
    Tokens(TokenCommand),
    /// What was handed out as a whole.
    Export(ExportCommand),
    /// What goes on between an account and the people on its sheets.
    Subscriber(Subscriber),
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
            EraseContact(..) => "EraseContact",
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
            Tokens(command) => command.name(),
            Export(command) => command.name(),
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
            Tokens(command) => command.account(),
            Export(command) => command.account(),
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
            EditContact(c, _) | SetDeliveryAddress(c, _) | DeleteContact(c, _) | EraseContact(c, _) => {
                vec![(*c).into()]
            }
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
            Tokens(command) => command.streams(),
            Export(command) => command.streams(),
            Subscriber(command) => command.streams(),
        }
    }

    /// Loads what the rule needs, decides, and writes the events into the draft.
    pub(super) async fn plan(&self, draft: &mut Draft<'_>, expected: Option<u64>) -> Result<(), Stop> {
        use Command::*;
        let now = draft.meta.now;
        match self.clone() {
            Export(command) => command.plan(draft).await,
            Subscriber(command) => command.plan(draft, expected).await,
            OpenAccount(new) => open_account(draft, new).await,
            RenameAccount(id, rule) => {
                let account = draft.account(id).await?;
                as_expected(account.edition(), expected)?;
                let events = rule.decide(account.get()?)?;
                draft.write(&account, id, events);
                Ok(())
            }
            SetPolicies(id, rule) => {
                let account = draft.account(id).await?;
                as_expected(account.edition(), expected)?;
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
            EraseContact(id, confirmed) => erase_contact(draft, id, confirmed, expected).await,
            GrantAccess(id, rule) => grant(draft, id, rule).await,
            EditAccess(id, rule) => on_access(draft, id, rule.product, expected, |c, a| rule.decide(c, a)).await,
            SetAccessMode(id, rule) => on_access(draft, id, rule.product, expected, |c, a| rule.decide(c, a)).await,
            SetOpening(id, rule) => on_access(draft, id, rule.product, expected, |c, a| rule.decide(c, a)).await,
            AdvanceAccess(id, rule) => advance(draft, id, rule, expected).await,
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
                as_expected(contact.edition(), expected)?;
                let events = contact::DetachContact { subscription }.decide(contact.get()?)?;
                draft.write(&contact, id, events);
                Ok(())
            }
            Journey(command) => command.plan(draft).await,
            Members(command) => command.plan(draft, expected).await,
            Users(command) => command.plan(draft, expected).await,
            App(command) => command.plan(draft, expected).await,
            Connections(command) => command.plan(draft, expected).await,
            Tokens(command) => command.plan(draft).await,
        }
    }
}

fn as_expected(version: u64, expected: Option<u64>) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != version => Err(Refusal::at(Code::VersionConflict, "expectedVersion")),
        _ => Ok(()),
    }
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
    as_expected(product.edition(), expected)?;
    let events = rule(product.get()?)?;
    draft.write(&product, id, events);
    Ok(())
}
