//! A command being decided: what it has read, what it will write, what that claims and gives free.

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
    AccountId, ActorKind, Category, Code, ContactId, Event, Fact, Folded, ImportId, ProductId, Refusal, Refusals,
    RegistrationId, State, StreamId, SubscriptionId, UserId,
    account::{AccountState, connection::Connection},
    calendar,
    contact::ContactState,
    import::ImportState,
    product::ProductState,
    registration::RegistrationState,
    subscription::SubscriptionState,
    user::UserState,
    values::{Email, Permission, Profile},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use uuid::Uuid;

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

    /// Whether the caller may do this to something of an account. A user's rights are read from their contact's own stream, which the append then
    /// guards: whoever loses a right meanwhile is asked again, and refused.
    async fn admit(&mut self, account: AccountId, stream: StreamId, field: &'static str) -> Result<(), Stop> {
        if let Some(user) = self.caller.user()
            && self.place.as_ref().is_none_or(|place| place.account != account)
        {
            self.place = match self.caller.place(account).map(|place| place.contact) {
                None => None,
                Some(contact) => self.look_up(account, contact, user).await?,
            };
        }
        let any_user = self.who.contains(&Who::User) && self.caller.user().is_some();
        let reached = if self.caller.user().is_some() { self.place.is_some() } else { self.caller.reaches(account) };
        // Unknown and another account's answer the same.
        if !reached && !any_user {
            return Err(Refusal::at(Code::NotFound, field).into());
        }
        let place = self.place.as_ref();
        let own = stream.category != Category::Contact || place.is_some_and(|place| place.contact.0 == stream.id);
        Ok(self.caller.may_touch(self.who, place, own, field)?)
    }

    async fn look_up(&mut self, account: AccountId, contact: ContactId, user: UserId) -> Result<Option<Place>, Stop> {
        let person = self.read(contact.into()).await?;
        let Some(member) = person.state.contact() else { return Ok(None) };
        let login = self.read(user.into()).await?;
        let zone = match member.membership.until {
            Some(_) => self.read(account.into()).await?.state.account().map(|a| a.time_zone),
            None => None,
        };
        let (email, now) = (login.state.user().and_then(UserState::verified_email), self.meta.now);
        let today = || calendar::day(now, zone.unwrap_or(chrono_tz::Tz::UTC));
        Ok(Place::of(contact, member, user, email, today))
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

    /// The user whose verified e-mail this is.
    pub async fn user_of(&self, email: &Email) -> Result<Option<UserId>, Failure> {
        let key = self.app.vault.claim_key(USER_EMAIL, Uuid::nil(), email.as_str());
        Ok(self.app.log.holder(key).await?.map(UserId))
    }

    /// Whether the caller may change who is behind a member, or what they may: nobody takes over rights they do not hold.
    pub fn outranks(&self, contact: &ContactState) -> Result<(), Refusal> {
        let owner = self.caller.user().is_none() || self.place.as_ref().is_some_and(|p| p.profile == Profile::Client);
        let membership = &contact.membership;
        let outranked = owner || (membership.profile != Profile::Client && self.holds(&membership.permissions));
        if outranked { Ok(()) } else { Err(Refusal::new(Code::PermissionNotHeld)) }
    }

    /// Refuses what would take over, or end, rights that the caller does not hold: whoever changes an e-mail changes who signs in with it. Looked at
    /// for every command, whatever room it is of.
    pub fn check_ranks(&self) -> Result<(), Refusal> {
        use domain::contact::ContactEvent::{Deleted, EmailChanged, Erased, KindConverted};
        let takes =
            |e: &Event| matches!(e, Event::Contact(EmailChanged(_) | KindConverted(_) | Deleted(_) | Erased(_)));
        self.writes
            .iter()
            .filter(|(_, _, events)| events.iter().any(takes))
            .filter_map(|(_, before, _)| before.state.contact())
            .try_for_each(|contact| self.outranks(contact))
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

    /// Whether the caller reaches an account.
    pub fn reaches(&self, account: AccountId) -> bool {
        self.caller.reaches(account)
    }

    /// The owner of an account, by its claim.
    pub async fn owner_of(&self, account: AccountId) -> Result<Option<ContactId>, Failure> {
        self.app.reader.owner_of(account).await
    }

    /// What a link that was posted back names.
    pub fn link(&self, text: &str) -> Option<Link> {
        self.app.vault.read_link(text)
    }

    /// Whether the caller holds these rights in the account: nobody grants what they do not hold. Only after something of the account was loaded.
    pub fn holds(&self, permissions: &[Permission]) -> bool {
        permissions.iter().all(|permission| self.caller.holds(self.place.as_ref(), *permission))
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

    /// Keeps the record of someone who is being erased from being taken again.
    pub async fn bury(&mut self, contact: &Of<ContactState>) -> Result<(), Stop> {
        let state = contact.get()?;
        let Some(record) = state.erp.as_ref().and_then(|link| link.key()) else { return Ok(()) };
        let key = self.app.vault.claim_key(ERP_LINK, state.account.0, &record);
        // One that was deleted before gave its record free: somebody else may be it by now.
        let holder = self.app.log.holder(key).await.map_err(Failure::from)?;
        if holder.is_none_or(|holder| holder == contact.id) {
            let account = state.account.0;
            self.claims.push(Claim { scope: ERP_TOMBSTONE, account: Some(account), key, owner: account });
        }
        Ok(())
    }

    /// Who holds a value now; that this is still so is checked when the draft is appended.
    pub async fn holder(&mut self, scope: &'static str, account: Uuid, value: &str) -> Result<Option<Uuid>, Stop> {
        let key = self.app.vault.claim_key(scope, account, value);
        let owner = self.app.log.holder(key).await.map_err(Failure::from)?;
        self.sights.push(Sight { key, owner });
        Ok(owner)
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
        let (mut writes, mut releases, mut new_keys) = (Vec::with_capacity(self.writes.len()), Vec::new(), Vec::new());
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
        let mut todos: Vec<Todo> = self
            .todos
            .into_iter()
            .enumerate()
            .map(|(n, (write, template, data))| Todo {
                id: Uuid::new_v5(&last_ids[write], &n.to_be_bytes()),
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
        // Mails first, in the order in which the command asked for them; then calls, event by event.
        todos.extend(forwarded(&connections, &writes, account.unwrap_or_default(), &self.meta)?);
        Todo::in_order(&mut todos, self.meta.now);
        Ok(Some(AppendRequest {
            account,
            meta: self.meta,
            writes,
            guards,
            claims: self.claims,
            releases,
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

    /// What a contact's values claim and give free: the difference between what it holds before and after.
    fn hold(
        &mut self,
        stream: StreamId,
        before: &Folded,
        events: &[Event],
        releases: &mut Vec<Release>,
    ) -> Result<(), Failure> {
        use domain::contact::{
            ContactEvent::{Added, Deleted, Edited, EmailChanged, Erased, Erp, Membership},
            erp::ErpEvent,
        };
        let touches = |e: &Event| match e {
            Event::Contact(Erp(ErpEvent::Linked(_)) | Membership(_)) | Event::Registration(_) => true,
            Event::Contact(e) => matches!(e, Added(_) | Edited(_) | EmailChanged(_) | Deleted(_) | Erased(_)),
            _ => false,
        };
        if !events.iter().any(touches) {
            return Ok(());
        }
        let after = self.after(stream, before, events)?;
        let (held, holds) = (holdings(&before.state), holdings(&after.state));
        let account = self.about.account.map(|a| a.0).unwrap_or_default();
        for (scope, value) in held.iter().filter(|h| !holds.contains(h)) {
            releases.push(Release { key: self.app.vault.claim_key(scope, account, value), owner: stream.id });
        }
        for (scope, value) in holds.iter().filter(|h| !held.contains(h)) {
            self.claim(scope, account, value, stream.id);
            // A contact whose e-mail somebody signed up with is decided on knowing that (rows A3, A9): nobody is taken to have, until one shows.
            if *scope == EMAIL {
                let key = self.app.vault.claim_key(SIGN_UP, account, value);
                let owner = self.overtaken.get(&key).copied().flatten();
                self.sights.push(Sight { key, owner });
            }
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
            let record = c.erp.as_ref().and_then(|link| link.key()).map(|key| (ERP_LINK, key));
            let owner = (c.membership.profile == Profile::Client).then(|| (OWNER, OWNER.to_owned()));
            email.into_iter().chain(external).chain(record).chain(owner).collect()
        }
        _ => match state.registration() {
            Some(r) if r.is_waiting() => r.who.email.iter().map(|e| (SIGN_UP, e.as_str().to_owned())).collect(),
            _ => Vec::new(),
        },
    }
}
