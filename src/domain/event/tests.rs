//! Every kind of event through its stored form and back, and nothing personal in the clear.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{
    AccountId, ClaimId, ContactId, ImportId, RegistrationId, SubscriptionId, UserId,
    account::{self, connection, provider, token},
    contact,
    contact::{Grantor, Opening},
    import, product, registration, subscription,
    testing::{at, day, id},
    user,
    values::{
        AccessMode, Advance, Billing, ContactKind, DeletionPolicy, DripClock, Email, ErpField, ExportFormat,
        ExportedList, ImportPolicy, PaymentState, PeriodUnit, Permission, PortalRole, Profile, RegistrationPolicy,
    },
};
use chrono_tz::Tz;
use std::collections::BTreeSet;

const ACCOUNT: AccountId = AccountId(id(1));
const PRODUCT: ProductId = ProductId(id(2));
const SUBSCRIPTION: SubscriptionId = SubscriptionId(id(3));

/// A word that marks a personal value.
fn personal(what: &str) -> Option<String> {
    Some(format!("SECRET {what}"))
}

fn address() -> crate::address::Address {
    crate::address::Address {
        line1: personal("line1"),
        line2: personal("line2"),
        line3: personal("line3"),
        postal_code: personal("code"),
        city: personal("city"),
        country: Some("BE".to_owned()),
    }
}

fn added() -> contact::Added {
    contact::Added {
        account: ACCOUNT,
        kind: ContactKind::Person,
        profile: Profile::Contact,
        private: Private::Known(contact::AddedPrivate {
            first_name: personal("first"),
            last_name: personal("last"),
            company_name: personal("company"),
            email: Some(Email::parse("secret@exemple.fr").unwrap()),
            phone: personal("phone"),
            fax: personal("fax"),
            address: Some(address()),
            external_id: personal("external"),
        }),
    }
}

fn target() -> Private<connection::Target> {
    Private::Known(connection::Target { url: "SECRET url".to_owned() })
}

fn of_accounts_and_products() -> Vec<Event> {
    let modules = vec![
        Module { id: ModuleId(id(4)), name: "Introduction".to_owned(), opens_after_days: 0 },
        Module { id: ModuleId(id(5)), name: "Suite".to_owned(), opens_after_days: 3650 },
    ];
    let mail = product::OrderEmail { subject: "Bienvenue".to_owned(), body: "Bonjour {{firstName}}\n".to_owned() };
    let created = |order_email, modules| product::Created {
        account: ACCOUNT,
        name: "Cours".to_owned(),
        delivered: true,
        drip_clock: DripClock::EntitledDays,
        modules,
        order_email,
    };
    let (company_name, number) = ("Les Éditions".to_owned(), "C-1".to_owned());
    let (locale, time_zone) = ("fr".to_owned(), Tz::America__Argentina__Buenos_Aires);
    vec![
        account::Opened { account: ACCOUNT, number, company_name: company_name.clone(), locale, time_zone }.into(),
        account::Renamed { company_name }.into(),
        account::PoliciesSet {
            time_zone,
            grace_days: 365,
            deletion: DeletionPolicy::SupportOnly,
            registration: RegistrationPolicy::Manual,
        }
        .into(),
        account::PendingLetIn {}.into(),
        connection::CustomerServiceConnected { connection: id(7), private: target() }.into(),
        connection::CustomerServiceDisconnected { connection: id(7) }.into(),
        connection::WebhookConnected { connection: id(8), types: vec!["access".to_owned()], private: target() }.into(),
        connection::WebhookDisconnected { connection: id(8) }.into(),
        token::TokenMade {
            token: id(8),
            scopes: vec![token::Scope::Erp],
            expires_at: Some(at("2027-01-01T00:00:00Z")),
            private: Private::Known(token::TokenName { name: "SECRET name".to_owned() }),
        }
        .into(),
        token::TokenRevoked { token: id(8) }.into(),
        provider::ProviderSet {
            issuer: "https://id.phare.example".to_owned(),
            client_id: "sesame".to_owned(),
            domains: vec!["phare.example".to_owned()],
            first_sign_ins: true,
            second_factor: false,
            on: true,
            renewed: true,
        }
        .into(),
        provider::ProviderRemoved {}.into(),
        created(None, vec![]).into(),
        created(Some(mail.clone()), modules.clone()).into(),
        product::Renamed { name: "Cours du soir".to_owned() }.into(),
        product::ModulesSet { modules }.into(),
        product::OrderEmailSet { order_email: Some(mail) }.into(),
        product::OrderEmailSet { order_email: None }.into(),
        product::Archived {}.into(),
        product::Restored {}.into(),
    ]
}

fn of_contacts() -> Vec<Event> {
    let private = contact::AddressPrivate { address: Some(address()) };
    vec![
        added().into(),
        contact::Edited {
            private: Private::Known(contact::EditedPrivate {
                first_name: Some(personal("first")),
                last_name: Some(None),
                company_name: None,
                phone: Some(personal("phone")),
                fax: Some(None),
                external_id: None,
            }),
        }
        .into(),
        contact::EmailChanged {
            private: Private::Known(contact::EmailPrivate { email: Email::parse("secret@exemple.fr").ok() }),
        }
        .into(),
        contact::EmailChanged { private: Private::Known(contact::EmailPrivate { email: None }) }.into(),
        contact::KindConverted { kind: ContactKind::Group }.into(),
        contact::DeliveryAddressSet {
            from: Some(day("2026-03-01")),
            until: Some(day("2026-04-01")),
            private: Private::Known(private),
        }
        .into(),
        contact::DeliveryAddressSet {
            from: None,
            until: None,
            private: Private::Known(contact::AddressPrivate { address: None }),
        }
        .into(),
        contact::Deleted {}.into(),
        contact::Erased {}.into(),
        contact::SubscriptionAttached { subscription: SUBSCRIPTION, product: PRODUCT }.into(),
        contact::SubscriptionDetached { subscription: SUBSCRIPTION, product: PRODUCT }.into(),
    ]
}

fn of_accesses() -> Vec<Event> {
    let openings = [
        Opening::FromOrderDate,
        Opening::Full,
        Opening::Advanced(Advance { by: 2, unit: PeriodUnit::Months }),
        Opening::FromDate { date: day("2026-03-29"), zone: Tz::Pacific__Apia },
    ];
    let granted = |(n, opening): (usize, &Opening)| contact::AccessGranted {
        product: PRODUCT,
        mode: AccessMode::ALL[n % 3],
        opening: opening.clone(),
        ordered_on: (n % 2 == 0).then_some(day("2026-02-28")),
        by: Grantor::ALL[n % 2],
        send_order_email: n % 2 == 1,
    };
    let grants = openings.iter().enumerate().map(|each| granted(each).into());
    let sets = openings.iter().map(|o| contact::AccessOpeningSet { product: PRODUCT, opening: o.clone() }.into());
    let modes = AccessMode::ALL.iter().map(|mode| contact::AccessModeSet { product: PRODUCT, mode: *mode }.into());
    let dates = [None, Some(day("2026-02-28"))];
    let dates = dates.map(|ordered_on| contact::AccessOrderDateSet { product: PRODUCT, ordered_on }.into());
    grants.chain(sets).chain(modes).chain(dates).chain([contact::AccessRemoved { product: PRODUCT }.into()]).collect()
}

fn of_subscriptions() -> Vec<Event> {
    let started = |billing, ends_on| subscription::Started {
        account: ACCOUNT,
        product: PRODUCT,
        kind: "Annuel".to_owned(),
        billing,
        starts_on: day("2026-03-01"),
        ends_on,
    };
    let paid = |state: &PaymentState| subscription::PaymentRecorded {
        state: *state,
        occurred_at: at("2026-03-01T09:00:00.123456Z"),
        event_id: "evt_1".to_owned(),
    };
    let mut all: Vec<Event> = vec![
        started(Billing::Recurring, None).into(),
        started(Billing::OneOff, Some(day("2026-03-31"))).into(),
        subscription::Renewed { starts_on: Some(day("2026-05-01")), ends_on: None }.into(),
        subscription::Renewed { starts_on: None, ends_on: Some(day("2026-05-31")) }.into(),
        subscription::Paused {}.into(),
        subscription::Resumed {}.into(),
        subscription::Cancelled { ends_on: day("2026-03-31") }.into(),
    ];
    all.extend(PaymentState::ALL.iter().map(|state| Event::from(paid(state))));
    all
}

fn of_members() -> Vec<Event> {
    use contact::{deletion::*, membership::*, portal::*, verification::*};
    let why = || Private::Known(crate::acting::Why { reason: "secret reason".to_owned() });
    let (user, expires_at) = (UserId(id(9)), at("2026-03-15T09:00:00Z"));
    let reason = || Private::Known(Reason { reason: personal("reason") });
    vec![
        Invited { invitation: id(10), expires_at }.into(),
        Accepted { user }.into(),
        Declined { user }.into(),
        Revoked {}.into(),
        PermissionsSet { permissions: Permission::ALL.to_vec() }.into(),
        Deactivated {}.into(),
        Reactivated {}.into(),
        ProfileSet { profile: Profile::Client }.into(),
        ExpirySet { until: Some(day("2026-12-31")) }.into(),
        ExpirySet { until: None }.into(),
        UserLinked { user }.into(),
        UserUnlinked {}.into(),
        FactorReset {}.into(),
        contact::ContactActedFor { private: why() }.into(),
        account::AccountActedFor { private: why() }.into(),
        contact::DataExported { format: ExportFormat::Json }.into(),
        account::ListRead { what: ExportedList::Contacts, rows: 1_000 }.into(),
        account::ListExported { what: ExportedList::Subscribers, rows: 7, format: ExportFormat::Csv }.into(),
        Left {}.into(),
        Requested { link: id(11), expires_at }.into(),
        Verified {}.into(),
        Bounced {}.into(),
        DeletionRequested { private: reason() }.into(),
        DeletionApproved {}.into(),
        DeletionRejected { private: reason() }.into(),
        PortalOpened { role: PortalRole::Administrator, link: id(12), expires_at }.into(),
        PortalLinkSent { link: id(13), expires_at }.into(),
        PortalClosed {}.into(),
        user::UserRegistered {
            private: Private::Known(user::UserPrivate {
                email: Some(Email::parse("secret@exemple.fr").unwrap()),
                name: personal("name"),
            }),
        }
        .into(),
        user::UserEmailVerified {}.into(),
        user::UserPasswordSet {}.into(),
        user::UserTotpEnabled {}.into(),
        user::UserTotpDisabled {}.into(),
        user::UserRecoveryCodesMade {}.into(),
        user::UserSecondFactorReset {
            private: Private::Known(crate::acting::Why { reason: "SECRET reason".to_owned() }),
        }
        .into(),
        user::UserErased {}.into(),
    ]
}

fn of_claims_apps_and_erps() -> Vec<Event> {
    use contact::{app::*, claim::*, erp::*};
    let claim = ClaimId(id(13));
    let devices = || Private::Known(Devices { devices: vec!["SECRET device".to_owned()] });
    let text = || Private::Known(ClaimText { text: "SECRET text".to_owned() });
    vec![
        ClaimOpened { claim, subscription: SUBSCRIPTION, issue: Some("n° 412".to_owned()), private: text() }.into(),
        ClaimAnswered { claim, private: text() }.into(),
        ClaimClosed { claim }.into(),
        ClaimReopened { claim, private: text() }.into(),
        AppInvited { link: id(14), expires_at: at("2026-03-15T09:00:00Z") }.into(),
        RegistrationLinked {
            registration: Some(RegistrationId(id(15))),
            user: Some(UserId(id(9))),
            pending: true,
            private: devices(),
        }
        .into(),
        RegistrationLinked { registration: None, user: None, pending: false, private: devices() }.into(),
        DeviceRecorded { private: devices() }.into(),
        RegistrationValidated {}.into(),
        RegistrationRefused {}.into(),
        ErpLinked {
            source: "navision".to_owned(),
            private: Private::Known(ErpRecord { external_id: "SECRET C-12".to_owned() }),
        }
        .into(),
        ErpGone {}.into(),
        ErpReturned {}.into(),
        ErpEmailKept { private: Private::Known(ErpEmail { email: Some(Email::parse("secret@exemple.fr").unwrap()) }) }
            .into(),
        ErpMatchDeclined {
            source: "navision".to_owned(),
            private: Private::Known(ErpRecord { external_id: "SECRET C-13".to_owned() }),
        }
        .into(),
        account::erp::ErpConnected {
            source: "navision".to_owned(),
            owned: [ErpField::Email, ErpField::LastName].into(),
            every_minutes: Some(15),
        }
        .into(),
        account::erp::ErpOwnershipSet { owned: [ErpField::Address].into() }.into(),
        account::erp::ErpDisconnected {}.into(),
        registration::SignedUp {
            account: ACCOUNT,
            user: Some(UserId(id(9))),
            email_verified: true,
            private: Private::Known(registration::SignedUpPrivate {
                who: registration::SignedUpWho {
                    email: Some(Email::parse("secret@exemple.fr").unwrap()),
                    first_name: personal("first"),
                    last_name: personal("last"),
                    phone: personal("phone"),
                },
                device: personal("device"),
            }),
        }
        .into(),
        registration::DeviceAdded { private: devices() }.into(),
        registration::SignUpEmailVerified { user: Some(UserId(id(9))) }.into(),
        registration::SignUpEmailChanged {
            email_verified: false,
            private: Private::Known(registration::SignUpEmail { email: Email::parse("secret@exemple.fr").unwrap() }),
        }
        .into(),
        registration::Matched { contact: ContactId(id(16)) }.into(),
        registration::TurnedAway { for_another: None }.into(),
        registration::TurnedAway { for_another: Some(RegistrationId(id(15))) }.into(),
        registration::RegistrationErased {}.into(),
    ]
}

fn of_imports() -> Vec<Event> {
    use import::*;
    let counts = ImportCounts { created: 3, updated: 2, unchanged: 1, duplicates: 1, rejected: 4, blank: 5 };
    let done = ImportDone { counts, left_out: 2, through: 17 };
    let undone = ImportTakenBack { removed: 3, restored: 1, kept: 1, through: 2 };
    let import = ImportId(id(17));
    vec![
        ImportPlanned {
            account: ACCOUNT,
            label: Some("salon".to_owned()),
            file: "ab".repeat(32),
            policy: ImportPolicy::RejectFailedRows,
            counts,
        }
        .into(),
        ImportStarted {}.into(),
        ImportProgressed { done }.into(),
        ImportApplied { done }.into(),
        ImportCancelled { done }.into(),
        ImportUndoStarted {}.into(),
        ImportUndoProgressed { undone }.into(),
        ImportUndone { undone }.into(),
        contact::label::Labelled { import, label: "salon".to_owned() }.into(),
        contact::label::Unlabelled { import }.into(),
    ]
}

fn all() -> Vec<Event> {
    [
        of_accounts_and_products(),
        of_contacts(),
        of_accesses(),
        of_subscriptions(),
        of_members(),
        of_claims_apps_and_erps(),
        of_imports(),
    ]
    .concat()
}

#[test]
fn every_kind_of_event_is_here() {
    let here: BTreeSet<&str> = all().iter().map(Event::type_name).collect();
    let known: BTreeSet<&str> = Event::types().collect();
    assert_eq!(here, known);
    assert_eq!(known.len(), Event::types().count(), "no name twice");
}

#[test]
fn every_event_is_read_back_from_its_stored_form() {
    for event in all() {
        let (clear, private) = (event.clear().unwrap(), event.private().transpose().unwrap());
        assert!(serde_json::from_slice::<Value>(&clear).unwrap().is_object(), "{event:?}");
        // What is sealed is text, not a value in memory.
        let private = private.map(|value| serde_json::from_str(&value.to_string()).unwrap());
        assert_eq!(Event::read(event.type_name(), &clear, private).unwrap(), event);
    }
}

#[test]
fn no_personal_value_stands_in_the_clear_part_and_each_stands_in_the_sealed_one() {
    let words = |event: &Event| format!("{event:?}").to_lowercase().matches("secret").count();
    for event in all() {
        let clear = String::from_utf8(event.clear().unwrap()).unwrap().to_lowercase();
        assert!(!clear.contains("secret") && !clear.contains("private"), "{clear}");
        let sealed =
            event.private().transpose().unwrap().map_or(0, |v| v.to_string().to_lowercase().matches("secret").count());
        assert_eq!(sealed, words(&event), "{event:?}");
    }
}

#[test]
fn an_erased_event_is_read_without_its_values_and_stays_so() {
    for event in all().iter().filter(|e| e.private().is_some()) {
        let erased = Event::read(event.type_name(), &event.clear().unwrap(), None).unwrap();
        assert!(erased.private().is_none(), "{erased:?}");
        assert_eq!(erased.clear().unwrap(), event.clear().unwrap());
    }
}

#[test]
fn absent_and_cleared_are_two_things() {
    let edited = contact::EditedPrivate { last_name: Some(None), phone: Some(personal("phone")), ..Default::default() };
    let stored = serde_json::to_string(&edited).unwrap();
    assert_eq!(stored, r#"{"last_name":null,"phone":"SECRET phone"}"#);
    assert_eq!(serde_json::from_str::<contact::EditedPrivate>(&stored).unwrap(), edited);
}

#[test]
fn what_was_written_once_is_read_for_ever() {
    // The stored form of version 1, letter by letter: a change here is a new version.
    for (name, clear) in [
        (
            "access.granted.v1",
            r#"{"product":"01900000-0000-7000-8000-000000000002","mode":"AUTOMATIC","opening":{"kind":"ADVANCED","by":2,"unit":"MONTHS"},"by":"SUBSCRIPTION"}"#,
        ),
        (
            "access.opening_set.v1",
            r#"{"product":"01900000-0000-7000-8000-000000000002","opening":{"kind":"FROM_DATE","date":"2026-03-29","zone":"Pacific/Apia"}}"#,
        ),
        (
            "subscription.payment_recorded.v1",
            r#"{"state":"PAST_DUE","occurred_at":1772355600123456,"event_id":"evt_1"}"#,
        ),
        ("contact.erased.v1", "{}"),
    ] {
        let event = Event::read(name, clear.as_bytes(), None).unwrap();
        assert_eq!(String::from_utf8(event.clear().unwrap()).unwrap(), clear);
        assert_eq!(event.type_name(), name);
    }
}

#[test]
fn what_this_binary_does_not_know_is_said_so() {
    let unknown = Event::read("access.granted.v99", b"{}", None).unwrap_err();
    assert_eq!(unknown.to_string(), "unknown event type access.granted.v99");
    let shape = Event::read("access.removed.v1", b"{}", None).unwrap_err();
    assert!(matches!(shape, Unreadable::Shape("access.removed.v1", _)));
    let sealed = Event::read("contact.email_changed.v1", b"{}", Some(Value::Bool(true))).unwrap_err();
    assert!(matches!(sealed, Unreadable::Shape("contact.email_changed.v1", _)));
}
