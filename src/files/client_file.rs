//! A client file, opened: rows by meaning, what was found out about the file, and the errors file that answers it.
//!
//! This is the way in for an import. Before it, each room can be used alone: `encoding`, `csv_in`, `columns`.

use std::io::{Read, Write};

use crate::i18n::lang::Lang;

use super::columns::{ClientRow, Columns};
use super::csv_in::{CsvReader, ReadOptions};
use super::encoding::TextEncoding;
use super::error::FileError;
use super::errors_out::ErrorsFile;
use super::rows::Row;

/// A row twice: as sent, for the errors file, and by meaning.
#[derive(Clone, Copy, Debug)]
pub struct SentRow<'r> {
    /// As sent.
    pub row: Row<'r>,
    /// By meaning.
    pub client: ClientRow<'r>,
}

/// A client file being read.
#[derive(Debug)]
pub struct ClientFile<R> {
    rows: CsvReader<R>,
    columns: Columns,
}

impl<R: Read> ClientFile<R> {
    /// Finds out encoding, separator and columns. No row is read yet.
    ///
    /// # Errors
    /// Whatever makes the file unreadable as a client list, see [`FileError`].
    pub fn open(source: R, options: &ReadOptions) -> Result<Self, FileError> {
        let mut rows = CsvReader::open(source, options)?;
        let columns = Columns::recognise(&rows.header())?;
        if !columns.error_columns().is_empty() {
            rows.be_strict();
        }
        Ok(Self { rows, columns })
    }

    /// The next row that is not blank; `None` at the end. A row with a [`Row::problem`] must be rejected with it.
    ///
    /// # Errors
    /// What is wrong with the file as a whole, once the rows before are handed out.
    pub fn next_row(&mut self) -> Result<Option<SentRow<'_>>, FileError> {
        let columns = &self.columns;
        let row = self.rows.next_row()?;
        Ok(row.map(|row| SentRow { row, client: columns.client_row(&row) }))
    }

    /// The header as sent.
    #[must_use]
    pub fn header(&self) -> Row<'_> {
        self.rows.header()
    }

    /// The header, understood: which columns serve, which are ignored.
    #[must_use]
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The encoding used so far, see [`super::TextStream::encoding`]: final once all rows are read.
    #[must_use]
    pub fn encoding(&self) -> TextEncoding {
        self.rows.encoding()
    }

    /// The separator, an ASCII byte.
    #[must_use]
    pub fn separator(&self) -> u8 {
        self.rows.separator()
    }

    /// Blank rows skipped so far.
    #[must_use]
    pub fn blank_rows(&self) -> u64 {
        self.rows.blank_rows()
    }

    /// Begins the errors file of this file: same separator, same header.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn errors_file<W: Write>(&self, out: W, lang: Lang) -> Result<ErrorsFile<W>, FileError> {
        ErrorsFile::begin(out, &self.rows.header(), &self.columns, self.separator(), lang)
    }
}
