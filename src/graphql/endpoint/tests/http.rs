//! Rows A2: methods, content types, Accept.

use super::*;

/// Method, content type, Accept; status, type of the answer.
type Row = (&'static str, Option<&'static str>, Option<&'static str>, u16, &'static str);

#[tokio::test]
async fn a2_only_post_with_json_and_an_acceptable_answer_reaches_the_schema() {
    const JSON: &str = "application/json; charset=utf-8";
    const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
    let ok = 200;
    let rows: &[Row] = &[
        ("POST", Some("application/json"), None, ok, JSON),
        ("POST", Some("application/json"), Some("*/*"), ok, JSON),
        ("POST", Some("application/json"), Some("application/json"), ok, JSON),
        ("POST", Some("application/json"), Some("application/*"), ok, JSON),
        ("POST", Some("APPLICATION/JSON; Charset=\"UTF-8\""), None, ok, JSON),
        ("POST", Some("application/json"), Some("application/graphql-response+json"), ok, GRAPHQL),
        (
            "POST",
            Some("application/json"),
            Some("application/graphql-response+json, application/json;q=0.9"),
            ok,
            GRAPHQL,
        ),
        ("POST", Some("application/json"), Some("application/json, application/graphql-response+json"), ok, GRAPHQL),
        ("POST", Some("application/json"), Some("application/json, application/graphql-response+json;q=0.5"), ok, JSON),
        ("POST", Some("application/json"), Some("application/json, multipart/mixed"), ok, JSON),
        ("POST", Some("application/json"), Some("application/json;q=0, */*"), ok, GRAPHQL),
        ("POST", Some("application/json"), Some("application/json;charset=utf-8;q=0.3"), ok, JSON),
        ("POST", Some("application/json"), Some("text/html"), 406, JSON),
        ("POST", Some("application/json"), Some("*/*;q=0"), 406, JSON),
        ("POST", Some("application/json"), Some(""), 406, JSON),
        ("POST", None, None, 415, JSON),
        ("POST", Some(""), None, 415, JSON),
        ("POST", Some("text/plain"), None, 415, JSON),
        ("POST", Some("application/x-www-form-urlencoded"), None, 415, JSON),
        ("POST", Some("multipart/form-data; boundary=x"), None, 415, JSON),
        ("POST", Some("application/graphql"), None, 415, JSON),
        ("POST", Some("application/json; charset=utf-16"), None, 415, JSON),
        ("POST", Some("text/plain; application/json"), None, 415, JSON),
        ("POST", Some("application/jsonp"), Some("application/graphql-response+json"), 415, GRAPHQL),
        ("GET", None, None, 405, JSON),
        ("GET", Some("application/json"), Some("text/html"), 405, JSON),
        ("HEAD", None, None, 405, JSON),
        ("PUT", Some("application/json"), None, 405, JSON),
        ("DELETE", None, None, 405, JSON),
        ("OPTIONS", None, None, 405, JSON),
    ];
    for (method, content_type, accept, status, answered) in rows {
        let (router, executed) = toy();
        let mut request = HttpRequest::builder().method(*method).uri("/graphql");
        for (name, value) in [(header::CONTENT_TYPE, content_type), (header::ACCEPT, accept)] {
            if let Some(value) = value {
                request = request.header(name, *value);
            }
        }
        let answer = send(&router, request.body(r#"{"query":"{ ping }"}"#.into()).unwrap()).await;
        let row = format!("{method} {content_type:?} {accept:?}: {}", answer.text);
        assert_eq!(answer.status.as_u16(), *status, "{row}");
        assert_eq!(answer.header(header::CONTENT_TYPE), *answered, "{row}");
        assert_eq!(executed.load(Ordering::SeqCst), usize::from(*status == 200), "{row}");
        assert_eq!(answer.header(header::ALLOW), if *status == 405 { "POST" } else { "" }, "{row}");
        assert_eq!(answer.header(header::CACHE_CONTROL), "no-store", "{row}");
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{row}");
        if *status == 200 {
            assert_eq!(answer.json["data"], json!({ "ping": "pong" }), "{row}");
        }
    }
}

#[tokio::test]
async fn a2_get_runs_nothing_not_even_with_a_query_in_its_address() {
    for address in ["/graphql?query=%7Bping%7D", "/graphql?query=mutation%7Btouch%7D"] {
        let (router, executed) = toy();
        let answer = send(&router, HttpRequest::get(address).body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (405, "METHOD_NOT_ALLOWED"));
        assert_eq!(executed.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn a2_two_content_types_and_compressed_bodies_are_refused() {
    for extra in [("content-type", "text/plain"), ("content-encoding", "gzip")] {
        let (router, _) = toy();
        let answer = send(&router, post(r#"{"query":"{ ping }"}"#, &[extra])).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (415, "UNSUPPORTED_MEDIA_TYPE"));
    }
    let (router, _) = toy();
    let answer = send(&router, post(r#"{"query":"{ ping }"}"#, &[("content-encoding", "identity")])).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn what_the_endpoint_says_is_french_unless_english_is_preferred() {
    for (headers, language, message) in [
        (&[][..], "fr", "Une seule requête à la fois\u{202f}: les listes de requêtes ne sont pas acceptées."),
        (
            &[("accept-language", "en-GB, fr;q=0.5")][..],
            "en",
            "One request at a time: lists of requests are not accepted.",
        ),
    ] {
        let (router, _) = toy();
        let answer = send(&router, post("[]", headers)).await;
        assert_eq!((answer.message(), answer.header(header::CONTENT_LANGUAGE)), (message, language));
    }
}

#[tokio::test]
async fn the_executor_is_given_the_head_of_the_request_and_its_cost() {
    let answer = ask_with("{ language }", json!({}), &[("x-seen", "seen")]).await;
    assert_eq!(answer.json["data"]["language"], "seen");

    #[derive(Clone)]
    struct Caller(&'static str);
    let endpoint = Endpoint::new(Uuid::nil, |head: Parts, request: Request| async move {
        let Caller(name) = head.extensions.get::<Caller>().unwrap();
        let cost = request.data.get(&std::any::TypeId::of::<Cost>()).and_then(|cost| cost.downcast_ref::<Cost>());
        Response::new(format!("{name} {}", cost.unwrap().requested))
    });
    let mut request = post(r#"{"query":"{ contacts(first: 7) { id } }"}"#, &[]);
    request.extensions_mut().insert(Caller("Inès"));
    let answer = send(&endpoint.routes("/graphql"), request).await;
    assert_eq!(answer.json["data"], "Inès 1");
    assert_eq!(answer.json["extensions"]["cost"], json!({ "requested": 1, "limit": 5000, "nodes": 7 }));
}
