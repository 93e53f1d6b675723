//! Events in KurrentDB (EventStoreDB before): streams of the server are streams of ours, its order of all events is the order they are copied in.
//!
//! * A stream is named `prefix.category-id`; the prefix tells several services on one server apart, and is what the server filters by.
//! * What happened stands in an event's data, its personal part sealed; who, when and why in its metadata. Times are those: the server's own are cut to seconds by
//!   its client.
//! * An append names the revision it expects and the ids that its command gave its events, so that however often it is asked for it is done once. The server writes
//!   one stream at a time: what a command writes besides is looked at just before, and gone on with after a crash (`log::beside`).
//! * The client can end for good when the server is away at the wrong moment, and gives up on answers it does not know: each call runs in a task of its own, and
//!   the client is made anew, after a pause that grows.
//!
//! Only this file and its folder name the client. Knows nothing of the database; next door: `beside`, which makes a log of this.

mod forms;
mod link;
mod passed;

use super::{
    AppendError, LogFailure, NoLog, Promises, StoredEvent,
    streams::{Place, Streams},
};
use domain::StreamId;
use eventstore::{
    AppendToStreamOptions, Client, ClientSettings, Error, EventData, Position, ReadAllOptions, ReadStreamOptions,
    RecordedEvent, StreamPosition, StreamState, SubscriptionFilter,
};
use forms::{stored, written};
use futures::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture};
use link::{Link, Problem};
use passed::Passed;
use std::{
    collections::HashSet,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// How long the server may take for an append, and for one event.
const WRITES_WITHIN: Duration = Duration::from_secs(4);
/// How long a page may take: on a server that others use too, much may stand between two events of ours.
const READS_WITHIN: Duration = Duration::from_secs(30);
/// Calls for one command at the same time.
const AT_ONCE: usize = 16;
/// A command that writes more streams than this does not write them one after the other.
const FEW: usize = 8;
/// Milliseconds before an attempt to connect.
const DISCOVERS_AFTER: u32 = 20;
/// The type of the event that a log begins with.
const OPENED: &str = "log.opened.v1";

/// A log on a server.
pub struct KurrentLog {
    link: Link,
    prefix: String,
    /// The id of this log, should it be new.
    proposed: Uuid,
    id: OnceCell<Uuid>,
    passed: Mutex<Passed>,
}

impl fmt::Debug for KurrentLog {
    // The settings hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KurrentLog").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// What became of the events of one stream.
enum Run {
    /// They stand where they are to stand.
    Stands,
    /// Something else stands there; whether one of them stands before it.
    Moved(bool),
}

impl KurrentLog {
    /// The log of this prefix on the server of this address (`kurrentdb://` or `esdb://`). Connects when it is first used. `id` becomes the log's if it is new.
    pub fn new(url: &str, prefix: &str, id: Uuid) -> Result<KurrentLog, NoLog> {
        let known = ["kurrentdb", "kurrent", "kdb", "esdb"]
            .iter()
            .any(|scheme| ["://", "+discover://"].iter().any(|rest| url.starts_with(&format!("{scheme}{rest}"))));
        if !known {
            return Err(NoLog("it is no address of a KurrentDB".into()));
        }
        // What the client says of a mistake may quote the address, and with it a password.
        let settings = connecting(url).parse::<ClientSettings>().map_err(|_| NoLog("it cannot be read".into()))?;
        if !is_prefix(prefix) {
            return Err(NoLog(format!("`{prefix}` cannot begin names of streams")));
        }
        Ok(KurrentLog {
            link: Link::new(settings),
            prefix: prefix.to_owned(),
            proposed: id,
            id: OnceCell::new(),
            passed: Mutex::default(),
        })
    }

    fn name(&self, stream: StreamId) -> String {
        format!("{}.{stream}", self.prefix)
    }

    /// The event that a log begins with: its id is the log's. Its name is not among those that are filtered for.
    async fn open(&self) -> Result<Uuid, LogFailure> {
        let name = format!("{}-log", self.prefix);
        for _ in 0..2 {
            match self.page(name.clone(), 0, 1).await?.first() {
                Some(first) => return Ok(first.id),
                None => {
                    let id = self.proposed;
                    let (to, clear) = (name.clone(), serde_json::json!({ "log": id }));
                    let opened = move |client: Client| {
                        let (to, clear) = (to.clone(), clear.clone());
                        async move {
                            let event = EventData::json(OPENED, &clear)
                                .map_err(|e| Error::InternalParsingError(e.to_string()))?
                                .id(id);
                            let options = appends(StreamState::NoStream);
                            client.append_to_stream(to, &options, event).await
                        }
                    };
                    match self.link.call(WRITES_WITHIN, opened).await {
                        Ok(_) => return Ok(id),
                        // Somebody else opened it in this moment.
                        Err(Problem::Wrong) => {}
                        Err(problem) => return Err(problem.into()),
                    }
                }
            }
        }
        Err(LogFailure::Fault(format!("{name} is neither there nor can it be made")))
    }

    /// Events of a stream from a revision, oldest first.
    async fn page(&self, name: String, from: u64, limit: usize) -> Result<Vec<RecordedEvent>, LogFailure> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let options = ReadStreamOptions::default()
            .position(StreamPosition::Position(from))
            .max_count(limit)
            .requires_leader(true);
        self.read(name, options).await
    }

    async fn read(&self, name: String, options: ReadStreamOptions) -> Result<Vec<RecordedEvent>, LogFailure> {
        let call = move |client: Client| {
            let (name, options) = (name.clone(), options.clone());
            async move {
                let mut found = Vec::new();
                let mut events = client.read_stream(name, &options).await?;
                while let Some(event) = events.next().await? {
                    found.extend(event.event);
                }
                Ok(found)
            }
        };
        match self.link.call(READS_WITHIN, call).await {
            Err(Problem::Missing) => Ok(Vec::new()),
            found => Ok(found?),
        }
    }

    /// The version of a stream's last event.
    async fn version(&self, stream: StreamId) -> Result<u64, LogFailure> {
        let options = ReadStreamOptions::default().position(StreamPosition::End).max_count(1).requires_leader(true);
        let last = self.read(self.name(stream), options).await?;
        Ok(last.first().map_or(0, |event| event.revision + 1))
    }

    /// A stream that is not as the command was decided on, as far as that can be seen before anything is written. Where its first event stands, it was found as
    /// it should be before, and is gone on with.
    async fn moved(&self, runs: &[&[StoredEvent]], guards: &[(StreamId, u64)]) -> Result<Option<StreamId>, LogFailure> {
        let begun = runs.first().and_then(|run| run.first());
        let mut seen: HashSet<StreamId> = begun.map(|event| event.stream).into_iter().collect();
        let firsts = runs.iter().filter_map(|run| run.first()).map(|first| (first.stream, first.version - 1));
        let looked: Vec<(StreamId, u64)> =
            firsts.chain(guards.iter().copied()).filter(|(stream, _)| seen.insert(*stream)).collect();
        let mut asked = Vec::with_capacity(looked.len());
        for (stream, _) in &looked {
            asked.push(self.version(*stream));
        }
        let versions: Vec<u64> = futures::stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
        let other = looked.iter().zip(versions).find(|((_, expected), version)| expected != version);
        let (Some(((stream, _), _)), Some(first)) = (other, begun) else { return Ok(None) };
        let stands = self.page(self.name(first.stream), first.version - 1, 1).await?;
        Ok((!stands.iter().any(|event| event.id == first.event_id)).then_some(*stream))
    }

    /// Appends what is to stand one after the other in one stream, as far as it does not stand there.
    async fn append_run(&self, mut run: &[StoredEvent]) -> Result<Run, LogFailure> {
        let mut some = false;
        while let (Some(first), Some(last)) = (run.first(), run.last()) {
            let name = self.name(first.stream);
            let state = match first.version {
                0 | 1 => StreamState::NoStream,
                version => StreamState::StreamRevision(version - 2),
            };
            let events = run.iter().map(written).collect::<Result<Vec<EventData>, LogFailure>>()?;
            let (to, options) = (name.clone(), appends(state));
            let append = move |client: Client| {
                let (to, options, events) = (to.clone(), options.clone(), events.clone());
                async move { client.append_to_stream(to, &options, events).await }
            };
            match self.link.call(WRITES_WITHIN, append).await {
                Ok(result) if result.next_expected_version + 1 == last.version => return Ok(Run::Stands),
                Ok(_) => {
                    return Err(LogFailure::Fault(format!("{name} was deleted in KurrentDB: its versions have a gap")));
                }
                Err(Problem::Wrong) => {}
                Err(problem) => return Err(problem.into()),
            }
            let found = self.page(name, first.version - 1, run.len()).await?;
            let same = run.iter().zip(&found).take_while(|(own, there)| own.event_id == there.id).count();
            some |= same > 0;
            if same == run.len() {
                return Ok(Run::Stands);
            }
            if found.len() > same || same == 0 {
                return Ok(Run::Moved(some));
            }
            run = &run[same..];
        }
        Ok(Run::Stands)
    }

    /// Events of ours from a place on, what stands at it included.
    async fn all_from(&self, from: Place, limit: usize) -> Result<Vec<RecordedEvent>, LogFailure> {
        let from = match from {
            Place(0, 0) => StreamPosition::Start,
            Place(commit, prepare) => StreamPosition::Position(Position { commit, prepare }),
        };
        let ours = SubscriptionFilter::on_stream_name().add_prefix(format!("{}.", self.prefix));
        self.all(ReadAllOptions::default().position(from).filter(ours).max_count(limit)).await
    }

    /// Where the last event of the server stands, whosever it is.
    async fn end(&self) -> Result<Option<Place>, LogFailure> {
        let last = self.all(ReadAllOptions::default().position(StreamPosition::End).max_count(1)).await?;
        Ok(last.first().map(place))
    }

    async fn all(&self, options: ReadAllOptions) -> Result<Vec<RecordedEvent>, LogFailure> {
        let options = options.requires_leader(true);
        let call = move |client: Client| {
            let options = options.clone();
            async move {
                let mut found = Vec::new();
                let mut events = client.read_all(&options).await?;
                while let Some(event) = events.next().await? {
                    found.extend(event.event);
                }
                Ok::<Vec<RecordedEvent>, Error>(found)
            }
        };
        Ok(self.link.call(READS_WITHIN, call).await?)
    }

    fn passed(&self) -> MutexGuard<'_, Passed> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn append_all(&self, events: &[StoredEvent], guards: &[(StreamId, u64)]) -> Result<(), AppendError> {
        let runs: Vec<&[StoredEvent]> = events.chunk_by(|a, b| a.stream == b.stream).collect();
        if (runs.len() > 1 || !guards.is_empty())
            && let Some(moved) = self.moved(&runs, guards).await?
        {
            return Err(AppendError::Race(moved));
        }
        let mut some = false;
        for group in together(&runs) {
            let mut appends = Vec::with_capacity(group.len());
            for run in group {
                appends.push(self.append_run(run));
            }
            let done: Vec<_> = futures::stream::iter(appends).buffered(AT_ONCE).collect().await;
            for (run, done) in group.iter().zip(done) {
                let Some(stream) = run.first().map(|event| event.stream) else { continue };
                match done? {
                    Run::Stands => some = true,
                    Run::Moved(false) if !some => return Err(AppendError::Race(stream)),
                    Run::Moved(_) => {
                        let why = format!(
                            "{stream} was written past this service: a command stands in other streams and cannot in it"
                        );
                        return Err(LogFailure::Fault(why).into());
                    }
                }
            }
        }
        Ok(())
    }
}

/// The address with a short pause before each attempt to connect, unless it names one: the client takes half a second, before the first attempt too.
fn connecting(url: &str) -> String {
    match (url.to_ascii_lowercase().contains("discoveryinterval="), url.contains('?')) {
        (true, _) => url.to_owned(),
        (false, true) => format!("{url}&discoveryInterval={DISCOVERS_AFTER}"),
        (false, false) => format!("{url}?discoveryInterval={DISCOVERS_AFTER}"),
    }
}

/// Whether names of streams may begin so: one word, which the server's own projections keep whole.
pub fn is_prefix(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.len() <= 40 && text.chars().all(fits)
}

/// Which streams of a command are written at the same time. The first stands before all others and the last after them: by these it is told what was begun, and
/// what is done.
fn together<'a>(runs: &'a [&'a [StoredEvent]]) -> Vec<&'a [&'a [StoredEvent]]> {
    let streams: HashSet<StreamId> = runs.iter().flat_map(|run| run.first()).map(|event| event.stream).collect();
    if runs.len() <= FEW || streams.len() < runs.len() {
        return runs.chunks(1).collect();
    }
    let (first, rest) = runs.split_at(1);
    let (middle, last) = rest.split_at(rest.len() - 1);
    vec![first, middle, last]
}

fn appends(state: StreamState) -> AppendToStreamOptions {
    AppendToStreamOptions::default().stream_state(state).deadline(WRITES_WITHIN).requires_leader(true)
}

fn place(event: &RecordedEvent) -> Place {
    Place(event.position.commit, event.position.prepare)
}

impl Streams for KurrentLog {
    fn promises(&self) -> Promises {
        Promises {
            engine: "kurrentdb",
            dense: false,
            chained: false,
            atomic: false,
            exact_guards: false,
            inline: false,
            shared: true,
            durable: true,
        }
    }

    fn id(&self) -> BoxFuture<'_, Result<Uuid, LogFailure>> {
        self.id.get_or_try_init(|| self.open()).map(|id| id.copied()).boxed()
    }

    fn append(&self, events: Vec<StoredEvent>, guards: Vec<(StreamId, u64)>) -> BoxFuture<'_, Result<(), AppendError>> {
        async move { self.append_all(&events, &guards).await }.boxed()
    }

    fn read_stream(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<StoredEvent>, LogFailure>> {
        async move {
            let found = self.page(self.name(stream), after, limit).await?;
            found.iter().map(|event| stored(&self.prefix, event)).collect()
        }
        .boxed()
    }

    fn read_all(&self, after: Place, limit: usize) -> BoxFuture<'_, Result<Vec<(Place, StoredEvent)>, LogFailure>> {
        async move {
            let passed = *self.passed();
            let end = if passed.asks_for_the_end() { self.end().await? } else { None };
            let found = self.all_from(passed.begin(after), limit.saturating_add(1)).await?;
            let new: Vec<&RecordedEvent> = found.iter().filter(|event| place(event) > after).take(limit).collect();
            self.passed().looked(after, !new.is_empty(), end);
            new.into_iter().map(|event| Ok((place(event), stored(&self.prefix, event)?))).collect()
        }
        .boxed()
    }
}
