//! One row a complaint.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "claims",
    version: 1,
    tables: &[Table {
        name: "claims_1",
        columns: &[
            column("id", Type::Uuid),
            column("contact", Type::Uuid),
            column("account", Type::Uuid),
            column("subscription", Type::Uuid),
            column("product", Type::Uuid),
            column("status", Type::Text),
            column("opened_at", Type::Int),
        ],
        key: 1,
        stream: "contact",
        indexes: &[
            Index { name: "opened", columns: &["account", "opened_at", "id"], only: "" },
            Index { name: "status", columns: &["account", "status", "opened_at", "id"], only: "" },
            Index { name: "contact", columns: &["contact", "opened_at", "id"], only: "" },
            Index { name: "subscription", columns: &["subscription", "opened_at", "id"], only: "" },
            Index { name: "product", columns: &["product", "status"], only: "" },
        ],
    }],
    project,
    whole: false,
    but_accesses: true,
};
