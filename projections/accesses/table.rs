//! One row an access that was not removed.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "accesses",
    version: 1,
    tables: &[Table {
        name: "accesses_1",
        columns: &[
            column("contact", Type::Uuid),
            column("product", Type::Uuid),
            column("account", Type::Uuid),
            column("mode", Type::Text),
            column("sort_key", Type::Text),
        ],
        key: 2,
        stream: "contact",
        indexes: &[Index { name: "product", columns: &["product", "sort_key", "contact"], only: "" }],
    }],
    project,
    whole: false,
    but_accesses: false,
};
