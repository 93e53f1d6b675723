//! A service on an empty database, with one account, and the way to ask it.

use crate::{
    canary,
    databases::{Database, Engine, asked},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::AccountId;
use serde_json::{Value, json};
use sesame::{
    app::{Caller, Command, OpenAccount},
    clock::{Clock, FixedClock},
    graphql::budget::Budget,
    http::{Doors, Draining, router},
    log::Channel,
    outbound::{Outbound, Targets},
    outbox::{
        Outside,
        mail::mailbox::{Captured, Mailbox},
    },
    service::Service,
};
use std::{sync::Arc, time::Duration};
use tower::ServiceExt;

/// One service, seen by the holder of its first account.
pub struct Place {
    pub engine: Engine,
    pub service: Arc<Service>,
    pub clock: Arc<FixedClock>,
    pub draining: Draining,
    pub account: String,
    pub token: String,
    pub operator: String,
    pub lang: &'static str,
    /// What would have been mailed.
    pub mailbox: Mailbox,
    /// The account beside, every text of which has a mark, and its token.
    pub beside: (AccountId, String),
    router: Router,
    database: Arc<Database>,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
}

/// Both engines; without a PostgreSQL only SQLite, and it says so. With the log outside of them one at a time: SQLite beside the log in memory, PostgreSQL beside
/// KurrentDB.
pub fn engines() -> Vec<Engine> {
    match std::env::var_os("TEST_POSTGRES_URL") {
        None => {
            eprintln!("skipped on PostgreSQL: TEST_POSTGRES_URL is not set");
            vec![Engine::Sqlite]
        }
        Some(_) if asked("memory") => vec![Engine::Sqlite],
        Some(_) if asked("kurrent") => vec![Engine::Postgres],
        Some(_) => vec![Engine::Sqlite, Engine::Postgres],
    }
}

/// A fresh place on each engine.
pub async fn everywhere() -> Vec<Place> {
    let mut places = Vec::new();
    for engine in engines() {
        places.push(Place::on(engine).await);
    }
    places
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What is left of a caller's budget would make equal answers differ.
fn doors() -> Doors {
    let budget = Budget::new(u64::MAX / 4, u64::MAX / 4);
    Doors { shutdown: Duration::from_secs(5), budget, ..Doors::default() }
}

impl Place {
    /// 31 March 2026, noon in Paris.
    pub async fn on(engine: Engine) -> Place {
        let database = Arc::new(Database::fresh(engine).await);
        let clock = Arc::new(FixedClock::new(at("2026-03-31T10:00:00Z"), 7));
        let mailbox = Mailbox::default();
        let service = Place::service(&database, clock.clone(), outside().captured(mailbox.clone())).await;
        let doors = doors();
        let draining = Draining::default();
        let router = router(service.clone(), &doors, draining.clone());
        let (account, token) = open(&service, named("Éditions du Phare")).await;
        let operator = service.vault().create_token(clock.id(), None, "operator", clock.now()).await.unwrap();
        let beside = canary::beside(&service).await;
        let place = Place {
            engine,
            service,
            clock,
            draining,
            account: account.to_string(),
            token,
            operator: operator.reveal().to_owned(),
            lang: "en",
            mailbox,
            beside,
            router,
            database,
        };
        place.fill_beside().await;
        place
    }

    async fn service(database: &Database, clock: Arc<FixedClock>, outside: Outside) -> Arc<Service> {
        Arc::new(database.start(clock, outside).await)
    }

    /// A second node on the same database, with its own ways out.
    pub async fn node(&self, outside: Outside) -> Arc<Service> {
        Place::service(&self.database, self.clock.clone(), outside).await
    }

    /// Delivers what is due, and hands over every mail so far, oldest first.
    pub async fn mails(&self) -> Vec<Captured> {
        self.service.outbox().deliver_due(&[Channel::Mail]).await.unwrap();
        let mails = self.mailbox.mails();
        assert!(
            mails.iter().all(|captured| !captured.mail.text.contains(canary::MARK)),
            "of another account: {mails:#?}"
        );
        mails
    }

    /// The same service, seen by the holder of another account.
    pub async fn another(&self, company: &str) -> Place {
        self.opened(named(company)).await
    }

    /// The same service, seen by the holder of another account that is opened like this.
    pub async fn opened(&self, account: OpenAccount) -> Place {
        let (account, token) = open(&self.service, account).await;
        Place {
            engine: self.engine,
            service: self.service.clone(),
            clock: self.clock.clone(),
            draining: self.draining.clone(),
            account: account.to_string(),
            token,
            operator: self.operator.clone(),
            lang: self.lang,
            mailbox: self.mailbox.clone(),
            beside: self.beside.clone(),
            router: self.router.clone(),
            database: self.database.clone(),
        }
    }

    /// The same account and database, served by another process.
    pub async fn second(&self) -> Place {
        let service = Arc::new(self.database.service_at(self.clock.clone()).await);
        let doors = doors();
        let router = router(service.clone(), &doors, Draining::default());
        Place {
            engine: self.engine,
            service,
            clock: self.clock.clone(),
            draining: Draining::default(),
            account: self.account.clone(),
            token: self.token.clone(),
            operator: self.operator.clone(),
            lang: self.lang,
            mailbox: self.mailbox.clone(),
            beside: self.beside.clone(),
            router,
            database: self.database.clone(),
        }
    }

    pub fn later(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// The answer, its body not yet read.
    pub async fn answer(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        // Operators see every account, and the account beside its own.
        let own = [&self.operator, &self.beside.1].into_iter().any(|token| bearer == Some(&format!("Bearer {token}")));
        let (head, body) = self.answer(request).await.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let answer =
            Answer { status: head.status, headers: head.headers, text: String::from_utf8(bytes.to_vec()).unwrap() };
        if !own {
            canary::look_at(&answer);
        }
        answer
    }

    /// A document with variables, by a holder of `token`.
    pub async fn ask_as(&self, token: &str, query: &str, variables: Value) -> Answer {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::ACCEPT_LANGUAGE, self.lang)
            .body(Body::from(json!({ "query": query, "variables": variables }).to_string()))
            .unwrap();
        self.send(request).await
    }

    /// The whole answer, errors and all.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        self.ask_as(&self.token, query, variables).await.json()
    }

    /// The data of a question that nothing is wrong with.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.ask(query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].clone()
    }

    /// The payload of one mutation: its input, and what is asked of its answer besides what every payload has.
    pub async fn change(&self, mutation: &str, input: Value, wanted: &str) -> Value {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {wanted} position clientMutationId \
             userErrors {{ code field message }} warnings {{ code field message }} }} }}"
        );
        self.data(&query, json!({ "input": input })).await[mutation].clone()
    }

    /// A mutation that is carried out.
    pub async fn done(&self, mutation: &str, input: Value, wanted: &str) -> Value {
        let payload = self.change(mutation, input, wanted).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}: {payload:#}");
        payload
    }

    /// The codes and fields of a mutation that is refused.
    pub async fn refused(&self, mutation: &str, input: Value) -> Vec<(String, String)> {
        let payload = self.change(mutation, input, "").await;
        refusals(&payload)
    }

    /// A contact of this name; its id.
    pub async fn contact(&self, first: &str, last: &str) -> String {
        let input = json!({ "accountId": self.account, "firstName": first, "lastName": last });
        text(&self.done("addContact", input, "contact { id }").await["contact"]["id"])
    }

    /// A contact of this name and e-mail; its id.
    pub async fn person(&self, last: &str, email: &str) -> String {
        let input = json!({ "accountId": self.account, "lastName": last, "email": email });
        text(&self.done("addContact", input, "contact { id }").await["contact"]["id"])
    }

    /// A product of this name, with modules that open after these days; its id.
    pub async fn product(&self, name: &str, delays: &[i64]) -> String {
        let modules: Vec<_> =
            delays.iter().map(|d| json!({ "name": format!("Module {d}"), "opensAfterDays": d })).collect();
        let input = json!({ "accountId": self.account, "name": name, "modules": modules });
        text(&self.done("createProduct", input, "product { id }").await["product"]["id"])
    }

    /// An access of this contact to this product; its version.
    pub async fn grant(&self, contact: &str, product: &str) -> Value {
        let input = json!({ "contactId": contact, "productId": product });
        self.done("grantAccess", input, "access { id version mode }").await["access"].clone()
    }

    /// Whether the contact may open the product at an instant (none: now), and why.
    pub async fn decision(&self, contact: &str, product: &str, when: Option<&str>) -> Value {
        let query = "query($c: ID!, $p: ID!, $at: DateTime) { accessDecision(contactId: $c, productId: $p, at: $at) {
            open reason opensAt accessibleSince
            trace { gate passed code detail event { position at actor { kind } } }
            modules { module { name opensAfterDays } open opensAt } } }";
        self.data(query, json!({ "c": contact, "p": product, "at": when })).await["accessDecision"].clone()
    }
}

/// Ways out that lead nowhere until a test says where; no worker but the test.
pub fn outside() -> Outside {
    Outside {
        public_url: "https://sesame.exemple.fr".into(),
        mail_from: "ne-pas-repondre@sesame.exemple.fr".into(),
        support: Some("support@exemple.fr".into()),
        outbound: Outbound::new(Targets::Any),
        ..Outside::closed()
    }
}

/// An account of this name, all else as it is by default.
pub fn named(company: &str) -> OpenAccount {
    OpenAccount { company_name: company.to_owned(), locale: None, time_zone: None, owner_email: None }
}

pub async fn open(service: &Service, account: OpenAccount) -> (AccountId, String) {
    let command = Command::OpenAccount(account);
    let account = service.app.execute(&Caller::operator(None), command.into()).await.unwrap().account.unwrap();
    let clock = service.app.clock();
    let token = service.vault().create_token(clock.id(), Some(account), "first", clock.now()).await.unwrap();
    (account, token.reveal().to_owned())
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Codes and field paths of a payload's refusals.
pub fn refusals(payload: &Value) -> Vec<(String, String)> {
    let field = |error: &Value| {
        let path = error["field"].as_array().map(|path| path.iter().map(text).collect::<Vec<_>>());
        path.unwrap_or_default().join(".")
    };
    payload["userErrors"].as_array().unwrap().iter().map(|e| (text(&e["code"]), field(e))).collect()
}

/// One refusal.
pub fn refusal(code: &str, field: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), field.to_owned())]
}

/// Codes of an answer's top-level errors.
pub fn codes(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|e| text(&e["extensions"]["code"])).collect()
}
