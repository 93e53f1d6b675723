//! One act on all that match: what it comes to, how far it is, and what came of it. What goes on by itself where there is a script goes on by a press without one.

use crate::{
    Cx,
    bulk::{Back, Refused},
};
use askama::Template;
use serde::Deserialize;

/// So many contacts one act is about at most; more of them are an import's.
pub const MOST: i64 = 10_000;

/// What came of one command: what is wrong, and what was changed as it is since.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    /// The payload.
    pub done: Outcome,
}

/// A payload.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// What is wrong.
    pub user_errors: Vec<crate::parts::Wrong>,
    /// The access as it is now; none where a contact was deleted.
    #[serde(default)]
    pub access: Option<Changed>,
}

/// Something that was changed.
#[derive(Debug, Clone, Deserialize)]
pub struct Changed {
    /// Its version since.
    pub version: i64,
}

/// What it is, and how many it is about.
#[derive(Debug, Clone, Default)]
pub struct Many {
    /// Its id.
    pub id: String,
    /// `GRANT`, `ACTIVATE`, `SUSPEND`, `DELETE`.
    pub act: &'static str,
    /// The product, where it is one's.
    pub product: Option<String>,
    /// Whether the order e-mail goes with it.
    pub mails: bool,
    /// With how many it was so already.
    pub same: i64,
    /// How many have no such access.
    pub cannot: i64,
    /// Accesses that are closed by it.
    pub closes: i64,
    /// Nothing was done to them yet.
    pub waiting: i64,
    /// It was done.
    pub done: i64,
    /// It was refused.
    pub refused: i64,
    /// It was done and taken back.
    pub undone: i64,
    /// It was done, and is not taken back.
    pub kept: i64,
}

impl Many {
    /// To how many it is to be done, was done, or was refused.
    fn all(&self) -> i64 {
        self.waiting + self.done + self.refused + self.undone + self.kept
    }

    fn is(&self, act: &str) -> bool {
        self.act == act
    }

    /// What it is called, with how many and which product.
    fn title(&self, cx: &Cx) -> String {
        let key = match self.act {
            "GRANT" => "bulk-title-GRANT",
            "ACTIVATE" => "bulk-title-ACTIVATE",
            "SUSPEND" => "bulk-title-SUSPEND",
            _ => "bulk-title-DELETE",
        };
        cx.tnx(key, self.all(), self.product.as_deref().unwrap_or_default()).into_owned()
    }

    /// What was done.
    fn done_text(&self, cx: &Cx) -> String {
        let key = match self.act {
            "GRANT" => "bulk-done-GRANT",
            "ACTIVATE" => "bulk-done-ACTIVATE",
            "SUSPEND" => "bulk-done-SUSPEND",
            _ => "bulk-done-DELETE",
        };
        cx.tn(key, self.done + self.undone + self.kept).into_owned()
    }

    /// Whether it can be taken back.
    fn can_be_undone(&self) -> bool {
        !self.is("DELETE") && self.done > 0
    }
}

/// What the act comes to, before it is done.
#[derive(Template, Debug)]
#[template(path = "bulk_all_review.html")]
pub struct Review {
    /// What every page shows.
    pub cx: Cx,
    /// Where the list is.
    pub back: Back,
    /// What it is.
    pub many: Many,
}

/// What the page of an act that is under way waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// Nothing.
    Not,
    /// The service has too much to do for it at the moment.
    Held,
    /// The service goes on with it by itself: it took it over where its page was closed.
    Alone,
}

impl Waits {
    fn is_held(self) -> bool {
        self == Waits::Held
    }

    fn is_alone(self) -> bool {
        self == Waits::Alone
    }

    /// How long until it is looked again.
    fn delay(self) -> &'static str {
        match self {
            Waits::Not => "100ms",
            Waits::Held => "3s",
            Waits::Alone => "1s",
        }
    }
}

/// How far it is, and what came of it.
#[derive(Template, Debug)]
#[template(path = "bulk_all.html", blocks = ["part"])]
pub struct Standing {
    /// What every page shows.
    pub cx: Cx,
    /// Where the list is.
    pub back: Back,
    /// What it is.
    pub many: Many,
    /// Whether there is more to do.
    pub goes_on: bool,
    /// Whether it is being taken back, or was.
    pub undoing: bool,
    /// What its page waits for before it goes on.
    pub waits: Waits,
    /// To whom it was not done, or from whom it was not taken back: a page of them.
    pub not: Vec<Refused>,
    /// The place of the last of them, where there are more.
    pub more: Option<i64>,
}

impl Standing {
    fn here(&self) -> String {
        format!("{}/{}", self.cx.at("contacts/bulk"), self.many.id)
    }

    /// How many are through, of how many.
    fn through(&self) -> (i64, i64) {
        let Many { waiting, done, refused, undone, kept, .. } = self.many;
        match self.undoing {
            true => (undone + kept, done + undone + kept),
            false => (done + refused, waiting + done + refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_back_is_counted_among_what_was_done() {
        let many = Many { done: 3, undone: 2, kept: 1, refused: 4, waiting: 5, ..Many::default() };
        let page = |undoing| Standing {
            cx: Cx::default(),
            back: Back::default(),
            many: many.clone(),
            goes_on: true,
            undoing,
            waits: Waits::Not,
            not: Vec::new(),
            more: None,
        };
        assert_eq!((page(false).through(), page(true).through()), ((7, 12), (3, 6)));
        assert_eq!(many.all(), 15);
    }
}
