//! The promises of the messages: both languages alike, no hole, set as French printing asks.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

const BOTH: [Lang; 2] = [Lang::Fr, Lang::En];

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

fn every_param() -> Vec<(&'static str, String)> {
    let given = [
        ("field", "email"),
        ("max", "254"),
        ("min", "1"),
        ("missing", "line1, postalCode, city"),
        ("line", "12"),
        ("row", "11"),
        ("column", "3"),
        ("first", "2"),
        ("second", "5"),
        ("expected", "8"),
        ("found", "7"),
        ("value", "anne@"),
        ("date", "2026-03-31"),
        ("kind", "EXCEL_WORKBOOK"),
        ("remedy", "CLOSE_PORTAL_ACCOUNT"),
        ("seconds", "60"),
        ("why", "PAST"),
        ("parameter", "dryRun"),
        ("detail", "nonce"),
    ];
    given.map(|(name, value)| (name, value.to_owned())).to_vec()
}

#[test]
fn every_refusal_and_warning_of_the_rules_has_a_sentence() {
    for code in domain::refusal::Code::ALL {
        assert!(codes().any(|known| known == code.as_str()), "{}", code.as_str());
    }
}

#[test]
fn no_code_stands_twice() {
    assert_eq!(codes().collect::<BTreeSet<_>>().len(), codes().count());
}

#[test]
fn both_languages_have_the_same_placeholders_and_all_of_them_are_optional() {
    for (code, fr, en) in MESSAGES {
        assert_eq!(placeholders(fr), placeholders(en), "{code}");
        for text in [fr, en] {
            let outside: String =
                text.split('[').map(|part| part.rsplit_once(']').map_or(part, |(_, tail)| tail)).collect();
            assert!(!outside.contains(['{', '}']), "{code}: {outside}");
            assert_eq!(text.matches('[').count(), text.matches(']').count(), "{code}");
            for part in text.split('[').skip(1).filter_map(|part| part.split_once(']')) {
                assert!(!placeholders(part.0).is_empty(), "{code}: [{}] is never left out", part.0);
            }
            for name in placeholders(text) {
                assert!(name == "bytes" || every_param().iter().any(|(known, _)| *known == name), "{code}: {{{name}}}");
            }
        }
    }
}

#[test]
fn every_sentence_is_whole_with_all_values_with_none_and_with_each_alone() {
    let mut params: Vec<Vec<_>> = every_param().into_iter().map(|param| vec![param]).collect();
    params.extend([every_param(), Vec::new()]);
    for code in codes() {
        for lang in BOTH {
            for params in &params {
                let text = message(code, lang, params);
                assert!(!text.contains(['{', '}', '[', ']', '\'']), "{code}: {text}");
                assert!(
                    text.ends_with('.') && !text.contains("  ") && !text.contains(" ,") && !text.contains(" ."),
                    "{code}: {text}"
                );
                assert!(text.chars().next().is_some_and(char::is_uppercase) || text.starts_with('«'), "{code}: {text}");
                // What is wrong, and what to do about it: two sentences at least.
                assert!(text.matches(". ").count() >= 1, "{code}: {text}");
            }
        }
    }
}

#[test]
fn french_sentences_are_set_as_french_printing_asks() {
    for code in codes() {
        let text = message(code, Lang::Fr, &every_param());
        let chars: Vec<char> = text.chars().collect();
        for (place, c) in chars.iter().enumerate() {
            if [';', ':', '!', '?', '»'].contains(c) {
                assert_eq!(chars.get(place.wrapping_sub(1)), Some(&'\u{202f}'), "{code}: {text}");
            }
            if *c == '«' {
                assert_eq!(chars.get(place + 1), Some(&'\u{202f}'), "{code}: {text}");
            }
        }
    }
}

#[test]
fn values_are_shown_in_the_reader_s_language() {
    let told = |code, lang, params: &[(&str, &str)]| {
        let params: Vec<_> = params.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        message(code, lang, &params)
    };
    assert_eq!(
        told("REQUIRED", Lang::Fr, &[("field", "lastName")]),
        "«\u{202f}Nom\u{202f}»\u{202f}: cette information est obligatoire. Renseignez-la."
    );
    assert_eq!(told("REQUIRED", Lang::Fr, &[]), "Cette information est obligatoire. Renseignez-la.");
    assert_eq!(told("REQUIRED", Lang::En, &[("field", "modules.2.name")]), "Name: this is mandatory. Fill it in.");
    assert_eq!(
        told("ADDRESS_INCOMPLETE", Lang::Fr, &[("missing", "line1, postalCode, city")]),
        "L’adresse de livraison est incomplète. Complétez-la\u{202f}: Adresse (ligne 1), Code postal et Ville."
    );
    assert_eq!(
        told("ADVANCE_OUT_OF_RANGE", Lang::Fr, &[("min", "1"), ("max", "3650")]),
        "L’avance est hors limites. Choisissez un nombre plus petit ou plus grand, de 1 à 3\u{202f}650 pour cette unité."
    );
    assert_eq!(
        told("DATE_INVALID", Lang::En, &[("field", "endsOn"), ("min", "2026-03-31")]),
        "End: this date cannot be taken. Choose another, not before 31 March 2026."
    );
    assert_eq!(
        told("DUPLICATE_IN_FILE", Lang::Fr, &[("line", "12345")]),
        "Cette ligne répète un contact du fichier, celui de la ligne 12345. Gardez une seule des deux."
    );
    assert_eq!(
        told("FILE_TOO_BIG", Lang::En, &[("limit", "20971520")]),
        "The file is too large, at most 20\u{a0}MiB. Split it into several files."
    );
    assert_eq!(
        told("NOT_CSV", Lang::Fr, &[("kind", "EXCEL_WORKBOOK")]),
        "Ce n’est pas un fichier CSV mais un classeur Excel. Enregistrez-le au format CSV depuis votre tableur, puis importez-le."
    );
    assert_eq!(told("NOT_A_CODE", Lang::Fr, &[]), "NOT_A_CODE");
}

proptest! {
    #[test]
    fn a_value_is_shown_as_it_is_and_never_read_as_a_template(value in "[a-z{}\\[\\]%$]{1,20}") {
        let text = message("EMAIL_INVALID", Lang::En, &[("value", value.clone()), ("field", "email".to_owned())]);
        let expected = format!("This e-mail address ({value}) is not valid.");
        prop_assert!(text.starts_with(&expected), "{}", text);
    }

    #[test]
    fn no_value_breaks_a_sentence(value in any::<String>()) {
        for code in codes() {
            let params: Vec<_> = every_param().into_iter().map(|(name, _)| (name, value.clone())).collect();
            let text = message(code, Lang::Fr, &params);
            prop_assert!(!text.is_empty() && !text.chars().any(char::is_control));
        }
    }
}
