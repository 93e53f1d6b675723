//! One row a stream.

use super::project::project;
use crate::table::{ReadModel, Table, Type, column, nullable};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "stream_state",
    version: 1,
    tables: &[Table {
        name: "stream_state_1",
        columns: &[
            column("stream", Type::Uuid),
            column("category", Type::Text),
            nullable("account", Type::Uuid),
            column("version", Type::Int),
            column("state", Type::Bytes),
        ],
        key: 1,
        stream: "stream",
        indexes: &[],
    }],
    project,
    whole: true,
    but_accesses: false,
};
