//! The way of a command: authorise, decide, append, answer; decided again where someone else was first.
//!
//! Which streams a command reads and what it writes is in `command/`, what is read and claimed on the way in `draft/`.

use super::{
    App, Caller, Command, Failure, command,
    draft::{self, Draft},
    request::{Done, IdempotencyKey, NotDone, Refused, Request},
};
use crate::erasure::needles::Needles;
use crate::log::{AppendError, AppendRequest, Appended, Idempotency, Meta};
use domain::{Category, Code, ContactId, Folded, Refusal, StreamId};
use futures::future::BoxFuture;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// How often a command is decided again after someone else was first.
const ATTEMPTS: usize = 3;
/// Commands decided one after the other before other tasks get their turn.
const TOGETHER: usize = 32;

/// What an effect of a policy follows from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause {
    /// The id of its command: derived, so that it is the same whoever carries it out.
    pub command: Uuid,
    /// The event.
    pub causation: Uuid,
    /// The to-do that goes with it.
    pub todo: Uuid,
}

/// What a decision starts from besides the command itself.
#[derive(Debug, Clone)]
struct Start {
    /// The command's id.
    command: Uuid,
    /// Whether what is remembered of streams may be old.
    fresh: bool,
    /// What it follows from, if it is a policy's.
    cause: Option<Cause>,
    /// Who holds values that an attempt before took to be free.
    overtaken: HashMap<[u8; 32], Option<Uuid>>,
}

impl Start {
    fn new(command: Uuid, cause: Option<Cause>) -> Start {
        Start { command, fresh: false, cause, overtaken: HashMap::new() }
    }
}

impl App {
    /// Carries a command out, or says why not.
    ///
    /// Boxed here, as other large doors of this crate are: a future is compiled again by every crate that polls it.
    pub fn execute<'a>(&'a self, caller: &'a Caller, request: Request) -> BoxFuture<'a, Result<Done, NotDone>> {
        Box::pin(self.executed(caller, request))
    }

    async fn executed(&self, caller: &Caller, request: Request) -> Result<Done, NotDone> {
        let started = std::time::Instant::now();
        let name = request.command.name();
        let seen = matches!(request.command, Command::App(_)).then(|| request.command.clone());
        let result = self.carry_out(caller, request, None).await;
        if let (Some(command), Ok(done)) = (&seen, &result) {
            self.note_seen(command, done).await;
        }
        if let Ok(Done { account: Some(account), .. }) = &result {
            self.came(caller, *account).await;
        }
        count(name, &result, started.elapsed().as_secs_f64());
        result
    }

    /// Carries many commands out together, each for itself: the answers are those of [`App::execute`], in the same order, and the log takes
    /// what they append as one entry of its queue. For commands on different streams: of two on one stream the second is decided again.
    pub fn execute_all<'a>(
        &'a self,
        caller: &'a Caller,
        requests: Vec<Request>,
    ) -> BoxFuture<'a, Vec<Result<Done, NotDone>>> {
        Box::pin(self.all_executed(caller, requests))
    }

    async fn all_executed(&self, caller: &Caller, requests: Vec<Request>) -> Vec<Result<Done, NotDone>> {
        let started = std::time::Instant::now();
        let mut streams: Vec<_> = requests.iter().flat_map(|r| r.command.streams()).collect();
        let turn = self.inner.locks.lock(&streams).await;
        streams.clear();
        let (mut ends, mut appends, mut pending) = (Vec::with_capacity(requests.len()), Vec::new(), Vec::new());
        for (place, request) in requests.iter().enumerate() {
            // What carries a key is looked up first, and goes its own way.
            let end = match request.idempotency {
                Some(_) => None,
                None => match self.decide_once(caller, request).await {
                    Ok(Decided::Append { about, append, then }) => {
                        appends.push(*append);
                        pending.push((place, about, then));
                        None
                    }
                    Ok(Decided::Again) => None,
                    Ok(Decided::Done(done)) => Some(Ok(done)),
                    Err(not_done) => Some(Err(not_done)),
                },
            };
            ends.push(end);
            if place % TOGETHER == TOGETHER - 1 {
                // Deciding waits for nothing: others get their turn.
                tokio::task::yield_now().await;
            }
        }
        let answers = if appends.is_empty() { Vec::new() } else { self.inner.log.append_all(appends).await };
        for ((place, about, then), answer) in pending.into_iter().zip(answers) {
            ends[place] = match self.settle(then, answer) {
                Ok(attempt) => self.finish(attempt, about).await,
                Err(failure) => Some(Err(failure.into())),
            };
        }
        drop(turn);
        let each = started.elapsed().as_secs_f64() / requests.len().max(1) as f64;
        let mut results = Vec::with_capacity(ends.len());
        for (end, request) in ends.into_iter().zip(requests) {
            results.push(match end {
                Some(end) => {
                    count(request.command.name(), &end, each);
                    end
                }
                None => self.execute(caller, request).await,
            });
        }
        results
    }

    /// What a command comes to before anything of it is appended.
    pub(super) async fn decide_once(&self, caller: &Caller, request: &Request) -> Result<Decided, NotDone> {
        caller.may(request.command.name(), request.command.account()).map_err(|refusal| self.refused_now(refusal))?;
        self.decide(caller, request, &Start::new(self.inner.clock.id(), None), &None).await
    }

    pub(super) async fn carry_out(
        &self,
        caller: &Caller,
        request: Request,
        cause: Option<Cause>,
    ) -> Result<Done, NotDone> {
        caller.may(request.command.name(), request.command.account()).map_err(|refusal| self.refused_now(refusal))?;
        let idempotency = match &request.idempotency {
            None => None,
            Some(given) => {
                let prepared = self.prepare(caller, &request.command, given)?;
                if let Some(done) = self.replay(&prepared).await? {
                    return Ok(done);
                }
                Some(prepared)
            }
        };
        let command = cause.map_or_else(|| self.inner.clock.id(), |cause| cause.command);
        let mut start = Start::new(command, cause);
        let _turn = self.inner.locks.lock(&request.command.streams()).await;
        // Counted once a command, whichever attempt comes to an append.
        let mut braked = false;
        for attempt in 0..ATTEMPTS {
            start.fresh = attempt > 0;
            match self.decide(caller, &request, &start, &idempotency).await? {
                Decided::Done(done) => return Ok(done),
                Decided::Again => {}
                Decided::Append { about, append, then } => {
                    if !std::mem::replace(&mut braked, true) {
                        self.brake(caller, &request.command).await?;
                    }
                    let answer = self.inner.log.append(*append).await;
                    let attempt = self.settle(then, answer)?;
                    if let Attempt::Overtaken(held) = &attempt {
                        start.overtaken.extend(held.iter().copied());
                    }
                    if let Some(end) = self.finish(attempt, about).await {
                        return end;
                    }
                }
            }
        }
        Err(Failure::Busy.into())
    }

    /// Loads and decides; what is left is to append.
    async fn decide(
        &self,
        caller: &Caller,
        request: &Request,
        start: &Start,
        idempotency: &Option<Idempotency>,
    ) -> Result<Decided, NotDone> {
        let &Start { command, fresh, cause, ref overtaken } = start;
        let meta = Meta {
            actor: caller.actor,
            on_behalf_of: None,
            origin: caller.origin(),
            command,
            correlation: request.correlation.unwrap_or(command),
            causation: cause.map(|cause| cause.causation),
            now: self.inner.clock.now(),
        };
        let name = request.command.name();
        let mut draft = Draft::new(&self.inner, caller, name, meta, fresh).knowing(overtaken.clone());
        draft.came_from = request.came_from.clone();
        let planned = match request.command.plan(&mut draft, request.expected_version).await {
            Ok(()) if !overtaken.is_empty() => command::link_found(&mut draft, overtaken).await,
            planned => planned,
        };
        let planned = match planned {
            Ok(()) => draft.note_reason().await,
            refused => refused,
        };
        draft.done_todos.extend(cause.map(|cause| cause.todo));
        let planned = planned.and_then(|()| Ok(draft.check_ranks()?));
        let mut about = draft.about();
        match planned {
            Err(draft::Stop::Failure(failure)) => return Err(failure.into()),
            Err(draft::Stop::Refused(refusals)) => {
                if !draft.confirm().await? {
                    return Ok(Decided::Again);
                }
                // A retry gets the first answer, also when what it asked for is now refused because it was done.
                if let Some(prepared) = idempotency
                    && let Some(done) = self.replay(prepared).await?
                {
                    return Ok(Decided::Done(done));
                }
                let position = self.inner.reader.newest_position().await?;
                return Err(NotDone::Refused(Box::new(Refused { refusals, about, position })));
            }
            Ok(()) => {}
        }
        if draft.is_empty() && !draft.confirm().await? {
            return Ok(Decided::Again);
        }
        about.changed = !draft.is_empty();
        if draft.is_empty() && idempotency.is_none() && cause.is_none() {
            about.position = self.inner.reader.newest_position().await?;
            return Ok(Decided::Done(about));
        }
        let remember = match idempotency {
            None => None,
            Some(prepared) => {
                Some(Idempotency { result: serde_json::to_vec(&about).map_err(Failure::json)?, ..prepared.clone() })
            }
        };
        let (keep, finds_again) = (draft.keeps_states(), draft.finds_again());
        let (erased, decided_on) = (self.last_words(&draft).await?, draft.streams());
        let Some(append) = draft.into_request(remember).await? else {
            self.inner.loader.forget(&decided_on);
            return Ok(Decided::Again);
        };
        let written = append.writes.iter().map(|w| w.stream.id);
        let streams = written.chain(append.guards.iter().map(|(s, _)| s.id)).collect();
        let follows = append.todos.iter().any(|todo| todo.template.starts_with("policy:"));
        let then = Then { keep, finds_again, erased, streams, follows };
        Ok(Decided::Append { about, append: Box::new(append), then })
    }

    /// What is personal of those whom this erases, read for the last time: it is held in memory until what is left of them was searched.
    async fn last_words(&self, draft: &Draft<'_>) -> Result<Vec<(Uuid, Needles)>, Failure> {
        let mut all = Vec::new();
        for subject in draft.erased() {
            let mut words = Needles::default();
            let Some(stream) = draft.written(subject) else { continue };
            let mut version = 0;
            loop {
                let stored = self.inner.log.read_stream(stream, version, 500).await?;
                let Some(last) = stored.last() else { break };
                version = last.version;
                for (_, event) in self.inner.reader.decode(stored).await? {
                    words.take_event(&event)?;
                }
            }
            if let Some(account) = draft.about().account.filter(|_| stream.category == Category::Contact) {
                for (_, note) in self.inner.rows.about(ContactId(subject), account).await? {
                    words.take(&serde_json::to_value(&note.row.says).map_err(Failure::json)?);
                }
            }
            all.push((subject, words));
        }
        Ok(all)
    }

    /// What an attempt comes to; none: it is to be decided again.
    async fn finish(&self, attempt: Attempt, about: Done) -> Option<Result<Done, NotDone>> {
        Some(match attempt {
            Attempt::Again | Attempt::Overtaken(..) => return None,
            // Another process came first with the same effect.
            Attempt::DoneAlready => match self.inner.reader.newest_position().await {
                Ok(position) => Ok(Done { position, changed: false, ..about }),
                Err(failure) => Err(failure.into()),
            },
            Attempt::Done(position, None, after) => Ok(Done { position, after, ..about }),
            Attempt::Done(position, Some(result), _) => match serde_json::from_slice::<Done>(&result) {
                Ok(first) => Ok(Done { position, ..first }),
                Err(e) => Err(Failure::json(e).into()),
            },
            Attempt::Refused(refusal) => match self.inner.reader.newest_position().await {
                Ok(position) => Err(NotDone::Refused(Box::new(Refused { refusals: refusal.into(), about, position }))),
                Err(failure) => Err(failure.into()),
            },
        })
    }

    pub(super) fn refused_now(&self, refusal: Refusal) -> NotDone {
        let position = self.inner.log.watch().borrow().position;
        NotDone::Refused(Box::new(Refused { refusals: refusal.into(), about: Done::default(), position }))
    }

    /// What stands for a caller's key, and tells nothing of it.
    pub(super) fn claim(
        &self,
        caller: &Caller,
        scope: &'static str,
        given: &IdempotencyKey,
    ) -> Result<[u8; 32], NotDone> {
        if given.key.is_empty() || given.key.len() > 200 {
            return Err(self.refused_now(Refusal::at(Code::Invalid, "idempotencyKey").with("max", 200)));
        }
        Ok(self.inner.vault.claim_key(scope, caller.keyring(), &given.key))
    }

    fn prepare(&self, caller: &Caller, command: &Command, given: &IdempotencyKey) -> Result<Idempotency, NotDone> {
        let key = self.claim(caller, "idempotency", given)?;
        let mut input = command.name().as_bytes().to_vec();
        input.push(0);
        input.extend_from_slice(&given.input);
        Ok(Idempotency {
            account: caller.keyring(),
            key,
            fingerprint: self.inner.vault.fingerprint(&input),
            result: Vec::new(),
        })
    }

    /// The first answer given under this key, if it was used.
    async fn replay(&self, prepared: &Idempotency) -> Result<Option<Done>, NotDone> {
        let Some(answer) = self.inner.log.remembered(prepared.account, prepared.key).await.map_err(Failure::from)?
        else {
            return Ok(None);
        };
        if answer.fingerprint != prepared.fingerprint {
            return Err(self.refused_now(Refusal::at(Code::IdempotencyMismatch, "idempotencyKey")));
        }
        let done: Done = serde_json::from_slice(&answer.result).map_err(Failure::json)?;
        Ok(Some(Done { position: answer.position, ..done }))
    }

    /// Takes note of the log's answer.
    fn settle(&self, then: Then, answer: Result<Appended, AppendError>) -> Result<Attempt, Failure> {
        let Then { keep, finds_again, erased, streams, follows } = then;
        match answer {
            Ok(appended) => {
                for (subject, words) in erased {
                    self.inner.vault.forget(subject);
                    self.inner.needles.hold(subject, words);
                }
                let mut after = Vec::new();
                if keep {
                    after = appended.after;
                    for (stream, folded) in &after {
                        self.inner.loader.keep(*stream, folded.clone());
                    }
                } else {
                    self.inner.loader.forget(&streams);
                }
                if follows {
                    self.inner.followed.notify_one();
                }
                Ok(Attempt::Done(appended.position, appended.replayed.map(|r| r.result), after))
            }
            Err(AppendError::Race(_)) => {
                self.inner.loader.forget(&streams);
                Ok(Attempt::Again)
            }
            Err(AppendError::Taken { scope, .. }) if finds_again && scope == draft::EMAIL => {
                self.inner.loader.forget(&streams);
                Ok(Attempt::Again)
            }
            Err(AppendError::Overtaken(held)) => {
                self.inner.loader.forget(&streams);
                Ok(Attempt::Overtaken(held))
            }
            Err(AppendError::DoneAlready(_)) => Ok(Attempt::DoneAlready),
            Err(AppendError::Taken { scope, .. }) => Ok(Attempt::Refused(match scope.as_ref() {
                draft::EMAIL => Refusal::at(Code::EmailTaken, "email"),
                draft::ACCOUNT_NUMBER | draft::SIGN_UP | draft::OWNER => return Ok(Attempt::Again),
                draft::USER_EMAIL => Refusal::at(Code::EmailTaken, "email"),
                _ => Refusal::at(Code::Invalid, "externalId"),
            })),
            Err(AppendError::IdempotencyMismatch) => {
                Ok(Attempt::Refused(Refusal::at(Code::IdempotencyMismatch, "idempotencyKey")))
            }
            Err(AppendError::Failure(failure)) => {
                // What became of it is not known here: what is remembered of these streams may be old.
                self.inner.loader.forget(&streams);
                Err(failure.into())
            }
        }
    }
}

/// A command decided.
pub(super) enum Decided {
    /// There is nothing to append.
    Done(Done),
    /// What it was decided on was old.
    Again,
    /// To be appended.
    Append { about: Done, append: Box<AppendRequest>, then: Then },
}

/// What of this process's memory an append concerns.
pub(super) struct Then {
    keep: bool,
    finds_again: bool,
    /// Whom it erases, and what was personal of them.
    erased: Vec<(Uuid, Needles)>,
    streams: Vec<Uuid>,
    /// Whether policies have something to do.
    follows: bool,
}

enum Attempt {
    /// Where, what had been answered under its key before, and the streams after it.
    Done(u64, Option<Vec<u8>>, Vec<(StreamId, Arc<Folded>)>),
    Again,
    Overtaken(Vec<([u8; 32], Option<Uuid>)>),
    DoneAlready,
    Refused(Refusal),
}

/// Notes a command's outcome and seconds.
fn count(command: &'static str, result: &Result<Done, NotDone>, seconds: f64) {
    let outcome = match result {
        Ok(_) => "done",
        Err(NotDone::Refused(_)) => "refused",
        Err(NotDone::Failure(_)) => "failed",
    };
    metrics::histogram!("sesame_command_seconds", "command" => command, "outcome" => outcome).record(seconds);
}
