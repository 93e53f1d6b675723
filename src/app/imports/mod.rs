//! Imports as plans: what each row of a file would do stands in a table, sealed; applying does exactly that, undoing takes it back.
//!
//! `rows` is a plan's row, `store` where rows stand until they are purged. `apply` and `undo` each do one lot of rows: the rows' events and the import's
//! own event, which says how far it is, are one append. So a lot is done once, whoever does it and however often the process dies; a stop comes between
//! two lots; and what was done is never counted by guessing. `work` does lot after lot of whatever import waits for it.
//!
//! Reading files is not known here: `crate::exchange` makes plans and hands them over row by row.

mod apply;
mod lot;
mod rows;
mod store;
mod undo;
mod work;

pub use rows::{Kept, Outcome, PlanRow, RowChange, RowFault, RowNote, Says, Values};
pub use store::{FileHead, Page, RowFilter, Rows};
pub use work::{Progress, Worked, progress, work};
