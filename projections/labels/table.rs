//! One row a label of a contact, with the contact's sort key, so that a label's contacts are walked in the order of lists.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "labels",
    version: 1,
    tables: &[Table {
        name: "labels_1",
        columns: &[
            column("account", Type::Uuid),
            column("label", Type::Text),
            column("contact", Type::Uuid),
            column("sort_key", Type::Text),
        ],
        key: 3,
        stream: "contact",
        indexes: &[Index { name: "name", columns: &["account", "label", "sort_key", "contact"], only: "" }],
    }],
    project,
    whole: false,
    but_accesses: true,
};
