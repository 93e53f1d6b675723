//! The directions of `docs/architecture.md`, kept by reading the sources: what a room may not name.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, out: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut out = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut out);
    out
}

/// Lines of code that hold `word`, comments apart.
fn naming(folder: &str, words: &[&str], except: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources(folder) {
        let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
        if except.iter().any(|e| name.starts_with(e)) {
            continue;
        }
        for (n, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|w| code.contains(w)) {
                found.push(format!("{name}:{}: {}", n + 1, line.trim()));
            }
        }
    }
    found
}

#[track_caller]
fn none(found: Vec<String>) {
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn only_db_names_a_driver() {
    none(naming(
        "src",
        &["SqlitePool", "PgPool", "SqliteConnection", "PgConnection", "sqlx::sqlite", "sqlx::postgres"],
        &["src/db/"],
    ));
    none(naming("projections", &["SqlitePool", "PgPool", "sqlx::sqlite", "sqlx::postgres"], &[]));
}

#[test]
fn only_one_room_names_the_client_of_kurrentdb() {
    none(naming("src", &["eventstore::"], &["src/log/kurrent"]));
}

#[test]
fn only_the_clock_reads_the_clock_or_makes_ids() {
    let words = ["Utc::now", "SystemTime::now", "Uuid::now_v7", "Uuid::new_v4", "Local::now"];
    none(naming("src", &words, &["src/clock.rs"]));
    none(naming("projections", &words, &[]));
    none(naming("pages", &words, &[]));
}

#[test]
fn the_rules_know_no_runtime_and_no_database() {
    none(naming("src/domain", &["tokio", "sqlx", "axum", "async fn", "async_graphql", "rand::"], &[]));
    none(naming("projections", &["tokio", "axum", "async fn", "async_graphql"], &[]));
}

#[test]
fn pages_know_no_request_no_database_and_no_rule() {
    none(naming("pages", &["tokio", "sqlx", "axum", "async fn", "async_graphql", "domain::", "sesame::"], &[]));
}

#[test]
fn doors_name_neither_sql_nor_the_inside_of_the_log() {
    none(naming(
        "src/graphql",
        &["sqlx", "log::sql", "log::admission", "crate::web", "crate::http"],
        &["src/graphql/endpoint"],
    ));
    none(naming("src/web", &["sqlx", "crate::log", "crate::graphql"], &[]));
}

#[test]
fn every_module_says_what_it_is_for() {
    for folder in ["src", "projections", "pages"] {
        for (path, text) in sources(folder) {
            if !text.starts_with("//!") {
                panic!("{} does not open with what it is for", path.display());
            }
        }
    }
}

#[test]
fn every_read_model_has_the_same_rooms() {
    for model in projections::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("projections").join(model.name);
        for file in ["mod.rs", "table.rs", "project.rs", "ask.rs", "tests.rs"] {
            assert!(folder.join(file).exists(), "{}/{file}", model.name);
        }
    }
}
