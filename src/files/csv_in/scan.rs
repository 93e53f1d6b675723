//! Cuts text into cells and rows, piece by piece: RFC 4180 and what spreadsheets make of it.
//!
//! A quote counts only as a cell's first character; inside quotes a doubled quote is one, and separators and line
//! breaks are text. What follows a closing quote belongs to the cell. LF, CRLF and CR end a row.
//!
//! Our own, where the rest of the world would take a library, because the report needs what CSV libraries hide: empty
//! lines (Excel counts them), physical lines inside cells, an open quote at the end, and a limit on a cell's length
//! before it is held in memory. A property in `tests` compares it with the `csv` crate on arbitrary text.

use super::super::error::FileError;
use super::super::rows::RowBlock;
use super::Limits;

/// Where in a row the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    RowStart,
    CellStart,
    Bare,
    Quoted,
    /// After a quote inside quotes: the end of the quoted part, or the first of two.
    QuoteSeen,
}

/// A row that has just been closed in its block except for its number and verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scanned {
    /// The physical line of the row's first character.
    pub(super) line: u64,
    /// False where the file ended in place of a line break.
    pub(super) terminated: bool,
}

#[derive(Debug)]
pub(super) struct RowScanner {
    separator: u8,
    /// True for each byte that ends an unquoted run: the separator, CR, LF.
    stops: [bool; 256],
    columns: usize,
    cell_bytes: usize,
    place: Place,
    /// Physical line of the next byte.
    line: u64,
    /// The last byte was a CR: an LF now is the same line break.
    after_cr: bool,
    row_line: u64,
    cell_line: u64,
}

impl RowScanner {
    /// Starts at the physical `line`.
    pub(super) fn new(separator: u8, line: u64, limits: &Limits) -> Self {
        let mut stops = [false; 256];
        for byte in [separator, b'\r', b'\n'] {
            stops[usize::from(byte)] = true;
        }
        Self {
            separator,
            stops,
            columns: limits.columns,
            cell_bytes: limits.cell_bytes,
            place: Place::RowStart,
            line,
            after_cr: false,
            row_line: line,
            cell_line: line,
        }
    }

    pub(super) fn separator(&self) -> u8 {
        self.separator
    }

    /// Reads `text` from `at` on into `block`, moving `at`. Gives the row once it ends, `None` where more text is needed.
    pub(super) fn scan(
        &mut self,
        text: &str,
        at: &mut usize,
        block: &mut RowBlock,
    ) -> Result<Option<Scanned>, FileError> {
        let bytes = text.as_bytes();
        while let Some(&byte) = bytes.get(*at) {
            match self.place {
                Place::RowStart if self.after_cr && byte == b'\n' => {
                    self.after_cr = false;
                    *at += 1;
                }
                Place::RowStart => {
                    self.after_cr = false;
                    self.row_line = self.line;
                    self.place = Place::CellStart;
                }
                Place::CellStart => {
                    self.cell_line = self.line;
                    let quoted = byte == b'"';
                    *at += usize::from(quoted);
                    self.place = if quoted { Place::Quoted } else { Place::Bare };
                }
                Place::Bare => {
                    let rest = &bytes[*at..];
                    let run = rest.iter().position(|byte| self.stops[usize::from(*byte)]).unwrap_or(rest.len());
                    self.add(&text[*at..*at + run], block)?;
                    *at += run;
                    let Some(&stop) = bytes.get(*at) else { return Ok(None) };
                    *at += 1;
                    self.close_cell(block)?;
                    if stop == self.separator {
                        self.place = Place::CellStart;
                    } else {
                        return Ok(Some(self.end_row(stop)));
                    }
                }
                Place::Quoted => {
                    let rest = &bytes[*at..];
                    let run = rest.iter().position(|byte| *byte == b'"').unwrap_or(rest.len());
                    self.count_lines(&rest[..run]);
                    self.add(&text[*at..*at + run], block)?;
                    *at += run;
                    if run < rest.len() {
                        *at += 1;
                        self.after_cr = false;
                        self.place = Place::QuoteSeen;
                    }
                }
                Place::QuoteSeen if byte == b'"' => {
                    self.add("\"", block)?;
                    *at += 1;
                    self.place = Place::Quoted;
                }
                Place::QuoteSeen => self.place = Place::Bare,
            }
        }
        Ok(None)
    }

    /// The text has ended: gives the row that had begun, if any.
    pub(super) fn finish(&mut self, block: &mut RowBlock) -> Result<Option<Scanned>, FileError> {
        match self.place {
            Place::RowStart => Ok(None),
            Place::Quoted => Err(FileError::UnclosedQuote { line: self.cell_line }),
            Place::CellStart | Place::Bare | Place::QuoteSeen => {
                self.close_cell(block)?;
                self.place = Place::RowStart;
                Ok(Some(Scanned { line: self.row_line, terminated: false }))
            }
        }
    }

    fn end_row(&mut self, line_break: u8) -> Scanned {
        self.line += 1;
        self.after_cr = line_break == b'\r';
        self.place = Place::RowStart;
        Scanned { line: self.row_line, terminated: true }
    }

    fn add(&self, piece: &str, block: &mut RowBlock) -> Result<(), FileError> {
        if block.add(piece, self.cell_bytes) {
            return Ok(());
        }
        Err(FileError::CellTooLong { line: self.cell_line, column: block.open_width() + 1, limit: self.cell_bytes })
    }

    fn close_cell(&self, block: &mut RowBlock) -> Result<(), FileError> {
        if block.open_width() == self.columns {
            return Err(FileError::TooManyColumns { line: self.row_line, limit: self.columns });
        }
        block.close_cell();
        Ok(())
    }

    fn count_lines(&mut self, run: &[u8]) {
        for byte in run {
            let same_break = self.after_cr && *byte == b'\n';
            self.line += u64::from(matches!(byte, b'\r' | b'\n') && !same_break);
            self.after_cr = *byte == b'\r';
        }
    }
}
