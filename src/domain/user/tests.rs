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
