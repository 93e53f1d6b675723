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

/// The hidden field that says what stood in a field when its form was given out.
pub fn was(name: &str) -> String {
    format!("was-{name}")
}

/// The choice between two versions of a field: `THEIRS` or `YOURS`.
pub fn take(name: &str) -> String {
    format!("take-{name}")
}

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
    /// The form as it stands, with what it began from.
    pub fn begun(&self) -> Form {
        let mut form = self.filled();
        let began = FIELDS.iter().map(|(name, _)| (was(name), form.value(name).to_owned())).collect::<Vec<_>>();
        form.values.extend(began);
        form
    }

    /// What was typed over what was seen, where somebody else changed it meanwhile: the form to be looked at again, which takes over what they changed and
    /// the typist did not, and the fields that they changed. An address is one thing: a part of one is not taken from each.
    pub fn merged(&self, seen: &Form, typed: &Form) -> (Form, Vec<Meanwhile>) {
        let (now, mut form) = (self.begun(), self.begun());
        let differs = |a: &Form, b: &Form, name: &str| match ADDRESS.contains(&name) {
            true => ADDRESS.iter().any(|part| a.value(part) != b.value(part)),
            false => a.value(name) != b.value(name),
        };
        let mut meanwhile = Vec::new();
        for (name, word) in FIELDS {
            let (theirs, yours) = (now.value(name), typed.value(name));
            let touched = differs(seen, typed, name);
            if touched {
                form.values.insert(name.to_owned(), yours.to_owned());
            }
            if differs(seen, &now, name) && theirs != yours {
                let yours = touched.then(|| yours.to_owned());
                meanwhile.push(Meanwhile { name, word, now: theirs.to_owned(), yours });
            }
        }
        (form, meanwhile)
    }

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

/// A field that somebody else changed while a form was being filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meanwhile {
    /// The field.
    pub name: &'static str,
    /// Its word.
    pub word: &'static str,
    /// What stands there now.
    pub now: String,
    /// What was typed instead; none: it was left as it was, so what stands now is taken.
    pub yours: Option<String>,
}

impl Meanwhile {
    /// A version of it, for people.
    fn shown(&self, cx: &Cx, value: &str) -> String {
        match (self.name, value) {
            (_, "") => "–".to_owned(),
            ("kind", kind) => cx.choice("kind", kind).into_owned(),
            (_, value) => value.to_owned(),
        }
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
    /// What somebody else changed while this was being filled in.
    pub meanwhile: Vec<Meanwhile>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_did_not_touch_is_taken_over_and_an_address_is_one_thing() {
        let all = |own: &[(&str, &str)]| {
            let values = FIELDS.iter().map(|(name, _)| ((*name).to_owned(), String::new()));
            let mut form = Form { values: values.collect(), ..Form::default() };
            form.values.extend(own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
            form
        };
        let contact = Contact {
            id: String::new(),
            version: 4,
            display_name: String::new(),
            kind: String::new(),
            first_name: Some("Zoé".into()),
            last_name: Some("Petit".into()),
            company_name: None,
            email: None,
            phone: Some("03".into()),
            fax: None,
            external_id: None,
            deleted_at: None,
            erased: false,
            address: Some(Address { city: Some("Lyon".into()), ..Address::default() }),
            erp: None,
        };
        let seen = all(&[("lastName", "Durand"), ("phone", "01"), ("city", "Paris"), ("line1", "1 rue")]);
        let typed =
            all(&[("lastName", "Durand"), ("phone", "02"), ("city", "Paris"), ("line1", "2 rue"), ("fax", "9")]);
        let (form, meanwhile) = contact.merged(&seen, &typed);
        let values = ["lastName", "firstName", "phone", "city", "line1", "fax"].map(|name| form.value(name));
        assert_eq!(values, ["Petit", "Zoé", "02", "Paris", "2 rue", "9"]);
        assert_eq!(
            (form.value("version"), form.value("was-phone")),
            ("4", "03"),
            "saved again, it is over what stands"
        );
        let told: Vec<_> = meanwhile.iter().map(|row| (row.name, row.now.as_str(), row.yours.as_deref())).collect();
        let expected = [
            ("lastName", "Petit", None),
            ("firstName", "Zoé", None),
            ("phone", "03", Some("02")),
            ("line1", "", Some("2 rue")),
            ("city", "Lyon", Some("Paris")),
        ];
        assert_eq!(told, expected);
    }
}
