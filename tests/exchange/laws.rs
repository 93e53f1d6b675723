//! Row B6 and its neighbours: what holds for any contacts and any file.
//!
//! * Importing an account's own export changes nothing.
//! * Imported into another account, an export comes out again line by line: an ID that is ours there is a number like any other here. Only the
//!   order of people of the same name may differ, because it follows the ids of contacts, and those are new.
//! * A dry run counts as the real one. What is imported a second time changes nothing, where nothing was refused the first time.

use crate::place::{Place, account_of, csv_rows, sqlite};
use domain::{address::Address, contact::ContactInput};
use proptest::{collection::vec, option, prelude::*, sample::select};
use sesame::{app::Caller, exchange::Format};
use std::sync::LazyLock;
use tokio::runtime::Runtime;

pub static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap());
pub static PLACE: LazyLock<Place> = LazyLock::new(|| RUNTIME.block_on(sqlite()));

/// Texts that files get wrong.
fn text() -> impl Strategy<Value = String> {
    const ODD: &[&str] = &[
        "'=",
        "'=1+1",
        "=HYPERLINK(\"http://x\";\"y\")",
        "''=x",
        "-3",
        "@x",
        "+33 6 12 34 56 78",
        "0612345678",
        "007",
        "a;b",
        "a,b",
        "\"",
        "dit \"le Grand\"",
        "O'Neil",
        "'",
        "double  espace",
        "L'Été",
        "Œuvré",
        "ß",
        "Zoe\u{301}",
        "\u{a0}x",
        "日本",
        "😀",
        "1 rue A",
        "75001 Paris",
        "FR",
        "BE",
        "N/A",
        "#REF!",
        "\u{feff}x",
        "x\u{200b}",
        "sep=;",
        "=",
        "\\",
        "a|b",
    ];
    prop_oneof![3 => select(ODD).prop_map(str::to_owned), 1 => "\\PC{1,20}", 1 => "[ -~]{1,12}", 1 => "[a-zé]{1,8}"]
}

prop_compose! {
    fn contact()(
        names in vec(option::weighted(0.7, text()), 3), coordinates in vec(option::weighted(0.4, text()), 2),
        lines in vec(option::weighted(0.5, text()), 3), town in vec(option::weighted(0.7, text()), 2),
        country in option::weighted(0.3, "[A-Z]{2}"), id in option::weighted(0.5, text()), email in option::weighted(0.5, "[a-z+']{1,6}"),
    ) -> ContactInput {
        let [mut names, mut coordinates, mut lines, mut town] = [names, coordinates, lines, town].map(Vec::into_iter);
        let mut next = |from: usize| [&mut names, &mut coordinates, &mut lines, &mut town][from].next().flatten();
        ContactInput {
            first_name: next(0), last_name: next(0), company_name: next(0), phone: next(1), fax: next(1), external_id: id,
            email: email.map(|local| format!("{local}@exemple.fr")),
            address: Some(Address { line1: next(2), line2: next(2), line3: next(2), postal_code: next(3), city: next(3), country }),
        }
    }
}

fn sorted(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    rows[1..].sort();
    rows
}

async fn round_trips(place: &Place, contacts: Vec<ContactInput>) -> Result<(), TestCaseError> {
    let (one, other) = (place.account().await, place.account().await);
    for input in contacts {
        // Some the rules refuse: the others are enough.
        place.add(&one, input).await;
    }
    let export = place.export(&one, Format::Csv).await;
    let rows = csv_rows(&export);
    let subscribers = rows.len() as u64 - 1;

    let events = place.events(&one).await;
    let (own, errors) = place.import(&one, &export).await;
    prop_assert_eq!((own.counts.unchanged, errors), (subscribers, None), "{:?}", own);
    prop_assert_eq!(place.events(&one).await, events);

    let (moved, errors) = place.import(&other, &export).await;
    prop_assert_eq!((moved.counts.created, errors), (subscribers, None), "{:?}", moved);
    let again = place.export(&other, Format::Csv).await;
    prop_assert_eq!(sorted(csv_rows(&again)), sorted(rows));
    let events = place.events(&other).await;
    let (back, _) = place.import(&other, &again).await;
    prop_assert_eq!((back.counts.unchanged, place.events(&other).await), (subscribers, events));
    Ok(())
}

/// A file whose rows meet each other and the account's contacts all the time.
pub fn file() -> impl Strategy<Value = String> {
    let cell = |words: &'static [&'static str]| select(words);
    let row = (
        cell(&["", "", "C1", "C2", "C3", "C4", "C5"]),
        cell(&["", "Un", "Deux", "DEUX", "Trois"]),
        cell(&["", "", "a@exemple.fr", "B@exemple.fr", "c@exemple.fr", "d@exemple.fr", "faux"]),
        cell(&["", "01", "02"]),
        cell(&["", "1 rue A", "2 rue B"]),
        cell(&["", "", "67000 Strasbourg", "29200 Brest"]),
    );
    vec(row, 0..25).prop_map(|rows| {
        let lines = rows
            .into_iter()
            .map(|(id, name, email, phone, street, town)| format!("{id};{name};{email};{phone};{street};{town}\n"));
        std::iter::once("ID;Nom;E-mail;Téléphone;Adresse;Ville\n".to_owned()).chain(lines).collect()
    })
}

async fn counts_as_tried(place: &Place, before: String, file: String) -> Result<(), TestCaseError> {
    let caller: Caller = place.account().await;
    place.import(&caller, before.as_bytes()).await;
    let dry = place.dry_run(&caller, file.as_bytes()).await;
    let (real, _) = place.import(&caller, file.as_bytes()).await;
    prop_assert_eq!((dry.counts, &dry.errors), (real.counts, &real.errors));
    prop_assert!(caller.account == Some(account_of(&caller)));
    if real.counts.rejected == 0 {
        let events = place.events(&caller).await;
        let (again, _) = place.import(&caller, file.as_bytes()).await;
        prop_assert_eq!(
            (again.counts.created, again.counts.updated, place.events(&caller).await),
            (0, 0, events),
            "{:?}",
            again
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn b6_an_export_changes_nothing_at_home_and_is_the_same_elsewhere(contacts in vec(contact(), 0..20)) {
        RUNTIME.block_on(round_trips(&PLACE, contacts))?;
    }

    #[test]
    fn a10_a_dry_run_counts_as_the_real_one_and_a_second_time_changes_nothing(before in file(), file in file()) {
        RUNTIME.block_on(counts_as_tried(&PLACE, before, file))?;
    }
}

/// The same over many chunks, whose look-ups run while the rows before them are being written.
#[test]
fn a10_how_far_the_writing_has_come_does_not_matter() {
    let rows = |seed: u64| {
        let mut state = seed;
        let mut next = |below: u64| {
            // Numbers of a fixed series are enough to mix rows.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut file = String::from("ID;Nom;E-mail;Adresse\n");
        for _ in 0..4_000 {
            let id = if next(3) > 0 { format!("C{}", next(2_500)) } else { String::new() };
            let email = if next(3) > 0 { format!("e{}@exemple.fr", next(2_500)) } else { String::new() };
            file.push_str(&format!("{id};Nom{};{email};{} rue A\n", next(40), next(30)));
        }
        file
    };
    let place = &*PLACE;
    RUNTIME.block_on(async {
        let (before, file) = (rows(1), rows(2));
        let caller = place.account().await;
        place.import(&caller, before.as_bytes()).await;
        let dry = place.dry_run(&caller, file.as_bytes()).await;
        let (real, _) = place.import(&caller, file.as_bytes()).await;
        assert_eq!(dry.counts, real.counts);
        assert!(
            real.counts.created > 100
                && real.counts.updated > 100
                && real.counts.duplicates > 100
                && real.counts.rejected > 100,
            "{real:?}"
        );
    });
}
