//! Rows of this read model, table by table.

use super::*;
use crate::{Source, sql::Arg};
use domain::{
    AccountId, ProductId,
    product::{ArchiveProduct, CreateProduct},
    testing::{given, id},
    values::DripClock,
};

#[test]
fn k5_a_product_is_listed_by_its_folded_name_and_says_whether_it_is_archived() {
    let create = CreateProduct {
        account: AccountId(id(9)),
        name: "Été à la mer".into(),
        delivered: false,
        drip_clock: DripClock::CalendarDays,
        modules: vec![],
        order_email: None,
    };
    let history = given().at("2026-03-01T09:00:00Z").decided(create.decide());
    let project = |h: &domain::testing::Given| {
        (READ_MODEL.project)(Source { stream: ProductId(id(2)).into(), folded: &h.folded })
    };
    let rows = project(&history);
    assert_eq!(rows[0].1[3], Arg::from("ete a la mer"));
    assert_eq!(rows[0].1[4], Arg::from(false));
    assert_eq!(rows.len(), 1 + 4, "its row and its four words");
    let Some(product) = history.state().product().cloned() else { unreachable!("a product") };
    assert_eq!(project(&history.decided(ArchiveProduct.decide(&product)))[0].1[4], Arg::from(true));
}

#[test]
fn every_term_adds_its_condition() {
    let ask = list(AccountId(id(9)), &["ete".into(), "mer".into()], None, Some(("x", id(1))), false, 5);
    assert!((1..=ask.args.len()).all(|n| ask.sql.contains(&format!("${n}"))), "{}", ask.sql);
}
