//! A browser as the service sees one: it keeps the cookie it was given, comes from an address, and sends JSON or forms.

use crate::place::{Answer, Place, text};
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};
use sesame::http::Peer;
use std::{
    net::IpAddr,
    sync::{
        Mutex,
        atomic::{AtomicU8, Ordering},
    },
};

/// A password that may be chosen.
pub const PASSWORD: &str = "Les pies du jardin boitent";
/// Another one.
pub const OTHER_PASSWORD: &str = "Un tracteur bleu sous la neige";

static PEERS: AtomicU8 = AtomicU8::new(1);

pub struct Browser<'a> {
    pub place: &'a Place,
    pub cookie: Mutex<Option<String>>,
    pub peer: IpAddr,
}

impl Place {
    /// A browser at an address of its own, with no cookie.
    pub fn browser(&self) -> Browser<'_> {
        let host = PEERS.fetch_add(1, Ordering::Relaxed);
        Browser { place: self, cookie: Mutex::default(), peer: format!("192.0.2.{host}").parse().unwrap() }
    }

    /// The newest link that was mailed to an address, and the mail.
    pub async fn link_to(&self, address: &str) -> (String, String) {
        self.mails().await;
        self.service.identity().attend().await.unwrap();
        let mails = self.mailbox.mails();
        let mail = mails.iter().rev().find(|c| c.mail.to == address).unwrap_or_else(|| panic!("no mail to {address}"));
        let link = mail.mail.text.split_whitespace().find(|word| word.contains("/links/")).expect("a link");
        (link.to_owned(), mail.mail.template.clone())
    }

    /// A user who signed up with an address, by its mailed link; nobody is signed in.
    pub async fn signed_up(&self, address: &str) {
        let browser = self.browser();
        assert_eq!(browser.post("/auth/sign-up", json!({ "email": address, "name": "Zoé" })).await.status, 202);
        let (link, template) = self.link_to(address).await;
        assert_eq!(template, "sign_up");
        let chosen = browser.post("/auth/verify", json!({ "link": link, "password": PASSWORD })).await;
        assert_eq!((chosen.status.as_u16(), chosen.json()), (200, json!({ "userErrors": [] })));
        self.settled().await;
    }

    /// A browser that a user is signed in with.
    pub async fn signed_in(&self, address: &str) -> Browser<'_> {
        let browser = self.browser();
        let answer = browser.sign_in(address, PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        browser
    }
}

impl Browser<'_> {
    pub async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT_LANGUAGE, "en");
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if let Some(cookie) = self.cookie.lock().unwrap().clone() {
            request = request.header(header::COOKIE, format!("theme=dark; __Host-sid={cookie}"));
        }
        let request = request
            .header(header::USER_AGENT, "Test/1.0")
            .header("sec-fetch-site", "same-origin")
            .extension(Peer(self.peer));
        let answer = self.place.send(request.body(Body::from(body)).unwrap()).await;
        let mut cookies = answer.headers.get_all(header::SET_COOKIE).iter();
        if let Some(set) = cookies.find(|set| set.as_bytes().starts_with(b"__Host-sid=")) {
            let (pair, attributes) = set.to_str().unwrap().split_once(';').unwrap();
            assert!(attributes.starts_with(" Path=/; Secure; HttpOnly; SameSite=Lax"), "{attributes}");
            let value = pair.strip_prefix("__Host-sid=").expect("our cookie").to_owned();
            *self.cookie.lock().unwrap() = Some(value).filter(|value| !value.is_empty());
        }
        answer
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some("application/json"), body.to_string()).await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            let value: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
            body.push_str(&format!("&{name}={value}"));
        }
        let body = body.trim_start_matches('&').to_owned();
        self.send(Method::POST, path, Some("application/x-www-form-urlencoded"), body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, String::new()).await
    }

    pub async fn sign_in(&self, address: &str, password: &str) -> Answer {
        self.post("/auth/sign-in", json!({ "email": address, "password": password })).await
    }

    /// The cookie that the browser has.
    pub fn secret(&self) -> String {
        self.cookie.lock().unwrap().clone().expect("a cookie")
    }

    /// What `/auth/session` says; null where nobody is signed in.
    pub async fn session(&self) -> Value {
        let answer = self.get("/auth/session").await;
        if answer.status == 401 { Value::Null } else { answer.json() }
    }

    /// What a form of this session has to carry.
    pub async fn csrf(&self) -> String {
        text(&self.session().await["csrf"])
    }

    /// A document with variables, asked with the cookie alone.
    pub async fn ask(&self, query: &str, variables: Value) -> Answer {
        self.post("/graphql", json!({ "query": query, "variables": variables })).await
    }
}
