//! What one event changed, field by field: the difference between its stream before and after it, and the sentence about it.
//!
//! Values are stable words, numbers and days, for programs; the sentence is for people. Of an erased person nothing personal is left in either.

use crate::i18n::{labels::choice, lang::Lang, sentences, typography};
use async_graphql::SimpleObject;
use domain::{
    Event, Folded, ProductId, State,
    account::{AccountEvent, AccountState, erp::AccountErpEvent},
    contact::{ContactEvent, ContactState, Opening, claim::ClaimEvent, erp::ErpEvent, portal::PortalEvent},
    product::ProductEvent,
    subscription::SubscriptionEvent,
};
use std::collections::BTreeMap;

/// A field that an event changed.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The API's name of the field.
    field: &'static str,
    before: Option<String>,
    after: Option<String>,
}

/// The fields that differ, by name.
pub fn between(event: &Event, before: &Folded, after: &Folded) -> Vec<FieldChange> {
    let product = if let Event::Contact(e) = event { e.product() } else { None };
    let (mut was, is) = (fields(&before.state, product), fields(&after.state, product));
    let mut changes: Vec<FieldChange> = is
        .into_iter()
        .filter_map(|(field, after)| {
            let before = was.remove(field);
            (before.as_ref() != Some(&after)).then_some(FieldChange { field, before, after: Some(after) })
        })
        .collect();
    changes.extend(was.into_iter().map(|(field, before)| FieldChange { field, before: Some(before), after: None }));
    // An erased person is erased at every date, so the folds are alike; the event itself says what it did.
    if matches!(event, Event::Contact(ContactEvent::Erased(_))) {
        changes.push(FieldChange { field: "erased", before: Some("false".into()), after: Some("true".into()) });
    }
    changes.sort_by_key(|change| change.field);
    changes
}

/// The values of a stream by the API's names; of a contact's accesses only the one to `product`. What is absent is not in it.
fn fields(state: &State, product: Option<ProductId>) -> BTreeMap<&'static str, String> {
    let mut all = BTreeMap::new();
    let mut put = |field, value: Option<String>| {
        if let Some(value) = value {
            all.insert(field, value);
        }
    };
    match state {
        State::None | State::User(_) | State::Registration(_) | State::Import(_) => {}
        State::Account(a) => {
            put("companyName", Some(a.company_name.clone()));
            put("locale", Some(a.locale.clone()));
            put("timeZone", Some(a.time_zone.name().to_owned()));
            put("graceDays", Some(a.policies.grace_days.to_string()));
            put("deletionPolicy", Some(a.policies.deletion.to_string()));
            put("registrationPolicy", Some(a.policies.registration.to_string()));
            of_account_erp(a, &mut put);
        }
        State::Contact(c) => match product {
            Some(product) => of_access(c, product, &mut put),
            None => of_contact(c, &mut put),
        },
        State::Product(p) => {
            put("name", Some(p.name.clone()));
            put("delivered", Some(p.delivered.to_string()));
            put("dripClock", Some(p.drip_clock.to_string()));
            let modules: Vec<_> = p.modules().iter().map(|m| format!("{} (+{})", m.name, m.opens_after_days)).collect();
            put("modules", Some(modules.join("\n")).filter(|text| !text.is_empty()));
            put("orderEmail", p.order_email.as_ref().map(|mail| format!("{}\n\n{}", mail.subject, mail.body)));
            put("archived", Some(p.archived.is_some().to_string()));
        }
        State::Subscription(s) => {
            put("type", Some(s.kind.clone()));
            put("billing", Some(s.billing.to_string()));
            put("startsOn", Some(s.starts_on().to_string()));
            put("endsOn", s.ends_on().map(|day| day.to_string()));
            put("paused", Some(s.is_paused().to_string()));
            put("cancelled", Some(s.cancelled.is_some().to_string()));
            put("payment", s.payment().map(|p| p.state.to_string()));
        }
    }
    all
}

fn of_contact(c: &ContactState, put: &mut impl FnMut(&'static str, Option<String>)) {
    let d = &c.details;
    put("kind", Some(c.kind.to_string()));
    put("profile", Some(c.membership.profile.to_string()));
    put("status", Some(c.membership.status.to_string()));
    put("firstName", d.first_name.clone());
    put("lastName", d.last_name.clone());
    put("companyName", d.company_name.clone());
    put("email", d.email.as_ref().map(|e| e.as_str().to_owned()));
    put("emailVerified", Some(c.email_verified().to_string()));
    put("phone", d.phone.clone());
    put("fax", d.fax.clone());
    put("externalId", d.external_id.clone());
    let addresses: Vec<String> = c
        .addresses
        .iter()
        .map(|dated| {
            let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            let days = match (dated.from, dated.until) {
                (None, None) => String::new(),
                (from, until) => format!("[{} – {}[ ", day(from), day(until)),
            };
            format!("{days}{}", dated.address.render())
        })
        .collect();
    put("address", Some(addresses.join("\n\n")).filter(|text| !text.is_empty()));
    put("deleted", Some(c.deleted.is_some().to_string()));
    of_contact_erp(c, put);
    of_subscriber(c, put);
}

/// The connection to an ERP, as far as it is there.
fn of_account_erp(a: &AccountState, put: &mut impl FnMut(&'static str, Option<String>)) {
    let erp = a.erp();
    put("erpSource", erp.map(|erp| erp.source.clone()));
    put("erpOwnedFields", erp.map(|erp| erp.owned.iter().map(|f| f.as_str()).collect::<Vec<_>>().join(" ")));
    put("erpEveryMinutes", erp.and_then(|erp| erp.every_minutes).map(|minutes| minutes.to_string()));
}

/// The record in an ERP.
fn of_contact_erp(c: &ContactState, put: &mut impl FnMut(&'static str, Option<String>)) {
    let link = c.erp.as_ref();
    put("erpSource", link.map(|link| link.source.clone()));
    put("erpExternalId", link.and_then(|link| link.external_id.clone()));
    put("erpGone", link.map(|link| link.gone.is_some().to_string()));
    put("erpRefusedEmail", link.and_then(|link| link.refused_email.as_ref()).map(|email| email.as_str().to_owned()));
}

/// What stands on the sheet beside the coordinates: verification, login, requests, complaints.
fn of_subscriber(c: &ContactState, put: &mut impl FnMut(&'static str, Option<String>)) {
    put("emailStatus", c.details.email.as_ref().map(|_| c.verification.status().to_string()));
    put("portalAccount", c.portal.as_ref().map(|open| open.role.to_string()));
    put("deletionRequest", c.deletion.as_ref().map(|request| request.status().to_string()));
    let claim = |claim: &domain::contact::claim::Claim| match &claim.issue {
        Some(issue) => format!("{issue}: {}", claim.status),
        None => claim.status.to_string(),
    };
    put("claims", Some(c.claims.iter().map(claim).collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty()));
}

fn of_access(c: &ContactState, product: ProductId, put: &mut impl FnMut(&'static str, Option<String>)) {
    let attached: Vec<_> = c.attached().filter(|a| a.product == product).map(|a| a.subscription.to_string()).collect();
    put("subscriptions", Some(attached.join(" ")).filter(|text| !text.is_empty()));
    let access = c.access(product);
    put("granted", Some(access.is_some().to_string()));
    if let Some(access) = access {
        put("mode", Some(access.mode().to_string()));
        put(
            "opening",
            Some(match access.opening() {
                Opening::FromOrderDate => "FROM_ORDER_DATE".to_owned(),
                Opening::Full => "FULL".to_owned(),
                Opening::Advanced(a) => format!("ADVANCED {} {}", a.by, a.unit),
                Opening::FromDate { date, zone } => format!("FROM_DATE {date} {zone}"),
            }),
        );
        put("orderedOn", access.ordered_on.map(|day| day.to_string()));
        put("origin", Some(access.by.to_string()));
    }
}

/// The sentence about an event; `product` is the name of the product it is about.
pub fn sentence(event: &Event, product: Option<&str>, changes: &[FieldChange], lang: Lang) -> String {
    let mut values: Vec<(&'static str, String)> =
        product.map(|name| ("product", name.to_owned())).into_iter().collect();
    let word = |of, value: &str| choice(of, value, lang).unwrap_or(value).to_owned();
    let mut put = |name, value: Option<String>| values.extend(value.map(|value| (name, value)));
    let day = |day: chrono::NaiveDate| day.to_string();
    match event {
        Event::Account(AccountEvent::Renamed(e)) => put("value", Some(e.company_name.clone())),
        Event::Account(AccountEvent::Erp(AccountErpEvent::Connected(e))) => put("value", Some(e.source.clone())),
        Event::Account(_) => {}
        Event::Contact(e) => match e {
            ContactEvent::Added(e) => put("kind_of", Some(word("ContactKind", e.kind.as_str()).to_lowercase())),
            ContactEvent::KindConverted(e) => put("kind_of", Some(word("ContactKind", e.kind.as_str()))),
            ContactEvent::Edited(_) => {
                put("missing", Some(changes.iter().map(|c| c.field).collect::<Vec<_>>().join(",")));
            }
            ContactEvent::DeliveryAddressSet(e) => {
                put("min", e.from.map(day));
                put("max", e.until.and_then(|until| until.pred_opt()).map(day));
            }
            ContactEvent::AccessGranted(e) => {
                put("mode", Some(word("AccessMode", e.mode.as_str())));
                put("opening", Some(opening(&e.opening, lang)));
                put("grantor", Some(word("Grantor", e.by.as_str()).to_lowercase()));
            }
            ContactEvent::AccessModeSet(e) => put("mode", Some(word("AccessMode", e.mode.as_str()))),
            ContactEvent::AccessOpeningSet(e) => put("opening", Some(opening(&e.opening, lang))),
            ContactEvent::AccessOrderDateSet(e) => put("date", e.ordered_on.map(day)),
            ContactEvent::Erp(ErpEvent::Linked(e)) => put("value", Some(e.source.clone())),
            ContactEvent::Portal(PortalEvent::Opened(e)) => {
                put("value", Some(word("PortalAccount", e.role.as_str()).to_lowercase()));
            }
            ContactEvent::Claim(ClaimEvent::Opened(e)) => put("value", e.issue.clone()),
            _ => {}
        },
        Event::Product(e) => match e {
            ProductEvent::Created(e) => put("value", Some(e.name.clone())),
            ProductEvent::Renamed(e) => put("value", Some(e.name.clone())),
            ProductEvent::ModulesSet(e) => put("count", Some(e.modules.len().to_string())),
            _ => {}
        },
        Event::Subscription(e) => match e {
            SubscriptionEvent::Started(e) => {
                put("value", Some(e.kind.clone()));
                put("min", Some(day(e.starts_on)));
                put("max", e.ends_on.map(day));
            }
            SubscriptionEvent::Renewed(e) => {
                put("min", e.starts_on.map(day));
                put("max", e.ends_on.map(day));
            }
            SubscriptionEvent::Cancelled(e) => put("max", Some(day(e.ends_on))),
            SubscriptionEvent::PaymentRecorded(e) => {
                put("payment", Some(word("PaymentState", e.state.as_str()).to_lowercase()));
                put("date", Some(day(e.occurred_at.date_naive())));
            }
            _ => {}
        },
        Event::User(_) | Event::Registration(_) | Event::Import(_) => {}
    }
    sentences::sentence(event.type_name(), lang, &values)
}

/// An opening as a part of a sentence.
fn opening(opening: &Opening, lang: Lang) -> String {
    let word = |value| choice("OpeningKind", value, lang).unwrap_or(value).to_lowercase();
    match opening {
        Opening::FromOrderDate => word("FROM_ORDER_DATE"),
        Opening::Full => word("FULL"),
        Opening::Advanced(a) => {
            let unit = choice("PeriodUnit", a.unit.as_str(), lang).unwrap_or_default().to_lowercase();
            match lang {
                Lang::Fr => format!("accès avancé de {} {unit}", a.by),
                Lang::En => format!("advanced by {} {unit}", a.by),
            }
        }
        Opening::FromDate { date, .. } => {
            let date = typography::date(&date.to_string(), lang).unwrap_or_default();
            match lang {
                Lang::Fr => format!("à partir du {date}"),
                Lang::En => format!("from {date}"),
            }
        }
    }
}
