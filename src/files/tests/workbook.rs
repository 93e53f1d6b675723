//! U4: the Excel file, opened again by another reader and looked at part by part.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::io::{Cursor, Read};

use crate::i18n::lang::Lang;

use super::super::export::{HEADER, SubscriberLine};
use super::super::{CsvExport, FileError, XlsxExport};

const CREATED_AT: i64 = 1_767_225_600;

fn export(lines: &[SubscriberLine<'_>], sheet_rows: u32) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut export = XlsxExport::begin_with_rows(CREATED_AT, Some(folder.path()), sheet_rows).unwrap();
    for line in lines {
        export.push(line).unwrap();
    }
    let mut bytes = Vec::new();
    export.finish(&mut bytes).unwrap();
    bytes
}

/// The parts of the workbook by name.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            (part.name().unwrap().into_owned(), text)
        })
        .collect()
}

/// The cells of a sheet's rows, read from its XML: every cell must be an inline string or empty.
fn rows(bytes: &[u8], sheet: usize) -> Vec<[String; 8]> {
    let parts = parts(bytes);
    let name = format!("xl/worksheets/sheet{sheet}.xml");
    let xml = &parts.iter().find(|part| part.0 == name).unwrap().1;
    let mut rows = Vec::new();
    for row in xml.split("<row ").skip(1) {
        let mut cells: [String; 8] = Default::default();
        for cell in row.split("<c ").skip(1) {
            let column = cell.trim_start_matches("r=\"").as_bytes()[0] - b'A';
            let Some((head, rest)) = cell.split_once("<is><t") else { continue };
            assert!(head.contains("t=\"inlineStr\""), "{cell}");
            let value = rest.split_once('>').unwrap().1.split_once("</t>").unwrap().0;
            cells[usize::from(column)] =
                value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        }
        rows.push(cells);
    }
    rows
}

#[test]
fn u4_the_columns_are_exactly_these_even_for_an_empty_list() {
    assert_eq!(HEADER.join(", "), "ID, Raison sociale, Nom, Prénom, E-mail, Téléphone, Fax, Adresse");
    let bytes = export(&[], 100);
    assert_eq!(rows(&bytes, 1), [HEADER.map(str::to_owned)]);
    let csv = CsvExport::begin(Vec::new(), Lang::Fr).unwrap().finish().unwrap();
    let text = String::from_utf8(csv).unwrap();
    assert_eq!(text, "\u{FEFF}ID;Raison sociale;Nom;Prénom;E-mail;Téléphone;Fax;Adresse\r\n");
}

#[test]
fn u4_every_value_is_a_text_cell() {
    let line = SubscriberLine {
        id: "000123",
        company_name: "=HYPERLINK(\"http://example.org\")",
        last_name: "'=Müller-Œuvre <&>",
        first_name: "@Zoé €",
        email: "mailto:zoe@example.org",
        phone: "+33 6 12 34 56 78",
        fax: "0612345678",
        address: "3 bis, rue du Bœuf\n01000 Bourg-en-Bresse",
    };
    let bytes = export(&[line, SubscriberLine { id: "x", ..SubscriberLine::default() }], 100);
    let seen = rows(&bytes, 1);
    assert_eq!(seen[1], line.cells().map(str::to_owned));
    assert_eq!(seen[2][0], "x");
    for (name, xml) in parts(&bytes) {
        assert!(!xml.contains("<f>") && !xml.contains("<f "), "a formula in {name}");
        assert!(!xml.contains("hyperlink"), "a link in {name}");
        assert!(!xml.contains("<v>"), "a number or a shared text in {name}");
    }
}

#[test]
fn u4_the_sheet_is_ready_to_read() {
    let bytes = export(&[], 100);
    let parts = parts(&bytes);
    let part = |name: &str| parts.iter().find(|part| part.0 == name).unwrap().1.clone();
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(sheet.contains("ySplit=\"1\"") && sheet.contains("state=\"frozen\""));
    assert!(sheet.contains("<ignoredError sqref=\"A1:H100\" numberStoredAsText=\"1\"/>"));
    assert!(sheet.contains("<cols>"));
    assert!(part("xl/styles.xml").contains("<b/>"));
    assert!(part("xl/workbook.xml").contains("name=\"Abonnés\""));
    assert!(part("docProps/core.xml").contains("2026-01-01T00:00:00Z"), "the time comes in, no clock is read");
}

#[test]
fn u4_a_full_sheet_is_followed_by_another() {
    let ids: Vec<String> = (1..=9).map(|id| id.to_string()).collect();
    let lines: Vec<_> = ids.iter().map(|id| SubscriberLine { id, ..SubscriberLine::default() }).collect();
    let bytes = export(&lines, 5);
    let ids_on = |sheet| rows(&bytes, sheet).iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert_eq!(ids_on(1), ["ID", "1", "2", "3", "4"]);
    assert_eq!(ids_on(2), ["ID", "5", "6", "7", "8"]);
    assert_eq!(ids_on(3), ["ID", "9"]);
    let exactly = export(&lines[..4], 5);
    assert!(!parts(&exactly).iter().any(|part| part.0 == "xl/worksheets/sheet2.xml"), "no empty sheet");
}

#[test]
fn u4_what_xml_cannot_hold_is_left_out() {
    let line = SubscriberLine {
        id: "a\0b\u{1}c\u{1F}d\u{FFFE}e\tf",
        address: "un\r\ndeux\rtrois\nquatre",
        last_name: "_x0041_",
        ..SubscriberLine::default()
    };
    let seen = rows(&export(&[line], 100), 1);
    assert_eq!(seen[1][0], "abcde\tf");
    assert_eq!(seen[1][7], "un\ndeux\ntrois\nquatre");
    assert_eq!(seen[1][2], "_x005F_x0041_", "Excel reads this as _x0041_, not as A");
}

#[test]
fn u4_a_value_too_long_for_a_cell_is_told() {
    let fits = "é".repeat(32_767);
    let mut export = XlsxExport::begin(CREATED_AT, None).unwrap();
    export.push(&SubscriberLine { address: &fits, ..SubscriberLine::default() }).unwrap();
    let long = "😀".repeat(16_384);
    let error = export.push(&SubscriberLine { address: &long, ..SubscriberLine::default() }).unwrap_err();
    assert_eq!(error.code(), "TOO_LONG_FOR_EXCEL");
    assert!(matches!(error, FileError::TooLongForExcel { row: 2, column: "Adresse", length: 32_768, limit: 32_767 }));
}

#[test]
fn u4_a_folder_that_is_not_there_is_an_error_not_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("nowhere");
    let error = XlsxExport::begin(CREATED_AT, Some(&gone)).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), "WORKBOOK_FAILED");
    assert!(error.is_failure());
}

/// A destination with room for so many bytes.
struct Room(usize);

impl std::io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn u4_a_full_destination_is_an_error_in_both_forms() {
    let error = XlsxExport::begin(CREATED_AT, None).unwrap().finish(Room(1_000)).unwrap_err();
    assert!(error.is_failure(), "{error}");
    let told = |result: Result<(), FileError>| match result {
        Err(FileError::Write(error)) => error.kind(),
        other => panic!("{other:?}"),
    };
    let full = std::io::ErrorKind::StorageFull;
    assert_eq!(told(CsvExport::begin(Room(0), Lang::Fr).map(|_| ())), full);
    assert_eq!(told(CsvExport::begin(Room(10), Lang::Fr).unwrap().finish().map(|_| ())), full);
    let mut export = CsvExport::begin(Room(1_000), Lang::Fr).unwrap();
    let line = SubscriberLine { id: "1", ..SubscriberLine::default() };
    assert_eq!(told((0..100_000).try_for_each(|_| export.push(&line))), full);
}
