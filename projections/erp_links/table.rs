//! One row a contact that is, or was, a record of an ERP.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column, nullable};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "erp_links",
    version: 1,
    tables: &[Table {
        name: "erp_links_1",
        columns: &[
            column("contact", Type::Uuid),
            column("account", Type::Uuid),
            column("source", Type::Text),
            column("sort_key", Type::Text),
            // Position since which it is there: when it was linked, or came back.
            column("since", Type::Int),
            nullable("gone_at", Type::Int),
        ],
        key: 1,
        stream: "contact",
        indexes: &[
            // All records that are there, for reconciling them with the ERP's.
            Index { name: "there", columns: &["account", "source", "contact"], only: "gone_at IS NULL" },
            Index { name: "gone", columns: &["account", "gone_at", "contact"], only: "gone_at IS NOT NULL" },
            // Lists of contacts that are narrowed to either.
            Index { name: "name", columns: &["account", "sort_key", "contact"], only: "gone_at IS NULL" },
            Index { name: "gone_name", columns: &["account", "sort_key", "contact"], only: "gone_at IS NOT NULL" },
        ],
    }],
    project,
    whole: false,
    but_accesses: true,
};
