//! Rules of this room, row by row.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, Code, ImportId,
    account::{AccountState, OpenAccount},
    address::Address,
    contact::{
        AddContact, ContactEvent, ContactInput, ContactPatch, ContactState, EditContact, SetDeliveryAddress,
        label::Labelled, portal::OpenPortalAccount,
    },
    testing::{Given, at, day, given, id, refused},
    values::{ContactKind, ImportPolicy, ImportStatus, PortalRole},
};

const ACCOUNT: AccountId = AccountId(id(1));
const IMPORT: ImportId = ImportId(id(17));
const COUNTS: ImportCounts =
    ImportCounts { created: 3, updated: 2, unchanged: 4, duplicates: 1, rejected: 1, blank: 5 };

fn plan(policy: ImportPolicy, label: Option<&str>, counts: ImportCounts) -> Given {
    let rule = PlanImport { account: ACCOUNT, label: label.map(str::to_owned), file: "ab".repeat(32), policy, counts };
    given().at("2026-03-01T09:00:00Z").decided(rule.decide())
}

fn import(given: &Given) -> &ImportState {
    given.state().import().unwrap()
}

fn apply(given: Given, when: &str) -> Given {
    let decision = ApplyImport { at: at(when) }.decide(import(&given));
    given.at(when).decided(decision)
}

fn done(created: u64, updated: u64, left_out: u64, through: u64) -> ImportDone {
    ImportDone { counts: ImportCounts { created, updated, ..ImportCounts::default() }, left_out, through }
}

#[test]
fn b5_what_was_done_is_added_up_and_the_rest_comes_from_the_plan() {
    let started = apply(plan(ImportPolicy::RejectFailedRows, None, COUNTS), "2026-03-01T10:00:00Z");
    assert_eq!(import(&started).to_do(), 5);
    let note = |done, last| NoteProgress { done, last };
    let half = note(done(2, 0, 0, 4), false).decide(import(&started));
    let half = started.decided(half);
    assert_eq!((import(&half).looked_at(), import(&half).done.through), (2, 4));
    let end = note(done(1, 1, 1, 9), true).decide(import(&half));
    let end = half.at("2026-03-01T10:05:00Z").decided(end);
    let state = import(&end);
    assert_eq!((state.status, state.looked_at(), state.done.left_out), (ImportStatus::Applied, 5, 1));
    assert_eq!(state.done.counts, ImportCounts { updated: 1, ..COUNTS });
    assert_eq!(refused(note(done(1, 0, 0, 10), false).decide(state)), Code::NotAllowedNow);
    assert_eq!(ApplyImport { at: at("2026-03-01T10:06:00Z") }.decide(state), Ok(vec![]));
}

#[test]
fn b5_one_refused_row_refuses_everything_where_that_was_asked() {
    let when = at("2026-03-01T10:00:00Z");
    let strict = plan(ImportPolicy::RejectEverything, None, COUNTS);
    assert_eq!(refused(ApplyImport { at: when }.decide(import(&strict))), Code::NotAllowedNow);
    let clean = plan(ImportPolicy::RejectEverything, None, ImportCounts { rejected: 0, ..COUNTS });
    assert_eq!(ApplyImport { at: when }.decide(import(&clean)), Ok(vec![ImportStarted {}.into()]));
}

#[test]
fn b5_a_plan_lasts_a_week_and_an_undo_a_day() {
    let planned = plan(ImportPolicy::RejectFailedRows, None, COUNTS);
    let late = ApplyImport { at: at("2026-03-08T09:00:00Z") };
    assert_eq!(refused(late.decide(import(&planned))), Code::NotAllowedNow);
    assert_eq!(refused(UndoImport { at: at("2026-03-01T09:00:00Z") }.decide(import(&planned))), Code::NotAllowedNow);
    let started = apply(planned, "2026-03-08T08:59:59Z");
    let end = NoteProgress { done: done(3, 2, 0, 9), last: true }.decide(import(&started));
    let applied = started.at("2026-03-08T10:00:00Z").decided(end);
    assert_eq!(refused(CancelImport.decide(import(&applied))), Code::NotAllowedNow);
    assert_eq!(refused(UndoImport { at: at("2026-03-09T10:00:00Z") }.decide(import(&applied))), Code::NotAllowedNow);
    let undo = UndoImport { at: at("2026-03-09T09:59:59Z") }.decide(import(&applied));
    let undoing = applied.at("2026-03-09T09:59:59Z").decided(undo);
    let back = |removed, through| ImportTakenBack { removed, restored: 1, kept: 0, through };
    let step = NoteUndo { undone: back(2, 5), last: false }.decide(import(&undoing));
    let undoing = undoing.decided(step);
    let step = NoteUndo { undone: back(1, 2), last: true }.decide(import(&undoing));
    let undone = undoing.decided(step);
    let state = import(&undone);
    assert_eq!(state.status, ImportStatus::Undone);
    assert_eq!(state.undone, Some(ImportTakenBack { removed: 3, restored: 2, kept: 0, through: 2 }));
    assert_eq!(UndoImport { at: at("2026-04-01T00:00:00Z") }.decide(state), Ok(vec![]));
    assert_eq!(refused(ApplyImport { at: at("2026-03-09T10:00:00Z") }.decide(state)), Code::NotAllowedNow);
}

#[test]
fn a13_a_stopped_import_goes_on_and_a_dropped_plan_does_not() {
    let dropped = plan(ImportPolicy::RejectFailedRows, None, COUNTS);
    let decision = CancelImport.decide(import(&dropped));
    let dropped = dropped.decided(decision);
    assert_eq!(CancelImport.decide(import(&dropped)), Ok(vec![]));
    let when = at("2026-03-01T10:00:00Z");
    assert_eq!(refused(ApplyImport { at: when }.decide(import(&dropped))), Code::NotAllowedNow);
    assert_eq!(refused(UndoImport { at: when }.decide(import(&dropped))), Code::NotAllowedNow);

    let started = apply(plan(ImportPolicy::RejectFailedRows, None, COUNTS), "2026-03-01T10:00:00Z");
    let step = NoteProgress { done: done(2, 0, 0, 4), last: false }.decide(import(&started));
    let half = started.decided(step);
    let stop = CancelImport.decide(import(&half));
    let stopped = half.decided(stop);
    assert_eq!(import(&stopped).done, done(2, 0, 0, 4));
    assert!(NoteProgress { done: done(1, 0, 0, 5), last: false }.decide(import(&stopped)).is_err());
    let again = apply(stopped, "2026-03-01T11:00:00Z");
    assert_eq!((import(&again).status, import(&again).done.through), (ImportStatus::Applying, 4));
}

#[test]
fn b5_a_label_makes_unchanged_rows_something_to_do() {
    let labelled = apply(plan(ImportPolicy::RejectFailedRows, Some(" Salon 2026 "), COUNTS), "2026-03-01T10:00:00Z");
    assert_eq!((import(&labelled).label.as_deref(), import(&labelled).to_do()), (Some("Salon 2026"), 9));
    let all = ImportDone { counts: ImportCounts { unchanged: 3, ..COUNTS }, left_out: 1, through: 12 };
    let end = NoteProgress { done: all, last: true }.decide(import(&labelled));
    assert_eq!(import(&labelled.decided(end)).done.counts.unchanged, 3);
    let long = PlanImport {
        account: ACCOUNT,
        label: Some("x".repeat(201)),
        file: String::new(),
        policy: ImportPolicy::IgnoreFailed,
        counts: COUNTS,
    };
    assert_eq!(refused(long.decide()), Code::TooLong);
}

// One contact taken back.

fn account() -> AccountState {
    let open = OpenAccount {
        account: ACCOUNT,
        number: "123456789".into(),
        company_name: "Essai".into(),
        locale: None,
        time_zone: None,
    };
    given().at("2026-01-01T00:00:00Z").decided(open.decide()).state().account().unwrap().clone()
}

fn contact(given: &Given) -> &ContactState {
    given.state().contact().unwrap()
}

fn edited(given: Given, patch: ContactPatch) -> Given {
    let decision = EditContact { patch, at: at("2026-03-01T10:00:00Z") }.decide(contact(&given), &account());
    given.decided(decision)
}

fn text(value: &str) -> Option<Option<String>> {
    Some(Some(value.to_owned()))
}

fn street(line1: &str) -> Address {
    Address {
        line1: Some(line1.to_owned()),
        postal_code: Some("29200".into()),
        city: Some("Brest".into()),
        ..Address::default()
    }
}

fn someone() -> Given {
    let input = ContactInput {
        last_name: Some("Durand".into()),
        phone: Some("01".into()),
        email: Some("a@exemple.fr".into()),
        address: Some(street("1 rue A")),
        ..ContactInput::default()
    };
    given()
        .at("2026-01-01T09:00:00Z")
        .decided(AddContact { account: ACCOUNT, kind: ContactKind::Person, input }.decide())
}

fn imported(given: Given) -> Given {
    let patch = ContactPatch {
        last_name: text("Dupont"),
        company_name: text("SARL"),
        phone: text("02"),
        email: text("b@exemple.fr"),
        address: Some(Some(street("2 rue B"))),
        kind: Some(ContactKind::Group),
        ..ContactPatch::default()
    };
    edited(given, patch).event(ContactEvent::from(Labelled { import: IMPORT, label: "salon".into() }))
}

fn restore<'a>(before: &'a Given, after: &'a Given) -> RestoreContact<'a> {
    RestoreContact {
        import: IMPORT,
        before: contact(before),
        after: contact(after),
        email_taken: false,
        external_id_taken: false,
        outranked: true,
        at: at("2026-03-02T10:00:00Z"),
    }
}

#[test]
fn b5_undoing_gives_every_field_back() {
    let summer = SetDeliveryAddress {
        address: Some(street("3 quai C")),
        from: Some(day("2026-07-01")),
        until: Some(day("2026-08-31")),
        at: at("2026-02-01T00:00:00Z"),
    };
    let plain = someone();
    let planned = summer.decide(contact(&plain), &account());
    for before in [plain.clone(), plain.decided(planned)] {
        let after = imported(before.clone());
        assert_ne!(contact(&after).addresses, contact(&before).addresses);
        let restored = restore(&before, &after).decide(contact(&after), &account()).unwrap();
        assert_eq!(restored.kept, Vec::<&str>::new());
        let now = restored.events.into_iter().fold(after.clone(), Given::event);
        let (was, is) = (contact(&before), contact(&now));
        assert_eq!(
            (&is.details, &is.addresses, is.kind, &is.labels),
            (&was.details, &was.addresses, was.kind, &was.labels)
        );
        // Doing it once more does nothing.
        assert_eq!(restore(&before, &after).decide(is, &account()).unwrap().events, vec![]);
    }
}

#[test]
fn b5_undoing_keeps_what_someone_changed_since() {
    let before = someone();
    let after = imported(before.clone());
    let since = edited(after.clone(), ContactPatch { phone: text("03"), fax: text("04"), ..ContactPatch::default() });
    let restored = restore(&before, &after).decide(contact(&since), &account()).unwrap();
    assert_eq!((restored.kept.as_slice(), restored.any), (&["phone"][..], true));
    let now = restored.events.into_iter().fold(since, Given::event);
    let details = &contact(&now).details;
    let values = [&details.last_name, &details.company_name, &details.phone, &details.fax];
    assert_eq!(values.map(Option::as_deref), [Some("Durand"), None, Some("03"), Some("04")]);
}

#[test]
fn b5_undoing_takes_no_email_that_is_someone_elses_now() {
    let before = someone();
    let after = imported(before.clone());
    let rule = RestoreContact { email_taken: true, ..restore(&before, &after) };
    let restored = rule.decide(contact(&after), &account()).unwrap();
    assert_eq!(restored.kept, ["email"]);
    let now = restored.events.into_iter().fold(after, Given::event);
    assert_eq!(contact(&now).details.email.as_ref().unwrap().as_str(), "b@exemple.fr");
}

#[test]
fn b5_undoing_leaves_nobody_without_a_name() {
    let before = someone();
    let after = edited(before.clone(), ContactPatch { company_name: text("SARL"), ..ContactPatch::default() });
    let since = edited(after.clone(), ContactPatch { last_name: Some(None), ..ContactPatch::default() });
    let restored = restore(&before, &after).decide(contact(&since), &account()).unwrap();
    assert_eq!((restored.kept.as_slice(), restored.events.len()), (&["companyName"][..], 0));
}

#[test]
fn b5_undoing_leaves_whom_someone_deleted() {
    let before = someone();
    let after = imported(before.clone());
    let gone = after.clone().event(ContactEvent::from(crate::contact::Deleted {}));
    assert_eq!(
        restore(&before, &after).decide(contact(&gone), &account()).unwrap_err().0[0].code,
        Code::ContactDeleted
    );
    let erased = after.clone().event(ContactEvent::from(crate::contact::Erased {}));
    assert_eq!(
        restore(&before, &after).decide(contact(&erased), &account()).unwrap_err().0[0].code,
        Code::ContactErased
    );
}

#[test]
fn b5_undoing_changes_nobody_s_email_over_the_head_of_who_outranks() {
    let before = someone();
    let after = imported(before.clone());
    let rule = RestoreContact { outranked: false, ..restore(&before, &after) };
    let restored = rule.decide(contact(&after), &account()).unwrap();
    assert_eq!((restored.kept.as_slice(), restored.why), (&["email", "kind"][..], Some(Code::PermissionNotHeld)));
    let now = restored.events.into_iter().fold(after, Given::event);
    let (details, kind) = (&contact(&now).details, contact(&now).kind);
    assert_eq!((details.last_name.as_deref(), kind), (Some("Durand"), ContactKind::Group));
    assert_eq!(details.email.as_ref().unwrap().as_str(), "b@exemple.fr");
}

#[test]
fn b5_undoing_leaves_the_email_of_an_open_login() {
    let before = someone();
    let edit = ContactPatch { email: text("b@exemple.fr"), phone: text("02"), ..ContactPatch::default() };
    let after = edited(before.clone(), edit);
    let open = OpenPortalAccount { role: PortalRole::Subscriber, link: id(40), at: at("2026-03-01T11:00:00Z") };
    let open = open.decide(contact(&after));
    let login = after.decided(open);
    let restored = restore(&before, &login).decide(contact(&login), &account()).unwrap();
    assert_eq!((restored.kept.as_slice(), restored.why), (&["email"][..], Some(Code::NotAllowedNow)));
    let now = restored.events.into_iter().fold(login, Given::event);
    assert_eq!(contact(&now).details.phone.as_deref(), Some("01"));
}
