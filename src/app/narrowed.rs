//! Everybody whom a list of contacts is narrowed to, for what goes through all of them: an export, one act on all that match. Page by page in one order, in
//! constant memory; a page may be short, or empty, with more to come.
//!
//! Who is renamed meanwhile may be met twice, or not at all. Knows no door; what may be asked of the account was asked before.

use super::{Failure, Reader};
use domain::{AccountId, Folded, contact::ContactState};
use projections::{
    contacts::{self, Filter, Order, Place, Seek},
    search,
};
use std::sync::Arc;
use uuid::Uuid;

/// Contacts read at once.
const PAGE: i64 = 500;
/// A search that leaves at most so many words is found by them; one that leaves more is looked for among all.
const FEW: i64 = 2_000;

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Narrowed {
    /// What of the rows.
    pub filter: Filter,
    /// What was typed into the search.
    pub search: Option<String>,
}

/// A contact that was met, as it is now.
#[derive(Debug, Clone)]
pub struct Met {
    /// Its id.
    pub id: Uuid,
    folded: Arc<Folded>,
}

impl Met {
    /// Its state. None: it is no contact, which no list has.
    pub fn state(&self) -> Option<&ContactState> {
        self.folded.state.contact()
    }

    /// Its version, as callers see it.
    pub fn version(&self) -> u64 {
        self.folded.edition()
    }
}

/// Goes through them, by name.
pub struct Walk<'r> {
    reader: &'r Reader,
    account: AccountId,
    filter: Filter,
    terms: Vec<String>,
    beyond: Option<Place>,
    ended: bool,
}

impl Reader {
    /// Goes through everybody of an account whom a list is narrowed to.
    pub async fn walk(&self, account: AccountId, narrowed: Narrowed) -> Result<Walk<'_>, Failure> {
        let Narrowed { mut filter, search: typed } = narrowed;
        let typed = typed.unwrap_or_default();
        let terms = search::terms(&typed);
        // Typed, but only punctuation: that is in no one's name.
        let ended = terms.is_empty() && !typed.trim().is_empty();
        for term in &terms {
            let words = self.db().fetch(contacts::search(account, term, None, FEW + 1)).await?;
            if words.len() as i64 <= FEW {
                let mut ids: Vec<Uuid> = words.into_iter().map(|place| place.contact).collect();
                ids.sort_unstable();
                ids.dedup();
                filter.ids = Some(ids);
                break;
            }
        }
        let nobody = filter.ids.as_ref().is_some_and(Vec::is_empty);
        Ok(Walk { reader: self, account, filter, terms, beyond: None, ended: ended || nobody })
    }
}

impl Reader {
    /// How many they are.
    pub async fn count(&self, account: AccountId, narrowed: Narrowed) -> Result<u64, Failure> {
        if narrowed.search.as_ref().is_none_or(|typed| typed.trim().is_empty()) {
            let rows = self.db().fetch_optional(contacts::count(account, &narrowed.filter, i64::MAX)).await?;
            return Ok(rows.map_or(0, |(rows,)| rows.unsigned_abs()));
        }
        let (mut walk, mut rows) = (self.walk(account, narrowed).await?, 0);
        while let Some(met) = walk.next().await? {
            rows += met.len() as u64;
        }
        Ok(rows)
    }
}

impl Walk<'_> {
    /// The next of them; none once that were all.
    pub async fn next(&mut self) -> Result<Option<Vec<Met>>, Failure> {
        if self.ended {
            return Ok(None);
        }
        let seek = Seek { beyond: self.beyond.take(), descending: false, limit: PAGE };
        let rows = self.reader.db().fetch(contacts::list(self.account, &self.filter, Order::Name, &seek)).await?;
        self.ended = (rows.len() as i64) < PAGE;
        self.beyond = rows.last().map(|row| Place::Name(row.sort_key.clone(), row.id));
        let states = self.reader.states(rows.iter().map(|row| row.id).collect()).await?;
        let met = rows.into_iter().filter_map(|row| {
            let folded = states.get(&row.id)?;
            let contact = folded.state.contact()?;
            let there = contact.deleted.is_none() && contact.erased.is_none();
            let found = there && search::matches(&contacts::words_of(&contact.details), &self.terms);
            found.then(|| Met { id: row.id, folded: folded.clone() })
        });
        Ok(Some(met.collect()))
    }
}
