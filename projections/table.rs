//! A read model's tables, declared once: the DDL, the bulk upsert and the bulk load of both engines come from here.

use crate::{Source, sql::Arg};
use domain::StreamId;
use std::collections::BTreeMap;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// An id.
    Uuid,
    /// Text, compared by its bytes on both engines.
    Text,
    /// A number; instants are microseconds since 1970, UTC.
    Int,
    /// Yes or no.
    Bool,
    /// Bytes.
    Bytes,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// Whether it may be NULL.
    pub null: bool,
}

/// A column that is always set.
pub const fn column(name: &'static str, ty: Type) -> Column {
    Column { name, ty, null: false }
}

/// A column that may be NULL.
pub const fn nullable(name: &'static str, ty: Type) -> Column {
    Column { name, ty, null: true }
}

/// An index beside the key.
#[derive(Debug, Clone, Copy)]
pub struct Index {
    /// Distinguishes it within its table.
    pub name: &'static str,
    /// Its columns in order.
    pub columns: &'static [&'static str],
    /// A condition that makes it partial, as portable SQL; empty for all rows.
    pub only: &'static str,
}

/// A table: its first `key` columns are the primary key.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Physical name; ends in `_` and the read model's version.
    pub name: &'static str,
    /// Its columns, the key first.
    pub columns: &'static [Column],
    /// How many columns are the key.
    pub key: usize,
    /// The column that holds the id of the stream a row was made from.
    pub stream: &'static str,
    /// Indexes beside the key.
    pub indexes: &'static [Index],
}

/// One row: a value a column.
pub type Row = Vec<Arg>;

/// Rows by table: the index into [`ReadModel::tables`], and the row.
pub type Rows = Vec<(usize, Row)>;

/// A read model: named, versioned, with the pure function that makes its rows.
#[derive(Debug)]
pub struct ReadModel {
    /// Its name, as `sesame rebuild` takes it.
    pub name: &'static str,
    /// Raised when tables or rows change; a new version is built beside the old one.
    pub version: u32,
    /// Its tables.
    pub tables: &'static [Table],
    /// The rows of one stream.
    pub project: fn(Source<'_>) -> Rows,
    /// Whether rows hold the whole fold, so that comparing before and after is wasted: every change is written.
    pub whole: bool,
    /// Whether rows say nothing of a contact's accesses and subscriptions, so that a change of those alone changes none.
    pub but_accesses: bool,
}

/// What is to be written and deleted in one transaction, the last word on each key.
#[derive(Debug, Default)]
pub struct Changes {
    tables: Vec<BTreeMap<Key, Option<Row>>>,
}

/// Key values in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key(Vec<Arg>);

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        use Arg::*;
        for pair in self.0.iter().zip(&other.0) {
            let order = match pair {
                (Uuid(a), Uuid(b)) => a.cmp(b),
                (Text(a), Text(b)) => a.cmp(b),
                (Int(a), Int(b)) => a.cmp(b),
                (Bool(a), Bool(b)) => a.cmp(b),
                (Bytes(a), Bytes(b)) => a.cmp(b),
                // Keys hold single values of one type a column; lists never stand in a row.
                _ => std::cmp::Ordering::Equal,
            };
            if order.is_ne() {
                return order;
            }
        }
        std::cmp::Ordering::Equal
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl ReadModel {
    /// Adds what must be written so that the rows of `before` become those of `after` (the same stream). Without `before`, rows that
    /// are there but no longer made are not known here: [`Changes`] then only writes, and the caller clears the stream first.
    pub fn change(
        &self,
        stream: StreamId,
        before: Option<&domain::Folded>,
        after: &domain::Folded,
        changes: &mut Changes,
    ) {
        changes.tables.resize_with(self.tables.len(), BTreeMap::new);
        let contacts = before.and_then(|before| before.state.contact()).zip(after.state.contact());
        if self.but_accesses && contacts.is_some_and(|(before, after)| before.same_but_for_accesses(after)) {
            return;
        }
        let new = (self.project)(Source { stream, folded: after });
        let mut old: BTreeMap<(usize, Key), Row> = BTreeMap::new();
        if let Some(before) = before.filter(|_| !self.whole) {
            for (table, row) in (self.project)(Source { stream, folded: before }) {
                old.insert((table, self.key_of(table, &row)), row);
            }
        }
        for (table, row) in new {
            let key = self.key_of(table, &row);
            let same = match old.remove(&(table, key.clone())) {
                Some(was) => was == row,
                None => false,
            };
            if !same {
                changes.tables[table].insert(key, Some(row));
            }
        }
        for (table, key) in old.into_keys() {
            changes.tables[table].insert(key, None);
        }
    }

    fn key_of(&self, table: usize, row: &Row) -> Key {
        Key(row[..self.tables[table].key].to_vec())
    }
}

impl Changes {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(BTreeMap::is_empty)
    }

    /// Per table (by index): the rows to write, and the keys to delete.
    pub fn into_tables(self) -> impl Iterator<Item = (usize, Vec<Row>, Vec<Vec<Arg>>)> {
        self.tables.into_iter().enumerate().map(|(table, entries)| {
            let mut rows = Vec::with_capacity(entries.len());
            let mut gone = Vec::new();
            for (key, row) in entries {
                match row {
                    Some(row) => rows.push(row),
                    None => gone.push(key.0),
                }
            }
            (table, rows, gone)
        })
    }
}
