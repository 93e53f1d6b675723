//! Rows of this read model.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::READ_MODEL;
use crate::{Changes, Source, sql::Arg};
use domain::{
    AccountId, ImportId,
    import::{ApplyImport, ImportCounts, NoteProgress, PlanImport},
    testing::{at, given, id},
    values::ImportPolicy,
};

#[test]
fn b5_an_import_is_one_row_that_progress_leaves_alone() {
    let plan = PlanImport {
        account: AccountId(id(9)),
        label: None,
        file: "ab".into(),
        policy: ImportPolicy::RejectFailedRows,
        counts: ImportCounts { created: 9, ..ImportCounts::default() },
    };
    let planned = given().at("2026-03-01T09:00:00Z").decided(plan.decide());
    let stream = ImportId(id(3)).into();
    let rows = (READ_MODEL.project)(Source { stream, folded: &planned.folded });
    let when = at("2026-03-01T09:00:00Z").timestamp_micros();
    let row = |status: &str| (0, vec![Arg::from(id(3)), id(9).into(), status.into(), "ab".into(), when.into()]);
    assert_eq!(rows, [row("PLANNED")]);
    let apply = ApplyImport { at: at("2026-03-01T10:00:00Z") }.decide(planned.state().import().unwrap());
    let started = planned.at("2026-03-01T10:00:00Z").decided(apply);
    assert_eq!((READ_MODEL.project)(Source { stream, folded: &started.folded }), [row("APPLYING")]);
    let step = NoteProgress { done: Default::default(), last: false }.decide(started.state().import().unwrap());
    let further = started.clone().decided(step);
    let mut changes = Changes::default();
    READ_MODEL.change(stream, Some(&started.folded), &further.folded, &mut changes);
    assert!(changes.is_empty());
}
