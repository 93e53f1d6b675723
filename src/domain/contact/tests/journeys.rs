//! Contacts that are staged and submitted together (rows S1, S5 to S11).

use super::{
    ACCOUNT, NOW, OTHER_PRODUCT, PRODUCT, SUBSCRIPTION, account, added, address, anne, of, product, product_of, some,
    told,
};
use crate::{
    Code, ContactId, Fact, SubscriptionId,
    contact::{
        ContactEvent, ContactInput,
        journey::{Placed, STAGED_MAX, Staged, SubmitContacts, attach_to, recorded},
    },
    testing::{at, id, someone},
    values::{ContactKind, Email},
};
use std::collections::BTreeMap;

const FACT: fn() -> Fact = || Fact { position: 9, version: 9, at: at(NOW), actor: someone() };

fn typed(input: ContactInput) -> Staged {
    Staged::Typed(ContactKind::Person, Box::new(input))
}

fn with_email(text: &str) -> Staged {
    typed(ContactInput { email: some(text), ..anne() })
}

fn submit(staged: Vec<Staged>) -> Result<Vec<Placed>, crate::Refusals> {
    SubmitContacts { account: ACCOUNT, staged }.decide(&BTreeMap::new())
}

#[test]
fn s7_an_address_that_the_account_has_is_that_contact() {
    let known = ContactId(id(77));
    let submission = SubmitContacts {
        account: ACCOUNT,
        staged: vec![with_email(" ANNE@exemple.fr"), Staged::Known(known), with_email("bob@exemple.fr")],
    };
    let emails = submission.emails();
    assert_eq!(emails, ["anne@exemple.fr", "bob@exemple.fr"].map(|text| Email::parse(text).unwrap()));
    let holders = BTreeMap::from([(emails[0].clone(), ContactId(id(5)))]);
    let placed = submission.decide(&holders).unwrap();
    assert_eq!(placed[..2], [Placed::Found(ContactId(id(5))), Placed::Found(known)]);
    assert!(matches!(&placed[2], Placed::New(events) if events.len() == 1));
    // Who is found needs no name.
    let nameless = typed(ContactInput { email: some("anne@exemple.fr"), ..ContactInput::default() });
    let found = SubmitContacts { account: ACCOUNT, staged: vec![nameless.clone()] }.decide(&holders);
    assert_eq!(found, Ok(vec![Placed::Found(ContactId(id(5)))]));
    assert_eq!(told(submit(vec![nameless])), [(Code::NameOrCompanyRequired, "contacts.0.lastName".to_owned())]);
}

#[test]
fn s8_s11_each_staged_contact_has_its_own_refusals_and_one_refuses_all() {
    let bad = submit(vec![
        with_email("anne@exemple.fr"),
        typed(ContactInput { email: some("no"), ..anne() }),
        typed(ContactInput { last_name: some(&"x".repeat(201)), ..ContactInput::default() }),
        with_email("Anne@Exemple.fr"),
    ]);
    let repeated = bad.clone().unwrap_err().0.pop().unwrap();
    assert_eq!(repeated.params, [("first", "1".to_owned())], "people count from one");
    assert_eq!(
        told(bad),
        [
            (Code::EmailInvalid, "contacts.1.email".to_owned()),
            (Code::TooLong, "contacts.2.lastName".to_owned()),
            (Code::EmailRepeated, "contacts.3.email".to_owned()),
        ]
    );
    assert_eq!(told(submit(vec![])), [(Code::Required, "contacts".to_owned())]);
    let many = (0..=STAGED_MAX).map(|_| typed(anne())).collect::<Vec<_>>();
    assert_eq!(submit(many[1..].to_vec()).unwrap().len(), STAGED_MAX);
    assert_eq!(told(submit(many)), [(Code::TooLong, "contacts".to_owned())]);
}

#[test]
fn s5_a_contact_is_attached_to_every_subscription_and_granted_each_product_once() {
    let (one, other) = (product(), product_of(ACCOUNT, true).state().product().unwrap().clone());
    let (second, third) = (SubscriptionId(id(41)), SubscriptionId(id(42)));
    let joined = [(SUBSCRIPTION, PRODUCT, &one), (second, PRODUCT, &one), (third, OTHER_PRODUCT, &other)];
    let nowhere = added(anne());
    let refused = attach_to(of(&nowhere), &account(), &joined, FACT());
    assert_eq!(told(refused), [(Code::SubscriberRequired, "contactId".to_owned())]);
    let subscriber = added(ContactInput { address: Some(address()), ..anne() });
    let events = attach_to(of(&subscriber), &account(), &joined, FACT()).unwrap();
    let names: Vec<_> = events.iter().map(ContactEvent::type_name).collect();
    assert_eq!(
        names,
        [
            "contact.subscription_attached.v1",
            "access.granted.v1",
            "contact.subscription_attached.v1",
            "contact.subscription_attached.v1",
            "access.granted.v1"
        ]
    );
    let after = events.into_iter().fold(subscriber, |given, event| given.event(event));
    assert_eq!(attach_to(of(&after), &account(), &joined, FACT()), Ok(vec![]), "again: already so");
}

#[test]
fn s10_what_is_recorded_is_the_contact_of_its_first_events() {
    let Placed::New(events) = submit(vec![with_email("anne@exemple.fr")]).unwrap().remove(0) else { unreachable!() };
    let contact = recorded(&events, FACT()).unwrap();
    assert_eq!((contact.person_name().as_deref(), contact.added), (Some("Anne Dupont"), FACT()));
    assert_eq!(recorded(&[], FACT()), None);
}
