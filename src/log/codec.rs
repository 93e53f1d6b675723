//! Events to stored forms and back: the type's name with its version, a clear JSON part, and a sealed personal part.
//!
//! A stored form is for ever. A new shape of an event is a new version (`…v2`), and [`UPCASTS`] lifts the old one, step by step, when it is
//! read; the log itself is never rewritten. `tests/fixtures/events` holds one stored example of every form there ever was.

use super::StoredEvent;
use crate::vault::seal::{SealContext, SealError, SubjectKey, open, seal};
use domain::{Event, StreamId, event::Unreadable};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Lifts the clear part and the personal part of an old form to the next version.
pub type Lift = fn(&mut Map<String, Value>, &mut Option<Value>);

/// Old forms: from this type name, to that one, by this function. No form has been replaced yet.
pub const UPCASTS: &[(&str, &str, Lift)] = &[];

/// A failure to make or read a stored form.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// Sealing or unsealing failed.
    #[error("event {id}: {source}")]
    Seal {
        /// Which event.
        id: Uuid,
        /// Why.
        source: SealError,
    },
    /// A personal part was met, and no key was given to seal it.
    #[error("event {0} has personal values and its stream no key")]
    NoKey(Uuid),
    /// The stored form fits no event of this binary.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// JSON could not be written or read.
    #[error("event {id}: {source}")]
    Json {
        /// Which event.
        id: Uuid,
        /// Why.
        source: serde_json::Error,
    },
}

/// An event ready to be appended.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// As a value, for the fold.
    pub event: Event,
    /// Its id.
    pub id: Uuid,
    /// Its clear part.
    pub data: Vec<u8>,
    /// Its personal part, sealed.
    pub sealed: Option<Vec<u8>>,
}

/// Makes the stored form. `key` is the key of the stream's subject; needed where the event holds personal values.
pub fn encode(
    event: Event,
    id: Uuid,
    account: Uuid,
    stream: StreamId,
    key: Option<&SubjectKey>,
) -> Result<NewEvent, CodecError> {
    let json = |source| CodecError::Json { id, source };
    let data = event.clear().map_err(json)?;
    let sealed = match event.private() {
        None => None,
        Some(private) => {
            let plain = serde_json::to_vec(&private.map_err(json)?).map_err(json)?;
            let key = key.ok_or(CodecError::NoKey(id))?;
            let name = stream.to_string();
            let context = SealContext { account, stream: &name, event_id: id, event_type: event.type_name() };
            Some(seal(key, &context, &plain).map_err(|source| CodecError::Seal { id, source })?)
        }
    };
    Ok(NewEvent { event, id, data, sealed })
}

/// Reads a stored form back. Without a key (it was destroyed) personal values come back as erased.
pub fn decode(stored: &StoredEvent, key: Option<&SubjectKey>) -> Result<Event, CodecError> {
    decode_with(stored, key, UPCASTS)
}

fn decode_with(
    stored: &StoredEvent,
    key: Option<&SubjectKey>,
    upcasts: &[(&str, &str, Lift)],
) -> Result<Event, CodecError> {
    let id = stored.event_id;
    let json = |source| CodecError::Json { id, source };
    let mut private = match (&stored.sealed, key) {
        (Some(sealed), Some(key)) => {
            let name = stored.stream.to_string();
            let account = stored.account.unwrap_or_default();
            let context = SealContext { account, stream: &name, event_id: id, event_type: &stored.type_name };
            let plain = open(key, &context, sealed).map_err(|source| CodecError::Seal { id, source })?;
            Some(serde_json::from_slice(&plain).map_err(json)?)
        }
        _ => None,
    };
    if !upcasts.iter().any(|(from, _, _)| *from == stored.type_name) {
        return Ok(Event::read(&stored.type_name, &stored.data, private)?);
    }
    let mut clear: Map<String, Value> = serde_json::from_slice(&stored.data).map_err(json)?;
    let mut name = stored.type_name.as_str();
    while let Some((_, to, lift)) = upcasts.iter().find(|(from, _, _)| *from == name) {
        lift(&mut clear, &mut private);
        name = to;
    }
    let clear = serde_json::to_vec(&clear).map_err(json)?;
    Ok(Event::read(name, &clear, private)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::StoredMeta;
    use domain::{Actor, ActorKind, Category, Origin};

    fn stored(type_name: &str, data: &str) -> StoredEvent {
        StoredEvent {
            position: 1,
            stream: StreamId { category: Category::Product, id: Uuid::nil() },
            version: 1,
            event_id: Uuid::nil(),
            type_name: type_name.into(),
            account: None,
            about: None,
            meta: StoredMeta {
                actor: Actor { kind: ActorKind::System, id: Uuid::nil() },
                on_behalf_of: None,
                origin: Origin::Api,
                command: Uuid::nil(),
                correlation: Uuid::nil(),
                causation: None,
            },
            at: 0,
            data: data.into(),
            sealed: None,
            hash: [0; 32],
        }
    }

    #[test]
    fn old_forms_are_lifted_step_by_step() {
        let upcasts: &[(&str, &str, Lift)] = &[
            ("product.renamed.v-1", "product.renamed.v0", |clear, _| {
                let old = clear.remove("n").unwrap_or_default();
                clear.insert("title".into(), old);
            }),
            ("product.renamed.v0", "product.renamed.v1", |clear, _| {
                let old = clear.remove("title").unwrap_or_default();
                clear.insert("name".into(), old);
            }),
        ];
        let read = |name: &str, data: &str| decode_with(&stored(name, data), None, upcasts).ok();
        let expected = read("product.renamed.v1", r#"{"name":"Yoga"}"#);
        assert!(expected.is_some());
        assert_eq!(read("product.renamed.v0", r#"{"title":"Yoga"}"#), expected);
        assert_eq!(read("product.renamed.v-1", r#"{"n":"Yoga"}"#), expected);
        assert!(matches!(
            decode_with(&stored("product.renamed.v9", "{}"), None, upcasts),
            Err(CodecError::Unreadable(Unreadable::UnknownType(_)))
        ));
    }
}
