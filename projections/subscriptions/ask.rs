//! Questions about subscriptions.

use crate::sql::{Arg, Ask};
use domain::{AccountId, ProductId, SubscriptionId};
use uuid::Uuid;

/// The contacts attached to a subscription, by id, at most `limit`; `descending`: from the last.
pub fn attached_contacts(
    account: AccountId,
    subscription: SubscriptionId,
    beyond: Option<Uuid>,
    descending: bool,
    limit: i64,
) -> Ask<(Uuid,)> {
    let (than, order, end) = if descending { ("<", "DESC", Uuid::max()) } else { (">", "ASC", Uuid::nil()) };
    Ask::new(
        format!(
            "SELECT contact FROM attachments_2 WHERE subscription = $1 AND account = $2 AND contact {than} $3 ORDER BY contact {order} LIMIT $4"
        ),
        [subscription.0.into(), account.0.into(), beyond.unwrap_or(end).into(), limit.into()],
    )
}

/// How many contacts are attached to a subscription, counted up to `cap`.
pub fn attached_count(account: AccountId, subscription: SubscriptionId, cap: i64) -> Ask<(i64,)> {
    Ask::new(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM attachments_2 WHERE subscription = $1 AND account = $2 LIMIT $3) counted",
        [subscription.0.into(), account.0.into(), cap.into()],
    )
}

/// A subscription in a list, with what filters look at.
#[derive(Debug, Clone, PartialEq, crate::FromRow)]
pub struct SubscriptionRow {
    /// Its id.
    pub id: Uuid,
    /// Microseconds since 1970, UTC.
    pub started_at: i64,
    /// To what.
    pub product: Uuid,
    /// The account's own word.
    pub kind: String,
    /// First day.
    pub starts_on: String,
    /// Last day; none: for ever.
    pub ends_on: Option<String>,
    /// Whether it stands still.
    pub paused: bool,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

/// Which index leads to a list of subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrow<'a> {
    /// All of the account.
    No,
    /// To this product.
    Product(ProductId),
    /// Of this type.
    Kind(&'a str),
}

/// An account's subscriptions in the order they were started, beyond a place, at most `limit`; `descending`: newest first.
pub fn list(
    account: AccountId,
    narrow: Narrow<'_>,
    beyond: Option<(i64, Uuid)>,
    descending: bool,
    limit: i64,
) -> Ask<SubscriptionRow> {
    let (than, order, end) =
        if descending { ("<", "DESC", (i64::MAX, Uuid::max())) } else { (">", "ASC", (i64::MIN, Uuid::nil())) };
    let (at, id) = beyond.unwrap_or(end);
    let mut args: Vec<Arg> = vec![account.0.into(), at.into(), id.into(), limit.into()];
    let narrowed = narrowed(narrow, &mut args);
    Ask::new(
        format!(
            "SELECT id, started_at, product, type AS kind, starts_on, ends_on, paused, cancelled FROM subscriptions_2 \
             WHERE account = $1{narrowed} AND (started_at, id) {than} ($2, $3) ORDER BY started_at {order}, id {order} LIMIT $4"
        ),
        args,
    )
}

/// How many there are, counted up to `cap`.
pub fn count(account: AccountId, narrow: Narrow<'_>, cap: i64) -> Ask<(i64,)> {
    let mut args: Vec<Arg> = vec![account.0.into(), cap.into()];
    let narrowed = narrowed(narrow, &mut args);
    Ask::new(
        format!(
            "SELECT COUNT(*) FROM (SELECT 1 AS one FROM subscriptions_2 WHERE account = $1{narrowed} LIMIT $2) counted"
        ),
        args,
    )
}

fn narrowed(narrow: Narrow<'_>, args: &mut Vec<Arg>) -> String {
    let (column, arg) = match narrow {
        Narrow::No => return String::new(),
        Narrow::Product(product) => ("product", Arg::from(product.0)),
        Narrow::Kind(kind) => ("type", Arg::from(kind)),
    };
    args.push(arg);
    format!(" AND {column} = ${}", args.len())
}

/// Of the newest `cap` subscriptions to a product: how many, and how many of them run on a day, or will. `day` is `YYYY-MM-DD`.
pub fn live(account: AccountId, product: ProductId, day: &str, cap: i64) -> Ask<(i64, i64)> {
    Ask::new(
        "SELECT COUNT(*), COUNT(CASE WHEN looked.ends_on IS NULL OR looked.ends_on >= $3 THEN 1 END) FROM \
         (SELECT ends_on FROM subscriptions_2 WHERE account = $1 AND product = $2 ORDER BY started_at DESC, id DESC LIMIT $4) looked",
        [account.0.into(), product.0.into(), day.into(), cap.into()],
    )
}
