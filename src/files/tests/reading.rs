//! Rows, lines, limits and broken files.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{self, Read};

use super::super::{CsvReader, FileError, Limits, ReadOptions, RowProblem};
use super::{open, read, rows_of};

fn ragged(expected: usize, found: usize) -> Option<RowProblem> {
    Some(RowProblem::Ragged { expected, found })
}

fn limited(bytes: &[u8], limits: Limits) -> Result<usize, FileError> {
    let options = ReadOptions { limits, ..ReadOptions::default() };
    rows_of(&mut CsvReader::open(bytes, &options)?).map(|rows| rows.len())
}

#[test]
fn a12_rows_count_as_in_excel_and_lines_as_in_an_editor() {
    let text = "sep=;\r\n\r\nID;Nom\r\n1;\"deux\nlignes\"\r\n\r\n;\r\n2;\"trois\r\nlignes\rici\"\r\n3;x\r\n";
    let mut reader = CsvReader::open(text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!((reader.header().number, reader.header().line), (2, 3));
    let rows = rows_of(&mut reader).unwrap();
    let places: Vec<_> = rows.iter().map(|row| (row.cells[0].as_str(), row.number, row.line)).collect();
    assert_eq!(places, [("1", 3, 4), ("2", 6, 8), ("3", 7, 11)]);
    assert_eq!(reader.blank_rows(), 2);
    assert_eq!(rows[1].cells[1], "trois\r\nlignes\rici");
}

#[test]
fn a12_a_sep_line_is_honoured_for_any_sign() {
    for sign in [';', ',', '\t', '|', ':', '^', '~'] {
        let text = format!("sep={sign}\nID{sign}Nom\n1{sign}a\n");
        let mut reader = CsvReader::open(text.as_bytes(), &ReadOptions::default()).unwrap();
        assert_eq!(reader.separator(), sign as u8);
        assert_eq!(rows_of(&mut reader).unwrap()[0].cells, ["1", "a"]);
    }
}

#[test]
fn a12_separators_inside_quotes_do_not_count() {
    let text = "Nom;Adresse\n\"a,b,c,d\";\"x,y|z,\nw,v\"\n\"e,f\";\"g,h,i\"\n";
    let reader = CsvReader::open(text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(reader.separator(), b';');
    let single = CsvReader::open("E-mail\na@example.org\nb@example.org\n".as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(single.header().width(), 1);
    let names = CsvReader::open("Nom\n\"Dupont; Jean\"\nMartin, Zoé\n".as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(names.header().width(), 1);
}

#[test]
fn a12_quotes_as_spreadsheets_take_them() {
    let rows = read(b"a;b;c\n\"x\"\"y\";12\" pipe;\"p\"q\n\"\"; \"s\";\"\"\"\"\n").unwrap();
    assert_eq!(rows[0].cells, ["x\"y", "12\" pipe", "pq"]);
    assert_eq!(rows[1].cells, ["", " \"s\"", "\""]);
}

#[test]
fn a12_ragged_rows_are_told_and_the_others_go_on() {
    let rows = read(b"a;b;c\n1;2;3\n1;2\n1;2;3;4\n1;2;3;;\n1;2;3\n").unwrap();
    let problems: Vec<_> = rows.iter().map(|row| row.problem).collect();
    assert_eq!(problems, [None, ragged(3, 2), ragged(3, 4), None, None]);
    assert_eq!(RowProblem::Ragged { expected: 3, found: 2 }.code(), "RAGGED_ROW");
}

/// A list of `rows` rows below a header of three, where the rows for which `short` holds lack their last cell.
fn list(rows: u64, short: impl Fn(u64) -> bool) -> String {
    let row = |number| if short(number) { format!("{number};x\r\n") } else { format!("{number};x;y\r\n") };
    format!("a;b;c\r\n{}", (2..=rows + 1).map(row).collect::<String>())
}

#[test]
fn a12_a_block_that_excel_saved_without_its_empty_last_column_is_taken() {
    let rows = read(list(60, |number| (17..=32).contains(&number)).as_bytes()).unwrap();
    assert!(rows.iter().all(|row| row.problem.is_none()));
    let rows = read(list(20, |number| number >= 17).as_bytes()).unwrap();
    assert!(rows.iter().all(|row| row.problem.is_none()), "a last block that is not full");
}

#[test]
fn a12_one_short_row_among_full_ones_is_a_broken_row() {
    for broken in [2, 16, 17, 20, 32, 40] {
        let rows = read(list(60, |number| number == broken).as_bytes()).unwrap();
        let told: Vec<_> = rows.iter().filter(|row| row.problem.is_some()).map(|row| row.number).collect();
        assert_eq!(told, [broken]);
    }
    let rows = read(list(15, |number| number < 17).as_bytes()).unwrap();
    assert!(rows.iter().all(|row| row.problem == ragged(3, 2)), "the header's block shows how wide rows are");
}

#[test]
fn a12_a_last_row_that_the_end_cuts_off_is_told() {
    let text = list(16, |_| false);
    let cut = &text[..text.len() - 4];
    let rows = read(cut.as_bytes()).unwrap();
    assert_eq!(rows.last().map(|row| row.problem), Some(ragged(3, 2)));
}

#[test]
fn a12_titles_left_empty_at_the_end_need_no_cells() {
    let rows = read(b"a;b;;\n1;2\n1;2;3\n1;2;;\n1;2;;;x\n1\n").unwrap();
    let problems: Vec<_> = rows.iter().map(|row| row.problem).collect();
    assert_eq!(problems, [None, None, None, ragged(2, 5), ragged(2, 1)]);
}

#[test]
fn a12_a_damaged_row_is_told_and_the_others_go_on() {
    let mut bytes = "Nom;Prénom\nDupré;Zoé\n".as_bytes().to_vec();
    bytes.extend_from_slice(b"Dupr\xE9;L\xE9a\n");
    bytes.extend_from_slice("Noël;Hélène\n".as_bytes());
    bytes.extend_from_slice(b"Fin;tronqu\xC3");
    let rows = read(&bytes).unwrap();
    let problems: Vec<_> = rows.iter().map(|row| row.problem).collect();
    assert_eq!(problems, [None, Some(RowProblem::Undecodable), None, Some(RowProblem::Undecodable)]);
    assert_eq!(rows[1].cells, ["Dupr\u{FFFD}", "L\u{FFFD}a"]);
    assert_eq!(rows[2].cells, ["Noël", "Hélène"]);
}

#[test]
fn a12_a_damaged_title_spoils_no_row() {
    let bytes = ["Nom;Société;Pr".as_bytes(), b"\xE9", "nom\nZoé;x;y\n".as_bytes()].concat();
    assert_eq!(read(&bytes).unwrap()[0].problem, None);
}

#[test]
fn a12_a_quote_never_closed_is_told_with_its_line() {
    let error = read(b"a;b\n1;2\n3;\"4\n5;6\n").unwrap_err();
    assert_eq!(error.code(), "UNCLOSED_QUOTE");
    assert!(matches!(error, FileError::UnclosedQuote { line: 3 }));
    let mut reader = CsvReader::open("a;b\n1;2\n3;\"4\n".as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(reader.next_row().unwrap().unwrap().cell(0), Some("1"), "rows before it come first");
    assert!(reader.next_row().is_err());
    assert!(reader.next_row().unwrap().is_none());
}

#[test]
fn a12_limits_are_told_by_their_number() {
    let roomy = Limits::default();
    let long = format!("a;b\n1;2\n3;{}\n", "x".repeat(65_537));
    let error = limited(long.as_bytes(), roomy).unwrap_err();
    assert!(matches!(error, FileError::CellTooLong { line: 3, column: 2, limit: 65_536 }));
    assert_eq!(limited(&long.as_bytes()[..long.len() - 2], roomy).unwrap(), 2, "at the limit");

    let wide = format!("a{}\n1\n", ";x".repeat(199));
    assert_eq!(limited(wide.as_bytes(), roomy).unwrap(), 1);
    let error = limited(format!("a;b\n\n{}\n", ";".repeat(200)).as_bytes(), roomy).unwrap_err();
    assert!(matches!(error, FileError::TooManyColumns { line: 3, limit: 200 }));

    let rows = |count: usize| format!("a;b\n{}", "1;2\n".repeat(count));
    assert_eq!(limited(rows(40).as_bytes(), Limits { rows: 40, ..roomy }).unwrap(), 40);
    let error = limited(rows(41).as_bytes(), Limits { rows: 40, ..roomy }).unwrap_err();
    assert!(matches!(error, FileError::TooManyRows { limit: 40 }));

    assert_eq!(limited(rows(40).as_bytes(), Limits { bytes: 164, ..roomy }).unwrap(), 40);
    let error = limited(rows(41).as_bytes(), Limits { bytes: 164, ..roomy }).unwrap_err();
    assert!(matches!(error, FileError::TooBig { limit: 164 }));
    assert_eq!((error.code(), error.parameters()), ("FILE_TOO_BIG", vec![("limit", "164".to_owned())]));
}

#[test]
fn a12_an_empty_file_is_told() {
    for bytes in ["", "\u{FEFF}", "\r\n \r\n", "sep=;\n", ";;;\n"] {
        assert_eq!(open(bytes.as_bytes()).unwrap_err().code(), "EMPTY_FILE", "{bytes:?}");
    }
    assert!(read(b"Nom\n").unwrap().is_empty(), "a header alone is a list of nobody");
}

/// Fails after its text, as an upload that breaks off does; says `Interrupted` now and then.
struct BreaksOff(&'static [u8], u8);

impl Read for BreaksOff {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = self.1.wrapping_add(1);
        if self.1.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                buffer[0] = *first;
                Ok(1)
            }
            None => Err(io::ErrorKind::ConnectionReset.into()),
        }
    }
}

#[test]
fn a12_a_source_that_breaks_off_is_a_failure_not_a_short_file() {
    let error = CsvReader::open(BreaksOff(b"a;b\n1;2\n", 0), &ReadOptions::default()).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), "READ_FAILED");
    assert!(error.is_failure());
    assert!(!FileError::Empty.is_failure());
}
