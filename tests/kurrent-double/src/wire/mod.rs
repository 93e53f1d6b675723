//! The messages, as the protocol numbers them. What has the same numbers in several of its messages stands here once: what is on the wire is the numbers.

#![expect(missing_docs, reason = "the names are the protocol's")]

mod read;

pub use read::*;

use bytes::Bytes;
use prost::{Message, Oneof};
use std::collections::HashMap;

/// How ids are written: as text, or as two halves.
#[derive(Clone, PartialEq, Message)]
pub struct Id {
    #[prost(oneof = "IdValue", tags = "1, 2")]
    pub value: Option<IdValue>,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum IdValue {
    #[prost(message, tag = "1")]
    Structured(Halves),
    #[prost(string, tag = "2")]
    Text(String),
}

#[derive(Clone, Copy, PartialEq, Message)]
pub struct Halves {
    #[prost(int64, tag = "1")]
    pub most: i64,
    #[prost(int64, tag = "2")]
    pub least: i64,
}

#[derive(Clone, PartialEq, Message)]
pub struct StreamName {
    #[prost(bytes = "bytes", tag = "3")]
    pub name: Bytes,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Message)]
pub struct Position {
    #[prost(uint64, tag = "1")]
    pub commit: u64,
    #[prost(uint64, tag = "2")]
    pub prepare: u64,
}

/// The stream that is written or deleted, and how it is expected to be.
#[derive(Clone, PartialEq, Message)]
pub struct Target {
    #[prost(message, optional, tag = "1")]
    pub stream: Option<StreamName>,
    #[prost(oneof = "Expected", tags = "2, 3, 4, 5")]
    pub expected: Option<Expected>,
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum Expected {
    #[prost(uint64, tag = "2")]
    Revision(u64),
    #[prost(message, tag = "3")]
    NoStream(()),
    #[prost(message, tag = "4")]
    Any(()),
    #[prost(message, tag = "5")]
    StreamExists(()),
}

#[derive(Clone, PartialEq, Message)]
pub struct Proposed {
    #[prost(message, optional, tag = "1")]
    pub id: Option<Id>,
    #[prost(map = "string, string", tag = "2")]
    pub metadata: HashMap<String, String>,
    #[prost(bytes = "bytes", tag = "3")]
    pub custom_metadata: Bytes,
    #[prost(bytes = "bytes", tag = "4")]
    pub data: Bytes,
}

#[derive(Clone, PartialEq, Message)]
pub struct AppendReq {
    #[prost(oneof = "AppendPart", tags = "1, 2")]
    pub content: Option<AppendPart>,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum AppendPart {
    #[prost(message, tag = "1")]
    Options(Target),
    #[prost(message, tag = "2")]
    Proposed(Proposed),
}

#[derive(Clone, PartialEq, Message)]
pub struct AppendResp {
    #[prost(oneof = "AppendResult", tags = "1, 2")]
    pub result: Option<AppendResult>,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum AppendResult {
    #[prost(message, tag = "1")]
    Success(Success),
    #[prost(message, tag = "2")]
    Wrong(WrongVersion),
}

#[derive(Clone, PartialEq, Message)]
pub struct Success {
    #[prost(oneof = "Current", tags = "1, 2")]
    pub current: Option<Current>,
    #[prost(oneof = "Placed", tags = "3, 4")]
    pub position: Option<Placed>,
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum Current {
    #[prost(uint64, tag = "1")]
    Revision(u64),
    #[prost(message, tag = "2")]
    NoStream(()),
}

#[derive(Clone, Copy, PartialEq, Oneof)]
pub enum Placed {
    #[prost(message, tag = "3")]
    At(Position),
    #[prost(message, tag = "4")]
    Nowhere(()),
}

/// What an append that expected something else is answered: said twice, for clients of before 20.6.1 and for those since.
#[derive(Clone, PartialEq, Message)]
pub struct WrongVersion {
    #[prost(oneof = "OldCurrent", tags = "1, 2")]
    pub old_current: Option<OldCurrent>,
    #[prost(oneof = "OldExpected", tags = "3, 4, 5")]
    pub old_expected: Option<OldExpected>,
    #[prost(oneof = "NewCurrent", tags = "6, 7")]
    pub current: Option<NewCurrent>,
    #[prost(oneof = "NewExpected", tags = "8, 9, 10, 11")]
    pub expected: Option<NewExpected>,
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum OldCurrent {
    #[prost(uint64, tag = "1")]
    Revision(u64),
    #[prost(message, tag = "2")]
    NoStream(()),
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum OldExpected {
    #[prost(uint64, tag = "3")]
    Revision(u64),
    #[prost(message, tag = "4")]
    Any(()),
    #[prost(message, tag = "5")]
    StreamExists(()),
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum NewCurrent {
    #[prost(uint64, tag = "6")]
    Revision(u64),
    #[prost(message, tag = "7")]
    NoStream(()),
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum NewExpected {
    #[prost(uint64, tag = "8")]
    Revision(u64),
    #[prost(message, tag = "9")]
    Any(()),
    #[prost(message, tag = "10")]
    StreamExists(()),
    #[prost(message, tag = "11")]
    NoStream(()),
}

#[derive(Clone, PartialEq, Message)]
pub struct BatchReq {
    #[prost(message, optional, tag = "1")]
    pub correlation: Option<Id>,
    #[prost(message, optional, tag = "2")]
    pub options: Option<Target>,
    #[prost(message, repeated, tag = "3")]
    pub proposed: Vec<Proposed>,
    #[prost(bool, tag = "4")]
    pub is_final: bool,
}

#[derive(Clone, PartialEq, Message)]
pub struct BatchResp {
    #[prost(message, optional, tag = "1")]
    pub correlation: Option<Id>,
    #[prost(oneof = "BatchResult", tags = "2, 3")]
    pub result: Option<BatchResult>,
    #[prost(message, optional, tag = "4")]
    pub stream: Option<StreamName>,
    #[prost(oneof = "BatchExpected", tags = "5, 6, 7, 8")]
    pub expected: Option<BatchExpected>,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum BatchResult {
    #[prost(message, tag = "2")]
    Error(BatchError),
    #[prost(message, tag = "3")]
    Success(Success),
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum BatchExpected {
    #[prost(uint64, tag = "5")]
    Revision(u64),
    #[prost(message, tag = "6")]
    NoStream(()),
    #[prost(message, tag = "7")]
    Any(()),
    #[prost(message, tag = "8")]
    StreamExists(()),
}

#[derive(Clone, PartialEq, Message)]
pub struct BatchError {
    #[prost(int32, tag = "1")]
    pub code: i32,
    #[prost(string, tag = "2")]
    pub message: String,
    #[prost(message, optional, tag = "3")]
    pub details: Option<prost_types::Any>,
}

/// The detail of a batch's error: `event_store.client.WrongExpectedVersion`.
#[derive(Clone, PartialEq, Message)]
pub struct WrongVersionDetail {
    #[prost(oneof = "Current", tags = "1, 2")]
    pub current: Option<Current>,
    #[prost(oneof = "DetailExpected", tags = "3, 4, 5, 6")]
    pub expected: Option<DetailExpected>,
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum DetailExpected {
    #[prost(uint64, tag = "3")]
    Revision(u64),
    #[prost(message, tag = "4")]
    Any(()),
    #[prost(message, tag = "5")]
    StreamExists(()),
    #[prost(message, tag = "6")]
    NoStream(()),
}

/// The detail of a batch's error: `event_store.client.StreamDeleted`.
#[derive(Clone, PartialEq, Message)]
pub struct StreamDeletedDetail {
    #[prost(message, optional, tag = "1")]
    pub stream: Option<StreamName>,
}

#[derive(Clone, PartialEq, Message)]
pub struct DeleteReq {
    #[prost(message, optional, tag = "1")]
    pub options: Option<Target>,
}

#[derive(Clone, PartialEq, Message)]
pub struct DeleteResp {
    #[prost(message, optional, tag = "1")]
    pub position: Option<Position>,
}

#[derive(Clone, PartialEq, Message)]
pub struct SupportedMethods {
    #[prost(message, repeated, tag = "1")]
    pub methods: Vec<SupportedMethod>,
    #[prost(string, tag = "2")]
    pub version: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct SupportedMethod {
    #[prost(string, tag = "1")]
    pub method: String,
    #[prost(string, tag = "2")]
    pub service: String,
    #[prost(string, repeated, tag = "3")]
    pub features: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
pub struct ClusterInfo {
    #[prost(message, repeated, tag = "1")]
    pub members: Vec<Member>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Member {
    #[prost(message, optional, tag = "1")]
    pub instance: Option<Id>,
    #[prost(int64, tag = "2")]
    pub timestamp: i64,
    /// 6: a follower, 8: the leader.
    #[prost(int32, tag = "3")]
    pub state: i32,
    #[prost(bool, tag = "4")]
    pub is_alive: bool,
    #[prost(message, optional, tag = "5")]
    pub endpoint: Option<EndPoint>,
}

#[derive(Clone, PartialEq, Message)]
pub struct EndPoint {
    #[prost(string, tag = "1")]
    pub address: String,
    #[prost(uint32, tag = "2")]
    pub port: u32,
}

impl Id {
    /// As the id it says; none where it says none.
    pub fn read(&self) -> Option<uuid::Uuid> {
        match self.value.as_ref()? {
            IdValue::Text(text) => text.parse().ok(),
            IdValue::Structured(halves) => {
                Some(uuid::Uuid::from_u64_pair(halves.most.cast_unsigned(), halves.least.cast_unsigned()))
            }
        }
    }

    /// In the form that was asked for.
    pub fn of(id: uuid::Uuid, form: IdForm) -> Id {
        let (most, least) = id.as_u64_pair();
        let value = match form {
            IdForm::Text(()) => IdValue::Text(id.to_string()),
            IdForm::Structured(()) => {
                IdValue::Structured(Halves { most: most.cast_signed(), least: least.cast_signed() })
            }
        };
        Id { value: Some(value) }
    }
}

impl StreamName {
    /// Of this name.
    pub fn of(name: &str) -> StreamName {
        StreamName { name: Bytes::copy_from_slice(name.as_bytes()) }
    }
}
