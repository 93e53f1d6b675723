//! What is done to an access on the sheet: giving one, changing it with a look at what that would come to, taking it back.

use super::{Access, Contact, Products, unit_key};
use crate::{
    Cx,
    parts::{Form, Wrong},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

/// « Donner un nouveau droit d'accès ».
#[derive(Template, Debug)]
#[template(path = "grant.html", blocks = ["dialog"])]
pub struct Grant {
    /// What every page shows.
    pub cx: Cx,
    /// To whom.
    pub contact: Contact,
    /// What was filled in.
    pub form: Form,
    /// What can be chosen.
    pub products: Products,
}

impl Grant {
    fn has(&self, product: &str) -> bool {
        self.contact.accesses.iter().any(|access| access.product.id == product)
    }
}

/// Mode and opening of an access.
#[derive(Template, Debug)]
#[template(path = "edit.html", blocks = ["dialog", "preview"])]
pub struct Edit {
    /// What every page shows.
    pub cx: Cx,
    /// Whose.
    pub contact: Contact,
    /// Which.
    pub access: Access,
    /// What was filled in.
    pub form: Form,
    /// What saving it would come to; none: nothing would change.
    pub preview: Option<Preview>,
}

/// The answer to [`PREVIEW`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct PreviewAnswer {
    pub done: Preview,
}

/// An access as saving would leave it; or why it would be refused.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Preview {
    pub access: Option<Access>,
    pub user_errors: Vec<Wrong>,
}

impl Edit {
    /// The form as the access is.
    pub fn filled(access: &Access) -> Form {
        let opening = &access.opening;
        let text = |value: Option<String>| value.unwrap_or_default();
        Form::of([
            ("mode", access.mode.clone()),
            ("opening", opening.kind.clone()),
            ("by", text(opening.by.map(|by| by.to_string()))),
            ("unit", opening.unit.clone().unwrap_or_else(|| "DAYS".to_owned())),
            ("fromDate", text(opening.date.map(|date| date.to_string()))),
            ("orderedOn", text(access.ordered_on.map(|day| day.to_string()))),
            ("version", access.version.to_string()),
        ])
    }

    /// Where somebody changed it meanwhile: what stands now and is not what was chosen: (word, now, chosen).
    fn meanwhile(&self) -> Vec<(&'static str, String, String)> {
        if !self.form.is_stale() {
            return Vec::new();
        }
        let now = Edit::filled(&self.access);
        ["access-rights", "digital-content", "ordered-on"]
            .into_iter()
            .map(|word| (word, self.spoken(&now, word), self.spoken(&self.form, word)))
            .filter(|(_, now, chosen)| now != chosen)
            .collect()
    }

    /// What a form says of one of these, in words.
    fn spoken(&self, form: &Form, word: &str) -> String {
        let day = |name| {
            form.value(name).parse::<NaiveDate>().map_or_else(|_| form.value(name).to_owned(), |day| self.cx.day(day))
        };
        if word == "access-rights" {
            return self.cx.choice("mode-many", form.value("mode")).into_owned();
        }
        if word == "ordered-on" {
            return day("orderedOn");
        }
        let kind = self.cx.choice("opening", form.value("opening"));
        match (form.value("opening"), form.value("by").parse::<i64>()) {
            ("ADVANCED", Ok(by)) => format!("{kind} ({})", self.cx.tn(unit_key(form.value("unit")), by)),
            ("FROM_DATE", _) => format!("{kind} ({})", day("fromDate")),
            _ => kind.into_owned(),
        }
    }
}

/// Taking an access back: what it comes to, before it is done.
#[derive(Template, Debug)]
#[template(path = "remove.html", blocks = ["dialog"])]
pub struct Remove {
    /// What every page shows.
    pub cx: Cx,
    /// Whose.
    pub contact: Contact,
    /// Which.
    pub access: Access,
    /// What is wrong.
    pub form: Form,
}
