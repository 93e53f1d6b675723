//! One row a subscription, and one a contact attached to it.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column, nullable};

/// Version 2: a list of the account's subscriptions, and of those of a type.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "subscriptions",
    version: 2,
    tables: &[
        Table {
            name: "subscriptions_2",
            columns: &[
                column("id", Type::Uuid),
                column("account", Type::Uuid),
                column("product", Type::Uuid),
                column("type", Type::Text),
                column("billing", Type::Text),
                column("starts_on", Type::Text),
                nullable("ends_on", Type::Text),
                column("paused", Type::Bool),
                column("cancelled", Type::Bool),
                nullable("payment", Type::Text),
                column("started_at", Type::Int),
            ],
            key: 1,
            stream: "id",
            indexes: &[
                Index { name: "account", columns: &["account", "started_at", "id"], only: "" },
                Index { name: "product", columns: &["account", "product", "started_at", "id"], only: "" },
                Index { name: "type", columns: &["account", "type", "started_at", "id"], only: "" },
            ],
        },
        Table {
            name: "attachments_2",
            columns: &[
                column("subscription", Type::Uuid),
                column("contact", Type::Uuid),
                column("account", Type::Uuid),
            ],
            key: 2,
            stream: "contact",
            indexes: &[],
        },
    ],
    project,
    whole: false,
    but_accesses: false,
};
