//! Text to rows: finds the separator, cuts rows, skips blank ones, and marks those that do not fit the header.
//!
//! What fits, with a header of nine columns:
//! - nine cells; or more where all beyond the ninth are empty (a stray separator at the end of lines);
//! - fewer, only as Excel itself leaves them out. It saves sixteen rows at a time and drops the columns that are empty in
//!   all sixteen at the right end, so rows 17 to 32 may have seven cells each. A block all of one width is taken, its
//!   missing cells are empty. One short row among full ones is an address broken by a bare line break, or a lost
//!   separator: that row's [`RowProblem::Ragged`]. So is a last row, alone in its block, that the file's end cuts off.
//!
//! Titles left empty at the header's right end are not counted as columns that a row must have.
//!
//! Knows nothing of what a column means. Before: `encoding`. Next: `columns`.

mod scan;
mod separator;

use std::io::Read;

use super::encoding::{TextEncoding, TextStream};
use super::error::{FileError, RowProblem};
use super::rows::{KeptRow, Row, RowBlock};
use scan::{RowScanner, Scanned};

/// Rows Excel saves at a time.
const EXCEL_BLOCK: u64 = 16;

/// Text looked at to find the separator, in bytes.
const SAMPLE: usize = 64 * 1024;

/// What a file may not exceed. Beyond, reading stops with an error that names the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as sent.
    pub bytes: u64,
    /// Rows below the header, blank ones included.
    pub rows: u64,
    /// Cells in a row.
    pub columns: usize,
    /// Bytes of a cell, in UTF-8.
    pub cell_bytes: usize,
}

impl Default for Limits {
    /// As many rows as an Excel sheet holds, in 1 GiB.
    fn default() -> Self {
        Self { bytes: 1 << 30, rows: 1_048_576, columns: 200, cell_bytes: 64 * 1024 }
    }
}

/// How to read a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions {
    /// The sender's word on the encoding; otherwise it is found.
    pub encoding: Option<TextEncoding>,
    /// What the file may not exceed.
    pub limits: Limits,
}

/// Where the reading stopped: rows read before an error are handed out first, then the error.
#[derive(Debug)]
enum End {
    Open,
    Reached,
    Failed(FileError),
}

/// Reads the rows of a CSV file, one at a time, in bounded memory.
#[derive(Debug)]
pub struct CsvReader<R> {
    stream: TextStream<R>,
    scanner: RowScanner,
    limits: Limits,
    /// Decoded text, `at` the next byte of it, `offset` its place in the whole text.
    text: String,
    at: usize,
    offset: u64,
    header: KeptRow,
    /// Columns a row must have, titles left empty at the right end not counted.
    needed: usize,
    strict: bool,
    block: RowBlock,
    handed_out: usize,
    end: End,
    /// Rows read so far, as Excel counts.
    number: u64,
    blank_rows: u64,
}

impl<R: Read> CsvReader<R> {
    /// Finds encoding and separator and reads the header: the first row that is not blank.
    ///
    /// # Errors
    /// Those of [`TextStream::open`], and any error met before the header's end.
    pub fn open(source: R, options: &ReadOptions) -> Result<Self, FileError> {
        let limits = options.limits;
        let mut stream = TextStream::open(source, options.encoding, limits.bytes)?;
        let mut text = String::new();
        let mut more = true;
        while more && text.len() < SAMPLE {
            more = stream.next_text(&mut text)?;
        }
        let scanner = match separator::told(&text) {
            Some((separator, taken)) => (RowScanner::new(separator, 2, &limits), taken),
            None => (RowScanner::new(separator::sniff(&text, !more, &limits), 1, &limits), 0),
        };
        let mut block = RowBlock::default();
        block.close_row(0, 0, None);
        let nothing = block.row(0).map(|row| row.keep()).ok_or(FileError::Empty)?;
        let mut reader = Self {
            stream,
            scanner: scanner.0,
            limits,
            text,
            at: scanner.1,
            offset: 0,
            header: nothing,
            needed: 0,
            strict: false,
            block,
            handed_out: 0,
            end: End::Open,
            number: 0,
            blank_rows: 0,
        };
        reader.read_header()?;
        Ok(reader)
    }

    fn read_header(&mut self) -> Result<(), FileError> {
        loop {
            self.block.clear();
            let Some(scanned) = self.scan_row()? else { return Err(FileError::Empty) };
            self.number += 1;
            self.block.close_row(self.number, scanned.line, None);
            if self.block.is_blank(0) {
                continue;
            }
            if let Some(row) = self.block.row(0) {
                self.needed = row
                    .cells()
                    .enumerate()
                    .filter(|(_, title)| !title.trim().is_empty())
                    .last()
                    .map_or(0, |(at, _)| at + 1);
                self.header = row.keep();
            }
            // A damaged title spoils no row; its column is simply not recognised.
            let _ = self.stream.damaged_before(self.offset + self.at as u64);
            self.block.clear();
            return Ok(());
        }
    }

    /// The header as sent. Its number is 1 unless blank rows stand before it.
    #[must_use]
    pub fn header(&self) -> Row<'_> {
        self.header.as_row()
    }

    /// The separator, an ASCII byte.
    #[must_use]
    pub fn separator(&self) -> u8 {
        self.scanner.separator()
    }

    /// The encoding used so far, see [`TextStream::encoding`].
    #[must_use]
    pub fn encoding(&self) -> TextEncoding {
        self.stream.encoding()
    }

    /// Blank rows skipped so far below the header.
    #[must_use]
    pub fn blank_rows(&self) -> u64 {
        self.blank_rows
    }

    /// From here on nothing doubtful is taken: no short row, even where Excel might have made it, and no U+FFFD. Meant
    /// for an errors file, where rows rejected for that reason stand close together and lost their bytes long ago.
    pub(super) fn be_strict(&mut self) {
        self.strict = true;
    }

    /// The next row that is not blank; `None` at the end.
    ///
    /// # Errors
    /// What is wrong with the file as a whole; the rows before are handed out first. After an error: `None`.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, FileError> {
        loop {
            if self.handed_out < self.block.len() {
                let index = self.handed_out;
                self.handed_out += 1;
                if self.block.is_blank(index) {
                    self.blank_rows += 1;
                    continue;
                }
                return Ok(self.block.row(index));
            }
            match std::mem::replace(&mut self.end, End::Reached) {
                End::Open => self.end = self.read_block(),
                End::Reached => return Ok(None),
                End::Failed(error) => return Err(error),
            }
        }
    }

    /// Reads to the end of Excel's block and judges its rows.
    fn read_block(&mut self) -> End {
        self.block.clear();
        self.handed_out = 0;
        let mut cut_off = false;
        let end = loop {
            match self.scan_row() {
                Ok(None) => break End::Reached,
                Err(error) => break End::Failed(error),
                Ok(Some(scanned)) => {
                    if self.number - self.header().number == self.limits.rows {
                        break End::Failed(FileError::TooManyRows { limit: self.limits.rows });
                    }
                    let damaged = self.stream.damaged_before(self.offset + self.at as u64);
                    self.number += 1;
                    self.block.close_row(self.number, scanned.line, damaged.then_some(RowProblem::Undecodable));
                    cut_off = !scanned.terminated;
                    if self.number.is_multiple_of(EXCEL_BLOCK) {
                        break End::Open;
                    }
                }
            }
        };
        let cut_off_alone = cut_off && self.block.len() == 1;
        let may_be_short = !cut_off_alone && !self.strict && self.is_all_of_one_width();
        let columns =
            Expected { needed: self.needed, titled: self.header().width(), may_be_short, strict: self.strict };
        self.block.judge(|row| columns.problem_of(row));
        end
    }

    /// True where Excel may have dropped empty columns at the right end of the whole block.
    fn is_all_of_one_width(&self) -> bool {
        let holds_header = (self.header().number - 1) / EXCEL_BLOCK == (self.number.max(1) - 1) / EXCEL_BLOCK;
        let mut widths = (0..self.block.len())
            .filter_map(|index| self.block.row(index))
            .filter(|row| row.width() > 1 || row.cells().any(|cell| !cell.trim().is_empty()))
            .map(|row| row.width());
        let first = widths.next();
        !holds_header && widths.all(|width| Some(width) == first)
    }

    fn scan_row(&mut self) -> Result<Option<Scanned>, FileError> {
        loop {
            if let Some(row) = self.scanner.scan(&self.text, &mut self.at, &mut self.block)? {
                return Ok(Some(row));
            }
            self.offset += self.text.len() as u64;
            self.text.clear();
            self.at = 0;
            if !self.stream.next_text(&mut self.text)? {
                return self.scanner.finish(&mut self.block);
            }
        }
    }
}

/// What a row is measured by.
struct Expected {
    needed: usize,
    titled: usize,
    may_be_short: bool,
    strict: bool,
}

impl Expected {
    fn problem_of(&self, row: &Row<'_>) -> Option<RowProblem> {
        let short = row.width() < self.needed && !self.may_be_short;
        let long = row.cells().skip(self.titled).any(|cell| !cell.trim().is_empty());
        if short || long {
            return Some(RowProblem::Ragged { expected: self.needed, found: row.width() });
        }
        let lost = self.strict && row.cells().any(|cell| cell.contains('\u{FFFD}'));
        lost.then_some(RowProblem::Undecodable)
    }
}
