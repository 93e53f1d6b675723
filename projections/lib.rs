//! The read models: rows as pure functions of folded streams, and the questions asked of them.
//!
//! A folder a read model: `table.rs` (its tables, once, in Rust), `project.rs` (state → rows), `ask.rs` (questions as SQL text with
//! typed arguments), `tests.rs`. Nothing here runs SQL or knows an engine; `sesame::db` does, `sesame::projector` keeps the rows current.
//!
//! A row never needs another stream: what two streams know is joined when it is asked. Rows hold dates, never verdicts of
//! the clock: questions take the day or the instant.

pub mod accesses;
pub mod claims;
pub mod contacts;
pub mod deletions;
pub mod erp_links;
pub mod histories;
pub mod imports;
pub mod labels;
pub mod memberships;
pub mod products;
pub mod registrations;
pub mod search;
pub mod sql;
pub mod stream_state;
pub mod subscribers;
pub mod subscriptions;
pub mod table;

use domain::{Folded, StreamId};
pub use from_row::FromRow;
pub use sql::{Arg, Ask};
pub use table::{Changes, Column, Index, ReadModel, Row, Rows, Table, Type};

/// Every read model of this binary, in the order they are applied.
pub static ALL: &[&ReadModel] = &[
    &stream_state::READ_MODEL,
    &contacts::READ_MODEL,
    &memberships::READ_MODEL,
    &accesses::READ_MODEL,
    &products::READ_MODEL,
    &subscriptions::READ_MODEL,
    &subscribers::READ_MODEL,
    &histories::READ_MODEL,
    &erp_links::READ_MODEL,
    &imports::READ_MODEL,
    &labels::READ_MODEL,
    &registrations::READ_MODEL,
    &claims::READ_MODEL,
    &deletions::READ_MODEL,
];

/// The read model of a name.
pub fn named(name: &str) -> Option<&'static ReadModel> {
    ALL.iter().copied().find(|m| m.name == name)
}

/// A stream and its fold: what rows are made from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Which stream.
    pub stream: StreamId,
    /// What its events add up to.
    pub folded: &'a Folded,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_read_model_and_table_has_its_own_name_and_version() {
        let names: BTreeSet<_> = ALL.iter().map(|m| m.name).collect();
        assert_eq!(names.len(), ALL.len());
        let tables: Vec<&Table> = ALL.iter().flat_map(|m| m.tables.iter()).collect();
        assert_eq!(tables.iter().map(|t| t.name).collect::<BTreeSet<_>>().len(), tables.len());
        for model in ALL {
            for table in model.tables {
                assert!(table.name.ends_with(&format!("_{}", model.version)), "{} carries its version", table.name);
                assert!(table.columns.iter().any(|c| c.name == table.stream));
                assert!(table.key > 0 && table.key <= table.columns.len());
                for index in table.indexes {
                    for column in index.columns {
                        assert!(table.columns.iter().any(|c| c.name == *column), "{}.{column}", table.name);
                    }
                }
            }
        }
    }
}
