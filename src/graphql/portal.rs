//! The portal: what a subscriber sees of their own, what an administrator sees of the account's subscribers, and the login to it (rows U10 to U15).

use super::{
    asker::Asker,
    claim::Claim,
    connection::{Connection, Paging},
    contact::Contact,
    contacts, ids,
    mutate::{inputs, payloads, perform},
    scalars::{Instant, Position},
    snapshot::Snapshot,
    subscription::Subscription,
    words::{ClaimStatus, PortalRole},
};
use crate::app::{Command, Question, Subscriber};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::{AccountId, ContactId, Folded, State, contact::Change};
use std::sync::Arc;

/// « Créer un compte administrateur (abonné) : OUI / NON ».
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum PortalAccount {
    /// No login.
    None,
    /// Sees what is their own.
    Subscriber,
    /// Sees the account's subscribers.
    Administrator,
}

impl PortalAccount {
    /// What a form asks for: absent keeps, `NONE` closes.
    pub(super) fn change(chosen: Option<PortalAccount>) -> Change<domain::values::PortalRole> {
        Some(match chosen? {
            PortalAccount::None => None,
            PortalAccount::Subscriber => Some(domain::values::PortalRole::Subscriber),
            PortalAccount::Administrator => Some(domain::values::PortalRole::Administrator),
        })
    }

    pub(super) fn of(role: Option<domain::values::PortalRole>) -> PortalAccount {
        match role {
            None => PortalAccount::None,
            Some(domain::values::PortalRole::Subscriber) => PortalAccount::Subscriber,
            Some(domain::values::PortalRole::Administrator) => PortalAccount::Administrator,
        }
    }
}

/// An open login to the portal.
#[derive(SimpleObject)]
pub struct PortalLogin {
    role: PortalRole,
    opened_at: Instant,
    /// From then on the link that was mailed opens nothing.
    link_expires_at: Instant,
}

impl From<&domain::contact::portal::PortalAccount> for PortalLogin {
    fn from(open: &domain::contact::portal::PortalAccount) -> Self {
        PortalLogin {
            role: open.role.into(),
            opened_at: Instant(open.opened.at),
            link_expires_at: Instant(open.link.1),
        }
    }
}

/// What the holder of a login sees.
pub struct Portal {
    account: AccountId,
    contact: ContactId,
    role: domain::values::PortalRole,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
}

/// What the holder of a login to the portal sees: a subscriber only what is their own, an administrator the account's subscribers too.
#[Object]
impl Portal {
    async fn role(&self) -> PortalRole {
        self.role.into()
    }

    /// The business whose portal it is.
    async fn company_name(&self) -> Result<String> {
        let account = self.snapshot.account(self.account).await?;
        Ok(self.snapshot.state_of(&account, State::account)?.company_name.clone())
    }

    /// Their own sheet.
    async fn contact(&self, ctx: &Context<'_>) -> Result<Contact> {
        Contact::found(&self.snapshot, self.contact).ok_or_else(|| Asker::of(ctx).map_or_else(|e| e, Asker::not_found))
    }

    /// Their own subscriptions, oldest first: those that run or will (« en cours »), or, with `current: false`, those that are over too.
    async fn subscriptions(&self, #[graphql(default = true)] current: bool) -> Result<Vec<Subscription>> {
        let attached = self.snapshot.state_of(&self.folded, State::contact)?.attached();
        let ids: Vec<_> = attached.map(|a| a.subscription).collect();
        self.snapshot.get_all(&ids.iter().map(|id| id.0).collect::<Vec<_>>()).await?;
        let account = self.snapshot.account(self.account).await?;
        let zone = self.snapshot.state_of(&account, State::account)?.time_zone;
        let live = |id: &domain::SubscriptionId| {
            let folded = self.snapshot.known(id.0);
            folded.and_then(|f| f.state.subscription().map(|s| s.is_live(self.snapshot.now, zone))).unwrap_or(false)
        };
        Ok(ids
            .into_iter()
            .filter(|id| !current || live(id))
            .filter_map(|id| Subscription::found(&self.snapshot, id))
            .collect())
    }

    /// Their own complaints, open and closed ones, newest first.
    async fn claims(&self, status: Option<ClaimStatus>) -> Vec<Claim> {
        Claim::all(&self.snapshot, self.contact, &self.folded, status)
    }

    /// Of an administrator: the account's subscribers by name. Null for a subscriber.
    async fn subscribers(
        &self,
        ctx: &Context<'_>,
        search: Option<String>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Connection<Contact>>> {
        let asker = Asker::of(ctx)?;
        // Whoever looks at another's page is shown no more by it than they may ask themselves.
        let lists = asker.account(self.account, Question::Subscribers).is_ok();
        if self.role != domain::values::PortalRole::Administrator || !lists {
            return Ok(None);
        }
        let paging = Paging { first, after, last, before };
        contacts::subscribers(ctx, asker, self.account, search, paging).await.map(Some)
    }
}

/// The portal.
#[derive(Default)]
pub struct PortalQuery;

#[Object]
impl PortalQuery {
    /// What the portal shows to the holder of this contact's login. `NOT_FOUND` where none is open.
    async fn portal(
        &self,
        ctx: &Context<'_>,
        contact_id: ID,
        min_position: Option<Position>,
    ) -> Result<Option<Portal>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let contact = ids::contact(&contact_id);
        // Nobody else's sheet can be reached from a subscriber's page, whatever is asked under it.
        let snapshot = Snapshot::now(asker).only(contact).read(vec![contact.0], true).await?;
        let folded = snapshot.known(contact.0).ok_or_else(|| asker.not_found())?;
        let state = snapshot.state_of(&folded, State::contact)?;
        let open = state.portal.as_ref().filter(|_| state.deleted.is_none() && state.erased.is_none());
        let role = open.map(|open| open.role).ok_or_else(|| asker.not_found())?;
        Ok(Some(Portal { account: state.account, contact, role, folded: folded.clone(), snapshot }))
    }
}

inputs! {
    /// Opens a login to the portal, or gives the open one another role. Only the account's owner may.
    change OpenPortalAccountInput {
        contact_id: ID,
        role: PortalRole,
    }
    /// Sends the link to an open login again; the one before opens nothing any more. Only the account's owner may.
    change ResendPortalLinkInput { contact_id: ID }
    /// Closes a login to the portal, and what was open with it.
    change ClosePortalAccountInput { contact_id: ID }
}

payloads! {
    OpenPortalAccountPayload { contact: Contact }
    ResendPortalLinkPayload { contact: Contact }
    ClosePortalAccountPayload { contact: Contact }
}

/// Logins to the portal.
#[derive(Default)]
pub struct PortalMutation;

#[Object]
impl PortalMutation {
    /// Opens a login: the owner is told by mail, and so is its holder, with the identifier and a one-time link, never a password. `EMAIL_REQUIRED`
    /// without an e-mail.
    async fn open_portal_account(
        &self,
        ctx: &Context<'_>,
        input: OpenPortalAccountInput,
    ) -> Result<OpenPortalAccountPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::OpenPortalAccount(contact, input.role.into())))).await
    }

    /// Sends its holder another link, where the one before was lost or ran out. Not more than once in a minute.
    async fn resend_portal_link(
        &self,
        ctx: &Context<'_>,
        input: ResendPortalLinkInput,
    ) -> Result<ResendPortalLinkPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::ResendPortalLink(contact)))).await
    }

    /// Closes a login.
    async fn close_portal_account(
        &self,
        ctx: &Context<'_>,
        input: ClosePortalAccountInput,
    ) -> Result<ClosePortalAccountPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::ClosePortalAccount(contact)))).await
    }
}
