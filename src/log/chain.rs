//! The hash chain: each event's hash covers the one before and every stored column, sealed ones as ciphertext, so that
//! erasing a person leaves the chain whole and any other change breaks it.

use super::StoredEvent;
use aws_lc_rs::digest::{Context, SHA256};
use uuid::Uuid;

struct Fields(Context);

impl Fields {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn optional(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            // Distinct from every length.
            None => self.0.update(&u64::MAX.to_be_bytes()),
            Some(bytes) => self.bytes(bytes),
        }
    }

    fn uuid(&mut self, id: Option<&Uuid>) {
        self.optional(id.map(|id| id.as_bytes().as_slice()));
    }
}

/// The hash of an event (its own `hash` is not looked at) after `previous`.
pub fn hash(previous: &[u8; 32], e: &StoredEvent) -> [u8; 32] {
    let mut fields = Fields(Context::new(&SHA256));
    fields.bytes(b"sesame.event.1");
    fields.bytes(previous);
    fields.bytes(&e.position.to_be_bytes());
    fields.bytes(e.stream.category.as_str().as_bytes());
    fields.uuid(Some(&e.stream.id));
    fields.bytes(&e.version.to_be_bytes());
    fields.uuid(Some(&e.event_id));
    fields.bytes(e.type_name.as_bytes());
    fields.uuid(e.account.as_ref());
    fields.uuid(e.about.as_ref());
    fields.bytes(e.meta.actor.kind.as_str().as_bytes());
    fields.uuid(Some(&e.meta.actor.id));
    fields.uuid(e.meta.on_behalf_of.as_ref());
    fields.bytes(e.meta.origin.as_str().as_bytes());
    fields.uuid(Some(&e.meta.command));
    fields.uuid(Some(&e.meta.correlation));
    fields.uuid(e.meta.causation.as_ref());
    fields.bytes(&e.at.to_be_bytes());
    fields.bytes(&e.data);
    fields.optional(e.sealed.as_deref());
    let mut out = [0; 32];
    out.copy_from_slice(fields.0.finish().as_ref());
    out
}
