//! A command being decided: what it has read, what it will write, what that claims and gives free.

use super::{Caller, Done, Failure, Inner};
use crate::log::{AppendRequest, Claim, Idempotency, Meta, NewKey, Release, Todo, Write, codec};
use domain::{
    AccountId, Category, Code, ContactId, Event, Fact, Folded, ImportId, ProductId, Refusal, Refusals, RegistrationId,
    State, StreamId, SubscriptionId, account::AccountState, contact::ContactState, import::ImportState,
    product::ProductState, registration::RegistrationState, subscription::SubscriptionState, values::Email,
};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

pub(super) const EMAIL: &str = "email";
pub(super) const EXTERNAL_ID: &str = "external_id";
pub(super) const ACCOUNT_NUMBER: &str = "account_number";

/// Why a decision stopped.
pub(super) enum Stop {
    Refused(Refusals),
    Failure(Failure),
}

impl<T: Into<Refusals>> From<T> for Stop {
    fn from(refusals: T) -> Self {
        Stop::Refused(refusals.into())
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failure(failure)
    }
}

pub(super) struct Draft<'a> {
    app: &'a Inner,
    caller: &'a Caller,
    pub meta: Meta,
    fresh: bool,
    seen: Vec<Seen>,
    writes: Vec<(StreamId, Arc<Folded>, Vec<Event>)>,
    claims: Vec<Claim>,
    erasures: Vec<Uuid>,
    todos: Vec<(usize, &'static str, serde_json::Value)>,
    about: Done,
    find_again: bool,
}

struct Seen {
    stream: StreamId,
    folded: Arc<Folded>,
    remembered: bool,
}

/// A state of a known kind, with its version.
pub(super) struct Of<S> {
    pub id: Uuid,
    pub folded: Arc<Folded>,
    state: fn(&State) -> Option<&S>,
}

impl<S> Of<S> {
    /// The state; it was checked to be of this kind when it was loaded.
    pub fn get(&self) -> Result<&S, Stop> {
        (self.state)(&self.folded.state).ok_or_else(|| Stop::Failure(Failure::Fault("a state of another kind".into())))
    }

    pub fn version(&self) -> u64 {
        self.folded.version
    }
}

impl<'a> Draft<'a> {
    pub fn new(app: &'a Inner, caller: &'a Caller, meta: Meta, fresh: bool) -> Draft<'a> {
        Draft {
            app,
            caller,
            meta,
            fresh,
            seen: Vec::new(),
            writes: Vec::new(),
            claims: Vec::new(),
            erasures: Vec::new(),
            todos: Vec::new(),
            about: Done { account: caller.account, ..Done::default() },
            find_again: false,
        }
    }

    pub fn about(&self) -> Done {
        self.about.clone()
    }

    pub fn about_mut(&mut self) -> &mut Done {
        &mut self.about
    }

    pub fn id(&self) -> Uuid {
        self.app.clock.id()
    }

    async fn load<S>(
        &mut self,
        stream: StreamId,
        field: &'static str,
        state: fn(&State) -> Option<&S>,
    ) -> Result<Of<S>, Stop> {
        let folded = match self.seen.iter().find(|s| s.stream == stream) {
            Some(seen) => seen.folded.clone(),
            None => {
                let loaded = self.app.loader.load(stream, self.fresh).await?;
                self.seen.push(Seen { stream, folded: loaded.folded.clone(), remembered: loaded.remembered });
                loaded.folded
            }
        };
        // Unknown and another account's answer the same.
        let own = folded.state.account_id().is_some_and(|account| self.caller.reaches(account));
        if !own || state(&folded.state).is_none() {
            return Err(Refusal::at(Code::NotFound, field).into());
        }
        Ok(Of { id: stream.id, folded, state })
    }

    pub async fn account(&mut self, id: AccountId) -> Result<Of<AccountState>, Stop> {
        self.load(id.into(), "accountId", State::account).await
    }

    pub async fn contact(&mut self, id: ContactId) -> Result<Of<ContactState>, Stop> {
        let contact = self.load(id.into(), "contactId", State::contact).await?;
        self.about.contact = Some(id);
        Ok(contact)
    }

    pub async fn product(&mut self, id: ProductId) -> Result<Of<ProductState>, Stop> {
        let product = self.load(id.into(), "productId", State::product).await?;
        self.about.product = Some(id);
        Ok(product)
    }

    pub async fn subscription(&mut self, id: SubscriptionId) -> Result<Of<SubscriptionState>, Stop> {
        let subscription = self.load(id.into(), "subscriptionId", State::subscription).await?;
        self.about.subscription = Some(id);
        Ok(subscription)
    }

    /// A sign-up in the app.
    pub async fn registration(&mut self, id: RegistrationId) -> Result<Of<RegistrationState>, Stop> {
        let registration = self.load(id.into(), "registrationId", State::registration).await?;
        self.about.registration = Some(id);
        Ok(registration)
    }

    /// An import.
    pub async fn import(&mut self, id: ImportId) -> Result<Of<ImportState>, Stop> {
        let import = self.load(id.into(), "importId", State::import).await?;
        self.about.import = Some(id);
        Ok(import)
    }

    /// Writes events on a loaded stream.
    pub fn write<S, E: Into<Event>>(&mut self, of: &Of<S>, stream: impl Into<StreamId>, events: Vec<E>) {
        self.push(stream.into(), of.folded.clone(), events);
    }

    /// Writes the first events of a new stream.
    pub fn create<E: Into<Event>>(&mut self, stream: impl Into<StreamId>, events: Vec<E>) {
        self.push(stream.into(), Arc::new(Folded::default()), events);
    }

    /// Writes events on a stream whose state was read elsewhere; where it is another by now, the append is refused.
    pub fn push<E: Into<Event>>(&mut self, stream: StreamId, before: Arc<Folded>, events: Vec<E>) {
        if !events.is_empty() {
            self.writes.push((stream, before, events.into_iter().map(Into::into).collect()));
        }
    }

    pub fn claim(&mut self, scope: &'static str, account: Uuid, value: &str, owner: Uuid) {
        let key = self.app.vault.claim_key(scope, account, value);
        self.claims.push(Claim { scope, account: Some(account), key, owner });
    }

    /// Who has these e-mails in an account, from the claims themselves.
    pub async fn holders(&self, account: AccountId, emails: &[Email]) -> Result<BTreeMap<Email, ContactId>, Stop> {
        let keys = emails.iter().map(|email| self.app.vault.claim_key(EMAIL, account.0, email.as_str()));
        let keys: Vec<[u8; 32]> = keys.collect();
        let held = self.app.log.holders(keys.clone()).await.map_err(Failure::from)?;
        let holder = |(email, key): (&Email, &[u8; 32])| Some((email.clone(), ContactId(*held.get(key)?)));
        Ok(emails.iter().zip(&keys).filter_map(holder).collect())
    }

    /// An e-mail that somebody takes before the append is no refusal: it is decided again, and finds who took it.
    pub fn find_again(&mut self) {
        self.find_again = true;
    }

    pub fn finds_again(&self) -> bool {
        self.find_again
    }

    pub fn erase(&mut self, subject: Uuid) {
        self.erasures.push(subject);
    }

    /// Something to do outside, following from the last event written so far.
    pub fn todo(&mut self, template: &'static str, data: serde_json::Value) {
        self.todos.push((self.writes.len().saturating_sub(1), template, data));
    }

    pub fn warn(&mut self, code: Code) {
        self.about.warnings.push(code.as_str().to_owned());
    }

    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// The streams it has read.
    pub fn streams(&self) -> Vec<Uuid> {
        self.seen.iter().map(|s| s.stream.id).collect()
    }

    pub fn erasures(&self) -> &[Uuid] {
        &self.erasures
    }

    /// Whether states are worth remembering: an import touches each once.
    pub fn keeps_states(&self) -> bool {
        self.caller.door != super::Door::Import && self.erasures.is_empty()
    }

    /// Whether everything that came from memory is still so; where nothing did, it is.
    pub async fn confirm(&self) -> Result<bool, Failure> {
        let seen: Vec<_> = self.seen.iter().filter(|s| s.remembered).map(|s| (s.stream, s.folded.version)).collect();
        if seen.is_empty() { Ok(true) } else { self.app.loader.confirm(&seen).await }
    }

    /// Seals, derives event ids, and works out what the contacts' values claim and give free. None: the key to seal with was destroyed,
    /// so what was decided on is old.
    pub async fn into_request(mut self, idempotency: Option<Idempotency>) -> Result<Option<AppendRequest>, Failure> {
        let (mut writes, mut releases, mut new_keys) = (Vec::with_capacity(self.writes.len()), Vec::new(), Vec::new());
        let account = self.about.account.map(|a| a.0);
        let mut index = 0u32;
        let drafted = std::mem::take(&mut self.writes);
        let mut last_ids = Vec::with_capacity(drafted.len());
        for (stream, before, events) in drafted {
            let key = match &*before {
                _ if !events.iter().any(|e| e.private().is_some()) => None,
                Folded { version: 0, .. } => {
                    let (key, stored): (_, NewKey) = self.app.vault.new_key(stream.id, account.unwrap_or_default())?;
                    new_keys.push(stored);
                    Some(key)
                }
                _ => match self.app.vault.key(stream.id).await? {
                    Some(key) => Some(key),
                    None => return Ok(None),
                },
            };
            self.hold(stream, &before, &events, &mut releases)?;
            let mut new = Vec::with_capacity(events.len());
            for event in events {
                let id = Uuid::new_v5(&self.meta.command, &index.to_be_bytes());
                index += 1;
                new.push(codec::encode(event, id, account.unwrap_or_default(), stream, key.as_deref())?);
            }
            last_ids.push(new.last().map(|e| e.id).unwrap_or_default());
            writes.push(Write { stream, before, events: new });
        }
        // Whom a to-do concerns: the contact it was written with, so that an erasure takes it along.
        let concerns: Vec<Option<Uuid>> =
            writes.iter().map(|w| (w.stream.category == Category::Contact).then_some(w.stream.id)).collect();
        let written = |stream: &StreamId| writes.iter().any(|w| w.stream == *stream);
        let guards = self.seen.iter().filter(|s| !written(&s.stream)).map(|s| (s.stream, s.folded.version)).collect();
        let todos = self
            .todos
            .into_iter()
            .enumerate()
            .map(|(n, (write, template, data))| Todo {
                id: Uuid::new_v5(&last_ids[write], &[b't', n as u8]),
                account: account.unwrap_or_default(),
                subject: concerns[write].or(self.about.contact.map(|c| c.0)),
                template,
                data: data.to_string().into_bytes(),
                event_id: last_ids[write],
            })
            .collect();
        Ok(Some(AppendRequest {
            account,
            meta: self.meta,
            writes,
            guards,
            claims: self.claims,
            releases,
            new_keys,
            erasures: self.erasures,
            todos,
            idempotency,
        }))
    }

    /// What a contact's values claim and give free: the difference between what it holds before and after.
    fn hold(
        &mut self,
        stream: StreamId,
        before: &Folded,
        events: &[Event],
        releases: &mut Vec<Release>,
    ) -> Result<(), Failure> {
        use domain::contact::ContactEvent::{Added, Deleted, Edited, EmailChanged, Erased};
        let touches =
            |e: &Event| matches!(e, Event::Contact(Added(_) | Edited(_) | EmailChanged(_) | Deleted(_) | Erased(_)));
        if !events.iter().any(touches) {
            return Ok(());
        }
        let fact = Fact { position: 0, version: 0, at: self.meta.now, actor: self.meta.actor };
        let after = events
            .iter()
            .try_fold(before.clone(), |folded, event| folded.evolve(event, fact))
            .map_err(|e| Failure::Fault(format!("{stream}: {e}")))?;
        let (held, holds) = (holdings(&before.state), holdings(&after.state));
        let account = self.about.account.map(|a| a.0).unwrap_or_default();
        for (scope, value) in held.iter().filter(|h| !holds.contains(h)) {
            releases.push(Release { key: self.app.vault.claim_key(scope, account, value), owner: stream.id });
        }
        for (scope, value) in holds.iter().filter(|h| !held.contains(h)) {
            self.claim(scope, account, value, stream.id);
        }
        Ok(())
    }
}

/// What a contact's values hold, by scope.
pub(super) fn holdings(state: &State) -> Vec<(&'static str, String)> {
    match state.contact() {
        Some(c) if c.deleted.is_none() && c.erased.is_none() => {
            let email = c.details.email.as_ref().map(|e| (EMAIL, e.as_str().to_owned()));
            let external = c.details.external_id.clone().map(|id| (EXTERNAL_ID, id));
            email.into_iter().chain(external).collect()
        }
        _ => Vec::new(),
    }
}
