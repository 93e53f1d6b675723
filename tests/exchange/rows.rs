//! What single rows do: whom they mean, what they change, and why they are not taken.

use crate::place::{Place, account_of, each, sqlite};
use domain::{address::Address, contact::ContactInput};
use sesame::{
    app::{Caller, Command},
    exchange::{ImportCounts, ImportOptions, Stopped},
    files::{Limits, ReadOptions, template},
    i18n::lang::Lang,
};

async fn lines(place: &Place, caller: &Caller) -> Vec<String> {
    let csv = place.csv(caller).await;
    csv.split("\r\n").skip(1).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn counts(created: u64, updated: u64, unchanged: u64, duplicates: u64, rejected: u64) -> ImportCounts {
    let data_rows = created + updated + unchanged + duplicates + rejected;
    ImportCounts { created, updated, unchanged, duplicates, rejected, blank: 0, data_rows }
}

/// Imports, after a dry run that must count the same.
async fn import(place: &Place, caller: &Caller, file: &str) -> (ImportCounts, Vec<&'static str>) {
    let dry = place.dry_run(caller, file.as_bytes()).await;
    let (report, _) = place.import(caller, file.as_bytes()).await;
    assert_eq!(report.counts, dry.counts, "{file}");
    assert_eq!(report.errors, dry.errors);
    (report.counts, report.errors.iter().map(|e| e.code).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a11_the_template_comes_in_without_an_error() {
    for place in each("template").await {
        for lang in [Lang::Fr, Lang::En] {
            let caller = place.account().await;
            let (report, errors) = place.import(&caller, &template(lang)).await;
            assert_eq!(report.counts, counts(2, 0, 0, 0, 0));
            assert_eq!((report.errors.len(), errors, report.warnings.len()), (0, None, 0));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_row_means_the_contact_of_its_id_then_of_its_e_mail_then_of_its_names_and_address() {
    for place in each("identity").await {
        let caller = place.account().await;
        let first =
            "ID;Nom;E-mail;Téléphone;Adresse\nC1;Un;un@exemple.fr;01;\n;Deux;deux@exemple.fr;02;\n;Trois;;03;3 rue C\n";
        assert_eq!(import(&place, &caller, first).await, (counts(3, 0, 0, 0, 0), vec![]));
        // The ID wins over a new e-mail; the e-mail finds who has no ID yet, and gives one; the third is found by name and address.
        let second = "ID;Nom;E-mail;Téléphone;Adresse\nC1;Un;nouveau@exemple.fr;;\nC2;Deux;DEUX@exemple.fr;;\n;TROIS;;04;3 rue C\n";
        assert_eq!(import(&place, &caller, second).await, (counts(0, 3, 0, 0, 0), vec![]));
        // What was an empty cell is still there.
        let third = "ID;Nom;E-mail;Téléphone;Adresse\nC1;Un;nouveau@exemple.fr;01;\nC2;Deux;deux@exemple.fr;02;\n;TROIS;;04;3 rue C\n";
        assert_eq!(import(&place, &caller, third).await, (counts(0, 0, 3, 0, 0), vec![]));
        // ID of one, e-mail of another.
        let crossed = "ID;Nom;E-mail\nC1;Un;deux@exemple.fr\nC3;Inconnu;deux@exemple.fr\n";
        assert_eq!(import(&place, &caller, crossed).await, (counts(0, 0, 0, 0, 2), vec!["EMAIL_TAKEN", "EMAIL_TAKEN"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_two_of_one_name_and_address_are_told_apart_or_refused() {
    for place in each("homonyms").await {
        let caller = place.account().await;
        let file = "ID;Nom;Téléphone;Adresse\nP;Durand;01;1 rue A\nF;Durand;02;1 rue A\n";
        assert_eq!(import(&place, &caller, file).await.0, counts(2, 0, 0, 0, 0));
        // Which of them is not known; one that says nothing new may be either.
        let keyless = "Nom;Téléphone;Adresse\nDurand;03;1 rue A\n";
        assert_eq!(import(&place, &caller, keyless).await, (counts(0, 0, 0, 0, 1), vec!["REQUIRED"]));
        assert_eq!(import(&place, &caller, "Nom;Adresse\nDurand;1 rue A\n").await.0, counts(0, 0, 1, 0, 0));
        // Another ID is another person.
        assert_eq!(import(&place, &caller, "ID;Nom;Adresse\nX;Durand;1 rue A\n").await.0, counts(1, 0, 0, 0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_row_repeats_an_accepted_one_only() {
    for place in each("duplicates").await {
        let caller = place.account().await;
        let file = "ID;Nom;E-mail\nC1;;un@exemple.fr\nC2;Deux;un@exemple.fr\nC2;Trois;trois@exemple.fr\nC4;Quatre;UN@exemple.fr\n;Cinq;\n;CINQ;\n";
        let (counted, codes) = import(&place, &caller, file).await;
        assert_eq!(counted, counts(2, 0, 0, 3, 1));
        assert_eq!(codes[0], "NAME_OR_COMPANY_REQUIRED");
        let (report, _) = place.import(&caller, file.as_bytes()).await;
        let firsts: Vec<_> = report
            .errors
            .iter()
            .filter(|e| e.code == "DUPLICATE_IN_FILE")
            .map(|e| e.message.contains("ligne 3"))
            .collect();
        assert_eq!(firsts, [true, true, false]);
        // Two rows that mean one contact by different keys.
        let both = "ID;Nom;E-mail;Téléphone\nC2;Deux;;01\n;Deux;un@exemple.fr;02\n";
        assert_eq!(import(&place, &caller, both).await.0, counts(0, 1, 0, 1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_an_e_mail_given_free_above_may_be_taken_below() {
    for place in each("released").await {
        let caller = place.account().await;
        import(&place, &caller, "ID;Nom;E-mail\nA;Un;a@exemple.fr\nB;Deux;b@exemple.fr\n").await;
        let moved = "ID;Nom;E-mail\nB;Deux;c@exemple.fr\nA;Un;b@exemple.fr\nC;Trois;a@exemple.fr\n";
        assert_eq!(import(&place, &caller, moved).await, (counts(1, 2, 0, 0, 0), vec![]));
        assert_eq!(import(&place, &caller, moved).await, (counts(0, 0, 3, 0, 0), vec![]));
        // A swap cannot be told from a mistake.
        let swapped = "ID;Nom;E-mail\nB;Deux;b@exemple.fr\nA;Un;c@exemple.fr\n";
        assert_eq!(import(&place, &caller, swapped).await, (counts(0, 0, 0, 0, 2), vec!["EMAIL_TAKEN", "EMAIL_TAKEN"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_an_address_comes_from_one_cell_or_from_its_columns_and_empty_cells_keep() {
    for place in each("addresses").await {
        let caller = place.account().await;
        let parts = "ID;Nom;Adresse;Code postal;Ville;Pays\n\
            1;Un;1 rue A;67000;Strasbourg;France\n2;Deux;2 rue B;;67000 Strasbourg;\n3;Trois;3 rue C;1000;Bruxelles;Belgique\n\
            4;Quatre;4 Main Street;SW1A 1AA;London;United Kingdom\n5;Cinq;5 rue E;75001;Paris;Atlantide\n";
        assert_eq!(import(&place, &caller, parts).await, (counts(4, 0, 0, 0, 1), vec!["INVALID"]));
        let expected = [
            "2;;Deux;;;;;\"2 rue B\n67000 Strasbourg\"",
            "4;;Quatre;;;;;\"4 Main Street\nSW1A 1AA London\nGB\"",
            "3;;Trois;;;;;\"3 rue C\n1000 Bruxelles\nBE\"",
            "1;;Un;;;;;\"1 rue A\n67000 Strasbourg\"",
        ];
        assert_eq!(lines(&place, &caller).await, expected);
        // The street alone changes; town and country stay.
        let street = "ID;Nom;Adresse;Ville;Pays\n3;Trois;30 rue C;;\n1;Un;;;\n";
        assert_eq!(import(&place, &caller, street).await.0, counts(0, 1, 1, 0, 0));
        assert_eq!(lines(&place, &caller).await[2], "3;;Trois;;;;;\"30 rue C\n1000 Bruxelles\nBE\"");
        // The town repeated below the street is one town.
        let twice = "ID;Nom;Adresse;Code postal;Ville\n1;Un;\"1 rue A\r\n67000 STRASBOURG\";67000;Strasbourg\n";
        assert_eq!(import(&place, &caller, twice).await.0, counts(0, 0, 1, 0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_columns_that_are_not_taken_are_told_and_a_file_without_names_changes_who_is_there() {
    let place = sqlite().await;
    let caller = place.account().await;
    import(&place, &caller, "ID;Nom;E-mail;Mobile\n1;Un;un@exemple.fr;0612345678\n").await;
    let (report, _) = place
        .import(
            &caller,
            "E-mail;Téléphone;Portable;Couleur\nun@exemple.fr;01 02;07;rouge\nx@exemple.fr;03;;\n".as_bytes(),
        )
        .await;
    assert_eq!(report.counts, counts(0, 1, 0, 0, 1));
    assert_eq!(report.errors[0].code, "NAME_OR_COMPANY_REQUIRED");
    let warned: Vec<_> = report.warnings.iter().map(|w| (w.column, w.title.as_str(), w.code)).collect();
    assert_eq!(warned, [(3, "Portable", "COLUMN_NOT_TAKEN"), (4, "Couleur", "COLUMN_UNKNOWN")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_several_things_wrong_with_one_row_are_all_told_and_it_counts_once() {
    let place = sqlite().await;
    let caller = place.account().await;
    let file = format!("Nom;E-mail;Type\n{};pas-un-mail;Martien\n", "x".repeat(201));
    let (counted, codes) = import(&place, &caller, &file).await;
    assert_eq!(counted, counts(0, 0, 0, 0, 1));
    assert_eq!(codes, ["INVALID", "TOO_LONG", "EMAIL_INVALID"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_the_errors_file_comes_in_once_it_is_corrected() {
    for place in each("corrected").await {
        let caller = place.account().await;
        let file = "ID;Nom;E-mail;Adresse\n1;Un;un@exemple.fr;\n2;Deux;deux(at)exemple.fr;\"2 rue B\nBât. C\"\n3;;trois@exemple.fr;\n";
        let (report, errors) = place.import(&caller, file.as_bytes()).await;
        assert_eq!(report.counts, counts(1, 0, 0, 0, 2));
        let corrected = errors.unwrap().replace("(at)", "@").replace(";3;;", ";3;Trois;");
        let (report, errors) = place.import(&caller, corrected.as_bytes()).await;
        assert_eq!((report.counts, errors), (counts(2, 0, 0, 0, 0), None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b6_an_id_of_ours_means_that_contact_and_never_a_deleted_or_foreign_one() {
    for place in each("own_ids").await {
        let (caller, other) = (place.account().await, place.account().await);
        let input = |name: &str| ContactInput {
            last_name: Some(name.into()),
            address: Some(Address { line1: Some("1 rue A".into()), ..Address::default() }),
            ..ContactInput::default()
        };
        let [kept, gone, erased] = [
            place.add(&caller, input("Un")).await,
            place.add(&caller, input("Deux")).await,
            place.add(&caller, input("Trois")).await,
        ]
        .map(Option::unwrap);
        let foreign = place.add(&other, input("Ailleurs")).await.unwrap();
        let app = &place.service.app;
        app.execute(&caller, Command::DeleteContact(gone, true).into()).await.unwrap();
        app.execute(&caller, Command::EraseContact(erased, true).into()).await.unwrap();
        let file =
            format!("ID;Nom;Téléphone\n{kept};Un;01\n{gone};Deux;02\n{erased};Trois;03\n{foreign};Ailleurs;04\n");
        let (counted, codes) = import(&place, &caller, &file).await;
        assert_eq!((counted, codes), (counts(1, 1, 0, 0, 2), vec!["CONTACT_DELETED", "CONTACT_ERASED"]));
        // The foreign id is a number like any other; the contact it belongs to is untouched.
        assert_eq!(lines(&place, &other).await, [format!("{foreign};;Ailleurs;;;;;1 rue A")]);
        assert_eq!(lines(&place, &caller).await, [format!("{kept};;Un;;;01;;1 rue A")]);
        assert_eq!(import(&place, &caller, &file).await.0, counts(0, 0, 2, 0, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_a_broken_file_stops_there_and_says_what_was_done() {
    for place in each("broken").await {
        let caller = place.account().await;
        for (file, code) in [
            (&b"PK\x03\x04\x14\x00\x06\x00 a renamed workbook"[..], "NOT_CSV"),
            (b"", "EMPTY_FILE"),
            (b"Couleur;Taille\nrouge;3\n", "NO_USABLE_COLUMN"),
            (b"Nom;Nom\na;b\n", "DUPLICATE_COLUMN"),
        ] {
            let events = place.events(&caller).await;
            let error = place.try_import(&caller, file, ImportOptions::default()).await.unwrap_err();
            assert!(matches!(&error.problem, Stopped::File(e) if e.code() == code), "{error:?}");
            assert_eq!((place.events(&caller).await, error.applied.counts), (events, ImportCounts::default()));
        }
        let mut file = String::from("Nom\n");
        for n in 0..1_000 {
            file.push_str(&format!("Nom {n}\n"));
        }
        file.push_str("\"jamais refermé\nSuite\n");
        let error = place.try_import(&caller, file.as_bytes(), ImportOptions::default()).await.unwrap_err();
        assert!(matches!(&error.problem, Stopped::File(e) if e.code() == "UNCLOSED_QUOTE"));
        assert_eq!(error.applied.counts, counts(1_000, 0, 0, 0, 0));
        let limits = Limits { rows: 10, ..Limits::default() };
        let options = ImportOptions { reading: ReadOptions { encoding: None, limits }, ..ImportOptions::default() };
        let error = place.try_import(&caller, b"Nom\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n", options).await.unwrap_err();
        assert!(matches!(&error.problem, Stopped::File(e) if e.code() == "TOO_MANY_ROWS"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_an_account_that_the_caller_does_not_reach_takes_nothing() {
    let place = sqlite().await;
    let refused = |caller: Caller| {
        let place = &place;
        async move { place.try_import(&caller, b"Nom\nUn\n", ImportOptions::default()).await.unwrap_err() }
    };
    let error = refused(Caller::operator(None)).await;
    assert!(matches!(&error.problem, Stopped::Refused(r) if r.code.as_str() == "FORBIDDEN"));
    let unknown = domain::AccountId(uuid::Uuid::from_u128(1));
    let error = refused(Caller::operator(Some(unknown))).await;
    assert!(matches!(&error.problem, Stopped::Refused(r) if r.code.as_str() == "NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_an_import_given_up_leaves_whole_contacts_and_goes_on_later() {
    for place in each("given_up").await {
        let caller = place.account().await;
        let mut file = String::from("ID;Nom;Adresse\n");
        for n in 0..3_000 {
            file.push_str(&format!("{n};Nom {n};{n} rue A\n"));
        }
        let import = place.try_import(&caller, file.as_bytes(), ImportOptions::default());
        let cut = tokio::time::timeout(std::time::Duration::from_millis(60), import).await;
        // What was under way ends first, however long that takes on this machine.
        let mut before = place.export(&caller, sesame::exchange::Format::Csv).await;
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            let now = place.export(&caller, sesame::exchange::Format::Csv).await;
            if std::mem::replace(&mut before, now) == before {
                break;
            }
        }
        let there = crate::place::csv_rows(&before).len() as u64 - 1;
        assert_eq!(cut.is_ok(), there == 3_000);
        let (report, _) = place.import(&caller, file.as_bytes()).await;
        assert_eq!(report.counts, counts(3_000 - there, 0, there, 0, 0));
        assert_eq!(account_of(&caller), caller.account.unwrap());
    }
}
