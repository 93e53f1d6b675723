//! What changes in the vault beside the events of a command, in the same append: as data and not as statements, so that it can be noted while the events are on their
//! way into a log outside the database.

use super::{knocks::NewKnock, logins, providers::ProviderChange};
use domain::UserId;
use projections::Ask;
use serde::{Deserialize, Serialize};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum VaultChange {
    /// Of an account's provider of sign-ins.
    Provider(ProviderChange),
    /// A user's second factor goes, with its codes and every session.
    WithoutFactor(UserId),
    /// Somebody is told something by mail.
    Knock(NewKnock),
}

impl VaultChange {
    /// As statements.
    pub fn statements(&self) -> Vec<Ask<()>> {
        match self {
            VaultChange::Provider(change) => change.statements(),
            VaultChange::WithoutFactor(user) => logins::without_factor(*user),
            VaultChange::Knock(knock) => vec![knock.statement()],
        }
    }
}
