//! What follows from events across streams happens once, whoever dies in between.

use crate::{
    databases::{Database, Engine, keys},
    story::{World, clock, done},
};
use chrono::TimeDelta;
use domain::{
    Actor, ActorKind, ContactId, Origin, UserId,
    account::SetPolicies,
    registration::SignUp,
    user::RegisterUser,
    values::{RegistrationPolicy, RegistrationStatus},
};
use projections::{ALL, Ask};
use sesame::{
    app::{App, AppCommand, Caller, Command, Users, policies, policies::Waiting},
    clock::{Clock, FixedClock},
    projector::rebuild,
    service::Service,
    vault::store::Vault,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// More than two pages of what one effect does.
const PEOPLE: usize = 120;

/// The service without the task that follows: as a process that dies right after an answer leaves its database.
async fn without_followers(database: &Database, clock: Arc<FixedClock>) -> App {
    let db = database.open().await;
    let vault = Vault::open(db.clone(), keys()).await.unwrap();
    let log = crate::log::subject::open(database).await;
    App::new(db, log, vault, clock)
}

/// An account that validates each itself, with so many who signed up, and the order to let all in given by a process that follows nothing.
async fn ordered(database: &Database, clock: &Arc<FixedClock>, people: usize) -> (World, App) {
    let service = database.service_at(clock.clone()).await;
    let mut world = World::open(&service).await;
    let manual = SetPolicies { registration: Some(RegistrationPolicy::Manual), ..SetPolicies::default() };
    done(&service, &world.caller, Command::SetPolicies(world.account, manual)).await;
    for n in 0..people {
        let email = format!("someone{n}@exemple.fr");
        world.add(&service, &format!("Dupont {n}"), Some(&email)).await;
        let sign_up = SignUp { email, email_verified: true, device: "Pixel".into(), ..SignUp::default() };
        done(&service, &world.caller, Command::App(AppCommand::Register(world.account, sign_up))).await;
        clock.advance(TimeDelta::milliseconds(n as i64 % 3));
    }
    service.stop().await;
    let app = without_followers(database, clock.clone()).await;
    let order = Command::App(AppCommand::ValidatePending(world.account));
    assert!(app.execute(&world.caller, order.into()).await.unwrap().changed);
    (world, app)
}

async fn statuses(app: &App, contacts: &[ContactId]) -> Vec<RegistrationStatus> {
    let states = app.reader().states(contacts.iter().map(|c| c.0).collect()).await.unwrap();
    contacts.iter().map(|c| states[&c.0].state.contact().unwrap().registration.as_ref().unwrap().status).collect()
}

async fn all_in(service: &Service, world: &World) {
    let began = Instant::now();
    while !policies::waiting(service.db()).await.unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(30), "the effect does not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let statuses = statuses(&service.app, &world.contacts).await;
    assert!(statuses.iter().all(|s| *s == RegistrationStatus::Registered), "{statuses:?}");
}

/// Everybody was let in exactly once, by the policy, because of the order.
async fn let_in_once(app: &App, world: &World) {
    let events = app.log().read_all(0, 10_000).await.unwrap();
    let order = events.iter().find(|e| e.type_name == "account.pending_let_in.v1").unwrap();
    let validated: Vec<_> = events.iter().filter(|e| e.type_name == "app.registration_validated.v1").collect();
    let mut streams: Vec<_> = validated.iter().map(|e| ContactId(e.stream.id)).collect();
    streams.sort();
    let mut people = world.contacts.clone();
    people.sort();
    assert_eq!(streams, people, "each once");
    let ids: std::collections::BTreeSet<_> = events.iter().map(|e| e.event_id).collect();
    assert_eq!(ids.len(), events.len(), "no two events share an id");
    for event in validated {
        assert_eq!(event.meta.origin, Origin::Policy);
        assert_eq!(event.meta.actor, Actor { kind: ActorKind::System, id: uuid::Uuid::nil() });
        assert_eq!(event.meta.correlation, order.meta.correlation);
        assert_eq!(event.account, Some(world.account.0));
        // The first page follows from the order, each other from the last event of the page before.
        let cause = events.iter().find(|e| Some(e.event_id) == event.meta.causation).unwrap();
        assert!(cause.event_id == order.event_id || cause.type_name == event.type_name);
        assert!(cause.position < event.position);
        assert_ne!(event.meta.command, order.meta.command);
    }
}

async fn policies_an_effect_is_done_by_whoever_comes_after_a_crash(engine: Engine) {
    let (database, clock) = (Database::fresh(engine).await, clock());
    let (world, app) = ordered(&database, &clock, PEOPLE).await;
    let waiting = policies::waiting(app.reader().db()).await.unwrap();
    assert_eq!(waiting, [Waiting { template: "policy:validate_pending".into(), waiting: 1, stuck: 0 }]);
    assert!(statuses(&app, &world.contacts).await.iter().all(|s| *s == RegistrationStatus::PendingValidation));
    // A rebuild, and a second process that reads the log anew, run no policy.
    rebuild(app.reader().db(), app.vault(), ALL, |_| {}).await.unwrap();
    assert_eq!(policies::waiting(app.reader().db()).await.unwrap(), waiting);
    drop(app);
    let service = database.service_at(clock).await;
    all_in(&service, &world).await;
    let_in_once(&service.app, &world).await;
    // All are in: a second order has nobody to let in, and leaves nothing to do.
    assert!(!done(&service, &world.caller, Command::App(AppCommand::ValidatePending(world.account))).await.changed);
    assert!(policies::waiting(service.db()).await.unwrap().is_empty());
}

async fn policies_of_processes_that_do_the_same_effect_at_once_one_does_it(engine: Engine) {
    let (database, clock) = (Database::fresh(engine).await, clock());
    let (world, one) = ordered(&database, &clock, PEOPLE).await;
    let two = without_followers(&database, clock.clone()).await;
    let (a, b) = futures::join!(one.bring_about_due(), two.bring_about_due());
    assert_eq!(a.unwrap() + b.unwrap(), 3, "three pages, each done by one");
    let_in_once(&one, &world).await;
}

async fn who_comes_late_with_an_effect_does_nothing(engine: Engine) {
    let (database, clock) = (Database::fresh(engine).await, clock());
    let (world, one) = ordered(&database, &clock, 5).await;
    let two = without_followers(&database, clock.clone()).await;
    // Both know of it; one hangs until the lease of the other's attempt has passed, and does not know that it was done.
    let (late, due) = (one.due_effects().await.unwrap(), two.due_effects().await.unwrap());
    assert_eq!((late.len(), due.len()), (1, 1));
    assert!(two.bring_about(due[0].clone()).await.unwrap());
    let_in_once(&two, &world).await;
    assert!(!one.bring_about(late[0].clone()).await.unwrap());
    // Even where the row seems to be its own again, as after a backup of the outbox alone: there is nobody left to let in.
    let_in_once(&one, &world).await;
}

async fn an_effect_that_fails_waits_longer_each_time_and_shows(engine: Engine) {
    let (database, clock) = (Database::fresh(engine).await, clock());
    let (_, app) = ordered(&database, &clock, 1).await;
    app.bring_about_due().await.unwrap();
    let newer =
        "INSERT INTO outbox (id, account, subject, template, data, event_id, created_at, due_at, attempts, state, channel)
                 VALUES ($1, $1, NULL, 'policy:of_a_newer_binary', $2, $1, $3, $3, 0, 'QUEUED', 'POLICY')";
    let now = clock.now().timestamp_micros();
    let data: Vec<u8> = br#"{"correlation":"00000000-0000-0000-0000-000000000000","effect":{"Newer":{}}}"#.to_vec();
    let ask = Ask::new(newer, [clock.id().into(), data.into(), now.into()]);
    app.reader().db().execute(ask).await.unwrap();
    let mut waits = Vec::new();
    for _ in 0..6 {
        let due = app.due_effects().await.unwrap();
        assert_eq!(due.len(), 1);
        assert!(app.bring_about(due[0].clone()).await.is_err());
        assert!(app.due_effects().await.unwrap().is_empty(), "it is not tried again at once");
        let began = clock.now();
        while app.due_effects().await.unwrap().is_empty() {
            clock.advance(TimeDelta::seconds(1));
        }
        waits.push((clock.now() - began).num_seconds());
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32]);
    let stuck = Waiting { template: "policy:of_a_newer_binary".into(), waiting: 1, stuck: 1 };
    assert_eq!(policies::waiting(app.reader().db()).await.unwrap(), [stuck]);
}

/// Accounts that each recorded the same address, and the login whose own it was shown to be, by a process that follows nothing.
async fn verified(database: &Database, clock: &Arc<FixedClock>, accounts: usize) -> (Vec<World>, UserId, App) {
    let service = database.service_at(clock.clone()).await;
    let mut worlds = Vec::new();
    for _ in 0..accounts {
        let mut world = World::open(&service).await;
        world.add(&service, "Martin", Some("zoe@exemple.fr")).await;
        world.add(&service, "Durand", Some("paul@exemple.fr")).await;
        worlds.push(world);
    }
    let operator = Caller::operator(None);
    let register = RegisterUser { email: "zoe@exemple.fr".into(), name: None };
    let user = done(&service, &operator, Command::Users(Users::Register(register))).await.user.unwrap();
    service.stop().await;
    let app = without_followers(database, clock.clone()).await;
    assert!(app.execute(&operator, Command::Users(Users::VerifyEmail(user)).into()).await.unwrap().changed);
    (worlds, user, app)
}

/// Each account's contact with the address is linked exactly once, by the policy, because of the verification; nobody else is.
async fn linked_once(app: &App, worlds: &[World], user: UserId) {
    let events = app.log().read_all(0, 10_000).await.unwrap();
    let verified = events.iter().find(|e| e.type_name == "user.email_verified.v1").unwrap();
    let linked: Vec<_> = events.iter().filter(|e| e.type_name == "membership.user_linked.v1").collect();
    let mut streams: Vec<_> = linked.iter().map(|e| ContactId(e.stream.id)).collect();
    streams.sort();
    let mut people: Vec<_> = worlds.iter().map(|world| world.contacts[0]).collect();
    people.sort();
    assert_eq!(streams, people, "each once");
    for event in linked {
        assert_eq!((event.meta.origin, event.meta.actor.kind), (Origin::Policy, ActorKind::System));
        assert_eq!(event.meta.correlation, verified.meta.correlation);
        let cause = events.iter().find(|e| Some(e.event_id) == event.meta.causation).unwrap();
        assert!(cause.event_id == verified.event_id || cause.type_name == event.type_name);
        let world = worlds.iter().find(|world| world.contacts[0].0 == event.stream.id).unwrap();
        assert_eq!(event.account, Some(world.account.0), "in the trail of the account it is of");
    }
    assert!(policies::waiting(app.reader().db()).await.unwrap().is_empty());
    let places = app.reader().places(user, app.clock().now()).await.unwrap().unwrap();
    assert_eq!(places.len(), worlds.len());
}

async fn o1_a_user_is_linked_in_each_account_once_whoever_dies_in_between(engine: Engine) {
    let (database, clock) = (Database::fresh(engine).await, clock());
    let (worlds, user, app) = verified(&database, &clock, 5).await;
    let waiting = policies::waiting(app.reader().db()).await.unwrap();
    assert_eq!(waiting, [Waiting { template: "policy:link_user".into(), waiting: 1, stuck: 0 }]);
    assert!(app.reader().places(user, clock.now()).await.unwrap().unwrap().is_empty());
    // One account is done, and the process dies; another one tries the same again, late.
    let late = app.due_effects().await.unwrap();
    assert!(app.bring_about(late[0].clone()).await.unwrap());
    assert_eq!(app.reader().places(user, clock.now()).await.unwrap().unwrap().len(), 1);
    let other = without_followers(&database, clock.clone()).await;
    assert!(!other.bring_about(late[0].clone()).await.unwrap());
    rebuild(app.reader().db(), app.vault(), ALL, |_| {}).await.unwrap();
    drop((app, other));
    let (one, two) =
        (without_followers(&database, clock.clone()).await, without_followers(&database, clock.clone()).await);
    let (a, b) = futures::join!(one.bring_about_due(), two.bring_about_due());
    a.unwrap();
    b.unwrap();
    one.bring_about_due().await.unwrap();
    linked_once(&one, &worlds, user).await;
}

async fn b8_a_login_erased_while_it_is_being_linked_is_linked_nowhere_any_more(engine: Engine) {
    let (database, clock) = (Database::fresh(engine).await, clock());
    let (worlds, user, app) = verified(&database, &clock, 4).await;
    let due = app.due_effects().await.unwrap();
    app.bring_about(due[0].clone()).await.unwrap();
    app.execute(&Caller::operator(None), Command::Users(Users::Erase(user)).into()).await.unwrap();
    drop(app);
    let service = database.service_at(clock.clone()).await;
    let began = Instant::now();
    while !policies::waiting(service.db()).await.unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(30), "the effect does not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let contacts = worlds.iter().map(|world| world.contacts[0].0).collect::<Vec<_>>();
    let states = service.app.reader().states(contacts).await.unwrap();
    assert!(states.values().all(|folded| folded.state.contact().unwrap().membership.user.is_none()));
}

on_both_engines!(
    o1_a_user_is_linked_in_each_account_once_whoever_dies_in_between,
    b8_a_login_erased_while_it_is_being_linked_is_linked_nowhere_any_more,
    policies_an_effect_is_done_by_whoever_comes_after_a_crash,
    policies_of_processes_that_do_the_same_effect_at_once_one_does_it,
    who_comes_late_with_an_effect_does_nothing,
    an_effect_that_fails_waits_longer_each_time_and_shows,
);
