//! Everything that can be asked. Each field waits for `minPosition`, then asks one thing; an id that is unknown, or another account's, is null with a
//! top-level `NOT_FOUND`.

use super::{
    access::{self, Access},
    account::{self, Account},
    asker::Asker,
    audit::{self, AuditEntry, AuditFilter},
    claim::Claim,
    connection::{Connection, Paging},
    contact::Contact,
    contacts::{self, ContactFilter, ContactOrder},
    decision::{AccessDecision, Actor},
    form::{self, FormField, InputForm},
    ids::{self, Named},
    imports::Import,
    product::Product,
    registration::Registration,
    scalars::{Instant, Position},
    snapshot::{Snapshot, wants_family},
    subscription::Subscription,
    user::{self, User, UserSession},
};
use crate::app::{About, Question};
use async_graphql::{Context, ID, Interface, Object, Result, SimpleObject};
use domain::{ContactId, ProductId};

/// Anything that has an id of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID"))]
pub enum Node {
    Account(Account),
    Contact(Contact),
    Product(Product),
    Subscription(Subscription),
    Import(Import),
    Registration(Registration),
    Access(Access),
    Claim(Claim),
}

/// Who asks.
#[derive(SimpleObject)]
pub struct Viewer {
    /// As events name them.
    actor: Actor,
    /// The one account they reach, or that their session works in; null for an operator, for support, and for a user's token of none or of several.
    account: Option<Account>,
    /// Their login; null for programs.
    user: Option<User>,
    /// Whether signing in asks them for a code of an app; null for programs, and in a session that an account's provider opened.
    totp_enabled: Option<bool>,
    /// Where they are signed in, the session last used first; empty for programs. In a session that an account's provider opened, that one alone.
    sessions: Vec<UserSession>,
}

/// Who asks, accounts, contacts, products, decisions, the trail.
#[derive(Default)]
pub struct SheetQuery;

#[Object]
impl SheetQuery {
    /// Who asks, and which account they reach.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        let asker = Asker::of(ctx)?;
        let account = match asker.caller.only_account() {
            Some(id) if ctx.look_ahead().field("account").exists() => Some(account::find(asker, id).await?),
            _ => None,
        };
        let user = match asker.caller.user() {
            Some(id) if ctx.look_ahead().field("user").exists() => User::read(asker, id).await?,
            _ => None,
        };
        let totp_enabled = match asker.caller.themselves() {
            Some(id) if ctx.look_ahead().field("totpEnabled").exists() => Some(user::totp_enabled(asker, id).await?),
            _ => None,
        };
        let sessions = match asker.caller.user() {
            Some(id) if ctx.look_ahead().field("sessions").exists() => UserSession::all(asker, id).await?,
            _ => Vec::new(),
        };
        Ok(Viewer { actor: Actor::new(asker.caller.actor, asker.lang), user, account, totp_enabled, sessions })
    }

    /// Anything by its id.
    async fn node(&self, ctx: &Context<'_>, id: ID, min_position: Option<Position>) -> Result<Option<Node>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let now = Snapshot::now(asker);
        let families = wants_family(&ctx.look_ahead());
        let node = match ids::named(&id) {
            None => None,
            Some(Named::Account(id)) => Account::found(&now.read(vec![id.0], false).await?, id).map(Node::Account),
            Some(Named::Contact(id)) => Contact::found(&now.read(vec![id.0], families).await?, id).map(Node::Contact),
            Some(Named::Product(id)) => Product::found(&now.read(vec![id.0], false).await?, id).map(Node::Product),
            Some(Named::Subscription(id)) => {
                Subscription::found(&now.read(vec![id.0], false).await?, id).map(Node::Subscription)
            }
            Some(Named::Import(id)) => Import::found(&now.read(vec![id.0], false).await?, id).map(Node::Import),
            Some(Named::Registration(id)) => {
                Registration::found(&now.read(vec![id.0], false).await?, id).map(Node::Registration)
            }
            Some(Named::Access(contact, product)) => {
                Access::found(&now.read(vec![contact.0], true).await?, contact, product).map(Node::Access)
            }
            Some(Named::Claim(contact, claim)) => {
                Claim::found(&now.read(vec![contact.0], true).await?, contact, claim).map(Node::Claim)
            }
        };
        node.map(Some).ok_or_else(|| asker.not_found())
    }

    /// The account of this id.
    async fn account(&self, ctx: &Context<'_>, id: ID, min_position: Option<Position>) -> Result<Option<Account>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        account::find(asker, ids::account(&id)).await.map(Some)
    }

    /// The contact sheet, of deleted and erased contacts too. `asOf` in the past: as it was then, and so all it names; in the future: `DATE_INVALID`.
    async fn contact(
        &self,
        ctx: &Context<'_>,
        id: ID,
        as_of: Option<Instant>,
        min_position: Option<Position>,
    ) -> Result<Option<Contact>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let id = ids::contact(&id);
        let snapshot = Snapshot::as_of(asker, as_of.map(|at| at.0))?;
        let snapshot = snapshot.read(vec![id.0], wants_family(&ctx.look_ahead())).await?;
        Contact::found(&snapshot, id).map(Some).ok_or_else(|| asker.not_found())
    }

    /// The account's contacts; deleted and erased ones are in no list.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        filter: Option<ContactFilter>,
        order_by: Option<ContactOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<Contact>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Contacts)?;
        asker.wait(min_position).await?;
        contacts::contacts(ctx, asker, account, filter, order_by, Paging { first, after, last, before }).await
    }

    /// The product of this id.
    async fn product(&self, ctx: &Context<'_>, id: ID, min_position: Option<Position>) -> Result<Option<Product>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let id = ids::product(&id);
        let snapshot = Snapshot::now(asker).read(vec![id.0], false).await?;
        Product::found(&snapshot, id).map(Some).ok_or_else(|| asker.not_found())
    }

    /// The account's products by name.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        search: Option<String>,
        archived: Option<bool>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<Product>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Products)?;
        asker.wait(min_position).await?;
        contacts::products(ctx, asker, account, search, archived, Paging { first, after, last, before }).await
    }

    /// The account's subscribers by name: contacts with a delivery address today, in the account's time zone.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn subscribers(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        search: Option<String>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<Contact>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Subscribers)?;
        asker.wait(min_position).await?;
        contacts::subscribers(ctx, asker, account, search, Paging { first, after, last, before }).await
    }

    /// May this contact open this product, or this module of it, and why? `at` in the past: by the facts recorded by then; in the future: today's facts,
    /// projected.
    async fn access_decision(
        &self,
        ctx: &Context<'_>,
        contact_id: ID,
        product_id: ID,
        module_id: Option<ID>,
        at: Option<Instant>,
        min_position: Option<Position>,
    ) -> Result<AccessDecision> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let (contact, product) = (ids::contact(&contact_id), ids::product(&product_id));
        // A program that may ask this and nothing else sees neither sheet nor product: only what is decided of them.
        let ours = asker.caller.account;
        let ours = ours.filter(|a| asker.caller.may_ask(Question::AccessDecision, *a, About::default()));
        let snapshot = Snapshot::now(asker).reaching(ours).read(vec![contact.0, product.0], true).await?;
        let known =
            Contact::found(&snapshot, ContactId(contact.0)).zip(Product::found(&snapshot, ProductId(product.0)));
        // Of two accounts that the caller reaches, neither knows the other's things.
        let both = known.filter(|(contact, product)| contact.account() == product.account());
        if both.is_none_or(|(contact, _)| !contact.may_ask(Question::AccessDecision)) {
            return Err(asker.not_found());
        }
        let module = module_id.as_ref().map(ids::module);
        access::decision(asker, &snapshot, contact, product, module, at).await
    }

    /// What happened in the account, newest first.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        filter: Option<AuditFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<AuditEntry>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::AuditTrail)?;
        asker.wait(min_position).await?;
        let filter = filter.unwrap_or_default().read();
        audit::trail(ctx, asker, account, filter, Paging { first, after, last, before }).await
    }

    /// The fields of a form: their labels in the language of `Accept-Language`, which are mandatory (the red asterisk), how long they may be. `country`
    /// narrows what an address needs.
    async fn form_fields(&self, ctx: &Context<'_>, form: InputForm, country: Option<String>) -> Result<Vec<FormField>> {
        Ok(form::fields(form, country.as_deref(), Asker::of(ctx)?.lang))
    }
}
