//! A verification from the mail to the click, row by row.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, Code,
    contact::{AddContact, ContactEvent, ContactInput, ContactPatch, ContactState, Deleted, EditContact, Submission},
    refusal::Refusals,
    testing::{Given, at, given, id, refused},
    values::{ContactKind, EmailStatus},
};

fn submission(time: &str, link: u128) -> Submission {
    Submission { portal: None, verification_link: id(link), portal_link: id(99), at: at(time) }
}

fn form(kind: ContactKind, email: Option<&str>) -> AddContact {
    let input =
        ContactInput { last_name: Some("Dupont".into()), email: email.map(str::to_owned), ..ContactInput::default() };
    AddContact { account: AccountId(id(1)), kind, input }
}

const ADDED: &str = "2026-03-01T09:00:00Z";

fn added(kind: ContactKind, email: Option<&str>) -> Given {
    given().at(ADDED).decided(submission(ADDED, 10).add(form(kind, email)))
}

fn of(given: &Given) -> &ContactState {
    given.state().contact().unwrap()
}

fn request(given: &Given, link: u128, time: &str) -> Result<Vec<ContactEvent>, Refusals> {
    RequestVerification { link: id(link), at: at(time) }.decide(of(given))
}

fn verify(given: &Given, link: u128, time: &str) -> Result<Vec<ContactEvent>, Refusals> {
    VerifyEmail { link: id(link), at: at(time) }.decide(of(given))
}

fn edit(given: Given, patch: ContactPatch, link: u128) -> Given {
    let account = account();
    let events = submission("2026-03-02T09:00:00Z", link).edit(of(&given), &account, patch);
    given.at("2026-03-02T09:00:00Z").decided(events)
}

fn account() -> crate::account::AccountState {
    let open = crate::account::OpenAccount {
        account: AccountId(id(1)),
        number: "1".into(),
        company_name: "X".into(),
        locale: None,
        time_zone: None,
    };
    given().decided(open.decide()).state().account().unwrap().clone()
}

fn email(text: &str) -> ContactPatch {
    ContactPatch { email: Some(Some(text.into())), ..ContactPatch::default() }
}

#[test]
fn s2_a_person_who_is_added_is_asked_to_verify_and_the_link_verifies_once() {
    let given = added(ContactKind::Person, Some("anne@exemple.fr"));
    assert_eq!(of(&given).verification.status(), EmailStatus::Unverified);
    assert_eq!(of(&given).verification.link.as_ref().map(|(link, ..)| *link), Some(id(10)));
    assert_eq!(refused(verify(&given, 11, "2026-03-02T09:00:00Z")), Code::NotAllowedNow, "another link");
    let given = given.at("2026-03-02T09:00:00Z");
    let events = verify(&given, 10, "2026-03-02T09:00:00Z");
    let verified = given.decided(events);
    assert!(of(&verified).email_verified() && of(&verified).verification.status() == EmailStatus::Verified);
    assert_eq!(refused(verify(&verified, 10, "2026-03-02T09:00:01Z")), Code::NotAllowedNow, "used");
    assert_eq!(request(&verified, 12, "2026-03-03T09:00:00Z"), Ok(vec![]), "verified already");
}

#[test]
fn s2_a_link_opens_for_seven_days_and_nothing_once_the_contact_is_gone() {
    let given = added(ContactKind::Person, Some("anne@exemple.fr"));
    assert!(verify(&given, 10, "2026-03-08T08:59:59Z").is_ok());
    assert_eq!(refused(verify(&given, 10, "2026-03-08T09:00:00Z")), Code::NotAllowedNow);
    let deleted = given.event(ContactEvent::from(Deleted {}));
    assert_eq!(refused(verify(&deleted, 10, "2026-03-02T09:00:00Z")), Code::NotAllowedNow);
}

#[test]
fn s2_another_mail_waits_a_minute_and_its_link_replaces_the_first() {
    let given = added(ContactKind::Person, Some("anne@exemple.fr"));
    let Refusals(early) = request(&given, 11, "2026-03-01T09:00:59.5Z").unwrap_err();
    assert_eq!((early[0].code, early[0].params.as_slice()), (Code::NotAllowedNow, &[("seconds", "1".to_owned())][..]));
    let again = request(&given, 11, "2026-03-01T09:01:00Z");
    let given = given.at("2026-03-01T09:01:00Z").decided(again);
    assert_eq!(
        refused(verify(&given, 10, "2026-03-01T09:02:00Z")),
        Code::NotAllowedNow,
        "the first link opens nothing any more"
    );
    assert!(verify(&given, 11, "2026-03-08T09:00:59Z").is_ok());
}

#[test]
fn s3_a_group_is_asked_nothing_until_it_is_a_person() {
    let group = added(ContactKind::Group, Some("equipe@exemple.fr"));
    assert_eq!(of(&group).verification.link, None);
    assert_eq!(refused(request(&group, 11, "2026-03-03T09:00:00Z")), Code::NotAllowedNow);
    let person = edit(group, ContactPatch { kind: Some(ContactKind::Person), ..ContactPatch::default() }, 12);
    assert_eq!(of(&person).verification.link.as_ref().map(|(link, ..)| *link), Some(id(12)));
    // Without an e-mail there is nothing to verify.
    let silent = added(ContactKind::Person, None);
    assert_eq!(of(&silent).verification.link, None);
    assert_eq!(refused(request(&silent, 11, "2026-03-03T09:00:00Z")), Code::EmailRequired);
}

#[test]
fn a14_another_email_is_verified_anew_and_the_same_one_is_not() {
    let given = added(ContactKind::Person, Some("anne@exemple.fr"));
    let events = verify(&given, 10, "2026-03-01T10:00:00Z");
    let given = edit(given.decided(events), email("ANNE@exemple.fr "), 12);
    assert!(of(&given).email_verified(), "the same address, written otherwise");
    let given = edit(given, email("anne@autre.fr"), 13);
    assert!(!of(&given).email_verified());
    assert_eq!(refused(verify(&given, 10, "2026-03-02T10:00:00Z")), Code::NotAllowedNow);
    assert!(verify(&given, 13, "2026-03-02T10:00:00Z").is_ok());
    // A file or an ERP changes it without a word to the person, and it is as unverified.
    let verified = given.decided(Ok::<_, Refusals>(vec![ContactEvent::from(Verified {})]));
    let patched = EditContact { patch: email("anne@erp.fr"), at: at(ADDED) }.decide(of(&verified), &account());
    let patched = verified.decided(patched);
    assert!(!of(&patched).email_verified() && of(&patched).verification.link.is_none());
}

#[test]
fn s2_a_mail_that_came_back_is_known_until_the_address_is_verified() {
    let bounce = |given: &Given, email: &str| RecordBounce { email: email.into() }.decide(of(given));
    let given = added(ContactKind::Person, Some("anne@exemple.fr"));
    assert_eq!(bounce(&given, "anne@autre.fr"), Ok(vec![]), "not its address any more");
    assert_eq!(refused(bounce(&given, "anne")), Code::EmailInvalid);
    let events = bounce(&given, "Anne@Exemple.fr");
    let given = given.decided(events);
    assert_eq!(of(&given).verification.status(), EmailStatus::Bounced);
    assert_eq!(bounce(&given, "anne@exemple.fr"), Ok(vec![]), "known");
    let again = request(&given, 11, "2026-03-02T09:00:00Z");
    let given = given.at("2026-03-02T09:00:00Z").decided(again);
    assert_eq!(bounce(&given, "anne@exemple.fr").unwrap().len(), 1, "the next mail came back too");
    let events = verify(&given, 11, "2026-03-02T10:00:00Z");
    assert_eq!(of(&given.decided(events)).verification.status(), EmailStatus::Verified);
}
