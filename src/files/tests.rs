//! Files in and out, tested as people send and open them. Rows of the feature list: A10 to A12 (import), U4 (export),
//! B6 (what goes out comes in unchanged).

mod answers;
mod clients;
mod corpus;
mod headers;
mod laws;
mod reading;
mod workbook;

use super::{ClientFile, CsvReader, FileError, ReadOptions, RowProblem};

/// A row, owned, for comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    number: u64,
    line: u64,
    problem: Option<RowProblem>,
    cells: Vec<String>,
}

fn rows_of<R: std::io::Read>(reader: &mut CsvReader<R>) -> Result<Vec<Seen>, FileError> {
    let mut seen = Vec::new();
    while let Some(row) = reader.next_row()? {
        let cells = row.cells().map(str::to_owned).collect();
        seen.push(Seen { number: row.number, line: row.line, problem: row.problem, cells });
    }
    Ok(seen)
}

fn read(bytes: &[u8]) -> Result<Vec<Seen>, FileError> {
    rows_of(&mut CsvReader::open(bytes, &ReadOptions::default())?)
}

fn open(bytes: &[u8]) -> Result<ClientFile<&[u8]>, FileError> {
    ClientFile::open(bytes, &ReadOptions::default())
}
