//! A contact's own values: adding one, changing them, taking one out of the lists.

use crate::{
    Cx,
    parts::{Form, Wrong},
};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The question behind the forms of a contact that is there.
pub const PERSON: &str = include_str!("questions/person.graphql");
/// Adding one.
pub const ADD: &str = include_str!("questions/add_contact.graphql");
/// Changing one.
pub const EDIT: &str = include_str!("questions/edit_contact.graphql");
/// What deleting one comes to.
pub const IMPACT: &str = include_str!("questions/delete_impact.graphql");
/// Deleting one.
pub const DELETE: &str = include_str!("questions/delete_contact.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 3] = ["added", "changed", "deleted"];

/// The fields of the forms: their names in the input, and their words.
pub const FIELDS: [(&str, &str); 14] = [
    ("kind", "filter-kind"),
    ("lastName", "last-name"),
    ("firstName", "first-name"),
    ("companyName", "company"),
    ("email", "email"),
    ("phone", "phone"),
    ("fax", "fax"),
    ("externalId", "external-id"),
    ("line1", "line1"),
    ("line2", "line2"),
    ("line3", "line3"),
    ("postalCode", "postal-code"),
    ("city", "city"),
    ("country", "country"),
];

/// Those of them that are parts of the address.
pub const ADDRESS: [&str; 6] = ["line1", "line2", "line3", "postalCode", "city", "country"];

/// The answer to [`PERSON`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub contact: Option<Contact>,
}

/// The contact, with what can be changed of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Contact {
    pub id: String,
    pub version: i64,
    pub display_name: String,
    pub kind: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub company_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub external_id: Option<String>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub erased: bool,
    pub address: Option<Address>,
    pub erp: Option<Erp>,
}

/// Where deliveries go.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Address {
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub line3: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
}

/// Its record in an ERP.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Erp {
    pub source: Option<String>,
}

impl Contact {
    /// The form as it stands.
    pub fn filled(&self) -> Form {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let address = self.address.clone().unwrap_or_default();
        Form::of([
            ("kind", self.kind.clone()),
            ("lastName", text(&self.last_name)),
            ("firstName", text(&self.first_name)),
            ("companyName", text(&self.company_name)),
            ("email", text(&self.email)),
            ("phone", text(&self.phone)),
            ("fax", text(&self.fax)),
            ("externalId", text(&self.external_id)),
            ("line1", text(&address.line1)),
            ("line2", text(&address.line2)),
            ("line3", text(&address.line3)),
            ("postalCode", text(&address.postal_code)),
            ("city", text(&address.city)),
            ("country", text(&address.country)),
            ("version", self.version.to_string()),
        ])
    }
}

/// « Ajouter un client », or « Éditer ».
#[derive(Template, Debug)]
#[template(path = "person.html", blocks = ["dialog"])]
pub struct Person {
    /// What every page shows.
    pub cx: Cx,
    /// What was filled in.
    pub form: Form,
    /// The contact as it stands; none where one is added.
    pub contact: Option<Contact>,
}

impl Person {
    /// Where the form is sent.
    fn action(&self) -> String {
        match &self.contact {
            Some(contact) => self.cx.at(&format!("contacts/{}/person", contact.id)),
            None => self.cx.at("contacts/add"),
        }
    }

    /// Where one goes without saving.
    fn back(&self) -> String {
        match &self.contact {
            Some(contact) => self.cx.at(&format!("contacts/{}", contact.id)),
            None => self.cx.at("contacts"),
        }
    }

    /// Whether the address has something to show.
    fn has_address(&self) -> bool {
        ADDRESS.iter().any(|name| !self.form.value(name).is_empty() || self.form.error(name).is_some())
    }

    /// Where somebody changed it meanwhile: what stands now and is not what was typed: (word, now, typed).
    fn meanwhile(&self) -> Vec<(&'static str, String, String)> {
        let Some(contact) = self.contact.as_ref().filter(|_| self.form.is_stale()) else { return Vec::new() };
        let now = contact.filled();
        let differs = FIELDS.iter().filter(|(name, _)| now.value(name) != self.form.value(name));
        differs.map(|(name, word)| (*word, now.value(name).to_owned(), self.form.value(name).to_owned())).collect()
    }
}

/// The answer to [`IMPACT`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct ImpactAnswer {
    pub impact: Impact,
}

/// What it comes to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Impact {
    pub sentence: String,
    pub user_errors: Vec<Wrong>,
}

/// « Supprimer », by name and consequence.
#[derive(Template, Debug)]
#[template(path = "delete_contact.html", blocks = ["dialog"])]
pub struct Delete {
    /// What every page shows.
    pub cx: Cx,
    /// What was wrong the last time.
    pub form: Form,
    /// Who.
    pub contact: Contact,
    /// What it comes to.
    pub impact: Impact,
}
