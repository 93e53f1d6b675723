//! Row A4: how much is read, how long, and the JSON of a request.

use std::convert::Infallible;

use axum::body::Bytes;
use futures::{StreamExt, stream};

use super::*;

#[tokio::test]
async fn a4_a_body_is_cut_at_256_kib_whether_its_length_is_announced_or_not() {
    let of = |bytes: usize| {
        let start = r#"{"query":"{ ping }","padding":""#;
        format!("{start}{}\"}}", "x".repeat(bytes - start.len() - 2))
    };
    let (router, executed) = toy();
    assert_eq!(send(&router, post(of(256 * 1024), &[])).await.status, StatusCode::OK);
    let answer = send(&router, post(of(256 * 1024 + 1), &[])).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (413, "PAYLOAD_TOO_LARGE"));
    assert_eq!(answer.header(header::CONNECTION), "close");
    assert_eq!(executed.load(Ordering::SeqCst), 1);

    let read = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&read);
    let gigabyte = stream::iter(0..16_384).map(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        Ok::<_, Infallible>(Bytes::from(vec![b' '; 64 * 1024]))
    });
    assert_eq!(send(&router, post(Body::from_stream(gigabyte), &[])).await.code(), "PAYLOAD_TOO_LARGE");
    assert!(read.load(Ordering::SeqCst) <= 6, "chunks read of a gigabyte");

    let unread = stream::poll_fn(|_| -> std::task::Poll<Option<Result<Bytes, Infallible>>> { panic!("it was read") });
    let announced = post(Body::from_stream(unread), &[("content-length", "1000000000")]);
    assert_eq!(send(&router, announced).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a4_a_body_that_dawdles_is_dropped() {
    let drip = stream::unfold((), |()| async {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), ()))
    });
    let (router, _) = toy();
    let answer = send(&router, post(Body::from_stream(drip), &[])).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (408, "REQUEST_TIMEOUT"));
    assert_eq!(answer.header(header::CONNECTION), "close");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_bad_request() {
    let broken = stream::iter([Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("reset"))]);
    let (router, _) = toy();
    let answer = send(&router, post(Body::from_stream(broken), &[])).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "BAD_REQUEST"));
}

#[tokio::test]
async fn a_request_that_is_not_one_is_told_what_is_wrong_whatever_it_accepts() {
    let rows = [
        ("", "BAD_REQUEST", "line 1, column 0"),
        ("{", "BAD_REQUEST", "line 1, column 1"),
        ("{\n\"query\": oops", "BAD_REQUEST", "line 2, column 10"),
        ("\u{feff}{}", "BAD_REQUEST", "not JSON"),
        ("[]", "BATCHING_NOT_SUPPORTED", "One request at a time"),
        (r#"[{"query":"{ ping }"}]"#, "BATCHING_NOT_SUPPORTED", "One request at a time"),
        ("null", "BAD_REQUEST", "JSON object"),
        (r#""{ ping }""#, "BAD_REQUEST", "JSON object"),
        ("{}", "BAD_REQUEST", "`query`, the GraphQL document, is missing"),
        (r#"{"id":"abc"}"#, "BAD_REQUEST", "is missing"),
        (r#"{"query":null}"#, "BAD_REQUEST", "`query` must be a string"),
        (r#"{"query":["{ ping }"]}"#, "BAD_REQUEST", "`query` must be a string"),
        (r#"{"query":"{ ping }","operationName":7}"#, "BAD_REQUEST", "`operationName`"),
        (r#"{"query":"{ ping }","variables":[]}"#, "BAD_REQUEST", "`variables`"),
        (r#"{"query":"{ ping }","variables":"{}"}"#, "BAD_REQUEST", "`variables`"),
        (r#"{"query":"{ ping }","extensions":1}"#, "BAD_REQUEST", "`extensions`"),
    ];
    for accept in ["application/json", "application/graphql-response+json"] {
        for (body, code, message) in rows {
            let (router, executed) = toy();
            let answer = send(&router, post(body, &[("accept", accept), ("accept-language", "en")])).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (400, code), "{body}: {}", answer.text);
            assert!(answer.message().contains(message), "{body}: {}", answer.text);
            assert_eq!(executed.load(Ordering::SeqCst), 0);
        }
    }
    for not_utf8 in [&b"{\"query\":\"\xff\"}"[..], b"\xff\xfe{\0}\0"] {
        let (router, _) = toy();
        assert_eq!(send(&router, post(not_utf8, &[])).await.code(), "BAD_REQUEST");
    }
    let deep = format!(r#"{{"query":"{{ ping }}","variables":{{"a":{}{}}}}}"#, "[".repeat(50_000), "]".repeat(50_000));
    let (router, _) = toy();
    assert_eq!(send(&router, post(deep, &[])).await.code(), "BAD_REQUEST", "serde_json stops at 128 levels");
}

#[tokio::test]
async fn null_and_absent_members_are_alike_and_others_are_ignored() {
    for body in [
        r#"{"query":"{ ping }"}"#,
        r#"{"query":"{ ping }","variables":null,"operationName":null,"extensions":null}"#,
        r#"{"query":"{ ping }","variables":{},"extensions":{"x":{"y":1}},"id":"ignored"}"#,
    ] {
        let (router, _) = toy();
        assert_eq!(send(&router, post(body, &[])).await.json["data"]["ping"], "pong", "{body}");
    }
}
