//! Rows of this read model, table by table.

use super::*;
use crate::{Source, sql::Arg};
use domain::{
    AccountId, ContactId,
    contact::{
        AddContact, ContactEvent, ContactInput, Deleted,
        deletion::{DeletionApproved, DeletionRejected, DeletionRequested, Reason},
    },
    event::Private,
    testing::{Given, at, given, id},
    values::ContactKind,
};

fn requested() -> Given {
    let input = ContactInput { last_name: Some("Durand".into()), ..ContactInput::default() };
    let private = Private::Known(Reason { reason: Some("parti".into()) });
    given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: AccountId(id(9)), kind: ContactKind::Person, input }.decide())
        .event(ContactEvent::from(DeletionRequested { private }))
}

fn rows(history: &Given) -> crate::Rows {
    (READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &history.folded })
}

#[test]
fn s4_a_request_is_listed_until_it_is_decided() {
    let since = at("2026-03-01T09:00:00Z").timestamp_micros();
    assert_eq!(rows(&requested()), [(0, vec![Arg::from(id(1)), id(9).into(), since.into()])]);
    let rejected = DeletionRejected { private: Private::Known(Reason::default()) };
    assert!(rows(&requested().event(ContactEvent::from(rejected))).is_empty());
    let approved = requested().event(ContactEvent::from(DeletionApproved {}));
    assert!(rows(&approved.event(ContactEvent::from(Deleted {}))).is_empty());
    assert!(rows(&requested().event(ContactEvent::from(Deleted {}))).is_empty(), "deleted otherwise");
}
