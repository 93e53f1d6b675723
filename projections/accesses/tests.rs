//! Rows of this read model, table by table.

use super::*;
use crate::{Source, sql::Arg};
use domain::{
    ContactId, ProductId,
    contact::{AccessGranted, AccessModeSet, AccessRemoved, AddContact, ContactInput, Grantor, Opening},
    testing::{Given, given, id},
    values::{AccessMode, ContactKind},
};

fn granted() -> Given {
    let input = ContactInput { last_name: Some("Durand".into()), ..ContactInput::default() };
    let access = AccessGranted {
        product: ProductId(id(2)),
        mode: AccessMode::Activated,
        opening: Opening::Full,
        ordered_on: None,
        by: Grantor::Manual,
        send_order_email: false,
    };
    given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: domain::AccountId(id(9)), kind: ContactKind::Person, input }.decide())
        .event(domain::contact::ContactEvent::from(access))
}

fn rows(history: &Given) -> crate::Rows {
    (READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &history.folded })
}

#[test]
fn k3_an_access_is_one_row_with_its_mode_and_the_name_it_is_ordered_by() {
    let rows = rows(&granted());
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].1, [Arg::from(id(1)), id(2).into(), id(9).into(), "ACTIVATED".into(), "durand".into()]);
}

#[test]
fn k12_a_suspended_access_stays_listed_and_a_removed_one_does_not() {
    let product = ProductId(id(2));
    let suspended =
        granted().event(domain::contact::ContactEvent::from(AccessModeSet { product, mode: AccessMode::Suspended }));
    assert_eq!(rows(&suspended)[0].1[3], Arg::from("SUSPENDED"));
    assert!(rows(&granted().event(domain::contact::ContactEvent::from(AccessRemoved { product }))).is_empty());
}
