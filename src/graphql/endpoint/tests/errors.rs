//! Row A8: what errors tell, and what they do not.

use super::*;

#[tokio::test]
async fn a8_an_error_from_the_inside_is_told_by_its_number_only() {
    for (field, language, message) in [
        ("broken", "fr", "Erreur interne. Indiquez ce numéro à l’assistance\u{202f}: "),
        ("brokenText", "en", "Internal error. Give this number to the support: "),
        ("brokenLikeAValue", "en", "Internal error. "),
        ("brokenOptional", "en", "Internal error. "),
        ("internal", "en", "Internal error. "),
    ] {
        let (router, _) = toy();
        let mut request =
            post(json!({ "query": format!("{{ {field} }}") }).to_string(), &[("accept-language", language)]);
        request.extensions_mut().insert(RequestId("r-42".into()));
        let answer = send(&router, request).await;
        assert!(answer.message().starts_with(message), "{}", answer.text);
        let error = &answer.json["errors"][0];
        assert_eq!(error["extensions"], json!({ "code": "INTERNAL", "requestId": "r-42" }));
        assert_eq!(error["path"], json!([field]));
        for inside in ["sqlx", "SELECT", "/src/", "panicked", "secret"] {
            assert!(!answer.text.contains(inside), "{}", answer.text);
        }
    }
    let answer = ask("{ broken }").await;
    assert_eq!(answer.json["errors"][0]["extensions"]["requestId"], Uuid::nil().to_string(), "one is made");
}

#[tokio::test]
async fn a8_an_executor_that_fails_without_saying_what_is_internal() {
    for (error, graphql) in [
        (async_graphql::ServerError::new("pool timed out: SELECT 1", None), 500),
        (async_graphql::ServerError::new("locked", None).with_path(vec![]), 500),
    ] {
        let endpoint = Endpoint::new(Uuid::nil, move |_, _| {
            let error = error.clone();
            async move { Response::from_errors(vec![error]) }
        });
        let answer = send(&endpoint.routes("/graphql"), post(r#"{"query":"{ ping }"}"#, &[GRAPHQL])).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (graphql, "INTERNAL"));
        assert!(!answer.text.contains("SELECT"));
        assert!(answer.json.get("data").is_none());
    }
}

#[tokio::test]
async fn an_error_with_a_code_of_ours_passes_whole() {
    let answer = ask("{ missing ping }").await;
    assert_eq!(answer.json["errors"][0]["extensions"], json!({ "code": "NOT_FOUND", "kind": "contact" }));
    assert_eq!(answer.message(), "Introuvable.");
}

#[tokio::test]
async fn a_field_that_failed_is_null_in_the_data() {
    for (query, data) in [
        ("{ missing ping }", json!({ "missing": null, "ping": "pong" })),
        ("{ missing }", json!({ "missing": null })),
        ("{ other: missing }", json!({ "other": null })),
        ("{ contacts(first: 2) { note } }", json!({ "contacts": [{ "note": null }, { "note": null }] })),
        ("{ contacts(first: 1) { id note } ping }", json!({ "contacts": [{ "id": 0, "note": null }], "ping": "pong" })),
    ] {
        let answer = ask(query).await;
        assert_eq!(answer.json["data"], data, "{}", answer.text);
        assert_eq!(answer.code(), "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_refused_request_has_a_status_of_its_own_for_those_who_ask_and_never_data() {
    for (code, status) in [("UNAUTHENTICATED", 401), ("RATE_LIMITED", 429), ("BUSY", 503), ("INVALID_CURSOR", 400)] {
        for (headers, status) in [(&[][..], 200), (&[GRAPHQL][..], status)] {
            let endpoint = Endpoint::new(Uuid::nil, move |_, _| async move {
                let error = Error::new("Non.").extend_with(|_, extensions| extensions.set("code", code));
                let mut response = Response::from_errors(vec![error.into_server_error(async_graphql::Pos::default())]);
                response.http_headers.insert("retry-after", "7".parse().unwrap());
                response.http_headers.insert("content-type", "text/html".parse().unwrap());
                response
            });
            let answer = send(&endpoint.routes("/graphql"), post(r#"{"query":"{ ping }"}"#, headers)).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (status, code));
            assert!(answer.json.get("data").is_none(), "{}", answer.text);
            assert!(answer.json["errors"][0].get("locations").is_none(), "it has no place in the document");
            assert_eq!(answer.header(header::RETRY_AFTER), "7");
            assert!(answer.header(header::CONTENT_TYPE).contains("json"));
        }
    }
}

#[tokio::test]
async fn a_document_that_cannot_be_run_is_400_for_those_who_ask() {
    let unknown = "query A { ping } query B { ping }";
    for (query, code, said) in [
        ("{ ping", "GRAPHQL_PARSE_FAILED", "line 1, column 7"),
        ("{ ping(x: \"é) }", "GRAPHQL_PARSE_FAILED", "unterminated string"),
        ("", "GRAPHQL_PARSE_FAILED", "line 1, column 1"),
        ("query A { ping } query A { ping }", "GRAPHQL_PARSE_FAILED", "defined twice"),
        ("{ pong }", "GRAPHQL_VALIDATION_FAILED", "Unknown field \"pong\""),
        ("{ twice }", "GRAPHQL_VALIDATION_FAILED", "required"),
        ("{ twice(n: \"x\") }", "GRAPHQL_VALIDATION_FAILED", "Invalid value"),
        ("{ ...Missing }", "GRAPHQL_VALIDATION_FAILED", "Missing"),
        ("{ ping } fragment F on Query { ping }", "GRAPHQL_VALIDATION_FAILED", "never used"),
        (unknown, "GRAPHQL_VALIDATION_FAILED", "Operation name required"),
        ("subscription { ping }", "GRAPHQL_VALIDATION_FAILED", ""),
    ] {
        for (media, status) in [("application/json", 200), ("application/graphql-response+json", 400)] {
            let answer = ask_with(query, json!({}), &[("accept", media), ("accept-language", "en")]).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{query}: {}", answer.text);
            assert!(answer.message().contains(said), "{query}: {}", answer.text);
            assert!(answer.json.get("data").is_none(), "{query}: {}", answer.text);
        }
    }
    let (router, _) = toy();
    let body = json!({ "query": unknown, "operationName": "C" }).to_string();
    let answer = send(&router, post(body, &[GRAPHQL])).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "GRAPHQL_VALIDATION_FAILED"));
}

#[tokio::test]
async fn a_value_that_its_type_refuses_is_the_callers_business() {
    let answer = ask_with("query($n: Int!) { twice(n: $n) }", json!({ "n": "seven" }), &[]).await;
    assert_eq!(answer.code(), "GRAPHQL_VALIDATION_FAILED", "{}", answer.text);
    let answer = ask_with("query($n: Int!) { twice(n: $n) }", json!({}), &[("accept-language", "en")]).await;
    assert_eq!((answer.code(), answer.message()), ("GRAPHQL_VALIDATION_FAILED", "Variable n is not defined."));
    let answer = ask_with("query($n: Int!) { twice(n: $n) }", json!({ "n": 3_000_000_000_u64 }), &[]).await;
    assert_eq!(answer.code(), "GRAPHQL_VALIDATION_FAILED", "{}", answer.text);
}

#[tokio::test]
async fn a6_at_most_20_errors_are_answered_and_none_is_long() {
    let fields: String = (0..300).map(|i| format!("x{i} ")).collect();
    let answer = ask(&format!("{{ contacts {{ {fields} }} }}")).await;
    assert_eq!(answer.json["errors"].as_array().unwrap().len(), 20);
    assert_eq!(answer.json["extensions"]["omittedErrors"], 280);
    let answer = ask(&format!("{{ {} }}", "x".repeat(60_000))).await;
    assert!(answer.message().chars().count() <= 501);
    assert_eq!(answer.code(), "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn a_refusal_of_the_guard_carries_its_numbers() {
    let query = "{ contacts(first: 101) { id } }";
    for (media, status) in [("application/json", 200), ("application/graphql-response+json", 400)] {
        let answer = ask_with(query, json!({}), &[("accept", media), ("accept-language", "en")]).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.message(), "Query too complex: `first` or `last`, from 1 (101; at most 100).");
        let expected = json!({ "code": "QUERY_TOO_COMPLEX", "bound": "PAGE", "limit": 100, "actual": 101 });
        assert_eq!(answer.json["errors"][0]["extensions"], expected);
    }
    let variable = "query($n: Int) { contacts(first: $n) { id } }";
    assert_eq!(ask_with(variable, json!({ "n": 101 }), &[]).await.code(), "QUERY_TOO_COMPLEX");
    assert_eq!(
        ask_with(variable, json!({ "n": 100 }), &[]).await.json["data"]["contacts"].as_array().unwrap().len(),
        100
    );
}
