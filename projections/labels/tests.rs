//! Rows of this read model.

use super::READ_MODEL;
use crate::{Source, sql::Arg};
use domain::{
    AccountId, ContactId, ImportId,
    contact::{
        AddContact, ContactEvent, ContactInput, Deleted,
        label::{Labelled, Unlabelled},
    },
    testing::{Given, given, id},
    values::ContactKind,
};

#[test]
fn b5_a_label_is_one_row_until_every_import_that_put_it_is_taken_back() {
    let input = ContactInput { last_name: Some("Élan".into()), ..ContactInput::default() };
    let put = |n| ContactEvent::from(Labelled { import: ImportId(id(n)), label: "salon".into() });
    let off = |n| ContactEvent::from(Unlabelled { import: ImportId(id(n)) });
    let contact = given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: AccountId(id(9)), kind: ContactKind::Person, input }.decide());
    let rows = |h: &Given| (READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &h.folded });
    assert!(rows(&contact).is_empty());
    let twice = contact.event(put(5)).event(put(6)).event(put(6));
    assert_eq!(rows(&twice), [(0, vec![Arg::from(id(9)), "salon".into(), id(1).into(), "elan".into()])]);
    let once = twice.clone().event(off(5));
    assert_eq!(rows(&once).len(), 1);
    assert!(rows(&once.event(off(6))).is_empty());
    assert!(rows(&twice.event(ContactEvent::from(Deleted {}))).is_empty());
}
