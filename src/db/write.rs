//! Several writes of one transaction together: on PostgreSQL one statement, so that a batch costs one round trip; on SQLite, which is no trip
//! away, one after the other.

use super::{
    DbError, Inner, Load, Tx,
    bulk::{add_arrays, names, on_conflict, unnest},
    dialect::{Engine, finish},
    pg_args,
};
use projections::{Arg, Ask, Row, Table};
use sqlx::{Arguments, AssertSqlSafe, Row as _, postgres::PgArguments};
use std::{fmt::Write as _, sync::atomic::Ordering};

/// One write. Those sent at once must not touch the same rows.
#[derive(Debug)]
pub enum Write {
    /// Rows of a table.
    Rows {
        /// Which.
        table: &'static Table,
        /// Its rows.
        rows: Vec<Row>,
        /// What to do with a row whose key is there.
        load: Load,
    },
    /// Rows of a table deleted by their keys.
    Delete {
        /// Which.
        table: &'static Table,
        /// Their keys.
        keys: Vec<Vec<Arg>>,
    },
    /// An update that must touch so many rows.
    Exactly {
        /// It.
        ask: Ask<()>,
        /// How many.
        count: u64,
        /// What is wrong where it touches others.
        otherwise: &'static str,
    },
}

/// A write that failed, and which, where that is known.
#[derive(Debug)]
pub struct WriteError {
    /// Its place among the writes.
    pub place: Option<usize>,
    /// Why.
    pub error: DbError,
}

impl Write {
    fn is_empty(&self) -> bool {
        match self {
            Write::Rows { rows, .. } => rows.is_empty(),
            Write::Delete { keys, .. } => keys.is_empty(),
            Write::Exactly { .. } => false,
        }
    }
}

impl Tx {
    /// Carries writes out; `at_once` as one statement, where the engine gains by it: an error then does not tell which of them failed.
    pub async fn write_all(&mut self, writes: Vec<Write>, at_once: bool) -> Result<(), WriteError> {
        if at_once && self.engine() == Engine::Postgres {
            return self.write_at_once(writes).await;
        }
        for (place, write) in writes.into_iter().enumerate() {
            let done = match write {
                Write::Rows { table, rows, load } => self.write_rows(table, table.name, rows, load).await,
                Write::Delete { table, keys } => self.delete_rows(table, table.name, keys).await,
                Write::Exactly { ask, count, otherwise } => match self.execute(ask).await {
                    Ok(touched) if touched != count => Err(DbError::missing(otherwise)),
                    other => other.map(|_| ()),
                },
            };
            done.map_err(|error| WriteError { place: Some(place), error })?;
        }
        Ok(())
    }

    async fn write_at_once(&mut self, writes: Vec<Write>) -> Result<(), WriteError> {
        let Inner::Postgres(tx) = &mut self.inner else { return Ok(()) };
        let unplaced = |error| WriteError { place: None, error };
        let mut args = pg_args(Vec::new()).map_err(unplaced)?;
        let (mut sql, mut counts) = (String::with_capacity(4096), Vec::new());
        for (place, write) in writes.into_iter().enumerate().filter(|(_, write)| !write.is_empty()) {
            sql.push_str(if sql.is_empty() { "WITH " } else { ", " });
            let added =
                add(&mut sql, place, write, &mut args).map_err(|error| WriteError { place: Some(place), error })?;
            counts.extend(added.map(|(count, otherwise)| (place, count, otherwise)));
        }
        if sql.is_empty() {
            return Ok(());
        }
        let touched = counts.iter().map(|(place, ..)| format!("(SELECT COUNT(*) FROM w{place})"));
        // Writing to a string cannot fail.
        let _ = write!(sql, " SELECT {}", touched.chain(["1".to_owned()]).collect::<Vec<_>>().join(", "));
        self.statements.fetch_add(1, Ordering::Relaxed);
        let answer = sqlx::query_with(AssertSqlSafe(sql), args).fetch_one(&mut **tx).await;
        let answer = answer.map_err(|e| unplaced(e.into()))?;
        for (column, (place, count, otherwise)) in counts.into_iter().enumerate() {
            let touched: i64 = answer.try_get(column).map_err(|e| unplaced(e.into()))?;
            if touched.unsigned_abs() != count {
                return Err(WriteError { place: Some(place), error: DbError::missing(otherwise) });
            }
        }
        Ok(())
    }
}

/// Adds a write to the statement; what it must touch, if that is to be counted.
fn add(
    sql: &mut String,
    place: usize,
    write: Write,
    args: &mut PgArguments,
) -> Result<Option<(u64, &'static str)>, DbError> {
    let first = args.len() + 1;
    let written = match write {
        Write::Rows { table, rows, load } => {
            add_arrays(args, table.columns, rows)?;
            let (unnest, tail) = (unnest(table.columns, first), on_conflict(table, load));
            let columns = names(table.columns);
            write!(sql, "w{place} AS (INSERT INTO {} ({columns}) SELECT * FROM {unnest}{tail})", table.name)
        }
        Write::Delete { table, keys } => {
            let columns = &table.columns[..table.key];
            add_arrays(args, columns, keys)?;
            let (key, unnest) = (names(columns), unnest(columns, first));
            write!(sql, "w{place} AS (DELETE FROM {} WHERE ({key}) IN (SELECT * FROM {unnest}))", table.name)
        }
        Write::Exactly { ask, count, otherwise } => {
            let text = renumbered(&finish(Engine::Postgres, &ask.sql, &ask.args), first - 1);
            for arg in ask.args {
                super::add_pg(args, arg)?;
            }
            let _ = write!(sql, "w{place} AS ({text} RETURNING 1)");
            return Ok(Some((count, otherwise)));
        }
    };
    debug_assert!(written.is_ok(), "writing to a string");
    Ok(None)
}

/// The text with its parameters counted from a later one.
fn renumbered(sql: &str, by: usize) -> String {
    let mut parts = sql.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(digits);
        let _ = write!(out, "${}{rest}", number.parse::<usize>().unwrap_or_default() + by);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_on() {
        let sql = "UPDATE t SET a = $1, b = $10 WHERE c = ANY($2)";
        assert_eq!(renumbered(sql, 19), "UPDATE t SET a = $20, b = $29 WHERE c = ANY($21)");
        assert_eq!(renumbered("DELETE FROM t", 3), "DELETE FROM t");
    }
}
