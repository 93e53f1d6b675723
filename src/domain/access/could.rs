//! Whether somebody could open a product at any moment of a stretch of time (row B3): the decision, made again at every fact of that time, since
//! between two facts only the clock moves, and a decision says itself when it will let in next.

use super::{Decision, Facts, decide_access};
use crate::{
    Event, Fact, Folded,
    fold::WrongStream,
    ids::{AccountId, ContactId, ProductId},
    timeline::Instant,
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What was recorded of one contact, one product, their account and the subscriptions between them.
#[derive(Debug, Clone)]
pub struct Story<'a> {
    /// Who.
    pub contact: ContactId,
    /// What.
    pub product: ProductId,
    /// Where.
    pub account: AccountId,
    /// By stream, each in its order.
    pub events: &'a HashMap<Uuid, Vec<(Fact, Event)>>,
    /// The subscriptions that were ever attached.
    pub subscriptions: &'a [Uuid],
}

/// The moment at which it could be opened, or the last at which it could not, and what was decided then.
#[derive(Debug, Clone, PartialEq)]
pub struct Could {
    /// When.
    pub at: Instant,
    /// What was decided; open, if it could be opened at any moment.
    pub decision: Decision,
}

/// Whether it could be opened from `from` until before `until`; at the one moment `from` where they are equal. Facts recorded after a moment do
/// not count for it. None: the account was not there yet.
pub fn could_open(story: &Story<'_>, from: Instant, until: Instant) -> Result<Option<Could>, WrongStream> {
    let streams =
        [story.contact.0, story.product.0, story.account.0].into_iter().chain(story.subscriptions.iter().copied());
    let mut coming: Vec<(Uuid, &(Fact, Event))> = streams
        .flat_map(|stream| story.events.get(&stream).into_iter().flatten().map(move |event| (stream, event)))
        .collect();
    coming.sort_by_key(|(_, (fact, _))| fact.position);
    let mut coming = coming.into_iter().peekable();
    let mut states: HashMap<Uuid, Folded> = HashMap::new();
    let mut last = None;
    let mut now = from;
    loop {
        while let Some((stream, (fact, event))) = coming.next_if(|(_, (fact, _))| fact.at <= now) {
            let folded = states.remove(&stream).unwrap_or_default();
            states.insert(stream, folded.evolve(event, *fact)?);
        }
        let next = coming.peek().map(|(_, (fact, _))| fact.at).filter(|at| *at < until);
        if let Some(decision) = decided(story, &states, now) {
            let lets_in = decision.opens_at.filter(|at| !decision.open && now < *at && *at < next.unwrap_or(until));
            if decision.open {
                return Ok(Some(Could { at: now, decision }));
            }
            // Nothing is recorded until then: what it says of that moment is what will be.
            let later = lets_in.and_then(|at| Some(Could { at, decision: decided(story, &states, at)? }));
            if let Some(later) = later.filter(|could| could.decision.open) {
                return Ok(Some(later));
            }
            last = Some(Could { at: now, decision });
        }
        match next {
            Some(at) => now = at,
            None => return Ok(last),
        }
    }
}

fn decided(story: &Story<'_>, states: &HashMap<Uuid, Folded>, at: Instant) -> Option<Decision> {
    let contact = states.get(&story.contact.0).and_then(|folded| folded.state.contact());
    let attached = contact.into_iter().flat_map(|c| &c.attachments).filter(|a| a.product == story.product);
    let subscriptions: BTreeMap<_, _> =
        attached.filter_map(|a| Some((a.subscription, states.get(&a.subscription.0)?.state.subscription()?))).collect();
    let facts = Facts {
        contact,
        account: states.get(&story.account.0)?.state.account()?,
        product_id: story.product,
        product: states.get(&story.product.0).and_then(|folded| folded.state.product()),
        subscriptions: &subscriptions,
    };
    Some(decide_access(&facts, at))
}
