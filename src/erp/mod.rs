//! Records of an ERP: sent by GraphQL or HTTP, dropped as a file, or pulled from its own HTTP source.
//!
//! Whatever the door, records go through [`Sync`]: looked up by the hundred, told apart (`domain::contact::erp`), carried out through
//! [`crate::app::App`] many at a time, and noted (`store`): last seen, drift, counts. `line` reads a record as JSON; `http` takes many; `folder` takes
//! files; `pull` fetches by a schedule; `status` says how it stands; `resolve` turns a person's decision about drift into a command.
//!
//! The rules are in `domain`; here is none. Nobody is mailed.

mod folder;
pub mod http;
mod line;
mod pull;
mod resolve;
mod status;
mod store;
mod sync;

pub use folder::Folder;
pub use line::RecordLine;
pub use pull::{Source, may_pull, pull_due, pull_soon, rest, set_source};
pub use resolve::{Accept, decision, settled};
pub use status::{DriftRow, Standing, drift_count, drift_page, last_seen, standing};
pub use store::RunRow;
pub use sync::{Counts, Mode, Options, RefusedRecord, Report, Sync, SyncError, Why, sync_all};

use crate::{
    app::{App, Failure},
    outbound::Outbound,
};
use std::{path::PathBuf, time::Duration};

/// How often it is looked which pulls are due and which files were dropped.
const LOOK: Duration = Duration::from_secs(5);

/// Pulls what is due, takes dropped files, and forgets syncs of long ago; for ever.
pub async fn keep_syncing(app: App, outbound: Outbound, folder: Option<PathBuf>) {
    let mut folder = folder.map(Folder::at);
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(e) = pull_due(&app, &outbound).await {
            tracing::warn!(error = %e, "pulls from ERPs that are due could not be made");
        }
        if let Some(folder) = &mut folder
            && let Err(e) = folder.look(&app).await
        {
            tracing::warn!(error = %e, "the folder of ERPs could not be looked at");
        }
        if let Err(e) = forget_old(&app).await {
            tracing::warn!(error = %e, "old syncs could not be forgotten");
        }
    }
}

async fn forget_old(app: &App) -> Result<(), Failure> {
    let before = app.clock().now() - chrono::TimeDelta::days(store::RUN_KEPT_DAYS);
    store::forget_old_runs(app.reader().db(), before.timestamp_micros()).await
}
