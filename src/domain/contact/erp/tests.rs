//! Rules of this room: rows A1, A5 to A7, B10.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, Code, ContactId,
    account::{AccountState, ConnectErp, DisconnectErp, OpenAccount, SetErpOwnership},
    address::Address,
    contact::{
        AddContact, ContactEvent, ContactInput, ContactPatch, ContactState, DeleteContact, EditContact,
        SetDeliveryAddress, verification::Verified,
    },
    testing::{Given, at, day, given, id, refused},
    values::{ContactKind, Email, ErpField},
};
use std::collections::BTreeSet;

const ACCOUNT: AccountId = AccountId(id(1));
const NOW: &str = "2026-03-02T11:00:00Z";

fn opened() -> Given {
    let open = OpenAccount {
        account: ACCOUNT,
        number: "C-1".to_owned(),
        company_name: "Club".to_owned(),
        locale: None,
        time_zone: None,
    };
    given().decided(open.decide())
}

fn connect(source: &str) -> ConnectErp {
    ConnectErp { source: source.to_owned(), owned: None, every_minutes: None }
}

fn connected_to(source: &str, owned: Option<&[ErpField]>) -> Given {
    let opened = opened();
    let owned = owned.map(|owned| owned.iter().copied().collect());
    let decision = ConnectErp { owned, ..connect(source) }.decide(state_of(&opened));
    opened.decided(decision)
}

fn state_of(account: &Given) -> &AccountState {
    account.state().account().unwrap()
}

fn account() -> AccountState {
    state_of(&connected_to("navision", None)).clone()
}

fn text(text: &str) -> crate::contact::Change<String> {
    Some(Some(text.to_owned()))
}

fn sent() -> SentRecord {
    SentRecord {
        external_id: "C-12".to_owned(),
        first_name: text("Anne"),
        last_name: text("Dupont"),
        email: text("anne@exemple.fr"),
        ..SentRecord::default()
    }
}

fn sync(record: &Record, email: EmailStanding) -> SyncErpRecord<'_> {
    SyncErpRecord { record, email, at: at(NOW) }
}

/// A contact that came with the record [`sent`].
fn synced(account: &AccountState) -> Given {
    let record = sent().check().unwrap();
    given().at(NOW).decided(sync(&record, EmailStanding::Free).add(ACCOUNT, account, true))
}

fn met(contact: &Given, account: &AccountState, sent: SentRecord) -> Result<Vec<ContactEvent>, crate::Refusals> {
    sync(&sent.check().unwrap(), EmailStanding::Free).meet(contact.state().contact().unwrap(), account)
}

fn by_hand(email: Option<&str>, external_id: Option<&str>) -> Given {
    let input = ContactInput {
        last_name: Some("Dupont".to_owned()),
        email: email.map(str::to_owned),
        external_id: external_id.map(str::to_owned),
        ..ContactInput::default()
    };
    given().at(NOW).decided(AddContact { account: ACCOUNT, kind: ContactKind::Person, input }.decide())
}

fn contact(given: &Given) -> &ContactState {
    given.state().contact().unwrap()
}

fn edit(patch: ContactPatch, contact: &Given, account: &AccountState) -> Result<Vec<ContactEvent>, crate::Refusals> {
    EditContact { patch, at: at(NOW) }.decide(contact.state().contact().unwrap(), account)
}

#[test]
fn a1_a_record_becomes_a_contact_that_is_linked_to_it() {
    let account = account();
    let anne = synced(&account);
    let state = contact(&anne);
    assert_eq!(state.details.email.as_ref().map(Email::as_str), Some("anne@exemple.fr"));
    assert_eq!(state.details.external_id.as_deref(), Some("C-12"));
    assert!(state.is_record("navision", "C-12") && !state.is_record("sap", "C-12"));
    assert!(state.is_managed(&account));
}

#[test]
fn a1_the_same_record_again_changes_nothing() {
    let account = account();
    let anne = synced(&account);
    assert_eq!(met(&anne, &account, sent()), Ok(vec![]));
    // What a record does not say stays.
    let silent = SentRecord { external_id: "C-12".to_owned(), ..SentRecord::default() };
    assert_eq!(met(&anne, &account, silent), Ok(vec![]));
}

#[test]
fn a1_only_the_fields_that_are_the_erps_follow_the_record() {
    let owned = [ErpField::LastName, ErpField::Email];
    let account = state_of(&connected_to("navision", Some(&owned))).clone();
    let anne = synced(&account);
    let other = SentRecord { first_name: text("Zoé"), last_name: text("Martin"), phone: text("+33 1"), ..sent() };
    let anne = anne.clone().decided(met(&anne, &account, other));
    let details = &contact(&anne).details;
    assert_eq!((details.first_name.as_deref(), details.last_name.as_deref()), (Some("Anne"), Some("Martin")));
    assert_eq!(details.phone, None);
}

#[test]
fn a5_what_the_erp_owns_is_edited_there_and_the_rest_here() {
    let owned = [ErpField::LastName, ErpField::Email, ErpField::Address];
    let account = state_of(&connected_to("navision", Some(&owned))).clone();
    let anne = synced(&account);
    let refused_fields = |patch| {
        let refusals = edit(patch, &anne, &account).unwrap_err().0;
        assert!(refusals.iter().all(|r| r.code == Code::ManagedByErp), "{refusals:?}");
        refusals.iter().map(|r| r.field.join(".")).collect::<Vec<_>>()
    };
    let address = Address { line1: Some("1 rue A".to_owned()), ..Address::default() };
    let all = ContactPatch {
        first_name: text("Zoé"),
        last_name: text("Martin"),
        email: text("zoe@exemple.fr"),
        external_id: text("X"),
        address: Some(Some(address.clone())),
        ..ContactPatch::default()
    };
    assert_eq!(refused_fields(all), ["lastName", "email", "externalId", "address"]);
    let phone = ContactPatch { first_name: text("Zoé"), phone: text("1"), ..ContactPatch::default() };
    assert!(edit(phone, &anne, &account).is_ok());
    // Typing what is there already is no change.
    let same = ContactPatch { last_name: text("Dupont"), email: text("ANNE@exemple.fr"), ..ContactPatch::default() };
    assert_eq!(edit(same, &anne, &account), Ok(vec![]));
    let whole = Address { postal_code: Some("75007".into()), city: Some("Paris".into()), ..address };
    let move_to = |until| SetDeliveryAddress { address: Some(whole.clone()), from: None, until, at: at(NOW) };
    assert_eq!(refused(move_to(None).decide(contact(&anne), &account)), Code::ManagedByErp);
    assert!(move_to(Some(day("2026-03-20"))).decide(contact(&anne), &account).is_ok(), "for some days");
}

#[test]
fn a1_an_address_for_some_days_outlasts_a_sync() {
    let account = account();
    let address = |line: &str| Address {
        line1: Some(line.into()),
        postal_code: Some("75007".into()),
        city: Some("Paris".into()),
        ..Address::default()
    };
    let record = SentRecord { address: Some(Some(address("1 rue A"))), ..sent() };
    let checked = record.clone().check().unwrap();
    let anne = given().at(NOW).decided(sync(&checked, EmailStanding::Free).add(ACCOUNT, &account, true));
    let (from, until) = (Some(day("2026-03-10")), Some(day("2026-03-20")));
    let away = SetDeliveryAddress { address: Some(address("2 rue B")), from, until, at: at(NOW) };
    let anne = anne.clone().decided(away.decide(contact(&anne), &account));
    assert_eq!(met(&anne, &account, record), Ok(vec![]));
}

#[test]
fn a5_a_managed_contact_is_deleted_in_the_erp_only() {
    let account = account();
    let anne = synced(&account);
    let delete = |given: &Given, account: &AccountState| {
        DeleteContact { confirmed: true, at: at(NOW) }.decide(contact(given), account, &[])
    };
    assert_eq!(refused(delete(&anne, &account)), Code::ManagedByErp);
    assert!(delete(&by_hand(None, None), &account).is_ok(), "one that the ERP does not know");
    // Gone from the ERP, there is nowhere else to delete it.
    let gone = anne.event(ContactEvent::from(ErpGone {}));
    assert!(delete(&gone, &account).is_ok());
}

#[test]
fn a6_gone_is_flagged_never_deleted_and_coming_back_takes_the_flag_away() {
    let account = account();
    let anne = synced(&account);
    let deleted = || SentRecord { deleted: true, ..sent() };
    let gone = anne.clone().decided(met(&anne, &account, deleted()));
    assert!(contact(&gone).erp.as_ref().unwrap().gone.is_some() && contact(&gone).deleted.is_none());
    assert_eq!(met(&gone, &account, deleted()), Ok(vec![]), "gone already");
    assert!(!contact(&gone).is_managed(&account), "to be won back, it is edited here");
    let back = gone.clone().decided(met(&gone, &account, SentRecord { last_name: text("Martin"), ..sent() }));
    assert!(contact(&back).erp.as_ref().unwrap().gone.is_none());
    assert_eq!(contact(&back).details.last_name.as_deref(), Some("Martin"));
}

#[test]
fn b10_what_was_linked_while_all_records_were_read_is_not_flagged_gone() {
    let anne = synced(&account());
    let flag = |source: &str, read_from| FlagGone { source: source.to_owned(), read_from }.decide(contact(&anne));
    assert_eq!(flag("navision", 1), Ok(vec![]));
    assert_eq!(flag("navision", 2), Ok(vec![ErpGone {}.into()]));
    assert_eq!(flag("sap", 9), Ok(vec![]), "another ERP's");
}

#[test]
fn a7_disconnected_everything_is_edited_here_and_reconnected_the_link_is_found_again() {
    let given = connected_to("navision", None);
    let anne = synced(state_of(&given));
    let given = given.clone().decided(DisconnectErp.decide(state_of(&given)));
    assert_eq!(DisconnectErp.decide(state_of(&given)), Ok(vec![]));
    let off = state_of(&given).clone();
    let patch = || ContactPatch { last_name: text("Martin"), ..ContactPatch::default() };
    let edited = anne.clone().decided(edit(patch(), &anne, &off));
    assert_eq!(refused(met(&edited, &off, sent())), Code::NotAllowedNow);

    let given = given.clone().decided(connect("navision").decide(state_of(&given)));
    let on = state_of(&given).clone();
    let record = sent().check().unwrap();
    let known = Candidates { link: Some((ContactId(id(5)), contact(&edited))), ..Candidates::default() };
    assert_eq!(meant(&record, "navision", &known), Meant::Contact(ContactId(id(5)), EmailStanding::Free));
    let again = edited.clone().decided(met(&edited, &on, sent()));
    assert_eq!(contact(&again).details.last_name.as_deref(), Some("Dupont"), "the ERP's again");
}

#[test]
fn a7_another_erp_is_connected_after_the_first_and_the_terms_may_change() {
    let given = connected_to("navision", Some(&[ErpField::Email]));
    assert_eq!(refused(connect("sap").decide(state_of(&given))), Code::NotAllowedNow);
    assert_eq!(connect(" navision ").decide(state_of(&given)), Ok(vec![]), "so already");
    let often = ConnectErp { every_minutes: Some(15), ..connect("navision") };
    let given = given.clone().decided(often.decide(state_of(&given)));
    let erp = state_of(&given).erp().unwrap();
    assert_eq!((erp.every_minutes, erp.owned.len(), erp.since.version), (Some(15), 1, 2));
    for minutes in [0, -1, 10_081, i64::MAX] {
        let often = ConnectErp { every_minutes: Some(minutes), ..connect("navision") };
        assert_eq!(refused(often.decide(state_of(&given))), Code::Invalid, "{minutes}");
    }
    assert_eq!(refused(connect(" ").decide(state_of(&opened()))), Code::Required);
    let none = SetErpOwnership { owned: BTreeSet::new() };
    let given = given.clone().decided(none.clone().decide(state_of(&given)));
    assert_eq!(none.clone().decide(state_of(&given)), Ok(vec![]));
    assert_eq!(refused(none.decide(state_of(&opened()))), Code::NotAllowedNow);
}

#[test]
fn a1_a_record_means_its_link_then_its_id_then_a_verified_email_and_never_a_name() {
    let record = sent().check().unwrap();
    let account = account();
    let (one, two) = (ContactId(id(5)), ContactId(id(6)));
    let linked = synced(&account);
    let with_id = by_hand(None, Some("C-12"));
    let unverified = by_hand(Some("anne@exemple.fr"), None);
    let verified = unverified.clone().event(ContactEvent::from(Verified {}));
    let (linked, with_id) = (contact(&linked), contact(&with_id));
    let (unverified, verified) = (contact(&unverified), contact(&verified));
    let none = Candidates::default();
    let of = |known: Candidates<'_>| meant(&record, "navision", &known);
    let taken = EmailStanding::Taken(two);
    for (known, expected) in [
        (none, Meant::Nobody(EmailStanding::Free, true)),
        (Candidates { erased: true, link: Some((one, linked)), ..none }, Meant::Erased),
        (Candidates { link: Some((one, linked)), email: Some((two, verified)), ..none }, Meant::Contact(one, taken)),
        (Candidates { external_id: Some((one, with_id)), ..none }, Meant::Contact(one, EmailStanding::Free)),
        (
            Candidates { external_id: Some((one, with_id)), email: Some((two, unverified)), ..none },
            Meant::Contact(one, taken),
        ),
        (Candidates { email: Some((two, verified)), ..none }, Meant::Contact(two, EmailStanding::Free)),
        (Candidates { email: Some((two, unverified)), ..none }, Meant::Perhaps(two)),
        // Another record of the same ERP: its e-mail and its id are its own.
        (Candidates { email: Some((two, linked)), ..none }, Meant::Nobody(taken, true)),
        (Candidates { external_id: Some((two, linked)), ..none }, Meant::Nobody(EmailStanding::Free, false)),
    ] {
        assert_eq!(of(known), expected, "{known:?}");
    }
    let elsewhere = Candidates { external_id: Some((one, linked)), ..none };
    assert_eq!(meant(&record, "sap", &elsewhere), Meant::Contact(one, EmailStanding::Free), "of an ERP that was left");
}

#[test]
fn a3_a_taken_email_is_left_out_and_a_person_decides_whose_it_is() {
    let account = account();
    let record = sent().check().unwrap();
    let other = by_hand(Some("anne@exemple.fr"), None);
    let added = sync(&record, EmailStanding::Taken(ContactId(id(6)))).add(ACCOUNT, &account, true);
    let anne = given().at(NOW).decided(added);
    assert_eq!(contact(&anne).details.email, None);

    let email = Email::parse("anne@exemple.fr").unwrap();
    let take = TakeErpEmail { email: email.clone() };
    let (ours, theirs) = take.clone().decide(contact(&anne), Some(contact(&other)), &account).unwrap();
    let (won, lost) = (anne.clone().decided(Ok(ours)), other.decided(Ok(theirs)));
    assert_eq!((contact(&won).details.email.as_ref(), contact(&lost).details.email.as_ref()), (Some(&email), None));
    // The one who has it has it from the ERP: there it is settled.
    let also = synced(&account);
    let refusal = take.decide(contact(&anne), Some(contact(&also)), &account).unwrap_err();
    assert_eq!(refusal.0[0].code, Code::ManagedByErp);

    let kept = anne.clone().decided(KeepOurEmail { email: email.clone() }.decide(contact(&anne)));
    assert_eq!(KeepOurEmail { email }.decide(contact(&kept)), Ok(vec![]));
    assert_eq!(met(&kept, &account, sent()), Ok(vec![]), "not taken, though it may be free by now");
    let another = SentRecord { email: text("dupont@exemple.fr"), ..sent() };
    assert_eq!(met(&kept, &account, another).unwrap().len(), 1, "another e-mail is");
}

#[test]
fn a2_an_unverified_email_links_only_when_a_person_says_so() {
    let account = account();
    let other = by_hand(Some("anne@exemple.fr"), None);
    assert_eq!(refused(met(&other, &account, sent())), Code::Invalid);
    let (link, decline) = (
        LinkErpRecord { external_id: "C-12".to_owned() }.decide(contact(&other), &account),
        DeclineErpMatch { external_id: "C-12".to_owned() }.decide(contact(&other), &account),
    );
    let linked = other.clone().decided(link);
    assert!(contact(&linked).is_record("navision", "C-12"));
    assert!(met(&linked, &account, sent()).is_ok());
    let second = LinkErpRecord { external_id: "C-13".to_owned() }.decide(contact(&linked), &account);
    assert_eq!(refused(second), Code::NotAllowedNow);

    let declined = other.decided(decline);
    let record = sent().check().unwrap();
    let two = ContactId(id(6));
    let known = Candidates { email: Some((two, contact(&declined))), ..Candidates::default() };
    assert_eq!(meant(&record, "navision", &known), Meant::Nobody(EmailStanding::Taken(two), true));
}

#[test]
fn u7_every_wrong_value_of_a_record_is_named_at_once() {
    let wrong = SentRecord {
        external_id: " ".to_owned(),
        last_name: text(&"x".repeat(201)),
        email: text("anne"),
        address: Some(Some(Address { country: Some("France".to_owned()), ..Address::default() })),
        ..SentRecord::default()
    };
    let told: Vec<_> = wrong.check().unwrap_err().0.iter().map(|r| (r.code, r.field.join("."))).collect();
    let expected = [
        (Code::Required, "externalId"),
        (Code::TooLong, "lastName"),
        (Code::EmailInvalid, "email"),
        (Code::Invalid, "address.country"),
    ];
    assert_eq!(told, expected.map(|(code, field)| (code, field.to_owned())));
    let nameless = SentRecord { external_id: "1".to_owned(), ..SentRecord::default() }.check().unwrap();
    let added = sync(&nameless, EmailStanding::Free).add(ACCOUNT, &account(), true);
    assert_eq!(refused(added), Code::NameOrCompanyRequired);
}
