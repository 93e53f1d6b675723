//! What happens, as it happens: GraphQL subscriptions over WebSocket and as server-sent events.

use crate::{
    databases::Engine,
    http::Listening,
    place::{Place, engines, everywhere, text},
};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sesame::{http::live::Bounds, service::Service};
use std::time::{Duration, Instant};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        http::{HeaderValue, StatusCode},
        protocol::frame::coding::CloseCode,
    },
};

pub const CHANGED: &str = "subscription($a: ID!, $c: ID, $since: Position) {
    contactChanged(accountId: $a, contactId: $c, since: $since) { position at type version contactId contact { lastName version accesses { mode } } } }";

/// A caller's end of a WebSocket.
pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn open(listening: &Listening) -> Socket {
        Socket::try_open(listening, Some("graphql-transport-ws")).await.unwrap()
    }

    pub async fn try_open(listening: &Listening, protocol: Option<&'static str>) -> Result<Socket, StatusCode> {
        let mut request = format!("ws://{}/graphql/ws", listening.address).into_client_request().unwrap();
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(protocol));
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => Err(answer.status()),
            Err(other) => panic!("{other}"),
        }
    }

    /// One that has said who it is.
    pub async fn of(listening: &Listening, token: &str) -> Socket {
        let mut socket = Socket::open(listening).await;
        socket
            .say(json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } }))
            .await;
        assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
        socket
    }

    pub async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        self.say(json!({ "id": id, "type": "subscribe", "payload": { "query": query, "variables": variables } })).await;
    }

    /// The next message of the protocol.
    pub async fn hear(&mut self) -> Value {
        match self.hear_or_close().await {
            Ok(message) => message,
            Err((code, reason)) => panic!("closed: {code} {reason}"),
        }
    }

    pub async fn hear_or_close(&mut self) -> Result<Value, (u16, String)> {
        loop {
            let message = timeout(Duration::from_secs(20), self.0.next()).await.expect("nothing was told in time");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => return Err((frame.code.into(), frame.reason.to_string())),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => return Err((CloseCode::Abnormal.into(), format!("{other:?}"))),
            }
        }
    }

    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err((code, _)) = self.hear_or_close().await {
                return code;
            }
        }
    }

    /// The change that one `next` tells.
    pub async fn change(&mut self) -> Value {
        let message = self.hear().await;
        assert_eq!(message["type"], "next", "{message}");
        message["payload"]["data"]["contactChanged"].clone()
    }
}

/// The subscription stands once what happens is told; a change of another contact is not.
pub async fn standing(socket: &mut Socket) {
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong" }));
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn live_a_change_is_told_while_it_happens_to_those_who_may_know() {
    for place in everywhere().await {
        let listening = Listening::to(&place).await;
        let other = place.another("Autre maison").await;
        let mut socket = Socket::of(&listening, &place.token).await;
        socket.subscribe("1", CHANGED, json!({ "a": place.account })).await;
        let mut theirs = Socket::of(&listening, &other.token).await;
        theirs.subscribe("1", CHANGED, json!({ "a": other.account })).await;
        standing(&mut socket).await;
        standing(&mut theirs).await;
        let anne = place.contact("Anne", "Dupont").await;
        let told = socket.change().await;
        assert_eq!(
            (&told["type"], &told["version"], &told["contactId"]),
            (&json!("contact.added.v1"), &json!(1), &json!(anne))
        );
        assert_eq!(told["contact"]["lastName"], "Dupont", "a contact is told as it is now");
        let yoga = place.product("Yoga", &[]).await;
        let granted = place.grant(&anne, &yoga).await;
        let told = socket.change().await;
        assert_eq!(
            (&told["type"], &told["contact"]["accesses"]),
            (&json!("access.granted.v1"), &json!([{ "mode": granted["mode"] }]))
        );
        // The other account heard nothing of it.
        let bob = other.contact("Bob", "Martin").await;
        assert_eq!(theirs.change().await["contactId"], bob);
        // One contact only, and no more of it once it is said.
        socket.subscribe("2", CHANGED, json!({ "a": place.account, "c": anne })).await;
        socket.say(json!({ "id": "1", "type": "complete" })).await;
        standing(&mut socket).await;
        place.contact("Claire", "Petit").await;
        place.done("editContact", json!({ "contactId": anne, "lastName": "Durand" }), "").await;
        let told = socket.hear().await;
        assert_eq!(
            (&told["id"], &told["payload"]["data"]["contactChanged"]["contact"]["lastName"]),
            (&json!("2"), &json!("Durand"))
        );
        // Another account's id, and one that is none, are answered alike.
        for (a, c) in [(&other.account, Value::Null), (&place.account, json!(bob)), (&place.account, json!("con_1"))] {
            socket.subscribe("3", CHANGED, json!({ "a": a, "c": c })).await;
            let told = socket.hear().await;
            assert_eq!(
                (&told["type"], &told["payload"][0]["extensions"]["code"]),
                (&json!("error"), &json!("NOT_FOUND")),
                "{told}"
            );
        }
        listening.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn live_after_a_disconnect_it_goes_on_without_loss_or_doubling() {
    for place in everywhere().await {
        let listening = Listening::to(&place).await;
        let mut expected = Vec::new();
        let mut heard: Vec<String> = Vec::new();
        let before = place.done("addContact", json!({ "accountId": place.account, "lastName": "Avant" }), "").await;
        let mut since = before["position"].clone();
        // Someone writes all the while; the connection breaks after every few messages.
        let writer = async {
            for n in 0..60 {
                expected.push(place.contact("N", &format!("Contact {n}")).await);
            }
        };
        let reader = async {
            while heard.len() < 60 {
                let mut socket = Socket::of(&listening, &place.token).await;
                socket.subscribe("1", CHANGED, json!({ "a": place.account, "since": since })).await;
                for _ in 0..7.min(60 - heard.len()) {
                    let told = socket.change().await;
                    heard.push(text(&told["contactId"]));
                    since = told["position"].clone();
                }
            }
        };
        tokio::join!(writer, reader);
        assert_eq!(heard, expected, "each once, in order");
        // A position of another log, and what is none.
        let mut socket = Socket::of(&listening, &place.token).await;
        let elsewhere = sesame::app::PositionToken { log_id: uuid::Uuid::from_u128(7), position: 1 }.to_string();
        socket.subscribe("1", CHANGED, json!({ "a": place.account, "since": elsewhere })).await;
        assert_eq!(socket.hear().await["payload"][0]["extensions"]["code"], "READ_MODEL_BEHIND");
        socket.subscribe("1", CHANGED, json!({ "a": place.account, "since": "x" })).await;
        assert_eq!(socket.hear().await["payload"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED");
        listening.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_writes_is_told_too() {
    for place in everywhere().await {
        let listening = Listening::to(&place).await;
        let mut socket = Socket::of(&listening, &place.token).await;
        socket.subscribe("1", CHANGED, json!({ "a": place.account })).await;
        standing(&mut socket).await;
        // A second service on the same database: another node, or the command line.
        let second = place.second().await;
        let contact = second.contact("Anne", "Ailleurs").await;
        let told = socket.change().await;
        assert_eq!((&told["contactId"], &told["contact"]["lastName"]), (&json!(contact), &json!("Ailleurs")));
        let here = place.contact("Bob", "Ici").await;
        assert_eq!(socket.change().await["contactId"], here);
        second.service.stop().await;
        listening.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_protocol_is_kept_and_nobody_is_let_in_without_a_token() {
    let place = Place::on(Engine::Sqlite).await;
    let listening = Listening::with(&place, Bounds { init: Duration::from_millis(300), ..Bounds::default() }).await;
    assert_eq!(Socket::try_open(&listening, None).await.err(), Some(StatusCode::BAD_REQUEST), "another protocol");
    assert_eq!(Socket::try_open(&listening, Some("graphql-ws")).await.err(), Some(StatusCode::BAD_REQUEST));
    let init =
        |token: &str| json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } });
    let subscribe =
        json!({ "id": "1", "type": "subscribe", "payload": { "query": CHANGED, "variables": { "a": place.account } } });
    for (said, code) in [
        (vec![], 4408),
        (vec![subscribe.clone()], 4401),
        (vec![init("ses_x")], 4401),
        (vec![json!({ "type": "connection_init" })], 4401),
        (vec![json!({ "type": "hello" })], 4400),
        (vec![init(&place.token), init(&place.token)], 4429),
        (vec![init(&place.token), subscribe.clone(), subscribe.clone()], 4409),
    ] {
        let mut socket = Socket::open(&listening).await;
        for message in &said {
            socket.say(message.clone()).await;
        }
        assert_eq!(socket.closed().await, code, "{said:?}");
    }
    let mut socket = Socket::of(&listening, &place.token).await;
    // Only subscriptions, one field each, within what the guard allows.
    for (query, code) in [
        ("{ viewer { actor { kind } } }", "SUBSCRIPTIONS_ONLY"),
        ("mutation { eraseContact(input: { contactId: \"x\" }) { position } }", "SUBSCRIPTIONS_ONLY"),
        (
            "subscription($a: ID!) { one: contactChanged(accountId: $a) { at } two: contactChanged(accountId: $a) { at } }",
            "QUERY_TOO_COMPLEX",
        ),
        (
            "subscription($a: ID!) { contactChanged(accountId: $a) { contact { auditTrail(first: 101) { totalCount } } } }",
            "QUERY_TOO_COMPLEX",
        ),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
    ] {
        socket.subscribe("1", query, json!({ "a": place.account })).await;
        let told = socket.hear().await;
        assert_eq!(
            (&told["type"], &told["payload"][0]["extensions"]["code"]),
            (&json!("error"), &json!(code)),
            "{told}"
        );
    }
    // A connection that was refused something goes on.
    socket.subscribe("1", CHANGED, json!({ "a": place.account })).await;
    standing(&mut socket).await;
    place.contact("Anne", "Dupont").await;
    assert_eq!(socket.change().await["type"], "contact.added.v1");
    listening.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_revoked_is_cut_off_within_seconds() {
    for place in everywhere().await {
        let listening = Listening::to(&place).await;
        let mut socket = Socket::of(&listening, &place.token).await;
        socket.subscribe("1", CHANGED, json!({ "a": place.account })).await;
        let stream = open_stream(&listening, &place.token, json!({ "a": place.account }), None).await;
        standing(&mut socket).await;
        let revoke = projections::Ask::new("UPDATE api_token SET revoked_at = 1", []);
        place.service.db().execute(revoke).await.unwrap();
        let started = Instant::now();
        assert_eq!(socket.closed().await, 4401);
        let rest = timeout(Duration::from_secs(10), stream.text()).await.unwrap().unwrap();
        assert!(rest.contains("UNAUTHENTICATED") && rest.contains("event: complete"), "{rest}");
        assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
        listening.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_subscriptions_messages_and_silence_are_bounded() {
    let place = Place::on(Engine::Sqlite).await;
    let bounds = Bounds {
        connections: 3,
        of_one: 2,
        subscriptions: 2,
        message_bytes: 4096,
        messages: 20,
        ping: Duration::from_millis(200),
        ..Bounds::default()
    };
    let listening = Listening::with(&place, bounds).await;
    let mut one = Socket::of(&listening, &place.token).await;
    let mut two = Socket::of(&listening, &place.token).await;
    // The third of one caller, then the fourth of all.
    let mut three = Socket::open(&listening).await;
    assert_eq!(
        Socket::try_open(&listening, Some("graphql-transport-ws")).await.err(),
        Some(StatusCode::SERVICE_UNAVAILABLE)
    );
    three
        .say(json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {}", place.token) } }))
        .await;
    assert_eq!(three.closed().await, 4429);
    let full = stream_request(&listening, &place.token, json!({ "a": place.account }), None).send().await.unwrap();
    assert_eq!((full.status().as_u16(), full.headers()["retry-after"].to_str().unwrap()), (503, "1"));
    for id in ["1", "2", "3"] {
        one.subscribe(id, CHANGED, json!({ "a": place.account })).await;
    }
    assert_eq!(one.closed().await, 4429, "a third subscription");
    two.say(json!({ "type": "ping", "payload": { "long": "x".repeat(5_000) } })).await;
    assert_eq!(two.closed().await, 1009);
    let mut chatty = Socket::of(&listening, &place.token).await;
    let pings = async {
        for _ in 0..30 {
            if chatty.0.send(Message::text(r#"{"type":"pong"}"#)).await.is_err() {
                break;
            }
        }
        chatty.closed().await
    };
    assert_eq!(pings.await, 4429);
    // Who does not read answers no ping either.
    let silent = Socket::of(&listening, &place.token).await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let again = Socket::of(&listening, &place.token).await;
    let third = Socket::of(&listening, &place.token).await;
    drop((silent, again, third));
    listening.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_closes_what_stands() {
    for engine in engines() {
        let place = Place::on(engine).await;
        let listening = Listening::to(&place).await;
        let mut socket = Socket::of(&listening, &place.token).await;
        socket.subscribe("1", CHANGED, json!({ "a": place.account })).await;
        let stream = open_stream(&listening, &place.token, json!({ "a": place.account }), None).await;
        standing(&mut socket).await;
        let started = Instant::now();
        let (code, rest, ()) = tokio::join!(socket.closed(), stream.text(), listening.stop());
        assert_eq!(code, 1001);
        assert!(!rest.unwrap().contains("complete"), "a client connects again");
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    }
}

fn stream_request(listening: &Listening, token: &str, variables: Value, last: Option<&str>) -> reqwest::RequestBuilder {
    let request = reqwest::Client::new()
        .post(format!("{}/graphql/stream", listening.url))
        .bearer_auth(token)
        .header("accept", "text/event-stream")
        .json(&json!({ "query": CHANGED, "variables": variables }));
    match last {
        Some(last) => request.header("last-event-id", last),
        None => request,
    }
}

pub async fn open_stream(
    listening: &Listening,
    token: &str,
    variables: Value,
    last: Option<&str>,
) -> reqwest::Response {
    let answer = stream_request(listening, token, variables, last).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    answer
}

/// The next so many results: ids and data.
async fn results(answer: &mut reqwest::Response, count: usize) -> Vec<(String, Value)> {
    let (mut all, mut text) = (Vec::new(), String::new());
    while all.len() < count {
        let chunk = timeout(Duration::from_secs(20), answer.chunk()).await.expect("in time").unwrap().expect("more");
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        while let Some((event, rest)) = text.split_once("\n\n") {
            let field = |name: &str| {
                event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
            };
            if field("event:") == "next" {
                all.push((field("id:"), serde_json::from_str(&field("data:")).unwrap()));
            }
            text = rest.to_owned();
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn server_sent_events_tell_the_same_and_go_on_after_the_last_one() {
    for place in everywhere().await {
        let listening = Listening::to(&place).await;
        let mut stream = open_stream(&listening, &place.token, json!({ "a": place.account }), None).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let mut expected = Vec::new();
        for n in 0..5 {
            expected.push(place.contact("N", &format!("Contact {n}")).await);
        }
        let told = results(&mut stream, 3).await;
        let contact = |(_, result): &(String, Value)| text(&result["data"]["contactChanged"]["contactId"]);
        let first: Vec<String> = told[..3].iter().map(contact).collect();
        assert_eq!(first, expected[..3]);
        drop(stream);
        // A client that reconnects sends the last id it saw, and `since` as it stood: the id counts.
        let last = told[2].0.clone();
        assert_eq!(last, text(&told[2].1["data"]["contactChanged"]["position"]));
        let variables = json!({ "a": place.account, "since": told[0].0 });
        let mut again = open_stream(&listening, &place.token, variables, Some(&last)).await;
        let rest: Vec<String> = results(&mut again, 2).await.iter().map(contact).collect();
        assert_eq!(rest, expected[3..]);
        // By GET too, as an address.
        let query =
            [("query", CHANGED.to_owned()), ("variables", json!({ "a": place.account, "since": last }).to_string())];
        let url = reqwest::Url::parse_with_params(&format!("{}/graphql/stream", listening.url), query).unwrap();
        let request = reqwest::Client::new().get(url).bearer_auth(&place.token).header("accept", "text/event-stream");
        let mut got = request.send().await.unwrap();
        assert_eq!(results(&mut got, 2).await.iter().map(contact).collect::<Vec<_>>(), expected[3..]);
        // What is refused, and how.
        let refused = stream_request(&listening, "ses_x", json!({}), None).send().await.unwrap();
        assert_eq!(refused.status(), 401);
        let refused =
            stream_request(&listening, &place.token, json!({ "a": place.account }), None).header("accept", "x/y");
        assert_eq!(refused.send().await.unwrap().status(), 200, "one of several is enough");
        let url = format!("{}/graphql/stream?query=%7Bviewer%7Bactor%7Bkind%7D%7D%7D", listening.url);
        let get = || reqwest::Client::new().get(&url).bearer_auth(&place.token);
        assert_eq!(get().send().await.unwrap().status(), 406);
        let answer = get().header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(answer.status(), 400);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "SUBSCRIPTIONS_ONLY");
        drop((again, got));
        listening.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_too_slow_is_told_where_to_go_on() {
    let place = Place::on(Engine::Sqlite).await;
    let service: &Service = &place.service;
    let account = place.account.parse().unwrap();
    let (mut slow, mut fast) = (service.app.follow(account, None, None), service.app.follow(account, None, None));
    // It listens, takes one, and then stays away for longer than is kept for it.
    let first = place.contact("Anne", "Dupont").await;
    assert_eq!(slow.next().await.unwrap().stream.to_string().replace("contact-", ""), uuid_of(&first));
    fast.next().await.unwrap();
    for n in 0..1_100 {
        place.done("editContact", json!({ "contactId": first, "lastName": format!("Nom {n}") }), "").await;
        // Told one by one: the other follower hears each.
        fast.next().await.unwrap();
    }
    let lost = loop {
        if let Err(lost) = slow.next().await {
            break lost;
        }
    };
    assert!(matches!(lost, sesame::app::Lost::TooSlow), "{lost}");
}

fn uuid_of(id: &str) -> String {
    let hex = id.split_once('_').unwrap().1;
    uuid::Uuid::try_parse(hex).unwrap().to_string()
}
