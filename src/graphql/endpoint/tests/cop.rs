//! The checks of the scanner graphql-cop that concern this layer, and the bombs of row A1, end to end (rows A1, A7, A10).
//! Its other checks (introspection, field suggestions, GraphiQL) are about how the schema is built and what is mounted.

use super::*;

/// Sends a document, and tells whether the schema was ever asked.
async fn fire(query: &str) -> (Answer, usize) {
    let (router, executed) = toy();
    let answer = send(&router, post(json!({ "query": query }).to_string(), &[])).await;
    (answer, executed.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a1_bombs_are_refused_before_the_schema_is_asked() {
    let bomb = |depth: usize, width: usize| {
        let fragments: String = (0..depth)
            .map(|i| format!(" fragment F{i} on Query {{ {} }}", format!("...F{} ", i + 1).repeat(width)))
            .collect();
        format!("{{ ...F0 }}{fragments} fragment F{depth} on Query {{ ping }}")
    };
    let unused: String = (0..10_000).map(|i| format!("fragment F{i} on Q{{a}}")).collect();
    for query in [
        bomb(8, 100),
        bomb(31, 2),
        bomb(32, 2),
        format!("{{ ping }}{unused}"),
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(),
        "{a".repeat(10_000),
        format!("{}{}", "{a".repeat(10_000), "}".repeat(10_000)),
        format!("{{ twice(n: [{}]) }}", "1,".repeat(10_000)),
        format!("{{ twice(n: {}1{}) }}", "[".repeat(10_000), "]".repeat(10_000)),
    ] {
        let (answer, executed) = fire(&query).await;
        assert_eq!((answer.code(), executed), ("QUERY_TOO_COMPLEX", 0), "{query:.60}: {}", answer.text);
        assert!(answer.text.len() < 500);
    }
}

#[tokio::test]
async fn a10_alias_overloading() {
    let aliases: String = (0..101).map(|i| format!("alias{i}:__typename ")).collect();
    let (answer, executed) = fire(&format!("query cop {{ {aliases} }}")).await;
    assert_eq!((answer.code(), executed), ("QUERY_TOO_COMPLEX", 0));
}

#[tokio::test]
async fn a10_array_batching() {
    let (router, executed) = toy();
    let batch = json!(vec![json!({ "query": "query cop { __typename }" }); 10]);
    let answer = send(&router, post(batch.to_string(), &[])).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "BATCHING_NOT_SUPPORTED"));
    assert_eq!(executed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a10_directive_overloading() {
    let (answer, executed) = fire(&format!("query cop {{ __typename {} }}", "@aa".repeat(10_000))).await;
    assert_eq!((answer.code(), executed), ("QUERY_TOO_COMPLEX", 0));
    let (answer, executed) = fire(&format!("query cop {{ __typename {} }}", "@aa".repeat(51))).await;
    assert_eq!((answer.code(), executed), ("QUERY_TOO_COMPLEX", 0));
}

#[tokio::test]
async fn a10_circular_introspection() {
    let circle = "fields { type { ".repeat(4);
    let query = format!("query cop {{ __schema {{ types {{ {circle} name {} }} }} }}", "} } ".repeat(4));
    let (answer, executed) = fire(&query).await;
    assert_eq!((answer.code(), executed), ("QUERY_TOO_COMPLEX", 0), "{}", answer.text);
}

#[tokio::test]
async fn a10_field_duplication() {
    let (answer, executed) = fire(&format!("query cop {{ {} }}", "__typename ".repeat(500))).await;
    assert_eq!((answer.code(), executed), ("QUERY_TOO_COMPLEX", 0));
}

#[tokio::test]
async fn a10_mutations_and_queries_by_get_or_as_a_form() {
    let form = "query=query+cop+%7B__typename%7D";
    for (method, address, content_type, body) in [
        ("GET", "/graphql?query=query+cop+%7B__typename%7D", None, ""),
        ("GET", "/graphql?query=mutation+cop+%7B__typename%7D", None, ""),
        ("POST", "/graphql", Some("application/x-www-form-urlencoded"), form),
        ("POST", "/graphql?query=query+cop+%7B__typename%7D", None, ""),
    ] {
        let (router, executed) = toy();
        let mut request = HttpRequest::builder().method(method).uri(address);
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let answer = send(&router, request.body(body.into()).unwrap()).await;
        assert!(matches!(answer.status.as_u16(), 405 | 415), "{method} {address}");
        assert_eq!(executed.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn a10_trace_mode_and_graphical_editor() {
    let (answer, _) = fire("query cop { __typename }").await;
    assert_eq!(answer.json["extensions"].as_object().unwrap().keys().collect::<Vec<_>>(), ["cost"]);
    let (router, _) = toy();
    let browser = HttpRequest::get("/graphql").header("accept", "text/html").body(Body::empty()).unwrap();
    let answer = send(&router, browser).await;
    assert_eq!(answer.status.as_u16(), 405);
    assert!(!answer.text.to_lowercase().contains("graphiql"));
}

#[tokio::test]
async fn a10_unhandled_errors() {
    for query in ["qwerty cop { abc }", "query cop { %00 }", "{ broken }"] {
        let (answer, _) = fire(query).await;
        for inside in ["sqlx", "SELECT", "/src/", "panicked", "stacktrace", "exception"] {
            assert!(!answer.text.contains(inside), "{}", answer.text);
        }
        assert_ne!(answer.code(), "");
    }
}

#[tokio::test]
async fn a6_the_introspection_that_graphiql_sends_is_answered() {
    let query = include_str!("../../../../tests/fixtures/graphiql_introspection.graphql");
    let (router, _) = toy();
    let body = json!({ "query": query, "operationName": "IntrospectionQuery" }).to_string();
    let answer = send(&router, post(body, &[GRAPHQL])).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    assert!(answer.json.get("errors").is_none(), "{}", answer.json["errors"]);
    assert!(answer.json["data"]["__schema"]["types"].as_array().unwrap().len() > 10);
}
