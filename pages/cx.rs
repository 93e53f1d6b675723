//! What every page shows besides its own: the language, the moment, who is signed in, where in the service we are.

use crate::{Lang, dates, typography, words::Words};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use std::borrow::{Borrow, Cow};

/// Where the files of the pages are served. Their names change with their content.
#[derive(Debug, Clone, Copy, Default)]
pub struct Assets {
    /// The style sheet.
    pub css: &'static str,
    /// Our script.
    pub js: &'static str,
    /// htmx.
    pub htmx: &'static str,
    /// The letters.
    pub font: &'static str,
}

/// A room of the service, as the rail names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named after the page it leads to")]
pub enum Place {
    Home,
    Contacts,
    Subscribers,
    Products,
    Subscriptions,
    Claims,
    Members,
    Imports,
    Erp,
    History,
    Settings,
    Portal,
}

impl Place {
    /// Every room that has pages, as the rail lists them.
    pub const ALL: [Place; 12] = [
        Place::Portal,
        Place::Home,
        Place::Contacts,
        Place::Subscribers,
        Place::Products,
        Place::Subscriptions,
        Place::Claims,
        Place::Members,
        Place::Imports,
        Place::Erp,
        Place::History,
        Place::Settings,
    ];

    /// As its word has it: `nav-CONTACTS`.
    pub fn word(self) -> String {
        self.path().to_ascii_uppercase()
    }

    /// As addresses have it.
    pub fn path(self) -> &'static str {
        match self {
            Place::Home => "home",
            Place::Contacts => "contacts",
            Place::Subscribers => "subscribers",
            Place::Products => "products",
            Place::Subscriptions => "subscriptions",
            Place::Claims => "claims",
            Place::Members => "members",
            Place::Imports => "imports",
            Place::Erp => "erp",
            Place::History => "history",
            Place::Settings => "settings",
            Place::Portal => "portal",
        }
    }
}

/// Whoever is signed in.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Their name, or their address.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// Where we are: the account, and the room in it.
#[derive(Debug, Clone)]
pub struct Nav {
    /// The account's id, as it is in addresses.
    pub account: String,
    /// What it is called.
    pub company: String,
    /// Its number.
    pub number: String,
    /// The room.
    pub place: Place,
    /// The rooms that this person may enter.
    pub rooms: Vec<Place>,
    /// The commands that this person may carry out here, as `docs/permissions.md` names them: what else is offered is refused.
    pub acts: Vec<&'static str>,
}

/// What is told once at the top of a page: something was done, or was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Whether it is good news.
    pub good: bool,
    /// What.
    pub text: String,
    /// How it is taken back, where it can be.
    pub undo: Option<Undo>,
}

/// A form that takes back what was done: one press, no question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// Where it is sent.
    pub action: String,
    /// What it sends.
    pub fields: Vec<(&'static str, String)>,
}

/// What every page shows.
#[derive(Debug, Clone, Default)]
pub struct Cx {
    /// The language.
    pub lang: Lang,
    /// The account's time zone.
    pub zone: Tz,
    /// The moment.
    pub now: DateTime<Utc>,
    /// What every form of this session carries.
    pub csrf: String,
    /// The address of the page, for switching the language and coming back.
    pub path: String,
    /// Whoever is signed in.
    pub person: Option<Person>,
    /// Where we are; none outside of accounts.
    pub nav: Option<Nav>,
    /// What is told once.
    pub notice: Option<Notice>,
    /// Where the files are.
    pub assets: Assets,
}

impl Cx {
    /// What is said under a key.
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        Words::of(self.lang).say(key)
    }

    /// The same, of a number `n`.
    pub fn tn(&self, key: &str, n: impl Borrow<i64>) -> Cow<'static, str> {
        Words::of(self.lang).say_with(key, &[("n", (*n.borrow()).into())])
    }

    /// The same, with a text `x`.
    pub fn tx(&self, key: &str, x: impl AsRef<str>) -> Cow<'static, str> {
        Words::of(self.lang).say_with(key, &[("x", x.as_ref().into())])
    }

    /// The same, of a number `n` and with a text `x`.
    pub fn tnx(&self, key: &str, n: impl Borrow<i64>, x: impl AsRef<str>) -> Cow<'static, str> {
        Words::of(self.lang).say_with(key, &[("n", (*n.borrow()).into()), ("x", x.as_ref().into())])
    }

    /// The same, with two texts `x` and `y`.
    pub fn txy(&self, key: &str, x: impl AsRef<str>, y: impl AsRef<str>) -> Cow<'static, str> {
        Words::of(self.lang).say_with(key, &[("x", x.as_ref().into()), ("y", y.as_ref().into())])
    }

    /// The word for a choice: `choice("mode", "ACTIVATED")`.
    pub fn choice(&self, of: &str, value: impl AsRef<str>) -> Cow<'static, str> {
        Words::of(self.lang).say(&format!("{of}-{}", value.as_ref()))
    }

    /// A number in its groups.
    pub fn n(&self, number: impl Borrow<i64>) -> String {
        typography::number(&number.borrow().to_string(), self.lang)
    }

    /// A day.
    pub fn day(&self, day: impl Borrow<NaiveDate>) -> String {
        dates::day(*day.borrow(), self.lang)
    }

    /// A day of the weeks around, by its weekday.
    pub fn weekday(&self, day: impl Borrow<NaiveDate>) -> String {
        dates::weekday(*day.borrow(), self.lang)
    }

    /// A day for narrow columns.
    pub fn short_day(&self, day: impl Borrow<NaiveDate>) -> String {
        dates::short_day(*day.borrow(), self.lang)
    }

    /// The day of an instant there.
    pub fn day_of(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        dates::day(at.borrow().with_timezone(&self.zone).date_naive(), self.lang)
    }

    /// The same for narrow columns.
    pub fn short_day_of(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        dates::short_day(at.borrow().with_timezone(&self.zone).date_naive(), self.lang)
    }

    /// A day and a time.
    pub fn moment(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        dates::moment(*at.borrow(), self.zone, self.lang)
    }

    /// The time of the day.
    pub fn time(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        dates::time(*at.borrow(), self.zone)
    }

    /// How far from now.
    pub fn from_now(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        dates::from_now(*at.borrow(), self.now, self.zone, self.lang)
    }

    /// For `<time datetime>`.
    pub fn iso(&self, at: impl Borrow<DateTime<Utc>>) -> String {
        at.borrow().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    /// The other language, as a page is switched to it.
    pub fn other(&self) -> Lang {
        match self.lang {
            Lang::Fr => Lang::En,
            Lang::En => Lang::Fr,
        }
    }

    /// The address of a room of this account: `/a/<account>/contacts`.
    pub fn at(&self, room: &str) -> String {
        match &self.nav {
            Some(nav) => format!("/a/{}/{room}", nav.account),
            None => format!("/{room}"),
        }
    }

    /// Whether we are in this room.
    pub fn is_in(&self, place: Place) -> bool {
        self.nav.as_ref().is_some_and(|nav| nav.place == place)
    }

    /// Whether this person may enter a room.
    pub fn enters(&self, place: Place) -> bool {
        self.nav.as_ref().is_some_and(|nav| nav.rooms.contains(&place))
    }

    /// Whether this person may carry out a command here, so that it is offered.
    pub fn may(&self, command: &str) -> bool {
        self.nav.as_ref().is_some_and(|nav| nav.acts.contains(&command))
    }

    /// What is told once for a word of an address: one of ours (`told-…`), and nothing that somebody else could write there.
    pub fn told(&self, word: &str) -> Option<Cow<'static, str>> {
        let key = format!("told-{word}");
        Words::of(self.lang).has(&key).then(|| Words::of(self.lang).say(&key))
    }
}
