//! Signed calls to an account's own systems: webhooks and the customer-service feed (row U6).
//!
//! A call says what happened and carries the values as they are now, made when it is sent: after an erasure there is nothing personal left to tell, and
//! what is behind is never told as if it were new. `sign` has the signature, `payload` the body, `again` when to call once more; `docs/outbox.md` is for
//! receivers.

mod again;
mod payload;
pub mod sign;

use super::{Again, Attempt, Outbox, store::Due};
use crate::{
    app::Failure,
    outbound::{Call, Method, OutboundError, UrlProblem},
};
use domain::AccountId;
use std::time::Duration;
use uuid::Uuid;

/// Longest time of one call.
const TIME: Duration = Duration::from_secs(15);

/// Attends to a call.
pub(super) async fn attempt(outbox: &Outbox, row: &Due, target: Uuid) -> Result<Attempt, Failure> {
    let app = outbox.app();
    let account = app.state(AccountId(row.account).into()).await?;
    let Some(account) = account.state.account() else { return Ok(Attempt::Dropped("NOT_CONNECTED")) };
    let connection = account.connections.iter().find(|c| c.id == target);
    let Some(url) = connection.and_then(|c| c.url.clone()) else { return Ok(Attempt::Dropped("NOT_CONNECTED")) };
    let after = row.position.unsigned_abs().saturating_sub(1);
    let event = app.log().read_all(after, 1).await?.pop().filter(|event| event.event_id == row.event_id);
    let Some(event) = event else { return Ok(Attempt::Dropped("NOT_CURRENT")) };
    let subject = app.state(event.stream).await?;
    let body = payload::body(row, &event, account, &subject, app.reader().token(event.position), app.clock().now());
    let body = serde_json::to_vec(&body).map_err(Failure::json)?;
    let secret = app.vault().signing_secret(target);
    let signature = sign::signature(secret.reveal(), app.clock().now().timestamp(), &body);
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        (sign::HEADER, signature),
        ("Sesame-Event", row.event_id.simple().to_string()),
        ("Sesame-Delivery", format!("dlv_{}", row.id.simple())),
        ("Sesame-Attempt", row.attempts.to_string()),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let call = Call { method: Method::POST, url, headers, body, time: TIME, answer_max: None };
    Ok(match outbox.outside().outbound.call(call).await {
        Ok(answer) if (200..300).contains(&answer.status) => Attempt::Sent,
        Ok(answer) => Attempt::Failed {
            reason: format!("HTTP {}", answer.status),
            again: again::after(answer.status, &answer.headers, app.clock().now()),
        },
        Err(error) => Attempt::Failed { reason: reason(&error).to_owned(), again: Again::Later },
    })
}

fn reason(error: &OutboundError) -> &'static str {
    match error {
        OutboundError::Url(UrlProblem::Private) => "PRIVATE_ADDRESS",
        OutboundError::Url(_) => "ADDRESS",
        OutboundError::NoAddress => "UNKNOWN_NAME",
        OutboundError::NoConnection => "NO_CONNECTION",
        OutboundError::Time => "TIME",
        OutboundError::TooLarge => "ANSWER_TOO_LARGE",
        OutboundError::Broken => "ANSWER_BROKEN",
        OutboundError::Header(_) => "HEADER",
        OutboundError::Unusable(_) => "CANNOT_CALL",
    }
}
