//! The empty form of a client file: headers and two rows that nobody takes for real clients.
//!
//! It reads back through [`super::ClientFile`] with every column known. Telephone numbers and domains in it are of the
//! ranges that the French and British regulators and RFC 2606 keep for examples.

use crate::i18n::lang::Lang;

use super::csv_cells::{CsvCells, separator_for};
use super::error::FileError;

const FRENCH: [[&str; 11]; 3] = [
    ["ID", "Raison sociale", "Nom", "Prénom", "E-mail", "Téléphone", "Fax", "Adresse", "Code postal", "Ville", "Pays"],
    [
        "EXEMPLE-1",
        "Société Exemple",
        "",
        "",
        "societe@example.org",
        "01 99 00 12 34",
        "01 99 00 12 35",
        "Bâtiment A\n1 rue de l'Exemple",
        "75001",
        "Paris",
        "France",
    ],
    [
        "EXEMPLE-2",
        "",
        "Exemple",
        "Camille",
        "camille@example.org",
        "06 39 98 12 34",
        "",
        "2 rue de l'Exemple",
        "69001",
        "Lyon",
        "France",
    ],
];

const ENGLISH: [[&str; 11]; 3] = [
    ["ID", "Company", "Last name", "First name", "E-mail", "Phone", "Fax", "Address", "Postal code", "City", "Country"],
    [
        "EXAMPLE-1",
        "Example Company",
        "",
        "",
        "company@example.org",
        "020 7946 0123",
        "020 7946 0124",
        "Building A\n1 Example Street",
        "SW1A 1AA",
        "London",
        "United Kingdom",
    ],
    [
        "EXAMPLE-2",
        "",
        "Example",
        "Camille",
        "camille@example.org",
        "07700 900123",
        "",
        "2 Example Street",
        "M1 1AE",
        "Manchester",
        "United Kingdom",
    ],
];

/// The template as a file's bytes, in a language's headers and separator.
#[must_use]
pub fn template(lang: Lang) -> Vec<u8> {
    let rows = match lang {
        Lang::Fr => &FRENCH,
        Lang::En => &ENGLISH,
    };
    // Writing to memory does not fail; were it to, an empty file is what a reader refuses.
    write(rows, separator_for(lang)).unwrap_or_default()
}

fn write(rows: &[[&str; 11]], separator: u8) -> Result<Vec<u8>, FileError> {
    let mut cells = CsvCells::begin(Vec::new(), separator)?;
    rows.iter().try_for_each(|row| cells.row(row.iter().copied()))?;
    cells.finish()
}
