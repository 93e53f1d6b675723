//! Histories made of any commands whatever, through the service.

use chrono::{NaiveDate, TimeDelta};
use domain::{
    AccountId, ContactId, ModuleId, ProductId, SubscriptionId,
    account::{RenameAccount, SetPolicies},
    address::Address,
    contact::{
        AdvanceAccess, ContactInput, ContactPatch, EditAccess, GrantAccess, OpeningChoice, RemoveAccess, SetAccessMode,
        SetOpening,
    },
    product::{ModuleDraft, OrderEmail, RenameProduct, SetModules, SetOrderEmail},
    testing::{at, day},
    values::{AccessMode, Billing, ContactKind, DeletionPolicy, DripClock, PaymentState, PeriodUnit},
};
use proptest::{collection::vec, prelude::*};
use sesame::{
    app::{
        Caller, Command, DeliveryAddress, Done, NewClaim, NewProduct, NewSubscription, NotDone, OpenAccount, Payment,
        Renewal, Request, Subscriber,
    },
    clock::FixedClock,
    service::Service,
};
use std::sync::Arc;

/// What is done next: which command, to which of the things there are, with which of the values there are.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    what: u8,
    one: usize,
    other: usize,
    value: u8,
}

pub fn steps(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Step>> {
    let step = (0..40u8, 0..1000usize, 0..1000usize, any::<u8>());
    vec(step.prop_map(|(what, one, other, value)| Step { what, one, other, value }), count)
}

/// An account and what was made in it.
#[derive(Debug)]
pub struct World {
    pub caller: Caller,
    pub account: AccountId,
    pub contacts: Vec<ContactId>,
    pub products: Vec<ProductId>,
    pub subscriptions: Vec<SubscriptionId>,
}

/// A clock that stands still until it is moved.
pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::new(at("2026-03-31T10:00:00Z"), 7))
}

/// Carries a command out that must be accepted.
pub async fn done(service: &Service, caller: &Caller, command: Command) -> Done {
    service.app.execute(caller, Request::from(command)).await.unwrap()
}

pub fn open_account(name: &str) -> Command {
    Command::OpenAccount(OpenAccount { company_name: name.into(), locale: None, time_zone: None, owner_email: None })
}

pub fn person(last_name: &str, email: Option<&str>) -> ContactInput {
    ContactInput { last_name: Some(last_name.into()), email: email.map(str::to_owned), ..ContactInput::default() }
}

impl World {
    pub async fn open(service: &Service) -> World {
        let account = done(service, &Caller::operator(None), open_account("Éditions du Chêne")).await.account.unwrap();
        let caller = Caller::operator(Some(account));
        World { caller, account, contacts: vec![], products: vec![], subscriptions: vec![] }
    }

    pub async fn add(&mut self, service: &Service, last_name: &str, email: Option<&str>) -> ContactId {
        let command = Command::AddContact(self.account, ContactKind::Person, person(last_name, email));
        let id = done(service, &self.caller, command).await.contact.unwrap();
        self.contacts.push(id);
        id
    }

    /// Does what the steps say. What the rules refuse is part of the story; a failure is not.
    pub async fn play(&mut self, service: &Service, clock: &FixedClock, steps: &[Step]) {
        for step in steps {
            clock.advance(TimeDelta::minutes(i64::from(step.value) * 7 - 100));
            let Some(command) = self.command(service, *step) else { continue };
            match service.app.execute(&self.caller, Request::from(command)).await {
                Ok(done) => {
                    let new = |list: bool, made: bool| made && list;
                    if let Some(id) = done.contact.filter(|id| new(!self.contacts.contains(id), done.changed)) {
                        self.contacts.push(id);
                    }
                    if let Some(id) = done.product.filter(|id| new(!self.products.contains(id), done.changed)) {
                        self.products.push(id);
                    }
                    if let Some(id) = done.subscription.filter(|id| new(!self.subscriptions.contains(id), done.changed))
                    {
                        self.subscriptions.push(id);
                    }
                }
                Err(NotDone::Refused(_)) => {}
                Err(NotDone::Failure(e)) => panic!("{step:?}: {e}"),
            }
        }
    }

    /// Complaints in every status, and requests for deletion.
    pub async fn complain(&self, service: &Service) {
        let policies = SetPolicies { deletion: Some(DeletionPolicy::SupportOnly), ..SetPolicies::default() };
        done(service, &self.caller, Command::SetPolicies(self.account, policies)).await;
        for (n, contact) in self.contacts.iter().enumerate() {
            let try_it = async |command: Subscriber| {
                // Refused where it was erased or deleted, or has no such subscription.
                service.app.execute(&self.caller, Request::from(Command::Subscriber(command))).await.ok()
            };
            if n % 3 == 0 {
                try_it(Subscriber::RequestDeletion(*contact, None)).await;
            }
            for subscription in &self.subscriptions {
                let new =
                    NewClaim { subscription: *subscription, issue: None, module: None, text: "Rien reçu".into() };
                let opened = try_it(Subscriber::OpenClaim(*contact, new)).await;
                let Some(claim) = opened.and_then(|done| done.claim) else { continue };
                if n % 2 == 0 {
                    try_it(Subscriber::AnswerClaim(*contact, claim, "Renvoyé".into())).await;
                }
                if n % 4 == 0 {
                    try_it(Subscriber::CloseClaim(*contact, claim)).await;
                }
            }
        }
    }

    fn command(&self, service: &Service, step: Step) -> Option<Command> {
        let Step { what, one, other, value } = step;
        let pick = |n: usize| (n < usize::MAX).then_some(n);
        let contact = || pick(one).and_then(|n| self.contacts.get(n % self.contacts.len().max(1)).copied());
        let product = || pick(other).and_then(|n| self.products.get(n % self.products.len().max(1)).copied());
        let subscription =
            || pick(other).and_then(|n| self.subscriptions.get(n % self.subscriptions.len().max(1)).copied());
        let (text, date) = (word(value), date(value));
        Some(match what {
            0..=6 => Command::AddContact(self.account, kind(value), input(value, one)),
            7..=9 => Command::EditContact(contact()?, patch(value, one)),
            10..=11 => Command::SetDeliveryAddress(
                contact()?,
                DeliveryAddress {
                    address: (value % 4 > 0).then(|| address(value)),
                    from: (value % 3 > 0).then_some(date),
                    until: (value % 5 > 2).then(|| date + TimeDelta::days(20)),
                },
            ),
            12 => Command::DeleteContact(contact()?, true),
            13 => Command::EraseContact(contact()?, true),
            14..=15 => Command::CreateProduct(self.account, new_product(service, value)),
            16 => Command::RenameProduct(product()?, RenameProduct { name: text.into() }),
            17 => Command::SetModules(product()?, SetModules { modules: modules(service, value) }),
            18 => {
                let mail = OrderEmail { subject: text.into(), body: "{{firstName}}".into() };
                Command::SetOrderEmail(product()?, SetOrderEmail { order_email: (value % 2 > 0).then_some(mail) })
            }
            19 => Command::ArchiveProduct(product()?),
            20 => Command::RestoreProduct(product()?),
            21..=24 => Command::GrantAccess(
                contact()?,
                GrantAccess {
                    product: product()?,
                    mode: (value % 2 > 0).then(|| mode(value)),
                    opening: (value % 3 > 0).then(|| opening(value)),
                    ordered_on: (value % 5 > 2).then_some(date),
                    send_order_email: value % 4 == 0,
                },
            ),
            25 => {
                let ordered_on = (value % 2 > 0).then(|| (value % 3 > 0).then_some(date));
                let (mode, opening) = (Some(mode(value)), Some(opening(value)));
                Command::EditAccess(contact()?, EditAccess { product: product()?, mode, opening, ordered_on })
            }
            26 => Command::SetAccessMode(contact()?, SetAccessMode { product: product()?, mode: mode(value) }),
            27 => Command::SetOpening(contact()?, SetOpening { product: product()?, opening: opening(value) }),
            28 => Command::AdvanceAccess(
                contact()?,
                AdvanceAccess { product: product()?, by: 3, unit: PeriodUnit::Months },
            ),
            29 => Command::RemoveAccess(contact()?, RemoveAccess { product: product()? }),
            30..=32 => Command::StartSubscription(
                contact()?,
                NewSubscription {
                    product: product()?,
                    kind: text.into(),
                    billing: if value % 2 > 0 { Billing::Recurring } else { Billing::OneOff },
                    starts_on: (value % 3 > 0).then_some(date),
                    ends_on: (value % 5 > 0).then(|| date + TimeDelta::days(90)),
                },
            ),
            33 => {
                let renewal =
                    Renewal { starts_on: None, ends_on: (value % 2 > 0).then(|| date + TimeDelta::days(400)) };
                Command::RenewSubscription(subscription()?, renewal)
            }
            34 => match value % 3 {
                0 => Command::PauseSubscription(subscription()?),
                1 => Command::ResumeSubscription(subscription()?),
                _ => Command::CancelSubscription(subscription()?, None),
            },
            35 => {
                let state = PaymentState::ALL[usize::from(value) % PaymentState::ALL.len()];
                let payment =
                    Payment { state, occurred_at: at("2026-03-01T08:00:00Z"), event_id: format!("pay-{value}") };
                Command::RecordPayment(subscription()?, payment)
            }
            36..=37 => Command::AttachContact(subscription()?, contact()?),
            38 => Command::DetachContact(subscription()?, contact()?),
            _ if value % 2 > 0 => Command::RenameAccount(self.account, RenameAccount { company_name: text.into() }),
            _ => {
                let grace_days = Some(i64::from(value));
                let policies = SetPolicies { time_zone: None, grace_days, deletion: None, registration: None };
                Command::SetPolicies(self.account, policies)
            }
        })
    }
}

fn word(value: u8) -> &'static str {
    ["Œuvre d’été", "Dupont", "Zoé", "  Le   Goff ", "ÉCOLE", "Müller-Straße", "O'Neil", "名前"][usize::from(value) % 8]
}

fn date(value: u8) -> NaiveDate {
    day("2026-01-01") + TimeDelta::days(i64::from(value))
}

fn kind(value: u8) -> ContactKind {
    if value.is_multiple_of(5) { ContactKind::Group } else { ContactKind::Person }
}

fn mode(value: u8) -> AccessMode {
    AccessMode::ALL[usize::from(value) % AccessMode::ALL.len()]
}

fn opening(value: u8) -> OpeningChoice {
    match value % 4 {
        0 => OpeningChoice::FromOrderDate,
        1 => OpeningChoice::Full,
        2 => OpeningChoice::Advanced { by: i64::from(value), unit: PeriodUnit::Days },
        _ => OpeningChoice::FromDate(date(value)),
    }
}

fn address(value: u8) -> Address {
    let text = |t: &str| Some(t.to_owned());
    let postal_code = if value.is_multiple_of(7) { None } else { text("75011") };
    Address { line1: text(word(value)), city: text("Paris"), postal_code, ..Address::default() }
}

/// Few addresses for many, so that some are taken.
fn email(value: u8) -> Option<String> {
    (!value.is_multiple_of(3)).then(|| format!("someone{}@exemple.fr", value % 16))
}

fn input(value: u8, one: usize) -> ContactInput {
    ContactInput {
        first_name: (!value.is_multiple_of(2)).then(|| word(value / 2).into()),
        last_name: Some(word(value).into()),
        company_name: (value % 4 > 2).then(|| word(value / 3).into()),
        email: email(value),
        phone: Some("01 23 45 67 89".into()),
        fax: None,
        address: (!value.is_multiple_of(3)).then(|| address(value)),
        external_id: (value.is_multiple_of(4)).then(|| format!("C{}", one % 40)),
    }
}

fn patch(value: u8, one: usize) -> ContactPatch {
    ContactPatch {
        last_name: (!value.is_multiple_of(2)).then(|| Some(word(value).into())),
        first_name: (value.is_multiple_of(5)).then_some(None),
        email: (!value.is_multiple_of(3)).then(|| email(value / 3)),
        address: (value % 7 > 4).then(|| Some(address(value))),
        external_id: (value.is_multiple_of(6)).then(|| Some(format!("C{}", one % 40))),
        kind: (value.is_multiple_of(11)).then_some(ContactKind::Group),
        ..ContactPatch::default()
    }
}

fn modules(service: &Service, value: u8) -> Vec<ModuleDraft> {
    let fresh: Vec<ModuleId> = (0..value % 3).map(|_| service.app.fresh_module()).collect();
    let draft =
        |(n, fresh)| ModuleDraft { id: None, fresh, name: format!("Module {n}"), opens_after_days: n as i64 * 7 };
    fresh.into_iter().enumerate().map(draft).collect()
}

fn new_product(service: &Service, value: u8) -> NewProduct {
    NewProduct {
        name: word(value).into(),
        delivered: value.is_multiple_of(3),
        drip_clock: if value.is_multiple_of(2) { DripClock::CalendarDays } else { DripClock::EntitledDays },
        modules: modules(service, value),
        order_email: None,
    }
}
