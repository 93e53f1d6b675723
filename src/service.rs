//! The service put together: database, vault, log, read models, and the tasks that keep them going. Every door starts here, the tests too.

use crate::{
    app::{self, App, Failure, imports, policies},
    clock::Clock,
    db::{Db, DbError, Options},
    erasure,
    identity::{self, Identity},
    log::{Apart, EventLog, LogApart, LogFailure, SqlLog},
    outbox::{Outbox, Outside},
    projector::{self, RebuildError, inline::Inline},
    retention,
    vault::{
        master::MasterKeys,
        store::{Vault, VaultError},
    },
};
use futures::future::BoxFuture;
use projections::Ask;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::mpsc, task::JoinHandle};
use uuid::Uuid;

/// How often the log is looked at for what other processes appended, and read models for what they are behind.
const LOOK: Duration = Duration::from_millis(150);
/// How long after a failed build of read models the next is tried.
const BUILD_AGAIN: Duration = Duration::from_secs(5);
/// So many foreign events are looked at one by one; after more, everything remembered is forgotten.
const FOREIGN_MAX: u64 = 2_000;

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened or its schema is another.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The keys are wrong.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogFailure),
    /// Read models cannot be made.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// A running service. Dropping it ends its tasks.
pub struct Service {
    /// What the doors call.
    pub app: App,
    db: Db,
    vault: Vault,
    inline: Arc<Inline>,
    outbox: Outbox,
    identity: Identity,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Service {
    /// Opens the database, brings its schema up to date, and starts everything but the doors and the deliveries.
    pub async fn start(options: &Options, keys: MasterKeys, clock: Arc<dyn Clock>) -> Result<Service, StartError> {
        Service::start_with(options, keys, clock, Outside::closed()).await
    }

    /// The same, delivering what stands in the outbox by these ways out.
    pub fn start_with(
        options: &Options,
        keys: MasterKeys,
        clock: Arc<dyn Clock>,
        outside: Outside,
    ) -> BoxFuture<'_, Result<Service, StartError>> {
        Box::pin(Service::started(options, keys, clock, outside, None))
    }

    /// The same, with a log that is not in the database but beside it.
    pub fn start_beside(
        options: &Options,
        keys: MasterKeys,
        clock: Arc<dyn Clock>,
        outside: Outside,
        apart: Apart,
    ) -> BoxFuture<'_, Result<Service, StartError>> {
        Box::pin(Service::started(options, keys, clock, outside, Some(apart)))
    }

    async fn started(
        options: &Options,
        keys: MasterKeys,
        clock: Arc<dyn Clock>,
        outside: Outside,
        apart: Option<Apart>,
    ) -> Result<Service, StartError> {
        let db = Db::open(options).await?;
        db.migrate().await?;
        let vault = Vault::open(db.clone(), keys).await?;
        let inline = Arc::new(Inline::default());
        let unbuilt = projector::create_missing(&db).await?;
        let (log, foreign): (Arc<dyn EventLog>, _) = match apart {
            None => {
                let (log, foreign) = SqlLog::open(db.clone(), inline.clone()).await?;
                (Arc::new(log), foreign)
            }
            Some(apart) => {
                let (log, foreign) = LogApart::open(db.clone(), inline.clone(), vault.clone(), apart).await?;
                (Arc::new(log), foreign)
            }
        };
        let app = App::new(db.clone(), log, vault.clone(), clock);
        app.allow_targets(outside.outbound.targets());
        let identity = Identity::new(app.clone(), outside.clone());
        let outbox = Outbox::new(app.clone(), outside);
        let service = Service { app, db, vault, inline, outbox, identity, tasks: Mutex::default() };
        if service.outbox.outside().delivers {
            service.spawn(service.outbox.clone().keep_delivering());
            service.spawn(identity::keep_attending(service.identity.clone()));
        }
        service.spawn(freshen(service.app.clone(), foreign));
        service.spawn(app::tell(service.app.clone()));
        service.spawn(keep_current(
            service.app.clone(),
            service.db.clone(),
            service.vault.clone(),
            service.inline.clone(),
        ));
        service.spawn(clean_erasures(service.app.clone(), service.db.clone()));
        service.spawn(retention::keep(service.app.clone()));
        service.spawn(imports::work(service.app.clone()));
        service.spawn(policies::keep_up(service.app.clone()));
        if !unbuilt.is_empty() {
            service.spawn(build(service.db.clone(), service.vault.clone()));
        }
        Ok(service)
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(tokio::spawn(task));
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The vault.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Who is asking.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What leaves the house.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Read models that are not level with the log, each with the reason as far as known. Empty: ready.
    pub async fn not_ready(&self) -> Result<Vec<(String, String)>, Failure> {
        // A log outside the database must answer too.
        self.app.log().level().await?;
        let head = self.app.log().head().await?.position;
        let stuck = self.inline.stuck();
        Ok(projector::standing(&self.db)
            .await?
            .into_iter()
            .filter_map(|s| {
                let why = match (s.position, stuck.get(s.model.name).cloned().or(s.stuck)) {
                    (None, _) => "not built yet".to_owned(),
                    (_, Some(_)) => "left behind after a failure".to_owned(),
                    // What is appended this very moment does not count.
                    (Some(at), None) if at + 1_000 < head => format!("{} events behind", head - at),
                    _ => return None,
                };
                Some((s.model.name.to_owned(), why))
            })
            .collect())
    }

    /// Ends the tasks and closes the database; what was acknowledged is durable already.
    pub async fn stop(&self) {
        for task in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
        self.db.close().await;
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        for task in self.tasks.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            task.abort();
        }
    }
}

/// What processes that serve a database hold together, and whoever must be alone with it takes for itself ([`Db::shared`], [`Db::exclusive`]).
pub const SERVING: (&str, i64) = ("serving", 0x5e5a_3e02);

/// Forgets what others changed.
async fn freshen(app: App, mut foreign: mpsc::UnboundedReceiver<(u64, u64)>) {
    while let Some((after, until)) = foreign.recv().await {
        let streams = Ask::<(Uuid,)>::new(
            "SELECT DISTINCT stream FROM event WHERE position > $1 AND position <= $2",
            [(after as i64).into(), (until as i64).into()],
        );
        match if until - after <= FOREIGN_MAX { app.reader().db().fetch(streams).await.ok() } else { None } {
            Some(streams) => {
                let streams: Vec<Uuid> = streams.into_iter().map(|(s,)| s).collect();
                app.freshen(&streams);
                streams.iter().for_each(|s| app.vault().forget(*s));
            }
            None => app.freshen_all(),
        }
    }
}

/// Looks at the log, and brings forward what is behind it.
async fn keep_current(app: App, db: Db, vault: Vault, inline: Arc<Inline>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let head = match app.log().look().await {
            Ok(head) => head.position,
            Err(e) => {
                tracing::warn!(error = %e, "the log cannot be looked at");
                continue;
            }
        };
        let Ok(standing) = projector::standing(&db).await else { continue };
        for s in standing {
            let Some(at) = s.position else { continue };
            metrics::gauge!("sesame_read_model_lag_events", "read_model" => s.model.name)
                .set(head.saturating_sub(at) as f64);
            if at >= head && !inline.stuck().contains_key(s.model.name) {
                continue;
            }
            match projector::catch_up(&db, &vault, s.model).await {
                Ok(_) => inline.take_back(s.model.name),
                // The database is away, busy or full: no fault of the read model's, and it is tried again in a moment.
                Err(e @ (Failure::Busy | Failure::Unavailable(_) | Failure::StorageFull(_))) => {
                    tracing::warn!(read_model = s.model.name, error = %e, "a read model is not caught up yet");
                }
                Err(e) => {
                    tracing::error!(read_model = s.model.name, error = %e, "a read model cannot be caught up");
                    inline.leave_behind(s.model.name, &e.to_string());
                    let note = Ask::new(
                        "UPDATE checkpoint SET stuck = $1 WHERE name = $2 AND version = $3",
                        [e.to_string().into(), s.model.name.into(), i64::from(s.model.version).into()],
                    );
                    // The note is for operators of other processes; failing to leave it changes nothing.
                    let _ = db.execute(note).await;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}

/// Builds read models that this binary knows and the database does not have; perhaps another process does it first.
async fn build(db: Db, vault: Vault) {
    loop {
        let unbuilt = match projector::standing(&db).await {
            Ok(standing) => standing.into_iter().filter(|s| s.position.is_none()).map(|s| s.model).collect::<Vec<_>>(),
            Err(e) => {
                tracing::warn!(error = %e, "which read models are to be built cannot be looked up");
                tokio::time::sleep(BUILD_AGAIN).await;
                continue;
            }
        };
        if unbuilt.is_empty() {
            return;
        }
        let names: Vec<_> = unbuilt.iter().map(|m| m.name).collect();
        tracing::info!(read_models = ?names, "building read models that are new to this database");
        match projector::rebuild(&db, &vault, &unbuilt, |_| {}).await {
            Ok(()) => tracing::info!(read_models = ?names, "read models are built"),
            Err(RebuildError::UnderWay) => tokio::time::sleep(BUILD_AGAIN).await,
            Err(e) => {
                tracing::error!(error = %e, "building read models failed; trying again in a moment");
                tokio::time::sleep(BUILD_AGAIN).await;
            }
        }
    }
}

/// Cleans the engine's files after erasures: at once on SQLite, hourly on PostgreSQL, where it locks tables for a while.
async fn clean_erasures(app: App, db: Db) {
    let pause = if db.sqlite_path().is_some() { Duration::from_secs(2) } else { Duration::from_secs(3600) };
    loop {
        tokio::time::sleep(pause).await;
        match erasure::clean(&db, app.clock().now().timestamp_micros()).await {
            Ok(0) => {}
            Ok(erasures) => tracing::info!(erasures, "the database files were cleaned after erasures"),
            Err(e) => {
                tracing::warn!(error = %e, "the database files could not be cleaned after erasures; trying again later")
            }
        }
        if let Err(e) = erasure::receipt::write_due(&app).await {
            tracing::warn!(error = %e, "what is left after erasures could not be looked for; trying again later");
        }
    }
}
