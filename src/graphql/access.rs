//! One contact's right to one product, as callers see it.

use super::{
    asker::Asker,
    decision::{AccessDecision, Anchor},
    ids,
    product::Product,
    scalars::{Day, Instant},
    snapshot::Snapshot,
    words::{AccessMode, OpeningKind, PeriodUnit},
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{ContactId, Folded, ModuleId, ProductId, State, access::Decision, contact as rules};
use std::sync::Arc;

/// One contact's right to one product: its mode, its opening, its order date.
#[derive(Clone)]
pub struct Access {
    contact: ContactId,
    product: ProductId,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
}

/// How the content opens.
#[derive(SimpleObject)]
pub struct Opening {
    kind: OpeningKind,
    /// Of `ADVANCED`: by how many.
    by: Option<u32>,
    /// Of `ADVANCED`: of what.
    unit: Option<PeriodUnit>,
    /// Of `FROM_DATE`: the day, which begins at 00:00 in `timeZone`.
    date: Option<Day>,
    /// Of `FROM_DATE`: the account's zone when the day was chosen; it stays with the day.
    time_zone: Option<&'static str>,
}

impl From<&rules::Opening> for Opening {
    fn from(opening: &rules::Opening) -> Self {
        let of = |kind| Opening { kind, by: None, unit: None, date: None, time_zone: None };
        match opening {
            rules::Opening::FromOrderDate => of(OpeningKind::FromOrderDate),
            rules::Opening::Full => of(OpeningKind::Full),
            rules::Opening::Advanced(a) => {
                Opening { by: Some(a.by), unit: Some(a.unit.into()), ..of(OpeningKind::Advanced) }
            }
            rules::Opening::FromDate { date, zone } => {
                Opening { date: Some(Day(*date)), time_zone: Some(zone.name()), ..of(OpeningKind::FromDate) }
            }
        }
    }
}

impl Access {
    /// The access of a contact to a product, if there is one that was not removed.
    pub fn found(snapshot: &Arc<Snapshot>, contact: ContactId, product: ProductId) -> Option<Access> {
        let folded =
            snapshot.known(contact.0).filter(|f| f.state.contact().is_some_and(|c| c.access(product).is_some()))?;
        Some(Access { contact, product, folded, snapshot: snapshot.clone() })
    }

    /// All of a contact's, in the order in which they were granted.
    pub fn all(snapshot: &Arc<Snapshot>, contact: ContactId, folded: &Arc<Folded>) -> Vec<Access> {
        let Some(state) = folded.state.contact() else { return Vec::new() };
        let mut granted: Vec<_> = state.accesses.iter().filter(|(_, access)| access.is_granted()).collect();
        granted.sort_by_key(|(_, access)| access.granted.position);
        let access =
            |product: ProductId| Access { contact, product, folded: folded.clone(), snapshot: snapshot.clone() };
        granted.into_iter().map(|(product, _)| access(*product)).collect()
    }

    fn state(&self, asker: &Asker) -> Result<&rules::Access> {
        let contact = self.snapshot.state_of(&self.folded, State::contact)?;
        contact.access(self.product).ok_or_else(|| asker.not_found())
    }

    async fn decided(&self, at: Option<Instant>) -> Result<Decision> {
        self.snapshot.decide(self.contact, self.product, at.map(|at| at.0)).await
    }
}

/// One contact's right to one product: its mode, its opening, its order date.
#[Object]
impl Access {
    pub async fn id(&self) -> ID {
        ids::of_access(self.contact, self.product)
    }

    /// Number of the last change of this access, for `expectedVersion`: two people may edit two accesses of one contact at once.
    async fn version(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(self.state(Asker::of(ctx)?)?.changed.version)
    }

    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let asker = Asker::of(ctx)?;
        Product::get(&self.snapshot, self.product).await?.ok_or_else(|| asker.not_found())
    }

    /// What decides whether it is in force: the mode as set, whatever it comes to just now (see `decision`).
    async fn mode(&self, ctx: &Context<'_>) -> Result<AccessMode> {
        Ok(self.state(Asker::of(ctx)?)?.mode().into())
    }

    /// How the content opens.
    async fn opening(&self, ctx: &Context<'_>) -> Result<Opening> {
        Ok(self.state(Asker::of(ctx)?)?.opening().into())
    }

    /// `MANUAL` (a person or a program granted it) or `SUBSCRIPTION`.
    async fn origin(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.state(Asker::of(ctx)?)?.by.as_str().to_owned())
    }

    /// When the grant was recorded; since when it can be opened is `accessibleSince`.
    async fn granted_at(&self, ctx: &Context<'_>) -> Result<Instant> {
        Ok(Instant(self.state(Asker::of(ctx)?)?.granted.at))
    }

    /// The order date, where one was given.
    async fn ordered_on(&self, ctx: &Context<'_>) -> Result<Option<Day>> {
        Ok(self.state(Asker::of(ctx)?)?.ordered_on.map(Day))
    }

    /// What the delays of modules count from, and what kind of date that is.
    async fn anchor(&self, ctx: &Context<'_>) -> Result<Anchor> {
        let asker = Asker::of(ctx)?;
        self.decided(None).await?.anchor.map(Anchor::from).ok_or_else(|| asker.not_found())
    }

    /// Since when it has been open without a break; null while it is closed.
    async fn accessible_since(&self) -> Result<Option<Instant>> {
        Ok(self.decided(None).await?.accessible_since.map(Instant))
    }

    /// Open: when it opened. Closed: when it will open by the facts there are; null: never.
    async fn opens_at(&self) -> Result<Option<Instant>> {
        Ok(self.decided(None).await?.opens_at.map(Instant))
    }

    /// Whether the contact may open the product. `at` in the past: by the facts recorded by then; in the future: today's facts, projected.
    async fn decision(&self, ctx: &Context<'_>, at: Option<Instant>) -> Result<AccessDecision> {
        decision(Asker::of(ctx)?, &self.snapshot, self.contact, self.product, None, at).await
    }
}

/// The decision on a contact and a product of a snapshot, or on one module of it.
pub(super) async fn decision(
    asker: &Asker,
    snapshot: &Arc<Snapshot>,
    contact: ContactId,
    product: ProductId,
    module: Option<ModuleId>,
    at: Option<Instant>,
) -> Result<AccessDecision> {
    let decided = snapshot.decide(contact, product, at.map(|at| at.0)).await?;
    let thing = snapshot.get(product.0).await?;
    let person = snapshot.get(contact.0).await?;
    let zone = match person.and_then(|folded| folded.state.account_id()) {
        Some(id) => snapshot.state_of(&*snapshot.account(id).await?, State::account)?.time_zone,
        None => chrono_tz::Tz::UTC,
    };
    let one = match module {
        Some(id) => Some(decided.module(id).cloned().ok_or_else(|| asker.not_found())?),
        None => None,
    };
    let whole = AccessDecision::new(decided, thing.as_deref().and_then(|f| f.state.product()), zone, asker);
    Ok(match one {
        Some(module) => whole.of_module(&module),
        None => whole,
    })
}
