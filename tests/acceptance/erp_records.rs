//! Records of an ERP by HTTP, many at once, and at the same time.

use crate::place::{Answer, Place, everywhere};
use axum::{
    body::Body,
    http::{Request, header},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

impl Place {
    async fn post(&self, query: &str, body: impl Into<Body>, key: Option<&str>) -> Answer {
        let mut request = Request::post(format!("/erp/records?account={}{query}", self.account))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::CONTENT_TYPE, "application/x-ndjson");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.send(request.body(body.into()).unwrap()).await
    }
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// The refused records and the counts of an answer.
fn told(answer: &Answer) -> (Vec<Value>, Value) {
    let mut all: Vec<Value> = answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = all.pop().unwrap();
    (all, last)
}

fn some(counts: &Value, names: &[&str]) -> Vec<u64> {
    names.iter().map(|name| counts[*name].as_u64().unwrap_or_else(|| panic!("{name}: {counts:#}"))).collect()
}

#[tokio::test]
async fn a1_ten_thousand_records_come_in_one_request_and_not_one_more() {
    for place in everywhere().await {
        place.connect(None).await;
        let records: Vec<Value> = (0..10_000)
            .map(|n| json!({ "externalId": n, "lastName": format!("Nom {n}"), "email": format!("p{n}@exemple.fr") }))
            .collect();
        let answer = place.post("&mode=full", lines(&records), None).await;
        let (refused, counts) = told(&answer);
        assert_eq!((answer.status.as_u16(), refused.len()), (200, 0), "{}", answer.text);
        assert_eq!(some(&counts, &["records", "created"]), [10_000, 10_000]);
        let again = told(&place.post("&mode=full", lines(&records), None).await).1;
        assert_eq!(some(&again, &["records", "unchanged", "gone"]), [10_000, 10_000, 0]);
        assert_eq!(again["position"], counts["position"]);

        let more = [records, vec![json!({ "externalId": "x", "lastName": "x" })]].concat();
        let answer = place.post("&mode=full", lines(&more), None).await;
        let counts = told(&answer).1;
        assert_eq!((answer.status.as_u16(), &counts["stopped"]["code"]), (413, &json!("TOO_MANY_RECORDS")));
        assert_eq!(some(&counts, &["records", "gone"]), [10_000, 0], "not all came, so nobody is gone");
    }
}

#[tokio::test]
async fn a1_a_line_that_cannot_be_read_is_named_and_nobody_is_taken_for_gone() {
    for place in everywhere().await {
        place.connect(None).await;
        let all: Vec<Value> = (0..6).map(|n| json!({ "externalId": n, "lastName": format!("L{n}") })).collect();
        place.post("", lines(&all), None).await;
        let body = format!("{}\n\n{{no json\n{}", all[0], all[1]);
        let (refused, counts) = told(&place.post("&mode=full&force=true", body, None).await);
        assert_eq!((refused.len(), &refused[0]["line"], &refused[0]["code"]), (1, &json!(3), &json!("NOT_A_RECORD")));
        assert_eq!(some(&counts, &["records", "unchanged", "refused", "gone"]), [3, 2, 1, 0]);
        assert_eq!(
            (&counts["notFlagged"]["code"], &counts["notFlagged"]["contacts"]),
            (&json!("UNREADABLE_RECORDS"), &json!(4))
        );
        // Of one whose id can be read it is known whose it is: its contact is there, and the others are gone.
        let odd = json!({ "externalId": "2", "updatedAt": "yesterday" });
        let body = lines(&[all[0].clone(), all[1].clone(), odd]);
        let (refused, counts) = told(&place.post("&mode=full&force=true", body, None).await);
        assert_eq!((&refused[0]["line"], &refused[0]["field"]), (&json!(3), &json!("updatedAt")));
        assert_eq!(some(&counts, &["unchanged", "refused", "gone"]), [2, 1, 3]);
        assert_eq!(place.post("&mode=some", "", None).await.status.as_u16(), 400);
        let long = format!("{{\"externalId\":\"{}\"}}", "x".repeat(70_000));
        let answer = place.post("", long, None).await;
        assert_eq!((answer.status.as_u16(), &told(&answer).1["stopped"]["code"]), (400, &json!("LINE_TOO_LONG")));
    }
}

#[tokio::test]
async fn a1_a_retry_by_http_gets_the_first_answer() {
    for place in everywhere().await {
        place.connect(None).await;
        let body = lines(&[json!({ "externalId": 1, "lastName": "L" }), json!({ "externalId": 2, "email": "x" })]);
        let first = place.post("", body.clone(), Some("k")).await;
        let again = place.post("", body.clone(), Some("k")).await;
        assert_eq!((first.status, &first.text), (again.status, &again.text));
        let other = place.post("", body + "\n", Some("k")).await;
        assert_eq!(other.status.as_u16(), 409, "{}", other.text);
    }
}

#[tokio::test]
async fn a1_what_broke_off_is_sent_again_whole_under_the_same_key() {
    for place in everywhere().await {
        place.connect(None).await;
        let records: Vec<Value> = (0..3).map(|n| json!({ "externalId": n, "lastName": format!("L{n}") })).collect();
        let whole = lines(&records);
        let half = whole[..whole.len() / 2].to_owned();
        let pieces = [Ok(half), Err(std::io::Error::other("the line went dead"))];
        let answer = place.post("&mode=full", Body::from_stream(futures::stream::iter(pieces)), Some("k")).await;
        assert_eq!((answer.status.as_u16(), &told(&answer).1["stopped"]["code"]), (400, &json!("BODY_CUT_SHORT")));
        let answer = place.post("&mode=full", whole.clone(), Some("k")).await;
        assert_eq!((answer.status.as_u16(), some(&told(&answer).1, &["records"])[0]), (200, 3), "{}", answer.text);
        assert_eq!(place.post("&mode=full", whole.clone(), Some("k")).await.text, answer.text);
        // The same records in another way are something else.
        assert_eq!(place.post("&mode=incremental", whole.clone(), Some("k")).await.status.as_u16(), 409);
        assert_eq!(place.post("&mode=full&force=true", whole, Some("k")).await.status.as_u16(), 409);
    }
}

#[tokio::test]
async fn a1_blank_lines_do_not_go_on_for_ever() {
    let place = Place::on(crate::databases::Engine::Sqlite).await;
    place.connect(None).await;
    assert_eq!(place.post("", "\n".repeat(39_999), None).await.status.as_u16(), 200);
    assert_eq!(place.post("", "\n".repeat(40_001), None).await.status.as_u16(), 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn a1_two_syncs_at_once_make_one_contact_a_record() {
    for place in everywhere().await {
        place.connect(None).await;
        let records: Vec<Value> = (0..300)
            .map(|n| json!({ "externalId": n, "lastName": format!("L{n:03}"), "email": format!("p{n}@exemple.fr") }))
            .collect();
        let body = lines(&records);
        let (one, other) = tokio::join!(place.post("", body.clone(), None), place.post("", body.clone(), None));
        let (one, other) = (told(&one), told(&other));
        assert!(one.0.is_empty() && other.0.is_empty(), "{one:?} {other:?}");
        let sum = |name: &str| some(&one.1, &[name])[0] + some(&other.1, &[name])[0];
        assert_eq!((sum("created"), sum("created") + sum("updated") + sum("unchanged")), (300, 600));
        let last = told(&place.post("&mode=full", body, None).await).1;
        assert_eq!(some(&last, &["unchanged", "gone", "emailTaken"]), [300, 0, 0]);
        let count = "query($a: ID!) { contacts(accountId: $a) { totalCount } }";
        assert_eq!(place.data(count, json!({ "a": place.account })).await["contacts"]["totalCount"], 300);
    }
}

fn record() -> impl Strategy<Value = Value> {
    let text = || proptest::option::of("[a-zé ]{0,6}");
    (0..6u8, text(), text(), proptest::option::of(0..4u8), any::<bool>(), proptest::option::of("[a-z]{1,4}")).prop_map(
        |(id, first, last, email, deleted, line)| {
            let mut record = json!({ "externalId": id, "firstName": first, "deleted": deleted && id == 0 });
            if let Some(last) = last {
                record["lastName"] = json!(last);
            }
            if let Some(email) = email {
                record["email"] = json!(format!("p{email}@exemple.fr"));
            }
            if let Some(line) = line {
                record["address"] = json!({ "line1": line, "city": "Paris" });
            }
            record
        },
    )
}

/// Whatever records are sent, sending them again changes nothing and makes nobody twice, also over a reconnection.
#[tokio::test(flavor = "multi_thread")]
async fn a1_sending_the_same_records_twice_changes_nothing() {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRunner::deterministic().new_rng());
    for place in everywhere().await {
        for round in 0..6 {
            let place = place.another(&format!("Round {round}")).await;
            place.connect(None).await;
            let records = proptest::collection::vec(record(), 1..12).new_tree(&mut runner).unwrap().current();
            // One line a record: a later line of the same record would change it back and forth.
            let mut ids = std::collections::BTreeSet::new();
            let records: Vec<Value> = records.into_iter().filter(|r| ids.insert(r["externalId"].as_u64())).collect();
            let body = lines(&records);
            place.post("", body.clone(), None).await;
            place.done("disconnectErp", json!({ "accountId": place.account }), "erp { connected }").await;
            place.connect(None).await;
            let before = place.service.app.reader().head().await.unwrap().position;
            let (_, counts) = told(&place.post("", body, None).await);
            let after = place.service.app.reader().head().await.unwrap().position;
            assert_eq!(before, after, "{records:#?}: {counts}");
            assert_eq!(some(&counts, &["created", "updated", "gone"]), [0, 0, 0]);
        }
    }
}
