//! What calls are refused with: the codes, texts and trailers by which clients tell refusals apart.

use crate::{
    store::{Expect, Refused},
    wire,
};
use prost::Message;
use tonic::{Status, metadata::MetadataValue};

fn with(mut status: Status, trailers: &[(&'static str, &str)]) -> Status {
    for (key, value) in trailers {
        if let Ok(value) = MetadataValue::try_from(*value) {
            status.metadata_mut().insert(*key, value);
        }
    }
    status
}

/// How an expectation is written as a number.
fn number(expect: Expect) -> i64 {
    match expect {
        Expect::Revision(revision) => i64::try_from(revision).unwrap_or(i64::MAX),
        Expect::NoStream => -1,
        Expect::Any => -2,
        Expect::Exists => -4,
    }
}

/// The stream was tombstoned.
pub fn deleted(stream: &str) -> Status {
    let status = Status::failed_precondition(format!("Event stream '{stream}' is deleted."));
    with(status, &[("exception", "stream-deleted"), ("stream-name", stream)])
}

/// Another node leads: this one.
pub fn not_leader(host: &str, port: u16) -> Status {
    let (status, port) = (Status::not_found("Leader info available"), port.to_string());
    let trailers = [("exception", "not-leader"), ("leader-endpoint-host", host), ("leader-endpoint-port", &port)];
    with(status, &trailers)
}

/// A call that has no answer of its own for it expected another revision.
pub fn refused(stream: &str, expect: Expect, refused: Refused) -> Status {
    let Refused::Wrong { current } = refused else { return deleted(stream) };
    let (expected, actual) = (number(expect), current.map_or(-1, |revision| number(Expect::Revision(revision))));
    let text = format!(
        "Append failed due to WrongExpectedVersion. Stream: {stream}, Expected version: {expected}, Actual version: {actual}"
    );
    let (expected, actual) = (expected.to_string(), actual.to_string());
    let trailers = [
        ("exception", "wrong-expected-version"),
        ("stream-name", stream),
        ("expected-version", &expected),
        ("actual-version", &actual),
    ];
    with(Status::failed_precondition(text), &trailers)
}

/// The answer of an append that expected another revision.
pub fn wrong_version(expect: Expect, current: Option<u64>) -> wire::WrongVersion {
    wire::WrongVersion {
        old_current: Some(current.map_or(wire::OldCurrent::NoStream(()), wire::OldCurrent::Revision)),
        old_expected: match expect {
            Expect::Revision(revision) => Some(wire::OldExpected::Revision(revision)),
            Expect::Any => Some(wire::OldExpected::Any(())),
            Expect::Exists => Some(wire::OldExpected::StreamExists(())),
            Expect::NoStream => None,
        },
        current: Some(current.map_or(wire::NewCurrent::NoStream(()), wire::NewCurrent::Revision)),
        expected: Some(match expect {
            Expect::Revision(revision) => wire::NewExpected::Revision(revision),
            Expect::Any => wire::NewExpected::Any(()),
            Expect::Exists => wire::NewExpected::StreamExists(()),
            Expect::NoStream => wire::NewExpected::NoStream(()),
        }),
    }
}

/// The same, of one append of many.
pub fn batch_error(stream: &str, expect: Expect, refused: Refused) -> wire::BatchError {
    let (code, message, kind, value) = match refused {
        Refused::Wrong { current } => {
            let detail = wire::WrongVersionDetail {
                current: Some(current.map_or(wire::Current::NoStream(()), wire::Current::Revision)),
                expected: Some(match expect {
                    Expect::Revision(revision) => wire::DetailExpected::Revision(revision),
                    Expect::Any => wire::DetailExpected::Any(()),
                    Expect::Exists => wire::DetailExpected::StreamExists(()),
                    Expect::NoStream => wire::DetailExpected::NoStream(()),
                }),
            };
            (tonic::Code::Unknown, "WrongExpectedVersion", "WrongExpectedVersion", detail.encode_to_vec())
        }
        Refused::Tombstoned => {
            let detail = wire::StreamDeletedDetail { stream: Some(wire::StreamName::of(stream)) };
            (tonic::Code::Unknown, "StreamDeleted", "StreamDeleted", detail.encode_to_vec())
        }
    };
    let type_url = format!("type.googleapis.com/event_store.client.{kind}");
    wire::BatchError { code: code.into(), message: message.into(), details: Some(prost_types::Any { type_url, value }) }
}
