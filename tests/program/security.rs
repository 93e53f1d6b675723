//! The security pages name files and tests that exist, leave out no requirement, and count right. Whether a verdict is deserved is not for a test to say.

use super::docs::collect_tests;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn file(name: &str) -> String {
    fs::read_to_string(place(name)).unwrap()
}

fn tests() -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for folder in ["tests", "src", "projections"] {
        collect_tests(&place(folder), &mut tests);
    }
    tests
}

/// The cells of a table's row.
fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split(" | ").map(str::trim).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn v_every_requirement_of_levels_1_and_2_has_one_verdict() {
    let (page, tests) = (file("docs/security/asvs.md"), tests());
    let list = file("tests/fixtures/asvs.txt");
    let mut expected: BTreeMap<&str, &str> =
        list.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).collect();
    assert_eq!(expected.len(), 253);
    let mut counted: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| V") && !line.starts_with("| Verdict")) {
        let cells = cells(line);
        let [id, level, words, verdict, files, names] = cells[..] else { panic!("six cells: {line}") };
        assert_eq!(expected.remove(id), Some(level), "{id} is unknown, or there twice, or of another level");
        assert!(!words.is_empty(), "{line}");
        let (word, why) = verdict.trim_start_matches("**").split_once("**").unwrap();
        for name in quoted(files) {
            assert!(place(name).exists(), "{id}: there is no {name}");
        }
        for name in quoted(names) {
            assert!(tests.contains(name), "{id}: there is no test {name}");
        }
        match word {
            "met" => assert!(files.contains('`'), "{id} says not where it is met"),
            "partly" | "not yet" => assert!(files.contains('`') && why.len() > 10, "{id} says not what is missing"),
            "does not apply" => assert!(why.len() > 5, "{id} says not why it does not apply"),
            other => panic!("{id}: {other}"),
        }
        let at = if level == "1" { 0 } else { 1 };
        for word in [word, "all"] {
            let count = counted.entry(word.to_owned()).or_default();
            count[at] += 1;
            count[2] += 1;
        }
    }
    assert!(expected.is_empty(), "no verdict: {expected:?}");
    for (word, [first, second, both]) in counted {
        let row = format!("| {word} | {first} | {second} | {both} |");
        assert!(page.contains(&row), "the page counts otherwise: {row}");
    }
}

#[test]
fn the_threat_model_names_files_and_tests_that_exist() {
    let (page, tests) = (file("docs/security/threat-model.md"), tests());
    let mut rows = 0;
    for line in page.lines().skip_while(|line| *line != "## Doors").filter(|line| line.starts_with("| ")) {
        let cells = cells(line);
        assert_eq!(cells.len(), 6, "{line}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "an empty cell: {line}");
        if cells[1] == "Kind" {
            continue;
        }
        assert!(cells[1].split(' ').all(|kind| ["S", "T", "R", "I", "D", "E"].contains(&kind)), "{line}");
        for name in quoted(cells[3]) {
            assert!(place(name).exists(), "there is no {name}");
        }
        for name in quoted(cells[4]) {
            assert!(tests.contains(name), "there is no test {name}");
        }
        // What nothing stops or nothing proves says so.
        assert!(cells[4].contains('`') || cells[5] != "–", "neither proved nor left: {line}");
        rows += 1;
    }
    assert!(rows >= 60, "{rows}");
    for line in page.lines().take_while(|line| *line != "## Doors") {
        for name in quoted(line).filter(|name| name.starts_with("src/")) {
            assert!(place(name).exists(), "there is no {name}");
        }
    }
}

#[test]
fn links_of_the_security_pages_lead_somewhere() {
    for (page, folder) in [("SECURITY.md", ""), ("docs/security/asvs.md", "docs/security"), ("fuzz/README.md", "fuzz")]
    {
        for part in file(page).split("](").skip(1) {
            let target = part.split(')').next().unwrap();
            assert!(target.starts_with("https://") || place(folder).join(target).exists(), "{page}: {target}");
        }
    }
}
