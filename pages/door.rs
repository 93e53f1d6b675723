//! Coming in: signing in, signing up, a forgotten password, the code of an app, and choosing the account.

use crate::{Cx, parts::Form};
use askama::Template;

/// Signing in.
#[derive(Template, Debug)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// What every page shows.
    pub cx: Cx,
    /// What was typed.
    pub form: Form,
    /// Where to afterwards: a path of ours.
    pub next: String,
}

/// Asking for a login, or for a new password.
#[derive(Template, Debug)]
#[template(path = "ask_mail.html")]
pub struct AskMail {
    /// What every page shows.
    pub cx: Cx,
    /// What was typed.
    pub form: Form,
    /// Whether it is for a login: else for a new password.
    pub sign_up: bool,
    /// Whether it was sent: then what follows is told.
    pub sent: bool,
}

/// The code of an app, after the password.
#[derive(Template, Debug)]
#[template(path = "second_factor.html")]
pub struct SecondFactor {
    /// What every page shows.
    pub cx: Cx,
    /// What was typed.
    pub form: Form,
    /// Where to afterwards.
    pub next: String,
}

/// Showing again who one is, before what cannot be taken back.
#[derive(Template, Debug)]
#[template(path = "confirm.html")]
pub struct Confirm {
    /// What every page shows.
    pub cx: Cx,
    /// What was typed.
    pub form: Form,
    /// Where to afterwards: a path of ours.
    pub next: String,
    /// Whether a code of an app does as well.
    pub by_code: bool,
    /// Whether they came in by their account's provider, which asks them itself.
    pub by_provider: bool,
    /// Where the provider asks, once this browser is bound to it.
    pub provider: Option<String>,
}

/// An account that can be worked in.
#[derive(Debug, Clone)]
pub struct Reached {
    /// Its id.
    pub account: String,
    /// The customer number.
    pub number: String,
    /// What it is called.
    pub company_name: String,
    /// `CLIENT`, `CONTACT` or `GUEST`.
    pub profile: String,
}

/// Choosing the account to work in.
#[derive(Template, Debug)]
#[template(path = "choose.html")]
pub struct Choose {
    /// What every page shows.
    pub cx: Cx,
    /// What is searched.
    pub search: String,
    /// The accounts, by name.
    pub accounts: Vec<Reached>,
    /// Whether there are more than these.
    pub more: bool,
}
