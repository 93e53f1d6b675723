//! Who else hears of what is written: to-dos for the account's connections, in the same append as the events.
//!
//! A to-do holds ids; what is told is read when it is sent (`outbox::hooks`). An account that changes its connections while this is written makes
//! it be decided again, so that nothing after a connection is missed.

use super::Failure;
use crate::log::{Channel, Meta, Todo, Write};
use domain::{
    Category, Event, Fact,
    account::connection::{Connection, ConnectionKind},
    contact::ContactEvent,
};
use serde_json::json;
use uuid::Uuid;

/// One to-do for each event and each connection that hears of it.
pub(super) fn forwarded(
    connections: &[Connection],
    writes: &[Write],
    account: Uuid,
    meta: &Meta,
) -> Result<Vec<Todo>, Failure> {
    let mut todos = Vec::new();
    if connections.is_empty() {
        return Ok(todos);
    }
    for write in writes {
        let subscriber = is_subscriber(write, meta)?;
        for new in &write.events {
            // What is told of an erasure must outlive it: it concerns nobody any more.
            let erased = matches!(new.event, Event::Contact(ContactEvent::Erased(_)));
            for connection in connections.iter().filter(|c| c.hears(&new.event, subscriber)) {
                let channel = match connection.kind {
                    ConnectionKind::CustomerService => Channel::CustomerService,
                    ConnectionKind::Webhook => Channel::Webhook,
                };
                todos.push(Todo {
                    id: Uuid::new_v5(&new.id, connection.id.as_bytes()),
                    account,
                    subject: (!erased).then_some(write.stream.id),
                    template: new.event.type_name().into(),
                    data: json!({ "category": write.stream.category.as_str(), "stream": write.stream.id })
                        .to_string()
                        .into_bytes(),
                    event_id: new.id,
                    target: Some((channel, connection.id)),
                });
            }
        }
    }
    Ok(todos)
}

/// Whether the contact of this stream is a subscriber before or after what is written.
fn is_subscriber(write: &Write, meta: &Meta) -> Result<bool, Failure> {
    if write.stream.category != Category::Contact {
        return Ok(false);
    }
    if write.before.state.contact().is_some_and(|contact| contact.is_subscriber()) {
        return Ok(true);
    }
    let fact = Fact { position: 0, version: 0, at: meta.now, actor: meta.actor };
    let after = write
        .events
        .iter()
        .try_fold(domain::Folded::clone(&write.before), |folded, new| folded.evolve(&new.event, fact))
        .map_err(|e| Failure::Fault(format!("{}: {e}", write.stream)))?;
    Ok(after.state.contact().is_some_and(|contact| contact.is_subscriber()))
}
