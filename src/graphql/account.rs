//! The tenant: its type, opening it, its name and policies.

use super::{
    asker::Asker,
    ids,
    mutate::{inputs, payloads, perform},
    provider::SignInProvider,
    registration,
    scalars::Instant,
    snapshot::Snapshot,
    webhook::Webhook,
    words::{DeletionPolicy, RegistrationPolicy},
};
use crate::app::{Command, OpenAccount};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{
    AccountId, Folded, State, account as rules,
    account::{AccountState, connection::ConnectionKind},
};
use std::sync::Arc;

/// The tenant: a business that keeps its contacts and decides who may open what.
#[derive(Clone)]
pub struct Account {
    id: AccountId,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
}

/// What an account decides for its contacts.
#[derive(SimpleObject)]
pub struct Policies {
    /// Days for which a late payment still opens.
    grace_days: u32,
    /// Who may delete a contact.
    deletion: DeletionPolicy,
    /// Whether app registrations are let in at once.
    registration: RegistrationPolicy,
}

impl Account {
    pub fn found(snapshot: &Arc<Snapshot>, id: AccountId) -> Option<Account> {
        let folded = snapshot.known(id.0).filter(|folded| folded.state.account().is_some())?;
        Some(Account { id, folded, snapshot: snapshot.clone() })
    }

    fn state(&self) -> Result<&AccountState> {
        self.snapshot.state_of(&self.folded, State::account)
    }
}

/// The tenant: a business that keeps its contacts and decides who may open what.
#[Object]
impl Account {
    pub async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// Number of its last change, for `expectedVersion`.
    async fn version(&self) -> u64 {
        self.folded.edition()
    }

    /// The customer number that people read out.
    async fn number(&self) -> Result<&str> {
        Ok(&self.state()?.number)
    }

    /// Company name.
    async fn company_name(&self) -> Result<&str> {
        Ok(&self.state()?.company_name)
    }

    /// `fr` or `en`: the language of its mails and files.
    async fn locale(&self) -> Result<&str> {
        Ok(&self.state()?.locale)
    }

    /// IANA name of where its days begin.
    async fn time_zone(&self) -> Result<&str> {
        Ok(self.state()?.time_zone.name())
    }

    async fn policies(&self) -> Result<Policies> {
        let policies = &self.state()?.policies;
        Ok(Policies {
            grace_days: policies.grace_days,
            deletion: policies.deletion.into(),
            registration: policies.registration.into(),
        })
    }

    /// How many registrations in the app wait for validation, counted up to 10,001.
    async fn pending_registrations(&self, ctx: &Context<'_>) -> Result<i64> {
        let waits = domain::values::RegistrationStatus::PendingValidation.as_str();
        registration::count(Asker::of(ctx)?, self.id, waits).await
    }

    /// The customer service that hears of every change of a subscriber's sheet.
    async fn customer_service(&self) -> Result<Option<Webhook>> {
        Ok(self.state()?.customer_service().map(Into::into))
    }

    /// What hears of the kinds of event that it names, in the order in which it was connected.
    async fn webhooks(&self) -> Result<Vec<Webhook>> {
        let connections = self.state()?.connections.iter();
        Ok(connections.filter(|c| c.kind == ConnectionKind::Webhook).map(Into::into).collect())
    }

    /// Its own provider of sign-ins; null where it has none.
    async fn sign_in_provider(&self) -> Result<Option<SignInProvider>> {
        Ok(self.state()?.provider.as_ref().map(Into::into))
    }

    /// When it was opened.
    async fn opened_at(&self) -> Result<Instant> {
        Ok(Instant(self.state()?.opened.at))
    }
}

inputs! {
    /// Opens an account. Only an operator's token may.
    new OpenAccountInput {
        /// 1 to 200 characters.
        company_name: String,
        /// `fr` (default) or `en`.
        locale: Option<String>,
        /// IANA name; default `Europe/Paris`.
        time_zone: Option<String>,
        /// Whose account it is: the user with this e-mail may everything there. Absent: nobody's, until ownership is given.
        owner_email: Option<String>,
    }
    /// Gives the account another name.
    change RenameAccountInput {
        account_id: ID,
        /// 1 to 200 characters.
        company_name: String,
    }
    /// Changes policies; what is absent or null stays.
    change SetPoliciesInput {
        account_id: ID,
        /// IANA name.
        time_zone: Option<String>,
        /// 0 to 365 days for which a late payment still opens.
        grace_days: Option<i64>,
        /// Who may delete a contact.
        deletion_policy: Option<DeletionPolicy>,
        /// Whether app registrations are let in at once.
        registration_policy: Option<RegistrationPolicy>,
    }
}

payloads! {
    OpenAccountPayload { account: Account }
    RenameAccountPayload { account: Account }
    SetPoliciesPayload { account: Account }
}

/// Accounts.
#[derive(Default)]
pub struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Opens an account. Only an operator's token may; an account's is answered `FORBIDDEN`.
    async fn open_account(&self, ctx: &Context<'_>, input: OpenAccountInput) -> Result<OpenAccountPayload> {
        let carried = input.carried();
        let OpenAccountInput { company_name, locale, time_zone, owner_email, .. } = input;
        perform(ctx, carried, Ok(Command::OpenAccount(OpenAccount { company_name, locale, time_zone, owner_email })))
            .await
    }

    /// Gives the account another name.
    async fn rename_account(&self, ctx: &Context<'_>, input: RenameAccountInput) -> Result<RenameAccountPayload> {
        let (carried, id) = (input.carried(), ids::account(&input.account_id));
        perform(ctx, carried, Ok(Command::RenameAccount(id, rules::RenameAccount { company_name: input.company_name })))
            .await
    }

    /// Changes the account's policies.
    async fn set_policies(&self, ctx: &Context<'_>, input: SetPoliciesInput) -> Result<SetPoliciesPayload> {
        let (carried, id) = (input.carried(), ids::account(&input.account_id));
        let rule = rules::SetPolicies {
            time_zone: input.time_zone,
            grace_days: input.grace_days,
            deletion: input.deletion_policy.map(Into::into),
            registration: input.registration_policy.map(Into::into),
        };
        perform(ctx, carried, Ok(Command::SetPolicies(id, rule))).await
    }
}

/// The account of this id, if the caller reaches it.
pub(super) async fn find(asker: &Asker, id: AccountId) -> Result<Account> {
    let snapshot = Snapshot::now(asker).read(vec![id.0], false).await?;
    let account = Account::found(&snapshot, id).ok_or_else(|| asker.not_found())?;
    asker.app.came(&asker.caller, id).await;
    Ok(account)
}
