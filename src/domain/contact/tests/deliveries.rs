//! Subscribers and where deliveries go: rows U2, U3, U8, U9, B16.

use super::{
    ACCOUNT, NOW, PRODUCT, SUBSCRIPTION, account, added, address, anne, of, product, product_of, some, then, told,
};
use crate::{
    Code, Private, Refusals,
    address::Address,
    contact::{
        AddressPrivate, AttachContact, ContactEvent, ContactInput, ContactPatch, DeliveryAddressSet, EditContact,
        SetDeliveryAddress, subscriber_fields_missing,
    },
    testing::{Given, at, day},
};

fn city(name: &str) -> Address {
    Address { city: some(name), ..address() }
}

fn set(
    given: &Given,
    address: Option<Address>,
    from: Option<&str>,
    until: Option<&str>,
) -> Result<Vec<ContactEvent>, Refusals> {
    let set = SetDeliveryAddress { address, from: from.map(day), until: until.map(day), at: at(NOW) };
    set.decide(of(given), &account())
}

#[track_caller]
fn moved(given: Given, address: Option<Address>, from: Option<&str>, until: Option<&str>) -> Given {
    let events = set(&given, address, from, until);
    given.decided(events)
}

/// The town that deliveries go to on each of some days.
fn towns<const N: usize>(given: &Given, days: [&str; N]) -> [Option<String>; N] {
    days.map(|date| of(given).address_on(day(date)).and_then(|a| a.city.clone()))
}

fn at_home() -> Given {
    added(ContactInput { address: Some(city("Paris")), ..anne() })
}

#[test]
fn u2_a_subscriber_is_where_deliveries_go_not_who_logs_in() {
    let given = at_home();
    assert_eq!(of(&given).details.email, None, "no e-mail is needed to be delivered to");
    assert_eq!(subscriber_fields_missing(of(&given), &account(), at(NOW)), [""; 0]);
    assert_eq!(
        towns(&given, ["1950-01-01", "2100-01-01"]),
        [some("Paris"), some("Paris")],
        "the first address counts always"
    );
}

#[test]
fn u3_a_move_takes_effect_from_its_day_and_what_was_before_is_kept() {
    let given = moved(at_home(), Some(city("Lyon")), Some("2026-04-01"), None);
    assert_eq!(towns(&given, ["2026-03-31", "2026-04-01", "2030-01-01"]), [some("Paris"), some("Lyon"), some("Lyon")]);
    let given = moved(given, Some(city("Nice")), Some("2026-05-01"), None);
    assert_eq!(towns(&given, ["2026-03-31", "2026-04-30", "2026-05-01"]), [some("Paris"), some("Lyon"), some("Nice")]);
    // Without a day it counts from today.
    let given = moved(given, Some(city("Brest")), None, None);
    assert_eq!(
        towns(&given, ["2026-03-01", "2026-03-02", "2027-01-01"]),
        [some("Paris"), some("Brest"), some("Brest")]
    );
}

#[test]
fn b16_an_address_for_some_days_gives_way_to_the_one_before() {
    let given = moved(at_home(), Some(city("Nice")), Some("2026-07-01"), Some("2026-08-31"));
    let days = ["2026-06-30", "2026-07-01", "2026-08-31", "2026-09-01"];
    assert_eq!(towns(&given, days), [some("Paris"), some("Nice"), some("Nice"), some("Paris")]);
    // No deliveries for a week within.
    let given = moved(given, None, Some("2026-08-01"), Some("2026-08-07"));
    let days = ["2026-07-31", "2026-08-01", "2026-08-07", "2026-08-08"];
    assert_eq!(towns(&given, days), [some("Nice"), None, None, some("Nice")]);
}

#[test]
fn u3_setting_what_is_so_already_changes_nothing() {
    let home = at_home();
    assert_eq!(set(&home, Some(city(" Paris ")), None, None), Ok(vec![]));
    let given = moved(home, Some(city("Lyon")), Some("2026-01-01"), None);
    assert_eq!(set(&given, Some(city("Lyon")), None, None), Ok(vec![]), "also when it is so since an earlier day");
    let edit = |address| {
        let patch = ContactPatch { address: Some(Some(address)), ..ContactPatch::default() };
        EditContact { patch, at: at(NOW) }.decide(of(&given), &account())
    };
    assert_eq!(edit(city("Lyon")), Ok(vec![]));
    let expected = DeliveryAddressSet {
        from: Some(day("2026-03-02")),
        until: None,
        private: Private::Known(AddressPrivate { address: Some(city("Nice")) }),
    };
    assert_eq!(edit(city("Nice")), Ok(vec![expected.into()]), "the sheet's address counts from today");

    let planned = moved(given, Some(city("Metz")), Some("2026-10-01"), None);
    let again = moved(planned, Some(city("Lyon")), None, None);
    assert_eq!(towns(&again, ["2026-11-01"]), [some("Lyon")], "saving today's address takes back what was planned");
}

#[test]
fn u3_a_first_address_counts_for_always_unless_it_says_from_when() {
    let given = moved(added(anne()), Some(city("Paris")), None, None);
    assert_eq!(towns(&given, ["1950-01-01"]), [some("Paris")]);
    let given = moved(added(anne()), Some(city("Paris")), None, Some("2026-03-31"));
    assert_eq!(
        towns(&given, ["2026-03-01", "2026-03-02", "2026-03-31", "2026-04-01"]),
        [None, some("Paris"), some("Paris"), None]
    );
}

#[test]
fn u3_days_that_cannot_be_meant_are_refused() {
    let given = at_home();
    let wrong = |from, until| told(set(&given, Some(city("Lyon")), from, until));
    assert_eq!(wrong(Some("2026-04-02"), Some("2026-04-01")), [(Code::DateInvalid, "until".to_owned())]);
    assert_eq!(wrong(None, Some("2026-03-01")), [(Code::DateInvalid, "until".to_owned())], "it counts from today");
    assert_eq!(wrong(Some("1800-01-01"), None), [(Code::DateInvalid, "from".to_owned())]);
    assert!(set(&given, Some(city("Lyon")), Some("2026-04-01"), Some("2026-04-01")).is_ok(), "one day");
}

#[test]
fn u8_an_address_that_delivery_cannot_find_is_refused_and_names_what_is_missing() {
    let given = at_home();
    let incomplete = Address { line1: some("1 rue de la Paix"), ..Address::default() };
    let refusals = set(&given, Some(incomplete), None, None).unwrap_err().0;
    assert_eq!((refusals[0].code, refusals[0].field.join(".")), (Code::AddressIncomplete, "address".to_owned()));
    assert_eq!(refusals[0].params, [("missing", "postalCode, city".to_owned())]);
    let nowhere = Address { country: some("France"), ..address() };
    assert_eq!(told(set(&given, Some(nowhere), None, None)), [(Code::Invalid, "address.country".to_owned())]);
}

#[test]
fn u9_a_delivered_product_needs_a_subscriber_with_a_complete_address() {
    let delivered = product_of(ACCOUNT, true).state().product().unwrap().clone();
    let attach = |given: &Given, delivered| {
        AttachContact { subscription: SUBSCRIPTION, product: PRODUCT, at: at(NOW) }.decide(
            of(given),
            &account(),
            delivered,
        )
    };
    let missing = |given: &Given| {
        let refusals = attach(given, &delivered).unwrap_err().0;
        assert_eq!((refusals[0].code, refusals[0].field.join(".")), (Code::SubscriberRequired, "contactId".to_owned()));
        refusals[0].params[0].1.clone()
    };
    assert_eq!(missing(&added(anne())), "line1, postalCode, city");
    let incomplete =
        added(ContactInput { address: Some(Address { city: some("Paris"), ..Address::default() }), ..anne() });
    assert_eq!(missing(&incomplete), "line1, postalCode");
    // The address in force today decides.
    let later = moved(added(anne()), Some(address()), Some("2026-04-01"), None);
    assert_eq!(missing(&later), "line1, postalCode, city");
    let given = then(at_home(), |c| {
        AttachContact { subscription: SUBSCRIPTION, product: PRODUCT, at: at(NOW) }.decide(c, &account(), &delivered)
    });
    assert_eq!(of(&given).attached().count(), 1);
    assert!(attach(&added(anne()), &product()).is_ok(), "what is not delivered needs no address");
}
