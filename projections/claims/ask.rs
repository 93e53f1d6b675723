//! Questions about complaints. Lists are by when they were opened; ids settle ties.

use crate::sql::{Arg, Ask};
use domain::{AccountId, ContactId, ProductId};
use uuid::Uuid;

/// A complaint in a list.
#[derive(Debug, Clone, crate::FromRow)]
pub struct ClaimRow {
    /// The complaint.
    pub id: Uuid,
    /// Whose it is.
    pub contact: Uuid,
    /// On what.
    pub subscription: Uuid,
    /// Microseconds since 1970, UTC.
    pub opened_at: i64,
}

/// What the list is narrowed to. Absent: not narrowed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Filter {
    /// A status.
    pub status: Option<&'static str>,
    /// Of this contact.
    pub contact: Option<ContactId>,
}

/// From where, in which direction, how many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seek {
    /// Beyond this time and id; none: from the end one starts at.
    pub beyond: Option<(i64, Uuid)>,
    /// From new to old.
    pub descending: bool,
    /// At most so many rows.
    pub limit: i64,
}

fn narrowed(account: AccountId, filter: &Filter) -> (String, Vec<Arg>) {
    let (mut sql, mut args) = ("account = $1".to_owned(), vec![account.0.into()]);
    if let Some(status) = filter.status {
        args.push(status.into());
        sql.push_str(&format!(" AND status = ${}", args.len()));
    }
    if let Some(contact) = filter.contact {
        args.push(contact.0.into());
        sql.push_str(&format!(" AND contact = ${}", args.len()));
    }
    (sql, args)
}

/// A page of the account's complaints.
pub fn list(account: AccountId, filter: &Filter, seek: Seek) -> Ask<ClaimRow> {
    let (only, mut args) = narrowed(account, filter);
    let mut sql = format!("SELECT id, contact, subscription, opened_at FROM claims_1 WHERE {only}");
    let (than, direction) = if seek.descending { ("<", "DESC") } else { (">", "ASC") };
    if let Some((at, id)) = seek.beyond {
        args.extend([at.into(), id.into()]);
        sql.push_str(&format!(" AND (opened_at, id) {than} (${}, ${})", args.len() - 1, args.len()));
    }
    args.push(seek.limit.into());
    sql.push_str(&format!(" ORDER BY opened_at {direction}, id {direction} LIMIT ${}", args.len()));
    Ask::new(sql, args)
}

/// How many complaints the filter leaves, counted up to `cap`.
pub fn count(account: AccountId, filter: &Filter, cap: i64) -> Ask<(i64,)> {
    let (only, mut args) = narrowed(account, filter);
    args.push(cap.into());
    let limit = args.len();
    Ask::new(format!("SELECT COUNT(*) FROM (SELECT 1 AS one FROM claims_1 WHERE {only} LIMIT ${limit}) counted"), args)
}

/// The complaints on these subscriptions, newest first, at most `limit`.
pub fn of_subscriptions(account: AccountId, subscriptions: Vec<Uuid>, limit: i64) -> Ask<ClaimRow> {
    Ask::new(
        "SELECT id, contact, subscription, opened_at FROM claims_1 WHERE subscription IN [$1] AND account = $2 ORDER BY opened_at DESC, id DESC LIMIT $3",
        [subscriptions.into(), account.0.into(), limit.into()],
    )
}

/// How many complaints on a product wait for an answer or for being closed, counted up to `cap`.
pub fn open_of_product(account: AccountId, product: ProductId, cap: i64) -> Ask<(i64,)> {
    Ask::new(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM claims_1 WHERE product = $1 AND status IN ('OPEN', 'ANSWERED') AND account = $2 LIMIT $3) counted",
        [product.0.into(), account.0.into(), cap.into()],
    )
}
