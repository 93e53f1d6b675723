//! One row an address and the days it is in force; it holds the whole export line, so that an export reads one index in order.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column, nullable};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "subscribers",
    version: 1,
    tables: &[Table {
        name: "subscribers_1",
        columns: &[
            column("contact", Type::Uuid),
            column("from_on", Type::Text),
            nullable("until_on", Type::Text),
            column("account", Type::Uuid),
            column("sort_key", Type::Text),
            nullable("external_id", Type::Text),
            nullable("company_name", Type::Text),
            nullable("last_name", Type::Text),
            nullable("first_name", Type::Text),
            nullable("email", Type::Text),
            nullable("phone", Type::Text),
            nullable("fax", Type::Text),
            column("address", Type::Text),
        ],
        key: 2,
        stream: "contact",
        indexes: &[Index { name: "name", columns: &["account", "sort_key", "contact"], only: "" }],
    }],
    project,
    whole: false,
    but_accesses: true,
};
