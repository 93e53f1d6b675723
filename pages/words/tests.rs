//! Both languages say the same things, and nothing is said that no page asks for.

use super::{FILES, Words};
use crate::Lang;
use std::{collections::BTreeSet, fs, path::Path};

fn keys(file: &str) -> BTreeSet<&str> {
    let begins = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
    file.lines().filter(begins).filter_map(|line| line.split_once(" =")).map(|(key, _)| key).collect()
}

/// Every text of the crate that can ask for a word.
fn sources() -> String {
    fn gather(folder: &Path, all: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension().and_then(|e| e.to_str()) {
                None if path.is_dir() && !path.ends_with("target") => gather(&path, all),
                Some("rs" | "html") if !path.ends_with("tests.rs") => all.push_str(&fs::read_to_string(path).unwrap()),
                _ => {}
            }
        }
    }
    let mut all = String::new();
    gather(Path::new(env!("CARGO_MANIFEST_DIR")), &mut all);
    all
}

#[test]
fn d20_both_languages_have_the_same_keys_and_no_mistake() {
    for (name, french, english) in FILES {
        assert_eq!(keys(french), keys(english), "{name}.ftl");
    }
    for lang in Lang::ALL {
        assert_eq!(Words::of(lang).problems(), [] as [&str; 0], "{lang:?}");
    }
}

#[test]
fn d20_every_word_is_asked_for_and_every_word_asked_for_is_there() {
    let sources = sources();
    let words = Words::of(Lang::Fr);
    let all: BTreeSet<&str> = FILES.iter().flat_map(|(_, french, _)| keys(french)).collect();
    // Of a choice (`mode-ACTIVATED`) the beginning is asked for.
    let asked = |key: &str| {
        let choice = key.rsplit_once('-').filter(|(_, last)| last.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
        let key = key.strip_prefix("told-").unwrap_or(key);
        sources.contains(&format!("\"{key}\""))
            || choice.is_some_and(|(begins, _)| sources.contains(&format!("\"{begins}\"")))
    };
    let unused: Vec<_> = all.iter().filter(|key| !asked(key)).collect();
    assert_eq!(unused, [] as [&&str; 0], "said, and asked for by nobody");
    let mut missing = BTreeSet::new();
    for asked in sources.split("cx.t(\"").skip(1).chain(sources.split("cx.tn(\"").skip(1)) {
        let key = asked.split('"').next().unwrap_or_default();
        if !words.has(key) {
            missing.insert(key);
        }
    }
    assert_eq!(missing, BTreeSet::new(), "asked for, and said nowhere");
}
