//! The sheet as its tabs show it, now or as it was.

use super::{Contact, Step};
use crate::{Cx, Place, query};
use askama::Template;
use chrono::{DateTime, Utc};

/// A tab of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after what it shows")]
pub enum Tab {
    Overview,
    Accesses,
    Subscriptions,
    Claims,
    Rights,
    App,
    History,
}

impl Tab {
    /// Every tab, as they stand.
    pub const ALL: [Tab; 7] =
        [Tab::Overview, Tab::Accesses, Tab::Subscriptions, Tab::Claims, Tab::Rights, Tab::App, Tab::History];

    /// What follows the contact in its address.
    pub fn path(self) -> &'static str {
        match self {
            Tab::Overview => "overview",
            Tab::Accesses => "",
            Tab::Subscriptions => "subscriptions",
            Tab::Claims => "claims",
            Tab::Rights => "rights",
            Tab::App => "app",
            Tab::History => "history",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Tab::Overview => "tab-overview",
            Tab::Accesses => "tab-accesses",
            Tab::Subscriptions => "nav-SUBSCRIPTIONS",
            Tab::Claims => "nav-CLAIMS",
            Tab::Rights => "rights",
            Tab::App => "tab-app",
            Tab::History => "tab-history",
        }
    }

    /// Whether this person may look at it: what another room has is shown to who enters that room.
    pub fn is_shown(self, cx: &Cx) -> bool {
        match self {
            Tab::Overview | Tab::Rights | Tab::App => true,
            Tab::Accesses => cx.enters(Place::Products),
            Tab::Subscriptions => cx.enters(Place::Subscriptions),
            Tab::Claims => cx.enters(Place::Claims),
            Tab::History => cx.enters(Place::History),
        }
    }
}

/// A tab as it is led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TabLink {
    /// Its address, at the moment that is looked at.
    pub href: String,
    /// What it is called.
    pub label: String,
    /// How many things it shows, where that is known here.
    pub count: Option<usize>,
    /// Whether it is the one that is looked at.
    pub current: bool,
}

/// The address of a tab, or of a form, of a sheet: at the moment that is looked at.
pub(crate) fn address(cx: &Cx, contact: &str, what: &str, as_of: Option<DateTime<Utc>>) -> String {
    let at = as_of.map(|at| at.with_timezone(&cx.zone).format("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default();
    let path = cx.at(&format!("contacts/{contact}{}{what}", if what.is_empty() { "" } else { "/" }));
    format!("{path}{}", query(&[("at", &at)]))
}

/// The tabs of a sheet that this person may look at. Who looks at a moment in the past goes on looking at it.
pub fn tabs(
    cx: &Cx,
    contact: &str,
    as_of: Option<DateTime<Utc>>,
    now: Tab,
    count: impl Fn(Tab) -> Option<usize>,
) -> Vec<TabLink> {
    let shown = Tab::ALL.into_iter().filter(|tab| tab.is_shown(cx));
    shown
        .map(|tab| TabLink {
            href: address(cx, contact, tab.path(), as_of),
            label: cx.t(tab.word()).into_owned(),
            count: count(tab),
            current: tab == now,
        })
        .collect()
}

/// The sheet.
#[derive(Template, Debug)]
#[template(path = "sheet.html")]
pub struct Sheet {
    /// What every page shows.
    pub cx: Cx,
    /// The person.
    pub contact: Contact,
    /// What is looked at.
    pub tab: Tab,
    /// The past instant that is looked at; none: now.
    pub as_of: Option<DateTime<Utc>>,
    /// What was done about what the tab shows, newest first.
    pub acts: Vec<Step>,
}

impl Sheet {
    /// The address of a form of this sheet.
    pub fn at(&self, what: &str) -> String {
        address(&self.cx, &self.contact.id, what, None)
    }

    /// The tab that is looked at, as it is now.
    fn here(&self) -> String {
        self.at(self.tab.path())
    }

    fn tabs(&self) -> Vec<TabLink> {
        let count = |tab| (tab == Tab::Accesses).then_some(self.contact.accesses.len());
        tabs(&self.cx, &self.contact.id, self.as_of, self.tab, count)
    }

    /// Older acts of the history, at the moment that is looked at.
    fn older(&self, cursor: &str) -> String {
        let here = address(&self.cx, &self.contact.id, Tab::History.path(), self.as_of);
        format!("{here}{}after={}", if here.contains('?') { '&' } else { '?' }, crate::encoded(cursor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b2_every_tab_leads_on_at_the_moment_that_is_looked_at() {
        let cx = Cx { zone: chrono_tz::Europe::Paris, ..Cx::default() };
        let at = "2026-03-03T12:05:00Z".parse().ok();
        let links = tabs(&cx, "c1", at, Tab::Rights, |_| None);
        let hrefs: Vec<_> = links.iter().map(|link| link.href.as_str()).collect();
        assert_eq!(
            hrefs,
            [
                "/contacts/c1/overview?at=2026-03-03T13%3A05",
                "/contacts/c1/rights?at=2026-03-03T13%3A05",
                "/contacts/c1/app?at=2026-03-03T13%3A05"
            ],
            "who enters no other room sees what is the sheet's own"
        );
        assert_eq!(links.iter().filter(|link| link.current).count(), 1);
        assert!(tabs(&cx, "c1", None, Tab::App, |_| None).iter().all(|link| !link.href.contains('?')));
    }
}
