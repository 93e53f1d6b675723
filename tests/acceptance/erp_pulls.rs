//! Records pulled from an ERP's own HTTP source, and dropped into a folder.

use crate::{
    databases::Engine,
    erp::counts,
    place::{Place, everywhere, refusal},
};
use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sesame::{
    erp::{Folder, pull_due},
    outbound::{Outbound, Targets},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// An ERP with two records a page.
#[derive(Clone, Default)]
struct Source {
    records: Arc<Mutex<Vec<Value>>>,
    asked: Arc<Mutex<Vec<HashMap<String, String>>>>,
    next: Arc<Mutex<Option<String>>>,
}

impl Source {
    async fn listening(&self) -> String {
        let routes = Router::new()
            .route("/clients", get(page))
            .route("/moved", get(|| async { Redirect::temporary("/clients") }))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        url
    }

    fn holds(&self, records: &[Value]) {
        *self.records.lock().unwrap() = records.to_vec();
    }

    fn last_asked(&self) -> HashMap<String, String> {
        self.asked.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

async fn page(
    State(source): State<Source>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if headers.get("authorization").and_then(|v| v.to_str().ok()) != Some("Bearer s3cret") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    source.asked.lock().unwrap().push(asked.clone());
    let from: usize = asked.get("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let records = source.records.lock().unwrap().clone();
    let more = (from + 2 < records.len()).then(|| format!("/clients?from={}", from + 2));
    let next = source.next.lock().unwrap().clone().or(more);
    let some: Vec<Value> = records.into_iter().skip(from).take(2).collect();
    Json(json!({ "records": some, "next": next })).into_response()
}

fn records(ids: std::ops::Range<u32>) -> Vec<Value> {
    ids.map(|n| json!({ "externalId": n, "lastName": format!("L{n}") })).collect()
}

impl Place {
    async fn pulled_from(&self, url: &str, bearer: &str) {
        let input = json!({ "accountId": self.account, "source": "navision", "url": url, "bearerToken": bearer, "everyMinutes": 15 });
        self.done("connectErp", input, "erp { url everyMinutes }").await;
    }

    async fn pull(&self) -> usize {
        pull_due(&self.service.app, &Outbound::new(Targets::Any)).await.unwrap()
    }

    async fn stands(&self) -> Value {
        let query = "query($a: ID!) { erp(accountId: $a) { nextRun lag running error { code message } lastSync { mode door endedAt counts { records created unchanged gone } } } }";
        self.data(query, json!({ "a": self.account })).await["erp"].clone()
    }
}

#[tokio::test]
async fn b10_records_are_pulled_page_by_page_by_the_schedule_and_all_of_them_once_a_day() {
    for place in everywhere().await {
        let source = Source::default();
        source.holds(&records(0..5));
        let url = source.listening().await;
        place.pulled_from(&format!("{url}/clients"), "s3cret").await;
        assert_eq!(place.pull().await, 1);
        assert_eq!(place.names(json!({ "erp": "LINKED" })).await, ["L0", "L1", "L2", "L3", "L4"]);
        let now = place.stands().await;
        assert_eq!((&now["lastSync"]["mode"], &now["lastSync"]["door"]), (&json!("FULL"), &json!("PULL")));
        assert_eq!(
            (&now["nextRun"], &now["running"], &now["error"]),
            (&json!("2026-03-31T10:15:00Z"), &json!(false), &Value::Null)
        );
        assert_eq!(place.pull().await, 0, "not due yet");

        // What changed, and nobody is gone for not being among it.
        place.later(TimeDelta::minutes(15));
        source.holds(&records(5..6));
        assert_eq!(place.pull().await, 1);
        assert_eq!(source.last_asked()["updatedSince"], "2026-03-31T09:55:00Z");
        assert_eq!(place.names(json!({ "erp": "LINKED" })).await.len(), 6);

        // All of them: who is not among them is gone.
        place.later(TimeDelta::hours(24));
        source.holds(&records(0..4));
        assert_eq!(place.pull().await, 1);
        assert!(!source.last_asked().contains_key("updatedSince"));
        assert_eq!(place.names(json!({ "erp": "GONE" })).await, ["L4", "L5"]);
    }
}

#[tokio::test]
async fn a4_sync_now_does_not_wait_for_the_schedule() {
    for place in everywhere().await {
        let source = Source::default();
        source.holds(&records(0..3));
        let url = source.listening().await;
        let now = json!({ "accountId": place.account });
        assert_eq!(place.refused("syncNow", now.clone()).await, refusal("NOT_ALLOWED_NOW", "accountId"));
        place.pulled_from(&format!("{url}/clients"), "s3cret").await;
        place.pull().await;
        assert_eq!(place.pull().await, 0);
        let started = place.done("syncNow", now, "started").await;
        assert_eq!((&started["started"], place.pull().await), (&json!(true), 1));
        assert_eq!(place.stands().await["lastSync"]["mode"], "INCREMENTAL");
        place.done("syncNow", json!({ "accountId": place.account, "mode": "FULL" }), "started").await;
        place.pull().await;
        assert_eq!(place.stands().await["lastSync"]["mode"], "FULL");
        // Disconnected, nothing is pulled any more.
        place.done("disconnectErp", json!({ "accountId": place.account }), "erp { connected }").await;
        place.later(TimeDelta::days(2));
        assert_eq!(place.pull().await, 0);
    }
}

#[tokio::test]
async fn a4_a_pull_that_fails_says_why_is_tried_again_and_flags_nobody() {
    for place in everywhere().await {
        let source = Source::default();
        source.holds(&records(0..3));
        let url = source.listening().await;
        place.pulled_from(&format!("{url}/clients"), "s3cret").await;
        place.pull().await;
        for (address, bearer, code) in [
            (format!("{url}/clients"), "wrong", "ERP_REFUSED"),
            (format!("{url}/moved"), "s3cret", "ERP_REFUSED"),
            ("http://127.0.0.1:1/clients".to_owned(), "s3cret", "ERP_NOT_REACHED"),
        ] {
            place.pulled_from(&address, bearer).await;
            assert_eq!(place.pull().await, 1);
            let now = place.stands().await;
            assert_eq!(now["error"]["code"], code, "{address}");
            assert!(now["error"]["message"].as_str().unwrap().ends_with('.'), "{now}");
            assert_eq!(now["nextRun"], "2026-03-31T10:05:00Z");
        }
        place.pulled_from(&format!("{url}/clients"), "s3cret").await;
        *source.next.lock().unwrap() = Some("http://127.0.0.1:1/clients".to_owned());
        place.pull().await;
        assert_eq!(place.stands().await["error"]["code"], "ERP_NEXT_ELSEWHERE");
        assert_eq!(place.names(json!({ "erp": "LINKED" })).await.len(), 3, "nobody is gone");
        // Private addresses are no way out unless the operator says so.
        let public = Outbound::new(Targets::Public);
        place.later(TimeDelta::minutes(6));
        assert_eq!(pull_due(&place.service.app, &public).await.unwrap(), 1);
        assert_eq!(place.stands().await["error"]["code"], "ERP_NOT_REACHED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b10_two_nodes_do_not_pull_one_account_at_once_and_a_dead_one_s_lease_runs_out() {
    for place in everywhere().await {
        let source = Source::default();
        source.holds(&records(0..4));
        let url = source.listening().await;
        place.pulled_from(&format!("{url}/clients"), "s3cret").await;
        let (one, other) = tokio::join!(place.pull(), place.pull());
        assert_eq!(one + other, 1);
        // A node that died in the middle holds a lease.
        let dead = "UPDATE erp_source SET lease_until = $1, next_at = 0";
        let until = place.clock_now() + 60_000_000;
        place.service.db().execute(projections::Ask::new(dead, [until.into()])).await.unwrap();
        assert_eq!(place.pull().await, 0);
        place.later(TimeDelta::minutes(2));
        assert_eq!(place.pull().await, 1, "somebody else goes on");
    }
}

#[tokio::test]
async fn a_secret_is_sealed_and_never_shown() {
    for place in everywhere().await {
        place.pulled_from("https://erp.example.org/clients", "s3cret").await;
        let row = "SELECT secret, wrapped FROM erp_source";
        let rows = place.service.db().fetch(projections::Ask::<(Vec<u8>, Vec<u8>)>::new(row, [])).await.unwrap();
        assert!(!rows[0].0.windows(6).any(|bytes| bytes == b"s3cret"));
        let schema = sesame::graphql::sdl();
        let erp = schema.split("type Erp ").nth(1).unwrap().split('}').next().unwrap();
        assert!(!erp.to_lowercase().contains("token") && !erp.to_lowercase().contains("secret"), "{erp}");
        for url in ["ftp://erp.example.org", "https://me:pass@erp.example.org/", "x"] {
            let input = json!({ "accountId": place.account, "source": "navision", "url": url });
            assert_eq!(place.refused("connectErp", input).await, refusal("INVALID", "url"), "{url}");
        }
    }
}

impl Place {
    fn clock_now(&self) -> i64 {
        self.service.app.clock().now().timestamp_micros()
    }
}

#[tokio::test]
async fn a1_a_file_dropped_into_the_account_s_folder_is_taken_once_it_is_whole() {
    let place = Place::on(Engine::Sqlite).await;
    let root = tempfile::tempdir().unwrap();
    let home = root.path().join(&place.account);
    std::fs::create_dir(&home).unwrap();
    let mut folder = Folder::at(root.path().to_owned());
    let names = |name: &str| std::fs::read_dir(home.join(name)).map(|dir| dir.count()).unwrap_or(0);
    place.connect(None).await;
    std::fs::write(home.join("clients.full.csv"), "ID;Nom;E-mail;Adresse\n1;Dupont;a@exemple.fr;1 rue A").unwrap();
    assert_eq!(folder.look(&place.service.app).await.unwrap(), 0, "it may still grow");
    let whole = "ID;Nom;E-mail;Adresse\n1;Dupont;a@exemple.fr;\"1 rue A\n75007 Paris\"\n2;Durand;;\n3;;x;\n";
    std::fs::write(home.join("clients.full.csv"), whole).unwrap();
    assert_eq!(folder.look(&place.service.app).await.unwrap(), 0, "it grew");
    assert_eq!(folder.look(&place.service.app).await.unwrap(), 1);
    assert_eq!((names("done"), names("taking"), names("failed")), (2, 0, 0));
    assert_eq!(place.names(json!({})).await, ["Dupont", "Durand"]);
    let report = std::fs::read_dir(home.join("done")).unwrap().map(|e| e.unwrap().path());
    let report = report.into_iter().find(|path| path.extension().is_some_and(|e| e == "json")).unwrap();
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    counts(
        &json!({ "counts": { "records": report["records"], "created": report["created"], "refused": report["refused"] } }),
        &[("records", 3), ("created", 2), ("refused", 1)],
    );

    // All records, without one; an empty cell says nothing.
    std::fs::write(home.join("clients.full.csv"), "ID;Nom;E-mail\n1;;\n").unwrap();
    folder.look(&place.service.app).await.unwrap();
    folder.look(&place.service.app).await.unwrap();
    assert_eq!(place.names(json!({ "erp": "GONE" })).await, ["Durand"]);
    assert_eq!(place.names(json!({ "erp": "LINKED" })).await, ["Dupont"]);

    std::fs::write(home.join("no.csv"), "%PDF-1.7 nothing").unwrap();
    folder.look(&place.service.app).await.unwrap();
    assert_eq!(folder.look(&place.service.app).await.unwrap(), 1);
    assert_eq!(names("failed"), 2);
}
