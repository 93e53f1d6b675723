//! Rows of this read model.

use super::*;
use crate::{Source, sql::Arg};
use domain::{
    AccountId, ContactId, Private,
    contact::{
        AddContact, ContactEvent, ContactInput, Deleted, Erased,
        erp::{ErpGone, ErpLinked, ErpRecord, ErpReturned},
    },
    testing::{Given, at, given, id},
    values::ContactKind,
};

fn added() -> Given {
    let input = ContactInput { last_name: Some("Œuvre".into()), ..ContactInput::default() };
    given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: AccountId(id(9)), kind: ContactKind::Person, input }.decide())
}

fn linked() -> Given {
    let private = Private::Known(ErpRecord { external_id: "C-12".into() });
    added().event(ContactEvent::from(ErpLinked { source: "navision".into(), private }))
}

fn rows(history: &Given) -> crate::Rows {
    (READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &history.folded })
}

#[test]
fn a1_a_linked_contact_is_one_row_without_the_records_id() {
    assert!(rows(&added()).is_empty());
    let rows = rows(&linked());
    assert_eq!(rows.len(), 1);
    let expected: [Arg; 4] = ["navision".into(), "oeuvre".into(), 2i64.into(), Arg::Int(None)];
    assert_eq!(rows[0].1[2..], expected);
}

#[test]
fn a6_gone_has_its_date_and_back_has_its_position() {
    let gone = linked().at("2026-03-05T09:00:00Z").event(ContactEvent::from(ErpGone {}));
    assert_eq!(rows(&gone)[0].1[5], Arg::from(at("2026-03-05T09:00:00Z").timestamp_micros()));
    let back = gone.event(ContactEvent::from(ErpReturned {}));
    assert_eq!(rows(&back)[0].1[4..], [Arg::from(4i64), Arg::Int(None)]);
}

#[test]
fn deleted_and_erased_contacts_are_no_longer_records() {
    assert!(rows(&linked().event(ContactEvent::from(Deleted {}))).is_empty());
    assert!(rows(&linked().event(ContactEvent::from(Erased {}))).is_empty());
}
