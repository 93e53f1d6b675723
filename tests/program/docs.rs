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
fn every_link_of_the_readme_leads_somewhere() {
    let readme = file("README.md");
    for part in readme.split("](").skip(1) {
        let target = part.split(')').next().unwrap();
        if !target.starts_with("http") && !target.starts_with('#') {
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(target).exists(), "{target}");
        }
    }
}
