//! One row a product, and one a search word.

use super::project::project;
use crate::table::{Index, ReadModel, Table, Type, column};

/// Version 1.
pub static READ_MODEL: ReadModel = ReadModel {
    name: "products",
    version: 1,
    tables: &[
        Table {
            name: "products_1",
            columns: &[
                column("id", Type::Uuid),
                column("account", Type::Uuid),
                column("name", Type::Text),
                column("sort_key", Type::Text),
                column("archived", Type::Bool),
            ],
            key: 1,
            stream: "id",
            indexes: &[Index { name: "name", columns: &["account", "archived", "sort_key", "id"], only: "" }],
        },
        Table {
            name: "product_words_1",
            columns: &[column("account", Type::Uuid), column("word", Type::Text), column("product", Type::Uuid)],
            key: 3,
            stream: "product",
            indexes: &[],
        },
    ],
    project,
    whole: false,
    but_accesses: false,
};
