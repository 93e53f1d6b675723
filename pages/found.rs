//! What the palette finds: rooms of the account, and contacts.

use crate::{Cx, Place, history::Named, parts::Edge};
use askama::Template;
use serde::Deserialize;

/// The question behind [`Found`].
pub const FOUND: &str = include_str!("questions/found.graphql");

/// The answer to it.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Answer {
    pub contacts: Contacts,
}

/// The first few.
#[derive(Debug, Clone, Default, Deserialize)]
#[expect(missing_docs, reason = "fields of the question")]
pub struct Contacts {
    pub edges: Vec<Edge<Named>>,
}

/// What was found: a part of the palette, and a page of its own where there is no script.
#[derive(Template, Debug)]
#[template(path = "found.html", blocks = ["part"])]
pub struct Found {
    /// What every page shows.
    pub cx: Cx,
    /// What is searched.
    pub search: String,
    /// The rooms whose name has it.
    pub rooms: Vec<Place>,
    /// The contacts.
    pub contacts: Vec<Edge<Named>>,
}

impl Found {
    /// The rooms that this person may enter and whose name has what is searched, with or without accents.
    pub fn rooms(cx: &Cx, search: &str) -> Vec<Place> {
        let searched = plain(search);
        let named = |place: &Place| plain(&cx.choice("nav", place.word())).contains(&searched);
        Place::ALL.into_iter().filter(|place| cx.enters(*place)).filter(named).collect()
    }
}

/// Small letters without accents: those of our rooms' names.
fn plain(text: &str) -> String {
    let letter = |c: char| match c {
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'à' | 'â' => 'a',
        'î' | 'ï' => 'i',
        'ô' => 'o',
        'ù' | 'û' => 'u',
        'ç' => 'c',
        other => other,
    };
    text.trim().to_lowercase().chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Nav;

    #[test]
    fn rooms_are_found_without_accents_and_only_where_they_may_be_entered() {
        let nav = Nav {
            account: "a".into(),
            company: String::new(),
            number: String::new(),
            place: Place::Home,
            rooms: vec![Place::Home, Place::History],
            acts: Vec::new(),
        };
        let cx = Cx { nav: Some(nav), ..Cx::default() };
        assert_eq!(Found::rooms(&cx, "HISTO"), [Place::History]);
        assert_eq!(Found::rooms(&cx, "contacts"), []);
        assert_eq!(Found::rooms(&cx, ""), [Place::Home, Place::History]);
        assert_eq!(plain(" Réclamations Ouvertes"), "reclamations ouvertes");
    }
}
