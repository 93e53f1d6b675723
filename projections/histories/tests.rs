//! Rows of this read model.

use super::*;
use crate::Source;
use domain::{
    AccountId, ContactId, ProductId, SubscriptionId,
    contact::{
        AccessGranted, AccessRemoved, AddContact, ContactEvent, ContactInput, Deleted, Grantor, Opening,
        SubscriptionAttached, SubscriptionDetached,
    },
    testing::{Given, given, id},
    values::{AccessMode, ContactKind},
};

fn rows(history: &Given) -> crate::Rows {
    (READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &history.folded })
}

#[test]
fn b3_what_was_taken_away_since_is_still_found() {
    let (product, subscription) = (ProductId(id(2)), SubscriptionId(id(3)));
    let input = ContactInput { last_name: Some("Durand".into()), ..ContactInput::default() };
    let added = given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: AccountId(id(9)), kind: ContactKind::Person, input }.decide());
    assert!(rows(&added).is_empty());
    let granted = AccessGranted {
        product,
        mode: AccessMode::Activated,
        opening: Opening::Full,
        ordered_on: None,
        by: Grantor::Manual,
        send_order_email: false,
    };
    let had = added
        .event(ContactEvent::from(granted))
        .event(ContactEvent::from(SubscriptionAttached { subscription, product }));
    let both = [id(2), id(3)].map(|thing| (0, vec![thing.into(), id(1).into(), id(9).into()]));
    assert_eq!(rows(&had), both);
    let gone = had
        .event(ContactEvent::from(AccessRemoved { product }))
        .event(ContactEvent::from(SubscriptionDetached { subscription, product }))
        .event(ContactEvent::from(Deleted {}));
    assert_eq!(rows(&gone), both);
}
