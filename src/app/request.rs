//! What is asked of the service, and what it answers.

use super::{CameFrom, Command, Failure};
use domain::{
    AccountId, ClaimId, ContactId, Folded, ImportId, ProductId, Refusals, RegistrationId, StreamId, SubscriptionId,
    UserId,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// A command and what the caller wants of its carrying out.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is asked.
    pub command: Command,
    /// The version the caller saw; refused with `VERSION_CONFLICT` when it is another by now.
    pub expected_version: Option<u64>,
    /// The caller's key: a retry with it gets the first answer.
    pub idempotency: Option<IdempotencyKey>,
    /// What it is part of (a request, an import); a new id where absent.
    pub correlation: Option<Uuid>,
    /// From where it came, if that is known.
    pub came_from: Option<Arc<CameFrom>>,
}

impl From<Command> for Request {
    fn from(command: Command) -> Self {
        Request { command, expected_version: None, idempotency: None, correlation: None, came_from: None }
    }
}

/// A caller's key and the input it came with.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// As the caller sent it.
    pub key: String,
    /// The whole input, in any stable form.
    pub input: Vec<u8>,
}

/// What was done: the things it concerns, warnings, and where in the log.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// The account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// The product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductId>,
    /// The subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<SubscriptionId>,
    /// The complaint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimId>,
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The sign-up in the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<RegistrationId>,
    /// The import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
    /// The contacts of a journey in the order of its form, and whether each was recorded by it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub placed: Vec<(ContactId, bool)>,
    /// The connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Uuid>,
    /// The program's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Uuid>,
    /// Codes of warnings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Position of its last event, or of the head when nothing was to be done.
    #[serde(skip)]
    pub position: u64,
    /// Whether anything changed.
    #[serde(skip)]
    pub changed: bool,
    /// What was written, as it is since then; empty where a first answer is given again, or nothing is to be remembered.
    #[serde(skip)]
    pub after: Vec<(StreamId, Arc<Folded>)>,
}

/// Refused, with the position it was decided at and the things it concerns (the access there is already).
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// Every reason.
    pub refusals: Refusals,
    /// What it concerns.
    pub about: Done,
    /// Where it was decided.
    pub position: u64,
}

/// How a command ended when it was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// Tell the person.
    #[error("{:?}", .0.refusals)]
    Refused(Box<Refused>),
    /// Tell the operator.
    #[error(transparent)]
    Failure(#[from] Failure),
}
