//! A story told by commands: one account, one product, one contact, some subscriptions. Asked about an instant, it folds what was recorded by
//! then, as the service does; asked about the future, it projects all there is.

use crate::{
    AccountId, ContactId, Event, Fact, Folded, ModuleId, ProductId, Refusals, State, StreamId, SubscriptionId,
    access::{Decision, Facts, Gate, GateVerdict, ModuleOpening, decide_access},
    account::{AccountState, OpenAccount, SetPolicies},
    contact::{
        AddContact, AttachContact, ContactInput, ContactState, DeleteContact, DetachContact, EditAccess, EraseContact,
        GrantAccess, OpeningChoice, RemoveAccess,
    },
    product::{CreateProduct, ModuleDraft, ProductState, SetModules},
    subscription::{
        CancelSubscription, PauseSubscription, RecordPayment, RenewSubscription, ResumeSubscription, StartSubscription,
        SubscriptionState,
    },
    testing::{at, day, id, someone},
    timeline::Instant,
    values::{AccessMode, Billing, ContactKind, DripClock, PaymentState},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

pub const ACCOUNT: AccountId = AccountId(id(1));
pub const PRODUCT: ProductId = ProductId(id(2));
pub const CONTACT: ContactId = ContactId(id(3));

/// The n-th subscription of a story.
pub const fn sub(n: u128) -> SubscriptionId {
    SubscriptionId(id(0x100 + n))
}

/// The n-th module of the story's product.
pub const fn module(n: u128) -> ModuleId {
    ModuleId(id(0x200 + n))
}

/// A grant by hand with nothing but its mode chosen.
pub fn grant(mode: AccessMode) -> GrantAccess {
    GrantAccess { product: PRODUCT, mode: Some(mode), opening: None, ordered_on: None, send_order_email: false }
}

/// Opens on a chosen day.
pub fn from_date(date: &str) -> OpeningChoice {
    OpeningChoice::FromDate(day(date))
}

/// What can be told. Subscriptions and modules by number.
#[derive(Debug, Clone)]
pub enum What {
    Modules(Vec<(u128, i64)>),
    Policies(SetPolicies),
    Grant(GrantAccess),
    Mode(AccessMode),
    Opening(OpeningChoice),
    OrderedOn(Option<NaiveDate>),
    Remove,
    Subscribe(u128, NaiveDate, Option<NaiveDate>),
    Attach(u128),
    Detach(u128),
    Pause(u128),
    Resume(u128),
    Cancel(u128, Option<NaiveDate>),
    Renew(u128, Option<NaiveDate>, Option<NaiveDate>),
    Payment(u128, PaymentState, Instant),
    Delete,
    Erase,
}

#[derive(Debug, Clone)]
pub struct Story {
    log: Vec<(StreamId, Event, Fact)>,
    folds: BTreeMap<StreamId, Folded>,
    pub now: Instant,
}

/// A product without modules, in Paris.
pub fn story() -> Story {
    Story::of("Europe/Paris", DripClock::CalendarDays)
}

impl Story {
    pub fn of(zone: &str, drip_clock: DripClock) -> Story {
        let mut story = Story { log: Vec::new(), folds: BTreeMap::new(), now: at("2020-01-01T00:00:00Z") };
        let (company_name, number) = ("Les Éditions".to_owned(), "C-1".to_owned());
        let time_zone = Some(zone.to_owned());
        story.write(ACCOUNT, OpenAccount { account: ACCOUNT, number, company_name, locale: None, time_zone }.decide());
        let (name, modules) = ("Cours".to_owned(), Vec::new());
        let create = CreateProduct { account: ACCOUNT, name, delivered: false, drip_clock, modules, order_email: None };
        story.write(PRODUCT, create.decide());
        let input = ContactInput { last_name: Some("Dupont".to_owned()), ..ContactInput::default() };
        story.write(CONTACT, AddContact { account: ACCOUNT, kind: ContactKind::Person, input }.decide());
        story
    }

    #[track_caller]
    fn write<E: Into<Event>>(&mut self, stream: impl Into<StreamId>, decision: Result<Vec<E>, Refusals>) {
        self.record(stream, decision).unwrap();
    }

    fn record<E: Into<Event>>(
        &mut self,
        stream: impl Into<StreamId>,
        decision: Result<Vec<E>, Refusals>,
    ) -> Result<(), Refusals> {
        let stream = stream.into();
        for event in decision? {
            let (event, folded) = (event.into(), self.folds.remove(&stream).unwrap_or_default());
            let position = self.log.len() as u64 + 1;
            let fact = Fact { position, version: folded.version + 1, at: self.now, actor: someone() };
            self.folds.insert(stream, folded.evolve(&event, fact).unwrap());
            self.log.push((stream, event, fact));
        }
        Ok(())
    }

    fn state(&self, stream: impl Into<StreamId>) -> &State {
        self.folds.get(&stream.into()).map_or(&State::None, |f| &f.state)
    }

    pub fn folded(&self, stream: StreamId) -> &Folded {
        &self.folds[&stream]
    }

    pub fn account(&self) -> &AccountState {
        self.state(ACCOUNT).account().unwrap()
    }

    pub fn product(&self) -> &ProductState {
        self.state(PRODUCT).product().unwrap()
    }

    pub fn contact(&self) -> &ContactState {
        self.state(CONTACT).contact().unwrap()
    }

    pub fn subscription(&self, n: u128) -> Option<&SubscriptionState> {
        self.state(sub(n)).subscription()
    }

    /// Carries a command out; nothing happens when it is refused, or about a subscription that never started.
    pub fn tell(&mut self, what: What) -> Result<(), Refusals> {
        let (at, zone) = (self.now, self.account().time_zone);
        let edit = EditAccess { product: PRODUCT, mode: None, opening: None, ordered_on: None };
        let edited = |story: &Self, edit: EditAccess| edit.decide(story.contact(), story.account());
        match what {
            What::Modules(modules) => {
                let product = self.product();
                let drafts = modules.into_iter().map(|(n, opens_after_days)| {
                    let id = product.has_had(module(n)).then_some(module(n));
                    ModuleDraft { id, fresh: module(n), name: format!("Leçon {n}"), opens_after_days }
                });
                let decision = SetModules { modules: drafts.collect() }.decide(product);
                self.record(PRODUCT, decision)
            }
            What::Policies(policies) => self.record(ACCOUNT, policies.decide(self.account())),
            What::Grant(grant) => {
                let decision = grant.decide(self.contact(), self.account(), self.product());
                self.record(CONTACT, decision)
            }
            What::Mode(mode) => self.record(CONTACT, edited(self, EditAccess { mode: Some(mode), ..edit })),
            What::Opening(opening) => self.record(CONTACT, edited(self, EditAccess { opening: Some(opening), ..edit })),
            What::OrderedOn(day) => self.record(CONTACT, edited(self, EditAccess { ordered_on: Some(day), ..edit })),
            What::Remove => self.record(CONTACT, RemoveAccess { product: PRODUCT }.decide(self.contact())),
            What::Subscribe(n, starts_on, ends_on) => {
                if self.subscription(n).is_none() {
                    let (kind, billing) = ("Mensuel".to_owned(), Billing::Recurring);
                    let (account, product) = (ACCOUNT, PRODUCT);
                    let start = StartSubscription { account, product, kind, billing, starts_on, ends_on };
                    let decision = start.decide(self.product());
                    self.record(sub(n), decision)?;
                }
                self.tell(What::Attach(n))
            }
            What::Attach(n) if self.subscription(n).is_none() => Ok(()),
            What::Attach(n) => {
                let attach = AttachContact { subscription: sub(n), product: PRODUCT, at };
                let decision = attach.decide(self.contact(), self.account(), self.product());
                self.record(CONTACT, decision)
            }
            What::Detach(n) => {
                let decision = DetachContact { subscription: sub(n) }.decide(self.contact());
                self.record(CONTACT, decision)
            }
            What::Pause(n) => self.on_subscription(n, |s| PauseSubscription { at }.decide(s, zone)),
            What::Resume(n) => self.on_subscription(n, |s| ResumeSubscription.decide(s)),
            What::Cancel(n, ends_on) => self.on_subscription(n, |s| CancelSubscription { ends_on, at }.decide(s, zone)),
            What::Renew(n, starts_on, ends_on) => {
                self.on_subscription(n, |s| RenewSubscription { starts_on, ends_on, at }.decide(s, zone))
            }
            What::Payment(n, state, occurred_at) => {
                let event_id = format!("evt_{}", self.log.len());
                self.on_subscription(n, |s| RecordPayment { state, occurred_at, event_id, at }.decide(s))
            }
            What::Delete => {
                self.record(CONTACT, DeleteContact { confirmed: true, at }.decide(self.contact(), self.account(), &[]))
            }
            What::Erase => self.record(
                CONTACT,
                EraseContact { confirmed: true, by_support: true }.decide(self.contact(), self.account()),
            ),
        }
    }

    fn on_subscription<E: Into<Event>>(
        &mut self,
        n: u128,
        decide: impl FnOnce(&SubscriptionState) -> Result<Vec<E>, Refusals>,
    ) -> Result<(), Refusals> {
        let decision = self.subscription(n).map_or(Ok(vec![]), decide);
        self.record(sub(n), decision)
    }

    /// What follows is recorded at this time.
    #[track_caller]
    pub fn at(mut self, time: &str) -> Self {
        assert!(self.now <= at(time), "a story goes forward");
        self.now = at(time);
        self
    }

    /// The decision about an instant.
    #[track_caller]
    pub fn asked(&self, time: &str) -> Decision {
        self.asked_at(at(time))
    }

    /// The decision about an instant.
    pub fn asked_at(&self, at: Instant) -> Decision {
        self.asked_of(at, |_| {})
    }

    /// The decision about an instant, with the contact's state of then changed in ways that no command records yet.
    pub fn asked_of(&self, at: Instant, change: impl FnOnce(&mut ContactState)) -> Decision {
        let mut folds: BTreeMap<StreamId, Folded> = BTreeMap::new();
        for (stream, event, fact) in self.log.iter().filter(|(_, _, fact)| fact.at <= at) {
            let folded = folds.remove(stream).unwrap_or_default().evolve(event, *fact).unwrap();
            folds.insert(*stream, folded);
        }
        let state = |stream: StreamId| folds.get(&stream).map(|f| &f.state);
        let mut contact = state(CONTACT.into()).and_then(State::contact).cloned();
        if let Some(contact) = &mut contact {
            change(contact);
        }
        let subscriptions =
            folds.iter().filter_map(|(stream, f)| Some((SubscriptionId(stream.id), f.state.subscription()?))).collect();
        let account = state(ACCOUNT.into()).and_then(State::account).unwrap_or(self.account());
        let product = state(PRODUCT.into()).and_then(State::product);
        let subscriptions = &subscriptions;
        decide_access(&Facts { contact: contact.as_ref(), account, product_id: PRODUCT, product, subscriptions }, at)
    }

    /// What was recorded.
    pub fn log(&self) -> &[(StreamId, Event, Fact)] {
        &self.log
    }
}

/// One word for each command that must be accepted.
macro_rules! told {
    ($($name:ident($($arg:ident: $type:ty),*) => $what:expr),* $(,)?) => {
        impl Story { $(
            #[track_caller]
            pub fn $name(mut self, $($arg: $type),*) -> Self {
                self.tell($what).unwrap();
                self
            }
        )* }
    };
}

told! {
    modules(modules: &[(u128, i64)]) => What::Modules(modules.to_vec()),
    policies(policies: SetPolicies) => What::Policies(policies),
    granted(grant: GrantAccess) => What::Grant(grant),
    mode(mode: AccessMode) => What::Mode(mode),
    opening(opening: OpeningChoice) => What::Opening(opening),
    ordered_on(date: Option<&str>) => What::OrderedOn(date.map(day)),
    removed() => What::Remove,
    subscribes(n: u128, starts_on: &str, ends_on: Option<&str>) => What::Subscribe(n, day(starts_on), ends_on.map(day)),
    detached(n: u128) => What::Detach(n),
    paused(n: u128) => What::Pause(n),
    resumed(n: u128) => What::Resume(n),
    cancelled(n: u128, ends_on: Option<&str>) => What::Cancel(n, ends_on.map(day)),
    renewed(n: u128, from: Option<&str>, until: Option<&str>) => What::Renew(n, from.map(day), until.map(day)),
    late_payment(n: u128, state: PaymentState, occurred_at: &str) => What::Payment(n, state, at(occurred_at)),
    deleted() => What::Delete,
    erased() => What::Erase,
}

impl Story {
    /// A payment fact, known as it occurs.
    #[track_caller]
    pub fn payment(mut self, n: u128, state: PaymentState) -> Self {
        self.tell(What::Payment(n, state, self.now)).unwrap();
        self
    }
}

impl Decision {
    /// What one gate says.
    pub(super) fn gate(&self, gate: Gate) -> &GateVerdict {
        self.trace.iter().find(|verdict| verdict.gate == gate).unwrap()
    }

    /// The n-th module of the story.
    #[track_caller]
    pub(super) fn lesson(&self, n: u128) -> &ModuleOpening {
        self.module(module(n)).unwrap()
    }
}
