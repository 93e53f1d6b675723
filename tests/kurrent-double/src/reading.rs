//! Reading a stream or all of them, and following either as it grows.

use crate::{
    serve::Shared,
    statuses,
    store::{Record, Store, ticks},
    wire::{self, Content, FilterBy, FilterOption, FromPosition, FromRevision, IdForm, Of, ReadOptions, ReadResp},
};
use fancy_regex::Regex;
use futures::{StreamExt, stream::BoxStream};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::mpsc;
use tonic::Status;

/// Events looked at in one go for somebody who follows.
const AT_ONCE: usize = 200;

type Answers = BoxStream<'static, Result<ReadResp, Status>>;

/// Answers a call to read.
pub fn read(shared: &Arc<Shared>, request: wire::ReadReq) -> Result<Answers, Status> {
    let options = request.options.ok_or_else(|| Status::invalid_argument("no options"))?;
    match options.how_many {
        Some(wire::HowMany::Subscription(())) => follow(shared.clone(), options),
        Some(wire::HowMany::Count(count)) => {
            let found = shared.with(|store| {
                if let (Some(Of::All(of)), Some(FilterOption::Filter(_))) = (&options.of, &options.filter) {
                    let from = if let Some(FromPosition::At(at)) = of.from { store.at(at.commit) } else { 0 };
                    shared.passed(store.log().len().saturating_sub(from));
                }
                page(store, &options, usize::try_from(count).unwrap_or(usize::MAX))
            })?;
            Ok(futures::stream::iter(found.into_iter().map(Ok)).boxed())
        }
        None => Err(Status::invalid_argument("neither a count nor a subscription")),
    }
}

fn said(content: Content) -> ReadResp {
    ReadResp { content: Some(content) }
}

fn name_of(stream: Option<&wire::StreamName>) -> Result<String, Status> {
    let name = stream.and_then(|stream| String::from_utf8(stream.name.to_vec()).ok());
    name.filter(|name| !name.is_empty()).ok_or_else(|| Status::invalid_argument("no stream is named"))
}

fn page(store: &Store, options: &ReadOptions, count: usize) -> Result<Vec<ReadResp>, Status> {
    let backwards = options.direction == 1;
    match options.of.as_ref() {
        Some(Of::Stream(of)) => {
            let name = name_of(of.stream.as_ref())?;
            let Some(events) = store.stream(&name).map_err(|_| statuses::deleted(&name))? else {
                return Ok(vec![said(Content::StreamNotFound(wire::StreamNotFound { stream: of.stream.clone() }))]);
            };
            let last = events.last().map(|record| record.revision);
            let within = |record: &&&Record| match (of.from, backwards) {
                (Some(FromRevision::At(revision)), false) => record.revision >= revision,
                (Some(FromRevision::At(revision)), true) => record.revision <= revision,
                (Some(FromRevision::End(())), false) => false,
                (Some(FromRevision::Start(())), true) => record.revision == 0,
                _ => true,
            };
            let found = events.iter().filter(within).copied();
            let found: Vec<&Record> =
                if backwards { found.rev().take(count).collect() } else { found.take(count).collect() };
            let mut said_of: Vec<ReadResp> = found.into_iter().map(|record| event(record, options)).collect();
            // Newer clients are told where the stream ends.
            if options.control.is_some_and(|control| control.compatibility >= 1) {
                said_of.extend(last.map(|last| said(Content::LastStreamPosition(last))));
            }
            Ok(said_of)
        }
        Some(Of::All(of)) => {
            let filter = Matcher::of(options.filter.as_ref())?;
            let log = store.log();
            let matching = |record: &&Record| filter.matches(record);
            Ok(match (of.from, backwards) {
                (Some(FromPosition::End(())), false) | (Some(FromPosition::Start(())), true) => Vec::new(),
                (Some(FromPosition::At(at)), false) => {
                    let from = store.at(at.commit);
                    let found = log.iter().skip(from).filter(matching).take(count);
                    found.map(|record| event(record, options)).collect()
                }
                (_, false) => log.iter().filter(matching).take(count).map(|record| event(record, options)).collect(),
                (from, true) => {
                    let until = match from {
                        Some(FromPosition::At(at)) => store.at(at.commit),
                        _ => log.len(),
                    };
                    let found = log.iter().take(until).rev().filter(matching).take(count);
                    found.map(|record| event(record, options)).collect()
                }
            })
        }
        None => Err(Status::invalid_argument("neither a stream nor all")),
    }
}

fn event(record: &Record, options: &ReadOptions) -> ReadResp {
    let form = options.ids.and_then(|ids| ids.form).unwrap_or(IdForm::Structured(()));
    let content_type = if record.json { "application/json" } else { "application/octet-stream" };
    let metadata = HashMap::from([
        ("type".to_owned(), record.kind.clone()),
        ("content-type".to_owned(), content_type.to_owned()),
        ("created".to_owned(), record.created.to_string()),
    ]);
    let recorded = wire::Recorded {
        id: Some(wire::Id::of(record.id, form)),
        stream: Some(wire::StreamName::of(&record.stream)),
        revision: record.revision,
        prepare: record.position,
        commit: record.position,
        metadata,
        custom_metadata: record.metadata.clone(),
        data: record.data.clone(),
    };
    said(Content::Event(wire::ReadEvent { event: Some(recorded), link: None, commit: Some(record.position) }))
}

/// Which events are asked for.
enum Matcher {
    All,
    Stream(Pattern),
    Kind(Pattern),
}

enum Pattern {
    Regex(Box<Regex>),
    Prefixes(Vec<String>),
}

impl Pattern {
    fn of(expression: &wire::Expression) -> Result<Pattern, Status> {
        if expression.regex.is_empty() {
            return Ok(Pattern::Prefixes(expression.prefixes.clone()));
        }
        let regex = Regex::new(&expression.regex).map_err(|e| Status::invalid_argument(e.to_string()))?;
        Ok(Pattern::Regex(Box::new(regex)))
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Regex(regex) => regex.is_match(text).unwrap_or(false),
            Pattern::Prefixes(prefixes) => prefixes.iter().any(|prefix| text.starts_with(prefix)),
        }
    }
}

impl Matcher {
    fn of(filter: Option<&FilterOption>) -> Result<Matcher, Status> {
        Ok(match filter {
            Some(FilterOption::Filter(filter)) => match filter.by.as_ref() {
                Some(FilterBy::Stream(expression)) => Matcher::Stream(Pattern::of(expression)?),
                Some(FilterBy::Type(expression)) => Matcher::Kind(Pattern::of(expression)?),
                None => return Err(Status::invalid_argument("a filter by nothing")),
            },
            _ => Matcher::All,
        })
    }

    fn matches(&self, record: &Record) -> bool {
        match self {
            Matcher::All => true,
            Matcher::Stream(pattern) => pattern.matches(&record.stream),
            Matcher::Kind(pattern) => pattern.matches(&record.kind),
        }
    }
}

/// Somebody who follows, and how far they are.
struct Follower {
    options: ReadOptions,
    /// The stream that is followed; none: all.
    stream: Option<String>,
    filter: Matcher,
    /// Of a stream the next revision, of all the next place in the log.
    next: usize,
    /// Events without a checkpoint after them, and after how many there is one; none: no filter, no checkpoints.
    unmarked: usize,
    mark_every: Option<usize>,
}

/// What there is for a follower now, and whether that is all.
struct Found {
    said: Vec<ReadResp>,
    all: bool,
}

impl Follower {
    fn of(store: &Store, options: ReadOptions) -> Result<Follower, Status> {
        let filter = Matcher::of(options.filter.as_ref())?;
        let (stream, next) = match options.of.as_ref() {
            Some(Of::Stream(of)) => {
                let name = name_of(of.stream.as_ref())?;
                let events = store.stream(&name).map_err(|_| statuses::deleted(&name))?.unwrap_or_default();
                let end = events.last().map_or(0, |record| record.revision as usize + 1);
                let next = match of.from {
                    Some(FromRevision::At(revision)) => usize::try_from(revision).map_or(usize::MAX, |at| at + 1),
                    Some(FromRevision::End(())) => end,
                    _ => 0,
                };
                (Some(name), next)
            }
            Some(Of::All(of)) => {
                let next = match of.from {
                    Some(FromPosition::At(at)) => store.at(at.commit.saturating_add(1)),
                    Some(FromPosition::End(())) => store.log().len(),
                    _ => 0,
                };
                (None, next)
            }
            None => return Err(Status::invalid_argument("neither a stream nor all")),
        };
        let mark_every = match options.filter.as_ref() {
            Some(FilterOption::Filter(filter)) if stream.is_none() => {
                let window = if let Some(wire::Window::Max(max)) = filter.window { max } else { 32 };
                Some((window * filter.checkpoint_interval.max(1)).max(1) as usize)
            }
            _ => None,
        };
        Ok(Follower { options, stream, filter, next, unmarked: 0, mark_every })
    }

    fn look(&mut self, store: &Store) -> Result<Found, Status> {
        let mut said_of = Vec::new();
        if let Some(name) = &self.stream {
            let events = store.stream(name).map_err(|_| statuses::deleted(name))?.unwrap_or_default();
            let found: Vec<&Record> =
                events.into_iter().filter(|record| record.revision >= self.next as u64).take(AT_ONCE).collect();
            self.next = found.last().map_or(self.next, |record| record.revision as usize + 1);
            let all = found.len() < AT_ONCE;
            said_of.extend(found.into_iter().map(|record| event(record, &self.options)));
            return Ok(Found { said: said_of, all });
        }
        let seen = store.log().iter().skip(self.next).take(AT_ONCE);
        let before = self.next;
        for record in seen {
            self.next += 1;
            self.unmarked += 1;
            if self.filter.matches(record) {
                said_of.push(event(record, &self.options));
            }
            if self.mark_every.is_some_and(|every| self.unmarked >= every) {
                self.unmarked = 0;
                said_of.push(mark(record));
            }
        }
        let all = self.next - before < AT_ONCE;
        if all && self.unmarked > 0 && self.mark_every.is_some() {
            self.unmarked = 0;
            said_of.extend(store.log().last().map(mark));
        }
        Ok(Found { said: said_of, all })
    }

    fn caught_up(&self, store: &Store) -> ReadResp {
        let position = store.log().last().map(|record| both(record.position)).filter(|_| self.stream.is_none());
        let revision = self.stream.as_ref().and(self.next.checked_sub(1)).and_then(|last| i64::try_from(last).ok());
        said(Content::CaughtUp(wire::Standing { timestamp: Some(timestamp(ticks())), revision, position }))
    }
}

fn both(position: u64) -> wire::Position {
    wire::Position { commit: position, prepare: position }
}

fn timestamp(ticks: u64) -> prost_types::Timestamp {
    let (seconds, rest) = (ticks / 10_000_000, ticks % 10_000_000);
    prost_types::Timestamp { seconds: seconds.cast_signed(), nanos: i32::try_from(rest * 100).unwrap_or_default() }
}

fn mark(record: &Record) -> ReadResp {
    said(Content::Checkpoint(wire::Checkpoint {
        commit: record.position,
        prepare: record.position,
        timestamp: Some(timestamp(record.created)),
    }))
}

fn follow(shared: Arc<Shared>, options: ReadOptions) -> Result<Answers, Status> {
    let mut changed = shared.appended();
    let mut follower = shared.with(|store| Follower::of(store, options))?;
    let (sender, receiver) = mpsc::channel(64);
    tokio::spawn(async move {
        let confirmation = wire::Confirmation { subscription: uuid::Uuid::from_u128(u128::from(ticks())).to_string() };
        let mut say = vec![said(Content::Confirmation(confirmation))];
        let mut live = false;
        loop {
            for answer in say.drain(..) {
                if sender.send(Ok(answer)).await.is_err() {
                    return;
                }
            }
            changed.borrow_and_update();
            let found = shared.with(|store| {
                let mut found = follower.look(store)?;
                if found.all && !live {
                    found.said.push(follower.caught_up(store));
                }
                Ok::<Found, Status>(found)
            });
            match found {
                Err(status) => {
                    let _ = sender.send(Err(status)).await;
                    return;
                }
                Ok(found) => {
                    live |= found.all;
                    say = found.said;
                    if !say.is_empty() || !found.all {
                        continue;
                    }
                }
            }
            tokio::select! {
                changed = changed.changed() => if changed.is_err() { return },
                () = sender.closed() => return,
            }
        }
    });
    let answers =
        futures::stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|a| (a, receiver)) });
    Ok(answers.boxed())
}
