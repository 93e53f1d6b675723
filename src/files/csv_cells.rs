//! Writes CSV as Excel reads it without asking: a byte-order mark, CRLF, quotes where needed, the formula guard.
//!
//! All CSV files of ours come out of here, so that each of them reads back through `csv_in` to the same values. The mark
//! also keeps Excel from taking a file that begins with the letters `ID` for one of its own old formats (SYLK).
//!
//! Bytes are gathered in one buffer that is used again; the caller's writer needs no buffer of its own.

use std::io::{self, Write};

/// The buffer goes out once it holds this much.
const FLUSH_AT: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct CsvCells<W> {
    out: W,
    buffer: Vec<u8>,
    separator: u8,
    row_begun: bool,
    signs: [Sign; 256],
}

/// What a byte asks of the cell it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Plain,
    /// Anywhere in a cell: the cell needs quotes.
    NeedsQuotes,
    /// First in a cell: it may need the guard.
    MayStartFormula,
}

impl<W: Write> CsvCells<W> {
    pub(super) fn new(out: W, separator: u8) -> Self {
        let mut signs = [Sign::Plain; 256];
        for byte in *b"=+-@\t'" {
            signs[usize::from(byte)] = Sign::MayStartFormula;
        }
        for byte in [separator, b'"', b'\r', b'\n'] {
            signs[usize::from(byte)] = Sign::NeedsQuotes;
        }
        let mut buffer = Vec::with_capacity(FLUSH_AT + 4096);
        buffer.extend_from_slice("\u{FEFF}".as_bytes());
        Self { out, buffer, separator, row_begun: false, signs }
    }

    pub(super) fn cell(&mut self, value: &str) {
        if self.row_begun {
            self.buffer.push(self.separator);
        }
        self.row_begun = true;
        let bytes = value.as_bytes();
        let Some(first) = bytes.first() else { return };
        let plain_start = self.signs[usize::from(*first)] == Sign::Plain;
        if plain_start && bytes.iter().all(|byte| self.signs[usize::from(*byte)] != Sign::NeedsQuotes) {
            self.buffer.extend_from_slice(bytes);
        } else {
            self.careful_cell(value);
        }
    }

    /// A guarded cell is always quoted too: some programs drop a bare leading apostrophe.
    fn careful_cell(&mut self, value: &str) {
        let guarded = super::guard::needs_guard(value);
        let quoted = guarded || value.bytes().any(|byte| self.signs[usize::from(byte)] == Sign::NeedsQuotes);
        if quoted {
            self.buffer.push(b'"');
        }
        if guarded {
            self.buffer.push(b'\'');
        }
        for byte in value.bytes() {
            if byte == b'"' {
                self.buffer.push(b'"');
            }
            self.buffer.push(byte);
        }
        if quoted {
            self.buffer.push(b'"');
        }
    }

    pub(super) fn end_row(&mut self) -> io::Result<()> {
        self.row_begun = false;
        self.buffer.extend_from_slice(b"\r\n");
        if self.buffer.len() >= FLUSH_AT {
            self.send()?;
        }
        Ok(())
    }

    pub(super) fn row<'v>(&mut self, cells: impl IntoIterator<Item = &'v str>) -> io::Result<()> {
        cells.into_iter().for_each(|value| self.cell(value));
        self.end_row()
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.send()?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn send(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}
