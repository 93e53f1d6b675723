//! The three ways in which contacts come to a subscription (rows S1 to S13): to one that is open, to one that begins with them (« Définir l'abonnement »), and
//! users first (« Par l'utilisateur »).
//!
//! What is staged stands in the form itself, and nowhere else until the last « Soumettre »: « Annuler » is a link.
//!
//! Next: `answers` (what the steps ask).

use crate::{
    Cx,
    parts::{Form, Wrong},
    subscriptions::Subscription,
};
use askama::Template;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

mod answers;
pub use answers::*;

/// The account's contacts.
pub const PEOPLE: &str = include_str!("questions/journey_people.graphql");
/// The wider search, by the exact address.
pub const SEARCH: &str = include_str!("questions/journey_search.graphql");
/// The fields of a new contact.
pub const FIELDS: &str = include_str!("questions/journey_fields.graphql");
/// The customer number's subscriptions, and the other numbers that this person reaches.
pub const HERE: &str = include_str!("questions/journey_subscriptions.graphql");
/// What a subscription may begin with.
pub const PRODUCTS: &str = include_str!("questions/journey_products.graphql");
/// All of it, at once.
pub const SUBMIT: &str = include_str!("questions/journey_submit.graphql");
/// The same, users first.
pub const BY_USER: &str = include_str!("questions/journey_by_user.graphql");

/// A way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To a subscription that is open.
    Add,
    /// To one that begins with them.
    New,
    /// Users first.
    ByUser,
}

/// A contact as it stands in the form: chosen, or typed in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Staged {
    /// Of a contact that the account has.
    pub id: Option<String>,
    /// What it is called.
    pub name: String,
    /// What stands beneath.
    pub beneath: String,
    /// What was typed, by field.
    pub typed: BTreeMap<String, String>,
}

/// The fields of a new contact that stand in its address.
const ADDRESS: [&str; 6] = ["line1", "line2", "line3", "postalCode", "city", "country"];

impl Staged {
    /// Those that a form carries.
    pub fn read(text: &str) -> Vec<Staged> {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As a form carries them.
    pub fn written(all: &[Staged]) -> String {
        serde_json::to_string(all).unwrap_or_default()
    }

    /// One that was typed in.
    pub fn typed(values: BTreeMap<String, String>) -> Staged {
        let of = |name: &str| values.get(name).map(|text| text.trim()).unwrap_or_default();
        let person = [of("firstName"), of("lastName")].join(" ");
        let name = [person.trim(), of("companyName"), of("email")].into_iter().find(|name| !name.is_empty());
        let beneath = if name == Some(of("email")) { String::new() } else { of("email").to_owned() };
        Staged { id: None, name: name.unwrap_or_default().to_owned(), beneath, typed: values }
    }

    /// Whether it is to be recorded.
    pub fn is_new(&self) -> bool {
        self.id.is_none()
    }

    /// Whether a mail asks them to verify their address.
    pub fn is_mailed(&self) -> bool {
        let of = |name: &str| self.typed.get(name).map(String::as_str).unwrap_or_default();
        self.is_new() && !of("email").trim().is_empty() && of("kind") != "GROUP"
    }

    /// As the API wants it.
    pub fn input(&self) -> Value {
        if let Some(id) = &self.id {
            return json!({ "contactId": id });
        }
        let (mut input, mut address) = (Map::new(), Map::new());
        for (name, value) in self.typed.iter().filter(|(_, value)| !value.trim().is_empty()) {
            let into = if ADDRESS.contains(&name.as_str()) { &mut address } else { &mut input };
            into.insert(name.clone(), json!(value));
        }
        if !address.is_empty() {
            input.insert("address".to_owned(), Value::Object(address));
        }
        Value::Object(input)
    }
}

/// What every step of a journey carries.
#[derive(Debug, Clone)]
pub struct Journey {
    /// Which way.
    pub way: Way,
    /// The subscription that contacts are added to.
    pub it: Option<Subscription>,
    /// Where its forms are sent.
    pub action: String,
    /// Where « Annuler » leads.
    pub back: String,
    /// What was filled in, at any step.
    pub form: Form,
    /// Who is staged.
    pub staged: Vec<Staged>,
}

impl Journey {
    /// What the next step is to know.
    fn carried(&self) -> Vec<(&'static str, &str)> {
        let names = ["key", "productId", "productName", "type", "billing", "startsOn", "endsOn", "subscriptionId"];
        names.into_iter().map(|name| (name, self.form.value(name))).filter(|(_, value)| !value.is_empty()).collect()
    }

    fn written(&self) -> String {
        Staged::written(&self.staged)
    }

    /// Whether it is shown as a dialog where a script can.
    fn is_dialog(&self) -> bool {
        self.way == Way::Add
    }

    fn has(&self, contact: &str) -> bool {
        self.staged.iter().any(|staged| staged.id.as_deref() == Some(contact))
    }

    /// How many are to be recorded.
    fn created(&self) -> i64 {
        self.staged.iter().filter(|staged| staged.is_new()).count() as i64
    }

    /// How many are mailed.
    fn mailed(&self) -> i64 {
        self.staged.iter().filter(|staged| staged.is_mailed()).count() as i64
    }

    /// What is wrong with one of them.
    fn wrong_with(&self, n: &usize) -> Vec<&str> {
        let of = |wrong: &&Wrong| {
            let path = wrong.field.as_deref().unwrap_or_default();
            path.first().is_some_and(|part| part == "contacts") && path.get(1) == Some(&n.to_string())
        };
        self.form.wrong.iter().filter(of).map(|wrong| wrong.message.as_str()).collect()
    }

    /// « Ajouter un contact », « Définir l'abonnement », « Par l'utilisateur ».
    fn title(&self, cx: &Cx) -> std::borrow::Cow<'static, str> {
        match self.way {
            Way::Add => cx.t("add-contact"),
            Way::New => cx.t("set-subscription"),
            Way::ByUser => cx.t("by-user"),
        }
    }
}

/// That nobody is staged.
pub fn nobody(cx: &Cx) -> Wrong {
    Wrong { code: "REQUIRED".to_owned(), field: None, message: cx.t("confirm-nobody").into_owned() }
}

/// « Ajouter des contacts »: those of this customer number, and who was staged.
#[derive(Template, Debug)]
#[template(path = "journey_pick.html", blocks = ["dialog"])]
pub struct Pick {
    /// What every page shows.
    pub cx: Cx,
    /// The journey so far.
    pub journey: Journey,
    /// Who can be chosen.
    pub people: People,
}

impl Pick {
    /// The ids that stand on this page: what is not ticked among them is not wanted.
    fn shown(&self) -> String {
        let ids: Vec<&str> = self.people.edges.iter().map(|edge| edge.node.id.as_str()).collect();
        ids.join(" ")
    }

    /// Staged ones that are not among those shown, with their places: new ones, and those chosen before another search.
    fn beside(&self) -> Vec<(usize, &Staged)> {
        let shown = |staged: &Staged| self.people.edges.iter().any(|edge| Some(&edge.node.id) == staged.id.as_ref());
        self.journey.staged.iter().enumerate().filter(|(_, staged)| !shown(staged)).collect()
    }
}

/// What is known of an address before a contact is typed in.
#[derive(Debug, Clone, Default)]
pub enum Searched {
    /// Nothing was looked for yet.
    #[default]
    NotYet,
    /// Whoever is to be recorded has none.
    Without,
    /// This was found.
    For(Box<Found>),
}

/// Searching once more, and typing in who is nowhere.
#[derive(Template, Debug)]
#[template(path = "journey_find.html", blocks = ["dialog"])]
pub struct Find {
    /// What every page shows.
    pub cx: Cx,
    /// The journey so far.
    pub journey: Journey,
    /// What the search came to.
    pub searched: Searched,
    /// The fields of a new contact.
    pub fields: Fields,
    /// Whether what is bought goes to an address.
    pub delivered: bool,
}

impl Find {
    fn needs(&self, field: &Field) -> bool {
        let by_delivery = || self.fields.delivery.iter().any(|needed| needed.path == field.path && needed.required);
        field.required || (self.delivered && by_delivery())
    }

    /// The fields of the person, or of their address.
    fn of(&self, address: bool) -> Vec<&Field> {
        let here = |field: &&Field| field.is_address() == address && field.path != "portalAccount";
        self.fields.contact.iter().filter(here).collect()
    }

    fn begins(&self) -> bool {
        matches!(self.searched, Searched::NotYet)
    }

    /// Whether the fields are shown: nobody was found in the account.
    fn types_in(&self) -> bool {
        match &self.searched {
            Searched::NotYet => false,
            Searched::Without => true,
            Searched::For(found) => found.here.is_none() && !self.journey.form.value("q").is_empty(),
        }
    }

    /// Who was typed in so far, with their places.
    fn listed(&self) -> Vec<(usize, &Staged)> {
        let all = self.journey.staged.iter().enumerate();
        all.filter(|(_, staged)| self.journey.way == Way::ByUser || staged.is_new()).collect()
    }
}

/// What is bought: the first step of « Définir l'abonnement ».
#[derive(Template, Debug)]
#[template(path = "journey_terms.html")]
pub struct Terms {
    /// What every page shows.
    pub cx: Cx,
    /// The journey so far.
    pub journey: Journey,
    /// What can be bought.
    pub products: Products,
}

/// The customer number, then one of its subscriptions.
#[derive(Template, Debug)]
#[template(path = "journey_choose.html")]
pub struct Choose {
    /// What every page shows.
    pub cx: Cx,
    /// The journey so far.
    pub journey: Journey,
    /// What can be chosen.
    pub here: Here,
}

impl Choose {
    fn others(&self) -> Vec<&Number> {
        let here = self.cx.nav.as_ref().map(|nav| nav.account.as_str()).unwrap_or_default();
        self.here.access_list.edges.iter().map(|edge| &edge.node).filter(|one| one.account_id != here).collect()
    }
}

/// What is about to be done, before it is.
#[derive(Template, Debug)]
#[template(path = "journey_confirm.html", blocks = ["dialog"])]
pub struct Confirm {
    /// What every page shows.
    pub cx: Cx,
    /// The journey so far.
    pub journey: Journey,
    /// What they are attached to: its type and its product.
    pub what: (String, String),
}

/// « Définir l'abonnement »: which way.
#[derive(Template, Debug)]
#[template(path = "journey_ways.html")]
pub struct Ways {
    /// What every page shows.
    pub cx: Cx,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s10_what_is_staged_stands_in_the_form_and_becomes_one_input() {
        let typed = [("lastName", "Neuf"), ("email", " neuf@exemple.fr"), ("city", "Paris"), ("phone", " ")];
        let typed = typed.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let known = Staged { id: Some("con_1".into()), name: "Anne".into(), ..Staged::default() };
        let all = Staged::read(&Staged::written(&[known, Staged::typed(typed)]));
        let inputs: Vec<Value> = all.iter().map(Staged::input).collect();
        let new = json!({ "lastName": "Neuf", "email": " neuf@exemple.fr", "address": { "city": "Paris" } });
        assert_eq!(inputs, [json!({ "contactId": "con_1" }), new]);
        assert_eq!((all[1].name.as_str(), all[1].beneath.as_str()), ("Neuf", "neuf@exemple.fr"));
        assert!(all[1].is_mailed() && !all[0].is_mailed());
        assert_eq!(Staged::read("{not ours"), [], "what is no list is nobody");
    }

    #[test]
    fn s3_a_group_is_told_to_get_no_mail() {
        let typed = [("kind", "GROUP"), ("companyName", "Rédaction"), ("email", "r@exemple.fr")];
        let staged = Staged::typed(typed.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert!(staged.is_new() && !staged.is_mailed());
    }
}
