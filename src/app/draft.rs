//! A command being decided: what it has read and what it will write. `draft/rights.rs` has whether the caller may, `draft/claims.rs` what it
//! claims and gives free.

use super::{
    Caller, Done, Failure, Inner, Place,
    forward::forwarded,
    permission::Who,
    policies::{Data, Effect},
};
use crate::log::{AppendRequest, Claim, EventLog, Idempotency, Meta, NewKey, Release, Sight, Todo, Write, codec};
use crate::outbound::Targets;
use crate::vault::link::Link;
use domain::{
    AccountId, ActorKind, Category, Code, ContactId, Event, Fact, Folded, ImportId, Private, ProductId, Refusal,
    Refusals, RegistrationId, State, StreamId, SubscriptionId, UserId,
    account::{AccountActedFor, AccountState, connection::Connection},
    acting::Why,
    contact::{ContactActedFor, ContactState},
    import::ImportState,
    product::ProductState,
    registration::RegistrationState,
    subscription::SubscriptionState,
    user::UserState,
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

mod claims;
mod rights;

pub(super) use claims::holdings;

pub(super) const EMAIL: &str = "email";
pub(super) const EXTERNAL_ID: &str = "external_id";
/// Which contact a record of an ERP is.
pub(super) const ERP_LINK: &str = "erp_link";
/// A record of someone who was erased: held under the key of their link, by the account itself, so that nothing names them.
const ERP_TOMBSTONE: &str = "erp_tombstone";
pub(super) const ACCOUNT_NUMBER: &str = "account_number";
/// An account has one owner at most.
pub(super) const OWNER: &str = "owner";
/// A verified e-mail, over the whole instance.
pub(super) const USER_EMAIL: &str = "user_email";
/// The e-mail of a sign-up that waits for its contact.
pub(super) const SIGN_UP: &str = "sign_up";

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
    /// Who may do this.
    who: &'static [Who],
    /// The user's place in the account, as the log has it: looked up once.
    place: Option<Place>,
    seen: Vec<Seen>,
    writes: Vec<(StreamId, Arc<Folded>, Vec<Event>)>,
    claims: Vec<Claim>,
    releases: Vec<Release>,
    erasures: Vec<Uuid>,
    todos: Vec<(usize, &'static str, serde_json::Value)>,
    sights: Vec<Sight>,
    overtaken: HashMap<[u8; 32], Option<Uuid>>,
    /// To-dos that go with the append.
    pub done_todos: Vec<Uuid>,
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
    pub fn new(app: &'a Inner, caller: &'a Caller, command: &str, meta: Meta, fresh: bool) -> Draft<'a> {
        Draft {
            app,
            caller,
            meta,
            fresh,
            who: caller.who_may(command),
            place: None,
            seen: Vec::new(),
            writes: Vec::new(),
            claims: Vec::new(),
            releases: Vec::new(),
            erasures: Vec::new(),
            todos: Vec::new(),
            sights: Vec::new(),
            overtaken: HashMap::new(),
            done_todos: Vec::new(),
            about: Done { account: caller.account, ..Done::default() },
            find_again: false,
        }
    }

    /// The same, knowing who held values when an attempt before found them held.
    pub fn knowing(self, overtaken: HashMap<[u8; 32], Option<Uuid>>) -> Draft<'a> {
        Draft { overtaken, ..self }
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
        let folded = self.read(stream).await?;
        let not_found = || Refusal::at(Code::NotFound, field);
        if state(&folded.state).is_none() {
            return Err(not_found().into());
        }
        let account = folded.state.account_id().ok_or_else(not_found)?;
        // A command is about one account: what is another's is not found, even by someone who reaches both.
        if self.about.account.is_some_and(|first| first != account) {
            return Err(not_found().into());
        }
        self.admit(account, stream, field).await?;
        self.about.account = Some(account);
        if self.caller.actor.kind == ActorKind::Staff {
            self.meta.on_behalf_of = Some(account.0);
        }
        Ok(Of { id: stream.id, folded, state })
    }

    /// A stream's fold; what is decided is decided on this version of it.
    async fn read(&mut self, stream: StreamId) -> Result<Arc<Folded>, Failure> {
        if let Some(seen) = self.seen.iter().find(|s| s.stream == stream) {
            return Ok(seen.folded.clone());
        }
        let loaded = self.app.loader.load(stream, self.fresh).await?;
        self.seen.push(Seen { stream, folded: loaded.folded.clone(), remembered: loaded.remembered });
        Ok(loaded.folded)
    }

    /// The user who asks; `FORBIDDEN` to a program.
    pub async fn caller_user(&mut self) -> Result<Of<UserState>, Stop> {
        let user = self.caller.user().ok_or_else(|| Refusal::new(Code::Forbidden))?;
        self.user(user).await
    }

    /// A user, whatever accounts they reach.
    pub async fn user(&mut self, id: UserId) -> Result<Of<UserState>, Stop> {
        let folded = self.read(id.into()).await?;
        if folded.state.user().is_none() {
            return Err(Refusal::at(Code::NotFound, "userId").into());
        }
        self.about.user = Some(id);
        Ok(Of { id: id.0, folded, state: State::user })
    }

    /// A contact of an account that the caller does not reach, for whom a link was made: whoever has it has the mailbox.
    pub async fn contact_of_link(&mut self, id: ContactId) -> Result<Of<ContactState>, Stop> {
        let folded = self.read(id.into()).await?;
        let account = folded.state.contact().map(|contact| contact.account);
        let account = account.ok_or_else(|| Refusal::at(Code::NotFound, "contactId"))?;
        self.about.account = Some(account);
        self.about.contact = Some(id);
        Ok(Of { id: id.0, folded, state: State::contact })
    }

    /// What a link that was posted back names.
    pub fn link(&self, text: &str) -> Option<Link> {
        self.app.vault.read_link(text)
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

    /// An e-mail that somebody takes before the append is no refusal: it is decided again, and finds who took it.
    pub fn find_again(&mut self) {
        self.find_again = true;
    }

    pub fn finds_again(&self) -> bool {
        self.find_again
    }

    /// What follows from the last event written so far.
    pub fn follow(&mut self, effect: Effect) -> Result<(), Stop> {
        let template = effect.template();
        let data = serde_json::to_value(Data { correlation: self.meta.correlation, effect }).map_err(Failure::json)?;
        self.todo(template, data);
        Ok(())
    }

    /// The read models, for what need not be more exact than they are.
    pub fn db(&self) -> &crate::db::Db {
        self.app.reader.db()
    }

    /// Fails unless a read model has everything that was appended by now.
    pub async fn level(&self, model: &projections::ReadModel) -> Result<(), Failure> {
        let head = self.app.log.head().await?.position;
        let standing = crate::projector::standing(self.app.reader.db()).await?;
        let level = standing.iter().any(|s| s.model.name == model.name && s.position.is_some_and(|p| p >= head));
        if level { Ok(()) } else { Err(Failure::ReadModelBehind(head)) }
    }

    /// Contacts as they will be when this is appended, each with its stream.
    pub fn contacts_after(&self) -> Result<Vec<(ContactId, ContactState)>, Stop> {
        let mut all = Vec::new();
        for (stream, before, events) in &self.writes {
            if stream.category == Category::Contact {
                let after = self.after(*stream, before, events)?;
                all.extend(after.state.contact().cloned().map(|contact| (ContactId(stream.id), contact)));
            }
        }
        Ok(all)
    }

    fn after(&self, stream: StreamId, before: &Folded, events: &[Event]) -> Result<Folded, Failure> {
        let fact = Fact { position: 0, version: 0, at: self.meta.now, actor: self.meta.actor };
        events
            .iter()
            .try_fold(before.clone(), |folded, event| folded.evolve(event, fact))
            .map_err(|e| Failure::Fault(format!("{stream}: {e}")))
    }

    /// More events on a stream that this writes already.
    pub fn write_more(&mut self, stream: impl Into<StreamId>, more: Vec<Event>) {
        let stream = stream.into();
        if let Some((_, _, events)) = self.writes.iter_mut().find(|(s, ..)| *s == stream) {
            events.extend(more);
        }
    }

    /// Notes why support acts for the account, beside what it does: on the sheet that is changed, whose erasure takes it along, or with the account.
    pub async fn note_reason(&mut self) -> Result<(), Stop> {
        let (Some(reason), Some(account)) = (self.caller.reason.clone(), self.meta.on_behalf_of) else { return Ok(()) };
        let why = Why::read(&reason)?;
        if self.writes.is_empty() {
            return Ok(());
        }
        let sheet = self.writes.iter_mut().find(|(stream, before, _)| {
            let erased = before.state.contact().is_some_and(|contact| contact.erased.is_some());
            stream.category == Category::Contact && !erased
        });
        if let Some((_, before, events)) = sheet {
            // A sheet begins with the contact that is recorded.
            let first = usize::from(before.version == 0);
            events.insert(first, ContactActedFor { private: Private::Known(why) }.into());
            return Ok(());
        }
        let stream = StreamId::from(AccountId(account));
        let said = Event::from(AccountActedFor { private: Private::Known(why) });
        match self.writes.iter_mut().find(|(written, ..)| *written == stream) {
            Some((_, _, events)) => events.insert(0, said),
            None => {
                let before = self.read(stream).await?;
                self.writes.push((stream, before, vec![said]));
            }
        }
        Ok(())
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
        !matches!(self.caller.door, super::Door::Import | super::Door::Erp) && self.erasures.is_empty()
    }

    /// Whether everything that came from memory is still so; where nothing did, it is.
    pub async fn confirm(&self) -> Result<bool, Failure> {
        let seen: Vec<_> = self.seen.iter().filter(|s| s.remembered).map(|s| (s.stream, s.folded.version)).collect();
        if seen.is_empty() { Ok(true) } else { self.app.loader.confirm(&seen).await }
    }

    /// Seals, derives event ids, and works out what the contacts' values claim and give free. None: the key to seal with was destroyed,
    /// so what was decided on is old.
    pub async fn into_request(mut self, idempotency: Option<Idempotency>) -> Result<Option<AppendRequest>, Failure> {
        let (mut writes, mut new_keys) = (Vec::with_capacity(self.writes.len()), Vec::new());
        let account = self.about.account.map(|a| a.0);
        let connections = self.connections().await?;
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
                    // An account's first secret; nothing of an account is ever erased.
                    None if stream.category == Category::Account => {
                        let (key, stored) = self.app.vault.new_key(stream.id, account.unwrap_or_default())?;
                        new_keys.push(stored);
                        Some(key)
                    }
                    None => return Ok(None),
                },
            };
            self.hold(stream, &before, &events)?;
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
        let mut todos: Vec<Todo> = self
            .todos
            .into_iter()
            .enumerate()
            .map(|(n, (write, template, data))| Todo {
                id: Uuid::new_v5(&last_ids[write], &[b't', n as u8]),
                account: account.unwrap_or_default(),
                // What follows across streams is nobody's own, and stays when a person is erased.
                subject: concerns[write]
                    .or(self.about.contact.map(|c| c.0))
                    .filter(|_| !template.starts_with("policy:")),
                template,
                data: data.to_string().into_bytes(),
                event_id: last_ids[write],
                target: None,
            })
            .collect();
        todos.extend(forwarded(&connections, &writes, account.unwrap_or_default(), &self.meta)?);
        Ok(Some(AppendRequest {
            account,
            meta: self.meta,
            writes,
            guards,
            claims: self.claims,
            releases: self.releases,
            sights: self.sights,
            new_keys,
            erasures: self.erasures,
            todos,
            done_todos: self.done_todos,
            idempotency,
        }))
    }

    /// What the account is connected to. It is read at this version: connections made meanwhile make the append a lost race.
    async fn connections(&mut self) -> Result<Vec<Connection>, Failure> {
        let Some(account) = self.about.account else { return Ok(Vec::new()) };
        let stream = StreamId::from(account);
        // An account that is opened by this is connected to nothing yet.
        if self.writes.is_empty() || self.writes.iter().any(|(s, before, _)| *s == stream && before.version == 0) {
            return Ok(Vec::new());
        }
        let folded = self.read(stream).await?;
        Ok(folded.state.account().map(|a| a.connections.clone()).unwrap_or_default())
    }

    /// Which addresses may be called.
    pub fn targets(&self) -> Targets {
        self.app.targets.get().copied().unwrap_or_default()
    }
}
