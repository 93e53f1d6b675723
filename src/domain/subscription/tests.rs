//! Rules of this room, row by row.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{
    CancelSubscription, Cancelled, PauseSubscription, RecordPayment, RenewSubscription, Renewed, ResumeSubscription,
    Standing, StartSubscription, SubscriptionEvent, SubscriptionState,
};
use crate::{
    AccountId, Code, ProductId, Refusals,
    product::{ArchiveProduct, CreateProduct, ProductState},
    testing::{Given, at, day, given, id, refused},
    values::{Billing, DripClock, PaymentState::*},
};
use chrono_tz::Tz;

const ACCOUNT: AccountId = AccountId(id(1));
const PARIS: Tz = Tz::Europe__Paris;
/// 5 March, ten in the morning in Paris.
const NOW: &str = "2026-03-05T09:00:00Z";

fn a_product() -> Given {
    let create = CreateProduct {
        account: ACCOUNT,
        name: "Revue".to_owned(),
        delivered: false,
        drip_clock: DripClock::CalendarDays,
        modules: vec![],
        order_email: None,
    };
    given().decided(create.decide())
}

fn product(given: &Given) -> &ProductState {
    given.state().product().unwrap()
}

fn start(starts_on: &str, ends_on: Option<&str>) -> StartSubscription {
    StartSubscription {
        account: ACCOUNT,
        product: ProductId(id(2)),
        kind: "Annuel".to_owned(),
        billing: Billing::Recurring,
        starts_on: day(starts_on),
        ends_on: ends_on.map(day),
    }
}

fn started(starts_on: &str, ends_on: Option<&str>) -> Given {
    given().at("2026-03-01T09:00:00Z").decided(start(starts_on, ends_on).decide(product(&a_product()))).at(NOW)
}

fn of(given: &Given) -> &SubscriptionState {
    given.state().subscription().unwrap()
}

fn then(given: Given, decide: impl FnOnce(&SubscriptionState) -> Result<Vec<SubscriptionEvent>, Refusals>) -> Given {
    let decision = decide(of(&given));
    given.decided(decision)
}

fn cancel(ends_on: Option<&str>) -> CancelSubscription {
    CancelSubscription { ends_on: ends_on.map(day), at: at(NOW) }
}

fn renew(starts_on: Option<&str>, ends_on: Option<&str>) -> RenewSubscription {
    RenewSubscription { starts_on: starts_on.map(day), ends_on: ends_on.map(day), at: at(NOW) }
}

fn payment(state: crate::values::PaymentState, occurred_at: &str, event_id: &str) -> RecordPayment {
    RecordPayment { state, occurred_at: at(occurred_at), event_id: event_id.to_owned(), at: at(NOW) }
}

#[test]
fn k11_a_subscription_starts_on_a_day_and_may_be_for_ever() {
    let for_ever = started("2026-03-01", None);
    assert_eq!((of(&for_ever).starts_on(), of(&for_ever).ends_on()), (day("2026-03-01"), None));
    assert!(of(&for_ever).is_live(at("2199-01-01T00:00:00Z"), PARIS));
    let a_day = started("2026-03-04", Some("2026-03-04"));
    assert!(of(&a_day).is_live(at("2026-03-04T22:59:59Z"), PARIS));
    assert!(!of(&a_day).is_live(at("2026-03-04T23:00:00Z"), PARIS), "it ends with its last day in Paris");
}

#[test]
fn k11_a_subscription_refuses_what_cannot_be_meant() {
    let given = a_product();
    let told = |start: StartSubscription| {
        let refusals = start.decide(product(&given)).unwrap_err().0;
        refusals.iter().map(|r| (r.code, r.field.join("."))).collect::<Vec<_>>()
    };
    assert_eq!(told(start("2026-03-02", Some("2026-03-01"))), [(Code::DateInvalid, "endsOn".to_owned())]);
    assert_eq!(told(start("1899-12-31", None)), [(Code::DateInvalid, "startsOn".to_owned())]);
    assert_eq!(told(start("2026-03-02", Some("2201-01-01"))), [(Code::DateInvalid, "endsOn".to_owned())]);
    let nameless = StartSubscription { kind: " ".to_owned(), ..start("2026-03-02", None) };
    assert_eq!(told(nameless), [(Code::Required, "type".to_owned())]);
    let foreign = StartSubscription { account: AccountId(id(9)), ..start("2026-03-02", None) };
    assert_eq!(told(foreign), [(Code::NotFound, "productId".to_owned())]);
}

#[test]
fn k5_an_archived_product_cannot_be_subscribed_to() {
    let given = a_product();
    let archived = given.clone().decided(ArchiveProduct.decide(product(&given)));
    assert_eq!(refused(start("2026-03-01", None).decide(product(&archived))), Code::ProductArchived);
}

#[test]
fn k11_cancelling_keeps_the_days_that_were_paid() {
    let given = then(started("2026-03-01", Some("2026-03-31")), |s| cancel(None).decide(s, PARIS));
    assert_eq!(of(&given).ends_on(), Some(day("2026-03-31")));
    assert!(of(&given).cancelled.is_some());
    assert!(of(&given).entitled(PARIS, 0).contains(at("2026-03-31T21:59:59Z")));
    assert_eq!(cancel(None).decide(of(&given), PARIS), Ok(vec![]), "cancelled already");
}

#[test]
fn k11_cancelling_what_is_for_ever_ends_it_today_and_never_before_it_began() {
    let today = Cancelled { ends_on: day("2026-03-05") };
    assert_eq!(cancel(None).decide(of(&started("2026-03-01", None)), PARIS), Ok(vec![today.into()]));
    let first = Cancelled { ends_on: day("2026-06-01") };
    assert_eq!(cancel(None).decide(of(&started("2026-06-01", None)), PARIS), Ok(vec![first.into()]));
    assert_eq!(refused(cancel(Some("2026-05-31")).decide(of(&started("2026-06-01", None)), PARIS)), Code::DateInvalid);
}

#[test]
fn k11_a_cancellation_dated_back_ends_it_when_it_is_recorded() {
    let given = then(started("2026-03-01", None), |s| cancel(Some("2026-03-02")).decide(s, PARIS));
    let entitled = of(&given).entitled(PARIS, 0);
    assert!(entitled.contains(at("2026-03-05T08:59:59Z")), "it was open, and nothing takes that back");
    assert!(!entitled.contains(at(NOW)));
    let (standing, fact) = of(&given).standing(at(NOW), PARIS, 0);
    assert_eq!((standing, fact.version), (Standing::Cancelled { ended: at(NOW) }, 2));
}

#[test]
fn k11_renewing_before_the_end_goes_on_without_a_gap() {
    let given = then(started("2026-03-01", Some("2026-03-31")), |s| cancel(None).decide(s, PARIS));
    let renewed = renew(Some("2026-06-01"), Some("2026-04-30")).decide(of(&given), PARIS);
    assert_eq!(renewed, Ok(vec![Renewed { starts_on: None, ends_on: Some(day("2026-04-30")) }.into()]));
    let given = given.decided(renewed);
    assert_eq!(
        (of(&given).ends_on(), of(&given).cancelled, of(&given).periods.len()),
        (Some(day("2026-04-30")), None, 1)
    );
    assert_eq!(renew(None, Some("2026-04-30")).decide(of(&given), PARIS), Ok(vec![]), "so already");
    assert_eq!(refused(renew(None, Some("2026-04-29")).decide(of(&given), PARIS)), Code::DateInvalid);
}

#[test]
fn k11_renewing_what_has_lapsed_begins_again() {
    let lapsed = started("2026-01-01", Some("2026-01-31"));
    let today = renew(None, None).decide(of(&lapsed), PARIS).unwrap();
    assert_eq!(today, [Renewed { starts_on: Some(day("2026-03-05")), ends_on: None }.into()]);
    let on = renew(Some("2026-04-01"), Some("2026-04-30")).decide(of(&lapsed), PARIS);
    let given = lapsed.clone().decided(on);
    assert_eq!((of(&given).starts_on(), of(&given).ends_on()), (day("2026-01-01"), Some(day("2026-04-30"))));
    let entitled = of(&given).entitled(PARIS, 0);
    let days =
        ["2026-01-31T12:00:00Z", "2026-03-31T12:00:00Z", "2026-04-01T12:00:00Z"].map(|day| entitled.contains(at(day)));
    assert_eq!(days, [true, false, true]);

    let seamless = renew(Some("2026-02-01"), None).decide(of(&lapsed), PARIS).unwrap();
    assert_eq!(seamless, [Renewed { starts_on: None, ends_on: None }.into()], "the day after its last is no gap");
    let within = renew(Some("2026-01-31"), None).decide(of(&lapsed), PARIS).unwrap_err();
    let told = [("why", "BEFORE_END".to_owned()), ("min", "2026-02-01".to_owned())];
    assert_eq!((within.0[0].code, &within.0[0].params[..]), (Code::DateInvalid, &told[..]));
    assert_eq!(refused(renew(None, None).decide(of(&started("2026-01-01", None)), PARIS)), Code::NotAllowedNow);
}

#[test]
fn k11_pausing_and_resuming_are_done_once_and_only_while_days_are_left() {
    let pause = |s: &SubscriptionState| PauseSubscription { at: at(NOW) }.decide(s, PARIS);
    let given = started("2026-03-01", None);
    assert_eq!(ResumeSubscription.decide(of(&given)), Ok(vec![]));
    let given = then(given, pause);
    assert!(of(&given).is_paused());
    assert_eq!(pause(of(&given)), Ok(vec![]));
    assert_eq!(of(&given).standing(at(NOW), PARIS, 0).0, Standing::Paused);
    let given = then(given.at("2026-03-09T09:00:00Z"), |s| ResumeSubscription.decide(s));
    let entitled = of(&given).entitled(PARIS, 0);
    let times = ["2026-03-05T08:59:59Z", NOW, "2026-03-09T08:59:59Z", "2026-03-09T09:00:00Z"];
    assert_eq!(times.map(|time| entitled.contains(at(time))), [true, false, false, true]);
    assert_eq!(refused(pause(of(&started("2026-01-01", Some("2026-01-31"))))), Code::NotAllowedNow);
}

#[test]
fn k22_the_same_payment_fact_twice_counts_once() {
    let given = then(started("2026-03-01", None), |s| payment(Failed, "2026-03-04T09:00:00Z", "evt_1").decide(s));
    assert_eq!(payment(Paid, "2026-03-05T08:00:00Z", " evt_1 ").decide(of(&given)), Ok(vec![]));
    assert_eq!(of(&given).payment().map(|p| p.state), Some(Failed));
}

#[test]
fn k22_a_payment_fact_is_not_of_the_day_after_tomorrow() {
    let given = started("2026-03-01", None);
    assert!(payment(Paid, "2026-03-06T09:00:00Z", "evt").decide(of(&given)).is_ok());
    assert_eq!(refused(payment(Paid, "2026-03-06T09:00:01Z", "evt").decide(of(&given))), Code::DateInvalid);
    assert_eq!(refused(payment(Paid, "1800-01-01T00:00:00Z", "evt").decide(of(&given))), Code::DateInvalid);
    assert_eq!(refused(payment(Paid, NOW, "").decide(of(&given))), Code::Required);
    assert_eq!(refused(payment(Paid, NOW, &"x".repeat(201)).decide(of(&given))), Code::TooLong);
}

#[test]
fn k22_a_fact_dated_tomorrow_acts_tomorrow() {
    let given = then(started("2026-02-01", None), |s| payment(Failed, "2026-03-06T08:00:00Z", "evt_1").decide(s));
    let standing = |time| of(&given).standing(at(time), PARIS, 0).0;
    assert_eq!((standing(NOW), standing("2026-03-06T08:00:00Z")), (Standing::Entitled, Standing::PaymentFailed));
    let entitled = of(&given).entitled(PARIS, 0);
    assert!(entitled.contains(at("2026-03-06T07:59:59Z")) && !entitled.contains(at("2026-03-06T08:00:00Z")));
}

#[test]
fn k22_the_newest_occurrence_wins_and_a_reminder_gives_no_new_grace() {
    let given = then(started("2026-02-01", None), |s| payment(PastDue, "2026-03-03T09:00:00Z", "evt_2").decide(s));
    let given = then(given, |s| payment(PastDue, "2026-03-01T09:00:00Z", "evt_1").decide(s));
    assert_eq!(of(&given).payments.iter().map(|p| p.event_id.as_str()).collect::<Vec<_>>(), ["evt_1", "evt_2"]);
    let entitled = of(&given).entitled(PARIS, 5);
    assert!(entitled.contains(at("2026-03-06T08:59:59Z")));
    assert!(!entitled.contains(at("2026-03-06T09:00:00Z")), "five days after the first of them");
    let overdue = of(&given).standing(at("2026-03-06T09:00:00Z"), PARIS, 5).0;
    assert_eq!(overdue, Standing::PaymentOverdue { since: at("2026-03-06T09:00:00Z") });

    let cured = then(given.at("2026-03-07T09:00:00Z"), |s| {
        RecordPayment { at: at("2026-03-07T09:00:00Z"), ..payment(Paid, "2026-03-07T09:00:00Z", "evt_3") }.decide(s)
    });
    assert!(of(&cured).entitled(PARIS, 5).contains(at("2026-03-07T09:00:00Z")));
}

#[test]
fn k22_a_failure_learnt_late_counts_from_when_it_was_learnt() {
    let given = then(started("2026-02-01", None), |s| payment(Failed, "2026-03-02T09:00:00Z", "evt_1").decide(s));
    let entitled = of(&given).entitled(PARIS, 0);
    assert!(entitled.contains(at("2026-03-05T08:59:59Z")) && !entitled.contains(at(NOW)));
    // A payment learnt later still, of before that, leaves no gap at all.
    let given = then(given.at("2026-03-08T09:00:00Z"), |s| payment(Paid, "2026-03-04T09:00:00Z", "evt_2").decide(s));
    assert!(of(&given).entitled(PARIS, 0).contains(at("2026-03-06T00:00:00Z")));
}
