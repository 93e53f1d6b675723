//! The words of `graphql-transport-ws`, as its specification has them (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>), and the
//! codes that a connection is closed with.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The protocol's name, as callers ask for it.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// What a caller may say.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Said {
    /// Who it is.
    ConnectionInit {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    /// Are you there?
    Ping {
        #[serde(default)]
        payload: Option<Value>,
    },
    /// I am.
    Pong {
        #[serde(default, rename = "payload")]
        _payload: Option<Value>,
    },
    /// Tell me of this.
    Subscribe { id: String, payload: Value },
    /// No more of it.
    Complete { id: String },
}

/// Why a connection is closed: code and reason.
pub type Close = (u16, &'static str);

/// The service stops; connect again, elsewhere or in a moment.
pub const GOING_AWAY: Close = (1001, "Going away");
/// Not of the protocol.
pub const INVALID: Close = (4400, "Invalid message");
/// No token, or none that is known, or no longer.
pub const UNAUTHORIZED: Close = (4401, "Unauthorized");
/// What it may see is not what it was: connect again, and be answered by that.
pub const OTHER_RIGHTS: Close = (1012, "Rights changed: connect again");
/// Who it is cannot be looked up just now.
pub const TRY_AGAIN: Close = (1013, "Try again later");
/// It did not say who it is in time.
pub const INIT_TIMEOUT: Close = (4408, "Connection initialisation timeout");
/// Silent for too long.
pub const SILENT: Close = (4408, "No answer to pings");
/// It said who it is twice.
pub const TWICE: Close = (4429, "Too many initialisation requests");
/// It says too much, has too many connections, or does not take what it is told.
pub const TOO_MANY: Close = (4429, "Too many requests");
/// What it is told waits for too long: go on with `since`, from the last position.
pub const TOO_SLOW: Close = (4429, "Too slow: resume from the last position");
/// Longer than a message may be.
pub const TOO_LONG: Close = (1009, "Message too long");

/// What is told.
pub fn ack() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

/// Answers a ping.
pub fn pong(payload: Option<Value>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }),
        None => json!({ "type": "pong" }),
    }
    .to_string()
}

/// One result.
pub fn next(id: &str, result: &Value) -> String {
    json!({ "id": id, "type": "next", "payload": result }).to_string()
}

/// There will be none.
pub fn error(id: &str, errors: &Value) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// That was all.
pub fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read_as_the_protocol_has_it() {
        let read = |text: &str| serde_json::from_str::<Said>(text);
        assert_eq!(read(r#"{"type":"connection_init"}"#).unwrap(), Said::ConnectionInit { payload: None });
        assert_eq!(read(r#"{"type":"complete","id":"1"}"#).unwrap(), Said::Complete { id: "1".into() });
        assert!(matches!(read(r#"{"type":"pong","payload":{}}"#).unwrap(), Said::Pong { .. }));
        let subscribe = read(r#"{"id":"a","type":"subscribe","payload":{"query":"x"},"more":1}"#).unwrap();
        assert_eq!(subscribe, Said::Subscribe { id: "a".into(), payload: json!({ "query": "x" }) });
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"type":"next","id":"1"}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"connection_init","payload":7}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
