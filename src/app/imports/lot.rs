//! A lot of rows on its way into the log: one append for all of their contacts and for the import itself.
//!
//! Within a lot a contact may take the e-mail that one before it gives free; what someone else holds is not taken: that contact is left out, and the others go.

use crate::{
    app::{
        App, Caller, Door, Failure,
        command::link_found,
        draft::{Draft, EMAIL, Stop, holdings},
        permission::takes_over,
    },
    log::{AppendError, Meta},
};
use domain::{
    AccountId, Actor, Code, ContactId, Event, Fact, Folded, ImportId, Origin, Refusal, StreamId,
    contact::{ContactEvent, ContactState},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Rows of one lot.
pub(super) const LOT: i64 = 500;
/// How often a lot is decided again after someone else was first.
const ATTEMPTS: usize = 6;

/// What one row would do to its contact.
pub(super) struct Piece {
    /// Whose contact.
    pub contact: ContactId,
    /// As it was read; of a new one: nothing.
    pub before: Arc<Folded>,
    /// What happens to it; none: nothing.
    pub events: Vec<ContactEvent>,
}

/// How a lot ended.
pub(super) enum Sent {
    /// It is in the log.
    Done,
    /// Someone wrote one of its contacts, or took what one of them was to hold: read again.
    Again,
    /// Someone wrote the import itself: stopped, or being done by another process.
    Lost,
}

/// Who does an import's work, and as part of what.
pub(super) struct Doing {
    pub import: ImportId,
    pub account: AccountId,
    /// Who said so, as they stand now: whether they may import was asked then, but nobody takes over rights that they do not hold.
    pub by: Caller,
    /// The same for the same rows, so that their events have the same ids whoever appends them.
    pub command: Uuid,
}

/// Keys that contacts hold, as the lot leaves them.
pub(super) struct Held {
    holders: HashMap<[u8; 32], Uuid>,
}

/// What of an account one value is, by the keyed hash it is held under.
type Key = (&'static str, [u8; 32]);

impl Doing {
    /// Whether whoever said so may have this happen to a contact (as `Draft::check_ranks` asks it of commands).
    pub fn may(&self, contact: &ContactState, events: &[ContactEvent]) -> Result<(), Refusal> {
        match events.iter().any(|event| takes_over(&Event::Contact(event.clone()))) {
            true => self.by.outranks(self.by.place(self.account), contact),
            false => Ok(()),
        }
    }
}

impl App {
    /// The work that someone said is to be done.
    pub(super) async fn doing(
        &self,
        import: ImportId,
        account: AccountId,
        actor: Actor,
        what: &str,
    ) -> Result<Doing, Failure> {
        let by = self.recognise(actor, Some(account), Door::Import).await?;
        Ok(Doing { import, account, by, command: Uuid::new_v5(&import.0, what.as_bytes()) })
    }

    /// The present states of these contacts, from the log's own versions.
    pub(super) async fn now_of(
        &self,
        contacts: impl Iterator<Item = ContactId>,
    ) -> Result<HashMap<Uuid, Arc<Folded>>, Failure> {
        let loads = contacts.map(|id| async move {
            let loaded = self.inner.loader.load(StreamId::from(id), true).await?;
            Ok::<_, Failure>((id.0, loaded.folded))
        });
        futures::future::try_join_all(loads).await.map(|all| all.into_iter().collect())
    }

    /// Who holds what these contacts would come to hold.
    pub(super) async fn held_by(&self, account: AccountId, pieces: &[&Piece]) -> Result<Held, Failure> {
        let mut keys = Vec::new();
        for piece in pieces {
            let (_, takes) = self.changes_hands(account, piece)?;
            keys.extend(takes.into_iter().map(|(_, key)| key));
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(Held { holders: self.inner.reader.holders(keys).await? })
    }

    /// What a piece gives free, and what it takes.
    fn changes_hands(&self, account: AccountId, piece: &Piece) -> Result<(Vec<Key>, Vec<Key>), Failure> {
        let fact = Fact {
            position: 0,
            version: 0,
            at: self.inner.clock.now(),
            actor: Actor { kind: domain::ActorKind::System, id: Uuid::nil() },
        };
        let after = piece
            .events
            .iter()
            .try_fold(Folded::clone(&piece.before), |folded, event| folded.evolve(&Event::Contact(event.clone()), fact))
            .map_err(|e| Failure::Fault(format!("{}: {e}", piece.contact)))?;
        let (had, has) = (holdings(&piece.before.state), holdings(&after.state));
        let key =
            |(scope, value): &(&'static str, String)| (*scope, self.inner.vault.claim_key(scope, account.0, value));
        Ok((
            had.iter().filter(|h| !has.contains(h)).map(key).collect(),
            has.iter().filter(|h| !had.contains(h)).map(key).collect(),
        ))
    }

    /// Takes a piece into the lot, or says what of it someone else holds.
    pub(super) fn take(
        &self,
        account: AccountId,
        piece: &Piece,
        held: &mut Held,
    ) -> Result<Result<(), Vec<&'static str>>, Failure> {
        let (gives, takes) = self.changes_hands(account, piece)?;
        let owner = piece.contact.0;
        let taken: Vec<&'static str> = takes
            .iter()
            .filter(|(_, key)| held.holders.get(key).is_some_and(|holder| *holder != owner))
            .map(|(scope, _)| *scope)
            .collect();
        if !taken.is_empty() {
            return Ok(Err(taken));
        }
        for (_, key) in gives {
            if held.holders.get(&key).is_none_or(|holder| *holder == owner) {
                held.holders.remove(&key);
            }
        }
        held.holders.extend(takes.into_iter().map(|(_, key)| (key, owner)));
        Ok(Ok(()))
    }

    /// Appends a lot together with the import's own event.
    pub(super) async fn send(
        &self,
        doing: &Doing,
        version: u64,
        pieces: Vec<Piece>,
        note: impl FnOnce(&domain::import::ImportState) -> Result<Vec<domain::import::ImportEvent>, domain::Refusals>,
    ) -> Result<Sent, Failure> {
        // Whoever said so was asked then whether they may; the work is done in their name.
        let caller = Caller::operator(Some(doing.account)).through(Door::Import);
        let meta = Meta {
            actor: doing.by.actor,
            on_behalf_of: None,
            origin: Origin::Import,
            command: doing.command,
            correlation: doing.import.0,
            causation: None,
            now: self.inner.clock.now(),
        };
        // Sealing asks for keys one by one: those of contacts that are there are read together.
        let sealed = pieces.iter().filter(|p| p.before.version > 0).map(|p| p.contact.0).collect::<Vec<_>>();
        if !sealed.is_empty() {
            for (subject, key) in self.inner.vault.keys(sealed).await? {
                self.inner.vault.keep(subject, key);
            }
        }
        let (mut note, mut events) = (Some(note), Vec::new());
        let mut overtaken = HashMap::new();
        loop {
            let mut draft = Draft::new(&self.inner, &caller, "ApplyImport", meta, true).knowing(overtaken.clone());
            let import = match draft.import(doing.import).await {
                Ok(import) if import.version() == version => import,
                Ok(_) => return Ok(Sent::Lost),
                Err(stop) => return Err(failure(stop)),
            };
            if let Some(note) = note.take() {
                events = match import.get().map(note) {
                    Ok(Ok(events)) => events,
                    Ok(Err(_)) => return Ok(Sent::Lost),
                    Err(stop) => return Err(failure(stop)),
                };
            }
            let own = StreamId::from(doing.import);
            for piece in &pieces {
                draft.push(piece.contact.into(), piece.before.clone(), piece.events.clone());
            }
            draft.write(&import, doing.import, events.clone());
            if !overtaken.is_empty() {
                link_found(&mut draft, &overtaken).await.map_err(failure)?;
            }
            let Some(request) = draft.into_request(None).await? else { return Ok(Sent::Again) };
            let streams: Vec<Uuid> = request.writes.iter().map(|write| write.stream.id).collect();
            let answer = self.inner.log.append(request).await;
            // What was loaded for the lot is of no use afterwards.
            self.inner.loader.forget(&streams);
            return match answer {
                Ok(_) => Ok(Sent::Done),
                // Some of these people signed up in the app and wait for their contact, or have a login (row A9).
                Err(AppendError::Overtaken(held)) if overtaken.is_empty() => {
                    overtaken.extend(held);
                    continue;
                }
                Err(AppendError::Race(stream)) if stream == own => Ok(Sent::Lost),
                Err(AppendError::Race(_) | AppendError::Taken { .. } | AppendError::Overtaken(_)) => Ok(Sent::Again),
                Err(AppendError::IdempotencyMismatch | AppendError::DoneAlready(_)) => {
                    Err(Failure::Fault("a lot of an import carries no key and follows from nothing".into()))
                }
                Err(AppendError::Failure(failure)) => Err(failure.into()),
            };
        }
    }
}

fn failure(stop: Stop) -> Failure {
    match stop {
        Stop::Failure(failure) => failure,
        Stop::Refused(refusals) => Failure::Fault(format!("the work of an import: {refusals}")),
    }
}

/// The code of what is someone else's.
pub(super) fn taken(scopes: &[&'static str]) -> &'static str {
    if scopes.contains(&EMAIL) { Code::EmailTaken.as_str() } else { Code::Invalid.as_str() }
}

/// Goes on with a lot until it is in, or lost.
pub(super) async fn until_in<F>(mut once: impl FnMut() -> F) -> Result<Option<super::work::Worked>, Failure>
where
    F: Future<Output = Result<(Sent, bool), Failure>>,
{
    for _ in 0..ATTEMPTS {
        match once().await? {
            (Sent::Done, last) => {
                return Ok(Some(if last { super::work::Worked::Ended } else { super::work::Worked::Further }));
            }
            (Sent::Lost, _) => return Ok(None),
            (Sent::Again, _) => {}
        }
    }
    Err(Failure::Busy)
}
