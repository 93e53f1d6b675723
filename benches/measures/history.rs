//! Long logs, made fast: the sample's real events, again and again under other ids, sealed with keys of their own, chained and loaded in bulk.
//!
//! The sample comes from the real commands. A copy is what those commands would have written for other people: the same clear and personal
//! parts with the ids of contacts, subscriptions, complaints and sign-ups changed, so that every event opens and folds as one that was appended.

use crate::place::Anyhow;
use domain::{Category, StreamId};
use projections::{
    Arg, Ask, Row, Table, Type,
    table::{column, nullable},
};
use sesame::{
    db::Db,
    log::{
        StoredEvent, chain,
        sql::{EVENT, encode_row},
    },
    service::Service,
    vault::{
        seal::{SealContext, SubjectKey, seal},
        store::Vault,
    },
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Events of one transaction of the load.
const CHUNK: usize = 50_000;

const KEYS: Table = Table {
    name: "vault_key",
    columns: &[column("subject", Type::Uuid), column("account", Type::Uuid), nullable("wrapped", Type::Bytes)],
    key: 1,
    stream: "",
    indexes: &[],
};

/// An event of the sample, ready to be copied.
struct Pattern {
    event: StoredEvent,
    /// Where ids of copied streams stand as text in the clear part.
    ids: Vec<(usize, Uuid)>,
    /// The personal part in the clear.
    private: Option<Vec<u8>>,
}

fn copied(category: Category) -> bool {
    matches!(category, Category::Contact | Category::Subscription | Category::Registration)
}

/// The id of a copy. The sample's ids are as good as random below their time; copies differ in their last bits.
fn other(id: Uuid, copy: u64) -> Uuid {
    Uuid::from_u128(id.as_u128() ^ u128::from(copy) << 8)
}

async fn patterns(service: &Service) -> Anyhow<Vec<Pattern>> {
    let (log, reader) = (service.app.log(), service.app.reader());
    let mut patterns: Vec<Pattern> = Vec::new();
    loop {
        let after = patterns.last().map_or(0, |p| p.event.position);
        let page = reader.decode(log.read_all(after, 5_000).await?).await?;
        if page.is_empty() {
            break;
        }
        for (event, value) in page {
            let private = value.private().transpose()?.map(|v| serde_json::to_vec(&v)).transpose()?;
            patterns.push(Pattern { event, ids: Vec::new(), private });
        }
    }
    let streams: HashMap<Uuid, Category> =
        patterns.iter().map(|p| (p.event.stream.id, p.event.stream.category)).collect();
    for pattern in &mut patterns {
        let text = std::str::from_utf8(&pattern.event.data)?;
        for (start, _) in text.match_indices('"') {
            let Some(id) = text.get(start + 1..start + 37).and_then(|t| Uuid::try_parse(t).ok()) else { continue };
            // A complaint is no stream, but its id is its row's key.
            let complaint = text[..start].ends_with("\"claim\":");
            if complaint || streams.get(&id).is_some_and(|c| copied(*c)) {
                pattern.ids.push((start + 1, id));
            }
        }
    }
    Ok(patterns)
}

/// Makes the log `events` long, from the sample it holds. Answers how many there are.
pub async fn lengthen(service: &Service, events: u64) -> Anyhow<u64> {
    let db = service.db().clone();
    let patterns = patterns(service).await?;
    let mut head = service.app.log().head().await?;
    let mut copy = 0;
    while head.position < events {
        copy += 1;
        let mut keys: HashMap<Uuid, (Arc<SubjectKey>, Vec<u8>)> = HashMap::new();
        for chunk in patterns.chunks(CHUNK) {
            let (mut rows, mut key_rows): (Vec<Row>, Vec<Row>) = (Vec::with_capacity(chunk.len()), Vec::new());
            for pattern in chunk.iter().filter(|p| copied(p.event.stream.category)) {
                let event = make(pattern, copy, &mut head, &mut keys, service.vault(), &mut key_rows)?;
                rows.push(encode_row(&event));
            }
            store(&db, rows, key_rows, &head).await?;
        }
    }
    Ok(head.position)
}

fn make(
    pattern: &Pattern,
    copy: u64,
    head: &mut sesame::log::Head,
    keys: &mut HashMap<Uuid, (Arc<SubjectKey>, Vec<u8>)>,
    vault: &Vault,
    key_rows: &mut Vec<Row>,
) -> Anyhow<StoredEvent> {
    let mut event = pattern.event.clone();
    event.stream = StreamId { id: other(event.stream.id, copy), ..event.stream };
    event.event_id = other(event.event_id, copy);
    event.position = head.position + 1;
    event.at = head.at + 1_000;
    for (start, id) in &pattern.ids {
        event.data[*start..start + 36].copy_from_slice(other(*id, copy).to_string().as_bytes());
    }
    if let Some(private) = &pattern.private {
        let account = event.account.unwrap_or_default();
        if let std::collections::hash_map::Entry::Vacant(place) = keys.entry(event.stream.id) {
            let (key, stored) = vault.new_key(event.stream.id, account)?;
            key_rows.push(vec![stored.subject.into(), account.into(), stored.wrapped.clone().into()]);
            place.insert((key, stored.wrapped));
        }
        let name = event.stream.to_string();
        let context = SealContext { account, stream: &name, event_id: event.event_id, event_type: &event.type_name };
        event.sealed = keys.get(&event.stream.id).map(|(key, _)| seal(key, &context, private)).transpose()?;
    }
    event.hash = chain::hash(&head.hash, &event);
    (head.position, head.hash, head.at) = (event.position, event.hash, event.at);
    Ok(event)
}

async fn store(db: &Db, rows: Vec<Row>, keys: Vec<Row>, head: &sesame::log::Head) -> Anyhow<()> {
    let mut tx = db.begin().await?;
    tx.load_rows(&KEYS, KEYS.name, keys).await?;
    tx.load_rows(&EVENT, EVENT.name, rows).await?;
    let moved: [Arg; 3] = [(head.position as i64).into(), head.hash.to_vec().into(), head.at.into()];
    tx.execute(Ask::new("UPDATE log_head SET position = $1, hash = $2, at = $3 WHERE id = 1", moved)).await?;
    // Or the service would catch its read models up meanwhile: they are rebuilt anyway.
    tx.execute(Ask::new("UPDATE checkpoint SET position = $1", [(head.position as i64).into()])).await?;
    Ok(tx.commit().await?)
}
