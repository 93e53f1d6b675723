//! Looking at every value of a database, whatever its tables are: what a search after an erasure goes through. Tables are asked of the engine, so that one
//! that was added is looked at without anybody thinking of it.

use super::{Db, DbError, Pools, dialect::Engine};
use futures::stream::BoxStream;
use projections::Ask;

/// A column that may hold words, and how the rows of its table name what they are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// Its table.
    pub table: String,
    /// Its name.
    pub column: String,
    sql: String,
}

impl Db {
    /// Every column of every table that holds text or bytes.
    pub async fn columns(&self) -> Result<Vec<Looked>, DbError> {
        let sql = match self.engine() {
            Engine::Sqlite => {
                "SELECT m.name, p.name, p.type FROM sqlite_master m JOIN pragma_table_info(m.name) p
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid"
            }
            Engine::Postgres => {
                "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
                 WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
            }
        };
        let all: Vec<(String, String, String)> = self.fetch(Ask::new(sql, [])).await?;
        let looked = all.iter().filter(|(_, _, kind)| holds_words(kind)).map(|(table, column, kind)| {
            let ids =
                all.iter().filter(|(of, _, kind)| of == table && holds_ids(kind)).map(|(_, name, _)| self.id(name));
            let ids = ids.collect::<Vec<_>>().join(" || ' ' || ");
            let ids = if ids.is_empty() { "''" } else { ids.as_str() };
            let value = match self.engine() {
                Engine::Sqlite => format!("CAST(\"{column}\" AS BLOB)"),
                Engine::Postgres if kind == "bytea" => format!("\"{column}\""),
                Engine::Postgres => format!("convert_to(\"{column}\"::text, 'UTF8')"),
            };
            let sql = format!("SELECT {value}, {ids} FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
            Looked { table: table.clone(), column: column.clone(), sql }
        });
        Ok(looked.collect())
    }

    fn id(&self, column: &str) -> String {
        match self.engine() {
            // What is sixteen bytes long is an id, or as good as one: it is only compared with ids.
            Engine::Sqlite => format!("CASE WHEN length(\"{column}\") = 16 THEN lower(hex(\"{column}\")) ELSE '' END"),
            Engine::Postgres => format!("COALESCE(replace(\"{column}\"::text, '-', ''), '')"),
        }
    }

    /// The values of a column, each with the ids of its row (hexadecimal, parted by spaces).
    pub fn values(&self, of: &Looked) -> BoxStream<'_, Result<(Vec<u8>, String), DbError>> {
        self.stream(Ask::new(of.sql.clone(), []))
    }

    /// The samples of values that the engine keeps for its plans (PostgreSQL), by table.
    pub async fn samples(&self) -> Result<Vec<(String, String)>, DbError> {
        match &self.pools {
            Pools::Sqlite { .. } => Ok(Vec::new()),
            Pools::Postgres(_) => {
                let sql = "SELECT tablename::text, COALESCE(most_common_vals::text, '') || ' ' || COALESCE(histogram_bounds::text, '')
                           FROM pg_stats WHERE schemaname = current_schema()";
                self.fetch(Ask::new(sql, [])).await
            }
        }
    }
}

fn holds_words(kind: &str) -> bool {
    ["TEXT", "BLOB", "text", "bytea", "character varying", "jsonb", "json"].contains(&kind)
}

fn holds_ids(kind: &str) -> bool {
    ["BLOB", "uuid"].contains(&kind)
}
