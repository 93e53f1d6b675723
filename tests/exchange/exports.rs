//! Row U4: the subscribers as a workbook and as CSV.

use crate::place::{account_of, csv_rows, each, sqlite};
use domain::{AccountId, address::Address, contact::ContactInput};
use sesame::{
    exchange::{Format, Stopped},
    i18n::lang::Lang,
};
use std::io::{Cursor, Read};

const HEADER: [&str; 8] = ["ID", "Raison sociale", "Nom", "Prénom", "E-mail", "Téléphone", "Fax", "Adresse"];

fn part(workbook: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The texts of a sheet, cell by cell: each cell must be a text.
fn cells(workbook: &[u8]) -> Vec<(String, String)> {
    let sheet = part(workbook, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>") && !sheet.contains("<v>") || sheet.contains("t=\"s\""), "no formula, no number");
    let shared: Vec<String> = if sheet.contains("t=\"s\"") {
        let table = part(workbook, "xl/sharedStrings.xml");
        table.split("<si>").skip(1).map(text_of).collect()
    } else {
        vec![]
    };
    let cell = |c: &str| {
        let place = c.split('"').next().unwrap().to_owned();
        assert!(c.contains("t=\"s\"") || c.contains("t=\"inlineStr\"") || !c.contains("<v>"), "a text cell: {c}");
        let text = match c.split("<v>").nth(1) {
            Some(index) => shared[index.split('<').next().unwrap().parse::<usize>().unwrap()].clone(),
            None => text_of(c),
        };
        (place, text)
    };
    sheet.split("<c r=\"").skip(1).map(cell).filter(|(_, text)| !text.is_empty()).collect()
}

fn text_of(xml: &str) -> String {
    let Some(rest) = xml.split("<t").nth(1) else { return String::new() };
    let text = rest.split_once('>').unwrap().1.split("</t>").next().unwrap();
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn u4_a_workbook_has_exactly_the_columns_and_every_cell_is_text() {
    for place in each("workbook").await {
        let caller = place.account().await;
        let some = |s: &str| Some(s.to_owned());
        let input = ContactInput {
            first_name: some("=1+1"),
            last_name: some("Œuvré & <fils>"),
            company_name: some("+SARL"),
            email: some("a@exemple.fr"),
            phone: some("0612345678"),
            fax: some("+33 1 23"),
            external_id: some("007"),
            address: Some(Address {
                line1: some("1 rue A"),
                postal_code: some("06400"),
                city: some("Cannes"),
                ..Address::default()
            }),
        };
        place.add(&caller, input).await.unwrap();
        // Without an address nobody is a subscriber.
        place.add(&caller, ContactInput { last_name: some("Sans adresse"), ..ContactInput::default() }).await.unwrap();
        let found = cells(&place.export(&caller, Format::Xlsx).await);
        let row = [
            "007",
            "+SARL",
            "Œuvré & <fils>",
            "=1+1",
            "a@exemple.fr",
            "0612345678",
            "+33 1 23",
            "1 rue A\n06400 Cannes",
        ];
        let expected: Vec<(String, String)> = [HEADER, row]
            .iter()
            .zip(1..)
            .flat_map(|(row, number)| {
                row.iter().zip('A'..).map(move |(text, column)| (format!("{column}{number}"), (*text).to_owned()))
            })
            .collect();
        assert_eq!(found, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn u4_an_empty_list_has_its_headers() {
    for place in each("empty").await {
        let caller = place.account().await;
        let found = cells(&place.export(&caller, Format::Xlsx).await);
        assert_eq!(found.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), HEADER);
        assert_eq!(csv_rows(&place.export(&caller, Format::Csv).await), [HEADER]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn u4_more_than_a_page_comes_out_once_each_in_order_and_an_export_tells_its_progress() {
    for place in each("pages").await {
        let caller = place.account().await;
        let mut file = String::from("ID;Nom;Adresse\n");
        for n in 0..10_001 {
            file.push_str(&format!("{n};Nom {};{n} rue A\n", n % 7));
        }
        place.import(&caller, file.as_bytes()).await;
        let rows = csv_rows(&place.export(&caller, Format::Csv).await);
        assert_eq!(rows.len(), 10_002);
        assert!(rows[1..].is_sorted_by_key(|row| &row[2]));
        let mut ids: Vec<usize> = rows[1..].iter().map(|row| row[0].parse().unwrap()).collect();
        ids.sort_unstable();
        assert!(ids.iter().copied().eq(0..10_001));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn u4_another_account_s_list_is_unknown() {
    let place = sqlite().await;
    let (one, other) = (place.account().await, place.account().await);
    let unknown = AccountId(uuid::Uuid::from_u128(9));
    for account in [account_of(&other), unknown] {
        let error = place.try_export(&one, account, Format::Csv).await.unwrap_err();
        assert!(matches!(error, Stopped::Refused(r) if r.code.as_str() == "NOT_FOUND"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn k1_contacts_come_out_once_each_in_order_as_text_and_go_in_again_unchanged() {
    for place in each("contacts").await {
        let caller = place.account().await;
        let mut file = String::from("ID;Nom;E-mail;Adresse\n");
        for n in 0..1_201 {
            file.push_str(&format!("{n};'=Nom {:02};n{n}@exemple.fr;{n} rue A\n", n % 17));
        }
        place.import(&caller, file.as_bytes()).await;
        for lang in [Lang::Fr, Lang::En] {
            let csv = place.export_contacts(&caller, Format::Csv, lang).await;
            let rows = csv_rows(&csv);
            assert_eq!((rows.len(), rows[0].len()), (1_202, 12));
            assert!(rows[1..].iter().all(|row| row[2].starts_with("'=Nom")), "{:?}", rows[1]);
            assert!(rows[1..].is_sorted_by_key(|row| &row[2]));
            let mut ids: Vec<usize> = rows[1..].iter().map(|row| row[0].parse().unwrap()).collect();
            ids.sort_unstable();
            assert!(ids.iter().copied().eq(0..1_201));
            let again = place.dry_run(&caller, &csv).await;
            assert_eq!((again.counts.unchanged, again.counts.rejected), (1_201, 0), "{again:?}");
        }
        let found = cells(&place.export_contacts(&caller, Format::Xlsx, Lang::Fr).await);
        assert_eq!(found[11], ("L1".to_owned(), "Enregistré le".to_owned()));
        assert!(found.contains(&("C2".to_owned(), "=Nom 00".to_owned())), "a text, and no formula");
    }
}
