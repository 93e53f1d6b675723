//! Portable SQL text, finished for an engine: lists, types, the table of a list.

use projections::{Arg, Type};
use std::fmt::Write as _;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        }
    }

    /// The name of a column type. PostgreSQL text is compared by its bytes, as SQLite's is.
    pub fn type_name(self, ty: Type) -> &'static str {
        match (self, ty) {
            (Engine::Sqlite, Type::Uuid | Type::Bytes) => "BLOB",
            (Engine::Sqlite, Type::Int) => "INTEGER",
            (Engine::Sqlite, Type::Text) => "TEXT",
            (_, Type::Bool) => "BOOLEAN",
            (Engine::Postgres, Type::Uuid) => "UUID",
            (Engine::Postgres, Type::Bytes) => "BYTEA",
            (Engine::Postgres, Type::Int) => "BIGINT",
            (Engine::Postgres, Type::Text) => r#"TEXT COLLATE "C""#,
        }
    }

    /// Portable DDL of a migration (`UUID`, `BYTEA`, `BIGINT`, `TEXT`, `BOOLEAN`) for this engine.
    pub fn migration(self, portable: &str) -> String {
        match self {
            // SQLite's rowid is its position: without this the log would keep a second index for it.
            Engine::Sqlite => portable
                .replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY")
                .replace("UUID", "BLOB")
                .replace("BYTEA", "BLOB"),
            Engine::Postgres => portable.replace(" TEXT", r#" TEXT COLLATE "C""#),
        }
    }
}

/// Finishes `IN [$n]`, `FROM [$n AS name]`, `[FOR UPDATE]` and `[FOR UPDATE SKIP LOCKED]`.
pub(super) fn finish(engine: Engine, sql: &str, args: &[Arg]) -> String {
    let mut out = String::with_capacity(sql.len() + 32);
    let mut rest = sql;
    while let Some(start) = rest.find('[') {
        let Some(length) = rest[start..].find(']') else { break };
        let (before, inside) = (&rest[..start], &rest[start + 1..start + length]);
        rest = &rest[start + length + 1..];
        if inside.starts_with("FOR UPDATE") {
            out.push_str(before);
            if engine == Engine::Postgres {
                out.push_str(inside);
            }
            continue;
        }
        let (placeholder, name) = inside.split_once(" AS ").map_or((inside, None), |(p, n)| (p, Some(n)));
        let argument =
            placeholder.trim_start_matches('$').parse::<usize>().ok().and_then(|n| args.get(n.wrapping_sub(1)));
        let value = match argument {
            Some(Arg::Uuids(_) | Arg::Bytess(_)) => "unhex(value)",
            _ => "value",
        };
        let written = match (engine, name) {
            (Engine::Postgres, Some(name)) => write!(out, "{before}unnest({placeholder}) AS list({name})"),
            (Engine::Sqlite, Some(name)) => {
                write!(out, "{before}(SELECT {value} AS {name} FROM json_each({placeholder})) AS list")
            }
            (Engine::Postgres, None) => {
                write!(out, "{}= ANY({placeholder})", before.strip_suffix("IN ").unwrap_or(before))
            }
            (Engine::Sqlite, None) => write!(out, "{before}(SELECT {value} FROM json_each({placeholder}))"),
        };
        debug_assert!(written.is_ok(), "writing to a string");
    }
    out.push_str(rest);
    out
}

/// A JSON array of hexadecimal texts.
pub(super) fn json_hex<'a>(values: impl Iterator<Item = &'a [u8]>) -> String {
    let mut out = String::from("[");
    for value in values {
        out.push_str(if out.len() > 1 { ",\"" } else { "\"" });
        data_encoding::HEXLOWER.encode_append(value, &mut out);
        out.push('"');
    }
    out.push(']');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_written_for_each_engine() {
        let args = [Arg::Uuids(vec![]), Arg::Texts(vec![])];
        let sql = "SELECT x FROM t WHERE id IN [$1] AND name IN [$2]";
        assert_eq!(finish(Engine::Postgres, sql, &args), "SELECT x FROM t WHERE id = ANY($1) AND name = ANY($2)");
        assert_eq!(
            finish(Engine::Sqlite, sql, &args),
            "SELECT x FROM t WHERE id IN (SELECT unhex(value) FROM json_each($1)) AND name IN (SELECT value FROM json_each($2))"
        );
        let sql = "SELECT s FROM [$1 AS s] WHERE 1 = 1 [FOR UPDATE]";
        assert_eq!(finish(Engine::Postgres, sql, &args), "SELECT s FROM unnest($1) AS list(s) WHERE 1 = 1 FOR UPDATE");
        assert_eq!(
            finish(Engine::Sqlite, sql, &args),
            "SELECT s FROM (SELECT unhex(value) AS s FROM json_each($1)) AS list WHERE 1 = 1 "
        );
        let sql = "SELECT id FROM t WHERE id IN [$1] [FOR UPDATE SKIP LOCKED]";
        assert_eq!(finish(Engine::Postgres, sql, &args), "SELECT id FROM t WHERE id = ANY($1) FOR UPDATE SKIP LOCKED");
        assert!(finish(Engine::Sqlite, sql, &args).ends_with("json_each($1)) "));
        assert_eq!(json_hex([b"\x00\xff".as_slice(), b"a"].into_iter()), r#"["00ff","61"]"#);
    }
}
