//! What a mail says and to whom; and that nothing in a value becomes a header.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    Hope, Mail,
    message::{named, one_line},
    templates::{Part, TEMPLATES, fill, words_of},
};
use crate::i18n::lang::Lang;
use proptest::prelude::*;
use uuid::Uuid;

fn mail(name: &str, subject: &str) -> Mail {
    Mail {
        id: Uuid::from_u128(7),
        subject_id: None,
        template: "order_email".into(),
        from_name: name.into(),
        from: "noreply@sesame.example".into(),
        to_name: name.into(),
        to: "anne@exemple.fr".into(),
        subject: subject.into(),
        text: format!("{name}\r\n.\r\nMAIL FROM:<x@y.fr>"),
        html: "<p>x</p>".into(),
        lang: "fr",
        at: "2026-03-31T10:00:00Z".parse().unwrap(),
    }
}

/// The header lines of a message, unfolded.
fn headers(mail: &Mail) -> Vec<String> {
    let message = String::from_utf8(mail.message().unwrap().formatted()).unwrap();
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    assert!(head.split("\r\n").all(|line| line.len() <= 998 && line.is_ascii()), "{head}");
    head.replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n").map(str::to_owned).collect()
}

const NAMES: &[&str] = &[
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "Content-Language",
];

fn check(name: &str, subject: &str) {
    let mail = mail(name, subject);
    let headers = headers(&mail);
    let mut found: Vec<&str> = headers.iter().map(|line| line.split(':').next().unwrap()).collect();
    found.sort_unstable();
    let mut expected = NAMES.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "{headers:?}");
    let envelope = mail.message().unwrap().envelope().clone();
    assert_eq!(envelope.to().iter().map(ToString::to_string).collect::<Vec<_>>(), ["anne@exemple.fr"]);
    assert_eq!(envelope.from().unwrap().to_string(), "noreply@sesame.example");
}

#[test]
fn no_name_and_no_subject_becomes_a_header_or_another_reader() {
    for value in [
        "",
        " ",
        "Anne",
        "Anne\r\nBcc: eve@exemple.fr",
        "Anne\nBcc: eve@exemple.fr\n\nbody",
        "Anne\r\n\r\n<script>",
        "\u{2028}Bcc: eve@exemple.fr\u{85}",
        "eve@exemple.fr, \"x\" <mallory@exemple.fr>",
        "\"; Bcc: <eve@exemple.fr>; \"",
        "=?utf-8?q?Bcc:_eve@exemple.fr?=",
        "\u{202e}moc.elpmexe@eve\u{202c}",
        "شركة النور",
        "👩‍👩‍👧‍👦 été Œuvre",
        "\0\u{1b}[31m\u{7f}",
        &"é".repeat(20_000),
        &"a ".repeat(20_000),
        &format!("{}\r\nBcc: eve@exemple.fr", "x".repeat(990)),
    ] {
        check(value, value);
    }
}

proptest! {
    #[test]
    fn no_value_whatsoever_does(name in any::<String>(), subject in "\\PC*[\r\n]{0,3}(Bcc|To|X): \\PC*") {
        check(&name, &subject);
        let line = one_line(&name);
        prop_assert!(line.chars().count() <= 200 && !line.contains(['\r', '\n']));
    }
}

#[test]
fn a_name_that_is_an_address_becomes_no_link() {
    for (name, shown) in [
        ("https://piège.example/x", "https: / / piège. example/ x"),
        ("Gagnez sur www.piège.example", "Gagnez sur www. piège. example"),
        ("eve@exemple.fr", "eve@ exemple. fr"),
        ("S.A.R.L. Dupont. Fils : et Cie", "S. A. R. L. Dupont. Fils : et Cie"),
    ] {
        assert_eq!(named(name).replace('\u{200b}', " "), shown);
        assert_eq!(named(name).replace('\u{200b}', ""), name, "what is seen is the name");
    }
}

#[test]
fn an_address_that_cannot_be_one_is_refused_for_good() {
    for address in ["", "x", "a@b.fr\r\nBcc: c@d.fr", "a@b.fr, c@d.fr", "<a@b.fr>"] {
        let refused = Mail { to: address.into(), ..mail("Anne", "x") }.message().unwrap_err();
        assert!(refused.hope == Hope::Never && refused.reason == "ADDRESS", "{address:?}");
    }
}

#[test]
fn values_are_put_in_once_and_a_line_without_its_value_is_left_out() {
    let values = vec![("a", "{{b}} {{a}}".to_owned()), ("b", "B".to_owned())];
    assert_eq!(fill("{{a}}, {{ b }}!", &values).unwrap(), "{{b}} {{a}}, B!");
    assert_eq!(fill("{{c}}", &values), None);
    assert_eq!(fill("{{a", &values), None);
    assert_eq!(fill("}} {", &values).unwrap(), "}} {");
}

#[test]
fn every_mail_has_the_same_parts_and_values_in_both_languages() {
    let values = |text: &str| {
        let mut names: Vec<String> =
            text.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap().to_owned()).collect();
        names.sort();
        names.dedup();
        names
    };
    let all = |parts: &[Part]| -> String {
        parts
            .iter()
            .map(|part| match part {
                Part::Say(text) | Part::Link(text) => (*text).to_owned(),
                Part::Quote(name) => format!("{{{{{name}}}}}"),
            })
            .collect()
    };
    for (name, fr, en) in TEMPLATES {
        assert_eq!(values(fr.subject), values(en.subject), "{name}");
        assert_eq!(values(&all(fr.parts)), values(&all(en.parts)), "{name}");
        assert_ne!(fr.subject, en.subject, "{name}");
        let links = |parts: &[Part]| parts.iter().filter(|p| matches!(p, Part::Link(_))).count();
        assert_eq!(links(fr.parts), links(en.parts), "{name}");
        assert!(
            !all(fr.parts).contains("http") && !all(en.parts).contains("http"),
            "{name}: links are made, not written"
        );
        assert!(words_of(name, Lang::Fr).is_some());
    }
}
