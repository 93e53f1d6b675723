//! The account's contacts: looked for as one types, narrowed, in pages.

use crate::{Cx, Place, bulk, bulk_all, parts::Listed, query};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;

/// The question behind [`Contacts`].
pub const CONTACTS: &str = include_str!("questions/contacts.graphql");

/// The answer to it.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub contacts: List,
}

/// A page of contacts.
pub type List = Listed<Row>;

/// A contact of the list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Row {
    pub id: String,
    pub display_name: String,
    pub company_name: Option<String>,
    pub email: Option<String>,
    pub external_id: Option<String>,
    pub email_verified: bool,
    pub kind: String,
    pub profile: String,
    pub status: String,
    pub created_at: DateTime<Utc>,
    /// None for who may not ask what there is to open.
    #[serde(default)]
    pub accesses: Vec<RowAccess>,
}

/// An access, as the list shows it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct RowAccess {
    pub mode: String,
    pub product: Named,
    pub decision: Standing,
}

/// Something with a name.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Named {
    pub name: String,
}

/// Whether it can be opened.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Standing {
    pub open: bool,
    pub reason: String,
    pub opens_at: Option<DateTime<Utc>>,
}

impl Row {
    /// What stands beneath the name: nothing that is the name, or has a column of its own.
    pub fn beneath(&self, narrowed: &Narrowed) -> &str {
        let other = |text: &&str| *text != self.display_name;
        let email = self.email.as_deref().filter(other).filter(|_| !narrowed.shows("EMAIL"));
        let company = self.company_name.as_deref().filter(other).filter(|_| !narrowed.shows("COMPANY"));
        email.or(company).unwrap_or_default()
    }

    /// How many accesses are open.
    pub fn open(&self) -> usize {
        self.accesses.iter().filter(|access| access.decision.open).count()
    }
}

/// What the list is narrowed to, as the address has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// What is searched.
    pub q: String,
    /// `CLIENT`, `CONTACT`, `GUEST`, or nothing.
    pub profile: String,
    /// `PERSON`, `GROUP`, or nothing.
    pub kind: String,
    /// `AUTOMATIC`, `ACTIVATED`, `SUSPENDED`, or nothing.
    pub mode: String,
    /// `yes`, `no`, or nothing: with an e-mail.
    pub email: String,
    /// One of [`SORTS`], or nothing: by name.
    pub sort: String,
    /// The columns besides the name, of [`COLUMNS`], with commas; nothing: [`SHOWN`].
    pub columns: String,
}

/// What a list may be ordered by besides the name: each has its index.
pub const SORTS: [&str; 3] = ["name-desc", "recent", "oldest"];

/// The columns that there are besides the name, as they stand.
pub const COLUMNS: [&str; 7] = ["ACCESSES", "EMAIL", "COMPANY", "ID", "PROFILE", "STATUS", "RECORDED"];

/// Those that are shown where nothing is said.
pub const SHOWN: [&str; 3] = ["ACCESSES", "PROFILE", "RECORDED"];

/// What is told once something was done (`told-…`).
pub const DONE: [&str; 3] = ["view-kept", "view-renamed", "view-dropped"];

/// The word where another view of theirs is called so.
pub const TAKEN: &str = "view-taken";
/// The word where they keep as many as there may be: `n`.
pub const TOO_MANY: &str = "view-too-many";

/// A view of the list that somebody keeps for themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Its id.
    pub id: String,
    /// What they call it.
    pub name: String,
    /// The list's address after its path.
    pub query: String,
}

impl Narrowed {
    /// As the address has it, without paging; `without` leaves one out.
    pub fn query(&self, without: &str) -> String {
        self.with(without, "")
    }

    /// The same with another value for one of them; an empty one leaves it out.
    pub fn with(&self, name: &str, value: &str) -> String {
        let all = [
            ("q", &self.q),
            ("profile", &self.profile),
            ("kind", &self.kind),
            ("mode", &self.mode),
            ("email", &self.email),
            ("sort", &self.sort),
            ("cols", &self.columns),
        ];
        query(&all.map(|(key, now)| (key, if key == name { value } else { now.as_str() })))
    }

    /// Whether a column is shown.
    pub fn shows(&self, column: &str) -> bool {
        if self.columns.is_empty() { SHOWN.contains(&column) } else { self.columns.split(',').any(|it| it == column) }
    }

    /// Whether anything narrows it.
    pub fn any(&self) -> bool {
        [&self.q, &self.profile, &self.kind, &self.mode, &self.email].into_iter().any(|value| !value.is_empty())
    }

    /// What narrows it besides the search, as a chip each: its name, its value, the word's key.
    pub fn chips(&self) -> Vec<(&'static str, &str, &'static str)> {
        let all = [
            ("profile", &self.profile, "profile"),
            ("kind", &self.kind, "kind"),
            ("mode", &self.mode, "mode"),
            ("email", &self.email, "has-email"),
        ];
        all.into_iter()
            .filter(|(_, value, _)| !value.is_empty())
            .map(|(name, value, word)| (name, value.as_str(), word))
            .collect()
    }
}

/// The list.
#[derive(Template, Debug)]
#[template(path = "contacts.html", blocks = ["rows"])]
pub struct Contacts {
    /// What every page shows.
    pub cx: Cx,
    /// What it is narrowed to.
    pub narrowed: Narrowed,
    /// The contacts.
    pub list: List,
    /// Whether every row of the page is chosen, for one act on all of them.
    pub picked: bool,
    /// What whoever looks keeps of this list.
    pub views: Vec<View>,
    /// Where an act of theirs on many is, that was begun and has not ended.
    pub under_way: Option<String>,
}

impl Contacts {
    /// The list's address, without its page.
    pub fn here(&self) -> String {
        format!("{}{}", self.cx.at("contacts"), self.narrowed.query(""))
    }

    /// The columns that are shown besides the name: what one opens is shown to who may ask it.
    fn columns(&self) -> Vec<&'static str> {
        let may = |column: &&str| *column != "ACCESSES" || self.cx.enters(Place::Products);
        COLUMNS.into_iter().filter(|column| self.narrowed.shows(column)).filter(may).collect()
    }

    /// The view that this is, where it is kept.
    fn view(&self) -> Option<&View> {
        let query = self.narrowed.query("q");
        self.views.iter().find(|view| view.query == query && !query.is_empty())
    }

    /// Whether there is anything here that can be kept.
    fn can_be_kept(&self) -> bool {
        !self.narrowed.query("q").is_empty() && self.view().is_none()
    }

    /// This list in another order, by a press on a column: its other direction, or its first.
    fn by(&self, first: &str, other: &str) -> String {
        let sort = if self.narrowed.sort == first { other } else { first };
        format!("{}{}", self.cx.at("contacts"), self.narrowed.with("sort", sort))
    }

    /// As `aria-sort` has it.
    fn order(&self, up: &str, down: &str) -> &'static str {
        if self.narrowed.sort == up {
            "ascending"
        } else if self.narrowed.sort == down {
            "descending"
        } else {
            "none"
        }
    }

    /// Whether there is anything that this person may do to several at once.
    fn acts(&self) -> bool {
        bulk::ACTS.iter().any(|(_, command)| self.cx.may(command))
    }

    /// This page with every row chosen.
    fn whole_page(&self) -> String {
        let joint = if self.cx.path.contains('?') { '&' } else { '?' };
        format!("{}{joint}pick=page", self.cx.path)
    }

    /// Whether more match than this page shows.
    fn has_more(&self) -> bool {
        self.list.total_count_is_capped || self.list.total_count > self.list.edges.len() as i64
    }

    /// Whether all that match can be acted on at once.
    fn may_take_all(&self) -> bool {
        !self.list.total_count_is_capped && self.list.total_count <= bulk_all::MOST
    }
}

/// What is handed out of the list, before it is.
#[derive(Template, Debug)]
#[template(path = "contacts_export.html", blocks = ["dialog"])]
pub struct Export {
    /// What every page shows.
    pub cx: Cx,
    /// What the list is narrowed to.
    pub narrowed: Narrowed,
    /// How many.
    pub total: i64,
    /// Whether they are more, and were not counted.
    pub capped: bool,
    /// What is told where they have to show first who they are.
    pub again: Option<String>,
}

impl Export {
    fn list(&self) -> String {
        format!("{}{}", self.cx.at("contacts"), self.narrowed.query(""))
    }

    fn here(&self) -> String {
        format!("{}{}", self.cx.at("contacts/export"), self.narrowed.query(""))
    }

    /// Where the file is, in the words of its door.
    fn file(&self, extension: &str) -> String {
        let account = self.cx.nav.as_ref().map(|nav| nav.account.as_str()).unwrap_or_default();
        let email = match self.narrowed.email.as_str() {
            "YES" => "true",
            "NO" => "false",
            _ => "",
        };
        let narrowed = &self.narrowed;
        let query = query(&[
            ("account", account),
            ("lang", self.cx.lang.tag()),
            ("search", &narrowed.q),
            ("profile", &narrowed.profile),
            ("kind", &narrowed.kind),
            ("mode", &narrowed.mode),
            ("hasEmail", email),
        ]);
        format!("/export/contacts.{extension}{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::Narrowed;

    #[test]
    fn the_address_keeps_what_the_list_is_narrowed_to() {
        let narrowed = Narrowed { q: "Éloïse & fils".into(), mode: "SUSPENDED".into(), ..Narrowed::default() };
        assert_eq!(narrowed.query(""), "?q=%C3%89lo%C3%AFse%20%26%20fils&mode=SUSPENDED");
        assert_eq!(narrowed.query("q"), "?mode=SUSPENDED");
        assert_eq!(Narrowed::default().query(""), "");
        let wide = Narrowed { columns: "EMAIL,ID".into(), sort: "oldest".into(), ..Narrowed::default() };
        assert_eq!(wide.query(""), "?sort=oldest&cols=EMAIL%2CID");
        assert!(wide.shows("ID") && !wide.shows("PROFILE") && Narrowed::default().shows("PROFILE"));
        assert_eq!(narrowed.chips(), [("mode", "SUSPENDED", "mode")]);
    }
}
