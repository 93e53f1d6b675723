//! One row a contact and a product or subscription that it ever had.

use super::project::project;
use crate::table::{ReadModel, Table, Type, column};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "histories",
    version: 1,
    tables: &[Table {
        name: "histories_1",
        columns: &[column("thing", Type::Uuid), column("contact", Type::Uuid), column("account", Type::Uuid)],
        key: 2,
        stream: "contact",
        indexes: &[],
    }],
    project,
    whole: false,
    but_accesses: false,
};
