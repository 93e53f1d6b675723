//! Any commands whatever, in two accounts, against a model that is plain data: every answer is the model's, every sheet says what the model says, and
//! the laws of the log hold: replay = incremental, as-of(t) = the fold of the events up to t.

use crate::{
    databases::{Database, Engine},
    model::plain::{Model, Op, Said},
    rows::{assert_rows_are_the_log_s, folds},
    story::{clock, open_account},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AccountId, ContactId, Folded, RegistrationId, UserId,
    account::SetPolicies,
    contact::{ContactInput, ContactPatch, app::RecordDevice},
    registration::{ChangeRegistrationEmail, SignUp},
    testing::id,
    values::{ContactKind, RegistrationPolicy},
};
use proptest::{prelude::*, test_runner::TestRunner};
use sesame::{
    app::{AppCommand, Caller, Command, NotDone, Request},
    clock::{Clock, FixedClock},
    service::Service,
};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

mod plain;

/// The states of every stream at an instant.
type States = BTreeMap<Uuid, Arc<Folded>>;

struct Run {
    service: Service,
    clock: Arc<FixedClock>,
    accounts: Vec<AccountId>,
    contacts: Vec<ContactId>,
    registrations: Vec<RegistrationId>,
    model: Model,
    /// What the states were at some instants, as they were then.
    then: Vec<(DateTime<Utc>, States)>,
}

fn address(n: usize) -> String {
    format!("someone{n}@exemple.fr")
}

impl Run {
    async fn open(database: &Database) -> Run {
        let clock = clock();
        let service = database.service_at(clock.clone()).await;
        let mut accounts = Vec::new();
        for name in ["Club", "Revue"] {
            let done = service.app.execute(&Caller::operator(None), Request::from(open_account(name))).await.unwrap();
            accounts.push(done.account.unwrap());
        }
        let (contacts, registrations, model, then) = (vec![], vec![], Model::default(), vec![]);
        Run { service, clock, accounts, contacts, registrations, model, then }
    }

    /// The command of a step, by a caller of an account that need not be the thing's own.
    fn command(&self, by: usize, op: &Op) -> Option<Command> {
        let account = self.accounts[by];
        let contact = |n: usize| self.contacts.get(n).copied();
        let registration = |n: usize| self.registrations.get(n).copied();
        let app = |command| Some(Command::App(command));
        match op.clone() {
            Op::Add { email, group } => {
                let kind = if group { ContactKind::Group } else { ContactKind::Person };
                let input =
                    ContactInput { last_name: Some("Dupont".into()), email: email.map(address), ..Default::default() };
                Some(Command::AddContact(account, kind, input))
            }
            Op::Email { contact: c, email } => {
                let patch = ContactPatch { email: Some(email.map(address)), ..ContactPatch::default() };
                Some(Command::EditContact(contact(c)?, patch))
            }
            Op::Delete { contact: c } => Some(Command::DeleteContact(contact(c)?, true)),
            Op::Erase { contact: c } => Some(Command::EraseContact(contact(c)?, true)),
            Op::Policy { manual } => {
                let registration = if manual { RegistrationPolicy::Manual } else { RegistrationPolicy::Automatic };
                Some(Command::SetPolicies(
                    account,
                    SetPolicies { registration: Some(registration), ..Default::default() },
                ))
            }
            Op::SignUp { email, verified, user, device } => {
                let user = user.map(|n| UserId(id(0xA0 + n as u128)));
                let (email, device) = (address(email), format!("Device {device}"));
                let sign_up = SignUp { email, email_verified: verified, device, user, ..SignUp::default() };
                app(AppCommand::Register(account, sign_up))
            }
            Op::Verify { registration: r } => app(AppCommand::VerifyEmail(registration(r)?)),
            Op::Change { registration: r, email, verified } => {
                let rule = ChangeRegistrationEmail { email: address(email), email_verified: verified };
                app(AppCommand::ChangeEmail(registration(r)?, rule))
            }
            Op::Link { registration: r, contact: c } => app(AppCommand::Link(registration(r)?, contact(c)?)),
            Op::TurnAway { registration: r } => app(AppCommand::TurnAway(registration(r)?)),
            Op::EraseSignUp { registration: r } => app(AppCommand::Erase(registration(r)?)),
            Op::Validate { contact: c } => app(AppCommand::Validate(contact(c)?)),
            Op::Refuse { contact: c } => app(AppCommand::Refuse(contact(c)?)),
            Op::Device { contact: c, device } => {
                app(AppCommand::RecordDevice(contact(c)?, RecordDevice { device: format!("Device {device}") }))
            }
        }
    }

    async fn step(&mut self, by: usize, op: &Op) {
        self.clock.advance(TimeDelta::seconds(1));
        let Some(command) = self.command(by, op) else { return };
        let expected = self.model.take(by, op);
        let caller = Caller::operator(Some(self.accounts[by]));
        let said = match self.service.app.execute(&caller, Request::from(command)).await {
            Ok(done) => {
                if let (Op::Add { .. }, Some(contact)) = (op, done.contact) {
                    self.contacts.push(contact);
                }
                if let (Op::SignUp { .. }, Some(registration)) = (op, done.registration)
                    && !self.registrations.contains(&registration)
                {
                    self.registrations.push(registration);
                }
                Said::Done { changed: done.changed }
            }
            Err(NotDone::Refused(refused)) => Said::Refused(refused.refusals.0[0].code),
            Err(NotDone::Failure(failure)) => panic!("{op:?}: {failure}"),
        };
        assert_eq!(said, expected, "{op:?} by {by}\n{:#?}", self.model);
        assert_eq!(
            (self.contacts.len(), self.registrations.len()),
            self.model.counts(),
            "{op:?} by {by}\n{:#?}",
            self.model
        );
    }

    fn streams(&self) -> Vec<Uuid> {
        self.contacts.iter().map(|c| c.0).chain(self.registrations.iter().map(|r| r.0)).collect()
    }

    /// Every sheet and every sign-up says what the model says.
    async fn compare(&mut self) {
        let states = self.service.app.reader().states(self.streams()).await.unwrap();
        for (n, id) in self.contacts.iter().enumerate() {
            self.model.same_contact(n, states[&id.0].state.contact().unwrap(), &self.registrations);
        }
        for (n, id) in self.registrations.iter().enumerate() {
            self.model.same_sign_up(n, states[&id.0].state.registration().unwrap(), &self.contacts);
        }
        self.then.push((self.clock.now(), states.into_iter().collect()));
    }

    async fn laws(&self) {
        let (db, vault) = (self.service.db(), self.service.vault());
        assert_rows_are_the_log_s(db, vault, "after any commands").await;
        let replayed = folds(db, vault).await;
        let reader = self.service.app.reader();
        let now = reader.states(self.streams()).await.unwrap();
        for (stream, folded) in &replayed {
            if let Some(state) = now.get(&stream.id) {
                assert_eq!(&**state, folded, "replay = incremental");
            }
        }
        for (at, then) in &self.then {
            let as_of = reader.states_as_of(self.streams(), *at).await.unwrap();
            let events = self.service.app.log().read_all(0, 100_000).await.unwrap();
            let upto = events.into_iter().filter(|e| e.at <= at.timestamp_micros()).collect();
            let mut made: BTreeMap<Uuid, Folded> = BTreeMap::new();
            for (stored, event) in reader.decode(upto).await.unwrap() {
                let before = made.remove(&stored.stream.id).unwrap_or_default();
                made.insert(stored.stream.id, before.evolve(&event, stored.fact()).unwrap());
            }
            for (id, folded) in &as_of {
                assert_eq!(&**folded, &made[id], "as-of(t) = fold(events up to t)");
                // And it is what it was at that instant, unless the person was erased since.
                if !self.model.erased_since(*id, &self.contacts, &self.registrations) {
                    assert_eq!(Some(folded), then.get(id), "as-of(t) = the state at t");
                }
            }
            assert_eq!(as_of.len(), then.len());
        }
    }
}

fn ops() -> impl Strategy<Value = (usize, Op)> {
    // Few of everything, so that commands meet.
    let (contact, registration, device) = (0..8usize, 0..8usize, 0..3usize);
    let email = || 0..4usize;
    let user = || proptest::option::of(0..2usize);
    let op = prop_oneof![
        4 => (proptest::option::of(email()), proptest::bool::weighted(0.1)).prop_map(|(email, group)| Op::Add { email, group }),
        3 => (contact.clone(), proptest::option::of(email())).prop_map(|(contact, email)| Op::Email { contact, email }),
        1 => contact.clone().prop_map(|contact| Op::Delete { contact }),
        1 => contact.clone().prop_map(|contact| Op::Erase { contact }),
        2 => any::<bool>().prop_map(|manual| Op::Policy { manual }),
        8 => (email(), any::<bool>(), user(), device.clone())
            .prop_map(|(email, verified, user, device)| Op::SignUp { email, verified, user, device }),
        2 => registration.clone().prop_map(|registration| Op::Verify { registration }),
        3 => (registration.clone(), email(), any::<bool>())
            .prop_map(|(registration, email, verified)| Op::Change { registration, email, verified }),
        2 => (registration.clone(), contact.clone()).prop_map(|(registration, contact)| Op::Link { registration, contact }),
        1 => registration.clone().prop_map(|registration| Op::TurnAway { registration }),
        1 => registration.prop_map(|registration| Op::EraseSignUp { registration }),
        2 => contact.clone().prop_map(|contact| Op::Validate { contact }),
        1 => contact.clone().prop_map(|contact| Op::Refuse { contact }),
        2 => (contact, device).prop_map(|(contact, device)| Op::Device { contact, device }),
    ];
    (prop_oneof![4 => Just(0usize), 1 => Just(1usize)], op)
}

/// Checks any steps whatever, so many times.
pub fn any_steps<T: std::fmt::Debug, F: Future<Output = ()>>(
    cases: u32,
    step: impl Strategy<Value = T>,
    check: impl Fn(Vec<T>) -> F,
) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config =
        ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() };
    let result = TestRunner::new(config).run(&proptest::collection::vec(step, 20..90), |steps| {
        runtime.block_on(check(steps));
        Ok(())
    });
    result.unwrap();
}

fn any_commands_are_answered_as_the_model_says(engine: Engine, cases: u32) {
    any_steps(cases, ops(), async |steps| {
        let database = Database::fresh(engine).await;
        let mut run = Run::open(&database).await;
        for (n, (by, op)) in steps.iter().enumerate() {
            run.step(*by, op).await;
            if n % 15 == 14 {
                run.compare().await;
            }
        }
        run.compare().await;
        run.laws().await;
        run.service.stop().await;
    });
}

#[test]
fn sqlite_any_commands_are_answered_as_the_model_says() {
    any_commands_are_answered_as_the_model_says(Engine::Sqlite, 40);
}

#[test]
fn memory_any_commands_are_answered_as_the_model_says() {
    any_commands_are_answered_as_the_model_says(Engine::Memory, 24);
}

#[test]
fn memory_postgres_any_commands_are_answered_as_the_model_says() {
    any_commands_are_answered_as_the_model_says(Engine::MemoryPostgres, 4);
}

#[test]
fn postgres_any_commands_are_answered_as_the_model_says() {
    any_commands_are_answered_as_the_model_says(Engine::Postgres, 8);
}
