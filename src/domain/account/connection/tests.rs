//! Rules of this room, row by row.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, Code, Event,
    account::{AccountState, OpenAccount},
    contact::{ContactEvent, Deleted, Erased},
    testing::{Given, given, id, refused},
};

fn opened() -> Given {
    let open = OpenAccount {
        account: AccountId(id(1)),
        number: "C-10042".into(),
        company_name: "Phare".into(),
        locale: None,
        time_zone: None,
    };
    given().at("2026-03-01T09:00:00Z").decided(open.decide())
}

fn account(given: &Given) -> &AccountState {
    given.state().account().unwrap()
}

fn service(connection: u128, url: &str) -> ConnectCustomerService {
    ConnectCustomerService { connection: id(connection), url: url.into() }
}

fn webhook(connection: u128, types: &[&str]) -> ConnectWebhook {
    let types = types.iter().map(|t| (*t).to_owned()).collect();
    ConnectWebhook { connection: id(connection), url: "https://a.example/".into(), types }
}

#[test]
fn u6_a_customer_service_is_connected_once_replaced_by_another_and_disconnected() {
    let mut given = opened();
    for (connection, url) in [(7, "https://a.example/"), (8, "https://b.example/")] {
        let events = service(connection, url).decide(account(&given)).unwrap();
        assert_eq!(events.len(), 1);
        given = given.decided(Ok::<_, crate::Refusals>(events));
        assert_eq!(service(9, url).decide(account(&given)).unwrap(), [], "already so");
        let all: Vec<_> = account(&given).connections.iter().map(|c| (c.id, c.url.as_deref())).collect();
        assert_eq!(all, [(id(connection), Some(url))]);
    }
    assert_eq!(DisconnectCustomerService.decide(account(&opened())).unwrap(), [], "there is none");
    let events = DisconnectCustomerService.decide(account(&given));
    given = given.decided(events);
    assert!(account(&given).connections.is_empty());
}

#[test]
fn a_webhook_names_kinds_or_areas_that_there_are() {
    let given = opened();
    for types in [&[][..], &["access"], &["access.granted"], &["access.granted.v1", "contact"]] {
        assert_eq!(webhook(7, types).decide(account(&given)).unwrap().len(), 1, "{types:?}");
    }
    for types in [&["acces"][..], &["access."], &["access.granted.v2"], &[""], &["access", "nothing.known"]] {
        assert_eq!(refused(webhook(7, types).decide(account(&given))), Code::Invalid, "{types:?}");
    }
    let many: Vec<String> = (0..51).map(|n| format!("access.{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(refused(webhook(7, &many).decide(account(&given))), Code::Invalid);
}

#[test]
fn there_are_twenty_webhooks_at_most_and_each_ends_by_its_id() {
    let areas = ["access", "contact", "product", "subscription"];
    let mut given = opened();
    for n in 0..20u128 {
        let hook =
            ConnectWebhook { url: format!("https://a.example/{n}"), ..webhook(10 + n, &[areas[n as usize % 4]]) };
        let events = hook.clone().decide(account(&given));
        given = given.decided(events);
        assert_eq!(hook.decide(account(&given)).unwrap(), [], "already so");
    }
    assert_eq!(refused(webhook(40, &[]).decide(account(&given))), Code::NotAllowedNow);
    assert_eq!(refused(DisconnectWebhook { connection: id(99) }.decide(account(&given))), Code::NotFound);
    let events = DisconnectWebhook { connection: id(12) }.decide(account(&given));
    given = given.decided(events);
    assert_eq!(account(&given).connections.len(), 19);
    assert!(!account(&given).connections.iter().any(|c| c.id == id(12)));
}

#[test]
fn u6_a_customer_service_hears_of_subscribers_and_a_webhook_of_what_it_names() {
    let mut given = opened();
    for events in [
        service(7, "https://a.example/").decide(account(&given)),
        webhook(8, &["contact.deleted"]).decide(account(&given)),
    ] {
        given = given.decided(events);
    }
    let [service, hook] = account(&given).connections.as_slice() else { unreachable!() };
    let (deleted, erased) = (Event::from(Deleted {}), Event::from(Erased {}));
    let validated = Event::from(crate::contact::app::RegistrationValidated {});
    assert!(matches!(deleted, Event::Contact(ContactEvent::Deleted(_))));
    assert_eq!([&deleted, &erased, &validated].map(|e| service.hears(e, true)), [true, true, false]);
    assert_eq!([&deleted, &erased].map(|e| service.hears(e, false)), [false, false]);
    assert_eq!([&deleted, &erased].map(|e| hook.hears(e, false)), [true, false]);
}
