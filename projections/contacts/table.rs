//! One row a contact in the account's lists (deleted and erased ones are in none), and one a search word.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column, nullable};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "contacts",
    version: 1,
    tables: &[
        Table {
            name: "contacts_1",
            columns: &[
                column("id", Type::Uuid),
                column("account", Type::Uuid),
                column("kind", Type::Text),
                column("profile", Type::Text),
                column("status", Type::Text),
                nullable("registration", Type::Text),
                nullable("first_name", Type::Text),
                nullable("last_name", Type::Text),
                nullable("company_name", Type::Text),
                nullable("email", Type::Text),
                nullable("external_id", Type::Text),
                column("sort_key", Type::Text),
                column("identity", Type::Int),
                column("created_at", Type::Int),
            ],
            key: 1,
            stream: "id",
            indexes: &[
                Index { name: "name", columns: &["account", "sort_key", "id"], only: "" },
                Index { name: "created", columns: &["account", "created_at", "id"], only: "" },
                Index { name: "identity", columns: &["account", "identity"], only: "" },
                // Filters by what few contacts are have an index of just those, in each order; filters by what most are need none.
                Index { name: "group", columns: &["account", "sort_key", "id"], only: "kind = 'GROUP'" },
                Index { name: "client", columns: &["account", "sort_key", "id"], only: "profile = 'CLIENT'" },
                Index { name: "guest", columns: &["account", "sort_key", "id"], only: "profile = 'GUEST'" },
                Index { name: "status", columns: &["account", "status", "sort_key", "id"], only: "status <> 'ACTIVE'" },
                Index {
                    name: "registration",
                    columns: &["account", "registration", "sort_key", "id"],
                    only: "registration IS NOT NULL",
                },
                Index { name: "no_email", columns: &["account", "sort_key", "id"], only: "email IS NULL" },
            ],
        },
        Table {
            name: "contact_words_1",
            columns: &[column("account", Type::Uuid), column("word", Type::Text), column("contact", Type::Uuid)],
            key: 3,
            stream: "contact",
            indexes: &[],
        },
    ],
    project,
    whole: false,
    but_accesses: true,
};
