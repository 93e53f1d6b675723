//! Questions about requests for deletion: those of one account, or, for support, of all.

use crate::sql::{Arg, Ask};
use domain::AccountId;
use uuid::Uuid;

/// A request in the list.
#[derive(Debug, Clone, crate::FromRow)]
pub struct RequestRow {
    /// The contact to be deleted.
    pub contact: Uuid,
    /// Microseconds since 1970, UTC.
    pub requested_at: i64,
}

fn of(account: Option<AccountId>) -> (&'static str, Vec<Arg>) {
    match account {
        Some(account) => (" AND account = $1", vec![account.0.into()]),
        None => ("", Vec::new()),
    }
}

/// A page of the requests by when they were made; `beyond` the time and contact of the row before.
pub fn list(account: Option<AccountId>, beyond: Option<(i64, Uuid)>, descending: bool, limit: i64) -> Ask<RequestRow> {
    let (only, mut args) = of(account);
    let (than, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
    let mut sql = format!("SELECT contact, requested_at FROM deletions_1 WHERE 1 = 1{only}");
    if let Some((at, contact)) = beyond {
        args.extend([at.into(), contact.into()]);
        sql.push_str(&format!(" AND (requested_at, contact) {than} (${}, ${})", args.len() - 1, args.len()));
    }
    args.push(limit.into());
    sql.push_str(&format!(" ORDER BY requested_at {direction}, contact {direction} LIMIT ${}", args.len()));
    Ask::new(sql, args)
}

/// How many requests wait, counted up to `cap`.
pub fn count(account: Option<AccountId>, cap: i64) -> Ask<(i64,)> {
    let (only, mut args) = of(account);
    args.push(cap.into());
    let limit = args.len();
    Ask::new(
        format!("SELECT COUNT(*) FROM (SELECT 1 AS one FROM deletions_1 WHERE 1 = 1{only} LIMIT ${limit}) counted"),
        args,
    )
}
