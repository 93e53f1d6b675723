//! Finding what a journey needs: an account by the number that people read out, its subscriptions of a type, a contact by its e-mail beyond this
//! customer number (rows S5, S6, S12, S13).

use super::{
    account::Account,
    asker::Asker,
    connection::{COUNT_CAP, Connection, Found, Paging, Place, Slice, Total, wants_total},
    contact::Contact,
    ids,
    scalars::Position,
    snapshot::{Snapshot, wants_families, wants_family},
    subscription::{Subscription, SubscriptionStanding},
};
use crate::app::Question;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::{AccountId, ContactId, ProductId, State, SubscriptionId, values::Email};
use projections::{
    histories,
    subscriptions::{self, SubscriptionRow},
};
use std::sync::Arc;
use uuid::Uuid;

/// Subscriptions that one request looks at, where a filter has no index of its own; contacts likewise, of the past.
const LOOKED_AT_MAX: i64 = 2_000;
/// Contacts read together where each is looked at.
const STEP: i64 = 100;

/// What a list of subscriptions is narrowed to: all of these together.
#[derive(InputObject, Default)]
pub struct SubscriptionFilter {
    /// Exactly this type: the account's own word.
    r#type: Option<String>,
    product_id: Option<ID>,
    /// Where it stands today, in the account's time zone.
    state: Option<SubscriptionStanding>,
}

/// What an e-mail leads to.
#[derive(SimpleObject)]
pub struct ContactSearch {
    /// The account's own contact with this e-mail.
    here: Option<Contact>,
    /// That other accounts which the caller reaches have a contact with it: its name and their number, and nothing else.
    elsewhere: Vec<ContactElsewhere>,
}

/// A contact under another customer number.
#[derive(SimpleObject)]
pub struct ContactElsewhere {
    display_name: String,
    account_number: String,
    company_name: String,
}

/// Finding what a journey needs.
#[derive(Default)]
pub struct FindingQuery;

#[Object]
impl FindingQuery {
    /// The account of the customer number that people read out.
    async fn account_by_number(
        &self,
        ctx: &Context<'_>,
        number: String,
        min_position: Option<Position>,
    ) -> Result<Option<Account>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let holder = asker.app.reader().account_of(number.trim()).await.map_err(|e| asker.failed(e))?;
        let id = AccountId(holder.ok_or_else(|| asker.not_found())?);
        super::account::find(asker, id).await.map(Some)
    }

    /// The contact that has exactly this e-mail: of this account first; then, beyond this customer number, in the other accounts that the caller
    /// reaches. `contacts(filter: { search })` finds the account's own by the beginnings of words.
    async fn search_contacts(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        email: String,
        min_position: Option<Position>,
    ) -> Result<ContactSearch> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Contacts)?;
        asker.wait(min_position).await?;
        // What is no address is nobody's.
        let Ok(email) = Email::parse(&email) else { return Ok(ContactSearch { here: None, elsewhere: Vec::new() }) };
        let others = asker.accounts().into_iter().filter(|other| *other != account);
        let accounts: Vec<AccountId> = [account].into_iter().chain(others).collect();
        let found = asker.app.reader().with_email(&accounts, &email).await.map_err(|e| asker.failed(e))?;
        let read = found.iter().flat_map(|(account, contact)| [account.0, contact.0]).collect();
        let families = wants_family(&ctx.look_ahead().field("here"));
        let snapshot = Snapshot::now(asker).read(read, families).await?;
        let mut search = ContactSearch { here: None, elsewhere: Vec::new() };
        for (of, contact) in found {
            if of == account {
                search.here = Contact::found(&snapshot, contact);
                continue;
            }
            let (Some(person), Some(place)) = (snapshot.known(contact.0), snapshot.known(of.0)) else { continue };
            if let (State::Contact(person), State::Account(place)) = (&person.state, &place.state) {
                let name = person.person_name().or_else(|| person.details.company_name.clone());
                search.elsewhere.push(ContactElsewhere {
                    display_name: name.unwrap_or_else(|| domain::contact::pseudonym(contact.0)),
                    account_number: place.number.clone(),
                    company_name: place.company_name.clone(),
                });
            }
        }
        search.elsewhere.sort_by(|a, b| a.account_number.cmp(&b.account_number));
        Ok(search)
    }

    /// The account's subscriptions, newest first: what contacts are attached to. Narrowed by state, or by type and product together, a page looks at a
    /// bounded number of them: it may be short, or empty, with more behind its end cursor.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn account_subscriptions(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        filter: Option<SubscriptionFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<Subscription>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Subscriptions)?;
        asker.wait(min_position).await?;
        let filter = filter.unwrap_or_default();
        let product = filter.product_id.as_ref().map(ids::product);
        let list = format!("subscriptions {account} {:?} {product:?} {:?}", filter.r#type, filter.state);
        let slice = Paging { first, after, last, before }.slice(asker, list)?;
        Wanted { account, kind: filter.r#type, product, state: filter.state }.page(ctx, asker, &slice).await
    }
}

struct Wanted {
    account: AccountId,
    kind: Option<String>,
    product: Option<ProductId>,
    state: Option<SubscriptionStanding>,
}

impl Wanted {
    async fn page(&self, ctx: &Context<'_>, asker: &Asker, slice: &Slice) -> Result<Connection<Subscription>> {
        let place = Snapshot::now(asker).read(vec![self.account.0], false).await?;
        let today = place.today(place.state_of(&*place.account(self.account).await?, State::account)?).to_string();
        let takes = |row: &SubscriptionRow| {
            self.kind.as_ref().is_none_or(|kind| row.kind == *kind)
                && self.product.is_none_or(|product| row.product == product.0)
                && self.state.is_none_or(|state| standing(row, &today) == state)
        };
        let beyond = match slice.beyond() {
            Some(Place::Time(at, id)) => Some((*at, *id)),
            _ => None,
        };
        // One index leads to them; what it does not narrow is looked at row by row.
        let narrow = match (&self.kind, self.product) {
            (Some(kind), _) => subscriptions::Narrow::Kind(kind),
            (None, Some(product)) => subscriptions::Narrow::Product(product),
            (None, None) => subscriptions::Narrow::No,
        };
        let looks = self.state.is_some() || (self.kind.is_some() && self.product.is_some());
        let look = if looks { LOOKED_AT_MAX } else { slice.limit as i64 + 1 };
        let db = asker.app.reader().db();
        let ask = subscriptions::list(self.account, narrow, beyond, !slice.backward, look);
        let rows = db.fetch(ask).await.map_err(|e| asker.failed(e))?;
        let mut found = Found { rows: Vec::new(), more: rows.len() as i64 == look, looked_to: None };
        for row in rows {
            let place = Place::Time(row.started_at, row.id);
            if takes(&row) {
                if found.rows.len() == slice.limit {
                    found.more = true;
                    break;
                }
                found.rows.push((place.clone(), row.id));
            }
            found.looked_to = Some(place);
        }
        if !found.more || !looks {
            found.looked_to = None;
        }
        let total = match wants_total(ctx) {
            true => Some(self.count(asker, narrow, looks, takes).await?),
            false => None,
        };
        let snapshot = Snapshot::now(asker).read(found.rows.iter().map(|(_, id)| *id).collect(), false).await?;
        let of = |(place, id)| Some((place, Subscription::found(&snapshot, SubscriptionId(id))?));
        let rows = found.rows.into_iter().filter_map(of).collect();
        slice.page(asker, Found { rows, more: found.more, looked_to: found.looked_to }, true, total)
    }

    /// How many there are: all that the index leads to, or those among the newest as many as are counted.
    async fn count(
        &self,
        asker: &Asker,
        narrow: subscriptions::Narrow<'_>,
        looks: bool,
        takes: impl Fn(&SubscriptionRow) -> bool,
    ) -> Result<Total> {
        let db = asker.app.reader().db();
        if !looks {
            let counted = db.fetch_optional(subscriptions::count(self.account, narrow, COUNT_CAP + 1)).await;
            return Ok(counted.map_err(|e| asker.failed(e))?.map_or(0, |(n,)| n).into());
        }
        let rows = db.fetch(subscriptions::list(self.account, narrow, None, true, COUNT_CAP + 1)).await;
        let rows = rows.map_err(|e| asker.failed(e))?;
        let more = rows.len() as i64 > COUNT_CAP;
        Ok(Total { counted: rows.iter().take(COUNT_CAP as usize).filter(|row| takes(row)).count() as i64, more })
    }
}

/// Where a subscription stands on a day: what `Subscription.state` answers, from its row.
fn standing(row: &SubscriptionRow, today: &str) -> SubscriptionStanding {
    if row.ends_on.as_deref().is_some_and(|last| last < today) {
        SubscriptionStanding::Ended
    } else if row.paused {
        SubscriptionStanding::Paused
    } else if row.cancelled {
        SubscriptionStanding::Cancelled
    } else if today < row.starts_on.as_str() {
        SubscriptionStanding::Scheduled
    } else {
        SubscriptionStanding::Running
    }
}

/// The contacts that a subscription counts for, in the moment of `snapshot`.
pub(super) async fn contacts_of(
    ctx: &Context<'_>,
    asker: &Asker,
    snapshot: &Arc<Snapshot>,
    account: AccountId,
    subscription: SubscriptionId,
    paging: Paging,
) -> Result<Connection<Contact>> {
    let slice = paging.slice(asker, format!("attached {subscription} {:?}", snapshot.moment()))?;
    let beyond = match slice.beyond() {
        Some(Place::Time(_, id)) => Some(*id),
        _ => None,
    };
    let place = |id: Uuid| Place::Time(0, id);
    let db = asker.app.reader().db();
    let families = wants_families(ctx);
    if snapshot.moment().is_none() {
        let ask =
            subscriptions::attached_contacts(account, subscription, beyond, slice.backward, slice.limit as i64 + 1);
        let rows = db.fetch(ask).await.map_err(|e| asker.failed(e))?;
        let total = match wants_total(ctx) {
            true => db.fetch_optional(subscriptions::attached_count(account, subscription, COUNT_CAP + 1)).await,
            false => Ok(None),
        };
        let total = total.map_err(|e| asker.failed(e))?.map(|(n,)| Total::from(n));
        let found = Found::of(rows.into_iter().map(|(id,)| (place(id), id)).collect(), slice.limit);
        snapshot.read_more(found.rows.iter().map(|(_, id)| *id).collect(), families).await?;
        let of = |(place, id)| Some((place, Contact::found(snapshot, ContactId(id))?));
        let rows = found.rows.into_iter().filter_map(of).collect();
        return slice.page(asker, Found { rows, more: found.more, looked_to: None }, false, total);
    }
    // The past: whoever was ever attached is looked at as of then.
    if slice.backward {
        return Err(super::errors::invalid("PAGED_FORWARDS_ONLY", asker.lang));
    }
    let (mut found, mut looked_at, mut beyond) = (Found { rows: Vec::new(), more: true, looked_to: None }, 0, beyond);
    while found.more && looked_at < LOOKED_AT_MAX / 4 && found.rows.len() < slice.limit {
        let asked = db.fetch(histories::contacts_of(account, subscription.0, beyond, STEP)).await;
        let ids: Vec<Uuid> = asked.map_err(|e| asker.failed(e))?.into_iter().map(|(id,)| id).collect();
        looked_at += STEP;
        found.more = ids.len() as i64 == STEP;
        snapshot.read_more(ids.clone(), families).await?;
        for id in ids {
            let contact = Contact::found(snapshot, ContactId(id));
            let attached = snapshot.known(id).is_some_and(|folded| {
                let contact = folded.state.contact().filter(|c| c.deleted.is_none());
                contact.is_some_and(|c| c.attached().any(|a| a.subscription == subscription))
            });
            if let Some(contact) = contact.filter(|_| attached) {
                if found.rows.len() == slice.limit {
                    found.more = true;
                    break;
                }
                found.rows.push((place(id), contact));
            }
            beyond = Some(id);
        }
        found.looked_to = beyond.map(place);
    }
    if !found.more {
        found.looked_to = None;
    }
    let total = Total { counted: found.rows.len() as i64, more: found.more || slice.beyond().is_some() };
    slice.page(asker, found, false, Some(total))
}
