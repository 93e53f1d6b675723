//! Which contact a row means, what it would change there, and which rows of the file came before with the same.
//!
//! Pure over what was looked up. What a row ends as depends on the account as it was before the import and on the rows above it, never on how
//! far their changes have come: that is why a dry run counts as the real one does. Each contact is touched by one row of a file at most; a
//! later row that means it is a duplicate.

use super::row::Said;
use chrono::NaiveDate;
use domain::{
    ContactId,
    address::Address,
    contact::{Change, ContactPatch, ContactState},
    values::Email,
};
use projections::contacts::identity;
use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hash, Hasher},
};

/// The first eight bytes of a keyed hash: enough to tell a million rows apart (two of them meet once in four million imports).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    // In halves, so that an entry of the table takes twelve bytes and not sixteen.
    high: u32,
    low: u32,
}

impl Hash for Short {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.high) << 32 | u64::from(self.low));
    }
}

/// What is hashed is a hash already.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, value: u64) {
        // The table takes its place from the low bits and its tag from the high ones.
        self.0 = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

fn short(value: u64) -> Short {
    Short { high: (value >> 32) as u32, low: value as u32 }
}

fn first_eight(key: &[u8; 32]) -> u64 {
    key.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Tables that grow one after the other: growing needs the room of one of them, not of all.
const SHARDS: usize = 16;

type Table = HashMap<Short, u32, BuildHasherDefault<AsItIs>>;

/// What the accepted rows so far have taken: ids, e-mails, identities, each with its row; and e-mails they have given free.
#[derive(Debug)]
pub(super) struct Seen {
    tables: [Table; SHARDS],
    released: HashSet<u64>,
}

impl Default for Seen {
    fn default() -> Self {
        Seen { tables: std::array::from_fn(|_| Table::default()), released: HashSet::new() }
    }
}

impl Seen {
    fn get(&self, value: u64) -> Option<u64> {
        self.tables[value as usize % SHARDS].get(&short(value)).map(|row| u64::from(*row))
    }

    fn put(&mut self, value: u64, row: u64) {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        self.tables[value as usize % SHARDS].entry(short(value)).or_insert(row);
    }

    /// The row that took this id or e-mail.
    pub fn holder(&self, key: &[u8; 32]) -> Option<u64> {
        self.get(first_eight(key))
    }

    /// Notes that a row took an id or e-mail.
    pub fn hold(&mut self, key: &[u8; 32], row: u64) {
        self.put(first_eight(key), row);
    }

    /// The row whose contact has these names and this address.
    pub fn same_identity(&self, identity: i64) -> Option<u64> {
        self.get(spread(identity))
    }

    /// Notes the names and address of a row's contact.
    pub fn identified(&mut self, identity: i64, row: u64) {
        self.put(spread(identity), row);
    }

    /// Notes that a row's contact has another e-mail now.
    pub fn release(&mut self, key: &[u8; 32]) {
        self.released.insert(first_eight(key));
    }

    /// Whether an e-mail was given free by a row above.
    pub fn is_released(&self, key: &[u8; 32]) -> bool {
        self.released.contains(&first_eight(key))
    }
}

/// Kept apart from the keyed hashes, whose bits it must not be mistaken for.
fn spread(identity: i64) -> u64 {
    (identity as u64 ^ 0x6964_656e_7469_7479).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The ID an export writes for a contact: the sender's, else ours.
pub(super) fn shown_id(id: ContactId, contact: &ContactState) -> String {
    contact.details.external_id.clone().unwrap_or_else(|| id.to_string())
}

/// What a row would change.
#[derive(Debug)]
pub(super) struct Difference {
    /// The changes.
    pub patch: ContactPatch,
    /// Whether there is any.
    pub any: bool,
    /// The e-mail it gives free.
    pub gives_free: Option<Email>,
    /// Folded names and address afterwards, hashed.
    pub identity: i64,
}

/// What differs between what a row says and a contact on a day. `names_it` says whether the row's ID is the contact's own id.
pub(super) fn difference(said: &Said, contact: &ContactState, names_it: bool, today: NaiveDate) -> Difference {
    let (v, d) = (&said.values, &contact.details);
    let mut any = false;
    let mut text = |said: &Option<String>, now: &Option<String>| -> Change<String> {
        let changed = said.is_some() && said != now;
        any |= changed;
        changed.then(|| said.clone())
    };
    let external_id = if names_it { &None } else { &v.external_id };
    let mut patch = ContactPatch {
        first_name: text(&v.first_name, &d.first_name),
        last_name: text(&v.last_name, &d.last_name),
        company_name: text(&v.company_name, &d.company_name),
        phone: text(&v.phone, &d.phone),
        fax: text(&v.fax, &d.fax),
        external_id: text(external_id, &d.external_id),
        ..ContactPatch::default()
    };
    let mut gives_free = None;
    if let Some(email) = v.email.as_ref().filter(|email| d.email.as_ref() != Some(email)) {
        patch.email = Some(Some(email.as_str().to_owned()));
        gives_free.clone_from(&d.email);
        any = true;
    }
    if let Some(kind) = said.kind.filter(|kind| *kind != contact.kind) {
        patch.kind = Some(kind);
        any = true;
    }
    let now = contact.address_on(today);
    let address =
        said.address_over(now).filter(|address| address.render() != now.map(Address::render).unwrap_or_default());
    let after = address.as_ref().or_else(|| contact.addresses.last().map(|dated| &dated.address));
    fn of<'a>(said: &'a Option<String>, now: &'a Option<String>) -> Option<&'a str> {
        said.as_deref().or(now.as_deref())
    }
    let identity = identity(
        of(&v.first_name, &d.first_name),
        of(&v.last_name, &d.last_name),
        of(&v.company_name, &d.company_name),
        after,
    );
    if let Some(address) = address {
        patch.address = Some(Some(address));
        any = true;
    }
    Difference { patch, any, gives_free, identity }
}

/// Whether a contact has the names and address of a row, folded, and no id or e-mail that speaks against it.
pub(super) fn may_be(said: &Said, contact: &ContactState) -> bool {
    let same = |one: Option<&str>, other: Option<&str>| {
        domain::text::fold(one.unwrap_or_default()) == domain::text::fold(other.unwrap_or_default())
    };
    let (v, d) = (&said.values, &contact.details);
    let address = contact.addresses.last().map(|dated| dated.address.render());
    contact.deleted.is_none()
        && contact.erased.is_none()
        && (v.external_id.is_none() || d.external_id.is_none())
        && (v.email.is_none() || d.email.is_none())
        && same(v.first_name.as_deref(), d.first_name.as_deref())
        && same(v.last_name.as_deref(), d.last_name.as_deref())
        && same(v.company_name.as_deref(), d.company_name.as_deref())
        && same(v.address.as_ref().map(Address::render).as_deref(), address.as_deref())
}

#[cfg(test)]
mod tests;
