//! The account's own provider of sign-ins (OpenID Connect): what is set of it, and setting it. Its secret is taken and never shown.

use super::{
    account::Account,
    ids,
    mutate::{inputs, payloads, perform},
    scalars::Instant,
};
use crate::{
    app::{Command, ConnectionCommand},
    vault::providers::ProviderSecret,
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::account::{Provider, SetProvider};

/// Who says, in this account, who people are: an OpenID Connect provider of its own. It opens this account alone, to people who have a login and a place here.
#[derive(SimpleObject)]
pub struct SignInProvider {
    /// Its address, as it names itself.
    issuer: String,
    /// What it knows us by.
    client_id: String,
    /// The domains of e-mail addresses that it speaks for.
    domains: Vec<String>,
    /// Whether whoever it has not named yet comes in by their verified e-mail; otherwise only those it has.
    first_sign_ins: bool,
    /// Whether a code of an app is asked for besides.
    asks_second_factor: bool,
    /// Whether people sign in with it.
    on: bool,
    /// Since when it is set like this.
    set_at: Instant,
}

impl From<&Provider> for SignInProvider {
    fn from(provider: &Provider) -> Self {
        let terms = &provider.terms;
        SignInProvider {
            issuer: terms.issuer.clone(),
            client_id: terms.client_id.clone(),
            domains: terms.domains.clone(),
            first_sign_ins: terms.first_sign_ins,
            asks_second_factor: terms.second_factor,
            on: terms.on,
            set_at: Instant(provider.set.at),
        }
    }
}

inputs! {
    /// Sets the account's provider of sign-ins. Only its owner may. Where people come back to after it, which it has to be told:
    /// `/auth/oidc/callback/` and the account's id, at the address of this service.
    change SetSignInProviderInput {
        account_id: ID,
        /// `https`, a public host, no query; to the letter as the provider names itself.
        issuer: String,
        /// What the provider knows us by; 1 to 255 characters.
        client_id: String,
        /// The secret that goes with it; up to 1000 bytes. Never shown again. Absent: the one there is, of the same issuer and id.
        client_secret: Option<String>,
        /// The domains of e-mail addresses that it speaks for, 1 to 20; those below them are others.
        domains: Vec<String>,
        /// Whether whoever it has not named yet comes in by their verified e-mail; default yes.
        first_sign_ins: Option<bool>,
        /// Whether a code of an app is asked for besides; default no: the provider sees to it.
        asks_second_factor: Option<bool>,
        /// Whether people sign in with it; default yes.
        on: Option<bool>,
    }
    /// Takes the account's provider of sign-ins away: sessions that it opened end, and nobody is known by it any more. Only the owner may.
    change RemoveSignInProviderInput { account_id: ID }
}

payloads! {
    SetSignInProviderPayload { account: Account }
    RemoveSignInProviderPayload { account: Account }
}

/// The provider of sign-ins.
#[derive(Default)]
pub struct ProviderMutation;

#[Object]
impl ProviderMutation {
    /// Sets the account's provider of sign-ins, or changes its terms; sessions made on other terms end.
    async fn set_sign_in_provider(
        &self,
        ctx: &Context<'_>,
        input: SetSignInProviderInput,
    ) -> Result<SetSignInProviderPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let rule = SetProvider {
            issuer: input.issuer,
            client_id: input.client_id,
            domains: input.domains,
            first_sign_ins: input.first_sign_ins.unwrap_or(true),
            second_factor: input.asks_second_factor.unwrap_or(false),
            on: input.on.unwrap_or(true),
            new_secret: input.client_secret.is_some(),
        };
        let secret = input.client_secret.map(ProviderSecret);
        let command = ConnectionCommand::SetSignInProvider(account, rule, secret);
        perform(ctx, carried, Ok(Command::Connections(command))).await
    }

    /// Takes it away.
    async fn remove_sign_in_provider(
        &self,
        ctx: &Context<'_>,
        input: RemoveSignInProviderInput,
    ) -> Result<RemoveSignInProviderPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        perform(ctx, carried, Ok(Command::Connections(ConnectionCommand::RemoveSignInProvider(account)))).await
    }
}
