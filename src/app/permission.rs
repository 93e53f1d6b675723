//! Who may do what: one table, and what a caller is.

use super::Command;
use domain::{AccountId, Actor, ActorKind, Code, Origin, Refusal};
use uuid::Uuid;

/// Through which door a caller came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// GraphQL or HTTP.
    Api,
    /// A file.
    Import,
    /// The command line.
    Cli,
    /// An ERP: records that were sent or pulled.
    Erp,
}

impl Door {
    pub(super) fn origin(self) -> Origin {
        match self {
            Door::Api => Origin::Api,
            Door::Import => Origin::Import,
            Door::Cli => Origin::Cli,
            Door::Erp => Origin::Erp,
        }
    }
}

/// Someone who was recognised, and the one account they reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// As events name them.
    pub actor: Actor,
    /// The account they reach; none: an operator, who reaches none but may open one.
    pub account: Option<AccountId>,
    /// Through which door.
    pub door: Door,
}

impl Caller {
    /// The operator at the command line, within one account or none.
    pub fn operator(account: Option<AccountId>) -> Caller {
        Caller { actor: Actor { kind: ActorKind::Operator, id: Uuid::nil() }, account, door: Door::Cli }
    }

    /// The same, through another door.
    pub fn through(self, door: Door) -> Caller {
        Caller { door, ..self }
    }

    /// Whether what belongs to `account` exists for this caller. What does not is answered like what is unknown.
    pub fn reaches(&self, account: AccountId) -> bool {
        self.account == Some(account)
    }

    /// The table: only operators open accounts; everything else is done within the caller's account.
    pub(super) fn may(&self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::OpenAccount(_) if self.actor.kind == ActorKind::Operator => Ok(()),
            Command::OpenAccount(_) => Err(Refusal::new(Code::Forbidden)),
            _ => match (self.account, command.account()) {
                (None, _) => Err(Refusal::new(Code::Forbidden)),
                (Some(own), Some(named)) if own != named => Err(Refusal::at(Code::NotFound, "accountId")),
                _ => Ok(()),
            },
        }
    }
}
