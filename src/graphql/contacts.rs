//! The account's lists: contacts, subscribers, products. Each begins at an index and goes on by keyset, so that a page costs the same
//! number of statements wherever it is and however long.

use super::{
    asker::Asker,
    connection::{COUNT_CAP, Connection, Found, Paging, Place, Slice, wants_total},
    contact::Contact,
    erp::ErpStanding,
    errors, ids,
    product::Product,
    search::{self, Plan},
    snapshot::{Snapshot, wants_families},
    words::{AccessMode, ContactKind, MembershipStatus, Profile, RegistrationStatus},
};
use async_graphql::{Context, Enum, ID, InputObject, Result};
use domain::{
    AccountId, ContactId, ProductId, State,
    values::{Email, ExportedList},
};
use projections::{
    contacts::{self, ContactRow, Filter, Order, Seek},
    products,
    search::terms,
    subscribers,
};
use uuid::Uuid;

/// What a list of contacts is narrowed to: all of these together.
#[derive(InputObject, Default)]
pub struct ContactFilter {
    /// Beginnings of words of any name, company, e-mail or external id, without accents and case, in any order.
    search: Option<String>,
    /// Exactly this e-mail.
    email: Option<String>,
    profile: Option<Profile>,
    status: Option<MembershipStatus>,
    kind: Option<ContactKind>,
    /// Having access to this product.
    product_id: Option<ID>,
    /// In this mode: for `productId`, or without it for any product.
    mode: Option<AccessMode>,
    /// With an e-mail, or without.
    has_email: Option<bool>,
    registration: Option<RegistrationStatus>,
    /// Whether it is a record of the account's ERP.
    erp: Option<ErpStanding>,
    /// Labelled exactly so by an import.
    label: Option<String>,
}

/// What a list of contacts is ordered by.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum ContactOrderField {
    /// Last name, first name, company, without accents and case.
    Name,
    /// When it was recorded.
    CreatedAt,
}

/// Which way.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum OrderDirection {
    /// A to Z, old to new.
    Asc,
    /// Z to A, new to old.
    Desc,
}

/// The order of a list of contacts. A search that finds very many comes in an order of its own.
#[derive(InputObject)]
pub struct ContactOrder {
    #[graphql(default_with = "ContactOrderField::Name")]
    field: ContactOrderField,
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

/// A page of the account's contacts.
pub(super) async fn contacts(
    ctx: &Context<'_>,
    asker: &Asker,
    account: AccountId,
    filter: Option<ContactFilter>,
    order: Option<ContactOrder>,
    paging: Paging,
) -> Result<Connection<Contact>> {
    let ContactFilter {
        search: typed,
        email,
        profile,
        status,
        kind,
        product_id,
        mode,
        has_email,
        registration,
        erp,
        label,
    } = filter.unwrap_or_default();
    let (by, direction) = order.map_or((ContactOrderField::Name, OrderDirection::Asc), |o| (o.field, o.direction));
    let mut narrowed = Filter {
        kind: kind.map(|k| domain::values::ContactKind::from(k).as_str()),
        profile: profile.map(|p| domain::values::Profile::from(p).as_str()),
        status: status.map(|s| domain::values::MembershipStatus::from(s).as_str()),
        registration: registration.map(RegistrationStatus::as_str),
        has_email,
        product: product_id.as_ref().map(ids::product),
        mode: mode.map(|m| domain::values::AccessMode::from(m).as_str()),
        erp: erp.map(ErpStanding::as_str),
        label,
        ids: None,
    };
    // What a cursor is good for: this list, in this order, narrowed like this.
    let list = format!("contacts {account} {by:?} {direction:?} {narrowed:?} {typed:?} {email:?}");
    let slice = paging.slice(asker, list)?;
    if let Some(email) = email {
        let holder = match Email::parse(&email) {
            Ok(email) => asker.app.reader().email_holder(account, &email).await.map_err(|e| asker.failed(e))?,
            Err(_) => None,
        };
        narrowed.ids = Some(holder.into_iter().collect());
    }
    match search::plan(asker, account, typed.as_deref(), narrowed.ids.as_deref(), &slice).await? {
        Plan::All => {}
        Plan::Ids(found) => narrowed.ids = Some(found),
        Plan::Walk { term, terms } => {
            return walk(ctx, asker, account, &narrowed, &slice, &term, &terms).await;
        }
    }
    if narrowed.ids.as_ref().is_some_and(Vec::is_empty) {
        return slice.page(asker, Found { rows: Vec::new(), more: false, looked_to: None }, false, Some(0.into()));
    }
    let downwards = direction == OrderDirection::Desc;
    let by = match by {
        ContactOrderField::Name => Order::Name,
        ContactOrderField::CreatedAt => Order::CreatedAt,
    };
    let seek = Seek {
        beyond: slice.beyond().and_then(place),
        descending: downwards != slice.backward,
        limit: slice.limit as i64 + 1,
    };
    let db = asker.app.reader().db();
    let rows = db.fetch(contacts::list(account, &narrowed, by, &seek)).await.map_err(|e| asker.failed(e))?;
    let of = |row: ContactRow| match by {
        Order::Name => (Place::Name(row.sort_key, row.id), row.id),
        Order::CreatedAt => (Place::Time(row.created_at, row.id), row.id),
    };
    let found = Found::of(rows.into_iter().map(of).collect(), slice.limit);
    let total = match wants_total(ctx) {
        true => Some(count(asker, account, &narrowed).await?),
        false => None,
    };
    sheets(ctx, asker, (account, ExportedList::Contacts), &slice, found, downwards, total).await
}

fn place(place: &Place) -> Option<contacts::Place> {
    match place {
        Place::Name(key, id) => Some(contacts::Place::Name(key.clone(), *id)),
        Place::Time(at, id) => Some(contacts::Place::CreatedAt(*at, *id)),
        Place::Word(..) | Place::Noted(..) | Place::Position(_) => None,
    }
}

async fn count(asker: &Asker, account: AccountId, filter: &Filter) -> Result<i64> {
    let counted = asker.app.reader().db().fetch_optional(contacts::count(account, filter, COUNT_CAP + 1)).await;
    Ok(counted.map_err(|e| asker.failed(e))?.map_or(0, |(n,)| n))
}

/// A page of a search that finds very many.
async fn walk(
    ctx: &Context<'_>,
    asker: &Asker,
    account: AccountId,
    filter: &Filter,
    slice: &Slice,
    term: &str,
    terms: &[String],
) -> Result<Connection<Contact>> {
    if slice.backward {
        return Err(errors::invalid("PAGED_FORWARDS_ONLY", asker.lang));
    }
    let found = search::walk(asker, account, term, terms, slice, |contact| {
        filter.kind.is_none_or(|kind| contact.kind.as_str() == kind)
            && filter.profile.is_none_or(|profile| contact.membership.profile.as_str() == profile)
            && filter.status.is_none_or(|status| contact.membership.status.as_str() == status)
            && filter.has_email.is_none_or(|has| contact.details.email.is_some() == has)
            && filter.registration.is_none_or(|wanted| {
                contact.registration.as_ref().map_or("NOT_REGISTERED", |r| r.status.as_str()) == wanted
            })
            && filter.erp.is_none_or(|wanted| ErpStanding::of(contact).as_str() == wanted)
            && filter.label.as_ref().is_none_or(|label| contact.labels.iter().any(|l| l.label == *label))
            && has_access(contact, filter.product, filter.mode)
    })
    .await?;
    let total = match wants_total(ctx) {
        true => Some(search::count(asker, account, terms, filter).await?),
        false => None,
    };
    sheets(ctx, asker, (account, ExportedList::Contacts), slice, found, false, total).await
}

fn has_access(contact: &domain::contact::ContactState, product: Option<ProductId>, mode: Option<&str>) -> bool {
    let granted = |access: &domain::contact::Access| {
        access.is_granted() && mode.is_none_or(|mode| access.mode().as_str() == mode)
    };
    match (product, mode) {
        (Some(product), _) => contact.access(product).is_some_and(granted),
        (None, Some(_)) => contact.accesses.values().any(granted),
        (None, None) => true,
    }
}

/// Reads the sheets of a page, with all they name where that was asked for. Whoever was shown a list by now is in the trail with it.
async fn sheets(
    ctx: &Context<'_>,
    asker: &Asker,
    list: (AccountId, ExportedList),
    slice: &Slice,
    found: Found<Uuid>,
    descending: bool,
    total: Option<i64>,
) -> Result<Connection<Contact>> {
    let snapshot =
        Snapshot::now(asker).read(found.rows.iter().map(|(_, id)| *id).collect(), wants_families(ctx)).await?;
    let from = (asker.correlation, asker.came_from.clone());
    asker.app.listed(&asker.caller, list, found.rows.iter().map(|(_, id)| *id), from).await;
    let rows = found
        .rows
        .into_iter()
        .filter_map(|(place, id)| Some((place, Contact::found(&snapshot, ContactId(id))?)))
        .collect();
    slice.page(asker, Found { rows, more: found.more, looked_to: found.looked_to }, descending, total.map(Into::into))
}

/// A page of the account's subscribers: contacts with a delivery address today.
pub(super) async fn subscribers(
    ctx: &Context<'_>,
    asker: &Asker,
    account: AccountId,
    typed: Option<String>,
    paging: Paging,
) -> Result<Connection<Contact>> {
    let list = (account, ExportedList::Subscribers);
    let slice = paging.slice(asker, format!("subscribers {account} {typed:?}"))?;
    let place = Snapshot::now(asker).read(vec![account.0], false).await?;
    let today = place.today(place.state_of(&*place.account(account).await?, State::account)?);
    let subscriber = |contact: &domain::contact::ContactState| contact.address_on(today).is_some();
    let (db, day) = (asker.app.reader().db(), today.to_string());
    match search::plan(asker, account, typed.as_deref(), None, &slice).await? {
        Plan::All => {
            let beyond = match slice.beyond() {
                Some(Place::Name(key, id)) => Some((key.as_str(), *id)),
                _ => None,
            };
            let ask = subscribers::list(account, &day, beyond, slice.backward, slice.limit as i64 + 1);
            let rows = db.fetch(ask).await.map_err(|e| asker.failed(e))?;
            let rows = rows.into_iter().map(|r| (Place::Name(r.sort_key, r.contact), r.contact)).collect();
            let total = match wants_total(ctx) {
                true => db.fetch_optional(subscribers::count(account, &day, COUNT_CAP + 1)).await,
                false => Ok(None),
            };
            let total = total.map_err(|e| asker.failed(e))?.map(|(n,)| n);
            sheets(ctx, asker, list, &slice, Found::of(rows, slice.limit), false, total).await
        }
        Plan::Ids(ids) => {
            let snapshot = Snapshot::now(asker).read(ids.clone(), false).await?;
            let row = |id: Uuid| {
                let folded = snapshot.known(id)?;
                let contact = folded.state.contact().filter(|c| subscriber(c) && c.deleted.is_none())?;
                Some((Place::Name(contacts::sort_key(&contact.details), id), id))
            };
            let mut rows: Vec<(Place, Uuid)> = ids.into_iter().filter_map(row).collect();
            let total = Some(rows.len() as i64);
            rows.sort_by(|(a, _), (b, _)| if slice.backward { b.order(a) } else { a.order(b) });
            if let Some(beyond) = slice.beyond() {
                let passed = |place: &Place| {
                    if slice.backward { place.order(beyond).is_ge() } else { place.order(beyond).is_le() }
                };
                rows.retain(|(place, _)| !passed(place));
            }
            rows.truncate(slice.limit + 1);
            sheets(ctx, asker, list, &slice, Found::of(rows, slice.limit), false, total).await
        }
        Plan::Walk { .. } if slice.backward => Err(errors::invalid("PAGED_FORWARDS_ONLY", asker.lang)),
        Plan::Walk { term, terms } => {
            let found = search::walk(asker, account, &term, &terms, &slice, subscriber).await?;
            // Not counted: each would have to be looked at for its address.
            let total = wants_total(ctx).then_some(COUNT_CAP + 1);
            sheets(ctx, asker, list, &slice, found, false, total).await
        }
    }
}

/// A page of the account's products by name.
pub(super) async fn products(
    ctx: &Context<'_>,
    asker: &Asker,
    account: AccountId,
    typed: Option<String>,
    archived: Option<bool>,
    paging: Paging,
) -> Result<Connection<Product>> {
    let slice = paging.slice(asker, format!("products {account} {typed:?} {archived:?}"))?;
    let terms = terms(typed.as_deref().unwrap_or_default());
    let nothing = terms.is_empty() && typed.is_some_and(|text| !text.trim().is_empty());
    if nothing {
        return slice.page(asker, Found { rows: Vec::new(), more: false, looked_to: None }, false, Some(0.into()));
    }
    let beyond = match slice.beyond() {
        Some(Place::Name(key, id)) => Some((key.as_str(), *id)),
        _ => None,
    };
    let db = asker.app.reader().db();
    let ask = products::list(account, &terms, archived, beyond, slice.backward, slice.limit as i64 + 1);
    let rows = db.fetch(ask).await.map_err(|e| asker.failed(e))?;
    let rows = rows.into_iter().map(|row| (Place::Name(row.sort_key, row.id), row.id)).collect();
    let found = Found::of(rows, slice.limit);
    let total = match wants_total(ctx) {
        true => db.fetch_optional(products::count(account, &terms, archived, COUNT_CAP + 1)).await,
        false => Ok(None),
    };
    let total = total.map_err(|e| asker.failed(e))?.map(|(n,)| n);
    let snapshot = Snapshot::now(asker).read(found.rows.iter().map(|(_, id)| *id).collect(), false).await?;
    let rows = found
        .rows
        .into_iter()
        .filter_map(|(place, id)| Some((place, Product::found(&snapshot, ProductId(id))?)))
        .collect();
    slice.page(asker, Found { rows, more: found.more, looked_to: None }, false, total.map(Into::into))
}
