//! Questions about who ever had something.

use crate::sql::Ask;
use domain::AccountId;
use uuid::Uuid;

/// Contacts that ever had a product or a subscription, by id, at most `limit`.
pub fn contacts_of(account: AccountId, thing: Uuid, beyond: Option<Uuid>, limit: i64) -> Ask<(Uuid,)> {
    Ask::new(
        "SELECT contact FROM histories_1 WHERE thing = $1 AND account = $2 AND contact > $3 ORDER BY contact LIMIT $4",
        [thing.into(), account.0.into(), beyond.unwrap_or(Uuid::nil()).into(), limit.into()],
    )
}
