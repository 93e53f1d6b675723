//! What rows say, cell by cell.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::files::{ClientFile, ReadOptions};

/// Judges the rows of a small file.
fn judged(file: &str) -> Vec<Result<Said, Vec<Fault>>> {
    let mut file = ClientFile::open(file.as_bytes(), &ReadOptions::default()).unwrap();
    let shape = Shape::of(file.columns());
    let mut all = Vec::new();
    while let Some(sent) = file.next_row().unwrap() {
        all.push(judge(&sent.client, shape));
    }
    all
}

fn said(file: &str) -> Said {
    judged(file).remove(0).unwrap()
}

fn codes(file: &str) -> Vec<&'static str> {
    judged(file).remove(0).unwrap_err().iter().map(|fault| fault.code).collect()
}

#[test]
fn a10_a_line_break_in_a_name_is_a_space_and_other_spaces_stay_as_typed() {
    for (sent, kept) in [
        ("Jean\r\nPaul", "Jean Paul"),
        ("Jean \t Paul", "Jean Paul"),
        ("Jean  Paul", "Jean  Paul"),
        ("a\u{a0}b", "a\u{a0}b"),
        ("a\u{2028}b c\n\nd", "a b c d"),
        ("seul", "seul"),
    ] {
        assert_eq!(one_line(sent), kept);
    }
    let row = said("Nom;E-mail\n\"Jean\nPaul\";Jean@Exemple.FR\n");
    assert_eq!(row.values.last_name.as_deref(), Some("Jean Paul"));
    assert_eq!(row.values.email.unwrap().as_str(), "jean@exemple.fr");
}

#[test]
fn a10_an_empty_cell_and_an_absent_column_say_nothing() {
    let row = said("Nom;Téléphone;Adresse\nUn;;\n");
    let nothing = AddedPrivate { last_name: Some("Un".into()), ..AddedPrivate::default() };
    assert_eq!((row.values, row.parts, row.kind), (nothing, Parts::default(), None));
}

#[test]
fn a10_a_row_without_a_name_needs_one_unless_the_file_has_no_such_column() {
    assert_eq!(codes("Nom;E-mail\n;a@exemple.fr\n"), ["NAME_OR_COMPANY_REQUIRED"]);
    let row = said("E-mail;Téléphone\na@exemple.fr;01\n");
    assert!(row.is_nameless() && row.values.phone.is_some());
    assert_eq!(codes("E-mail;Téléphone\nfaux;01\n"), ["EMAIL_INVALID"]);
}

#[test]
fn a10_a_kind_is_a_word_of_either_language() {
    assert_eq!(said("Nom;Type\nUn;Groupe\n").kind, Some(ContactKind::Group));
    assert_eq!(said("Nom;Type\nUn;PERSON\n").kind, Some(ContactKind::Person));
    assert_eq!(said("Nom;Type\nUn;\n").kind, None);
    assert_eq!(codes("Nom;Type\nUn;VIP\n"), ["INVALID"]);
}

#[test]
fn a10_a_town_may_stand_in_one_cell_in_two_or_below_the_street() {
    let town = |file: &str| {
        let address = said(file).values.address.unwrap();
        [address.line1, address.line2, address.line3, address.postal_code, address.city, address.country]
            .map(Option::unwrap_or_default)
    };
    let expected = ["1 rue A", "", "", "67000", "Strasbourg", ""];
    assert_eq!(town("Nom;Adresse;Ville\nUn;1 rue A;67000 Strasbourg\n"), expected);
    assert_eq!(town("Nom;Adresse;CP;Ville\nUn;1 rue A;67000;Strasbourg\n"), expected);
    assert_eq!(town("Nom;Adresse\nUn;\"1 rue A\r\n67000 Strasbourg\"\n"), expected);
    assert_eq!(town("Nom;Adresse;CP;Ville\nUn;\"1 rue A\r67000 Strasbourg\";;\n"), expected);
    assert_eq!(
        town("Nom;Adresse;Ville;Pays\nUn;\"a\nb\nc\td\ne\";Liège;Belgique\n"),
        ["a", "b", "c d, e", "", "Liège", "BE"]
    );
    assert_eq!(town("Nom;Adresse;Pays\nUn;1 rue A;fr\n")[5], "FR");
    assert_eq!(codes("Nom;Adresse;Pays\nUn;1 rue A;Narnia\n"), ["INVALID"]);
}

#[test]
fn a10_parts_of_an_address_go_over_those_that_are_there() {
    let some = |text: &str| Some(text.to_owned());
    let now = Address {
        line1: some("1 rue A"),
        line2: some("Bât. B"),
        postal_code: some("67000"),
        city: some("Strasbourg"),
        ..Address::default()
    };
    let over = |file: &str| said(file).address_over(Some(&now)).map(|address| address.render());
    assert_eq!(over("Nom;Adresse;Ville\nUn;;\n"), None);
    assert_eq!(over("Nom;Adresse;Ville\nUn;2 rue C;\n").as_deref(), Some("2 rue C\n67000 Strasbourg"));
    assert_eq!(over("Nom;Adresse;Ville\nUn;;Colmar\n").as_deref(), Some("1 rue A\nBât. B\n67000 Colmar"));
    // Alone in its column an address is whole.
    assert_eq!(over("Nom;Adresse\nUn;2 rue C\n").as_deref(), Some("2 rue C"));
}

#[test]
fn a10_everything_wrong_with_a_row_is_named() {
    let mut found = codes("Nom;E-mail;Pays;Type\n;faux;Narnia;VIP\n");
    found.sort_unstable();
    assert_eq!(found, ["EMAIL_INVALID", "INVALID", "INVALID"]);
    assert_eq!(codes("Nom;E-mail\nUn\n"), ["RAGGED_ROW"]);
}
