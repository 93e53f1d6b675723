//! The only way to write, and the way to read what was written.
//!
//! [`App::execute`] (`execute.rs`): authorise (`permission.rs`), load (`load.rs`), decide (crate `domain`), append (`log`), answer. `request.rs` has what is
//! asked and answered, `command/` what can be asked and which streams each command reads and writes, `draft/` what a decision read and will write.
//! [`Reader`] (`read.rs`) answers questions: now from read models, as of then from the log; `narrowed.rs` goes through all that a list
//! is narrowed to, `agenda.rs` counts what opens within a week, `follow.rs` tells what happens. `policies.rs` does what follows
//! across streams, `imports/` in the background what imports ask for. `tokens.rs` makes and ends tokens; `views.rs` keeps
//! what somebody keeps for themselves, `bulk.rs` how far an act on many is.

mod agenda;
mod bulk;
mod caller;
mod command;
mod draft;
mod execute;
mod failure;
mod follow;
mod forward;
pub mod imports;
mod load;
mod locks;
mod mailing;
mod narrowed;
mod permission;
pub mod policies;
mod preview;
mod read;
mod readings;
mod request;
pub mod seen;
mod tokens;
mod views;
mod visits;
mod whence;

pub use agenda::Coming;
pub use bulk::{Abandoned, Act, BULK_MOST, Became, Bulk, BulkRow, Stage, Tally};
pub use command::{
    AppCommand, Command, ConnectionCommand, DeliveryAddress, ErpCommand, ErpSync, ExportCommand, ImportCommand,
    Invited, JourneyCommand, Members, NewClaim, NewGuest, NewMember, NewProduct, NewSubscription, OpenAccount, Payment,
    Renewal, Submission, Subscriber, TokenCommand, Users,
};
pub use failure::Failure;
pub use follow::{Follower, Lost, Told, tell};
pub use narrowed::{Met, Narrowed, Walk};
pub use request::{Done, IdempotencyKey, NotDone, Refused, Request};
// The trail is the log itself, and this is as much of it as other rooms see.
pub use crate::log::{StoredEvent, TrailFilter, TrailPage, TrailSeek};
pub use crate::vault::store::{Grant, TokenRow};
pub use caller::{Caller, Door, InSession, Place};
pub use permission::{ASKED_AGAIN, About, Question, TABLE, Who, reference as permissions_reference};
pub use read::{GivenPosition, PositionToken, Reader};
pub use tokens::TokenAsked;
pub use views::{VIEWS_MAX, View, Whose};
pub use whence::CameFrom;

use crate::{
    clock::Clock,
    db::Db,
    erasure::needles::Held,
    limits::Limits,
    log::EventLog,
    retention::Retention,
    vault::{
        link::{Link, Purpose},
        store::{Bearer, Vault},
    },
};
use domain::{
    AccountId, Actor, ActorKind, ContactId, Folded, ModuleId, Refusal, StreamId, UserId, account::token::Scopes,
};
use execute::Cause;
use load::Loader;
use locks::Locks;
use std::{path::PathBuf, sync::Arc};
use uuid::Uuid;

/// The service, behind every door. Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    log: Arc<dyn EventLog>,
    vault: Vault,
    clock: Arc<dyn Clock>,
    loader: Loader,
    locks: Locks,
    reader: Reader,
    feed: follow::Feed,
    rows: imports::Rows,
    visits: visits::Visits,
    readings: readings::Readings,
    agendas: agenda::Agendas,
    limits: Limits,
    targets: std::sync::OnceLock<crate::outbound::Targets>,
    /// What was personal of those who were just erased, until it was searched for.
    needles: Held,
    /// Folders of files about people.
    folders: std::sync::OnceLock<Vec<PathBuf>>,
    retention: std::sync::OnceLock<Retention>,
    /// Told when this process wrote what policies are to do.
    followed: tokio::sync::Notify,
}

impl App {
    /// Puts the service together.
    pub fn new(db: Db, log: Arc<dyn EventLog>, vault: Vault, clock: Arc<dyn Clock>) -> App {
        let loader = Loader::new(db.clone(), log.clone(), vault.clone());
        let reader = Reader::new(db.clone(), log.clone(), vault.clone());
        let limits = Limits::new(db.clone(), vault.clone());
        App {
            inner: Arc::new(Inner {
                log,
                clock,
                loader,
                locks: Locks::new(),
                reader,
                feed: follow::Feed::new(),
                rows: imports::Rows::new(db, vault.clone()),
                vault,
                followed: Default::default(),
                targets: std::sync::OnceLock::new(),
                needles: Held::default(),
                folders: std::sync::OnceLock::new(),
                retention: std::sync::OnceLock::new(),
                visits: visits::Visits::new(),
                readings: readings::Readings::new(),
                agendas: agenda::Agendas::new(),
                limits,
            }),
        }
    }

    /// Lets connections lead to these addresses; public ones, where this is not called before the first command.
    pub fn allow_targets(&self, targets: crate::outbound::Targets) {
        // Told once, when the service starts.
        let _ = self.inner.targets.set(targets);
    }

    /// Keeps what stands beside the log for so long; for as long as by default, where this is not called.
    pub fn keep_for(&self, retention: Retention) {
        // Told once, when the service starts.
        let _ = self.inner.retention.set(retention);
    }

    /// How long what stands beside the log is kept.
    pub fn retention(&self) -> Retention {
        self.inner.retention.get().copied().unwrap_or_default()
    }

    /// Names folders in which files about people are: they are searched after an erasure.
    pub fn search_in(&self, folders: Vec<PathBuf>) {
        // Told once, when the service starts.
        let _ = self.inner.folders.set(folders);
    }

    /// Those folders.
    pub fn search_folders(&self) -> &[PathBuf] {
        self.inner.folders.get().map(Vec::as_slice).unwrap_or_default()
    }

    /// What was personal of those who were just erased.
    pub fn needles(&self) -> &Held {
        &self.inner.needles
    }

    /// The way to read.
    pub fn reader(&self) -> &Reader {
        &self.inner.reader
    }

    /// The vault, for tokens.
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// How often something may be tried.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    /// The log.
    pub fn log(&self) -> &Arc<dyn EventLog> {
        &self.inner.log
    }

    /// The caller that an actor is, with the accounts they reach now, and what a program's token may.
    pub async fn recognise(&self, actor: Actor, account: Option<AccountId>, door: Door) -> Result<Caller, Failure> {
        let scopes = match actor.kind {
            // A token that is not there any more may nothing.
            ActorKind::Token => self.vault().token(actor.id).await?.map_or(Scopes::default(), |row| row.scopes),
            _ => Scopes::OWNER,
        };
        let bearer = Bearer { actor, account, scopes };
        let nowhere = || Caller { scopes, ..Caller::of(actor, account, door) };
        Ok(self.recognise_bearer(bearer, door).await?.unwrap_or_else(nowhere))
    }

    /// The same of whom a token was found to speak for: nobody, where the user it was made for was erased.
    pub async fn recognise_bearer(&self, bearer: Bearer, door: Door) -> Result<Option<Caller>, Failure> {
        let caller = Caller { scopes: bearer.scopes, ..Caller::of(bearer.actor, bearer.account, door) };
        let Some(user) = caller.user() else { return Ok(Some(caller)) };
        let places = self.inner.reader.places(user, self.inner.clock.now()).await?;
        Ok(places.map(|places| Caller { places: places.into(), ..caller }))
    }

    /// Whoever began something that goes on without them, with what they may in its account by now: nothing, where they are not let in there any more.
    pub async fn recognise_for(&self, whose: Whose) -> Result<Caller, Failure> {
        let caller = Caller::of(Actor { kind: ActorKind::User, id: whose.user.0 }, None, Door::Pages);
        let place = self.inner.reader.place_in(whose.user, whose.account, self.inner.clock.now()).await?;
        Ok(Caller { places: place.into_iter().collect(), ..caller })
    }

    /// The caller that a session is: its user in the one account it works in, or in none. None: the user is not let in there any more, or is gone.
    pub async fn recognise_session(
        &self,
        user: UserId,
        session: InSession,
        account: Option<AccountId>,
    ) -> Result<Option<Caller>, Failure> {
        let caller = Caller::of(Actor { kind: ActorKind::User, id: user.0 }, None, Door::Api);
        let place = match account {
            None => None,
            Some(account) => match self.inner.reader.place_in(user, account, self.inner.clock.now()).await? {
                None => return Ok(None),
                place => place,
            },
        };
        let places = place.into_iter().collect::<Vec<_>>();
        Ok(Some(Caller { places: places.into(), session: Some(session), ..caller }))
    }

    /// Whether a caller may send the records of an account's ERP, or have them pulled, whatever is in them.
    pub fn may_sync(&self, caller: &Caller, account: AccountId) -> Result<(), Refusal> {
        caller.may("SyncErpRecord", Some(account))
    }

    /// A new id of a module, for whoever builds a command with modules.
    pub fn fresh_module(&self) -> ModuleId {
        ModuleId(self.inner.clock.id())
    }

    /// A stream's state as the log has it this moment, whatever read models and memory know.
    pub async fn state(&self, stream: StreamId) -> Result<Arc<Folded>, Failure> {
        Ok(self.inner.loader.load(stream, true).await?.folded)
    }

    /// Forgets what it remembers of these streams: someone else wrote them.
    pub fn freshen(&self, streams: &[Uuid]) {
        self.inner.loader.forget(streams);
    }

    /// Forgets everything it remembers of streams and keys (an erasure by another process, a long absence).
    pub fn freshen_all(&self) {
        self.inner.loader.forget_all();
    }

    async fn account_of(&self, contact: ContactId) -> Result<Option<AccountId>, Failure> {
        let loaded = self.inner.loader.load(contact.into(), false).await?;
        Ok(loaded.folded.state.contact().map(|contact| contact.account))
    }

    /// Whom the text of a one-time link speaks for, and what it names; none when it was not made here for this. Whether it still opens anything is
    /// told by the rule it is used with.
    pub async fn link_holder(&self, text: &str, purpose: Purpose) -> Result<Option<(Caller, Link)>, Failure> {
        let Some(link) = self.inner.vault.read_link(text).filter(|link| link.purpose == purpose) else {
            return Ok(None);
        };
        let account = self.account_of(ContactId(link.subject)).await?;
        let actor = Actor { kind: ActorKind::Link, id: link.subject };
        Ok(account.map(|account| (Caller::of(actor, Some(account), Door::Api), link)))
    }
}
