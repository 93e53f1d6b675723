//! What goes back to the sender: the errors file and the template.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use crate::i18n::lang::Lang;

use super::super::columns::ClientField;
use super::super::{RowProblem, TextEncoding, template};
use super::{Seen, open, read};

/// Rejects every row of a file with its messages; gives the errors file.
fn reject_all(bytes: &[u8], messages: &[&str], lang: Lang) -> Vec<u8> {
    let mut file = open(bytes).unwrap();
    let mut errors = file.errors_file(Vec::new(), lang).unwrap();
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
    let errors = reject_all(&sent, &["E-mail invalide", "Nom trop long"], Lang::Fr);
    let expected = "\u{FEFF}Erreur;N° client;Nom;Portable;Couleur\r\n\
        \"E-mail invalide ; Nom trop long\";'=7;Müller;'+33 6;rouge\r\n\
        \"E-mail invalide ; Nom trop long\";8;\"a;b\"\"\nc\";'=1; x \r\n";
    assert_eq!(String::from_utf8(errors).unwrap(), expected);
}

#[test]
fn a10_the_errors_file_keeps_the_separator_and_follows_the_language() {
    let errors = reject_all(b"Name,Mail\nDoe,x\n", &["Invalid e-mail"], Lang::En);
    assert_eq!(String::from_utf8(errors).unwrap(), "\u{FEFF}Error,Name,Mail\r\nInvalid e-mail,Doe,x\r\n");
}

#[test]
fn a10_a_corrected_errors_file_comes_in_again() {
    let errors = reject_all("ID;Nom;E-mail\n1;Zoé;faux\n".as_bytes(), &["E-mail invalide"], Lang::Fr);
    let corrected = String::from_utf8(errors).unwrap().replace("faux", "zoe@example.org");
    let mut file = open(corrected.as_bytes()).unwrap();
    assert!(file.columns().ignored().is_empty());
    let client = file.next_row().unwrap().unwrap().client;
    assert_eq!((client.id, client.last_name, client.email), (Some("1"), Some("Zoé"), Some("zoe@example.org")));
}

#[test]
fn a10_rows_nobody_corrected_are_refused_again() {
    // Broken rows among whole ones: in the errors file they stand close together, where Excel might have made them.
    let mut sent = "1;Zoé\n2;Zoé;x\n".repeat(40).into_bytes();
    sent.splice(0..0, *b"ID;Nom;E-mail\n");
    sent.extend_from_slice(b"3;Zo\xE9;x\n4;Zo;x;y\n");
    let mut file = open(&sent).unwrap();
    let mut errors = file.errors_file(Vec::new(), Lang::Fr).unwrap();
    while let Some(sent) = file.next_row().unwrap() {
        if let Some(problem) = sent.row.problem {
            errors.push(&sent.row, &[problem.to_string()]).unwrap();
        }
    }
    assert_eq!(errors.rows(), 42);
    let first = errors.finish().unwrap();
    let again = read_strictly(&first);
    assert_eq!(again.len(), 42);
    assert!(again.iter().all(|row| row.problem.is_some()));
    assert_eq!(again[40].problem, Some(RowProblem::Undecodable));
    let renewed = reject_all(&first, &["faux"], Lang::Fr);
    assert_eq!(reject_all(&renewed, &["faux"], Lang::Fr), renewed, "one error column, whatever the round");
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
        let first = reject_all(sent.as_bytes(), &["faux", "=faux"], Lang::Fr);
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
        prop_assert_eq!(reject_all(&first, &["faux", "=faux"], Lang::Fr), first);
    }
}

#[test]
fn a11_the_template_reads_back_without_a_remark() {
    for (lang, separator) in [(Lang::Fr, b';'), (Lang::En, b',')] {
        let bytes = template(lang);
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
    let french = String::from_utf8(template(Lang::Fr)).unwrap();
    assert!(
        french.starts_with(
            "\u{FEFF}ID;Raison sociale;Nom;Prénom;E-mail;Téléphone;Fax;Adresse;Code postal;Ville;Pays\r\n"
        )
    );
}
