//! Rules of sign-ups (rows A2, A3, A8, A9, B9).
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, Code, ContactId, RegistrationId, UserId,
    contact::Details,
    testing::{Given, given, id, refused},
    values::Email,
};

const ACCOUNT: AccountId = AccountId(id(1));

fn sign_up(user: Option<u128>, email_verified: bool) -> SignUp {
    SignUp {
        email: " Anne@Exemple.FR ".into(),
        email_verified,
        device: "Pixel 9".into(),
        last_name: Some("Dupont".into()),
        user: user.map(|n| UserId(id(n))),
        ..SignUp::default()
    }
}

fn waiting(user: Option<u128>, verified: bool) -> Given {
    given().at("2026-03-01T09:00:00Z").decided(sign_up(user, verified).read().map(|read| read.wait(ACCOUNT)))
}

fn of(given: &Given) -> &RegistrationState {
    given.state().registration().unwrap()
}

#[test]
fn a8_a_sign_up_has_an_email_in_its_normal_form_and_a_device() {
    let given = waiting(None, false);
    assert_eq!(of(&given).who.email, Some(Email::parse("anne@exemple.fr").unwrap()));
    assert!(of(&given).is_waiting());
    let bad = SignUp { email: "no".into(), last_name: Some("x".repeat(201)), ..SignUp::default() }.read();
    let codes: Vec<_> = bad.unwrap_err().0.into_iter().map(|r| (r.code, r.field.join("."))).collect();
    let expected = [(Code::TooLong, "lastName"), (Code::Required, "device"), (Code::EmailInvalid, "email")];
    assert_eq!(codes, expected.map(|(code, field)| (code, field.to_owned())));
    let none = SignUp { device: "x".into(), ..SignUp::default() }.read().unwrap_err();
    assert_eq!(none.0[0].code, Code::Required);
}

#[test]
fn a3_nobody_gets_what_another_left_behind_under_an_email_that_was_never_shown_to_be_theirs() {
    let again = |waits: (Option<u128>, bool), comes: (Option<u128>, bool)| {
        sign_up(comes.0, comes.1).read().unwrap().again(of(&waiting(waits.0, waits.1)))
    };
    let same = |events: usize, answer: Result<Again, _>| match answer {
        Ok(Again::Same(found)) => assert_eq!(found.len(), events),
        other => unreachable!("{other:?}"),
    };
    // Somebody signed up with Anne's address and never showed it to be theirs; then comes Anne, who has it.
    assert_eq!(again((Some(9), false), (Some(10), true)), Ok(Again::Replaces));
    assert_eq!(again((None, false), (None, true)), Ok(Again::Replaces), "who it is, is not known: it may be another");
    assert_eq!(again((Some(9), false), (None, true)), Ok(Again::Replaces));
    // The same person, who has shown it meanwhile.
    same(1, again((Some(9), false), (Some(9), true)));
    // Whoever has not shown it gets nothing of who has.
    for comes in [(None, false), (Some(10), false)] {
        assert_eq!(again((Some(9), true), comes).unwrap_err().0[0].code, Code::EmailNotVerified);
    }
    same(0, again((Some(9), true), (Some(9), false)));
    // Of two with equal right the same person's are one, and the later of two people's stands.
    same(0, again((None, true), (Some(9), true)));
    assert_eq!(again((Some(9), true), (Some(10), true)), Ok(Again::Replaces));
    assert_eq!(again((Some(9), false), (Some(10), false)), Ok(Again::Replaces));
    // On another device.
    let tablet = SignUp { device: "iPad".into(), ..sign_up(None, true) }.read().unwrap();
    same(1, tablet.again(of(&waiting(None, true))));
}

#[test]
fn a3_it_is_linked_only_when_the_email_is_known_to_be_theirs_even_by_a_person() {
    let (registration, contact) = (RegistrationId(id(15)), ContactId(id(16)));
    let link = |given: &Given| MatchRegistration { registration, contact }.decide(of(given));
    assert_eq!(link(&waiting(None, false)).unwrap_err().0[0].code, Code::EmailNotVerified);
    let given = waiting(Some(9), false);
    let verified = VerifyRegistrationEmail.decide(of(&given));
    let given = given.decided(verified);
    assert_eq!(VerifyRegistrationEmail.decide(of(&given)), Ok(vec![]));
    let (matched, linked) = link(&given).unwrap();
    assert_eq!((linked.user, linked.registration), (Some(UserId(id(9))), Some(registration)));
    assert_eq!(linked.devices, ["Pixel 9"]);
    let given = matched.into_iter().fold(given, Given::event);
    assert!(!of(&given).is_waiting());
    assert_eq!(link(&given).unwrap_err().0[0].code, Code::NotAllowedNow);
}

#[test]
fn a3_another_email_on_the_app_s_side_has_to_be_shown_again() {
    let given = waiting(None, true);
    let change = |given: &Given, email: &str, email_verified| {
        ChangeRegistrationEmail { email: email.into(), email_verified }.decide(of(given))
    };
    assert_eq!(change(&given, "ANNE@exemple.fr", false), Ok(vec![]));
    assert_eq!(refused(change(&given, " ", true)), Code::Required);
    let changed = change(&given, "anne.d@exemple.fr", false);
    let given = given.decided(changed);
    assert_eq!(
        (of(&given).email_verified, of(&given).who.email.as_ref().unwrap().as_str()),
        (false, "anne.d@exemple.fr")
    );
    let shown = change(&given, "anne.d@exemple.fr", true);
    assert!(of(&given.decided(shown)).email_verified);
}

#[test]
fn a18_one_that_waits_is_turned_away_once_and_erased_at_any_time() {
    let given = waiting(None, true);
    let away = TurnAway::default().decide(of(&given));
    let given = given.decided(away);
    assert_eq!(TurnAway::default().decide(of(&given)), Ok(vec![]));
    assert_eq!(refused(VerifyRegistrationEmail.decide(of(&given))), Code::NotAllowedNow);
    let erased = EraseRegistration.decide(of(&given));
    let given = given.decided(erased);
    assert_eq!((&of(&given).who, of(&given).devices.len()), (&SignedUpWho::default(), 0));
    assert_eq!(EraseRegistration.decide(of(&given)), Ok(vec![]));
    assert_eq!(refused(TurnAway::default().decide(of(&given))), Code::NotAllowedNow);
}

fn who(first: &str, last: &str, email: &str, phone: &str) -> SignedUpWho {
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    SignedUpWho { first_name: some(first), last_name: some(last), email: Email::parse(email).ok(), phone: some(phone) }
}

fn details(first: &str, last: &str, email: &str, phone: &str) -> Details {
    let SignedUpWho { first_name, last_name, email, phone } = who(first, last, email, phone);
    Details { first_name, last_name, email, phone, ..Details::default() }
}

#[test]
fn b9_likeness_is_a_name_a_phone_or_an_email_that_was_meant() {
    use Resemblance::*;
    let zoe = who("Zoé", "L'Été", "zoe.lete@exemple.fr", "06 12 34 56 78");
    for (contact, reasons) in [
        (details("ZOE", "l ete", "", ""), vec![SameName]),
        // Typed the wrong way round.
        (details("L'Été", "Zoé", "", ""), vec![SameName]),
        (details("", "", "", "+33 6 12 34 56 78"), vec![SamePhone]),
        (details("", "", "zoe.lete@exempl.fr", ""), vec![NearEmail]),
        (details("", "", "zeo.lete@exemple.fr", ""), vec![NearEmail]),
        (details("", "", "zoe.lete@ailleurs.example", ""), vec![NearEmail]),
        (details("", "", "zoe.lete@exemple.fr", ""), vec![SameEmail]),
        (details("Zoé", "L'Été", "zoe.lete@exempl.fr", "0612345678"), vec![SameName, SamePhone, NearEmail]),
        (details("Marc", "L'Été", "", "0612345678"), vec![SamePhone, SameLastName]),
    ] {
        let likeness = resemblance(&zoe, &contact).unwrap_or_else(|| unreachable!("{contact:?}"));
        assert_eq!(likeness.reasons, reasons, "{contact:?}");
        assert!((30..=100).contains(&likeness.score));
    }
    for too_little in [
        details("Marc", "L'Été", "", ""),
        details("Zoé", "Durand", "", "0611111111"),
        details("", "", "paul@exemple.fr", "12"),
        details("", "", "", ""),
    ] {
        assert_eq!(resemblance(&zoe, &too_little), None, "{too_little:?}");
    }
    assert_eq!(resemblance(&SignedUpWho::default(), &details("", "", "", "")), None, "nothing is like nothing");
}

#[test]
fn b9_what_is_looked_for_is_narrow() {
    let (words, phone, start) = probe(&who("Zoé", "Dupont-Durand", "zoe.dupont@exemple.fr", "+33 (0)6 12 34 56 78"));
    assert_eq!(words, Some(("dupont".into(), "durand".into())));
    assert_eq!((phone.as_deref(), start.as_deref()), (Some("612345678"), Some("dupo")));
    assert_eq!(probe(&SignedUpWho::default()), (None, None, None));
    assert_eq!(probe(&who("Zoé", "", "a@exemple.fr", "12")), (Some(("zoe".into(), "zoe".into())), None, None));
}
