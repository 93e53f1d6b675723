//! Events as they stand in the server, and back.

use crate::log::{LogFailure, StoredEvent, StoredMeta, base64};
use domain::{Actor, Category, Origin, StreamId};
use eventstore::{EventData, RecordedEvent};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fmt;
use uuid::Uuid;

/// What an event says, as it stands in the server: the clear part to the byte, the personal part sealed.
#[derive(Serialize, Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    clear: &'a RawValue,
    #[serde(with = "base64::optional", default, skip_serializing_if = "Option::is_none")]
    sealed: Option<Vec<u8>>,
}

/// Who, when and why. Two names are the server's: its own tools follow them.
#[derive(Serialize, Deserialize)]
struct Note {
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    about: Option<Uuid>,
    actor: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<Uuid>,
    origin: Origin,
    command: Uuid,
    #[serde(rename = "$correlationId")]
    correlation: Uuid,
    #[serde(rename = "$causationId", default, skip_serializing_if = "Option::is_none")]
    causation: Option<Uuid>,
}

/// An event as the server is given it.
pub(super) fn written(event: &StoredEvent) -> Result<EventData, LogFailure> {
    let fault = |e: serde_json::Error| LogFailure::Fault(format!("writing {}: {e}", event.event_id));
    let clear = serde_json::from_slice::<&RawValue>(&event.data).map_err(fault)?;
    let meta = &event.meta;
    let note = Note {
        at: event.at,
        account: event.account,
        about: event.about,
        actor: meta.actor,
        on_behalf_of: meta.on_behalf_of,
        origin: meta.origin,
        command: meta.command,
        correlation: meta.correlation,
        causation: meta.causation,
    };
    let data = EventData::json(&event.type_name, &Body { clear, sealed: event.sealed.clone() }).map_err(fault)?;
    data.id(event.event_id).metadata_as_json(&note).map_err(fault)
}

/// An event as it is read there.
pub(super) fn stored(prefix: &str, event: &RecordedEvent) -> Result<StoredEvent, LogFailure> {
    let name = event.stream_id();
    let fault = |what: &dyn fmt::Display| LogFailure::Fault(format!("{name}@{} in KurrentDB: {what}", event.revision));
    let stream = stream_of(prefix, name).ok_or_else(|| fault(&"this is no stream of ours"))?;
    let Body { clear, sealed } = serde_json::from_slice(&event.data).map_err(|e| fault(&e))?;
    let note: Note = serde_json::from_slice(&event.custom_metadata).map_err(|e| fault(&e))?;
    Ok(StoredEvent {
        position: 0,
        stream,
        version: event.revision + 1,
        event_id: event.id,
        type_name: event.event_type.clone(),
        account: note.account,
        about: note.about,
        meta: StoredMeta {
            actor: note.actor,
            on_behalf_of: note.on_behalf_of,
            origin: note.origin,
            command: note.command,
            correlation: note.correlation,
            causation: note.causation,
        },
        at: note.at,
        data: clear.get().as_bytes().to_vec(),
        sealed,
        hash: [0; 32],
    })
}

/// The stream of this name; none: it is not one of ours.
fn stream_of(prefix: &str, name: &str) -> Option<StreamId> {
    let (category, id) = name.strip_prefix(prefix)?.strip_prefix('.')?.split_once('-')?;
    Some(StreamId { category: category.parse::<Category>().ok()?, id: id.parse().ok()? })
}
