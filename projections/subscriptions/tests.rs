//! Rows of this read model, table by table.

use super::*;
use crate::{Source, sql::Arg};
use domain::{
    AccountId, ContactId, ProductId, SubscriptionId,
    contact::{AddContact, ContactEvent, ContactInput, SubscriptionAttached, SubscriptionDetached},
    subscription::{Paused, Started, SubscriptionEvent},
    testing::{day, given, id},
    values::{Billing, ContactKind},
};

#[test]
fn u5_a_subscription_is_one_row_with_its_state() {
    let started = Started {
        account: AccountId(id(9)),
        product: ProductId(id(2)),
        kind: "Annuel".into(),
        billing: Billing::Recurring,
        starts_on: day("2026-03-01"),
        ends_on: None,
    };
    let history = given()
        .at("2026-03-01T09:00:00Z")
        .event(SubscriptionEvent::from(started))
        .event(SubscriptionEvent::from(Paused {}));
    let rows = (READ_MODEL.project)(Source { stream: SubscriptionId(id(3)).into(), folded: &history.folded });
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].1[5..8], [Arg::from("2026-03-01"), Arg::Text(None), true.into()]);
}

#[test]
fn u5_attached_contacts_are_listed_until_they_are_detached() {
    let (subscription, product) = (SubscriptionId(id(3)), ProductId(id(2)));
    let input = ContactInput { last_name: Some("Durand".into()), ..ContactInput::default() };
    let attached = given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: AccountId(id(9)), kind: ContactKind::Person, input }.decide())
        .event(ContactEvent::from(SubscriptionAttached { subscription, product }));
    let rows = |h: &domain::testing::Given| {
        (READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &h.folded })
    };
    assert_eq!(rows(&attached), [(1, vec![id(3).into(), id(1).into(), id(9).into()])]);
    assert!(rows(&attached.event(ContactEvent::from(SubscriptionDetached { subscription, product }))).is_empty());
}
