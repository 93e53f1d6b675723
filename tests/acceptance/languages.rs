//! French and English throughout (row B14): every word and field of the schema that people see has a label in both languages, every code that is
//! told has a sentence.

use crate::place::{codes, everywhere, text};
use serde_json::json;
use sesame::i18n::{
    labels::{choice, label},
    lang::Lang,
    messages,
};
use std::{collections::BTreeSet, fs, path::Path};

/// Words for programs alone: which column a list is in order of, which form is asked about.
const FOR_PROGRAMS: [&str; 3] = ["ContactOrderField", "OrderDirection", "InputForm"];
/// Fields that no form shows: what a request carries besides, and how questions are narrowed.
const CARRIED: [&str; 3] = ["clientMutationId", "idempotencyKey", "expectedVersion"];

/// The blocks of one kind in the schema: name, and lines of the body without descriptions.
fn blocks(kind: &str) -> Vec<(String, Vec<String>)> {
    let sdl = sesame::graphql::sdl();
    let mut all = Vec::new();
    for block in sdl.split(&format!("\n{kind} ")).skip(1) {
        let (head, rest) = block.split_once('{').unwrap();
        let (body, _) = rest.split_once("\n}").unwrap();
        // Descriptions stand in quotes, on lines of their own.
        let lines = body.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('"'));
        all.push((head.split_whitespace().next().unwrap().to_owned(), lines.map(str::to_owned).collect()));
    }
    all
}

#[test]
fn b14_every_word_and_every_field_of_a_form_has_a_label_in_both_languages() {
    let mut missing = BTreeSet::new();
    let enums = blocks("enum");
    assert!(enums.len() > 15, "{enums:?}");
    for (name, values) in enums.iter().filter(|(name, _)| !FOR_PROGRAMS.contains(&name.as_str())) {
        for value in values
            .iter()
            .filter(|value| value.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit()))
        {
            for lang in [Lang::Fr, Lang::En] {
                if choice(name, value, lang).is_none_or(|text| text.trim().is_empty()) {
                    missing.insert(format!("{name}.{value}"));
                }
            }
        }
    }
    let inputs = blocks("input");
    assert!(inputs.len() > 20);
    for (name, fields) in inputs.iter().filter(|(name, _)| name.ends_with("Input") && name != "OpeningInput") {
        for field in fields.iter().filter_map(|line| line.split_once(':').map(|(field, _)| field)) {
            let named = field.chars().all(|c| c.is_ascii_alphanumeric());
            for lang in [Lang::Fr, Lang::En] {
                if named && !CARRIED.contains(&field) && label(field, lang) == field {
                    missing.insert(format!("{name}.{field}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "without a label in src/i18n/labels.rs: {missing:#?}");
}

#[test]
fn b14_every_code_that_is_told_has_a_sentence() {
    let known: BTreeSet<&str> = messages::codes().collect();
    let mut told = BTreeSet::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |text| {
        for call in ["errors::top(", "errors::invalid(", " top(", "Problem::new(", "message("] {
            for after in text.split(call).skip(1) {
                // A code is the first text in the call's first two hundred characters.
                let near: String = after.chars().take(200).collect();
                let Some(code) = near.split('"').nth(1) else { continue };
                let is_code = code.len() > 3 && code.chars().all(|c| c.is_ascii_uppercase() || c == '_');
                if is_code && !near.split('"').next().unwrap_or_default().contains(['{', ';']) {
                    told.insert(code.to_owned());
                }
            }
        }
    });
    assert!(told.contains("NOT_FOUND") && told.contains("LIVE_PROTOCOL") && told.contains("TOO_SLOW"), "{told:?}");
    // A mistake in a document is its programmer's: GraphQL tells it in English.
    told.remove("GRAPHQL_VALIDATION_FAILED");
    let missing: Vec<_> = told.iter().filter(|code| !known.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "without a sentence in src/i18n/messages.rs: {missing:?}");
    for code in known {
        let said = [Lang::Fr, Lang::En].map(|lang| messages::message(code, lang, &[]));
        assert!(
            said.iter().all(|text| !text.trim().is_empty() && text != code) && said[0] != said[1],
            "{code}: {said:?}"
        );
    }
}

fn sources(folder: &Path, with: &mut impl FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.extension() {
            _ if path.is_dir() => sources(&path, with),
            Some(extension) if extension == "rs" => with(&fs::read_to_string(&path).unwrap()),
            _ => {}
        }
    }
}

#[tokio::test]
async fn b14_a_refusal_of_a_journey_speaks_the_reader_s_language() {
    for mut place in everywhere().await {
        let input = json!({ "accountId": place.account, "contacts": [
            { "lastName": "A", "email": "a@exemple.fr" }, { "lastName": "B", "email": "a@exemple.fr" }, { "email": "x" } ] });
        for (lang, repeated, invalid) in
            [("fr", "contact n° 1", "n’est pas valable"), ("en", "contact no. 1", "not valid")]
        {
            place.lang = lang;
            let payload = place.change("submitContacts", input.clone(), "").await;
            let said: Vec<String> =
                payload["userErrors"].as_array().unwrap().iter().map(|e| text(&e["message"])).collect();
            let plain: Vec<String> = said.iter().map(|text| text.replace(['\u{a0}', '\u{202f}'], " ")).collect();
            assert!(plain[0].contains(repeated) && plain[1].contains(invalid), "{said:?}");
        }
        place.lang = "fr";
        let answer = place
            .ask("query($id: ID!) { whoCouldOpen(productId: $id) { totalCount } }", json!({ "id": "prd_1" }))
            .await;
        assert_eq!(codes(&answer), ["NOT_FOUND"]);
        assert!(text(&answer["errors"][0]["message"]).starts_with("Cet élément"), "{answer}");
    }
}
