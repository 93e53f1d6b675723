//! Headers as people write them.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::FileError;
use super::super::columns::{ClientField, IgnoredColumn, WhyIgnored};
use super::open;

/// The meaning of each title of a one-line file, in order.
fn meanings(header: &str) -> Vec<Option<ClientField>> {
    let file = open(header.as_bytes()).unwrap();
    let at = |column| {
        ClientField::ALL
            .into_iter()
            .find(|field| file.columns().column_of(*field).is_some_and(|place| place.0 == column))
    };
    (1..=header.split(';').count()).map(at).collect()
}

#[test]
fn a11_titles_in_french_and_english_however_written() {
    use ClientField::{
        Address, City, CompanyName, Country, Email, Fax, FirstName, Id, Kind, LastName, Phone, PostalCode,
    };
    let all =
        [Id, CompanyName, LastName, FirstName, Email, Phone, Fax, Address, PostalCode, City, Country, Kind].map(Some);
    let headers = [
        "ID;Raison sociale;Nom;Prénom;E-mail;Téléphone;Fax;Adresse;Code postal;Ville;Pays;Type",
        "id;RAISON SOCIALE;NOM;PRENOM;EMAIL;TELEPHONE;FAX;ADRESSE;CODE POSTAL;VILLE;PAYS;TYPE",
        "Code client;Société;Nom de famille;Prénom(s);Courriel;Tél.;Télécopie;Adresse postale;CP;Commune;Code pays;Type de contact",
        "N° client;Entreprise;NOM;Prenom;e.mail;N° téléphone;N° fax;Rue;Code-Postal;Localité;Pays;Nature",
        "Nº client; Organisation ;Nom *;Prénom *;Adresse e-mail (obligatoire);Tel;Fax;Adresse;Code_postal;Ville;Pays;type",
        "ID;Company;Last name;First name;Email;Phone;Fax;Address;Postal code;City;Country;Kind",
        "Customer number;Company name;Surname;Given name;E-mail address;Phone number;Fax number;Street address;ZIP;Town;Country;Contact type",
        "customer_id;organization;last_name;first_name;mail;mobile;fax;address;zip code;city;country;kind",
        "ID;Raison sociale;Nom;Pre\u{301}nom;E-mail;Te\u{301}le\u{301}phone;Fax;Adresse;Code postal;Ville;Pays;Type",
        "\u{A0}ID ;Raison\u{A0}sociale;Nom;Prénom;E-mail;Téléphone portable;Fax;Adresse;Code postal;Ville;Pays;Type",
    ];
    for header in headers {
        assert_eq!(meanings(header), all, "{header}");
    }
}

#[test]
fn a11_unknown_columns_are_listed_and_the_rest_is_read() {
    let mut file = open("Nom;Couleur;;E-mail;;\nDupont;rouge;x;d@example.org;;\n".as_bytes()).unwrap();
    let unknown = |column, title: &str| IgnoredColumn { column, title: title.to_owned(), why: WhyIgnored::Unknown };
    assert_eq!(file.columns().ignored(), [unknown(2, "Couleur"), unknown(3, "")]);
    let client = file.next_row().unwrap().unwrap().client;
    assert_eq!(client.last_name, Some("Dupont"));
    assert_eq!(client.email, Some("d@example.org"));
    assert_eq!(client.phone, None, "no such column");
}

#[test]
fn a11_the_plainer_of_two_titles_serves() {
    let file = open("Nom;Portable;Téléphone;Code client;ID\n".as_bytes()).unwrap();
    assert_eq!(file.columns().column_of(ClientField::Phone), Some((3, "Téléphone")));
    assert_eq!(file.columns().column_of(ClientField::Id), Some((5, "ID")));
    let ignored: Vec<_> = file.columns().ignored().iter().map(|column| (column.column, column.why)).collect();
    let served = |field| WhyIgnored::AnotherServes(field);
    assert_eq!(ignored, [(2, served(ClientField::Phone)), (4, served(ClientField::Id))]);
}

#[test]
fn a11_two_equal_titles_are_an_error_that_names_both() {
    let error = open("Nom;E-mail;Fax;Email\n".as_bytes()).unwrap_err();
    assert_eq!(error.code(), "DUPLICATE_COLUMN");
    assert!(matches!(error, FileError::DuplicateColumn { field: ClientField::Email, first: 2, second: 4 }));
    assert_eq!(error.to_string(), "columns 2 and 4 both mean email");
}

#[test]
fn a11_a_file_by_which_nobody_is_known_is_refused() {
    for header in ["ID;Téléphone;Ville\n", "Dupont;Jean;jean@example.org\n", "n'importe quoi\n"] {
        let error = open(header.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "NO_USABLE_COLUMN", "{header}");
    }
    assert!(open(b"Raison sociale\n").is_ok());
    assert!(open(b"Mail\n").is_ok());
}

#[test]
fn a11_our_own_report_columns_are_passed_over() {
    let file = open("Erreur;Ligne;Colonne;Nom\nx;1;Nom;Dupont\n".as_bytes()).unwrap();
    assert!(file.columns().ignored().is_empty());
    let file = open("Nom,Error,Line,Column\n".as_bytes()).unwrap();
    assert!(file.columns().ignored().is_empty());
}

#[test]
fn a12_an_empty_cell_is_not_an_absent_column_and_white_space_is_no_value() {
    let mut file = open("Nom;Prénom;Fax\n\u{A0} Du pont\u{202F};   ;\n".as_bytes()).unwrap();
    let client = file.next_row().unwrap().unwrap().client;
    assert_eq!(client.last_name, Some("Du pont"));
    assert_eq!((client.first_name, client.fax, client.email), (Some(""), Some(""), None));
    assert_eq!(client.value(ClientField::LastName), client.last_name);
}
