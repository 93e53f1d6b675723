//! Finding contacts by what a person types: the beginnings of words, in any order.
//!
//! The term that leaves least is walked through the words' index, the others are checked against each contact. Where it leaves at most a
//! thousand words the whole answer is found at once and can be ordered and counted like any list. Where it leaves more, contacts come in the
//! order of their words, a bounded number of words a request: a page may then be short, or empty, with more to come behind its end cursor.

use super::{
    asker::Asker,
    connection::{COUNT_CAP, Found, Place, Slice},
    snapshot::Snapshot,
};
use async_graphql::Result;
use domain::{AccountId, contact::ContactState};
use projections::{
    contacts::{self, SearchPlace},
    search,
};
use uuid::Uuid;

/// Words of one term that are taken in at once.
const AT_ONCE: i64 = 1_000;
/// Words that one request looks at.
const LOOKED_AT_MAX: usize = 2_000;
/// Words read by one statement of a walk.
const STEP: usize = 500;

/// How a search is carried out.
pub enum Plan {
    /// Nothing was typed that could be searched for.
    All,
    /// These contacts and no others.
    Ids(Vec<Uuid>),
    /// Too many: they are walked.
    Walk {
        /// The term whose words are walked.
        term: String,
        /// All terms.
        terms: Vec<String>,
    },
}

/// Whether a contact is found by these terms.
fn met(contact: &ContactState, terms: &[String]) -> bool {
    contact.deleted.is_none()
        && contact.erased.is_none()
        && search::matches(&contacts::words_of(&contact.details), terms)
}

/// Plans a search, among `only` these contacts where they are known already. A page that goes on from a walk goes on walking, also when
/// there are few words by now.
pub async fn plan(
    asker: &Asker,
    account: AccountId,
    typed: Option<&str>,
    only: Option<&[Uuid]>,
    slice: &Slice,
) -> Result<Plan> {
    let terms = search::terms(typed.unwrap_or_default());
    if terms.is_empty() {
        // Typed, but only punctuation: that is in no one's name.
        let nothing = typed.is_some_and(|text| !text.trim().is_empty());
        return Ok(if nothing { Plan::Ids(Vec::new()) } else { Plan::All });
    }
    if let Some(only) = only {
        return Ok(Plan::Ids(those_met(asker, only.to_vec(), &terms).await?));
    }
    let db = asker.app.reader().db();
    let mut smallest: Option<(i64, &String)> = None;
    for term in &terms {
        let asked = db.fetch_optional(contacts::search_range_size(account, term, AT_ONCE + 1)).await;
        let size = asked.map_err(|e| asker.failed(e))?.map_or(0, |(size,)| size);
        if smallest.is_none_or(|(least, _)| size < least) {
            smallest = Some((size, term));
        }
    }
    let Some((size, term)) = smallest else { return Ok(Plan::All) };
    let walking = match slice.given() {
        Some(place) => matches!(place, Place::Word(..)),
        None => size > AT_ONCE,
    };
    if walking {
        return Ok(Plan::Walk { term: term.clone(), terms: terms.clone() });
    }
    let words =
        db.fetch(contacts::search(account, term, None, LOOKED_AT_MAX as i64)).await.map_err(|e| asker.failed(e))?;
    let mut ids: Vec<Uuid> = words.into_iter().map(|place| place.contact).collect();
    ids.sort_unstable();
    ids.dedup();
    // One term: its words say it all.
    Ok(Plan::Ids(if terms.len() > 1 { those_met(asker, ids, &terms).await? } else { ids }))
}

/// Those of these contacts that the terms find.
async fn those_met(asker: &Asker, mut ids: Vec<Uuid>, terms: &[String]) -> Result<Vec<Uuid>> {
    let snapshot = Snapshot::now(asker).read(ids.clone(), false).await?;
    ids.retain(|id| snapshot.known(*id).is_some_and(|f| f.state.contact().is_some_and(|c| met(c, terms))));
    Ok(ids)
}

/// Walks the words that begin with `term` in the direction of the slice. Contacts come by their first such word, those that `keep` leaves.
pub async fn walk(
    asker: &Asker,
    account: AccountId,
    term: &str,
    terms: &[String],
    slice: &Slice,
    keep: impl Fn(&ContactState) -> bool,
) -> Result<Found<Uuid>> {
    let mut at = match slice.beyond() {
        Some(Place::Word(word, contact)) => Some(SearchPlace { word: word.clone(), contact: *contact }),
        _ => None,
    };
    let mut found = Found { rows: Vec::new(), more: true, looked_to: None };
    let mut looked_at = 0;
    while looked_at < LOOKED_AT_MAX {
        let ask = contacts::search(account, term, at.as_ref(), STEP as i64);
        let words = asker.app.reader().db().fetch(ask).await.map_err(|e| asker.failed(e))?;
        let ended = words.len() < STEP;
        let ids = words.iter().map(|place| place.contact).collect();
        let snapshot = Snapshot::now(asker).read(ids, false).await?;
        for place in words {
            looked_at += 1;
            let folded = snapshot.known(place.contact);
            let taken = folded.as_deref().and_then(|f| f.state.contact()).is_some_and(|contact| {
                let own = contacts::words_of(&contact.details);
                let first = own.iter().find(|word| word.starts_with(term));
                first == Some(&place.word) && met(contact, terms) && keep(contact)
            });
            if taken {
                if found.rows.len() == slice.limit {
                    return Ok(found);
                }
                found.rows.push((Place::Word(place.word.clone(), place.contact), place.contact));
            }
            found.looked_to = Some(Place::Word(place.word.clone(), place.contact));
            at = Some(place);
        }
        if ended {
            return Ok(Found { more: false, looked_to: None, ..found });
        }
    }
    Ok(found)
}

/// How many contacts these terms find among those that the filter leaves, counted up to the cap. Where a term begins more words than the
/// cap, they are not counted: more than the cap.
pub async fn count(asker: &Asker, account: AccountId, terms: &[String], filter: &contacts::Filter) -> Result<i64> {
    let db = asker.app.reader().db();
    // At most one, or in order.
    let mut found: Option<Vec<Uuid>> = filter.ids.clone();
    for term in terms {
        let words =
            db.fetch(contacts::search(account, term, None, COUNT_CAP + 1)).await.map_err(|e| asker.failed(e))?;
        if words.len() as i64 > COUNT_CAP {
            return Ok(COUNT_CAP + 1);
        }
        let mut ids: Vec<Uuid> = words.into_iter().map(|place| place.contact).collect();
        ids.sort_unstable();
        ids.dedup();
        if let Some(before) = &found {
            ids.retain(|id| before.binary_search(id).is_ok());
        }
        found = Some(ids);
    }
    let narrowed = contacts::Filter { ids: found, ..filter.clone() };
    let counted = db.fetch_optional(contacts::count(account, &narrowed, COUNT_CAP + 1)).await;
    Ok(counted.map_err(|e| asker.failed(e))?.map_or(0, |(n,)| n))
}
