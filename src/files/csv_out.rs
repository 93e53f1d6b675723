//! A list as CSV, line by line: a writer of it holds one buffer, whatever the length of the list.
//!
//! The form is `csv_cells`' own, so `csv_in` reads back the same values. Next to it: `xlsx_out`.

use std::io::Write;

use crate::i18n::lang::Lang;

use super::csv_cells::{CsvCells, separator_for};
use super::error::FileError;
use super::export::{Form, SUBSCRIBERS, SubscriberLine};

/// A CSV export being written.
#[derive(Debug)]
pub struct CsvExport<W: Write> {
    cells: CsvCells<W>,
}

impl<W: Write> CsvExport<W> {
    /// Begins the subscribers' list with its header. The language gives the separator its Excel expects; the headers are the same in all.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn begin(out: W, lang: Lang) -> Result<Self, FileError> {
        Self::begin_as(out, lang, &SUBSCRIBERS)
    }

    /// As [`CsvExport::begin`], of any list.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn begin_as(out: W, lang: Lang, form: &Form) -> Result<Self, FileError> {
        let mut cells = CsvCells::begin(out, separator_for(lang))?;
        cells.row(form.header.iter().copied())?;
        Ok(Self { cells })
    }

    /// Adds a subscriber.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn push(&mut self, line: &SubscriberLine<'_>) -> Result<(), FileError> {
        self.push_cells(&line.cells())
    }

    /// Adds a line of any list: as many cells as its form has.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn push_cells(&mut self, cells: &[&str]) -> Result<(), FileError> {
        self.cells.row(cells.iter().copied())
    }

    /// Writes what is left and gives the writer back.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn finish(self) -> Result<W, FileError> {
        self.cells.finish()
    }
}
