//! Questions about an account's subscribers on a day.

use crate::sql::{Arg, Ask};
use domain::AccountId;
use uuid::Uuid;

/// A subscriber in the list.
#[derive(Debug, Clone, crate::FromRow)]
pub struct SubscriberRow {
    /// The contact.
    pub contact: Uuid,
    /// Folded name.
    pub sort_key: String,
}

/// A subscriber's line of the export.
#[derive(Debug, Clone, crate::FromRow)]
pub struct Line {
    /// The contact.
    pub contact: Uuid,
    /// Folded name.
    pub sort_key: String,
    /// Its id in another system.
    pub external_id: Option<String>,
    /// Raison sociale.
    pub company_name: Option<String>,
    /// Nom.
    pub last_name: Option<String>,
    /// Prénom.
    pub first_name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Téléphone.
    pub phone: Option<String>,
    /// Fax.
    pub fax: Option<String>,
    /// The rendered address, lines apart by `\n`.
    pub address: String,
}

const ON_DAY: &str = "account = $1 AND from_on <= $2 AND (until_on IS NULL OR until_on > $2)";

fn page(
    columns: &str,
    account: AccountId,
    day: &str,
    beyond: Option<(&str, Uuid)>,
    descending: bool,
    limit: i64,
) -> (String, Vec<Arg>) {
    let mut args: Vec<Arg> = vec![account.0.into(), day.into()];
    let mut sql = format!("SELECT {columns} FROM subscribers_1 WHERE {ON_DAY}");
    let (than, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
    if let Some((key, contact)) = beyond {
        args.extend([key.into(), contact.into()]);
        sql.push_str(&format!(" AND (sort_key, contact) {than} ($3, $4)"));
    }
    args.push(limit.into());
    sql.push_str(&format!(" ORDER BY sort_key {direction}, contact {direction} LIMIT ${}", args.len()));
    (sql, args)
}

/// A page of the list by name. `day` is `YYYY-MM-DD`; `beyond` the sort key and contact of the row before.
pub fn list(
    account: AccountId,
    day: &str,
    beyond: Option<(&str, Uuid)>,
    descending: bool,
    limit: i64,
) -> Ask<SubscriberRow> {
    let (sql, args) = page("contact, sort_key", account, day, beyond, descending, limit);
    Ask::new(sql, args)
}

/// A page of export lines in the list's order.
pub fn export_page(account: AccountId, day: &str, beyond: Option<(&str, Uuid)>, limit: i64) -> Ask<Line> {
    let columns = "contact, sort_key, external_id, company_name, last_name, first_name, email, phone, fax, address";
    let (sql, args) = page(columns, account, day, beyond, false, limit);
    Ask::new(sql, args)
}

/// How many subscribers on a day, counted up to `cap`.
pub fn count(account: AccountId, day: &str, cap: i64) -> Ask<(i64,)> {
    Ask::new(
        format!("SELECT COUNT(*) FROM (SELECT 1 AS one FROM subscribers_1 WHERE {ON_DAY} LIMIT $3) counted"),
        [account.0.into(), day.into(), cap.into()],
    )
}
