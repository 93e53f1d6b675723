//! The work that goes on in the background: lot after lot of every import that waits for it, in turn, so that a large one holds up no small one. Any process of
//! the service may do it, and takes over what another left: where the import stands is in the log.

use super::store::Rows;
use crate::{
    app::{About, App, Caller, Failure, Question},
    log::Head,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ImportId,
    import::{ImportState, PLAN_LASTS, UNDO_LASTS},
    values::ImportStatus,
};
use futures::{Stream, stream};
use projections::imports;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often it is looked for work, while there is none.
const LOOK: Duration = Duration::from_millis(400);
/// How long an import is left alone after someone else was at it, or it failed.
const LEFT_ALONE: Duration = Duration::from_secs(2);
/// How often rows that are of no more use are looked for.
const PURGE: Duration = Duration::from_secs(3600);
/// Imports looked at by one question of it.
const LOOKED_AT: i64 = 200;
/// How often progress is told at most.
const TOLD: Duration = Duration::from_millis(200);

/// What came of one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// There is more to do.
    Further,
    /// That was the last.
    Ended,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Which.
    pub import: ImportId,
    /// Version of its stream.
    pub version: u64,
    /// As it stands.
    pub state: ImportState,
}

impl Progress {
    /// Whether nothing goes on by itself: it waits for someone to say so, or is through.
    pub fn at_rest(&self) -> bool {
        !matches!(self.state.status, ImportStatus::Applying | ImportStatus::Undoing)
    }

    /// Rows a second, of what is being done or was done last; none before it began.
    pub fn rows_per_second(&self, now: DateTime<Utc>) -> Option<f64> {
        let state = &self.state;
        let (rows, from, until) = match (state.undo_started, state.undone) {
            (Some(from), undone) => {
                let rows = undone.map_or(0, |u| u.removed + u.restored + u.kept);
                (rows, from.at, if state.status == ImportStatus::Undone { state.since.at } else { now })
            }
            (None, _) => (state.looked_at(), state.started?.at, state.ended.map_or(now, |ended| ended.at)),
        };
        let seconds = (until - from).num_milliseconds().max(1) as f64 / 1000.0;
        Some(rows as f64 / seconds)
    }
}

impl App {
    /// The rows of imports.
    pub fn import_rows(&self) -> &Rows {
        &self.inner.rows
    }

    /// Does one lot of an import. None: there is nothing to do, or another process is at it.
    pub async fn work_on_import(&self, id: ImportId) -> Result<Option<Worked>, Failure> {
        // A stop waits for the lot under way, and does not have to race with it.
        let _turn = self.inner.locks.lock(&[id.into()]).await;
        let folded = self.inner.loader.load(id.into(), true).await?.folded;
        let Some(import) = folded.state.import() else { return Ok(None) };
        match import.status {
            ImportStatus::Applying => self.apply_lot(id, folded.version, import).await,
            ImportStatus::Undoing => self.undo_lot(id, folded.version, import).await,
            _ => Ok(None),
        }
    }

    /// Deletes the rows of imports that can neither be applied nor taken back any more; how many imports.
    pub async fn purge_imports(&self) -> Result<u64, Failure> {
        let now = self.inner.clock.now();
        let begun = (now - UNDO_LASTS).timestamp_micros();
        let (mut purged, mut beyond) = (0, None);
        loop {
            let page = self.inner.rows.begun_before(begun, beyond, LOOKED_AT).await?;
            let whole = (page.len() as i64) < LOOKED_AT;
            beyond = page.last().copied().or(beyond);
            for (_, id) in page {
                let folded = self.inner.loader.load(id.into(), true).await?.folded;
                if !folded.state.import().is_some_and(|import| rows_are_of_use(import, now)) {
                    self.inner.rows.purge(id, now.timestamp_micros()).await?;
                    purged += 1;
                }
            }
            if whole {
                return Ok(purged);
            }
        }
    }
}

fn rows_are_of_use(import: &ImportState, now: DateTime<Utc>) -> bool {
    let within = |lasts: TimeDelta, since: DateTime<Utc>| now < since + lasts;
    match import.status {
        ImportStatus::Applying | ImportStatus::Undoing => true,
        ImportStatus::Planned => within(PLAN_LASTS, import.planned.at),
        ImportStatus::Cancelled if import.started.is_none() => false,
        ImportStatus::Applied | ImportStatus::Cancelled | ImportStatus::Undone => within(UNDO_LASTS, import.since.at),
    }
}

/// Works for ever.
pub async fn work(app: App) {
    let mut purged: Option<Instant> = None;
    let mut left_alone: Vec<(ImportId, Instant)> = Vec::new();
    loop {
        if purged.is_none_or(|at| at.elapsed() >= PURGE) {
            purged = Some(Instant::now());
            if let Err(e) = app.purge_imports().await {
                tracing::warn!(error = %e, "rows of old imports could not be deleted; trying again in an hour");
            }
        }
        left_alone.retain(|(_, since)| since.elapsed() < LEFT_ALONE);
        let waiting = app.reader().db().fetch(imports::at_work()).await.unwrap_or_default();
        let mut busy = false;
        for id in waiting.into_iter().map(|(id,)| ImportId(id)) {
            if left_alone.iter().any(|(alone, _)| *alone == id) {
                continue;
            }
            match app.work_on_import(id).await {
                Ok(Some(_)) => busy = true,
                Ok(None) => left_alone.push((id, Instant::now())),
                Err(e) => {
                    tracing::warn!(import = %id, error = %e, "a lot of an import failed; trying again in a moment");
                    left_alone.push((id, Instant::now()));
                }
            }
        }
        if !busy {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// An import as it goes on, whichever process does the work: at once as it is, then at each change, a few times a second at most; it ends with the first state at
/// rest. None: there is no such import for this caller.
pub async fn progress(
    app: &App,
    caller: &Caller,
    id: ImportId,
) -> Result<Option<impl Stream<Item = Result<Progress, Failure>> + Send + use<>>, Failure> {
    // Watched before the first look: what comes in between is a change to be told.
    let head = app.log().watch();
    let Some(first) = look(app, caller, id).await? else { return Ok(None) };
    let watching =
        Watching { app: app.clone(), caller: caller.clone(), import: id, next: Some(first), seen: 0, rest: false };
    Ok(Some(stream::unfold((watching, head), |(mut watching, mut head)| async move {
        let told = watching.tell(&mut head).await?;
        Some((told, (watching, head)))
    })))
}

/// Someone who watches an import.
struct Watching {
    app: App,
    caller: Caller,
    import: ImportId,
    /// Known already, and not told yet.
    next: Option<Progress>,
    /// The version told last.
    seen: u64,
    /// The last told was at rest: nothing comes after it.
    rest: bool,
}

impl Watching {
    async fn tell(&mut self, head: &mut watch::Receiver<Head>) -> Option<Result<Progress, Failure>> {
        if self.rest {
            return None;
        }
        let progress = match self.next.take() {
            Some(first) => first,
            None => match self.changed(head).await? {
                Ok(progress) => progress,
                Err(failure) => {
                    self.rest = true;
                    return Some(Err(failure));
                }
            },
        };
        (self.seen, self.rest) = (progress.version, progress.at_rest());
        Some(Ok(progress))
    }

    /// Waits until it stands otherwise.
    async fn changed(&self, head: &mut watch::Receiver<Head>) -> Option<Result<Progress, Failure>> {
        loop {
            head.changed().await.ok()?;
            tokio::time::sleep(TOLD).await;
            head.borrow_and_update();
            match look(&self.app, &self.caller, self.import).await.transpose()? {
                Ok(progress) if progress.version == self.seen => {}
                told => return Some(told),
            }
        }
    }
}

async fn look(app: &App, caller: &Caller, id: ImportId) -> Result<Option<Progress>, Failure> {
    let states = app.reader().states(vec![id.0]).await?;
    let Some(folded) = states.get(&id.0) else { return Ok(None) };
    let state =
        folded.state.import().filter(|import| caller.may_ask(Question::Import, import.account, About::default()));
    Ok(state.map(|state| Progress { import: id, version: folded.version, state: state.clone() }))
}
