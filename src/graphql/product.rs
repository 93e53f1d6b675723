//! What access is given to: its type, its modules and their schedule, its order e-mail.

use super::{
    asker::Asker,
    ids,
    mutate::{inputs, payloads, perform},
    scalars::Instant,
    snapshot::Snapshot,
    words::DripClock,
};
use crate::app::{Command, NewProduct};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{Folded, ProductId, State, product as rules, product::ProductState};
use std::sync::Arc;

/// What access is given to.
#[derive(Clone)]
pub struct Product {
    id: ProductId,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
}

/// A part of a product that opens some days after the anchor.
#[derive(SimpleObject, Clone)]
pub struct Module {
    pub id: ID,
    pub name: String,
    /// Days after the anchor.
    pub opens_after_days: u32,
}

impl Module {
    /// A module of a product as a decision names it.
    pub fn of(product: &ProductState, id: domain::ModuleId, name: &str) -> Module {
        let days = product.modules().iter().find(|module| module.id == id).map_or(0, |module| module.opens_after_days);
        Module { id: ID(id.to_string()), name: name.to_owned(), opens_after_days: days }
    }
}

impl From<&domain::event::Module> for Module {
    fn from(module: &domain::event::Module) -> Self {
        Module { id: ID(module.id.to_string()), name: module.name.clone(), opens_after_days: module.opens_after_days }
    }
}

/// The modules that were in force since a moment, until the next schedule replaced them.
#[derive(SimpleObject)]
pub struct Schedule {
    since: Instant,
    modules: Vec<Module>,
}

/// The mail that may go out with a grant.
#[derive(SimpleObject)]
pub struct OrderEmail {
    subject: String,
    body: String,
}

impl Product {
    /// Whose it is.
    pub fn account(&self) -> Option<domain::AccountId> {
        self.folded.state.account_id()
    }

    pub fn found(snapshot: &Arc<Snapshot>, id: ProductId) -> Option<Product> {
        let folded = snapshot.known(id.0).filter(|folded| folded.state.product().is_some())?;
        Some(Product { id, folded, snapshot: snapshot.clone() })
    }

    /// The product, read now if it was not read ahead.
    pub async fn get(snapshot: &Arc<Snapshot>, id: ProductId) -> Result<Option<Product>> {
        snapshot.get(id.0).await?;
        Ok(Product::found(snapshot, id))
    }

    pub fn state(&self) -> Result<&ProductState> {
        self.snapshot.state_of(&self.folded, State::product)
    }
}

/// What access is given to.
#[Object]
impl Product {
    pub async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// Number of its last change, for `expectedVersion`.
    async fn version(&self) -> u64 {
        self.folded.version
    }

    async fn name(&self) -> Result<&str> {
        Ok(&self.state()?.name)
    }

    /// Whether it is delivered to an address: then a subscription needs a contact with a complete one.
    async fn delivered(&self) -> Result<bool> {
        Ok(self.state()?.delivered)
    }

    /// How the delays of modules are counted.
    async fn drip_clock(&self) -> Result<DripClock> {
        Ok(self.state()?.drip_clock.into())
    }

    /// Its modules in order.
    async fn modules(&self) -> Result<Vec<Module>> {
        Ok(self.state()?.modules().iter().map(Module::from).collect())
    }

    /// Every schedule there ever was, oldest first: a change never locks again what an earlier one opened.
    async fn schedules(&self) -> Result<Vec<Schedule>> {
        let schedule = |s: &rules::Schedule| Schedule {
            since: Instant(s.since.at),
            modules: s.modules.iter().map(Module::from).collect(),
        };
        Ok(self.state()?.schedules.iter().map(schedule).collect())
    }

    /// The mail that may go out with a grant; null when there is none.
    async fn order_email(&self) -> Result<Option<OrderEmail>> {
        let mail = self.state()?.order_email.clone();
        Ok(mail.map(|rules::OrderEmail { subject, body }| OrderEmail { subject, body }))
    }

    /// Whether it was taken out of choice: no new grants, what is granted stays.
    async fn archived(&self) -> Result<bool> {
        Ok(self.state()?.archived.is_some())
    }

    async fn archived_at(&self) -> Result<Option<Instant>> {
        Ok(self.state()?.archived.map(|fact| Instant(fact.at)))
    }

    async fn created_at(&self) -> Result<Instant> {
        Ok(Instant(self.state()?.created.at))
    }
}

/// A module. With the `id` of one that the product has or had, that one is kept; without, it is a new one.
#[derive(InputObject)]
pub struct ModuleInput {
    id: Option<ID>,
    /// 1 to 200 characters.
    name: String,
    /// 0 to 3650 days after the anchor.
    opens_after_days: i64,
}

/// An order e-mail. It may say {{firstName}}, {{lastName}}, {{product}}, {{opensOn}}, {{accessUrl}} and {{account}}; another
/// variable is refused.
#[derive(InputObject)]
pub struct OrderEmailInput {
    /// One line, 1 to 200 characters.
    subject: String,
    /// 1 to 20,000 characters.
    body: String,
}

impl From<OrderEmailInput> for rules::OrderEmail {
    fn from(OrderEmailInput { subject, body }: OrderEmailInput) -> Self {
        rules::OrderEmail { subject, body }
    }
}

inputs! {
    /// Creates a product.
    new CreateProductInput {
        account_id: ID,
        /// 1 to 200 characters.
        name: String,
        /// Whether it is delivered to an address; default no.
        delivered: Option<bool>,
        /// Default `CALENDAR_DAYS`.
        drip_clock: Option<DripClock>,
        /// In order; at most 250 at once.
        modules: Option<Vec<ModuleInput>>,
        order_email: Option<OrderEmailInput>,
    }
    /// Gives the product another name.
    change RenameProductInput {
        product_id: ID,
        /// 1 to 200 characters.
        name: String,
    }
    /// Replaces the modules and their delays. What was open stays open.
    change SetModulesInput {
        product_id: ID,
        /// In order; at most 250 at once.
        modules: Vec<ModuleInput>,
    }
    /// Sets the order e-mail.
    change SetOrderEmailInput {
        product_id: ID,
        /// Null or absent takes it away.
        order_email: Option<OrderEmailInput>,
    }
    /// Takes the product out of choice.
    change ArchiveProductInput { product_id: ID }
    /// Puts the product back in choice.
    change RestoreProductInput { product_id: ID }
}

payloads! {
    CreateProductPayload { product: Product }
    RenameProductPayload { product: Product }
    SetModulesPayload { product: Product }
    SetOrderEmailPayload { product: Product }
    ArchiveProductPayload { product: Product }
    RestoreProductPayload { product: Product }
}

/// Products.
#[derive(Default)]
pub struct ProductMutation;

#[Object]
impl ProductMutation {
    /// Creates a product.
    async fn create_product(&self, ctx: &Context<'_>, input: CreateProductInput) -> Result<CreateProductPayload> {
        let (carried, id) = (input.carried(), ids::account(&input.account_id));
        let new = NewProduct {
            name: input.name,
            delivered: input.delivered.unwrap_or(false),
            drip_clock: input.drip_clock.unwrap_or(DripClock::CalendarDays).into(),
            modules: drafts(Asker::of(ctx)?, input.modules.unwrap_or_default()),
            order_email: input.order_email.map(Into::into),
        };
        perform(ctx, carried, Ok(Command::CreateProduct(id, new))).await
    }

    /// Gives a product another name.
    async fn rename_product(&self, ctx: &Context<'_>, input: RenameProductInput) -> Result<RenameProductPayload> {
        let (carried, id) = (input.carried(), ids::product(&input.product_id));
        perform(ctx, carried, Ok(Command::RenameProduct(id, rules::RenameProduct { name: input.name }))).await
    }

    /// Replaces a product's modules and their delays.
    async fn set_modules(&self, ctx: &Context<'_>, input: SetModulesInput) -> Result<SetModulesPayload> {
        let (carried, id) = (input.carried(), ids::product(&input.product_id));
        let modules = drafts(Asker::of(ctx)?, input.modules);
        perform(ctx, carried, Ok(Command::SetModules(id, rules::SetModules { modules }))).await
    }

    /// Sets a product's order e-mail, or takes it away.
    async fn set_order_email(&self, ctx: &Context<'_>, input: SetOrderEmailInput) -> Result<SetOrderEmailPayload> {
        let (carried, id) = (input.carried(), ids::product(&input.product_id));
        let order_email = input.order_email.map(Into::into);
        perform(ctx, carried, Ok(Command::SetOrderEmail(id, rules::SetOrderEmail { order_email }))).await
    }

    /// Takes a product out of choice: no new grants, what is granted stays.
    async fn archive_product(&self, ctx: &Context<'_>, input: ArchiveProductInput) -> Result<ArchiveProductPayload> {
        let (carried, id) = (input.carried(), ids::product(&input.product_id));
        perform(ctx, carried, Ok(Command::ArchiveProduct(id))).await
    }

    /// Puts a product back in choice.
    async fn restore_product(&self, ctx: &Context<'_>, input: RestoreProductInput) -> Result<RestoreProductPayload> {
        let (carried, id) = (input.carried(), ids::product(&input.product_id));
        perform(ctx, carried, Ok(Command::RestoreProduct(id))).await
    }
}

fn drafts(asker: &Asker, modules: Vec<ModuleInput>) -> Vec<rules::ModuleDraft> {
    let draft = |module: ModuleInput| rules::ModuleDraft {
        id: module.id.as_ref().map(ids::module),
        fresh: asker.app.fresh_module(),
        name: module.name,
        opens_after_days: module.opens_after_days,
    };
    modules.into_iter().map(draft).collect()
}
