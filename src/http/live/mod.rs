//! What happens, carried to who listens: GraphQL subscriptions over WebSocket (`GET /graphql/ws`, protocol `graphql-transport-ws`) and as
//! server-sent events (`GET` or `POST /graphql/stream`). `docs/live.md` has the protocol for callers.
//!
//! Everything is bounded: connections of the process and of one caller, subscriptions of one connection, the length and number of messages, the
//! time until a caller says who it is, silence, and how long a message may wait to be taken. The token, or the session, is looked at again while a
//! connection stands: one that was revoked or has ended is cut off within seconds. A stop closes what stands, and callers go on elsewhere from their last position.
//!
//! Next: `socket` (WebSocket), `message` (its protocol's words), `events` (server-sent events).

mod events;
mod message;
mod socket;

use super::{Draining, Guest, Problem, auth};
use crate::{
    app::Caller,
    graphql::{self, Asker, Door, LastSeen, endpoint::Gate, guard::Limits},
    i18n::lang::Lang,
    service::Service,
};
use async_graphql::{Request, Response};
use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    routing::get,
};
use futures::{StreamExt, stream::BoxStream};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use uuid::Uuid;

/// The most that those who listen may take up.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Connections of the process.
    pub connections: usize,
    /// Connections of one caller.
    pub of_one: usize,
    /// Subscriptions of one connection.
    pub subscriptions: usize,
    /// Bytes of one message of a caller.
    pub message_bytes: usize,
    /// Messages of a caller within ten seconds.
    pub messages: u32,
    /// How long a caller may take to say who it is.
    pub init: Duration,
    /// After this silence it is asked whether it is still there; after twice as long it is let go.
    pub ping: Duration,
    /// How long a message to it may wait to be taken.
    pub send: Duration,
    /// How often its token is looked at again.
    pub look_again: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds {
            connections: 1_000,
            of_one: 100,
            subscriptions: 20,
            message_bytes: 256 * 1024,
            messages: 200,
            init: Duration::from_secs(10),
            ping: Duration::from_secs(25),
            send: Duration::from_secs(10),
            look_again: Duration::from_secs(2),
        }
    }
}

/// The door of those who listen.
pub(super) struct Live {
    service: Arc<Service>,
    schema: Door,
    gate: Gate,
    bounds: Bounds,
    draining: Draining,
    standing: Mutex<Standing>,
}

#[derive(Default)]
struct Standing {
    all: usize,
    of: HashMap<Uuid, usize>,
}

/// What a caller's headers speak for, looked at again.
enum Still {
    /// The same caller.
    TheSame,
    /// The same, who may other things by now: whoever follows asks again, and is answered by what they may.
    OtherRights,
    /// Nobody: the token was revoked, the session has ended.
    Nobody,
}

/// A connection that stands; letting go of it makes room.
struct Seat {
    live: Arc<Live>,
    caller: Option<Uuid>,
    _guest: Guest,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut standing = self.live.standing.lock().unwrap_or_else(PoisonError::into_inner);
        standing.all = standing.all.saturating_sub(1);
        if let Some(count) = self.caller.and_then(|caller| standing.of.get_mut(&caller)) {
            *count = count.saturating_sub(1);
        }
        standing.of.retain(|_, count| *count > 0);
        metrics::gauge!("sesame_live_connections").set(standing.all as f64);
    }
}

impl Live {
    /// A seat for one connection; none when all are taken, or the service is about to stop.
    fn seat(self: &Arc<Self>) -> Option<Seat> {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        if standing.all >= self.bounds.connections || self.draining.has_begun() {
            return None;
        }
        standing.all += 1;
        metrics::gauge!("sesame_live_connections").set(standing.all as f64);
        Some(Seat { live: self.clone(), caller: None, _guest: self.draining.guest() })
    }

    fn asker(&self, caller: Caller, lang: Lang) -> Asker {
        Asker {
            app: self.service.app.clone(),
            caller,
            lang,
            correlation: self.service.app.clock().id(),
            came_from: None,
        }
    }

    /// The results of a subscription that was admitted.
    fn run(&self, request: Request, asker: Asker, last_seen: Option<LastSeen>) -> BoxStream<'static, Response> {
        let request = match last_seen {
            Some(last_seen) => request.data(last_seen),
            None => request,
        };
        self.schema.execute_stream(request.data(asker)).boxed()
    }

    /// What these headers speak for by now. A database that does not answer says nothing against them.
    async fn standing_of(&self, headers: &HeaderMap, caller: &Caller) -> Still {
        match auth::still(&self.service, headers).await {
            Ok(now) if now != *caller => Still::OtherRights,
            Err(problem) if problem.status == StatusCode::UNAUTHORIZED => Still::Nobody,
            _ => Still::TheSame,
        }
    }
}

impl Seat {
    /// Says whose it is; false when that caller has taken all it may.
    fn taken_by(&mut self, caller: &Caller) -> bool {
        let mut standing = self.live.standing.lock().unwrap_or_else(PoisonError::into_inner);
        let count = standing.of.entry(caller.actor.id).or_default();
        if *count >= self.live.bounds.of_one {
            return false;
        }
        *count += 1;
        self.caller = Some(caller.actor.id);
        true
    }
}

/// All seats are taken: try again in a moment, or elsewhere.
fn full(lang: Lang) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "RATE_LIMITED", lang)
}

/// `GET /graphql/ws`, `GET` and `POST /graphql/stream`.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(
    service: Arc<Service>,
    schema: Door,
    bounds: Bounds,
    draining: Draining,
) -> Router<S> {
    let gate = Gate::new(Limits { connections: graphql::CONNECTIONS, ..Limits::default() });
    let live = Arc::new(Live { service, schema, gate, bounds, draining, standing: Mutex::default() });
    Router::new()
        .route("/graphql/ws", get(socket::open))
        .route("/graphql/stream", get(events::by_get).post(events::by_post))
        .with_state(live)
}
