//! Files people send and take away: client lists in (CSV), lists out (CSV, XLSX), templates, and the errors file.
//!
//! Pure and synchronous over [`std::io::Read`] and [`std::io::Write`]: nothing here knows an account, a database, a
//! task or a message in a reader's language. A file goes through these rooms, each usable alone:
//!
//! `encoding` (bytes to text) → `csv_in` (text to rows) → `columns` (rows to a client's fields) → the caller;
//! back out: `errors_out` (rejected rows), `template` (an empty form), `csv_out` and `xlsx_out` (subscribers, contacts).
//!
//! Start at [`ClientFile`] for imports and at [`export`] for exports. `guard` keeps the one rule both directions share.

mod client_file;
mod columns;
mod csv_cells;
mod csv_in;
mod csv_out;
mod encoding;
mod error;
mod errors_out;
pub mod export;
mod guard;
mod rows;
mod template;
mod xlsx_out;

#[cfg(test)]
mod tests;

pub use client_file::{ClientFile, SentRow};
pub use columns::{ClientField, ClientRow, Columns, IgnoredColumn, WhyIgnored, meant_by};
pub use csv_in::{CsvReader, Limits, ReadOptions};
pub use csv_out::CsvExport;
pub use encoding::{FileKind, TextEncoding, TextStream};
pub use error::{FileError, RowProblem};
pub use errors_out::ErrorsFile;
pub use export::SubscriberLine;
pub use rows::{KeptRow, Row};
pub use template::template;
pub use xlsx_out::XlsxExport;
