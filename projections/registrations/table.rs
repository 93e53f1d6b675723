//! One row a registration, of a contact or of nobody yet; one row a phone of a contact that is not registered.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "registrations",
    version: 1,
    tables: &[
        Table {
            name: "registrations_1",
            columns: &[
                // The contact whose registration it is, or the sign-up that matches none.
                column("subject", Type::Uuid),
                column("account", Type::Uuid),
                column("state", Type::Text),
                column("since", Type::Int),
            ],
            key: 1,
            stream: "subject",
            indexes: &[Index { name: "state", columns: &["account", "state", "since", "subject"], only: "" }],
        },
        Table {
            name: "registration_phones_1",
            columns: &[column("account", Type::Uuid), column("phone", Type::Text), column("contact", Type::Uuid)],
            key: 3,
            stream: "contact",
            indexes: &[],
        },
    ],
    project,
    whole: false,
    but_accesses: true,
};
