//! Rows of this read model, table by table.

use super::*;
use crate::{Source, sql::Arg};
use domain::{
    AccountId, ContactId, Private,
    address::Address,
    contact::{AddContact, AddressPrivate, ContactEvent, ContactInput, DeliveryAddressSet},
    testing::{Given, day, given, id},
    values::ContactKind,
};

fn address(line: &str) -> Address {
    Address {
        line1: Some(line.into()),
        postal_code: Some("29200".into()),
        city: Some("Brest".into()),
        ..Address::default()
    }
}

fn rows(history: &Given) -> crate::Rows {
    (READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &history.folded })
}

fn contact(address: Option<Address>) -> Given {
    let input = ContactInput {
        last_name: Some("Durand".into()),
        phone: Some("06 12".into()),
        address,
        ..ContactInput::default()
    };
    given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: AccountId(id(9)), kind: ContactKind::Person, input }.decide())
}

#[test]
fn u2_a_subscriber_is_a_contact_with_a_delivery_address() {
    assert!(rows(&contact(None)).is_empty());
    let rows = rows(&contact(Some(address("1 rue A"))));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].1.last(), Some(&Arg::from("1 rue A\n29200 Brest")));
    assert_eq!(rows[0].1[1..3], [Arg::from(""), Arg::Text(None)], "always before, and for good");
}

#[test]
fn u3_an_address_for_some_days_stands_beside_the_one_before_and_after() {
    let summer = DeliveryAddressSet {
        from: Some(day("2026-07-01")),
        until: Some(day("2026-09-01")),
        private: Private::Known(AddressPrivate { address: Some(address("2 quai B")) }),
    };
    let rows = rows(&contact(Some(address("1 rue A"))).event(ContactEvent::from(summer)));
    let spans: Vec<_> = rows.iter().map(|(_, row)| (row[1].clone(), row[2].clone(), row[12].clone())).collect();
    assert_eq!(
        spans,
        [
            (Arg::from(""), Arg::from("2026-07-01"), Arg::from("1 rue A\n29200 Brest")),
            (Arg::from("2026-07-01"), Arg::from("2026-09-01"), Arg::from("2 quai B\n29200 Brest")),
            (Arg::from("2026-09-01"), Arg::Text(None), Arg::from("1 rue A\n29200 Brest")),
        ]
    );
}
