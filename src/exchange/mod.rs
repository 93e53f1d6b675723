//! Client files in, subscribers out: the way between files and the account.
//!
//! [`import_contacts`] takes a file through these rooms: `row` (a row judged, pure), `matching` (which contact a row means, pure over look-ups),
//! `plan` (look-ups by the hundred, and what each row asks for), `work` (carried out through
//! [`crate::app::App`], many at a time), `ledger` (what became of them). `import` is the whole.
//! [`plan_contacts`] stops after `plan` and notes it (`planning`), to be applied later by [`crate::app::imports`]; `mending` gives the rows back that were not
//! taken.
//! [`export_subscribers`] writes the account's subscribers of today, [`export_contacts`] its contacts as their list is narrowed, page by page. `http` opens both to the network; `report` is what is told, `stopped` why something was not done.
//!
//! How files are read and written is known in [`crate::files`], the rules in crate `domain`; here is neither a rule of the trade nor a byte of CSV.

mod countries;
mod export;
pub mod http;
mod import;
mod ledger;
mod matching;
mod mending;
mod plan;
mod planning;
mod report;
mod row;
mod stopped;
mod work;

pub(crate) use countries::country_code;
pub use export::{ExportOptions, Format, export_contacts, export_subscribers};
pub use import::{ImportError, ImportOptions, Imported, Progress, import_contacts};
pub use mending::{Mended, faults_of, worded};
pub use planning::{PlanOptions, PlannedFile, plan_contacts};
pub use report::{ImportCounts, ImportReport, RowError, Warning};
pub use stopped::Stopped;

/// A row judged as an import does, in words: for the fuzzers.
#[cfg(any(test, fuzzing))]
pub(crate) fn judged(row: &crate::files::ClientRow<'_>, columns: &crate::files::Columns) -> String {
    format!("{:?}", row::judge_leniently(row, row::Shape::of(columns)))
}
