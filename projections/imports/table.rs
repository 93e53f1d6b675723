//! One row an import. What was counted stands in its state, so that progress writes no row here.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "imports",
    version: 1,
    tables: &[Table {
        name: "imports_1",
        columns: &[
            column("id", Type::Uuid),
            column("account", Type::Uuid),
            column("status", Type::Text),
            column("file", Type::Text),
            column("planned_at", Type::Int),
        ],
        key: 1,
        stream: "id",
        indexes: &[
            Index { name: "planned", columns: &["account", "planned_at", "id"], only: "" },
            Index { name: "file", columns: &["account", "file", "planned_at", "id"], only: "" },
            Index { name: "at_work", columns: &["id"], only: "status = 'APPLYING' OR status = 'UNDOING'" },
        ],
    }],
    project,
    whole: false,
    but_accesses: true,
};
