//! Records of an ERP: sent by GraphQL or HTTP, dropped as a file, or pulled from its own HTTP source.
//!
//! Whatever the door, records go through [`Sync`]: looked up by the hundred, told apart (`domain::contact::erp`), carried out through
//! [`crate::app::App`] many at a time, and noted (`store`): last seen, drift, counts. `line` reads a record as JSON, `row` one of a CSV; `http` takes many;
//! `folder` takes files; `pull` fetches by a schedule (`source`); `status` says how it stands; `resolve` turns a person's decision about drift into a command.
//!
//! The rules are in `domain`; here is none. Nobody is mailed.

mod folder;
pub mod http;
mod line;
mod pull;
mod resolve;
mod row;
mod source;
mod status;
mod store;
mod sync;

pub use folder::Folder;
pub use pull::pull_due;
pub use resolve::{Accept, decision, settled};
pub use source::{Source, WRAPPED, may_pull, pull_soon, rest, set_source};
pub use status::{DriftRow, Standing, drift_count, drift_page, last_seen, standing};
pub use store::RunRow;
pub use sync::{Counts, Mode, Options, RefusedRecord, Report, Stopped, SyncError, Way, Why, sync_all};

use crate::{app::App, outbound::Outbound};
use std::{path::PathBuf, time::Duration};

/// How often it is looked which pulls are due and which files were dropped.
const LOOK: Duration = Duration::from_secs(5);

/// Pulls what is due and takes dropped files; for ever. Neither waits for the other.
pub async fn keep_syncing(app: App, outbound: Outbound, folder: Option<PathBuf>) {
    tokio::join!(keep_pulling(&app, &outbound), keep_looking(&app, folder));
}

async fn keep_pulling(app: &App, outbound: &Outbound) {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(e) = pull_due(app, outbound).await {
            tracing::warn!(error = %e, "which pulls from ERPs are due cannot be looked up");
        }
    }
}

async fn keep_looking(app: &App, folder: Option<PathBuf>) {
    let Some(mut folder) = folder.map(Folder::at) else { return };
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(e) = folder.look(app).await {
            tracing::warn!(error = %e, "the folder of ERPs cannot be looked at");
        }
    }
}
