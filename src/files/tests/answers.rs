//! What goes back to the sender: the errors file and the template.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::super::columns::ClientField;
use super::super::{Language, RowProblem, TextEncoding, template};
use super::{Seen, open, read};

/// Rejects every row of a file with its messages; gives the errors file.
fn reject_all(bytes: &[u8], messages: &[&str], language: Language) -> Vec<u8> {
    let mut file = open(bytes).unwrap();
    let mut errors = file.errors_file(Vec::new(), language).unwrap();
    let mut count = 0;
    while let Some(sent) = file.next_row().unwrap() {
        errors.push(&sent.row, messages).unwrap();
        count += 1;
    }
    assert_eq!(errors.rows(), count);
    errors.finish().unwrap()
}

#[test]
fn a10_the_errors_file_is_the_row_as_sent_and_what_is_wrong() {
    let sent = "N° client;Nom;Portable;Couleur\r\n'=7;Müller;'+33 6;rouge\r\n8;\"a;b\"\"\nc\";=1; x \r\n";
    let sent = encoding_rs::WINDOWS_1252.encode(sent).0;
    let errors = reject_all(&sent, &["E-mail invalide", "Nom trop long"], Language::French);
    let expected = "\u{FEFF}Erreur;N° client;Nom;Portable;Couleur\r\n\
        E-mail invalide ; Nom trop long;\"'=7\";Müller;\"'+33 6\";rouge\r\n"
        .replace("E-mail invalide ; Nom trop long", "\"E-mail invalide ; Nom trop long\"")
        + "\"E-mail invalide ; Nom trop long\";8;\"a;b\"\"\nc\";\"'=1\"; x \r\n";
    assert_eq!(String::from_utf8(errors).unwrap(), expected);
}

#[test]
fn a10_the_errors_file_keeps_the_separator_and_follows_the_language() {
    let errors = reject_all(b"Name,Mail\nDoe,x\n", &["Invalid e-mail"], Language::English);
    assert_eq!(String::from_utf8(errors).unwrap(), "\u{FEFF}Error,Name,Mail\r\nInvalid e-mail,Doe,x\r\n");
}

#[test]
fn a10_a_corrected_errors_file_comes_in_again() {
    let errors = reject_all("ID;Nom;E-mail\n1;Zoé;faux\n".as_bytes(), &["E-mail invalide"], Language::French);
    let corrected = String::from_utf8(errors).unwrap().replace("faux", "zoe@example.org");
    let mut file = open(corrected.as_bytes()).unwrap();
    assert!(file.columns().ignored().is_empty());
    let client = file.next_row().unwrap().unwrap().client;
    assert_eq!((client.id, client.last_name, client.email), (Some("1"), Some("Zoé"), Some("zoe@example.org")));
}

#[test]
fn a10_rows_nobody_corrected_are_refused_again() {
    let mut sent = "ID;Nom;E-mail\n".as_bytes().to_vec();
    for _ in 0..40 {
        sent.extend_from_slice("1;Zoé\n1;Zoé;x;y\n".as_bytes());
    }
    sent.extend_from_slice(b"1;Zo\xE9;x\n");
    let first = reject_all(&sent, &["faux"], Language::French);
    let again = read_strictly(&first);
    assert!(again.iter().all(|row| row.problem.is_some()));
    assert_eq!(again.last().map(|row| row.problem), Some(Some(RowProblem::Undecodable)));
    assert_eq!(reject_all(&first, &["faux"], Language::French), first, "one error column, whatever the round");
}

/// The rows of a file as an import sees them.
fn read_strictly(bytes: &[u8]) -> Vec<Seen> {
    let mut file = open(bytes).unwrap();
    let mut seen = Vec::new();
    while let Some(sent) = file.next_row().unwrap() {
        let row = sent.row;
        let cells = row.cells().map(str::to_owned).collect();
        seen.push(Seen { number: row.number, line: row.line, problem: row.problem, cells });
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a10_cells_survive_the_errors_file(
        rows in prop::collection::vec(prop::collection::vec("[a'=+;,\"\n\r é\t-]{0,6}", 1..5), 1..20),
        separator in prop::sample::select(vec![";", ","]),
    ) {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(separator);
        let sent = format!("ID{separator}Nom{separator}Fax\r\n{}\r\n", rows.iter().map(line).collect::<Vec<_>>().join("\r\n"));
        let first = reject_all(sent.as_bytes(), &["faux", "=faux"], Language::French);
        let before = read(sent.as_bytes()).unwrap();
        let after = read_strictly(&first);
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert_eq!(&before.cells[..], &after.cells[1..]);
            prop_assert_eq!(after.cells[0].as_str(), "faux ; =faux");
            if before.problem.is_some() {
                prop_assert!(after.problem.is_some());
            }
        }
        prop_assert_eq!(reject_all(&first, &["faux", "=faux"], Language::French), first);
    }
}

#[test]
fn a11_the_template_reads_back_without_a_remark() {
    for (language, separator) in [(Language::French, b';'), (Language::English, b',')] {
        let bytes = template(language);
        let mut file = open(&bytes).unwrap();
        assert_eq!((file.encoding(), file.separator()), (TextEncoding::Utf8, separator));
        assert!(file.columns().ignored().is_empty());
        let known = ClientField::ALL.into_iter().filter(|field| file.columns().column_of(*field).is_some()).count();
        assert_eq!(known, 11);
        let mut rows = 0;
        while let Some(sent) = file.next_row().unwrap() {
            assert_eq!(sent.row.problem, None);
            assert!(sent.client.email.is_some_and(|email| email.ends_with("@example.org")));
            assert!(sent.client.company_name != Some("") || sent.client.last_name != Some(""));
            rows += 1;
        }
        assert_eq!(rows, 2);
    }
    let french = String::from_utf8(template(Language::French)).unwrap();
    assert!(
        french.starts_with(
            "\u{FEFF}ID;Raison sociale;Nom;Prénom;E-mail;Téléphone;Fax;Adresse;Code postal;Ville;Pays\r\n"
        )
    );
}
