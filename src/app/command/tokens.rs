//! Commands of programs' tokens. They put into the trail that a token was made or revoked; the token itself is the vault's (`app/tokens.rs`).

use super::super::draft::{Draft, Stop};
use chrono::{DateTime, Utc};
use domain::{
    AccountId, StreamId,
    account::token::{MakeToken, Scopes, TokenEvent, TokenRevoked},
};
use uuid::Uuid;

/// What can be asked of tokens.
#[derive(Debug, Clone)]
pub enum TokenCommand {
    /// A program of the account may come in with a token.
    Make {
        /// The account.
        account: AccountId,
        /// The token's id.
        token: Uuid,
        /// What it is for.
        name: String,
        /// What it may.
        scopes: Scopes,
        /// From when on it opens nothing.
        expires_at: Option<DateTime<Utc>>,
    },
    /// It may no more. That it is this account's, and was not revoked yet, was looked up by whoever asks.
    Revoke(AccountId, Uuid),
}

impl TokenCommand {
    pub(super) fn name(&self) -> &'static str {
        match self {
            TokenCommand::Make { .. } => "CreateToken",
            TokenCommand::Revoke(..) => "RevokeToken",
        }
    }

    fn on(&self) -> AccountId {
        match self {
            TokenCommand::Make { account, .. } | TokenCommand::Revoke(account, _) => *account,
        }
    }

    pub(super) fn account(&self) -> Option<AccountId> {
        Some(self.on())
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        vec![self.on().into()]
    }

    pub(super) async fn plan(self, draft: &mut Draft<'_>) -> Result<(), Stop> {
        let (id, at) = (self.on(), draft.meta.now);
        let account = draft.account(id).await?;
        account.get()?;
        let events = match self {
            TokenCommand::Make { token, name, scopes, expires_at, .. } => {
                draft.about_mut().token = Some(token);
                MakeToken { token, name, scopes, expires_at, at }.decide()?
            }
            TokenCommand::Revoke(_, token) => vec![TokenEvent::Revoked(TokenRevoked { token })],
        };
        draft.write(&account, id, events);
        Ok(())
    }
}
