//! Questions and arguments, without an engine.
//!
//! The SQL text is portable: `$1` placeholders, no JSON operators, no `now()`, no `ILIKE`. Two forms are written for the
//! engine when it runs: `IN [$1]` (a list argument) and `FROM [$1 AS name]` (a list argument as a table of one column).

use std::{borrow::Cow, marker::PhantomData};
use uuid::Uuid;

/// A typed argument; `None` is SQL NULL of that type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// An id.
    Uuid(Option<Uuid>),
    /// Text.
    Text(Option<String>),
    /// A number; instants are microseconds since 1970, UTC.
    Int(Option<i64>),
    /// Yes or no.
    Bool(Option<bool>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
    /// Ids, for `IN [$n]` or `FROM [$n AS name]`.
    Uuids(Vec<Uuid>),
    /// Texts, likewise.
    Texts(Vec<String>),
    /// Numbers, likewise.
    Ints(Vec<i64>),
    /// Byte strings, likewise.
    Bytess(Vec<Vec<u8>>),
}

macro_rules! from {
    ($($from:ty => $variant:ident),*) => { $(
        impl From<$from> for Arg { fn from(v: $from) -> Arg { Arg::$variant(Some(v.into())) } }
        impl From<Option<$from>> for Arg { fn from(v: Option<$from>) -> Arg { Arg::$variant(v.map(Into::into)) } }
    )* };
}
from!(Uuid => Uuid, String => Text, &str => Text, i64 => Int, bool => Bool, Vec<u8> => Bytes, &[u8] => Bytes);

impl From<Vec<Uuid>> for Arg {
    fn from(v: Vec<Uuid>) -> Arg {
        Arg::Uuids(v)
    }
}
impl From<Vec<String>> for Arg {
    fn from(v: Vec<String>) -> Arg {
        Arg::Texts(v)
    }
}
impl From<Vec<i64>> for Arg {
    fn from(v: Vec<i64>) -> Arg {
        Arg::Ints(v)
    }
}
impl From<Vec<Vec<u8>>> for Arg {
    fn from(v: Vec<Vec<u8>>) -> Arg {
        Arg::Bytess(v)
    }
}

/// A question: SQL text, its arguments, and the type of its rows.
#[derive(Debug, Clone)]
pub struct Ask<R> {
    /// The text; a constant, or put together from constants. Never holds a value.
    pub sql: Cow<'static, str>,
    /// Its arguments, `$1` first.
    pub args: Vec<Arg>,
    row: PhantomData<fn() -> R>,
}

impl<R> Ask<R> {
    /// A question of constant text.
    pub fn new(sql: impl Into<Cow<'static, str>>, args: impl IntoIterator<Item = Arg>) -> Self {
        Ask { sql: sql.into(), args: args.into_iter().collect(), row: PhantomData }
    }
}
