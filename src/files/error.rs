//! What can be wrong with a file ([`FileError`], it stops the reading) or with one row of it ([`RowProblem`], the other
//! rows go on).
//!
//! Each has a stable code and named parameters: messages in a reader's language are made elsewhere from those. The
//! `Display` text is English, for logs and the command line.

use std::io;

use thiserror::Error;

use super::columns::ClientField;
use super::encoding::FileKind;

/// Why a whole file cannot be read or written. Lines are physical lines from 1, columns count from 1.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// Nothing but white space.
    #[error("the file is empty")]
    Empty,
    /// Something else with a `.csv` name.
    #[error("this is not a CSV file but {kind}")]
    NotCsv {
        /// What it is.
        kind: FileKind,
    },
    /// Larger than [`super::Limits::bytes`].
    #[error("the file is larger than {limit} bytes")]
    TooBig {
        /// Bytes allowed.
        limit: u64,
    },
    /// More rows than [`super::Limits::rows`].
    #[error("the file has more than {limit} rows")]
    TooManyRows {
        /// Rows allowed, blank ones included.
        limit: u64,
    },
    /// A row wider than [`super::Limits::columns`].
    #[error("line {line} has more than {limit} columns")]
    TooManyColumns {
        /// Line of the row's first character.
        line: u64,
        /// Columns allowed.
        limit: usize,
    },
    /// A cell longer than [`super::Limits::cell_bytes`]; mostly a quote that nobody closed.
    #[error("the cell that begins at line {line}, column {column} is longer than {limit} bytes: is a quote left open?")]
    CellTooLong {
        /// Line where the cell begins.
        line: u64,
        /// Column of the cell.
        column: usize,
        /// Bytes of UTF-8 allowed.
        limit: usize,
    },
    /// The file ends inside a quoted cell.
    #[error("the quote opened at line {line} is never closed")]
    UnclosedQuote {
        /// Line of the opening quote.
        line: u64,
    },
    /// Two columns with the same meaning: which one counts is the sender's decision.
    #[error("columns {first} and {second} both mean {field}")]
    DuplicateColumn {
        /// The shared meaning.
        field: ClientField,
        /// The column on the left.
        first: usize,
        /// The column on the right.
        second: usize,
    },
    /// No column for a name, a company or an e-mail: nobody could be recognised by this file.
    #[error("no column for a name, a company or an e-mail among: {}", found.join(", "))]
    NoUsableColumn {
        /// The header as sent.
        found: Vec<String>,
    },
    /// Excel cannot hold this value in one cell.
    #[error("row {row}: {column} has {length} characters, Excel holds {limit} in a cell")]
    TooLongForExcel {
        /// Row in the list being written, from 1, headers not counted.
        row: u64,
        /// The header of the column.
        column: &'static str,
        /// Length in UTF-16 units, as Excel counts.
        length: usize,
        /// What Excel allows.
        limit: usize,
    },
    /// The source failed, not the file.
    #[error("reading failed: {0}")]
    Read(#[source] io::Error),
    /// The destination failed.
    #[error("writing failed: {0}")]
    Write(#[source] io::Error),
    /// The workbook could not be made, mostly for want of disk space for its temporary file.
    #[error("making the workbook failed: {0}")]
    Workbook(String),
}

impl FileError {
    /// The stable code, the same in every language and version.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "EMPTY_FILE",
            Self::NotCsv { .. } => "NOT_CSV",
            Self::TooBig { .. } => "FILE_TOO_BIG",
            Self::TooManyRows { .. } => "TOO_MANY_ROWS",
            Self::TooManyColumns { .. } => "TOO_MANY_COLUMNS",
            Self::CellTooLong { .. } => "CELL_TOO_LONG",
            Self::UnclosedQuote { .. } => "UNCLOSED_QUOTE",
            Self::DuplicateColumn { .. } => "DUPLICATE_COLUMN",
            Self::NoUsableColumn { .. } => "NO_USABLE_COLUMN",
            Self::TooLongForExcel { .. } => "TOO_LONG_FOR_EXCEL",
            Self::Read(_) => "READ_FAILED",
            Self::Write(_) => "WRITE_FAILED",
            Self::Workbook(_) => "WORKBOOK_FAILED",
        }
    }

    /// The values a message needs, by name.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Empty => Vec::new(),
            Self::NotCsv { kind } => vec![("kind", kind.code().to_owned())],
            Self::TooBig { limit } | Self::TooManyRows { limit } => vec![("limit", limit.to_string())],
            Self::TooManyColumns { line, limit } => vec![("line", line.to_string()), ("limit", limit.to_string())],
            Self::CellTooLong { line, column, limit } => {
                vec![("line", line.to_string()), ("column", column.to_string()), ("limit", limit.to_string())]
            }
            Self::UnclosedQuote { line } => vec![("line", line.to_string())],
            Self::DuplicateColumn { field, first, second } => {
                vec![("field", field.code().to_owned()), ("first", first.to_string()), ("second", second.to_string())]
            }
            Self::NoUsableColumn { found } => vec![("found", found.join(", "))],
            Self::TooLongForExcel { row, column, length, limit } => vec![
                ("row", row.to_string()),
                ("column", (*column).to_owned()),
                ("length", length.to_string()),
                ("limit", limit.to_string()),
            ],
            Self::Read(error) | Self::Write(error) => vec![("cause", error.to_string())],
            Self::Workbook(cause) => vec![("cause", cause.clone())],
        }
    }

    /// True where our side failed (disk, connection): tell the operator. Otherwise the file is at fault: tell the sender.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Read(_) | Self::Write(_) | Self::Workbook(_))
    }
}

/// Why one row cannot be taken as it stands. The reading goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// More or fewer cells than the header has columns; mostly a line break or a separator without quotes.
    #[error("{found} cells where the header has {expected} columns")]
    Ragged {
        /// Columns of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// Some bytes are no text in the file's encoding; U+FFFD stands in their place.
    #[error("some characters cannot be read in the file's encoding")]
    Undecodable,
}

impl RowProblem {
    /// The stable code, the same in every language and version.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ragged { .. } => "RAGGED_ROW",
            Self::Undecodable => "UNDECODABLE",
        }
    }

    /// The values a message needs, by name.
    #[must_use]
    pub fn parameters(self) -> Vec<(&'static str, String)> {
        match self {
            Self::Ragged { expected, found } => vec![("expected", expected.to_string()), ("found", found.to_string())],
            Self::Undecodable => Vec::new(),
        }
    }
}
