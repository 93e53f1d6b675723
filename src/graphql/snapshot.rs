//! States of one moment, read once and shared by everything that one field answers: a page of contacts with all they name takes two
//! statements, however long the page is.
//!
//! Holds only what the caller reaches; another account's things are absent like unknown ones. A resolver that needs a state which was
//! not read ahead gets it by a statement of its own, so looking ahead is a matter of speed and never of what is answered.

use super::asker::Asker;
use crate::app::{About, Question};
use async_graphql::{Context, Lookahead, Result};
use chrono::{DateTime, Utc};
use domain::{
    AccountId, ClaimId, ContactId, Folded, ProductId, State, StreamId, SubscriptionId,
    access::{Decision, Facts, decide_access},
    account::AccountState,
    contact::ContactState,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::Mutex;
use uuid::Uuid;

/// States of one moment.
pub struct Snapshot {
    asker: Asker,
    as_of: Option<DateTime<Utc>>,
    /// The instant that decisions and addresses in force are answered for.
    pub now: DateTime<Utc>,
    /// Read so far; none: read, and there is nothing that the caller reaches.
    states: RwLock<HashMap<Uuid, Option<Arc<Folded>>>>,
    /// The same things at earlier instants, read once an instant.
    before: Mutex<HashMap<DateTime<Utc>, Arc<Snapshot>>>,
    /// When the records of contacts were last sent by an ERP, read once for all contacts of this snapshot.
    last_seen: Mutex<HashMap<Uuid, Option<i64>>>,
    /// When devices were last seen, of contacts that were asked about.
    seen: Mutex<HashMap<ContactId, HashMap<i64, DateTime<Utc>>>>,
    /// When they last came, of contacts that were asked about.
    came: Mutex<HashMap<Uuid, Option<DateTime<Utc>>>>,
    /// An account whose things are read whatever the caller sees otherwise: the one an operator has just opened, or that a program checks accesses of.
    opened: Option<AccountId>,
    /// What a command just wrote.
    after: HashMap<Uuid, Arc<Folded>>,
    /// The one contact that is shown: other sheets are absent like unknown ones.
    only: Option<ContactId>,
    /// Complaints by subscription, read for all subscriptions of this snapshot at once.
    claims: Mutex<HashMap<Uuid, Vec<(ContactId, ClaimId)>>>,
}

/// Complaints shown under the subscriptions of one answer, at most.
const CLAIMS_SHOWN: i64 = 1000;

impl Snapshot {
    /// The present.
    pub fn now(asker: &Asker) -> Snapshot {
        Snapshot::at(asker, None)
    }

    /// As of an instant that is not in the future; `DATE_INVALID` when it is.
    pub fn as_of(asker: &Asker, at: Option<DateTime<Utc>>) -> Result<Snapshot> {
        match at {
            Some(at) if at > asker.now() => Err(super::errors::top("DATE_INVALID", asker.lang)),
            at => Ok(Snapshot::at(asker, at)),
        }
    }

    fn at(asker: &Asker, as_of: Option<DateTime<Utc>>) -> Snapshot {
        Snapshot {
            asker: asker.clone(),
            as_of,
            now: as_of.unwrap_or_else(|| asker.now()),
            states: RwLock::default(),
            before: Mutex::default(),
            last_seen: Mutex::default(),
            came: Mutex::default(),
            seen: Mutex::default(),
            opened: None,
            after: HashMap::new(),
            only: None,
            claims: Mutex::default(),
        }
    }

    /// The same, reading this account's things.
    pub fn reaching(self, opened: Option<AccountId>) -> Snapshot {
        Snapshot { opened, ..self }
    }

    /// The same, knowing what a command just wrote.
    pub fn knowing(self, after: &[(StreamId, Arc<Folded>)]) -> Snapshot {
        Snapshot { after: after.iter().map(|(stream, folded)| (stream.id, folded.clone())).collect(), ..self }
    }

    /// The vault, for what is derived and never stored.
    pub fn vault(&self) -> &crate::vault::store::Vault {
        self.asker.app.vault()
    }

    /// The same, showing no contact but this one.
    pub fn only(self, contact: ContactId) -> Snapshot {
        Snapshot { only: Some(contact), ..self }
    }

    /// Reads these with one statement, and, where `families`, all that the contacts among them name with a second one.
    pub async fn read(self, ids: Vec<Uuid>, families: bool) -> Result<Arc<Snapshot>> {
        self.load(&ids).await?;
        if families {
            self.load_families(&ids).await?;
        }
        Ok(Arc::new(self))
    }

    /// The past instant that this looks at; none: the present.
    pub fn moment(&self) -> Option<DateTime<Utc>> {
        self.as_of
    }

    /// Reads more, as [`Snapshot::read`] does.
    pub async fn read_more(&self, ids: Vec<Uuid>, families: bool) -> Result<()> {
        self.load(&ids).await?;
        if families { self.load_families(&ids).await } else { Ok(()) }
    }

    /// Reads what the contacts among `ids` name: their account, products and subscriptions.
    async fn load_families(&self, ids: &[Uuid]) -> Result<()> {
        let contacts: Vec<_> = ids.iter().filter_map(|id| self.known(*id)).collect();
        let mut family: Vec<Uuid> =
            contacts.iter().filter_map(|folded| folded.state.contact()).flat_map(family_of).collect();
        family.sort_unstable();
        family.dedup();
        self.load(&family).await
    }

    async fn load(&self, ids: &[Uuid]) -> Result<()> {
        let missing: BTreeSet<Uuid> = {
            let states = self.states.read().unwrap_or_else(PoisonError::into_inner);
            ids.iter().copied().filter(|id| !states.contains_key(id)).collect()
        };
        if missing.is_empty() {
            return Ok(());
        }
        let reader = self.asker.app.reader();
        let unread: Vec<Uuid> = missing.iter().copied().filter(|id| !self.after.contains_key(id)).collect();
        let mut read = match self.as_of {
            None => reader.states(unread).await,
            Some(at) => reader.states_as_of(unread, at).await,
        }
        .map_err(|e| self.asker.failed(e))?;
        read.extend(missing.iter().filter_map(|id| Some((*id, self.after.get(id)?.clone()))));
        let own = self.own_contacts(&read).await?;
        let mut states = self.states.write().unwrap_or_else(PoisonError::into_inner);
        for (id, folded) in own {
            states.insert(id, Some(folded));
        }
        for id in missing {
            let reached = read.remove(&id).filter(|folded| self.sees(&states, id, &folded.state));
            let hidden =
                |folded: &Arc<Folded>| folded.state.contact().is_some() && self.only.is_some_and(|only| only.0 != id);
            let reached = reached.filter(|folded| !hidden(folded));
            states.insert(id, reached);
        }
        Ok(())
    }

    /// The contacts that the caller is in the accounts of these: what is attached to them is theirs to see. None for who is no member.
    async fn own_contacts(&self, read: &HashMap<Uuid, Arc<Folded>>) -> Result<HashMap<Uuid, Arc<Folded>>> {
        let attached = |folded: &&Arc<Folded>| matches!(folded.state, State::Product(_) | State::Subscription(_));
        let accounts: BTreeSet<_> = read.values().filter(attached).filter_map(|f| f.state.account_id()).collect();
        let own: Vec<Uuid> = accounts.iter().filter_map(|a| self.asker.caller.place(*a)).map(|p| p.contact.0).collect();
        if own.is_empty() {
            return Ok(HashMap::new());
        }
        let reader = self.asker.app.reader();
        let read = match self.as_of {
            None => reader.states(own).await,
            Some(at) => reader.states_as_of(own, at).await,
        };
        read.map_err(|e| self.asker.failed(e))
    }

    /// Whether the caller may see this.
    fn sees(&self, known: &HashMap<Uuid, Option<Arc<Folded>>>, id: Uuid, state: &State) -> bool {
        let Some(account) = state.account_id() else { return false };
        if self.opened == Some(account) {
            return true;
        }
        let question = match state {
            State::Account(_) => Question::Account,
            State::Contact(_) => Question::Contact,
            State::Product(_) => Question::Products,
            State::Subscription(_) => Question::Subscriptions,
            State::Import(_) => Question::Import,
            // Registrations are read by questions of their own.
            _ => Question::Contacts,
        };
        let about = match state {
            State::Account(_) => About::ANY,
            State::Product(_) | State::Subscription(_) => {
                let own = self.asker.caller.place(account).and_then(|place| known.get(&place.contact.0)?.clone());
                let own = own.as_deref().and_then(|folded| folded.state.contact());
                About { own: own.is_some_and(|contact| family_of(contact).contains(&id)), subscriber: true }
            }
            other => self.about(account, id, other),
        };
        self.asker.caller.may_ask(question, account, about)
    }

    /// Whether it is the caller's own, and a subscriber.
    fn about(&self, account: AccountId, id: Uuid, state: &State) -> About {
        About {
            own: self.asker.caller.place(account).is_some_and(|place| place.contact.0 == id),
            subscriber: state.contact().is_some_and(|contact| !contact.addresses.is_empty()),
        }
    }

    /// Whether whoever asks may ask this of a thing that they see.
    pub fn may_ask_of(&self, question: Question, id: Uuid, state: &State) -> bool {
        let Some(account) = state.account_id() else { return false };
        self.opened == Some(account) || self.asker.caller.may_ask(question, account, self.about(account, id, state))
    }

    /// What was read of this; none when it was not read, or is not reached.
    pub fn known(&self, id: Uuid) -> Option<Arc<Folded>> {
        self.states.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned().flatten()
    }

    /// The state, read now if it was not read ahead.
    pub async fn get(&self, id: Uuid) -> Result<Option<Arc<Folded>>> {
        self.load(&[id]).await?;
        Ok(self.known(id))
    }

    /// The states of these, read together.
    pub async fn get_all(&self, ids: &[Uuid]) -> Result<Vec<Arc<Folded>>> {
        self.load(ids).await?;
        Ok(ids.iter().filter_map(|id| self.known(*id)).collect())
    }

    /// When the record of a contact was last sent by the account's ERP, microseconds since 1970, UTC.
    pub async fn last_seen(&self, account: AccountId, contact: ContactId) -> Result<Option<i64>> {
        let mut seen = self.last_seen.lock().await;
        if let Some(at) = seen.get(&contact.0) {
            return Ok(*at);
        }
        let linked = |folded: &Option<Arc<Folded>>| {
            folded.as_ref().and_then(|folded| folded.state.contact()).is_some_and(|contact| contact.erp.is_some())
        };
        let mut ids: Vec<Uuid> = {
            let states = self.states.read().unwrap_or_else(PoisonError::into_inner);
            states.iter().filter(|(id, folded)| linked(folded) && !seen.contains_key(*id)).map(|(id, _)| *id).collect()
        };
        ids.sort_unstable();
        let read = crate::erp::last_seen(&self.asker.app, account, ids.clone()).await;
        let read = read.map_err(|e| self.asker.failed(e))?;
        seen.extend(ids.into_iter().map(|id| (id, read.get(&id).copied())));
        Ok(seen.get(&contact.0).copied().flatten())
    }

    /// When somebody last came as a contact, to the hour; none as of an instant in the past. The first to ask reads it for all contacts that were read.
    pub async fn last_came(&self, contact: ContactId) -> Result<Option<DateTime<Utc>>> {
        if self.as_of.is_some() {
            return Ok(None);
        }
        let mut came = self.came.lock().await;
        if !came.contains_key(&contact.0) {
            let is_contact =
                |folded: &Option<Arc<Folded>>| folded.as_ref().is_some_and(|f| f.state.contact().is_some());
            let mut ids: Vec<Uuid> = {
                let states = self.states.read().unwrap_or_else(PoisonError::into_inner);
                states.iter().filter(|(_, folded)| is_contact(folded)).map(|(id, _)| *id).collect()
            };
            ids.push(contact.0);
            ids.retain(|id| !came.contains_key(id));
            ids.sort_unstable();
            ids.dedup();
            let ask = projections::memberships::last_came(ids.clone());
            let rows = self.asker.app.reader().db().fetch(ask).await.map_err(|e| self.asker.failed(e))?;
            came.extend(ids.into_iter().map(|id| (id, None)));
            came.extend(rows.into_iter().map(|(id, at)| (id, DateTime::from_timestamp_micros(at))));
        }
        Ok(came.get(&contact.0).copied().flatten())
    }

    /// The account of things in this snapshot.
    pub async fn account(&self, id: AccountId) -> Result<Arc<Folded>> {
        self.get(id.0).await?.ok_or_else(|| self.asker.not_found())
    }

    /// The complaints on a subscription, newest first. The first that asks reads those on every subscription known here, with their contacts.
    pub async fn claims_on(&self, subscription: SubscriptionId) -> Result<Vec<(ContactId, ClaimId)>> {
        let mut claims = self.claims.lock().await;
        if !claims.contains_key(&subscription.0) {
            let (ids, account) = {
                let states = self.states.read().unwrap_or_else(PoisonError::into_inner);
                let known = states
                    .iter()
                    .filter_map(|(id, folded)| Some((*id, folded.as_ref()?.state.subscription()?.account)));
                let known: Vec<_> = known.filter(|(id, _)| !claims.contains_key(id)).collect();
                let account = known.iter().find(|(id, _)| *id == subscription.0).map(|(_, account)| *account);
                (known.iter().map(|(id, _)| *id).collect::<Vec<_>>(), account)
            };
            let Some(account) = account else { return Ok(Vec::new()) };
            let ask = projections::claims::of_subscriptions(account, ids.clone(), CLAIMS_SHOWN);
            let rows = self.asker.app.reader().db().fetch(ask).await.map_err(|e| self.asker.failed(e))?;
            for id in ids {
                claims.entry(id).or_default();
            }
            self.load(&rows.iter().map(|row| row.contact).collect::<Vec<_>>()).await?;
            for row in rows {
                claims.entry(row.subscription).or_default().push((ContactId(row.contact), ClaimId(row.id)));
            }
        }
        Ok(claims.get(&subscription.0).cloned().unwrap_or_default())
    }

    /// Whether `contact` may open `product`: by the facts recorded by `at` where that is in the past, by those of this snapshot,
    /// projected, where it is not.
    pub async fn decide(&self, contact: ContactId, product: ProductId, at: Option<DateTime<Utc>>) -> Result<Decision> {
        match at {
            Some(at) if at < self.now => {
                let then = self.before(at).await?;
                then.load(&[contact.0, product.0]).await?;
                then.load_families(&[contact.0]).await?;
                let account = self.deciding_account(contact).await?;
                // Before the account was opened nobody had access to anything, whatever its policies are now.
                let account = then.get(account.0).await?.unwrap_or(self.account(account).await?);
                then.decide_here(&account, contact, product, at)
            }
            at => {
                self.load(&[contact.0, product.0]).await?;
                self.load_families(&[contact.0]).await?;
                let account = self.account(self.deciding_account(contact).await?).await?;
                self.decide_here(&account, contact, product, at.unwrap_or(self.now))
            }
        }
    }

    /// Everything read so far, as it was at an earlier instant.
    async fn before(&self, at: DateTime<Utc>) -> Result<Arc<Snapshot>> {
        let mut before = self.before.lock().await;
        if let Some(then) = before.get(&at) {
            return Ok(then.clone());
        }
        let ids: Vec<Uuid> = self.states.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        let then = Snapshot::at(&self.asker, Some(at)).read(ids, true).await?;
        before.insert(at, then.clone());
        Ok(then)
    }

    /// The account whose policies decide.
    async fn deciding_account(&self, contact: ContactId) -> Result<AccountId> {
        let person = self.get(contact.0).await?;
        let own = person.as_deref().and_then(|folded| folded.state.account_id());
        own.or(self.asker.caller.only_account()).ok_or_else(|| self.asker.not_found())
    }

    fn decide_here(
        &self,
        account: &Folded,
        contact: ContactId,
        product: ProductId,
        at: DateTime<Utc>,
    ) -> Result<Decision> {
        let person = self.known(contact.0);
        let person = person.as_deref().and_then(|folded| folded.state.contact());
        let thing = self.known(product.0);
        let held: Vec<_> = person
            .into_iter()
            .flat_map(|p| p.attachments.iter().filter(|a| a.product == product))
            .filter_map(|a| Some((a.subscription, self.known(a.subscription.0)?)))
            .collect();
        let subscriptions: BTreeMap<_, _> =
            held.iter().filter_map(|(id, folded)| Some((*id, folded.state.subscription()?))).collect();
        let facts = Facts {
            contact: person,
            account: self.state_of(account, State::account)?,
            product_id: product,
            product: thing.as_deref().and_then(|folded| folded.state.product()),
            subscriptions: &subscriptions,
        };
        Ok(decide_access(&facts, at))
    }

    /// The state as what it is known to be.
    pub fn state_of<'a, S>(&self, folded: &'a Folded, kind: fn(&State) -> Option<&S>) -> Result<&'a S> {
        kind(&folded.state).ok_or_else(|| self.asker.not_found())
    }

    /// When a contact's device was last seen; none as of an instant in the past. The first to ask reads it for all contacts that were read.
    pub async fn device_seen(&self, contact: ContactId, device: i64) -> Result<Option<DateTime<Utc>>> {
        if self.as_of.is_some() {
            return Ok(None);
        }
        let mut seen = self.seen.lock().await;
        if !seen.contains_key(&contact) {
            let mut wanted = vec![contact];
            {
                let states = self.states.read().unwrap_or_else(PoisonError::into_inner);
                let registered =
                    |folded: &Arc<Folded>| folded.state.contact().is_some_and(|c| c.registration.is_some());
                wanted.extend(
                    states.iter().filter(|(_, f)| f.as_ref().is_some_and(registered)).map(|(id, _)| ContactId(*id)),
                );
            }
            wanted.retain(|id| !seen.contains_key(id));
            let rows = self.asker.app.devices_seen(wanted.clone()).await.map_err(|e| self.asker.failed(e))?;
            wanted.into_iter().for_each(|id| _ = seen.insert(id, HashMap::new()));
            for ((id, device), at) in rows {
                seen.entry(id).or_default().insert(device, at);
            }
        }
        Ok(seen.get(&contact).and_then(|devices| devices.get(&device)).copied())
    }

    /// The account's day on which this snapshot looks.
    pub fn today(&self, account: &AccountState) -> chrono::NaiveDate {
        domain::calendar::day(self.now, account.time_zone)
    }
}

/// What a contact names: its account, the products it has or had, the subscriptions that count or counted.
fn family_of(contact: &ContactState) -> Vec<Uuid> {
    let products = contact.accesses.keys().map(|p| p.0);
    let attached = contact.attachments.iter().flat_map(|a| [a.subscription.0, a.product.0]);
    std::iter::once(contact.account.0).chain(products).chain(attached).collect()
}

/// Whether what is selected under an access needs more than its contact's own state, and its product.
pub fn wants_decision(access: &Lookahead<'_>) -> bool {
    let decided = ["decision", "modules", "anchor", "accessibleSince", "opensAt"];
    decided.iter().any(|field| access.field(field).exists())
}

/// Whether what is selected under a contact needs more than the contact's own state.
pub fn wants_family(contact: &Lookahead<'_>) -> bool {
    ["accesses", "subscriptions", "address", "claims", "erp"].iter().any(|field| contact.field(field).exists())
}

/// The same for a page of contacts.
pub fn wants_families(ctx: &Context<'_>) -> bool {
    let page = ctx.look_ahead();
    wants_family(&page.field("edges").field("node"))
}
