//! The login to the portal, « OUI / NON » (rows U11 to U15).
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, Code,
    account::{AccountState, OpenAccount},
    contact::{AddContact, ContactEvent, ContactInput, ContactPatch, ContactState, Submission},
    refusal::Refusals,
    testing::{Given, at, given, id, refused},
    values::{ContactKind, PortalRole},
};

const NOW: &str = "2026-03-01T09:00:00Z";

fn submit(portal: Option<Option<PortalRole>>) -> Submission {
    Submission { portal, verification_link: id(10), portal_link: id(11), at: at(NOW) }
}

fn form(kind: ContactKind, email: Option<&str>) -> AddContact {
    let input =
        ContactInput { last_name: Some("Dupont".into()), email: email.map(str::to_owned), ..ContactInput::default() };
    AddContact { account: AccountId(id(1)), kind, input }
}

fn of(given: &Given) -> &ContactState {
    given.state().contact().unwrap()
}

fn account() -> AccountState {
    let open = OpenAccount {
        account: AccountId(id(1)),
        number: "1".into(),
        company_name: "X".into(),
        locale: None,
        time_zone: None,
    };
    given().decided(open.decide()).state().account().unwrap().clone()
}

fn subscriber() -> Given {
    let add = submit(Some(Some(PortalRole::Subscriber))).add(form(ContactKind::Person, Some("anne@exemple.fr")));
    given().at(NOW).decided(add)
}

fn edit(given: &Given, portal: Option<Option<PortalRole>>, patch: ContactPatch) -> Result<Vec<ContactEvent>, Refusals> {
    submit(portal).edit(of(given), &account(), patch)
}

fn email(email: Option<&str>) -> ContactPatch {
    ContactPatch { email: Some(email.map(str::to_owned)), ..ContactPatch::default() }
}

#[test]
fn u13_a_login_needs_an_email_and_is_opened_with_the_contact() {
    let without = submit(Some(Some(PortalRole::Subscriber))).add(form(ContactKind::Person, None));
    assert_eq!(refused(without), Code::EmailRequired);
    let group = submit(Some(Some(PortalRole::Administrator))).add(form(ContactKind::Group, Some("a@exemple.fr")));
    assert_eq!(refused(group), Code::NotAllowedNow);
    let given = subscriber();
    let portal = of(&given).portal.as_ref().unwrap();
    assert_eq!((portal.role, portal.link), (PortalRole::Subscriber, (id(11), at("2026-03-08T09:00:00Z"))));
    // « NON » when there is none, and the same role again, are so already.
    let none = submit(Some(None)).add(form(ContactKind::Person, None)).unwrap();
    assert_eq!(none.len(), 1);
    assert_eq!(edit(&given, Some(Some(PortalRole::Subscriber)), ContactPatch::default()), Ok(vec![]));
    // The e-mail may come in the same submission as the login.
    let bare = crate::testing::given().at(NOW).decided(submit(None).add(form(ContactKind::Person, None)));
    assert_eq!(refused(edit(&bare, Some(Some(PortalRole::Subscriber)), ContactPatch::default())), Code::EmailRequired);
    let both = edit(&bare, Some(Some(PortalRole::Administrator)), email(Some("anne@exemple.fr"))).unwrap();
    assert_eq!(
        both.iter().map(ContactEvent::type_name).collect::<Vec<_>>(),
        ["contact.email_changed.v1", "portal.opened.v1", "email.verification_requested.v1"]
    );
}

#[test]
fn u13_the_email_of_an_open_login_goes_only_with_it() {
    let given = subscriber();
    for other in [None, Some("anne@autre.fr")] {
        let Refusals(refusals) = edit(&given, None, email(other)).unwrap_err();
        assert_eq!((refusals[0].code, refusals[0].field.join(".")), (Code::NotAllowedNow, "email".to_owned()));
        assert_eq!(refusals[0].params, [("remedy", "CLOSE_PORTAL_ACCOUNT".to_owned())]);
        let same = edit(&given, Some(Some(PortalRole::Subscriber)), email(other));
        assert_eq!(refused(same), Code::NotAllowedNow);
    }
    let group = ContactPatch { kind: Some(ContactKind::Group), ..ContactPatch::default() };
    assert_eq!(refused(edit(&given, None, group)), Code::NotAllowedNow);
    assert_eq!(edit(&given, None, email(Some(" ANNE@exemple.fr"))), Ok(vec![]), "the same address, written otherwise");
    let closed = edit(&given, Some(None), email(None));
    let closed = given.decided(closed);
    assert!(of(&closed).portal.is_none() && of(&closed).details.email.is_none());
}

#[test]
fn u11_another_role_keeps_the_login_and_its_link() {
    let given = subscriber();
    let open = OpenPortalAccount { role: PortalRole::Administrator, link: id(12), at: at("2026-03-05T09:00:00Z") };
    let events = open.decide(of(&given));
    let given = given.at("2026-03-05T09:00:00Z").decided(events);
    let portal = of(&given).portal.as_ref().unwrap();
    assert_eq!((portal.role, portal.link.0), (PortalRole::Administrator, id(11)));
    let closed = ClosePortalAccount.decide(of(&given));
    let closed = given.decided(closed);
    assert_eq!(ClosePortalAccount.decide(of(&closed)), Ok(vec![]));
    let again = OpenPortalAccount { role: PortalRole::Subscriber, link: id(13), at: at("2026-03-06T09:00:00Z") };
    let events = again.decide(of(&closed));
    let again = closed.decided(events);
    assert_eq!(of(&again).portal.as_ref().map(|p| p.link.0), Some(id(13)), "opened again: another link");
}

#[test]
fn u15_the_link_of_an_open_login_is_sent_again_and_the_one_before_is_void() {
    let given = subscriber();
    let again = |now| ResendPortalLink { link: id(12), at: at(now) };
    let Refusals(early) = again("2026-03-01T09:00:30Z").decide(of(&given)).unwrap_err();
    assert_eq!((early[0].code, &early[0].params[..]), (Code::NotAllowedNow, &[("seconds", "30".to_owned())][..]));
    // Long after the first one ran out.
    let events = again("2026-05-01T09:00:00Z").decide(of(&given));
    let given = given.at("2026-05-01T09:00:00Z").decided(events);
    let portal = of(&given).portal.as_ref().unwrap();
    assert_eq!((portal.role, portal.link), (PortalRole::Subscriber, (id(12), at("2026-05-08T09:00:00Z"))));
    assert_eq!(portal.opened.at, at(NOW), "the login is the same");
    let closed = ClosePortalAccount.decide(of(&given));
    let closed = given.decided(closed);
    let Refusals(none) = again("2026-06-01T09:00:00Z").decide(of(&closed)).unwrap_err();
    assert_eq!(
        (none[0].code, &none[0].params[..]),
        (Code::NotAllowedNow, &[("remedy", "OPEN_PORTAL_ACCOUNT".to_owned())][..])
    );
}
