//! What mailed links lead to, and what is told where there is no page.

use crate::{Book, Done};
use pages::{
    Cx,
    links::{Answered, App, Invitation, Mail, Mailbox, Password, Reader, SignIn, Told, Verify},
    parts::{Form, Wrong},
};

pub fn write(book: &Book) -> Done {
    // As they are served: no script, and no address that is handed on.
    let cx = || {
        let out = book.outside();
        Cx { path: String::new(), assets: pages::Assets { js: "", htmx: "", ..out.assets }, ..out }
    };
    let company = || "Éditions du Phare".to_owned();
    let email = || "zoe@exemple.fr".to_owned();
    let form = Form {
        wrong: vec![Wrong {
            code: "PASSWORD_TOO_EASY".into(),
            field: Some(vec!["password".into()]),
            message: "Ce mot de passe se devine trop facilement.".into(),
        }],
        ..Form::default()
    };
    let password = |purpose, form| Password { cx: cx(), email: email(), purpose, action: "x".into(), form };
    book.write("link-password", password("LOGIN", Form::default()))?;
    book.write("link-password-error", password("PORTAL", form))?;
    book.write("link-sign-in", SignIn { cx: cx(), email: email(), chosen: true })?;
    book.write("link-verify", Verify { cx: cx(), company: company(), action: Some("x".into()) })?;
    book.write("link-verified", Verify { cx: cx(), company: company(), action: None })?;
    let invitation = |reader| Invitation {
        cx: cx(),
        company: company(),
        number: "100023".into(),
        rights: vec!["BILLING".into(), "SUPPORT".into()],
        until: "2026-12-31".parse().ok(),
        expires_at: "2026-04-14T10:00:00Z".parse().unwrap_or_default(),
        action: "x".into(),
        reader,
    };
    book.write("invitation", invitation(Reader::Invited))?;
    book.write("invitation-nobody", invitation(Reader::Nobody))?;
    book.write("invitation-other", invitation(Reader::Other("max.de.la.tour@une-longue-adresse.example".into())))?;
    let answered = |accepted| Answered { cx: cx(), company: company(), account: "a".into(), accepted };
    book.write("invitation-accepted", answered(true))?;
    book.write("invitation-declined", answered(false))?;
    book.write("link-app", App { cx: cx(), company: company() })?;
    let told = |about, text: &str, reference: Option<&str>| Told {
        cx: cx(),
        about,
        texts: vec![text.into()],
        codes: Vec::new(),
        reference: reference.map(str::to_owned),
    };
    book.write("told-404", told("NOTHING_HERE", "Cette page n’existe pas, ou n’est pas à vous.", None))?;
    book.write("told-403", told("NOT_YOURS", "Vous n’avez pas le droit de faire cela.", None))?;
    let failed = "C’est noté de notre côté. Réessayez dans un moment.";
    book.write("told-500", told("FAILED", failed, Some("01JQ8Z4M8S9T0V1W2X3Y4Z5A6B")))?;
    book.write("told-spent", told("SPENT", "Demandez-en un autre.", None))?;
    let codes = (0..10).map(|n| format!("h4k{n}-9fw{n}-2mq{n}")).collect();
    let kept = "Chaque code remplace une fois celui de l’application.";
    book.write("told-codes", Told { codes, ..told("KEEP", kept, None) })?;
    let mail = |n: usize| {
        Mail {
        lang: "fr".into(),
        subject: format!("Vérifiez votre adresse e-mail ({n})"),
        to: "lea@atelier-fontaine.fr".into(),
        template: "verify_email".into(),
        at: "2026-03-31T10:00:00Z".parse().unwrap_or_default(),
        text: "Bonjour,\n\nÉditions du Phare vous a enregistré avec cette adresse. Confirmez qu’elle est à vous :\n\nhttps://sesame.exemple.fr/links/Q8sdf7Jsd8f7Gs87sdf6g8sd7fg6sd87fg\n\nÀ bientôt".into(),
    }
    };
    book.write("mailbox", Mailbox { cx: book.outside(), mails: vec![mail(2), mail(1)] })?;
    book.write("mailbox-empty", Mailbox { cx: book.outside(), mails: Vec::new() })
}
