//! An OpenID Connect provider for tests, over real HTTP: what it says of itself, its keys, codes that work once for whoever has the verifier, and tokens signed
//! here, by hand. It says what a test tells it to, true or not.

use crate::{
    browser::Browser,
    place::{Answer, Place, text},
};
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use axum::{
    Form, Json, Router,
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};
use sesame::{clock::Clock, http::Peer};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};
use tokio::net::TcpListener;

/// What it knows us by, and the secret that goes with it.
pub const CLIENT: &str = "sesame & co";
pub const SECRET: &str = "s3cret:with/every%thing";

/// Made once: an RSA key takes a while.
static RSA: LazyLock<RsaKeyPair> = LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());

/// A key of the provider.
#[derive(Clone)]
pub enum Key {
    Rsa,
    Ec(Arc<EcdsaKeyPair>),
    Ed(Arc<Ed25519KeyPair>),
}

impl Key {
    pub fn ec() -> Key {
        Key::Ec(Arc::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()))
    }

    pub fn ed() -> Key {
        Key::Ed(Arc::new(Ed25519KeyPair::generate().unwrap()))
    }

    fn alg(&self) -> &'static str {
        match self {
            Key::Rsa => "RS256",
            Key::Ec(_) => "ES256",
            Key::Ed(_) => "EdDSA",
        }
    }

    fn jwk(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        match self {
            Key::Rsa => {
                let key = RSA.public_key();
                let (n, e) = (key.modulus().big_endian_without_leading_zero(), key.exponent());
                let e = e.big_endian_without_leading_zero();
                json!({ "kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": text(n), "e": text(e) })
            }
            Key::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": text(&point[1..33]), "y": text(&point[33..]) })
            }
            Key::Ed(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": text(pair.public_key().as_ref()) })
            }
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        #[expect(clippy::disallowed_methods, reason = "another program's signatures, in a test")]
        let random = SystemRandom::new();
        match self {
            Key::Rsa => {
                let mut signature = vec![0; RSA.public_modulus_len()];
                RSA.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Key::Ec(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Key::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

/// What it does, until told otherwise.
pub struct Plan {
    /// The instant it takes it to be, in seconds.
    pub now: i64,
    /// Whom it means.
    pub sub: String,
    pub email: String,
    /// What it says otherwise: claims, null taking one away.
    pub claims: Value,
    /// Another head of its tokens.
    pub head: Value,
    /// Signed with this, named so.
    pub key: Key,
    pub kid: String,
    /// What it shows as its keys, besides that one.
    pub shows_key: bool,
    /// No signature at all.
    pub unsigned: bool,
    /// What it says otherwise of itself.
    pub metadata: Value,
    /// Paths that it answers otherwise: a status.
    pub answers: HashMap<&'static str, u16>,
    /// What was asked with each code that was not used yet.
    codes: HashMap<String, HashMap<String, String>>,
    /// Calls so far, by path.
    pub calls: Vec<String>,
}

#[derive(Clone)]
pub struct Provider {
    pub url: String,
    pub plan: Arc<Mutex<Plan>>,
}

impl Provider {
    pub async fn start(place: &Place) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let plan = Plan {
            now: place.clock.now().timestamp(),
            sub: "user-1".into(),
            email: "zoe@exemple.fr".into(),
            claims: json!({}),
            head: json!({}),
            key: Key::ec(),
            kid: "first".into(),
            shows_key: true,
            unsigned: false,
            metadata: json!({}),
            answers: HashMap::new(),
            codes: HashMap::new(),
            calls: Vec::new(),
        };
        let provider = Provider { url, plan: Arc::new(Mutex::new(plan)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// From now on it does this.
    pub fn tell<T>(&self, change: impl FnOnce(&mut Plan) -> T) -> T {
        change(&mut self.plan.lock().unwrap())
    }

    /// Says something else in its tokens from now on.
    pub fn claims(&self, claims: Value) {
        self.tell(|plan| plan.claims = claims);
    }

    /// Its terms as an account sets them.
    pub fn terms(&self, place: &Place) -> Value {
        json!({
            "accountId": place.account, "issuer": self.url, "clientId": CLIENT, "clientSecret": SECRET, "domains": ["exemple.fr"],
        })
    }

    /// What somebody with a browser of their own does there: they are recognised, and sent back to this address.
    pub async fn visit(&self, location: &str) -> String {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = client.get(location).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{location}");
        answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }

    fn meets(&self, path: &'static str) -> Option<Response> {
        self.tell(|plan| {
            plan.calls.push(path.to_owned());
            let status = *plan.answers.get(path)?;
            let elsewhere = [(header::LOCATION, format!("{}/elsewhere", self.url))];
            Some((StatusCode::from_u16(status).unwrap(), elsewhere, "{}").into_response())
        })
    }
}

fn over(mut value: Value, with: &Value) -> Value {
    for (name, other) in with.as_object().unwrap() {
        match other {
            Value::Null => value.as_object_mut().unwrap().remove(name),
            other => value.as_object_mut().unwrap().insert(name.clone(), other.clone()),
        };
    }
    value
}

async fn metadata(State(provider): State<Provider>) -> Response {
    if let Some(answer) = provider.meets("discovery") {
        return answer;
    }
    let url = &provider.url;
    let says = json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"), "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA", "HS256"],
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
    });
    Json(provider.tell(|plan| over(says, &plan.metadata))).into_response()
}

async fn keys(State(provider): State<Provider>) -> Response {
    if let Some(answer) = provider.meets("keys") {
        return answer;
    }
    provider.tell(|plan| {
        let mut keys = vec![json!({ "kty": "something newer", "kid": "other" }), Key::ed().jwk("another")];
        keys.extend(plan.shows_key.then(|| plan.key.jwk(&plan.kid)));
        Json(json!({ "keys": keys })).into_response()
    })
}

async fn authorize(State(provider): State<Provider>, Query(asked): Query<HashMap<String, String>>) -> Response {
    if let Some(answer) = provider.meets("authorize") {
        return answer;
    }
    let state = asked["state"].clone();
    assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT));
    assert_eq!((asked["code_challenge_method"].as_str(), asked["scope"].as_str()), ("S256", "openid email"));
    let back = asked["redirect_uri"].clone();
    let code = provider.tell(|plan| {
        let code = format!("code/{}+", plan.calls.len());
        plan.codes.insert(code.clone(), asked);
        code
    });
    let mut url = reqwest::Url::parse(&back).unwrap();
    url.query_pairs_mut().append_pair("code", &code).append_pair("state", &state);
    Redirect::to(url.as_str()).into_response()
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(asked): Form<HashMap<String, String>>,
) -> Response {
    if let Some(answer) = provider.meets("token") {
        return answer;
    }
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let sent = match headers.get(header::AUTHORIZATION) {
        Some(basic) => {
            let pair = basic.to_str().unwrap().strip_prefix("Basic ").unwrap();
            String::from_utf8(BASE64.decode(pair.as_bytes()).unwrap()).unwrap()
        }
        None => format!("{}:{}", asked.get("client_id").unwrap(), asked.get("client_secret").unwrap()),
    };
    let plain = format!("{CLIENT}:{SECRET}");
    // RFC 6749, 2.3.1: both encoded as in a form.
    if sent != "sesame+%26+co:s3cret%3Awith%2Fevery%25thing" && sent != plain {
        return refuse("invalid_client");
    }
    provider.tell(|plan| {
        // Once, whoever has it.
        let Some(begun) = plan.codes.remove(&asked["code"]) else { return refuse("invalid_grant") };
        let challenge = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, asked["code_verifier"].as_bytes());
        if begun["code_challenge"] != BASE64URL_NOPAD.encode(challenge.as_ref())
            || begun["redirect_uri"] != asked["redirect_uri"]
            || asked["grant_type"] != "authorization_code"
        {
            return refuse("invalid_grant");
        }
        let says = json!({
            "iss": provider.url, "sub": plan.sub, "aud": CLIENT, "exp": plan.now + 300, "iat": plan.now, "nonce": begun["nonce"],
            "email": plan.email, "email_verified": true,
        });
        let head = over(json!({ "alg": plan.key.alg(), "kid": plan.kid, "typ": "JWT" }), &plan.head);
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let message = format!("{}.{}", part(&head), part(&over(says, &plan.claims)));
        let signature = if plan.unsigned { Vec::new() } else { plan.key.sign(message.as_bytes()) };
        let token = format!("{message}.{}", BASE64URL_NOPAD.encode(&signature));
        Json(json!({ "id_token": token, "access_token": "unused", "token_type": "Bearer" })).into_response()
    })
}

/// A browser that also keeps what it is to bring back from a provider.
pub struct Sent<'a> {
    pub browser: Browser<'a>,
    pub bound: Mutex<Option<String>>,
}

impl Place {
    /// A browser that is about to be sent to a provider.
    pub fn sent(&self) -> Sent<'_> {
        Sent { browser: self.browser(), bound: Mutex::default() }
    }
}

impl Sent<'_> {
    pub fn keep(&self, answer: &Answer) {
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let (pair, attributes) = set.to_str().unwrap().split_once(';').unwrap();
            assert!(attributes.starts_with(" Path=/; Secure; HttpOnly; SameSite=Lax"), "{attributes}");
            let (name, value) = pair.split_once('=').unwrap();
            let jar = if name == "__Host-oidc" { &self.bound } else { &self.browser.cookie };
            assert!(["__Host-oidc", "__Host-sid"].contains(&name), "{name}");
            *jar.lock().unwrap() = Some(value.to_owned()).filter(|value| !value.is_empty());
        }
    }

    /// Begins: where it is sent.
    pub async fn begin(&self, place: &Place) -> String {
        let answer = self.browser.post("/auth/oidc/start", json!({ "accountId": place.account })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.keep(&answer);
        text(&answer.json()["location"])
    }

    /// Goes to an address of ours that a provider sent it to.
    pub async fn come_back(&self, back: &str) -> Answer {
        self.come_back_for(back, "application/json").await
    }

    /// The same, to be shown this kind of answer.
    pub async fn come_back_for(&self, back: &str, accept: &str) -> Answer {
        let path = back.strip_prefix("https://sesame.exemple.fr").unwrap_or_else(|| panic!("{back}"));
        let cookies = [("__Host-sid", &self.browser.cookie), ("__Host-oidc", &self.bound)];
        let cookies =
            cookies.iter().filter_map(|(name, jar)| Some(format!("{name}={}", jar.lock().unwrap().as_ref()?)));
        let request = Request::builder()
            .method(Method::GET)
            .uri(path)
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::ACCEPT, accept)
            .header(header::COOKIE, cookies.collect::<Vec<_>>().join("; "))
            .header("sec-fetch-site", "cross-site")
            .header(header::USER_AGENT, "Test/1.0")
            .extension(Peer(self.browser.peer));
        let answer = self.browser.place.send(request.body(Body::empty()).unwrap()).await;
        self.keep(&answer);
        answer
    }

    /// All of it.
    pub async fn sign_in(&self, place: &Place, provider: &Provider) -> Answer {
        let back = provider.visit(&self.begin(place).await).await;
        self.come_back(&back).await
    }
}

/// Why a sign-in came to nothing: its code, and what exactly.
pub fn why(answer: &Answer) -> (u16, String) {
    assert!(answer.headers.get_all(header::SET_COOKIE).iter().all(|set| !set.as_bytes().starts_with(b"__Host-sid=")));
    (answer.status.as_u16(), text(&answer.json()["userErrors"][0]["code"]))
}
