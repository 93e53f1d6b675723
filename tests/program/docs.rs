//! Documents that are made from the code stay equal to it.

use sesame::clock::{Clock, SystemClock};
use std::{fs, path::Path, process::Command};

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

/// What receivers are told to write is run as it stands, wherever there is something to run it: a call of ours is ours, and nothing else is.
#[test]
fn u6_the_examples_of_checking_a_signature_accept_ours_and_nothing_else() {
    let page = file("docs/outbox.md");
    let (secret, body) = ("whsec_é'\\$x", "{\"contact\":{\"lastName\":\"Lefèvre, +33=1&2\"}}");
    let now = Clock::now(&SystemClock).timestamp();
    let of = |secret: &str, at: i64| sesame::outbox::hooks::sign::signature(secret, at, body.as_bytes());
    let ours = of(secret, now);
    let cut = &ours[..ours.len() - 2];
    let calls = [
        (ours.as_str(), true),
        (&of("whsec_other", now), false),
        (&of(secret, now - 600), false),
        (&ours.replace("t=", "t=1"), false),
        (cut, false),
    ];
    for (language, ends, program, flag) in [
        ("python", "\nimport sys\nprint(is_ours(sys.argv[2], sys.argv[3], sys.argv[4].encode()))", "python3", "-c"),
        ("js", "\nconsole.log(isOurs(process.argv[1], process.argv[2], Buffer.from(process.argv[3])))", "node", "-e"),
        ("php", "\nvar_dump(is_ours($argv[1], $argv[2], $argv[3]));", "php", "-r"),
    ] {
        let example = page.split(&format!("```{language}\n")).nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        for (header, expected) in calls {
            let run =
                Command::new(program).args([flag, &format!("{example}{ends}"), "--", secret, header, body]).output();
            let Ok(run) = run else {
                eprintln!("skipped: there is no {program} here");
                break;
            };
            let said = String::from_utf8(run.stdout).unwrap().to_lowercase();
            let problem = String::from_utf8_lossy(&run.stderr).into_owned();
            assert!(said.contains(&expected.to_string()), "{language} {header}: {said} {problem}");
        }
    }
}

pub(super) fn collect_tests(folder: &Path, into: &mut std::collections::BTreeSet<String>) {
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
