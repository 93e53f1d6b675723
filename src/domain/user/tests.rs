//! What a login refuses, and what it adds up to.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    refusal::{Code, Refusals},
    testing::given,
};

fn register(email: &str) -> Result<Vec<UserEvent>, Refusals> {
    RegisterUser { email: email.into(), name: Some(" Zoé  Martin ".into()) }.decide()
}

#[test]
fn o1_a_login_has_one_email_which_is_theirs_once_it_is_verified() {
    let user = given().decided(register(" Zoe@Exemple.FR "));
    let state = user.folded.state.user().unwrap().clone();
    assert_eq!(state.email.as_ref().map(|e| e.as_str()), Some("zoe@exemple.fr"));
    assert_eq!(state.verified_email(), None, "not shown yet");
    let user = user.decided(VerifyUserEmail.decide(&state));
    let state = user.folded.state.user().unwrap();
    assert_eq!(state.verified_email(), state.email.as_ref());
    assert_eq!(VerifyUserEmail.decide(state), Ok(vec![]), "already so");
}

#[test]
fn o1_an_email_is_needed() {
    let code = |email| register(email).unwrap_err().0[0].code;
    assert_eq!((code(" "), code("nobody")), (Code::Required, Code::EmailInvalid));
}

#[test]
fn b8_an_erased_login_has_no_email_and_verifies_none() {
    let user = given().decided(register("zoe@exemple.fr")).event(UserEvent::from(UserErased {}));
    let state = user.folded.state.user().unwrap();
    assert_eq!(state.verified_email(), None);
    assert_eq!(VerifyUserEmail.decide(state).unwrap_err().0[0].code, Code::NotAllowedNow);
}

#[test]
fn a16_recovery_codes_go_with_the_app_and_an_unverified_login_has_neither() {
    let user = given().decided(register("zoe@exemple.fr"));
    let state = |user: &crate::testing::Given| user.folded.state.user().unwrap().clone();
    for change in [ChangeSignIn::Password, ChangeSignIn::EnableTotp, ChangeSignIn::RecoveryCodes] {
        assert_eq!(change.decide(&state(&user)).unwrap_err().0[0].code, Code::NotAllowedNow);
    }
    let user = user.event(UserEvent::from(UserEmailVerified {}));
    let without = ChangeSignIn::RecoveryCodes.decide(&state(&user)).unwrap_err();
    assert_eq!(without.0[0].code, Code::NotAllowedNow, "without an app");
    assert_eq!(ChangeSignIn::DisableTotp.decide(&state(&user)), Ok(vec![]), "already so");
    let user = user.clone().decided(ChangeSignIn::Password.decide(&state(&user)));
    let user = user.clone().decided(ChangeSignIn::EnableTotp.decide(&state(&user)));
    assert_eq!(ChangeSignIn::EnableTotp.decide(&state(&user)), Ok(vec![]), "already so");
    let user = user.clone().decided(ChangeSignIn::RecoveryCodes.decide(&state(&user)));
    let now = state(&user);
    assert!(now.password.is_some() && now.totp.is_some() && now.recovery_codes.is_some());
    let user = user.clone().decided(ChangeSignIn::DisableTotp.decide(&state(&user)));
    assert!(state(&user).totp.is_none() && state(&user).recovery_codes.is_none());
}
