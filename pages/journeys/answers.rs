//! What the steps of a journey ask, as it is answered.

use super::Staged;
use crate::{
    parts::{Edge, PageInfo},
    subscriptions::Subscription,
};
use chrono::NaiveDate;
use serde::Deserialize;

/// The answer to [`super::PEOPLE`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct PeopleAnswer {
    pub contacts: People,
}

/// Contacts that can be chosen.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct People {
    pub edges: Vec<Edge<Known>>,
    pub page_info: PageInfo,
}

/// A contact of the account.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Known {
    pub id: String,
    pub display_name: String,
    pub company_name: Option<String>,
    pub email: Option<String>,
    pub kind: String,
    pub subscriptions: Option<Vec<Id>>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Id {
    pub id: String,
}

impl Known {
    /// What stands beneath the name.
    pub fn beneath(&self) -> &str {
        let company = self.company_name.as_deref().filter(|company| *company != self.display_name);
        self.email.as_deref().filter(|email| *email != self.display_name).or(company).unwrap_or_default()
    }

    /// Whether the subscription counts for them already.
    pub fn is_of(&self, it: &Option<Subscription>) -> bool {
        let Some(it) = it else { return false };
        self.subscriptions.iter().flatten().any(|one| one.id == it.id)
    }

    /// As the form stages them.
    pub fn staged(&self) -> Staged {
        Staged {
            id: Some(self.id.clone()),
            name: self.display_name.clone(),
            beneath: self.beneath().to_owned(),
            ..Staged::default()
        }
    }
}

/// The answer to [`super::SEARCH`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct SearchAnswer {
    pub search_contacts: Found,
}

/// What an address leads to.
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Found {
    pub here: Option<Known>,
    pub elsewhere: Vec<Elsewhere>,
}

/// A contact under another customer number.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Elsewhere {
    pub display_name: String,
    pub account_number: String,
    pub company_name: String,
}

/// The answer to [`super::FIELDS`].
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Fields {
    pub contact: Vec<Field>,
    pub delivery: Vec<Needed>,
}

/// A field of the form.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Field {
    pub path: String,
    pub label: String,
    pub required: bool,
    pub one_of: Option<String>,
    pub max_length: Option<i64>,
    pub choices: Vec<Choice>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Choice {
    pub value: String,
    pub label: String,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Needed {
    pub path: String,
    pub required: bool,
}

impl Field {
    /// Its name in the form.
    pub fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or(&self.path)
    }

    pub(super) fn is_address(&self) -> bool {
        self.path.starts_with("address.")
    }

    /// What a browser may fill in: nothing, it is about somebody else.
    pub(super) fn kind(&self) -> &'static str {
        match self.name() {
            "email" => "email",
            "phone" | "fax" => "tel",
            _ => "text",
        }
    }

    pub(super) fn is_wide(&self) -> bool {
        matches!(self.name(), "email" | "companyName" | "line1" | "line2" | "line3" | "kind")
    }
}

/// The answer to [`super::PRODUCTS`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct ProductsAnswer {
    pub products: Products,
}

/// What can be chosen.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Products {
    pub edges: Vec<Edge<Sold>>,
    pub page_info: PageInfo,
}

/// A product.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Sold {
    pub id: String,
    pub name: String,
    pub delivered: bool,
}

/// The answer to [`super::HERE`].
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Here {
    pub account_subscriptions: Running,
    pub access_list: Numbers,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Running {
    pub edges: Vec<Edge<Account>>,
    pub page_info: PageInfo,
}

/// An account-level subscription.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Account {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub state: String,
    pub starts_on: NaiveDate,
    pub ends_on: Option<NaiveDate>,
    pub product: Sold,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Numbers {
    pub edges: Vec<Edge<Number>>,
}

/// A customer number that this person reaches.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Number {
    pub account_id: String,
    pub number: String,
    pub company_name: String,
}
