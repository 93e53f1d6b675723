//! Rows of this read model, table by table.

use super::*;
use crate::{Rows, Source, sql::Arg};
use domain::{
    AccountId, ContactId, Private, RegistrationId, StreamId,
    contact::{
        AddContact, ContactEvent, ContactInput, Deleted,
        app::{Devices, RegistrationLinked, RegistrationRefused, RegistrationValidated},
    },
    registration::{Matched, RegistrationErased, SignUp, TurnedAway},
    testing::{Given, at, given, id},
    values::ContactKind,
};

const ACCOUNT: AccountId = AccountId(id(9));

fn rows(stream: impl Into<StreamId>, history: &Given) -> Rows {
    (READ_MODEL.project)(Source { stream: stream.into(), folded: &history.folded })
}

fn contact(kind: ContactKind) -> Given {
    let input = ContactInput {
        last_name: Some("Durand".into()),
        phone: Some("+33 6 12 34 56 78".into()),
        ..Default::default()
    };
    given().at("2026-03-01T09:00:00Z").decided(AddContact { account: ACCOUNT, kind, input }.decide())
}

fn sign_up() -> Given {
    let read = SignUp { email: "zoe@exemple.fr".into(), device: "Pixel".into(), ..Default::default() }.read();
    given().at("2026-03-02T09:00:00Z").decided(read.map(|read| read.wait(ACCOUNT)))
}

#[test]
fn a2_a_contact_that_is_not_registered_is_recognised_by_its_phone_and_a_registered_one_stands_in_the_list() {
    let one = ContactId(id(1));
    let before = contact(ContactKind::Person);
    assert_eq!(rows(one, &before), [(1, vec![ACCOUNT.0.into(), "612345678".into(), id(1).into()])]);
    assert!(rows(one, &contact(ContactKind::Group)).is_empty());
    let devices = Private::Known(Devices { devices: vec!["Pixel".into()] });
    let linked = RegistrationLinked { registration: None, user: None, pending: true, private: devices };
    let after = before.at("2026-03-03T09:00:00Z").event(ContactEvent::from(linked));
    let since = |text: &str| Arg::from(at(text).timestamp_micros());
    let row = |state: &str, time: &str| vec![(0, vec![id(1).into(), ACCOUNT.0.into(), state.into(), since(time)])];
    assert_eq!(rows(one, &after), row("PENDING_VALIDATION", "2026-03-03T09:00:00Z"));
    let after = after.at("2026-03-04T09:00:00Z").event(ContactEvent::from(RegistrationValidated {}));
    assert_eq!(rows(one, &after), row("REGISTERED", "2026-03-04T09:00:00Z"));
    let after = after.at("2026-03-05T09:00:00Z").event(ContactEvent::from(RegistrationRefused {}));
    assert_eq!(rows(one, &after), row("REFUSED", "2026-03-05T09:00:00Z"));
    assert!(rows(one, &after.event(ContactEvent::from(Deleted {}))).is_empty());
}

#[test]
fn a2_a_sign_up_stands_in_the_list_while_it_is_nobody_s() {
    let one = RegistrationId(id(2));
    let row = rows(one, &sign_up());
    assert_eq!((row.len(), &row[0].1[2]), (1, &Arg::from(WAITING)));
    assert!(rows(one, &sign_up().event(Matched { contact: ContactId(id(1)) })).is_empty());
    assert!(rows(one, &sign_up().event(RegistrationErased {})).is_empty());
    let another = Some(RegistrationId(id(3)));
    assert!(rows(one, &sign_up().event(TurnedAway { for_another: another })).is_empty(), "the other stands for it");
    assert_eq!(rows(one, &sign_up().event(TurnedAway { for_another: None }))[0].1[2], Arg::from("REFUSED"));
}

#[test]
fn b9_candidates_are_asked_for_with_one_statement_whose_parts_are_bounded() {
    let probe = Probe {
        words: Some(("zoe".into(), "durand".into())),
        phone: Some("612345678".into()),
        start: Some("zoed".into()),
    };
    let ask = candidates(ACCOUNT, &[probe.clone(), Probe::default(), probe], 20);
    assert_eq!(ask.args.len(), 2 + 2 * 5);
    assert!((1..=ask.args.len()).all(|n| ask.sql.contains(&format!("${n}"))), "{}", ask.sql);
    assert_eq!(ask.sql.matches("LIMIT $2").count(), 6, "{}", ask.sql);
    assert_eq!(candidates(ACCOUNT, &[], 20).args.len(), 2);
}
