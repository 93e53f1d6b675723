//! The account's products: their list, one of them with its modules and its order e-mail, and what is done to it (rows K5, K6, K21).

use crate::{
    Cx,
    parts::{Form, Listed},
    query,
};
use askama::Template;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Deserialize;

/// The question behind [`Products`].
pub const PRODUCTS: &str = include_str!("questions/products_list.graphql");
/// The question behind [`One`] and its forms.
pub const PRODUCT: &str = include_str!("questions/product.graphql");
/// What archiving would come to.
pub const IMPACT: &str = include_str!("questions/product_impact.graphql");
/// A new one.
pub const CREATE: &str = include_str!("questions/create_product.graphql");
/// Another name.
pub const RENAME: &str = include_str!("questions/rename_product.graphql");
/// Takes it out of choice.
pub const ARCHIVE: &str = include_str!("questions/archive_product.graphql");
/// Puts it back.
pub const RESTORE: &str = include_str!("questions/restore_product.graphql");
/// Its modules, and when they open.
pub const SET_MODULES: &str = include_str!("questions/set_modules.graphql");
/// The mail that may go out with a grant.
pub const SET_ORDER_EMAIL: &str = include_str!("questions/set_order_email.graphql");

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 6] = [
    "product-created",
    "product-renamed",
    "product-archived",
    "product-restored",
    "modules-saved",
    "order-email-saved",
];

/// How the delays of modules are counted.
pub const CLOCKS: [&str; 2] = ["CALENDAR_DAYS", "ENTITLED_DAYS"];
/// What an order e-mail may say of whom it goes to.
pub const VARIABLES: [&str; 6] = ["firstName", "lastName", "product", "opensOn", "accessUrl", "account"];

/// The answer to [`PRODUCTS`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub products: List,
}

/// A page of products.
pub type List = Listed<Row>;

/// A product of the list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Row {
    pub id: String,
    pub name: String,
    pub delivered: bool,
    pub archived: bool,
    pub created_at: DateTime<Utc>,
    pub modules: Vec<ModuleId>,
    pub order_email: Option<Subject>,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct ModuleId {
    pub id: String,
}

#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Subject {
    pub subject: String,
}

/// What the list is narrowed to, as the address has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// What is searched.
    pub q: String,
    /// `YES`: those taken out of choice.
    pub archived: String,
}

impl Narrowed {
    /// As the address has it, without paging.
    pub fn query(&self) -> String {
        query(&[("q", &self.q), ("archived", &self.archived)])
    }

    /// Whether anything narrows it.
    pub fn any(&self) -> bool {
        !self.q.is_empty() || !self.archived.is_empty()
    }
}

/// The list.
#[derive(Template, Debug)]
#[template(path = "products.html", blocks = ["rows"])]
pub struct Products {
    /// What every page shows.
    pub cx: Cx,
    /// What it is narrowed to.
    pub narrowed: Narrowed,
    /// The products.
    pub list: List,
}

impl Products {
    fn here(&self) -> String {
        format!("{}{}", self.cx.at("products"), self.narrowed.query())
    }
}

/// The answer to [`PRODUCT`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct OneAnswer {
    pub product: Option<Product>,
}

/// A product.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Product {
    pub id: String,
    pub version: i64,
    pub name: String,
    pub delivered: bool,
    pub drip_clock: String,
    pub archived: bool,
    pub archived_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub modules: Vec<Module>,
    pub order_email: Option<OrderEmail>,
}

/// A part of a product, and when it opens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Module {
    pub id: String,
    pub name: String,
    pub opens_after_days: i64,
}

/// The mail of a product.
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct OrderEmail {
    pub subject: String,
    pub body: String,
}

/// When something opens that was ordered today, in the account's time zone.
fn opens_on(cx: &Cx, after: i64) -> Option<NaiveDate> {
    let today = cx.now.with_timezone(&cx.zone).date_naive();
    today.checked_add_days(Days::new(u64::try_from(after).ok()?))
}

/// The address of a product, or of a form of it.
fn at(cx: &Cx, id: &str, what: &str) -> String {
    cx.at(&format!("products/{id}{}{what}", if what.is_empty() { "" } else { "/" }))
}

/// One product.
#[derive(Template, Debug)]
#[template(path = "product.html")]
pub struct One {
    /// What every page shows.
    pub cx: Cx,
    /// Which.
    pub it: Product,
}

impl One {
    fn at(&self, what: &str) -> String {
        at(&self.cx, &self.it.id, what)
    }

    fn opens(&self, module: &Module) -> Option<NaiveDate> {
        opens_on(&self.cx, module.opens_after_days)
    }

    fn preview(&self, mail: &OrderEmail) -> OrderEmail {
        preview(&self.cx, &self.it.name, mail)
    }
}

/// A mail as somebody gets it, with an example of a person in it.
fn preview(cx: &Cx, product: &str, mail: &OrderEmail) -> OrderEmail {
    let today = opens_on(cx, 0).map(|day| cx.day(day)).unwrap_or_default();
    let company = cx.nav.as_ref().map(|nav| nav.company.clone()).unwrap_or_default();
    let said = VARIABLES.map(|name| {
        let value = match name {
            "firstName" => cx.t("preview-first-name").into_owned(),
            "lastName" => cx.t("preview-last-name").into_owned(),
            "product" => product.to_owned(),
            "opensOn" => today.clone(),
            "accessUrl" => "https://…".to_owned(),
            _ => company.clone(),
        };
        (name, value)
    });
    let filled = |text: &str| filled(text, &said);
    OrderEmail { subject: filled(&mail.subject), body: filled(&mail.body) }
}

/// A text with its `{{name}}` said; what nobody can say stays as it is.
fn filled(text: &str, said: &[(&str, String)]) -> String {
    let (mut done, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("{{") {
        done.push_str(before);
        let Some((name, left)) = after.split_once("}}") else {
            done.push_str("{{");
            rest = after;
            continue;
        };
        match said.iter().find(|(known, _)| *known == name.trim()) {
            Some((_, value)) => done.push_str(value),
            None => done.push_str(&format!("{{{{{name}}}}}")),
        }
        rest = left;
    }
    done + rest
}

/// A new product, or another name for one.
#[derive(Template, Debug)]
#[template(path = "product_name.html", blocks = ["dialog"])]
pub struct Name {
    /// What every page shows.
    pub cx: Cx,
    /// Which; none: a new one.
    pub it: Option<Product>,
    /// What was filled in.
    pub form: Form,
}

impl Name {
    fn back(&self) -> String {
        self.it.as_ref().map_or_else(|| self.cx.at("products"), |it| at(&self.cx, &it.id, ""))
    }

    fn action(&self) -> String {
        self.it.as_ref().map_or_else(|| self.cx.at("products/new"), |it| at(&self.cx, &it.id, "rename"))
    }
}

/// The answer to [`IMPACT`].
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct ImpactAnswer {
    pub impact: Impact,
}

/// What an act would come to.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Impact {
    pub sentence: String,
}

/// Taking a product out of choice: what that comes to, before it is done.
#[derive(Template, Debug)]
#[template(path = "product_archive.html", blocks = ["dialog"])]
pub struct Archive {
    /// What every page shows.
    pub cx: Cx,
    /// Which.
    pub it: Product,
    /// What it comes to.
    pub impact: Impact,
    /// What is wrong.
    pub form: Form,
}

impl Archive {
    fn at(&self, what: &str) -> String {
        at(&self.cx, &self.it.id, what)
    }
}

/// A module as it stands in the editor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Its id; empty: a new one.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Days after the order, as typed.
    pub days: String,
}

impl Line {
    /// Those of a product.
    pub fn of(modules: &[Module]) -> Vec<Line> {
        let line = |module: &Module| Line {
            id: module.id.clone(),
            name: module.name.clone(),
            days: module.opens_after_days.to_string(),
        };
        modules.iter().map(line).collect()
    }
}

/// What a button of the editor does to its lines: `up.2`, `down.2`, `drop.2`, `add`.
pub fn edited(mut lines: Vec<Line>, act: &str) -> Vec<Line> {
    let (act, n) = act.split_once('.').unwrap_or((act, ""));
    let n = n.parse::<usize>().unwrap_or(usize::MAX);
    match act {
        "add" => {
            // The next one opens as much later as the last one did.
            let days: Vec<i64> = lines.iter().rev().take(2).filter_map(|line| line.days.trim().parse().ok()).collect();
            let days = match days.as_slice() {
                [last, before] => last + (last - before).max(0),
                [last] => *last,
                _ => 0,
            };
            lines.push(Line { days: days.to_string(), ..Line::default() });
        }
        "up" if n > 0 && n < lines.len() => lines.swap(n, n - 1),
        "down" if n.saturating_add(1) < lines.len() => lines.swap(n, n + 1),
        "drop" if n < lines.len() => {
            lines.remove(n);
        }
        _ => {}
    }
    lines
}

/// The modules of a product, being changed.
#[derive(Template, Debug)]
#[template(path = "product_modules.html")]
pub struct Modules {
    /// What every page shows.
    pub cx: Cx,
    /// Which product.
    pub it: Product,
    /// What stands in the editor.
    pub lines: Vec<Line>,
    /// What is wrong, and the version that was seen.
    pub form: Form,
}

impl Modules {
    fn at(&self, what: &str) -> String {
        at(&self.cx, &self.it.id, what)
    }

    fn opens(&self, line: &Line) -> Option<NaiveDate> {
        opens_on(&self.cx, line.days.trim().parse().ok()?)
    }

    fn wrong(&self, n: &usize, what: &str) -> Option<&str> {
        self.form.error_at(&format!("modules.{n}.{what}"))
    }

    /// What is about the list as a whole.
    fn wrong_list(&self) -> Option<&str> {
        self.form.error_at("modules")
    }
}

/// The order e-mail of a product, being changed.
#[derive(Template, Debug)]
#[template(path = "product_email.html")]
pub struct Email {
    /// What every page shows.
    pub cx: Cx,
    /// Which product.
    pub it: Product,
    /// What was filled in.
    pub form: Form,
}

impl Email {
    fn at(&self, what: &str) -> String {
        at(&self.cx, &self.it.id, what)
    }

    fn preview(&self) -> OrderEmail {
        let mail = OrderEmail { subject: self.form.value("subject").into(), body: self.form.value("body").into() };
        preview(&self.cx, &self.it.name, &mail)
    }

    /// What may be said, as it is written, and the end of its word's key.
    fn variables(&self) -> Vec<(String, String)> {
        VARIABLES.map(|name| (format!("{{{{{name}}}}}"), name.to_ascii_uppercase())).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(all: &[(&str, &str)]) -> Vec<Line> {
        all.iter().map(|(name, days)| Line { name: (*name).into(), days: (*days).into(), ..Line::default() }).collect()
    }

    #[test]
    fn k21_modules_are_added_taken_out_and_put_in_another_order_by_buttons() {
        let two = lines(&[("A", "0"), ("B", "14")]);
        assert_eq!(edited(two.clone(), "add"), lines(&[("A", "0"), ("B", "14"), ("", "28")]));
        assert_eq!(edited(two.clone(), "up.1"), lines(&[("B", "14"), ("A", "0")]));
        assert_eq!(edited(two.clone(), "down.0"), lines(&[("B", "14"), ("A", "0")]));
        assert_eq!(edited(two.clone(), "drop.0"), lines(&[("B", "14")]));
        for nothing in ["up.0", "down.1", "up.9", "drop.9", "down.18446744073709551615", "preview", ""] {
            assert_eq!(edited(two.clone(), nothing), two, "{nothing}");
        }
        assert_eq!(edited(Vec::new(), "add"), lines(&[("", "0")]));
    }

    #[test]
    fn k6_a_preview_says_what_it_knows_and_leaves_the_rest() {
        let said = [("firstName", "Léa".to_owned()), ("product", "{{lastName}}".to_owned())];
        let text = "Bonjour {{ firstName }} {{prenom}}, {{product}} {{";
        assert_eq!(filled(text, &said), "Bonjour Léa {{prenom}}, {{lastName}} {{");
    }
}
