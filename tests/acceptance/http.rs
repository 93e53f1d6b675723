//! The HTTP door: who is let in, probes, headers, files, stopping.

use crate::{
    databases::Engine,
    place::{Answer, Place, codes, everywhere, text},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};
use sesame::http::{Doors, serve_until};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

/// The service of a place, listening.
pub struct Listening {
    pub url: String,
    pub address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    cut: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
    client: reqwest::Client,
}

impl Listening {
    pub async fn to(place: &Place) -> Listening {
        Listening::with(place, Default::default()).await
    }

    pub async fn with(place: &Place, live: sesame::http::live::Bounds) -> Listening {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let (cut, was_cut) = oneshot::channel();
        let doors = Doors { graphiql: true, shutdown: Duration::from_secs(30), live, ..Doors::default() };
        let service = place.service.clone();
        let told = async |signal: oneshot::Receiver<()>| {
            // A sender that is dropped has nothing to say.
            if signal.await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let task =
            tokio::spawn(async move { serve_until(service, &doors, listener, told(stopped), told(was_cut)).await });
        Listening { url: format!("http://{address}"), address, stop, cut, task, client: reqwest::Client::new() }
    }

    pub async fn ask(&self, token: &str, query: &str) -> Value {
        let request =
            self.client.post(format!("{}/graphql", self.url)).bearer_auth(token).json(&json!({ "query": query }));
        request.send().await.unwrap().json().await.unwrap()
    }

    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }
}

/// What a GET answered, as far as it is text.
pub struct Got {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub lossy: String,
}

pub async fn get(place: &Place, path: &str) -> Got {
    let request = Request::get(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", place.token))
        .body(Body::empty())
        .unwrap();
    let (head, body) = place.answer(request).await.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Got { status: head.status.as_u16(), headers: head.headers, lossy: String::from_utf8_lossy(&bytes).into_owned() }
}

/// Imports a file; all its rows are taken.
pub async fn import(place: &Place, csv: &str) {
    let request = Request::post(format!("/import/contacts?account={}", place.account))
        .header(header::AUTHORIZATION, format!("Bearer {}", place.token))
        .header(header::CONTENT_TYPE, "text/csv")
        .body(Body::from(csv.to_owned()))
        .unwrap();
    let answer = place.send(request).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["rejected"]), (200, &json!(0)), "{}", answer.text);
}

async fn posted(place: &Place, authorization: Option<&str>) -> Answer {
    let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    if let Some(value) = authorization {
        request = request.header(header::AUTHORIZATION, value);
    }
    place.send(request.body(Body::from(r#"{"query":"{ viewer { actor { kind } } }"}"#)).unwrap()).await
}

#[tokio::test]
async fn nobody_is_let_in_without_a_token_that_is_known() {
    for place in everywhere().await {
        let good = format!("Bearer {}", place.token);
        assert_eq!(posted(&place, Some(&good)).await.status, 200);
        let mut mistyped = good.clone();
        mistyped.pop();
        let unknown = sesame::vault::token::Token::generate().unwrap();
        let unknown = format!("Bearer {}", unknown.reveal());
        for bad in [
            None,
            Some("Bearer"),
            Some("Basic eDp5"),
            Some(mistyped.as_str()),
            Some(unknown.as_str()),
            Some(place.token.as_str()),
        ] {
            let answer = posted(&place, bad).await;
            assert_eq!((answer.status.as_u16(), codes(&answer.json())), (401, vec!["UNAUTHENTICATED".to_owned()]));
            assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
        }
        let export =
            Request::get(format!("/export/subscribers.csv?account={}", place.account)).body(Body::empty()).unwrap();
        assert_eq!(place.send(export).await.status, 401);
    }
}

#[tokio::test]
async fn probes_say_what_is_not_ready() {
    for place in everywhere().await {
        let alive = get(&place, "/healthz").await;
        assert_eq!((alive.status, alive.lossy.contains("alive")), (200, true));
        assert_eq!(get(&place, "/readyz").await.status, 200);
        place.draining.begin();
        let stopping = get(&place, "/readyz").await;
        let json: Value = serde_json::from_str(&stopping.lossy).unwrap();
        assert_eq!((stopping.status, &json["notReady"]["service"]), (503, &json!("stopping")));
        place.service.db().close().await;
        let gone = get(&place, "/readyz").await;
        let json: Value = serde_json::from_str(&gone.lossy).unwrap();
        assert_eq!((gone.status, json["notReady"]["database"].is_string()), (503, true));
        assert_eq!(get(&place, "/healthz").await.status, 200, "the process lives");
    }
}

#[tokio::test]
async fn metrics_count_by_route_and_never_by_path() {
    let place = Place::on(Engine::Sqlite).await;
    sesame::telemetry::Metrics::start().unwrap();
    for n in 0..50 {
        assert_eq!(get(&place, &format!("/wp-admin/{n}.php")).await.status, 404);
    }
    place.contact("Anne", "Dupont").await;
    let text = get(&place, "/metrics").await.lossy;
    assert!(
        text.contains("sesame_http_requests_total")
            && text.contains("route=\"/graphql\"")
            && text.contains("route=\"unmatched\"")
    );
    assert!(!text.contains("wp-admin") && !text.contains("Dupont") && !text.contains(&place.account), "{text}");
}

#[tokio::test]
async fn every_answer_is_careful_and_has_an_id() {
    let place = Place::on(Engine::Sqlite).await;
    for path in ["/healthz", "/readyz", "/nowhere", "/import/template.csv", "/graphql"] {
        let got = get(&place, path).await;
        assert_eq!(got.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(got.headers["referrer-policy"], "no-referrer", "{path}");
        assert!(got.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"), "{path}");
        assert!(got.headers.contains_key("cache-control") && got.headers.contains_key("x-request-id"), "{path}");
    }
    let given = Request::get("/healthz").header("x-request-id", "from-the-proxy-1").body(Body::empty()).unwrap();
    assert_eq!(place.send(given).await.headers["x-request-id"], "from-the-proxy-1");
    let forged = Request::get("/healthz").header("x-request-id", "a b\"c").body(Body::empty()).unwrap();
    assert_ne!(place.send(forged).await.headers["x-request-id"], "a b\"c");
    let nowhere = get(&place, "/nowhere").await;
    let json: Value = serde_json::from_str(&nowhere.lossy).unwrap();
    assert_eq!((nowhere.status, codes(&json)), (404, vec!["NOT_FOUND".to_owned()]));
    let wrong = Request::delete("/healthz").body(Body::empty()).unwrap();
    let wrong = place.send(wrong).await;
    assert_eq!((wrong.status.as_u16(), codes(&wrong.json())), (405, vec!["METHOD_NOT_ALLOWED".to_owned()]));
    let mutation = get(&place, "/graphql?query=mutation%7B%7D").await;
    assert_eq!(mutation.status, 405);
    let big = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {}", place.token));
    let big = place.send(big.body(Body::from(vec![b' '; 257 * 1024])).unwrap()).await;
    assert_eq!((big.status.as_u16(), codes(&big.json())), (413, vec!["PAYLOAD_TOO_LARGE".to_owned()]));
}

#[tokio::test]
async fn u4_files_go_in_and_out_through_the_same_door() {
    for place in everywhere().await {
        import(&place, "Nom;Prénom;E-mail;Adresse\nDupont;Anne;anne@exemple.fr;\"1 rue A\n75007 Paris\"\n").await;
        let csv = get(&place, &format!("/export/subscribers.csv?account={}", place.account)).await;
        assert!(csv.lossy.contains("Raison sociale;Nom;Prénom;E-mail;Téléphone;Fax;Adresse"), "{}", csv.lossy);
        assert!(csv.lossy.contains("Dupont;Anne"));
        let xlsx = get(&place, &format!("/export/subscribers.xlsx?account={}", place.account)).await;
        assert_eq!((xlsx.status, xlsx.lossy.starts_with("PK")), (200, true));
        let found = place.data("query($a: ID!) { contacts(accountId: $a, filter: { search: \"dup\" }) { edges { node { displayName } } } }", json!({ "a": place.account })).await;
        assert_eq!(text(&found["contacts"]["edges"][0]["node"]["displayName"]), "Anne Dupont");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_finishes_what_runs_and_takes_nothing_new() {
    let place = Place::on(Engine::Sqlite).await;
    let listening = Listening::to(&place).await;
    let address = listening.address;
    // A request that is half sent when the stop comes.
    let mut slow = TcpStream::connect(address).await.unwrap();
    let body = r#"{"query":"{ viewer { actor { kind } } }"}"#;
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        place.token,
        body.len()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let stopping = tokio::spawn(listening.stop());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(TcpStream::connect(address).await.is_err(), "nothing new is accepted");
    assert!(!stopping.is_finished(), "it waits for the running request");
    slow.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("TOKEN"), "{answer}");
    stopping.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn told_twice_it_stops_at_once() {
    let place = Place::on(Engine::Sqlite).await;
    let listening = Listening::to(&place).await;
    let mut slow = TcpStream::connect(listening.address).await.unwrap();
    slow.write_all(b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    listening.stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    listening.cut.send(()).unwrap();
    listening.task.await.unwrap().unwrap();
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_is_served_where_it_is_switched_on() {
    let place = Place::on(Engine::Sqlite).await;
    assert_eq!(get(&place, "/graphiql").await.status, 404, "off");
    let listening = Listening::to(&place).await;
    let page = reqwest::get(format!("{}/graphiql", listening.url)).await.unwrap();
    if cfg!(feature = "browser") {
        assert_eq!(page.status(), 200);
        assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("script-src 'self'"));
    }
    listening.stop().await;
}
