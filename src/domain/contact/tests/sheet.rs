//! The contact sheet: coordinates, deletion, erasure (rows K2, A8, A9, A14, A15, U5, U7, S3).

use super::{
    ACCOUNT, NOW, PRODUCT, SUBSCRIPTION, account, account_with, added, address, anne, of, product, product_of, some,
    then, told,
};
use crate::{
    Code, Event, Private, Refusals,
    account::{AccountState, SetPolicies},
    acting::Why,
    contact::{
        AddContact, AttachContact, ContactActedFor, ContactEvent, ContactInput, ContactPatch, DataExported,
        DeleteContact, Deleted, EditContact, Edited, EditedPrivate, EmailChanged, EmailPrivate, EraseContact, Erased,
        KindConverted, pseudonym,
    },
    product::ProductState,
    subscription::{CancelSubscription, StartSubscription, SubscriptionState},
    testing::{Given, at, day, given, id, refused},
    values::{Billing, ContactKind, DeletionPolicy, Email, ExportFormat, MembershipStatus, Profile},
};

fn add(input: ContactInput) -> Result<Vec<ContactEvent>, Refusals> {
    AddContact { account: ACCOUNT, kind: ContactKind::Person, input }.decide()
}

fn edit(given: &Given, patch: ContactPatch) -> Result<Vec<ContactEvent>, Refusals> {
    EditContact { patch, at: at(NOW) }.decide(of(given), &account())
}

fn email(text: &str) -> Option<Email> {
    Some(Email::parse(text).unwrap())
}

#[test]
fn a9_a_contact_is_added_with_what_there_is_cleaned() {
    let input = ContactInput { email: some(" Anne@Exemple.FR "), phone: some("+33 1 02"), fax: some("  "), ..anne() };
    let given = added(ContactInput { external_id: some("00042"), ..input });
    let contact = of(&given);
    assert_eq!(contact.person_name().as_deref(), Some("Anne Dupont"));
    assert_eq!((&contact.details.email, &contact.details.fax), (&email("anne@exemple.fr"), &None));
    assert_eq!(contact.details.external_id.as_deref(), Some("00042"), "an id is text: its zeros stay");
    assert_eq!((contact.membership.profile, contact.membership.status), (Profile::Contact, MembershipStatus::Active));
    assert!(!contact.email_verified() && contact.registration.is_none());
}

#[test]
fn a8_emails_are_one_key_however_they_are_typed() {
    let same = ["anne@exemple.fr", " ANNE@EXEMPLE.FR", "Anne@exemple.fr "];
    for text in same {
        assert_eq!(of(&added(ContactInput { email: some(text), ..anne() })).details.email, email("anne@exemple.fr"));
    }
    let given = added(ContactInput { email: some("anne@exemple.fr"), ..anne() });
    for text in same {
        assert_eq!(edit(&given, ContactPatch { email: Some(some(text)), ..ContactPatch::default() }), Ok(vec![]));
    }
    let tagged = ContactPatch { email: Some(some("anne+club@exemple.fr")), ..ContactPatch::default() };
    let changed = EmailChanged { private: Private::Known(EmailPrivate { email: email("anne+club@exemple.fr") }) };
    assert_eq!(edit(&given, tagged), Ok(vec![changed.into()]), "a tag is another address");
    let not_one = ContactInput { email: some("anne"), ..anne() };
    assert_eq!(told(add(not_one)), [(Code::EmailInvalid, "email".to_owned())]);
}

#[test]
fn a14_another_email_is_not_verified_and_clearing_it_is_a_change() {
    let given = added(ContactInput { email: some("anne@exemple.fr"), ..anne() });
    for patch in [Some(None), Some(some("  "))] {
        let cleared = then(given.clone(), |c| {
            let patch = ContactPatch { email: patch, ..ContactPatch::default() };
            EditContact { patch, at: at(NOW) }.decide(c, &account())
        });
        assert_eq!((&of(&cleared).details.email, of(&cleared).email_verified()), (&None, false));
    }
}

#[test]
fn u7_every_wrong_field_is_named_at_once() {
    let long = "x".repeat(201);
    let input = ContactInput {
        first_name: some(&long),
        last_name: some("a\u{7}"),
        company_name: None,
        email: some("@"),
        phone: some(&"1".repeat(51)),
        fax: some("1\n2"),
        external_id: some(&"x".repeat(101)),
        address: Some(crate::address::Address { line1: some(&long), ..address() }),
    };
    let expected = [
        (Code::TooLong, "address.line1"),
        (Code::TooLong, "firstName"),
        (Code::Invalid, "lastName"),
        (Code::EmailInvalid, "email"),
        (Code::TooLong, "phone"),
        (Code::Invalid, "fax"),
        (Code::TooLong, "externalId"),
    ];
    assert_eq!(told(add(input)), expected.map(|(code, field)| (code, field.to_owned())));
}

#[test]
fn u8_a_contact_needs_a_name_or_a_company() {
    for input in [
        ContactInput { first_name: some("Anne"), ..ContactInput::default() },
        ContactInput { last_name: some("Dupont"), ..ContactInput::default() },
        ContactInput { company_name: some("ACME"), ..ContactInput::default() },
    ] {
        assert!(add(input).is_ok());
    }
    let nameless = ContactInput { last_name: some(" "), email: some("a@exemple.fr"), ..ContactInput::default() };
    assert_eq!(told(add(nameless)), [(Code::NameOrCompanyRequired, "lastName".to_owned())]);
    let cleared = ContactPatch { first_name: Some(None), last_name: Some(some("")), ..ContactPatch::default() };
    assert_eq!(told(edit(&added(anne()), cleared)), [(Code::NameOrCompanyRequired, "lastName".to_owned())]);
}

#[test]
fn u7_editing_changes_what_differs_keeps_what_is_absent_and_clears_what_is_null() {
    let given = added(ContactInput { phone: some("01"), fax: some("02"), ..anne() });
    let patch = ContactPatch {
        first_name: Some(some("Anne")),
        last_name: Some(some("Durand")),
        phone: Some(None),
        ..ContactPatch::default()
    };
    let events = edit(&given, patch.clone()).unwrap();
    let expected = EditedPrivate { last_name: Some(some("Durand")), phone: Some(None), ..EditedPrivate::default() };
    assert_eq!(events, [ContactEvent::from(Edited { private: Private::Known(expected) })]);
    let edited = given.decided(Ok(events));
    let details = &of(&edited).details;
    assert_eq!((&details.last_name, &details.phone, &details.fax), (&some("Durand"), &None, &some("02")));
    assert_eq!(edit(&edited, patch), Ok(vec![]), "so already");
}

#[test]
fn s3_a_group_becomes_a_person_by_a_conversion_and_back() {
    let given = added(anne());
    let to = |kind| ContactPatch { kind: Some(kind), ..ContactPatch::default() };
    assert_eq!(edit(&given, to(ContactKind::Person)), Ok(vec![]));
    let converted = KindConverted { kind: ContactKind::Group };
    assert_eq!(edit(&given, to(ContactKind::Group)), Ok(vec![converted.into()]));
}

/// A subscription of this month, by its end.
fn subscription(ends_on: Option<&str>) -> SubscriptionState {
    let revue = product_of(ACCOUNT, false);
    let start = StartSubscription {
        account: ACCOUNT,
        product: PRODUCT,
        kind: "Annuel".to_owned(),
        billing: Billing::Recurring,
        starts_on: day("2026-03-01"),
        ends_on: ends_on.map(day),
    };
    let product: &ProductState = revue.state().product().unwrap();
    given().at(NOW).decided(start.decide(product)).state().subscription().unwrap().clone()
}

fn deletion(policy: DeletionPolicy) -> AccountState {
    account_with(SetPolicies { deletion: Some(policy), ..SetPolicies::default() })
}

#[test]
fn a15_who_may_delete_is_the_accounts_policy() {
    let given = added(anne());
    let delete = |policy| DeleteContact { confirmed: true, at: at(NOW) }.decide(of(&given), &deletion(policy), &[]);
    assert_eq!(delete(DeletionPolicy::SelfService), Ok(vec![Deleted {}.into()]));
    assert_eq!(refused(delete(DeletionPolicy::ErpOnly)), Code::ManagedByErp);
    assert_eq!(refused(delete(DeletionPolicy::SupportOnly)), Code::DeletionNeedsSupport);
}

#[test]
fn a15_a_deletion_is_confirmed_and_what_is_refused_anyway_is_not_asked_about() {
    let given = added(anne());
    let delete = |policy| DeleteContact { confirmed: false, at: at(NOW) }.decide(of(&given), &deletion(policy), &[]);
    assert_eq!(told(delete(DeletionPolicy::SelfService)), [(Code::Required, "confirm".to_owned())]);
    assert_eq!(refused(delete(DeletionPolicy::ErpOnly)), Code::ManagedByErp);
}

#[test]
fn u9_a_contact_with_a_live_subscription_cannot_be_deleted() {
    let given = added(anne());
    let delete = |subscription: &SubscriptionState, time: &str| {
        DeleteContact { confirmed: true, at: at(time) }.decide(of(&given), &account(), &[subscription])
    };
    let (for_ever, march) = (subscription(None), subscription(Some("2026-03-31")));
    assert_eq!(refused(delete(&for_ever, "2026-05-01T00:00:00Z")), Code::HasLiveSubscription);
    assert_eq!(refused(delete(&march, "2026-03-31T21:59:59Z")), Code::HasLiveSubscription);
    assert!(delete(&march, "2026-03-31T22:00:00Z").is_ok(), "its last day is over in Paris");

    // Cancelled, it still has the days that were paid.
    let cancelled = CancelSubscription { ends_on: None, at: at(NOW) }.decide(&march, account().time_zone).unwrap();
    let fact = march.started;
    let mut march = march;
    cancelled.iter().for_each(|event| march.apply(event, fact));
    assert_eq!(refused(delete(&march, "2026-03-31T21:59:59Z")), Code::HasLiveSubscription);
}

#[test]
fn a15_deleting_is_done_once_and_nothing_is_edited_afterwards() {
    let deleted = then(added(anne()), |c| DeleteContact { confirmed: true, at: at(NOW) }.decide(c, &account(), &[]));
    let again =
        DeleteContact { confirmed: true, at: at(NOW) }.decide(of(&deleted), &deletion(DeletionPolicy::ErpOnly), &[]);
    assert_eq!(again, Ok(vec![]), "so already, whatever the policy is now");
    assert_eq!(refused(edit(&deleted, ContactPatch::default())), Code::ContactDeleted);
    let erase = EraseContact { confirmed: true, by_support: false };
    assert!(erase.decide(of(&deleted), &account()).is_ok(), "erasure is always available");
}

#[test]
fn a15_erasing_asks_for_what_deleting_asks_for_and_somebody_always_may() {
    let given = added(anne());
    let erase = |confirmed, by_support, policy| {
        EraseContact { confirmed, by_support }.decide(of(&given), &deletion(policy)).map(|events| events.len())
    };
    for policy in [DeletionPolicy::SelfService, DeletionPolicy::ErpOnly] {
        assert_eq!(
            erase(false, false, policy).map_err(|e| told(Err::<Vec<ContactEvent>, _>(e))),
            Err(vec![(Code::Required, "confirm".to_owned())])
        );
        assert_eq!(erase(true, false, policy), Ok(1), "an ERP does not stand in the way of a person's right");
    }
    let needs_support = Err(Refusals::from(Code::DeletionNeedsSupport));
    assert_eq!(erase(true, false, DeletionPolicy::SupportOnly), needs_support);
    assert_eq!(erase(true, true, DeletionPolicy::SupportOnly), Ok(1));
    assert!(erase(false, true, DeletionPolicy::SupportOnly).is_err(), "support confirms too");
}

#[test]
fn a15_an_owner_is_erased_once_the_account_is_somebody_else_s() {
    let mut owner = of(&added(anne())).clone();
    owner.membership.profile = Profile::Client;
    for by_support in [false, true] {
        let erased = EraseContact { confirmed: true, by_support }.decide(&owner, &account());
        assert_eq!(refused(erased), Code::LastOwner);
    }
}

#[test]
fn k2_an_erased_persons_sheet_still_opens_under_a_pseudonym_with_its_accesses() {
    let given = added(ContactInput { email: some("anne@exemple.fr"), address: Some(address()), ..anne() });
    let given = then(given, |c| {
        AttachContact { subscription: SUBSCRIPTION, product: PRODUCT, at: at(NOW) }.decide(c, &account(), &product())
    });
    let erased = then(given, |c| EraseContact { confirmed: true, by_support: true }.decide(c, &account()));
    let contact = of(&erased);
    assert_eq!((contact.person_name(), contact.addresses.len()), (None, 0));
    assert_eq!(contact.details, Default::default());
    assert!(contact.access(PRODUCT).is_some() && contact.attached().count() == 1, "history stays");
    assert_eq!(EraseContact { confirmed: true, by_support: true }.decide(contact, &account()), Ok(vec![]));
    assert_eq!(refused(edit(&erased, ContactPatch::default())), Code::ContactErased);
    assert_eq!(pseudonym(id(0xBEEF)), "Contact 0000BEEF");
}

#[test]
fn k2_after_an_erasure_every_replay_shows_the_pseudonym_at_every_date() {
    let event = add(ContactInput { address: Some(address()), ..anne() }).unwrap().remove(0);
    let unreadable = Event::read(event.type_name(), &Event::from(event.clone()).clear().unwrap(), None).unwrap();
    let given = given().at("2026-03-01T09:00:00Z").event(unreadable);
    assert_eq!(of(&given).person_name(), None);
    assert!(of(&given).erased.is_some() && of(&given).addresses.is_empty());
    // The erasure itself is recorded later, and its own date stands from then on.
    let given = given.at(NOW).event(ContactEvent::from(Erased {}));
    assert_eq!(of(&given).erased.map(|f| f.at), Some(at(NOW)));
}

#[test]
fn u5_the_sheet_knows_the_subscriptions_of_now_and_of_before() {
    let given = then(added(anne()), |c| {
        AttachContact { subscription: SUBSCRIPTION, product: PRODUCT, at: at(NOW) }.decide(c, &account(), &product())
    });
    let attached: Vec<_> = of(&given).attached().map(|a| (a.subscription, a.product, a.attached.at)).collect();
    assert_eq!(attached, [(SUBSCRIPTION, PRODUCT, at(NOW))]);
}

#[test]
fn p3_what_changes_nothing_leaves_the_edition_as_it_is() {
    let read = || Event::from(DataExported { format: ExportFormat::Json });
    let edited = || Event::from(Edited { private: Private::Erased });
    let why = || Event::from(ContactActedFor { private: Private::Known(Why::default()) });
    let mut given = added(anne());
    let mut editions = Vec::new();
    for event in [read(), why(), read(), why(), edited(), edited(), read()] {
        given = given.event(event);
        editions.push((given.folded.version, given.folded.edition()));
    }
    assert_eq!(editions, [(2, 1), (3, 1), (4, 1), (5, 1), (6, 6), (7, 7), (8, 7)]);
}
