//! Those who listen: an import's progress, a reader that does not read, rights that change (rows Live, A13).

use crate::{
    databases::Engine,
    http::Listening,
    imports::plan,
    live::{CHANGED, Socket, open_stream, standing},
    place::{Place, everywhere, text},
};
use futures::StreamExt;
use serde_json::{Value, json};
use sesame::http::live::Bounds;
use std::time::{Duration, Instant};
use tokio::{net::TcpSocket, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, client_async,
    tungstenite::{client::IntoClientRequest, http::HeaderValue},
};

const PROGRESS: &str =
    "subscription($i: ID!) { importProgress(importId: $i) { importId status total done leftOut rowsPerSecond } }";

/// What is told of an import until nothing more is.
async fn told(socket: &mut Socket, id: &str) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let message = socket.hear().await;
        assert_eq!(message["id"], id, "{message}");
        match message["type"].as_str().unwrap() {
            "next" => all.push(message["payload"]["data"]["importProgress"].clone()),
            "complete" => return all,
            _ => panic!("{message}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn live_the_progress_of_an_import_is_told_over_both_ways() {
    for place in everywhere().await {
        let listening = Listening::to(&place).await;
        let lines = (0..1_600).map(|n| format!("K{n};Nom {n}\n"));
        let csv: String = std::iter::once("ID;Nom\n".to_owned()).chain(lines).collect();
        let id = text(&plan(&place, &csv, "").await["importId"]);
        let mut socket = Socket::of(&listening, &place.token).await;
        // One that waits for someone to say so is told as it stands, and that was all.
        socket.subscribe("1", PROGRESS, json!({ "i": id })).await;
        let still = told(&mut socket, "1").await;
        assert_eq!(still.len(), 1, "{still:?}");
        let stands = json!({ "importId": id, "status": "PLANNED", "total": 1_600, "done": 0, "leftOut": 0, "rowsPerSecond": null });
        assert_eq!(still[0], stands);
        // Another account's, and none.
        let other = place.another("Autre maison").await;
        let mut theirs = Socket::of(&listening, &other.token).await;
        for unknown in [id.as_str(), "imp_1"] {
            theirs.subscribe("1", PROGRESS, json!({ "i": unknown })).await;
            let message = theirs.hear().await;
            assert_eq!(
                (&message["type"], &message["payload"][0]["extensions"]["code"]),
                (&json!("error"), &json!("NOT_FOUND"))
            );
        }
        place.done("applyImport", json!({ "importId": id }), "").await;
        socket.subscribe("2", PROGRESS, json!({ "i": id })).await;
        let by_events = async {
            let request = reqwest::Client::new()
                .post(format!("{}/graphql/stream", listening.url))
                .bearer_auth(&place.token)
                .header("accept", "text/event-stream")
                .json(&json!({ "query": PROGRESS, "variables": { "i": id } }));
            timeout(Duration::from_secs(60), request.send().await.unwrap().text()).await.unwrap().unwrap()
        };
        let (all, events) = tokio::join!(told(&mut socket, "2"), by_events);
        let done: Vec<u64> = all.iter().map(|p| p["done"].as_u64().unwrap()).collect();
        assert!(done.is_sorted() && done.last() == Some(&1_600), "{done:?}");
        assert_eq!(all.last().unwrap()["status"], "APPLIED");
        assert!(all.last().unwrap()["rowsPerSecond"].is_number());
        assert!(events.contains("\"APPLIED\"") && events.trim_end().contains("event: complete"), "{events}");
        // Whoever comes after the end is told the end.
        socket.subscribe("3", PROGRESS, json!({ "i": id })).await;
        let end = told(&mut socket, "3").await;
        assert_eq!((end.len(), &end[0]["status"]), (1, &json!("APPLIED")));
        listening.stop().await;
    }
}

/// A caller's end with next to no room for what it does not read.
async fn narrow(listening: &Listening, token: &str) -> Socket {
    let narrow = TcpSocket::new_v4().unwrap();
    narrow.set_recv_buffer_size(4_096).unwrap();
    let stream = MaybeTlsStream::Plain(narrow.connect(listening.address).await.unwrap());
    let mut request = format!("ws://{}/graphql/ws", listening.address).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
    let (socket, _) = client_async(request, stream).await.unwrap();
    let mut socket = Socket(socket);
    let init = json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } });
    socket.say(init).await;
    assert_eq!(socket.hear().await["type"], "connection_ack");
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_does_not_read_is_let_go_and_holds_up_nobody() {
    let place = Place::on(Engine::Sqlite).await;
    let bounds = Bounds { send: Duration::from_millis(300), connections: 2, ..Bounds::default() };
    let listening = Listening::with(&place, bounds).await;
    let anne = place.contact("Anne", "Dupont").await;
    let mut stuck = narrow(&listening, &place.token).await;
    let mut other = Socket::of(&listening, &place.token).await;
    other.subscribe("1", CHANGED, json!({ "a": place.account })).await;
    for n in 0..20 {
        stuck.subscribe(&format!("{n:0>200}"), CHANGED, json!({ "a": place.account })).await;
    }
    standing(&mut other).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    // Twenty times each change, until the way to it is full; the other hears every one meanwhile.
    let began = Instant::now();
    let mut changes = 0;
    let mut third = loop {
        for _ in 0..50 {
            let name = format!("{changes:x>200}");
            place.done("editContact", json!({ "contactId": anne, "lastName": name }), "").await;
            assert_eq!(other.change().await["contact"]["lastName"], name);
            changes += 1;
        }
        // Its place is free once it was let go.
        if let Ok(third) = Socket::try_open(&listening, Some("graphql-transport-ws")).await {
            break third;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "it stands after {changes} changes");
    };
    assert!(changes > 50, "it was let go before it was stuck");
    third
        .say(json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {}", place.token) } }))
        .await;
    assert_eq!(third.hear().await["type"], "connection_ack");
    // What reached it ends in the middle: it never says that all was told.
    let rest = timeout(Duration::from_secs(20), async {
        let mut heard = 0;
        while let Some(Ok(message)) = stuck.0.next().await {
            heard += usize::from(message.is_text());
        }
        heard
    });
    let heard = rest.await.expect("the connection ends");
    assert!(heard < changes * 20, "{heard} of {}", changes * 20);
    listening.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn live_rights_that_change_end_what_stands_and_a_new_connection_is_answered_by_them() {
    for place in everywhere().await {
        let listening = Listening::to(&place).await;
        let (_, token) = place.user("zoe@exemple.fr").await;
        let invite =
            json!({ "accountId": place.account, "email": "zoe@exemple.fr", "permissions": ["SUPPORT", "SECURITY"] });
        let contact = text(&place.done("inviteGuest", invite, "contact { id }").await["contact"]["id"]);
        place.done_as(&token, "acceptInvitation", json!({ "contactId": contact }), "").await;
        let mut socket = Socket::of(&listening, &token).await;
        socket.subscribe("1", CHANGED, json!({ "a": place.account })).await;
        let stream = open_stream(&listening, &token, json!({ "a": place.account }), None).await;
        standing(&mut socket).await;
        // Fewer rights: the token is good all the same, and says so.
        place.done("setPermissions", json!({ "contactId": contact, "permissions": ["SUPPORT"] }), "").await;
        assert_eq!(socket.closed().await, 1012);
        let rest = timeout(Duration::from_secs(10), stream.text()).await.unwrap().unwrap();
        assert!(!rest.contains("UNAUTHENTICATED") && !rest.contains("event: complete"), "{rest}");
        let mut again = Socket::of(&listening, &token).await;
        again.subscribe("1", CHANGED, json!({ "a": place.account })).await;
        standing(&mut again).await;
        // No right at all: connecting goes, hearing does not.
        place.done("deactivateMember", json!({ "contactId": contact }), "").await;
        assert_eq!(again.closed().await, 1012);
        let mut none = Socket::of(&listening, &token).await;
        none.subscribe("1", CHANGED, json!({ "a": place.account })).await;
        assert_eq!(none.hear().await["payload"][0]["extensions"]["code"], "NOT_FOUND");
        listening.stop().await;
    }
}
