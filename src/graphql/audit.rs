//! The audit trail: what happened, who did it, through which door, and what it changed. A question on the log itself.

use super::{
    asker::Asker,
    audit_changes::{self, FieldChange},
    connection::{COUNT_CAP, Connection, Found, Paging, Place, Total, wants_total},
    contact::Contact,
    decision::Actor,
    ids,
    product::Product,
    scalars::{Instant, Position},
    snapshot::{Snapshot, wants_family},
    words::Origin,
};
use crate::app::{StoredEvent, TrailFilter, TrailSeek};
use async_graphql::{Context, ID, InputObject, Result, SimpleObject};
use domain::{AccountId, Category, ContactId, Event, ProductId};
use std::collections::HashMap;
use uuid::Uuid;

/// What the trail is narrowed to: all of these together.
#[derive(InputObject, Default)]
pub struct AuditFilter {
    contact_id: Option<ID>,
    /// Events of the product, and of accesses and subscriptions to it.
    product_id: Option<ID>,
    /// Of the token that acted.
    actor_id: Option<ID>,
    /// Kinds of event, such as `access.granted`, with or without version.
    types: Option<Vec<String>>,
    /// Through which door.
    origin: Option<Origin>,
    /// Not before.
    from: Option<Instant>,
    /// Before.
    to: Option<Instant>,
}

/// One event.
#[derive(SimpleObject)]
pub struct AuditEntry {
    /// Its place in the log.
    position: Position,
    /// When it was recorded.
    at: Instant,
    /// Its kind and the version of its form: `access.granted.v1`.
    #[graphql(name = "type")]
    kind: String,
    /// What happened, in the language of `Accept-Language`.
    sentence: String,
    /// Who did it.
    actor: Actor,
    /// The account that staff acted for, if someone did for another.
    on_behalf_of: Option<ID>,
    /// Why support did it, where it said so. Of an erased person nothing personal is left.
    reason: Option<String>,
    /// From which address a person did it; null for programs, and once it was forgotten (see retention).
    address: Option<String>,
    /// What the person's program called itself, kept as long.
    user_agent: Option<String>,
    /// Through which door.
    origin: Origin,
    /// The command that it is of.
    command_id: ID,
    /// What it all was part of: a request, an import.
    correlation_id: ID,
    /// What it changed, field by field. Of an erased person nothing personal is left.
    changes: Vec<FieldChange>,
    /// The number of the change within its contact, product, subscription or account.
    version: u64,
    /// The contact that it happened to; an erased one shows its pseudonym.
    contact: Option<Contact>,
    /// The product that it is about.
    product: Option<Product>,
}

impl AuditFilter {
    /// As the log is asked.
    pub fn read(self) -> TrailFilter {
        // A text that is no id is the id of nobody, as everywhere.
        let actor = |id: ID| Uuid::try_parse(id.as_str()).unwrap_or(Uuid::max());
        TrailFilter {
            contact: self.contact_id.as_ref().map(ids::contact),
            product: self.product_id.as_ref().map(ids::product),
            actor: self.actor_id.map(actor),
            types: self.types.unwrap_or_default(),
            origin: self.origin.map(Into::into),
            from: self.from.map(|at| at.0),
            to: self.to.map(|at| at.0),
        }
    }
}

/// A page of the trail, newest first. What a narrow filter leaves may lie far back: a page looks at a bounded number of events, and may be short or
/// empty with more to come behind its end cursor.
pub(super) async fn trail(
    ctx: &Context<'_>,
    asker: &Asker,
    account: AccountId,
    filter: TrailFilter,
    paging: Paging,
) -> Result<Connection<AuditEntry>> {
    let slice = paging.slice(asker, format!("trail {account} {filter:?}"))?;
    let beyond = match slice.beyond() {
        Some(Place::Position(position)) => Some(*position),
        _ => None,
    };
    let seek = TrailSeek { beyond, descending: !slice.backward, limit: slice.limit };
    let reader = asker.app.reader();
    let page = reader.trail(account, &filter, seek).await.map_err(|e| asker.failed(e))?;
    let changes = reader.changes(&page.events).await.map_err(|e| asker.failed(e))?;
    let node = ctx.look_ahead().field("edges").field("node");
    let reasons = match node.field("reason").exists() {
        true => reader.reasons(account, &page.events).await.map_err(|e| asker.failed(e))?,
        false => HashMap::new(),
    };
    let whences = match node.field("address").exists() || node.field("userAgent").exists() {
        true => reader.whences(&page.events).await.map_err(|e| asker.failed(e))?,
        false => HashMap::new(),
    };
    let events = reader.decode(page.events).await.map_err(|e| asker.failed(e))?;

    let trail = ctx.look_ahead();
    let of = |entry: async_graphql::Lookahead<'_>| wants_family(&entry.field("contact"));
    let families = of(trail.field("edges").field("node"));
    let mut named: Vec<Uuid> =
        events.iter().flat_map(|(stored, event)| [contact_of(stored), product_of(stored, event)]).flatten().collect();
    // A subscription's event does not say of which product it is; the subscription does.
    let after = |stored: &StoredEvent| changes.get(&stored.position).map(|(_, after)| after);
    let bought = |stored: &StoredEvent| Some(after(stored)?.state.subscription()?.product.0);
    named.extend(events.iter().filter_map(|(stored, _)| bought(stored)));
    named.sort_unstable();
    named.dedup();
    let snapshot = Snapshot::now(asker).read(named, families).await?;

    let mut rows = Vec::with_capacity(events.len());
    for (stored, event) in events {
        let product = product_of(&stored, &event).or_else(|| bought(&stored));
        let product = product.and_then(|id| Product::found(&snapshot, ProductId(id)));
        let contact = contact_of(&stored).and_then(|id| Contact::found(&snapshot, ContactId(id)));
        let changed = match changes.get(&stored.position) {
            Some((before, after)) => audit_changes::between(&event, before, after),
            None => Vec::new(),
        };
        let name = match &product {
            Some(product) => Some(product.state()?.name.as_str()),
            None => None,
        };
        let entry = AuditEntry {
            position: reader.token(stored.position).into(),
            at: Instant(stored.fact().at),
            sentence: audit_changes::sentence(&event, name, &changed, asker.lang),
            kind: stored.type_name.clone(),
            actor: Actor::new(stored.meta.actor, asker.lang),
            on_behalf_of: stored.meta.on_behalf_of.map(|id| ID(AccountId(id).to_string())),
            reason: reasons.get(&stored.meta.command).cloned(),
            address: whences.get(&stored.meta.correlation).map(|from| from.address.to_string()),
            user_agent: whences.get(&stored.meta.correlation).and_then(|from| from.agent.clone()),
            origin: stored.meta.origin.into(),
            command_id: ID(stored.meta.command.simple().to_string()),
            correlation_id: ID(stored.meta.correlation.simple().to_string()),
            changes: changed,
            version: stored.version,
            contact,
            product,
        };
        rows.push((Place::Position(stored.position), entry));
    }
    let looked_to = page.looked_to.filter(|_| page.more).map(Place::Position);
    let total = match wants_total(ctx) {
        true => {
            let counted = reader.trail_count(account, &filter, COUNT_CAP as u64).await;
            let (counted, more) = counted.map_err(|e| asker.failed(e))?;
            Some(Total { counted: counted as i64, more })
        }
        false => None,
    };
    slice.page(asker, Found { rows, more: page.more, looked_to }, true, total)
}

fn contact_of(stored: &StoredEvent) -> Option<Uuid> {
    (stored.stream.category == Category::Contact).then_some(stored.stream.id)
}

fn product_of(stored: &StoredEvent, event: &Event) -> Option<Uuid> {
    (stored.stream.category == Category::Product).then_some(stored.stream.id).or_else(|| event.about())
}
