//! Documents that are made from the code stay equal to it.

use std::{fs, path::Path};

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn the_reference_of_settings_is_that_of_the_code() {
    let reference = sesame::config::reference();
    assert!(
        file("docs/configuration.md").ends_with(&reference),
        "docs/configuration.md differs: put the output of `sesame config` after its first paragraph"
    );
}

#[test]
fn the_schema_is_that_of_the_code() {
    assert_eq!(
        file("schema.graphql"),
        sesame::graphql::sdl(),
        "schema.graphql differs: sesame schema > schema.graphql"
    );
}

#[test]
fn o8_the_page_on_permissions_shows_the_table() {
    let table = sesame::app::permissions_reference();
    assert!(file("docs/permissions.md").ends_with(&table), "docs/permissions.md ends with another table than\n{table}");
}

#[test]
fn every_link_of_the_readme_leads_somewhere() {
    let readme = file("README.md");
    for part in readme.split("](").skip(1) {
        let target = part.split(')').next().unwrap();
        if !target.starts_with("http") && !target.starts_with('#') {
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(target).exists(), "{target}");
        }
    }
}

#[test]
fn every_feature_has_its_command_event_question_and_a_test_that_exists() {
    let mut tests = std::collections::BTreeSet::new();
    for folder in ["tests", "src", "projections"] {
        collect_tests(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut tests);
    }
    let mut rows = 0;
    for line in file("docs/features.md").lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Row")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 6, "{line}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "an empty cell: {line}");
        let row = cells[0].to_lowercase();
        for name in cells[5].split('`').filter(|name| name.contains('_')) {
            assert!(tests.contains(name), "{name} is no test");
            assert!(name.split('_').any(|part| part == row), "{name} does not carry the row {row}");
        }
        assert!(cells[5].contains('`'), "no test: {line}");
        rows += 1;
    }
    assert!(rows >= 40, "{rows}");
}

fn collect_tests(folder: &Path, into: &mut std::collections::BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "node_modules") {
            collect_tests(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let names = text.split("fn ").skip(1).filter_map(|part| part.split(['(', '<']).next());
            into.extend(names.map(str::to_owned));
        }
    }
}
