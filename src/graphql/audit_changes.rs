//! What one event changed, field by field: the difference between its stream before and after it, and the sentence about it.
//!
//! Values are stable words, numbers and days, for programs; the sentence is for people. Of an erased person nothing personal is left in either.

use crate::i18n::{labels::choice, lang::Lang, sentences, typography};
use async_graphql::SimpleObject;
use domain::{
    Event, Folded, Private, ProductId, State,
    account::{
        AccountEvent, AccountState, connection::ConnectionKind, erp::AccountErpEvent, provider::ProviderEvent,
        token::TokenEvent,
    },
    contact::{
        ContactEvent, ContactState, Membership, Opening,
        app::{AppEvent, Device, Devices},
        claim::ClaimEvent,
        erp::ErpEvent,
        label::LabelEvent,
        membership::MembershipEvent,
        portal::PortalEvent,
    },
    import::{
        ImportApplied, ImportCancelled, ImportCounts, ImportEvent, ImportProgressed, ImportState, ImportUndoProgressed,
        ImportUndone,
    },
    product::ProductEvent,
    registration::{RegistrationEvent, RegistrationState},
    subscription::SubscriptionEvent,
    user::UserEvent,
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

impl FieldChange {
    /// For programs.
    pub fn as_json(&self) -> serde_json::Value {
        serde_json::json!({ "field": self.field, "before": self.before, "after": self.after })
    }

    /// A field that would change.
    pub fn planned(field: &'static str, before: Option<String>, after: Option<String>) -> FieldChange {
        FieldChange { field, before, after }
    }
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
    if matches!(event, Event::Contact(ContactEvent::Erased(_)) | Event::Registration(RegistrationEvent::Erased(_))) {
        changes.push(FieldChange { field: "erased", before: Some("false".into()), after: Some("true".into()) });
    }
    changes.sort_by_key(|change| change.field);
    changes
}

/// The values of a stream by the API's names. What is absent is not in it.
pub fn facts(state: &State) -> BTreeMap<&'static str, String> {
    fields(state, None)
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
        State::None | State::User(_) => {}
        State::Import(import) => of_import(import, &mut put),
        State::Registration(r) => of_registration(r, &mut put),
        State::Account(a) => {
            put("companyName", Some(a.company_name.clone()));
            put("locale", Some(a.locale.clone()));
            put("timeZone", Some(a.time_zone.name().to_owned()));
            put("graceDays", Some(a.policies.grace_days.to_string()));
            put("deletionPolicy", Some(a.policies.deletion.to_string()));
            put("registrationPolicy", Some(a.policies.registration.to_string()));
            of_account_erp(a, &mut put);
            of_connections(a, &mut put);
            of_provider(a, &mut put);
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
    of_membership(&c.membership, put);
    put("firstName", d.first_name.clone());
    put("lastName", d.last_name.clone());
    put("companyName", d.company_name.clone());
    put("email", d.email.as_ref().map(|e| e.as_str().to_owned()));
    put("emailVerified", Some(c.email_verified().to_string()));
    put("phone", d.phone.clone());
    put("fax", d.fax.clone());
    put("externalId", d.external_id.clone());
    let labels = c.labels.iter().map(|l| l.label.as_str()).collect::<Vec<_>>().join("\n");
    put("labels", Some(labels).filter(|text| !text.is_empty()));
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
    of_app(c, put);
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

fn of_import(import: &ImportState, put: &mut impl FnMut(&'static str, Option<String>)) {
    put("status", Some(import.status.to_string()));
    put("label", import.label.clone());
    put("policy", Some(import.policy.to_string()));
    put("created", Some(import.done.counts.created.to_string()));
    put("updated", Some(import.done.counts.updated.to_string()));
    put("leftOut", Some(import.done.left_out.to_string()));
    put("removed", import.undone.map(|undone| undone.removed.to_string()));
    put("restored", import.undone.map(|undone| undone.restored.to_string()));
    put("kept", import.undone.map(|undone| undone.kept.to_string()));
}

/// How many rows an event of an import speaks of.
fn rows_of(event: &ImportEvent) -> Option<u64> {
    let sum = |c: &ImportCounts| c.created + c.updated + c.unchanged + c.duplicates + c.rejected + c.blank;
    match event {
        ImportEvent::Planned(e) => Some(sum(&e.counts)),
        ImportEvent::Progressed(ImportProgressed { done })
        | ImportEvent::Applied(ImportApplied { done })
        | ImportEvent::Cancelled(ImportCancelled { done }) => Some(done.counts.created + done.counts.updated),
        ImportEvent::UndoProgressed(ImportUndoProgressed { undone }) | ImportEvent::Undone(ImportUndone { undone }) => {
            Some(undone.removed + undone.restored + undone.kept)
        }
        ImportEvent::Started(_) | ImportEvent::UndoStarted(_) => None,
    }
}

/// Where a contact stands in the app.
fn of_app(c: &ContactState, put: &mut impl FnMut(&'static str, Option<String>)) {
    let models = |devices: &[Device]| devices.iter().map(|d| d.model.as_str()).collect::<Vec<_>>().join("\n");
    put("registration", c.registration.as_ref().map(|r| r.status.to_string()));
    put("devices", c.registration.as_ref().map(|r| models(&r.devices)).filter(|text| !text.is_empty()));
}

fn of_registration(r: &RegistrationState, put: &mut impl FnMut(&'static str, Option<String>)) {
    put("email", r.who.email.as_ref().map(|e| e.as_str().to_owned()));
    put("emailVerified", Some(r.email_verified.to_string()));
    put("firstName", r.who.first_name.clone());
    put("lastName", r.who.last_name.clone());
    put("phone", r.who.phone.clone());
    let models = r.devices.iter().map(|d| d.model.as_str()).collect::<Vec<_>>().join("\n");
    put("devices", Some(models).filter(|text| !text.is_empty()));
    put("matched", Some(r.matched.is_some().to_string()));
}

/// The device that an event of the app is about; of several the first. None once erased.
fn device_of(event: &Event) -> Option<String> {
    let first = |devices: &Private<Devices>| devices.known().and_then(|p| p.devices.first().cloned());
    match event {
        Event::Contact(ContactEvent::App(AppEvent::Linked(e))) => first(&e.private),
        Event::Contact(ContactEvent::App(AppEvent::DeviceRecorded(e))) => first(&e.private),
        Event::Registration(RegistrationEvent::SignedUp(e)) => e.private.known().and_then(|p| p.device.clone()),
        Event::Registration(RegistrationEvent::DeviceAdded(e)) => first(&e.private),
        _ => None,
    }
}

/// How a contact belongs: what its rights are, and until when.
fn of_membership(m: &Membership, put: &mut impl FnMut(&'static str, Option<String>)) {
    put("status", Some(m.standing().to_string()));
    let permissions: Vec<&str> = m.permissions.iter().map(|permission| permission.as_str()).collect();
    put("permissions", Some(permissions.join(", ")).filter(|text| !text.is_empty()));
    put("until", m.until.map(|day| day.to_string()));
    put("userId", m.user.map(|user| user.to_string()));
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

/// Where an account is connected to: hosts only, for the rest of an address may hold a secret.
fn of_connections(a: &AccountState, put: &mut impl FnMut(&'static str, Option<String>)) {
    let hosts = |kind: ConnectionKind| {
        let hosts: Vec<_> = a.connections.iter().filter(|c| c.kind == kind).map(|c| host(c.url.as_deref())).collect();
        Some(hosts.join("\n")).filter(|text| !text.is_empty())
    };
    put("customerService", hosts(ConnectionKind::CustomerService));
    put("webhooks", hosts(ConnectionKind::Webhook));
}

/// Who says who people are, and on which terms.
fn of_provider(a: &AccountState, put: &mut impl FnMut(&'static str, Option<String>)) {
    let Some(terms) = a.provider.as_ref().map(|provider| &provider.terms) else { return };
    put("issuer", Some(terms.issuer.clone()));
    put("clientId", Some(terms.client_id.clone()));
    put("domains", Some(terms.domains.join("\n")));
    put("firstSignIns", Some(terms.first_sign_ins.to_string()));
    put("asksSecondFactor", Some(terms.second_factor.to_string()));
    put("on", Some(terms.on.to_string()));
}

/// The host of an address.
fn host(url: Option<&str>) -> String {
    let after = url.and_then(|url| url.split_once("://")).map_or("", |(_, rest)| rest);
    after.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

/// The host that came or went.
fn connected(changes: &[FieldChange]) -> Option<String> {
    let change = changes.iter().find(|c| c.field == "customerService" || c.field == "webhooks")?;
    let lines = |text: &Option<String>| text.clone().unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (lines(&change.before), lines(&change.after));
    let (more, less) = if after.len() >= before.len() { (after, before) } else { (before, after) };
    more.iter().rev().find(|host| !less.contains(host)).or(more.last()).cloned()
}

/// The sentence about an event; `product` is the name of the product it is about.
pub fn sentence(event: &Event, product: Option<&str>, changes: &[FieldChange], lang: Lang) -> String {
    let mut values: Vec<(&'static str, String)> =
        product.map(|name| ("product", name.to_owned())).into_iter().collect();
    let word = |of, value: &str| choice(of, value, lang).unwrap_or(value).to_owned();
    let mut put = |name, value: Option<String>| values.extend(value.map(|value| (name, value)));
    let day = |day: chrono::NaiveDate| day.to_string();
    put("value", device_of(event));
    match event {
        Event::Account(AccountEvent::Renamed(e)) => put("value", Some(e.company_name.clone())),
        Event::Account(AccountEvent::Erp(AccountErpEvent::Connected(e))) => put("value", Some(e.source.clone())),
        Event::Account(AccountEvent::ActedFor(e)) => put("value", e.private.known().map(|why| why.reason.clone())),
        Event::Account(AccountEvent::Connection(_)) => put("value", connected(changes)),
        Event::Account(AccountEvent::Token(TokenEvent::Made(e))) => {
            let scopes = e.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
            put("value", e.private.known().map(|made| format!("{} ({scopes})", made.name)));
        }
        Event::Account(AccountEvent::Provider(ProviderEvent::Set(e))) => put("value", Some(e.issuer.clone())),
        Event::Account(AccountEvent::ListExported(e)) => {
            put("value", Some(word("ExportedList", e.what.as_str())));
            put("count", Some(e.rows.to_string()));
            put("mode", Some(e.format.to_string()));
        }
        Event::Account(AccountEvent::ListRead(e)) => {
            put("value", Some(word("ExportedList", e.what.as_str())));
            put("count", Some(e.rows.to_string()));
        }
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
            ContactEvent::Label(LabelEvent::Put(e)) => put("value", Some(e.label.clone())),
            ContactEvent::Membership(MembershipEvent::PermissionsSet(e)) => {
                let words: Vec<_> =
                    e.permissions.iter().map(|p| word("Permission", p.as_str()).to_lowercase()).collect();
                put("value", Some(words.join(", ")).filter(|text| !text.is_empty()));
            }
            ContactEvent::Membership(MembershipEvent::ProfileSet(e)) => {
                put("value", Some(word("Profile", e.profile.as_str())));
            }
            ContactEvent::Membership(MembershipEvent::ExpirySet(e)) => put("date", e.until.map(day)),
            ContactEvent::Portal(PortalEvent::Opened(e)) => {
                put("value", Some(word("PortalAccount", e.role.as_str()).to_lowercase()));
            }
            ContactEvent::Claim(ClaimEvent::Opened(e)) => put("value", e.issue.clone()),
            ContactEvent::DataExported(e) => put("mode", Some(e.format.to_string())),
            ContactEvent::ActedFor(e) => put("value", e.private.known().map(|why| why.reason.clone())),
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
        Event::Import(e) => put("count", rows_of(e).map(|rows| rows.to_string())),
        Event::User(UserEvent::SecondFactorReset(e)) => put("value", e.private.known().map(|why| why.reason.clone())),
        Event::User(_) | Event::Registration(_) => {}
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
            let of = if a.by == 1 { "OnePeriod" } else { "PeriodUnit" };
            let unit = choice(of, a.unit.as_str(), lang).unwrap_or_default().to_lowercase();
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
