//! Making, listing and revoking tokens: the trail is told first, by a command, then the vault. A stop in between leaves an entry of a token that was never
//! handed out, or one that is revoked by the next try; under an idempotency key the next try hands it out. What was handed out is never so again.

use super::{
    App, Caller, Command, Done, Failure, IdempotencyKey, NotDone, Refused, Request, TokenCommand,
    permission::CREATE_TOKEN,
};
use crate::{
    db::DbErrorKind,
    vault::{
        store::{Grant, NewToken, TokenRow, VaultError},
        token::Token,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    AccountId, ActorKind, Code, Refusal,
    account::token::{MakeToken, Scopes},
    remedy::Remedy,
};
use uuid::Uuid;

/// A token as asked for.
#[derive(Debug, Clone)]
pub struct TokenAsked {
    /// What it stands for.
    pub grant: Grant,
    /// What it is for.
    pub name: String,
    /// What it may: told for programs, which have scopes.
    pub scopes: Scopes,
    /// From when on it opens nothing; none: never.
    pub expires_at: Option<DateTime<Utc>>,
}

impl TokenAsked {
    /// One that may all its kind may, and never ends.
    pub fn whole(grant: Grant, name: &str) -> TokenAsked {
        TokenAsked { grant, name: name.to_owned(), scopes: Scopes::OWNER, expires_at: None }
    }
}

impl App {
    /// Makes a token and hands it out, once. Operators make any; an account's owner makes those of its programs.
    ///
    /// # Errors
    /// Refused where it was handed out before under the same key: the refusal is about that token, which stands.
    pub async fn create_token(
        &self,
        caller: &Caller,
        asked: TokenAsked,
        once: Option<IdempotencyKey>,
    ) -> Result<(Uuid, Token), NotDone> {
        let TokenAsked { grant, name, scopes, expires_at } = asked;
        let now = self.clock().now();
        let (id, name) = match grant {
            Grant::Program(account) => {
                let fresh = self.clock().id();
                let command = TokenCommand::Make { account, token: fresh, name: name.clone(), scopes, expires_at };
                let request = Request { idempotency: once, ..Request::from(Command::Tokens(command)) };
                let done = self.execute(&within(caller, account), request).await?;
                (done.token.unwrap_or(fresh), name.trim().to_owned())
            }
            Grant::Operator | Grant::Staff | Grant::User(_) => {
                self.may_create(caller, grant).await?;
                let name = MakeToken::name(&name).map_err(|refusal| self.refused_now(refusal))?;
                if expires_at.is_some_and(|end| end <= now) {
                    return Err(self.refused_now(Refusal::at(Code::DateInvalid, "expiresAt")));
                }
                (self.token_id(caller, once.as_ref())?, name)
            }
        };
        let new = NewToken { id, grant, scopes, name, expires_at, now };
        match self.vault().create_token_for(new.clone()).await {
            Ok(token) => Ok((id, token)),
            Err(VaultError::Db(e)) if e.kind == DbErrorKind::Unique => Err(self.stands_already(&new).await?),
            Err(e) => Err(Failure::from(e).into()),
        }
    }

    /// The id of a token that is of no account: its log remembers no answer, so that the same key is the same id.
    fn token_id(&self, caller: &Caller, once: Option<&IdempotencyKey>) -> Result<Uuid, NotDone> {
        let Some(once) = once else { return Ok(self.clock().id()) };
        let key = self.claim(caller, "token", once)?;
        let first = key.first_chunk::<16>().copied().unwrap_or_default();
        Ok(uuid::Builder::from_custom_bytes(first).into_uuid())
    }

    /// Why a token is not handed out again.
    async fn stands_already(&self, asked: &NewToken) -> Result<NotDone, NotDone> {
        let there = self.vault().token(asked.id).await.map_err(Failure::from)?;
        let same = there.is_some_and(|row| asked.is_kept_as(&row));
        let code = if same { Code::NotAllowedNow } else { Code::IdempotencyMismatch };
        let mut refusal = Refusal::at(code, "idempotencyKey");
        if same {
            refusal = refusal.instead(Remedy::RevokeToken);
        }
        let about = Done { token: same.then_some(asked.id), ..Done::default() };
        let position = self.reader().newest_position().await?;
        Ok(NotDone::Refused(Box::new(Refused { refusals: refusal.into(), about, position })))
    }

    /// Whether the caller makes tokens that are of no account.
    async fn may_create(&self, caller: &Caller, grant: Grant) -> Result<(), NotDone> {
        if caller.actor.kind != ActorKind::Operator {
            return Err(self.refused_now(Refusal::new(Code::Forbidden).instead(Remedy::AskTheOperator)));
        }
        caller.may(CREATE_TOKEN, None).map_err(|refusal| self.refused_now(refusal))?;
        if let Grant::User(user) = grant {
            let states = self.reader().states(vec![user.0]).await?;
            let known = states.get(&user.0).and_then(|folded| folded.state.user());
            if known.is_none_or(|user| user.erased.is_some()) {
                return Err(self.refused_now(Refusal::at(Code::NotFound, "userId")));
            }
        }
        Ok(())
    }

    /// The tokens of an account's programs, the newest first; those above accounts where none is given.
    ///
    /// # Errors
    /// Refused to those who may not make them.
    pub async fn tokens(&self, caller: &Caller, account: Option<AccountId>) -> Result<Vec<TokenRow>, NotDone> {
        caller.may_ever(CREATE_TOKEN, account).map_err(|refusal| self.refused_now(refusal))?;
        if account.is_none() && caller.actor.kind != ActorKind::Operator {
            return Err(self.refused_now(Refusal::at(Code::Required, "accountId")));
        }
        Ok(self.vault().tokens(account).await.map_err(Failure::from)?)
    }

    /// Ends a token: within a second it opens nothing on any node. Nothing where it was revoked; what belongs to others is answered like what is unknown.
    pub async fn revoke_token(&self, caller: &Caller, id: Uuid) -> Result<TokenRow, NotDone> {
        let unknown = || self.refused_now(Refusal::at(Code::NotFound, "tokenId"));
        let row = self.vault().token(id).await.map_err(Failure::from)?;
        let Some(row) = row.filter(|row| {
            caller.actor.kind == ActorKind::Operator || row.account.is_some_and(|account| caller.reaches(account))
        }) else {
            return Err(unknown());
        };
        let seen = row.account.map_or_else(|| caller.clone(), |account| within(caller, account));
        seen.may("RevokeToken", row.account).map_err(|refusal| self.refused_now(refusal))?;
        match row.account {
            _ if row.revoked_at.is_some() => return Ok(row),
            Some(account) => {
                let command = TokenCommand::Revoke(account, id);
                self.execute(&seen, Request::from(Command::Tokens(command))).await?;
            }
            // An operator's, support's or a user's: nobody's trail.
            None => {}
        }
        let now = self.clock().now();
        self.vault().revoke_token(id, now).await.map_err(Failure::from)?;
        Ok(TokenRow { revoked_at: Some(now), ..row })
    }
}

/// An operator is in no account at the API: for its tokens they act within it.
fn within(caller: &Caller, account: AccountId) -> Caller {
    let operator = caller.actor.kind == ActorKind::Operator;
    Caller { account: caller.account.or(operator.then_some(account)), ..caller.clone() }
}
