//! One act on several contacts at once: which act, what it comes to, and what came of it, contact by contact.

use crate::{
    Cx,
    parts::{Form, Listed, Wrong},
    sheet::Products,
};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The question behind choosing all that match.
pub const IDS: &str = include_str!("questions/bulk_ids.graphql");
/// The question behind what an act comes to for one of them.
pub const CONTACT: &str = include_str!("questions/bulk_contact.graphql");
/// Setting the mode of an access.
pub const MODE: &str = include_str!("questions/set_access_mode.graphql");

/// So many contacts are acted on in one request; all that match, where they are more, in pieces ([`crate::bulk_all`]).
pub const MOST: usize = 200;

/// What can be done to several at once, each with the command that it is.
pub const ACTS: [(&str, &str); 4] = [
    ("GRANT", "GrantAccess"),
    ("ACTIVATE", "SetAccessMode"),
    ("SUSPEND", "SetAccessMode"),
    ("DELETE", "DeleteContact"),
];

/// The word for a contact that is not there any more.
pub const GONE: &str = "bulk-gone";
/// The word for one that has no such access.
pub const NOT_GRANTED: &str = "bulk-not-granted";
/// The word where no act was chosen.
pub const NO_ACT: &str = "bulk-act-missing";
/// The word where no product was.
pub const NO_PRODUCT: &str = "bulk-product-missing";

/// The answer to [`IDS`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct IdsAnswer {
    pub contacts: Listed<Id>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Id {
    pub id: String,
}

/// The answer to [`CONTACT`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct ContactAnswer {
    pub contact: Option<Contact>,
    pub impact: Option<Impact>,
}

/// One of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Contact {
    pub id: String,
    pub version: i64,
    pub display_name: String,
    pub deleted_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub accesses: Vec<Access>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Access {
    pub version: i64,
    pub mode: String,
    pub product: Product,
    pub decision: Decision,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Product {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Decision {
    pub open: bool,
}

/// What deleting one comes to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Impact {
    pub products: Count,
    pub open_claims: Count,
    pub user_errors: Vec<Wrong>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Count {
    pub count: i64,
}

/// Which act, on which contacts, and the list they were chosen on.
#[derive(Template, Debug)]
#[template(path = "bulk.html")]
pub struct Choose {
    /// What every page shows.
    pub cx: Cx,
    /// Where the list is.
    pub back: Back,
    /// Whom.
    pub chosen: Vec<String>,
    /// How many match, where all of them are chosen.
    pub all: Option<i64>,
    /// What can be chosen to be given.
    pub products: Products,
    /// What was filled in.
    pub form: Form,
}

impl Choose {
    /// What may be done here, in order.
    fn acts(&self) -> Vec<&'static str> {
        ACTS.into_iter().filter(|(_, command)| self.cx.may(command)).map(|(act, _)| act).collect()
    }

    /// Whether a product is to be chosen for some of it.
    fn needs_product(&self) -> bool {
        self.acts().iter().any(|act| *act != "DELETE")
    }
}

/// The list that contacts were chosen on: what narrows it, as its address has it (`?mode=…`, or nothing).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Back(pub String);

impl Back {
    /// Its address.
    pub fn at(&self, cx: &Cx) -> String {
        cx.at(&format!("contacts{}", self.0))
    }
}

/// Too many, or none: what to do instead.
#[derive(Template, Debug)]
#[template(path = "bulk_too_many.html")]
pub struct TooMany {
    /// What every page shows.
    pub cx: Cx,
    /// Where the list is.
    pub back: Back,
    /// How many; none: nobody was chosen.
    pub many: Option<i64>,
    /// How many there may be.
    pub most: i64,
}

/// A contact that something is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The version of what would be changed, as it is now.
    pub version: i64,
}

/// A contact that nothing is done to, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its id.
    pub id: String,
    /// What it is called; empty where it cannot be read any more.
    pub name: String,
    /// Why.
    pub message: String,
}

/// What the act comes to, before it is done.
#[derive(Template, Debug)]
#[template(path = "bulk_review.html")]
pub struct Review {
    /// What every page shows.
    pub cx: Cx,
    /// Where the list is.
    pub back: Back,
    /// What: the act, the product, the switch of its mail, the key.
    pub form: Form,
    /// The product, where it is one's.
    pub product: Option<String>,
    /// To whom it is done.
    pub does: Vec<Person>,
    /// With whom it is so already.
    pub same: Vec<Person>,
    /// To whom it cannot be done.
    pub cannot: Vec<Refused>,
    /// What is open now and would be closed.
    pub closes: i64,
    /// Complaints that are open.
    pub claims: i64,
}

impl Review {
    fn act(&self) -> &str {
        self.form.value("act")
    }

    fn is(&self, act: &str) -> bool {
        self.act() == act
    }

    fn count(&self) -> i64 {
        self.does.len() as i64
    }

    /// What it is called: `bulk-title-GRANT`, with how many and which product.
    fn title(&self) -> String {
        let key = match self.act() {
            "GRANT" => "bulk-title-GRANT",
            "ACTIVATE" => "bulk-title-ACTIVATE",
            "SUSPEND" => "bulk-title-SUSPEND",
            _ => "bulk-title-DELETE",
        };
        self.cx.tnx(key, self.count(), self.product.as_deref().unwrap_or_default()).into_owned()
    }
}

/// What came of it.
#[derive(Template, Debug)]
#[template(path = "bulk_report.html")]
pub struct Report {
    /// What every page shows.
    pub cx: Cx,
    /// Where the list is.
    pub back: Back,
    /// What was done.
    pub act: String,
    /// To how many.
    pub done: i64,
    /// To whom not.
    pub refused: Vec<Refused>,
}

impl Report {
    fn done_text(&self) -> String {
        let key = match self.act.as_str() {
            "GRANT" => "bulk-done-GRANT",
            "ACTIVATE" => "bulk-done-ACTIVATE",
            "SUSPEND" => "bulk-done-SUSPEND",
            _ => "bulk-done-DELETE",
        };
        self.cx.tn(key, self.done).into_owned()
    }
}
