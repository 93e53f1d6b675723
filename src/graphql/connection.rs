//! Pages as Relay has them: edges, cursors, and how many there are, counted up to a cap.
//!
//! A cursor is the place of one row in one list: it carries the row's sort values, so that paging is a seek and rows that come or go
//! meanwhile shift nothing. It is signed together with the list, its order and its filters: one that was changed, or comes from another
//! list, is `INVALID_CURSOR`.

use super::{asker::Asker, errors};
use async_graphql::{Object, OutputType, Result, SimpleObject, TypeName};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, cmp::Ordering};
use uuid::Uuid;

/// Length of a page when none is asked for, and the longest.
pub const DEFAULT_PAGE: usize = 20;
const LONGEST_PAGE: usize = 100;
/// Rows are counted up to this many.
pub const COUNT_CAP: i64 = 10_000;
const SIGNATURE: usize = 8;

/// What a list field was given.
pub struct Paging {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

/// The place of a row in its list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Place {
    /// In a list by name: folded name, id.
    #[serde(rename = "n")]
    Name(String, Uuid),
    /// In a list by time: microseconds, id.
    #[serde(rename = "t")]
    Time(i64, Uuid),
    /// Among words that begin alike: the word, the id.
    #[serde(rename = "w")]
    Word(String, Uuid),
    /// In a list by time of things without an id: microseconds, key.
    #[serde(rename = "k")]
    Noted(i64, Vec<u8>),
    /// In the log.
    #[serde(rename = "p")]
    Position(u64),
}

impl Place {
    /// The order of two places of the same list.
    pub fn order(&self, other: &Place) -> Ordering {
        match (self, other) {
            (Place::Name(a, i), Place::Name(b, j)) | (Place::Word(a, i), Place::Word(b, j)) => (a, i).cmp(&(b, j)),
            (Place::Time(a, i), Place::Time(b, j)) => (a, i).cmp(&(b, j)),
            (Place::Noted(a, i), Place::Noted(b, j)) => (a, i).cmp(&(b, j)),
            (Place::Position(a), Place::Position(b)) => a.cmp(b),
            // Places of different lists never meet: a cursor is signed with its list.
            _ => Ordering::Equal,
        }
    }
}

/// Which part of which list is asked for.
pub struct Slice {
    list: String,
    /// Rows wanted.
    pub limit: usize,
    /// From the list's end towards its start.
    pub backward: bool,
    after: Option<Place>,
    before: Option<Place>,
}

impl Paging {
    /// Reads the arguments for the list that `list` describes: its name, its account, its order and filters.
    pub fn slice(self, asker: &Asker, list: String) -> Result<Slice> {
        if self.first.is_some() && self.last.is_some() {
            return Err(errors::invalid("FIRST_OR_LAST", asker.lang));
        }
        // The guard refuses lengths outside 1 to 100; this holds for whoever calls the schema without it.
        let length = |n: i32| usize::try_from(n).unwrap_or(1).clamp(1, LONGEST_PAGE);
        let open = |cursor: Option<String>| cursor.map(|text| open(asker, &list, &text)).transpose();
        Ok(Slice {
            limit: self.first.or(self.last).map_or(DEFAULT_PAGE, length),
            backward: self.last.is_some(),
            after: open(self.after)?,
            before: open(self.before)?,
            list,
        })
    }
}

fn sign(fingerprint: impl Fn(&[u8]) -> [u8; 32], list: &str, place: &[u8]) -> [u8; SIGNATURE] {
    let mut signed = (list.len() as u64).to_be_bytes().to_vec();
    signed.extend_from_slice(list.as_bytes());
    signed.extend_from_slice(place);
    let whole = fingerprint(&signed);
    std::array::from_fn(|i| whole[i])
}

fn seal(asker: &Asker, list: &str, place: &Place) -> Result<String> {
    Ok(written(|signed| asker.app.vault().fingerprint(signed), list, serde_json::to_vec(place)?))
}

fn written(fingerprint: impl Fn(&[u8]) -> [u8; 32], list: &str, mut place: Vec<u8>) -> String {
    let signature = sign(fingerprint, list, &place);
    place.extend_from_slice(&signature);
    data_encoding::BASE64URL_NOPAD.encode(&place)
}

fn open(asker: &Asker, list: &str, cursor: &str) -> Result<Place> {
    read(|signed| asker.app.vault().fingerprint(signed), list, cursor)
        .ok_or_else(|| errors::top("INVALID_CURSOR", asker.lang))
}

fn read(fingerprint: impl Fn(&[u8]) -> [u8; 32], list: &str, cursor: &str) -> Option<Place> {
    let bytes = data_encoding::BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    let (place, signature) = bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE)?)?;
    (sign(fingerprint, list, place).as_slice() == signature).then(|| serde_json::from_slice(place).ok())?
}

/// Whether a cursor is read for this list, and one made of any bytes that are a place: for the fuzzers, under a key of nobody's.
#[cfg(any(test, fuzzing))]
pub mod fuzzed {
    use super::{Place, read, written};

    /// Any keyed hash would do, and this one is made of what is at hand.
    fn hash(signed: &[u8]) -> [u8; 32] {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &[b"fuzzed", signed].concat());
        std::array::from_fn(|i| digest.as_ref()[i])
    }

    /// Whether it is read.
    pub fn cursor_opens(list: &str, cursor: &str) -> bool {
        read(hash, list, cursor).is_some()
    }

    /// Signed, if these bytes are a place.
    pub fn signed_cursor(list: &str, place: &[u8]) -> Option<String> {
        serde_json::from_slice::<Place>(place).ok()?;
        Some(written(hash, list, place.to_vec()))
    }
}

/// How many rows a list has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Total {
    /// As far as they were counted.
    pub counted: i64,
    /// Whether there may be more.
    pub more: bool,
}

impl From<i64> for Total {
    /// Of a count that was asked for up to one more than the cap.
    fn from(counted: i64) -> Self {
        Total { counted, more: counted > COUNT_CAP }
    }
}

/// Rows of a slice, in the direction in which they were sought.
pub struct Found<N> {
    /// Rows with their places, at most as many as wanted.
    pub rows: Vec<(Place, N)>,
    /// Whether there are, or may be, more beyond.
    pub more: bool,
    /// Where looking stopped, where that is beyond the last row.
    pub looked_to: Option<Place>,
}

impl<N> Found<N> {
    /// Of rows that were asked for with one more than wanted.
    pub fn of(mut rows: Vec<(Place, N)>, limit: usize) -> Found<N> {
        let more = rows.len() > limit;
        rows.truncate(limit);
        Found { rows, more, looked_to: None }
    }
}

impl Slice {
    /// The place to seek beyond, in the direction of the slice.
    pub fn beyond(&self) -> Option<&Place> {
        if self.backward { self.before.as_ref() } else { self.after.as_ref() }
    }

    /// Any place that was given, to see what kind of list it is of.
    pub fn given(&self) -> Option<&Place> {
        self.after.as_ref().or(self.before.as_ref())
    }

    /// The page, with its rows in the list's order. `descending`: the list's own order runs from large to small.
    pub fn page<N: OutputType>(
        &self,
        asker: &Asker,
        mut found: Found<N>,
        descending: bool,
        total: Option<Total>,
    ) -> Result<Connection<N>> {
        // The other end: rows beyond it belong to what the caller has already.
        let (end, downwards) = if self.backward { (&self.after, !descending) } else { (&self.before, descending) };
        let mut met_end = false;
        if let Some(end) = end {
            let short = |place: &Place| {
                let order = place.order(end);
                if downwards { order.is_gt() } else { order.is_lt() }
            };
            let kept = found.rows.iter().take_while(|(place, _)| short(place)).count();
            met_end = kept < found.rows.len() || !found.more;
            found.rows.truncate(kept);
        }
        let stopped = match (&found.looked_to, met_end) {
            (Some(place), false) => Some(seal(asker, &self.list, place)?),
            _ => None,
        };
        let more = if met_end { true } else { found.more };
        let mut edges = Vec::with_capacity(found.rows.len());
        for (place, node) in found.rows {
            edges.push(Edge { cursor: seal(asker, &self.list, &place)?, node });
        }
        if self.backward {
            edges.reverse();
        }
        let start = edges.first().map(|edge| edge.cursor.clone());
        let last = edges.last().map(|edge| edge.cursor.clone());
        let page_info = if self.backward {
            PageInfo {
                has_previous_page: more,
                has_next_page: self.before.is_some(),
                start_cursor: stopped.or(start),
                end_cursor: last,
            }
        } else {
            PageInfo {
                has_previous_page: self.after.is_some(),
                has_next_page: more,
                start_cursor: start,
                end_cursor: stopped.or(last),
            }
        };
        let total = total.unwrap_or_default();
        Ok(Connection {
            edges,
            page_info,
            total_count: total.counted.min(COUNT_CAP) as i32,
            total_count_is_capped: total.more,
        })
    }
}

/// Where a page stands in its list.
#[derive(SimpleObject)]
pub struct PageInfo {
    has_next_page: bool,
    has_previous_page: bool,
    /// Hand it on as `before`.
    start_cursor: Option<String>,
    /// Hand it on as `after`.
    end_cursor: Option<String>,
}

/// A row of a page.
pub struct Edge<N: OutputType> {
    node: N,
    cursor: String,
}

impl<N: OutputType> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", <N as OutputType>::type_name()).into()
    }
}

/// A row of a page.
#[Object(name_type)]
impl<N: OutputType> Edge<N> {
    async fn node(&self) -> &N {
        &self.node
    }

    /// Its place in the list: opaque.
    async fn cursor(&self) -> &str {
        &self.cursor
    }
}

/// A page of a list.
pub struct Connection<N: OutputType> {
    edges: Vec<Edge<N>>,
    page_info: PageInfo,
    total_count: i32,
    total_count_is_capped: bool,
}

impl<N: OutputType> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <N as OutputType>::type_name()).into()
    }
}

/// A page of a list.
#[Object(name_type)]
impl<N: OutputType> Connection<N> {
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// How many there are in all, counted up to 10,000.
    async fn total_count(&self) -> i32 {
        self.total_count
    }

    /// Whether there are more than were counted: « 10 000+ ».
    async fn total_count_is_capped(&self) -> bool {
        self.total_count_is_capped
    }
}

/// Whether a page's total was asked for; counting costs a statement.
pub fn wants_total(ctx: &async_graphql::Context<'_>) -> bool {
    let page = ctx.look_ahead();
    page.field("totalCount").exists() || page.field("totalCountIsCapped").exists()
}
