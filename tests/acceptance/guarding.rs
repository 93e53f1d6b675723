//! What is asked too much of is refused before it costs anything, and nothing of the inside is told.

use crate::{
    databases::Engine,
    http::Listening,
    place::{Place, codes, text},
};
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

/// Fragments that spread each other: `width` spreads, `depth` levels.
fn bomb(depth: usize, width: usize) -> String {
    let mut document = String::from("query { ...F0 }\n");
    for level in 0..depth {
        let spreads = format!("...F{} ", level + 1).repeat(width);
        let _ = writeln!(document, "fragment F{level} on Query {{ {spreads} }}");
    }
    let _ = writeln!(document, "fragment F{depth} on Query {{ viewer {{ actor {{ kind }} }} }}");
    document
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fragment_bomb_is_refused_at_once_while_the_probe_answers() {
    let place = Place::on(Engine::Sqlite).await;
    let listening = Listening::to(&place).await;
    let documents =
        [bomb(8, 100), bomb(30, 2), "query { viewer { actor { kind } } } fragment A on Query { ...A }".to_owned()];
    // Once for the connection and the caches of the process.
    listening.ask(&place.token, "{ viewer { actor { kind } } }").await;
    for document in documents {
        let probe = tokio::spawn({
            let url = format!("{}/healthz", listening.url);
            async move {
                let started = Instant::now();
                let status = reqwest::get(url).await.unwrap().status();
                (status, started.elapsed())
            }
        });
        let started = Instant::now();
        let answer = listening.ask(&place.token, &document).await;
        let took = started.elapsed();
        assert_eq!(codes(&answer), ["QUERY_TOO_COMPLEX"], "{answer}");
        assert!(
            took < Duration::from_millis(50) || cfg!(debug_assertions) && took < Duration::from_millis(200),
            "{took:?}"
        );
        let (status, took) = probe.await.unwrap();
        assert!(status == 200 && took < Duration::from_millis(500), "{took:?}");
    }
    listening.stop().await;
}

#[tokio::test]
async fn pages_aliases_and_depth_are_bounded() {
    let place = Place::on(Engine::Sqlite).await;
    let account = &place.account;
    let many: String = (0..31).map(|n| format!("a{n}: viewer {{ actor {{ kind }} }} ")).collect();
    let nested = format!(
        "{{ contacts(accountId: \"{account}\", first: 100) {{ edges {{ node {{ auditTrail(first: 100) {{ edges {{ node {{ contact {{ auditTrail(first: 100) {{ edges {{ cursor }} }} }} }} }} }} }} }} }} }}"
    );
    // A connection without a length counts as one page.
    let unsaid = format!(
        "{{ contacts(accountId: \"{account}\", first: 100) {{ edges {{ node {{ auditTrail {{ edges {{ node {{ contact {{ auditTrail {{ edges {{ cursor }} }} }} }} }} }} }} }} }} }}"
    );
    for query in [
        format!("{{ {many} }}"),
        nested,
        unsaid,
        format!("{{ contacts(accountId: \"{account}\", first: 101) {{ totalCount }} }}"),
    ] {
        assert_eq!(codes(&place.ask(&query, json!({})).await), ["QUERY_TOO_COMPLEX"], "{query}");
    }
}

#[tokio::test]
async fn every_connection_of_the_schema_is_priced_as_one() {
    let sdl = sesame::graphql::sdl();
    for line in sdl.lines().filter(|line| line.contains("Connection!")) {
        let name = line.trim_start().split(['(', ':']).next().unwrap();
        assert!(sesame::graphql::CONNECTIONS.contains(&name), "{name} is a connection that the guard does not know");
    }
}

#[tokio::test]
async fn a_failing_database_is_told_as_a_code_and_nothing_more() {
    let place = Place::on(Engine::Sqlite).await;
    let c = place.contact("Anne", "Dupont").await;
    place.service.db().close().await;
    for (query, variables) in [
        ("query($id: ID!) { contact(id: $id) { lastName } }", json!({ "id": c })),
        ("query($id: ID!) { contacts(accountId: $id) { totalCount } }", json!({ "id": place.account })),
        (
            "mutation($id: ID!) { addContact(input: { accountId: $id, lastName: \"X\" }) { userErrors { code } } }",
            json!({ "id": place.account }),
        ),
    ] {
        let answer = place.ask_as(&place.token, query, variables).await;
        let codes = codes(&answer.json());
        assert!(codes.iter().all(|code| code == "BUSY" || code == "INTERNAL") && !codes.is_empty(), "{answer:?}");
        for inside in ["sqlx", "SELECT", "/src/", "panicked", "pool", "sqlite", "database"] {
            assert!(!answer.text.contains(inside), "{inside} in {}", answer.text);
        }
    }
}

#[tokio::test]
async fn an_error_is_told_in_the_language_asked_for() {
    let mut place = Place::on(Engine::Sqlite).await;
    for (lang, said) in [("fr", "Cet élément n’existe pas"), ("en-GB", "This does not exist"), ("de", "Cet élément")]
    {
        place.lang = lang;
        let answer: Value = place.ask("{ contact(id: \"x\") { id } }", json!({})).await;
        assert!(text(&answer["errors"][0]["message"]).starts_with(said), "{answer}");
        assert_eq!(answer["data"], json!({ "contact": null }));
    }
}
