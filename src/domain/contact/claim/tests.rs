//! A complaint from where it stands to where it may go, as a table (rows U10, B16).
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, ClaimId, Code, ModuleId, ProductId, SubscriptionId,
    contact::{
        AddContact, ContactEvent, ContactInput, ContactState, Deleted, Erased, SubscriptionAttached,
        SubscriptionDetached,
    },
    event::Module,
    product::{Created, ProductEvent, ProductState},
    refusal::Refusals,
    subscription::{Renewed, Started, SubscriptionEvent},
    testing::{Given, day, given, id, refused},
    values::{Billing, ClaimStatus, ContactKind, DripClock},
};

const CLAIM: ClaimId = ClaimId(id(7));
const SUBSCRIPTION: SubscriptionId = SubscriptionId(id(3));
const PRODUCT: ProductId = ProductId(id(2));

fn subscriber() -> Given {
    let input = ContactInput { last_name: Some("Dupont".into()), ..ContactInput::default() };
    given()
        .at("2026-03-01T09:00:00Z")
        .decided(AddContact { account: AccountId(id(1)), kind: ContactKind::Person, input }.decide())
        .event(ContactEvent::from(SubscriptionAttached { subscription: SUBSCRIPTION, product: PRODUCT }))
}

fn of(given: &Given) -> &ContactState {
    given.state().contact().unwrap()
}

fn open(given: &Given, issue: AboutIssue, text: &str) -> Result<Vec<ContactEvent>, Refusals> {
    let due = [DueIssue { module: ModuleId(id(21)), name: "N° 1".into(), due_on: day("2026-03-01") }];
    OpenClaim { claim: CLAIM, subscription: SUBSCRIPTION, issue, text: text.into() }.decide(of(given), &due)
}

fn opened() -> Given {
    let given = subscriber();
    let events = open(&given, AboutIssue::None, "Rien reçu");
    given.decided(events)
}

type Decide = fn(&ContactState) -> Result<Vec<ContactEvent>, Refusals>;

const ANSWER: Decide = |c| AnswerClaim { claim: CLAIM, text: "Renvoyé".into() }.decide(c);
const CLOSE: Decide = |c| CloseClaim { claim: CLAIM }.decide(c);
const REOPEN: Decide = |c| ReopenClaim { claim: CLAIM, text: "Toujours rien".into() }.decide(c);

#[test]
fn u10_every_way_from_one_status_to_another_and_no_other() {
    let then = |given: Given, decide: Decide| {
        let events = decide(of(&given));
        given.decided(events)
    };
    let (open, answered, closed) = (opened(), then(opened(), ANSWER), then(opened(), CLOSE));
    for (from, decide, to) in [
        (&open, ANSWER, Some(ClaimStatus::Answered)),
        (&open, CLOSE, Some(ClaimStatus::Closed)),
        (&open, REOPEN, None),
        (&answered, ANSWER, None),
        (&answered, CLOSE, Some(ClaimStatus::Closed)),
        (&answered, REOPEN, Some(ClaimStatus::Open)),
        (&closed, ANSWER, None),
        (&closed, REOPEN, Some(ClaimStatus::Open)),
    ] {
        match to {
            Some(to) => assert_eq!(of(&then(from.clone(), decide)).claims[0].status, to),
            None => assert_eq!(refused(decide(of(from))), Code::NotAllowedNow, "{:?}", of(from).claims[0].status),
        }
    }
    assert_eq!(CLOSE(of(&closed)), Ok(vec![]), "closed already");
}

#[test]
fn u10_a_claim_keeps_its_history_and_loses_its_texts_when_the_person_is_erased() {
    let mut given = opened();
    for decide in [ANSWER, CLOSE, REOPEN] {
        let events = decide(of(&given));
        given = given.decided(events);
    }
    let steps: Vec<_> = of(&given).claims[0].steps.iter().map(|s| (s.status, s.text.as_deref())).collect();
    assert_eq!(
        steps,
        [
            (ClaimStatus::Open, Some("Rien reçu")),
            (ClaimStatus::Answered, Some("Renvoyé")),
            (ClaimStatus::Closed, None),
            (ClaimStatus::Open, Some("Toujours rien")),
        ]
    );
    let erasure = Ok::<_, crate::Refusals>(vec![ContactEvent::from(Erased {})]);
    let erased = given.decided(erasure);
    assert!(of(&erased).claims[0].steps.iter().all(|step| step.text.is_none()));
}

#[test]
fn u10_a_claim_needs_a_subscription_that_counts_and_a_text() {
    let given = subscriber();
    for (text, code) in [("  ", Code::Required), ("x\u{7}", Code::Invalid)] {
        assert_eq!(refused(open(&given, AboutIssue::None, text)), code);
    }
    assert!(open(&given, AboutIssue::None, &"é".repeat(5000)).is_ok());
    assert_eq!(refused(open(&given, AboutIssue::None, &"é".repeat(5001))), Code::TooLong);
    assert_eq!(refused(open(&given, AboutIssue::Written("n".repeat(201)), "x")), Code::TooLong);
    let detached =
        given.clone().event(ContactEvent::from(SubscriptionDetached { subscription: SUBSCRIPTION, product: PRODUCT }));
    assert_eq!(refused(open(&detached, AboutIssue::None, "x")), Code::NotFound);
    let deleted = opened().event(ContactEvent::from(Deleted {}));
    assert_eq!(refused(ANSWER(of(&deleted))), Code::ContactDeleted);
    let unknown = AnswerClaim { claim: ClaimId(id(8)), text: "x".into() };
    assert_eq!(refused(unknown.decide(of(&given))), Code::NotFound);
}

#[test]
fn b16_a_claim_about_a_late_issue_is_filled_in_from_those_that_should_have_come() {
    let given = subscriber();
    let events = open(&given, AboutIssue::Due(ModuleId(id(21))), "Pas reçu");
    assert_eq!(of(&given.clone().decided(events)).claims[0].issue.as_deref(), Some("N° 1"));
    let early = open(&given, AboutIssue::Due(ModuleId(id(22))), "Pas reçu");
    assert_eq!(refused(early), Code::NotAllowedNow, "still to come");
}

fn revue() -> ProductState {
    let module = |n: u128, days| Module { id: ModuleId(id(20 + n)), name: format!("N° {n}"), opens_after_days: days };
    let created = Created {
        account: AccountId(id(1)),
        name: "Revue".into(),
        delivered: true,
        drip_clock: DripClock::CalendarDays,
        modules: vec![module(2, 30), module(1, 0), module(3, 60), module(4, 400)],
        order_email: None,
    };
    given().at("2026-01-01T09:00:00Z").event(ProductEvent::from(created)).state().product().unwrap().clone()
}

#[test]
fn b16_an_issue_is_due_on_its_day_if_that_day_was_bought() {
    let started = Started {
        account: AccountId(id(1)),
        product: PRODUCT,
        kind: "Annuel".into(),
        billing: Billing::Recurring,
        starts_on: day("2026-03-01"),
        ends_on: Some(day("2026-04-15")),
    };
    let history = given().at("2026-03-01T09:00:00Z").event(SubscriptionEvent::from(started));
    let due = |history: &Given, today: &str| {
        let due = due_issues(&revue(), history.state().subscription().unwrap(), day(today));
        due.into_iter().map(|issue| (issue.name, issue.due_on.to_string())).collect::<Vec<_>>()
    };
    let one = ("N° 1".to_owned(), "2026-03-01".to_owned());
    let two = ("N° 2".to_owned(), "2026-03-31".to_owned());
    assert_eq!(due(&history, "2026-02-28"), []);
    assert_eq!(due(&history, "2026-03-30"), std::slice::from_ref(&one));
    assert_eq!(due(&history, "2026-12-31"), [one.clone(), two.clone()], "the third falls after the last day");
    let renewed = Renewed { starts_on: None, ends_on: None };
    let three = ("N° 3".to_owned(), "2026-04-30".to_owned());
    assert_eq!(due(&history.event(SubscriptionEvent::from(renewed)), "2026-12-31"), [one, two, three]);
}
