//! Questions about an account's products.

use crate::{
    search::upper_bound,
    sql::{Arg, Ask},
};
use domain::AccountId;
use uuid::Uuid;

/// A product in a list.
#[derive(Debug, Clone, crate::FromRow)]
pub struct ProductRow {
    /// Its id.
    pub id: Uuid,
    /// Folded name.
    pub sort_key: String,
}

fn from(account: AccountId, terms: &[String], archived: Option<bool>, columns: &str) -> (String, Vec<Arg>) {
    let mut args: Vec<Arg> = vec![account.0.into()];
    let mut sql = format!("SELECT {columns} FROM products_1 p WHERE p.account = $1");
    // Both values are named even when not narrowed, so that the index, which has `archived` before the name, serves.
    match archived {
        Some(archived) => {
            args.push(archived.into());
            sql.push_str(" AND p.archived = $2");
        }
        None => {
            args.push(true.into());
            sql.push_str(" AND (p.archived = $2 OR p.archived <> $2)");
        }
    }
    for term in terms {
        args.extend([term.as_str().into(), upper_bound(term).into()]);
        let n = args.len();
        sql.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM product_words_1 w WHERE w.account = p.account AND w.product = p.id AND w.word >= ${} AND w.word < ${n})",
            n - 1
        ));
    }
    (sql, args)
}

/// A page of the account's products by name. `beyond`: the sort key and id of the row before.
pub fn list(
    account: AccountId,
    terms: &[String],
    archived: Option<bool>,
    beyond: Option<(&str, Uuid)>,
    descending: bool,
    limit: i64,
) -> Ask<ProductRow> {
    let (mut sql, mut args) = from(account, terms, archived, "p.id, p.sort_key");
    let (than, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
    if let Some((key, id)) = beyond {
        args.extend([key.into(), id.into()]);
        let n = args.len();
        sql.push_str(&format!(" AND (p.sort_key, p.id) {than} (${}, ${n})", n - 1));
    }
    args.push(limit.into());
    sql.push_str(&format!(" ORDER BY p.sort_key {direction}, p.id {direction} LIMIT ${}", args.len()));
    Ask::new(sql, args)
}

/// How many products, counted up to `cap`.
pub fn count(account: AccountId, terms: &[String], archived: Option<bool>, cap: i64) -> Ask<(i64,)> {
    let (sql, mut args) = from(account, terms, archived, "1 AS one");
    args.push(cap.into());
    Ask::new(format!("SELECT COUNT(*) FROM ({sql} LIMIT ${}) counted", args.len()), args)
}
