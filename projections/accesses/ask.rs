//! Questions about accesses.

use crate::sql::{Arg, Ask};
use domain::{AccountId, ProductId};
use uuid::Uuid;

/// How many contacts have the product, counted up to `cap`.
pub fn granted_count(account: AccountId, product: ProductId, cap: i64) -> Ask<(i64,)> {
    Ask::new(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM accesses_1 WHERE product = $1 AND account = $2 LIMIT $3) counted",
        [product.0.into(), account.0.into(), cap.into()],
    )
}

/// Of the first `cap` contacts that have the product: how many, and for how many of them it is not suspended. A capped look at the index, however
/// many there are.
pub fn reach(account: AccountId, product: ProductId, cap: i64) -> Ask<(i64, i64)> {
    Ask::new(
        "SELECT COUNT(*), COUNT(CASE WHEN looked.mode <> 'SUSPENDED' THEN 1 END) FROM \
         (SELECT mode FROM accesses_1 WHERE product = $1 AND account = $2 LIMIT $3) looked",
        [product.0.into(), account.0.into(), cap.into()],
    )
}

/// A page of the contacts whose access to the product is not suspended: sort key and id, in this order. `beyond`: the row before.
pub fn in_force(
    account: AccountId,
    product: ProductId,
    beyond: Option<(&str, Uuid)>,
    limit: i64,
) -> Ask<(String, Uuid)> {
    let mut sql =
        "SELECT sort_key, contact FROM accesses_1 WHERE product = $1 AND account = $2 AND mode <> 'SUSPENDED'"
            .to_owned();
    let mut args: Vec<Arg> = vec![product.0.into(), account.0.into(), limit.into()];
    if let Some((key, contact)) = beyond {
        args.extend([key.into(), contact.into()]);
        sql.push_str(" AND (sort_key, contact) > ($4, $5)");
    }
    Ask::new(sql + " ORDER BY sort_key, contact LIMIT $3", args)
}
