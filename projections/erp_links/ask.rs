//! Questions about contacts and their records in an ERP.

use crate::sql::{Arg, Ask};
use domain::AccountId;
use uuid::Uuid;

/// A contact whose record is there.
#[derive(Debug, Clone, crate::FromRow)]
pub struct LinkRow {
    /// The contact.
    pub contact: Uuid,
    /// Position in the log since which it is there.
    pub since: i64,
}

/// A contact whose record is gone.
#[derive(Debug, Clone, crate::FromRow)]
pub struct GoneRow {
    /// The contact.
    pub contact: Uuid,
    /// Since when, microseconds since 1970, UTC.
    pub gone_at: i64,
}

/// A page of the contacts whose records are in the ERP `source`, in the order of their ids.
pub fn linked(account: AccountId, source: &str, beyond: Option<Uuid>, limit: i64) -> Ask<LinkRow> {
    Ask::new(
        "SELECT contact, since FROM erp_links_1 WHERE account = $1 AND source = $2 AND gone_at IS NULL AND contact > $3
         ORDER BY contact LIMIT $4",
        [account.0.into(), source.into(), beyond.unwrap_or_default().into(), limit.into()],
    )
}

/// How many contacts' records are in the ERP `source`, counted up to `cap`.
pub fn count_linked(account: AccountId, source: &str, cap: i64) -> Ask<(i64,)> {
    Ask::new(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM erp_links_1 WHERE account = $1 AND source = $2 AND gone_at IS NULL LIMIT $3) counted",
        [account.0.into(), source.into(), cap.into()],
    )
}

/// A page of the contacts whose records are gone, the longest gone first. `beyond`: since when and contact of the row before.
pub fn gone(account: AccountId, beyond: Option<(i64, Uuid)>, descending: bool, limit: i64) -> Ask<GoneRow> {
    let (than, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
    let mut args: Vec<Arg> = vec![account.0.into()];
    let mut sql = "SELECT contact, gone_at FROM erp_links_1 WHERE account = $1 AND gone_at IS NOT NULL".to_owned();
    if let Some((at, contact)) = beyond {
        args.extend([at.into(), contact.into()]);
        sql.push_str(&format!(" AND (gone_at, contact) {than} ($2, $3)"));
    }
    args.push(limit.into());
    sql.push_str(&format!(" ORDER BY gone_at {direction}, contact {direction} LIMIT ${}", args.len()));
    Ask::new(sql, args)
}

/// How many contacts' records are gone, counted up to `cap`.
pub fn count_gone(account: AccountId, cap: i64) -> Ask<(i64,)> {
    Ask::new(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM erp_links_1 WHERE account = $1 AND gone_at IS NOT NULL LIMIT $2) counted",
        [account.0.into(), cap.into()],
    )
}
