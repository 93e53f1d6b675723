//! The errors file: rejected rows as sent, with what is wrong, ready to be corrected and imported again.
//!
//! The messages stand in the first column, `Erreur`: there they stay in sight however wide the file is, and cells beyond
//! or short of the header keep their places, so a ragged row is ragged again if nobody corrects it. The other columns
//! are the file's own. A file that is itself an errors file gets its column renewed, not a second one.
//!
//! Cells survive unchanged (`csv_cells` and `csv_in` are inverse). Bytes that could not be decoded come out as U+FFFD,
//! and a second import refuses them for that.

use std::io::Write;

use crate::i18n::lang::Lang;

use super::columns::Columns;
use super::csv_cells::CsvCells;
use super::error::FileError;
use super::rows::Row;

/// An errors file being written.
#[derive(Debug)]
pub struct ErrorsFile<W: Write> {
    cells: CsvCells<W>,
    /// Columns left out: the `Erreur` column of an earlier errors file.
    left_out: Vec<usize>,
    /// Whether each row says what is wrong with it: not where that was mended.
    tells: bool,
    message: String,
    rows: u64,
}

impl<W: Write> ErrorsFile<W> {
    pub(crate) fn begin(
        out: W,
        header: &Row<'_>,
        columns: &Columns,
        separator: u8,
        lang: Lang,
    ) -> Result<Self, FileError> {
        let mut file = Self {
            cells: CsvCells::begin(out, separator)?,
            left_out: columns.error_columns().to_vec(),
            tells: true,
            message: String::new(),
            rows: 0,
        };
        file.write(
            header,
            match lang {
                Lang::Fr => "Erreur",
                Lang::En => "Error",
            },
        )?;
        Ok(file)
    }

    /// The same of rows that were mended: nothing is said of them.
    pub(crate) fn begin_mended(out: W, header: &Row<'_>, columns: &Columns, separator: u8) -> Result<Self, FileError> {
        let left_out = columns.error_columns().to_vec();
        let cells = CsvCells::begin(out, separator)?;
        let mut file = Self { cells, left_out, tells: false, message: String::new(), rows: 0 };
        file.write(header, "")?;
        Ok(file)
    }

    /// Adds a rejected row with its messages.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn push<M: AsRef<str>>(&mut self, row: &Row<'_>, messages: &[M]) -> Result<(), FileError> {
        let mut joined = std::mem::take(&mut self.message);
        joined.clear();
        for (index, message) in messages.iter().enumerate() {
            joined.push_str(if index == 0 { "" } else { " ; " });
            joined.push_str(message.as_ref());
        }
        self.write(row, &joined)?;
        self.message = joined;
        self.rows += 1;
        Ok(())
    }

    /// Rejected rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes what is left and gives the writer back.
    ///
    /// # Errors
    /// [`FileError::Write`].
    pub fn finish(self) -> Result<W, FileError> {
        self.cells.finish()
    }

    fn write(&mut self, row: &Row<'_>, first: &str) -> Result<(), FileError> {
        if self.tells {
            self.cells.cell(first)?;
        }
        for (index, cell) in row.cells().enumerate() {
            if !self.left_out.contains(&index) {
                self.cells.cell(cell)?;
            }
        }
        self.cells.end_row()
    }
}
