//! Many rows with one statement, and the DDL of read-model tables: both made from a table's declaration.

use super::{DbError, Inner, Tx, dialect::Engine, pg_args, sqlite_args};
use projections::{Arg, Column, Row, Table, Type};
use sqlx::{Arguments, AssertSqlSafe, postgres::PgArguments};
use std::{fmt::Write as _, sync::atomic::Ordering};
use uuid::Uuid;

/// SQLite statements hold one of these many rows, so that few texts are prepared.
const SQLITE_ROWS: [usize; 4] = [128, 32, 8, 1];
/// PostgreSQL arrays are cut here, so that one message stays small.
const POSTGRES_ROWS: usize = 2000;

/// What to do with a row whose key is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// It is an error (the log; a fresh table).
    Insert,
    /// It is replaced.
    Upsert,
}

pub(super) fn names(columns: &[Column]) -> String {
    columns.iter().map(|c| c.name).collect::<Vec<_>>().join(", ")
}

pub(super) fn on_conflict(table: &Table, load: Load) -> String {
    if load == Load::Insert {
        return String::new();
    }
    let rest = &table.columns[table.key..];
    let key = names(&table.columns[..table.key]);
    if rest.is_empty() {
        // Every column is the key: the row that is there is the same one.
        return format!(" ON CONFLICT ({key}) DO NOTHING");
    }
    let set = rest.iter().map(|c| format!("{0} = excluded.{0}", c.name)).collect::<Vec<_>>().join(", ");
    format!(" ON CONFLICT ({key}) DO UPDATE SET {set}")
}

/// The statement that creates a table under `name`.
pub fn ddl_create(tx: &Tx, table: &Table, name: &str) -> String {
    let engine = tx.engine();
    let mut sql = format!("CREATE TABLE {name} (");
    for column in table.columns {
        let null = if column.null { "" } else { " NOT NULL" };
        // Writing to a string cannot fail.
        let _ = write!(sql, "{} {}{null}, ", column.name, engine.type_name(column.ty));
    }
    let _ = write!(sql, "PRIMARY KEY ({}))", names(&table.columns[..table.key]));
    let large = || table.columns.iter().filter(|c| c.ty == Type::Bytes);
    // A table in the order of its key, without a second tree; rows with a large value are better off in the plain form.
    if engine == Engine::Sqlite && large().next().is_none() {
        sql.push_str(" WITHOUT ROWID");
    }
    // A large value is written again with each event of its stream: room in its page keeps that in place.
    if engine == Engine::Postgres && large().next().is_some() {
        sql.push_str(" WITH (fillfactor = 75)");
    }
    sql.push(';');
    if engine == Engine::Postgres {
        for column in large() {
            // Several times faster than the default, where the server was built with it; otherwise the default does.
            let _ = write!(
                sql,
                "DO $$ BEGIN ALTER TABLE {name} ALTER COLUMN {} SET COMPRESSION lz4; EXCEPTION WHEN feature_not_supported THEN NULL; END $$;",
                column.name
            );
        }
    }
    sql
}

/// The statements that create its indexes on the table `name`; index names end in `suffix`, which tells tables of one declaration apart.
pub fn ddl_indexes(table: &Table, name: &str, suffix: &str) -> String {
    let mut sql = String::new();
    for index in table.indexes {
        let only = if index.only.is_empty() { String::new() } else { format!(" WHERE {}", index.only) };
        let _ = write!(
            sql,
            "CREATE INDEX {}_{}{suffix} ON {name} ({}){only};",
            table.name,
            index.name,
            index.columns.join(", ")
        );
    }
    sql
}

impl Tx {
    /// Writes rows into `name`, a table of this declaration, in the fewest statements.
    pub async fn write_rows(&mut self, table: &Table, name: &str, rows: Vec<Row>, load: Load) -> Result<(), DbError> {
        if rows.is_empty() {
            return Ok(());
        }
        let tail = on_conflict(table, load);
        match self.engine() {
            Engine::Postgres => {
                let mut rows = rows;
                while !rows.is_empty() {
                    let rest = rows.split_off(rows.len().min(POSTGRES_ROWS));
                    let chunk = std::mem::replace(&mut rows, rest);
                    let (columns, unnest) = (names(table.columns), unnest(table.columns, 1));
                    let sql = format!("INSERT INTO {name} ({columns}) SELECT * FROM {unnest}{tail}");
                    self.run_arrays(sql, table.columns, chunk).await?;
                }
                Ok(())
            }
            Engine::Sqlite => {
                let width = table.columns.len();
                let head = format!("INSERT INTO {name} ({}) VALUES ", names(table.columns));
                self.run_sqlite_chunks(rows, width, |count| format!("{head}{}{tail}", placeholders(count, width))).await
            }
        }
    }

    /// Deletes the rows of these keys.
    pub async fn delete_rows(&mut self, table: &Table, name: &str, keys: Vec<Vec<Arg>>) -> Result<(), DbError> {
        if keys.is_empty() {
            return Ok(());
        }
        let columns = &table.columns[..table.key];
        let key = names(columns);
        match self.engine() {
            Engine::Postgres => {
                let sql = format!("DELETE FROM {name} WHERE ({key}) IN (SELECT * FROM {})", unnest(columns, 1));
                self.run_arrays(sql, columns, keys).await
            }
            Engine::Sqlite => {
                self.run_sqlite_chunks(keys, table.key, |count| {
                    format!("DELETE FROM {name} WHERE ({key}) IN (VALUES {})", placeholders(count, table.key))
                })
                .await
            }
        }
    }

    /// Whether exactly this row stands in the table.
    pub async fn has_row(&mut self, table: &Table, name: &str, row: &Row) -> Result<bool, DbError> {
        // Found by its key, which is never NULL: with the other comparison no engine would use the index.
        let same = table.columns.iter().enumerate().map(|(i, c)| {
            let equals = if i < table.key { "=" } else { "IS NOT DISTINCT FROM" };
            format!("{} {equals} ${}", c.name, i + 1)
        });
        let sql = format!("SELECT COUNT(*) FROM {name} WHERE {}", same.collect::<Vec<_>>().join(" AND "));
        let found = self.fetch_optional(projections::Ask::<(i64,)>::new(sql, row.clone())).await?;
        Ok(found.is_some_and(|(n,)| n == 1))
    }

    async fn run_arrays(&mut self, sql: String, columns: &[Column], rows: Vec<Row>) -> Result<(), DbError> {
        let Inner::Postgres(tx) = &mut self.inner else { return Ok(()) };
        self.statements.fetch_add(1, Ordering::Relaxed);
        let mut args = pg_args(Vec::new())?;
        add_arrays(&mut args, columns, rows)?;
        sqlx::query_with(AssertSqlSafe(sql), args).execute(&mut **tx).await?;
        Ok(())
    }

    async fn run_sqlite_chunks(
        &mut self,
        rows: Vec<Row>,
        width: usize,
        sql: impl Fn(usize) -> String,
    ) -> Result<(), DbError> {
        let Inner::Sqlite(tx) = &mut self.inner else { return Ok(()) };
        let mut rows = rows.into_iter();
        for size in SQLITE_ROWS {
            while rows.len() >= size {
                let mut flat = Vec::with_capacity(size * width);
                flat.extend(rows.by_ref().take(size).flatten());
                self.statements.fetch_add(1, Ordering::Relaxed);
                sqlx::query_with(AssertSqlSafe(sql(size)), sqlite_args(flat)?).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// Loads rows into an empty table without indexes, as fast as the engine takes them.
    pub async fn load_rows(&mut self, table: &Table, name: &str, rows: Vec<Row>) -> Result<(), DbError> {
        match &mut self.inner {
            Inner::Sqlite(_) => self.write_rows(table, name, rows, Load::Insert).await,
            Inner::Postgres(tx) => {
                let mut copy = tx
                    .copy_in_raw(&format!("COPY {name} ({}) FROM STDIN (FORMAT binary)", names(table.columns)))
                    .await?;
                let mut buffer = Vec::with_capacity(1 << 17);
                buffer.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
                for row in rows {
                    buffer.extend_from_slice(&(row.len() as i16).to_be_bytes());
                    for value in row {
                        copy_value(&mut buffer, value);
                    }
                    if buffer.len() > 1 << 16 {
                        copy.send(buffer.as_slice()).await?;
                        buffer.clear();
                    }
                }
                buffer.extend_from_slice(&(-1i16).to_be_bytes());
                copy.send(buffer.as_slice()).await?;
                copy.finish().await?;
                Ok(())
            }
        }
    }
}

/// One field of PostgreSQL's binary COPY format: its length and its bytes, or length -1 for NULL.
fn copy_value(out: &mut Vec<u8>, value: Arg) {
    let mut field = |bytes: Option<&[u8]>| match bytes {
        None => out.extend_from_slice(&(-1i32).to_be_bytes()),
        Some(bytes) => {
            out.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
            out.extend_from_slice(bytes);
        }
    };
    match value {
        Arg::Uuid(v) => field(v.as_ref().map(|u| u.as_bytes().as_slice())),
        Arg::Text(v) => field(v.as_deref().map(str::as_bytes)),
        Arg::Int(v) => field(v.map(i64::to_be_bytes).as_ref().map(|b| b.as_slice())),
        Arg::Bool(v) => field(v.map(|b| [u8::from(b)]).as_ref().map(|b| b.as_slice())),
        Arg::Bytes(v) => field(v.as_deref()),
        // Lists never stand in a row.
        Arg::Uuids(_) | Arg::Texts(_) | Arg::Ints(_) | Arg::Bytess(_) => field(None),
    }
}

/// Without numbers: SQLite looks a numbered one up by name, through all of them, each time a value is bound.
fn placeholders(rows: usize, width: usize) -> String {
    let row = format!("({}?)", "?, ".repeat(width.saturating_sub(1)));
    let mut out = format!("{row}, ").repeat(rows.saturating_sub(1));
    out.push_str(&row);
    out
}

/// Arrays as rows of a table, their parameters counted from `first`.
pub(super) fn unnest(columns: &[Column], first: usize) -> String {
    let array = |(i, c): (usize, &Column)| {
        let ty = match c.ty {
            Type::Uuid => "uuid",
            Type::Text => "text",
            Type::Int => "bigint",
            Type::Bool => "boolean",
            Type::Bytes => "bytea",
        };
        format!("${}::{ty}[]", i + first)
    };
    format!("unnest({})", columns.iter().enumerate().map(array).collect::<Vec<_>>().join(", "))
}

/// Adds rows turned into one array a column.
pub(super) fn add_arrays(args: &mut PgArguments, columns: &[Column], rows: Vec<Row>) -> Result<(), DbError> {
    enum Array {
        Uuid(Vec<Option<Uuid>>),
        Text(Vec<Option<String>>),
        Int(Vec<Option<i64>>),
        Bool(Vec<Option<bool>>),
        Bytes(Vec<Option<Vec<u8>>>),
    }
    let count = rows.len();
    let mut arrays: Vec<Array> = columns
        .iter()
        .map(|c| match c.ty {
            Type::Uuid => Array::Uuid(Vec::with_capacity(count)),
            Type::Text => Array::Text(Vec::with_capacity(count)),
            Type::Int => Array::Int(Vec::with_capacity(count)),
            Type::Bool => Array::Bool(Vec::with_capacity(count)),
            Type::Bytes => Array::Bytes(Vec::with_capacity(count)),
        })
        .collect();
    for row in rows {
        for (array, value) in arrays.iter_mut().zip(row) {
            match (array, value) {
                (Array::Uuid(a), Arg::Uuid(v)) => a.push(v),
                (Array::Text(a), Arg::Text(v)) => a.push(v),
                (Array::Int(a), Arg::Int(v)) => a.push(v),
                (Array::Bool(a), Arg::Bool(v)) => a.push(v),
                (Array::Bytes(a), Arg::Bytes(v)) => a.push(v),
                (_, v) => return Err(DbError::other(format!("a row's value does not fit its column: {v:?}"))),
            }
        }
    }
    for array in arrays {
        match array {
            Array::Uuid(a) => args.add(a),
            Array::Text(a) => args.add(a),
            Array::Int(a) => args.add(a),
            Array::Bool(a) => args.add(a),
            Array::Bytes(a) => args.add(a),
        }
        .map_err(DbError::encoding)?;
    }
    Ok(())
}
