//! One row a contact whose deletion support has to decide; none once it is decided.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "deletions",
    version: 1,
    tables: &[Table {
        name: "deletions_1",
        columns: &[column("contact", Type::Uuid), column("account", Type::Uuid), column("requested_at", Type::Int)],
        key: 1,
        stream: "contact",
        indexes: &[
            Index { name: "requested", columns: &["requested_at", "contact"], only: "" },
            Index { name: "account", columns: &["account", "requested_at", "contact"], only: "" },
        ],
    }],
    project,
    whole: false,
    but_accesses: true,
};
