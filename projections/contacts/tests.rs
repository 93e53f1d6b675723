//! Rows of this read model, table by table.

use super::*;
use crate::{Changes, Source, sql::Arg};
use domain::{
    ContactId, StreamId,
    contact::{AddContact, ContactInput, ContactPatch, DeleteContact, Deleted, EditContact, Erased},
    testing::{Given, at, given, id},
    values::ContactKind,
};

fn stream() -> StreamId {
    ContactId(id(1)).into()
}

fn anne() -> Given {
    let input = ContactInput {
        first_name: Some("Anne".into()),
        last_name: Some("Müller-Œuvre".into()),
        email: Some("Anne.M@exemple.fr".into()),
        ..ContactInput::default()
    };
    given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: domain::AccountId(id(9)), kind: ContactKind::Person, input }.decide())
}

fn rows(history: &Given) -> crate::Rows {
    (READ_MODEL.project)(Source { stream: stream(), folded: &history.folded })
}

#[test]
fn k1_a_contact_is_one_row_ordered_by_its_folded_name() {
    let rows = rows(&anne());
    let list: Vec<_> = rows.iter().filter(|(table, _)| *table == 0).collect();
    assert_eq!(list.len(), 1);
    assert!(list[0].1.contains(&Arg::from("muller oeuvre anne")), "{:?}", list[0].1);
    assert!(list[0].1.contains(&Arg::from(at("2026-03-01T09:00:00Z").timestamp_micros())));
}

#[test]
fn k1_it_is_found_by_any_word_of_its_name_and_by_its_email() {
    let words: Vec<String> = rows(&anne())
        .into_iter()
        .filter(|(table, _)| *table == 1)
        .filter_map(|(_, row)| if let Arg::Text(word) = row[1].clone() { word } else { None })
        .collect();
    assert_eq!(words, ["anne", "anne.m@exemple.fr", "m", "muller", "oeuvre"]);
}

#[test]
fn deleted_and_erased_contacts_are_in_no_list() {
    assert!(rows(&anne().event(domain::contact::ContactEvent::from(Deleted {}))).is_empty());
    assert!(rows(&anne().event(domain::contact::ContactEvent::from(Erased {}))).is_empty());
}

#[test]
fn an_edit_writes_only_the_rows_that_differ() {
    let before = anne();
    let account = domain::account::AccountState::first(
        &domain::account::Opened {
            account: domain::AccountId(id(9)),
            number: "1".into(),
            company_name: "C".into(),
            locale: "fr".into(),
            time_zone: "Europe/Paris".parse().unwrap_or_else(|e| unreachable!("{e}")),
        }
        .into(),
        domain::Fact { position: 1, version: 1, at: at("2026-01-01T00:00:00Z"), actor: domain::testing::someone() },
    );
    let (Some(account), Some(contact)) = (account, before.state().contact().cloned()) else {
        unreachable!("an account and a contact")
    };
    let patch = ContactPatch { first_name: Some(Some("Zoé".into())), ..ContactPatch::default() };
    let after =
        before.clone().decided(EditContact { patch, at: at("2026-03-02T09:00:00Z") }.decide(&contact, &account));
    let mut changes = Changes::default();
    READ_MODEL.change(stream(), Some(&before.folded), &after.folded, &mut changes);
    let tables: Vec<_> = changes.into_tables().collect();
    assert_eq!(tables[0].1.len(), 1, "the contact's row");
    assert_eq!((tables[1].1.len(), tables[1].2.len()), (1, 0), "one word more; « anne » stays, it is in the e-mail");
    assert!(DeleteContact { confirmed: true, at: at("2026-03-03T09:00:00Z") }.decide(&contact, &account, &[]).is_ok());
}

#[test]
fn a12_the_identity_of_a_row_ignores_accents_case_and_punctuation() {
    let same = |a: (&str, &str), b: (&str, &str)| {
        identity(Some(a.0), Some(a.1), None, None) == identity(Some(b.0), Some(b.1), None, None)
    };
    assert!(same(("Zoé", "L'Été"), ("ZOE", "l ete")));
    assert!(!same(("Zoé", "Été"), ("Été", "Zoé")), "a first name is no last name");
}

#[test]
fn every_filter_adds_its_condition_and_its_arguments() {
    let account = domain::AccountId(id(9));
    let seek = Seek { beyond: Some(Place::Name("x".into(), id(3))), descending: true, limit: 21 };
    let filter = Filter {
        kind: Some("GROUP"),
        profile: Some("GUEST"),
        status: Some("INVITED"),
        registration: Some("REGISTERED"),
        has_email: Some(true),
        product: Some(domain::ProductId(id(4))),
        mode: Some("SUSPENDED"),
        erp: Some("NONE"),
        label: Some("salon".into()),
        ids: Some(vec![id(1)]),
    };
    let ask = list(account, &filter, Order::Name, &seek);
    let placeholders = (1..=ask.args.len()).all(|n| ask.sql.contains(&format!("${n}")));
    assert!(placeholders && !ask.sql.contains(&format!("${}", ask.args.len() + 1)), "{}", ask.sql);
    assert!(ask.sql.contains("x.sort_key DESC"), "a product's contacts are walked by the accesses' index: {}", ask.sql);
    let plain =
        list(account, &Filter::default(), Order::CreatedAt, &Seek { beyond: None, descending: false, limit: 21 });
    assert_eq!(plain.args.len(), 2);
}
