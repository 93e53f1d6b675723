//! The server: one port, HTTP/2 without TLS, each connection a task of its own, so that it can be cut.

use crate::{
    faults::{Breaks, Faults},
    prompt::Prompt,
    reading, statuses,
    store::{Appended, Expect, New, Record, Refused, Store},
    wire::{self, AppendPart, AppendResult, BatchExpected, BatchResult, Expected},
};
use futures::{Stream, StreamExt, stream::BoxStream};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::{
    collections::HashMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
};
use tonic::{Status, Streaming, body::Body, codec::ProstCodec, server::Grpc};
use tower::service_fn;

/// The largest request: that of the server, with room for what surrounds an event.
const LARGEST: usize = 17 * 1024 * 1024;
/// The version that clients are told.
const VERSION: &str = "24.10.6";

/// What the connections share.
#[derive(Debug)]
pub struct Shared {
    store: Mutex<Store>,
    faults: Mutex<Faults>,
    looked_through: AtomicU64,
    appended: watch::Sender<usize>,
    cut: watch::Sender<u64>,
    address: SocketAddr,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(address: SocketAddr) -> Shared {
        Shared {
            store: Mutex::default(),
            faults: Mutex::default(),
            looked_through: AtomicU64::new(0),
            appended: watch::Sender::default(),
            cut: watch::Sender::default(),
            address,
        }
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(&Store) -> T) -> T {
        look(&lock(&self.store))
    }

    /// Counts what a read through a filter passed.
    pub(crate) fn passed(&self, count: usize) {
        self.looked_through.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// How much was passed until now.
    pub(crate) fn looked_through(&self) -> u64 {
        self.looked_through.load(Ordering::Relaxed)
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        let mut store = lock(&self.store);
        let changed = change(&mut store);
        self.appended.send_replace(store.log().len());
        changed
    }

    /// Tells of every change.
    pub(crate) fn appended(&self) -> watch::Receiver<usize> {
        self.appended.subscribe()
    }

    pub(crate) fn faults<T>(&self, change: impl FnOnce(&mut Faults) -> T) -> T {
        change(&mut lock(&self.faults))
    }

    /// Cuts every connection there is.
    pub(crate) fn cut(&self) {
        self.cut.send_modify(|cuts| *cuts += 1);
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        self.with(|store| store.log().to_vec())
    }
}

/// Serves until it is dropped.
pub(crate) async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        // Somebody who is not there closes as soon as called.
        if !shared.faults(|faults| faults.away) {
            tokio::spawn(connection(shared.clone(), stream));
        }
    }
}

async fn connection(shared: Arc<Shared>, stream: TcpStream) {
    let mut cut = shared.cut.subscribe();
    let own_cut = Arc::new(Notify::new());
    let service = {
        let own_cut = own_cut.clone();
        hyper::service::service_fn(move |request| {
            let (shared, own_cut) = (shared.clone(), own_cut.clone());
            async move { Ok::<_, Infallible>(answer(shared, own_cut, request).await) }
        })
    };
    let served = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(Prompt::new(stream)), service);
    tokio::select! {
        _ = served => {}
        _ = cut.changed() => {}
        () = own_cut.notified() => {}
    }
}

/// Answers one call, or cuts its connection, as the faults have it.
async fn answer(shared: Arc<Shared>, cut: Arc<Notify>, request: Request<Incoming>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let appends = path.ends_with("/Append") || path.ends_with("/BatchAppend");
    let faults = shared.faults(|faults| faults.of_next_call(appends));
    if faults.breaks == Some(Breaks::Before) {
        cut.notify_one();
        std::future::pending::<()>().await;
    }
    if faults.held {
        std::future::pending::<()>().await;
    }
    let deadline = request.headers().get("grpc-timeout").and_then(|value| time(value.to_str().ok()?));
    let slow = async {
        tokio::time::sleep(faults.slow).await;
        std::future::pending::<()>().await;
    };
    let late = tokio::select! {
        () = async { tokio::time::sleep(faults.slow).await } => false,
        () = async { match deadline { Some(deadline) => tokio::time::sleep(deadline).await, None => slow.await } } => true,
    };
    if late {
        return Status::deadline_exceeded("Timeout expired").into_http();
    }
    if faults.unavailable {
        return Status::unavailable("Server Is Not Ready").into_http();
    }
    let needs_leader = request.headers().get("requires-leader").is_some_and(|value| value == "true");
    if let Some((host, port)) = faults.leader.filter(|_| needs_leader) {
        return statuses::not_leader(&host, port).into_http();
    }
    let answered = dispatch(&shared, &path, request).await;
    if faults.breaks == Some(Breaks::After) {
        cut.notify_one();
        std::future::pending::<()>().await;
    }
    answered
}

/// A deadline as calls carry it: a number and its unit.
fn time(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = number.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number.saturating_mul(3600)),
        "M" => Duration::from_secs(number.saturating_mul(60)),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

fn codec<T, U>() -> Grpc<ProstCodec<T, U>>
where
    T: prost::Message + 'static,
    U: prost::Message + Default + 'static,
{
    Grpc::new(ProstCodec::default()).max_decoding_message_size(LARGEST)
}

async fn dispatch(shared: &Arc<Shared>, path: &str, request: Request<Incoming>) -> Response<Body> {
    let of = shared.clone();
    match path {
        "/event_store.client.streams.Streams/Read" => {
            let service = service_fn(move |request: tonic::Request<wire::ReadReq>| {
                std::future::ready(reading::read(&of, request.into_inner()).map(tonic::Response::new))
            });
            codec().server_streaming(service, request).await
        }
        "/event_store.client.streams.Streams/Append" => {
            let service = service_fn(move |request: tonic::Request<Streaming<wire::AppendReq>>| {
                let of = of.clone();
                async move { append(&of, request.into_inner()).await.map(tonic::Response::new) }
            });
            codec().client_streaming(service, request).await
        }
        "/event_store.client.streams.Streams/BatchAppend" => {
            let service = service_fn(move |request: tonic::Request<Streaming<wire::BatchReq>>| {
                std::future::ready(Ok(tonic::Response::new(batches(of.clone(), request.into_inner()))))
            });
            codec().streaming(service, request).await
        }
        "/event_store.client.streams.Streams/Delete" | "/event_store.client.streams.Streams/Tombstone" => {
            let tombstone = path.ends_with("Tombstone");
            let service = service_fn(move |request: tonic::Request<wire::DeleteReq>| {
                std::future::ready(delete(&of, request.into_inner(), tombstone).map(tonic::Response::new))
            });
            codec().unary(service, request).await
        }
        "/event_store.client.server_features.ServerFeatures/GetSupportedMethods" => {
            let service = service_fn(|_: tonic::Request<()>| std::future::ready(Ok(tonic::Response::new(features()))));
            codec().unary(service, request).await
        }
        "/event_store.client.gossip.Gossip/Read" => {
            let service =
                service_fn(move |_: tonic::Request<()>| std::future::ready(Ok(tonic::Response::new(members(&of)))));
            codec().unary(service, request).await
        }
        _ => Status::unimplemented(format!("{path} is not part of this double")).into_http(),
    }
}

fn features() -> wire::SupportedMethods {
    let method = |method: &str| wire::SupportedMethod {
        method: method.into(),
        service: "event_store.client.streams.streams".into(),
        features: Vec::new(),
    };
    wire::SupportedMethods {
        methods: ["read", "append", "delete", "tombstone", "batchappend"].map(method).into(),
        version: VERSION.into(),
    }
}

/// The cluster as this node sees it: itself, and the leader where it is another.
fn members(shared: &Shared) -> wire::ClusterInfo {
    let leader = shared.faults(|faults| faults.leader.clone());
    let member = |n: u128, host: String, port: u16, leads: bool| wire::Member {
        instance: Some(wire::Id::of(uuid::Uuid::from_u128(n), wire::IdForm::Structured(()))),
        timestamp: 0,
        state: if leads { 8 } else { 6 },
        is_alive: true,
        endpoint: Some(wire::EndPoint { address: host, port: port.into() }),
    };
    let own = member(1, shared.address.ip().to_string(), shared.address.port(), leader.is_none());
    let other = leader.map(|(host, port)| member(2, host, port, true));
    wire::ClusterInfo { members: std::iter::once(own).chain(other).collect() }
}

/// The stream that is named, and how it is expected to be.
fn target(target: Option<&wire::Target>) -> Result<(String, Expect), Status> {
    let target = target.ok_or_else(|| Status::invalid_argument("no options"))?;
    let name = target.stream.as_ref().and_then(|stream| String::from_utf8(stream.name.to_vec()).ok());
    let name = name.filter(|name| !name.is_empty()).ok_or_else(|| Status::invalid_argument("no stream is named"))?;
    let expect = match target.expected {
        Some(Expected::Revision(revision)) => Expect::Revision(revision),
        Some(Expected::NoStream(())) => Expect::NoStream,
        Some(Expected::StreamExists(())) => Expect::Exists,
        Some(Expected::Any(())) => Expect::Any,
        None => return Err(Status::invalid_argument("nothing is said of the expected revision")),
    };
    Ok((name, expect))
}

fn proposed(proposed: wire::Proposed) -> Result<New, Status> {
    let missing = |what: &str| Status::invalid_argument(format!("an event without {what}"));
    let id = proposed.id.and_then(|id| id.read()).ok_or_else(|| missing("an id"))?;
    let kind = proposed.metadata.get("type").cloned().ok_or_else(|| missing("a type"))?;
    let content_type = proposed.metadata.get("content-type").ok_or_else(|| missing("a content type"))?;
    let json = content_type == "application/json";
    Ok(New { id, kind, json, metadata: proposed.custom_metadata, data: proposed.data })
}

fn success(appended: Appended) -> wire::Success {
    let at = |position| wire::Placed::At(wire::Position { commit: position, prepare: position });
    wire::Success {
        current: Some(appended.revision.map_or(wire::Current::NoStream(()), wire::Current::Revision)),
        position: Some(appended.position.map_or(wire::Placed::Nowhere(()), at)),
    }
}

async fn append(shared: &Shared, mut parts: Streaming<wire::AppendReq>) -> Result<wire::AppendResp, Status> {
    let (mut options, mut events) = (None, Vec::new());
    while let Some(part) = parts.message().await? {
        match part.content {
            Some(AppendPart::Options(target)) => options = Some(target),
            Some(AppendPart::Proposed(event)) => events.push(proposed(event)?),
            None => {}
        }
    }
    let (name, expect) = target(options.as_ref())?;
    let result = match shared.change(|store| store.append(&name, expect, events)) {
        Ok(appended) => AppendResult::Success(success(appended)),
        Err(Refused::Wrong { current }) => AppendResult::Wrong(statuses::wrong_version(expect, current)),
        Err(Refused::Tombstoned) => return Err(statuses::deleted(&name)),
    };
    Ok(wire::AppendResp { result: Some(result) })
}

/// One append of many that come by one call, in parts, until its last.
#[derive(Default)]
struct Batch {
    options: Option<wire::Target>,
    events: Vec<wire::Proposed>,
}

fn batches(
    shared: Arc<Shared>,
    parts: impl Stream<Item = Result<wire::BatchReq, Status>> + Send + Unpin + 'static,
) -> BoxStream<'static, Result<wire::BatchResp, Status>> {
    let begun: HashMap<Vec<u8>, Batch> = HashMap::new();
    let answers = futures::stream::unfold((shared, parts, begun), |(shared, mut parts, mut begun)| async {
        loop {
            let part = match parts.next().await? {
                Ok(part) => part,
                Err(status) => return Some((Err(status), (shared, parts, begun))),
            };
            let key = part.correlation.as_ref().map(prost::Message::encode_to_vec).unwrap_or_default();
            let mut batch = begun.remove(&key).unwrap_or_default();
            batch.options = part.options.or(batch.options);
            batch.events.extend(part.proposed);
            if !part.is_final {
                begun.insert(key, batch);
                continue;
            }
            let answer = done(&shared, part.correlation, batch);
            return Some((answer, (shared, parts, begun)));
        }
    });
    answers.boxed()
}

fn done(shared: &Shared, correlation: Option<wire::Id>, batch: Batch) -> Result<wire::BatchResp, Status> {
    let (name, expect) = target(batch.options.as_ref())?;
    let events = batch.events.into_iter().map(proposed).collect::<Result<Vec<New>, Status>>()?;
    let result = match shared.change(|store| store.append(&name, expect, events)) {
        Ok(appended) => BatchResult::Success(success(appended)),
        Err(refused) => BatchResult::Error(statuses::batch_error(&name, expect, refused)),
    };
    let expected = match expect {
        Expect::Revision(revision) => BatchExpected::Revision(revision),
        Expect::NoStream => BatchExpected::NoStream(()),
        Expect::Any => BatchExpected::Any(()),
        Expect::Exists => BatchExpected::StreamExists(()),
    };
    let stream = Some(wire::StreamName::of(&name));
    Ok(wire::BatchResp { correlation, result: Some(result), stream, expected: Some(expected) })
}

fn delete(shared: &Shared, request: wire::DeleteReq, tombstone: bool) -> Result<wire::DeleteResp, Status> {
    let (name, expect) = target(request.options.as_ref())?;
    match shared.change(|store| store.delete(&name, expect, tombstone)) {
        Ok(position) => Ok(wire::DeleteResp { position: Some(wire::Position { commit: position, prepare: position }) }),
        Err(refused) => Err(statuses::refused(&name, expect, refused)),
    }
}
