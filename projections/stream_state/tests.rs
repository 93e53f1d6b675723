//! Rows of this read model, table by table.

use super::*;
use crate::{Source, sql::Arg};
use domain::{
    AccountId, ContactId, Folded,
    contact::{AddContact, ContactInput},
    testing::{given, id},
    values::ContactKind,
};

#[test]
fn a_state_comes_back_as_it_was_folded() {
    let input = ContactInput {
        last_name: Some("Müller-Œuvre".into()),
        email: Some("a@exemple.fr".into()),
        ..ContactInput::default()
    };
    let history = given()
        .at("2026-03-01T09:00:00.123456Z")
        .decided(AddContact { account: AccountId(id(9)), kind: ContactKind::Group, input }.decide());
    let rows = (READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &history.folded });
    let Some(Arg::Bytes(Some(bytes))) = rows.first().and_then(|(_, row)| row.last()).cloned() else {
        unreachable!("one row with a state")
    };
    assert_eq!(decode(1, &bytes).ok().as_ref(), Some(&history.folded));
}

#[test]
fn a_stream_without_events_has_no_row() {
    assert!((READ_MODEL.project)(Source { stream: ContactId(id(1)).into(), folded: &Folded::default() }).is_empty());
}
