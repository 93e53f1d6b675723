//! One row a member: a contact that is more than an address in the account's lists (an owner, a guest, one with rights, a login or a portal account, or
//! one that was switched off). And one a account, with what a list of accounts shows and is searched by.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column, nullable};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "memberships",
    version: 1,
    tables: &[
        Table {
            name: "memberships_1",
            columns: &[
                column("contact", Type::Uuid),
                column("account", Type::Uuid),
                nullable("user_id", Type::Uuid),
                nullable("email", Type::Text),
                column("profile", Type::Text),
                column("status", Type::Text),
                // In the order of the list of permissions, parted by commas.
                column("permissions", Type::Text),
                nullable("portal", Type::Text),
                // Last day, `YYYY-MM-DD`, in the account's time zone.
                nullable("until_on", Type::Text),
                // An invitation that nobody answered runs out then.
                nullable("invited_until", Type::Int),
                column("since", Type::Int),
                column("created_at", Type::Int),
                column("sort_key", Type::Text),
            ],
            key: 1,
            stream: "contact",
            indexes: &[
                Index { name: "user", columns: &["user_id", "account"], only: "user_id IS NOT NULL" },
                Index { name: "email", columns: &["email", "account"], only: "email IS NOT NULL" },
                Index { name: "name", columns: &["account", "sort_key", "contact"], only: "" },
                Index { name: "created", columns: &["account", "created_at", "contact"], only: "" },
                Index { name: "profile", columns: &["account", "profile", "sort_key", "contact"], only: "" },
                Index { name: "status", columns: &["account", "status", "sort_key", "contact"], only: "" },
            ],
        },
        Table {
            name: "member_accounts_1",
            columns: &[
                column("account", Type::Uuid),
                column("number", Type::Text),
                column("company_name", Type::Text),
                column("sort_key", Type::Text),
                column("time_zone", Type::Text),
            ],
            key: 1,
            stream: "account",
            indexes: &[Index { name: "number", columns: &["number"], only: "" }],
        },
    ],
    project,
    whole: false,
    but_accesses: true,
};
