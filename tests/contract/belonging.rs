//! Any commands whatever of members, guests and complaints, in two accounts and by three users, against a model that is plain data: every answer is the
//! model's, every sheet and every list of accounts says what the model says, and rows are the log's (rows O5, O7, O9, O10, U10, B13).

use crate::{
    databases::{Database, Engine},
    model::any_steps,
    rows::assert_rows_are_the_log_s,
    story::{clock, done, open_account},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AccountId, Actor, ActorKind, ClaimId, Code, ContactId, SubscriptionId, UserId,
    contact::ContactInput,
    user::RegisterUser,
    values::{Billing, ClaimStatus, ContactKind, MembershipStatus as Status, Profile},
};
use proptest::prelude::*;
use sesame::{
    app::{
        Caller, Command, Door, Invited, Members, NewClaim, NewGuest, NewMember, NewProduct, NewSubscription, NotDone,
        Request, Subscriber, Users,
    },
    clock::{Clock, FixedClock},
    service::Service,
};
use std::sync::Arc;

/// Addresses: the first are the users' own, the last one is nobody's.
const ADDRESSES: usize = 4;
const USERS: usize = 3;

#[derive(Debug, Clone, Copy)]
enum Op {
    Invite(usize),
    Add(usize),
    Resend(usize),
    Revoke(usize),
    Off(usize),
    On(usize),
    Accept(usize, usize),
    Decline(usize, usize),
    Leave(usize, usize),
    Complain,
    Answer(usize),
    Close(usize),
    Reopen(usize),
    /// Nothing is done for so many minutes.
    Wait(i64),
}

#[derive(Debug, Clone)]
struct Member {
    account: usize,
    email: usize,
    guest: bool,
    status: Status,
    user: Option<usize>,
    /// When the newest invitation was sent.
    invited: Option<DateTime<Utc>>,
}

impl Member {
    fn status_at(&self, now: DateTime<Utc>) -> Status {
        let over = self.invited.is_some_and(|sent| sent + TimeDelta::days(14) <= now);
        if self.status == Status::Invited && over { Status::Expired } else { self.status }
    }

    fn comes_in(&self, user: usize) -> bool {
        self.user == Some(user) && self.status == Status::Active
    }
}

/// Who belongs where, and how complaints stand: what each command does to that, written down once more without events.
#[derive(Debug, Default)]
struct Model {
    members: Vec<Member>,
    claims: Vec<(usize, ClaimStatus)>,
}

type Answer = Result<bool, Code>;

impl Model {
    fn take(&mut self, by: usize, op: Op, now: DateTime<Utc>) -> Answer {
        match op {
            Op::Invite(email) => self.invite(by, email, now),
            Op::Add(email) if self.holder(by, email).is_some() => Err(Code::AlreadyMember),
            Op::Add(email) => {
                let user = (email < USERS).then_some(email);
                self.members.push(Member {
                    account: by,
                    email,
                    guest: false,
                    status: Status::Active,
                    user,
                    invited: None,
                });
                Ok(true)
            }
            Op::Resend(n) => {
                let member = self.own(by, n)?;
                match member.status {
                    Status::Invited if member.invited.is_some_and(|sent| now < sent + TimeDelta::minutes(1)) => {
                        Err(Code::NotAllowedNow)
                    }
                    Status::Invited => {
                        member.invited = Some(now);
                        Ok(true)
                    }
                    Status::Revoked => Err(Code::InvitationRevoked),
                    Status::Active => Err(Code::AlreadyMember),
                    _ => Err(Code::NotAllowedNow),
                }
            }
            Op::Revoke(n) => {
                let member = self.own(by, n)?;
                match member.status {
                    Status::Invited => {
                        member.status = Status::Revoked;
                        Ok(true)
                    }
                    Status::Revoked => Ok(false),
                    _ => Err(Code::NotAllowedNow),
                }
            }
            Op::Off(n) => self.own(by, n)?.switch(Status::Active, Status::Inactive),
            Op::On(n) => self.own(by, n)?.switch(Status::Inactive, Status::Active),
            Op::Accept(user, n) => {
                let status = self.answered_by(user, n, now)?;
                let member = &mut self.members[n];
                match status {
                    Status::Invited => {
                        (member.status, member.user) = (Status::Active, Some(user));
                        Ok(true)
                    }
                    Status::Active if member.user == Some(user) => Ok(false),
                    _ => Err(Code::NotAllowedNow),
                }
            }
            Op::Decline(user, n) => match self.answered_by(user, n, now)? {
                Status::Invited => {
                    self.members[n].status = Status::Declined;
                    Ok(true)
                }
                Status::Declined => Ok(false),
                _ => Err(Code::NotAllowedNow),
            },
            Op::Leave(user, n) => {
                let member = &mut self.members[n];
                if !member.comes_in(user) {
                    return Err(Code::NotFound);
                }
                if !member.guest {
                    return Err(Code::NotAllowedNow);
                }
                (member.status, member.user) = (Status::Revoked, None);
                Ok(true)
            }
            Op::Complain => {
                self.claims.push((by, ClaimStatus::Open));
                Ok(true)
            }
            Op::Answer(n) => self.step(by, n, &[ClaimStatus::Open], ClaimStatus::Answered),
            Op::Close(n) => match self.claims[n] {
                (account, ClaimStatus::Closed) if account == by => Ok(false),
                _ => self.step(by, n, &[ClaimStatus::Open, ClaimStatus::Answered], ClaimStatus::Closed),
            },
            Op::Reopen(n) => self.step(by, n, &[ClaimStatus::Answered, ClaimStatus::Closed], ClaimStatus::Open),
            Op::Wait(_) => Ok(false),
        }
    }

    fn holder(&self, account: usize, email: usize) -> Option<usize> {
        self.members.iter().position(|m| m.account == account && m.email == email)
    }

    fn own(&mut self, by: usize, n: usize) -> Result<&mut Member, Code> {
        let member = &mut self.members[n];
        if member.account == by { Ok(member) } else { Err(Code::NotFound) }
    }

    fn invite(&mut self, by: usize, email: usize, now: DateTime<Utc>) -> Answer {
        let Some(n) = self.holder(by, email) else {
            let (status, invited) = (Status::Invited, Some(now));
            self.members.push(Member { account: by, email, guest: true, status, user: None, invited });
            return Ok(true);
        };
        let member = &mut self.members[n];
        match member.status_at(now) {
            _ if !member.guest => Err(Code::AlreadyMember),
            Status::Active | Status::Inactive => Err(Code::AlreadyMember),
            Status::Invited => Err(Code::AlreadyInvited),
            _ => {
                (member.status, member.invited) = (Status::Invited, Some(now));
                Ok(true)
            }
        }
    }

    /// Where an invitation stands for whoever answers it, by the contact and without its link.
    fn answered_by(&self, user: usize, n: usize, now: DateTime<Utc>) -> Result<Status, Code> {
        let member = &self.members[n];
        if member.email != user {
            let reaches = self.members.iter().any(|m| m.account == member.account && m.comes_in(user));
            return Err(if reaches { Code::NotTheInvitedUser } else { Code::NotFound });
        }
        match member.status_at(now) {
            _ if member.invited.is_none() => Err(Code::NotAllowedNow),
            Status::Revoked => Err(Code::InvitationRevoked),
            Status::Expired => Err(Code::InvitationExpired),
            status => Ok(status),
        }
    }

    fn step(&mut self, by: usize, n: usize, from: &[ClaimStatus], to: ClaimStatus) -> Answer {
        let (account, status) = &mut self.claims[n];
        if *account != by {
            return Err(Code::NotFound);
        }
        if !from.contains(status) {
            return Err(Code::NotAllowedNow);
        }
        *status = to;
        Ok(true)
    }
}

impl Member {
    fn switch(&mut self, from: Status, to: Status) -> Answer {
        match self.status {
            status if status == from => {
                self.status = to;
                Ok(true)
            }
            status if status == to => Ok(false),
            _ => Err(Code::NotAllowedNow),
        }
    }
}

struct Run {
    service: Service,
    clock: Arc<FixedClock>,
    accounts: Vec<AccountId>,
    users: Vec<UserId>,
    /// In each account, who complains, and on what.
    readers: Vec<(ContactId, SubscriptionId)>,
    members: Vec<ContactId>,
    claims: Vec<(ContactId, ClaimId)>,
    model: Model,
}

fn address(n: usize) -> String {
    format!("someone{n}@exemple.fr")
}

impl Run {
    async fn open(database: &Database) -> Run {
        let clock = clock();
        let service = database.service_at(clock.clone()).await;
        let operator = Caller::operator(None);
        let (mut accounts, mut readers, mut users) = (Vec::new(), Vec::new(), Vec::new());
        for name in ["Club", "Revue"] {
            let account = done(&service, &operator, open_account(name)).await.account.unwrap();
            let caller = Caller::operator(Some(account));
            let product = NewProduct {
                name: "Revue".into(),
                delivered: false,
                drip_clock: domain::values::DripClock::CalendarDays,
                modules: vec![],
                order_email: None,
            };
            let product = done(&service, &caller, Command::CreateProduct(account, product)).await.product.unwrap();
            let input = ContactInput { last_name: Some("Lectrice".into()), ..ContactInput::default() };
            let reader = Command::AddContact(account, ContactKind::Person, input);
            let reader = done(&service, &caller, reader).await.contact.unwrap();
            let bought = NewSubscription {
                product,
                kind: "Annuel".into(),
                billing: Billing::Recurring,
                starts_on: None,
                ends_on: None,
            };
            let bought =
                done(&service, &caller, Command::StartSubscription(reader, bought)).await.subscription.unwrap();
            accounts.push(account);
            readers.push((reader, bought));
        }
        for n in 0..USERS {
            let register = RegisterUser { email: address(n), name: None };
            let user = done(&service, &operator, Command::Users(Users::Register(register))).await.user.unwrap();
            done(&service, &operator, Command::Users(Users::VerifyEmail(user))).await;
            users.push(user);
        }
        service.app.follow_through().await.unwrap();
        let (members, claims, model) = (vec![], vec![], Model::default());
        Run { service, clock, accounts, users, readers, members, claims, model }
    }

    /// The command of a step; none where it speaks of what is not there.
    fn command(&self, by: usize, op: Op) -> Option<Command> {
        let account = self.accounts[by];
        let member = |n: usize| self.members.get(n).copied();
        let claim = |n: usize| self.claims.get(n).copied();
        let (members, subscriber) = (|m| Some(Command::Members(m)), |s| Some(Command::Subscriber(s)));
        match op {
            Op::Invite(email) => {
                let guest = NewGuest { email: address(email), permissions: vec![], until: None };
                members(Members::Invite(account, guest))
            }
            Op::Add(email) => {
                let input = ContactInput {
                    last_name: Some("Durand".into()),
                    email: Some(address(email)),
                    ..ContactInput::default()
                };
                members(Members::Add(account, Box::new(NewMember { input, permissions: vec![], until: None })))
            }
            Op::Resend(n) => members(Members::Resend(member(n)?)),
            Op::Revoke(n) => members(Members::Revoke(member(n)?)),
            Op::Off(n) => members(Members::Deactivate(member(n)?)),
            Op::On(n) => members(Members::Reactivate(member(n)?)),
            Op::Accept(_, n) => members(Members::Accept(Invited::Contact(member(n)?))),
            Op::Decline(_, n) => members(Members::Decline(Invited::Contact(member(n)?))),
            Op::Leave(_, n) => members(Members::Leave(member(n)?)),
            Op::Complain => {
                let (reader, subscription) = self.readers[by];
                let new = NewClaim { subscription, issue: None, module: None, text: "Rien reçu".into() };
                subscriber(Subscriber::OpenClaim(reader, new))
            }
            Op::Answer(n) => claim(n).and_then(|(c, id)| subscriber(Subscriber::AnswerClaim(c, id, "Renvoyé".into()))),
            Op::Close(n) => claim(n).and_then(|(c, id)| subscriber(Subscriber::CloseClaim(c, id))),
            Op::Reopen(n) => claim(n).and_then(|(c, id)| subscriber(Subscriber::ReopenClaim(c, id, "Non".into()))),
            Op::Wait(_) => None,
        }
    }

    async fn caller(&self, by: usize, op: Op) -> Caller {
        match op {
            Op::Accept(user, _) | Op::Decline(user, _) | Op::Leave(user, _) => {
                let actor = Actor { kind: ActorKind::User, id: self.users[user].0 };
                self.service.app.recognise(actor, None, Door::Api).await.unwrap()
            }
            _ => Caller::operator(Some(self.accounts[by])),
        }
    }

    async fn step(&mut self, by: usize, op: Op) {
        self.clock.advance(if let Op::Wait(minutes) = op {
            TimeDelta::minutes(minutes)
        } else {
            TimeDelta::seconds(1)
        });
        let Some(command) = self.command(by, op) else { return };
        let expected = self.model.take(by, op, self.clock.now());
        let said = match self.service.app.execute(&self.caller(by, op).await, Request::from(command)).await {
            Ok(done) => {
                if let Some(contact) =
                    done.contact.filter(|c| matches!(op, Op::Invite(_) | Op::Add(_)) && !self.members.contains(c))
                {
                    self.members.push(contact);
                }
                if let (Op::Complain, Some(claim)) = (op, done.claim) {
                    self.claims.push((self.readers[by].0, claim));
                }
                Ok(done.changed)
            }
            Err(NotDone::Refused(refused)) => Err(refused.refusals.0[0].code),
            Err(NotDone::Failure(failure)) => panic!("{op:?}: {failure}"),
        };
        assert_eq!(said, expected, "{op:?} by {by}\n{:#?}", self.model);
    }

    /// Every sheet and every list of accounts says what the model says.
    async fn compare(&self) {
        let (reader, now) = (self.service.app.reader(), self.clock.now());
        let ids = self.members.iter().map(|c| c.0).chain(self.readers.iter().map(|(c, _)| c.0)).collect();
        let states = reader.states(ids).await.unwrap();
        assert_eq!(self.members.len(), self.model.members.len());
        for (id, model) in self.members.iter().zip(&self.model.members) {
            let contact = states[&id.0].state.contact().unwrap();
            let user = contact.membership.user.and_then(|user| self.users.iter().position(|u| *u == user));
            assert_eq!(
                (contact.membership.profile == Profile::Guest, contact.membership.status_at(now), user),
                (model.guest, model.status_at(now), model.user),
                "{model:?}"
            );
        }
        for ((contact, id), (_, status)) in self.claims.iter().zip(&self.model.claims) {
            let claim = states[&contact.0].state.contact().unwrap().claim(*id).unwrap();
            assert_eq!((claim.status, claim.steps.last().unwrap().status), (*status, *status));
        }
        for (n, user) in self.users.iter().enumerate() {
            let places = reader.places(*user, now).await.unwrap().unwrap_or_default();
            let mut reached: Vec<ContactId> = places.iter().map(|place| place.contact).collect();
            let there = self.members.iter().zip(&self.model.members).filter(|(_, m)| m.comes_in(n));
            let mut expected: Vec<ContactId> = there.map(|(id, _)| *id).collect();
            reached.sort();
            expected.sort();
            assert_eq!(reached, expected, "the accounts of user {n}");
        }
    }
}

fn ops() -> impl Strategy<Value = (usize, Op)> {
    let (email, member, user, claim) = (|| 0..ADDRESSES, || 0..6usize, || 0..USERS, || 0..4usize);
    let op = prop_oneof![
        5 => email().prop_map(Op::Invite),
        2 => email().prop_map(Op::Add),
        3 => member().prop_map(Op::Resend),
        2 => member().prop_map(Op::Revoke),
        2 => member().prop_map(Op::Off),
        2 => member().prop_map(Op::On),
        5 => (user(), member()).prop_map(|(user, member)| Op::Accept(user, member)),
        2 => (user(), member()).prop_map(|(user, member)| Op::Decline(user, member)),
        2 => (user(), member()).prop_map(|(user, member)| Op::Leave(user, member)),
        1 => Just(Op::Complain),
        2 => claim().prop_map(Op::Answer),
        2 => claim().prop_map(Op::Close),
        2 => claim().prop_map(Op::Reopen),
        2 => prop_oneof![Just(2i64), Just(60 * 24 * 15)].prop_map(Op::Wait),
    ];
    (prop_oneof![3 => Just(0usize), 1 => Just(1usize)], op)
}

fn o9_whoever_belongs_belongs_as_the_model_says(engine: Engine, cases: u32) {
    any_steps(cases, ops(), async |steps| {
        let database = Database::fresh(engine).await;
        let mut run = Run::open(&database).await;
        for (n, (by, op)) in steps.into_iter().enumerate() {
            run.step(by, op).await;
            if n % 15 == 14 {
                run.compare().await;
            }
        }
        run.compare().await;
        assert_rows_are_the_log_s(run.service.db(), run.service.vault(), "after any commands of members").await;
        run.service.stop().await;
    });
}

#[test]
fn sqlite_whoever_belongs_belongs_as_the_model_says() {
    o9_whoever_belongs_belongs_as_the_model_says(Engine::Sqlite, 40);
}

#[test]
fn memory_whoever_belongs_belongs_as_the_model_says() {
    o9_whoever_belongs_belongs_as_the_model_says(Engine::Memory, 16);
}

#[test]
fn postgres_whoever_belongs_belongs_as_the_model_says() {
    o9_whoever_belongs_belongs_as_the_model_says(Engine::Postgres, 8);
}
