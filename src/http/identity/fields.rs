//! What is said at the door of signing in: one level of named texts, as JSON or as a form.

use crate::{http::Peer, i18n::lang::lang, identity::Visitor, outbox::mail::one_line};
use axum::{
    Form,
    body::to_bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, header, request::Parts},
};
use serde_json::{Map, Value};
use std::{collections::HashMap, time::Duration};
use tokio::time::timeout;

/// Longest time a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Longest body.
const MOST: usize = 16 * 1024;
/// Longest body of whoever is signed in: a mail of twenty thousand letters, or a hundred contacts, as a form writes them.
const LONGEST: usize = 512 * 1024;

/// Why what was sent is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Longer than so many bytes.
    TooLarge(usize),
    /// Of another kind than these.
    Media(&'static str),
    /// It did not arrive in time.
    TooSlow,
    /// It is not what it says it is.
    Malformed,
}

/// The kinds of bodies that are read here.
const KINDS: &str = "application/json, application/x-www-form-urlencoded";

/// Texts by name.
#[derive(Debug, Default)]
pub struct Fields {
    values: HashMap<String, String>,
    /// Whether a browser sent a form, and shows what is answered.
    pub form: bool,
}

impl Fields {
    /// Reads them; else what is wrong.
    pub async fn read(request: Request) -> Result<(Parts, Fields), Unreadable> {
        Fields::up_to(MOST, request).await
    }

    /// The same of whoever is signed in, who may have much to say.
    pub async fn long(request: Request) -> Result<(Parts, Fields), Unreadable> {
        Fields::up_to(LONGEST, request).await
    }

    async fn up_to(most: usize, request: Request) -> Result<(Parts, Fields), Unreadable> {
        let kind = essence(request.headers());
        let form = kind == "application/x-www-form-urlencoded";
        let (head, body) = request.into_parts();
        let read = timeout(BODY_TIME, to_bytes(body, most)).await.map_err(|_| Unreadable::TooSlow)?;
        let bytes = read.map_err(|_| Unreadable::TooLarge(most))?;
        let values = match kind.as_str() {
            _ if form => {
                let mut again = Request::new(bytes.into());
                *again.headers_mut() = head.headers.clone();
                *again.method_mut() = head.method.clone();
                let Form(values) = Form::from_request(again, &()).await.map_err(|_| Unreadable::Malformed)?;
                values
            }
            // Who says nothing says it in no form.
            "" if bytes.is_empty() => HashMap::new(),
            "application/json" => {
                let object: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| Unreadable::Malformed)?;
                object.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
            }
            _ => return Err(Unreadable::Media(KINDS)),
        };
        Ok((head, Fields { values, form }))
    }

    /// A text; empty where it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// Whether there is a text, an empty one too.
    pub fn sent(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A text that is there and not empty.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|text| !text.trim().is_empty())
    }

    /// What follows a beginning, of every name that has it, with its text: `pick.a`, `pick.b`.
    pub fn after<'f>(&'f self, begins: &'f str) -> impl Iterator<Item = (&'f str, &'f str)> {
        self.values.iter().filter_map(move |(name, value)| Some((name.strip_prefix(begins)?, value.as_str())))
    }

    /// Where a form leads when it was done: a path of ours, and of nobody else.
    pub fn next(&self) -> Option<&str> {
        self.given("next").filter(|path| is_ours(path))
    }
}

/// Whether an address is a path of ours, whatever a browser makes of it: two slashes, or a backslash, begin a host's name, and what is no visible letter is
/// taken out before it is looked at.
pub fn is_ours(path: &str) -> bool {
    let rest = path.strip_prefix('/');
    rest.is_some_and(|rest| !rest.starts_with(['/', '\\'])) && path.bytes().all(|b| (0x21..0x7f).contains(&b))
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

fn essence(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Who came, as far as a request says.
pub fn visitor(head: &Parts) -> Visitor {
    let agent = head.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(one_line);
    let peer = head.extensions.get::<Peer>();
    Visitor {
        address: peer.map(|peer| peer.0.to_string()),
        limited_as: peer.map_or_else(String::new, |peer| peer.together()),
        agent: agent.filter(|agent| !agent.is_empty()),
        lang: lang(&head.headers),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use axum::body::Body;

    async fn read(kind: &str, body: &str) -> Result<Fields, Unreadable> {
        let request = Request::post("/auth/sign-in").header(header::CONTENT_TYPE, kind);
        Fields::read(request.body(Body::from(body.to_owned())).unwrap()).await.map(|(_, fields)| fields)
    }

    #[tokio::test]
    async fn fields_come_as_json_or_as_a_form_and_as_nothing_else() {
        let json = read("application/json; charset=utf-8", r#"{"a":"x","b":true,"c":null,"d":[1]}"#).await.unwrap();
        assert_eq!((json.get("a"), json.get("b"), json.get("c"), json.get("d")), ("x", "true", "", ""));
        let form = read("application/x-www-form-urlencoded", "a=x+y&b=%C3%A9").await.unwrap();
        assert_eq!((form.get("a"), form.get("b"), form.form), ("x y", "é", true));
        assert_eq!(read("text/plain", r#"{"a":"x"}"#).await.unwrap_err(), Unreadable::Media(KINDS));
        assert_eq!(read("application/json", "[]").await.unwrap_err(), Unreadable::Malformed);
        assert_eq!(read("application/json", &"x".repeat(MOST + 1)).await.unwrap_err(), Unreadable::TooLarge(MOST));
    }

    #[tokio::test]
    async fn a_form_leads_to_a_path_of_ours_and_of_nobody_else() {
        let next = async |path: &str| {
            let fields = read("application/json", &serde_json::json!({ "next": path }).to_string()).await.unwrap();
            fields.next().map(str::to_owned)
        };
        assert_eq!(next("/contacts?x=1").await.as_deref(), Some("/contacts?x=1"));
        for other in ["", "contacts", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/é"] {
            assert_eq!(next(other).await, None, "{other:?}");
        }
    }
}
