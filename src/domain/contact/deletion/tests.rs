//! A request for deletion, from the account to support's decision (row S4).
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, Code,
    account::{AccountState, OpenAccount, SetPolicies},
    contact::{AddContact, ContactEvent, ContactInput, ContactState, EraseContact, membership::ProfileSet},
    refusal::Refusals,
    subscription::{Started, SubscriptionEvent, SubscriptionState},
    testing::{Given, at, day, given, id, refused},
    values::{Billing, ContactKind, DeletionPolicy, DeletionStatus, Profile},
};

fn account(deletion: DeletionPolicy) -> AccountState {
    let open = OpenAccount {
        account: AccountId(id(1)),
        number: "1".into(),
        company_name: "X".into(),
        locale: None,
        time_zone: None,
    };
    let opened = given().decided(open.decide());
    let set =
        SetPolicies { deletion: Some(deletion), ..SetPolicies::default() }.decide(opened.state().account().unwrap());
    opened.decided(set).state().account().unwrap().clone()
}

fn contact() -> Given {
    let input = ContactInput { last_name: Some("Dupont".into()), ..ContactInput::default() };
    given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: AccountId(id(1)), kind: ContactKind::Person, input }.decide())
}

fn of(given: &Given) -> &ContactState {
    given.state().contact().unwrap()
}

fn request(given: &Given, reason: Option<&str>) -> Result<Vec<ContactEvent>, Refusals> {
    RequestDeletion { reason: reason.map(str::to_owned) }.decide(of(given), &account(DeletionPolicy::SupportOnly))
}

fn approve(given: &Given, attached: &[&SubscriptionState]) -> Result<Vec<ContactEvent>, Refusals> {
    ApproveDeletion { at: at("2026-03-03T09:00:00Z") }.decide(
        of(given),
        &account(DeletionPolicy::SupportOnly),
        attached,
    )
}

fn requested() -> Given {
    let given = contact();
    let events = request(&given, Some("parti à la retraite"));
    given.decided(events)
}

#[test]
fn s4_only_where_support_deletes_is_it_asked_to() {
    let given = contact();
    let ask = |policy| RequestDeletion { reason: None }.decide(of(&given), &account(policy));
    assert_eq!(refused(ask(DeletionPolicy::SelfService)), Code::NotAllowedNow);
    assert_eq!(refused(ask(DeletionPolicy::ErpOnly)), Code::ManagedByErp);
    assert!(ask(DeletionPolicy::SupportOnly).is_ok());
    assert_eq!(refused(request(&given, Some(&"x".repeat(1001)))), Code::TooLong);
}

#[test]
fn s4_the_owner_is_never_deleted_not_by_support_either() {
    let owns = |given: Given| given.event(ContactEvent::from(ProfileSet { profile: Profile::Client }));
    assert_eq!(refused(request(&owns(contact()), None)), Code::LastOwner);
    assert_eq!(refused(approve(&owns(requested()), &[])), Code::LastOwner, "became the owner meanwhile");
}

#[test]
fn s4_one_request_is_open_at_a_time_and_a_rejected_one_may_be_made_again() {
    let given = requested();
    let open = of(&given).deletion.as_ref().unwrap();
    assert_eq!((open.status(), open.reason.as_deref()), (DeletionStatus::Requested, Some("parti à la retraite")));
    assert_eq!(request(&given, None), Ok(vec![]), "asked for already");
    let rejection = RejectDeletion { reason: Some("abonnement en cours".into()) }.decide(of(&given));
    let given = given.decided(rejection);
    let rejected = of(&given).deletion.as_ref().unwrap();
    assert_eq!(
        (rejected.status(), rejected.rejection.as_deref()),
        (DeletionStatus::Rejected, Some("abonnement en cours"))
    );
    assert!(of(&given).deleted.is_none());
    assert_eq!(refused(approve(&given, &[])), Code::NotAllowedNow, "nothing waits");
    assert_eq!(refused(RejectDeletion { reason: None }.decide(of(&given))), Code::NotAllowedNow);
    assert_eq!(request(&given, None).unwrap().len(), 1);
}

#[test]
fn s4_approving_deletes_in_the_same_decision_unless_a_subscription_runs() {
    let given = requested();
    let started = Started {
        account: AccountId(id(1)),
        product: crate::ProductId(id(2)),
        kind: "Annuel".into(),
        billing: Billing::Recurring,
        starts_on: day("2026-03-01"),
        ends_on: None,
    };
    let running = crate::testing::given().at("2026-03-01T09:00:00Z").event(SubscriptionEvent::from(started));
    let running = running.state().subscription().unwrap().clone();
    assert_eq!(refused(approve(&given, &[&running])), Code::HasLiveSubscription);
    let events = approve(&given, &[]);
    let deleted = given.decided(events);
    assert!(of(&deleted).deleted.is_some());
    assert_eq!(of(&deleted).deletion.as_ref().map(|r| r.status()), Some(DeletionStatus::Approved));
    assert_eq!(refused(approve(&deleted, &[])), Code::ContactDeleted);
    let erased = deleted.decided(
        EraseContact { confirmed: true, by_support: true }
            .decide(of(&requested()), &account(DeletionPolicy::SelfService)),
    );
    assert_eq!(of(&erased).deletion.as_ref().and_then(|r| r.reason.clone()), None, "the reason may name people");
}
