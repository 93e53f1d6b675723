//! Work whose every piece is marked, so that what was attempted, what was acknowledged and what the log has can be compared.

use crate::rows::assert_rows_are_the_log_s;
use domain::{
    AccountId, ContactId, Event,
    contact::{ContactEvent, ContactInput, ContactPatch},
    values::ContactKind,
};
use projections::{ALL, Ask};
use sesame::{
    app::{App, Caller, Command, IdempotencyKey, NotDone, OpenAccount, Request},
    db::Db,
    log::{
        codec,
        sql::{EventRow, READ_ALL, decode_row},
        verify::verify,
    },
    projector::{catch_up, rebuild},
    vault::store::Vault,
};
use std::collections::{BTreeMap, BTreeSet};

/// The account that work is done in: the log's first, opened where there is none.
pub async fn account(app: &App) -> AccountId {
    let first = Ask::<(uuid::Uuid,)>::new("SELECT stream FROM event WHERE position = 1", []);
    if let Some((id,)) = app.reader().db().fetch_optional(first).await.unwrap() {
        return AccountId(id);
    }
    let open =
        OpenAccount { company_name: "Éditions du Chêne".into(), locale: None, time_zone: None, owner_email: None };
    app.execute(&Caller::operator(None), Request::from(Command::OpenAccount(open))).await.unwrap().account.unwrap()
}

/// Records a contact named after the mark. With a key, a retry does it once.
pub async fn add(app: &App, account: AccountId, mark: &str, keyed: bool) -> Result<ContactId, NotDone> {
    let input = ContactInput {
        last_name: Some(mark.into()),
        email: Some(format!("{mark}@exemple.fr")),
        ..ContactInput::default()
    };
    let command = Command::AddContact(account, ContactKind::Person, input);
    let key = keyed.then(|| IdempotencyKey { key: mark.into(), input: mark.as_bytes().to_vec() });
    let request = Request { idempotency: key, ..Request::from(command) };
    app.execute(&Caller::operator(Some(account)), request).await.map(|done| done.contact.unwrap())
}

/// Writes the mark into a contact's phone.
pub async fn edit(app: &App, account: AccountId, contact: ContactId, mark: &str) -> Result<(), NotDone> {
    let patch = ContactPatch { phone: Some(Some(mark.into())), ..ContactPatch::default() };
    let command = Command::EditContact(contact, patch);
    app.execute(&Caller::operator(Some(account)), Request::from(command)).await.map(|_| ())
}

/// The marks that the log has, and how often.
pub async fn found(db: &Db, vault: &Vault) -> BTreeMap<String, usize> {
    let rows: Vec<EventRow> = db.fetch(Ask::new(format!("{READ_ALL} ORDER BY position"), [])).await.unwrap();
    let keys = vault.keys(rows.iter().map(|r| r.stream).collect()).await.unwrap();
    let mut found = BTreeMap::new();
    for row in rows {
        let stored = decode_row(row).unwrap();
        let event = codec::decode(&stored, keys.get(&stored.stream.id).map(|k| &**k)).unwrap();
        let mark = match event {
            Event::Contact(ContactEvent::Added(e)) => e.private.known().and_then(|p| p.last_name.clone()),
            Event::Contact(ContactEvent::Edited(e)) => e.private.known().and_then(|p| p.phone.clone().flatten()),
            _ => None,
        };
        if let Some(mark) = mark {
            *found.entry(mark).or_insert(0) += 1;
        }
    }
    found
}

/// Waits for a commit that a killed process had sent: in PostgreSQL it may still be under way, and holds the head until it is through.
pub async fn settled(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    tx.fetch(Ask::<(i64,)>::new("SELECT position FROM log_head [FOR UPDATE]", [])).await.unwrap();
    tx.rollback().await.unwrap();
}

/// Everything that was acknowledged is there, nothing that was not attempted, and nothing twice.
pub fn compare(found: &BTreeMap<String, usize>, attempted: &BTreeSet<String>, acknowledged: &BTreeSet<String>) {
    let lost: Vec<_> = acknowledged.iter().filter(|mark| !found.contains_key(*mark)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let invented: Vec<_> = found.keys().filter(|mark| !attempted.contains(*mark)).collect();
    assert!(invented.is_empty(), "there and never attempted: {invented:?}");
    let doubled: Vec<_> = found.iter().filter(|(_, times)| **times > 1).collect();
    assert!(doubled.is_empty(), "there more than once: {doubled:?}");
}

/// The log is whole, and the read models' rows are those that it makes: once caught up, and rebuilt.
pub async fn assert_sound(db: &Db, vault: &Vault, what: &str) {
    let report = verify(db, &[], |_, _| {}).await.unwrap();
    assert!(report.is_whole(), "{what}: {:?}", report.damages);
    for model in ALL {
        catch_up(db, vault, model).await.unwrap();
    }
    assert_rows_are_the_log_s(db, vault, what).await;
    rebuild(db, vault, ALL, |_| {}).await.unwrap();
    assert_rows_are_the_log_s(db, vault, "rebuilt").await;
}
