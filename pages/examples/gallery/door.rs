//! Coming in.

use crate::{Book, Done};
use pages::{
    door,
    parts::{Form, Wrong},
};

pub fn write(book: &Book) -> Done {
    let reached = |n: usize| door::Reached {
        account: n.to_string(),
        number: format!("1000{n:02}"),
        company_name: if n == 0 { "Éditions du Phare".into() } else { format!("Club sportif {n}") },
        profile: if n == 0 { "CLIENT" } else { "GUEST" }.into(),
    };
    let wrong = Form {
        wrong: vec![Wrong {
            code: "SIGN_IN_FAILED".into(),
            field: None,
            message: "L’adresse et le mot de passe ne vont pas ensemble.".into(),
        }],
        ..Form::of([("email", "lea@exemple.fr".into())])
    };
    let out = || book.outside();
    book.write("sign-in", door::SignIn { cx: out(), form: Form::default(), next: String::new() })?;
    book.write("sign-in-error", door::SignIn { cx: out(), form: wrong, next: String::new() })?;
    book.write("forgot", door::AskMail { cx: out(), form: Form::default(), sign_up: false, sent: false })?;
    book.write("sent", door::AskMail { cx: out(), form: Form::default(), sign_up: true, sent: true })?;
    book.write("code", door::SecondFactor { cx: out(), form: Form::default(), next: String::new() })?;
    let accounts = (0..12).map(reached).collect();
    book.write("choose", door::Choose { cx: out(), search: String::new(), accounts, more: true })
}
