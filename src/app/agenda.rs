//! What opens in an account in the seven days from today, counted by day, product and module.
//!
//! Openings are decided, never stored: they follow from an access, its subscriptions, and the product's schedule of today. So the account is gone through as a
//! whole, in the background, a page of accesses at a time and one account at a time on a node. What came out is kept in memory, and made anew when it is asked
//! for, something was written since, and it is older than a multiple of what it cost: a small account sees this moment, a large one costs a twentieth of a core.

use super::{App, Failure};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{
    AccountId, ModuleId, ProductId, State,
    access::{Facts, decide_access},
    account::AccountState,
    calendar,
    product::ProductState,
};
use projections::{accesses, products};
use quick_cache::sync::Cache;
use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{Notify, Semaphore};
use uuid::Uuid;

/// Days that are looked at, today among them.
pub const DAYS: i64 = 7;
/// Lines that are kept of an account, the first days' before the later ones'.
pub const LINES: usize = 200;
/// Accounts whose agenda is remembered.
const KEPT: usize = 1_000;
/// Accesses decided at a time.
const PAGE: i64 = 500;
/// How long whoever asks waits for an agenda that is being made.
const PATIENCE: Duration = Duration::from_millis(400);
/// An agenda that took a second to make is shown for so many, whatever is written.
const WORTH: u32 = 20;

/// What opens in a week.
#[derive(Debug)]
pub struct Agenda {
    /// The first day, in the account's zone: the day on which it was made.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// By day; of a day what opens for most contacts first.
    pub coming: Vec<Coming>,
    /// Whether there was more than is kept.
    pub more: bool,
}

/// For how many contacts something opens on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coming {
    /// The day.
    pub day: NaiveDate,
    /// The product.
    pub product: ProductId,
    /// The module that opens, and its name; none: the product itself.
    pub module: Option<(ModuleId, String)>,
    /// For how many.
    pub contacts: u64,
}

/// Agendas of accounts, as they were last made.
pub(super) struct Agendas {
    kept: Cache<AccountId, Arc<Desk>>,
    /// Held while one is being made.
    turn: Semaphore,
}

/// Where the agenda of an account is made and kept.
#[derive(Default)]
struct Desk {
    last: Mutex<Option<Last>>,
    /// Held while it is being made.
    making: Arc<tokio::sync::Mutex<()>>,
    made: Notify,
}

#[derive(Clone)]
struct Last {
    agenda: Arc<Agenda>,
    /// The log's newest position when it was begun.
    position: u64,
    at: Instant,
    cost: Duration,
}

impl Agendas {
    pub fn new() -> Agendas {
        Agendas { kept: Cache::new(KEPT), turn: Semaphore::new(1) }
    }
}

impl Desk {
    fn last(&self) -> Option<Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Last {
    /// Whether it still does, for somebody who has seen the log up to `seen`.
    fn does(&self, today: NaiveDate, head: u64, seen: u64) -> bool {
        let fresh = self.position == head || self.at.elapsed() < self.cost * WORTH;
        self.agenda.from == today && self.position >= seen && fresh
    }
}

impl App {
    /// What opens in an account in the week from today. None: it is still being made. `seen`: the position up to which it must know the log.
    pub async fn agenda(&self, account: AccountId, zone: Tz, seen: u64) -> Result<Option<Arc<Agenda>>, Failure> {
        let desk = match self.inner.agendas.kept.get_or_insert_with(&account, || Ok::<_, Infallible>(Arc::default())) {
            Ok(desk) => desk,
            Err(never) => match never {},
        };
        let today = calendar::day(self.inner.clock.now(), zone);
        let head = self.inner.reader.newest_position().await?;
        // Listening before looking: what is made in between is not missed.
        let made = desk.made.notified();
        if let Some(last) = desk.last().filter(|last| last.does(today, head, seen)) {
            return Ok(Some(last.agenda));
        }
        if let Ok(making) = desk.making.clone().try_lock_owned() {
            let (app, desk) = (self.clone(), desk.clone());
            let work = tokio::spawn(async move {
                let done = app.make(account, &desk).await;
                drop(making);
                desk.made.notify_waiters();
                done
            });
            // Who loses patience leaves it to go on.
            match tokio::time::timeout(PATIENCE, work).await {
                Ok(Ok(done)) => done?,
                Ok(Err(e)) => return Err(Failure::Fault(format!("the agenda of {account}: {e}"))),
                Err(_) => {}
            }
        } else {
            // Whoever made it is told of a failure.
            let _ = tokio::time::timeout(PATIENCE, made).await;
        }
        Ok(desk.last().filter(|last| last.agenda.from == today && last.position >= seen).map(|last| last.agenda))
    }

    async fn make(&self, account: AccountId, desk: &Desk) -> Result<(), Failure> {
        // Never closed.
        let _turn = self.inner.agendas.turn.acquire().await;
        let begun = Instant::now();
        let position = self.inner.reader.newest_position().await?;
        let made_at = self.inner.clock.now();
        let states = self.inner.reader.states(vec![account.0]).await?;
        let Some(state) = states.get(&account.0).and_then(|folded| folded.state.account()) else { return Ok(()) };
        let agenda = Arc::new(self.work_out(state, made_at).await?);
        let last = Last { agenda, position, at: begun, cost: begun.elapsed() };
        *desk.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
        Ok(())
    }

    async fn work_out(&self, account: &AccountState, at: DateTime<Utc>) -> Result<Agenda, Failure> {
        let db = self.inner.reader.db();
        let from = calendar::day(at, account.time_zone);
        let mut week = Week { account, at, from, to: from + TimeDelta::days(DAYS - 1), counts: HashMap::new() };
        let mut beyond: Option<(String, Uuid)> = None;
        loop {
            let after = beyond.as_ref().map(|(key, id)| (key.as_str(), *id));
            let page = db.fetch(products::list(account.id, &[], None, after, false, PAGE)).await?;
            let states = self.inner.reader.states(page.iter().map(|row| row.id).collect()).await?;
            for row in &page {
                if let Some(product) = states.get(&row.id).and_then(|folded| folded.state.product()) {
                    self.count(ProductId(row.id), product, &mut week).await?;
                }
            }
            let full = page.len() as i64 == PAGE;
            match page.into_iter().next_back() {
                Some(last) if full => beyond = Some((last.sort_key, last.id)),
                _ => return Ok(week.agenda()),
            }
        }
    }

    /// Counts what opens of one product.
    async fn count(&self, id: ProductId, product: &ProductState, week: &mut Week<'_>) -> Result<(), Failure> {
        let reader = &self.inner.reader;
        let mut beyond: Option<(String, Uuid)> = None;
        loop {
            let after = beyond.as_ref().map(|(key, id)| (key.as_str(), *id));
            let page = reader.db().fetch(accesses::in_force(week.account.id, id, after, PAGE)).await?;
            let contacts = reader.states(page.iter().map(|(_, contact)| *contact).collect()).await?;
            let attached = contacts.values().filter_map(|folded| folded.state.contact()).flat_map(|c| &c.attachments);
            let attached = attached.filter(|a| a.product == id).map(|a| a.subscription.0).collect();
            let subscriptions = reader.states(attached).await?;
            for (_, contact) in &page {
                let Some(person) = contacts.get(contact).and_then(|folded| folded.state.contact()) else { continue };
                let held = person.attachments.iter().filter(|a| a.product == id).map(|a| a.subscription);
                let held: BTreeMap<_, _> = held
                    .filter_map(|s| Some((s, subscriptions.get(&s.0).map(|f| &f.state).and_then(State::subscription)?)))
                    .collect();
                let facts = Facts {
                    contact: Some(person),
                    account: week.account,
                    product_id: id,
                    product: Some(product),
                    subscriptions: &held,
                };
                week.take(&facts);
            }
            let full = page.len() as i64 == PAGE;
            match page.into_iter().next_back() {
                Some(last) if full => beyond = Some(last),
                _ => return Ok(()),
            }
        }
    }
}

/// What was counted so far.
struct Week<'a> {
    account: &'a AccountState,
    at: DateTime<Utc>,
    from: NaiveDate,
    to: NaiveDate,
    counts: HashMap<(NaiveDate, ProductId, Option<ModuleId>), (u64, String)>,
}

impl Week<'_> {
    /// Counts what opens for one contact in this week: not what is closed again by then.
    fn take(&mut self, facts: &Facts<'_>) {
        let now = decide_access(facts, self.at);
        for (module, at) in now.openings() {
            let day = calendar::day(at, self.account.time_zone);
            if !(self.from..=self.to).contains(&day) {
                continue;
            }
            let then = if at > self.at { decide_access(facts, at) } else { now.clone() };
            let opened = match module {
                None => then.open,
                Some(module) => then.module(module.module).is_some_and(|then| then.open),
            };
            if opened {
                let name = || module.map_or_else(String::new, |m| m.name.clone());
                let counted = self.counts.entry((day, facts.product_id, module.map(|m| m.module)));
                counted.or_insert_with(|| (0, name())).0 += 1;
            }
        }
    }

    fn agenda(self) -> Agenda {
        let coming = self.counts.into_iter().map(|((day, product, module), (contacts, name))| Coming {
            day,
            product,
            module: module.map(|id| (id, name)),
            contacts,
        });
        let mut coming: Vec<Coming> = coming.collect();
        coming.sort_by_key(|it| {
            let module = it.module.as_ref().map(|(id, _)| *id);
            (it.day, std::cmp::Reverse(it.contacts), it.product, module)
        });
        let more = coming.len() > LINES;
        coming.truncate(LINES);
        Agenda { from: self.from, to: self.to, made_at: self.at, coming, more }
    }
}
