//! Writes CSV as Excel reads it without asking: a byte-order mark, CRLF, quotes where needed, the formula guard.
//!
//! All CSV files of ours come out of here, so that each of them reads back through `csv_in` to the same values. The mark
//! also keeps Excel from taking a file that begins with the letters `ID` for one of its own old formats (SYLK).
//!
//! Bytes are gathered in one buffer that is used again; the caller's writer needs no buffer of its own.

use std::io::{self, Write};

use crate::i18n::lang::Lang;

use super::error::FileError;
use super::guard;

/// The buffer goes out once it holds this much.
const BUFFER: usize = 64 * 1024;

/// The separator that opens as columns by a double click where Excel speaks this language.
pub(super) fn separator_for(lang: Lang) -> u8 {
    match lang {
        Lang::Fr => b';',
        Lang::En => b',',
    }
}

#[derive(Debug)]
pub(super) struct CsvCells<W: Write> {
    out: csv::Writer<W>,
    guarded: String,
}

impl<W: Write> CsvCells<W> {
    pub(super) fn begin(mut out: W, separator: u8) -> Result<Self, FileError> {
        out.write_all("\u{FEFF}".as_bytes()).map_err(FileError::Write)?;
        let out = csv::WriterBuilder::new()
            .delimiter(separator)
            .terminator(csv::Terminator::CRLF)
            // Rows of an errors file are as wide as they were sent.
            .flexible(true)
            .buffer_capacity(BUFFER)
            .from_writer(out);
        Ok(Self { out, guarded: String::new() })
    }

    pub(super) fn cell(&mut self, value: &str) -> Result<(), FileError> {
        let written = if guard::needs_guard(value) {
            self.guarded.clear();
            self.guarded.push('\'');
            self.guarded.push_str(value);
            self.out.write_field(&self.guarded)
        } else {
            self.out.write_field(value)
        };
        written.map_err(failed)
    }

    pub(super) fn end_row(&mut self) -> Result<(), FileError> {
        self.out.write_record(None::<&[u8]>).map_err(failed)
    }

    pub(super) fn row<'v>(&mut self, cells: impl IntoIterator<Item = &'v str>) -> Result<(), FileError> {
        cells.into_iter().try_for_each(|value| self.cell(value))?;
        self.end_row()
    }

    pub(super) fn finish(self) -> Result<W, FileError> {
        let mut out = self.out.into_inner().map_err(|error| FileError::Write(error.into_error()))?;
        out.flush().map_err(FileError::Write)?;
        Ok(out)
    }
}

/// The destination's own error, with its kind: a full disk must be told from a lost connection.
fn failed(error: csv::Error) -> FileError {
    FileError::Write(match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })
}
