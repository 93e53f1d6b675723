//! Who may ask and do what, of their own account and of another's: every field of the schema, asked by everyone there is (rows U1, O8).
//!
//! `tests/fixtures/verdicts.tsv` has a line a field and account, a column a caller: `ALLOWED` (whatever the rules then say), `FORBIDDEN`, `NOT_FOUND` or
//! `UNAUTHENTICATED`. The built service is asked each time, with what the schema says a field takes; a field without a line fails. After a change
//! that is meant, `WRITE_VERDICTS=1` writes the table anew, to be read line by line in its difference.

use crate::{
    place::{Place, engines, named, text},
    sweep::{MARK, Schema, Things, kind, things, used, written},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use futures::StreamExt;
use serde_json::{Value, json};
use sesame::app::OpenAccount;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Everyone there is, in the order of the columns. `NOBODY` shows a token that nobody has; `PLAIN` is recorded, signs in, and has no more than that.
const CALLERS: [&str; 15] = [
    "NOBODY",
    "STRANGER",
    "OPERATOR",
    "STAFF",
    "PROGRAM",
    "OWNER",
    "BILLING",
    "SUPPORT",
    "DEPLOYMENT",
    "SYSTEM_CONFIGURATION",
    "SECURITY",
    "OTHER",
    "PORTAL_ADMINISTRATOR",
    "PORTAL_SUBSCRIBER",
    "PLAIN",
];
/// A version that nothing ever had: who passes the gate is refused behind it, and nothing changes.
const NO_VERSION: i64 = 999_999;

fn table() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/verdicts.tsv")
}

/// The tokens of everyone, by the columns' names.
async fn callers(place: &Place) -> BTreeMap<&'static str, String> {
    let mut tokens = BTreeMap::from([
        ("NOBODY", "ses_nobody".to_owned()),
        ("STRANGER", place.user("passant@exemple.fr").await.1),
        ("OPERATOR", place.operator.clone()),
        ("STAFF", place.staff().await),
        ("PROGRAM", place.token.clone()),
        ("OWNER", place.user("titulaire@exemple.fr").await.1),
    ]);
    for permission in &CALLERS[6..12] {
        let email = format!("{}@exemple.fr", permission.to_lowercase());
        let (_, token) = place.user(&email).await;
        let invite = json!({ "accountId": place.account, "email": email, "permissions": [permission] });
        let guest = place.done("inviteGuest", invite, "contact { id }").await["contact"]["id"].clone();
        place.done_as(&token, "acceptInvitation", json!({ "contactId": guest }), "").await;
        tokens.insert(permission, token);
    }
    for (caller, login) in
        [("PORTAL_ADMINISTRATOR", "ADMINISTRATOR"), ("PORTAL_SUBSCRIBER", "SUBSCRIBER"), ("PLAIN", "NONE")]
    {
        let email = format!("{}@exemple.fr", caller.to_lowercase());
        let add = json!({ "accountId": place.account, "lastName": caller, "email": email, "portalAccount": login });
        place.done("addContact", add, "").await;
        tokens.insert(caller, place.user(&email).await.1);
    }
    tokens
}

/// A question, command or stream of the schema, ready to be asked.
struct Asked {
    name: String,
    door: &'static str,
    /// What is asked, with what is shown of an answer; and with everything that can be.
    query: [String; 2],
    names_something: bool,
    variables: BTreeMap<&'static str, Value>,
}

impl Asked {
    fn of(
        schema: &Schema,
        door: &'static str,
        operation: &str,
        field: &Value,
        accounts: &[(&'static str, &Things)],
    ) -> Asked {
        let (name, taken) = (text(&field["name"]), field["args"].as_array().unwrap().clone());
        let answers = used(&field["type"]).0;
        let fields = schema.list(&answers, "fields");
        let small = match fields.iter().any(|f| f["name"] == "userErrors") {
            _ if fields.is_empty() => String::new(),
            true => "{ userErrors { code } }".to_owned(),
            false => "{ __typename }".to_owned(),
        };
        let large = if fields.is_empty() { String::new() } else { format!("{{{} }}", schema.wanted(&answers, 1)) };
        let names: Vec<String> = taken.iter().map(|arg| text(&arg["name"])).collect();
        let declared: Vec<String> =
            taken.iter().zip(&names).map(|(arg, name)| format!("${name}: {}", written(&arg["type"]))).collect();
        let passed: Vec<String> = names.iter().map(|name| format!("{name}: ${name}")).collect();
        let document = |wanted: &str| match taken.is_empty() {
            true => format!("{operation} {{ {name} {wanted} }}"),
            false => format!("{operation}({}) {{ {name}({}) {wanted} }}", declared.join(", "), passed.join(", ")),
        };
        let mut paths = Vec::new();
        schema.names(&taken, &[], &mut paths);
        let varied = paths.first().cloned().unwrap_or_default();
        let variables = accounts.iter().map(|(account, things)| {
            let id = varied.last().map(|last| things[kind(&name, last)[0]].clone()).unwrap_or_default();
            let mut given = schema.given(&name, &taken, things, &varied, &id);
            if let Some(input) = given.get_mut("input").and_then(Value::as_object_mut) {
                let of = used(&taken.iter().find(|arg| arg["name"] == "input").unwrap()["type"]).0;
                if schema.list(&of, "inputFields").iter().any(|field| field["name"] == "expectedVersion") {
                    input.insert("expectedVersion".into(), json!(NO_VERSION));
                }
            }
            (*account, Value::Object(given))
        });
        Asked {
            query: [document(&small), document(&large)],
            variables: variables.collect(),
            names_something: !paths.is_empty(),
            name,
            door,
        }
    }

    /// What becomes of it, and all that was answered.
    async fn ask(&self, place: &Place, token: &str, account: &str, everything: bool) -> (&'static str, String) {
        let query = &self.query[usize::from(everything)];
        let variables = self.variables[account].clone();
        let said = if self.door == "Live" {
            stream(place, token, query, variables).await
        } else {
            place.ask_as(token, query, variables).await.text
        };
        for line in said.lines() {
            let json: Value =
                serde_json::from_str(line.strip_prefix("data:").unwrap_or(line).trim()).unwrap_or_default();
            let top = json["errors"].as_array().into_iter().flatten().map(|e| &e["extensions"]["code"]);
            let told = json["data"][&self.name]["userErrors"].as_array().into_iter().flatten().map(|e| &e["code"]);
            for code in top.chain(told).filter_map(Value::as_str) {
                assert!(!code.starts_with("GRAPHQL") && code != "INTERNAL", "{}: {said}\n{query}", self.name);
                for verdict in ["UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"] {
                    if code == verdict {
                        return (verdict, said);
                    }
                }
            }
        }
        ("ALLOWED", said)
    }
}

/// A disagreement with the ERP that nobody has settled: settling one leaves nothing for whoever asks next.
async fn fresh_drift(place: &Place, seen: &mut BTreeSet<String>) -> Value {
    let record =
        json!({ "externalId": format!("encore {}", seen.len()), "lastName": "NOUS", "email": "nous.nom@exemple.fr" });
    place.sync(json!([record])).await;
    let asked = "query($a: ID!) { a: erpDrift(accountId: $a, kind: EMAIL_TAKEN, first: 100) { edges { node { id } } } b: erpDrift(accountId: $a, kind: UNVERIFIED_MATCH, first: 100) { edges { node { id } } } }";
    let lists = place.data(asked, json!({ "a": place.account })).await;
    let edges = ["a", "b"].into_iter().flat_map(|list| lists[list]["edges"].as_array().unwrap());
    let fresh = edges.map(|edge| text(&edge["node"]["id"])).find(|id| !seen.contains(id)).unwrap();
    seen.insert(fresh.clone());
    json!(fresh)
}

/// The beginning of an event stream: what is refused is told at once.
async fn stream(place: &Place, token: &str, query: &str, variables: Value) -> String {
    let request = Request::post("/graphql/stream")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::ACCEPT, "text/event-stream")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(json!({ "query": query, "variables": variables }).to_string()))
        .unwrap();
    let mut body = place.answer(request).await.into_body().into_data_stream();
    let mut said = String::new();
    while let Ok(Some(Ok(piece))) = tokio::time::timeout(Duration::from_millis(100), body.next()).await {
        said.push_str(&String::from_utf8_lossy(&piece));
    }
    said
}

/// What the service writes to its log while everyone asks everything.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn u1_o8_every_field_of_the_schema_has_its_verdict_for_everyone_and_no_mark_of_another_account_is_anywhere() {
    for engine in engines() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_ansi(false);
        let _guard = tracing::subscriber::set_default(subscriber.with_writer(move || writer.clone()).finish());
        let first = Place::on(engine).await;
        let owned = OpenAccount { owner_email: Some("titulaire@exemple.fr".into()), ..named("Les nôtres") };
        let (place, other) = (first.opened(owned).await, first.another(&format!("{MARK} compte")).await);
        let (ours, theirs) = (things(&place, "NOUS").await, things(&other, MARK).await);
        let tokens = callers(&place).await;
        place.settled().await;
        let schema = Schema::of(&place).await;
        let accounts = [("own", &ours), ("other", &theirs)];
        let mut seen = BTreeSet::from([ours["drift"].clone()]);
        let mut lines = format!("field\taccount\t{}\n", CALLERS.join("\t"));
        for (door, operation) in [("Query", "query"), ("Mutation", "mutation"), ("Live", "subscription")] {
            for field in schema.list(door, "fields") {
                let mut asked = Asked::of(&schema, door, operation, &field, &accounts);
                for (account, _) in accounts {
                    let _ = write!(lines, "{door}.{}\t{account}", asked.name);
                    for caller in CALLERS {
                        if asked.name == "resolveEmailMismatch" && account == "own" {
                            asked.variables.get_mut(account).unwrap()["input"]["driftId"] =
                                fresh_drift(&place, &mut seen).await;
                        }
                        let within = !["OPERATOR", "STAFF"].contains(&caller);
                        let (verdict, said) =
                            asked.ask(&place, &tokens[caller], account, account == "other" && within).await;
                        let _ = write!(lines, "\t{verdict}");
                        let name = &asked.name;
                        assert!(!within || !said.contains(MARK), "{name} tells {caller} of another account: {said}");
                        // Whatever the table says: these hold of every line.
                        assert!(caller != "NOBODY" || verdict == "UNAUTHENTICATED", "{name} is told to nobody");
                        let reaches = verdict == "ALLOWED" && within && account == "other";
                        assert!(
                            !reaches || !asked.names_something,
                            "{name} lets {caller} reach another account: {said}"
                        );
                    }
                    lines.push('\n');
                }
            }
        }
        if std::env::var_os("WRITE_VERDICTS").is_some() {
            std::fs::write(table(), &lines).unwrap();
        }
        let kept = std::fs::read_to_string(table()).unwrap_or_default();
        let (kept, lines): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), lines.lines().collect());
        let differ: Vec<_> = lines.iter().filter(|line| !kept.contains(line)).collect();
        assert!(differ.is_empty(), "{engine:?}: these are not in tests/fixtures/verdicts.tsv:\n{differ:#?}");
        assert_eq!(kept.len(), lines.len(), "the table has lines of fields that are no more");

        // What leaves the house: files, and mails to whoever is not of that account.
        for (caller, token) in &tokens {
            for path in ["/export/subscribers.csv", "/export/subscribers.xlsx"] {
                for account in [&place.account, &other.account] {
                    let request = Request::get(format!("{path}?account={account}"));
                    let request = request.header(header::AUTHORIZATION, format!("Bearer {token}")).body(Body::empty());
                    let answer = place.answer(request.unwrap()).await;
                    let status = answer.status();
                    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
                    let foreign = *account == other.account && *caller != "STAFF";
                    assert!(!foreign || !status.is_success(), "{caller} exports another account");
                    let leaked = String::from_utf8_lossy(&body).contains(MARK) && *caller != "STAFF";
                    assert!(!leaked, "{caller}: {path}");
                }
            }
        }
        let theirs = MARK.to_lowercase();
        for mail in place.mails().await {
            // What support was let do for that account is mailed in its name.
            let in_its_name = mail.mail.from_name.contains(MARK);
            assert!(in_its_name || !format!("{mail:?}").contains(MARK), "{mail:?}");
        }
        let written = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
        for line in written.lines() {
            assert!(!line.to_lowercase().contains(&theirs), "the log tells of a person: {line}");
        }
    }
}
