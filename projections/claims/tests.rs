//! Rows of this read model, table by table.

use super::*;
use crate::{Source, sql::Arg};
use domain::{
    AccountId, ClaimId, ContactId, ProductId, SubscriptionId,
    contact::{
        AddContact, ContactEvent, ContactInput, Deleted, SubscriptionAttached, SubscriptionDetached,
        claim::{ClaimClosed, ClaimOpened, ClaimText},
    },
    event::Private,
    testing::{Given, at, given, id},
    values::ContactKind,
};

fn complained() -> Given {
    let (subscription, product) = (SubscriptionId(id(3)), ProductId(id(2)));
    let input = ContactInput { last_name: Some("Durand".into()), ..ContactInput::default() };
    let private = Private::Known(ClaimText { text: "Rien reçu".into() });
    given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: AccountId(id(9)), kind: ContactKind::Person, input }.decide())
        .event(ContactEvent::from(SubscriptionAttached { subscription, product }))
        .event(ContactEvent::from(ClaimOpened { claim: ClaimId(id(7)), subscription, issue: None, private }))
        .event(ContactEvent::from(SubscriptionDetached { subscription, product }))
}

fn rows(history: &Given) -> crate::Rows {
    (READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &history.folded })
}

#[test]
fn u10_a_claim_is_one_row_with_its_product_and_nothing_of_what_was_written() {
    let opened = at("2026-03-01T09:00:00Z").timestamp_micros();
    let expected: Vec<Arg> =
        vec![id(7).into(), id(1).into(), id(9).into(), id(3).into(), id(2).into(), "OPEN".into(), opened.into()];
    assert_eq!(rows(&complained()), [(0, expected)]);
    let closed =
        complained().at("2026-03-02T09:00:00Z").event(ContactEvent::from(ClaimClosed { claim: ClaimId(id(7)) }));
    assert_eq!(rows(&closed)[0].1[5..], [Arg::from("CLOSED"), opened.into()]);
    assert!(rows(&closed.event(ContactEvent::from(Deleted {}))).is_empty());
}
