//! A customer service, or a webhook, for tests: keeps the calls it gets, and answers as it is told.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// One call.
#[derive(Debug, Clone)]
pub struct Got {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// Whether the signature is that of this secret, computed as a receiver would.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let (time, hex) = self.header("sesame-signature").split_once(',').unwrap();
        let (time, hex) = (time.strip_prefix("t=").unwrap(), hex.strip_prefix("v1=").unwrap());
        let signed = [time.as_bytes(), b".", &self.body].concat();
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
        let tag = data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
        aws_lc_rs::hmac::verify(&key, &signed, &tag).is_ok()
    }
}

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    got: Arc<Mutex<Vec<Got>>>,
    status: Arc<Mutex<u16>>,
    again: Arc<Mutex<Option<String>>>,
    says: Arc<Mutex<String>>,
}

impl Receiver {
    pub async fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/entree?cle=abc", listener.local_addr().unwrap());
        let receiver = Receiver {
            url,
            got: Arc::default(),
            status: Arc::new(Mutex::new(200)),
            again: Arc::default(),
            says: Arc::default(),
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum_serve(listener, router).await });
        receiver
    }

    pub fn answer(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    /// From now on it asks to be called again after this (`Retry-After`), or no more.
    pub fn asks_for(&self, again: Option<&str>) {
        *self.again.lock().unwrap() = again.map(str::to_owned);
    }

    /// From now on its answers have this body.
    pub fn says(&self, body: &str) {
        *self.says.lock().unwrap() = body.to_owned();
    }

    /// The calls so far, and forgets them.
    pub fn take(&self) -> Vec<Got> {
        std::mem::take(&mut self.got.lock().unwrap())
    }
}

async fn take(State(receiver): State<Receiver>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    receiver.got.lock().unwrap().push(Got { path: uri.to_string(), headers, body: body.to_vec() });
    let status = StatusCode::from_u16(*receiver.status.lock().unwrap()).unwrap();
    let body = receiver.says.lock().unwrap().clone();
    let mut answer = (status, [(header::LOCATION, "/elsewhere")], body).into_response();
    if let Some(again) = &*receiver.again.lock().unwrap() {
        answer.headers_mut().insert(header::RETRY_AFTER, again.parse().unwrap());
    }
    answer
}

async fn axum_serve(listener: TcpListener, router: Router) {
    axum::serve(listener, router).await.unwrap();
}
