//! Tokens: made and shown once, listed without what opens anything, revoked.

use super::{
    asker::Asker,
    errors::{UserError, user_errors},
    ids,
    mutate::input_bytes,
    scalars::{Instant, Position},
};
use crate::app::{Grant, IdempotencyKey, NotDone, TokenAsked, TokenRow};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::{
    ActorKind,
    account::token::{Scope, Scopes},
};
use uuid::Uuid;

/// What a token stands for.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum TokenRole {
    /// Runs the instance: opens accounts and logins.
    Operator,
    /// Support, above accounts.
    Staff,
    /// A program of one account: may what its scopes say.
    Account,
    /// A user: may in each account what their contact there may.
    User,
}

/// What a program's token may.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Scope")]
pub enum TokenScope {
    /// All that the account's owner may.
    Owner,
    /// What a member with `BILLING` may.
    Billing,
    /// What a member with `SUPPORT` may.
    Support,
    /// What a member with `DEPLOYMENT` may.
    Deployment,
    /// What a member with `SYSTEM_CONFIGURATION` may.
    SystemConfiguration,
    /// What a member with `SECURITY` may.
    Security,
    /// What a member with `OTHER` may.
    Other,
    /// Sending the records of the account's ERP, and nothing else.
    Erp,
    /// Asking whether a contact may open a product (`accessDecision`), and nothing else.
    AccessCheck,
}

/// A token, without what opens anything: that is shown once, when it is made.
#[derive(SimpleObject)]
pub struct ApiToken {
    /// What the trail names as actor where a program did something.
    id: ID,
    role: TokenRole,
    /// What it may; empty for others than programs.
    scopes: Vec<TokenScope>,
    /// What it is for.
    name: String,
    created_at: Instant,
    /// From when on it opens nothing; null: it does not end by itself.
    expires_at: Option<Instant>,
    /// Since when it opens nothing.
    revoked_at: Option<Instant>,
    /// When it was last used, to ten minutes; null: never.
    last_used_at: Option<Instant>,
}

impl From<TokenRow> for ApiToken {
    fn from(row: TokenRow) -> ApiToken {
        let role = match row.kind {
            ActorKind::Staff => TokenRole::Staff,
            ActorKind::User => TokenRole::User,
            ActorKind::Token => TokenRole::Account,
            _ => TokenRole::Operator,
        };
        let scopes = if role == TokenRole::Account { row.scopes } else { Scopes::default() };
        ApiToken {
            id: ID(row.id.simple().to_string()),
            role,
            scopes: scopes.iter().map(TokenScope::from).collect(),
            name: row.name,
            created_at: Instant(row.created_at),
            expires_at: row.expires_at.map(Instant),
            revoked_at: row.revoked_at.map(Instant),
            last_used_at: row.last_used_at.map(Instant),
        }
    }
}

/// Makes a token. An operator's makes any; an account's owner makes tokens of that account.
#[derive(InputObject)]
pub struct CreateTokenInput {
    role: TokenRole,
    /// The account of an `ACCOUNT` token.
    account_id: Option<ID>,
    /// The user of a `USER` token.
    user_id: Option<ID>,
    /// What it is for; 1 to 200 characters.
    name: String,
    /// What an `ACCOUNT` token may; absent: all that the owner may. Other roles have no scopes.
    scopes: Option<Vec<TokenScope>>,
    /// From when on it opens nothing; absent: it does not end by itself.
    expires_at: Option<Instant>,
    /// A retry with the same key and the same input makes no second token; it is not shown again either. 1 to 200 characters, kept for 7 days at least.
    idempotency_key: Option<String>,
    /// Handed back in the payload.
    client_mutation_id: Option<String>,
}

/// A token, shown this once.
#[derive(SimpleObject)]
pub struct CreateTokenPayload {
    /// To be sent as `Authorization: Bearer …`. It is not kept, and never shown again.
    token: Option<String>,
    /// Its id, by which it is listed and revoked; also of the one that was made before under the same key.
    token_id: Option<ID>,
    /// Why it was not made. Empty: it was.
    user_errors: Vec<UserError>,
    /// As it came in the input.
    client_mutation_id: Option<String>,
}

/// Ends a token.
#[derive(InputObject)]
pub struct RevokeTokenInput {
    /// As `tokens` lists it.
    token_id: ID,
    /// Handed back in the payload.
    client_mutation_id: Option<String>,
}

/// A token opens nothing any more.
#[derive(SimpleObject)]
pub struct RevokeTokenPayload {
    /// The token; null where it was not ended.
    token: Option<ApiToken>,
    /// Why it was not. Empty: it was, now or before.
    user_errors: Vec<UserError>,
    /// As it came in the input.
    client_mutation_id: Option<String>,
}

/// Tokens.
#[derive(Default)]
pub struct TokenQuery;

#[Object]
impl TokenQuery {
    /// The tokens of an account's programs, the newest first, revoked ones too; without `accountId`, and for operators only, those above accounts.
    async fn tokens(
        &self,
        ctx: &Context<'_>,
        account_id: Option<ID>,
        min_position: Option<Position>,
    ) -> Result<Vec<ApiToken>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        match asker.app.tokens(&asker.caller, account_id.as_ref().map(ids::account)).await {
            Ok(rows) => Ok(rows.into_iter().map(ApiToken::from).collect()),
            Err(NotDone::Refused(_)) => Err(asker.not_found()),
            Err(NotDone::Failure(failure)) => Err(asker.failed(failure)),
        }
    }
}

/// Tokens.
#[derive(Default)]
pub struct TokenMutation;

#[Object]
impl TokenMutation {
    /// Makes a token and shows it, once.
    async fn create_token(&self, ctx: &Context<'_>, input: CreateTokenInput) -> Result<CreateTokenPayload> {
        let asker = Asker::of(ctx)?;
        let grant = match input.role {
            TokenRole::Operator => Grant::Operator,
            TokenRole::Staff => Grant::Staff,
            TokenRole::Account => Grant::Program(ids::account(&input.account_id.unwrap_or_default())),
            TokenRole::User => Grant::User(ids::user(&input.user_id.unwrap_or_default())),
        };
        let scopes = input.scopes.map_or(Scopes::OWNER, |named| named.into_iter().map(Scope::from).collect());
        let expires_at = input.expires_at.map(|at| at.0);
        let asked = TokenAsked { grant, name: input.name, scopes, expires_at };
        let once = match input.idempotency_key {
            Some(key) => Some(IdempotencyKey { key, input: input_bytes(ctx)? }),
            None => None,
        };
        let (token_id, token, user_errors) = match asker.app.create_token(&asker.caller, asked, once).await {
            Ok((id, token)) => (Some(id), Some(token), Vec::new()),
            Err(NotDone::Refused(refused)) => (refused.about.token, None, user_errors(refused.refusals, asker.lang)),
            Err(NotDone::Failure(failure)) => return Err(asker.failed(failure)),
        };
        Ok(CreateTokenPayload {
            token: token.map(|token| token.reveal().to_owned()),
            token_id: token_id.map(|id| ID(id.simple().to_string())),
            user_errors,
            client_mutation_id: input.client_mutation_id,
        })
    }

    /// Ends a token: within a second it opens nothing on any node. An owner ends their account's, an operator any. Once ended it stays so.
    async fn revoke_token(&self, ctx: &Context<'_>, input: RevokeTokenInput) -> Result<RevokeTokenPayload> {
        let asker = Asker::of(ctx)?;
        let id = Uuid::parse_str(&input.token_id).unwrap_or(Uuid::nil());
        let (token, user_errors) = match asker.app.revoke_token(&asker.caller, id).await {
            Ok(row) => (Some(row.into()), Vec::new()),
            Err(NotDone::Refused(refused)) => (None, user_errors(refused.refusals, asker.lang)),
            Err(NotDone::Failure(failure)) => return Err(asker.failed(failure)),
        };
        Ok(RevokeTokenPayload { token, user_errors, client_mutation_id: input.client_mutation_id })
    }
}
