//! What each sample contact is and does, from the seed and its number alone.

use super::names::{COMPANIES, COMPLAINTS, DEVICES, FIRST, LAST, STREETS, TOWNS};
use crate::app::{AppCommand, Command, NewClaim, NewSubscription, Payment, Renewal, Subscriber};
use chrono::{Days, NaiveDate};
use domain::{
    AccountId, ClaimId, ContactId, ProductId, SubscriptionId,
    address::Address,
    contact::{AdvanceAccess, ContactInput, GrantAccess, OpeningChoice, RemoveAccess, SetAccessMode},
    registration::SignUp,
    text::fold,
    values::{AccessMode, Billing, ContactKind, PaymentState, PeriodUnit, PortalRole},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::ops::Range;

pub(super) struct Script {
    account: AccountId,
    contacts: u64,
    seed: u64,
    products: Vec<ProductId>,
}

/// Something a contact does or has done to it.
pub(super) enum Act {
    On(Box<dyn FnOnce(ContactId) -> Command + Send>),
    OnSubscription(Box<dyn FnOnce(ContactId, SubscriptionId) -> Command + Send>),
    OnClaim(Box<dyn FnOnce(ContactId, ClaimId) -> Command + Send>),
}

pub(super) struct Life {
    pub kind: ContactKind,
    input: ContactInput,
    pub acts: Vec<Act>,
    /// Whether things can be delivered to it.
    pub complete: bool,
    /// Whether its subscription is an institution's, which a colleague shares.
    pub shared: bool,
}

impl Life {
    pub fn input(&self) -> ContactInput {
        self.input.clone()
    }
}

fn day(offset: i64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2025, 11, 1).unwrap_or_default();
    if offset < 0 { first - Days::new(offset.unsigned_abs()) } else { first + Days::new(offset.unsigned_abs()) }
}

impl Script {
    pub fn new(account: AccountId, contacts: u64, seed: u64, products: Vec<ProductId>) -> Script {
        Script { account, contacts, seed, products }
    }

    /// The numbers of the contacts that appear on a day of the year: evenly spread.
    pub fn contacts_of(&self, day: u32) -> Range<u64> {
        let upto = |d: u64| (u128::from(self.contacts) * u128::from(d) / 365) as u64;
        upto(day.into())..upto(u64::from(day) + 1)
    }

    fn day_of(&self, number: u64) -> i64 {
        (u128::from(number) * 365 / u128::from(self.contacts.max(1))) as i64
    }

    pub fn life(&self, number: u64) -> Life {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let appeared = self.day_of(number);
        let group = rng.random_ratio(1, 25);
        let input = self.person(&mut rng, number, group);
        let complete = input.address.as_ref().is_some_and(|a| a.missing().is_empty());
        let kind = if group { ContactKind::Group } else { ContactKind::Person };
        let mut life = Life { kind, input, acts: Vec::new(), complete, shared: false };
        self.course(&mut rng, &mut life);
        if rng.random_ratio(3, 5) {
            self.subscribe(&mut rng, &mut life, appeared, complete);
        }
        if !group {
            self.sign_in(&mut rng, &mut life, complete);
        }
        life
    }

    fn person(&self, rng: &mut ChaCha8Rng, number: u64, group: bool) -> ContactInput {
        let mut pick = |list: &[&'static str]| list[rng.random_range(0..list.len())];
        let (first, last, company, street) = (pick(FIRST), pick(LAST), pick(COMPANIES), pick(STREETS));
        let (code, city) = TOWNS[rng.random_range(0..TOWNS.len())];
        let address = rng.random_ratio(4, 5).then(|| Address {
            line1: Some(format!("{} {street}", rng.random_range(1..150))),
            line2: rng.random_ratio(1, 8).then(|| "Bâtiment C".into()),
            postal_code: Some(code.into()),
            city: Some(city.into()),
            ..Address::default()
        });
        let mail = format!("{}.{}.{number}@exemple.fr", fold(first), fold(last)).replace(' ', "-");
        ContactInput {
            first_name: (!group).then(|| first.into()),
            last_name: (!group).then(|| last.into()),
            company_name: (group || rng.random_ratio(1, 4)).then(|| company.into()),
            email: rng.random_ratio(19, 20).then_some(mail),
            phone: rng
                .random_ratio(2, 3)
                .then(|| format!("06 {:02} {:02} {:02} {:02}", number % 97, number % 89, number % 83, number % 79)),
            fax: rng.random_ratio(1, 12).then(|| "02 98 00 00 00".into()),
            address,
            external_id: rng.random_ratio(3, 4).then(|| format!("C{number:07}")),
        }
    }

    /// A course given by hand, in some mode and with some opening; perhaps changed or taken away later.
    fn course(&self, rng: &mut ChaCha8Rng, life: &mut Life) {
        let Some(product) = self.products.get(rng.random_range(0..4)).copied() else { return };
        let mode = [AccessMode::Activated, AccessMode::Activated, AccessMode::Automatic][rng.random_range(0..3)];
        let opening = match rng.random_range(0..8) {
            0 => OpeningChoice::Full,
            1 => OpeningChoice::FromDate(day(365 + rng.random_range(-200..200))),
            _ => OpeningChoice::FromOrderDate,
        };
        let send = life.input.email.is_some() && rng.random_ratio(1, 3);
        life.on(move |c| {
            Command::GrantAccess(
                c,
                GrantAccess {
                    product,
                    mode: Some(mode),
                    opening: Some(opening),
                    ordered_on: None,
                    send_order_email: send,
                },
            )
        });
        match rng.random_range(0..10) {
            0 => life.on(move |c| Command::SetAccessMode(c, SetAccessMode { product, mode: AccessMode::Suspended })),
            1 => {
                let by = rng.random_range(1..30);
                life.on(move |c| Command::AdvanceAccess(c, AdvanceAccess { product, by, unit: PeriodUnit::Days }));
            }
            2 => life.on(move |c| Command::RemoveAccess(c, RemoveAccess { product })),
            3 => {
                life.on(move |c| Command::SetAccessMode(c, SetAccessMode { product, mode: AccessMode::Suspended }));
                life.on(move |c| Command::SetAccessMode(c, SetAccessMode { product, mode: AccessMode::Activated }));
            }
            _ => {}
        }
    }

    /// What a contact is to the portal and to the app: a login, a verification mail, a registration, and now and then one that waits under an
    /// address with a typing mistake.
    fn sign_in(&self, rng: &mut ChaCha8Rng, life: &mut Life, complete: bool) {
        let Some(email) = life.input.email.clone() else { return };
        if complete && rng.random_ratio(1, 6) {
            let role = if rng.random_ratio(1, 20) { PortalRole::Administrator } else { PortalRole::Subscriber };
            life.on(move |c| Command::Subscriber(Subscriber::OpenPortalAccount(c, role)));
        }
        if rng.random_ratio(1, 12) {
            life.on(|c| Command::Subscriber(Subscriber::RequestVerification(c)));
        }
        let wrong = rng.random_ratio(1, 40);
        if wrong || rng.random_ratio(1, 7) {
            let account = self.account;
            let sign_up = SignUp {
                email: if wrong { email.replace("@exemple.fr", "@exmple.fr") } else { email },
                email_verified: true,
                device: DEVICES[rng.random_range(0..DEVICES.len())].into(),
                first_name: life.input.first_name.clone(),
                last_name: life.input.last_name.clone(),
                phone: life.input.phone.clone(),
                user: None,
            };
            life.on(move |_| Command::App(AppCommand::Register(account, sign_up)));
        }
    }

    /// A subscription in one of its states: running, paused, cancelled, late, failed, paid again, renewed, ended.
    fn subscribe(&self, rng: &mut ChaCha8Rng, life: &mut Life, appeared: i64, complete: bool) {
        // Reviews are delivered: only who has an address can subscribe to them.
        let Some(product) = self.products.get(if complete { 4 + rng.random_range(0..2) } else { 2 }).copied() else {
            return;
        };
        let billing = if rng.random_ratio(3, 4) { Billing::Recurring } else { Billing::OneOff };
        let starts_on = Some(day(appeared));
        let ends_on = rng.random_ratio(3, 4).then(|| day(appeared + rng.random_range(60..800)));
        let kind = ["Découverte", "Annuel", "Institution"][rng.random_range(0..3)].to_owned();
        life.shared = kind == "Institution";
        life.on(move |c| Command::StartSubscription(c, NewSubscription { product, kind, billing, starts_on, ends_on }));
        let paid = |life: &mut Life, n: u32, state| {
            let at = day(appeared).and_hms_opt(8, n, 0).unwrap_or_default().and_utc();
            let event_id = format!("pay-{appeared}-{n}");
            life.on_subscription(move |_, s| Command::RecordPayment(s, Payment { state, occurred_at: at, event_id }));
        };
        paid(life, 1, PaymentState::Paid);
        if complete && rng.random_ratio(1, 8) {
            complain(rng, life);
        }
        match rng.random_range(0..10) {
            0 => life.on_subscription(|_, s| Command::PauseSubscription(s)),
            1 => {
                life.on_subscription(|_, s| Command::PauseSubscription(s));
                life.on_subscription(|_, s| Command::ResumeSubscription(s));
            }
            2 => life.on_subscription(|_, s| Command::CancelSubscription(s, None)),
            3 => paid(life, 2, PaymentState::PastDue),
            4 => paid(life, 2, PaymentState::Failed),
            5 => {
                paid(life, 2, PaymentState::Failed);
                paid(life, 3, PaymentState::Paid);
            }
            6 if ends_on.is_some() => {
                let ends_on = Some(day(appeared + 1_000));
                life.on_subscription(move |_, s| Command::RenewSubscription(s, Renewal { starts_on: None, ends_on }));
            }
            _ => {}
        }
    }
}

/// A complaint about an issue that did not come; most are answered, some closed, some opened again.
fn complain(rng: &mut ChaCha8Rng, life: &mut Life) {
    let (issue, text) = COMPLAINTS[rng.random_range(0..COMPLAINTS.len())];
    life.on_subscription(move |c, subscription| {
        let claim = NewClaim { subscription, issue: Some(issue.into()), module: None, text: text.into() };
        Command::Subscriber(Subscriber::OpenClaim(c, claim))
    });
    let answered = rng.random_ratio(3, 4);
    if answered {
        life.on_claim(|c, claim| Subscriber::AnswerClaim(c, claim, "Un exemplaire part aujourd’hui.".into()));
    }
    match rng.random_range(0..4) {
        0 => life.on_claim(Subscriber::CloseClaim),
        1 if answered => {
            life.on_claim(|c, claim| Subscriber::ReopenClaim(c, claim, "Il n’est toujours pas arrivé.".into()));
        }
        _ => {}
    }
}

impl Life {
    fn on(&mut self, make: impl FnOnce(ContactId) -> Command + Send + 'static) {
        self.acts.push(Act::On(Box::new(make)));
    }

    fn on_subscription(&mut self, make: impl FnOnce(ContactId, SubscriptionId) -> Command + Send + 'static) {
        self.acts.push(Act::OnSubscription(Box::new(make)));
    }

    fn on_claim(&mut self, make: impl FnOnce(ContactId, ClaimId) -> Subscriber + Send + 'static) {
        self.acts.push(Act::OnClaim(Box::new(move |contact, claim| Command::Subscriber(make(contact, claim)))));
    }
}
