//! Keeps read models current: inline in the append while they are level with the log, otherwise by catching up; rebuilds them beside the
//! live ones. The one rule behind both is the checkpoint: rows and checkpoint move in the same transaction.
//!
//! It runs what `projections` declares and knows nothing of what rows mean. It sends no mail and calls nobody, ever.

mod catch_up;
mod fill;
pub mod inline;
mod rebuild;

pub use catch_up::{Standing, catch_up, create_missing, standing};
pub(crate) use fill::{Narrow, READ, fold_on};
pub use rebuild::{Progress, RebuildError, rebuild};
