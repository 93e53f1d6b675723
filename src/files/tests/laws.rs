//! Laws that hold for every text: the guard and its inverse, what goes out comes in, and nothing breaks the reader.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Read;

use proptest::prelude::*;

use crate::i18n::lang::Lang;

use super::super::encoding::TextStream;
use super::super::guard::{needs_guard, strip};
use super::super::{CsvExport, CsvReader, ReadOptions, SubscriberLine};
use super::corpus::EVERY_WAY;
use super::{Seen, read, rows_of};

/// Any text, leaning to the signs that hurt.
fn text() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        '\'', '=', '+', '-', '@', '\t', '\r', '\n', '"', ';', ',', '|', ' ', '\0', '\u{FEFF}', '\u{FFFD}', 'é', 'Œ',
        '€', 'x',
    ]);
    prop::collection::vec(prop_oneof![3 => nasty, 1 => any::<char>()], 0..9).prop_map(String::from_iter)
}

fn guarded(value: &str) -> String {
    if needs_guard(value) { format!("'{value}") } else { value.to_owned() }
}

/// Hands out one to seven bytes at a time.
struct Dribble<'b>(&'b [u8], usize);

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1 % 7 + 1;
        let count = self.1.min(buffer.len()).min(self.0.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

#[test]
fn b6_the_guard_on_the_cases_people_meet() {
    let pairs = [
        ("=1+1", "'=1+1"),
        ("+33 6 12", "'+33 6 12"),
        ("-Nom", "'-Nom"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("'=1", "''=1"),
        ("''=1", "'''=1"),
        ("'Aïcha", "'Aïcha"),
        ("'", "'"),
        ("", ""),
        ("x=1", "x=1"),
        (" =1", " =1"),
    ];
    for (value, cell) in pairs {
        assert_eq!(guarded(value), cell);
        assert_eq!(strip(cell), value);
    }
    assert_eq!(strip("=1"), "=1", "a file by hand may carry a bare formula: it is text");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn b6_strip_undoes_the_guard(value in text()) {
        let cell = guarded(&value);
        prop_assert_eq!(strip(&cell), value.as_str());
        prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
    }

    #[test]
    fn b6_every_value_exported_is_read_back(rows in prop::collection::vec(prop::array::uniform8(text()), 0..20)) {
        for lang in [Lang::Fr, Lang::En] {
            let mut export = CsvExport::begin(Vec::new(), lang).unwrap();
            for [id, company_name, last_name, first_name, email, phone, fax, address] in &rows {
                let line = SubscriberLine { id, company_name, last_name, first_name, email, phone, fax, address };
                export.push(&line).unwrap();
            }
            let bytes = export.finish().unwrap();
            let seen = read(&bytes).unwrap();
            let expected: Vec<_> = (2..).zip(&rows)
                .filter(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()))
                .map(|(number, row)| (number, None, row.to_vec()))
                .collect();
            let seen: Vec<_> = seen.into_iter().map(|row| (row.number, row.problem, row.cells)).collect();
            prop_assert_eq!(seen, expected);
        }
    }

    #[test]
    fn b6_an_export_reads_the_same_when_excel_changes_the_line_ends(value in text()) {
        prop_assume!(!value.contains(['\r', '\n']));
        let mut export = CsvExport::begin(Vec::new(), Lang::Fr).unwrap();
        export.push(&SubscriberLine { id: "1", address: &value, ..SubscriberLine::default() }).unwrap();
        let bytes = String::from_utf8(export.finish().unwrap()).unwrap();
        for line_end in ["\n", "\r"] {
            let seen = read(bytes.replace("\r\n", line_end).as_bytes()).unwrap();
            prop_assert_eq!(&seen[0].cells[7], &value);
        }
    }

    #[test]
    fn a12_cells_are_cut_as_the_csv_crate_cuts_them(
        text in prop::collection::vec(prop::sample::select(vec!["\"", "\"", ";", ";", "\r\n", "\n", "\r", "a", "b c", "é", "'", "="]), 0..60)
    ) {
        let text = format!("\u{FEFF}x;y\n{}", text.concat());
        let mut library = csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
        let expected: Vec<Vec<String>> = library.records()
            .map(|record| record.unwrap().iter().map(|cell| strip(cell).to_owned()).collect())
            .filter(|row: &Vec<String>| row.iter().any(|cell| !cell.trim().is_empty()))
            .collect();
        match read(text.as_bytes()) {
            Ok(rows) => prop_assert_eq!(rows.into_iter().map(|row| row.cells).collect::<Vec<_>>(), expected),
            // The library closes an open quote in silence.
            Err(error) => prop_assert_eq!(error.code(), "UNCLOSED_QUOTE"),
        }
    }

    #[test]
    fn a12_pieces_of_any_size_give_the_same_text(text in prop::collection::vec(text(), 0..20), window in 4_usize..40) {
        let text = format!("ID;Nom\n{}", text.concat().replace('\0', ""));
        for bytes in [text.clone().into_bytes(), format!("\u{FEFF}{text}").into_bytes(),
            format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()] {
            let mut stream = TextStream::open_with_window(Dribble(&bytes, 0), None, u64::MAX, window).unwrap();
            let mut decoded = String::new();
            while stream.next_text(&mut decoded).unwrap() {}
            prop_assert_eq!(&decoded, &text);
            prop_assert!(!stream.damaged_before(u64::MAX));
        }
    }

    #[test]
    fn a12_rows_do_not_depend_on_how_bytes_arrive(cells in prop::collection::vec(text(), 0..30)) {
        let text = format!("\u{FEFF}a;b\n{}", cells.concat());
        let at_once: Result<Vec<Seen>, _> = read(text.as_bytes()).map_err(|error| error.to_string());
        let dribbled = CsvReader::open(Dribble(text.as_bytes(), 0), &ReadOptions::default())
            .and_then(|mut reader| rows_of(&mut reader)).map_err(|error| error.to_string());
        prop_assert_eq!(at_once, dribbled);
    }

    #[test]
    fn a12_no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300), written in prop::sample::select(EVERY_WAY.to_vec())) {
        // Alone, and behind a header that lets the reader go on.
        let _ = read(&bytes);
        let behind = [written.bytes("ID;Nom;Prénom\n1;Zoé;x\n"), bytes].concat();
        let _ = read(&behind);
    }
}
