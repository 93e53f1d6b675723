//! What of a batch is appended: pure, the same for every engine.
//!
//! The engine locks its head, says what it knows ([`Known`]), and [`admit`] goes through the requests in order against that knowledge and
//! what the batch itself has changed so far. A refused request drops out alone; accepted ones get positions, times and hashes.

use super::{Head, LogFailure, Meta, StoredEvent, chain, codec::NewEvent};
use crate::vault::change::VaultChange;
use chrono::{DateTime, Utc};
use domain::{Folded, StreamId};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// Events for one stream.
#[derive(Debug, Clone)]
pub struct Write {
    /// Which.
    pub stream: StreamId,
    /// The fold they were decided on; its version must still be the stream's.
    pub before: Arc<Folded>,
    /// In order, at least one.
    pub events: Vec<NewEvent>,
}

/// A value only one may hold (an e-mail in an account), by its keyed hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What kind of value: `email`, `external_id`, `account_number`.
    pub scope: Cow<'static, str>,
    /// In which account.
    pub account: Option<Uuid>,
    /// Keyed hash of scope, account and value.
    pub key: [u8; 32],
    /// Who is to hold it.
    pub owner: Uuid,
}

/// A value that was looked up and decided on, with who held it then: someone who takes it meanwhile makes the decision old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Its keyed hash.
    pub key: [u8; 32],
    /// Who held it; none: nobody.
    pub owner: Option<Uuid>,
}

/// Gives a held value free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its keyed hash.
    pub key: [u8; 32],
    /// Who holds it; another's is left alone.
    pub owner: Uuid,
}

/// A subject's key, wrapped by the master key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewKey {
    /// Whose personal values it seals.
    pub subject: Uuid,
    /// In which account.
    pub account: Uuid,
    /// Its stored form.
    pub wrapped: Vec<u8>,
}

/// Something to be done outside because of an event: template and ids, never text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Todo {
    /// Derived from the event: the same to-do is written once. Put in order ([`Todo::in_order`]) before it is written.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// The person it concerns: purged with them.
    pub subject: Option<Uuid>,
    /// What to do.
    pub template: Cow<'static, str>,
    /// Ids, as JSON.
    pub data: Vec<u8>,
    /// The event it follows from.
    pub event_id: Uuid,
    /// The connection it goes to, by its id; none: a mail, or a policy's.
    pub target: Option<(Channel, Uuid)>,
}

/// Which way something leaves the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Channel {
    /// By SMTP.
    Mail,
    /// To the account's customer service.
    CustomerService,
    /// To a webhook.
    Webhook,
    /// Not at all: a policy carries it out here.
    Policy,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Channel; 4] = [Channel::Mail, Channel::CustomerService, Channel::Webhook, Channel::Policy];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Mail => "MAIL",
            Channel::CustomerService => "CUSTOMER_SERVICE",
            Channel::Webhook => "WEBHOOK",
            Channel::Policy => "POLICY",
        }
    }
}

impl Todo {
    /// Gives the to-dos of one append ids that keep the order they stand in (up to 4,096 of them), whatever else has the same time: lists and workers
    /// go by time and id. First the time in milliseconds, then the place, then half of the id that each had (RFC 9562, version 8).
    pub fn in_order(todos: &mut [Todo], at: DateTime<Utc>) {
        let millis = at.timestamp_millis().unsigned_abs();
        for (place, todo) in (0u64..).zip(todos) {
            let ordered = u128::from(millis << 16 | place.min(0xfff)) << 64;
            let own = todo.id.as_u128() & u128::from(u64::MAX);
            todo.id = uuid::Builder::from_custom_bytes((ordered | own).to_be_bytes()).into_uuid();
        }
    }

    /// Which way it goes.
    pub fn channel(&self) -> Channel {
        match self.target {
            Some((channel, _)) => channel,
            None if self.template.starts_with("policy:") => Channel::Policy,
            None => Channel::Mail,
        }
    }
}

/// Remembers the answer under the caller's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Idempotency {
    /// Whose key it is.
    pub account: Uuid,
    /// Keyed hash of the key.
    pub key: [u8; 32],
    /// Keyed hash of the input.
    pub fingerprint: [u8; 32],
    /// The answer: ids, as JSON.
    pub result: Vec<u8>,
}

/// A remembered answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentAnswer {
    /// Keyed hash of the input it answered.
    pub fingerprint: [u8; 32],
    /// The answer: ids, as JSON.
    pub result: Vec<u8>,
    /// The position it was given at.
    pub position: u64,
}

/// Someone who is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Whose key is destroyed.
    pub subject: Uuid,
    /// Keyed hashes of what tells who it was: rows of files on their way in that say the same go too.
    pub tells: Vec<[u8; 32]>,
}

/// Sessions to be ended: those of a user in an account where they lose what they had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsEnd {
    /// Whose.
    pub user: Uuid,
    /// In which account.
    pub account: Uuid,
}

/// From where a request came by which a person changed something: sealed, beside the log, forgotten before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whence {
    /// The request's correlation, which its events carry.
    pub correlation: Uuid,
    /// Who.
    pub actor: Uuid,
    /// Address and program, sealed.
    pub sealed: Vec<u8>,
}

/// Everything one command appends, together or not at all. What is noted of it, on its way into a log outside the database, is what it writes beside its
/// events: these stand apart there, and what it only looked at was looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AppendRequest {
    /// Whose it is.
    pub account: Option<Uuid>,
    /// Who, how, when.
    pub meta: Meta,
    /// Streams written, each once.
    #[serde(skip)]
    pub writes: Vec<Write>,
    /// Streams that were only read, with the version that was seen.
    #[serde(skip)]
    pub guards: Vec<(StreamId, u64)>,
    /// Values to hold.
    pub claims: Vec<Claim>,
    /// Values to give free; before the claims.
    pub releases: Vec<Release>,
    /// Values that were only looked up, with who held them.
    #[serde(skip)]
    pub sights: Vec<Sight>,
    /// Keys of new subjects.
    pub new_keys: Vec<NewKey>,
    /// Subjects to be erased: their keys are destroyed, what they hold is released, what waits for them is dropped.
    pub erasures: Vec<Erasure>,
    /// Sessions that end with it, on every node.
    pub session_ends: Vec<SessionsEnd>,
    /// What changes in the vault beside its events.
    pub vault: Vec<VaultChange>,
    /// What is to be done outside.
    pub todos: Vec<Todo>,
    /// To-dos that this does: they go with the append, and it is refused where one is gone already.
    pub done_todos: Vec<Uuid>,
    /// The answer to remember.
    pub idempotency: Option<Idempotency>,
    /// From where it came.
    pub whence: Option<Whence>,
}

impl AppendRequest {
    /// The streams it writes and those it only read, with the version it saw.
    pub fn seen(&self) -> impl Iterator<Item = (StreamId, u64)> {
        self.writes.iter().map(|w| (w.stream, w.before.version)).chain(self.guards.iter().copied())
    }
}

/// An accepted append.
#[derive(Debug, Clone)]
pub struct Appended {
    /// Position of its last event; of the head, when it had none.
    pub position: u64,
    /// The streams after it.
    pub after: Vec<(StreamId, Arc<Folded>)>,
    /// The answer remembered under its key, when that had been used before with the same input: nothing was appended.
    pub replayed: Option<IdempotentAnswer>,
}

/// Why nothing was appended.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// Someone wrote one of its streams first: load again and decide again.
    #[error("{0} was written meanwhile")]
    Race(StreamId),
    /// Someone else holds a value it claims.
    #[error("{scope} is taken")]
    Taken {
        /// What kind of value.
        scope: Cow<'static, str>,
        /// By whom.
        owner: Uuid,
    },
    /// Values it looked up are held by someone else by now: their keyed hashes, and by whom.
    #[error("values that were looked up are another's meanwhile")]
    Overtaken(Vec<([u8; 32], Option<Uuid>)>),
    /// A to-do that it does was done already.
    #[error("the to-do {0} was done already")]
    DoneAlready(Uuid),
    /// Its idempotency key was used with another input.
    #[error("the idempotency key was used with another input")]
    IdempotencyMismatch,
    /// The log failed.
    #[error(transparent)]
    Failure(#[from] LogFailure),
}

/// What the engine knows, read under the head's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The head.
    pub head: Head,
    /// Versions of the batch's streams; absent: 0.
    pub versions: HashMap<Uuid, u64>,
    /// Holders of the batch's claims, releases and sights.
    pub held: HashMap<[u8; 32], Uuid>,
    /// Those of the to-dos which the batch does that are still there.
    pub todos: HashSet<Uuid>,
    /// Answers remembered under the batch's idempotency keys.
    pub remembered: HashMap<(Uuid, [u8; 32]), IdempotentAnswer>,
}

/// A stream before and after the batch.
#[derive(Debug, Clone)]
pub struct Changed {
    /// Which.
    pub stream: StreamId,
    /// Before.
    pub before: Arc<Folded>,
    /// After.
    pub after: Arc<Folded>,
}

/// What is to be written.
#[derive(Debug)]
pub struct Admitted {
    /// The head afterwards.
    pub head: Head,
    /// Events in order.
    pub events: Vec<StoredEvent>,
    /// Streams written.
    pub changed: Vec<Changed>,
    /// Holders that changed: the claim, or none for a key that is given free.
    pub held: HashMap<[u8; 32], Option<Claim>>,
    /// To-dos that were done.
    pub done_todos: Vec<Uuid>,
    /// Answers to remember.
    pub remembered: Vec<(Idempotency, u64)>,
    /// An answer a request.
    pub answers: Vec<Result<Appended, AppendError>>,
}

/// Decides the batch, in order.
pub fn admit(requests: &[&AppendRequest], known: Known) -> Admitted {
    let mut batch = Batch {
        head: known.head,
        versions: known.versions,
        holders: known.held,
        todos: known.todos,
        remembered: known.remembered,
        changed: Vec::new(),
        places: HashMap::new(),
        out: Admitted {
            head: known.head,
            events: Vec::new(),
            changed: Vec::new(),
            held: HashMap::new(),
            done_todos: Vec::new(),
            remembered: Vec::new(),
            answers: Vec::with_capacity(requests.len()),
        },
    };
    for request in requests {
        let answer = batch.one(request);
        batch.out.answers.push(answer);
    }
    batch.out.head = batch.head;
    batch.out.changed = batch.changed;
    batch.out
}

struct Batch {
    head: Head,
    versions: HashMap<Uuid, u64>,
    holders: HashMap<[u8; 32], Uuid>,
    todos: HashSet<Uuid>,
    remembered: HashMap<(Uuid, [u8; 32]), IdempotentAnswer>,
    changed: Vec<Changed>,
    places: HashMap<StreamId, usize>,
    out: Admitted,
}

impl Batch {
    fn one(&mut self, request: &AppendRequest) -> Result<Appended, AppendError> {
        if let Some(replayed) = self.replay(request)? {
            return Ok(replayed);
        }
        self.check(request)?;

        // From here on nothing may fail, or the batch would hold half a request: folds are made before anything is noted.
        let at = request.meta.now.timestamp_micros().max(self.head.at);
        let mut head = Head { at, ..self.head };
        let mut events = Vec::new();
        let mut after = Vec::with_capacity(request.writes.len());
        for write in &request.writes {
            let mut folded = Folded::clone(&write.before);
            for new in &write.events {
                let stored = stored(request, write, new, &mut head, folded.version + 1);
                folded = folded
                    .evolve(&new.event, stored.fact())
                    .map_err(|e| LogFailure::Fault(format!("{}: {e}", write.stream)))?;
                events.push(stored);
            }
            after.push((write.stream, write.before.clone(), Arc::new(folded)));
        }
        if !events.is_empty() {
            self.head = head;
        }
        self.out.events.append(&mut events);
        for (stream, before, folded) in &after {
            self.versions.insert(stream.id, folded.version);
            match self.places.get(stream) {
                Some(place) => self.changed[*place].after = folded.clone(),
                None => {
                    self.places.insert(*stream, self.changed.len());
                    self.changed.push(Changed { stream: *stream, before: before.clone(), after: folded.clone() });
                }
            }
        }
        take_hold(request, &mut self.holders, &mut self.out.held);
        for todo in &request.done_todos {
            self.todos.remove(todo);
            self.out.done_todos.push(*todo);
        }
        let position = self.head.position;
        if let Some(idempotency) = &request.idempotency {
            let answer =
                IdempotentAnswer { fingerprint: idempotency.fingerprint, result: idempotency.result.clone(), position };
            self.remembered.insert((idempotency.account, idempotency.key), answer);
            self.out.remembered.push((idempotency.clone(), position));
        }
        Ok(Appended { position, after: after.into_iter().map(|(s, _, f)| (s, f)).collect(), replayed: None })
    }

    fn replay(&self, request: &AppendRequest) -> Result<Option<Appended>, AppendError> {
        let Some(idempotency) = &request.idempotency else { return Ok(None) };
        match self.remembered.get(&(idempotency.account, idempotency.key)) {
            None => Ok(None),
            Some(answer) if answer.fingerprint != idempotency.fingerprint => Err(AppendError::IdempotencyMismatch),
            Some(answer) => {
                Ok(Some(Appended { position: answer.position, after: Vec::new(), replayed: Some(answer.clone()) }))
            }
        }
    }

    fn check(&self, request: &AppendRequest) -> Result<(), AppendError> {
        // First of all: who comes second with the effect of a to-do has nothing to do, whatever else became old meanwhile.
        if let Some(gone) = request.done_todos.iter().find(|todo| !self.todos.contains(todo)) {
            return Err(AppendError::DoneAlready(*gone));
        }
        for (stream, version) in request.seen() {
            if self.versions.get(&stream.id).copied().unwrap_or(0) != version {
                return Err(AppendError::Race(stream));
            }
        }
        // All at once: whoever decides again learns everything that is new.
        let now = request.sights.iter().map(|sight| (sight, self.holders.get(&sight.key).copied()));
        let overtaken: Vec<_> =
            now.filter(|(sight, owner)| *owner != sight.owner).map(|(sight, owner)| (sight.key, owner)).collect();
        if !overtaken.is_empty() {
            return Err(AppendError::Overtaken(overtaken));
        }
        let released: HashSet<(&[u8; 32], &Uuid)> = request.releases.iter().map(|r| (&r.key, &r.owner)).collect();
        for claim in &request.claims {
            if let Some(owner) = self.holders.get(&claim.key)
                && *owner != claim.owner
                && !released.contains(&(&claim.key, owner))
            {
                return Err(AppendError::Taken { scope: claim.scope.clone(), owner: *owner });
            }
        }
        Ok(())
    }
}

/// What a request gives free, then what it claims: who holds values after it, and what of that is new.
pub(super) fn take_hold(
    request: &AppendRequest,
    holders: &mut HashMap<[u8; 32], Uuid>,
    held: &mut HashMap<[u8; 32], Option<Claim>>,
) {
    for release in &request.releases {
        if holders.get(&release.key) == Some(&release.owner) {
            holders.remove(&release.key);
            held.insert(release.key, None);
        }
    }
    for claim in &request.claims {
        holders.insert(claim.key, claim.owner);
        held.insert(claim.key, Some(claim.clone()));
    }
}

fn stored(request: &AppendRequest, write: &Write, new: &NewEvent, head: &mut Head, version: u64) -> StoredEvent {
    let mut stored = StoredEvent {
        position: head.position + 1,
        stream: write.stream,
        version,
        event_id: new.id,
        type_name: new.event.type_name().to_owned(),
        account: request.account,
        about: new.event.about(),
        meta: request.meta.into(),
        at: head.at,
        data: new.data.clone(),
        sealed: new.sealed.clone(),
        hash: [0; 32],
    };
    stored.hash = chain::hash(&head.hash, &stored);
    head.position = stored.position;
    head.hash = stored.hash;
    stored
}
