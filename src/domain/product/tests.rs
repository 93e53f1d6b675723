//! Rules of this room, row by row.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    ArchiveProduct, CreateProduct, ModuleDraft, OrderEmail, ProductState, RenameProduct, RestoreProduct, SetModules,
    SetOrderEmail, TEMPLATE_VARIABLES,
};
use crate::{
    AccountId, Code, ModuleId, Refusals,
    testing::{Given, at, given, id, refused},
    values::DripClock,
};

fn module(n: u128) -> ModuleId {
    ModuleId(id(0x200 + n))
}

/// A new module, or (`known`) one the product has.
fn draft(n: u128, name: &str, opens_after_days: i64, known: bool) -> ModuleDraft {
    ModuleDraft { id: known.then_some(module(n)), fresh: module(n), name: name.to_owned(), opens_after_days }
}

fn mail(subject: &str, body: &str) -> OrderEmail {
    OrderEmail { subject: subject.to_owned(), body: body.to_owned() }
}

fn create(name: &str, modules: Vec<ModuleDraft>, order_email: Option<OrderEmail>) -> CreateProduct {
    CreateProduct {
        account: AccountId(id(1)),
        name: name.to_owned(),
        delivered: false,
        drip_clock: DripClock::CalendarDays,
        modules,
        order_email,
    }
}

fn created() -> Given {
    let modules = vec![draft(1, "Introduction", 0, false), draft(2, "Suite", 7, false)];
    given().at("2026-03-01T09:00:00Z").decided(create("Cours", modules, None).decide())
}

fn product(given: &Given) -> &ProductState {
    given.state().product().unwrap()
}

fn told(refusals: Refusals) -> Vec<(Code, String)> {
    refusals.0.iter().map(|r| (r.code, r.field.join("."))).collect()
}

#[test]
fn k21_a_product_has_modules_with_delays_in_order() {
    let given = created();
    let modules: Vec<_> =
        product(&given).modules().iter().map(|m| (m.id, m.name.as_str(), m.opens_after_days)).collect();
    assert_eq!(modules, [(module(1), "Introduction", 0), (module(2), "Suite", 7)]);
    assert!(!product(&given).delivered && product(&given).archived.is_none() && product(&given).order_email.is_none());
}

#[test]
fn k21_changing_the_schedule_keeps_modules_by_their_ids_and_the_schedule_of_before() {
    let given = created().at("2026-04-01T09:00:00Z");
    let set = SetModules { modules: vec![draft(2, "Suite", 3, true), draft(3, "Bonus", 30, false)] };
    let given = given.clone().decided(set.clone().decide(product(&given)));
    let schedules = &product(&given).schedules;
    assert_eq!((schedules.len(), schedules[1].since.at), (2, at("2026-04-01T09:00:00Z")));
    assert_eq!(product(&given).modules().iter().map(|m| m.id).collect::<Vec<_>>(), [module(2), module(3)]);
    assert!(product(&given).has_had(module(1)), "gone, and known for ever");

    let same = SetModules { modules: vec![draft(2, " Suite ", 3, true), draft(3, "Bonus", 30, true)] };
    assert_eq!(same.decide(product(&given)), Ok(vec![]), "so already");
    let back = SetModules { modules: vec![draft(1, "Introduction", 0, true)] };
    assert!(back.decide(product(&given)).is_ok(), "a removed module may come back");
}

#[test]
fn k21_a_schedule_refuses_by_field_what_cannot_be_meant() {
    let given = created();
    let set = |modules| SetModules { modules }.decide(product(&given));
    let wrong = vec![
        draft(1, "", 0, true),
        draft(9, "Inconnu", 0, true),
        draft(2, "Suite", -1, true),
        draft(2, "Suite", 3651, true),
        draft(3, &"x".repeat(201), 3650, false),
    ];
    let expected = [
        (Code::Required, "modules.0.name"),
        (Code::NotFound, "modules.1.id"),
        (Code::Invalid, "modules.2.opensAfterDays"),
        (Code::Invalid, "modules.3.opensAfterDays"),
        (Code::Invalid, "modules.3.id"),
        (Code::TooLong, "modules.4.name"),
    ];
    assert_eq!(told(set(wrong).unwrap_err()), expected.map(|(code, field)| (code, field.to_owned())));
    let many = |n| (0..n).map(|n| draft(100 + n, "Leçon", 0, false)).collect();
    assert!(set(many(1000)).is_ok());
    assert_eq!(refused(set(many(1001))), Code::TooLong);
}

#[test]
fn k6_an_order_email_knows_its_variables_and_refuses_others_when_it_is_saved() {
    let given = created();
    let set = |order_email| SetOrderEmail { order_email }.decide(product(&given));
    let all: String = TEMPLATE_VARIABLES.iter().map(|name| format!("{{{{{name}}}}} {{{{ {name} }}}}\n")).collect();
    assert!(set(Some(mail("Votre accès à {{product}}", &all))).is_ok());

    for (subject, body, field, value) in [
        ("Bonjour", "Bonjour {{prenom}}", "orderEmail.body", "prenom"),
        ("{{FirstName}}", "Bonjour", "orderEmail.subject", "FirstName"),
        ("Bonjour", "{{firstName}} {{", "orderEmail.body", "{{"),
        ("Bonjour", "{{}}", "orderEmail.body", ""),
        ("Bonjour", "{{password}}", "orderEmail.body", "password"),
    ] {
        let refusals = set(Some(mail(subject, body))).unwrap_err();
        assert_eq!(told(refusals.clone()), [(Code::Invalid, field.to_owned())], "{subject} {body}");
        assert_eq!(refusals.0[0].params[0], ("value", value.to_owned()));
    }
    let missing = told(set(Some(mail(" ", ""))).unwrap_err());
    let expected = [(Code::Required, "orderEmail.subject"), (Code::Required, "orderEmail.body")];
    assert_eq!(missing, expected.map(|(code, field)| (code, field.to_owned())));
    assert_eq!(refused(set(Some(mail("Bonjour\r\nBcc: tous@exemple.fr", "…")))), Code::Invalid);
}

#[test]
fn k6_a_product_without_an_order_email_is_as_good_and_one_can_be_taken_away() {
    let given = created();
    assert_eq!(product(&given).order_email, None);
    assert_eq!(SetOrderEmail { order_email: None }.decide(product(&given)), Ok(vec![]));
    let set = SetOrderEmail { order_email: Some(mail("Bienvenue", "Bonjour {{firstName}}")) };
    let given = given.clone().decided(set.decide(product(&given)));
    assert_eq!(product(&given).order_email.as_ref().map(|m| m.subject.as_str()), Some("Bienvenue"));
    let given = given.clone().decided(SetOrderEmail { order_email: None }.decide(product(&given)));
    assert_eq!(product(&given).order_email, None);
}

#[test]
fn k5_archiving_and_restoring_are_done_once() {
    let given = created().at("2026-04-01T09:00:00Z");
    assert_eq!(RestoreProduct.decide(product(&given)), Ok(vec![]));
    let given = given.clone().decided(ArchiveProduct.decide(product(&given)));
    assert_eq!(product(&given).archived.map(|f| f.at), Some(at("2026-04-01T09:00:00Z")));
    assert_eq!(ArchiveProduct.decide(product(&given)), Ok(vec![]));
    let given = given.clone().decided(RestoreProduct.decide(product(&given)));
    assert_eq!(product(&given).archived, None);
}

#[test]
fn a_product_needs_a_name_and_has_no_new_one_when_it_is_the_same() {
    assert_eq!(refused(create(" ", vec![], None).decide()), Code::Required);
    let given = created();
    let rename = |name: &str| RenameProduct { name: name.to_owned() }.decide(product(&given));
    assert_eq!(rename(" Cours "), Ok(vec![]));
    assert_eq!(rename("Cours du soir").unwrap().len(), 1);
    assert_eq!(refused(rename("\n")), Code::Required);
}
