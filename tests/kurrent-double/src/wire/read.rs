//! The messages of reading and of following.

use super::{Id, Position, StreamName};
use bytes::Bytes;
use prost::{Message, Oneof};
use std::collections::HashMap;

#[derive(Clone, PartialEq, Message)]
pub struct ReadReq {
    #[prost(message, optional, tag = "1")]
    pub options: Option<ReadOptions>,
}

#[derive(Clone, PartialEq, Message)]
pub struct ReadOptions {
    #[prost(oneof = "Of", tags = "1, 2")]
    pub of: Option<Of>,
    /// 0: forwards, 1: backwards.
    #[prost(int32, tag = "3")]
    pub direction: i32,
    #[prost(oneof = "HowMany", tags = "5, 6")]
    pub how_many: Option<HowMany>,
    #[prost(oneof = "FilterOption", tags = "7, 8")]
    pub filter: Option<FilterOption>,
    #[prost(message, optional, tag = "9")]
    pub ids: Option<IdOption>,
    #[prost(message, optional, tag = "10")]
    pub control: Option<Control>,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum Of {
    #[prost(message, tag = "1")]
    Stream(OfStream),
    #[prost(message, tag = "2")]
    All(OfAll),
}

#[derive(Clone, PartialEq, Message)]
pub struct OfStream {
    #[prost(message, optional, tag = "1")]
    pub stream: Option<StreamName>,
    #[prost(oneof = "FromRevision", tags = "2, 3, 4")]
    pub from: Option<FromRevision>,
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum FromRevision {
    #[prost(uint64, tag = "2")]
    At(u64),
    #[prost(message, tag = "3")]
    Start(()),
    #[prost(message, tag = "4")]
    End(()),
}

#[derive(Clone, Copy, PartialEq, Message)]
pub struct OfAll {
    #[prost(oneof = "FromPosition", tags = "1, 2, 3")]
    pub from: Option<FromPosition>,
}

#[derive(Clone, Copy, PartialEq, Oneof)]
pub enum FromPosition {
    #[prost(message, tag = "1")]
    At(Position),
    #[prost(message, tag = "2")]
    Start(()),
    #[prost(message, tag = "3")]
    End(()),
}

#[derive(Clone, Copy, PartialEq, Oneof)]
pub enum HowMany {
    #[prost(uint64, tag = "5")]
    Count(u64),
    #[prost(message, tag = "6")]
    Subscription(()),
}

#[derive(Clone, PartialEq, Oneof)]
pub enum FilterOption {
    #[prost(message, tag = "7")]
    Filter(Filter),
    #[prost(message, tag = "8")]
    NoFilter(()),
}

#[derive(Clone, PartialEq, Message)]
pub struct Filter {
    #[prost(oneof = "FilterBy", tags = "1, 2")]
    pub by: Option<FilterBy>,
    #[prost(oneof = "Window", tags = "3, 4")]
    pub window: Option<Window>,
    #[prost(uint32, tag = "5")]
    pub checkpoint_interval: u32,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum FilterBy {
    #[prost(message, tag = "1")]
    Stream(Expression),
    #[prost(message, tag = "2")]
    Type(Expression),
}

#[derive(Clone, PartialEq, Message)]
pub struct Expression {
    #[prost(string, tag = "1")]
    pub regex: String,
    #[prost(string, repeated, tag = "2")]
    pub prefixes: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum Window {
    #[prost(uint32, tag = "3")]
    Max(u32),
    #[prost(message, tag = "4")]
    Count(()),
}

#[derive(Clone, Copy, PartialEq, Message)]
pub struct IdOption {
    #[prost(oneof = "IdForm", tags = "1, 2")]
    pub form: Option<IdForm>,
}

#[derive(Clone, Copy, PartialEq, Eq, Oneof)]
pub enum IdForm {
    #[prost(message, tag = "1")]
    Structured(()),
    #[prost(message, tag = "2")]
    Text(()),
}

#[derive(Clone, Copy, PartialEq, Message)]
pub struct Control {
    #[prost(uint32, tag = "1")]
    pub compatibility: u32,
}

#[derive(Clone, PartialEq, Message)]
pub struct ReadResp {
    #[prost(oneof = "Content", tags = "1, 2, 3, 4, 5, 6, 7, 8, 9")]
    pub content: Option<Content>,
}

#[expect(clippy::large_enum_variant, reason = "one is on its way at a time")]
#[derive(Clone, PartialEq, Oneof)]
pub enum Content {
    #[prost(message, tag = "1")]
    Event(ReadEvent),
    #[prost(message, tag = "2")]
    Confirmation(Confirmation),
    #[prost(message, tag = "3")]
    Checkpoint(Checkpoint),
    #[prost(message, tag = "4")]
    StreamNotFound(StreamNotFound),
    #[prost(uint64, tag = "5")]
    FirstStreamPosition(u64),
    #[prost(uint64, tag = "6")]
    LastStreamPosition(u64),
    #[prost(message, tag = "7")]
    LastAllPosition(Position),
    #[prost(message, tag = "8")]
    CaughtUp(Standing),
    #[prost(message, tag = "9")]
    FellBehind(Standing),
}

#[derive(Clone, PartialEq, Message)]
pub struct ReadEvent {
    #[prost(message, optional, tag = "1")]
    pub event: Option<Recorded>,
    #[prost(message, optional, tag = "2")]
    pub link: Option<Recorded>,
    #[prost(uint64, optional, tag = "3")]
    pub commit: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Recorded {
    #[prost(message, optional, tag = "1")]
    pub id: Option<Id>,
    #[prost(message, optional, tag = "2")]
    pub stream: Option<StreamName>,
    #[prost(uint64, tag = "3")]
    pub revision: u64,
    #[prost(uint64, tag = "4")]
    pub prepare: u64,
    #[prost(uint64, tag = "5")]
    pub commit: u64,
    #[prost(map = "string, string", tag = "6")]
    pub metadata: HashMap<String, String>,
    #[prost(bytes = "bytes", tag = "7")]
    pub custom_metadata: Bytes,
    #[prost(bytes = "bytes", tag = "8")]
    pub data: Bytes,
}

#[derive(Clone, PartialEq, Message)]
pub struct Confirmation {
    #[prost(string, tag = "1")]
    pub subscription: String,
}

#[derive(Clone, PartialEq, Message)]
pub struct Checkpoint {
    #[prost(uint64, tag = "1")]
    pub commit: u64,
    #[prost(uint64, tag = "2")]
    pub prepare: u64,
    #[prost(message, optional, tag = "3")]
    pub timestamp: Option<prost_types::Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
pub struct StreamNotFound {
    #[prost(message, optional, tag = "1")]
    pub stream: Option<StreamName>,
}

/// Where a subscription stands that has caught up, or fell behind.
#[derive(Clone, PartialEq, Message)]
pub struct Standing {
    #[prost(message, optional, tag = "1")]
    pub timestamp: Option<prost_types::Timestamp>,
    #[prost(int64, optional, tag = "2")]
    pub revision: Option<i64>,
    #[prost(message, optional, tag = "3")]
    pub position: Option<Position>,
}
