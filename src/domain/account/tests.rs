//! Rules of this room, row by row.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::{AccountEvent, AccountState, OpenAccount, Opened, PoliciesSet, RenameAccount, Renamed, SetPolicies};
use crate::{
    AccountId, Code,
    testing::{Given, given, id, refused},
    values::{DeletionPolicy, RegistrationPolicy},
};
use chrono_tz::Tz;

const ACCOUNT: AccountId = AccountId(id(1));

fn open(company_name: &str, locale: Option<&str>, time_zone: Option<&str>) -> OpenAccount {
    OpenAccount {
        account: ACCOUNT,
        number: "C-10042".to_owned(),
        company_name: company_name.to_owned(),
        locale: locale.map(str::to_owned),
        time_zone: time_zone.map(str::to_owned),
    }
}

fn opened() -> Given {
    given().at("2026-03-01T09:00:00Z").decided(open("Les Éditions", None, None).decide())
}

fn account(given: &Given) -> &AccountState {
    given.state().account().unwrap()
}

#[test]
fn an_account_opens_in_french_and_in_paris_with_the_mildest_policies() {
    let given = opened();
    let account = account(&given);
    assert_eq!((account.id, account.number.as_str()), (ACCOUNT, "C-10042"));
    assert_eq!((account.locale.as_str(), account.time_zone), ("fr", Tz::Europe__Paris));
    assert_eq!((account.policies.grace_days, account.policies.deletion), (0, DeletionPolicy::SelfService));
    assert_eq!(account.policies.registration, RegistrationPolicy::Automatic);
}

#[test]
fn an_account_opens_where_and_how_it_says() {
    let event = open("  ACME  ", Some("en"), Some("America/Montreal")).decide().unwrap();
    let expected = Opened {
        account: ACCOUNT,
        number: "C-10042".to_owned(),
        company_name: "ACME".to_owned(),
        locale: "en".to_owned(),
        time_zone: Tz::America__Montreal,
    };
    assert_eq!(event, [AccountEvent::from(expected)]);
}

#[test]
fn u7_every_wrong_field_is_named_at_once() {
    let refusals = open("  ", Some("de"), Some("Mars/Olympus")).decide().unwrap_err().0;
    let told: Vec<_> = refusals.iter().map(|r| (r.code, r.field.join("."))).collect();
    let expected = [(Code::Required, "companyName"), (Code::Invalid, "locale"), (Code::Invalid, "timeZone")];
    assert_eq!(told, expected.map(|(code, field)| (code, field.to_owned())));
    assert_eq!(refused(open(&"é".repeat(201), None, None).decide()), Code::TooLong);
    assert!(open(&"é".repeat(200), None, None).decide().is_ok());
}

#[test]
fn renaming_to_the_same_name_is_nothing_new() {
    let given = opened();
    let rename = |name: &str| RenameAccount { company_name: name.to_owned() }.decide(account(&given));
    assert_eq!(rename(" Les Éditions "), Ok(vec![]));
    assert_eq!(rename("Presses"), Ok(vec![Renamed { company_name: "Presses".to_owned() }.into()]));
    assert_eq!(refused(rename("")), Code::Required);
}

#[test]
fn policies_change_as_a_whole_and_what_is_absent_stays() {
    let given = opened();
    let set = SetPolicies { grace_days: Some(7), deletion: Some(DeletionPolicy::ErpOnly), ..SetPolicies::default() };
    let events = set.clone().decide(account(&given)).unwrap();
    let expected = PoliciesSet {
        time_zone: Tz::Europe__Paris,
        grace_days: 7,
        deletion: DeletionPolicy::ErpOnly,
        registration: RegistrationPolicy::Automatic,
    };
    assert_eq!(events, [AccountEvent::from(expected)]);

    let given = given.decided(Ok(events));
    assert_eq!(set.decide(account(&given)), Ok(vec![]), "so already");
    let zone = SetPolicies { time_zone: Some("Asia/Tokyo".to_owned()), ..SetPolicies::default() };
    let given = given.clone().decided(zone.decide(account(&given)));
    assert_eq!((account(&given).time_zone, account(&given).policies.grace_days), (Tz::Asia__Tokyo, 7));
}

#[test]
fn k22_grace_is_at_most_a_year() {
    let given = opened();
    let grace = |days| SetPolicies { grace_days: Some(days), ..SetPolicies::default() }.decide(account(&given));
    for (days, accepted) in [(-1, false), (0, true), (365, true), (366, false), (i64::MAX, false)] {
        assert_eq!(grace(days).is_ok(), accepted, "{days}");
    }
    let wrong = SetPolicies { time_zone: Some("Paris".to_owned()), grace_days: Some(-1), ..SetPolicies::default() };
    assert_eq!(wrong.decide(account(&given)).unwrap_err().0.len(), 2);
}
