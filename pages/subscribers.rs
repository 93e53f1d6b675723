//! « Mes abonnés »: where deliveries go. The list and its export, the sheet of a subscriber, and its forms (rows U1 to U9, U12 to U15, B16).

use crate::{
    Cx,
    parts::{Edge, Form, Listed},
};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// The question behind [`Subscribers`].
pub const SUBSCRIBERS: &str = include_str!("questions/subscribers.graphql");
/// The question behind [`Subscriber`] and its forms.
pub const SUBSCRIBER: &str = include_str!("questions/subscriber.graphql");
/// What the forms know of their fields.
pub const FIELDS: &str = include_str!("questions/subscriber_fields.graphql");
/// Recording a subscriber.
pub const ADD: &str = include_str!("questions/subscriber_add.graphql");
/// Changing one.
pub const EDIT: &str = include_str!("questions/subscriber_edit.graphql");
/// Delivering elsewhere from a day on.
pub const SET_ADDRESS: &str = include_str!("questions/subscriber_address.graphql");
/// Sending the link of a login again.
pub const SEND_LINK: &str = include_str!("questions/subscriber_link.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 6] = [
    "subscriber-added",
    "subscriber-edited",
    "subscriber-login-opened",
    "subscriber-login-closed",
    "subscriber-address-set",
    "subscriber-link-sent",
];

/// The answer to [`SUBSCRIBERS`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub subscribers: Listed<Row>,
}

/// A subscriber of the list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Row {
    pub id: String,
    pub external_id: Option<String>,
    pub display_name: String,
    pub company_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub address: Option<Place>,
    pub portal_account: String,
}

impl Row {
    /// The company, where the subscriber is not called by it.
    pub fn company(&self) -> Option<&str> {
        self.company_name.as_deref().filter(|company| *company != self.display_name)
    }
}

/// An address as it is shown.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Place {
    pub text: String,
    pub missing: Vec<String>,
}

/// The list.
#[derive(Template, Debug)]
#[template(path = "subscribers.html", blocks = ["rows"])]
pub struct Subscribers {
    /// What every page shows.
    pub cx: Cx,
    /// What is searched.
    pub search: String,
    /// The subscribers.
    pub list: Listed<Row>,
}

impl Subscribers {
    /// The list's address, without its page.
    fn here(&self) -> String {
        format!("{}{}", self.cx.at("subscribers"), crate::query(&[("q", &self.search)]))
    }
}

/// The answer to [`SUBSCRIBER`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct SubscriberAnswer {
    pub contact: Option<Contact>,
}

/// Somebody whom things are delivered to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Contact {
    pub id: String,
    pub version: i64,
    pub display_name: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub external_id: Option<String>,
    pub created_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub erased: bool,
    pub address: Option<Address>,
    pub delivery_addresses: Vec<Dated>,
    pub erp: Option<Erp>,
    pub portal_account: String,
    pub portal_login: Option<Login>,
    #[serde(default)]
    pub subscriptions: Option<Vec<Subscription>>,
    #[serde(default)]
    pub claims: Option<Vec<Claim>>,
    #[serde(default)]
    pub deliveries: Option<Deliveries>,
}

impl Contact {
    /// Whether something can still be done with it: it was neither deleted nor erased.
    pub fn is_there(&self) -> bool {
        self.deleted_at.is_none() && !self.erased
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Address {
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub line3: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    pub text: String,
    pub missing: Vec<String>,
}

/// An address with its days.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Dated {
    pub from: Option<NaiveDate>,
    pub until: Option<NaiveDate>,
    pub address: Place,
}

impl Dated {
    /// When it counts, seen from a day: `PAST`, `NOW` or `LATER`.
    pub fn when(&self, today: &NaiveDate) -> &'static str {
        match (self.from, self.until) {
            (_, Some(until)) if until < *today => "PAST",
            (Some(from), _) if from > *today => "LATER",
            _ => "NOW",
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Erp {
    pub source: Option<String>,
    pub owned_fields: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Login {
    pub link_expires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Subscription {
    pub id: String,
    #[serde(rename = "type")]
    pub type_name: String,
    pub state: String,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub product: Named,
}

/// Something with a name.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Named {
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Claim {
    pub id: String,
    pub status: String,
    pub issue: Option<String>,
    pub text: Option<String>,
    pub changed_at: Option<DateTime<Utc>>,
    pub subscription: OfProduct,
}

/// What a complaint is about.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct OfProduct {
    pub product: Named,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Deliveries {
    pub edges: Vec<Edge<Delivery>>,
}

/// Something that left, or is about to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Delivery {
    pub channel: String,
    pub template: String,
    pub status: String,
    pub created_at: DateTime<Utc>,
    pub done_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
}

impl Delivery {
    /// When it came to where it stands.
    pub fn at(&self) -> DateTime<Utc> {
        self.done_at.unwrap_or(self.created_at)
    }
}

impl Contact {
    /// What was handed on to the customer service, the newest first.
    pub fn transfers(&self) -> Vec<&Delivery> {
        let all = self.deliveries.iter().flat_map(|deliveries| &deliveries.edges).map(|edge| &edge.node);
        all.filter(|delivery| delivery.channel == "CUSTOMER_SERVICE").take(5).collect()
    }

    /// Whether a field is changed in the ERP and not here.
    pub fn is_owned(&self, field: &str) -> bool {
        self.erp.as_ref().is_some_and(|erp| erp.owned_fields.iter().any(|owned| owned == field))
    }

    /// What the ERP is called.
    pub fn source(&self) -> &str {
        self.erp.as_ref().and_then(|erp| erp.source.as_deref()).unwrap_or("ERP")
    }

    /// What stands in a field of the form.
    pub fn stands(&self, name: &str) -> &str {
        let address = self.address.as_ref();
        let text = match name {
            "companyName" => self.company_name.as_deref(),
            "lastName" => self.last_name.as_deref(),
            "firstName" => self.first_name.as_deref(),
            "email" => self.email.as_deref(),
            "phone" => self.phone.as_deref(),
            "fax" => self.fax.as_deref(),
            "externalId" => self.external_id.as_deref(),
            "portalAccount" => Some(self.portal_account.as_str()),
            "line1" => address.and_then(|a| a.line1.as_deref()),
            "line2" => address.and_then(|a| a.line2.as_deref()),
            "line3" => address.and_then(|a| a.line3.as_deref()),
            "postalCode" => address.and_then(|a| a.postal_code.as_deref()),
            "city" => address.and_then(|a| a.city.as_deref()),
            "country" => address.map(|a| a.country.as_deref().unwrap_or("FR")),
            _ => None,
        };
        text.unwrap_or_default()
    }
}

/// The sheet.
#[derive(Template, Debug)]
#[template(path = "subscriber.html")]
pub struct Subscriber {
    /// What every page shows.
    pub cx: Cx,
    /// Whose.
    pub contact: Contact,
    /// Today, in the account's zone.
    pub today: NaiveDate,
}

impl Subscriber {
    /// The address of a form of this sheet.
    fn at(&self, what: &str) -> String {
        self.cx.at(&format!("subscribers/{}{}{what}", self.contact.id, if what.is_empty() { "" } else { "/" }))
    }
}

/// The answer to [`FIELDS`].
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Fields {
    pub contact: Vec<Field>,
    pub delivery: Vec<Field>,
}

/// What a form knows of a field.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Field {
    pub path: String,
    pub label: String,
    pub required: bool,
    pub one_of: Option<String>,
    pub max_length: Option<i64>,
    pub example: Option<String>,
}

impl Fields {
    fn find(&self, name: &str) -> Option<&Field> {
        let is = |field: &&Field| field.path.strip_prefix("address.").unwrap_or(&field.path) == name;
        // What a delivery needs is known of its own form.
        self.delivery.iter().find(is).or_else(|| self.contact.iter().find(is))
    }

    /// Its name.
    pub fn label(&self, name: &str) -> &str {
        self.find(name).map(|field| field.label.as_str()).unwrap_or_default()
    }

    /// Whether it bears an asterisk.
    pub fn starred(&self, name: &str) -> bool {
        self.find(name).is_some_and(|field| field.required || field.one_of.is_some() && name != "firstName")
    }

    /// What one looks like.
    pub fn example(&self, name: &str) -> &str {
        self.find(name).and_then(|field| field.example.as_deref()).unwrap_or_default()
    }
}

/// « Créer un abonné », « Modifier les informations ».
#[derive(Template, Debug)]
#[template(path = "subscriber_form.html")]
pub struct SubscriberForm {
    /// What every page shows.
    pub cx: Cx,
    /// Whose; none of a new one.
    pub contact: Option<Contact>,
    /// What was filled in.
    pub form: Form,
    /// What is known of the fields.
    pub fields: Fields,
}

/// The names of what is filled in, besides the address.
pub const OF_CONTACT: [&str; 7] = ["companyName", "lastName", "firstName", "email", "phone", "fax", "externalId"];
/// The names of what an address is made of.
pub const OF_ADDRESS: [&str; 6] = ["line1", "line2", "line3", "postalCode", "city", "country"];

impl SubscriberForm {
    /// The form as the subscriber is.
    pub fn filled(contact: &Contact) -> Form {
        let names = OF_CONTACT.into_iter().chain(OF_ADDRESS).chain(["portalAccount"]);
        let mut form = Form::of([("version", contact.version.to_string())]);
        form.values.extend(names.map(|name| (name.to_owned(), contact.stands(name).to_owned())));
        form
    }

    fn action(&self) -> String {
        match &self.contact {
            Some(contact) => self.cx.at(&format!("subscribers/{}/edit", contact.id)),
            None => self.cx.at("subscribers/add"),
        }
    }

    fn back(&self) -> String {
        match &self.contact {
            Some(contact) => self.cx.at(&format!("subscribers/{}", contact.id)),
            None => self.cx.at("subscribers"),
        }
    }

    /// Whether whoever fills it in may open logins.
    fn opens_logins(&self) -> bool {
        self.cx.may(if self.contact.is_some() { "EditContactWithLogin" } else { "AddContactWithLogin" })
    }

    /// What stands in a field by now, where somebody else changed it meanwhile.
    fn changed(&self, name: &str) -> Option<&str> {
        let conflict = self.form.wrong.iter().any(|wrong| wrong.code == "VERSION_CONFLICT");
        let stands = self.contact.as_ref().filter(|_| conflict)?.stands(name);
        Some(stands).filter(|stands| *stands != self.form.value(name))
    }

    fn is_owned(&self, field: &str) -> bool {
        self.contact.as_ref().is_some_and(|contact| contact.is_owned(field))
    }

    fn source(&self) -> &str {
        self.contact.as_ref().map(Contact::source).unwrap_or_default()
    }
}

/// Delivering elsewhere, from a day on, for good or for a time.
#[derive(Template, Debug)]
#[template(path = "subscriber_address.html")]
pub struct AddressForm {
    /// What every page shows.
    pub cx: Cx,
    /// Whose.
    pub contact: Contact,
    /// What was filled in.
    pub form: Form,
    /// What is known of the fields.
    pub fields: Fields,
}

impl AddressForm {
    fn action(&self) -> String {
        self.cx.at(&format!("subscribers/{}/address", self.contact.id))
    }

    /// Nothing of a day to come can have changed meanwhile.
    fn changed(&self, _name: &str) -> Option<&str> {
        None
    }
}

/// « Exporter (Excel) »: what is handed out, before it is.
#[derive(Template, Debug)]
#[template(path = "subscriber_export.html", blocks = ["dialog"])]
pub struct Export {
    /// What every page shows.
    pub cx: Cx,
    /// How many.
    pub list: Listed<Row>,
    /// What is told where they have to show first who they are.
    pub again: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b16_an_address_is_past_in_force_or_to_come() {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let of = |from: &str, until: &str| Dated {
            from: day(from),
            until: day(until),
            address: Place { text: String::new(), missing: Vec::new() },
        };
        let today = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap_or_default();
        let when = |from, until| of(from, until).when(&today);
        assert_eq!((when("", ""), when("", "2026-03-31"), when("2026-03-31", "")), ("NOW", "NOW", "NOW"));
        assert_eq!((when("", "2026-03-30"), when("2026-04-01", "2026-04-30")), ("PAST", "LATER"));
    }
}
