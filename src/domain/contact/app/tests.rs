//! Rules of a contact's registration in the app (rows A16 to A19).
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, Code, RegistrationId, UserId,
    account::{AccountState, OpenAccount, SetPolicies},
    contact::{AddContact, ContactEvent, ContactInput, ContactState, Deleted, Erased},
    testing::{Given, at, given, id, refused},
    values::{ContactKind, RegistrationPolicy, RegistrationStatus},
};

const NOON: &str = "2026-03-02T11:00:00Z";
const ACCOUNT: AccountId = AccountId(id(1));

fn account(registration: RegistrationPolicy) -> AccountState {
    let (number, company_name) = ("C-1".to_owned(), "Club".to_owned());
    let opened =
        given().decided(OpenAccount { account: ACCOUNT, number, company_name, locale: None, time_zone: None }.decide());
    let policies = SetPolicies { registration: Some(registration), ..SetPolicies::default() };
    let decision = policies.decide(opened.state().account().unwrap());
    opened.decided(decision).state().account().unwrap().clone()
}

fn contact(kind: ContactKind, email: Option<&str>) -> Given {
    let input =
        ContactInput { last_name: Some("Dupont".into()), email: email.map(str::to_owned), ..ContactInput::default() };
    given().at("2026-03-01T09:00:00Z").decided(AddContact { account: ACCOUNT, kind, input }.decide()).at(NOON)
}

fn anne() -> Given {
    contact(ContactKind::Person, Some("anne@exemple.fr"))
}

fn of(given: &Given) -> &ContactState {
    given.state().contact().unwrap()
}

fn link(user: Option<u128>) -> LinkSignUp {
    LinkSignUp { registration: None, user: user.map(|n| UserId(id(n))), devices: vec!["Pixel 9".into()] }
}

fn registered(policy: RegistrationPolicy) -> Given {
    let before = anne();
    let decision = link(Some(9)).decide(of(&before), &account(policy));
    before.decided(decision)
}

fn status(given: &Given) -> RegistrationStatus {
    of(given).registration.as_ref().unwrap().status
}

fn then(given: Given, decide: impl FnOnce(&ContactState) -> Result<Vec<ContactEvent>, crate::Refusals>) -> Given {
    let decision = decide(of(&given));
    given.decided(decision)
}

#[test]
fn a17_a_sign_up_that_is_the_contact_s_registers_it_on_its_device() {
    let given = registered(RegistrationPolicy::Automatic);
    let registration = of(&given).registration.as_ref().unwrap();
    assert_eq!((registration.status, registration.let_in), (RegistrationStatus::Registered, None));
    assert_eq!(registration.devices[0].model, "Pixel 9");
    // A second device is noted, a known one is not noted again.
    let again = |device: &str| RecordDevice { device: device.to_owned() }.decide(of(&given));
    assert_eq!(again(" Pixel 9 "), Ok(vec![]));
    let given = given.clone().decided(again("iPad"));
    assert_eq!(of(&given).registration.as_ref().unwrap().devices.len(), 2);
    assert_eq!(refused(RecordDevice { device: " ".into() }.decide(of(&given))), Code::Required);
    assert_eq!(refused(RecordDevice { device: "x".repeat(DEVICE_MAX + 1) }.decide(of(&given))), Code::TooLong);
    assert_eq!(refused(RecordDevice { device: "x".into() }.decide(of(&anne()))), Code::NotAllowedNow);
}

#[test]
fn a17_an_app_that_names_each_start_differently_does_not_grow_the_sheet_for_ever() {
    let mut given = registered(RegistrationPolicy::Automatic);
    for n in 0..40 {
        given = then(given, |c| RecordDevice { device: format!("start {n}") }.decide(c));
    }
    assert_eq!(of(&given).registration.as_ref().unwrap().devices.len(), DEVICES_MAX);
}

#[test]
fn a18_where_the_account_validates_each_it_waits_is_let_in_turned_away_and_let_in_again() {
    let given = registered(RegistrationPolicy::Manual);
    assert_eq!(status(&given), RegistrationStatus::PendingValidation);
    let given = then(given, |c| ValidateRegistration.decide(c));
    assert_eq!(status(&given), RegistrationStatus::Registered);
    assert_eq!(of(&given).registration.as_ref().unwrap().let_in.unwrap().at, at(NOON));
    assert_eq!(ValidateRegistration.decide(of(&given)), Ok(vec![]));
    let given = then(given, |c| RefuseRegistration.decide(c));
    assert_eq!((status(&given), RefuseRegistration.decide(of(&given))), (RegistrationStatus::Refused, Ok(vec![])));
    let given = then(given, |c| ValidateRegistration.decide(c));
    assert_eq!(status(&given), RegistrationStatus::Registered);
    for none in [ValidateRegistration.decide(of(&anne())), RefuseRegistration.decide(of(&anne()))] {
        assert_eq!(refused(none), Code::NotAllowedNow);
    }
}

#[test]
fn a3_what_a_sign_up_is_to_a_contact_depends_on_who_is_registered_as_it() {
    let user = |n| Some(UserId(id(n)));
    assert_eq!(fit(of(&anne()), user(9)), Fit::New);
    let given = registered(RegistrationPolicy::Automatic);
    assert_eq!(fit(of(&given), user(9)), Fit::Known);
    assert_eq!(fit(of(&given), None), Fit::Known);
    assert_eq!(fit(of(&given), user(10)), Fit::None, "somebody else is never put in its place by itself");
    assert_eq!(fit(of(&contact(ContactKind::Group, Some("club@exemple.fr"))), None), Fit::None);
    assert_eq!(fit(of(&anne().event(ContactEvent::from(Deleted {}))), None), Fit::None);
}

#[test]
fn a3_a_person_may_put_another_sign_up_in_the_place_of_the_one_before() {
    let given = registered(RegistrationPolicy::Manual);
    let sign_up = Some(RegistrationId(id(15)));
    let other = LinkSignUp { registration: sign_up, ..link(Some(10)) };
    let decision = other.clone().decide(of(&given), &account(RegistrationPolicy::Automatic));
    let after = given.clone().decided(decision);
    let registration = of(&after).registration.as_ref().unwrap();
    assert_eq!((registration.user, registration.sign_up), (Some(UserId(id(10))), sign_up));
    assert!(registration.let_in.is_some(), "the one before waited: it opens from now on");
    let group = contact(ContactKind::Group, None);
    assert_eq!(refused(other.decide(of(&group), &account(RegistrationPolicy::Automatic))), Code::NotAllowedNow);
}

#[test]
fn a16_an_invitation_needs_an_address_and_somebody_who_is_not_registered_and_is_not_repeated_at_once() {
    let invite = |given: &Given, again, time| InviteToApp { link: id(20), again, at: at(time) }.decide(of(given));
    assert_eq!(refused(invite(&contact(ContactKind::Person, None), false, NOON)), Code::EmailRequired);
    assert_eq!(refused(invite(&registered(RegistrationPolicy::Manual), false, NOON)), Code::NotAllowedNow);
    assert_eq!(
        refused(invite(&contact(ContactKind::Group, Some("club@exemple.fr")), false, NOON)),
        Code::NotAllowedNow
    );
    assert_eq!(refused(invite(&anne(), true, NOON)), Code::NotAllowedNow);
    let given = anne();
    let first = invite(&given, false, NOON);
    let given = given.decided(first);
    assert_eq!(refused(invite(&given, true, "2026-03-02T11:04:59Z")), Code::NotAllowedNow);
    let again = InviteToApp { link: id(21), again: true, at: at("2026-03-02T11:05:00Z") }.decide(of(&given));
    let given = given.decided(again);
    assert_eq!(of(&given).app_invitation.as_ref().unwrap().id, id(21), "the link before opens nothing any more");
}

#[test]
fn b8_nothing_of_the_devices_is_left_of_an_erased_person() {
    let given = registered(RegistrationPolicy::Automatic).event(ContactEvent::from(Erased {}));
    let registration = of(&given).registration.as_ref().unwrap();
    assert!(registration.devices.is_empty());
    assert_eq!(refused(ValidateRegistration.decide(of(&given))), Code::ContactErased);
}
