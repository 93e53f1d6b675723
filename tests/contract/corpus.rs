//! Stored forms are for ever: `tests/fixtures/events` has an example of every form there ever was, in a file named after its type, and each can
//! be read. Those of today's types are also what is written today, to the byte: a field renamed or moved fails here, and must become a
//! new version with an upcast. Files are added, never changed.

use domain::{Category, Event, StreamId, testing::id};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use sesame::{
    log::{
        StoredEvent, StoredMeta,
        codec::{decode, encode},
    },
    vault::seal::{SealContext, SubjectKey, seal},
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Example {
    data: Box<RawValue>,
    /// What was sealed; absent in an event of an erased person, and where nothing is personal.
    private: Option<Value>,
}

fn corpus() -> BTreeMap<String, Vec<Example>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/events");
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let examples = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        (path.file_stem().unwrap().to_string_lossy().into_owned(), examples)
    };
    std::fs::read_dir(folder).unwrap().map(read).collect()
}

fn category(type_name: &str) -> Category {
    match type_name.split('.').next() {
        Some("access" | "membership" | "email" | "deletion" | "portal" | "claim" | "app" | "erp") => Category::Contact,
        Some(word) => word.parse().unwrap(),
        None => panic!("{type_name} has no room"),
    }
}

/// The example as the log holds it, sealed with this key.
fn stored(type_name: &str, example: &Example, key: &SubjectKey) -> StoredEvent {
    let stream = StreamId { category: category(type_name), id: id(5) };
    let (account, event_id, name) = (id(6), id(7), stream.to_string());
    let context = SealContext { account, stream: &name, event_id, event_type: type_name };
    let sealed = example.private.as_ref().map(|p| seal(key, &context, &serde_json::to_vec(p).unwrap()).unwrap());
    StoredEvent {
        position: 1,
        stream,
        version: 1,
        event_id,
        type_name: type_name.into(),
        account: Some(account),
        about: None,
        meta: StoredMeta {
            actor: domain::testing::someone(),
            on_behalf_of: None,
            origin: domain::Origin::Api,
            command: id(8),
            correlation: id(8),
            causation: None,
        },
        at: 0,
        data: example.data.get().as_bytes().to_vec(),
        sealed,
        hash: [0; 32],
    }
}

#[test]
fn every_type_has_an_example() {
    let (corpus, types) = (corpus(), Event::types().collect::<BTreeSet<_>>());
    for name in &types {
        assert!(
            corpus.get(*name).is_some_and(|examples| !examples.is_empty()),
            "tests/fixtures/events/{name}.json is missing"
        );
    }
    assert!(types.len() >= 29);
}

#[test]
fn every_form_there_ever_was_can_be_read() {
    let key = SubjectKey::generate().unwrap();
    for (name, examples) in corpus() {
        for example in examples {
            let stored = stored(&name, &example, &key);
            let event = decode(&stored, Some(&key)).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(event.category(), stored.stream.category, "{name}");
            // Whoever is erased leaves events that can be read all the same.
            assert!(decode(&stored, None).is_ok(), "{name}");
        }
    }
}

#[test]
fn today_s_forms_are_written_as_they_always_were() {
    let (key, types) = (SubjectKey::generate().unwrap(), Event::types().collect::<BTreeSet<_>>());
    for (name, examples) in corpus().into_iter().filter(|(name, _)| types.contains(name.as_str())) {
        for example in examples {
            let stored = stored(&name, &example, &key);
            let event = decode(&stored, Some(&key)).unwrap();
            assert_eq!(event.type_name(), name);
            let private = event.private().transpose().unwrap();
            assert_eq!(private, example.private, "{name}");
            let new = encode(event.clone(), stored.event_id, id(6), stored.stream, Some(&key)).unwrap();
            assert_eq!(String::from_utf8(new.data.clone()).unwrap(), example.data.get(), "{name}");
            assert_eq!(new.sealed.is_some(), example.private.is_some(), "{name}");
            let again = StoredEvent { data: new.data, sealed: new.sealed, ..stored };
            assert_eq!(decode(&again, Some(&key)).unwrap(), event, "{name}");
        }
    }
}

/// Reading must not depend on a value being there twice: what is personal stands only in the sealed part.
#[test]
fn nothing_personal_stands_in_the_clear() {
    for (name, examples) in corpus() {
        for example in examples {
            let mut values = Vec::new();
            texts(&example.private.unwrap_or_default(), &mut values);
            for value in values.iter().filter(|v| v.len() > 2) {
                assert!(!example.data.get().contains(value.as_str()), "{name} shows {value}");
            }
        }
    }
}

fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|v| texts(v, out)),
        Value::Object(fields) => fields.values().for_each(|v| texts(v, out)),
        _ => {}
    }
}
