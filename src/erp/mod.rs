//! Records of an ERP: sent by GraphQL or HTTP, dropped as a file, or pulled from its own HTTP source.
//!
//! Whatever the door, records go through [`Sync`]: looked up by the hundred, told apart (`domain::contact::erp`), carried out through
//! [`crate::app::App`] many at a time, and noted (`store`): last seen, drift, counts. `line` reads a record as JSON; `http` takes many; `folder` takes
//! files; `pull` fetches by a schedule; `status` says how it stands; `resolve` turns a person's decision about drift into a command.
//!
//! The rules are in `domain`; here is none. Nobody is mailed.

pub mod http;
mod line;
mod resolve;
mod status;
mod store;
mod sync;

pub use line::RecordLine;
pub use resolve::{Accept, decision, settled};
pub use status::{DriftRow, Standing, drift_count, drift_page, last_seen, standing};
pub use store::{RUN_KEPT_DAYS, RunRow, forget_old_runs};
pub use sync::{Counts, Mode, Options, RefusedRecord, Report, Sync, SyncError, Why, sync_all};
