//! Row B5: what holds for any plan of any file.
//!
//! * Planning writes nothing but the plan, and counts as a dry run does.
//! * Applying does what the plan counted; the account is then as if the file had been imported at once.
//! * Undoing gives everything back: every field of every contact, every list, every export.

use crate::{
    laws::{PLACE, RUNTIME, file},
    place::{Place, account_of, csv_rows, each},
};
use domain::{ContactId, ImportId, contact::ContactState, import::ImportState, values::ImportPolicy};
use projections::{Ask, contacts, labels};
use proptest::prelude::*;
use sesame::{
    app::{
        Caller, Command, ImportCommand, Request,
        imports::{Page, RowFilter},
    },
    exchange::{Format, ImportOptions, PlanOptions, PlannedFile, plan_contacts},
};
use std::{collections::BTreeMap, io::Cursor};
use uuid::Uuid;

async fn plan(place: &Place, caller: &Caller, file: &[u8], policy: ImportPolicy, label: Option<&str>) -> PlannedFile {
    let options = PlanOptions { policy, label: label.map(str::to_owned), import: ImportOptions::default() };
    let read = Cursor::new(file.to_vec());
    plan_contacts(&place.service.app, caller, read, &options, |_| {}).await.unwrap()
}

async fn say(place: &Place, caller: &Caller, command: ImportCommand) {
    place.service.app.execute(caller, Request::from(Command::Imports(command))).await.unwrap();
}

/// Works until nothing is left to do, as the service does beside it.
async fn work(place: &Place, id: ImportId) -> ImportState {
    let app = &place.service.app;
    while app.work_on_import(id).await.unwrap().is_some() {}
    let states = app.reader().states(vec![id.0]).await.unwrap();
    states[&id.0].state.import().unwrap().clone()
}

/// What is on the sheet of everyone who is there: what people would miss.
async fn sheets(place: &Place, caller: &Caller) -> BTreeMap<Uuid, String> {
    let ask = Ask::<(Uuid,)>::new("SELECT id FROM contacts_1 WHERE account = $1", [account_of(caller).0.into()]);
    let ids: Vec<Uuid> = place.service.db().fetch(ask).await.unwrap().into_iter().map(|(id,)| id).collect();
    let states = place.service.app.reader().states(ids).await.unwrap();
    let of = |c: &ContactState| format!("{:?} {:?} {:?} {:?}", c.kind, c.details, c.addresses, c.labels);
    states.into_iter().map(|(id, folded)| (id, of(folded.state.contact().unwrap()))).collect()
}

/// The lists that are made of contacts: by name, by word, by label.
async fn lists(place: &Place, caller: &Caller) -> Vec<String> {
    let (db, account) = (place.service.db(), account_of(caller));
    let mut lists = Vec::new();
    for order in [contacts::Order::Name, contacts::Order::CreatedAt] {
        let seek = contacts::Seek { beyond: None, descending: false, limit: 1_000 };
        let found = db.fetch(contacts::list(account, &contacts::Filter::default(), order, &seek)).await.unwrap();
        lists.push(format!("{found:?}"));
    }
    lists.push(format!("{:?}", db.fetch(contacts::search(account, "", None, 10_000)).await.unwrap()));
    lists.push(format!("{:?}", db.fetch(labels::labels(account, None, 100)).await.unwrap()));
    lists.push(format!("{:?}", csv_rows(&place.export(caller, Format::Csv).await)));
    lists
}

async fn planned_applied_and_undone(
    place: &Place,
    before: String,
    file: String,
    label: Option<&str>,
) -> Result<(), TestCaseError> {
    let (one, other) = (place.account().await, place.account().await);
    for caller in [&one, &other] {
        place.import(caller, before.as_bytes()).await;
    }
    let was = (sheets(place, &one).await, lists(place, &one).await);
    let dry = place.dry_run(&one, file.as_bytes()).await;
    let planned = plan(place, &one, file.as_bytes(), ImportPolicy::RejectFailedRows, label).await;
    prop_assert_eq!((planned.report.counts, &planned.report.errors), (dry.counts, &dry.errors));
    prop_assert_eq!(&(sheets(place, &one).await, lists(place, &one).await), &was);

    say(place, &one, ImportCommand::Apply(planned.import)).await;
    let applied = work(place, planned.import).await;
    prop_assert_eq!((applied.done.counts, applied.done.left_out), (applied.plan, 0));
    // As if it had been imported at once; ids apart.
    let (direct, _) = place.import(&other, file.as_bytes()).await;
    prop_assert_eq!((direct.counts.created, direct.counts.updated), (applied.plan.created, applied.plan.updated));
    let words = async |caller: &Caller| {
        let sheets = sheets(place, caller).await;
        let mut all: Vec<String> = sheets
            .into_values()
            .map(|s| s.split(" [Label").next().unwrap().trim_end_matches(" []").to_owned())
            .collect();
        all.sort();
        all
    };
    prop_assert_eq!(words(&one).await, words(&other).await);

    say(place, &one, ImportCommand::Undo(planned.import)).await;
    let undone = work(place, planned.import).await;
    let back = undone.undone.unwrap();
    prop_assert_eq!((back.removed, back.restored, back.kept), (applied.plan.created, applied.plan.updated, 0));
    prop_assert_eq!(&(sheets(place, &one).await, lists(place, &one).await), &was);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn b5_applying_counts_as_planned_and_undoing_gives_everything_back(
        before in file(), file in file(), label in proptest::option::of(Just("salon")),
    ) {
        RUNTIME.block_on(planned_applied_and_undone(&PLACE, before, file, label))?;
    }
}

/// The same over many lots, on both engines, and in bulk: the number of statements does not follow the number of rows.
#[tokio::test(flavor = "multi_thread")]
async fn b5_large_plans_are_applied_and_undone_by_the_lot() {
    const ROWS: u64 = 2_600;
    for place in each("plans").await {
        let caller = place.account().await;
        let rows = |phone: &str| {
            let mut file = String::from("ID;Nom;E-mail;Téléphone;Adresse\n");
            for n in 0..ROWS {
                file.push_str(&format!("K{n};Nom {n};k{n}@exemple.fr;{phone};{n} rue A\n"));
            }
            file
        };
        let db = place.service.db();
        for (phone, created, updated) in [("01", ROWS, 0), ("02", 0, ROWS)] {
            let sent = db.statements();
            let planned = plan(&place, &caller, rows(phone).as_bytes(), ImportPolicy::RejectFailedRows, None).await;
            let to_plan = db.statements() - sent;
            assert_eq!((planned.report.counts.created, planned.report.counts.updated), (created, updated));
            let sent = db.statements();
            say(&place, &caller, ImportCommand::Apply(planned.import)).await;
            let applied = work(&place, planned.import).await;
            let to_apply = db.statements() - sent;
            assert_eq!((applied.done.counts, applied.done.left_out), (applied.plan, 0));
            // Rows are written by the hundred on SQLite, and whatever else the service asks meanwhile is counted too.
            assert!(to_plan < ROWS / 4 && to_apply < ROWS, "{to_plan} statements to plan, {to_apply} to apply");
            if updated > 0 {
                let sent = db.statements();
                say(&place, &caller, ImportCommand::Undo(planned.import)).await;
                let undone = work(&place, planned.import).await.undone.unwrap();
                assert_eq!((undone.removed, undone.restored, undone.kept), (0, ROWS, 0));
                assert!(db.statements() - sent < ROWS, "{} statements to undo", db.statements() - sent);
            }
        }
        let states = sheets(&place, &caller).await;
        assert!(states.len() as u64 == ROWS && states.values().all(|s| s.contains("phone: Some(\"01\")")));
    }
}

/// E-mails that move from one contact to another within a file go back the same way.
#[tokio::test(flavor = "multi_thread")]
async fn b5_emails_that_change_hands_go_back() {
    for place in each("hands").await {
        let caller = place.account().await;
        place.import(&caller, b"ID;Nom;E-mail\n1;Un;a@exemple.fr\n2;Deux;b@exemple.fr\n").await;
        let was = (sheets(&place, &caller).await, lists(&place, &caller).await);
        let file = b"ID;Nom;E-mail\n1;Un;c@exemple.fr\n2;Deux;a@exemple.fr\n3;Trois;b@exemple.fr\n";
        let planned = plan(&place, &caller, file, ImportPolicy::RejectFailedRows, None).await;
        say(&place, &caller, ImportCommand::Apply(planned.import)).await;
        assert_eq!(work(&place, planned.import).await.done.left_out, 0);
        assert_ne!((sheets(&place, &caller).await, lists(&place, &caller).await), was);
        say(&place, &caller, ImportCommand::Undo(planned.import)).await;
        let undone = work(&place, planned.import).await.undone.unwrap();
        assert_eq!((undone.removed, undone.restored, undone.kept), (1, 2, 0));
        assert_eq!((sheets(&place, &caller).await, lists(&place, &caller).await), was);
    }
}

/// Whoever watches an import is told how far it is, and when it is through.
#[tokio::test(flavor = "multi_thread")]
async fn a13_progress_is_told_until_the_import_is_through() {
    use futures::StreamExt;
    for place in each("progress").await {
        let caller = place.account().await;
        let mut file = String::from("Nom\n");
        (0..1_800).for_each(|n| file.push_str(&format!("Nom {n}\n")));
        let planned = plan(&place, &caller, file.as_bytes(), ImportPolicy::RejectFailedRows, None).await;
        say(&place, &caller, ImportCommand::Apply(planned.import)).await;
        let app = &place.service.app;
        let told = sesame::app::imports::progress(app, &caller, planned.import).await.unwrap().unwrap();
        let told: Vec<_> = told.map(|progress| progress.unwrap()).collect().await;
        let seen: Vec<u64> = told.iter().map(|progress| progress.state.looked_at()).collect();
        assert!(seen.is_sorted() && seen.last() == Some(&1_800), "{seen:?}");
        assert!(told.last().unwrap().at_rest());
        let stranger = place.account().await;
        assert!(sesame::app::imports::progress(app, &stranger, planned.import).await.unwrap().is_none());
    }
}

/// Nothing of a row can be read without the key of its import, and both go together.
#[tokio::test(flavor = "multi_thread")]
async fn b8_rows_of_a_plan_are_sealed_and_purged_with_their_key() {
    for place in each("sealed").await {
        let caller = place.account().await;
        let file = b"ID;Nom;E-mail\n1;Zqcanari;zqcanari@exemple.fr\n2;Zqcanari;faux\n";
        let planned = plan(&place, &caller, file, ImportPolicy::RejectFailedRows, None).await;
        let (db, rows) = (place.service.db(), place.service.app.import_rows());
        let all = Ask::<(Vec<u8>,)>::new(
            "SELECT sealed FROM import_row UNION ALL SELECT sealed FROM import_file WHERE sealed IS NOT NULL",
            [],
        );
        let stored = db.fetch(all.clone()).await.unwrap();
        assert_eq!(stored.len(), 3);
        for (bytes,) in stored {
            assert!(!bytes.to_ascii_lowercase().windows(8).any(|w| w == b"zqcanari"));
        }
        let page = Page { filter: RowFilter::Any, beyond: None, descending: false, limit: 9, through: 0 };
        let read = rows.page(planned.import, account_of(&caller), page).await.unwrap();
        assert_eq!(read[0].row.says.cells, ["1", "Zqcanari", "zqcanari@exemple.fr"]);
        let contact: ContactId = read[0].row.contact.unwrap();
        assert_eq!(read[0].row.says.values.as_ref().unwrap().last_name.as_deref(), Some("Zqcanari"), "{contact}");
        rows.purge(planned.import, 0).await.unwrap();
        assert!(db.fetch(all).await.unwrap().is_empty());
        assert!(place.service.vault().key(planned.import.0).await.unwrap().is_none());
    }
}
