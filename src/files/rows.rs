//! Rows of a client file: borrowed from the reader ([`Row`]), kept for later ([`KeptRow`]), and the block they are read
//! into.
//!
//! A block holds the text of sixteen rows in one string, so that a million rows cost no allocation each. Knows nothing
//! of encodings or quotes (`csv_in`) nor of what a column means (`columns`).

use super::error::RowProblem;
use super::guard;

/// Where a cell stands in its block's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    start: usize,
    end: usize,
}

/// One row of a client file, borrowed from the reader that read it.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// The row as Excel counts them: the header is 1 and blank rows count, a `sep=` line does not.
    pub number: u64,
    /// The physical line of the row's first character, from 1: what a text editor shows.
    pub line: u64,
    /// Set where the row cannot be taken as it stands.
    pub problem: Option<RowProblem>,
    text: &'r str,
    cells: &'r [Cell],
}

impl<'r> Row<'r> {
    /// The cell at `index` from 0, untrimmed and less the formula guard; `None` past the row's end.
    #[must_use]
    pub fn cell(&self, index: usize) -> Option<&'r str> {
        self.cells.get(index).map(|cell| &self.text[cell.start..cell.end])
    }

    /// All cells, left to right.
    pub fn cells(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let text = self.text;
        self.cells.iter().map(move |cell| &text[cell.start..cell.end])
    }

    /// How many cells were sent.
    #[must_use]
    pub fn width(&self) -> usize {
        self.cells.len()
    }

    /// A copy that outlives the reader's next row: two allocations, whatever the number of cells.
    #[must_use]
    pub fn keep(&self) -> KeptRow {
        let from = self.cells.first().map_or(0, |cell| cell.start);
        let to = self.cells.last().map_or(from, |cell| cell.end);
        KeptRow {
            number: self.number,
            line: self.line,
            problem: self.problem,
            text: self.text[from..to].to_owned(),
            cells: self.cells.iter().map(|cell| Cell { start: cell.start - from, end: cell.end - from }).collect(),
        }
    }
}

/// A row kept for later: to send it to another thread, or to write it to the errors file.
#[derive(Clone, Debug)]
pub struct KeptRow {
    number: u64,
    line: u64,
    problem: Option<RowProblem>,
    text: String,
    cells: Vec<Cell>,
}

impl KeptRow {
    /// A row of these cells, as it was kept elsewhere.
    #[must_use]
    pub fn of_cells(number: u64, line: u64, cells: &[String]) -> KeptRow {
        let mut text = String::with_capacity(cells.iter().map(String::len).sum());
        let places = cells
            .iter()
            .map(|cell| {
                let start = text.len();
                text.push_str(cell);
                Cell { start, end: text.len() }
            })
            .collect();
        KeptRow { number, line, problem: None, text, cells: places }
    }

    /// The row as it was read.
    #[must_use]
    pub fn as_row(&self) -> Row<'_> {
        Row { number: self.number, line: self.line, problem: self.problem, text: &self.text, cells: &self.cells }
    }
}

/// A row's place in its block.
#[derive(Debug)]
struct Span {
    number: u64,
    line: u64,
    problem: Option<RowProblem>,
    first: usize,
    width: usize,
}

/// Rows being read. Cells are added to the open row until it is closed.
#[derive(Debug, Default)]
pub(super) struct RowBlock {
    text: String,
    cells: Vec<Cell>,
    rows: Vec<Span>,
    /// Where the open cell begins in `text`.
    open_cell: usize,
    /// Where the open row begins in `cells`.
    open_row: usize,
}

impl RowBlock {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.rows.clear();
        self.open_cell = 0;
        self.open_row = 0;
    }

    /// Number of closed rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Cells closed so far in the open row.
    pub(super) fn open_width(&self) -> usize {
        self.cells.len() - self.open_row
    }

    /// Adds to the open cell; false, and nothing added, where it would exceed `limit` bytes.
    pub(super) fn add(&mut self, piece: &str, limit: usize) -> bool {
        let fits = self.text.len() - self.open_cell + piece.len() <= limit;
        if fits {
            self.text.push_str(piece);
        }
        fits
    }

    /// Closes the open cell and takes the formula guard off it.
    pub(super) fn close_cell(&mut self) {
        let end = self.text.len();
        let sent = &self.text[self.open_cell..];
        let start = end - guard::strip(sent).len();
        self.cells.push(Cell { start, end });
        self.open_cell = end;
    }

    pub(super) fn close_row(&mut self, number: u64, line: u64, problem: Option<RowProblem>) {
        let width = self.cells.len() - self.open_row;
        self.rows.push(Span { number, line, problem, first: self.open_row, width });
        self.open_row = self.cells.len();
    }

    pub(super) fn row(&self, index: usize) -> Option<Row<'_>> {
        self.rows.get(index).map(|span| self.borrow(span))
    }

    fn borrow(&self, span: &Span) -> Row<'_> {
        Row {
            number: span.number,
            line: span.line,
            problem: span.problem,
            text: &self.text,
            cells: &self.cells[span.first..span.first + span.width],
        }
    }

    /// True where every cell is empty once trimmed.
    pub(super) fn is_blank(&self, index: usize) -> bool {
        self.row(index).is_some_and(|row| row.cells().all(|cell| cell.trim().is_empty()))
    }

    /// Marks rows that `judge` finds a problem with; a problem set before stays where it finds none.
    pub(super) fn judge(&mut self, judge: impl Fn(&Row<'_>) -> Option<RowProblem>) {
        for index in 0..self.rows.len() {
            let found = self.row(index).and_then(|row| judge(&row));
            if let Some(span) = self.rows.get_mut(index)
                && found.is_some()
            {
                span.problem = found;
            }
        }
    }
}
