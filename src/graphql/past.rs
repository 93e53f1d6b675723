//! Questions over a stretch of time: who could open a product on a day, what opens when, how much happened on which day.

use super::{
    asker::Asker,
    connection::{Connection, Found, Paging, Place, Total},
    contact::Contact,
    decision::AccessDecision,
    errors, ids,
    product::{Module, Product},
    scalars::{Day, Instant, Position},
    snapshot::Snapshot,
    words::AccessReason,
};
use crate::app::Question;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    ContactId, Event, ProductId, State,
    access::{Could, Story, could_open},
    calendar,
    contact::ContactEvent,
};
use projections::histories;
use uuid::Uuid;

/// Contacts that one request looks at, and how many together.
const LOOKED_AT_MAX: usize = 400;
const STEP: i64 = 100;
/// Most days that a calendar or the activity covers.
const DAYS_MAX: i64 = 366;

/// A contact, and whether it could open a product.
#[derive(SimpleObject)]
pub struct CouldOpen {
    /// As it was at that moment, or is now where that is still to come.
    contact: Contact,
    /// Whether it could, at any moment asked about.
    open: bool,
    /// Why.
    reason: AccessReason,
    /// The first such moment; where it could not, the last that was looked at.
    at: Instant,
    /// What was decided at that moment, gate by gate.
    decision: AccessDecision,
}

/// Something that opens.
#[derive(SimpleObject)]
pub struct OpeningDay {
    /// The day, in the account's time zone.
    day: Day,
    /// The instant.
    at: Instant,
    product: Product,
    /// The module that opens; null: the product itself.
    module: Option<Module>,
}

/// How much happened.
#[derive(SimpleObject)]
pub struct Activity {
    /// Days on which anything happened, oldest first.
    days: Vec<ActivityDay>,
    /// Whether everything was counted. If not: what happened before `countedFrom` was too much; ask for those days alone.
    complete: bool,
    counted_from: Option<Instant>,
}

/// How much happened on a day.
#[derive(SimpleObject)]
pub struct ActivityDay {
    /// In the account's time zone.
    day: Day,
    total: u64,
    kinds: Vec<ActivityKind>,
}

/// How often one kind of thing happened.
#[derive(SimpleObject)]
pub struct ActivityKind {
    /// Such as `access.granted`; `auditTrail` takes it as a filter.
    #[graphql(name = "type")]
    kind: String,
    count: u64,
}

/// Questions over a stretch of time.
#[derive(Default)]
pub struct PastQuery;

#[Object]
impl PastQuery {
    /// Contacts that could open a product at any moment of the day `on`, or at the instant `at` (one of the two; neither: now). The past is decided
    /// by the facts recorded by then, of contacts whose access was removed since too; the future by today's facts, projected. With `closed` also
    /// those that could not, and why. A page looks at a bounded number of contacts: it may be short, or empty, with more behind its end cursor.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn who_could_open(
        &self,
        ctx: &Context<'_>,
        product_id: ID,
        on: Option<Day>,
        at: Option<Instant>,
        closed: Option<bool>,
        first: Option<i32>,
        after: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<CouldOpen>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let product = ids::product(&product_id);
        let now = Snapshot::now(asker).read(vec![product.0], false).await?;
        let sold = now.known(product.0).and_then(|folded| folded.state.product().map(|p| p.account));
        let account = asker.account(sold.ok_or_else(|| asker.not_found())?, Question::Contacts)?;
        asker.account(account, Question::AccessDecision)?;
        let zone = now.state_of(&*now.account(account).await?, State::account)?.time_zone;
        let (from, until) = match (on, at) {
            (Some(_), Some(_)) => return Err(errors::invalid("ON_OR_AT", asker.lang)),
            (Some(Day(day)), None) => (calendar::midnight(day, zone), calendar::midnight_after(day, zone)),
            (None, at) => at.map_or((now.now, now.now), |at| (at.0, at.0)),
        };
        let closed = closed.unwrap_or(false);
        let given = at.map(|at| at.0.timestamp_micros());
        let list = format!("whoCouldOpen {product} {:?} {given:?} {closed}", on.map(|day| day.0));
        let slice = Paging { first, after, last: None, before: None }.slice(asker, list)?;
        let mut beyond = match slice.beyond() {
            Some(Place::Time(_, id)) => Some(*id),
            _ => None,
        };
        let asked = Asked { product, account, zone, from, until, closed };
        let mut found = Found { rows: Vec::new(), more: true, looked_to: None };
        let mut looked_at = 0;
        while found.more && looked_at < LOOKED_AT_MAX {
            let ask = histories::contacts_of(account, product.0, beyond, STEP);
            let candidates = asker.app.reader().db().fetch(ask).await.map_err(|e| asker.failed(e))?;
            let ended = (candidates.len() as i64) < STEP;
            let candidates: Vec<Uuid> = candidates.into_iter().map(|(id,)| id).collect();
            looked_at += candidates.len();
            beyond = candidates.last().copied().or(beyond);
            let mut rows = asked.decide(asker, &candidates).await?.into_iter();
            while found.rows.len() < slice.limit
                && let Some((id, row)) = rows.next()
            {
                found.rows.push((Place::Time(0, id), row));
                found.looked_to = Some(Place::Time(0, id));
            }
            if rows.next().is_some() {
                break;
            }
            found.looked_to = beyond.map(|id| Place::Time(0, id));
            found.more = !ended;
            if found.rows.len() == slice.limit {
                break;
            }
        }
        if !found.more {
            found.looked_to = None;
        }
        // Each would have to be decided: counted are those of this page.
        let total = Total { counted: found.rows.len() as i64, more: found.more || slice.beyond().is_some() };
        slice.page(asker, found, false, Some(total))
    }

    /// What opens for a contact from one day to another, at most 366 days, in order: products and their modules, by today's facts.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn opening_calendar(
        &self,
        ctx: &Context<'_>,
        contact_id: ID,
        from: Day,
        to: Day,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<OpeningDay>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let id = ids::contact(&contact_id);
        let snapshot = Snapshot::now(asker).read(vec![id.0], true).await?;
        let folded = snapshot.known(id.0).ok_or_else(|| asker.not_found())?;
        let contact = folded.state.contact().ok_or_else(|| asker.not_found())?;
        let account = contact.account;
        if !snapshot.may_ask_of(Question::AccessDecision, id.0, &folded.state) {
            return Err(asker.not_found());
        }
        let zone = snapshot.state_of(&*snapshot.account(account).await?, State::account)?.time_zone;
        days(asker, from, to)?;
        let list = format!("openingCalendar {id} {} {}", from.0, to.0);
        let slice = Paging { first, after, last, before }.slice(asker, list)?;
        let within = |at: &DateTime<Utc>| (from.0..=to.0).contains(&calendar::day(*at, zone));
        let mut entries: Vec<(Place, OpeningDay)> = Vec::new();
        for (product, _) in contact.accesses.iter().filter(|(_, access)| access.is_granted()) {
            let Some(thing) = Product::found(&snapshot, *product) else { continue };
            let decision = snapshot.decide(id, *product, None).await?;
            let sold = thing.state()?;
            for (opening, at) in decision.openings().filter(|(_, at)| within(at)) {
                let day = Day(calendar::day(at, zone));
                // A module whose time comes when the access is over opens for nobody.
                if let Some(module) = opening.filter(|_| at > asker.now()) {
                    let then = snapshot.decide(id, *product, Some(at)).await?;
                    if !then.module(module.module).is_some_and(|then| then.open) {
                        continue;
                    }
                }
                let own = opening.map_or(product.0, |opening| opening.module.0);
                let module = opening.map(|opening| Module::of(sold, opening.module, &opening.name));
                let entry = OpeningDay { day, at: Instant(at), product: thing.clone(), module };
                entries.push((Place::Time(at.timestamp_micros(), own), entry));
            }
        }
        entries.sort_by(|(a, _), (b, _)| if slice.backward { b.order(a) } else { a.order(b) });
        let total = entries.len() as i64;
        if let Some(beyond) = slice.beyond() {
            entries.retain(
                |(place, _)| {
                    if slice.backward { place.order(beyond).is_lt() } else { place.order(beyond).is_gt() }
                },
            );
        }
        slice.page(asker, Found::of(entries, slice.limit), false, Some(total.into()))
    }

    /// How much happened in an account on each of these days, at most 366, by kind.
    async fn activity(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        from: Day,
        to: Day,
        min_position: Option<Position>,
    ) -> Result<Activity> {
        let asker = Asker::of(ctx)?;
        let id = asker.account(ids::account(&account_id), Question::AuditTrail)?;
        asker.wait(min_position).await?;
        days(asker, from, to)?;
        let snapshot = Snapshot::now(asker).read(vec![id.0], false).await?;
        let zone = snapshot.state_of(&*snapshot.account(id).await?, State::account)?.time_zone;
        let counted = asker.app.reader().activity(id, zone, (from.0, to.0)).await.map_err(|e| asker.failed(e))?;
        let day = |(day, kinds): (NaiveDate, std::collections::BTreeMap<String, u64>)| ActivityDay {
            day: Day(day),
            total: kinds.values().sum(),
            kinds: kinds.into_iter().map(|(kind, count)| ActivityKind { kind, count }).collect(),
        };
        Ok(Activity {
            days: counted.days.into_iter().map(day).collect(),
            complete: counted.counted_from.is_none(),
            counted_from: counted.counted_from.map(Instant),
        })
    }
}

/// Refuses days in the wrong order, or too many.
fn days(asker: &Asker, from: Day, to: Day) -> Result<()> {
    let count = (to.0 - from.0).num_days() + 1;
    if (1..=DAYS_MAX).contains(&count) { Ok(()) } else { Err(errors::top("DATE_INVALID", asker.lang)) }
}

/// What `whoCouldOpen` was asked.
struct Asked {
    product: ProductId,
    account: domain::AccountId,
    zone: chrono_tz::Tz,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    closed: bool,
}

impl Asked {
    /// What is to be told of these contacts, in their order.
    async fn decide(&self, asker: &Asker, candidates: &[Uuid]) -> Result<Vec<(Uuid, CouldOpen)>> {
        let reader = asker.app.reader();
        // Facts of the last moment asked about count no more.
        let facts_until = if self.from == self.until { self.until } else { self.until - TimeDelta::microseconds(1) };
        let people: Vec<Uuid> = candidates.iter().copied().chain([self.product.0, self.account.0]).collect();
        let mut events = reader.stories(people, facts_until).await.map_err(|e| asker.failed(e))?;
        let attached = |event: &Event| match event {
            Event::Contact(ContactEvent::SubscriptionAttached(e)) if e.product == self.product => {
                Some(e.subscription.0)
            }
            _ => None,
        };
        let mut subscriptions: Vec<Uuid> = events.values().flatten().filter_map(|(_, event)| attached(event)).collect();
        subscriptions.sort_unstable();
        subscriptions.dedup();
        events.extend(reader.stories(subscriptions, facts_until).await.map_err(|e| asker.failed(e))?);

        let mut could: Vec<(Uuid, Could)> = Vec::new();
        for id in candidates {
            let held: Vec<Uuid> =
                events.get(id).into_iter().flatten().filter_map(|(_, event)| attached(event)).collect();
            let story = Story {
                contact: ContactId(*id),
                product: self.product,
                account: self.account,
                events: &events,
                subscriptions: &held,
            };
            let decided = could_open(&story, self.from, self.until)
                .map_err(|e| asker.failed(crate::app::Failure::Fault(format!("contact-{id}: {e}"))))?;
            could.extend(decided.filter(|could| self.closed || could.decision.open).map(|could| (*id, could)));
        }
        let then = self.until.min(asker.now());
        let snapshot =
            Snapshot::as_of(asker, Some(then))?.read(could.iter().map(|(id, _)| *id).collect(), false).await?;
        let product = snapshot.get(self.product.0).await?;
        let rows = could.into_iter().filter_map(|(id, Could { at, decision })| {
            let contact = Contact::found(&snapshot, ContactId(id))?;
            let (open, reason) = (decision.open, decision.reason.into());
            let product = product.as_deref().and_then(|folded| folded.state.product());
            let decision = AccessDecision::new(decision, product, self.zone, asker);
            Some((id, CouldOpen { contact, open, reason, at: Instant(at), decision }))
        });
        Ok(rows.collect())
    }
}
