//! Signed calls to an account's own systems: webhooks and the customer-service feed.

use super::{Attempt, Outbox, store::Due};
use crate::app::Failure;
use uuid::Uuid;

/// Attends to a call.
pub(super) async fn attempt(_: &Outbox, _: &Due, _: Uuid) -> Result<Attempt, Failure> {
    Ok(Attempt::Dropped("NOT_CONNECTED"))
}
