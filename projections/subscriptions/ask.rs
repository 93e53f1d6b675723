//! Questions about subscriptions.

use crate::sql::Ask;
use domain::{AccountId, SubscriptionId};
use uuid::Uuid;

/// The contacts attached to a subscription, by id, at most `limit`.
pub fn attached_contacts(
    account: AccountId,
    subscription: SubscriptionId,
    beyond: Option<Uuid>,
    limit: i64,
) -> Ask<(Uuid,)> {
    Ask::new(
        "SELECT contact FROM attachments_1 WHERE subscription = $1 AND account = $2 AND contact > $3 ORDER BY contact LIMIT $4",
        [subscription.0.into(), account.0.into(), beyond.unwrap_or(Uuid::nil()).into(), limit.into()],
    )
}
