//! The two client lists of `tests/fixtures/clients`, as businesses really send them.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;

use serde_json::Value;

use super::super::{ClientFile, ReadOptions, TextEncoding};

const EXCEL: &[u8] = include_bytes!("../../../tests/fixtures/clients/clients_excel_fr.csv");
const EXCEL_EXPECTED: &str = include_str!("../../../tests/fixtures/clients/clients_excel_fr.expected.json");
const UTF8: &[u8] = include_bytes!("../../../tests/fixtures/clients/clients_utf8_bom.csv");
const UTF8_EXPECTED: &str = include_str!("../../../tests/fixtures/clients/clients_utf8_bom.expected.json");

/// Reads the whole list and counts as an import into an empty account must, with the plainest possible rules.
fn counts(bytes: &[u8], encoding: TextEncoding, separator: u8) -> Value {
    let mut file = ClientFile::open(bytes, &ReadOptions::default()).unwrap();
    assert_eq!(file.separator(), separator);
    assert!(file.columns().ignored().is_empty());
    let mut emails: HashSet<String> = HashSet::new();
    let (mut created, mut rejected, mut duplicates) = (0, 0, 0);
    while let Some(sent) = file.next_row().unwrap() {
        assert_eq!(sent.row.problem, None);
        assert_eq!(sent.row.width(), 9);
        let client = sent.client;
        let email = client.email.unwrap().to_lowercase();
        let named = [client.company_name, client.last_name, client.first_name].iter().any(|name| name.unwrap() != "");
        if !named || !(email.is_empty() || email.contains('@')) {
            rejected += 1;
        } else if email.is_empty() || emails.insert(email) {
            created += 1;
        } else {
            duplicates += 1;
        }
    }
    assert_eq!(file.encoding(), encoding);
    let blank = file.blank_rows();
    let data_rows = created + rejected + duplicates + blank;
    serde_json::json!({
        "created": created, "rejected": rejected, "duplicates": duplicates, "blank": blank, "dataRows": data_rows
    })
}

#[test]
fn a10_excel_in_french_on_windows_counts_as_expected() {
    let expected: Value = serde_json::from_str(EXCEL_EXPECTED).unwrap();
    assert_eq!(counts(EXCEL, TextEncoding::Windows1252, b';'), expected);
}

#[test]
fn a10_utf8_with_a_mark_counts_as_expected() {
    let expected: Value = serde_json::from_str(UTF8_EXPECTED).unwrap();
    assert_eq!(counts(UTF8, TextEncoding::Utf8, b','), expected);
}

#[test]
fn a12_odd_cells_are_kept_as_text_and_placed_by_row_and_line() {
    let mut file = ClientFile::open(EXCEL, &ReadOptions::default()).unwrap();
    let (mut formula, mut after_break) = (None, None);
    while let Some(sent) = file.next_row().unwrap() {
        let client = sent.client;
        if client.id == Some("C000208") {
            formula = Some((client.number, client.line, client.first_name.unwrap().to_owned()));
        }
        if client.id == Some("C000009") {
            after_break = Some((client.number, client.line));
        }
        if client.id == Some("C000008") {
            assert_eq!(client.address, Some("45 quai d'Orsay\nBâtiment C"));
            assert_eq!((client.number, client.line), (10, 10));
        }
        if client.id == Some("C000001") {
            assert_eq!(client.company_name, Some("Société d'Édition & Cie"));
            assert_eq!(client.last_name, Some("Müller-Œuvre"));
            assert_eq!(client.phone, Some("06.12.34.56.78"));
        }
        if client.id == Some("C000040") {
            assert_eq!(client.email, Some("client1.40@exemple-4.fr"), "trimmed");
            assert_eq!(sent.row.cell(4), Some("  client1.40@exemple-4.fr "), "as sent");
        }
    }
    assert_eq!(after_break, Some((11, 12)), "a line break inside a cell moves the line, not the row");
    assert_eq!(formula, Some((210, 244, "=HYPERLINK(\"http://x\";\"Jérôme\")".to_owned())));
}
