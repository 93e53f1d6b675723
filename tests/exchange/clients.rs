//! Two lists as businesses really send them, through the whole flow.

use crate::place::{Place, csv_rows, each};
use serde_json::{Value, json};
use sesame::exchange::{ImportCounts, ImportReport};

const EXCEL: &[u8] = include_bytes!("../fixtures/clients/clients_excel_fr.csv");
const EXCEL_EXPECTED: &str = include_str!("../fixtures/clients/clients_excel_fr.expected.json");
const UTF8: &[u8] = include_bytes!("../fixtures/clients/clients_utf8_bom.csv");
const UTF8_EXPECTED: &str = include_str!("../fixtures/clients/clients_utf8_bom.expected.json");

fn counted(report: &ImportReport) -> Value {
    let c = report.counts;
    json!({ "created": c.created, "rejected": c.rejected, "duplicates": c.duplicates, "blank": c.blank, "dataRows": c.data_rows })
}

async fn as_expected(place: &Place, file: &[u8], expected: &str, encoding: &str) {
    let expected: Value = serde_json::from_str(expected).unwrap();
    let caller = place.account().await;
    let dry = place.dry_run(&caller, file).await;
    assert_eq!(counted(&dry), expected);

    let (report, errors) = place.import(&caller, file).await;
    assert_eq!(counted(&report), expected);
    assert_eq!((report.counts.updated, report.counts.unchanged), (0, 0));
    assert_eq!(report.encoding, Some(encoding));
    assert_eq!(report.warnings, []);
    assert_eq!((report.counts, &report.errors), (dry.counts, &dry.errors), "a dry run tells the same");
    let not_taken = report.counts.rejected + report.counts.duplicates;
    assert_eq!(csv_rows(errors.as_deref().unwrap().as_bytes()).len() as u64, not_taken + 1);

    // The same file again changes nothing, and says so.
    let events = place.events(&caller).await;
    let (again, _) = place.import(&caller, file).await;
    assert_eq!(place.events(&caller).await, events);
    let c = report.counts;
    assert_eq!(again.counts, ImportCounts { created: 0, unchanged: c.created, ..c });

    // Its errors, uncorrected, are errors again.
    let (rest, _) = place.import(&caller, errors.unwrap().as_bytes()).await;
    assert_eq!(rest.counts.rejected + rest.counts.duplicates, not_taken);
    assert_eq!(place.events(&caller).await, events);
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a12_both_lists_count_as_expected_and_again_change_nothing() {
    for place in each("clients").await {
        as_expected(&place, EXCEL, EXCEL_EXPECTED, "Windows-1252").await;
        as_expected(&place, UTF8, UTF8_EXPECTED, "UTF-8").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_errors_name_row_line_column_value_and_remedy() {
    for place in each("places").await {
        let caller = place.account().await;
        let (report, errors) = place.import(&caller, EXCEL).await;
        let invalid = report.errors.iter().find(|e| e.code == "EMAIL_INVALID").unwrap();
        assert_eq!(invalid.column.as_deref(), Some("E-mail"));
        let value = invalid.value.as_deref().unwrap();
        assert!(invalid.message.contains(value.trim()) && invalid.row <= invalid.line, "{invalid:?}");
        let duplicate = report.errors.iter().find(|e| e.code == "DUPLICATE_IN_FILE").unwrap();
        // The row it names has the same e-mail.
        let first: u64 = duplicate.message.split(|c: char| !c.is_ascii_digit()).find_map(|n| n.parse().ok()).unwrap();
        assert!(first < duplicate.row);
        let errors = csv_rows(errors.unwrap().as_bytes());
        assert_eq!(errors[0][0], "Erreur");
        assert_eq!(errors[1][0], report.errors[0].message);
        assert!(report.errors.is_sorted_by_key(|e| e.row));
        assert_eq!(report.errors.len(), 50);
    }
}
