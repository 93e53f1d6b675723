//! Records pulled from an ERP's own HTTP source.

use crate::place::{Place, everywhere, refusal};
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
    erp::pull_due,
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
    /// Taken by whoever wants it to wait before it answers.
    gate: Arc<tokio::sync::Mutex<()>>,
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

    /// Does something while a pull waits for the answer.
    async fn while_it_answers(&self, place: &Place, what: impl AsyncFnOnce()) {
        let asked = self.asked.lock().unwrap().len();
        let gate = self.gate.clone().lock_owned().await;
        let during = async {
            while self.asked.lock().unwrap().len() == asked {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            what().await;
            drop(gate);
        };
        let (pulled, ()) = tokio::join!(place.pull(), during);
        assert_eq!(pulled, 1);
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
    drop(source.gate.lock().await);
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
        let refused = place.stands().await["error"].clone();
        assert_eq!(refused["code"], "ERP_ADDRESS_REFUSED");
        assert!(refused["message"].as_str().unwrap().contains("allow private addresses"), "{refused}");
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
async fn a4_who_asks_for_a_pull_while_one_runs_gets_another() {
    for place in everywhere().await {
        let source = Source::default();
        source.holds(&records(0..2));
        let url = source.listening().await;
        place.pulled_from(&format!("{url}/clients"), "s3cret").await;
        let asked = source.while_it_answers(&place, async || {
            place.later(TimeDelta::seconds(1));
            let now = json!({ "accountId": place.account, "mode": "FULL" });
            place.done("syncNow", now, "started").await;
        });
        asked.await;
        assert_eq!(place.pull().await, 1, "at once, and not in a quarter of an hour");
        assert!(!source.last_asked().contains_key("updatedSince"));
        assert_eq!(place.pull().await, 0);
        assert_eq!(place.stands().await["nextRun"], "2026-03-31T10:15:01Z");
    }
}

#[tokio::test]
async fn b10_another_address_is_asked_for_everything_though_a_pull_from_the_first_was_under_way() {
    for place in everywhere().await {
        let (old, new) = (Source::default(), Source::default());
        old.holds(&records(0..2));
        new.holds(&records(0..3));
        let (from, to) = (old.listening().await, new.listening().await);
        place.pulled_from(&format!("{from}/clients"), "s3cret").await;
        old.while_it_answers(&place, async || {
            place.later(TimeDelta::seconds(1));
            place.pulled_from(&format!("{to}/clients?club=7"), "s3cret").await;
        })
        .await;
        assert_eq!(place.pull().await, 1);
        let asked = new.asked.lock().unwrap()[0].clone();
        assert_eq!((asked.get("club").map(String::as_str), asked.contains_key("updatedSince")), (Some("7"), false));
        let shown = "query($a: ID!) { erp(accountId: $a) { url } }";
        let shown = place.data(shown, json!({ "a": place.account })).await["erp"]["url"].clone();
        assert_eq!(shown, format!("{to}/clients"), "what follows the path may be a secret");
        // So is the first one after a reconnection: who knows what was edited meanwhile.
        place.done("disconnectErp", json!({ "accountId": place.account }), "erp { connected }").await;
        let again = json!({ "accountId": place.account, "source": "navision", "everyMinutes": 15 });
        place.done("connectErp", again, "erp { connected }").await;
        assert_eq!(place.pull().await, 1);
        assert_eq!(place.stands().await["lastSync"]["mode"], "FULL");
    }
}

#[tokio::test]
async fn a4_one_account_s_trouble_is_not_another_s_and_the_lag_is_told_however_long_it_lasts() {
    for place in everywhere().await {
        let source = Source::default();
        source.holds(&records(0..2));
        let url = source.listening().await;
        place.pulled_from(&format!("{url}/clients"), "s3cret").await;
        place.pull().await;
        let trail = "query($a: ID!) { auditTrail(accountId: $a, first: 1) { edges { node { type origin } } } }";
        let newest = place.data(trail, json!({ "a": place.account })).await["auditTrail"]["edges"][0]["node"].clone();
        assert_eq!(newest, json!({ "type": "erp.linked.v1", "origin": "ERP" }), "it was the ERP's doing");
        // Its secret can be read no more: a fault of ours, which stops this account's pulls and no other's.
        let spoil = "UPDATE erp_source SET secret = wrapped";
        place.service.db().execute(projections::Ask::<()>::new(spoil, [])).await.unwrap();
        let other = place.another("Ailleurs").await;
        for round in 1..=60 {
            place.later(TimeDelta::minutes(15));
            if round == 1 {
                other.pulled_from(&format!("{url}/clients"), "s3cret").await;
            }
            place.pull().await;
        }
        assert_eq!(other.names(json!({ "erp": "LINKED" })).await, ["L0", "L1"]);
        let broken = place.stands().await;
        assert_eq!(broken["lag"], 60 * 15 * 60);
        // The same of a source that is away for longer than anybody keeps count.
        other.pulled_from("http://127.0.0.1:1/clients", "s3cret").await;
        let began = other.stands().await["lag"].as_i64().unwrap();
        for _ in 0..60 {
            other.pull().await;
            place.later(TimeDelta::minutes(5));
        }
        let away = other.stands().await;
        assert_eq!((&away["lag"], &away["error"]["code"]), (&json!(began + 60 * 5 * 60), &json!("ERP_NOT_REACHED")));
    }
}
