//! A draft on its way into the log: sealed, with ids, with what it claims and gives free, and what follows from it.

use super::{Draft, EMAIL, ERP_LINK, EXTERNAL_ID, OWNER, SIGN_UP, Stop, USER_EMAIL};
use crate::{
    app::{Failure, forward::forwarded, permission::takes_over, whence},
    log::{AppendRequest, Idempotency, Meta, NewKey, Release, SessionsEnd, Sight, Todo, Whence, Write, codec},
};
use domain::{
    Category, ContactId, Event, Fact, Folded, Refusal, State, StreamId,
    account::connection::Connection,
    contact::ContactState,
    values::{ContactKind, Profile},
};
use uuid::Uuid;

impl Draft<'_> {
    /// Refuses what would take over, or end, rights that the caller does not hold. Looked at for every command, whatever room it is of; the lots of an
    /// import are no command, and look for themselves.
    pub fn check_ranks(&self) -> Result<(), Refusal> {
        self.writes
            .iter()
            .filter(|(_, _, events)| events.iter().any(takes_over))
            .filter_map(|(_, before, _)| before.state.contact())
            .try_for_each(|contact| self.outranks(contact))
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

    /// Seals, derives event ids, and works out what the contacts' values claim and give free. None: the key to seal with was destroyed,
    /// so what was decided on is old.
    pub async fn into_request(mut self, idempotency: Option<Idempotency>) -> Result<Option<AppendRequest>, Failure> {
        let (mut writes, mut new_keys) = (Vec::with_capacity(self.writes.len()), Vec::new());
        let account = self.about.account.map(|a| a.0);
        let connections = self.connections().await?;
        let whence = self.whence()?;
        let mut index = 0u32;
        let drafted = std::mem::take(&mut self.writes);
        let mut last_ids = Vec::with_capacity(drafted.len());
        let session_ends = drafted.iter().filter_map(|(_, before, events)| session_ends(before, events)).collect();
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
                id: Uuid::new_v5(&last_ids[write], &n.to_be_bytes()),
                account: account.unwrap_or_default(),
                // What follows across streams is nobody's own, and stays when a person is erased.
                subject: concerns[write]
                    .or(self.about.contact.map(|c| c.0))
                    .filter(|_| !template.starts_with("policy:")),
                template: template.into(),
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
            releases: self.releases,
            sights: self.sights,
            new_keys,
            erasures: self.erasures,
            session_ends,
            vault: self.beside,
            todos,
            done_todos: self.done_todos,
            idempotency,
            whence,
        }))
    }

    /// From where a person asks for what is written.
    fn whence(&self) -> Result<Option<Whence>, Failure> {
        let Meta { actor, correlation, .. } = self.meta;
        let Some(from) = self.came_from.as_ref().filter(|_| whence::is_noted(actor.kind) && !self.writes.is_empty())
        else {
            return Ok(None);
        };
        Ok(Some(Whence { correlation, actor: actor.id, sealed: whence::sealed(&self.app.vault, correlation, from)? }))
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

    /// What a contact's values claim and give free: the difference between what it holds before and after.
    fn hold(&mut self, stream: StreamId, before: &Folded, events: &[Event]) -> Result<(), Failure> {
        use domain::contact::{
            ContactEvent::{Added, Deleted, Edited, EmailChanged, Erased, Erp, KindConverted, Membership},
            erp::ErpEvent,
        };
        let touches = |e: &Event| match e {
            Event::Contact(Erp(ErpEvent::Linked(_)) | Membership(_)) | Event::Registration(_) => true,
            Event::Contact(e) => {
                matches!(e, Added(_) | Edited(_) | EmailChanged(_) | KindConverted(_) | Deleted(_) | Erased(_))
            }
            _ => false,
        };
        if !events.iter().any(touches) {
            return Ok(());
        }
        let after = self.after(stream, before, events)?;
        let (held, holds) = (holdings(&before.state), holdings(&after.state));
        let account = self.about.account.map(|a| a.0).unwrap_or_default();
        for (scope, value) in held.iter().filter(|h| !holds.contains(h)) {
            self.releases.push(Release { key: self.app.vault.claim_key(scope, account, value), owner: stream.id });
        }
        for (scope, value) in holds.iter().filter(|h| !held.contains(h)) {
            self.claim(scope, account, value, stream.id);
        }
        // A contact whose e-mail somebody signed up with, or is the login of a user, is decided on knowing that (rows A3, A9, O1): nobody is
        // taken to have, until one shows. So is a group that becomes a person: from then on somebody may sign in as it.
        let becomes_one = events.iter().any(
            |event| matches!(event, Event::Contact(KindConverted(converted)) if converted.kind == ContactKind::Person),
        );
        for (_, value) in holds.iter().filter(|h| h.0 == EMAIL && (becomes_one || !held.contains(h))) {
            for (scope, account) in [(SIGN_UP, account), (USER_EMAIL, Uuid::nil())] {
                let key = self.app.vault.claim_key(scope, account, value);
                let owner = self.overtaken.get(&key).copied().flatten();
                self.sights.push(Sight { key, owner });
            }
        }
        Ok(())
    }
}

/// The sessions that end with these events: of the user who is a contact, in its account, once they lose what let them in there.
fn session_ends(before: &Folded, events: &[Event]) -> Option<SessionsEnd> {
    use domain::contact::{
        ContactEvent::{Deleted, Erased, KindConverted, Membership, Portal},
        membership::MembershipEvent::{Deactivated, Left, UserUnlinked},
        portal::PortalEvent::Closed,
    };
    let ends = |event: &Event| {
        matches!(
            event,
            Event::Contact(
                Membership(Deactivated(_) | Left(_) | UserUnlinked(_))
                    | Portal(Closed(_))
                    | Deleted(_)
                    | Erased(_)
                    | KindConverted(_)
            )
        )
    };
    let contact = before.state.contact().filter(|_| events.iter().any(ends))?;
    Some(SessionsEnd { user: contact.membership.user?.0, account: contact.account.0 })
}

/// What a contact's values hold, by scope.
pub(in crate::app) fn holdings(state: &State) -> Vec<(&'static str, String)> {
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
