//! The table against the commands, the questions and the page about it.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::app::Door;
use domain::{Actor, ContactId};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The names that commands have, as the sources give them.
fn commands() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/app/command");
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let name = |line: &str| Some(line.trim().split_once(" => \"")?.1.strip_suffix("\",")?.to_owned());
        names.extend(text.lines().filter_map(name).filter(|name| name.chars().all(char::is_alphabetic)));
    }
    // These two are told apart by what stands in the command.
    names.extend(["SubmitContacts", "SubmitSubscribers"].map(str::to_owned));
    names
}

#[test]
fn o8_every_command_and_question_has_one_row_and_every_row_is_of_one() {
    let rows: Vec<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    let known: BTreeSet<String> = commands()
        .into_iter()
        .chain([CREATE_TOKEN.to_owned()])
        .chain(Question::ALL.iter().map(|q| q.name().to_owned()))
        .collect();
    assert!(known.contains("OpenAccount") && known.contains("RegisterUser"), "{known:?}");
    assert_eq!(rows.iter().cloned().collect::<BTreeSet<_>>(), known);
    assert_eq!(rows.len(), known.len(), "one row each");
}

#[test]
fn a14_what_is_asked_again_for_has_a_row() {
    assert!(ASKED_AGAIN.iter().all(|name| TABLE.iter().any(|(row, _)| row == name)));
}

#[test]
fn o8_what_has_no_row_is_refused_to_everyone() {
    let account = AccountId(Uuid::from_u128(1));
    for kind in [ActorKind::Operator, ActorKind::Token, ActorKind::Staff, ActorKind::User] {
        let caller = Caller { places: owner_of(account).into(), ..caller(kind, Some(account)) };
        assert_eq!(caller.may("NoSuchCommand", Some(account)).unwrap_err().code, Code::Forbidden, "{kind}");
    }
}

fn caller(kind: ActorKind, account: Option<AccountId>) -> Caller {
    Caller::of(Actor { kind, id: Uuid::from_u128(7) }, account, Door::Api)
}

fn owner_of(account: AccountId) -> Vec<Place> {
    let contact = ContactId(Uuid::from_u128(3));
    vec![Place { account, contact, profile: Profile::Client, permissions: vec![], portal: None }]
}

fn member(account: AccountId, permissions: &[Permission], portal: Option<PortalRole>) -> Caller {
    let mut places = owner_of(account);
    places[0].profile = Profile::Guest;
    places[0].permissions = permissions.to_vec();
    places[0].portal = portal;
    Caller { places: places.into(), ..caller(ActorKind::User, None) }
}

#[test]
fn o8_a_member_may_what_a_permission_allows_and_nothing_else() {
    let account = AccountId(Uuid::from_u128(1));
    for (name, who) in TABLE {
        for permission in Permission::ALL {
            let may = member(account, &[*permission], None).may(name, Some(account)).is_ok();
            let allowed = who.iter().any(|w| matches!(w, Myself | User)) || who.contains(&Holds(*permission));
            assert_eq!(may, allowed, "{name} {permission}");
        }
        let owner = Caller { places: owner_of(account).into(), ..caller(ActorKind::User, None) };
        let allowed = who.iter().any(|w| matches!(w, Owner | Myself | User));
        assert_eq!(owner.may(name, Some(account)).is_ok(), allowed, "{name}");
    }
}

#[test]
fn u11_a_subscriber_asks_about_themselves_and_an_administrator_about_subscribers() {
    let account = AccountId(Uuid::from_u128(1));
    let subscriber = member(account, &[], Some(PortalRole::Subscriber));
    let administrator = member(account, &[], Some(PortalRole::Administrator));
    let (own, other) = (About { own: true, subscriber: false }, About { own: false, subscriber: true });
    let neither = About::default();
    for (caller, about, sees) in [
        (&subscriber, own, true),
        (&subscriber, other, false),
        (&administrator, own, true),
        (&administrator, other, true),
        (&administrator, neither, false),
    ] {
        assert_eq!(caller.may_ask(Question::Contact, account, about), sees, "{caller:?} {about:?}");
    }
    assert!(!subscriber.may_ask(Question::Subscribers, account, other));
    assert!(administrator.may_ask(Question::Subscribers, account, other));
    assert!(!administrator.may_ask(Question::Contacts, account, other));
    for (name, who) in TABLE.iter().filter(|(name, _)| name.starts_with(char::is_uppercase)) {
        let allowed = who.iter().any(|w| matches!(w, Myself | User));
        assert_eq!(subscriber.may(name, Some(account)).is_ok(), allowed, "{name}");
    }
}

#[test]
fn u1_what_belongs_to_another_account_is_not_found() {
    let (ours, theirs) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
    let program = caller(ActorKind::Token, Some(ours));
    assert_eq!(program.may("AddContact", Some(theirs)).unwrap_err().code, Code::NotFound);
    assert_eq!(member(ours, Permission::ALL, None).may("AddContact", Some(theirs)).unwrap_err().code, Code::NotFound);
    assert!(!program.may_ask(Question::Account, theirs, About::ANY));
}
