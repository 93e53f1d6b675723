//! Questions about accesses.

use crate::sql::Ask;
use domain::{AccountId, ProductId};

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
