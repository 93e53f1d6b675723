//! The HTTP door: routes, who calls, what every answer carries, and how the service stops.
//!
//! [`router`] puts the rooms' routes together: GraphQL, files (`exchange::http`), the console (`web`), health and metrics. [`serve`] listens.
//! Knows paths and headers, nothing of what is asked or answered.
//!
//! Next: `asked` (what an address asks after its path), `auth` (tokens and sessions), `identity` (signing in), `desk` (what our own pages ask), `peer` (from where) and `came_from` (what of that is kept), `site` (what other sites make browsers send),
//! `live` (what happens, told to who listens), `health` (probes), `around` (what is put around every request), `problem` (what is not served),
//! `listen` (connections, and stopping).

mod around;
pub mod asked;
pub mod auth;
pub mod came_from;
pub mod desk;
mod health;
pub mod identity;
mod listen;
pub mod live;
pub mod peer;
pub mod problem;
mod site;

pub use asked::Asked;
pub use auth::Authenticated;
pub use listen::{serve, serve_until};
pub use peer::{Peer, TrustedProxies};
pub use problem::Problem;

use crate::{
    config::Config,
    erp, exchange,
    files::Limits as FileLimits,
    graphql::{
        self, Asker,
        budget::{Budget, Purse},
        endpoint::Endpoint,
        guard::Limits,
    },
    i18n::{
        lang::{Lang, lang},
        messages::message,
    },
    identity::Lifetimes,
    person,
    service::Service,
    web,
};
use async_graphql::{Request, Response, ServerError};
use axum::{
    Router,
    extract::State,
    http::{Method, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response as HttpResponse},
    routing::get,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Longest time a GraphQL body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);
/// The extension of a GraphQL request in which support says why it acts for an account.
const REASON: &str = "reason";

/// What the door is told of the configuration.
#[derive(Debug, Clone)]
pub struct Doors {
    /// Whether `/graphiql` serves the GraphQL explorer.
    pub graphiql: bool,
    /// What an imported file may not exceed.
    pub files: FileLimits,
    /// How long a stop waits for running requests.
    pub shutdown: Duration,
    /// What those who listen may take up.
    pub live: live::Bounds,
    /// How long sessions last.
    pub sessions: Lifetimes,
    /// Proxies that are believed about who stands behind them.
    pub trusted_proxies: TrustedProxies,
    /// Names that the service answers to besides its public one.
    pub hosts: Vec<String>,
    /// What callers' GraphQL requests may cost in a while.
    pub budget: Budget,
}

impl Default for Doors {
    fn default() -> Self {
        Doors {
            graphiql: false,
            files: FileLimits::default(),
            shutdown: Duration::from_secs(25),
            live: live::Bounds::default(),
            sessions: Lifetimes::default(),
            trusted_proxies: TrustedProxies::default(),
            hosts: Vec::new(),
            budget: Budget::new(200_000, 50_000),
        }
    }
}

impl From<&Config> for Doors {
    fn from(config: &Config) -> Self {
        let files =
            FileLimits { bytes: config.import_max_bytes, rows: config.import_max_rows, ..FileLimits::default() };
        Doors {
            graphiql: config.graphiql,
            files,
            shutdown: Duration::from_secs(config.shutdown_seconds),
            sessions: Lifetimes {
                idle: Duration::from_secs(config.session_idle_minutes * 60),
                absolute: Duration::from_secs(config.session_hours * 3600),
                confirm: Duration::from_secs(config.session_confirm_minutes * 60),
            },
            trusted_proxies: config.trusted_proxies.clone().unwrap_or_default(),
            hosts: config.hosts.iter().flat_map(|names| names.split(',')).map(|name| name.trim().to_owned()).collect(),
            budget: Budget::new(config.graphql_points, config.graphql_points_per_second),
            ..Doors::default()
        }
    }
}

/// Whether the service is about to stop: then it is not ready, so that nobody sends it more; and who is still here.
#[derive(Debug, Clone, Default)]
pub struct Draining(Arc<Stopping>);

#[derive(Debug, Default)]
struct Stopping {
    begun: watch::Sender<bool>,
    guests: watch::Sender<usize>,
}

/// A connection that is waited for when the service stops, until this is dropped.
#[derive(Debug)]
pub struct Guest(Draining);

impl Drop for Guest {
    fn drop(&mut self) {
        self.0.0.guests.send_modify(|guests| *guests = guests.saturating_sub(1));
    }
}

impl Draining {
    /// From now on it is.
    pub fn begin(&self) {
        self.0.begun.send_replace(true);
    }

    /// Whether it is.
    pub fn has_begun(&self) -> bool {
        *self.0.begun.borrow()
    }

    /// Waits until it is.
    pub async fn begun(&self) {
        // The sender is held here, so that waiting never ends for want of one.
        let _ = self.0.begun.subscribe().wait_for(|begun| *begun).await;
    }

    /// Someone who is waited for.
    pub fn guest(&self) -> Guest {
        self.0.guests.send_modify(|guests| *guests += 1);
        Guest(self.clone())
    }

    /// Waits until everyone has gone.
    pub async fn emptied(&self) {
        let _ = self.0.guests.subscribe().wait_for(|guests| *guests == 0).await;
    }
}

/// Every route of the service.
pub fn router(service: Arc<Service>, doors: &Doors, draining: Draining) -> Router {
    let probes = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .with_state(health::Probed { service: service.clone(), draining: draining.clone() });
    service.identity().set_lifetimes(doors.sessions);
    let schema = graphql::schema();
    let live = live::routes(service.clone(), schema.clone(), doors.live.clone(), draining);
    let desk = desk::Desk::new(service.clone(), schema.clone(), doors.budget.clone(), doors.files);
    tokio::spawn(web::rooms::go_on_alone(desk.afar()));
    let mut routes = probes
        .merge(graphql_routes(service.clone(), schema, doors.budget.clone()))
        .merge(live)
        .merge(identity::routes(service.clone()))
        .merge(web::links::routes(service.clone()))
        .merge(web::rooms::routes(desk))
        .merge(web::assets::routes())
        .merge(exchange::http::routes(service.clone(), doors.files))
        .merge(erp::http::routes(service.clone()))
        .merge(person::http::routes(service.clone()));
    if doors.graphiql {
        routes = routes.merge(web::console());
    }
    if let Some(mailbox) = &service.outbox().outside().mailbox {
        routes = routes.merge(web::mailbox::routes(service.app.clone(), mailbox.clone()));
    }
    let routes = routes.fallback(around::nothing_here).method_not_allowed_fallback(around::wrong_method);
    around::put_around(routes, service, doors)
}

/// `POST /graphql`: authenticated before a byte of the body is read.
fn graphql_routes<S: Clone + Send + Sync + 'static>(
    service: Arc<Service>,
    schema: graphql::Door,
    budget: Budget,
) -> Router<S> {
    let asked = service.clone();
    let execute = move |head: Parts, request: Request| {
        let (schema, service) = (schema.clone(), asked.clone());
        async move {
            let Some(Authenticated(caller)) = head.extensions.get::<Authenticated>().cloned() else {
                // No route leads here without the layer below.
                return Response::default();
            };
            // GraphQL over HTTP leaves what goes with a request, and is no input of it, to `extensions`.
            let caller = match request.extensions.get(REASON) {
                Some(async_graphql::Value::String(reason)) => caller.because(reason),
                None | Some(async_graphql::Value::Null) => caller,
                // Done without its reason it could not be done again with it.
                Some(_) => return no_reason(lang(&head.headers)),
            };
            let correlation = service.app.clock().id();
            let came_from = came_from::came_from(&head.extensions, &head.headers);
            let asker = Asker { app: service.app.clone(), caller, lang: lang(&head.headers), correlation, came_from };
            schema.execute(request.data(asker)).await
        }
    };
    let endpoint = Endpoint::new(fresh_id, execute)
        .limits(Limits { connections: graphql::CONNECTIONS, ..Limits::default() })
        .body_time(BODY_TIME);
    endpoint.routes("/graphql").route_layer(middleware::from_fn_with_state((service, budget), authenticate))
}

/// A reason that is no text.
fn no_reason(lang: Lang) -> Response {
    let params = [("parameter", format!("extensions.{REASON}")), ("expected", "String".to_owned())];
    let mut error = ServerError::new(message("INVALID", lang, &params), None);
    error.extensions.get_or_insert_default().set("code", "INVALID");
    Response::from_errors(vec![error])
}

/// Names a request that no layer named: none does, so that this is never seen.
fn fresh_id() -> uuid::Uuid {
    uuid::Uuid::nil()
}

/// Lets requests through whose token is known, and leaves methods that are refused anyway to the endpoint.
async fn authenticate(
    State((service, budget)): State<(Arc<Service>, Budget)>,
    mut request: axum::extract::Request,
    next: Next,
) -> HttpResponse {
    if request.method() == Method::POST {
        match auth::caller(&service, request.headers()).await {
            Ok(caller) => {
                request.extensions_mut().insert(Purse::of(&budget, caller.spends_as(), service.app.clock()));
                request.extensions_mut().insert(Authenticated(caller));
            }
            Err(problem) => return problem.into_response(),
        }
    }
    next.run(request).await
}
