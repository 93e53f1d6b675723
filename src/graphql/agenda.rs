//! What opens in an account in the week from today.

use super::{
    asker::Asker,
    ids,
    product::{Module, Product},
    scalars::{Day, Instant, Position},
    snapshot::Snapshot,
};
use crate::app::{Coming, Question};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{State, product::ProductState};

/// What opens in an account in the seven days from today, by the facts there are.
#[derive(SimpleObject)]
pub struct Agenda {
    /// Today, in the account's time zone.
    from: Day,
    /// The last day.
    to: Day,
    /// When it was worked out.
    made_at: Instant,
    /// What opens, by day; of a day what opens for most contacts first. The first 200.
    openings: Vec<AgendaOpening>,
    /// Whether there is more than that.
    more: bool,
}

/// Something that opens for some contacts on one day.
#[derive(SimpleObject)]
pub struct AgendaOpening {
    /// In the account's time zone.
    day: Day,
    product: Product,
    /// The module that opens; null: the product itself.
    module: Option<Module>,
    /// For how many contacts.
    contacts: u64,
}

/// What opens for everybody.
#[derive(Default)]
pub struct AgendaQuery;

#[Object]
impl AgendaQuery {
    /// What opens in the account in the seven days from today, counted; what opened earlier today counts. `whoCouldOpen` names the contacts. Null: it is being
    /// worked out for the first time today, ask again in a second. A large account's agenda is as old as `madeAt` says, minutes at most.
    async fn agenda(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        min_position: Option<Position>,
    ) -> Result<Option<Agenda>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Contacts)?;
        let reader = asker.app.reader();
        let seen = match min_position.as_ref().and_then(Position::given) {
            Some(given) => reader.place(given).map_err(|e| asker.failed(e))?,
            None => 0,
        };
        asker.wait(min_position).await?;
        let snapshot = Snapshot::now(asker).read(vec![account.0], false).await?;
        let zone = snapshot.state_of(&*snapshot.account(account).await?, State::account)?.time_zone;
        let agenda = asker.app.agenda(account, zone, seen).await.map_err(|e| asker.failed(e))?;
        let Some(agenda) = agenda else { return Ok(None) };
        let products = agenda.coming.iter().map(|coming| coming.product.0).collect();
        snapshot.read_more(products, false).await?;
        let opening = |coming: &Coming| {
            let product = Product::found(&snapshot, coming.product)?;
            let module = |state: &ProductState| coming.module.as_ref().map(|(id, name)| Module::of(state, *id, name));
            let module = module(product.state().ok()?);
            Some(AgendaOpening { day: Day(coming.day), product, module, contacts: coming.contacts })
        };
        Ok(Some(Agenda {
            from: Day(agenda.from),
            to: Day(agenda.to),
            made_at: Instant(agenda.made_at),
            openings: agenda.coming.iter().filter_map(opening).collect(),
            more: agenda.more,
        }))
    }
}
