//! What was seen in a file, and what differs from a contact.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use domain::{
    AccountId, Actor, ActorKind, Fact, Private,
    contact::{Added, AddedPrivate, ContactEvent},
    values::{ContactKind, Profile},
};
use uuid::Uuid;

fn contact(values: AddedPrivate) -> ContactState {
    let added = Added {
        account: AccountId(Uuid::nil()),
        kind: ContactKind::Person,
        profile: Profile::Contact,
        private: Private::Known(values),
    };
    let actor = Actor { kind: ActorKind::Operator, id: Uuid::nil() };
    let fact = Fact { position: 1, version: 1, at: "2026-03-31T10:00:00Z".parse().unwrap(), actor };
    ContactState::first(&ContactEvent::Added(added), fact).unwrap()
}

fn day() -> NaiveDate {
    "2026-03-31".parse().unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn durand() -> AddedPrivate {
    let address =
        Address { line1: some("1 rue A"), postal_code: some("67000"), city: some("Strasbourg"), ..Address::default() };
    AddedPrivate {
        last_name: some("Durand"),
        email: Some(Email::parse("d@exemple.fr").unwrap()),
        address: Some(address),
        ..AddedPrivate::default()
    }
}

#[test]
fn a10_only_what_a_row_says_and_is_otherwise_differs() {
    let there = contact(durand());
    let nothing = difference(&Said::default(), &there, false, day());
    assert!(!nothing.any && nothing.gives_free.is_none());
    let said = Said {
        values: AddedPrivate { phone: some("01"), email: Some(Email::parse("e@exemple.fr").unwrap()), ..durand() },
        ..Said::default()
    };
    let found = difference(&said, &there, false, day());
    assert_eq!((found.patch.phone, found.patch.last_name), (Some(some("01")), None));
    assert_eq!(found.patch.email, Some(some("e@exemple.fr")));
    assert_eq!(found.gives_free.unwrap().as_str(), "d@exemple.fr");
    // France unsaid is France said: the address as it is written is what counts.
    let mut values = durand();
    values.address.as_mut().unwrap().country = some("FR");
    let parts = super::super::row::Parts { whole: true, ..Default::default() };
    assert!(!difference(&Said { values, parts, ..Said::default() }, &there, false, day()).any);
}

#[test]
fn b6_an_id_of_ours_is_not_kept_as_another_system_s() {
    let there = contact(durand());
    let said =
        Said { values: AddedPrivate { external_id: some("con_1"), ..AddedPrivate::default() }, ..Said::default() };
    assert!(!difference(&said, &there, true, day()).any);
    assert!(difference(&said, &there, false, day()).any);
}

#[test]
fn a10_names_and_address_are_compared_folded_and_keys_may_speak_against() {
    let there = contact(durand());
    let mut said =
        Said { values: AddedPrivate { last_name: some("DURAND"), email: None, ..durand() }, ..Said::default() };
    assert!(may_be(&said, &there));
    said.values.email = Some(Email::parse("x@exemple.fr").unwrap());
    assert!(!may_be(&said, &there), "both have an e-mail, and another");
    said.values.email = None;
    said.values.first_name = some("Anne");
    assert!(!may_be(&said, &there));
}

#[test]
fn a10_what_was_seen_is_found_again_with_its_row() {
    let mut seen = Seen::default();
    let key = |n: u64| {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        key
    };
    for n in 0..100_000 {
        seen.hold(&key(n), n + 2);
        seen.identified(n as i64, n + 2);
    }
    seen.hold(&key(5), 77);
    for n in 0..100_000 {
        assert_eq!((seen.holder(&key(n)), seen.same_identity(n as i64)), (Some(n + 2), Some(n + 2)));
    }
    assert_eq!((seen.holder(&key(100_000)), seen.same_identity(-1)), (None, None));
    assert!(!seen.is_released(&key(3)));
    seen.release(&key(3));
    assert!(seen.is_released(&key(3)) && !seen.is_released(&key(4)));
}
