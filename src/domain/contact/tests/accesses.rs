//! Giving, changing and taking away access: rows K4 to K20.

use super::{
    ACCOUNT, NOW, OTHER_PRODUCT, PRODUCT, SUBSCRIPTION, account, account_with, added, anne, of, product, product_of,
    then, told,
};
use crate::{
    AccountId, Code, SubscriptionId,
    account::SetPolicies,
    contact::{
        Access, AccessGranted, AccessModeSet, AccessOpeningSet, AccessOrderDateSet, AccessRemoved, AdvanceAccess,
        AttachContact, ContactEvent, DeleteContact, DetachContact, EditAccess, EraseContact, GrantAccess, Grantor,
        Opening, OpeningChoice, RemoveAccess, SetAccessMode, SetOpening, SubscriptionAttached,
    },
    product::ArchiveProduct,
    testing::{Given, at, day, id, refused},
    values::{AccessMode, Advance, PeriodUnit},
};
use chrono_tz::Tz;

fn grant() -> GrantAccess {
    GrantAccess { product: PRODUCT, mode: None, opening: None, ordered_on: None, send_order_email: false }
}

fn granted() -> Given {
    then(added(anne()), |c| grant().decide(c, &account(), &product()))
}

fn access(given: &Given) -> &Access {
    of(given).access(PRODUCT).unwrap()
}

fn edit() -> EditAccess {
    EditAccess { product: PRODUCT, mode: None, opening: None, ordered_on: None }
}

fn attach() -> AttachContact {
    AttachContact { subscription: SUBSCRIPTION, product: PRODUCT, at: at(NOW) }
}

#[test]
fn k4_a_grant_by_hand_is_activated_and_opens_from_the_order_date() {
    let event = grant().decide(of(&added(anne())), &account(), &product()).unwrap();
    let expected = AccessGranted {
        product: PRODUCT,
        mode: AccessMode::Activated,
        opening: Opening::FromOrderDate,
        ordered_on: None,
        by: Grantor::Manual,
        send_order_email: false,
    };
    assert_eq!(event, [ContactEvent::from(expected)]);
}

#[test]
fn k4_granting_what_is_granted_is_refused_also_when_it_is_suspended() {
    let given =
        then(granted(), |c| SetAccessMode { product: PRODUCT, mode: AccessMode::Suspended }.decide(c, &account()));
    let again = grant().decide(of(&given), &account(), &product());
    assert_eq!(told(again), [(Code::AlreadyGranted, "productId".to_owned())]);
    let other = GrantAccess { product: OTHER_PRODUCT, ..grant() };
    assert!(other.decide(of(&given), &account(), &product()).is_ok(), "another product is another access");
}

#[test]
fn k5_archived_products_are_not_granted_and_keep_what_was() {
    let history = product_of(ACCOUNT, false);
    let archive = ArchiveProduct.decide(history.state().product().unwrap());
    let archived = history.decided(archive).state().product().unwrap().clone();
    assert_eq!(refused(grant().decide(of(&added(anne())), &account(), &archived)), Code::ProductArchived);
    let given = then(granted(), |c| EditAccess { mode: Some(AccessMode::Automatic), ..edit() }.decide(c, &account()));
    assert_eq!(access(&given).mode(), AccessMode::Automatic);
}

#[test]
fn k5_a_product_of_another_account_is_not_found() {
    let foreign = product_of(AccountId(id(9)), false).state().product().unwrap().clone();
    let given = added(anne());
    let expected = [(Code::NotFound, "productId".to_owned())];
    assert_eq!(told(grant().decide(of(&given), &account(), &foreign)), expected);
    assert_eq!(told(attach().decide(of(&given), &account(), &foreign)), expected);
}

#[test]
fn k6_the_order_email_is_sent_only_when_it_is_asked_for() {
    let asked =
        GrantAccess { send_order_email: true, ..grant() }.decide(of(&added(anne())), &account(), &product()).unwrap();
    assert!(matches!(&asked[..], [ContactEvent::AccessGranted(e)] if e.send_order_email));
    let ContactEvent::AccessGranted(event) = &grant().decide(of(&added(anne())), &account(), &product()).unwrap()[0]
    else {
        unreachable!("a grant")
    };
    assert!(!event.send_order_email, "« Activez l'option »");
}

#[test]
fn k8_the_history_of_an_access_stays() {
    let given = then(granted().at("2026-03-05T09:00:00Z"), |c| {
        EditAccess { mode: Some(AccessMode::Suspended), opening: Some(OpeningChoice::Full), ..edit() }
            .decide(c, &account())
    });
    let access = access(&given);
    let modes: Vec<_> = access.modes.iter().map(|m| (m.value, m.since.at)).collect();
    let later = at("2026-03-05T09:00:00Z");
    assert_eq!(modes, [(AccessMode::Activated, at(NOW)), (AccessMode::Suspended, later)]);
    assert_eq!(access.openings.iter().map(|o| o.since.at).collect::<Vec<_>>(), [at(NOW), later]);
    assert_eq!(access.granted.at, at(NOW));
}

#[test]
fn k9_the_label_is_the_mode_not_whether_it_is_open() {
    for mode in AccessMode::ALL {
        let given =
            then(added(anne()), |c| GrantAccess { mode: Some(*mode), ..grant() }.decide(c, &account(), &product()));
        assert_eq!(access(&given).mode(), *mode);
    }
}

#[test]
fn k10_saving_the_form_is_one_append_of_what_differs_and_its_version_is_the_accesss() {
    let given = granted();
    let form = EditAccess {
        mode: Some(AccessMode::Automatic),
        opening: Some(OpeningChoice::FromDate(day("2026-06-01"))),
        ordered_on: Some(Some(day("2026-02-01"))),
        ..edit()
    };
    let events = form.clone().decide(of(&given), &account()).unwrap();
    let zone = Tz::Europe__Paris;
    let expected: [ContactEvent; 3] = [
        AccessModeSet { product: PRODUCT, mode: AccessMode::Automatic }.into(),
        AccessOpeningSet { product: PRODUCT, opening: Opening::FromDate { date: day("2026-06-01"), zone } }.into(),
        AccessOrderDateSet { product: PRODUCT, ordered_on: Some(day("2026-02-01")) }.into(),
    ];
    assert_eq!(events, expected);

    let saved = given.decided(Ok(events));
    assert_eq!(access(&saved).changed.version, saved.folded.version);
    assert_eq!(form.decide(of(&saved), &account()), Ok(vec![]), "so already");
    assert_eq!(edit().decide(of(&saved), &account()), Ok(vec![]), "absent keeps");
    // Another contact event is no change of this access.
    let other = then(saved, |c| GrantAccess { product: OTHER_PRODUCT, ..grant() }.decide(c, &account(), &product()));
    assert_eq!(access(&other).changed.version + 1, other.folded.version);
}

#[test]
fn k10_an_order_date_is_cleared_by_null_and_kept_by_absence() {
    let given = then(added(anne()), |c| {
        GrantAccess { ordered_on: Some(day("2026-02-01")), ..grant() }.decide(c, &account(), &product())
    });
    assert_eq!(edit().decide(of(&given), &account()), Ok(vec![]));
    let cleared = then(given, |c| EditAccess { ordered_on: Some(None), ..edit() }.decide(c, &account()));
    assert_eq!(access(&cleared).ordered_on, None);
    assert_eq!(access(&cleared).order_dates.len(), 2);
}

#[test]
fn k12_suspending_keeps_the_opening() {
    let given =
        then(granted(), |c| SetOpening { product: PRODUCT, opening: OpeningChoice::Full }.decide(c, &account()));
    let given = then(given, |c| SetAccessMode { product: PRODUCT, mode: AccessMode::Suspended }.decide(c, &account()));
    assert_eq!((access(&given).mode(), access(&given).opening()), (AccessMode::Suspended, &Opening::Full));
}

#[test]
fn k17_an_advance_is_refused_outside_its_range_by_the_field_of_its_input() {
    let given = granted();
    for (by, unit, accepted) in [
        (1, PeriodUnit::Days, true),
        (3650, PeriodUnit::Days, true),
        (3651, PeriodUnit::Days, false),
        (0, PeriodUnit::Months, false),
        (120, PeriodUnit::Months, true),
        (121, PeriodUnit::Months, false),
        (10, PeriodUnit::Years, true),
        (11, PeriodUnit::Years, false),
        (-1, PeriodUnit::Years, false),
    ] {
        let advance = AdvanceAccess { product: PRODUCT, by, unit }.decide(of(&given), &account());
        if accepted {
            let opening = Opening::Advanced(Advance { by: u32::try_from(by).unwrap(), unit });
            assert_eq!(advance, Ok(vec![AccessOpeningSet { product: PRODUCT, opening }.into()]));
        } else {
            assert_eq!(told(advance), [(Code::AdvanceOutOfRange, "by".to_owned())], "{by} {unit}");
            let form = EditAccess { opening: Some(OpeningChoice::Advanced { by, unit }), ..edit() };
            let expected = [(Code::AdvanceOutOfRange, "opening.by".to_owned())];
            assert_eq!(told(form.decide(of(&given), &account())), expected);
        }
    }
}

#[test]
fn k18_a_chosen_day_is_frozen_with_the_accounts_zone_and_stays_so_when_it_is_chosen_again() {
    let opening = OpeningChoice::FromDate(day("2026-06-01"));
    let given = then(granted(), |c| SetOpening { product: PRODUCT, opening: opening.clone() }.decide(c, &account()));
    let zone = Tz::Europe__Paris;
    assert_eq!(access(&given).opening(), &Opening::FromDate { date: day("2026-06-01"), zone });
    let moved = account_with(SetPolicies { time_zone: Some("Asia/Tokyo".to_owned()), ..SetPolicies::default() });
    let again = SetOpening { product: PRODUCT, opening }.decide(of(&given), &moved);
    assert_eq!(again, Ok(vec![]), "saving the form unchanged moves nothing");
}

#[test]
fn k18_a_day_that_cannot_be_meant_is_refused_by_its_field() {
    let (date, ordered_on) = (day("1899-12-31"), Some(day("2201-01-01")));
    let opening = Some(OpeningChoice::FromDate(date));
    let expected = [(Code::DateInvalid, "opening.date".to_owned()), (Code::DateInvalid, "orderedOn".to_owned())];
    let grant = GrantAccess { opening: opening.clone(), ordered_on, ..grant() };
    assert_eq!(told(grant.decide(of(&added(anne())), &account(), &product())), expected);
    let form = EditAccess { opening, ordered_on: Some(ordered_on), ..edit() };
    assert_eq!(told(form.decide(of(&granted()), &account())), expected);
}

#[test]
fn k19_nothing_is_saved_of_a_form_that_is_refused_in_part() {
    let opening = Some(OpeningChoice::Advanced { by: 0, unit: PeriodUnit::Days });
    let form = EditAccess { mode: Some(AccessMode::Suspended), opening, ..edit() };
    assert!(form.decide(of(&granted()), &account()).is_err());
}

#[test]
fn k20_removing_is_immediate_once_and_it_may_be_granted_again() {
    let remove = RemoveAccess { product: PRODUCT };
    let given = granted().at("2026-03-05T09:00:00Z");
    assert_eq!(refused(RemoveAccess { product: OTHER_PRODUCT }.decide(of(&given))), Code::NotGranted);
    let removed = then(given, |c| {
        let events = remove.clone().decide(c);
        assert_eq!(events, Ok(vec![AccessRemoved { product: PRODUCT }.into()]));
        events
    });
    assert!(of(&removed).access(PRODUCT).is_none());
    assert_eq!(remove.decide(of(&removed)), Ok(vec![]), "removed already");
    let change = EditAccess { mode: Some(AccessMode::Activated), ..edit() };
    assert_eq!(refused(change.decide(of(&removed), &account())), Code::NotGranted);
    let again = then(removed, |c| grant().decide(c, &account(), &product()));
    assert_eq!((access(&again).by, access(&again).counts_from), (Grantor::Manual, None));
}

#[test]
fn k11_a_subscription_that_is_attached_grants_automatically_where_nothing_is_granted() {
    let events = attach().decide(of(&added(anne())), &account(), &product()).unwrap();
    let attached = SubscriptionAttached { subscription: SUBSCRIPTION, product: PRODUCT };
    let automatic = AccessGranted {
        product: PRODUCT,
        mode: AccessMode::Automatic,
        opening: Opening::FromOrderDate,
        ordered_on: None,
        by: Grantor::Subscription,
        send_order_email: false,
    };
    assert_eq!(events, [ContactEvent::from(attached.clone()), automatic.into()]);
    // What a person granted stays as it is.
    assert_eq!(attach().decide(of(&granted()), &account(), &product()), Ok(vec![attached.into()]));
    let given = added(anne()).decided(Ok(events));
    assert_eq!(attach().decide(of(&given), &account(), &product()), Ok(vec![]), "it counts already");
}

#[test]
fn k20_after_a_removal_a_later_subscription_grants_and_the_earlier_ones_stay_without_effect() {
    let given = then(added(anne()), |c| attach().decide(c, &account(), &product()));
    let given = then(given, |c| RemoveAccess { product: PRODUCT }.decide(c));
    assert_eq!(attach().decide(of(&given), &account(), &product()), Ok(vec![]), "it is attached: nothing grants again");
    let later = SubscriptionId(id(5));
    let given = then(given, |c| AttachContact { subscription: later, ..attach() }.decide(c, &account(), &product()));
    let counting = of(&given).attachments.iter().filter(|a| access(&given).counts(a)).map(|a| a.subscription);
    assert_eq!(counting.collect::<Vec<_>>(), [later]);
    assert_eq!(of(&given).attached().count(), 2, "both are still attached");

    // Attached anew, on purpose, the first one counts again.
    let given = then(given, |c| DetachContact { subscription: SUBSCRIPTION }.decide(c));
    let given = then(given, |c| attach().decide(c, &account(), &product()));
    assert_eq!(of(&given).attachments.iter().filter(|a| access(&given).counts(a)).count(), 2);
}

#[test]
fn k11_detaching_leaves_the_access_and_is_done_once() {
    let given = then(added(anne()), |c| attach().decide(c, &account(), &product()));
    let detach = DetachContact { subscription: SUBSCRIPTION };
    let given = then(given, |c| detach.clone().decide(c));
    assert_eq!(detach.decide(of(&given)), Ok(vec![]));
    assert!(of(&given).access(PRODUCT).is_some());
    assert_eq!(of(&given).attached().count(), 0);
}

#[test]
fn k2_nothing_is_granted_or_changed_on_a_deleted_or_erased_contact() {
    let deleted = then(granted(), |c| DeleteContact { confirmed: true, at: at(NOW) }.decide(c, &account(), &[]));
    let erased = then(granted(), |c| EraseContact { confirmed: true, by_support: true }.decide(c, &account()));
    for (given, code) in [(deleted, Code::ContactDeleted), (erased, Code::ContactErased)] {
        let contact = of(&given);
        let other = GrantAccess { product: OTHER_PRODUCT, ..grant() };
        assert_eq!(refused(other.decide(contact, &account(), &product())), code);
        assert_eq!(refused(edit().decide(contact, &account())), code);
        assert_eq!(refused(RemoveAccess { product: PRODUCT }.decide(contact)), code);
        assert_eq!(refused(attach().decide(contact, &account(), &product())), code);
    }
}
