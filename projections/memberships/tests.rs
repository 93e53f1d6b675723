//! Rows of this read model, table by table.

use super::*;
use crate::{Rows, Source, sql::Arg};
use domain::{
    AccountId, ContactId, UserId,
    account::OpenAccount,
    contact::{
        AddContact, ContactEvent, ContactInput, Deleted, KindConverted,
        membership::{Invited, PermissionsSet, UserLinked},
    },
    testing::{Given, at, given, id},
    values::{ContactKind, Permission},
};

fn contact() -> Given {
    let input = ContactInput {
        last_name: Some("Durand".into()),
        email: Some("durand@exemple.fr".into()),
        ..ContactInput::default()
    };
    given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: AccountId(id(9)), kind: ContactKind::Person, input }.decide())
}

fn rows(history: &Given) -> Rows {
    (READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &history.folded })
}

#[test]
fn o14_a_contact_is_a_member_once_it_is_more_than_an_address() {
    assert!(rows(&contact()).is_empty(), "most contacts are in no list of members");
    let linked = contact().event(ContactEvent::from(UserLinked { user: UserId(id(5)) }));
    let row = &rows(&linked)[0].1;
    assert_eq!(row[..4], [id(1).into(), id(9).into(), id(5).into(), Arg::from("durand@exemple.fr")]);
    let permissions = vec![Permission::Billing, Permission::Security];
    let holder = contact().event(ContactEvent::from(PermissionsSet { permissions }));
    assert_eq!(rows(&holder)[0].1[6], Arg::from("BILLING,SECURITY"));
    assert!(rows(&linked.clone().event(ContactEvent::from(Deleted {}))).is_empty());
    let group = linked.event(ContactEvent::from(KindConverted { kind: ContactKind::Group }));
    assert!(rows(&group).is_empty(), "a group signs in nowhere");
}

#[test]
fn o9_an_invitation_has_its_end_in_the_row_until_it_is_answered() {
    let until = at("2026-03-08T09:00:00Z");
    let invited = contact().event(ContactEvent::from(Invited { invitation: id(7), expires_at: until }));
    let row = &rows(&invited)[0].1;
    assert_eq!((&row[5], &row[9]), (&Arg::from("INVITED"), &Arg::from(until.timestamp_micros())));
    let linked = ContactEvent::from(domain::contact::membership::Accepted { user: UserId(id(5)) });
    assert_eq!(rows(&invited.event(linked))[0].1[9], Arg::Int(None));
}

#[test]
fn o13_an_account_is_listed_with_its_number_and_name() {
    let rule = OpenAccount {
        account: AccountId(id(9)),
        number: "123456789".into(),
        company_name: "Œuvres d'Été".into(),
        locale: None,
        time_zone: None,
    };
    let rows = (READ_MODEL.project)(Source {
        stream: AccountId(id(9)).into(),
        folded: &given().at("2026-03-01T09:00:00Z").decided(rule.decide()).folded,
    });
    let expected: Vec<Arg> = vec![
        id(9).into(),
        "123456789".into(),
        "Œuvres d'Été".into(),
        domain::text::fold("Œuvres d'Été").into(),
        "Europe/Paris".into(),
    ];
    assert_eq!(rows, [(1, expected)]);
}
