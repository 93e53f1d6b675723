//! A command being decided: what it has read (`load.rs`), what it will write, and what becomes of that on its way into the log (`append.rs`).

mod append;
mod load;

pub(in crate::app) use append::holdings;

use super::{
    Caller, CameFrom, Done, Failure, Inner, Place,
    permission::Who,
    policies::{Data, Effect},
};
use crate::{
    log::{Claim, Erasure, Meta, Release, Sight},
    outbound::Targets,
    vault::{change::VaultChange, store::Vault},
};
use domain::{
    AccountId, Category, Code, Event, Folded, Private, Refusals, State, StreamId,
    account::AccountActedFor,
    acting::Why,
    contact::{ContactActedFor, ContactState},
    values::Email,
};
use std::{collections::HashMap, sync::Arc};
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
    releases: Vec<Release>,
    erasures: Vec<Erasure>,
    todos: Vec<(usize, &'static str, serde_json::Value)>,
    sights: Vec<Sight>,
    overtaken: HashMap<[u8; 32], Option<Uuid>>,
    /// To-dos that go with the append.
    pub done_todos: Vec<Uuid>,
    /// What changes in the vault beside its events.
    pub beside: Vec<VaultChange>,
    /// From where it is asked.
    pub came_from: Option<Arc<CameFrom>>,
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

    /// The version of its last change, which callers know it by.
    pub fn edition(&self) -> u64 {
        self.folded.edition()
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
            beside: Vec::new(),
            came_from: None,
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

    /// The vault, for what goes with the append.
    pub fn vault(&self) -> &Vault {
        &self.app.vault
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
        self.claims.push(Claim { scope: scope.into(), account: Some(account), key, owner });
    }

    /// Gives a value free that is held outside accounts.
    pub fn release(&mut self, scope: &'static str, value: &str, owner: Uuid) {
        self.releases.push(Release { key: self.app.vault.claim_key(scope, Uuid::nil(), value), owner });
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
            self.claims.push(Claim { scope: ERP_TOMBSTONE.into(), account: Some(account), key, owner: account });
        }
        Ok(())
    }

    /// What follows from the last event written so far.
    pub fn follow(&mut self, effect: Effect) -> Result<(), Stop> {
        let template = effect.template();
        let data = serde_json::to_value(Data { correlation: self.meta.correlation, effect }).map_err(Failure::json)?;
        self.todo(template, data);
        Ok(())
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

    /// Erases a person: who they are is told by their e-mail and the sender's id of them, also where those were given free before.
    pub fn erase(&mut self, subject: Uuid, email: Option<&Email>, external_id: Option<&str>) {
        let account = self.about.account.map(|a| a.0).unwrap_or_default();
        let key = |scope: &str, value: &str| self.app.vault.claim_key(scope, account, value);
        let email = email.map(|email| key(EMAIL, email.as_str()));
        let tells = email.into_iter().chain(external_id.map(|id| key(EXTERNAL_ID, id))).collect();
        self.erasures.push(Erasure { subject, tells });
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

    /// Whom it erases.
    pub fn erased(&self) -> Vec<Uuid> {
        self.erasures.iter().map(|erasure| erasure.subject).collect()
    }

    /// The stream of this id, where it is written.
    pub fn written(&self, id: Uuid) -> Option<StreamId> {
        self.writes.iter().map(|(stream, ..)| *stream).find(|stream| stream.id == id)
    }

    /// Whether states are worth remembering: an import touches each once.
    pub fn keeps_states(&self) -> bool {
        !matches!(self.caller.door, super::Door::Import | super::Door::Erp) && self.erasures.is_empty()
    }

    /// Which addresses may be called.
    pub fn targets(&self) -> Targets {
        self.app.targets.get().copied().unwrap_or_default()
    }
}
